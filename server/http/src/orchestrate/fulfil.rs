//! Carrying out an order: validate, decompose, start what is ready, record what came of it, look up what is unknown.

use super::{Orchestrator, TaskKey, locked};
use crate::error::AppError;
use crate::service::orders::{self, Stepped, step};
use quo_connect::{Found, Outcome, ReversalOrder, WorkOrder};
use quo_domain::ids::{OrderId, TaskId, TenantId};
use quo_domain::order::{Order, OrderCommand, OrderState};
use quo_domain::task::{Finding, Task, TaskState};
use std::sync::Arc;
use tokio::sync::OwnedSemaphorePermit;

/// A call of this process under way: room for it is taken and its task is marked, both until this is dropped.
struct Underway {
    orchestrator: Arc<Orchestrator>,
    key: TaskKey,
    _room: OwnedSemaphorePermit,
}

impl Drop for Underway {
    fn drop(&mut self) {
        locked(&self.orchestrator.in_flight).remove(&self.key);
        self.orchestrator.state.bell.notify_one();
    }
}

impl Orchestrator {
    /// Takes every step of an order that can be taken now.
    pub(super) async fn advance(
        self: &Arc<Self>,
        tenant: &TenantId,
        id: &OrderId,
    ) -> Result<(), AppError> {
        let mut order = orders::load(&self.state, tenant, id).await?.order;
        loop {
            let step_taken = match order.state {
                OrderState::Submitted => {
                    step(&self.state, tenant, id, |order| {
                        (order.state == OrderState::Submitted).then_some(OrderCommand::Validate)
                    })
                    .await?
                }
                OrderState::Validated => {
                    step(&self.state, tenant, id, |order| {
                        (order.state == OrderState::Validated).then_some(OrderCommand::Decompose)
                    })
                    .await?
                }
                OrderState::InProgress
                | OrderState::Held
                | OrderState::Cancelling
                | OrderState::CancellationHeld => {
                    return self.work_on(tenant, &order).await;
                }
                OrderState::Captured | OrderState::Completed | OrderState::Cancelled => {
                    return Ok(());
                }
            };
            match step_taken {
                Stepped::Done(next) => order = *next,
                Stepped::NotNeeded => order = orders::load(&self.state, tenant, id).await?.order,
                Stepped::Refused(reason) => {
                    tracing::warn!(%tenant, order = %id, reason, "an order cannot go on by itself");
                    return Ok(());
                }
            }
        }
    }

    async fn work_on(self: &Arc<Self>, tenant: &TenantId, order: &Order) -> Result<(), AppError> {
        let now = self.state.now();
        for task in &order.tasks {
            match task.state {
                _ if order.may_start(task, now) => {
                    self.start(tenant, order, task).await?;
                }
                TaskState::Started | TaskState::Undoing
                    if !self.is_in_flight(tenant, &order.id, &task.id) =>
                {
                    // Begun, and not by this process: whoever began it is gone.
                    self.lost(
                        tenant,
                        &order.id,
                        &task.id,
                        "the service stopped while the call was under way",
                    )
                    .await?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn is_in_flight(&self, tenant: &TenantId, order: &OrderId, task: &TaskId) -> bool {
        locked(&self.in_flight).contains(&(tenant.clone(), order.clone(), task.clone()))
    }

    /// Marks a task as having a call of this process under way. When it has one, or there is no room, it does nothing but
    /// postpone the order.
    fn underway(
        self: &Arc<Self>,
        tenant: &TenantId,
        order: &OrderId,
        task: &TaskId,
    ) -> Option<Underway> {
        let key = (tenant.clone(), order.clone(), task.clone());
        let busy = locked(&self.in_flight).contains(&key);
        match Arc::clone(&self.room).try_acquire_owned() {
            Ok(room) if !busy => {
                locked(&self.in_flight).insert(key.clone());
                Some(Underway {
                    orchestrator: Arc::clone(self),
                    key,
                    _room: room,
                })
            }
            // Looked at again when a call has ended.
            _ => {
                locked(&self.postponed).insert((tenant.clone(), order.clone()));
                None
            }
        }
    }

    /// Records that a try begins, then makes the call.
    async fn start(
        self: &Arc<Self>,
        tenant: &TenantId,
        order: &Order,
        task: &Task,
    ) -> Result<(), AppError> {
        let Some(underway) = self.underway(tenant, &order.id, &task.id) else {
            return Ok(());
        };
        let (id, timeout_ms) = (task.id.clone(), self.settings.answer_ms);
        let now = self.state.now();
        let begun = step(&self.state, tenant, &order.id, |order| {
            let ready = order
                .task(&id)
                .is_some_and(|task| order.may_start(task, now));
            ready.then(|| OrderCommand::StartTask {
                task: id.clone(),
                timeout_ms,
            })
        })
        .await?;
        match begun {
            Stepped::Done(order) => {
                tokio::spawn(Arc::clone(self).call(underway, *order));
                Ok(())
            }
            Stepped::NotNeeded => Ok(()),
            Stepped::Refused(reason) => {
                tracing::warn!(%tenant, order = %order.id, task = %task.id, reason, "a task cannot be started");
                Ok(())
            }
        }
    }

    /// Makes the call of a try that was recorded as begun, and records what came of it.
    async fn call(self: Arc<Self>, underway: Underway, order: Order) {
        let (tenant, _, id) = &underway.key;
        let Some(task) = order.task(id) else { return };
        let correlation = match orders::load(&self.state, tenant, &order.id).await {
            Ok(loaded) => loaded
                .events
                .first()
                .map(|event| event.event.correlation.to_string()),
            // Where it belongs is known from the order; the correlation only helps people.
            Err(_) => None,
        };
        if let (TaskState::Undoing, Some(undo)) = (task.state, &task.plan.undo) {
            let reversal = ReversalOrder {
                operation: undo.clone(),
                tenant: tenant.to_string(),
                correlationid: correlation.unwrap_or_else(|| order.id.to_string()),
            };
            let (system, key) = (&task.plan.system, &task.external_key);
            let outcome = self.connector.undo(system, key, &reversal).await;
            return self.came_to(tenant, &order, task, outcome).await;
        }
        let work = WorkOrder {
            operation: task.plan.task.clone(),
            order: order.id.to_string(),
            line: task.plan.line.clone(),
            task: task.id.to_string(),
            payload: task.plan.payload.clone(),
            tenant: tenant.to_string(),
            correlationid: correlation.unwrap_or_else(|| order.id.to_string()),
        };
        let outcome = self
            .connector
            .request(&task.plan.system, &task.external_key, &work)
            .await;
        self.came_to(tenant, &order, task, outcome).await;
    }

    /// Records what a call came to, to do a task or to undo it.
    async fn came_to(&self, tenant: &TenantId, order: &Order, task: &Task, outcome: Outcome) {
        let (id, attempt) = (task.id.clone(), task.tries_now());
        let command = match outcome {
            Outcome::Completed { reference } => OrderCommand::CompleteTask {
                task: id.clone(),
                attempt,
                reference,
            },
            Outcome::Refused { reason } => OrderCommand::FailTask {
                task: id.clone(),
                attempt,
                may_pass: false,
                detail: reason,
            },
            Outcome::Accepted => OrderCommand::TaskOutcomeUnknown {
                task: id.clone(),
                attempt,
                interrupted: false,
                detail: "it was accepted and the work goes on".to_owned(),
            },
            Outcome::Unknown { why } => OrderCommand::TaskOutcomeUnknown {
                task: id.clone(),
                attempt,
                interrupted: false,
                detail: why,
            },
        };
        self.record(tenant, &order.id, |order| {
            // A deadline may have passed meanwhile: then the outcome is found by looking it up.
            let current = order
                .task(&id)
                .is_some_and(|task| is_under_way(task) && task.tries_now() == attempt);
            current.then(|| command.clone())
        })
        .await;
    }

    /// Records that the outcome of the try under way is unknown.
    pub(super) async fn lost(
        &self,
        tenant: &TenantId,
        order: &OrderId,
        id: &TaskId,
        detail: &str,
    ) -> Result<Stepped, AppError> {
        step(&self.state, tenant, order, |order| {
            let task = order.task(id).filter(|task| is_under_way(task))?;
            Some(OrderCommand::TaskOutcomeUnknown {
                task: id.clone(),
                attempt: task.tries_now(),
                // No call of this process is under way, so one that was begun went down with another.
                interrupted: !self.is_in_flight(tenant, &order.id, id),
                detail: detail.to_owned(),
            })
        })
        .await
    }

    /// Asks the downstream system what became of a task whose outcome is unknown. Whether the task still needs it.
    pub(super) async fn reconcile(
        self: &Arc<Self>,
        tenant: &TenantId,
        order: &OrderId,
        id: &TaskId,
    ) -> Result<Stepped, AppError> {
        let Some(underway) = self.underway(tenant, order, id) else {
            return Ok(Stepped::NotNeeded);
        };
        let begun = step(&self.state, tenant, order, |order| {
            let unknown = order.task(id).is_some_and(|task| {
                matches!(
                    task.state,
                    TaskState::Unknown
                        | TaskState::Reconciling
                        | TaskState::UndoUnknown
                        | TaskState::UndoReconciling
                )
            });
            unknown.then(|| OrderCommand::BeginReconciliation { task: id.clone() })
        })
        .await?;
        if let Stepped::Done(order) = &begun {
            tokio::spawn(Arc::clone(self).look_up(underway, (**order).clone()));
        }
        Ok(begun)
    }

    async fn look_up(self: Arc<Self>, underway: Underway, order: Order) {
        let (tenant, _, id) = &underway.key;
        let Some(task) = order.task(id) else { return };
        let found = self
            .connector
            .look_up(&task.plan.system, &task.external_key)
            .await;
        let undoing = task.state == TaskState::UndoReconciling;
        let finding = match found {
            Found::Undone if undoing => Finding::Undone,
            // It is as it was: the undo has not happened.
            Found::Completed { .. } if undoing => Finding::NotDone,
            Found::NeverSeen if undoing => Finding::Failed {
                detail: "the system knows nothing of what is to be undone".to_owned(),
            },
            Found::NeverSeen => Finding::NotDone,
            Found::Completed { reference } => Finding::Done { reference },
            Found::Failed { reason } => Finding::Failed { detail: reason },
            Found::Undone => Finding::Failed {
                detail: "it was done and then undone".to_owned(),
            },
            Found::InProgress | Found::Unknown { .. } => Finding::Unknown,
        };
        let id = id.clone();
        self.record(tenant, &order.id, |order| {
            let asked = order.task(&id).is_some_and(|task| {
                matches!(
                    task.state,
                    TaskState::Reconciling | TaskState::UndoReconciling
                )
            });
            asked.then(|| OrderCommand::ReconcileTask {
                task: id.clone(),
                finding: finding.clone(),
            })
        })
        .await;
    }

    /// Records what a call came to. What cannot be recorded is found out again: the task's timer is still set.
    async fn record(
        &self,
        tenant: &TenantId,
        order: &OrderId,
        choose: impl Fn(&Order) -> Option<OrderCommand> + Send,
    ) {
        match step(&self.state, tenant, order, choose).await {
            Ok(Stepped::Refused(reason)) => {
                tracing::warn!(%tenant, %order, reason, "an outcome was refused");
            }
            Ok(Stepped::Done(_) | Stepped::NotNeeded) => {}
            Err(error) => self.failed(tenant, "record", &error),
        }
    }
}

/// Whether a try is under way, to do it or to undo it.
const fn is_under_way(task: &Task) -> bool {
    matches!(task.state, TaskState::Started | TaskState::Undoing)
}
