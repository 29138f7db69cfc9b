//! What goes into a decision besides state and command, and what comes out of it.

use crate::principal::Principal;
use crate::time::Timestamp;
use crate::timer::TimerIntent;

/// The circumstances of a command, as values; a decision looks at nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// When the command is handled.
    pub now: Timestamp,
    /// Who sent it.
    pub principal: Principal,
    /// Why, in the sender's words.
    pub reason: Option<String>,
    /// Spreads retries: 0 to 999 thousandths.
    pub jitter_permille: u32,
}

/// What a command does: facts to record and timers to set or clear in the same transaction.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision<E> {
    /// The events, in order; never empty.
    pub events: Vec<E>,
    /// The timers, in order.
    pub timers: Vec<TimerIntent>,
}

impl<E> Decision<E> {
    /// A decision that records one event and touches no timer.
    #[must_use]
    pub fn of(event: E) -> Self {
        Self {
            events: vec![event],
            timers: Vec::new(),
        }
    }

    /// The decision with one more event.
    #[must_use]
    pub fn and(mut self, event: E) -> Self {
        self.events.push(event);
        self
    }

    /// The decision with more timer intents.
    #[must_use]
    pub fn with_timers(mut self, timers: impl IntoIterator<Item = TimerIntent>) -> Self {
        self.timers.extend(timers);
        self
    }
}
