//! What somebody may not see: facts that are hidden from one of their roles, and every value that would show them.
//!
//! What looked at such a fact while it was decided is known because the decision is made again with a listener. Values of
//! tests, of results and of approval matrices that did are replaced by a word, as are the keys of rows that were found by
//! one. What is sold, and for how much, stays: that has to be seen.

use std::collections::BTreeSet;

use quo_model::{ArchivedArg, ArchivedModel, Op, Package};
use serde_json::Value;

use super::collect::Events;
use super::{ExplainError, Explanation};
use crate::answer::{Answer, ApprovalAnswer, ChargeAnswer, Finding};
use crate::decide::decide_with;
use crate::evaluate::Evaluation;
use crate::frame::{at, index};
use crate::limits::Limits;
use crate::record::{Seen, Subject};

/// What stands where a value is hidden.
pub(super) const HIDDEN: &str = "hidden";

/// Facts that are hidden from somebody, and what has looked at them.
#[derive(Debug, Clone, Default)]
pub(super) struct Hidden {
    /// Slots of facts, sorted.
    slots: Vec<u32>,
    /// What the code that looked at one was about.
    subjects: BTreeSet<Subject>,
}

impl Hidden {
    /// What is hidden from somebody with these roles: what any of them may not see.
    pub fn from_roles(model: &ArchivedModel, roles: &[String]) -> Self {
        let hides = |role: u32| {
            let name = model.roles.get(at(role));
            name.is_some_and(|name| {
                let name = model.str(name.to_native());
                roles.iter().any(|role| role == name)
            })
        };
        let slots = (0_u32..).zip(model.facts.iter());
        Self {
            slots: slots
                .filter(|(_, fact)| fact.hidden.iter().any(|role| hides(role.to_native())))
                .map(|(slot, _)| slot)
                .collect(),
            subjects: BTreeSet::new(),
        }
    }

    /// Whether nothing is.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Notes that an instruction has run for a subject.
    pub fn ran(&mut self, subject: Subject, routine: u32, ran: usize, seen: &Seen<'_, '_>) {
        if self.slots.is_empty() {
            return;
        }
        let program = &seen.frame.model.program;
        let routine = program.routines.get(at(routine));
        let instr = routine.and_then(|routine| program.code_of(routine).get(ran));
        let looks = instr.is_some_and(|instr| {
            instr.op == Op::Fact as u8 && self.slots.contains(&instr.imm.to_native())
        });
        if looks {
            self.subjects.insert(subject);
        }
    }

    /// Whether what was worked out for a subject would show something.
    pub fn of(&self, subject: Subject) -> bool {
        self.subjects.contains(&subject)
    }

    fn is_slot(&self, slot: u32) -> bool {
        self.slots.contains(&slot)
    }

    /// The answer as it may be seen.
    pub fn answer(&self, model: &ArchivedModel, answer: &mut Answer) {
        for (number, def) in model.results.iter().enumerate() {
            if self.of(Subject::Result(index(number)))
                && let Some(value) = answer.results.get_mut(model.str(def.name.to_native()))
            {
                *value = Value::from(HIDDEN);
            }
        }
        for line in &mut answer.lines {
            line.charges
                .iter_mut()
                .for_each(|charge| self.charge(model, charge));
            line.ineligible
                .iter_mut()
                .for_each(|finding| self.finding(model, finding));
        }
        for findings in [&mut answer.blocking, &mut answer.warnings] {
            findings
                .iter_mut()
                .for_each(|finding| self.finding(model, finding));
        }
        answer
            .approvals
            .iter_mut()
            .for_each(|approval| self.approval(model, approval));
        let ends = self.subjects.iter().any(|subject| {
            matches!(
                subject,
                Subject::Validity(_) | Subject::Qualification { .. }
            )
        });
        if ends {
            answer.expires_on = None;
            answer.expires_because = Some(HIDDEN.to_owned());
        }
    }

    /// The keys of rows that were found by a hidden fact.
    pub fn charge(&self, model: &ArchivedModel, charge: &mut ChargeAnswer) {
        for price in &mut charge.prices {
            if self.row_of_book(model, &charge.charge, &price.book) {
                price.row = HIDDEN.to_owned();
            }
        }
    }

    /// Whether the rows of a charge in a book are found by a hidden fact.
    pub fn row_of_book(&self, model: &ArchivedModel, charge: &str, book: &str) -> bool {
        let named = |number: u32| {
            let def = model.books.get(at(number));
            def.is_some_and(|def| model.str(def.name.to_native()) == book)
        };
        let charges = model.charges.iter();
        charges
            .filter(|def| model.str(def.id.to_native()) == charge)
            .flat_map(|def| def.prices.iter())
            .filter(|prices| named(prices.book.to_native()))
            .flat_map(|prices| prices.args.iter())
            .any(|arg| matches!(arg, ArchivedArg::Fact(slot) if self.is_slot(slot.to_native())))
    }

    /// The values and the row of a matrix that looked at a hidden fact.
    pub fn approval(&self, model: &ArchivedModel, approval: &mut ApprovalAnswer) {
        let number = model
            .approvals
            .iter()
            .position(|def| model.str(def.name.to_native()) == approval.rule);
        if !number.is_some_and(|number| self.of(Subject::Approval(index(number)))) {
            return;
        }
        approval.row = HIDDEN.to_owned();
        approval
            .values
            .values_mut()
            .for_each(|value| *value = HIDDEN.to_owned());
        for again in &mut approval.ask_again {
            again.ordinal = HIDDEN.to_owned();
        }
    }

    /// The message of a qualification says the day of its answer.
    fn finding(&self, model: &ArchivedModel, finding: &mut Finding) {
        let found = self.subjects.iter().find_map(|subject| match subject {
            Subject::Qualification { qualification, .. } => {
                let def = model.qualifications.get(at(*qualification))?;
                (model.str(def.id.to_native()) == finding.rule).then_some(def)
            }
            _ => None,
        });
        if let Some(def) = found {
            finding.message = model.str(def.message.to_native()).to_owned();
        }
    }
}

/// What is left of an explanation once what is hidden is taken out: keys and places of rows.
pub(super) fn explanation(hidden: &Hidden, model: &ArchivedModel, explanation: &mut Explanation) {
    for line in &mut explanation.lines {
        for charge in &mut line.charges {
            hidden.charge(model, &mut charge.charge);
            let prices = charge.charge.prices.iter();
            for (place, price) in charge.price_places.iter_mut().zip(prices) {
                if price.row == HIDDEN {
                    *place = None;
                }
            }
            for candidate in &mut charge.candidates {
                if hidden.row_of_book(model, &charge.charge.charge, &candidate.book) {
                    candidate.place = None;
                }
            }
        }
    }
    for approval in &mut explanation.approvals {
        if approval.approval.row == HIDDEN {
            approval.place = None;
        }
    }
}

/// The answer of an evaluation as somebody with these roles may see it; `None` where nothing is hidden from them.
///
/// Where something is, fingerprints and replay token are not for them either: the token holds the request, and a hash of
/// few possible values is as good as the value.
///
/// # Errors
/// [`ExplainError`] where the decision cannot be made again.
pub fn answer_for(
    package: &Package,
    evaluation: &Evaluation,
    limits: &Limits<'_>,
    roles: &[String],
) -> Result<Option<Answer>, ExplainError> {
    let model = package.model();
    let hidden = Hidden::from_roles(model, roles);
    if hidden.is_empty() {
        return Ok(None);
    }
    let mut events = Events::new(package.source_map()?, hidden);
    decide_with(package, &evaluation.request, limits, &mut events)?;
    let mut answer = evaluation.answer.clone();
    events.hidden.answer(model, &mut answer);
    Ok(Some(answer))
}
