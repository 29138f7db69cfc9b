//! How much work a decision may be, and how it is stopped.

use std::sync::atomic::{AtomicBool, Ordering};

use quo_model::ArchivedModel;

use crate::request::Request;

/// Bounds of one decision.
#[derive(Debug, Clone, Copy, Default)]
pub struct Limits<'a> {
    /// How many instructions and table look-ups; `None` for as many as this request on this package can need.
    pub fuel: Option<u64>,
    /// Set to `true` by whoever no longer wants the decision.
    pub cancel: Option<&'a AtomicBool>,
}

/// Why there is no decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Stopped {
    /// The work was more than allowed.
    #[error("the decision needs more than the {fuel} steps it was given")]
    OutOfFuel {
        /// What was given.
        fuel: u64,
    },
    /// Somebody no longer wants it.
    #[error("the decision was cancelled")]
    Cancelled,
    /// The lists it makes are more than allowed.
    #[error("the decision makes lists of more than {cells} values")]
    TooLarge {
        /// What is allowed.
        cells: usize,
    },
    /// The package refers to something it does not have, or the request was read for another package. The verifier lets no
    /// such package pass.
    #[error("the package is damaged, or the request was read for another package")]
    Damaged,
}

/// What is left of the bounds.
pub(crate) struct Tank<'a> {
    given: u64,
    left: u64,
    cancel: Option<&'a AtomicBool>,
}

impl<'a> Tank<'a> {
    pub(crate) fn new(limits: &Limits<'a>, model: &ArchivedModel, request: &Request) -> Self {
        let given = limits.fuel.unwrap_or_else(|| enough(model, request));
        Self {
            given,
            left: given,
            cancel: limits.cancel,
        }
    }

    /// For work that is bounded otherwise.
    pub(crate) fn endless() -> Self {
        Self {
            given: u64::MAX,
            left: u64::MAX,
            cancel: None,
        }
    }

    /// Takes the price of a piece of work before it is done.
    #[inline]
    pub(crate) fn take(&mut self, steps: u64) -> Result<(), Stopped> {
        if self.cancel.is_some_and(|flag| flag.load(Ordering::Relaxed)) {
            return Err(Stopped::Cancelled);
        }
        match self.left.checked_sub(steps) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(Stopped::OutOfFuel { fuel: self.given }),
        }
    }
}

/// More than any decision on this request takes: every item could run all code of the package, and look at all rows of
/// its tables once for every routine that could ask.
fn enough(model: &ArchivedModel, request: &Request) -> u64 {
    let per_item = [
        model.program.code.len(),
        model.program.routines.len(),
        model.charges.len(),
        model.rules.len(),
        model.books.len().saturating_mul(model.charges.len()),
        model.adjustments.len().saturating_mul(model.charges.len()),
        rows(model),
    ]
    .into_iter()
    .fold(1_024_usize, usize::saturating_add);
    let items = request.items.len().saturating_add(1);
    let straight = u64::try_from(per_item.saturating_mul(items)).unwrap_or(u64::MAX);
    // Of loops nobody knows beforehand how long the lists are that they make.
    straight.saturating_add(LOOP_STEPS)
}

/// Steps for loops and calls: a few seconds of work.
const LOOP_STEPS: u64 = 1_000_000_000;

fn rows(model: &ArchivedModel) -> usize {
    model.tables.iter().fold(0, |sum: usize, table| {
        sum.saturating_add(table.entry_row.len())
    })
}
