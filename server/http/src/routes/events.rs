//! The published log: a tenant's events as CloudEvents, in order, page by page.

use super::InQuery;
use crate::error::{AppError, Problem};
use crate::principal::Caller;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use quo_domain::cloudevents;
use quo_domain::event::RecordedEvent;
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;

/// Most events of one page.
const EVENTS_MAX: u32 = 1_000;

/// Which page of the log to read.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct EventsQuery {
    /// Position after which to begin; 0 for the beginning.
    #[serde(default)]
    pub after: u64,
    /// At most so many events, up to 1000; 100 when left out.
    #[serde(default)]
    pub limit: Option<u32>,
}

/// The events that were published, as a batch of CloudEvents. The header `Link` leads to the next page; follow it until a
/// page is empty, and again later for what is new. A consumer must expect to see an event twice.
#[utoipa::path(get, path = "/events", tag = "events", params(EventsQuery),
    responses((status = 200, body = Vec<Value>, content_type = "application/cloudevents-batch+json"),
        (status = "4XX", body = Problem)))]
pub async fn list(
    State(state): State<AppState>,
    Caller(principal): Caller,
    InQuery(query): InQuery<EventsQuery>,
) -> Result<(HeaderMap, Json<Vec<Value>>), AppError> {
    let limit = query.limit.unwrap_or(100).clamp(1, EVENTS_MAX);
    let tenant = &principal.tenant;
    let events = state.store.read_after(tenant, query.after, limit).await?;
    // Asked second: what is appended in between is not among the events read.
    let waiting = state.store.outbox_pending(tenant, 1).await?;
    let first_unpublished = waiting
        .first()
        .map_or(u64::MAX, |envelope| envelope.position);
    let published: Vec<_> = events
        .iter()
        .take_while(|event| event.position < first_unpublished)
        .collect();
    let next = published.last().map_or(query.after, |event| event.position);
    let envelopes = envelopes(published)?;
    let mut headers = HeaderMap::new();
    let kind = HeaderValue::from_static("application/cloudevents-batch+json");
    headers.insert(header::CONTENT_TYPE, kind);
    let link = format!("</events?after={next}&limit={limit}>; rel=\"next\"");
    headers.insert(
        header::LINK,
        HeaderValue::from_str(&link).map_err(AppError::internal)?,
    );
    Ok((headers, Json(envelopes)))
}

/// Events as they are published.
pub(super) fn envelopes<'e>(
    events: impl IntoIterator<Item = &'e RecordedEvent>,
) -> Result<Vec<Value>, AppError> {
    events
        .into_iter()
        .map(|event| {
            Ok(cloudevents::envelope(
                &event.tenant,
                &event.stream,
                &event.event,
            )?)
        })
        .collect()
}
