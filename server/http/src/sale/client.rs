//! Commands and questions over HTTP, as people of a tenant.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;
use thiserror::Error;

/// Who sends a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The actor, such as `user:sales-rep`.
    pub actor: String,
    /// The roles the actor holds.
    pub roles: Vec<String>,
}

impl Person {
    /// A user who holds one role and is named after it: `SalesManager` is `user:sales-manager`.
    #[must_use]
    pub fn in_role(role: &str) -> Self {
        let mut id = String::new();
        let mut after_lower = false;
        for letter in role.chars() {
            if letter.is_ascii_uppercase() && after_lower {
                id.push('-');
            }
            after_lower = letter.is_ascii_lowercase();
            id.push(letter.to_ascii_lowercase());
        }
        Self {
            actor: format!("user:{id}"),
            roles: vec![role.to_owned()],
        }
    }
}

/// A command to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Its path, such as `/quotes/Q-1/price`.
    pub path: String,
    /// Its key: the same key with the same call gives the first answer again.
    pub key: String,
    /// The version of the quote or order that is expected.
    pub expected_version: u64,
    /// Why.
    pub reason: String,
    /// What is wanted.
    pub payload: Value,
}

/// Why a call brought nothing.
#[derive(Debug, Error)]
pub enum CallError {
    /// Nobody answered, or the answer was cut off: whether the command was carried out is not known.
    #[error("no answer: {0}")]
    NoAnswer(String),
    /// The service said no.
    #[error("{detail} ({code}, status {status})")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The problem's code.
        code: String,
        /// The problem in words.
        detail: String,
    },
}

/// A client of one tenant.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    tenant: String,
}

/// How long an answer may take.
const ANSWER_MS: u64 = 10_000;

impl Client {
    /// A client of the service at `base`, such as `http://127.0.0.1:8080`.
    ///
    /// # Errors
    /// [`CallError::NoAnswer`] when the machine gives no HTTP client.
    pub fn new(base: impl Into<String>, tenant: impl Into<String>) -> Result<Self, CallError> {
        let http = reqwest::Client::builder()
            .timeout(Duration::from_millis(ANSWER_MS))
            .build()
            .map_err(|error| CallError::NoAnswer(error.to_string()))?;
        Ok(Self {
            http,
            base: base.into(),
            tenant: tenant.into(),
        })
    }

    /// The same client for a service that now is elsewhere.
    #[must_use]
    pub fn at(&self, base: impl Into<String>) -> Self {
        Self {
            base: base.into(),
            ..self.clone()
        }
    }

    /// The address of the service.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Sends a command.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn command(&self, person: &Person, call: &Call) -> Result<Value, CallError> {
        let envelope = json!({
            "commandId": call.key,
            "idempotencyKey": call.key,
            "expectedVersion": call.expected_version,
            "reason": call.reason,
            "payload": call.payload,
        });
        self.send(Method::POST, person, &call.path, Some(envelope))
            .await
    }

    /// Asks a question.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn read(&self, person: &Person, path: &str) -> Result<Value, CallError> {
        self.send(Method::GET, person, path, None).await
    }

    async fn send(
        &self,
        method: Method,
        person: &Person,
        path: &str,
        body: Option<Value>,
    ) -> Result<Value, CallError> {
        let lost = |error: reqwest::Error| CallError::NoAnswer(error.to_string());
        let mut request = self
            .http
            .request(method, format!("{}{path}", self.base))
            .header("x-quo-tenant", &self.tenant)
            .header("x-quo-actor", &person.actor)
            .header("x-quo-roles", person.roles.join(","));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.map_err(lost)?;
        let status = response.status();
        let bytes = response.bytes().await.map_err(lost)?;
        let value: Value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        if status.is_success() {
            return Ok(value);
        }
        // An answer of the store that it could not commit is not a refusal of the command.
        if status == StatusCode::SERVICE_UNAVAILABLE || status == StatusCode::BAD_GATEWAY {
            return Err(CallError::NoAnswer(format!("status {status}")));
        }
        let text = |name: &str| {
            value
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        Err(CallError::Refused {
            status: status.as_u16(),
            code: text("code"),
            detail: text("detail"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Person;

    #[test]
    fn people_are_named_after_their_roles() {
        let named = |role| Person::in_role(role).actor;
        assert_eq!(named("SalesManager"), "user:sales-manager");
        assert_eq!(named("CFO"), "user:cfo");
        assert_eq!(named("DealDesk"), "user:deal-desk");
    }
}
