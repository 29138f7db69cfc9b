//! The store as the service knows it.
//!
//! Object-safe, so that the service holds an `Arc<dyn EventStore>` and needs no type parameter for
//! it. Dropping a future does not take back what was asked: an append may still be stored.

use crate::append::{Append, Appended, PackageReference};
use crate::error::StoreError;
use crate::rows::{Fresh, Freshness, ListFilter, OrderRow, PendingEnvelope, QuoteRow, Route};
use quo_domain::event::RecordedEvent;
use quo_domain::ids::{IdempotencyKey, StreamId, TenantId, TimerId};
use quo_domain::time::Timestamp;
use quo_domain::timer::Timer;
use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;

/// What an asynchronous call of the store gives.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// An append-only log of events, and what is stored in its transactions.
///
/// All methods fail with [`StoreError::Database`], [`StoreError::Corrupt`] or
/// [`StoreError::Closed`] when the store itself does; further errors are named where they occur.
pub trait EventStore: Send + Sync {
    /// Stores an append; acknowledged only after the commit.
    ///
    /// Fails with [`StoreError::VersionConflict`], [`StoreError::KeyReused`],
    /// [`StoreError::Claimed`] or [`StoreError::Malformed`]; then nothing of it is stored.
    fn append(&self, append: Append) -> Pending<'_, Appended>;

    /// The answer first given under an idempotency key, if there was one; to be asked before
    /// deciding. Fails with [`StoreError::KeyReused`] when the request was another.
    fn first_answer(
        &self,
        tenant: &TenantId,
        key: &IdempotencyKey,
        request_hash: &str,
    ) -> Pending<'_, Option<Vec<u8>>>;

    /// All events of a stream, in order; empty when it does not exist.
    fn load(&self, tenant: &TenantId, stream: &StreamId) -> Pending<'_, Vec<RecordedEvent>>;

    /// Up to `limit` events of a tenant after a position, in order.
    fn read_after(
        &self,
        tenant: &TenantId,
        position: u64,
        limit: u32,
    ) -> Pending<'_, Vec<RecordedEvent>>;

    /// The last position of a tenant's log, 0 when it is empty.
    fn head(&self, tenant: &TenantId) -> Pending<'_, u64>;

    /// Every tenant that has stored something.
    fn tenants(&self) -> Pending<'_, Vec<TenantId>>;

    /// Up to `limit` timers of a tenant that are due, the longest due first. A timer stays until an
    /// append or [`clear_timer`](Self::clear_timer) clears it.
    fn due_timers(&self, tenant: &TenantId, now: Timestamp, limit: u32) -> Pending<'_, Vec<Timer>>;

    /// When the next timer of a tenant is due.
    fn next_timer(&self, tenant: &TenantId) -> Pending<'_, Option<Timestamp>>;

    /// Clears a timer whose command was refused, unless it has been set anew since; whether it did.
    fn clear_timer(&self, tenant: &TenantId, id: &TimerId, due: Timestamp) -> Pending<'_, bool>;

    /// Up to `limit` envelopes that wait to be published, in order.
    fn outbox_pending(&self, tenant: &TenantId, limit: u32) -> Pending<'_, Vec<PendingEnvelope>>;

    /// Marks envelopes as published.
    fn mark_published(
        &self,
        tenant: &TenantId,
        positions: &[u64],
        at: Timestamp,
    ) -> Pending<'_, ()>;

    /// Brings the read models of a tenant up to date, by up to `limit` events. Fails with
    /// [`StoreError::Unreadable`] when an event cannot be read; the models then stay where they are.
    fn project(&self, tenant: &TenantId, limit: u32) -> Pending<'_, Freshness>;

    /// The list of quotes.
    fn quotes(&self, tenant: &TenantId, filter: ListFilter) -> Pending<'_, Fresh<Vec<QuoteRow>>>;

    /// The list of orders.
    fn orders(&self, tenant: &TenantId, filter: ListFilter) -> Pending<'_, Fresh<Vec<OrderRow>>>;

    /// Puts a package into effect for a span of selling dates, or changes the span. Fails with
    /// [`StoreError::Route`] when the span is none.
    fn set_route(&self, route: Route) -> Pending<'_, ()>;

    /// The routes of a tenant.
    fn routes(&self, tenant: &TenantId) -> Pending<'_, Vec<Route>>;

    /// The one package in effect for a ruleset on a selling date. Fails with
    /// [`StoreError::Route`], which names the candidates, when there is none or more than one.
    fn route(&self, tenant: &TenantId, ruleset: &str, selling_date: &str) -> Pending<'_, Route>;

    /// Notes that something names a package, outside of an append.
    fn reference_package(&self, tenant: &TenantId, reference: PackageReference) -> Pending<'_, ()>;

    /// Every package of a tenant that a quote, order, token or route names: it must be kept.
    fn packages_in_use(&self, tenant: &TenantId) -> Pending<'_, BTreeSet<String>>;
}
