//! Adjustments over the whole quote: step after step, each on what those before have left of every charge.
//!
//! A step is an adjustment by itself or a group of which its rule says what becomes of several. Every adjustment is first
//! tried ([`trial`]): what it would do to each charge, nothing of it done. Then it is settled, or recorded with why not.
//! Where one bars another that came before it, everything begins anew without that one, so that what follows never
//! rests on a saving that was not made.

mod budget;
mod settle;
mod spread;
mod trial;
mod units;

use quo_model::{ArchivedAlone, ArchivedCharge, some};
use quo_value::Rounding;

use super::plan::{Plan, get};
use super::{Excluding, PriceState, TargetOutcome};
use crate::frame::{Frame, at, index};
use crate::limits::Stopped;
use crate::record::{Recorder, Subject};
use settle::Settled;

/// The highest floor under a charge.
#[derive(Clone, Copy)]
struct HighestFloor {
    least: i128,
    floor: u32,
}

/// An adjustment on a charge: its place in the order of the steps, the charge, counted through the decision, and the
/// target, counted in the charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    turn: u32,
    charge: u32,
    target: u32,
}

/// How a charge stands.
#[derive(Clone, Copy)]
struct Stand {
    /// What the adjustments start from.
    base: i128,
    /// What is left of it.
    left: i128,
    floor: Option<HighestFloor>,
    mode: Rounding,
}

/// How all charges stand.
struct Standing {
    /// By charge; `None` where there is no price.
    charges: Vec<Option<Stand>>,
    /// In the order of the steps.
    places: Vec<Place>,
    /// By adjustment: its place in the order of the steps.
    turns: Vec<u32>,
}

impl Standing {
    /// The charges that an adjustment can meet.
    fn places_of(&self, adjustment: u32) -> &[Place] {
        let Some(turn) = self.turns.get(at(adjustment)) else {
            return &[];
        };
        let first = self.places.partition_point(|place| place.turn < *turn);
        let rest = self.places.get(first..).unwrap_or_default();
        let len = rest.partition_point(|place| place.turn == *turn);
        rest.get(..len).unwrap_or_default()
    }

    fn stand(&self, charge: u32) -> Option<&Stand> {
        self.charges.get(at(charge))?.as_ref()
    }
}

/// Why an adjustment must not apply.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Barred {
    by: u32,
    why: Excluding,
}

impl<R: Recorder> Plan<'_, R> {
    /// Takes what the adjustments take, and leaves what is left.
    pub fn adjustments(&mut self) -> Result<(), Stopped> {
        let mut standing = self.standing()?;
        let mark = self.decision.faults.len();
        let mut barred = vec![None; self.model.adjustments.len()];
        self.exclusive(&standing, &mut barred)?;
        self.decision.faults.truncate(mark);
        // Each time one more is barred, so that this ends.
        while let Some((adjustment, by)) = self.round(&mut standing, &barred)? {
            let entry = barred.get_mut(at(adjustment)).ok_or(Stopped::Damaged)?;
            if entry.replace(by).is_some() {
                return Err(Stopped::Damaged);
            }
            self.decision.faults.truncate(mark);
            self.decision.gifts.clear();
            self.decision.reservations.clear();
            for stand in standing.charges.iter_mut().flatten() {
                stand.left = stand.base;
            }
        }
        for (outcome, stand) in self.decision.charges.iter_mut().zip(&standing.charges) {
            if let Some(stand) = stand {
                outcome.net = stand.left;
            }
        }
        Ok(())
    }

    /// How the charges stand before the first step.
    fn standing(&mut self) -> Result<Standing, Stopped> {
        let model = self.model;
        let mut turns = vec![0_u32; model.adjustments.len()];
        let members = model.steps.iter().flat_map(|step| step.members.iter());
        for (turn, member) in (0_u32..).zip(members) {
            *turns
                .get_mut(at(member.to_native()))
                .ok_or(Stopped::Damaged)? = turn;
        }
        let mut standing = Standing {
            charges: Vec::with_capacity(self.decision.charges.len()),
            places: Vec::new(),
            turns,
        };
        for number in 0..index(self.decision.charges.len()) {
            let def = get(&model.charges, get(&self.decision.charges, number)?.charge)?;
            let stand = self.stand(number, def)?;
            standing.charges.push(stand);
            let none = def.adjustments.iter().map(|_| TargetOutcome::NoPrice);
            let targets_at = index(self.decision.targets.len());
            self.decision.targets.extend(none);
            let outcome = self.decision.charges.get_mut(at(number));
            outcome.ok_or(Stopped::Damaged)?.targets_at = targets_at;
            if stand.is_none() {
                continue;
            }
            for (target, found) in (0_u32..).zip(def.adjustments.iter()) {
                let turn = *get(&standing.turns, found.adjustment.to_native())?;
                standing.places.push(Place {
                    turn,
                    charge: number,
                    target,
                });
            }
        }
        standing.places.sort_unstable();
        Ok(standing)
    }

    fn stand(&mut self, number: u32, def: &ArchivedCharge) -> Result<Option<Stand>, Stopped> {
        let outcome = *get(&self.decision.charges, number)?;
        if outcome.state != PriceState::Priced {
            return Ok(None);
        }
        let book = get(&self.model.books, outcome.book)?;
        let mode = Rounding::from_code(book.rounding).ok_or(Stopped::Damaged)?;
        let frame = Frame {
            list: outcome.base(),
            left: outcome.base(),
            quantity: outcome.whole_units,
            ..self.frame().on(outcome.item)
        };
        Ok(Some(Stand {
            base: outcome.base(),
            left: outcome.base(),
            floor: self.floor(number, def, mode, &frame)?,
            mode,
        }))
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

    /// Where one that applies alone would apply, whatever the order, bars the others.
    fn exclusive(
        &mut self,
        standing: &Standing,
        barred: &mut [Option<Barred>],
    ) -> Result<(), Stopped> {
        let model = self.model;
        for step in model.steps.iter() {
            for member in step.members.iter().map(|member| member.to_native()) {
                let def = get(&model.adjustments, member)?;
                let promotions = match def.alone {
                    ArchivedAlone::OverAll => false,
                    ArchivedAlone::OverPromotions => true,
                    _ => continue,
                };
                if !self.trial(member, standing, None)?.applies() {
                    continue;
                }
                for (number, entry) in (0_u32..).zip(barred.iter_mut()) {
                    let other = get(&model.adjustments, number)?;
                    if number != member && (!promotions || is_promotion(other)) {
                        *entry = Some(Barred {
                            by: member,
                            why: Excluding::Alone,
                        });
                    }
                }
                return Ok(());
            }
        }
        Ok(())
    }

    /// Goes through all steps. Gives the adjustment that had to make way for a later one, if there is one.
    fn round(
        &mut self,
        standing: &mut Standing,
        barred: &[Option<Barred>],
    ) -> Result<Option<(u32, Barred)>, Stopped> {
        let model = self.model;
        let mut settled = Settled::default();
        for step in model.steps.iter() {
            let combine = match some(step.group.to_native()) {
                Some(group) => Some(get(&model.groups, group)?.combine),
                None => None,
            };
            let members = step.members.iter().map(|member| member.to_native());
            let displaced = match combine {
                None | Some(quo_model::ArchivedCombine::OneAfterTheOther) => {
                    let mut displaced = None;
                    for member in members {
                        let barred = barred.get(at(member)).copied().flatten();
                        let trial = self.trial(member, standing, barred)?;
                        displaced = self.settle(trial, standing, &mut settled)?;
                        if displaced.is_some() {
                            break;
                        }
                    }
                    displaced
                }
                Some(combine) => {
                    let mut trials = Vec::with_capacity(step.members.len());
                    for member in members {
                        let barred = barred.get(at(member)).copied().flatten();
                        trials.push(self.trial(member, standing, barred)?);
                    }
                    self.settle_group(combine, trials, standing, &mut settled)?
                }
            };
            if displaced.is_some() {
                return Ok(displaced);
            }
        }
        Ok(None)
    }
}

fn is_promotion(def: &quo_model::ArchivedAdjustment) -> bool {
    def.kind == quo_model::ArchivedAdjustmentKind::Promotion
}

/// Takes a saving from what is left: never more than is left, never beyond a floor. One below nothing adds.
fn take(saving: i128, left: i128, floor: Option<HighestFloor>) -> TargetOutcome {
    let wanted = saving.min(left.max(0));
    let most = match floor {
        Some(floor) if wanted > 0 => left.saturating_sub(floor.least).max(0),
        _ => wanted,
    };
    let saving = wanted.min(most);
    let kept = wanted.saturating_sub(saving);
    TargetOutcome::Applied {
        saving,
        left: left.saturating_sub(saving),
        floor: floor
            .filter(|_| kept > 0)
            .map_or(quo_model::NONE, |floor| floor.floor),
        kept,
    }
}
