//! The way back of an order that is cancelled: what is withdrawn, and the events of undoing what was done.

use super::decide::{Deciding, OnTask, OrderRow, TaskRow, may_have_timer};
use super::event::{
    OrderCancellationBegun, OrderCancelled, OrderEvent, TaskCompensationCompleted,
    TaskCompensationFailed, TaskCompensationOutcomeUnknown, TaskCompensationReconciled,
    TaskCompensationReconciliationBegun, TaskCompensationRetried, TaskCompensationRetryScheduled,
    TaskCompensationSkipped, TaskCompensationStarted,
};
use super::{OrderCommand, OrderState};
use crate::context::Decision;
use crate::task::{Task, TaskState};
use crate::time::Timestamp;
use crate::timer::TimerIntent;

impl Deciding<'_> {
    /// The end where nothing is to be undone, else the way back: what was not begun is withdrawn.
    pub(super) fn cancel(&self, row: &OrderRow) -> Decision<OrderEvent> {
        let (order, from) = (self.order.id.clone(), self.order.state);
        let ends = row.to == OrderState::Cancelled;
        let unbegun = |task: &&Task| matches!(task.state, TaskState::Pending | TaskState::Ready);
        let tasks = self.order.tasks.iter();
        let timers = tasks.filter(|task| may_have_timer(task) && (ends || unbegun(task)));
        let timers = timers.map(|task| TimerIntent::Clear {
            id: self.order.task_timer(&task.id),
        });
        let event = if ends {
            OrderCancelled { order, from }.into()
        } else {
            let withdrawn = self.order.tasks.iter().filter(unbegun);
            let withdrawn = withdrawn.map(|task| task.id.clone()).collect();
            OrderCancellationBegun {
                order,
                from,
                withdrawn,
            }
            .into()
        };
        Decision::of(event).with_timers(timers)
    }
}

impl OnTask<'_> {
    /// The event of a row that is about undoing the task.
    pub(super) fn undo_event(&self, row: &TaskRow, next_try: Option<Timestamp>) -> OrderEvent {
        let order = self.deciding.order.id.clone();
        let (task, attempt, now) = (
            self.task.id.clone(),
            self.attempt(),
            self.deciding.context.now,
        );
        match self.deciding.command {
            OrderCommand::StartTask { timeout_ms, .. } => TaskCompensationStarted {
                order,
                task,
                operation: self.task.plan.undo.clone().unwrap_or_default(),
                attempt: attempt.saturating_add(1),
                at: now,
                deadline: now.plus_millis(i64::from((*timeout_ms).max(1))),
            }
            .into(),
            OrderCommand::CompleteTask { .. } => TaskCompensationCompleted {
                order,
                task,
                attempt,
            }
            .into(),
            OrderCommand::FailTask { detail, .. } => {
                let detail = detail.clone();
                match next_try {
                    Some(not_before) => TaskCompensationRetryScheduled {
                        order,
                        task,
                        attempt,
                        detail,
                        not_before,
                    }
                    .into(),
                    None => TaskCompensationFailed {
                        order,
                        task,
                        attempt,
                        detail,
                    }
                    .into(),
                }
            }
            OrderCommand::TaskOutcomeUnknown { detail, .. } => TaskCompensationOutcomeUnknown {
                order,
                task,
                attempt,
                detail: detail.clone(),
            }
            .into(),
            OrderCommand::ReconcileTask { finding, .. } => TaskCompensationReconciled {
                order,
                task,
                finding: finding.clone(),
                to: row.to,
                not_before: next_try,
            }
            .into(),
            OrderCommand::RetryTask { .. } => {
                let allowed = self.task.undo_tries_allowed.max(self.task.undo_tries);
                TaskCompensationRetried {
                    order,
                    task,
                    tries_allowed: allowed.saturating_add(1),
                }
                .into()
            }
            OrderCommand::SkipTask { .. } => TaskCompensationSkipped { order, task }.into(),
            _ => TaskCompensationReconciliationBegun {
                order,
                task,
                inquiry: self.task.reconciliations.saturating_add(1),
            }
            .into(),
        }
    }
}
