//! Packages: publish one for a span of selling dates, and see which decide when.

use super::InQuery;
use crate::error::{AppError, Problem};
use crate::packages::Window;
use crate::principal::Caller;
use crate::state::AppState;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;

/// The selling dates a package is to decide for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct WindowQuery {
    /// First selling date; the package's own when left out.
    #[serde(default)]
    pub from: Option<String>,
    /// Last selling date, included; the package's own when left out.
    #[serde(default)]
    pub to: Option<String>,
}

/// Publishes a package (the bytes of a `.quop` file) for the tenant. Publishing it again changes its window; a window
/// that overlaps another package of the ruleset is refused.
#[utoipa::path(post, path = "/packages", tag = "packages", params(WindowQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Value), (status = "4XX", body = Problem)))]
pub async fn publish(
    State(state): State<AppState>,
    Caller(principal): Caller,
    InQuery(query): InQuery<WindowQuery>,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<Value>), AppError> {
    let bytes = body.map_err(|rejection| AppError::malformed(rejection.body_text()))?;
    let window = Window {
        from: query.from,
        to: query.to,
    };
    let route = state
        .packages
        .publish(&*state.store, &principal.tenant, bytes.into(), window)
        .await?;
    Ok((StatusCode::CREATED, Json(json!(route))))
}

/// The packages in effect for the tenant, and all that must be kept for what names them.
#[utoipa::path(get, path = "/packages", tag = "packages", responses((status = 200, body = Value)))]
pub async fn list(
    State(state): State<AppState>,
    Caller(principal): Caller,
) -> Result<Json<Value>, AppError> {
    let routes = state.store.routes(&principal.tenant).await?;
    let in_use = state.store.packages_in_use(&principal.tenant).await?;
    Ok(Json(json!({ "routes": routes, "inUse": in_use })))
}
