//! The routes: a handler extracts, calls one application service, and maps the answer.

#[expect(
    unused_qualifications,
    reason = "utoipa's expansion qualifies the parameters of a path"
)]
pub mod decisions;
#[expect(
    unused_qualifications,
    reason = "utoipa's expansion qualifies the parameters of a path"
)]
pub mod events;
pub mod openapi;
pub mod operations;
pub mod orders;
#[expect(
    unused_qualifications,
    reason = "utoipa's expansion qualifies the parameters of a path"
)]
pub mod packages;
pub mod pages;
#[expect(
    unused_qualifications,
    reason = "utoipa's expansion qualifies the parameters of a path"
)]
pub mod quotes;

use crate::error::{AppError, ProblemCode};
use crate::state::AppState;
use axum::Router;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, FromRequestParts, Path, Query, Request, State};
use axum::http::request::Parts;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};
use serde::de::DeserializeOwned;

/// Most bytes of a command or a decision request, as the engine has it.
const BODY_BYTES_MAX: usize = 8 << 20;

/// Most bytes of a package.
const PACKAGE_BYTES_MAX: usize = 256 << 20;

/// All routes over a state. Needs no socket: tests call it as a service.
pub fn app(state: AppState) -> Router {
    let quotes = Router::new()
        .route("/quotes", post(quotes::create).get(quotes::list))
        .route("/quotes/{id}", get(quotes::read))
        .route("/quotes/{id}/header", post(quotes::change_header))
        .route("/quotes/{id}/lines", post(quotes::add_line))
        .route("/quotes/{id}/remove-line", post(quotes::remove_line))
        .route("/quotes/{id}/configure", post(quotes::configure))
        .route("/quotes/{id}/price", post(quotes::price))
        .route("/quotes/{id}/reprice", post(quotes::reprice))
        .route("/quotes/{id}/validate", post(quotes::validate))
        .route(
            "/quotes/{id}/submit-for-approval",
            post(quotes::submit_for_approval),
        )
        .route("/quotes/{id}/approve", post(quotes::approve))
        .route("/quotes/{id}/reject", post(quotes::reject))
        .route("/quotes/{id}/delegate", post(quotes::delegate))
        .route("/quotes/{id}/present", post(quotes::present))
        .route("/quotes/{id}/accept", post(quotes::accept))
        .route("/quotes/{id}/convert-to-order", post(quotes::convert))
        .route("/quotes/{id}/revise", post(quotes::revise))
        .route("/quotes/{id}/cancel", post(quotes::cancel))
        .route("/quotes/{id}/pricing-trace", get(quotes::pricing_trace))
        .route(
            "/quotes/{id}/validation-results",
            get(quotes::validation_results),
        )
        .route(
            "/quotes/{id}/approval-history",
            get(quotes::approval_history),
        )
        .route(
            "/quotes/{id}/evidence-package",
            get(quotes::evidence_package),
        );
    let orders = Router::new()
        .route("/orders", get(orders::list))
        .route("/orders/{id}", get(orders::read))
        .route("/orders/{id}/submit", post(orders::submit))
        .route("/orders/{id}/cancel", post(orders::cancel))
        .route("/orders/{id}/timeline", get(orders::timeline))
        .route(
            "/orders/{id}/fulfillment-plan",
            get(orders::fulfillment_plan),
        )
        .route("/orders/{id}/fallout", get(orders::fallout));
    let decisions = Router::new()
        .route("/pricing/calculate", post(decisions::calculate))
        .route("/eligibility/evaluate", post(decisions::eligibility))
        .route("/configuration/validate", post(decisions::configuration))
        .route("/promotions/evaluate", post(decisions::promotions))
        .route("/decisions/replay", post(decisions::replay));
    let packages = Router::new().route(
        "/packages",
        get(packages::list)
            .post(packages::publish)
            .layer(DefaultBodyLimit::max(PACKAGE_BYTES_MAX)),
    );
    let operations = Router::new()
        .route("/events", get(events::list))
        .route("/healthz", get(operations::health))
        .route("/metrics", get(operations::metrics))
        .route("/openapi.json", get(openapi::document))
        .route("/", get(pages::index))
        .route("/quotes/{id}/page", get(pages::quote))
        .route("/orders/{id}/page", get(pages::order));
    Router::new()
        .merge(quotes)
        .merge(orders)
        .merge(decisions)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .merge(packages)
        .merge(operations)
        .fallback(no_route)
        .method_not_allowed_fallback(no_route)
        .layer(middleware::from_fn_with_state(
            state.clone(),
            count_problems,
        ))
        .with_state(state)
}

async fn no_route(request: Request) -> AppError {
    AppError::not_found(
        "route",
        &format!("{} {}", request.method(), request.uri().path()),
    )
}

async fn count_problems(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if let Some(ProblemCode(code)) = response.extensions().get() {
        state.metrics.refused(code);
    }
    response
}

/// Parts of the path; a problem document when they cannot be read.
#[derive(Debug, Clone, Copy)]
pub struct InPath<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for InPath<T> {
    type Rejection = AppError;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AppError> {
        let Path(value) = Path::<T>::from_request_parts(parts, state)
            .await
            .map_err(|rejection: PathRejection| AppError::malformed(rejection.body_text()))?;
        Ok(Self(value))
    }
}

/// The query of the address, with a problem document when it cannot be read.
#[derive(Debug, Clone, Copy)]
pub struct InQuery<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for InQuery<T> {
    type Rejection = AppError;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AppError> {
        let Query(value) = Query::<T>::from_request_parts(parts, state)
            .await
            .map_err(|rejection: QueryRejection| AppError::malformed(rejection.body_text()))?;
        Ok(Self(value))
    }
}
