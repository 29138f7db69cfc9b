//! The append-only event log with idempotency keys, outbox, timers and projections.
