//! The life of a product order, as a table.
//!
//! The order is held when a task has failed for good, and only then: a task whose outcome is
//! unknown holds up what waits for it and nothing else, since looking it up needs no person.

use super::command::OrderVerb as C;
use crate::machine::{Authority, Guard, Machine, Retry, SideEffect, Transition, names};

names! {
    /// The states of a product order.
    pub enum OrderState {
        /// It carries an accepted commitment.
        Captured = "captured",
        /// Execution was asked for.
        Submitted = "submitted",
        /// It carries what was accepted.
        Validated = "validated",
        /// Its tasks are being done.
        InProgress = "in progress",
        /// A person has to look at it.
        Held = "held",
        /// Everything is done.
        Completed = "completed",
        /// It was cancelled: nothing was done, or what was done is undone.
        Cancelled = "cancelled",
        /// What was done is being undone.
        Cancelling = "cancelling",
        /// Something that was done could not be undone; a person has to look at it.
        CancellationHeld = "cancellation held",
    }
}

use OrderState::{
    CancellationHeld, Cancelled, Cancelling, Captured, Completed, Held, InProgress, Submitted,
    Validated,
};

type Row = Transition<OrderState, C>;

const fn cancel(from: OrderState) -> Row {
    Row::new(from, C::Cancel, Cancelled, "quo.order.cancelled")
        .guarded(&[Guard::ReasonGiven, Guard::NoTaskStarted])
        .effects(&[SideEffect::ClearsTimers])
}

/// The end of an order whose tasks have come to rest.
const fn stop(from: OrderState) -> Row {
    Row::new(from, C::Cancel, Cancelled, "quo.order.cancelled")
        .when(Guard::NothingToUndo)
        .guarded(&[Guard::ReasonGiven, Guard::BeforeCutOff])
        .effects(&[SideEffect::ClearsTimers])
}

/// The way back: what is under way is waited for, what was done is undone.
const fn turn_back(from: OrderState) -> Row {
    Row::new(from, C::Cancel, Cancelling, "quo.order.cancellation_begun")
        .guarded(&[Guard::ReasonGiven, Guard::BeforeCutOff])
        .effects(&[SideEffect::WithdrawsTasks])
}

const fn repair(from: OrderState, to: OrderState, event: &'static str) -> Row {
    Row::new(from, C::RepairTask, to, event)
        .guarded(&[Guard::ReasonGiven])
        .retried(Retry::ByRepair)
}

/// The transition table of a product order.
pub const TRANSITIONS: &[Row] = &[
    Row::new(Captured, C::Submit, Submitted, "quo.order.submitted").compensated_by(C::Cancel),
    cancel(Captured),
    Row::new(Submitted, C::Validate, Validated, "quo.order.validated")
        .when(Guard::SnapshotIsIntact)
        .by(Authority::Anyone)
        .compensated_by(C::Cancel),
    Row::new(Submitted, C::Validate, Held, "quo.order.validation_failed")
        .by(Authority::Anyone)
        .compensated_by(C::Cancel),
    cancel(Submitted),
    Row::new(Validated, C::Decompose, InProgress, "quo.order.decomposed")
        .when(Guard::HasTasks)
        .by(Authority::Anyone)
        .effects(&[SideEffect::CreatesTasks])
        .compensated_by(C::Cancel),
    Row::new(Validated, C::Decompose, Completed, "quo.order.completed").by(Authority::Anyone),
    cancel(Validated),
    Row::new(InProgress, C::WorkOnTask, Completed, "quo.order.completed")
        .when(Guard::LastTask)
        .by(Authority::Anyone),
    Row::new(InProgress, C::WorkOnTask, Held, "quo.order.held")
        .when(Guard::TaskFailed)
        .by(Authority::Anyone)
        .compensated_by(C::RepairTask),
    Row::new(InProgress, C::WorkOnTask, InProgress, "quo.order.task_*")
        .by(Authority::Anyone)
        .effects(&[SideEffect::ReleasesSuccessors]),
    repair(InProgress, Completed, "quo.order.completed").when(Guard::LastTask),
    repair(InProgress, InProgress, "quo.order.task_*"),
    stop(InProgress),
    turn_back(InProgress),
    // What was under way when another task failed still ends, is reconciled, and goes on.
    Row::new(Held, C::WorkOnTask, Held, "quo.order.task_*")
        .by(Authority::Anyone)
        .effects(&[SideEffect::ReleasesSuccessors]),
    repair(Held, Completed, "quo.order.completed").when(Guard::LastTask),
    repair(Held, InProgress, "quo.order.resumed").when(Guard::NoTaskFailed),
    repair(Held, Held, "quo.order.task_*"),
    stop(Held),
    turn_back(Held),
    Row::new(
        Cancelling,
        C::WorkOnTask,
        CancellationHeld,
        "quo.order.cancellation_held",
    )
    .when(Guard::UndoFailed)
    .by(Authority::Anyone)
    .compensated_by(C::RepairTask),
    Row::new(Cancelling, C::WorkOnTask, Cancelled, "quo.order.cancelled")
        .when(Guard::NothingToUndo)
        .by(Authority::Anyone),
    Row::new(Cancelling, C::WorkOnTask, Cancelling, "quo.order.task_*").by(Authority::Anyone),
    // What can still be undone is, before or after a person has looked at what could not.
    Row::new(
        CancellationHeld,
        C::WorkOnTask,
        CancellationHeld,
        "quo.order.task_*",
    )
    .by(Authority::Anyone),
    repair(CancellationHeld, Cancelled, "quo.order.cancelled").when(Guard::NothingToUndo),
    repair(
        CancellationHeld,
        Cancelling,
        "quo.order.cancellation_resumed",
    )
    .when(Guard::NoUndoFailed),
    repair(CancellationHeld, CancellationHeld, "quo.order.task_*"),
];

/// The state machine of a product order.
pub const MACHINE: Machine<OrderState, C> = Machine {
    name: "product order",
    initial: Captured,
    created_by: "quo.order.captured",
    transitions: TRANSITIONS,
};
