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
    /// Whether one person may decide only once in all that this rule asks for.
    #[serde(default, skip_serializing_if = "is_false")]
    pub never_twice: bool,
    /// Whether an approver may hand a decision on to somebody else.
    #[serde(default, skip_serializing_if = "is_false")]
    pub delegation: bool,
    /// The role that is asked in the place of a step that does not answer in time; the next step where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goes_up_to: Option<String>,
    /// What makes an approval of an earlier revision be asked for again; every revision is where nothing is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ask_again: Vec<Worsening>,
}

/// A value that an approval was given for, and what counts as worse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Worsening {
    /// What it is called.
    pub column: String,
    /// What counts as worse.
    pub worse: Worse,
    /// The value as a whole number that rises and falls with it.
    pub ordinal: i64,
}

/// What makes a value worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Worse {
    /// A larger one.
    Rises,
    /// A smaller one.
    Falls,
    /// Any other one.
    Changes,
}

impl ApprovalNeed {
    /// Whether what was approved for `before` still holds for this: the same rule asks the same people, and no value
    /// that counts got worse.
    #[must_use]
    pub fn is_covered_by(&self, before: &Self) -> bool {
        let asks_the_same =
            self.rule == before.rule && self.steps == before.steps && self.any_of == before.any_of;
        let is_worse = |now: &Worsening| {
            let then = before.ask_again.iter().find(|it| it.column == now.column);
            then.is_none_or(|then| match now.worse {
                Worse::Rises => now.ordinal > then.ordinal,
                Worse::Falls => now.ordinal < then.ordinal,
                Worse::Changes => now.ordinal != then.ordinal,
            })
        };
        asks_the_same && !self.ask_again.is_empty() && !self.ask_again.iter().any(is_worse)
    }
}

/// For serde: what is not said when it does not hold.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature serde asks for"
)]
fn is_false(value: &bool) -> bool {
    !*value
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
    /// Minutes to wait after the first try that failed; the platform's own wait where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting_minutes: Option<u32>,
    /// Whether each further wait is twice as long.
    #[serde(default, skip_serializing_if = "is_false")]
    pub doubling: bool,
    /// Whether the order is no longer cancelled once this task has started, whoever asks.
    #[serde(default, skip_serializing_if = "is_false")]
    pub cut_off: bool,
    /// The task that undoes it.
    pub undo: Option<String>,
    /// What the downstream system is told.
    pub payload: Value,
}
