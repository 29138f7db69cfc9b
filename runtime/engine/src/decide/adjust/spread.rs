//! One amount for many charges: how much of it each of them gets.

use std::collections::BTreeMap;

use quo_model::{ArchivedEffect, ArchivedWhole, NONE};
use quo_value::{ArithmeticError, LeftOver, Rounding, mul_div_round_i128, pow10_i128, spread};

use super::take;
use super::trial::{Candidate, Trial, bounded};
use crate::decide::TargetOutcome;
use crate::decide::plan::{Plan, get};
use crate::frame::{Frame, QuoteCurrency};
use crate::interpret::Fault;
use crate::limits::Stopped;
use crate::record::{Recorder, Subject};

/// How an amount is spread.
#[derive(Clone, Copy)]
struct Spreading {
    rounding: Rounding,
    remainder: LeftOver,
    currency: QuoteCurrency,
}

impl<R: Recorder> Plan<'_, R> {
    /// Spreads one amount over the charges, or one over the parts of each bundle.
    pub(super) fn whole(
        &mut self,
        trial: &mut Trial,
        (effect, whole): (ArchivedEffect, &ArchivedWhole),
        candidates: &[Candidate],
        times: i64,
        quote: &Frame<'_>,
    ) -> Result<(), Stopped> {
        let mut bundles: BTreeMap<u32, Vec<Candidate>> = BTreeMap::new();
        for candidate in candidates {
            let bundle = if whole.each_bundle {
                get(self.input.items, candidate.item)?.parent
            } else {
                NONE
            };
            bundles.entry(bundle).or_default().push(*candidate);
        }
        for candidates in bundles.into_values() {
            let subject = Subject::Adjusting(trial.adjustment);
            let shares = self.shares(subject, (effect, whole), &candidates, times, quote)?;
            let shares = shares.unwrap_or_default();
            let mut shares = shares.into_iter();
            for candidate in candidates {
                let stand = candidate.stand;
                let outcome = shares.next().map_or(TargetOutcome::Fault, |share| {
                    take(share, stand.left, stand.floor)
                });
                trial.outcomes.push((candidate.place, outcome));
            }
        }
        Ok(())
    }

    /// The share of each charge; `None` where there is no answer.
    fn shares(
        &mut self,
        subject: Subject,
        (effect, whole): (ArchivedEffect, &ArchivedWhole),
        candidates: &[Candidate],
        times: i64,
        quote: &Frame<'_>,
    ) -> Result<Option<Vec<i128>>, Stopped> {
        let spreading = Spreading {
            rounding: Rounding::from_code(whole.rounding).ok_or(Stopped::Damaged)?,
            remainder: LeftOver::from_code(whole.remainder).ok_or(Stopped::Damaged)?,
            currency: quote.currency,
        };
        let rooms = rooms(candidates, quote.currency).map_err(Fault::Arithmetic);
        let Some(rooms) = self.noted(subject, rooms)? else {
            return Ok(None);
        };
        let exact = self.exact(subject, whole, candidates, times, quote)?;
        let Some((exact, scale)) = exact else {
            return Ok(None);
        };
        let amount = quote.currency.round(exact, scale, spreading.rounding);
        let room = rooms
            .iter()
            .try_fold(0_i128, |sum, room| sum.checked_add(*room));
        let saving = amount.and_then(|amount| {
            let room = room.ok_or(ArithmeticError::Overflow)?;
            let saving = match effect {
                ArchivedEffect::Take => Some(amount.max(0)),
                ArchivedEffect::Add => amount.max(0).checked_neg(),
                ArchivedEffect::PriceAt => room.checked_sub(amount.max(0)),
                ArchivedEffect::PriceAtMost => room.checked_sub(amount.max(0)).map(|it| it.max(0)),
            };
            Ok((saving.ok_or(ArithmeticError::Overflow)?, room))
        });
        let saving = saving.map_err(Fault::Arithmetic);
        let Some((mut saving, room)) = self.noted(subject, saving)? else {
            return Ok(None);
        };
        for (bound, largest) in [(&whole.most, true), (&whole.least, false)] {
            let Some(bound) = bound.as_ref() else {
                continue;
            };
            let Some(bound) = self.amount_of(subject, bound, spreading.rounding, quote)? else {
                return Ok(None);
            };
            saving = bounded(saving, bound, largest);
        }
        let Some(weights) = self.weights(candidates, quote)? else {
            return Ok(None);
        };
        let shares = spreading.spread(saving.min(room), &weights, &rooms);
        self.noted(subject, shares.map_err(Fault::Arithmetic))
    }

    /// The amount before it is rounded, with its scale.
    fn exact(
        &mut self,
        subject: Subject,
        whole: &ArchivedWhole,
        candidates: &[Candidate],
        times: i64,
        quote: &Frame<'_>,
    ) -> Result<Option<(i128, u8)>, Stopped> {
        if let Some(amount) = whole.amount.as_ref() {
            self.recorder.begin(subject);
            let routine = amount.routine.to_native();
            let found = self.machine.wide(routine, quote, self.recorder);
            let found = found.and_then(|exact| {
                let exact = exact.checked_mul(i128::from(times));
                let exact = exact.ok_or(ArithmeticError::Overflow)?;
                Ok((exact, amount.scale))
            });
            return self.noted(subject, found);
        }
        let mut parts = Vec::with_capacity(candidates.len());
        for candidate in candidates {
            let charge = get(&self.decision.charges, candidate.place.charge)?.charge;
            let targets = &get(&self.model.charges, charge)?.adjustments;
            let target = get(targets, candidate.place.target)?;
            self.recorder.begin(candidate.subject());
            let routine = target.saving.to_native();
            let frame = candidate.frame(quote);
            let found = self.machine.wide(routine, &frame, self.recorder);
            match self.noted(candidate.subject(), found)? {
                Some(exact) => parts.push((exact, target.saving_scale)),
                None => return Ok(None),
            }
        }
        let sum = at_one_scale(&parts).and_then(|(parts, scale)| {
            let sum = parts.into_iter().try_fold(0_i128, i128::checked_add);
            Ok((sum.ok_or(ArithmeticError::Overflow)?, scale))
        });
        self.noted(subject, sum.map_err(Fault::Arithmetic))
    }

    /// The weights of the charges, all at one scale.
    fn weights(
        &mut self,
        candidates: &[Candidate],
        quote: &Frame<'_>,
    ) -> Result<Option<Vec<i128>>, Stopped> {
        let mut weights = Vec::with_capacity(candidates.len());
        for candidate in candidates {
            let charge = get(&self.decision.charges, candidate.place.charge)?.charge;
            let targets = &get(&self.model.charges, charge)?.adjustments;
            let Some(weight) = get(targets, candidate.place.target)?.weight.as_ref() else {
                weights.push((1, 0));
                continue;
            };
            self.recorder.begin(candidate.subject());
            let frame = candidate.frame(quote);
            let routine = weight.routine.to_native();
            let found = self.machine.wide(routine, &frame, self.recorder);
            let found = found.and_then(|found| Ok(of_units(found, weight.scale, candidate)?));
            match self.noted(candidate.subject(), found)? {
                Some(found) => weights.push(found),
                None => return Ok(None),
            }
        }
        let weights = at_one_scale(&weights).map(|(weights, _)| weights);
        let subject = candidates
            .first()
            .map_or(Subject::Totals, Candidate::subject);
        self.noted(subject, weights.map_err(Fault::Arithmetic))
    }
}

/// What there is to take of each charge: what is left of the units it is for.
fn rooms(candidates: &[Candidate], currency: QuoteCurrency) -> Result<Vec<i128>, ArithmeticError> {
    let room = |candidate: &Candidate| {
        let left = candidate.stand.left.max(0);
        match candidate.share() {
            None => Ok(left),
            Some(share) => {
                currency.round_part(left, currency.money_scale, share, candidate.stand.mode)
            }
        }
    };
    candidates.iter().map(room).collect()
}

/// As much of a charge's weight as of its units, to nine more decimals.
fn of_units(weight: i128, scale: u8, candidate: &Candidate) -> Result<(i128, u8), ArithmeticError> {
    let Some((units, all)) = candidate.share() else {
        return Ok((weight, scale));
    };
    let finer = pow10_i128(9)
        .and_then(|factor| factor.checked_mul(i128::from(units)))
        .ok_or(ArithmeticError::Overflow)?;
    let part = mul_div_round_i128(weight, finer, i128::from(all.max(1)), Rounding::HalfEven);
    Ok((
        part.ok_or(ArithmeticError::Overflow)?,
        scale.saturating_add(9),
    ))
}

/// Mantissas at the largest of their scales.
fn at_one_scale(found: &[(i128, u8)]) -> Result<(Vec<i128>, u8), ArithmeticError> {
    let scale = found.iter().map(|(_, scale)| *scale).max().unwrap_or(0);
    let scaled = found.iter().map(|(mantissa, own)| {
        pow10_i128(scale.saturating_sub(*own))
            .and_then(|factor| mantissa.checked_mul(factor))
            .ok_or(ArithmeticError::Overflow)
    });
    Ok((scaled.collect::<Result<_, _>>()?, scale))
}

impl Spreading {
    /// Shares of an amount at money scale. None takes more than there is of its charge: what one cannot take is spread
    /// over the others by the same weights.
    fn spread(
        self,
        saving: i128,
        weights: &[i128],
        rooms: &[i128],
    ) -> Result<Vec<i128>, ArithmeticError> {
        let exponent = self
            .currency
            .money_scale
            .saturating_sub(self.currency.minor_units);
        let unit = pow10_i128(exponent).ok_or(ArithmeticError::Overflow)?;
        let units = |amount: i128| amount.checked_div(unit).unwrap_or(0);
        let mut total = units(saving);
        let mut weights = weights.to_vec();
        let mut shares = vec![0_i128; weights.len()];
        loop {
            let none_left = weights.iter().all(|weight| *weight == 0);
            if none_left && shares.iter().any(|share| *share != 0) {
                break;
            }
            let found = spread(total, &weights, self.rounding, self.remainder)?;
            let mut full = false;
            for (position, share) in found.iter().enumerate() {
                let room = units(rooms.get(position).copied().unwrap_or(0));
                if *share > room
                    && let (Some(slot), Some(weight)) =
                        (shares.get_mut(position), weights.get_mut(position))
                {
                    (*slot, *weight) = (room, 0);
                    total = total.saturating_sub(room);
                    full = true;
                }
            }
            if !full {
                for (slot, share) in shares.iter_mut().zip(found) {
                    *slot = slot.saturating_add(share);
                }
                break;
            }
        }
        shares
            .into_iter()
            .map(|share| share.checked_mul(unit).ok_or(ArithmeticError::Overflow))
            .collect()
    }
}
