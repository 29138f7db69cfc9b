//! The documents that go over the wire, shared by the connector and the simulators.
//!
//! `docs/downstream.md` describes them for the owners of real systems. Members that are not known here are ignored, so
//! that a system may say more.

use serde::{Deserialize, Serialize};

/// The header that names an operation; the same for every try of it.
pub const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// State of an operation in a downstream system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OperationStatus {
    /// Taken on, not done.
    InProgress,
    /// Done.
    Completed,
    /// Refused or failed for good.
    Failed,
    /// Done and then undone.
    Undone,
}

/// What a system says about an operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationReport {
    /// Its state.
    pub status: OperationStatus,
    /// What the system calls the result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl OperationReport {
    /// A report of a state without reference or reason.
    #[must_use]
    pub const fn of(status: OperationStatus) -> Self {
        Self {
            status,
            reference: None,
            reason: None,
        }
    }
}

/// The parts of an RFC 9457 problem document that are read here.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Problem {
    /// What kind of problem, in a few words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What went wrong this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}
