//! Quotes, approvals, orders and plans as pure state machines over events.
