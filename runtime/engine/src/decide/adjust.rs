//! Adjustments on a charge, in the order of the plan, and the floors under it.

use quo_model::{ABSENT, ArchivedCharge, ArchivedTarget, NONE, some};
use quo_value::Rounding;

use super::plan::{Plan, get};
use super::{ChargeOutcome, PriceState, TargetOutcome};
use crate::frame::Frame;
use crate::limits::Stopped;
use crate::record::{Recorder, Subject};

/// The highest floor under a charge.
#[derive(Clone, Copy)]
struct HighestFloor {
    least: i128,
    floor: u32,
}

impl<R: Recorder> Plan<'_, R> {
    /// Takes what the adjustments of a charge take.
    pub fn adjust(
        &mut self,
        number: u32,
        outcome: &mut ChargeOutcome,
        def: &ArchivedCharge,
    ) -> Result<(), Stopped> {
        if outcome.state != PriceState::Priced {
            let none = def.adjustments.iter().map(|_| TargetOutcome::NoPrice);
            self.decision.targets.extend(none);
            return Ok(());
        }
        let book = get(&self.model.books, outcome.book)?;
        let mode = Rounding::from_code(book.rounding).ok_or(Stopped::Damaged)?;
        let mut frame = Frame {
            list: outcome.base(),
            left: outcome.base(),
            ..self.frame().on(outcome.item)
        };
        let floor = self.floor(number, def, mode, &frame)?;
        for (position, target) in (0_u32..).zip(def.adjustments.iter()) {
            let subject = Subject::Adjustment {
                charge: number,
                target: position,
            };
            let taken = self.target(subject, target, mode, floor, &frame)?;
            if let TargetOutcome::Applied { left, .. } = taken {
                frame.left = left;
            }
            self.decision.targets.push(taken);
        }
        outcome.net = frame.left;
        Ok(())
    }

    /// The highest of the floors. They are about the price before adjustments.
    fn floor(
        &mut self,
        number: u32,
        def: &ArchivedCharge,
        mode: Rounding,
        frame: &Frame<'_>,
    ) -> Result<Option<HighestFloor>, Stopped> {
        let mut highest: Option<HighestFloor> = None;
        for (position, floor) in (0_u32..).zip(def.floors.iter()) {
            let subject = Subject::Floor {
                charge: number,
                floor: position,
            };
            let routine = floor.least.to_native();
            let least = self.amount(subject, routine, floor.least_scale, mode, frame)?;
            if let Some(least) = least
                && highest.is_none_or(|highest| highest.least < least)
            {
                highest = Some(HighestFloor {
                    least,
                    floor: position,
                });
            }
        }
        Ok(highest)
    }

    fn target(
        &mut self,
        subject: Subject,
        target: &ArchivedTarget,
        mode: Rounding,
        floor: Option<HighestFloor>,
        frame: &Frame<'_>,
    ) -> Result<TargetOutcome, Stopped> {
        self.machine.tank.take(1)?;
        let adjustment = target.adjustment.to_native();
        let def = get(&self.model.adjustments, adjustment)?;
        if !self.sells(def.from.to_native(), def.to.to_native()) {
            return Ok(TargetOutcome::OtherDate);
        }
        if let Some(bundle) = some(target.within.to_native()) {
            let parent = self
                .input
                .up(frame.item, 1)
                .map(|(_, parent)| parent.product);
            if parent != Some(bundle) {
                return Ok(TargetOutcome::Elsewhere);
            }
        }
        let asked = get(self.input.asked, adjustment)?;
        if some(def.asked_by.to_native()).is_some() && *asked == ABSENT {
            return Ok(TargetOutcome::NotAsked);
        }
        if let Some(when) = some(target.when.to_native()) {
            match self.narrow(subject, when, frame)? {
                None => return Ok(TargetOutcome::Fault),
                Some(1) => {}
                Some(_) => return Ok(TargetOutcome::ConditionFailed),
            }
        }
        let routine = target.saving.to_native();
        let saving = self.amount(subject, routine, target.saving_scale, mode, frame)?;
        Ok(saving.map_or(TargetOutcome::Fault, |saving| {
            take(saving, frame.left, floor)
        }))
    }
}

/// Takes a saving from what is left: never less than nothing, never more than is left, never beyond a floor.
fn take(saving: i128, left: i128, floor: Option<HighestFloor>) -> TargetOutcome {
    let wanted = saving.min(left).max(0);
    let most = floor.map_or(wanted, |floor| left.saturating_sub(floor.least).max(0));
    let saving = wanted.min(most);
    let kept = wanted.saturating_sub(saving);
    TargetOutcome::Applied {
        saving,
        left: left.saturating_sub(saving),
        floor: floor.filter(|_| kept > 0).map_or(NONE, |floor| floor.floor),
        kept,
    }
}
