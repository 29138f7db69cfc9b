//! Constraints, approval matrices and fulfilment: what else a decision says about a quote.

use quo_analysis::hir::{self, RuleBody, RuleKind};
use quo_analysis::types::{Number, Type};
use quo_model::{
    Approval, ApprovalRow, ApprovalStep, Fulfilment, NONE, Order, PartAfter, PartTask, Rule,
    ShownAs, Task, ValueType,
};

use crate::code::Purpose;
use crate::constants::value_type;
use crate::context::{Context, days};
use crate::limits;
use crate::strings::{CURRENCY_COLUMN, member_id};

impl Context<'_> {
    /// Lowers a constraint or an eligibility rule.
    pub(crate) fn rule(&mut self, rule: &hir::Rule) -> Rule {
        let purpose = match rule.product {
            Some(product) => Purpose::item(product, rule.span),
            None => Purpose::total(rule.span),
        };
        let (from, to) = days(rule.window);
        let routine = match &rule.body {
            RuleBody::Expr(condition) => self.truth_routine(purpose, condition),
            RuleBody::Table(table) => {
                let lowered = self.table(table, rule.span, Order::Row);
                let arguments = lowered.arguments(table, self.rules.money_scale());
                self.match_routine(purpose, lowered.table, &arguments)
            }
        };
        Rule {
            id: self.string(&rule.id),
            kind: match rule.kind {
                RuleKind::Require => quo_model::RuleKind::Require,
                RuleKind::Exclude => quo_model::RuleKind::Exclude,
                RuleKind::Warn => quo_model::RuleKind::Warn,
                RuleKind::Allow => quo_model::RuleKind::Allow,
                RuleKind::Eligible => quo_model::RuleKind::Eligible,
            },
            message: self.string(&rule.message),
            routine,
            satisfied_by: rule.kind != RuleKind::Exclude,
            when: self.condition(purpose, rule.when.as_ref()),
            from,
            to,
            severity: match rule.severity {
                hir::Severity::Error => quo_model::Severity::Error,
                hir::Severity::Warning => quo_model::Severity::Warning,
                hir::Severity::Information => quo_model::Severity::Information,
            },
            overridable: self.indexes(&rule.overridable.roles, rule.span),
            with_reason: rule.overridable.with_reason,
        }
    }

    /// Lowers an approval matrix.
    pub(crate) fn approval(&mut self, approval: &hir::Approval) -> Approval {
        let lowered = self.table(&approval.table, approval.span, Order::Row);
        let mut args = Vec::new();
        let mut columns = Vec::new();
        for (column, scale) in lowered.arguments(&approval.table, self.rules.money_scale()) {
            match column {
                Some(column) => {
                    let purpose = Purpose::total(column.expr.span);
                    args.push(self.narrow_routine(purpose, &column.expr, scale));
                    columns.push(ShownAs {
                        name: self.string(&column.name),
                        ty: self.shown_at(column, scale),
                    });
                }
                None => {
                    args.push(self.currency_routine(Purpose::total(approval.span)));
                    let name = self.string(CURRENCY_COLUMN);
                    columns.push(ShownAs {
                        name,
                        ty: ValueType::Currency,
                    });
                }
            }
        }
        let of_row = |row: &usize| approval.rows.get(*row);
        let asked: Vec<&hir::ApprovalRow> = lowered.rows.iter().filter_map(of_row).collect();
        if asked.len() != lowered.rows.len() {
            self.report(limits::broken_rules(
                approval.span,
                "a row that asks for nothing",
            ));
        }
        let worse = self.worse(approval, &lowered);
        Approval {
            name: self.string(&approval.name),
            title: self.string(&approval.title),
            table: lowered.table,
            args,
            columns,
            rows: asked
                .into_iter()
                .map(|row| self.approval_row(row, approval))
                .collect(),
            never_requester: approval.never_requester,
            never_twice: approval.never_twice,
            delegation: approval.delegation,
            every: approval.policy == hir::RowPolicy::Every,
            goes_up_to: match approval.goes_up {
                hir::GoesUp::ToNext => NONE,
                hir::GoesUp::To(role) => self.index(role, approval.span),
            },
            worse,
        }
    }

    fn shown_at(&mut self, column: &hir::Column, scale: u8) -> ValueType {
        let ty = match column.expr.ty {
            Type::Number(number) => Type::Number(Number { scale, ..number }),
            other => other,
        };
        self.ty(ty, column.expr.span)
    }

    fn approval_row(&mut self, row: &hir::ApprovalRow, approval: &hir::Approval) -> ApprovalRow {
        let steps = row.steps.iter().map(|step| ApprovalStep {
            roles: self.indexes(&step.roles, approval.span),
            any: step.any,
        });
        ApprovalRow {
            steps: steps.collect(),
            within_minutes: row.within_minutes,
        }
    }

    /// Lowers a fulfilment.
    pub(crate) fn fulfilment(&mut self, fulfilment: &hir::Fulfilment) -> Fulfilment {
        let tasks = fulfilment
            .tasks
            .iter()
            .map(|task| self.task(fulfilment.product, task));
        let tasks = tasks.collect();
        Fulfilment {
            product: self.index(fulfilment.product, fulfilment.span),
            tasks,
            part_afters: fulfilment
                .part_afters
                .iter()
                .map(|it| PartAfter {
                    part: self.index(it.part, fulfilment.span),
                    after: self.indexes(&it.after, fulfilment.span),
                })
                .collect(),
        }
    }

    fn task(&mut self, product: usize, task: &hir::Task) -> Task {
        let of = self.rules.products.get(product);
        let id = member_id(of.map_or("", |product| &product.name), &task.name);
        let when = task.when.as_ref();
        let purpose = Purpose::item(product, when.map_or(task.span, |when| when.span));
        Task {
            name: self.string(&task.name),
            id: self.string(&id),
            system: self.index(task.system, task.span),
            after: self.indexes(&task.after, task.span),
            after_parts: task
                .after_parts
                .iter()
                .map(|it| PartTask {
                    part: self.index(it.part, task.span),
                    task: self.string(&it.task),
                })
                .collect(),
            when: self.condition(purpose, when),
            tries: task.tries,
            waiting_minutes: task.waiting_minutes,
            doubling: task.doubling,
            cut_off: task.cut_off,
            within_minutes: task.within_minutes,
            undo: self.string(task.undo.as_deref().unwrap_or_default()),
        }
    }

    /// A type as people are shown it.
    pub(crate) fn ty(&mut self, ty: Type, span: quo_source::Span) -> ValueType {
        value_type(ty).unwrap_or_else(|| {
            self.report(limits::number_too_large(span));
            ValueType::Bool
        })
    }
}
