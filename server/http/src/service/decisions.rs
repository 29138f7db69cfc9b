//! Decisions without a quote: route a request to its package, evaluate, explain, replay.

use crate::error::AppError;
use crate::packages::blocking;
use crate::ports::Stopwatch;
use crate::state::AppState;
use quo_domain::ids::TenantId;
use quo_engine::{
    Answer, Ask, Evaluation, Explanation, Limits, Package, ReplayToken, answer_for,
    evaluate as decide, explain, replay,
};
use serde::Deserialize;
use std::convert::Infallible;

/// An evaluation with the package that made it and, where it was asked for, its explanation.
#[derive(Debug, Clone)]
pub struct Decided {
    /// The package.
    pub package: Package,
    /// Request, answer, fingerprints, token.
    pub evaluation: Evaluation,
    /// Why, as the viewer may see it.
    pub explanation: Option<Explanation>,
    /// The answer as the viewer may see it, where something is hidden from them.
    pub redacted: Option<Answer>,
}

impl Decided {
    /// The answer as the viewer may see it.
    #[must_use]
    pub fn answer(&self) -> &Answer {
        self.redacted.as_ref().unwrap_or(&self.evaluation.answer)
    }
}

/// What is to be said of a decision, and to whom.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Whether an explanation is wanted.
    pub explained: bool,
    /// A rule whose absence is to be explained.
    pub why_not: Option<String>,
    /// The roles of whoever sees it.
    pub viewer: Vec<String>,
}

/// A repeated evaluation.
#[derive(Debug, Clone)]
pub struct Replayed {
    /// The evaluation, made again.
    pub decided: Decided,
    /// Whether the answer is the one the token was made for.
    pub same: bool,
}

/// The parts of a request that choose the package.
#[derive(Debug, Deserialize)]
struct Routing {
    ruleset: String,
    facts: RoutingFacts,
}

#[derive(Debug, Deserialize)]
struct RoutingFacts {
    quote: RoutingQuote,
}

#[derive(Debug, Deserialize)]
struct RoutingQuote {
    date: String,
}

/// Evaluates a request on the package that is in effect for its ruleset and selling date.
///
/// # Errors
/// [`AppError`] when the request cannot be read or routed.
pub async fn evaluate(
    state: &AppState,
    tenant: &TenantId,
    request: Vec<u8>,
    wanted: Wanted,
) -> Result<Decided, AppError> {
    let routing: Routing = serde_json::from_slice(&request).map_err(|error| {
        AppError::malformed(format!(
            "a decision needs `ruleset` and `facts.quote.date` to choose its package: {error}"
        ))
    })?;
    let package = state
        .packages
        .route(
            &*state.store,
            tenant,
            &routing.ruleset,
            &routing.facts.quote.date,
        )
        .await?;
    let decided = evaluate_on(state, package, request, wanted).await?;
    state
        .packages
        .note_token(&*state.store, tenant, decided.package.digest())
        .await?;
    Ok(decided)
}

/// Evaluates a request on a given package.
///
/// # Errors
/// [`AppError`] when the rules cannot read the request.
pub async fn evaluate_on(
    state: &AppState,
    package: Package,
    request: Vec<u8>,
    wanted: Wanted,
) -> Result<Decided, AppError> {
    let metrics = std::sync::Arc::clone(&state.metrics);
    blocking(move || {
        let watch = Stopwatch::start();
        let evaluation = decide(&package, &request, &Limits::default());
        metrics.decided(watch.elapsed(), evaluation.is_ok());
        let evaluation = evaluation?;
        shown(package, evaluation, wanted)
    })
    .await?
}

/// Makes the evaluation of a token again, on the package it names.
///
/// # Errors
/// [`AppError`] when the token cannot be read or the tenant has no such package.
pub async fn replay_token(
    state: &AppState,
    tenant: &TenantId,
    token: &str,
    wanted: Wanted,
) -> Result<Replayed, AppError> {
    let named = ReplayToken::parse(token)
        .map_err(AppError::malformed)?
        .package();
    // Packages lie in one folder for all tenants; a token opens none that its tenant never had.
    if !state
        .store
        .packages_in_use(tenant)
        .await?
        .contains(&named.to_string())
    {
        return Err(AppError::not_found("package", &named.to_string()));
    }
    let package = state.packages.get(named).await?;
    let token = token.to_owned();
    blocking(move || {
        let found = replay(
            &token,
            |_| Ok::<_, Infallible>(&package),
            &Limits::default(),
        )?;
        Ok(Replayed {
            same: found.same,
            decided: shown(package, found.evaluation, wanted)?,
        })
    })
    .await?
}

/// An evaluation with what its viewer wants to see of it.
fn shown(package: Package, evaluation: Evaluation, wanted: Wanted) -> Result<Decided, AppError> {
    let limits = Limits::default();
    let redacted = answer_for(&package, &evaluation, &limits, &wanted.viewer)?;
    let ask = (wanted.explained || wanted.why_not.is_some()).then_some(Ask {
        why_not: wanted.why_not,
        viewer: wanted.viewer,
    });
    let explanation = ask
        .map(|ask| explain(&package, &evaluation.request, &limits, &ask))
        .transpose()?;
    Ok(Decided {
        package,
        evaluation,
        explanation,
        redacted,
    })
}
