//! Commands to orders and questions about them. Orders come from quotes: `POST /quotes/{id}/convert-to-order`.

use super::events::envelopes;
use super::quotes::ListQuery;
use super::{InPath, InQuery};
use crate::envelope::{Answered, CommandAnswer, Envelope, Nothing, Sent};
use crate::error::{AppError, Problem};
use crate::principal::Caller;
use crate::service::orders::{self, LoadedOrder};
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use quo_domain::ids::OrderId;
use quo_domain::machine::Name;
use quo_domain::order::OrderCommand;
use quo_domain::task::{Task, TaskState};
use serde_json::{Value, json};

/// Asks for the execution of an order. The platform validates, decomposes and carries it out from there.
#[utoipa::path(post, path = "/orders/{id}/submit", tag = "orders",
    params(("id" = String, Path, description = "the order")), request_body = Envelope<Nothing>,
    responses((status = 200, body = CommandAnswer), (status = "4XX", body = Problem)))]
pub async fn submit(
    State(state): State<AppState>,
    InPath(id): InPath<String>,
    sent: Sent<Nothing>,
) -> Result<Answered, AppError> {
    orders::handle(
        &state,
        &sent.command,
        &OrderId::parse(id)?,
        "submit",
        OrderCommand::Submit,
    )
    .await
}

/// Ends an order before anything was done; a reason is needed.
#[utoipa::path(post, path = "/orders/{id}/cancel", tag = "orders",
    params(("id" = String, Path, description = "the order")), request_body = Envelope<Nothing>,
    responses((status = 200, body = CommandAnswer), (status = "4XX", body = Problem)))]
pub async fn cancel(
    State(state): State<AppState>,
    InPath(id): InPath<String>,
    sent: Sent<Nothing>,
) -> Result<Answered, AppError> {
    orders::handle(
        &state,
        &sent.command,
        &OrderId::parse(id)?,
        "cancel",
        OrderCommand::Cancel,
    )
    .await
}

/// The list of orders, the last updated first. A read model: `freshness` says how far it has come.
#[utoipa::path(get, path = "/orders", tag = "orders", params(ListQuery), responses((status = 200, body = Value)))]
pub async fn list(
    State(state): State<AppState>,
    Caller(principal): Caller,
    InQuery(query): InQuery<ListQuery>,
) -> Result<Json<Value>, AppError> {
    let rows = state.store.orders(&principal.tenant, query.into()).await?;
    Ok(Json(
        json!({ "source": "projection", "freshness": rows.freshness, "orders": rows.value }),
    ))
}

async fn loaded(state: &AppState, caller: &Caller, id: String) -> Result<LoadedOrder, AppError> {
    orders::load(state, &caller.0.tenant, &OrderId::parse(id)?).await
}

/// An order with what was promised and its tasks, folded from its events.
#[utoipa::path(get, path = "/orders/{id}", tag = "orders", params(("id" = String, Path, description = "the order")),
    responses((status = 200, body = Value), (status = 404, body = Problem)))]
pub async fn read(
    State(state): State<AppState>,
    caller: Caller,
    InPath(id): InPath<String>,
) -> Result<Json<Value>, AppError> {
    let order = loaded(&state, &caller, id).await?.order;
    Ok(Json(
        json!({ "source": "events", "version": order.version, "order": order }),
    ))
}

/// Everything that happened to an order, as CloudEvents, oldest first.
#[utoipa::path(get, path = "/orders/{id}/timeline", tag = "orders",
    params(("id" = String, Path, description = "the order")),
    responses((status = 200, body = Value), (status = 404, body = Problem)))]
pub async fn timeline(
    State(state): State<AppState>,
    caller: Caller,
    InPath(id): InPath<String>,
) -> Result<Json<Value>, AppError> {
    let LoadedOrder { order, events } = loaded(&state, &caller, id).await?;
    Ok(Json(json!({
        "source": "events",
        "version": order.version,
        "order": order.id,
        "state": order.state.name(),
        "timeline": envelopes(&events)?,
    })))
}

/// The tasks of an order with their states, tries and dependencies.
#[utoipa::path(get, path = "/orders/{id}/fulfillment-plan", tag = "orders",
    params(("id" = String, Path, description = "the order")),
    responses((status = 200, body = Value), (status = 404, body = Problem)))]
pub async fn fulfillment_plan(
    State(state): State<AppState>,
    caller: Caller,
    InPath(id): InPath<String>,
) -> Result<Json<Value>, AppError> {
    let order = loaded(&state, &caller, id).await?.order;
    let done = order.tasks.iter().filter(|task| task.is_done()).count();
    Ok(Json(json!({
        "source": "events",
        "version": order.version,
        "order": order.id,
        "state": order.state.name(),
        "done": done,
        "of": order.tasks.len(),
        "tasks": order.tasks,
    })))
}

/// What stands in the way of an order: tasks that failed for good, and tasks whose outcome is unknown.
#[utoipa::path(get, path = "/orders/{id}/fallout", tag = "orders",
    params(("id" = String, Path, description = "the order")),
    responses((status = 200, body = Value), (status = 404, body = Problem)))]
pub async fn fallout(
    State(state): State<AppState>,
    caller: Caller,
    InPath(id): InPath<String>,
) -> Result<Json<Value>, AppError> {
    let order = loaded(&state, &caller, id).await?.order;
    let of = |states: &[TaskState]| -> Vec<&Task> {
        order
            .tasks
            .iter()
            .filter(|task| states.contains(&task.state))
            .collect()
    };
    Ok(Json(json!({
        "source": "events",
        "version": order.version,
        "order": order.id,
        "state": order.state.name(),
        "problem": order.problem,
        "failed": of(&[TaskState::Failed, TaskState::UndoFailed]),
        "unknown": of(&[
            TaskState::Unknown,
            TaskState::Reconciling,
            TaskState::UndoUnknown,
            TaskState::UndoReconciling,
        ]),
    })))
}
