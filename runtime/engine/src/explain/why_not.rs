//! *Why not*: everything a rule could have applied to, with what kept it from applying.

use quo_model::some;

use super::tell::{Teller, rule_kind};
use super::{ExplainError, ExplainedTest, WhyNot, WhyNotSubject};
use crate::decide::{ApprovalOutcome, ChargeOutcome, TargetOutcome, Verdict};
use crate::frame::{at, index};
use crate::nearest::nearest;
use crate::record::Subject;

/// What a rule is, and what it could have applied to.
type Found = (String, Vec<WhyNotSubject>);

impl Teller<'_> {
    /// Why the rule with this id did not apply.
    pub fn why_not(&self, id: &str) -> Result<WhyNot, ExplainError> {
        let found = self
            .adjustment(id)
            .or_else(|| self.floor(id))
            .or_else(|| self.constraint(id))
            .or_else(|| self.price_book(id))
            .or_else(|| self.priced_charge(id))
            .or_else(|| self.approval(id))
            .or_else(|| self.task(id));
        let Some((kind, subjects)) = found else {
            return Err(ExplainError::UnknownRule {
                id: id.chars().take(100).collect(),
                nearest: nearest(id, self.places.ids()),
            });
        };
        Ok(WhyNot {
            rule: id.to_owned(),
            kind,
            place: self.places.of_id(id),
            subjects,
        })
    }

    fn on_item(&self, item: u32, applied: bool, reasons: Vec<String>) -> WhyNotSubject {
        WhyNotSubject {
            line: self.line_of(item),
            address: self.render.address(item),
            applied,
            reasons,
        }
    }

    fn on_charge(
        &self,
        charge: &ChargeOutcome,
        applied: bool,
        reasons: Vec<String>,
    ) -> WhyNotSubject {
        WhyNotSubject {
            line: self.line_of(charge.item),
            address: self.render.path(charge),
            applied,
            reasons,
        }
    }

    fn line_of(&self, item: u32) -> Option<String> {
        let request = &self.render.decision.request;
        let item = request.items.get(at(item))?;
        Some(request.lines.get(at(item.line))?.id.clone())
    }

    fn adjustment(&self, id: &str) -> Option<Found> {
        let adjustments = &self.render.model.adjustments;
        let number = adjustments
            .iter()
            .position(|def| self.render.str(def.name) == id)?;
        let number = index(number);
        let mut subjects = Vec::new();
        for (charge, outcome) in (0_u32..).zip(&self.render.decision.charges) {
            for (target, adjustment, found) in self.render.targets(outcome) {
                if adjustment != number {
                    continue;
                }
                let reasons = self.target_reasons(charge, outcome, target, adjustment, found);
                subjects.push(match (reasons, found) {
                    (Some(reasons), _) => self.on_charge(outcome, false, reasons),
                    (None, TargetOutcome::Applied { saving, .. }) => {
                        let taken = match saving.checked_neg().filter(|added| *added > 0) {
                            Some(added) => format!("it adds {}", self.render.money(added)),
                            None => format!("it takes {}", self.render.money(saving)),
                        };
                        self.on_charge(outcome, true, vec![taken])
                    }
                    (None, _) => continue,
                });
            }
        }
        let gifts = self.render.decision.gifts.iter();
        for gift in gifts.filter(|gift| gift.adjustment == number) {
            let reasons = match gift.outcome {
                TargetOutcome::Applied { .. } => vec![format!("it gives {}", gift.quantity)],
                TargetOutcome::OtherDate => {
                    let def = adjustments.get(at(number))?;
                    vec![self.dated(def.from.to_native(), def.to.to_native())]
                }
                TargetOutcome::ConditionFailed => self.failures(Subject::Adjusting(number)),
                TargetOutcome::Fault => vec![self.fault(Subject::Adjusting(number))],
                other => vec![self.render.why_not_applied(number, other)],
            };
            subjects.push(WhyNotSubject {
                line: None,
                address: String::new(),
                applied: gift.quantity > 0,
                reasons,
            });
        }
        Some((self.render.adjustment_kind(number).to_owned(), subjects))
    }

    fn floor(&self, id: &str) -> Option<Found> {
        let model = self.render.model;
        let position = |charge: u32| {
            let mut floors = model.charges.get(at(charge))?.floors.iter();
            floors
                .position(|floor| self.render.str(floor.id) == id)
                .map(index)
        };
        (0..index(model.charges.len())).find_map(position)?;
        let subjects = self.render.decision.charges.iter().filter_map(|outcome| {
            let own = position(outcome.charge)?;
            let held: i128 = self
                .render
                .targets(outcome)
                .filter_map(|(_, _, found)| match found {
                    TargetOutcome::Applied { floor, kept, .. } if floor == own => Some(kept),
                    _ => None,
                })
                .fold(0, i128::saturating_add);
            let reason = if held > 0 {
                format!("it keeps {}", self.render.money(held))
            } else {
                format!(
                    "what is left, {}, is not below it",
                    self.render.money(outcome.net)
                )
            };
            Some(self.on_charge(outcome, held > 0, vec![reason]))
        });
        Some(("floor".to_owned(), subjects.collect()))
    }

    fn constraint(&self, id: &str) -> Option<Found> {
        let rules = &self.render.model.rules;
        let def = rules.iter().find(|rule| self.render.str(rule.id) == id)?;
        let outcomes = self.render.decision.rules.iter().filter(|outcome| {
            rules
                .get(at(outcome.rule))
                .is_some_and(|rule| self.render.str(rule.id) == id)
        });
        let subjects = outcomes.filter_map(|outcome| {
            let told = self.rule(outcome)?;
            let mut reasons: Vec<String> = told.tests.iter().map(ExplainedTest::sentence).collect();
            if outcome.verdict == Verdict::Fails {
                reasons.insert(0, told.message);
            }
            Some(self.on_item(outcome.item, told.satisfied, reasons))
        });
        Some((rule_kind(&def.kind).to_owned(), subjects.collect()))
    }

    fn price_book(&self, id: &str) -> Option<Found> {
        let mut books = 0..index(self.render.model.books.len());
        let number = books.find(|book| self.render.book_name(*book) == id)?;
        let told = self.book(number)?;
        let subject = WhyNotSubject {
            line: None,
            address: String::new(),
            applied: told.applies,
            reasons: told.reasons,
        };
        Some(("price book".to_owned(), vec![subject]))
    }

    fn priced_charge(&self, id: &str) -> Option<Found> {
        let charges = &self.render.model.charges;
        let number = charges
            .iter()
            .position(|def| self.render.str(def.id) == id)?;
        let outcomes = self.render.decision.charges.iter();
        let subjects = outcomes
            .filter(|outcome| at(outcome.charge) == number)
            .map(|outcome| {
                let candidates = self.candidates(outcome);
                let chosen = candidates.iter().any(|candidate| candidate.chosen);
                let reasons = candidates.into_iter().map(|candidate| {
                    if candidate.chosen {
                        return format!("{} gives the price", candidate.book);
                    }
                    format!("{}: {}", candidate.book, candidate.reasons.join("; "))
                });
                self.on_charge(outcome, chosen, reasons.collect())
            });
        Some(("charge".to_owned(), subjects.collect()))
    }

    /// A matrix, or one of its rows by its key.
    fn approval(&self, id: &str) -> Option<Found> {
        let model = self.render.model;
        let keys = |table: u32| {
            let rows = model
                .tables
                .get(at(table))
                .map_or(0, |table| table.row_keys.len());
            (0..index(rows)).find(|row| self.render.row_key(table, *row) == id)
        };
        let (number, def, row) =
            (0_u32..)
                .zip(model.approvals.iter())
                .find_map(|(number, def)| {
                    let row = keys(def.table.to_native());
                    (self.render.str(def.name) == id || row.is_some()).then_some((number, def, row))
                })?;
        let outcome = *self.render.decision.approvals.get(at(number))?;
        let mut reasons = Vec::new();
        let mut applied = false;
        if let ApprovalOutcome::Row {
            row: decided,
            values_at,
        } = outcome
        {
            applied = row.is_none_or(|row| row == decided);
            let key = self.render.row_key(def.table.to_native(), decided);
            let place = self.places.of_row(def.table.to_native(), decided);
            let place = place.map_or_else(String::new, |place| format!(" ({place})"));
            reasons.push(format!(
                "the row `{key}`{place} decides: it is the first that matches"
            ));
            if row.is_some_and(|row| decided < row) {
                reasons.push("it stands before the row asked about".to_owned());
            }
            let values = self.approval_values(number, values_at);
            reasons.extend(
                values
                    .into_iter()
                    .map(|seen| format!("{} is {}", seen.text, seen.value)),
            );
        } else {
            reasons.push("no row decides".to_owned());
        }
        reasons.extend(
            self.tests(Subject::Approval(number))
                .iter()
                .map(ExplainedTest::sentence),
        );
        let subject = WhyNotSubject {
            line: None,
            address: String::new(),
            applied,
            reasons,
        };
        let kind = if row.is_some() {
            "approval row"
        } else {
            "approval"
        };
        Some((kind.to_owned(), vec![subject]))
    }

    fn task(&self, id: &str) -> Option<Found> {
        let model = self.render.model;
        let mut all = model
            .fulfilments
            .iter()
            .flat_map(|fulfilment| fulfilment.tasks.iter());
        all.find(|task| self.render.str(task.id) == id)?;
        let outcomes = self.render.decision.tasks.iter();
        let subjects = outcomes.filter_map(|outcome| {
            let subject = Subject::Task {
                item: outcome.item,
                task: outcome.task,
            };
            let (own, item) = self.render.subject(subject);
            let item = some(item?).filter(|_| own == id)?;
            let takes_place = outcome.verdict == Verdict::Holds;
            let reasons = if takes_place {
                self.tests(subject)
                    .iter()
                    .map(ExplainedTest::sentence)
                    .collect()
            } else {
                self.failures(subject)
            };
            Some(self.on_item(item, takes_place, reasons))
        });
        Some(("task".to_owned(), subjects.collect()))
    }
}
