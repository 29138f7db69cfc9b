//! Commands to quotes and questions about them.

use super::decisions::ExplanationDocument;
use super::events::envelopes;
use super::{InPath, InQuery};
use crate::envelope::{Answered, CommandAnswer, Envelope, Sent};
use crate::error::{AppError, Problem};
use crate::principal::Caller;
use crate::service::decisions;
use crate::service::quotes::{self, Asked, LoadedQuote};
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use quo_domain::fingerprint;
use quo_domain::ids::{ActorId, LineId, QuoteId, RevisionNo};
use quo_domain::machine::Name;
use quo_domain::quote::{Header, QuoteAction, QuoteLine};
use quo_domain::{Actor, ActorKind};
use quo_store::ListFilter;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

/// What a quote is about.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HeaderPayload {
    /// The customer's account.
    #[schema(example = "A-1")]
    pub account: String,
    /// The ruleset that decides.
    #[schema(example = "acme.cloud")]
    pub ruleset: String,
    /// The day the sale is made for; it chooses the package.
    #[schema(example = "2026-07-15")]
    pub selling_date: String,
    /// Facts of the request by group, as the ruleset declares them. `quote.date` is the selling date and may be left
    /// out.
    #[serde(default)]
    pub facts: Value,
    /// Percentages asked for, by the name of the adjustment.
    #[serde(default)]
    pub asked: Value,
    /// Constraints that are overridden: a list of objects with `rule`, `role`, `reason` and perhaps `line`. Whoever
    /// adds one must hold its role.
    #[serde(default)]
    pub overrides: Value,
    /// `removed` or `added` by the name of the clause.
    #[serde(default)]
    pub clauses: Value,
    /// Codes of promotions: a list of texts.
    #[serde(default)]
    pub codes: Value,
}

impl From<HeaderPayload> for Header {
    fn from(payload: HeaderPayload) -> Self {
        Self {
            account: payload.account,
            ruleset: payload.ruleset,
            selling_date: payload.selling_date,
            facts: payload.facts,
            asked: payload.asked,
            overrides: payload.overrides,
            clauses: payload.clauses,
            codes: payload.codes,
        }
    }
}

/// A changed header, and the revision it is for.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeHeaderPayload {
    /// The revision; the latest when left out.
    #[serde(default)]
    pub revision: Option<u32>,
    /// The whole new header.
    pub header: HeaderPayload,
}

/// A new line.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddLinePayload {
    /// The revision; the latest when left out.
    #[serde(default)]
    pub revision: Option<u32>,
    /// Id of the line, unique within the revision.
    #[schema(example = "1")]
    pub line: String,
    /// The product or bundle.
    #[schema(example = "Suite")]
    pub product: String,
    /// `options` by name and `parts` by name, as the engine's requests have them.
    #[serde(default = "empty_object")]
    pub configuration: Value,
}

fn empty_object() -> Value {
    json!({})
}

/// A changed configuration.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConfigurePayload {
    /// The revision; the latest when left out.
    #[serde(default)]
    pub revision: Option<u32>,
    /// The line.
    pub line: String,
    /// Its whole new configuration.
    pub configuration: Value,
}

/// A line to remove.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RemoveLinePayload {
    /// The revision; the latest when left out.
    #[serde(default)]
    pub revision: Option<u32>,
    /// The line.
    pub line: String,
}

/// The revision a command is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RevisionPayload {
    /// The revision; the latest when left out.
    #[serde(default)]
    pub revision: Option<u32>,
}

/// An answer to an approval.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApprovalPayload {
    /// The revision; the latest when left out.
    #[serde(default)]
    pub revision: Option<u32>,
    /// The approval case; the first that asks for the role when left out.
    #[serde(default)]
    pub case: Option<u32>,
    /// The role in which the actor answers; the actor must hold it.
    #[schema(example = "SalesManager")]
    pub role: String,
}

/// A decision that is handed on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DelegatePayload {
    /// The revision; the latest when left out.
    #[serde(default)]
    pub revision: Option<u32>,
    /// The approval case; the first that asks for the role when left out.
    #[serde(default)]
    pub case: Option<u32>,
    /// The role whose decision is handed on; the actor must hold it.
    #[schema(example = "SalesManager")]
    pub role: String,
    /// The person who decides in the actor's place.
    pub to: String,
}

/// The customer's acceptance.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AcceptPayload {
    /// The revision; the latest when left out.
    #[serde(default)]
    pub revision: Option<u32>,
    /// The answer fingerprint of the price the customer saw.
    pub answer_fingerprint: String,
}

/// Creates a quote with its first revision.
#[utoipa::path(post, path = "/quotes", tag = "quotes", request_body = Envelope<HeaderPayload>,
    responses((status = 201, body = CommandAnswer), (status = "4XX", body = Problem)))]
pub async fn create(
    State(state): State<AppState>,
    sent: Sent<HeaderPayload>,
) -> Result<Answered, AppError> {
    quotes::create(&state, &sent.command, sent.payload.into()).await
}

/// Declares the handler of a command to an existing quote: its route, its payload, and the action it becomes.
macro_rules! commands {
    ($($(#[doc = $doc:literal])* $name:ident $route:literal ($payload:ident: $type:ty) $asked:expr;)*) => {$(
        $(#[doc = $doc])*
        #[utoipa::path(post, path = $route, tag = "quotes", params(("id" = String, Path, description = "the quote")),
            request_body = Envelope<$type>,
            responses((status = 200, body = CommandAnswer), (status = "4XX", body = Problem)))]
        pub async fn $name(
            State(state): State<AppState>,
            InPath(id): InPath<String>,
            sent: Sent<$type>,
        ) -> Result<Answered, AppError> {
            let id = QuoteId::parse(id)?;
            let $payload = sent.payload;
            let number = $payload.revision.map(RevisionNo);
            let asked: Asked = $asked;
            quotes::handle(&state, &sent.command, &id, number, stringify!($name), asked).await
        }
    )*};
}

commands! {
    /// Replaces the header.
    change_header "/quotes/{id}/header" (payload: ChangeHeaderPayload)
        Asked::Plain(QuoteAction::ChangeHeader { header: payload.header.into() });
    /// Adds a line.
    add_line "/quotes/{id}/lines" (payload: AddLinePayload)
        Asked::Plain(QuoteAction::AddLine {
            line: QuoteLine {
                id: LineId::parse(payload.line)?,
                offering: payload.product,
                configuration: payload.configuration,
            },
        });
    /// Replaces the configuration of a line.
    configure "/quotes/{id}/configure" (payload: ConfigurePayload)
        Asked::Plain(QuoteAction::ConfigureLine {
            line: LineId::parse(payload.line)?,
            configuration: payload.configuration,
        });
    /// Removes a line.
    remove_line "/quotes/{id}/remove-line" (payload: RemoveLinePayload)
        Asked::Plain(QuoteAction::RemoveLine { line: LineId::parse(payload.line)? });
    /// Prices the quote on the package it is pinned to, or pins it to the one in effect.
    price "/quotes/{id}/price" (payload: RevisionPayload) Asked::Price;
    /// Prices the quote on the package now in effect, and pins it to that.
    reprice "/quotes/{id}/reprice" (payload: RevisionPayload) Asked::Reprice;
    /// Finds out whether the priced quote may be sold.
    validate "/quotes/{id}/validate" (payload: RevisionPayload) Asked::Plain(QuoteAction::Validate);
    /// Opens the approvals it needs; needs none, it is approved at once.
    submit_for_approval "/quotes/{id}/submit-for-approval" (payload: RevisionPayload)
        Asked::Plain(QuoteAction::SubmitForApproval);
    /// Gives one role's approval.
    approve "/quotes/{id}/approve" (payload: ApprovalPayload)
        Asked::Plain(QuoteAction::Approve { case: payload.case, role: payload.role });
    /// Refuses one role's approval.
    reject "/quotes/{id}/reject" (payload: ApprovalPayload)
        Asked::Plain(QuoteAction::Reject { case: payload.case, role: payload.role });
    /// Hands one role's decision on to somebody else, where the approval matrix allows it.
    delegate "/quotes/{id}/delegate" (payload: DelegatePayload)
        Asked::Plain(QuoteAction::Delegate {
            case: payload.case,
            role: payload.role,
            to: Actor { kind: ActorKind::User, id: ActorId::parse(payload.to)? },
        });
    /// Shows it to the customer.
    present "/quotes/{id}/present" (payload: RevisionPayload) Asked::Plain(QuoteAction::Present);
    /// The customer accepts the price with the named fingerprint.
    accept "/quotes/{id}/accept" (payload: AcceptPayload)
        Asked::Plain(QuoteAction::Accept { answer_fingerprint: payload.answer_fingerprint });
    /// Replaces it by a new revision.
    revise "/quotes/{id}/revise" (payload: RevisionPayload) Asked::Plain(QuoteAction::Revise);
    /// Ends it by decision; a reason is needed.
    cancel "/quotes/{id}/cancel" (payload: RevisionPayload) Asked::Plain(QuoteAction::Cancel);
}

/// Makes an accepted quote an order.
#[utoipa::path(post, path = "/quotes/{id}/convert-to-order", tag = "quotes",
    params(("id" = String, Path, description = "the quote")), request_body = Envelope<RevisionPayload>,
    responses((status = 201, body = CommandAnswer), (status = "4XX", body = Problem)))]
pub async fn convert(
    State(state): State<AppState>,
    InPath(id): InPath<String>,
    sent: Sent<RevisionPayload>,
) -> Result<Answered, AppError> {
    let number = sent.payload.revision.map(RevisionNo);
    quotes::convert(&state, &sent.command, &QuoteId::parse(id)?, number).await
}

/// Which revision a question is about.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OfRevision {
    /// The revision; the latest when left out.
    #[serde(default)]
    pub revision: Option<u32>,
}

/// Which rows of a list to read.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ListQuery {
    /// Only rows in this state.
    #[serde(default)]
    pub state: Option<String>,
    /// Only rows of this account.
    #[serde(default)]
    pub account: Option<String>,
    /// At most so many rows, up to 1000; 100 when left out.
    #[serde(default)]
    pub limit: Option<u32>,
    /// Leaves out so many rows at the beginning.
    #[serde(default)]
    pub offset: Option<u32>,
}

/// Most rows of a list in one answer.
const ROWS_MAX: u32 = 1_000;

impl From<ListQuery> for ListFilter {
    fn from(query: ListQuery) -> Self {
        Self {
            state: query.state,
            account: query.account,
            limit: query.limit.unwrap_or(100).clamp(1, ROWS_MAX),
            offset: query.offset.unwrap_or(0),
        }
    }
}

/// The list of quotes, the last updated first. A read model: `freshness` says how far it has come.
#[utoipa::path(get, path = "/quotes", tag = "quotes", params(ListQuery), responses((status = 200, body = Value)))]
pub async fn list(
    State(state): State<AppState>,
    Caller(principal): Caller,
    InQuery(query): InQuery<ListQuery>,
) -> Result<Json<Value>, AppError> {
    let rows = state.store.quotes(&principal.tenant, query.into()).await?;
    Ok(Json(
        json!({ "source": "projection", "freshness": rows.freshness, "quotes": rows.value }),
    ))
}

async fn loaded(state: &AppState, caller: &Caller, id: String) -> Result<LoadedQuote, AppError> {
    quotes::load(state, &caller.0.tenant, &QuoteId::parse(id)?).await
}

/// A quote with all its revisions, folded from its events.
#[utoipa::path(get, path = "/quotes/{id}", tag = "quotes", params(("id" = String, Path, description = "the quote")),
    responses((status = 200, body = Value), (status = 404, body = Problem)))]
pub async fn read(
    State(state): State<AppState>,
    caller: Caller,
    InPath(id): InPath<String>,
) -> Result<Json<Value>, AppError> {
    let family = loaded(&state, &caller, id).await?.family;
    Ok(Json(
        json!({ "source": "events", "version": family.version, "quote": family }),
    ))
}

/// Why the price is what it is: the waterfall with reasons and places, made again on the pinned package.
#[utoipa::path(get, path = "/quotes/{id}/pricing-trace", tag = "quotes",
    params(("id" = String, Path, description = "the quote"), OfRevision),
    responses((status = 200, body = Value), (status = "4XX", body = Problem)))]
pub async fn pricing_trace(
    State(state): State<AppState>,
    caller: Caller,
    InPath(id): InPath<String>,
    InQuery(of): InQuery<OfRevision>,
) -> Result<Json<Value>, AppError> {
    let family = loaded(&state, &caller, id).await?.family;
    let revision = quotes::revision(&family, of.revision.map(RevisionNo))?;
    let Some(price) = &revision.price else {
        return Err(AppError::not_found(
            "price of the quote",
            family.id.as_str(),
        ));
    };
    let token = &price.snapshot.replay_token;
    let wanted = decisions::Wanted {
        explained: true,
        why_not: None,
        viewer: caller.0.roles.iter().cloned().collect(),
    };
    let replayed = decisions::replay_token(&state, &caller.0.tenant, token, wanted).await?;
    // A token holds the request with all that is hidden in it.
    let token = replayed.decided.redacted.is_none().then_some(token);
    let mut summary = serde_json::to_value(quotes::summary(&price.snapshot))?;
    if let (Some(answer), Some(summary)) = (&replayed.decided.redacted, summary.as_object_mut()) {
        summary.retain(|name, _| !name.to_lowercase().contains("fingerprint"));
        summary.insert(
            "blocking".to_owned(),
            serde_json::to_value(&answer.blocking)?,
        );
        summary.insert(
            "warnings".to_owned(),
            serde_json::to_value(&answer.warnings)?,
        );
        let expires = serde_json::to_value(&answer.expires_on)?;
        summary.retain(|name, _| name != "expiresOn" && name != "expires_on");
        summary.insert("expiresOn".to_owned(), expires);
    }
    let explanation = replayed
        .decided
        .explanation
        .as_ref()
        .map(ExplanationDocument::of);
    Ok(Json(json!({
        "source": "replay",
        "revision": revision.number,
        "same": replayed.same,
        "price": summary,
        "replayToken": token,
        "explanation": explanation,
    })))
}

/// What the rules object to, and what the last validation found.
#[utoipa::path(get, path = "/quotes/{id}/validation-results", tag = "quotes",
    params(("id" = String, Path, description = "the quote"), OfRevision),
    responses((status = 200, body = Value), (status = "4XX", body = Problem)))]
pub async fn validation_results(
    State(state): State<AppState>,
    caller: Caller,
    InPath(id): InPath<String>,
    InQuery(of): InQuery<OfRevision>,
) -> Result<Json<Value>, AppError> {
    let family = loaded(&state, &caller, id).await?.family;
    let revision = quotes::revision(&family, of.revision.map(RevisionNo))?;
    let price = revision.current_price();
    let answer = |name: &str| price.and_then(|price| price.answer.get(name).cloned());
    Ok(Json(json!({
        "source": "events",
        "version": family.version,
        "revision": revision.number,
        "state": revision.state.name(),
        "priced": price.is_some(),
        "valid": price.map(|price| price.valid),
        "lastValidation": { "blocking": revision.blocking },
        "blocking": answer("blocking"),
        "warnings": answer("warnings"),
    })))
}

/// Who had to approve, and what they said.
#[utoipa::path(get, path = "/quotes/{id}/approval-history", tag = "quotes",
    params(("id" = String, Path, description = "the quote")),
    responses((status = 200, body = Value), (status = 404, body = Problem)))]
pub async fn approval_history(
    State(state): State<AppState>,
    caller: Caller,
    InPath(id): InPath<String>,
) -> Result<Json<Value>, AppError> {
    let family = loaded(&state, &caller, id).await?.family;
    let revisions: Vec<Value> = family
        .revisions
        .iter()
        .map(|revision| {
            json!({
                "revision": revision.number,
                "state": revision.state.name(),
                "cases": revision.approvals,
                "approvalFingerprint": revision.approval_fingerprint,
            })
        })
        .collect();
    Ok(Json(
        json!({ "source": "events", "version": family.version, "revisions": revisions }),
    ))
}

/// Everything that proves a promise: what was promised, by which rules, with whose approval, and each event of it.
#[utoipa::path(get, path = "/quotes/{id}/evidence-package", tag = "quotes",
    params(("id" = String, Path, description = "the quote"), OfRevision),
    responses((status = 200, body = Value), (status = "4XX", body = Problem)))]
pub async fn evidence_package(
    State(state): State<AppState>,
    caller: Caller,
    InPath(id): InPath<String>,
    InQuery(of): InQuery<OfRevision>,
) -> Result<Json<Value>, AppError> {
    let LoadedQuote { family, events } = loaded(&state, &caller, id).await?;
    let revision = quotes::revision(&family, of.revision.map(RevisionNo))?;
    let commitment = revision.commitment(&family.id);
    let evidence = json!({
        "quote": family.id,
        "revision": revision.number,
        "state": revision.state.name(),
        "commitment": commitment,
        "commitmentFingerprint": commitment.as_ref().map(|promised| promised.fingerprint()).transpose()?,
        "acceptance": revision.acceptance,
        "order": revision.order,
        "events": envelopes(&events)?,
    });
    let fingerprint = fingerprint::of(&evidence)?;
    Ok(Json(
        json!({ "source": "events", "version": family.version, "evidence": evidence, "fingerprint": fingerprint }),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_bounded() {
        let limit = |limit| {
            ListFilter::from(ListQuery {
                limit,
                ..ListQuery::default()
            })
            .limit
        };
        assert_eq!(
            (limit(None), limit(Some(0)), limit(Some(5_000))),
            (100, 1, 1_000)
        );
    }
}
