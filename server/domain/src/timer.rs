//! Durable timers: what a decision asks the store to remember.
//!
//! A decision never waits. It says when something is due; the store keeps that in the transaction
//! of the events, and the service sends the command of the timer's kind when it is due. A timer
//! that fires late or twice is harmless, since the command meets the state machine like any other.

use crate::ids::{StreamId, TimerId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Why a timer was set, and with it the command to send when it is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TimerKind {
    /// A quote's last day has passed: send `expire`.
    QuoteExpiry {
        /// The revision that expires.
        revision: crate::ids::RevisionNo,
    },
    /// An approval step was not answered in time: send `escalate`.
    ApprovalDeadline {
        /// The revision under approval.
        revision: crate::ids::RevisionNo,
        /// The approval case, counted from 1.
        case: u32,
    },
    /// A started task gave no answer in time: send `outcome unknown`.
    TaskDeadline {
        /// The task.
        task: crate::ids::TaskId,
    },
    /// A task may be tried again: send `start task`.
    RetryBackoff {
        /// The task.
        task: crate::ids::TaskId,
    },
    /// A task's unknown outcome is to be looked up: send `begin reconciliation`.
    Reconciliation {
        /// The task.
        task: crate::ids::TaskId,
    },
}

/// A change of the timers that belongs to the events decided with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimerIntent {
    /// Sets the timer, replacing one with the same id.
    Set {
        /// Unique per tenant.
        id: TimerId,
        /// When it is due.
        due: Timestamp,
        /// The aggregate to send the command to.
        stream: StreamId,
        /// Which command to send.
        kind: TimerKind,
    },
    /// Clears the timer; nothing happens when there is none.
    Clear {
        /// The timer's id.
        id: TimerId,
    },
}

/// A timer as the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timer {
    /// Unique per tenant.
    pub id: TimerId,
    /// When it is due.
    pub due: Timestamp,
    /// The aggregate to send the command to.
    pub stream: StreamId,
    /// Which command to send.
    pub kind: TimerKind,
}
