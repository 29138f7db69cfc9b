//! The envelope every command comes in, and the answer it gets.

use crate::error::AppError;
use crate::principal::Caller;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use quo_domain::command::Command;
use quo_domain::ids::{CommandId, CorrelationId, IdempotencyKey};
use quo_domain::principal::{Actor, Principal};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Set to `true` on an answer that was given before.
pub const REPLAY_HEADER: &str = "idempotent-replay";

/// A command as its sender writes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Envelope<P> {
    /// Names this command; becomes the causation id of its events.
    #[schema(example = "cmd-01")]
    pub command_id: String,
    /// The same key with the same command gives the first answer again; with another one it is a conflict.
    #[schema(example = "A-1:Q-1:accept:r1")]
    pub idempotency_key: String,
    /// The version of the quote or order the sender has seen; 0 to create one.
    pub expected_version: u64,
    /// Who acts. May be left out; if given, it must be the principal of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<NamedActor>,
    /// Ties this command to others of one business transaction; the command id when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<String>,
    /// Why, in the actor's words. Some commands need it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What is wanted.
    pub payload: P,
}

/// An actor as a sender names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NamedActor {
    /// `user` or `service`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The actor's id.
    pub id: String,
}

/// A payload that says nothing: `{}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// A command of a principal: the raw payload, which idempotency compares, and the typed one.
#[derive(Debug, Clone)]
pub struct Sent<P> {
    /// The command with its payload as it came.
    pub command: Command<Value>,
    /// The payload, read.
    pub payload: P,
}

impl<P: DeserializeOwned, S: Send + Sync> FromRequest<S> for Sent<P> {
    type Rejection = AppError;

    async fn from_request(request: Request, state: &S) -> Result<Self, AppError> {
        let (mut parts, body) = request.into_parts();
        let Caller(principal) = axum::RequestPartsExt::extract::<Caller>(&mut parts).await?;
        let request = Request::from_parts(parts, body);
        let Json(envelope) = Json::<Envelope<Value>>::from_request(request, state)
            .await
            .map_err(|rejection: JsonRejection| AppError::malformed(rejection.body_text()))?;
        Self::from_envelope(envelope, principal)
    }
}

impl<P: DeserializeOwned> Sent<P> {
    fn from_envelope(envelope: Envelope<Value>, principal: Principal) -> Result<Self, AppError> {
        if let Some(named) = &envelope.actor {
            check_actor(named, &principal.actor)?;
        }
        let payload = P::deserialize(&envelope.payload)
            .map_err(|error| AppError::malformed(format!("payload: {error}")))?;
        let correlation = envelope
            .correlation_id
            .as_ref()
            .unwrap_or(&envelope.command_id);
        let command = Command {
            correlation: CorrelationId::parse(correlation.as_str())?,
            command_id: CommandId::parse(envelope.command_id)?,
            idempotency_key: IdempotencyKey::parse(envelope.idempotency_key)?,
            expected_version: envelope.expected_version,
            principal,
            causation: None,
            reason: envelope.reason.filter(|reason| !reason.trim().is_empty()),
            payload: envelope.payload,
        };
        Ok(Self { command, payload })
    }
}

fn check_actor(named: &NamedActor, actor: &Actor) -> Result<(), AppError> {
    let (named, actor) = (format!("{}:{}", named.kind, named.id), actor.to_string());
    if named == actor {
        return Ok(());
    }
    Err(AppError::actor_mismatch(format!(
        "the command names `{named}`, the request comes from `{actor}`"
    )))
}

/// What a command came to. Stored with its idempotency key, and given again to every repetition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CommandAnswer {
    /// The quote it was about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
    /// The revision of the quote it was about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<u32>,
    /// The order it was about or that was created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// State of the revision or order afterwards.
    pub state: String,
    /// Version of the quote or order afterwards: what the next command expects.
    pub version: u64,
    /// Types of the events that were recorded.
    pub events: Vec<String>,
    /// After a price: its summary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<PriceSummary>,
    /// After a validation: what forbids the sale.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocking: Vec<String>,
}

/// The price of a revision in short.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PriceSummary {
    /// What an acceptance must name.
    pub answer_fingerprint: String,
    /// Fingerprint of the request that was priced.
    pub request_fingerprint: String,
    /// Digest of the package that decided.
    pub package: String,
    /// Version of the ruleset.
    pub ruleset_version: String,
    /// Whether nothing blocks.
    pub valid: bool,
    /// What forbids the sale.
    pub blocking: Vec<String>,
    /// What should be looked at.
    pub warnings: Vec<String>,
    /// Sums over the quote, as the engine gave them.
    pub totals: Value,
    /// Roles that must approve, step by step.
    pub approvals: Vec<Vec<String>>,
    /// Last day the price may be accepted.
    pub expires_on: Option<String>,
}

/// A command's answer with its status, as it goes out and as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answered {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: CommandAnswer,
    /// Whether this is the first answer given again.
    #[serde(skip)]
    pub replayed: bool,
}

impl Answered {
    /// The bytes that are stored with the idempotency key.
    ///
    /// # Errors
    /// [`AppError`] when the answer has no JSON form, which is a bug.
    pub fn to_bytes(&self) -> Result<Vec<u8>, AppError> {
        Ok(serde_json::to_vec(self)?)
    }

    /// The first answer, given again.
    ///
    /// # Errors
    /// [`AppError`] when the bytes were not stored by [`Answered::to_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, AppError> {
        let first: Self = serde_json::from_slice(bytes)?;
        Ok(Self {
            replayed: true,
            ..first
        })
    }
}

impl IntoResponse for Answered {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let mut response = (status, Json(&self.body)).into_response();
        if self.replayed {
            let value = HeaderValue::from_static("true");
            response
                .headers_mut()
                .insert(HeaderName::from_static(REPLAY_HEADER), value);
        }
        response
    }
}
