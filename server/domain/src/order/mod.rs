//! A product order: an accepted commitment on its way to being fulfilled, folded from one stream.
//!
//! It carries everything that was promised and never recalculates. Its tasks come from the accepted
//! plan, each traceable to its quote line and fulfilment rule. It must not know how downstream
//! systems are called.

mod apply;
mod command;
mod decide;
mod event;
mod machine;
mod undo;

pub use command::{OrderCommand, OrderVerb};
pub(crate) use decide::capture;
pub use decide::decide;
pub use event::*;
pub use machine::{MACHINE, OrderState, TRANSITIONS};

use crate::event::{EventBody, EventError, RecordedEvent};
use crate::ids::{OrderId, StreamId, TaskId, TimerId};
use crate::quote::{Acceptance, Commitment};
use crate::task::{Task, TaskState};
use crate::time::Timestamp;
use crate::upcast::Upcasters;
use serde::Serialize;
use std::collections::BTreeSet;

/// A product order.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// The order.
    pub id: OrderId,
    /// Version of its stream: the number of events folded.
    pub version: u64,
    /// Its state.
    pub state: OrderState,
    /// Everything that was promised.
    pub commitment: Commitment,
    /// The acceptance it rests on.
    pub acceptance: Acceptance,
    /// What the validation found wrong.
    pub problem: Option<String>,
    /// Its tasks, in the order of the plan.
    pub tasks: Vec<Task>,
}

impl Order {
    /// Folds stored events, lifting older versions.
    ///
    /// # Errors
    /// [`EventError`] when an event cannot be read or does not fit what came before it.
    pub fn load(
        events: &[RecordedEvent],
        upcasters: &Upcasters,
    ) -> Result<Option<Self>, EventError> {
        let mut order = None;
        for recorded in events {
            Self::apply(&mut order, &recorded.body(upcasters)?)?;
        }
        Ok(order)
    }

    /// Folds one event into the order; the first creates it.
    ///
    /// # Errors
    /// [`EventError::History`] when the event does not fit what came before it.
    pub fn apply(order: &mut Option<Self>, event: &OrderEvent) -> Result<(), EventError> {
        let history = |detail: &str| EventError::History {
            event_type: event.event_type(),
            detail: detail.to_owned(),
        };
        match (order.as_mut(), event) {
            (None, OrderEvent::OrderCaptured(captured)) => {
                *order = Some(apply::captured(captured));
                Ok(())
            }
            (None, _) => Err(history("the order was never captured")),
            (Some(_), OrderEvent::OrderCaptured(_)) => Err(history("the order exists already")),
            (Some(order), event) => {
                apply::apply(order, event).ok_or_else(|| history("its task does not exist"))?;
                order.version = order.version.saturating_add(1);
                Ok(())
            }
        }
    }

    /// The stream of the order.
    #[must_use]
    pub fn stream(&self) -> StreamId {
        StreamId::of_order(&self.id)
    }

    /// The task with the id.
    #[must_use]
    pub fn task(&self, id: &TaskId) -> Option<&Task> {
        self.tasks.iter().find(|task| task.id == *id)
    }

    /// The tasks that may be started, in the order of the plan; some may still have to wait for
    /// their [`not_before`](Task::not_before).
    pub fn ready_tasks(&self) -> impl Iterator<Item = &Task> {
        self.tasks
            .iter()
            .filter(|task| task.state == TaskState::Ready)
    }

    /// Whether every task it waits for is done.
    #[must_use]
    pub fn predecessors_done(&self, task: &Task) -> bool {
        task.plan.after.iter().all(|before| {
            self.tasks
                .iter()
                .any(|other| other.id.as_str() == before && other.is_done())
        })
    }

    /// Whether it is on its way back: what was done is being undone.
    #[must_use]
    pub const fn is_cancelling(&self) -> bool {
        matches!(
            self.state,
            OrderState::Cancelling | OrderState::CancellationHeld
        )
    }

    /// Whether everything that came after a task, directly or by way of others, is at rest: undone, or never done.
    #[must_use]
    pub fn successors_undone(&self, task: &Task) -> bool {
        let mut before = vec![task.id.as_str()];
        let mut seen = BTreeSet::new();
        while let Some(id) = before.pop() {
            for other in self
                .tasks
                .iter()
                .filter(|other| other.plan.after.iter().any(|after| after == id))
            {
                if !other.is_at_rest() {
                    return false;
                }
                if seen.insert(other.id.as_str()) {
                    before.push(other.id.as_str());
                }
            }
        }
        true
    }

    /// Whether a try of a task may begin now, as far as the order knows: to do it, or to undo it.
    #[must_use]
    pub fn may_start(&self, task: &Task, now: Timestamp) -> bool {
        let waits = task.not_before.is_some_and(|at| now < at);
        let undo =
            || self.is_cancelling() && task.is_to_be_undone() && self.successors_undone(task);
        !waits && (task.state == TaskState::Ready || undo())
    }

    /// The one timer of a task: what it is for changes with the task's state.
    #[must_use]
    pub fn task_timer(&self, task: &TaskId) -> TimerId {
        TimerId::of_stream(&self.stream(), &format!("task/{task}"))
    }
}
