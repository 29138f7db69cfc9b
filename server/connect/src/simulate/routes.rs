//! The routes of the simulated systems.

use super::System;
use super::behaviour::Fault;
use super::journal::{EffectCount, JournalError, Recognition};
use super::wire::Scissors;
use crate::connector::{ReversalOrder, WorkOrder};
use crate::protocol::{IDEMPOTENCY_KEY, OperationReport, OperationStatus, Problem};
use axum::extract::{ConnectInfo, FromRequestParts, Path, State};
use axum::http::{HeaderMap, StatusCode, request::Parts};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

type Systems = Arc<BTreeMap<String, Arc<System>>>;

pub(super) fn router(systems: Systems) -> Router {
    Router::new()
        .route("/{system}/operations", post(request))
        .route("/{system}/operations/{key}", get(look_up))
        .route("/{system}/operations/{key}/undo", post(undo))
        .route("/{system}/effects", get(effects))
        .with_state(systems)
}

/// A call that gets no ordinary answer.
enum Trouble {
    Refused(StatusCode, String),
    Broken(JournalError),
}

impl From<JournalError> for Trouble {
    fn from(error: JournalError) -> Self {
        Self::Broken(error)
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let (status, detail) = match self {
            Self::Refused(status, detail) => (status, detail),
            Self::Broken(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
        };
        let title = status.canonical_reason().map(str::to_owned);
        let problem = Json(Problem {
            title,
            detail: Some(detail),
        });
        (
            status,
            [("content-type", "application/problem+json")],
            problem,
        )
            .into_response()
    }
}

fn find(systems: &Systems, name: &str) -> Result<Arc<System>, Trouble> {
    systems.get(name).map(Arc::clone).ok_or_else(|| {
        // Not 404, which would say of a look-up that the operation never happened.
        Trouble::Refused(
            StatusCode::MISDIRECTED_REQUEST,
            format!("there is no system `{name}` here"),
        )
    })
}

/// The connection of the call, when it is one that can be cut.
struct Line(Option<Scissors>);

impl<S: Sync> FromRequestParts<S> for Line {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(
            parts
                .extensions
                .get::<ConnectInfo<Scissors>>()
                .map(|info| info.0.clone()),
        ))
    }
}

impl Line {
    fn cut(self) -> Response {
        if let Some(scissors) = self.0 {
            scissors.cut();
        }
        // Never leaves a connection that was cut.
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}

async fn request(
    State(systems): State<Systems>,
    Path(name): Path<String>,
    headers: HeaderMap,
    line: Line,
    Json(work_order): Json<WorkOrder>,
) -> Result<Response, Trouble> {
    let system = find(&systems, &name)?;
    let key = headers
        .get(IDEMPOTENCY_KEY)
        .and_then(|value| value.to_str().ok())
        .ok_or_else(|| {
            Trouble::Refused(
                StatusCode::BAD_REQUEST,
                format!("the header {IDEMPOTENCY_KEY} is missing"),
            )
        })?;
    let attempt = system.journal().called(key)?;
    let fault = system.behaviour.fault(&system.name, key, attempt);
    match fault {
        Fault::Unavailable => return Ok(StatusCode::SERVICE_UNAVAILABLE.into_response()),
        Fault::CutBefore => return Ok(line.cut()),
        _ => {}
    }
    if let Some(known) = admit(&system, key, &work_order, fault)? {
        return Ok(if fault == Fault::CutAfter {
            line.cut()
        } else {
            answer(known)
        });
    }
    // A task of its own: the work goes on when the caller has gone away.
    let work = tokio::spawn(work(Arc::clone(&system), key.to_owned()));
    if fault == Fault::Accept {
        return Ok(answer(OperationReport::of(OperationStatus::InProgress)));
    }
    // A task ends early only when the runtime does, and then nobody is answered any more.
    let _ = work.await;
    if fault == Fault::CutAfter {
        return Ok(line.cut());
    }
    if fault == Fault::AnswerLate {
        tokio::time::sleep(Duration::from_millis(system.behaviour.late_ms)).await;
    }
    let report = system.journal().report(key);
    Ok(answer(report.unwrap_or_else(|| {
        OperationReport::of(OperationStatus::InProgress)
    })))
}

/// Decides about a call under one lock: nothing when the work was taken on and is to be done, otherwise what is known.
fn admit(
    system: &System,
    key: &str,
    work_order: &WorkOrder,
    fault: Fault,
) -> Result<Option<OperationReport>, Trouble> {
    let mut journal = system.journal();
    match journal.recognise(key, work_order) {
        Recognition::OtherWork => {
            let detail = format!("the key `{key}` was used for other work");
            return Err(Trouble::Refused(StatusCode::UNPROCESSABLE_ENTITY, detail));
        }
        Recognition::Known(report) if system.behaviour.deduplicates => return Ok(Some(report)),
        Recognition::Known(_) | Recognition::New => {}
    }
    if fault == Fault::Refuse {
        journal.refuse(key, work_order, "this system does not serve this customer")?;
        return Ok(journal.report(key));
    }
    journal.take_on(key, work_order)?;
    Ok(None)
}

/// Does the work that was taken on under a key.
pub(super) async fn work(system: Arc<System>, key: String) {
    tokio::time::sleep(Duration::from_millis(system.behaviour.work_ms)).await;
    // What cannot be written has not happened: the operation stays in progress, and is taken up when the journal is
    // next opened.
    let _ = system.journal().effect(&key);
}

fn answer(report: OperationReport) -> Response {
    match report.status {
        OperationStatus::Completed | OperationStatus::Undone => {
            (StatusCode::OK, Json(report)).into_response()
        }
        OperationStatus::InProgress => (StatusCode::ACCEPTED, Json(report)).into_response(),
        OperationStatus::Failed => {
            let detail = report.reason.unwrap_or_default();
            Trouble::Refused(StatusCode::UNPROCESSABLE_ENTITY, detail).into_response()
        }
    }
}

async fn look_up(
    State(systems): State<Systems>,
    Path((name, key)): Path<(String, String)>,
) -> Result<Response, Trouble> {
    let report = find(&systems, &name)?.journal().report(&key);
    match report {
        Some(report) => Ok(Json(report).into_response()),
        None => Err(Trouble::Refused(
            StatusCode::NOT_FOUND,
            format!("`{key}` was never seen"),
        )),
    }
}

async fn undo(
    State(systems): State<Systems>,
    Path((name, key)): Path<(String, String)>,
    Json(_): Json<ReversalOrder>,
) -> Result<Response, Trouble> {
    let system = find(&systems, &name)?;
    let mut journal = system.journal();
    let refused = |detail: String| Trouble::Refused(StatusCode::UNPROCESSABLE_ENTITY, detail);
    match journal.report(&key).map(|report| report.status) {
        None => Err(refused(format!("`{key}` was never seen"))),
        Some(OperationStatus::Failed) => Err(refused(format!("`{key}` was never done"))),
        Some(OperationStatus::InProgress) => Err(Trouble::Refused(
            StatusCode::CONFLICT,
            format!("`{key}` is still in progress"),
        )),
        Some(OperationStatus::Completed) => {
            journal.undo(&key)?;
            Ok(answer(OperationReport::of(OperationStatus::Undone)))
        }
        Some(OperationStatus::Undone) => Ok(answer(OperationReport::of(OperationStatus::Undone))),
    }
}

async fn effects(
    State(systems): State<Systems>,
    Path(name): Path<String>,
) -> Result<Json<Vec<EffectCount>>, Trouble> {
    Ok(Json(find(&systems, &name)?.journal().effects()))
}
