//! The part of an answer that is about what a quote stands on besides its products: clauses, stock-keeping units,
//! answers from outside, overrides, and when it all ends.

use quo_model::{ABSENT, ArchivedApproval, ArchivedWorse, NONE};

use super::findings::About;
use super::render::Renderer;
use super::{EndOf, RuleOutcome, SkuOutcome, WhyUnqualified};
use crate::answer::{ClauseAnswer, Finding, ItemAnswer, WorseningAnswer};
use crate::frame::{CLAUSE_ADDED, CLAUSE_REMOVED, at, index};
use crate::request::Override;
use crate::show::date;

impl<'a> Renderer<'a> {
    /// The name of a role.
    pub fn role_name(&self, role: u32) -> &'a str {
        let role = self.model.roles.get(at(role));
        role.map_or("", |role| self.str(*role))
    }

    /// Who overrides a rule on the line of an outcome, or everywhere.
    pub(super) fn overriding(&self, outcome: &RuleOutcome) -> Option<&'a Override> {
        let request = &self.decision.request;
        let line = request.items.get(at(outcome.item)).map(|item| item.line);
        let mut overrides = request.overrides.iter();
        overrides.find(|found| {
            found.rule == outcome.rule && (found.line == NONE || Some(found.line) == line)
        })
    }

    /// What is wrong with answers from outside, and items without a stock-keeping unit.
    pub(super) fn term_findings(&self, found: &mut Vec<(About, Finding)>) {
        for outcome in &self.decision.unqualified {
            let def = self.model.qualifications.get(at(outcome.qualification));
            let Some(def) = def else { continue };
            let fact = self.str(def.named);
            let why = match outcome.why {
                WhyUnqualified::Absent => format!("`{fact}` is not known"),
                WhyUnqualified::Later { day } => {
                    format!("`{fact}` is {}, after the date of the quote", date(day))
                }
                WhyUnqualified::Expired { day, last } => {
                    let (day, last) = (date(day), date(last));
                    format!("the answer of {day} was valid until {last}")
                }
                WhyUnqualified::Denied { day } => {
                    format!("the answer of {} does not qualify", date(day))
                }
            };
            let message = format!("{}: {why}", self.str(def.message));
            let id = self.str(def.id);
            found.push((About::Sale, self.finding(id, Some(outcome.item), message)));
        }
        for (item, sku) in (0_u32..).zip(&self.decision.skus) {
            if *sku == SkuOutcome::NoRow {
                let product = self.product_of(item);
                let message = format!("{product} has no stock-keeping unit with these options");
                found.push((About::Rest, self.finding(product, Some(item), message)));
            }
        }
    }

    /// The stock-keeping units of an item and its parts.
    pub(super) fn items(&self, first: u32) -> Vec<ItemAnswer> {
        let items = &self.decision.request.items;
        let end = items.get(at(first)).map_or(first, |item| item.end);
        (first..end.min(index(items.len())))
            .filter_map(|item| {
                let address = Some(self.address(item)).filter(|address| !address.is_empty());
                Some(ItemAnswer {
                    item: address,
                    product: self.product_of(item).to_owned(),
                    sku: self.sku(item)?.to_owned(),
                })
            })
            .collect()
    }

    fn sku(&self, item: u32) -> Option<&'a str> {
        let product = self.decision.request.items.get(at(item))?.product;
        let product = self.model.products.get(at(product))?;
        let sku = match self.decision.skus.get(at(item))? {
            SkuOutcome::Plain => self.str(product.sku),
            SkuOutcome::Row(row) => self.str(*product.skus.as_ref()?.skus.get(at(*row))?),
            SkuOutcome::NoRow => "",
        };
        Some(sku).filter(|sku| !sku.is_empty())
    }

    /// The clauses of the contract, those that were removed too.
    pub(super) fn clauses(&self) -> Vec<ClauseAnswer> {
        let states = self.decision.clauses.iter();
        self.model
            .clauses
            .iter()
            .zip(states)
            .filter(|(_, state)| **state != 0)
            .map(|(def, state)| ClauseAnswer {
                clause: self.str(def.name).to_owned(),
                title: self.str(def.title).to_owned(),
                version: def.version.to_native(),
                text: self.str(def.text).to_owned(),
                state: if state & CLAUSE_REMOVED != 0 {
                    "removed"
                } else if state & CLAUSE_ADDED != 0 {
                    "added"
                } else {
                    "required"
                }
                .to_owned(),
            })
            .collect()
    }

    /// The last day on which the answer would be the same, and what ends then.
    pub(super) fn expiry(&self) -> Option<(i32, String)> {
        let model = self.model;
        let mut ends: Vec<(i32, String)> = Vec::new();
        let ruleset = self.str(model.meta.ruleset);
        let last = model.meta.effective_to.to_native();
        ends.push((last, format!("the rules of `{ruleset}` end")));
        for book in self.books_used() {
            if let Some(def) = model.books.get(at(book)) {
                let name = self.str(def.name);
                ends.push((def.to.to_native(), format!("the price book `{name}` ends")));
            }
        }
        for adjustment in self.applied() {
            if let Some(def) = model.adjustments.get(at(adjustment)) {
                ends.push((def.to.to_native(), format!("`{}` ends", self.str(def.name))));
            }
        }
        for (last, of) in &self.decision.ends {
            let because = match of {
                EndOf::Validity(number) => model
                    .validities
                    .get(at(*number))
                    .map(|def| self.str(def.title).to_owned()),
                EndOf::Qualification(number) => {
                    let def = model.qualifications.get(at(*number));
                    def.map(|def| format!("the answer for `{}` ends", self.str(def.id)))
                }
            };
            ends.extend(because.map(|because| (*last, because)));
        }
        // Of several that end on one day the first named tells.
        let first = ends.into_iter().min_by_key(|(last, _)| *last);
        first.filter(|(last, _)| *last != i32::MAX)
    }

    /// What makes an approval that was given be asked for again, with the values it was given for.
    pub(super) fn ask_again(&self, def: &ArchivedApproval, values: &[i64]) -> Vec<WorseningAnswer> {
        def.worse
            .iter()
            .filter_map(|worse| {
                let column = at(worse.column.to_native());
                let value = values.get(column).copied().unwrap_or(ABSENT);
                Some(WorseningAnswer {
                    column: self.str(def.columns.get(column)?.name).to_owned(),
                    worse: match worse.worse {
                        ArchivedWorse::Rises => "rises",
                        ArchivedWorse::Falls => "falls",
                        ArchivedWorse::Changes => "changes",
                    }
                    .to_owned(),
                    ordinal: value.to_string(),
                })
            })
            .collect()
    }
}
