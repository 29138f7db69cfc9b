//! One error for every route: a problem document (RFC 9457) that says what to do next.
//!
//! Each kind of problem has a stable `code`; `type` is a URN made from it. What a person should read is `detail`, what
//! to do about it is `next`.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use quo_domain::event::{EventError, NewEventError};
use quo_domain::fingerprint::FingerprintError;
use quo_domain::ids::IdError;
use quo_domain::refusal::Refusal;
use quo_engine::{EvaluateError, ExplainError, ReplayError};
use quo_store::{RouteError, StoreError};
use serde::Serialize;
use utoipa::ToSchema;

/// A problem document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// A URN that names the kind of problem: `urn:quo:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind of problem in a few words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What went wrong this time.
    pub detail: String,
    /// Stable code of the kind of problem.
    pub code: String,
    /// What to do next.
    pub next: String,
    /// Each single thing that is wrong, when there are several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<ProblemAt>,
}

/// One of several things that are wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProblemAt {
    /// Where, such as `lines[0].options.seats`.
    pub path: String,
    /// What is wrong.
    pub message: String,
}

/// The code of a problem, left on its response for whoever counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProblemCode(pub &'static str);

/// Why a request got no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppError {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
    detail: String,
    next: &'static str,
    problems: Vec<ProblemAt>,
}

impl AppError {
    fn new(
        status: StatusCode,
        code: &'static str,
        title: &'static str,
        next: &'static str,
        detail: impl ToString,
    ) -> Self {
        Self {
            status,
            code,
            title,
            detail: detail.to_string(),
            next,
            problems: Vec::new(),
        }
    }

    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// The request cannot be read.
    pub fn malformed(detail: impl ToString) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "malformed",
            "the request cannot be read",
            "correct the request; the OpenAPI document at /openapi.json describes it",
            detail,
        )
    }

    /// The request can be read but contradicts itself or the quote.
    pub fn inconsistent(detail: impl ToString) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "inconsistent",
            "the request contradicts itself",
            "correct the request and send it under a new idempotency key",
            detail,
        )
    }

    /// Nobody says on whose behalf the request comes.
    pub fn no_principal(detail: impl ToString) -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "principal-missing",
            "it is not known who asks",
            "send the headers X-Quo-Tenant, X-Quo-Actor (type:id) and, where roles matter, X-Quo-Roles",
            detail,
        )
    }

    /// The body names another actor than the principal.
    pub fn actor_mismatch(detail: impl ToString) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "actor-mismatch",
            "the command names another actor",
            "leave `actor` out, or send the command as that actor",
            detail,
        )
    }

    /// Something that was named does not exist for this tenant.
    #[must_use]
    pub fn not_found(what: &str, id: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not-found",
            "there is no such thing",
            "check the id and the tenant",
            format!("there is no {what} `{id}`"),
        )
    }

    /// The aggregate has moved on.
    pub fn version_conflict(detail: impl ToString) -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "version-conflict",
            "somebody else was faster",
            "read it again, look at what has changed, and send the command with the version read",
            detail,
        )
    }

    /// A package window that overlaps another.
    pub fn window_overlap(detail: impl ToString) -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "window-overlap",
            "two packages would decide for one selling date",
            "publish the earlier package again with an earlier last day, or this one with another window",
            detail,
        )
    }

    /// A file that is no package.
    pub fn package_refused(detail: impl ToString) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "package-refused",
            "the file is refused as a package",
            "build the package again with `quo build`",
            detail,
        )
    }

    /// A bug or a broken machine; the detail is for the log, not for the caller.
    pub fn internal(detail: impl ToString) -> Self {
        tracing::error!(detail = %detail.to_string(), "internal error");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "the service failed",
            "try again with the same idempotency key; if it stays, tell whoever runs the service",
            "something that should not happen has happened, and was logged",
        )
    }

    /// The document of this error.
    #[must_use]
    pub fn problem(&self) -> Problem {
        Problem {
            kind: format!("urn:quo:problem:{}", self.code),
            title: self.title.to_owned(),
            status: self.status.as_u16(),
            detail: self.detail.clone(),
            code: self.code.to_owned(),
            next: self.next.to_owned(),
            problems: self.problems.clone(),
        }
    }
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.problem())).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        response.extensions_mut().insert(ProblemCode(self.code));
        response
    }
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> Self {
        let of = |status, code, title, next| Self::new(status, code, title, next, &refusal);
        match &refusal {
            Refusal::NotAllowed { .. } => of(
                StatusCode::CONFLICT,
                "not-allowed",
                "the state does not allow it",
                "read it again; the detail names the commands that are allowed now",
            ),
            Refusal::Guarded { .. } => of(
                StatusCode::UNPROCESSABLE_ENTITY,
                "guarded",
                "something that must hold does not",
                "see to what the detail names, then send the command under a new idempotency key",
            ),
            Refusal::NotAuthorised { .. } => of(
                StatusCode::FORBIDDEN,
                "not-authorised",
                "this actor may not do it",
                "let somebody do it whom the detail names",
            ),
            Refusal::NotFound { what, id } => Self::not_found(what, id),
            Refusal::Exists { .. } => of(
                StatusCode::CONFLICT,
                "exists",
                "it exists already",
                "choose another id",
            ),
            Refusal::Document(_) => Self::malformed(&refusal),
        }
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::VersionConflict { .. } => Self::version_conflict(error),
            StoreError::KeyReused { .. } => Self::new(
                StatusCode::CONFLICT,
                "idempotency-key-reused",
                "the idempotency key was used for another request",
                "send a new request under a new key, or the first request again unchanged",
                error,
            ),
            StoreError::Claimed { .. } => Self::new(
                StatusCode::CONFLICT,
                "claimed",
                "it is taken already",
                "the detail names who has it",
                error,
            ),
            StoreError::Route(route) => route.into(),
            StoreError::Database(_) | StoreError::Closed => {
                tracing::error!(%error, "the store does not answer");
                Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "store-unavailable",
                    "the store does not answer",
                    "it may or may not have been stored: send it again with the same idempotency key",
                    "the event store does not answer",
                )
            }
            other => Self::internal(other),
        }
    }
}

impl From<RouteError> for AppError {
    fn from(error: RouteError) -> Self {
        match error {
            RouteError::NotADate(_) | RouteError::Empty { .. } => Self::malformed(error),
            RouteError::None { .. } => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "no-package",
                "no rules are in effect on the selling date",
                "publish a package for this date, or choose another date",
                error,
            ),
            RouteError::Several { .. } => Self::new(
                StatusCode::CONFLICT,
                "several-packages",
                "several packages are in effect on the selling date",
                "publish one of them again with another window",
                error,
            ),
        }
    }
}

impl From<EvaluateError> for AppError {
    fn from(error: EvaluateError) -> Self {
        match error {
            EvaluateError::Refused(refused) => {
                let count = refused.problems.len();
                let mut refusal = Self::new(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "request-refused",
                    "the rules cannot read this request",
                    "correct what `problems` lists",
                    format!(
                        "{count} thing{} wrong with it",
                        if count == 1 { " is" } else { "s are" }
                    ),
                );
                refusal.problems = refused
                    .problems
                    .into_iter()
                    .map(|problem| ProblemAt {
                        path: problem.path,
                        message: problem.message,
                    })
                    .collect();
                refusal
            }
            EvaluateError::Stopped(stopped) => Self::internal(stopped),
        }
    }
}

impl From<ReplayError> for AppError {
    fn from(error: ReplayError) -> Self {
        match error {
            ReplayError::Token(token) => Self::malformed(token),
            ReplayError::Evaluate(error) => error.into(),
            ReplayError::Package { digest, .. } => Self::not_found("package", &digest.to_string()),
            ReplayError::WrongPackage { .. } => Self::internal(error),
        }
    }
}

impl From<ExplainError> for AppError {
    fn from(error: ExplainError) -> Self {
        match error {
            ExplainError::UnknownRule { .. } => Self::new(
                StatusCode::NOT_FOUND,
                "not-found",
                "there is no such rule",
                "check the id of the rule",
                error,
            ),
            ExplainError::Stopped(_) | ExplainError::SourceMap(_) => Self::internal(error),
        }
    }
}

impl From<IdError> for AppError {
    fn from(error: IdError) -> Self {
        Self::malformed(error)
    }
}

impl From<EventError> for AppError {
    fn from(error: EventError) -> Self {
        Self::internal(error)
    }
}

impl From<NewEventError> for AppError {
    fn from(error: NewEventError) -> Self {
        Self::internal(error)
    }
}

impl From<FingerprintError> for AppError {
    fn from(error: FingerprintError) -> Self {
        Self::malformed(error)
    }
}

impl From<serde_json::Error> for AppError {
    fn from(error: serde_json::Error) -> Self {
        Self::internal(error)
    }
}
