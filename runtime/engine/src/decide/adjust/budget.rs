//! What an adjustment may cost and how often it may be used, over all quotes: what is used so far is told by facts.

use quo_model::ArchivedAdjustment;
use quo_value::Rounding;

use super::trial::Trial;
use super::{Standing, take};
use crate::decide::TargetOutcome;
use crate::decide::plan::{Plan, get};
use crate::frame::Frame;
use crate::limits::Stopped;
use crate::record::{Recorder, Subject};

impl<R: Recorder> Plan<'_, R> {
    /// Whether it was used as often as it may be.
    pub(super) fn used_up(
        &mut self,
        adjustment: u32,
        def: &ArchivedAdjustment,
        quote: &Frame<'_>,
    ) -> Result<Option<TargetOutcome>, Stopped> {
        let subject = Subject::Adjusting(adjustment);
        for (limit, found) in (0_u32..).zip(def.limits.iter()) {
            let most = self.narrow(subject, found.most.to_native(), quote)?;
            let used = self.narrow(subject, found.used.to_native(), quote)?;
            let Some((most, used)) = most.zip(used) else {
                return Ok(Some(TargetOutcome::Fault));
            };
            if used >= most {
                return Ok(Some(TargetOutcome::UsedUp { limit, most, used }));
            }
        }
        Ok(None)
    }

    /// Holds a trial against what is left of its budget.
    pub(super) fn budgeted(
        &mut self,
        trial: &mut Trial,
        def: &ArchivedAdjustment,
        standing: &Standing,
        quote: &Frame<'_>,
    ) -> Result<(), Stopped> {
        let Some(budget) = def.budget.as_ref().filter(|_| trial.saving > 0) else {
            return Ok(());
        };
        let subject = Subject::Adjusting(trial.adjustment);
        let all = self.amount_of(subject, &budget.amount, Rounding::Down, quote)?;
        let used = self.amount_of(subject, &budget.used, Rounding::Up, quote)?;
        let Some((all, used)) = all.zip(used) else {
            trial.replace_applied(TargetOutcome::Fault);
            return Ok(());
        };
        let left = all.saturating_sub(used).max(0);
        if trial.saving <= left {
            return Ok(());
        }
        let outcome = TargetOutcome::OverBudget {
            left,
            wanted: trial.saving,
        };
        if !budget.partly || left == 0 {
            trial.replace_applied(outcome);
            return Ok(());
        }
        self.up_to(trial, left, outcome, standing)?;
        self.weigh(trial, standing)
    }

    /// Cuts what a trial saves over the contract to what is left, in the order of the lines.
    fn up_to(
        &self,
        trial: &mut Trial,
        left: i128,
        nothing: TargetOutcome,
        standing: &Standing,
    ) -> Result<(), Stopped> {
        let mut left = left;
        trial.outcomes.sort_by_key(|(place, _)| place.charge);
        for (place, outcome) in &mut trial.outcomes {
            let (TargetOutcome::Applied { saving, .. }, Some(stand)) =
                (&*outcome, standing.stand(place.charge))
            else {
                continue;
            };
            if *saving <= 0 {
                continue;
            }
            let periods = i128::from(get(&self.decision.charges, place.charge)?.periods).max(1);
            let each = left.checked_div(periods).unwrap_or(0);
            let scale = self.decision.currency.money_scale;
            let each = self.decision.currency.round(each, scale, Rounding::Down);
            let cut = (*saving).min(each.unwrap_or(0));
            *outcome = if cut > 0 {
                take(cut, stand.left, None)
            } else {
                nothing
            };
            left = left.saturating_sub(cut.saturating_mul(periods));
        }
        Ok(())
    }
}
