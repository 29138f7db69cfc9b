//! The service: routes, application services, orchestration, metrics; the binary `quo-server`.
//!
//! ```text
//!   routes ──▶ service ──▶ domain (what may happen) ──▶ store (one append)
//!                 └──────▶ engine (what it costs)          │ bell
//!   orchestrate ◀──────────────────────────────────────────┘
//!        └─▶ connector ─▶ downstream systems
//! ```
//!
//! Edges are thin: a handler extracts, calls one service, maps the answer. The service loads, lets domain or engine
//! decide, and stores everything that follows in one append. The orchestrator does what no person asks for: timers,
//! fulfilment tasks, read models, publication. Nothing that matters is kept in memory, so that the process may die at any
//! moment; clocks, ids and randomness enter through [`ports`] alone. How a decision is made is not known here.

pub mod envelope;
pub mod error;
pub mod metrics;
pub mod orchestrate;
pub mod packages;
pub mod ports;
pub mod principal;
pub mod routes;
pub mod sale;
pub mod service;
pub mod state;

pub use error::AppError;
pub use orchestrate::{Orchestrator, Settings};
pub use packages::Packages;
pub use routes::app;
pub use state::{AppState, Ports};
