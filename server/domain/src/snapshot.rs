//! The priced commitment: what the engine answered, kept whole.
//!
//! The domain compares fingerprints and reads the few fields its guards need; it never computes a
//! price and never asks for one. Once accepted, a snapshot travels unchanged into the order.

use crate::time::{TimeError, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One evaluated request with its answer, and what follows from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PricedSnapshot {
    /// Digest of the package that decided, in hexadecimal.
    pub package: String,
    /// Name of the ruleset.
    pub ruleset: String,
    /// Version of the ruleset.
    pub ruleset_version: String,
    /// The selling date the package was chosen for, `2026-07-02`.
    pub selling_date: String,
    /// The typed, defaulted request.
    pub request: Value,
    /// The whole answer.
    pub answer: Value,
    /// The engine's fingerprint of the request.
    pub request_fingerprint: String,
    /// The engine's fingerprint of the answer: what an acceptance must name.
    pub answer_fingerprint: String,
    /// With this the engine gives the same answer again.
    pub replay_token: String,
    /// Whether configuration and eligibility hold.
    pub valid: bool,
    /// What forbids the sale, in words.
    pub blocking: Vec<String>,
    /// What should be looked at, in words.
    pub warnings: Vec<String>,
    /// Who must approve.
    pub approvals: Vec<ApprovalNeed>,
    /// What fulfilment will do.
    pub tasks: Vec<TaskPlan>,
    /// Last day the price may be accepted, `2026-07-02`, in UTC.
    pub expires_on: Option<String>,
}

impl PricedSnapshot {
    /// The first instant at which the price may no longer be accepted, if there is one.
    ///
    /// # Errors
    /// [`TimeError::NotADate`] when the last day is not a date.
    pub fn expires_at(&self) -> Result<Option<Timestamp>, TimeError> {
        self.expires_on
            .as_deref()
            .map(Timestamp::end_of_day)
            .transpose()
    }

    /// The approvals that need at least one person.
    pub fn needed_approvals(&self) -> impl Iterator<Item = &ApprovalNeed> {
        self.approvals
            .iter()
            .filter(|need| need.steps.iter().any(|group| !group.is_empty()))
    }
}

/// An approval that a row of an approval matrix asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApprovalNeed {
    /// The approval rule's id.
    pub rule: String,
    /// The matched row's id.
    pub row: String,
    /// The steps in sequence; the roles of one step approve in any order, all of them unless
    /// [`any_of`](Self::any_of) says otherwise.
    pub steps: Vec<Vec<String>>,
    /// The steps, counted from 1 among those that have roles, for which one role is enough; sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub any_of: Vec<u32>,
    /// Minutes each step has to answer.
    pub within_minutes: Option<u32>,
    /// Whether whoever made the offer may not approve it.
    pub never_requester: bool,
}

/// A task of the fulfilment plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TaskPlan {
    /// Unique within the plan.
    pub id: String,
    /// The quote line it fulfils.
    pub line: String,
    /// The id of the fulfilment rule's task that asked for it.
    pub task: String,
    /// The downstream system that does it.
    pub system: String,
    /// Ids of the tasks that must be completed before.
    pub after: Vec<String>,
    /// How often it may be tried, at least 1.
    pub tries: u32,
    /// Minutes after the first start within which another try may begin.
    pub within_minutes: Option<u32>,
    /// The task that undoes it.
    pub undo: Option<String>,
    /// What the downstream system is told.
    pub payload: Value,
}
