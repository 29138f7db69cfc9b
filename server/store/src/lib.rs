//! The append-only event log with idempotency keys, outbox, timers and projections.
//!
//! Everything a command changes is stored in one transaction ([`Append`]): events of one or more
//! streams, the answer under its idempotency key, outbox rows, timers, unique claims and package
//! references. An append is acknowledged only after the commit has reached the disk. Events are
//! never changed or deleted.
//!
//! Every table, index and query begins with the tenant. [`EventStore`] is the trait the service
//! knows; [`SqliteStore`] is the one that needs no server. The crate must not know HTTP, must not
//! decide anything, and must not read a clock: every time is given to it.

mod append;
mod error;
mod event_store;
mod rows;
mod sqlite;

pub use append::{
    Append, Appended, Claim, Idempotency, InboxMark, OutboxRow, PackageReference, StreamAppend,
};
pub use error::{RouteError, StoreError};
pub use event_store::{EventStore, Pending};
pub use rows::{Fresh, Freshness, ListFilter, OrderRow, PendingEnvelope, QuoteRow, Route};
pub use sqlite::{GROUP_COMMIT_MAX, SqliteStore};
