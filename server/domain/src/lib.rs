//! Quotes, approvals, orders and plans as pure state machines over events.
//!
//! The crate decides what a command does to an aggregate and nothing else: `decide` takes the
//! current state, a command and the circumstances (who, when, why) and gives events and timer
//! intents, or a refusal; `apply` folds an event into the state. Every allowed step is a row of a
//! transition table ([`quote::TRANSITIONS`], [`approval::TRANSITIONS`], [`order::TRANSITIONS`],
//! [`task::TRANSITIONS`]); the diagrams in `docs/state-machines.md` are printed from those rows.
//!
//! It must not know tokio, SQL, HTTP, the clock, or the compiler. Time, ids and randomness are
//! values handed in ([`context::Context`]) that the application reads from the [`ports`]; prices
//! arrive as a [`snapshot::PricedSnapshot`] that the engine made. That is why every decision can be
//! replayed, simulated with a seed, and tested without a machine around it.
//!
//! How a service uses it, in one breath: read the stream, fold it
//! ([`quote::QuoteFamily::load`]), `decide`, turn the events into
//! [`event::NewEvent`]s with their envelope, and append them with their timers in one transaction.

pub mod approval;
pub mod cloudevents;
pub mod command;
pub mod context;
pub mod conversion;
pub mod event;
pub mod fingerprint;
pub mod ids;
pub mod machine;
pub mod order;
pub mod ports;
pub mod principal;
pub mod quote;
pub mod refusal;
pub mod simulation;
pub mod snapshot;
pub mod task;
pub mod time;
pub mod timer;
pub mod upcast;

pub use context::{Context, Decision};
pub use event::{EventBody, NewEvent, RecordedEvent};
pub use principal::{Actor, ActorKind, Principal};
pub use refusal::Refusal;
pub use time::Timestamp;
