//! The application services: one call of a handler each. They load, let the domain or the engine decide, and store.
//!
//! Nothing in here knows HTTP beyond the status of an answer, and nothing decides: what may happen is the domain's, what
//! it costs the engine's.

pub mod commit;
pub mod decisions;
pub mod orders;
pub mod quotes;
pub mod snapshot;
