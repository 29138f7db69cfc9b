//! What every handler and the orchestrator share: the store, the packages, the ports, the metrics.

use crate::error::AppError;
use crate::metrics::Metrics;
use crate::packages::Packages;
use crate::ports::{SystemClock, SystemJitter, UlidIds};
use quo_domain::Timestamp;
use quo_domain::command::Command;
use quo_domain::context::Context;
use quo_domain::event::{EventBody, NewEvent};
use quo_domain::ports::{Clock, IdSource, Jitter};
use quo_domain::upcast::Upcasters;
use quo_store::EventStore;
use serde::Serialize;
use std::sync::Arc;
use tokio::sync::Notify;

/// Where time, ids and randomness come from.
#[derive(Clone)]
pub struct Ports {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes ids.
    pub ids: Arc<dyn IdSource>,
    /// Spreads retries.
    pub jitter: Arc<dyn Jitter>,
}

impl Default for Ports {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            ids: Arc::new(UlidIds),
            jitter: Arc::new(SystemJitter),
        }
    }
}

impl std::fmt::Debug for Ports {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ports").finish_non_exhaustive()
    }
}

/// Shared by every handler; cloning it is cheap.
#[derive(Clone)]
pub struct AppState {
    /// The event log and what belongs to it.
    pub store: Arc<dyn EventStore>,
    /// The packages that decide.
    pub packages: Arc<Packages>,
    /// Time, ids, randomness.
    pub ports: Ports,
    /// Counters.
    pub metrics: Arc<Metrics>,
    /// Rung after every append, so that the orchestrator looks.
    pub bell: Arc<Notify>,
    /// Lifts stored events to their current versions.
    pub upcasters: Arc<Upcasters>,
}

impl std::fmt::Debug for AppState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AppState")
            .field("ports", &self.ports)
            .finish_non_exhaustive()
    }
}

impl AppState {
    /// A state over a store and packages.
    #[must_use]
    pub fn new(store: Arc<dyn EventStore>, packages: Arc<Packages>, ports: Ports) -> Self {
        Self {
            store,
            packages,
            ports,
            metrics: Arc::new(Metrics::default()),
            bell: Arc::new(Notify::new()),
            upcasters: Arc::new(Upcasters::current()),
        }
    }

    /// The current instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.ports.clock.now()
    }

    /// A fresh id with a prefix that tells people what it names.
    #[must_use]
    pub fn fresh_id(&self, prefix: &str, now: Timestamp) -> String {
        format!("{prefix}-{}", self.ports.ids.next(now))
    }

    /// The circumstances of a command handled at `now`.
    pub(crate) fn context<P>(&self, command: &Command<P>, now: Timestamp) -> Context {
        command.context(now, self.ports.jitter.permille())
    }

    /// The events of a decision in the envelope of their command.
    pub(crate) fn events<P: Serialize, E: EventBody>(
        &self,
        command: &Command<P>,
        bodies: &[E],
        now: Timestamp,
    ) -> Result<Vec<NewEvent>, AppError> {
        Ok(NewEvent::from_decision(
            command,
            bodies,
            now,
            &*self.ports.ids,
        )?)
    }
}
