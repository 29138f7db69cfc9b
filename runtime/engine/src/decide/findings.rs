//! Findings: what blocks a quote and what should be looked at, each in one sentence.

use quo_model::{ArchivedRuleKind, ArchivedSeverity, some};
use quo_value::ArithmeticError;

use super::fulfil::plan_of;
use super::render::Renderer;
use super::{ApprovalOutcome, CandidateOutcome, PriceState, Verdict};
use crate::answer::{Finding, OverriddenAnswer};
use crate::frame::at;
use crate::record::Subject;
use crate::show::{date, window};

/// What is told besides what blocks.
#[derive(Default)]
pub(super) struct Told {
    pub warnings: Vec<Finding>,
    pub information: Vec<Finding>,
    pub overridden: Vec<OverriddenAnswer>,
}

/// Whom a finding is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum About {
    /// Eligibility; it says nothing about the configuration.
    Sale,
    /// Everything else.
    Rest,
}

impl<'a> Renderer<'a> {
    /// A finding about an item, or about the quote where there is none.
    pub(super) fn finding(&self, rule: &str, item: Option<u32>, message: String) -> Finding {
        let items = &self.decision.request.items;
        let found = item.and_then(|item| items.get(at(item)));
        let line = found.and_then(|item| self.decision.request.lines.get(at(item.line)));
        let product = found.and_then(|item| self.model.products.get(at(item.product)));
        Finding {
            rule: rule.to_owned(),
            line: line.map(|line| line.id.clone()),
            item: item
                .map(|item| self.address(item))
                .filter(|address| !address.is_empty()),
            product: product.map(|product| self.str(product.name).to_owned()),
            message,
            overridable_by: Vec::new(),
        }
    }

    pub(super) fn rule_findings(&self, found: &mut Vec<(About, Finding)>, told: &mut Told) {
        for outcome in &self.decision.rules {
            let Some(rule) = self.model.rules.get(at(outcome.rule)) else {
                continue;
            };
            if outcome.verdict != Verdict::Fails {
                continue;
            }
            let message = self.str(rule.message).to_owned();
            let mut finding = self.finding(self.str(rule.id), some(outcome.item), message);
            let role = |role: u32| self.role_name(role).to_owned();
            let may = rule.overridable.iter().map(|it| role(it.to_native()));
            finding.overridable_by = may.collect();
            if let Some(by) = self.overriding(outcome) {
                told.overridden.push(OverriddenAnswer {
                    finding,
                    role: role(by.role),
                    reason: Some(by.reason.clone()).filter(|reason| !reason.is_empty()),
                });
                continue;
            }
            match (&rule.severity, &rule.kind) {
                (ArchivedSeverity::Warning, _) => told.warnings.push(finding),
                (ArchivedSeverity::Information, _) => told.information.push(finding),
                (_, ArchivedRuleKind::Eligible) => found.push((About::Sale, finding)),
                _ => found.push((About::Rest, finding)),
            }
        }
        for item in &self.decision.unsold {
            let items = &self.decision.request.items;
            let product = items
                .get(at(*item))
                .and_then(|item| self.model.products.get(at(item.product)));
            let Some(product) = product else { continue };
            let name = self.str(product.name);
            let sold = window(product.sold_from.to_native(), product.sold_to.to_native());
            let dated = date(self.selling_date());
            let message = format!("{name} is sold {sold}, and the quote is dated {dated}");
            found.push((About::Sale, self.finding(name, Some(*item), message)));
        }
    }

    pub(super) fn price_findings(&self, found: &mut Vec<(About, Finding)>) {
        for outcome in &self.decision.charges {
            let Some(def) = self.model.charges.get(at(outcome.charge)) else {
                continue;
            };
            let id = self.str(def.id);
            let message = match outcome.state {
                PriceState::Priced | PriceState::Fault => continue,
                PriceState::Missing => format!("no price book that applies has a price for {id}"),
                PriceState::Tied => {
                    let books: Vec<String> = self
                        .candidates(outcome)
                        .filter(|(_, _, found)| matches!(found, CandidateOutcome::Tied { .. }))
                        .map(|(_, book, _)| format!("`{}`", self.book_name(book)))
                        .collect();
                    format!(
                        "{} have a price for {id} each, and none replaces the others",
                        books.join(" and ")
                    )
                }
            };
            found.push((About::Rest, self.finding(id, Some(outcome.item), message)));
        }
    }

    pub(super) fn other_findings(&self, found: &mut Vec<(About, Finding)>) {
        for (def, outcome) in self.model.approvals.iter().zip(&self.decision.approvals) {
            // Of a matrix of which every row asks, nobody is asked where none matches.
            if *outcome == ApprovalOutcome::NoRow && !def.every {
                let id = self.str(def.name);
                let message = format!("no row of the approval matrix {id} matches");
                found.push((About::Rest, self.finding(id, None, message)));
            }
        }
        for fault in &self.decision.faults {
            let (id, item) = self.subject(fault.subject);
            let what = match fault.subject {
                Subject::Charge(_) => format!("the amount of {id}"),
                Subject::Totals => "the totals".to_owned(),
                _ => id.clone(),
            };
            let why = no_answer(fault.error);
            let message = format!("{what} cannot be worked out: {why}");
            found.push((About::Rest, self.finding(&id, item, message)));
        }
    }

    /// The stable id and the item of what code was about.
    pub fn subject(&self, subject: Subject) -> (String, Option<u32>) {
        let model = self.model;
        let charge_of = |charge: u32| {
            let outcome = self.decision.charges.get(at(charge))?;
            Some((outcome, model.charges.get(at(outcome.charge))?))
        };
        let found = match subject {
            Subject::Rule { rule, item } => model
                .rules
                .get(at(rule))
                .map(|rule| (self.str(rule.id), some(item))),
            Subject::Book(book) => Some((self.book_name(book), None)),
            Subject::Adjustment { charge, target } => {
                charge_of(charge).and_then(|(outcome, def)| {
                    let target = def.adjustments.get(at(target))?;
                    let def = model.adjustments.get(at(target.adjustment.to_native()))?;
                    Some((self.str(def.name), Some(outcome.item)))
                })
            }
            Subject::Adjusting(adjustment) => model
                .adjustments
                .get(at(adjustment))
                .map(|def| (self.str(def.name), None)),
            Subject::Floor { charge, floor } => charge_of(charge).and_then(|(outcome, def)| {
                Some((self.str(def.floors.get(at(floor))?.id), Some(outcome.item)))
            }),
            Subject::Charge(charge) => {
                charge_of(charge).map(|(outcome, def)| (self.str(def.id), Some(outcome.item)))
            }
            Subject::Approval(approval) => model
                .approvals
                .get(at(approval))
                .map(|def| (self.str(def.name), None)),
            Subject::Task { item, task } => self.task(item, task).map(|id| (id, Some(item))),
            Subject::Qualification {
                qualification,
                item,
            } => model
                .qualifications
                .get(at(qualification))
                .map(|def| (self.str(def.id), Some(item))),
            Subject::Validity(validity) => model
                .validities
                .get(at(validity))
                .map(|def| (self.str(def.title), None)),
            Subject::Clause(clause) => model
                .clauses
                .get(at(clause))
                .map(|def| (self.str(def.name), None)),
            Subject::Totals => Some(("totals", None)),
            // Only tests ask for it, and they note nothing.
            Subject::Probe(_) => None,
            Subject::Result(result) => model
                .results
                .get(at(result))
                .map(|def| (self.str(def.name), None)),
        };
        found.map_or_else(Default::default, |(id, item)| (id.to_owned(), item))
    }

    fn task(&self, item: u32, task: u32) -> Option<&'a str> {
        let plan = plan_of(self.model, self.decision.request.input(), item)?;
        Some(self.str(plan.tasks.get(at(task))?.id))
    }
}

/// Why arithmetic had no answer, for people who know nothing of bits.
pub(crate) fn no_answer(error: ArithmeticError) -> String {
    match error {
        ArithmeticError::Overflow => "a number in it gets too large to be exact".to_owned(),
        other => other.to_string(),
    }
}
