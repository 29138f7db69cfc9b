//! From a decision to its answer: names for numbers, text for amounts, sentences for findings.
//!
//! Rendering is total: what a package of another digest does not have is left out or empty, which
//! [`answer`](Decision::answer) tells its callers not to ask for.

use std::collections::{BTreeMap, BTreeSet};

use quo_model::{ArchivedAdjustmentKind, ArchivedModel, Package, some};

use super::findings::{About, Told};
use super::fulfil::{ordered, plan_of};
use super::{
    ApprovalOutcome, CandidateOutcome, ChargeOutcome, Decision, TargetOutcome, TaskOutcome,
};
use crate::answer::{
    Answer, ApprovalAnswer, ApprovalStepAnswer, Finding, FulfilmentAnswer, LineAnswer, ListNet,
    PackageRef, PeriodTotal, RuleVersion, TaskAnswer, Totals,
};
use crate::computed::Computed;
use crate::frame::{at, index};
use crate::show::{Names, amount, date, type_of};

impl Decision {
    /// What the decision says, rendered with the package it was made on.
    ///
    /// With another package the answer is without meaning.
    #[must_use]
    pub fn answer(&self, package: &Package) -> Answer {
        Renderer::new(self, package.model()).answer()
    }
}

/// Looks up what a decision's numbers stand for.
#[derive(Clone, Copy)]
pub(crate) struct Renderer<'a> {
    pub decision: &'a Decision,
    pub model: &'a ArchivedModel,
    pub names: Names<'a>,
}

impl<'a> Renderer<'a> {
    pub fn new(decision: &'a Decision, model: &'a ArchivedModel) -> Self {
        Self {
            decision,
            model,
            names: Names {
                model,
                texts: &decision.request.texts,
                minor_units: decision.currency.minor_units,
            },
        }
    }

    pub fn str(&self, number: impl Into<u32>) -> &'a str {
        self.model.str(number.into())
    }

    /// An amount at money scale.
    pub fn money(&self, mantissa: i128) -> String {
        let currency = self.decision.currency;
        amount(mantissa, currency.money_scale, currency.minor_units)
    }

    pub fn list_net(&self, list: i128, net: i128) -> ListNet {
        ListNet {
            list: self.money(list),
            net: self.money(net),
        }
    }

    fn answer(&self) -> Answer {
        let mut told = Told::default();
        let mut found = Vec::new();
        self.rule_findings(&mut found, &mut told);
        self.term_findings(&mut found);
        self.price_findings(&mut found);
        self.other_findings(&mut found);
        self.code_findings(&mut told.warnings);
        let expiry = self.expiry();
        Answer {
            package: self.package(),
            valid: found.is_empty(),
            lines: self.lines(&found),
            blocking: found.into_iter().map(|(_, finding)| finding).collect(),
            warnings: told.warnings,
            information: told.information,
            overridden: told.overridden,
            clauses: self.clauses(),
            totals: self.totals(),
            not_applied: self.not_applied_at_all(),
            extra_items: self.extra_items(),
            reservations: self.reservations(),
            approvals: self.approvals(),
            results: self.results(),
            fulfilment: self.fulfilment(),
            expires_on: expiry.as_ref().map(|(last, _)| date(*last)),
            expires_because: expiry.map(|(_, because)| because),
            rules: self.rules_used(),
        }
    }

    fn results(&self) -> BTreeMap<String, serde_json::Value> {
        let results = self.model.results.iter().zip(&self.decision.results);
        results
            .map(|(def, value)| {
                let value = value
                    .as_ref()
                    .map_or(serde_json::Value::Null, Computed::to_json);
                (self.str(def.name).to_owned(), value)
            })
            .collect()
    }

    fn package(&self) -> PackageRef {
        let meta = &self.model.meta;
        PackageRef {
            digest: self.decision.package.to_string(),
            ruleset: self.str(meta.ruleset).to_owned(),
            version: self.version(),
            edition: meta.edition.to_native(),
        }
    }

    pub fn version(&self) -> String {
        let [major, minor, patch] = self.model.meta.version.map(|part| part.to_native());
        format!("{major}.{minor}.{patch}")
    }

    fn lines(&self, found: &[(About, Finding)]) -> Vec<LineAnswer> {
        let mut by_line: BTreeMap<(&str, About), Vec<Finding>> = BTreeMap::new();
        for (about, finding) in found {
            if let Some(line) = &finding.line {
                by_line
                    .entry((line, *about))
                    .or_default()
                    .push(finding.clone());
            }
        }
        let lines = (0_u32..).zip(&self.decision.request.lines);
        lines
            .map(|(number, line)| {
                let violations = by_line.remove(&(&line.id, About::Rest)).unwrap_or_default();
                let ineligible = by_line.remove(&(&line.id, About::Sale)).unwrap_or_default();
                LineAnswer {
                    id: line.id.clone(),
                    product: self.product_of(line.item).to_owned(),
                    valid: violations.is_empty(),
                    violations,
                    eligible: ineligible.is_empty(),
                    ineligible,
                    items: self.items(line.item),
                    charges: self
                        .charges_of(number)
                        .map(|(_, outcome)| self.charge(outcome))
                        .collect(),
                }
            })
            .collect()
    }

    /// The charges of a line with their numbers in the decision; they lie next to each other.
    pub fn charges_of(&self, line: u32) -> impl Iterator<Item = (u32, &'a ChargeOutcome)> {
        let items = &self.decision.request.items;
        let line_of = |charge: &ChargeOutcome| items.get(at(charge.item)).map(|item| item.line);
        let charges = &self.decision.charges;
        let first = charges.partition_point(|charge| line_of(charge) < Some(line));
        let numbered = (index(first)..).zip(charges.get(first..).unwrap_or_default());
        numbered.take_while(move |(_, charge)| line_of(charge) == Some(line))
    }

    /// The tasks of a line with whether they take place.
    pub fn tasks_of(&self, line: u32) -> &'a [TaskOutcome] {
        let tasks = &self.decision.tasks;
        let first = tasks.partition_point(|task| task.line < line);
        let end = tasks.partition_point(|task| task.line <= line);
        tasks.get(first..end).unwrap_or_default()
    }

    fn totals(&self) -> Totals {
        let totals = self.decision.totals.as_ref();
        let periods = totals
            .map(|totals| totals.by_period.as_slice())
            .unwrap_or_default();
        let currency = self.model.currencies.get(at(self.decision.currency.index));
        Totals {
            by_period: periods
                .iter()
                .map(|(months, list, net)| PeriodTotal {
                    months: *months,
                    list: self.money(*list),
                    net: self.money(*net),
                })
                .collect(),
            contract: totals.map(|totals| self.list_net(totals.list, totals.net)),
            currency: currency
                .map_or("", |currency| self.str(currency.code))
                .to_owned(),
        }
    }

    fn approvals(&self) -> Vec<ApprovalAnswer> {
        self.decided_approvals()
            .into_iter()
            .filter_map(|(number, row, values_at)| self.approval(number, row, values_at))
            .collect()
    }

    /// The rows that decide: matrix, row, and where its values begin. Several of a matrix of which every row asks.
    pub fn decided_approvals(&self) -> Vec<(u32, u32, u32)> {
        let mut found = Vec::new();
        for (number, outcome) in (0_u32..).zip(&self.decision.approvals) {
            if let ApprovalOutcome::Row { row, values_at } = outcome {
                found.push((number, *row, *values_at));
                let more = self.decision.more_rows.iter();
                let more = more.filter(|(matrix, _)| *matrix == number);
                found.extend(more.map(|(_, row)| (number, *row, *values_at)));
            }
        }
        found
    }

    fn approval(&self, number: u32, row: u32, values_at: u32) -> Option<ApprovalAnswer> {
        let def = self.model.approvals.get(at(number))?;
        let asked = def.rows.get(at(row))?;
        let values = self.decision.approval_values.get(at(values_at)..)?;
        let columns = def.columns.iter().zip(values).map(|(column, value)| {
            let text = self.names.plain(type_of(&column.ty), i128::from(*value));
            (self.str(column.name).to_owned(), text)
        });
        let role = |role: u32| self.role_name(role);
        let steps = asked.steps.iter().map(|step| ApprovalStepAnswer {
            roles: step
                .roles
                .iter()
                .map(|r| role(r.to_native()).to_owned())
                .collect(),
            any: step.any,
        });
        Some(ApprovalAnswer {
            rule: self.str(def.name).to_owned(),
            title: self.str(def.title).to_owned(),
            row: self.row_key(def.table.to_native(), row).to_owned(),
            values: columns.collect::<BTreeMap<_, _>>(),
            steps: steps.collect(),
            within_minutes: asked.within_minutes.to_native(),
            never_requester: def.never_requester,
            never_twice: def.never_twice,
            delegation: def.delegation,
            goes_up_to: some(def.goes_up_to.to_native()).map(|it| role(it).to_owned()),
            ask_again: self.ask_again(def, values),
        })
    }

    /// The stable key of a row of a table.
    pub fn row_key(&self, table: u32, row: u32) -> &'a str {
        let keys = self
            .model
            .tables
            .get(at(table))
            .map(|table| &table.row_keys);
        keys.and_then(|keys| keys.get(at(row)))
            .map_or("", |key| self.str(*key))
    }

    fn fulfilment(&self) -> Vec<FulfilmentAnswer> {
        let lines = (0_u32..).zip(&self.decision.request.lines);
        lines
            .filter(|(number, _)| !self.tasks_of(*number).is_empty())
            .map(|(number, line)| FulfilmentAnswer {
                line: line.id.clone(),
                product: self.product_of(line.item).to_owned(),
                tasks: self.tasks(number),
            })
            .collect()
    }

    /// The tasks of a line and its parts, every one after those it waits for.
    fn tasks(&self, line: u32) -> Vec<TaskAnswer> {
        let outcomes = self.tasks_of(line);
        let input = self.decision.request.input();
        let def = |outcome: &TaskOutcome| {
            let plan = plan_of(self.model, input, outcome.item)?;
            plan.tasks.get(at(outcome.task))
        };
        let name = |position: usize| {
            let outcome = outcomes.get(position)?;
            let name = self.str(def(outcome)?.name);
            Some(match self.address(outcome.item) {
                address if address.is_empty() => name.to_owned(),
                address => format!("{address}.{name}"),
            })
        };
        ordered(self.model, input, outcomes)
            .into_iter()
            .filter_map(|(position, after)| {
                let outcome = outcomes.get(position)?;
                let def = def(outcome)?;
                let system = self.model.systems.get(at(def.system.to_native()));
                Some(TaskAnswer {
                    id: self.str(def.id).to_owned(),
                    name: name(position)?,
                    item: Some(self.address(outcome.item)).filter(|item| !item.is_empty()),
                    system: system.map_or("", |system| self.str(*system)).to_owned(),
                    after: after.into_iter().filter_map(name).collect(),
                    tries: def.tries.to_native(),
                    within_minutes: def.within_minutes.to_native(),
                    waiting_minutes: Some(def.waiting_minutes.to_native())
                        .filter(|minutes| *minutes > 0),
                    doubling: def.doubling,
                    undo: Some(self.str(def.undo).to_owned()).filter(|undo| !undo.is_empty()),
                    cut_off: def.cut_off,
                })
            })
            .collect()
    }

    /// The adjustments applied anywhere, as indexes.
    pub(super) fn applied(&self) -> BTreeSet<u32> {
        let mut applied = BTreeSet::new();
        for outcome in &self.decision.charges {
            for (_, adjustment, target) in self.targets(outcome) {
                if let TargetOutcome::Applied { .. } = target {
                    applied.insert(adjustment);
                }
            }
        }
        applied.extend(self.giving());
        applied
    }

    /// The books whose prices were used, as indexes.
    pub(super) fn books_used(&self) -> BTreeSet<u32> {
        let charges = self.decision.charges.iter();
        charges
            .flat_map(|outcome| self.candidates(outcome))
            .filter(|(_, _, found)| {
                matches!(
                    found,
                    CandidateOutcome::Chosen { .. } | CandidateOutcome::Replaced { .. }
                )
            })
            .map(|(_, book, _)| book)
            .collect()
    }

    fn rules_used(&self) -> Vec<RuleVersion> {
        let model = self.model;
        let mut ids: BTreeSet<&str> = BTreeSet::new();
        ids.extend(
            (self.decision.rules.iter())
                .filter_map(|outcome| model.rules.get(at(outcome.rule)))
                .map(|rule| self.str(rule.id)),
        );
        ids.extend(
            self.books_used()
                .into_iter()
                .map(|book| self.book_name(book)),
        );
        ids.extend(
            (self.applied().into_iter())
                .filter_map(|adjustment| model.adjustments.get(at(adjustment)))
                .map(|adjustment| self.str(adjustment.name)),
        );
        for outcome in &self.decision.charges {
            for (_, _, target) in self.targets(outcome) {
                if let TargetOutcome::Applied { floor, .. } = target {
                    ids.extend(self.floor(outcome, floor).map(|floor| self.str(floor.id)));
                }
            }
        }
        ids.extend(
            model
                .approvals
                .iter()
                .map(|approval| self.str(approval.name)),
        );
        let version = self.version();
        ids.into_iter()
            .map(|id| RuleVersion {
                id: id.to_owned(),
                version: version.clone(),
            })
            .collect()
    }

    /// The selling date of the request.
    pub fn selling_date(&self) -> i32 {
        let date = self
            .decision
            .request
            .input()
            .fact(self.model.fact_date.to_native());
        i32::try_from(date).unwrap_or(i32::MAX)
    }

    pub fn adjustment_kind(&self, adjustment: u32) -> &'static str {
        match self
            .model
            .adjustments
            .get(at(adjustment))
            .map(|def| &def.kind)
        {
            Some(ArchivedAdjustmentKind::Promotion) => "promotion",
            _ => "discount",
        }
    }
}
