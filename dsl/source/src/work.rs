//! How much work may be done, and whether it is still wanted.
//!
//! Every stage asks [`Work::spend`] as it goes, so that a hostile input costs a bounded amount and
//! an editor can stop a check whose text has changed. Work is counted in steps of the stages
//! themselves, not in time: the same input spends the same on every machine.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use thiserror::Error;

/// A switch that another thread can throw to stop the work that watches it.
#[derive(Clone, Debug, Default)]
pub struct CancelFlag(Arc<AtomicBool>);

impl CancelFlag {
    /// A flag that is not thrown.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks all work that watches this flag to stop.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether somebody asked to stop.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Why work ended before its result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Stopped {
    /// The result is no longer wanted.
    #[error("the work was cancelled")]
    Cancelled,
    /// The limit of steps is reached.
    #[error("the work budget is used up")]
    OverBudget,
}

/// A budget of steps that several threads may spend from, and a flag they watch.
#[derive(Debug)]
pub struct Work {
    limit: u64,
    spent: AtomicU64,
    cancel: CancelFlag,
}

impl Work {
    /// A budget of `limit` steps.
    #[must_use]
    pub fn limited(limit: u64) -> Self {
        Self {
            limit,
            spent: AtomicU64::new(0),
            cancel: CancelFlag::new(),
        }
    }

    /// No limit of steps; it can still be cancelled.
    #[must_use]
    pub fn unlimited() -> Self {
        Self::limited(u64::MAX)
    }

    /// The same budget, watching `flag`.
    #[must_use]
    pub fn watching(self, flag: CancelFlag) -> Self {
        Self {
            cancel: flag,
            ..self
        }
    }

    /// Takes `steps` from the budget.
    ///
    /// # Errors
    /// [`Stopped::Cancelled`] once the flag is thrown, [`Stopped::OverBudget`] once more than the
    /// limit has been asked for; both then hold for every later call.
    pub fn spend(&self, steps: u64) -> Result<(), Stopped> {
        if self.cancel.is_cancelled() {
            return Err(Stopped::Cancelled);
        }
        let add = |spent: u64| Some(spent.saturating_add(steps));
        let before = self
            .spent
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, add)
            .unwrap_or(u64::MAX);
        if before.saturating_add(steps) > self.limit {
            return Err(Stopped::OverBudget);
        }
        Ok(())
    }

    /// The steps asked for so far.
    #[must_use]
    pub fn spent(&self) -> u64 {
        self.spent.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_the_last_step_that_may_be_spent() {
        let work = Work::limited(10);
        assert_eq!(work.spend(4), Ok(()));
        assert_eq!(work.spend(6), Ok(()));
        assert_eq!(work.spend(0), Ok(()));
        assert_eq!(work.spend(1), Err(Stopped::OverBudget));
        assert_eq!(work.spend(u64::MAX), Err(Stopped::OverBudget));
        assert_eq!(work.spend(0), Err(Stopped::OverBudget), "it stays stopped");
    }

    #[test]
    fn a_thrown_flag_stops_every_later_step() {
        let flag = CancelFlag::new();
        let work = Work::unlimited().watching(flag.clone());
        assert_eq!(work.spend(1), Ok(()));
        flag.cancel();
        assert_eq!(work.spend(1), Err(Stopped::Cancelled));
        assert_eq!(work.spent(), 1);
    }
}
