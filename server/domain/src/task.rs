//! A fulfilment task: one thing a downstream system is to do, exactly once.
//!
//! A timeout gives the state *unknown*, never *failed*; an unknown task must be reconciled, by
//! asking the downstream system under the task's stable idempotency key, before it may be tried
//! again. Tries are counted and have a window. The task must not know how a system is called.

mod undo;

use crate::ids::{OrderId, TaskId, TenantId};
use crate::machine::{Authority, Guard, Machine, Retry, SideEffect, Transition, names};
use crate::snapshot::TaskPlan;
use crate::time::{MINUTE_MS, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

names! {
    /// The states of a fulfilment task.
    pub enum TaskState {
        /// Waits for other tasks.
        Pending = "pending",
        /// May be started.
        Ready = "ready",
        /// A try is under way.
        Started = "started",
        /// A try gave no answer: it may or may not have happened.
        Unknown = "unknown",
        /// The downstream system is being asked what became of it.
        Reconciling = "reconciling",
        /// Done.
        Completed = "completed",
        /// Failed for good; a person decides.
        Failed = "failed",
        /// Left out by a person's decision.
        Skipped = "skipped",
        /// Never to be begun: the order is cancelled.
        Withdrawn = "withdrawn",
        /// A try to undo it is under way.
        Undoing = "undoing",
        /// A try to undo it gave no answer: it may or may not be undone.
        UndoUnknown = "undo unknown",
        /// The downstream system is being asked whether it is undone.
        UndoReconciling = "undo reconciling",
        /// Done, and undone since the order was cancelled.
        Undone = "undone",
        /// It could not be undone; a person decides.
        UndoFailed = "undo failed",
        /// Done, and left so by a person's decision although the order was cancelled.
        Kept = "kept",
    }
}

names! {
    /// The commands of a fulfilment task.
    pub enum TaskVerb {
        /// The tasks it waited for are done.
        Release = "release",
        /// Begins a try.
        Start = "start task",
        /// The downstream system did it.
        Complete = "complete task",
        /// The downstream system refused or failed.
        Fail = "fail task",
        /// No answer came.
        OutcomeUnknown = "outcome unknown",
        /// Begins to ask what became of it.
        BeginReconciliation = "begin reconciliation",
        /// What the downstream system said became of it.
        Reconcile = "reconcile task",
        /// A person gives a failed task one more try.
        Retry = "retry task",
        /// A person leaves the task out, or leaves it done when it cannot be undone.
        Skip = "skip task",
        /// The order is cancelled before it was begun.
        Withdraw = "withdraw",
    }
}

use TaskState::{
    Completed, Failed, Kept, Pending, Ready, Reconciling, Skipped, Started, UndoFailed,
    UndoReconciling, UndoUnknown, Undoing, Undone, Unknown, Withdrawn,
};
use TaskVerb as C;

type Row = Transition<TaskState, C>;

const fn skip(from: TaskState) -> Row {
    Row::new(from, C::Skip, Skipped, "quo.order.task_skipped")
        .guarded(&[Guard::ReasonGiven])
        .effects(&[SideEffect::ReleasesSuccessors])
        .retried(Retry::ByRepair)
}

const fn withdraw(from: TaskState) -> Row {
    Row::new(from, C::Withdraw, Withdrawn, "quo.order.cancellation_begun").by(Authority::Anyone)
}

const fn look_up(from: TaskState) -> Row {
    Row::new(
        from,
        C::BeginReconciliation,
        UndoReconciling,
        "quo.order.task_compensation_reconciliation_begun",
    )
    .by(Authority::Anyone)
    .effects(&[SideEffect::SchedulesReconciliation])
    .times_out_with(C::BeginReconciliation)
    .retried(Retry::Safe)
}

/// The transition table of a fulfilment task.
pub const TRANSITIONS: &[Row] = &[
    Row::new(Pending, C::Release, Ready, "quo.order.task_released")
        .by(Authority::Anyone)
        .guarded(&[Guard::PredecessorsDone]),
    skip(Pending),
    Row::new(Ready, C::Start, Started, "quo.order.task_started")
        .by(Authority::Anyone)
        .guarded(&[Guard::PredecessorsDone, Guard::BackoffOver])
        .effects(&[SideEffect::SetsDeadline])
        .times_out_with(C::OutcomeUnknown)
        .retried(Retry::AfterReconciliation),
    skip(Ready),
    Row::new(Started, C::Complete, Completed, "quo.order.task_completed")
        .by(Authority::Anyone)
        .guarded(&[Guard::CurrentTry])
        .effects(&[SideEffect::ReleasesSuccessors, SideEffect::ClearsTimers]),
    Row::new(Started, C::Fail, Ready, "quo.order.task_retry_scheduled")
        .when(Guard::MayTryAgain)
        .by(Authority::Anyone)
        .guarded(&[Guard::CurrentTry])
        .effects(&[SideEffect::SetsBackoff])
        .times_out_with(C::Start)
        .retried(Retry::Safe),
    Row::new(Started, C::Fail, Failed, "quo.order.task_failed")
        .by(Authority::Anyone)
        .guarded(&[Guard::CurrentTry])
        .effects(&[SideEffect::ClearsTimers])
        .retried(Retry::ByRepair),
    Row::new(
        Started,
        C::OutcomeUnknown,
        Unknown,
        "quo.order.task_outcome_unknown",
    )
    .by(Authority::Anyone)
    .guarded(&[Guard::CurrentTry])
    .effects(&[SideEffect::SchedulesReconciliation])
    .times_out_with(C::BeginReconciliation)
    .retried(Retry::AfterReconciliation),
    Row::new(
        Unknown,
        C::BeginReconciliation,
        Reconciling,
        "quo.order.task_reconciliation_begun",
    )
    .by(Authority::Anyone)
    // The look-up can be lost like any call; its timer begins it again.
    .effects(&[SideEffect::SchedulesReconciliation])
    .times_out_with(C::BeginReconciliation)
    .retried(Retry::Safe),
    Row::new(
        Reconciling,
        C::BeginReconciliation,
        Reconciling,
        "quo.order.task_reconciliation_begun",
    )
    .by(Authority::Anyone)
    .effects(&[SideEffect::SchedulesReconciliation])
    .times_out_with(C::BeginReconciliation)
    .retried(Retry::Safe),
    Row::new(
        Reconciling,
        C::Reconcile,
        Completed,
        "quo.order.task_reconciled",
    )
    .when(Guard::FoundDone)
    .by(Authority::Anyone)
    .effects(&[SideEffect::ReleasesSuccessors, SideEffect::ClearsTimers]),
    Row::new(
        Reconciling,
        C::Reconcile,
        Unknown,
        "quo.order.task_reconciled",
    )
    .when(Guard::StillUnknown)
    .by(Authority::Anyone)
    .effects(&[SideEffect::SchedulesReconciliation])
    .times_out_with(C::BeginReconciliation)
    .retried(Retry::AfterReconciliation),
    Row::new(
        Reconciling,
        C::Reconcile,
        Ready,
        "quo.order.task_reconciled",
    )
    .when(Guard::MayTryAgain)
    .by(Authority::Anyone)
    .effects(&[SideEffect::SetsBackoff])
    .times_out_with(C::Start)
    .retried(Retry::Safe),
    Row::new(
        Reconciling,
        C::Reconcile,
        Failed,
        "quo.order.task_reconciled",
    )
    .by(Authority::Anyone)
    .effects(&[SideEffect::ClearsTimers])
    .retried(Retry::ByRepair),
    Row::new(Failed, C::Retry, Ready, "quo.order.task_retried")
        .guarded(&[Guard::ReasonGiven, Guard::OrderGoesOn])
        .retried(Retry::ByRepair),
    skip(Failed),
    withdraw(Pending),
    withdraw(Ready),
    // What was done is undone the way it was done: a try that may fail, be lost, and be looked up.
    Row::new(
        Completed,
        C::Start,
        Undoing,
        "quo.order.task_compensation_started",
    )
    .by(Authority::Anyone)
    .guarded(&[
        Guard::IsToBeUndone,
        Guard::SuccessorsUndone,
        Guard::BackoffOver,
    ])
    .effects(&[SideEffect::SetsDeadline])
    .times_out_with(C::OutcomeUnknown)
    .retried(Retry::AfterReconciliation),
    Row::new(
        Undoing,
        C::Complete,
        Undone,
        "quo.order.task_compensation_completed",
    )
    .by(Authority::Anyone)
    .guarded(&[Guard::CurrentTry])
    .effects(&[SideEffect::ClearsTimers]),
    Row::new(
        Undoing,
        C::Fail,
        Completed,
        "quo.order.task_compensation_retry_scheduled",
    )
    .when(Guard::MayTryAgain)
    .by(Authority::Anyone)
    .guarded(&[Guard::CurrentTry])
    .effects(&[SideEffect::SetsBackoff])
    .times_out_with(C::Start)
    .retried(Retry::Safe),
    Row::new(
        Undoing,
        C::Fail,
        UndoFailed,
        "quo.order.task_compensation_failed",
    )
    .by(Authority::Anyone)
    .guarded(&[Guard::CurrentTry])
    .effects(&[SideEffect::ClearsTimers])
    .retried(Retry::ByRepair),
    Row::new(
        Undoing,
        C::OutcomeUnknown,
        UndoUnknown,
        "quo.order.task_compensation_outcome_unknown",
    )
    .by(Authority::Anyone)
    .guarded(&[Guard::CurrentTry])
    .effects(&[SideEffect::SchedulesReconciliation])
    .times_out_with(C::BeginReconciliation)
    .retried(Retry::AfterReconciliation),
    look_up(UndoUnknown),
    look_up(UndoReconciling),
    Row::new(
        UndoReconciling,
        C::Reconcile,
        Undone,
        "quo.order.task_compensation_reconciled",
    )
    .when(Guard::FoundUndone)
    .by(Authority::Anyone)
    .effects(&[SideEffect::ClearsTimers]),
    Row::new(
        UndoReconciling,
        C::Reconcile,
        UndoUnknown,
        "quo.order.task_compensation_reconciled",
    )
    .when(Guard::StillUnknown)
    .by(Authority::Anyone)
    .effects(&[SideEffect::SchedulesReconciliation])
    .times_out_with(C::BeginReconciliation)
    .retried(Retry::AfterReconciliation),
    Row::new(
        UndoReconciling,
        C::Reconcile,
        Completed,
        "quo.order.task_compensation_reconciled",
    )
    .when(Guard::MayTryAgain)
    .by(Authority::Anyone)
    .effects(&[SideEffect::SetsBackoff])
    .times_out_with(C::Start)
    .retried(Retry::Safe),
    Row::new(
        UndoReconciling,
        C::Reconcile,
        UndoFailed,
        "quo.order.task_compensation_reconciled",
    )
    .by(Authority::Anyone)
    .effects(&[SideEffect::ClearsTimers])
    .retried(Retry::ByRepair),
    Row::new(
        UndoFailed,
        C::Retry,
        Completed,
        "quo.order.task_compensation_retried",
    )
    .guarded(&[Guard::ReasonGiven])
    .retried(Retry::ByRepair),
    Row::new(
        UndoFailed,
        C::Skip,
        Kept,
        "quo.order.task_compensation_skipped",
    )
    .guarded(&[Guard::ReasonGiven])
    .retried(Retry::ByRepair),
];

/// The state machine of a fulfilment task.
pub const MACHINE: Machine<TaskState, C> = Machine {
    name: "fulfilment task",
    initial: Pending,
    created_by: "quo.order.decomposed",
    transitions: TRANSITIONS,
};

/// What a downstream system said became of a task whose outcome was unknown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "found", rename_all = "snake_case")]
pub enum Finding {
    /// It was done.
    Done {
        /// What the downstream system calls the result.
        reference: Option<String>,
    },
    /// It was never done, and may be tried again; of an undo that was asked for: it was never undone.
    NotDone,
    /// It was done and is undone.
    Undone,
    /// It was refused or failed for good.
    Failed {
        /// What went wrong, in words.
        detail: String,
    },
    /// The downstream system cannot say.
    Unknown,
}

/// A fulfilment task of an order.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Task {
    /// Unique within the order.
    pub id: TaskId,
    /// Its plan: line, fulfilment rule, system, predecessors, tries, payload.
    pub plan: TaskPlan,
    /// What makes every try of it the same thing to the downstream system.
    pub external_key: String,
    /// Its state.
    pub state: TaskState,
    /// Tries begun.
    pub tries: u32,
    /// Tries allowed; a repair adds one.
    pub tries_allowed: u32,
    /// When its first try began.
    pub first_started_at: Option<Timestamp>,
    /// When the try under way must have answered.
    pub deadline: Option<Timestamp>,
    /// Not to be started before.
    pub not_before: Option<Timestamp>,
    /// How often its outcome has been asked for since it last became unknown.
    pub reconciliations: u32,
    /// What the downstream system calls the result.
    pub reference: Option<String>,
    /// What last went wrong, in words.
    pub detail: Option<String>,
    /// Whether the try whose outcome is unknown was broken off by the platform itself.
    pub interrupted: bool,
    /// Tries to undo it, begun since the order was cancelled.
    pub undo_tries: u32,
    /// Tries to undo it that are allowed: as many as to do it; a repair adds one.
    pub undo_tries_allowed: u32,
}

/// The idempotency key a downstream system sees: the same for every try of a task.
#[must_use]
pub fn external_key(tenant: &TenantId, order: &OrderId, task: &TaskId) -> String {
    format!("{tenant}/{order}/{task}")
}

/// Longest wait between two tries, in milliseconds.
pub const BACKOFF_MS_MAX: i64 = 5 * MINUTE_MS;
/// Wait after the first failed try, in milliseconds; it doubles with each further one.
pub const BACKOFF_MS_FIRST: i64 = 1_000;

/// The wait after so many tries: doubling from [`BACKOFF_MS_FIRST`] to [`BACKOFF_MS_MAX`], of
/// which the upper half is spread by `jitter_permille` ("equal jitter").
#[must_use]
pub fn backoff_ms(tries: u32, jitter_permille: u32) -> i64 {
    let doublings = tries.saturating_sub(1).min(30);
    let full = BACKOFF_MS_FIRST
        .saturating_mul(1_i64 << doublings)
        .min(BACKOFF_MS_MAX);
    let half = full / 2;
    half.saturating_add(half.saturating_mul(i64::from(jitter_permille.min(999))) / 1_000)
}

/// Longest wait that a plan's doubling leads to, in milliseconds: one day.
pub const PLANNED_WAIT_MS_MAX: i64 = 24 * 60 * MINUTE_MS;

impl Task {
    /// The wait before the next try: the one its plan names, else [`backoff_ms`].
    #[must_use]
    pub fn wait_ms(&self, jitter_permille: u32) -> i64 {
        let Some(minutes) = self.plan.waiting_minutes else {
            return backoff_ms(self.tries_now(), jitter_permille);
        };
        let first = i64::from(minutes).saturating_mul(MINUTE_MS);
        if !self.plan.doubling {
            return first;
        }
        let doublings = self.tries_now().saturating_sub(1).min(30);
        // A first wait that is longer than the bound stays as it was written.
        first
            .saturating_mul(1_i64 << doublings)
            .min(PLANNED_WAIT_MS_MAX.max(first))
    }

    /// Whether a further try may begin at `now`, as far as count and window go.
    ///
    /// # Errors
    /// Why not, in words.
    pub fn may_try_again(&self, now: Timestamp) -> Result<(), String> {
        // Asked before it is known that the interrupted try did nothing, and after it no longer matters.
        if self.tries
            >= self
                .tries_allowed
                .saturating_add(u32::from(self.interrupted))
        {
            return Err(format!("all {} tries are used up", self.tries_allowed));
        }
        match (self.first_started_at, self.plan.within_minutes) {
            (Some(first), Some(minutes))
                if now > first.plus_millis(i64::from(minutes) * MINUTE_MS) =>
            {
                Err(format!("its window of {minutes} minutes is over"))
            }
            _ => Ok(()),
        }
    }

    /// Whether nothing more will happen with it and what waits for it may go on.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        matches!(self.state, Completed | Skipped)
    }
}

/// Checks that a plan can be carried out: ids well-formed and unique, at least one try each,
/// predecessors known, no cycle.
///
/// # Errors
/// What is wrong, in words.
pub fn check_plan(plan: &[TaskPlan]) -> Result<(), String> {
    let mut waits: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for task in plan {
        TaskId::parse(task.id.as_str()).map_err(|e| e.to_string())?;
        if task.tries == 0 {
            return Err(format!("task `{}` may never be tried", task.id));
        }
        let after = task.after.iter().map(String::as_str).collect();
        if waits.insert(&task.id, after).is_some() {
            return Err(format!("there are two tasks `{}`", task.id));
        }
    }
    for task in plan {
        if let Some(unknown) = task
            .after
            .iter()
            .find(|id| !waits.contains_key(id.as_str()))
        {
            return Err(format!(
                "task `{}` waits for `{unknown}`, which is not in the plan",
                task.id
            ));
        }
    }
    // Take away what waits for nothing until nothing is left; what cannot be taken is a cycle.
    while !waits.is_empty() {
        let free: Vec<&str> = waits
            .iter()
            .filter(|(_, after)| after.is_empty())
            .map(|(id, _)| *id)
            .collect();
        if free.is_empty() {
            let ids: Vec<String> = waits.keys().map(|id| format!("`{id}`")).collect();
            return Err(format!("the tasks {} wait for each other", ids.join(", ")));
        }
        for id in free {
            waits.remove(id);
            waits.values_mut().for_each(|after| {
                after.remove(id);
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(tasks: &[(&str, &[&str])]) -> Vec<TaskPlan> {
        tasks
            .iter()
            .map(|(id, after)| TaskPlan {
                id: (*id).to_owned(),
                line: "1".to_owned(),
                task: format!("Suite.{id}"),
                system: "Billing".to_owned(),
                after: after.iter().map(|a| (*a).to_owned()).collect(),
                tries: 3,
                within_minutes: None,
                waiting_minutes: None,
                doubling: false,
                cut_off: false,
                undo: None,
                payload: serde_json::Value::Null,
            })
            .collect()
    }

    #[test]
    fn a_plan_is_a_graph_without_cycles() {
        assert_eq!(
            check_plan(&plan(&[("a", &[]), ("b", &["a"]), ("c", &["a", "b"])])),
            Ok(())
        );
        let says = |tasks: &[(&str, &[&str])]| check_plan(&plan(tasks)).unwrap_err();
        assert_eq!(says(&[("a", &[]), ("a", &[])]), "there are two tasks `a`");
        assert_eq!(
            says(&[("a", &["x"])]),
            "task `a` waits for `x`, which is not in the plan"
        );
        assert_eq!(
            says(&[("s", &[]), ("a", &["s", "b"]), ("b", &["a"])]),
            "the tasks `a`, `b` wait for each other"
        );
        let mut never = plan(&[("a", &[])]);
        never[0].tries = 0;
        assert_eq!(
            check_plan(&never).unwrap_err(),
            "task `a` may never be tried"
        );
    }

    #[test]
    fn waits_double_up_to_a_bound_and_are_spread() {
        let waits: Vec<i64> = (1..=5).map(|tries| backoff_ms(tries, 0)).collect();
        assert_eq!(waits, [500, 1_000, 2_000, 4_000, 8_000]);
        assert_eq!(backoff_ms(1, 999), 999);
        assert_eq!(backoff_ms(u32::MAX, 999), 299_850);
        assert!(backoff_ms(40, u32::MAX) <= BACKOFF_MS_MAX);
    }
}
