//! What can be asked of an order, as its callers say it.

use crate::ids::TaskId;
use crate::machine::names;
use crate::task::{Finding, TaskVerb};
use serde::{Deserialize, Serialize};

names! {
    /// The commands of an order's state machine.
    pub enum OrderVerb {
        /// Asks for execution.
        Submit = "submit",
        /// Checks that the order carries what was accepted.
        Validate = "validate",
        /// Creates the tasks of the accepted plan.
        Decompose = "decompose",
        /// Begins, ends, reconciles a task; see [`TaskVerb`].
        WorkOnTask = "work on task",
        /// A person retries or skips a task; see [`TaskVerb`].
        RepairTask = "repair task",
        /// Ends the order before anything was done.
        Cancel = "cancel",
    }
}

/// A command to an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all_fields = "camelCase")]
pub enum OrderCommand {
    /// See [`OrderVerb::Submit`].
    #[serde(rename = "submit")]
    Submit,
    /// See [`OrderVerb::Validate`].
    #[serde(rename = "validate")]
    Validate,
    /// See [`OrderVerb::Decompose`].
    #[serde(rename = "decompose")]
    Decompose,
    /// See [`OrderVerb::Cancel`].
    #[serde(rename = "cancel")]
    Cancel,
    /// See [`TaskVerb::Start`].
    #[serde(rename = "start task")]
    StartTask {
        /// The task.
        task: TaskId,
        /// Milliseconds the try has to answer, at least 1.
        timeout_ms: u32,
    },
    /// See [`TaskVerb::Complete`].
    #[serde(rename = "complete task")]
    CompleteTask {
        /// The task.
        task: TaskId,
        /// The try that answered, counted from 1.
        attempt: u32,
        /// What the downstream system calls the result.
        reference: Option<String>,
    },
    /// See [`TaskVerb::Fail`].
    #[serde(rename = "fail task")]
    FailTask {
        /// The task.
        task: TaskId,
        /// The try that answered, counted from 1.
        attempt: u32,
        /// Whether the same call may succeed later.
        may_pass: bool,
        /// What went wrong, in words.
        detail: String,
    },
    /// See [`TaskVerb::OutcomeUnknown`].
    #[serde(rename = "outcome unknown")]
    TaskOutcomeUnknown {
        /// The task.
        task: TaskId,
        /// The try that gave no answer, counted from 1.
        attempt: u32,
        /// Whether the platform itself stopped while the call was under way.
        #[serde(default)]
        interrupted: bool,
        /// What was seen instead of an answer, in words.
        detail: String,
    },
    /// See [`TaskVerb::BeginReconciliation`].
    #[serde(rename = "begin reconciliation")]
    BeginReconciliation {
        /// The task.
        task: TaskId,
    },
    /// See [`TaskVerb::Reconcile`].
    #[serde(rename = "reconcile task")]
    ReconcileTask {
        /// The task.
        task: TaskId,
        /// What the downstream system said.
        #[serde(flatten)]
        finding: Finding,
    },
    /// See [`TaskVerb::Retry`].
    #[serde(rename = "retry task")]
    RetryTask {
        /// The task.
        task: TaskId,
    },
    /// See [`TaskVerb::Skip`].
    #[serde(rename = "skip task")]
    SkipTask {
        /// The task.
        task: TaskId,
    },
}

impl OrderCommand {
    /// The command of the order's state machine.
    #[must_use]
    pub const fn verb(&self) -> OrderVerb {
        match self {
            Self::Submit => OrderVerb::Submit,
            Self::Validate => OrderVerb::Validate,
            Self::Decompose => OrderVerb::Decompose,
            Self::Cancel => OrderVerb::Cancel,
            Self::RetryTask { .. } | Self::SkipTask { .. } => OrderVerb::RepairTask,
            Self::StartTask { .. }
            | Self::CompleteTask { .. }
            | Self::FailTask { .. }
            | Self::TaskOutcomeUnknown { .. }
            | Self::BeginReconciliation { .. }
            | Self::ReconcileTask { .. } => OrderVerb::WorkOnTask,
        }
    }

    /// The task it is about and the command of the task's state machine, if it is about one.
    #[must_use]
    pub const fn task(&self) -> Option<(&TaskId, TaskVerb)> {
        Some(match self {
            Self::Submit | Self::Validate | Self::Decompose | Self::Cancel => return None,
            Self::StartTask { task, .. } => (task, TaskVerb::Start),
            Self::CompleteTask { task, .. } => (task, TaskVerb::Complete),
            Self::FailTask { task, .. } => (task, TaskVerb::Fail),
            Self::TaskOutcomeUnknown { task, .. } => (task, TaskVerb::OutcomeUnknown),
            Self::BeginReconciliation { task } => (task, TaskVerb::BeginReconciliation),
            Self::ReconcileTask { task, .. } => (task, TaskVerb::Reconcile),
            Self::RetryTask { task } => (task, TaskVerb::Retry),
            Self::SkipTask { task } => (task, TaskVerb::Skip),
        })
    }
}
