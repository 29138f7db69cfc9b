//! The protocol over HTTP/1.1, as any downstream system can offer it.
//!
//! Every call has explicit time limits; redirects are not followed and proxies of the environment are not used, since
//! both would send a request that changes something to somebody else. Answers are read up to a bound.

use crate::connector::{Call, Connector, Found, Outcome, ReversalOrder, WorkOrder};
use crate::protocol::{IDEMPOTENCY_KEY, OperationReport, OperationStatus, Problem};
use reqwest::{Method, RequestBuilder, Response, StatusCode, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::time::Duration;

/// Most bytes of an answer that are read; what is longer is no answer.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// Most characters of a system's own words that are passed on.
const REASON_CHARS_MAX: usize = 500;

/// How long a call may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Milliseconds to open a connection.
    pub connect_ms: u64,
    /// Milliseconds for the whole call, from the first byte sent to the last received.
    pub call_ms: u64,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect_ms: 1_000,
            call_ms: 5_000,
        }
    }
}

/// Why a connector cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The address of a system is not one that can be called.
    #[error(
        "the address `{url}` of the downstream system `{system}` is not an http URL with a host: {detail}"
    )]
    Address {
        /// The system.
        system: String,
        /// Its address.
        url: String,
        /// What is wrong.
        detail: String,
    },
    /// The HTTP client cannot be set up.
    #[error("the HTTP client cannot be set up: {0}")]
    Client(#[source] reqwest::Error),
}

/// Talks to downstream systems over HTTP.
#[derive(Debug, Clone)]
pub struct HttpConnector {
    client: reqwest::Client,
    bases: BTreeMap<String, Url>,
}

impl HttpConnector {
    /// A connector to the systems whose base addresses are given by name.
    ///
    /// # Errors
    /// [`ConfigError`] when an address is not an `http` URL or the client cannot be set up.
    pub fn new(bases: &BTreeMap<String, String>, timeouts: Timeouts) -> Result<Self, ConfigError> {
        let bases = bases
            .iter()
            .map(|(system, url)| Ok((system.clone(), base(system, url)?)))
            .collect::<Result<_, ConfigError>>()?;
        let client = reqwest::Client::builder()
            .connect_timeout(Duration::from_millis(timeouts.connect_ms))
            .timeout(Duration::from_millis(timeouts.call_ms))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .map_err(ConfigError::Client)?;
        Ok(Self { client, bases })
    }

    /// The systems it can reach.
    pub fn systems(&self) -> impl Iterator<Item = &str> {
        self.bases.keys().map(String::as_str)
    }

    fn call(&self, system: &str, method: Method, path: &[&str]) -> Option<RequestBuilder> {
        let mut url = self.bases.get(system)?.clone();
        // Checked when the base was read: it has a path. Segments are escaped, a `/` in a key too.
        url.path_segments_mut().ok()?.pop_if_empty().extend(path);
        Some(self.client.request(method, url))
    }

    async fn ask_for(
        &self,
        system: &str,
        path: &[&str],
        key: &str,
        body: &impl Serialize,
    ) -> Outcome {
        let Some(call) = self.call(system, Method::POST, path) else {
            return Outcome::Refused {
                reason: not_configured(system),
            };
        };
        match call.header(IDEMPOTENCY_KEY, key).json(body).send().await {
            // A body or key that cannot be put into a request was never sent.
            Err(error) if error.is_builder() => Outcome::Refused {
                reason: explain(&error),
            },
            Err(error) => Outcome::Unknown {
                why: explain(&error),
            },
            Ok(response) => outcome(response).await,
        }
    }
}

impl Connector for HttpConnector {
    fn request<'a>(
        &'a self,
        system: &'a str,
        key: &'a str,
        order: &'a WorkOrder,
    ) -> Call<'a, Outcome> {
        Box::pin(self.ask_for(system, &["operations"], key, order))
    }

    fn look_up<'a>(&'a self, system: &'a str, key: &'a str) -> Call<'a, Found> {
        Box::pin(async move {
            let Some(call) = self.call(system, Method::GET, &["operations", key]) else {
                return Found::Unknown {
                    why: not_configured(system),
                };
            };
            match call.send().await {
                Err(error) => Found::Unknown {
                    why: explain(&error),
                },
                Ok(response) => found(response).await,
            }
        })
    }

    fn undo<'a>(
        &'a self,
        system: &'a str,
        key: &'a str,
        order: &'a ReversalOrder,
    ) -> Call<'a, Outcome> {
        Box::pin(async move {
            // The reversal has a key of its own kind: one operation is undone once.
            self.ask_for(system, &["operations", key, "undo"], key, order)
                .await
        })
    }
}

fn base(system: &str, url: &str) -> Result<Url, ConfigError> {
    let wrong = |detail: String| ConfigError::Address {
        system: system.to_owned(),
        url: url.to_owned(),
        detail,
    };
    let parsed = Url::parse(url).map_err(|e| wrong(e.to_string()))?;
    if parsed.scheme() != "http" {
        return Err(wrong(format!("the scheme is `{}`", parsed.scheme())));
    }
    if parsed.query().is_some() || parsed.fragment().is_some() {
        return Err(wrong("it has a query or a fragment".to_owned()));
    }
    Ok(parsed)
}

async fn outcome(response: Response) -> Outcome {
    let status = response.status();
    match status {
        StatusCode::ACCEPTED => Outcome::Accepted,
        _ if status.is_success() => match read::<OperationReport>(response).await {
            Ok(OperationReport {
                status: OperationStatus::InProgress,
                ..
            }) => Outcome::Accepted,
            Ok(OperationReport {
                status: OperationStatus::Failed,
                reason,
                ..
            }) => Outcome::Refused {
                reason: said(reason),
            },
            Ok(OperationReport { reference, .. }) => Outcome::Completed { reference },
            Err(why) => Outcome::Unknown { why },
        },
        // These say that the request was not looked at, or not to its end: ask again later.
        StatusCode::REQUEST_TIMEOUT
        | StatusCode::CONFLICT
        | StatusCode::TOO_EARLY
        | StatusCode::TOO_MANY_REQUESTS => Outcome::Unknown {
            why: format!("it answered {status}"),
        },
        _ if status.is_client_error() => {
            let problem: Problem = read(response).await.unwrap_or_default();
            let words = problem.detail.or(problem.title);
            Outcome::Refused {
                reason: said(Some(
                    words.unwrap_or_else(|| format!("it answered {status}")),
                )),
            }
        }
        _ => Outcome::Unknown {
            why: format!("it answered {status}"),
        },
    }
}

async fn found(response: Response) -> Found {
    let status = response.status();
    if status == StatusCode::NOT_FOUND {
        return Found::NeverSeen;
    }
    if !status.is_success() {
        return Found::Unknown {
            why: format!("it answered {status}"),
        };
    }
    match read::<OperationReport>(response).await {
        Err(why) => Found::Unknown { why },
        Ok(report) => match report.status {
            OperationStatus::InProgress => Found::InProgress,
            OperationStatus::Completed => Found::Completed {
                reference: report.reference,
            },
            OperationStatus::Failed => Found::Failed {
                reason: said(report.reason),
            },
            OperationStatus::Undone => Found::Undone,
        },
    }
}

async fn read<T: DeserializeOwned>(mut response: Response) -> Result<T, String> {
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => break,
            Err(error) => return Err(explain(&error)),
        }
        if bytes.len() > ANSWER_BYTES_MAX {
            return Err(format!(
                "its answer is longer than {ANSWER_BYTES_MAX} bytes"
            ));
        }
    }
    serde_json::from_slice(&bytes).map_err(|e| format!("its answer is not what was agreed: {e}"))
}

fn not_configured(system: &str) -> String {
    format!("no address is configured for the downstream system `{system}`")
}

fn said(reason: Option<String>) -> String {
    reason.map_or_else(
        || "it gave no reason".to_owned(),
        |words| words.chars().take(REASON_CHARS_MAX).collect(),
    )
}

/// What went wrong, with its causes, without the address: that is configuration, and may hold a secret.
fn explain(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer came in time".to_owned();
    }
    let mut words = String::from("no answer came");
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        words.push_str(": ");
        words.push_str(&error.to_string());
        cause = error.source();
    }
    words
}
