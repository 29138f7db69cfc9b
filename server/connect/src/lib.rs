//! Downstream systems: the one way to talk to them, and simulators that answer as badly as real ones.
//!
//! Billing, provisioning, shipping and the like are independently owned and unreliable. Everything this platform
//! needs of them is one small HTTP protocol (see `docs/downstream.md`): ask for an operation under an idempotency key,
//! ask what became of it, undo it. [`Connector`] is that protocol as a trait, [`HttpConnector`] speaks it, and
//! [`simulate`] is a server of the same protocol whose faults follow from a seed and whose memory is a file of its own.
//!
//! The one rule: an answer that did not come is [`Outcome::Unknown`], never a failure. The operation may or may not
//! have happened, and only the system itself can say which; so whoever gets an unknown outcome looks it up
//! ([`Connector::look_up`]) before asking again.
//!
//! This crate must not know orders, plans, retries or the event log: it makes one call and says what was seen.

pub mod connector;
pub mod http;
pub mod protocol;
pub mod simulate;

pub use connector::{Call, Connector, Found, Outcome, ReversalOrder, WorkOrder};
pub use http::{ConfigError, HttpConnector, Timeouts};
