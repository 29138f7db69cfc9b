//! What has happened to an order and its tasks.

use crate::event::events;
use crate::ids::{OrderId, TaskId};
use crate::quote::{Acceptance, Commitment};
use crate::snapshot::TaskPlan;
use crate::task::{Finding, TaskState};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

events! {
    /// An event of an order.
    pub enum OrderEvent {
        /// The order exists, with everything that was promised.
        OrderCaptured = "quo.order.captured" v 1,
        /// Execution was asked for.
        OrderSubmitted = "quo.order.submitted" v 1,
        /// It carries what was accepted.
        OrderValidated = "quo.order.validated" v 1,
        /// It does not carry what was accepted.
        OrderValidationFailed = "quo.order.validation_failed" v 1,
        /// Its tasks exist.
        OrderDecomposed = "quo.order.decomposed" v 1,
        /// A task may be started.
        TaskReleased = "quo.order.task_released" v 1,
        /// A try of a task began.
        TaskStarted = "quo.order.task_started" v 1,
        /// A task is done.
        TaskCompleted = "quo.order.task_completed" v 1,
        /// A try failed, another will follow.
        TaskRetryScheduled = "quo.order.task_retry_scheduled" v 1,
        /// A task failed for good.
        TaskFailed = "quo.order.task_failed" v 1,
        /// A try gave no answer.
        TaskOutcomeUnknown = "quo.order.task_outcome_unknown" v 1,
        /// The downstream system is being asked what became of a task.
        TaskReconciliationBegun = "quo.order.task_reconciliation_begun" v 1,
        /// The downstream system said what became of a task.
        TaskReconciled = "quo.order.task_reconciled" v 1,
        /// A person gave a failed task one more try.
        TaskRetried = "quo.order.task_retried" v 1,
        /// A person left a task out.
        TaskSkipped = "quo.order.task_skipped" v 1,
        /// A task failed for good: the order needs a person.
        OrderHeld = "quo.order.held" v 1,
        /// No task is failed any more.
        OrderResumed = "quo.order.resumed" v 1,
        /// Every task is completed or left out.
        OrderCompleted = "quo.order.completed" v 1,
        /// It was cancelled: nothing was done, or what was done is undone.
        OrderCancelled = "quo.order.cancelled" v 1,
        /// It is to be cancelled, once what was done is undone.
        OrderCancellationBegun = "quo.order.cancellation_begun" v 1,
        /// Something could not be undone: the cancellation needs a person.
        OrderCancellationHeld = "quo.order.cancellation_held" v 1,
        /// No undo is failed any more.
        OrderCancellationResumed = "quo.order.cancellation_resumed" v 1,
        /// A try to undo a task began.
        TaskCompensationStarted = "quo.order.task_compensation_started" v 1,
        /// A task is undone.
        TaskCompensationCompleted = "quo.order.task_compensation_completed" v 1,
        /// A try to undo a task failed, another will follow.
        TaskCompensationRetryScheduled = "quo.order.task_compensation_retry_scheduled" v 1,
        /// A task could not be undone.
        TaskCompensationFailed = "quo.order.task_compensation_failed" v 1,
        /// A try to undo a task gave no answer.
        TaskCompensationOutcomeUnknown = "quo.order.task_compensation_outcome_unknown" v 1,
        /// The downstream system is being asked whether a task is undone.
        TaskCompensationReconciliationBegun = "quo.order.task_compensation_reconciliation_begun" v 1,
        /// The downstream system said whether a task is undone.
        TaskCompensationReconciled = "quo.order.task_compensation_reconciled" v 1,
        /// A person asked for one more try to undo a task.
        TaskCompensationRetried = "quo.order.task_compensation_retried" v 1,
        /// A person left a task done that could not be undone.
        TaskCompensationSkipped = "quo.order.task_compensation_skipped" v 1,
    }
}

/// Declares the payload structs: each begins with the order.
macro_rules! payloads {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        pub struct $name {
            /// The order.
            pub order: OrderId,
            $($(#[$field_doc])* pub $field: $type,)*
        }
    )*};
}

payloads! {
    /// Payload of `quo.order.captured`.
    OrderCaptured {
        /// Everything that was promised, copied whole.
        commitment: Box<Commitment>,
        /// The acceptance it rests on.
        acceptance: Acceptance,
    }
    /// Payload of `quo.order.submitted`.
    OrderSubmitted {
        /// Fingerprint of everything that was promised.
        commitment_fingerprint: String,
    }
    /// Payload of `quo.order.validated`.
    OrderValidated {
        /// Fingerprint that was found.
        commitment_fingerprint: String,
    }
    /// Payload of `quo.order.validation_failed`.
    OrderValidationFailed {
        /// What does not hold, in words.
        problem: String,
    }
    /// Payload of `quo.order.decomposed`.
    OrderDecomposed {
        /// The tasks, each with its line and fulfilment rule.
        tasks: Vec<PlannedTask>,
    }
    /// Payload of `quo.order.task_released`.
    TaskReleased {
        /// The task.
        task: TaskId,
    }
    /// Payload of `quo.order.task_started`.
    TaskStarted {
        /// The task.
        task: TaskId,
        /// The try, counted from 1.
        attempt: u32,
        /// When.
        at: Timestamp,
        /// When it must have answered.
        deadline: Timestamp,
    }
    /// Payload of `quo.order.task_completed`.
    TaskCompleted {
        /// The task.
        task: TaskId,
        /// The try, counted from 1.
        attempt: u32,
        /// What the downstream system calls the result.
        reference: Option<String>,
    }
    /// Payload of `quo.order.task_retry_scheduled`.
    TaskRetryScheduled {
        /// The task.
        task: TaskId,
        /// The try that failed, counted from 1.
        attempt: u32,
        /// What went wrong, in words.
        detail: String,
        /// The next try begins no earlier.
        not_before: Timestamp,
    }
    /// Payload of `quo.order.task_failed`.
    TaskFailed {
        /// The task.
        task: TaskId,
        /// The try that failed, counted from 1.
        attempt: u32,
        /// What went wrong, in words.
        detail: String,
    }
    /// Payload of `quo.order.task_outcome_unknown`.
    TaskOutcomeUnknown {
        /// The task.
        task: TaskId,
        /// The try that gave no answer, counted from 1.
        attempt: u32,
        /// Whether the platform itself stopped while the call was under way.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        interrupted: bool,
        /// What was seen instead of an answer, in words.
        detail: String,
    }
    /// Payload of `quo.order.task_reconciliation_begun`.
    TaskReconciliationBegun {
        /// The task.
        task: TaskId,
        /// How often it has been asked for, counted from 1.
        inquiry: u32,
    }
    /// Payload of `quo.order.task_reconciled`.
    TaskReconciled {
        /// The task.
        task: TaskId,
        /// What the downstream system said.
        finding: Finding,
        /// The state it leads to.
        to: TaskState,
        /// The next try begins no earlier, if there is one.
        not_before: Option<Timestamp>,
    }
    /// Payload of `quo.order.task_retried`.
    TaskRetried {
        /// The task.
        task: TaskId,
        /// Tries it is allowed from now on.
        tries_allowed: u32,
    }
    /// Payload of `quo.order.task_skipped`.
    TaskSkipped {
        /// The task.
        task: TaskId,
        /// The state it was in.
        from: TaskState,
    }
    /// Payload of `quo.order.held`.
    OrderHeld {
        /// The tasks that failed for good.
        failed: Vec<TaskId>,
    }
    /// Payload of `quo.order.resumed`.
    OrderResumed {
        /// The task that was repaired.
        task: TaskId,
    }
    /// Payload of `quo.order.completed`.
    OrderCompleted {
        /// When.
        at: Timestamp,
    }
    /// Payload of `quo.order.cancelled`.
    OrderCancelled {
        /// The state it was in.
        from: crate::order::OrderState,
    }
}

payloads! {
    /// Payload of `quo.order.cancellation_begun`.
    OrderCancellationBegun {
        /// The state it was in.
        from: crate::order::OrderState,
        /// The tasks that were not begun and never will be.
        withdrawn: Vec<TaskId>,
    }
    /// Payload of `quo.order.cancellation_held`.
    OrderCancellationHeld {
        /// The tasks that could not be undone.
        failed: Vec<TaskId>,
    }
    /// Payload of `quo.order.cancellation_resumed`.
    OrderCancellationResumed {
        /// The task that was repaired.
        task: TaskId,
    }
    /// Payload of `quo.order.task_compensation_started`.
    TaskCompensationStarted {
        /// The task.
        task: TaskId,
        /// What undoes it, in the words of its rule.
        operation: String,
        /// The try to undo it, counted from 1.
        attempt: u32,
        /// When.
        at: Timestamp,
        /// When it must have answered.
        deadline: Timestamp,
    }
    /// Payload of `quo.order.task_compensation_completed`.
    TaskCompensationCompleted {
        /// The task.
        task: TaskId,
        /// The try to undo it, counted from 1.
        attempt: u32,
    }
    /// Payload of `quo.order.task_compensation_retry_scheduled`.
    TaskCompensationRetryScheduled {
        /// The task.
        task: TaskId,
        /// The try that failed, counted from 1.
        attempt: u32,
        /// What went wrong, in words.
        detail: String,
        /// The next try begins no earlier.
        not_before: Timestamp,
    }
    /// Payload of `quo.order.task_compensation_failed`.
    TaskCompensationFailed {
        /// The task.
        task: TaskId,
        /// The try that failed, counted from 1.
        attempt: u32,
        /// What went wrong, in words.
        detail: String,
    }
    /// Payload of `quo.order.task_compensation_outcome_unknown`.
    TaskCompensationOutcomeUnknown {
        /// The task.
        task: TaskId,
        /// The try that gave no answer, counted from 1.
        attempt: u32,
        /// What was seen instead of an answer, in words.
        detail: String,
    }
    /// Payload of `quo.order.task_compensation_reconciliation_begun`.
    TaskCompensationReconciliationBegun {
        /// The task.
        task: TaskId,
        /// How often it has been asked for, counted from 1.
        inquiry: u32,
    }
    /// Payload of `quo.order.task_compensation_reconciled`.
    TaskCompensationReconciled {
        /// The task.
        task: TaskId,
        /// What the downstream system said.
        finding: Finding,
        /// The state it leads to.
        to: TaskState,
        /// The next try begins no earlier, if there is one.
        not_before: Option<Timestamp>,
    }
    /// Payload of `quo.order.task_compensation_retried`.
    TaskCompensationRetried {
        /// The task.
        task: TaskId,
        /// Tries to undo it that are allowed from now on.
        tries_allowed: u32,
    }
    /// Payload of `quo.order.task_compensation_skipped`.
    TaskCompensationSkipped {
        /// The task.
        task: TaskId,
    }
}

/// A task as the decomposition made it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlannedTask {
    /// Unique within the order.
    pub id: TaskId,
    /// Its plan, copied from the accepted snapshot.
    pub plan: TaskPlan,
    /// What makes every try of it the same thing to the downstream system.
    pub external_key: String,
}
