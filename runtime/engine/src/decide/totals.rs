//! Contract values and totals, summed with checks in 128 bits.

use std::collections::BTreeMap;

use quo_value::ArithmeticError;

use super::plan::{Plan, get};
use super::{ChargeOutcome, PriceState, TargetOutcome, TotalsOutcome};
use crate::frame::{at, index};
use crate::interpret::Fault;
use crate::limits::Stopped;
use crate::record::{Recorder, Subject};

/// An amount before and after adjustments.
type Pair = (i128, i128);

impl<R: Recorder> Plan<'_, R> {
    /// Works out what each charge is worth over the contract.
    pub fn values(&mut self) -> Result<(), Stopped> {
        for number in 0..index(self.decision.charges.len()) {
            let value = self.value(number)?;
            if let Some(outcome) = self.decision.charges.get_mut(at(number)) {
                outcome.value = value;
            }
        }
        Ok(())
    }

    fn value(&mut self, number: u32) -> Result<Option<Pair>, Stopped> {
        let outcome = *get(&self.decision.charges, number)?;
        if outcome.state != PriceState::Priced {
            return Ok(outcome.value);
        }
        let periods = i128::from(outcome.periods);
        let value = outcome
            .base()
            .checked_mul(periods)
            .zip(outcome.net.checked_mul(periods));
        let result = value.ok_or(Fault::Arithmetic(ArithmeticError::Overflow));
        self.noted(Subject::Charge(number), result)
    }

    /// Sums up all charges that have a price.
    pub fn totals(&mut self) -> Result<(), Stopped> {
        let sums = self
            .sums()?
            .ok_or(Fault::Arithmetic(ArithmeticError::Overflow));
        self.decision.totals = self.noted(Subject::Totals, sums)?;
        Ok(())
    }

    fn sums(&self) -> Result<Option<TotalsOutcome>, Stopped> {
        let mut periods: BTreeMap<u32, Pair> = BTreeMap::new();
        let mut contract: Pair = (0, 0);
        let mut kept: i128 = 0;
        for charge in &self.decision.charges {
            if charge.state != PriceState::Priced {
                continue;
            }
            let months = get(&self.model.charges, charge.charge)?.months.to_native();
            let period = periods.entry(months).or_default();
            let sums = charge.value.and_then(|value| {
                let amount = (charge.base(), charge.net);
                sum(*period, amount).zip(sum(contract, value))
            });
            let Some((in_period, in_contract)) = sums else {
                return Ok(None);
            };
            *period = in_period;
            contract = in_contract;
            let Some(with_this) = self.kept(charge)?.and_then(|back| kept.checked_add(back)) else {
                return Ok(None);
            };
            kept = with_this;
        }
        Ok(Some(TotalsOutcome {
            by_period: periods
                .into_iter()
                .map(|(months, (list, net))| (months, list, net))
                .collect(),
            list: contract.0,
            net: contract.1,
            kept,
        }))
    }

    /// What floors kept back of a charge over the contract; `None` where it does not fit.
    fn kept(&self, charge: &ChargeOutcome) -> Result<Option<i128>, Stopped> {
        let def = get(&self.model.charges, charge.charge)?;
        let outcomes = self.decision.targets.get(at(charge.targets_at)..);
        let outcomes = outcomes.unwrap_or_default().iter();
        let mut sum: i128 = 0;
        for outcome in outcomes.take(def.adjustments.len()) {
            if let TargetOutcome::Applied { kept, .. } = outcome {
                match sum.checked_add(*kept) {
                    Some(with_this) => sum = with_this,
                    None => return Ok(None),
                }
            }
        }
        Ok(sum.checked_mul(i128::from(charge.periods)))
    }
}

fn sum(a: Pair, b: Pair) -> Option<Pair> {
    a.0.checked_add(b.0).zip(a.1.checked_add(b.1))
}
