//! Evaluate a request on a package: decision, trace, explanation, fingerprints, replay.
//!
//! One request, one immutable package, one answer. There is no clock, no randomness and no I/O in here, and nothing of
//! HTTP or of the compiler: whoever has the bytes of both gets the same answer, today and in ten years.
//!
//! ```text
//!   JSON ──read_request──▶ Request ──decide──▶ Decision ──answer──▶ Answer ──▶ fingerprint
//!                             │                   │
//!                             └─── explain: the same plan again, with events recorded ──▶ Explanation
//! ```
//!
//! A [`Decision`] keeps one outcome for each rule, price candidate and adjustment, the chosen rows and the amounts. Why a
//! test failed is not kept: [`explain`] decides again on the same plan with a recorder that listens, which exact
//! arithmetic makes the same decision.
#![deny(clippy::arithmetic_side_effects)]

mod answer;
mod charges;
mod computed;
mod decide;
mod evaluate;
mod explain;
mod fingerprint;
mod frame;
mod interpret;
mod limits;
mod nearest;
mod record;
mod request;
mod show;
mod token;

pub use answer::{
    Answer, ApprovalAnswer, ApprovalStepAnswer, ChargeAnswer, ChargeRef, ClauseAnswer,
    ExtraItemAnswer, Finding, FulfilmentAnswer, ItemAnswer, LineAnswer, ListNet, NotAppliedAnswer,
    OverriddenAnswer, PackageRef, PeriodTotal, PriceAnswer, ReservationAnswer, RuleVersion,
    StepAnswer, TaskAnswer, Totals, WorseningAnswer,
};
pub use computed::Computed;
pub use decide::{Decision, decide, probe, probes};
pub use evaluate::{EvaluateError, Evaluation, evaluate};
pub use explain::{
    Ask, ExplainError, ExplainedApproval, ExplainedBook, ExplainedCandidate, ExplainedCharge,
    ExplainedLine, ExplainedResult, ExplainedRule, ExplainedStep, ExplainedTask, ExplainedTest,
    Explanation, NotApplied, SeenValue, WhyNot, WhyNotSubject, answer_for, explain, explain_probe,
};
pub use fingerprint::fingerprint;
pub use limits::{Limits, Stopped};
pub use quo_model::{Digest, Package};
pub use request::{Problem, Refused, Request, read_request, request_schema};
pub use token::{Replay, ReplayError, ReplayToken, TokenError, replay};

#[cfg(test)]
#[path = "../tests/shop/mod.rs"]
mod shop;
