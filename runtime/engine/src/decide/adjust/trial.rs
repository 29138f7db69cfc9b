//! What one adjustment would do to each charge, as everything stands: nothing of it is done here.

use quo_model::{
    ABSENT, ArchivedAdjustment, ArchivedAmountOf, ArchivedEffect, ArchivedGift, ArchivedTarget,
    some,
};
use quo_value::{ArithmeticError, Rounding, pow10_i128};

use super::units::Counted;
use super::{Barred, Place, Stand, Standing, take};
use crate::charges::ChargeLine;
use crate::decide::plan::{Plan, get};
use crate::decide::{GiftOutcome, TargetOutcome};
use crate::frame::Frame;
use crate::interpret::Fault;
use crate::limits::Stopped;
use crate::record::{Recorder, Subject};

/// What an adjustment would do.
pub(super) struct Trial {
    pub adjustment: u32,
    pub outcomes: Vec<(Place, TargetOutcome)>,
    pub gift: Option<GiftOutcome>,
    /// What it saves over the contract.
    pub saving: i128,
    /// What the charges it changes are worth before adjustments.
    pub base: i128,
}

impl Trial {
    /// Whether it changes anything.
    pub fn applies(&self) -> bool {
        let changes = |outcome: &TargetOutcome| matches!(outcome, TargetOutcome::Applied { saving, .. } if *saving != 0);
        self.outcomes.iter().any(|(_, outcome)| changes(outcome))
            || self.gift.is_some_and(|gift| gift.quantity > 0)
    }

    /// Whether it takes something off.
    pub fn saves(&self) -> bool {
        self.saving > 0 || self.gift.is_some_and(|gift| gift.quantity > 0)
    }

    /// Records that it would apply and must not.
    pub fn exclude(&mut self, barred: Barred) {
        let Barred { by, why } = barred;
        let outcome = TargetOutcome::Excluded { by, why };
        for (_, found) in &mut self.outcomes {
            if matches!(found, TargetOutcome::Applied { .. }) {
                *found = outcome;
            }
        }
        if let Some(gift) = &mut self.gift
            && gift.quantity > 0
        {
            (gift.quantity, gift.outcome) = (0, outcome);
        }
        (self.saving, self.base) = (0, 0);
    }

    /// Records that all of it is not so.
    pub fn replace_applied(&mut self, outcome: TargetOutcome) {
        for (_, found) in &mut self.outcomes {
            if matches!(found, TargetOutcome::Applied { .. }) {
                *found = outcome;
            }
        }
        (self.saving, self.base) = (0, 0);
    }

    /// Records where it lost: to whom, what it would have saved, and what the winner saves.
    pub fn lose(&mut self, to: impl Fn(u32, i128) -> Option<(u32, i128, i128)>) {
        for (place, found) in &mut self.outcomes {
            if let TargetOutcome::Applied { saving, .. } = found
                && let Some((to, saving, of_winner)) = to(place.charge, *saving)
            {
                *found = TargetOutcome::Lost {
                    to,
                    saving,
                    of_winner,
                };
            }
        }
    }
}

/// A charge that an adjustment acts on.
#[derive(Clone, Copy)]
pub(super) struct Candidate {
    pub place: Place,
    pub stand: Stand,
    pub item: u32,
    pub quantity: i64,
    /// For how many of its units; `None` for the charge as such.
    pub units: Option<i64>,
}

impl Candidate {
    pub fn frame<'f>(&self, quote: &Frame<'f>) -> Frame<'f> {
        Frame {
            list: self.stand.base,
            left: self.stand.left,
            quantity: self.quantity,
            ..quote.on(self.item)
        }
    }

    pub fn subject(&self) -> Subject {
        Subject::Adjustment {
            charge: self.place.charge,
            target: self.place.target,
        }
    }

    /// What its units are of all units.
    pub fn share(&self) -> Option<(i64, i64)> {
        self.units.map(|units| (units, self.quantity))
    }
}

impl<'a, R: Recorder> Plan<'a, R> {
    /// Tries an adjustment.
    pub(super) fn trial(
        &mut self,
        adjustment: u32,
        standing: &Standing,
        barred: Option<Barred>,
    ) -> Result<Trial, Stopped> {
        let def = get(&self.model.adjustments, adjustment)?;
        let places = standing.places_of(adjustment);
        let mut trial = Trial {
            adjustment,
            outcomes: Vec::with_capacity(places.len()),
            gift: None,
            saving: 0,
            base: 0,
        };
        if let Some(outcome) = self.gate(adjustment, def)? {
            refuse(&mut trial, places, def.gift.as_ref(), outcome);
            return Ok(trial);
        }
        let lines = if def.reads_quote {
            self.lines(standing)?
        } else {
            Vec::new()
        };
        let sums = |of: fn(&ChargeLine) -> i128| {
            let mut values = lines.iter().map(of);
            values.try_fold(0_i128, i128::checked_add)
        };
        let totals = sums(|line| line.list_value).zip(sums(|line| line.net_value));
        let totals = totals.ok_or(Fault::Arithmetic(ArithmeticError::Overflow));
        let subject = Subject::Adjusting(adjustment);
        let Some((total_list, total_net)) = self.noted(subject, totals)? else {
            refuse(&mut trial, places, def.gift.as_ref(), TargetOutcome::Fault);
            return Ok(trial);
        };
        let quote = Frame {
            charges: &lines,
            total_list,
            total_net,
            ..self.frame()
        };
        if let Some(outcome) = self.used_up(adjustment, def, &quote)? {
            refuse(&mut trial, places, def.gift.as_ref(), outcome);
            return Ok(trial);
        }
        if let Some(gift) = def.gift.as_ref() {
            trial.gift = Some(self.give(adjustment, (def, gift), &quote)?);
        }
        self.each_charge(&mut trial, def, places, standing, &quote)?;
        self.weigh(&mut trial, standing)?;
        self.budgeted(&mut trial, def, standing, &quote)?;
        if let Some(barred) = barred
            && trial.applies()
        {
            trial.exclude(barred);
        }
        Ok(trial)
    }

    /// What keeps an adjustment from everything: its days, its code, that nobody asked.
    fn gate(
        &self,
        adjustment: u32,
        def: &ArchivedAdjustment,
    ) -> Result<Option<TargetOutcome>, Stopped> {
        if !self.sells(def.from.to_native(), def.to.to_native()) {
            return Ok(Some(TargetOutcome::OtherDate));
        }
        let given = |code: &str| self.input.codes.iter().any(|given| given == code);
        let mut codes = def.codes.iter();
        if !def.codes.is_empty() && !codes.any(|code| given(self.model.str(code.to_native()))) {
            return Ok(Some(TargetOutcome::NoCode));
        }
        let asked = get(self.input.asked, adjustment)?;
        let by = some(def.asked_by.to_native());
        Ok((by.is_some() && *asked == ABSENT).then_some(TargetOutcome::NotAsked))
    }

    /// The charges as they stand.
    fn lines(&mut self, standing: &Standing) -> Result<Vec<ChargeLine>, Stopped> {
        let mut lines = Vec::with_capacity(standing.charges.len());
        for (charge, stand) in self.decision.charges.iter().zip(&standing.charges) {
            let Some(stand) = stand else { continue };
            self.machine.tank.take(1)?;
            let periods = i128::from(charge.periods);
            let values = stand
                .base
                .checked_mul(periods)
                .zip(stand.left.checked_mul(periods));
            // One that does not fit is a finding of its own, which blocks.
            let Some((list_value, net_value)) = values else {
                continue;
            };
            lines.push(ChargeLine {
                item: charge.item,
                charge: charge.charge,
                quantity: charge.quantity,
                quantity_scale: crate::decide::unit_scale(
                    &get(&self.model.charges, charge.charge)?.quantity,
                ),
                periods: charge.periods,
                list: stand.base,
                net: stand.left,
                list_value,
                net_value,
            });
        }
        Ok(lines)
    }

    /// What comes on top.
    fn give(
        &mut self,
        adjustment: u32,
        (def, gift): (&ArchivedAdjustment, &ArchivedGift),
        quote: &Frame<'_>,
    ) -> Result<GiftOutcome, Stopped> {
        let subject = Subject::Adjusting(adjustment);
        let outcome = |quantity, price, outcome| GiftOutcome {
            adjustment,
            quantity,
            price,
            outcome,
        };
        let refused = |why| outcome(0, None, why);
        if let Some(when) = some(gift.when.to_native()) {
            match self.narrow(subject, when, quote)? {
                None => return Ok(refused(TargetOutcome::Fault)),
                Some(1) => {}
                Some(_) => return Ok(refused(TargetOutcome::ConditionFailed)),
            }
        }
        let times = match def.units.as_ref() {
            None => Some(1),
            Some(units) => {
                let counted = self.count_units(subject, units, &[], quote)?;
                counted.map(|counted| counted.times)
            }
        };
        let count = self.narrow(subject, gift.count.to_native(), quote)?;
        let price = match gift.price.as_ref() {
            None => Some(None),
            Some(price) => self
                .amount_of(subject, price, Rounding::HalfEven, quote)?
                .map(|price| Some(price.max(0))),
        };
        let Some(((times, count), price)) = times.zip(count).zip(price) else {
            return Ok(refused(TargetOutcome::Fault));
        };
        let quantity = times
            .checked_mul(count.max(0))
            .ok_or(Fault::Arithmetic(ArithmeticError::Overflow));
        Ok(match self.noted(subject, quantity)? {
            None => refused(TargetOutcome::Fault),
            Some(0) => refused(TargetOutcome::NoUnits),
            Some(quantity) => {
                let given = TargetOutcome::Applied {
                    saving: 0,
                    left: 0,
                    floor: quo_model::NONE,
                    kept: 0,
                };
                outcome(quantity, price, given)
            }
        })
    }

    /// What it does to each of its charges.
    fn each_charge(
        &mut self,
        trial: &mut Trial,
        def: &ArchivedAdjustment,
        places: &[Place],
        standing: &Standing,
        quote: &Frame<'_>,
    ) -> Result<(), Stopped> {
        let mut candidates = Vec::with_capacity(places.len());
        for place in places {
            self.machine.tank.take(1)?;
            let Some(stand) = standing.stand(place.charge) else {
                continue;
            };
            let outcome = get(&self.decision.charges, place.charge)?;
            let candidate = Candidate {
                place: *place,
                stand: *stand,
                item: outcome.item,
                quantity: outcome.whole_units,
                units: None,
            };
            match self.wanted(candidate, outcome.charge, quote)? {
                Ok(candidate) => candidates.push(candidate),
                Err(outcome) => trial.outcomes.push((*place, outcome)),
            }
        }
        let mut times = 1;
        if let Some(units) = def.units.as_ref()
            && def.gift.is_none()
            && !candidates.is_empty()
        {
            let subject = Subject::Adjusting(trial.adjustment);
            let counted = self.count_units(subject, units, &candidates, quote)?;
            let all = |outcome| candidates.iter().map(move |found| (found.place, outcome));
            match counted {
                None => {
                    trial.outcomes.extend(all(TargetOutcome::Fault));
                    return Ok(());
                }
                Some(counted) => {
                    times = counted.times;
                    only_counted(&mut candidates, &counted, trial);
                }
            }
        }
        if let Some(whole) = def.whole.as_ref() {
            return self.whole(trial, (def.effect, whole), &candidates, times, quote);
        }
        for candidate in candidates {
            let outcome = self.one(def.effect, &candidate, quote)?;
            trial.outcomes.push((candidate.place, outcome));
        }
        Ok(())
    }

    /// Whether an adjustment is for a charge, and for how many of its units.
    fn wanted(
        &mut self,
        candidate: Candidate,
        charge: u32,
        quote: &Frame<'_>,
    ) -> Result<Result<Candidate, TargetOutcome>, Stopped> {
        let target = self.target(charge, candidate.place.target)?;
        if let Some(bundle) = some(target.within.to_native()) {
            let parent = self.input.up(candidate.item, 1);
            if parent.map(|(_, parent)| parent.product) != Some(bundle) {
                return Ok(Err(TargetOutcome::Elsewhere));
            }
        }
        let frame = candidate.frame(quote);
        if let Some(when) = some(target.when.to_native()) {
            match self.narrow(candidate.subject(), when, &frame)? {
                None => return Ok(Err(TargetOutcome::Fault)),
                Some(1) => {}
                Some(_) => return Ok(Err(TargetOutcome::ConditionFailed)),
            }
        }
        let Some(units) = some(target.units.to_native()) else {
            return Ok(Ok(candidate));
        };
        Ok(match self.narrow(candidate.subject(), units, &frame)? {
            None => Err(TargetOutcome::Fault),
            Some(units) if units.min(candidate.quantity) <= 0 => Err(TargetOutcome::NoUnits),
            Some(units) => Ok(Candidate {
                units: Some(units.min(candidate.quantity)),
                ..candidate
            }),
        })
    }

    fn target(&self, charge: u32, target: u32) -> Result<&'a ArchivedTarget, Stopped> {
        get(&get(&self.model.charges, charge)?.adjustments, target)
    }

    /// What it does to one charge.
    fn one(
        &mut self,
        effect: ArchivedEffect,
        candidate: &Candidate,
        quote: &Frame<'_>,
    ) -> Result<TargetOutcome, Stopped> {
        let charge = get(&self.decision.charges, candidate.place.charge)?.charge;
        let target = self.target(charge, candidate.place.target)?;
        let frame = candidate.frame(quote);
        let (subject, stand) = (candidate.subject(), candidate.stand);
        self.recorder.begin(subject);
        let routine = target.saving.to_native();
        let saving = self
            .machine
            .wide(routine, &frame, self.recorder)
            .and_then(|value| {
                let value = (value, target.saving_scale);
                Ok(saved(effect, value, candidate, &frame)?)
            });
        let Some(mut saving) = self.noted(subject, saving)? else {
            return Ok(TargetOutcome::Fault);
        };
        for (bound, largest) in [(&target.most, true), (&target.least, false)] {
            let Some(bound) = bound.as_ref() else {
                continue;
            };
            let Some(bound) = self.amount_of(subject, bound, stand.mode, &frame)? else {
                return Ok(TargetOutcome::Fault);
            };
            saving = bounded(saving, bound, largest);
        }
        // Units never save more than they cost before adjustments, whatever is left of the others.
        let room = match candidate.share() {
            None => Ok(stand.left),
            Some(share) => {
                let scale = frame.currency.money_scale;
                let cost = stand.base.max(stand.left);
                let part = frame.currency.round_part(cost, scale, share, stand.mode);
                part.map_err(Fault::Arithmetic)
            }
        };
        Ok(match self.noted(subject, room)? {
            None => TargetOutcome::Fault,
            Some(room) => take(saving.min(room.max(0)), stand.left, stand.floor),
        })
    }

    /// An amount that is worked out, rounded to the minor unit; `None` where there is no answer.
    pub(super) fn amount_of(
        &mut self,
        subject: Subject,
        amount: &ArchivedAmountOf,
        mode: Rounding,
        frame: &Frame<'_>,
    ) -> Result<Option<i128>, Stopped> {
        self.amount(
            subject,
            amount.routine.to_native(),
            amount.scale,
            mode,
            frame,
        )
    }

    /// Sums up what a trial saves.
    pub(super) fn weigh(&mut self, trial: &mut Trial, standing: &Standing) -> Result<(), Stopped> {
        let (mut saving, mut base) = (Some(0_i128), Some(0_i128));
        for (place, outcome) in &trial.outcomes {
            let TargetOutcome::Applied { saving: own, .. } = outcome else {
                continue;
            };
            if *own == 0 {
                continue;
            }
            let periods = i128::from(get(&self.decision.charges, place.charge)?.periods);
            let before = standing.stand(place.charge).map_or(0, |stand| stand.base);
            let sum =
                |sum: Option<i128>, amount: i128| sum?.checked_add(amount.checked_mul(periods)?);
            (saving, base) = (sum(saving, *own), sum(base, before));
        }
        let sums = saving
            .zip(base)
            .ok_or(Fault::Arithmetic(ArithmeticError::Overflow));
        match self.noted(Subject::Adjusting(trial.adjustment), sums)? {
            Some((saving, base)) => (trial.saving, trial.base) = (saving, base),
            None => {
                for (_, outcome) in &mut trial.outcomes {
                    *outcome = TargetOutcome::Fault;
                }
            }
        }
        Ok(())
    }
}

/// Refuses all of it for one reason.
fn refuse(
    trial: &mut Trial,
    places: &[Place],
    gift: Option<&ArchivedGift>,
    outcome: TargetOutcome,
) {
    trial
        .outcomes
        .extend(places.iter().map(|place| (*place, outcome)));
    trial.gift = gift.map(|_| GiftOutcome {
        adjustment: trial.adjustment,
        quantity: 0,
        price: None,
        outcome,
    });
}

/// Leaves the charges of which units were counted.
fn only_counted(candidates: &mut Vec<Candidate>, counted: &Counted, trial: &mut Trial) {
    candidates.retain_mut(|candidate| {
        let units = counted.of(candidate.place.charge);
        candidate.units = Some(units);
        if units == 0 {
            let none = (candidate.place, TargetOutcome::NoUnits);
            trial.outcomes.push(none);
        }
        units > 0
    });
}

/// A saving within its bound; what adds is bounded by its magnitude.
pub(super) fn bounded(saving: i128, bound: i128, largest: bool) -> i128 {
    let bound = bound.max(0);
    let magnitude = i128::try_from(saving.unsigned_abs()).unwrap_or(i128::MAX);
    let magnitude = if largest {
        magnitude.min(bound)
    } else {
        magnitude.max(bound)
    };
    if saving < 0 {
        magnitude.saturating_neg()
    } else {
        magnitude
    }
}

/// What an exact amount at a scale saves on a charge, rounded as its book says: less than nothing where it adds.
fn saved(
    effect: ArchivedEffect,
    (value, scale): (i128, u8),
    candidate: &Candidate,
    frame: &Frame<'_>,
) -> Result<i128, ArithmeticError> {
    let money_scale = frame.currency.money_scale;
    let common = scale.max(money_scale);
    let at_common = |value: i128, scale: u8| {
        let factor = pow10_i128(common.saturating_sub(scale)).ok_or(ArithmeticError::Overflow)?;
        value.checked_mul(factor).ok_or(ArithmeticError::Overflow)
    };
    let value = at_common(value, scale)?;
    let left = at_common(candidate.stand.left, money_scale)?;
    let exact = match effect {
        ArchivedEffect::Take => value.max(0),
        ArchivedEffect::Add => value
            .max(0)
            .checked_neg()
            .ok_or(ArithmeticError::Overflow)?,
        ArchivedEffect::PriceAt => left
            .checked_sub(value.max(0))
            .ok_or(ArithmeticError::Overflow)?,
        ArchivedEffect::PriceAtMost => left
            .checked_sub(value.max(0))
            .ok_or(ArithmeticError::Overflow)?
            .max(0),
    };
    match candidate.share() {
        None => frame.currency.round(exact, common, candidate.stand.mode),
        Some(share) => frame
            .currency
            .round_part(exact, common, share, candidate.stand.mode),
    }
}
