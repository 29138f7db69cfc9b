//! Explanations: why the answer is what it is, in plain words, with the places in the rules.

use serde::{Deserialize, Serialize};

use quo_model::Package;

use crate::limits::{Limits, Stopped};
use crate::request::Request;

/// What is to be explained.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ask {
    /// A rule, by its stable id, whose absence is to be explained: a discount, a promotion, a constraint, an approval, a
    /// price book, an eligibility rule or a task.
    pub why_not: Option<String>,
}

/// An explained decision: plain data, and text by [`to_text`](Self::to_text).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {}

impl Explanation {
    /// The explanation in plain words, for a terminal if `color`.
    #[must_use]
    pub fn to_text(&self, color: bool) -> String {
        let _ = color;
        String::new()
    }
}

/// Why there is no explanation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExplainError {
    /// The decision was not finished.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// No rule has the id that was asked about.
    #[error("there is no rule `{id}`{}", did_you_mean(nearest))]
    UnknownRule {
        /// What was asked about.
        id: String,
        /// Ids that look like it, the nearest first.
        nearest: Vec<String>,
    },
}

fn did_you_mean(nearest: &[String]) -> String {
    match nearest {
        [] => String::new(),
        names => format!("; did you mean `{}`?", names.join("`, `")),
    }
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
    let _ = (package, request, limits, ask);
    Ok(Explanation {})
}
