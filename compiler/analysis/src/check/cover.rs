//! Rows that match everything that another row matches.

use crate::hir::{Bound, Cell, Interval, Row};

/// Whether every case that `inner` matches is matched by `outer`, too. Rows of one table.
#[must_use]
pub fn row(outer: &Row, inner: &Row) -> bool {
    outer
        .cells
        .iter()
        .zip(&inner.cells)
        .all(|(outer, inner)| cell(outer, inner))
}

/// The same of two cells of one column.
#[must_use]
pub fn cell(outer: &Cell, inner: &Cell) -> bool {
    match (outer, inner) {
        (Cell::Any, _) => true,
        (Cell::Values(outer), Cell::Values(inner)) => {
            inner.iter().all(|value| outer.contains(value))
        }
        (Cell::Ranges(outer), Cell::Ranges(inner)) => inner
            .iter()
            .all(|inner| outer.iter().any(|outer| interval(outer, inner))),
        _ => false,
    }
}

fn interval(outer: &Interval, inner: &Interval) -> bool {
    let low = match (outer.low, inner.low) {
        (None, _) => true,
        (Some(Bound::Const(outer)), Some(Bound::Const(inner))) => outer <= inner,
        (outer, inner) => outer == inner,
    };
    let high = match (outer.high, inner.high) {
        (None, _) => true,
        (Some(Bound::Const(outer)), Some(Bound::Const(inner))) => outer >= inner,
        (outer, inner) => outer == inner,
    };
    low && high
}
