//! What the store gives back besides events.

use quo_domain::ids::{EventId, OrderId, QuoteId, RevisionNo, TenantId};
use quo_domain::time::Timestamp;
use serde::Serialize;

/// How far a read model has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Freshness {
    /// The last position it has seen.
    pub position: u64,
    /// The last position of the tenant's log.
    pub head: u64,
    /// Time of the last event it has seen.
    pub as_of: Option<Timestamp>,
}

impl Freshness {
    /// Whether it has seen everything.
    #[must_use]
    pub const fn is_current(&self) -> bool {
        self.position >= self.head
    }
}

/// Something read from a read model, with how fresh that is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fresh<T> {
    /// What was read.
    pub value: T,
    /// How fresh it is.
    pub freshness: Freshness,
}

/// Which rows of a list to read, the last updated first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListFilter {
    /// Only rows in this state, by its name.
    pub state: Option<String>,
    /// Only rows of this account.
    pub account: Option<String>,
    /// At most so many rows.
    pub limit: u32,
    /// Leaves out so many rows at the beginning.
    pub offset: u32,
}

/// A row of the list of quotes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct QuoteRow {
    /// The quote.
    pub id: QuoteId,
    /// Its latest revision.
    pub revision: RevisionNo,
    /// State of the latest revision.
    pub state: String,
    /// The customer's account.
    pub account: String,
    /// Version of the quote's stream.
    pub version: u64,
    /// Time of its last event.
    pub updated: Timestamp,
}

/// A row of the list of orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderRow {
    /// The order.
    pub id: OrderId,
    /// The quote it comes from.
    pub quote: QuoteId,
    /// The accepted revision.
    pub revision: RevisionNo,
    /// Its state.
    pub state: String,
    /// The customer's account.
    pub account: String,
    /// Version of the order's stream.
    pub version: u64,
    /// Time of its last event.
    pub updated: Timestamp,
}

/// An envelope that waits to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingEnvelope {
    /// Place of its event in the tenant's log.
    pub position: u64,
    /// Its event.
    pub event: EventId,
    /// The envelope as it is to be published.
    pub envelope: Vec<u8>,
}

/// A package in effect for a span of selling dates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Route {
    /// The tenant.
    pub tenant: TenantId,
    /// Name of the ruleset.
    pub ruleset: String,
    /// Digest of the package in hexadecimal.
    pub package: String,
    /// Version of the ruleset.
    pub ruleset_version: String,
    /// First selling date, `2026-01-01`.
    pub effective_from: String,
    /// Last selling date, included; `None` until further notice.
    pub effective_to: Option<String>,
}
