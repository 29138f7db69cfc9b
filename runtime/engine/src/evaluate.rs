//! From the bytes of a request to everything a service keeps of its evaluation.

use quo_model::Package;

use crate::answer::Answer;
use crate::decide::{Decision, decide};
use crate::fingerprint::fingerprint;
use crate::limits::{Limits, Stopped};
use crate::request::{Refused, Request, read_request};
use crate::token::ReplayToken;

/// A request with its decision and their fingerprints.
#[derive(Debug, Clone)]
pub struct Evaluation {
    /// The typed request with all defaults.
    pub request: Request,
    /// The decision.
    pub decision: Decision,
    /// What it says.
    pub answer: Answer,
    /// Fingerprint of the canonical request.
    pub request_fingerprint: String,
    /// Fingerprint of the answer.
    pub answer_fingerprint: String,
    /// Text from which the evaluation can be repeated, see [`replay`](crate::replay).
    pub replay_token: String,
}

/// Why there is no evaluation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvaluateError {
    /// The request cannot be read.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The decision was not finished.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// Reads a request, decides, answers, and takes the fingerprints.
///
/// # Errors
/// [`EvaluateError::Refused`] with everything that is wrong with the request; [`EvaluateError::Stopped`] where the limits
/// did not let the decision end. What the rules object to is not an error but part of the answer.
pub fn evaluate(
    package: &Package,
    json: &[u8],
    limits: &Limits<'_>,
) -> Result<Evaluation, EvaluateError> {
    let request = read_request(package, json)?;
    let decision = decide(package, &request, limits)?;
    let answer = decision.answer(package);
    let canonical = request.canonical(package);
    let answer_fingerprint = fingerprint(&answer);
    let token = ReplayToken::new(package.digest(), &answer_fingerprint, &canonical);
    Ok(Evaluation {
        request_fingerprint: fingerprint(&canonical),
        replay_token: token.to_string(),
        request,
        decision,
        answer,
        answer_fingerprint,
    })
}
