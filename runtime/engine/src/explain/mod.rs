//! Explanations: why the answer is what it is, in plain words, with the places in the rules.
//!
//! Nothing about reasons is kept when a quote is decided. It is decided again, on the same plan, with a recorder that
//! notes every test of the source text with the values it saw; exact arithmetic makes it the same decision. The result is
//! plain data, which [`text`] turns into words for a terminal.

mod collect;
mod hidden;
mod places;
mod results;
mod tell;
mod text;
mod why_not;

use quo_model::{OpenError, Package};
use serde::{Deserialize, Serialize};

use crate::answer::{
    ApprovalAnswer, ChargeAnswer, ExtraItemAnswer, Finding, ReservationAnswer, StepAnswer,
    TaskAnswer, Totals,
};
use crate::decide::decide_with;
use crate::limits::{Limits, Stopped};
use crate::nearest::did_you_mean;
use crate::request::Request;

pub use hidden::answer_for;
pub use results::explain_probe;

/// What is to be explained.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ask {
    /// A rule whose absence is to be explained, by its stable id: a discount, a promotion, a floor, a constraint, an
    /// eligibility rule, a price book, a charge, an approval matrix or one of its rows, a task.
    pub why_not: Option<String>,
    /// The roles of whoever reads the explanation: what is hidden from one of them is left out.
    pub viewer: Vec<String>,
}

/// An explained decision: plain data, and text by [`to_text`](Self::to_text).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// Name of the ruleset.
    pub ruleset: String,
    /// Its version.
    pub version: String,
    /// Digest of the package.
    pub digest: String,
    /// The selling date.
    pub date: String,
    /// The length of the contract.
    pub term: String,
    /// Whether nothing blocks the quote.
    pub valid: bool,
    /// What does.
    pub blocking: Vec<Finding>,
    /// What should be looked at.
    pub warnings: Vec<Finding>,
    /// The price books.
    pub books: Vec<ExplainedBook>,
    /// Constraints on the quote itself.
    pub rules: Vec<ExplainedRule>,
    /// The lines.
    pub lines: Vec<ExplainedLine>,
    /// Sums.
    pub totals: Totals,
    /// What promotions give on top of the lines.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub extra_items: Vec<ExtraItemAnswer>,
    /// What is to be kept for adjustments when the quote is accepted.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub reservations: Vec<ReservationAnswer>,
    /// Approval matrices.
    pub approvals: Vec<ExplainedApproval>,
    /// The named results.
    pub results: Vec<ExplainedResult>,
    /// The answer to [`Ask::why_not`].
    pub why_not: Option<WhyNot>,
}

/// A price book that applies or does not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplainedBook {
    /// Stable id.
    pub book: String,
    /// What people see.
    pub title: String,
    /// Whether it applies.
    pub applies: bool,
    /// Why, or why not.
    pub reasons: Vec<String>,
    /// Where it is declared, such as `prices.quo:12`.
    pub place: Option<String>,
}

/// A test of the rules' text with what it saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplainedTest {
    /// Its text, such as `quote.term >= 24 months`.
    pub text: String,
    /// Whether it held.
    pub holds: bool,
    /// What it looked at.
    pub values: Vec<SeenValue>,
    /// Where it stands.
    pub place: Option<String>,
}

/// A value that a test saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenValue {
    /// Its text, such as `quote.term`.
    pub text: String,
    /// The value, such as `12 months`.
    pub value: String,
}

impl ExplainedTest {
    /// The test in words: `quote.term >= 24 months: no, quote.term is 12 months`.
    #[must_use]
    pub fn sentence(&self) -> String {
        let mut sentence = format!("{}: {}", self.text, if self.holds { "yes" } else { "no" });
        for SeenValue { text, value } in &self.values {
            sentence.push_str(&format!(", {text} is {value}"));
        }
        sentence
    }
}

/// A constraint or an eligibility rule on the quote or on an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplainedRule {
    /// Stable id.
    pub rule: String,
    /// `require`, `exclude`, `warn`, `allow` or `eligible`.
    pub kind: String,
    /// Whether what it wants is so.
    pub satisfied: bool,
    /// What it says when it is not.
    pub message: String,
    /// Address of the item in the line; empty for the line's own and for the quote.
    pub item: String,
    /// What it tested.
    pub tests: Vec<ExplainedTest>,
    /// Where it is declared.
    pub place: Option<String>,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplainedLine {
    /// The id the request gave it.
    pub id: String,
    /// The product sold.
    pub product: String,
    /// Its charges with their waterfalls.
    pub charges: Vec<ExplainedCharge>,
    /// Its constraints and eligibility rules.
    pub rules: Vec<ExplainedRule>,
    /// Its tasks, those left out too.
    pub tasks: Vec<ExplainedTask>,
}

/// A charge with its waterfall and everything that lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplainedCharge {
    /// The waterfall.
    pub charge: ChargeAnswer,
    /// How many periods begin within the term; 1 for a one-time charge.
    pub periods: i64,
    /// Where the rows of its prices stand, in their order.
    pub price_places: Vec<Option<String>>,
    /// Every price there could have been, and what came of it.
    pub candidates: Vec<ExplainedCandidate>,
    /// Its steps with their reasons.
    pub steps: Vec<ExplainedStep>,
    /// Adjustments that did not apply.
    pub not_applied: Vec<NotApplied>,
}

/// What came of the prices of a charge in one book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplainedCandidate {
    /// The book.
    pub book: String,
    /// Whether the adjustments start from it.
    pub chosen: bool,
    /// Why, or why not.
    pub reasons: Vec<String>,
    /// Where its row stands, if there is one.
    pub place: Option<String>,
}

/// A step of a waterfall with its reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplainedStep {
    /// The step.
    pub step: StepAnswer,
    /// What it tested.
    pub tests: Vec<ExplainedTest>,
    /// Where it is declared.
    pub place: Option<String>,
}

/// An adjustment that did not apply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotApplied {
    /// Stable id.
    pub rule: String,
    /// What people see.
    pub title: String,
    /// Why not.
    pub reasons: Vec<String>,
    /// Where it is declared.
    pub place: Option<String>,
}

/// An approval matrix with the row that decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplainedApproval {
    /// What it asks for.
    pub approval: ApprovalAnswer,
    /// The values of its columns, as people read them, in the order of the columns.
    pub values: Vec<SeenValue>,
    /// Where the row stands.
    pub place: Option<String>,
}

/// A named result with what it was worked out from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplainedResult {
    /// Its name.
    pub result: String,
    /// What people see.
    pub title: String,
    /// Its value as the answer has it; `null` where it is absent or has no answer.
    pub value: serde_json::Value,
    /// The value in words, or why there is none.
    pub shown: String,
    /// The values that have names on the way to it, and what functions gave, in the order they were worked out.
    pub values: Vec<SeenValue>,
    /// What its conditions tested.
    pub tests: Vec<ExplainedTest>,
    /// Where it is declared.
    pub place: Option<String>,
}

/// A task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplainedTask {
    /// Stable id.
    pub id: String,
    /// The task; `null` if it is left out.
    pub task: Option<TaskAnswer>,
    /// What its condition tested.
    pub tests: Vec<ExplainedTest>,
    /// Where it is declared.
    pub place: Option<String>,
}

/// Why a rule did not apply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhyNot {
    /// Its stable id.
    pub rule: String,
    /// What it is, such as `promotion`.
    pub kind: String,
    /// Where it is declared.
    pub place: Option<String>,
    /// Everything it could have applied to. Empty if there is nothing of the kind in the quote.
    pub subjects: Vec<WhyNotSubject>,
}

/// Something that a rule could have applied to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhyNotSubject {
    /// Id of the line; `null` for the quote.
    pub line: Option<String>,
    /// Address of the item or charge in the line; empty for the quote.
    pub address: String,
    /// Whether it did apply: the adjustment was made, the constraint is satisfied, the book's prices hold, the task takes
    /// place.
    pub applied: bool,
    /// What kept it from applying, or what it did.
    pub reasons: Vec<String>,
}

/// Why there is no explanation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExplainError {
    /// The decision was not finished.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// The source map of the package cannot be used.
    #[error(transparent)]
    SourceMap(#[from] OpenError),
    /// No rule has the id that was asked about.
    #[error("there is no rule `{id}`{}", did_you_mean(nearest))]
    UnknownRule {
        /// What was asked about.
        id: String,
        /// Ids that look like it, the nearest first.
        nearest: Vec<String>,
    },
}

/// Decides again with events recorded, and tells what happened.
///
/// # Errors
/// [`ExplainError`].
pub fn explain(
    package: &Package,
    request: &Request,
    limits: &Limits<'_>,
    ask: &Ask,
) -> Result<Explanation, ExplainError> {
    let map = package.source_map()?;
    let model = package.model();
    let hidden = hidden::Hidden::from_roles(model, &ask.viewer);
    let mut events = collect::Events::new(map, hidden);
    let decision = decide_with(package, request, limits, &mut events)?;
    let mut answer = decision.answer(package);
    events.hidden.answer(model, &mut answer);
    let teller = tell::Teller::new(&decision, model, map, events);
    let why_not = match &ask.why_not {
        Some(id) => Some(teller.why_not(id)?),
        None => None,
    };
    let mut explanation = teller.explanation(answer, why_not);
    hidden::explanation(&teller.hidden, model, &mut explanation);
    Ok(explanation)
}
