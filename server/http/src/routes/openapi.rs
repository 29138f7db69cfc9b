//! The OpenAPI document, generated from the handlers.

use super::{decisions, events, operations, orders, packages, quotes};
use axum::Json;
use utoipa::OpenApi;

/// The service's API.
#[derive(Debug, Clone, Copy, OpenApi)]
#[openapi(
    info(
        title = "Quo",
        description = "Quotes and orders that live by rules. Every request but those of `operations` names its tenant \
and actor in the headers `X-Quo-Tenant`, `X-Quo-Actor` (`type:id`) and `X-Quo-Roles`; they are a placeholder until \
authentication exists. Every command comes in the same envelope and is safe to repeat."
    ),
    paths(
        quotes::create,
        quotes::list,
        quotes::read,
        quotes::change_header,
        quotes::add_line,
        quotes::remove_line,
        quotes::configure,
        quotes::price,
        quotes::reprice,
        quotes::validate,
        quotes::submit_for_approval,
        quotes::approve,
        quotes::reject,
        quotes::delegate,
        quotes::present,
        quotes::accept,
        quotes::convert,
        quotes::revise,
        quotes::cancel,
        quotes::pricing_trace,
        quotes::validation_results,
        quotes::approval_history,
        quotes::evidence_package,
        orders::list,
        orders::read,
        orders::submit,
        orders::cancel,
        orders::timeline,
        orders::fulfillment_plan,
        orders::fallout,
        decisions::calculate,
        decisions::eligibility,
        decisions::configuration,
        decisions::promotions,
        decisions::replay,
        packages::publish,
        packages::list,
        events::list,
        operations::health,
        operations::metrics,
    )
)]
pub struct ApiDocument;

/// Serves the document.
pub async fn document() -> Json<utoipa::openapi::OpenApi> {
    Json(ApiDocument::openapi())
}
