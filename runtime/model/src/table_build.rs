//! Building a [`Table`] from rows of cells.
//!
//! The same rows give the same table. A builder knows rows by their position; what a row leads to (a price, steps of an
//! approval) stays with the caller.

use std::collections::BTreeMap;

use crate::access::{at, index};
use crate::rules::Str;
use crate::table::{Mask, Slot, Table, hash_exact};

/// Most entries of one table: rows times the values that their cells list. A bound on the work of a compiler.
pub const ENTRIES_MAX: usize = 1 << 24;

/// A cell of an exact column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExactCell {
    /// Whatever the argument is, even absent.
    Any,
    /// Any of these values; of none of them if empty.
    OneOf(Vec<i64>),
}

/// An interval of a range column, both ends included. An argument that is absent, [`crate::ABSENT`], lies in an
/// interval only if its lower bound is `i64::MIN`, as in [`Interval::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Interval {
    /// Lower bound.
    pub low: i64,
    /// Upper bound.
    pub high: i64,
}

impl Interval {
    /// Everything, absence too: the cell of a column that does not matter.
    pub const ALL: Self = Self {
        low: i64::MIN,
        high: i64::MAX,
    };

    /// Every value, but not absence.
    pub const PRESENT: Self = Self {
        low: i64::MIN + 1,
        high: i64::MAX,
    };
}

/// A row: a cell for each column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRow {
    /// Stable key, a string of the package.
    pub key: Str,
    /// The cells of the exact columns.
    pub exact: Vec<ExactCell>,
    /// The cells of the range columns: the argument lies in any of the intervals.
    pub ranges: Vec<Vec<Interval>>,
}

/// How the entries of a bucket are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// By row, for [`find`](crate::ArchivedTable::find).
    Row,
    /// By lower bound of the last column, for [`tiers`](crate::ArchivedTable::tiers).
    Tier,
}

/// Rows from which no table can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// The pattern of wildcards has 32 bits.
    #[error("a table has at most 32 columns that are matched exactly")]
    TooManyColumns,
    /// A row with more or fewer cells than there are columns.
    #[error("row {row} has another number of cells than the table has columns")]
    CellCount {
        /// The row.
        row: u32,
    },
    /// An interval whose lower bound is above its upper one.
    #[error("row {row} has an interval that ends before it begins")]
    EmptyInterval {
        /// The row.
        row: u32,
    },
    /// More than [`ENTRIES_MAX`].
    #[error(
        "with row {row} the table has more than {ENTRIES_MAX} entries: the cells list too many values"
    )]
    TooManyEntries {
        /// The row at which the bound was passed.
        row: u32,
    },
}

/// A row for one choice of values of its cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) row: u32,
    /// Bit `i` is set where exact column `i` must be equal.
    pub(crate) bits: u32,
    /// A value for each exact column, 0 for "any".
    pub(crate) exact: Vec<i64>,
    pub(crate) ranges: Vec<Interval>,
}

impl Entry {
    fn sort_key(&self, order: Order) -> (i64, u32) {
        match order {
            Order::Row => (0, self.row),
            Order::Tier => (self.ranges.last().map_or(0, |tier| tier.low), self.row),
        }
    }
}

/// Makes a table from its rows, in their order, with `exact` and `ranges` columns.
///
/// # Errors
/// If the rows do not fit the columns or list too many values.
pub fn build_table(
    id: u32,
    exact: u32,
    ranges: u32,
    rows: &[TableRow],
    order: Order,
) -> Result<Table, TableError> {
    let mut buckets: BTreeMap<u32, BTreeMap<Vec<i64>, Vec<Entry>>> = BTreeMap::new();
    for entry in expand(exact, ranges, rows)? {
        let mask = buckets.entry(entry.bits).or_default();
        mask.entry(entry.exact.clone()).or_default().push(entry);
    }
    let mut masks: Vec<(u32, u32, Vec<Vec<Entry>>)> = buckets
        .into_iter()
        .map(|(bits, buckets)| {
            let lowest = buckets.values().flatten().map(|entry| entry.row).min();
            (lowest.unwrap_or(0), bits, buckets.into_values().collect())
        })
        .collect();
    masks.sort_by_key(|(lowest, bits, _)| (*lowest, *bits));

    let mut table = Table {
        id,
        exact,
        ranges,
        row_keys: rows.iter().map(|row| row.key).collect(),
        ..Table::default()
    };
    for (lowest, bits, buckets) in masks {
        push_mask(&mut table, bits, lowest, buckets, order);
    }
    Ok(table)
}

/// Appends a pattern with its entries and its hash table, at most half full.
fn push_mask(
    table: &mut Table,
    bits: u32,
    lowest_row: u32,
    buckets: Vec<Vec<Entry>>,
    order: Order,
) {
    let len = buckets.len().saturating_mul(2).next_power_of_two().max(2);
    let mut slots = vec![Slot::default(); len];
    for mut bucket in buckets {
        bucket.sort_by_key(|entry| entry.sort_key(order));
        let filled = Slot {
            entries_at: index(table.entry_row.len()),
            entries_len: index(bucket.len()),
        };
        let hash = bucket.first().map_or(0, |first| {
            hash_exact(bits, |column| {
                first.exact.get(at(column)).copied().unwrap_or(0)
            })
        });
        let mut place = hash;
        loop {
            // `len` is a power of two and the table at most half full, so that an empty slot is met.
            let slot = usize::try_from(place & (len as u64 - 1))
                .ok()
                .and_then(|slot| slots.get_mut(slot));
            match slot {
                Some(slot) if slot.entries_len == 0 => {
                    *slot = filled;
                    break;
                }
                _ => place = place.wrapping_add(1),
            }
        }
        for entry in bucket {
            table.entry_row.push(entry.row);
            table.entry_exact.extend_from_slice(&entry.exact);
            table
                .entry_low
                .extend(entry.ranges.iter().map(|interval| interval.low));
            table
                .entry_high
                .extend(entry.ranges.iter().map(|interval| interval.high));
        }
    }
    table.masks.push(Mask {
        bits,
        lowest_row,
        slots_at: index(table.slots.len()),
        slots_len: index(len),
    });
    table.slots.extend_from_slice(&slots);
}

/// All entries of the rows, in the order of the rows.
pub(crate) fn expand(exact: u32, ranges: u32, rows: &[TableRow]) -> Result<Vec<Entry>, TableError> {
    if exact > 32 {
        return Err(TableError::TooManyColumns);
    }
    let mut entries = Vec::new();
    for (row, cells) in rows.iter().enumerate() {
        let row = index(row);
        if cells.exact.len() != at(exact) || cells.ranges.len() != at(ranges) {
            return Err(TableError::CellCount { row });
        }
        if cells
            .ranges
            .iter()
            .flatten()
            .any(|interval| interval.low > interval.high)
        {
            return Err(TableError::EmptyInterval { row });
        }
        let mut expanded = expand_row(row, cells, ENTRIES_MAX - entries.len())?;
        entries.append(&mut expanded);
    }
    Ok(entries)
}

/// The entries of a row: one for each choice of a value in each of its cells.
fn expand_row(row: u32, cells: &TableRow, entries_max: usize) -> Result<Vec<Entry>, TableError> {
    let mut entries = vec![Entry {
        row,
        bits: 0,
        exact: Vec::with_capacity(cells.exact.len()),
        ranges: Vec::with_capacity(cells.ranges.len()),
    }];
    let bounded = |entries: &Vec<Entry>, choices: usize| match entries.len().checked_mul(choices) {
        Some(count) if count <= entries_max => Ok(()),
        _ => Err(TableError::TooManyEntries { row }),
    };
    for (column, cell) in cells.exact.iter().enumerate() {
        let ExactCell::OneOf(values) = cell else {
            entries.iter_mut().for_each(|entry| entry.exact.push(0));
            continue;
        };
        let values = sorted(values);
        bounded(&entries, values.len())?;
        entries = entries
            .iter()
            .flat_map(|entry| values.iter().map(move |value| (entry, *value)))
            .map(|(entry, value)| {
                let mut entry = entry.clone();
                entry.bits |= 1 << column;
                entry.exact.push(value);
                entry
            })
            .collect();
    }
    for intervals in &cells.ranges {
        let intervals = sorted(intervals);
        bounded(&entries, intervals.len())?;
        entries = entries
            .iter()
            .flat_map(|entry| intervals.iter().map(move |interval| (entry, *interval)))
            .map(|(entry, interval)| {
                let mut entry = entry.clone();
                entry.ranges.push(interval);
                entry
            })
            .collect();
    }
    bounded(&entries, 1)?;
    Ok(entries)
}

fn sorted<T: Ord + Copy>(values: &[T]) -> Vec<T> {
    let mut values = values.to_vec();
    values.sort_unstable();
    values.dedup();
    values
}
