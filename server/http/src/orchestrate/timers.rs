//! Durable timers: when one is due, the command of its kind is sent.
//!
//! A timer stays in the store until an append replaces or clears it, so that one that fires while the process dies fires
//! again. A timer whose command is refused has become pointless and is cleared.

use super::{Orchestrator, locked};
use crate::error::AppError;
use crate::service::orders::Stepped;
use crate::service::quotes;
use quo_domain::ids::{QuoteId, TenantId};
use quo_domain::quote::{QuoteAction, QuoteCommand};
use quo_domain::timer::{Timer, TimerKind};
use std::sync::Arc;

/// Timers that are fired in one tick; the others follow in the next.
const FIRED_MAX: u32 = 1_000;

impl Orchestrator {
    /// Fires the timers of a tenant that are due.
    pub(super) async fn fire_timers(self: &Arc<Self>, tenant: &TenantId) -> Result<(), AppError> {
        let due = self
            .state
            .store
            .due_timers(tenant, self.state.now(), FIRED_MAX)
            .await?;
        for timer in due {
            if let Err(error) = self.fire(tenant, &timer).await {
                self.failed(tenant, "timer", &error);
            }
        }
        Ok(())
    }

    async fn fire(self: &Arc<Self>, tenant: &TenantId, timer: &Timer) -> Result<(), AppError> {
        let pointless = match (&timer.kind, timer.stream.quote(), timer.stream.order()) {
            (TimerKind::QuoteExpiry { revision }, Some(quote), _) => {
                let command = QuoteCommand {
                    revision: Some(*revision),
                    action: QuoteAction::Expire,
                };
                self.send(tenant, &quote, command).await?
            }
            (TimerKind::ApprovalDeadline { revision, case }, Some(quote), _) => {
                let action = QuoteAction::Escalate { case: *case };
                self.send(
                    tenant,
                    &quote,
                    QuoteCommand {
                        revision: Some(*revision),
                        action,
                    },
                )
                .await?
            }
            (TimerKind::TaskDeadline { task }, _, Some(order)) => {
                let lost = self
                    .lost(tenant, &order, task, "no answer came before the deadline")
                    .await?;
                matches!(lost, Stepped::NotNeeded | Stepped::Refused(_))
            }
            (TimerKind::RetryBackoff { .. }, _, Some(order)) => {
                self.advance(tenant, &order).await?;
                // Started, its timer is another one; not started for want of room, it is postponed; otherwise nothing
                // waits for it. Where it was replaced, clearing does nothing: it is due at another time.
                !locked(&self.postponed).contains(&(tenant.clone(), order))
            }
            (TimerKind::Reconciliation { task }, _, Some(order)) => {
                let begun = self.reconcile(tenant, &order, task).await?;
                let busy = locked(&self.in_flight).contains(&(
                    tenant.clone(),
                    order.clone(),
                    task.clone(),
                )) || locked(&self.postponed).contains(&(tenant.clone(), order));
                matches!(begun, Stepped::NotNeeded | Stepped::Refused(_)) && !busy
            }
            // A timer of a stream that is no such aggregate: nothing can come of it.
            _ => true,
        };
        if pointless {
            self.state
                .store
                .clear_timer(tenant, &timer.id, timer.due)
                .await?;
        }
        Ok(())
    }

    /// Sends a command to a quote. Whether it was refused.
    async fn send(
        &self,
        tenant: &TenantId,
        quote: &QuoteId,
        command: QuoteCommand,
    ) -> Result<bool, AppError> {
        let refused = quotes::step(&self.state, tenant, quote, command).await?;
        if let Some(reason) = &refused {
            tracing::info!(%tenant, %quote, reason, "a timer has become pointless");
        }
        Ok(refused.is_some())
    }
}
