//! Decisions without a quote. The body is the engine's request; the answer says what was decided, by which rules, and
//! how to have it decided again.

use super::InQuery;
use crate::error::{AppError, Problem};
use crate::principal::Caller;
use crate::service::decisions::{self, Decided, Wanted};
use crate::state::AppState;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::{BytesRejection, JsonRejection};
use quo_engine::{Answer, ExplainedCharge, Explanation};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

/// What a decision is to say beyond its answer.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExplainQuery {
    /// Whether the explanation is wanted.
    #[serde(default)]
    pub explain: bool,
    /// Id of a rule whose absence is to be explained; implies `explain`.
    #[serde(default)]
    pub why_not: Option<String>,
}

impl ExplainQuery {
    fn wanted(self, caller: &Caller) -> Wanted {
        Wanted {
            explained: self.explain,
            why_not: self.why_not,
            viewer: caller.0.roles.iter().cloned().collect(),
        }
    }
}

/// An explanation as text for people and as data for programs.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ExplanationDocument {
    /// In plain words.
    pub text: String,
    /// The same as data.
    pub data: Value,
}

impl ExplanationDocument {
    pub(crate) fn of(explanation: &Explanation) -> Self {
        Self {
            text: explanation.to_text(false),
            data: serde_json::to_value(explanation).unwrap_or(Value::Null),
        }
    }
}

/// What every decision says, besides its own part in `result`.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DecisionDocument {
    /// Fingerprint of the typed, defaulted request; `null` where a fact is hidden from the caller, as are the other two.
    pub input_fingerprint: Option<String>,
    /// Fingerprint of the whole answer.
    pub output_fingerprint: Option<String>,
    /// The package that decided: digest, ruleset, version, edition of the language.
    pub package: Value,
    /// The rules that took part, each with the version it was taken from.
    pub rule_versions: Value,
    /// Whether nothing blocks.
    pub valid: bool,
    /// What forbids the sale.
    pub blocking_errors: Value,
    /// What should be looked at.
    pub warnings: Value,
    /// Last selling date on which the answer would be the same.
    pub expires_on: Option<String>,
    /// With this, `POST /decisions/replay` decides again.
    pub replay_token: Option<String>,
    /// The part of the answer that was asked for. With prices come `results`, the named results of the rules by their
    /// names: whole numbers as such, other numbers as strings, lists and records as they are, `null` where absent.
    pub result: Value,
    /// Why, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<ExplanationDocument>,
}

impl DecisionDocument {
    fn of(decided: &Decided, result: Value, with_explanation: bool) -> Result<Self, AppError> {
        let evaluation = &decided.evaluation;
        let answer = decided.answer();
        // A token holds the request, and a hash of few possible values is as good as the value.
        let open = |text: &String| decided.redacted.is_none().then(|| text.clone());
        let explanation = decided.explanation.as_ref().filter(|_| with_explanation);
        Ok(Self {
            input_fingerprint: open(&evaluation.request_fingerprint),
            output_fingerprint: open(&evaluation.answer_fingerprint),
            package: serde_json::to_value(&answer.package)?,
            rule_versions: serde_json::to_value(&answer.rules)?,
            valid: answer.valid,
            blocking_errors: serde_json::to_value(&answer.blocking)?,
            warnings: serde_json::to_value(&answer.warnings)?,
            expires_on: answer.expires_on.clone(),
            replay_token: open(&evaluation.replay_token),
            explanation: explanation.map(ExplanationDocument::of),
            result,
        })
    }
}

type Body = Result<Bytes, BytesRejection>;

fn bytes(body: Body) -> Result<Vec<u8>, AppError> {
    body.map(Vec::from)
        .map_err(|rejection| AppError::malformed(rejection.body_text()))
}

async fn decide(
    state: &AppState,
    caller: &Caller,
    query: ExplainQuery,
    body: Body,
    part: impl FnOnce(&Answer) -> Value,
) -> Result<Json<DecisionDocument>, AppError> {
    let decided =
        decisions::evaluate(state, &caller.0.tenant, bytes(body)?, query.wanted(caller)).await?;
    let result = part(decided.answer());
    DecisionDocument::of(&decided, result, true).map(Json)
}

/// Prices a request: the waterfall of every charge, the totals, the named results of the rules, and the approvals it
/// would need.
#[utoipa::path(post, path = "/pricing/calculate", tag = "decisions", params(ExplainQuery), request_body = Value,
    responses((status = 200, body = DecisionDocument), (status = "4XX", body = Problem)))]
pub async fn calculate(
    State(state): State<AppState>,
    caller: Caller,
    InQuery(query): InQuery<ExplainQuery>,
    body: Body,
) -> Result<Json<DecisionDocument>, AppError> {
    decide(&state, &caller, query, body, |answer| {
        let line = |line: &quo_engine::LineAnswer| {
            json!({ "id": line.id, "product": line.product, "charges": line.charges })
        };
        json!({
            "lines": answer.lines.iter().map(line).collect::<Vec<_>>(),
            "totals": answer.totals,
            "results": answer.results,
            "approvals": answer.approvals,
        })
    })
    .await
}

/// Says whether everything in a request may be sold to this customer on this date.
#[utoipa::path(post, path = "/eligibility/evaluate", tag = "decisions", params(ExplainQuery), request_body = Value,
    responses((status = 200, body = DecisionDocument), (status = "4XX", body = Problem)))]
pub async fn eligibility(
    State(state): State<AppState>,
    caller: Caller,
    InQuery(query): InQuery<ExplainQuery>,
    body: Body,
) -> Result<Json<DecisionDocument>, AppError> {
    decide(&state, &caller, query, body, |answer| {
        let line = |line: &quo_engine::LineAnswer| {
            json!({ "id": line.id, "product": line.product, "eligible": line.eligible, "ineligible": line.ineligible })
        };
        json!({
            "eligible": answer.lines.iter().all(|line| line.eligible),
            "lines": answer.lines.iter().map(line).collect::<Vec<_>>(),
        })
    })
    .await
}

/// Says whether a configuration keeps all constraints.
#[utoipa::path(post, path = "/configuration/validate", tag = "decisions", params(ExplainQuery), request_body = Value,
    responses((status = 200, body = DecisionDocument), (status = "4XX", body = Problem)))]
pub async fn configuration(
    State(state): State<AppState>,
    caller: Caller,
    InQuery(query): InQuery<ExplainQuery>,
    body: Body,
) -> Result<Json<DecisionDocument>, AppError> {
    decide(&state, &caller, query, body, |answer| {
        let lines: Vec<_> = answer
            .lines
            .iter()
            .map(|line| (line, violations(line)))
            .collect();
        json!({
            "valid": lines.iter().all(|(_, violations)| violations.is_empty()),
            "lines": lines.iter().map(|(line, violations)| {
                json!({ "id": line.id, "product": line.product, "valid": violations.is_empty(),
                    "violations": violations })
            }).collect::<Vec<_>>(),
        })
    })
    .await
}

/// The constraints a line violates. A price that is missing keeps a line from being sold too, but says nothing of its
/// configuration; it is named after its charge.
fn violations(line: &quo_engine::LineAnswer) -> Vec<&quo_engine::Finding> {
    let of_charge = |rule: &str| line.charges.iter().any(|charge| charge.charge == rule);
    line.violations
        .iter()
        .filter(|violation| !of_charge(&violation.rule))
        .collect()
}

/// Lists, for every charge, the adjustments that apply with what they save, and those that do not with their reasons; for
/// the quote what would apply and does not, what comes on top, what is to be kept for acceptance, and codes that nothing has.
#[utoipa::path(post, path = "/promotions/evaluate", tag = "decisions", params(ExplainQuery), request_body = Value,
    responses((status = 200, body = DecisionDocument), (status = "4XX", body = Problem)))]
pub async fn promotions(
    State(state): State<AppState>,
    caller: Caller,
    InQuery(query): InQuery<ExplainQuery>,
    body: Body,
) -> Result<Json<DecisionDocument>, AppError> {
    let wanted = query.explain || query.why_not.is_some();
    // Why an adjustment did not apply is known only to the explanation.
    let query = ExplainQuery {
        explain: true,
        ..query
    };
    let asked = query.wanted(&caller);
    let decided = decisions::evaluate(&state, &caller.0.tenant, bytes(body)?, asked).await?;
    let answer = decided.answer();
    let of_codes = |finding: &&quo_engine::Finding| finding.rule == "codes";
    let result = json!({
        "lines": decided.explanation.as_ref().map(adjustments),
        "notApplied": answer.not_applied,
        "extraItems": answer.extra_items,
        "reservations": answer.reservations,
        "unknownCodes": answer.warnings.iter().filter(of_codes).collect::<Vec<_>>(),
    });
    DecisionDocument::of(&decided, result, wanted).map(Json)
}

fn adjustments(explanation: &Explanation) -> Vec<Value> {
    let charge = |charge: &ExplainedCharge| {
        let applied: Vec<Value> = charge
            .steps
            .iter()
            .filter(|step| step.step.kind != "floor")
            .map(|step| {
                let reasons: Vec<String> = step.tests.iter().map(|test| test.sentence()).collect();
                json!({ "rule": step.step.rule, "title": step.step.title, "kind": step.step.kind,
                    "saving": step.step.saving, "left": step.step.left, "reasons": reasons, "place": step.place })
            })
            .collect();
        json!({ "path": charge.charge.path, "charge": charge.charge.charge, "applied": applied,
            "notApplied": charge.not_applied })
    };
    explanation
        .lines
        .iter()
        .map(|line| {
            json!({ "id": line.id, "product": line.product,
                "charges": line.charges.iter().map(charge).collect::<Vec<_>>() })
        })
        .collect()
}

/// A token to decide again.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplayRequest {
    /// The token.
    #[schema(example = "qr1.…")]
    pub token: String,
}

/// Decides again what a token stands for, on the package it names, and says whether the answer is the same.
#[utoipa::path(post, path = "/decisions/replay", tag = "decisions", params(ExplainQuery), request_body = ReplayRequest,
    responses((status = 200, body = Value), (status = "4XX", body = Problem)))]
pub async fn replay(
    State(state): State<AppState>,
    caller: Caller,
    InQuery(query): InQuery<ExplainQuery>,
    body: Result<Json<ReplayRequest>, JsonRejection>,
) -> Result<Json<Value>, AppError> {
    let Json(request) = body.map_err(|rejection| AppError::malformed(rejection.body_text()))?;
    let replayed = decisions::replay_token(
        &state,
        &caller.0.tenant,
        &request.token,
        query.wanted(&caller),
    )
    .await?;
    let result = serde_json::to_value(replayed.decided.answer())?;
    let decision = DecisionDocument::of(&replayed.decided, result, true)?;
    Ok(Json(json!({ "same": replayed.same, "decision": decision })))
}
