//! Which two rows of a table match the same arguments: the proof behind the policy "unique".
//!
//! Entries are joined pattern by pattern on the exact columns that both patterns fix; among entries that agree there, a
//! sweep over one range column (the one in which the fewest pairs meet) finds the pairs whose intervals meet, and the
//! other columns decide. Quadratic only where so many pairs do meet in every single column.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::access::at;
use crate::table_build::{Entry, Interval, TableError, TableRow, expand};

/// Two rows that match the same arguments, with such arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlap {
    /// The earlier row.
    pub first: u32,
    /// The later row.
    pub second: u32,
    /// An argument for each column that both rows match; `None` where any value will do.
    pub witness: Vec<Option<i64>>,
}

/// Two rows that overlap, if any do; which ones is determined by the rows alone.
///
/// # Errors
/// If the rows do not fit the columns or list too many values, as for [`crate::build_table`].
pub fn find_overlap(
    exact: u32,
    ranges: u32,
    rows: &[TableRow],
) -> Result<Option<Overlap>, TableError> {
    let mut by_mask: BTreeMap<u32, Vec<Entry>> = BTreeMap::new();
    for entry in expand(exact, ranges, rows)? {
        by_mask.entry(entry.bits).or_default().push(entry);
    }
    let masks: Vec<(u32, Vec<Entry>)> = by_mask.into_iter().collect();
    for (position, (bits, entries)) in masks.iter().enumerate() {
        for (other_bits, others) in masks.iter().skip(position) {
            let both = bits & other_bits;
            let mut members: Vec<(bool, &Entry)> =
                entries.iter().map(|entry| (false, entry)).collect();
            if bits == other_bits {
                // Within one pattern every entry is on both sides; a pair is then met once.
                members.iter_mut().for_each(|member| member.0 = true);
            } else {
                members.extend(others.iter().map(|entry| (true, entry)));
            }
            let within = bits == other_bits;
            if let Some(overlap) = join(both, members, within, at(ranges)) {
                return Ok(Some(overlap));
            }
        }
    }
    Ok(None)
}

/// Finds an overlap among entries of two patterns (or of one) that share the columns `both`.
fn join(
    both: u32,
    mut members: Vec<(bool, &Entry)>,
    within: bool,
    ranges: usize,
) -> Option<Overlap> {
    members.sort_by(|(_, one), (_, other)| {
        compare_cells(both, one, other).then(one.row.cmp(&other.row))
    });
    members
        .chunk_by(|(_, one), (_, other)| compare_cells(both, one, other) == Ordering::Equal)
        .filter(|group| group.len() > 1)
        .find_map(|group| sweep(group, within, ranges))
}

/// Orders entries by their exact cells in these columns.
fn compare_cells(bits: u32, one: &Entry, other: &Entry) -> Ordering {
    let cells = one.exact.iter().zip(&other.exact).enumerate();
    cells
        .filter(|(column, _)| bits & (1 << column) != 0)
        .map(|(_, (one, other))| one.cmp(other))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

/// Finds an overlap among entries that agree in their exact columns.
fn sweep(group: &[(bool, &Entry)], within: bool, ranges: usize) -> Option<Overlap> {
    let column = (0..ranges).min_by_key(|&column| meetings(group, column));
    let interval = |entry: &Entry| {
        column
            .and_then(|column| entry.ranges.get(column).copied())
            .unwrap_or(Interval::ALL)
    };
    let mut members = group.to_vec();
    members.sort_by_key(|(side, entry)| (interval(entry), entry.row, *side));
    let mut open: Vec<(bool, &Entry)> = Vec::new();
    for (side, entry) in members {
        let low = interval(entry).low;
        open.retain(|(_, earlier)| interval(earlier).high >= low);
        let met = open
            .iter()
            .filter(|(other_side, other)| (within || side != *other_side) && other.row != entry.row)
            .find_map(|(_, other)| overlap(other, entry));
        if met.is_some() {
            return met;
        }
        open.push((side, entry));
    }
    None
}

/// How many pairs of entries meet in this range column.
fn meetings(group: &[(bool, &Entry)], column: usize) -> usize {
    let bound = |pick: fn(&Interval) -> i64| {
        let mut bounds: Vec<i64> = group
            .iter()
            .filter_map(|(_, entry)| entry.ranges.get(column).map(pick))
            .collect();
        bounds.sort_unstable();
        bounds
    };
    let (lows, highs) = (
        bound(|interval| interval.low),
        bound(|interval| interval.high),
    );
    // When the i-th interval begins, those that begin before it and have not ended are open.
    lows.iter()
        .enumerate()
        .map(|(begun, low)| begun.saturating_sub(highs.partition_point(|high| high < low)))
        .fold(0, usize::saturating_add)
}

/// The overlap of two entries that agree in the exact columns that both fix.
fn overlap(one: &Entry, other: &Entry) -> Option<Overlap> {
    let mut witness = Vec::with_capacity(one.exact.len() + one.ranges.len());
    for (column, (cell, other_cell)) in one.exact.iter().zip(&other.exact).enumerate() {
        let fixes = |entry: &Entry| entry.bits & (1 << column) != 0;
        witness.push(match (fixes(one), fixes(other)) {
            (true, _) => Some(*cell),
            (false, true) => Some(*other_cell),
            (false, false) => None,
        });
    }
    for (interval, other_interval) in one.ranges.iter().zip(&other.ranges) {
        let low = interval.low.max(other_interval.low);
        let high = interval.high.min(other_interval.high);
        if low > high {
            return None;
        }
        let common = Interval { low, high };
        witness.push(
            (common != Interval::ALL && common != Interval::PRESENT).then_some(typical(common)),
        );
    }
    Some(Overlap {
        first: one.row.min(other.row),
        second: one.row.max(other.row),
        witness,
    })
}

/// A value of an interval to show: its lower bound, or its upper one where it is open below.
fn typical(interval: Interval) -> i64 {
    if interval.low > Interval::PRESENT.low {
        interval.low
    } else {
        interval.high
    }
}
