//! Folding: what each event changes in an order.
//!
//! Nothing is decided here. `None` means that the event names a task the order does not have.

use super::event::{OrderCaptured, OrderEvent, PlannedTask, TaskReconciled, TaskStarted};
use super::{Order, OrderState};
use crate::ids::TaskId;
use crate::task::{Finding, Task, TaskState};

pub(super) fn captured(event: &OrderCaptured) -> Order {
    Order {
        id: event.order.clone(),
        version: 1,
        state: OrderState::Captured,
        commitment: (*event.commitment).clone(),
        acceptance: event.acceptance.clone(),
        problem: None,
        tasks: Vec::new(),
    }
}

pub(super) fn apply(order: &mut Order, event: &OrderEvent) -> Option<()> {
    use OrderEvent as E;
    match event {
        E::OrderCaptured(_) => return None,
        E::OrderSubmitted(_) => order.state = OrderState::Submitted,
        E::OrderValidated(_) => order.state = OrderState::Validated,
        E::OrderValidationFailed(e) => {
            order.state = OrderState::Held;
            order.problem = Some(e.problem.clone());
        }
        E::OrderDecomposed(e) => {
            order.state = OrderState::InProgress;
            order.tasks = e.tasks.iter().map(planned).collect();
        }
        E::OrderHeld(_) => order.state = OrderState::Held,
        E::OrderResumed(_) => order.state = OrderState::InProgress,
        E::OrderCompleted(_) => order.state = OrderState::Completed,
        E::OrderCancelled(_) => order.state = OrderState::Cancelled,
        E::TaskReleased(e) => task(order, &e.task)?.state = TaskState::Ready,
        E::TaskStarted(e) => started(task(order, &e.task)?, e),
        E::TaskCompleted(e) => {
            let task = task(order, &e.task)?;
            task.state = TaskState::Completed;
            task.reference = e.reference.clone();
            task.deadline = None;
        }
        E::TaskRetryScheduled(e) => {
            let task = task(order, &e.task)?;
            task.state = TaskState::Ready;
            task.detail = Some(e.detail.clone());
            task.deadline = None;
            task.not_before = Some(e.not_before);
        }
        E::TaskFailed(e) => {
            let task = task(order, &e.task)?;
            task.state = TaskState::Failed;
            task.detail = Some(e.detail.clone());
            task.deadline = None;
        }
        E::TaskOutcomeUnknown(e) => {
            let task = task(order, &e.task)?;
            task.state = TaskState::Unknown;
            task.detail = Some(e.detail.clone());
            task.deadline = None;
            task.reconciliations = 0;
            task.interrupted = e.interrupted;
        }
        E::TaskReconciliationBegun(e) => {
            let task = task(order, &e.task)?;
            task.state = TaskState::Reconciling;
            task.reconciliations = e.inquiry;
        }
        E::TaskReconciled(e) => reconciled(task(order, &e.task)?, e),
        E::TaskRetried(e) => {
            let task = task(order, &e.task)?;
            task.state = TaskState::Ready;
            task.tries_allowed = e.tries_allowed;
            // The person who repairs opens a new window, else the try could never begin.
            task.first_started_at = None;
            task.not_before = None;
        }
        E::TaskSkipped(e) => task(order, &e.task)?.state = TaskState::Skipped,
        E::OrderCancellationBegun(e) => {
            order.state = OrderState::Cancelling;
            for withdrawn in &e.withdrawn {
                let task = task(order, withdrawn)?;
                task.state = TaskState::Withdrawn;
                task.not_before = None;
            }
        }
        E::OrderCancellationHeld(_) => order.state = OrderState::CancellationHeld,
        E::OrderCancellationResumed(_) => order.state = OrderState::Cancelling,
        _ => return undo(order, event),
    }
    Some(())
}

/// What the events of undoing a task change in it.
fn undo(order: &mut Order, event: &OrderEvent) -> Option<()> {
    use OrderEvent as E;
    match event {
        E::TaskCompensationStarted(e) => {
            let task = task(order, &e.task)?;
            task.state = TaskState::Undoing;
            task.undo_tries = e.attempt;
            task.deadline = Some(e.deadline);
            task.not_before = None;
            task.detail = None;
        }
        E::TaskCompensationCompleted(e) => at_rest(task(order, &e.task)?, TaskState::Undone, None),
        E::TaskCompensationRetryScheduled(e) => {
            let task = task(order, &e.task)?;
            at_rest(task, TaskState::Completed, Some(&e.detail));
            task.not_before = Some(e.not_before);
        }
        E::TaskCompensationFailed(e) => {
            at_rest(
                task(order, &e.task)?,
                TaskState::UndoFailed,
                Some(&e.detail),
            );
        }
        E::TaskCompensationOutcomeUnknown(e) => {
            let task = task(order, &e.task)?;
            at_rest(task, TaskState::UndoUnknown, Some(&e.detail));
            task.reconciliations = 0;
        }
        E::TaskCompensationReconciliationBegun(e) => {
            let task = task(order, &e.task)?;
            task.state = TaskState::UndoReconciling;
            task.reconciliations = e.inquiry;
        }
        E::TaskCompensationReconciled(e) => {
            let task = task(order, &e.task)?;
            let detail = match &e.finding {
                Finding::Failed { detail } => Some(detail.clone()),
                Finding::Undone => None,
                _ => task.detail.clone(),
            };
            at_rest(task, e.to, detail.as_ref());
            task.not_before = e.not_before;
        }
        E::TaskCompensationRetried(e) => {
            let task = task(order, &e.task)?;
            task.state = TaskState::Completed;
            task.undo_tries_allowed = e.tries_allowed;
            task.not_before = None;
        }
        E::TaskCompensationSkipped(e) => task(order, &e.task)?.state = TaskState::Kept,
        _ => return None,
    }
    Some(())
}

fn at_rest(task: &mut Task, state: TaskState, detail: Option<&String>) {
    task.state = state;
    task.detail = detail.cloned();
    task.deadline = None;
}

fn task<'a>(order: &'a mut Order, id: &TaskId) -> Option<&'a mut Task> {
    order.tasks.iter_mut().find(|task| task.id == *id)
}

fn planned(planned: &PlannedTask) -> Task {
    Task {
        id: planned.id.clone(),
        plan: planned.plan.clone(),
        external_key: planned.external_key.clone(),
        state: TaskState::Pending,
        tries: 0,
        tries_allowed: planned.plan.tries,
        first_started_at: None,
        deadline: None,
        not_before: None,
        reconciliations: 0,
        reference: None,
        detail: None,
        interrupted: false,
        undo_tries: 0,
        undo_tries_allowed: planned.plan.tries,
    }
}

fn started(task: &mut Task, event: &TaskStarted) {
    task.state = TaskState::Started;
    task.tries = event.attempt;
    task.first_started_at = task.first_started_at.or(Some(event.at));
    task.deadline = Some(event.deadline);
    task.not_before = None;
    task.detail = None;
}

fn reconciled(task: &mut Task, event: &TaskReconciled) {
    task.state = event.to;
    task.not_before = event.not_before;
    match &event.finding {
        Finding::Done { reference } => {
            task.reference = reference.clone();
            task.detail = None;
        }
        Finding::Failed { detail } => task.detail = Some(detail.clone()),
        // A try that the platform broke off itself, and that nobody downstream has seen, is none of the counted ones.
        Finding::NotDone if task.interrupted => {
            task.tries_allowed = task.tries_allowed.saturating_add(1);
            task.interrupted = false;
        }
        Finding::NotDone | Finding::Undone | Finding::Unknown => {}
    }
}
