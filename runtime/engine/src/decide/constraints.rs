//! What must hold, what should hold, and who may buy: rules on the quote and on each item.

use quo_model::some;

use super::plan::{Plan, get};
use super::{RuleOutcome, Verdict};
use crate::frame::{Frame, index};
use crate::limits::Stopped;
use crate::record::{Recorder, Subject};

impl<R: Recorder> Plan<'_, R> {
    /// Runs the constraints of the priced quote, and puts what came of them before those of the items.
    pub fn quote_constraints(&mut self) -> Result<(), Stopped> {
        let model = self.model;
        let of_items = std::mem::take(&mut self.decision.rules);
        let charges = self.charge_lines();
        let clauses = self.decision.clauses.clone();
        // Without totals the quote is blocked already.
        if let Some(frame) = self.priced_frame(&charges, &clauses) {
            for rule in model.quote_rules.iter() {
                self.rule(rule.to_native(), &frame)?;
            }
        }
        self.decision.rules.extend(of_items);
        Ok(())
    }

    /// Runs for each item its constraints, its sale window and its eligibility rules.
    pub fn constraints(&mut self) -> Result<(), Stopped> {
        let model = self.model;
        for item in 0..index(self.input.items.len()) {
            let product = get(&model.products, get(self.input.items, item)?.product)?;
            let frame = self.frame().on(item);
            for rule in product.constraints.iter() {
                self.rule(rule.to_native(), &frame)?;
            }
            if !self.sells(product.sold_from.to_native(), product.sold_to.to_native()) {
                self.decision.unsold.push(item);
            }
            for rule in product.eligibility.iter() {
                self.rule(rule.to_native(), &frame)?;
            }
        }
        Ok(())
    }

    fn rule(&mut self, rule: u32, frame: &Frame<'_>) -> Result<(), Stopped> {
        let def = get(&self.model.rules, rule)?;
        if !self.sells(def.from.to_native(), def.to.to_native()) {
            return Ok(());
        }
        let item = frame.item;
        let subject = Subject::Rule { rule, item };
        if let Some(when) = some(def.when.to_native())
            && self.narrow(subject, when, frame)? == Some(0)
        {
            return Ok(());
        }
        let verdict = match self.narrow(subject, def.routine.to_native(), frame)? {
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
