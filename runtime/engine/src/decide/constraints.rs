//! What must hold, what should hold, and who may buy: rules on the quote and on each item.

use quo_model::{NONE, some};

use super::plan::{Plan, get};
use super::{RuleOutcome, Verdict};
use crate::frame::index;
use crate::limits::Stopped;
use crate::record::{Recorder, Subject};

impl<R: Recorder> Plan<'_, R> {
    /// Runs the constraints of the quote, then for each item its constraints, its sale window and its eligibility rules.
    pub fn constraints(&mut self) -> Result<(), Stopped> {
        let model = self.model;
        for rule in model.quote_rules.iter() {
            self.rule(rule.to_native(), NONE)?;
        }
        for item in 0..index(self.input.items.len()) {
            let product = get(&model.products, get(self.input.items, item)?.product)?;
            for rule in product.constraints.iter() {
                self.rule(rule.to_native(), item)?;
            }
            if !self.sells(product.sold_from.to_native(), product.sold_to.to_native()) {
                self.decision.unsold.push(item);
            }
            for rule in product.eligibility.iter() {
                self.rule(rule.to_native(), item)?;
            }
        }
        Ok(())
    }

    fn rule(&mut self, rule: u32, item: u32) -> Result<(), Stopped> {
        let def = get(&self.model.rules, rule)?;
        if !self.sells(def.from.to_native(), def.to.to_native()) {
            return Ok(());
        }
        let frame = self.frame().on(item);
        let subject = Subject::Rule { rule, item };
        if let Some(when) = some(def.when.to_native())
            && self.narrow(subject, when, &frame)? == Some(0)
        {
            return Ok(());
        }
        let verdict = match self.narrow(subject, def.routine.to_native(), &frame)? {
            None => Verdict::Fault,
            Some(result) if (result == 1) == def.satisfied_by => Verdict::Holds,
            Some(_) => Verdict::Fails,
        };
        self.decision.rules.push(RuleOutcome {
            rule,
            item,
            verdict,
        });
        Ok(())
    }
}
