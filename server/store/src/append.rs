//! One append: everything that a command changes, to be stored together or not at all.

use quo_domain::event::NewEvent;
use quo_domain::ids::{EventId, IdempotencyKey, StreamId, TenantId};
use quo_domain::time::Timestamp;
use quo_domain::timer::TimerIntent;

/// Everything that a command changes.
#[derive(Debug, Clone)]
pub struct Append {
    /// The tenant, first part of every key.
    pub tenant: TenantId,
    /// What makes a repetition recognisable; `None` for the service's own work, which is protected
    /// by expected versions alone.
    pub idempotency: Option<Idempotency>,
    /// A consumed event or callback, to be consumed once.
    pub inbox: Option<InboxMark>,
    /// The streams and their events; a stream occurs once.
    pub streams: Vec<StreamAppend>,
    /// What is to be published of these events.
    pub outbox: Vec<OutboxRow>,
    /// Timers to set and clear, in order.
    pub timers: Vec<TimerIntent>,
    /// What must be unique per tenant.
    pub claims: Vec<Claim>,
    /// Packages that must be kept from now on.
    pub packages: Vec<PackageReference>,
}

impl Append {
    /// An append of a tenant that changes nothing yet.
    #[must_use]
    pub const fn of(tenant: TenantId) -> Self {
        Self {
            tenant,
            idempotency: None,
            inbox: None,
            streams: Vec::new(),
            outbox: Vec::new(),
            timers: Vec::new(),
            claims: Vec::new(),
            packages: Vec::new(),
        }
    }
}

/// What makes a repeated command recognisable, and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// The key, unique per tenant.
    pub key: IdempotencyKey,
    /// Hash of the request; another one under the same key is a conflict.
    pub request_hash: String,
    /// The answer to give now and to every repetition.
    pub response: Vec<u8>,
}

/// A consumed event or callback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxMark {
    /// Who consumes.
    pub consumer: String,
    /// What was consumed, as its producer names it.
    pub event: String,
    /// When.
    pub at: Timestamp,
}

/// Events for one stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamAppend {
    /// The stream.
    pub stream: StreamId,
    /// The version it must have: the number of its events, 0 when it must not exist.
    pub expected_version: u64,
    /// The events, in order.
    pub events: Vec<NewEvent>,
}

/// An event to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// The event, one of the same append.
    pub event: EventId,
    /// The envelope as it is to be published.
    pub envelope: Vec<u8>,
}

/// What must be unique per tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Kind of claim, such as `order-of-revision`.
    pub kind: String,
    /// What is claimed.
    pub value: String,
    /// Who claims it.
    pub owner: String,
}

/// Something that names a package, which must therefore be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageReference {
    /// Digest of the package in hexadecimal.
    pub package: String,
    /// Kind of what names it: `quote`, `order`, `token`.
    pub kind: String,
    /// Id of what names it.
    pub id: String,
}

/// What became of an append.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Appended {
    /// It was stored.
    Stored {
        /// The tenant's last position after it.
        position: u64,
        /// The version of each stream after it, in the order of the append.
        versions: Vec<u64>,
    },
    /// It had been stored before under the same idempotency key.
    Replayed {
        /// The first answer.
        response: Vec<u8>,
    },
    /// Its inbox mark had been stored before: it was consumed already.
    Consumed,
}
