//! Putting a decision and its events together.

use quo_model::{
    ArchivedCharge, ArchivedModel, ArchivedPointOperand, ArchivedPriceCandidate, ArchivedRuleKind,
    ArchivedSourceMap, some,
};

use super::collect::{Event, Events, Value};
use super::hidden::{HIDDEN, Hidden};
use super::places::Places;
use super::{
    ExplainedApproval, ExplainedBook, ExplainedCandidate, ExplainedCharge, ExplainedLine,
    ExplainedRule, ExplainedStep, ExplainedTask, ExplainedTest, Explanation, NotApplied, SeenValue,
    WhyNot,
};
use crate::answer::{Answer, StepAnswer, TaskAnswer};
use crate::decide::{
    BookOutcome, CandidateOutcome, ChargeOutcome, Decision, Renderer, RuleOutcome, TargetOutcome,
    Verdict, no_answer,
};
use crate::frame::{at, index};
use crate::record::Subject;
use crate::show::{date, type_of, window};

/// A decision with everything that was heard of it.
pub(super) struct Teller<'a> {
    pub render: Renderer<'a>,
    pub places: Places<'a>,
    events: Vec<Event>,
    pub hidden: Hidden,
}

impl<'a> Teller<'a> {
    pub fn new(
        decision: &'a Decision,
        model: &'a ArchivedModel,
        map: &'a ArchivedSourceMap,
        events: Events<'a>,
    ) -> Self {
        let (events, hidden) = events.finish();
        Self {
            render: Renderer::new(decision, model),
            places: Places(map),
            events,
            hidden,
        }
    }

    pub fn explanation(&self, answer: Answer, why_not: Option<WhyNot>) -> Explanation {
        let decision = self.render.decision;
        let model = self.render.model;
        let tasks = answer.fulfilment_by_line();
        let term = decision.request.input().fact(model.fact_term.to_native());
        Explanation {
            ruleset: answer.package.ruleset,
            version: answer.package.version,
            digest: answer.package.digest,
            date: date(self.render.selling_date()),
            term: self
                .render
                .names
                .shown(quo_model::ValueType::Months, term.into()),
            valid: answer.valid,
            blocking: answer.blocking,
            warnings: answer.warnings,
            books: (0..index(model.books.len()))
                .filter_map(|book| self.book(book))
                .collect(),
            rules: self.quote_rules(),
            lines: (0..index(decision.request.lines.len()))
                .zip(tasks)
                .map(|(line, tasks)| self.line(line, tasks))
                .collect(),
            totals: answer.totals,
            extra_items: answer.extra_items,
            reservations: answer.reservations,
            approvals: self.approvals(answer.approvals),
            results: self.results(),
            why_not,
        }
    }

    /// The tests that ran for a subject.
    pub fn tests(&self, subject: Subject) -> Vec<ExplainedTest> {
        let first = self.events.partition_point(|event| event.subject < subject);
        let events = self.events.get(first..).unwrap_or_default().iter();
        events
            .take_while(|event| event.subject == subject)
            .filter_map(|event| self.test(event))
            .collect()
    }

    /// The values that were worked out for a subject, in their order: those with names, and what functions gave.
    pub fn values(&self, subject: Subject) -> Vec<SeenValue> {
        let first = self.events.partition_point(|event| event.subject < subject);
        let events = self.events.get(first..).unwrap_or_default().iter();
        let mut values: Vec<SeenValue> = Vec::new();
        for event in events.take_while(|event| event.subject == subject) {
            let point = self.places.0.points.get(event.point);
            let Some(point) = point.filter(|point| point.value) else {
                continue;
            };
            let seen = point.operands.first().zip(event.values.first());
            let text = self.places.text(&point.place);
            // What stands in a test is not in the source map: its value is what was found.
            let named = seen.filter(|_| !text.is_empty());
            values.extend(named.map(|(operand, value)| SeenValue {
                text,
                value: self.shown(subject, operand, value),
            }));
        }
        values
    }

    fn shown(&self, subject: Subject, operand: &ArchivedPointOperand, value: &Value) -> String {
        match value {
            _ if self.hidden.of(subject) => HIDDEN.to_owned(),
            Value::Plain(value) => self.render.names.shown(type_of(&operand.ty), *value),
            Value::Parts(value) => value.to_string(),
        }
    }

    /// What kept a condition from holding: the tests that failed, or all if the condition wants one of them to fail.
    pub fn failures(&self, subject: Subject) -> Vec<String> {
        let tests = self.tests(subject);
        let failed: Vec<String> = tests
            .iter()
            .filter(|test| !test.holds)
            .map(ExplainedTest::sentence)
            .collect();
        match failed.is_empty() {
            true if tests.is_empty() => vec!["its condition does not hold".to_owned()],
            true => tests.iter().map(ExplainedTest::sentence).collect(),
            false => failed,
        }
    }

    fn test(&self, event: &Event) -> Option<ExplainedTest> {
        let point = self.places.0.points.get(event.point)?;
        let text = self.places.text(&point.place);
        // A test that nobody wrote has no text.
        if point.value || text.is_empty() {
            return None;
        }
        let values = point
            .operands
            .iter()
            .zip(&event.values)
            .map(|(operand, value)| SeenValue {
                text: self.places.text(&operand.place),
                value: self.shown(event.subject, operand, value),
            });
        Some(ExplainedTest {
            text,
            holds: event.holds,
            values: values.collect(),
            place: self.places.show(&point.place),
        })
    }

    /// Whether a book applies, and why or why not.
    pub fn book(&self, number: u32) -> Option<ExplainedBook> {
        let def = self.render.model.books.get(at(number))?;
        let outcome = *self.render.decision.books.get(at(number))?;
        let book = self.render.book_name(number);
        Some(ExplainedBook {
            book: book.to_owned(),
            title: self.render.str(def.title).to_owned(),
            applies: outcome == BookOutcome::Applies,
            reasons: self.book_reasons(number),
            place: self.places.of_id(book),
        })
    }

    pub fn book_reasons(&self, number: u32) -> Vec<String> {
        let model = self.render.model;
        let found = model
            .books
            .get(at(number))
            .zip(self.render.decision.books.get(at(number)));
        let Some((def, outcome)) = found else {
            return Vec::new();
        };
        match outcome {
            BookOutcome::Applies => {
                let tests = self.tests(Subject::Book(number));
                tests.iter().map(ExplainedTest::sentence).collect()
            }
            BookOutcome::OtherCurrency => {
                let codes = def.currencies.iter().filter_map(|currency| {
                    let currency = model.currencies.get(at(currency.to_native()))?;
                    Some(self.render.str(currency.code))
                });
                let codes = codes.collect::<Vec<_>>().join(", ");
                let own = model
                    .currencies
                    .get(at(self.render.decision.currency.index));
                let own = own.map_or("", |currency| self.render.str(currency.code));
                vec![format!("it has prices in {codes}, the quote is in {own}")]
            }
            BookOutcome::OtherDate => vec![self.dated(def.from.to_native(), def.to.to_native())],
            BookOutcome::ConditionFailed => self.failures(Subject::Book(number)),
            BookOutcome::Fault => vec![self.fault(Subject::Book(number))],
        }
    }

    pub(super) fn dated(&self, from: i32, to: i32) -> String {
        format!(
            "effective {}, the quote is dated {}",
            window(from, to),
            date(self.render.selling_date())
        )
    }

    /// Why arithmetic had no answer.
    pub(super) fn fault(&self, subject: Subject) -> String {
        let faults = &self.render.decision.faults;
        faults
            .iter()
            .find(|fault| fault.subject == subject)
            .map_or_else(
                || "it cannot be worked out".to_owned(),
                |fault| format!("it cannot be worked out: {}", no_answer(fault.error)),
            )
    }

    /// The same of an adjustment, which also works something out for the quote as a whole.
    pub(super) fn fault_of(&self, subject: Subject, adjustment: u32) -> String {
        let faults = &self.render.decision.faults;
        if faults.iter().any(|fault| fault.subject == subject) {
            return self.fault(subject);
        }
        self.fault(Subject::Adjusting(adjustment))
    }

    /// The constraints of the quote, which come first.
    fn quote_rules(&self) -> Vec<ExplainedRule> {
        let rules = self.render.decision.rules.iter();
        rules
            .take_while(|outcome| some(outcome.item).is_none())
            .filter_map(|outcome| self.rule(outcome))
            .collect()
    }

    /// The constraints and eligibility rules of a line's items, which lie next to each other.
    fn line_rules(&self, item: u32) -> Vec<ExplainedRule> {
        let end = self.render.decision.request.items.get(at(item));
        let items = item..end.map_or(item, |item| item.end);
        let rules = &self.render.decision.rules;
        let first = rules
            .partition_point(|outcome| some(outcome.item).is_none_or(|other| other < items.start));
        let rules = rules.get(first..).unwrap_or_default().iter();
        rules
            .take_while(|outcome| items.contains(&outcome.item))
            .filter_map(|outcome| self.rule(outcome))
            .collect()
    }

    pub fn rule(&self, outcome: &RuleOutcome) -> Option<ExplainedRule> {
        let def = self.render.model.rules.get(at(outcome.rule))?;
        let id = self.render.str(def.id);
        Some(ExplainedRule {
            rule: id.to_owned(),
            kind: rule_kind(&def.kind).to_owned(),
            satisfied: outcome.verdict == Verdict::Holds,
            message: self.render.str(def.message).to_owned(),
            item: self.render.address(outcome.item),
            tests: self.tests(Subject::Rule {
                rule: outcome.rule,
                item: outcome.item,
            }),
            place: self.places.of_id(id),
        })
    }

    fn line(&self, number: u32, tasks: Vec<TaskAnswer>) -> ExplainedLine {
        let request = &self.render.decision.request;
        let line = request.lines.get(at(number));
        ExplainedLine {
            id: line.map(|line| line.id.clone()).unwrap_or_default(),
            product: line
                .map_or("", |line| self.render.product_of(line.item))
                .to_owned(),
            charges: self
                .render
                .charges_of(number)
                .map(|(charge, outcome)| self.charge(charge, outcome))
                .collect(),
            rules: line.map_or_else(Vec::new, |line| self.line_rules(line.item)),
            tasks: self.tasks(number, tasks),
        }
    }

    fn charge(&self, number: u32, outcome: &ChargeOutcome) -> ExplainedCharge {
        let charge = self.render.charge(outcome);
        let def = self.render.model.charges.get(at(outcome.charge));
        let units = self
            .render
            .decision
            .units
            .get(at(outcome.units_at)..)
            .unwrap_or_default();
        let price_places = units.iter().take(charge.prices.len()).map(|units| {
            let candidate = def?.prices.get(at(units.candidate))?;
            self.places.of_row(candidate.table.to_native(), units.row)
        });
        ExplainedCharge {
            periods: outcome.periods,
            price_places: price_places.collect(),
            candidates: self.candidates(outcome),
            steps: self.steps(number, outcome, &charge.steps),
            not_applied: self.not_applied(number, outcome),
            charge,
        }
    }

    pub fn candidates(&self, outcome: &ChargeOutcome) -> Vec<ExplainedCandidate> {
        let def = self.render.model.charges.get(at(outcome.charge));
        let candidates = self.render.candidates(outcome);
        candidates
            .map(|(number, book, found)| {
                let table = def.and_then(|def| def.prices.get(at(number)));
                let place = |row| self.places.of_row(table?.table.to_native(), row);
                let (reasons, place) = match found {
                    CandidateOutcome::BookOut => (self.book_reasons(book), None),
                    CandidateOutcome::NoRow => (vec!["it has no row for this".to_owned()], None),
                    CandidateOutcome::Chosen { row } => (Vec::new(), place(row)),
                    CandidateOutcome::Replaced { row } => {
                        let by = self.render.book_name(outcome.book);
                        (vec![format!("{by} replaces it")], place(row))
                    }
                    CandidateOutcome::Outranked { row, by } => {
                        (vec![self.outranked(def, number, by)], place(row))
                    }
                    CandidateOutcome::Fault => {
                        (vec!["what it depends on has no answer".to_owned()], None)
                    }
                    CandidateOutcome::Tied { row } => (
                        vec!["another book that it does not replace has a price too".to_owned()],
                        place(row),
                    ),
                };
                ExplainedCandidate {
                    book: self.render.book_name(book).to_owned(),
                    chosen: matches!(found, CandidateOutcome::Chosen { .. }),
                    reasons,
                    place,
                }
            })
            .collect()
    }

    /// Why another price comes first.
    fn outranked(&self, def: Option<&ArchivedCharge>, number: u32, by: u32) -> String {
        let model = self.render.model;
        let candidate = |number| def.and_then(|def| def.prices.get(at(number)));
        let book = |candidate: &ArchivedPriceCandidate| {
            let book = model.books.get(at(candidate.book.to_native()))?;
            Some((book.level.to_native(), self.render.str(book.name)))
        };
        let of = |number| candidate(number).and_then(|found| Some((found.rank, book(found)?)));
        let Some(((rank, (level, _)), (first, (before, name)))) = of(number).zip(of(by)) else {
            return "another price comes first".to_owned();
        };
        if before < level {
            let level = model.levels.get(at(before));
            let level = level.map_or("", |level| self.render.str(*level));
            return format!("{name} has a price at the level {level}, which comes first");
        }
        let closer = match first {
            0 => "of the charge itself",
            1 => "of its category",
            _ => "of all products",
        };
        if first < rank {
            return format!("{name} has a price {closer}, which comes first");
        }
        format!("{name} comes first")
    }

    fn steps(
        &self,
        number: u32,
        outcome: &ChargeOutcome,
        steps: &[StepAnswer],
    ) -> Vec<ExplainedStep> {
        let target_of = |rule: &str| {
            let mut targets = self.render.targets(outcome);
            let found = targets.find(|(_, adjustment, found)| {
                let def = self.render.model.adjustments.get(at(*adjustment));
                matches!(found, TargetOutcome::Applied { .. })
                    && def.is_some_and(|def| self.render.str(def.name) == rule)
            });
            found.map(|(target, ..)| target)
        };
        steps
            .iter()
            .map(|step| ExplainedStep {
                tests: target_of(&step.rule).map_or_else(Vec::new, |target| {
                    self.tests(Subject::Adjustment {
                        charge: number,
                        target,
                    })
                }),
                place: self.places.of_id(&step.rule),
                step: step.clone(),
            })
            .collect()
    }

    fn not_applied(&self, number: u32, outcome: &ChargeOutcome) -> Vec<NotApplied> {
        let targets = self.render.targets(outcome);
        targets
            .filter_map(|(target, adjustment, found)| {
                let def = self.render.model.adjustments.get(at(adjustment))?;
                let rule = self.render.str(def.name);
                Some(NotApplied {
                    reasons: self.target_reasons(number, outcome, target, adjustment, found)?,
                    rule: rule.to_owned(),
                    title: self.render.str(def.title).to_owned(),
                    place: self.places.of_id(rule),
                })
            })
            .collect()
    }

    /// What kept an adjustment from applying to a charge; `None` if nothing did.
    pub fn target_reasons(
        &self,
        charge: u32,
        outcome: &ChargeOutcome,
        target: u32,
        adjustment: u32,
        found: TargetOutcome,
    ) -> Option<Vec<String>> {
        let model = self.render.model;
        let subject = Subject::Adjustment { charge, target };
        let def = model.adjustments.get(at(adjustment))?;
        Some(match found {
            TargetOutcome::Applied { .. } => return None,
            TargetOutcome::NoPrice => vec!["the charge has no price".to_owned()],
            TargetOutcome::OtherDate => vec![self.dated(def.from.to_native(), def.to.to_native())],
            TargetOutcome::Elsewhere => {
                let within = model
                    .charges
                    .get(at(outcome.charge))?
                    .adjustments
                    .get(at(target))?;
                let bundle = model.products.get(at(within.within.to_native()))?;
                vec![format!(
                    "it is for parts of {} only",
                    self.render.str(bundle.name)
                )]
            }
            TargetOutcome::NotAsked => {
                let role = model.roles.get(at(def.asked_by.to_native()))?;
                let role = self.render.str(*role);
                vec![format!("{role} may ask for it, and the request does not")]
            }
            TargetOutcome::ConditionFailed => self.failures(subject),
            TargetOutcome::Fault => vec![self.fault_of(subject, adjustment)],
            other => vec![self.render.why_not_applied(adjustment, other)],
        })
    }

    fn approvals(&self, answers: Vec<crate::answer::ApprovalAnswer>) -> Vec<ExplainedApproval> {
        let decided = self.render.decided_approvals();
        answers
            .into_iter()
            .zip(decided)
            .map(|(approval, (number, row, values_at))| {
                let table = self.render.model.approvals.get(at(number));
                ExplainedApproval {
                    approval,
                    values: self.approval_values(number, values_at),
                    place: table.and_then(|def| self.places.of_row(def.table.to_native(), row)),
                }
            })
            .collect()
    }

    pub fn approval_values(&self, number: u32, values_at: u32) -> Vec<SeenValue> {
        let values = self
            .render
            .decision
            .approval_values
            .get(at(values_at)..)
            .unwrap_or_default();
        let columns = self
            .render
            .model
            .approvals
            .get(at(number))
            .map(|def| def.columns.as_slice());
        let columns = columns.unwrap_or_default().iter().zip(values);
        columns
            .map(|(column, value)| SeenValue {
                text: self.render.str(column.name).to_owned(),
                value: match self.hidden.of(Subject::Approval(number)) {
                    true => HIDDEN.to_owned(),
                    false => self
                        .render
                        .names
                        .shown(type_of(&column.ty), i128::from(*value)),
                },
            })
            .collect()
    }

    fn tasks(&self, line: u32, answers: Vec<TaskAnswer>) -> Vec<ExplainedTask> {
        let outcomes = self.render.tasks_of(line).iter();
        outcomes
            .map(|outcome| {
                let subject = Subject::Task {
                    item: outcome.item,
                    task: outcome.task,
                };
                let (id, _) = self.render.subject(subject);
                let address = self.render.address(outcome.item);
                let same = |task: &&TaskAnswer| {
                    task.id == id && task.item.as_deref().unwrap_or_default() == address
                };
                ExplainedTask {
                    task: answers.iter().find(same).cloned(),
                    tests: self.tests(subject),
                    place: self.places.of_id(&id),
                    id,
                }
            })
            .collect()
    }
}

impl Answer {
    /// The tasks of each line, in the order of the lines; none for lines without a fulfilment.
    fn fulfilment_by_line(&self) -> Vec<Vec<TaskAnswer>> {
        let mut fulfilment = self.fulfilment.iter().peekable();
        self.lines
            .iter()
            .map(|line| {
                let own = fulfilment.next_if(|entry| entry.line == line.id);
                own.map(|entry| entry.tasks.clone()).unwrap_or_default()
            })
            .collect()
    }
}

/// The word a rule is declared with.
pub(super) fn rule_kind(kind: &ArchivedRuleKind) -> &'static str {
    match kind {
        ArchivedRuleKind::Require => "require",
        ArchivedRuleKind::Exclude => "exclude",
        ArchivedRuleKind::Warn => "warn",
        ArchivedRuleKind::Allow => "allow",
        ArchivedRuleKind::Eligible => "eligible",
    }
}
