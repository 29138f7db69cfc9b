//! What happens without a person: submitted orders are carried out, timers fire, read models follow, events are published.
//!
//! The orchestrator coordinates and owns no state: every step is a command that the domain may refuse, stored before
//! anything that follows from it. A call to a downstream system is recorded as begun *before* it is made and its outcome
//! after; so when the process dies, what is recorded as begun and is not under way in this process has an unknown
//! outcome, and is looked up before it is tried again. What is kept in memory ([`Orchestrator`]'s fields) is only which
//! calls are under way here and how far the log was read, both of which a new process finds out anew.
//!
//! One loop takes all steps but the recording of outcomes, so that no two steps race each other in one process; between
//! processes the expected version of each append decides.

mod fulfil;
mod timers;

use crate::error::AppError;
use crate::state::AppState;
use quo_connect::Connector;
use quo_domain::ids::{OrderId, TaskId, TenantId};
use quo_domain::machine::Name;
use quo_domain::order::OrderState;
use quo_store::ListFilter;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, watch};

/// Events the read models and the orchestrator take in at once.
const BATCH: u32 = 500;
/// Longest wait before looking again, in milliseconds.
const WAIT_MS_MAX: i64 = 1_000;
/// Shortest wait before looking again when nobody rang, in milliseconds.
const WAIT_MS_MIN: i64 = 20;

/// How the orchestrator works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Milliseconds a try of a task has to answer. Longer than the connector's own limit, so that the connector, which
    /// knows more, is the one to say that no answer came.
    pub answer_ms: u32,
    /// Calls to downstream systems at once.
    pub calls_max: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            answer_ms: 7_000,
            calls_max: 32,
        }
    }
}

/// A task of an order of a tenant.
type TaskKey = (TenantId, OrderId, TaskId);

/// Drives orders, timers, read models and the outbox of all tenants.
pub struct Orchestrator {
    state: AppState,
    connector: Arc<dyn Connector>,
    settings: Settings,
    /// Tasks with a call of this process under way.
    in_flight: Mutex<BTreeSet<TaskKey>>,
    /// The position up to which each tenant's log was read.
    cursors: Mutex<BTreeMap<TenantId, u64>>,
    /// Orders to look at again, since there was no room for another call.
    postponed: Mutex<BTreeSet<(TenantId, OrderId)>>,
    room: Arc<Semaphore>,
}

impl std::fmt::Debug for Orchestrator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Orchestrator")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Each change is a single insertion or removal: a panic elsewhere leaves nothing half done.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Orchestrator {
    /// An orchestrator over a state and a way to downstream systems.
    #[must_use]
    pub fn new(state: AppState, connector: Arc<dyn Connector>, settings: Settings) -> Arc<Self> {
        Arc::new(Self {
            state,
            connector,
            settings,
            in_flight: Mutex::default(),
            cursors: Mutex::default(),
            postponed: Mutex::default(),
            room: Arc::new(Semaphore::new(settings.calls_max.max(1))),
        })
    }

    /// Works until `stop` becomes true or its sender is gone.
    pub async fn run(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow_and_update() {
            let wait = self.tick().await;
            tokio::select! {
                () = self.state.bell.notified() => {}
                () = tokio::time::sleep(wait) => {}
                changed = stop.changed() => if changed.is_err() { break },
            }
        }
    }

    /// Does what is to be done now for every tenant. Answers how long there is nothing to do unless somebody rings.
    /// What fails is logged, counted, and tried again with the next tick.
    pub async fn tick(self: &Arc<Self>) -> Duration {
        let mut wait_ms = WAIT_MS_MAX;
        match self.state.store.tenants().await {
            Ok(tenants) => {
                for tenant in tenants {
                    match self.serve(&tenant).await {
                        Ok(tenant_wait_ms) => wait_ms = wait_ms.min(tenant_wait_ms),
                        Err(error) => self.failed(&tenant, "serve", &error),
                    }
                }
            }
            Err(error) => {
                self.state.metrics.orchestration_failed();
                tracing::error!(%error, "the tenants cannot be read");
            }
        }
        Duration::from_millis(u64::try_from(wait_ms).unwrap_or(0))
    }

    async fn serve(self: &Arc<Self>, tenant: &TenantId) -> Result<i64, AppError> {
        for order in self.touched(tenant).await? {
            if let Err(error) = self.advance(tenant, &order).await {
                // It is met again with its next event or timer, or now:
                locked(&self.postponed).insert((tenant.clone(), order));
                self.failed(tenant, "advance", &error);
            }
        }
        self.fire_timers(tenant).await?;
        self.project(tenant).await?;
        self.publish(tenant).await?;
        let waits = locked(&self.postponed).iter().any(|(of, _)| of == tenant);
        let next = self.state.store.next_timer(tenant).await?;
        Ok(match next {
            _ if waits => WAIT_MS_MIN,
            Some(due) => due
                .millis()
                .saturating_sub(self.state.now().millis())
                .clamp(WAIT_MS_MIN, WAIT_MS_MAX),
            None => WAIT_MS_MAX,
        })
    }

    /// Orders that something happened to since this was last asked, and those that were postponed; when it is asked for
    /// the first time, every order that is not at its end.
    async fn touched(&self, tenant: &TenantId) -> Result<BTreeSet<OrderId>, AppError> {
        let mut orders = BTreeSet::new();
        let known = locked(&self.cursors).get(tenant).copied();
        let mut cursor = match known {
            Some(cursor) => cursor,
            None => {
                let position = self.project(tenant).await?;
                for state in [
                    OrderState::Submitted,
                    OrderState::Validated,
                    OrderState::InProgress,
                    OrderState::Held,
                    OrderState::Cancelling,
                    OrderState::CancellationHeld,
                ] {
                    self.listed(tenant, state, &mut orders).await?;
                }
                position
            }
        };
        loop {
            let events = self.state.store.read_after(tenant, cursor, BATCH).await?;
            let Some(last) = events.last() else { break };
            cursor = last.position;
            orders.extend(events.iter().filter_map(|event| event.stream.order()));
        }
        locked(&self.cursors).insert(tenant.clone(), cursor);
        let mut postponed = locked(&self.postponed);
        let again: Vec<_> = postponed
            .iter()
            .filter(|(of, _)| of == tenant)
            .cloned()
            .collect();
        for (of, order) in again {
            postponed.remove(&(of, order.clone()));
            orders.insert(order);
        }
        Ok(orders)
    }

    async fn listed(
        &self,
        tenant: &TenantId,
        state: OrderState,
        orders: &mut BTreeSet<OrderId>,
    ) -> Result<(), AppError> {
        let mut offset = 0;
        loop {
            let filter = ListFilter {
                state: Some(state.name().to_owned()),
                account: None,
                limit: BATCH,
                offset,
            };
            let rows = self.state.store.orders(tenant, filter).await?.value;
            let read = u32::try_from(rows.len()).unwrap_or(BATCH);
            orders.extend(rows.into_iter().map(|row| row.id));
            if read < BATCH {
                return Ok(());
            }
            offset = offset.saturating_add(read);
        }
    }

    /// Brings the read models up to date. Answers the position they have reached.
    async fn project(&self, tenant: &TenantId) -> Result<u64, AppError> {
        loop {
            let freshness = self.state.store.project(tenant, BATCH).await?;
            if freshness.is_current() {
                return Ok(freshness.position);
            }
        }
    }

    /// Publishes what waits in the outbox to the log that `GET /events` serves.
    async fn publish(&self, tenant: &TenantId) -> Result<(), AppError> {
        loop {
            let waiting = self.state.store.outbox_pending(tenant, BATCH).await?;
            if waiting.is_empty() {
                return Ok(());
            }
            let positions: Vec<u64> = waiting.iter().map(|envelope| envelope.position).collect();
            self.state
                .store
                .mark_published(tenant, &positions, self.state.now())
                .await?;
        }
    }

    fn failed(&self, tenant: &TenantId, what: &str, error: &AppError) {
        self.state.metrics.orchestration_failed();
        let detail = error.problem().detail;
        tracing::error!(%tenant, what, code = error.code(), detail, "a step failed and will be tried again");
    }
}
