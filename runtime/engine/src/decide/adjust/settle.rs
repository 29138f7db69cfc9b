//! Settling what was tried: which of several stays, and what is left of every charge then.

use std::collections::BTreeMap;

use quo_model::{ArchivedAlone, ArchivedCombine, NeverTogether};
use quo_value::pow10_i128;

use super::trial::Trial;
use super::{Barred, Place, Standing, is_promotion, take};
use crate::decide::plan::{Plan, get};
use crate::decide::{Excluding, Reservation, TargetOutcome};
use crate::frame::at;
use crate::limits::Stopped;
use crate::record::Recorder;

/// An adjustment that applied.
#[derive(Clone, Copy)]
struct Applied {
    adjustment: u32,
    /// What it saves over the contract.
    saving: i128,
    /// What the charges it changes are worth before adjustments.
    base: i128,
}

/// What was settled in this round.
#[derive(Default)]
pub(super) struct Settled {
    applied: Vec<Applied>,
    /// One that bars whatever follows, or only promotions.
    closed: Option<(u32, bool)>,
}

impl<R: Recorder> Plan<'_, R> {
    /// Makes one adjustment, or records why not. Gives the one that must make way for it, if there is one.
    pub(super) fn settle(
        &mut self,
        mut trial: Trial,
        standing: &mut Standing,
        settled: &mut Settled,
    ) -> Result<Option<(u32, Barred)>, Stopped> {
        if trial.applies() {
            if let Some(barred) = self.kept_out(&trial, settled)? {
                trial.exclude(barred);
            } else if let Some(displaced) = self.never_together(&mut trial, settled)? {
                return Ok(Some(displaced));
            }
        }
        self.make(trial, standing, settled)?;
        Ok(None)
    }

    /// Who keeps an adjustment out at its place: one that applies alone, or, where it applies alone itself, any.
    fn kept_out(&self, trial: &Trial, settled: &Settled) -> Result<Option<Barred>, Stopped> {
        let def = get(&self.model.adjustments, trial.adjustment)?;
        if let Some((by, promotions)) = settled.closed
            && (!promotions || is_promotion(def))
        {
            let why = Excluding::Alone;
            return Ok(Some(Barred { by, why }));
        }
        let promotions = match def.alone {
            ArchivedAlone::UnlessEarlier => false,
            ArchivedAlone::UnlessEarlierPromotion => true,
            _ => return Ok(None),
        };
        for applied in &settled.applied {
            let other = get(&self.model.adjustments, applied.adjustment)?;
            if !promotions || is_promotion(other) {
                return Ok(Some(Barred {
                    by: applied.adjustment,
                    why: Excluding::Earlier,
                }));
            }
        }
        Ok(None)
    }

    /// Judges which of two that never apply together stays; the one tried does not if it is the other one.
    fn never_together(
        &self,
        trial: &mut Trial,
        settled: &Settled,
    ) -> Result<Option<(u32, Barred)>, Stopped> {
        let own = Applied {
            adjustment: trial.adjustment,
            saving: trial.saving,
            base: trial.base,
        };
        for before in &settled.applied {
            for (declaring, other) in [(own, *before), (*before, own)] {
                let def = get(&self.model.adjustments, declaring.adjustment)?;
                let mut never = def.never.iter();
                let Some(never) = never.find(|never| {
                    never.other == other.adjustment && takes_more(&other, never.above.to_native())
                }) else {
                    continue;
                };
                let (stays, goes) = if never.other_stays {
                    (other.adjustment, declaring.adjustment)
                } else {
                    (declaring.adjustment, other.adjustment)
                };
                let barred = Barred {
                    by: stays,
                    why: Excluding::Never,
                };
                if goes != own.adjustment {
                    return Ok(Some((goes, barred)));
                }
                trial.exclude(barred);
                return Ok(None);
            }
        }
        Ok(None)
    }

    /// Writes down what came of an adjustment.
    fn make(
        &mut self,
        trial: Trial,
        standing: &mut Standing,
        settled: &mut Settled,
    ) -> Result<(), Stopped> {
        let def = get(&self.model.adjustments, trial.adjustment)?;
        if trial.applies() {
            settled.applied.push(Applied {
                adjustment: trial.adjustment,
                saving: trial.saving,
                base: trial.base,
            });
            match def.alone {
                ArchivedAlone::UnlessEarlier => settled.closed = Some((trial.adjustment, false)),
                ArchivedAlone::UnlessEarlierPromotion => {
                    settled.closed = Some((trial.adjustment, true));
                }
                _ => {}
            }
            if def.budget.is_some() || !def.limits.is_empty() {
                self.decision.reservations.push(Reservation {
                    adjustment: trial.adjustment,
                    amount: def.budget.as_ref().map(|_| trial.saving),
                    uses: !def.limits.is_empty(),
                });
            }
        }
        for (place, outcome) in trial.outcomes {
            self.put(place, outcome, standing)?;
        }
        self.decision.gifts.extend(trial.gift);
        Ok(())
    }

    fn put(
        &mut self,
        place: Place,
        outcome: TargetOutcome,
        standing: &mut Standing,
    ) -> Result<(), Stopped> {
        let targets_at = get(&self.decision.charges, place.charge)?.targets_at;
        let position = at(targets_at).checked_add(at(place.target));
        let slot = position.and_then(|position| self.decision.targets.get_mut(position));
        *slot.ok_or(Stopped::Damaged)? = outcome;
        if let TargetOutcome::Applied { left, .. } = outcome
            && let Some(Some(stand)) = standing.charges.get_mut(at(place.charge))
        {
            stand.left = left;
        }
        Ok(())
    }

    /// Settles a group whose members were all tried on what was left before it.
    pub(super) fn settle_group(
        &mut self,
        combine: ArchivedCombine,
        mut trials: Vec<Trial>,
        standing: &mut Standing,
        settled: &mut Settled,
    ) -> Result<Option<(u32, Barred)>, Stopped> {
        for trial in trials.iter_mut().filter(|trial| trial.applies()) {
            if let Some(barred) = self.kept_out(trial, settled)? {
                trial.exclude(barred);
            } else if let Some(displaced) = self.never_together(trial, settled)? {
                return Ok(Some(displaced));
            }
        }
        match combine {
            ArchivedCombine::LargestOnQuote => on_quote(&mut trials, true),
            ArchivedCombine::FirstOnQuote => on_quote(&mut trials, false),
            ArchivedCombine::LargestOnCharge => on_charges(&mut trials, true),
            ArchivedCombine::FirstOnCharge => on_charges(&mut trials, false),
            ArchivedCombine::AddUp | ArchivedCombine::OneAfterTheOther => {}
        }
        for mut trial in trials {
            for (place, outcome) in &mut trial.outcomes {
                // What those before it in the group took is no longer left.
                if let (TargetOutcome::Applied { saving, kept, .. }, Some(stand)) =
                    (&*outcome, standing.stand(place.charge))
                {
                    *outcome = take(saving.saturating_add(*kept), stand.left, stand.floor);
                }
            }
            self.weigh(&mut trial, standing)?;
            self.make(trial, standing, settled)?;
        }
        Ok(None)
    }
}

/// Whether an adjustment takes more than a share of the price before adjustments.
fn takes_more(applied: &Applied, above: i64) -> bool {
    if above < 0 {
        return true;
    }
    let saved =
        pow10_i128(NeverTogether::SHARE_SCALE).and_then(|whole| applied.saving.checked_mul(whole));
    let share = applied.base.checked_mul(i128::from(above));
    // Amounts too large to compare do not fit into the totals either, which blocks the quote.
    saved.zip(share).is_some_and(|(saved, share)| saved > share)
}

/// Keeps the best or the first of them and marks the others.
fn on_quote(trials: &mut [Trial], largest: bool) {
    let applying = (0..trials.len()).filter(|position| {
        trials
            .get(*position)
            .is_some_and(|trial| trial.saves() && trial.applies())
    });
    let saving = |position: usize| trials.get(position).map_or(0, |trial| trial.saving);
    let winner = applying.reduce(|best, other| {
        if largest && saving(other) > saving(best) {
            other
        } else {
            best
        }
    });
    let Some(winner) = winner else { return };
    let Some((to, of_winner)) = trials
        .get(winner)
        .map(|trial| (trial.adjustment, trial.saving))
    else {
        return;
    };
    for (position, trial) in trials.iter_mut().enumerate() {
        if position != winner {
            let own = trial.saving;
            trial.lose(|_, _| Some((to, own, of_winner)));
        }
    }
}

/// Keeps the best or the first on each charge and marks the others.
fn on_charges(trials: &mut [Trial], largest: bool) {
    let mut best: BTreeMap<u32, (u32, i128)> = BTreeMap::new();
    for trial in &*trials {
        for (place, outcome) in &trial.outcomes {
            if let TargetOutcome::Applied { saving, .. } = outcome
                && *saving > 0
            {
                let entry = best
                    .entry(place.charge)
                    .or_insert((trial.adjustment, *saving));
                if largest && *saving > entry.1 {
                    *entry = (trial.adjustment, *saving);
                }
            }
        }
    }
    for trial in trials {
        let own = trial.adjustment;
        trial.lose(|charge, saving| {
            let (to, of_winner) = *best.get(&charge)?;
            (to != own).then_some((to, saving, of_winner))
        });
    }
}
