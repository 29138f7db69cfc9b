//! What a quote stands on besides its products: stock-keeping units, answers from outside and how long they hold, the
//! days until which it is valid, and the clauses of the contract.

use quo_model::{ABSENT, ArchivedArg, ArchivedLasting, some};
use quo_value::Date;

use super::plan::{Plan, get};
use super::{EndOf, SkuOutcome, Unqualified, WhyUnqualified};
use crate::frame::{CLAUSE_ADDED, CLAUSE_REMOVED, CLAUSE_THERE, at, index};
use crate::interpret::table_cost;
use crate::limits::Stopped;
use crate::record::{Recorder, Subject};

impl<R: Recorder> Plan<'_, R> {
    /// Works out stock-keeping units, qualifications, the validity of the quote and its clauses.
    pub fn terms(&mut self) -> Result<(), Stopped> {
        for item in 0..index(self.input.items.len()) {
            let sku = self.sku(item)?;
            self.decision.skus.push(sku);
            self.qualify(item)?;
        }
        self.validity()?;
        self.clauses()
    }

    fn sku(&mut self, number: u32) -> Result<SkuOutcome, Stopped> {
        let item = get(self.input.items, number)?;
        let product = get(&self.model.products, item.product)?;
        let Some(skus) = product.skus.as_ref() else {
            return Ok(SkuOutcome::Plain);
        };
        let table = get(&self.model.tables, skus.table.to_native())?;
        let mut args = std::mem::take(&mut self.args);
        args.clear();
        for arg in skus.args.iter() {
            args.push(match arg {
                ArchivedArg::Fact(fact) => self.input.fact(fact.to_native()),
                ArchivedArg::Option(option) => self
                    .input
                    .option(item, option.to_native())
                    .ok_or(Stopped::Damaged)?,
                ArchivedArg::Quantity | ArchivedArg::Routine(_) => return Err(Stopped::Damaged),
            });
        }
        self.machine.tank.take(table_cost(table.masks.len()))?;
        let row = table.find(&args);
        self.args = args;
        Ok(row.map_or(SkuOutcome::NoRow, SkuOutcome::Row))
    }

    fn qualify(&mut self, item: u32) -> Result<(), Stopped> {
        let model = self.model;
        let product = get(self.input.items, item)?.product;
        for (qualification, def) in (0_u32..).zip(model.qualifications.iter()) {
            if def.product != product {
                continue;
            }
            self.machine.tank.take(1)?;
            let subject = Subject::Qualification {
                qualification,
                item,
            };
            let frame = self.frame().on(item);
            let Some(answered) = self.narrow(subject, def.day.to_native(), &frame)? else {
                continue;
            };
            let why = match i32::try_from(answered).ok().filter(|_| answered != ABSENT) {
                None => Some(WhyUnqualified::Absent),
                Some(day) if day > self.date => Some(WhyUnqualified::Later { day }),
                Some(day) => {
                    let last = later(day, &def.valid);
                    if last < self.date {
                        Some(WhyUnqualified::Expired { day, last })
                    } else {
                        let end = (last, EndOf::Qualification(qualification));
                        if !self.decision.ends.contains(&end) {
                            self.decision.ends.push(end);
                        }
                        let held = self.held(subject, def.when.to_native(), item)?;
                        (!held).then_some(WhyUnqualified::Denied { day })
                    }
                }
            };
            if let Some(why) = why {
                self.decision.unqualified.push(Unqualified {
                    qualification,
                    item,
                    why,
                });
            }
        }
        Ok(())
    }

    /// Whether an answer qualifies. Arithmetic without an answer is a finding of its own.
    fn held(&mut self, subject: Subject, when: u32, item: u32) -> Result<bool, Stopped> {
        let Some(when) = some(when) else {
            return Ok(true);
        };
        let frame = self.frame().on(item);
        Ok(self.narrow(subject, when, &frame)? != Some(0))
    }

    fn validity(&mut self) -> Result<(), Stopped> {
        let model = self.model;
        for (number, def) in (0_u32..).zip(model.validities.iter()) {
            let frame = self.frame();
            let day = self.narrow(Subject::Validity(number), def.day.to_native(), &frame)?;
            let day = day.filter(|day| *day != ABSENT);
            if let Some(day) = day.and_then(|day| i32::try_from(day).ok()) {
                let last = later(day, &def.after);
                self.decision.ends.push((last, EndOf::Validity(number)));
            }
        }
        Ok(())
    }

    fn clauses(&mut self) -> Result<(), Stopped> {
        let model = self.model;
        let mut products: Vec<u32> = self.input.items.iter().map(|item| item.product).collect();
        products.sort_unstable();
        products.dedup();
        for (number, def) in (0_u32..).zip(model.clauses.iter()) {
            self.machine
                .tank
                .take(u64::try_from(def.products.len()).unwrap_or(u64::MAX))?;
            let goes_with = def.products.is_empty()
                || def
                    .products
                    .iter()
                    .any(|product| products.binary_search(&product.to_native()).is_ok());
            let mut fits = goes_with;
            if let Some(when) = some(def.when.to_native()).filter(|_| goes_with) {
                let frame = self.frame();
                fits = self.narrow(Subject::Clause(number), when, &frame)? == Some(1);
            }
            let wanted = self.input.clauses.get(at(number)).copied().unwrap_or(0);
            self.decision.clauses.push(match (fits, wanted) {
                (false, _) => 0,
                (true, CLAUSE_REMOVED) => CLAUSE_REMOVED,
                (true, CLAUSE_ADDED) => CLAUSE_THERE | CLAUSE_ADDED,
                (true, _) if def.on_request => 0,
                (true, _) => CLAUSE_THERE,
            });
        }
        Ok(())
    }
}

/// A day and so much later; the last day of the calendar beyond it.
fn later(day: i32, lasting: &ArchivedLasting) -> i32 {
    let moved = |count: u32, add: fn(Date, i32) -> Result<Date, quo_value::ArithmeticError>| {
        let count = i32::try_from(count).ok()?;
        let moved = add(Date::from_days(day)?, count).ok()?;
        Some(moved.days())
    };
    let moved = match lasting {
        ArchivedLasting::Days(count) => moved(count.to_native(), Date::add_days),
        ArchivedLasting::Months(count) => moved(count.to_native(), Date::add_months),
    };
    moved.unwrap_or(i32::MAX)
}
