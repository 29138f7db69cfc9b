//! What a command does to an order.
//!
//! A command about a task is decided twice: by the task's table, which says what becomes of the
//! task, and by the order's, which says what that means for the order. What follows from a task
//! being done (others released, the order completed) is recorded with it.

use super::event::{
    OrderCancellationHeld, OrderCancellationResumed, OrderCancelled, OrderCaptured, OrderCompleted,
    OrderDecomposed, OrderEvent, OrderHeld, OrderResumed, OrderSubmitted, OrderValidated,
    OrderValidationFailed, PlannedTask, TaskCompleted, TaskFailed, TaskOutcomeUnknown,
    TaskReconciled, TaskReconciliationBegun, TaskReleased, TaskRetried, TaskRetryScheduled,
    TaskSkipped, TaskStarted,
};
use super::{MACHINE, Order, OrderCommand, OrderState, OrderVerb};
use crate::context::{Context, Decision};
use crate::ids::{OrderId, TaskId};
use crate::machine::{Guard, Transition};
use crate::quote::{Acceptance, Commitment};
use crate::refusal::Refusal;
use crate::task::{self, Finding, Task, TaskState, TaskVerb};
use crate::time::Timestamp;
use crate::timer::{TimerIntent, TimerKind};

type Decided = Result<Decision<OrderEvent>, Refusal>;
pub(super) type OrderRow = Transition<OrderState, OrderVerb>;
pub(super) type TaskRow = Transition<TaskState, TaskVerb>;

/// The creation of an order from an accepted commitment.
pub(crate) fn capture(
    order: &OrderId,
    commitment: Commitment,
    acceptance: Acceptance,
) -> Decision<OrderEvent> {
    Decision::of(
        OrderCaptured {
            order: order.clone(),
            commitment: Box::new(commitment),
            acceptance,
        }
        .into(),
    )
}

/// What a command does to an order.
///
/// # Errors
/// [`Refusal`] when the command may not happen now.
pub fn decide(order: &Order, command: &OrderCommand, context: &Context) -> Decided {
    let deciding = Deciding {
        order,
        command,
        context,
    };
    match command.task() {
        Some((id, verb)) => {
            deciding.is_allowed_at_all()?;
            let task = order.task(id).ok_or_else(|| Refusal::NotFound {
                what: "task",
                id: id.to_string(),
            })?;
            OnTask {
                deciding: &deciding,
                task,
                verb,
            }
            .decide()
        }
        None => deciding.decide(),
    }
}

/// A command being decided on an order.
pub(super) struct Deciding<'a> {
    pub(super) order: &'a Order,
    pub(super) command: &'a OrderCommand,
    pub(super) context: &'a Context,
}

impl Deciding<'_> {
    fn decide(&self) -> Decided {
        let order = self.order.id.clone();
        let row = self.resolve(self.order)?;
        match self.command {
            OrderCommand::Submit => {
                let commitment_fingerprint = self.order.acceptance.commitment_fingerprint.clone();
                Ok(Decision::of(
                    OrderSubmitted {
                        order,
                        commitment_fingerprint,
                    }
                    .into(),
                ))
            }
            OrderCommand::Validate => match check_snapshot(self.order) {
                Ok(commitment_fingerprint) => Ok(Decision::of(
                    OrderValidated {
                        order,
                        commitment_fingerprint,
                    }
                    .into(),
                )),
                Err(problem) => Ok(Decision::of(
                    OrderValidationFailed { order, problem }.into(),
                )),
            },
            OrderCommand::Decompose => self.decompose(row),
            _ => Ok(self.cancel(row)),
        }
    }

    /// Refuses what the order's state does not know at all, before its tasks are looked at.
    fn is_allowed_at_all(&self) -> Result<(), Refusal> {
        match MACHINE.rows(self.order.state, self.command.verb()).next() {
            Some(_) => Ok(()),
            None => self.resolve(self.order).map(|_| ()),
        }
    }

    /// Finds the row of the command in the order's table; `after` is the order with its task
    /// already moved on.
    fn resolve(&self, after: &Order) -> Result<&'static OrderRow, Refusal> {
        let principal = &self.context.principal;
        MACHINE.resolve(self.order.state, self.command.verb(), principal, |guard| {
            holds(after, self.context, guard)
        })
    }

    fn decompose(&self, row: &OrderRow) -> Decided {
        let order = self.order.id.clone();
        let plan = &self.order.commitment.snapshot.tasks;
        let mut tasks = Vec::with_capacity(plan.len());
        for plan in plan {
            let id = TaskId::parse(plan.id.as_str()).map_err(|e| Refusal::Guarded {
                command: "decompose",
                guard: Guard::SnapshotIsWellFormed,
                detail: e.to_string(),
            })?;
            let external_key = task::external_key(&self.context.principal.tenant, &order, &id);
            tasks.push(PlannedTask {
                id,
                plan: plan.clone(),
                external_key,
            });
        }
        let free: Vec<TaskId> = tasks
            .iter()
            .filter(|t| t.plan.after.is_empty())
            .map(|t| t.id.clone())
            .collect();
        let mut decision = Decision::of(
            OrderDecomposed {
                order: order.clone(),
                tasks,
            }
            .into(),
        );
        for task in free {
            decision = decision.and(
                TaskReleased {
                    order: order.clone(),
                    task,
                }
                .into(),
            );
        }
        if row.to == OrderState::Completed {
            decision = decision.and(
                OrderCompleted {
                    order,
                    at: self.context.now,
                }
                .into(),
            );
        }
        Ok(decision)
    }
}

/// What the guards of an order's table mean, seen on the order `after` a task moved on.
fn holds(after: &Order, context: &Context, guard: Guard) -> Result<(), String> {
    let when = |holds: bool, otherwise: &str| {
        if holds {
            Ok(())
        } else {
            Err(otherwise.to_owned())
        }
    };
    let failed = || {
        after
            .tasks
            .iter()
            .any(|task| task.state == TaskState::Failed)
    };
    let undo_failed = || {
        let mut tasks = after.tasks.iter();
        tasks.any(|task| task.state == TaskState::UndoFailed)
    };
    match guard {
        Guard::ReasonGiven => crate::quote::reason_given(context),
        Guard::SnapshotIsIntact => check_snapshot(after).map(|_| ()),
        Guard::HasTasks => when(
            !after.commitment.snapshot.tasks.is_empty(),
            "the plan has no task",
        ),
        Guard::NoTaskStarted => match after.tasks.iter().find(|task| task.tries > 0) {
            Some(task) => Err(format!("task `{}` has been started", task.id)),
            None => Ok(()),
        },
        Guard::BeforeCutOff => {
            let mut started = after.tasks.iter().filter(|task| task.tries > 0);
            match started.find(|task| task.plan.cut_off) {
                Some(task) => Err(format!(
                    "task `{}` has been started, after which the order is no longer cancelled",
                    task.id
                )),
                None => Ok(()),
            }
        }
        Guard::NothingToUndo => when(
            after.tasks.iter().all(Task::is_at_rest),
            "something that was done is still to be undone",
        ),
        Guard::UndoFailed => when(undo_failed(), "no undo has failed"),
        Guard::NoUndoFailed => when(!undo_failed(), "another undo has failed"),
        Guard::LastTask => when(
            after.tasks.iter().all(Task::is_done),
            "a task is still to be done",
        ),
        Guard::TaskFailed => when(failed(), "no task has failed"),
        Guard::NoTaskFailed => when(!failed(), "another task has failed"),
        other => Err(format!("an order knows nothing of `{other}`")),
    }
}

/// Whether the order carries what was accepted, and it was accepted in time: the fingerprint
/// found, or what does not hold.
fn check_snapshot(order: &Order) -> Result<String, String> {
    let accepted = &order.acceptance;
    let found = order.commitment.fingerprint().map_err(|e| e.to_string())?;
    if found != accepted.commitment_fingerprint {
        let named = &accepted.commitment_fingerprint;
        return Err(format!(
            "the order carries `{found}`, but `{named}` was accepted"
        ));
    }
    match order.commitment.snapshot.expires_at() {
        Ok(Some(end)) if accepted.at >= end => Err(format!(
            "it was accepted at {}, after it expired at {end}",
            accepted.at
        )),
        Ok(_) => Ok(found),
        Err(e) => Err(e.to_string()),
    }
}

pub(super) fn may_have_timer(task: &Task) -> bool {
    task.not_before.is_some()
        || matches!(
            task.state,
            TaskState::Started
                | TaskState::Unknown
                | TaskState::Reconciling
                | TaskState::Undoing
                | TaskState::UndoUnknown
                | TaskState::UndoReconciling
        )
}

/// A command being decided on one task.
pub(super) struct OnTask<'a> {
    pub(super) deciding: &'a Deciding<'a>,
    pub(super) task: &'a Task,
    verb: TaskVerb,
}

impl OnTask<'_> {
    fn decide(&self) -> Decided {
        let context = self.deciding.context;
        let row =
            task::MACHINE.resolve(self.task.state, self.verb, &context.principal, |guard| {
                self.holds(guard)
            })?;
        let (event, timers) = self.follow(row);
        // The order's own row depends on what the tasks are after this event.
        let mut after = Some(self.deciding.order.clone());
        let mut decision = Decision::of(event.clone()).with_timers(timers);
        if Order::apply(&mut after, &event).is_err() {
            return Err(Refusal::NotFound {
                what: "task",
                id: self.task.id.to_string(),
            });
        }
        let Some(after) = after else {
            return Ok(decision);
        };
        let order_row = self.deciding.resolve(&after)?;
        if matches!(row.to, TaskState::Completed | TaskState::Skipped) {
            for released in successors(&after, &self.task.id) {
                decision = decision.and(released);
            }
        }
        Ok(match self.consequence(order_row, &after) {
            Some(event) => decision.and(event),
            None => decision,
        })
    }

    /// What the guards of a task's table mean.
    fn holds(&self, guard: Guard) -> Result<(), String> {
        let when = |holds: bool, otherwise: String| if holds { Ok(()) } else { Err(otherwise) };
        let (task, now) = (self.task, self.deciding.context.now);
        let finding = match self.deciding.command {
            OrderCommand::ReconcileTask { finding, .. } => Some(finding),
            _ => None,
        };
        let found = |expected: fn(&Finding) -> bool| {
            when(
                finding.is_some_and(expected),
                "the downstream system said otherwise".to_owned(),
            )
        };
        match guard {
            Guard::ReasonGiven => crate::quote::reason_given(self.deciding.context),
            Guard::PredecessorsDone => when(
                self.deciding.order.predecessors_done(task),
                format!("task `{}` waits for another", task.id),
            ),
            Guard::BackoffOver => match task.not_before {
                Some(at) => when(now >= at, format!("task `{}` waits until {at}", task.id)),
                None => Ok(()),
            },
            Guard::CurrentTry => {
                let named = self.attempt();
                when(
                    named == task.tries_now(),
                    format!("try {named} of task `{}` is not the one under way", task.id),
                )
            }
            Guard::MayTryAgain => {
                match (self.deciding.command, finding) {
                    (
                        OrderCommand::FailTask {
                            may_pass: false, ..
                        },
                        _,
                    )
                    | (_, Some(Finding::Failed { .. })) => {
                        return Err("the failure will not pass".to_owned());
                    }
                    _ => {}
                }
                if task.is_undoing() {
                    return task.may_undo_again();
                }
                self.goes_on()?;
                task.may_try_again(now)
            }
            Guard::OrderGoesOn => self.goes_on(),
            Guard::IsToBeUndone => when(
                self.deciding.order.is_cancelling() && task.is_to_be_undone(),
                format!("task `{}` is done, and not to be undone", task.id),
            ),
            Guard::SuccessorsUndone => when(
                self.deciding.order.successors_undone(task),
                format!("a task that came after `{}` is not undone yet", task.id),
            ),
            Guard::FoundUndone => found(|finding| matches!(finding, Finding::Undone)),
            Guard::FoundDone => found(|finding| matches!(finding, Finding::Done { .. })),
            Guard::FoundNotDone => found(|finding| matches!(finding, Finding::NotDone)),
            Guard::StillUnknown => found(|finding| matches!(finding, Finding::Unknown)),
            other => Err(format!("a task knows nothing of `{other}`")),
        }
    }

    fn goes_on(&self) -> Result<(), String> {
        if self.deciding.order.is_cancelling() {
            return Err("the order is being cancelled".to_owned());
        }
        Ok(())
    }

    /// The try a command names, or the one under way.
    pub(super) fn attempt(&self) -> u32 {
        match self.deciding.command {
            OrderCommand::CompleteTask { attempt, .. }
            | OrderCommand::FailTask { attempt, .. }
            | OrderCommand::TaskOutcomeUnknown { attempt, .. } => *attempt,
            _ => self.task.tries_now(),
        }
    }

    /// The event and the timers of the task's row.
    fn follow(&self, row: &TaskRow) -> (OrderEvent, Vec<TimerIntent>) {
        let order = self.deciding.order.id.clone();
        let (task, attempt, now) = (
            self.task.id.clone(),
            self.attempt(),
            self.deciding.context.now,
        );
        let again = row.to == TaskState::Ready
            || row.to == TaskState::Completed
                && matches!(row.from, TaskState::Undoing | TaskState::UndoReconciling);
        let next_try = again.then(|| self.next_try());
        let timers = self.timers(row, next_try);
        if row.to == TaskState::Undoing || self.task.is_undoing() {
            return (self.undo_event(row, next_try), timers);
        }
        let event = match self.deciding.command {
            OrderCommand::StartTask { timeout_ms, .. } => {
                let deadline = now.plus_millis(i64::from((*timeout_ms).max(1)));
                let attempt = attempt.saturating_add(1);
                TaskStarted { order, task, attempt, at: now, deadline }.into()
            }
            OrderCommand::CompleteTask { reference, .. } => {
                TaskCompleted { order, task, attempt, reference: reference.clone() }.into()
            }
            OrderCommand::FailTask { detail, .. } => {
                let detail = detail.clone();
                match next_try {
                    Some(not_before) => {
                        TaskRetryScheduled { order, task, attempt, detail, not_before }.into()
                    }
                    None => TaskFailed { order, task, attempt, detail }.into(),
                }
            }
            OrderCommand::TaskOutcomeUnknown { detail, interrupted, .. } => {
                let (detail, interrupted) = (detail.clone(), *interrupted);
                TaskOutcomeUnknown { order, task, attempt, interrupted, detail }.into()
            }
            OrderCommand::ReconcileTask { finding, .. } => {
                let (finding, to) = (finding.clone(), row.to);
                TaskReconciled { order, task, finding, to, not_before: next_try }.into()
            }
            OrderCommand::RetryTask { .. } => {
                let tries_allowed = self.task.tries_allowed.max(self.task.tries).saturating_add(1);
                TaskRetried { order, task, tries_allowed }.into()
            }
            OrderCommand::SkipTask { .. } => {
                TaskSkipped { order, task, from: self.task.state }.into()
            }
            OrderCommand::BeginReconciliation { .. }
            // The remaining commands name no task and never get here.
            | OrderCommand::Submit
            | OrderCommand::Validate
            | OrderCommand::Decompose
            | OrderCommand::Cancel => {
                let inquiry = self.task.reconciliations.saturating_add(1);
                TaskReconciliationBegun { order, task, inquiry }.into()
            }
        };
        (event, timers)
    }

    fn next_try(&self) -> Timestamp {
        let context = self.deciding.context;
        context
            .now
            .plus_millis(self.task.wait_ms(context.jitter_permille))
    }

    /// The task's one timer, set for what the state after the row waits for, else cleared.
    fn timers(&self, row: &TaskRow, next_try: Option<Timestamp>) -> Vec<TimerIntent> {
        let context = self.deciding.context;
        let task = self.task.id.clone();
        let id = self.deciding.order.task_timer(&task);
        let stream = self.deciding.order.stream();
        let wait = task::backoff_ms(
            self.task.reconciliations.saturating_add(1),
            context.jitter_permille,
        );
        let set = |due, kind| {
            vec![TimerIntent::Set {
                id: id.clone(),
                due,
                stream,
                kind,
            }]
        };
        match (row.to, self.deciding.command, next_try) {
            (
                TaskState::Started | TaskState::Undoing,
                OrderCommand::StartTask { timeout_ms, .. },
                _,
            ) => {
                let due = context.now.plus_millis(i64::from((*timeout_ms).max(1)));
                set(due, TimerKind::TaskDeadline { task })
            }
            (TaskState::Unknown | TaskState::UndoUnknown, _, _) => set(
                context.now.plus_millis(wait),
                TimerKind::Reconciliation { task },
            ),
            (TaskState::Reconciling | TaskState::UndoReconciling, _, _) => {
                let due = context.now.plus_millis(wait.max(LOOK_UP_MS));
                set(due, TimerKind::Reconciliation { task })
            }
            (
                TaskState::Ready | TaskState::Completed,
                OrderCommand::FailTask { .. } | OrderCommand::ReconcileTask { .. },
                Some(due),
            ) => set(due, TimerKind::RetryBackoff { task }),
            _ if may_have_timer(self.task) => vec![TimerIntent::Clear { id }],
            _ => Vec::new(),
        }
    }

    /// What the order's row records besides the task's event.
    fn consequence(&self, row: &OrderRow, after: &Order) -> Option<OrderEvent> {
        let order = after.id.clone();
        if row.to == row.from {
            return None;
        }
        Some(match row.to {
            OrderState::Completed => OrderCompleted {
                order,
                at: self.deciding.context.now,
            }
            .into(),
            OrderState::Held => {
                let failed = after
                    .tasks
                    .iter()
                    .filter(|task| task.state == TaskState::Failed);
                OrderHeld {
                    order,
                    failed: failed.map(|task| task.id.clone()).collect(),
                }
                .into()
            }
            OrderState::InProgress => OrderResumed {
                order,
                task: self.task.id.clone(),
            }
            .into(),
            OrderState::Cancelled => OrderCancelled {
                order,
                from: row.from,
            }
            .into(),
            OrderState::CancellationHeld => {
                let failed = after.tasks.iter();
                let failed = failed.filter(|task| task.state == TaskState::UndoFailed);
                OrderCancellationHeld {
                    order,
                    failed: failed.map(|task| task.id.clone()).collect(),
                }
                .into()
            }
            OrderState::Cancelling => OrderCancellationResumed {
                order,
                task: self.task.id.clone(),
            }
            .into(),
            _ => return None,
        })
    }
}

/// How long a look-up may take before it is begun again, in milliseconds.
const LOOK_UP_MS: i64 = 30_000;

/// The release of every task that waited for `done` and now waits for nothing.
fn successors(after: &Order, done: &TaskId) -> Vec<OrderEvent> {
    after
        .tasks
        .iter()
        .filter(|task| task.state == TaskState::Pending)
        .filter(|task| task.plan.after.iter().any(|before| before == done.as_str()))
        .filter(|task| after.predecessors_done(task))
        .map(|task| {
            TaskReleased {
                order: after.id.clone(),
                task: task.id.clone(),
            }
            .into()
        })
        .collect()
}
