//! Building a [`Table`] from rows of cells.
//!
//! The same rows give the same table. A builder knows rows by their position; what a row leads to (a price, steps of an
//! approval) stays with the caller.

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
    let mut builder = TableBuilder::new(id, exact, ranges)?;
    for row in rows {
        builder.push(row)?;
    }
    Ok(builder.finish(order))
}

/// A table while its rows are added, so that nobody has to have all of them at once: an entry costs its numbers.
#[derive(Debug)]
pub struct TableBuilder {
    /// Everything but the patterns and their slots; entries are in the order of their rows.
    table: Table,
    /// The pattern of each entry.
    bits: Vec<u32>,
}

impl TableBuilder {
    /// A table without rows, with `exact` and `ranges` columns.
    ///
    /// # Errors
    /// If there are too many columns.
    pub fn new(id: u32, exact: u32, ranges: u32) -> Result<Self, TableError> {
        if exact > 32 {
            return Err(TableError::TooManyColumns);
        }
        let table = Table {
            id,
            exact,
            ranges,
            ..Table::default()
        };
        Ok(Self {
            table,
            bits: Vec::new(),
        })
    }

    /// Adds a row.
    ///
    /// # Errors
    /// If it does not fit the columns, or with it the rows list too many values.
    pub fn push(&mut self, row: &TableRow) -> Result<(), TableError> {
        let number = index(self.table.row_keys.len());
        let (exact, ranges) = (self.table.exact, self.table.ranges);
        for entry in entries_of(number, row, exact, ranges, self.bits.len())? {
            self.bits.push(entry.bits);
            self.table.entry_row.push(number);
            self.table.entry_exact.extend_from_slice(&entry.exact);
            for interval in entry.ranges {
                self.table.entry_low.push(interval.low);
                self.table.entry_high.push(interval.high);
            }
        }
        self.table.row_keys.push(row.key);
        Ok(())
    }

    /// The table with its index.
    #[must_use]
    pub fn finish(self, order: Order) -> Table {
        let Self { table: rows, bits } = self;
        let width = at(rows.ranges);
        let bits_of = |entry: u32| bits.get(at(entry)).copied().unwrap_or(0);
        let row = |entry: u32| rows.entry_row.get(at(entry)).copied().unwrap_or(0);
        let exact = |entry: u32| part(&rows.entry_exact, entry, at(rows.exact));
        let low = |entry: u32| part(&rows.entry_low, entry, width);
        let tier = |entry: u32| match order {
            Order::Row => 0,
            Order::Tier => low(entry).last().copied().unwrap_or(0),
        };
        // Rows often are in this order already, which a stable sort makes use of.
        let mut entries: Vec<u32> = (0..index(bits.len())).collect();
        entries.sort_by(|one, other| {
            let cells = || exact(*one).cmp(exact(*other));
            let of_bucket = || (tier(*one), row(*one)).cmp(&(tier(*other), row(*other)));
            let patterns = bits_of(*one).cmp(&bits_of(*other));
            patterns.then_with(cells).then_with(of_bucket)
        });
        let masks = entries.chunk_by(|one, other| bits_of(*one) == bits_of(*other));
        let mut masks: Vec<(u32, &[u32])> = masks
            .map(|entries| {
                let lowest = entries.iter().map(|entry| row(*entry)).min();
                (lowest.unwrap_or(0), entries)
            })
            .collect();
        // Patterns are met in the order of their bits.
        masks.sort_by_key(|(lowest, _)| *lowest);

        let mut table = Table {
            id: rows.id,
            exact: rows.exact,
            ranges: rows.ranges,
            row_keys: Vec::new(),
            entry_row: entries_in(&masks, row),
            entry_exact: Vec::with_capacity(rows.entry_exact.len()),
            entry_low: Vec::with_capacity(rows.entry_low.len()),
            entry_high: Vec::with_capacity(rows.entry_high.len()),
            ..Table::default()
        };
        for entry in masks.iter().flat_map(|(_, entries)| entries.iter()) {
            let high = part(&rows.entry_high, *entry, width);
            table.entry_exact.extend_from_slice(exact(*entry));
            table.entry_low.extend_from_slice(low(*entry));
            table.entry_high.extend_from_slice(high);
        }
        let mut begun = 0;
        for (lowest, entries) in masks {
            let buckets = entries.chunk_by(|one, other| exact(*one) == exact(*other));
            let lens: Vec<u32> = buckets.map(|bucket| index(bucket.len())).collect();
            let first = entries.first().copied().unwrap_or(0);
            push_mask(&mut table, bits_of(first), lowest, begun, &lens);
            begun = begun.saturating_add(index(entries.len()));
        }
        table.row_keys = rows.row_keys;
        table
    }
}

/// The rows of entries in the order of the patterns.
fn entries_in(masks: &[(u32, &[u32])], row: impl Fn(u32) -> u32) -> Vec<u32> {
    let entries = masks.iter().flat_map(|(_, entries)| entries.iter());
    entries.map(|entry| row(*entry)).collect()
}

/// The numbers of one entry.
fn part(numbers: &[i64], entry: u32, width: usize) -> &[i64] {
    let start = at(entry).saturating_mul(width);
    numbers
        .get(start..start.saturating_add(width))
        .unwrap_or_default()
}

/// Appends a pattern and its hash table, at most half full, for buckets of these lengths whose entries begin at `begun`.
fn push_mask(table: &mut Table, bits: u32, lowest_row: u32, begun: u32, buckets: &[u32]) {
    let len = buckets.len().saturating_mul(2).next_power_of_two().max(2);
    let slots_at = table.slots.len();
    table
        .slots
        .resize(slots_at.saturating_add(len), Slot::default());
    let mut entries_at = begun;
    for &entries_len in buckets {
        let first = part(&table.entry_exact, entries_at, at(table.exact));
        let mut place = hash_exact(bits, |column| first.get(at(column)).copied().unwrap_or(0));
        loop {
            // `len` is a power of two and the table at most half full, so that an empty slot is met.
            let slot = usize::try_from(place & (len as u64 - 1))
                .ok()
                .and_then(|slot| table.slots.get_mut(slots_at.saturating_add(slot)));
            match slot {
                Some(slot) if slot.entries_len == 0 => {
                    *slot = Slot {
                        entries_at,
                        entries_len,
                    };
                    break;
                }
                _ => place = place.wrapping_add(1),
            }
        }
        entries_at = entries_at.saturating_add(entries_len);
    }
    table.masks.push(Mask {
        bits,
        lowest_row,
        slots_at: index(slots_at),
        slots_len: index(len),
    });
}

/// All entries of the rows, in the order of the rows.
pub(crate) fn expand(exact: u32, ranges: u32, rows: &[TableRow]) -> Result<Vec<Entry>, TableError> {
    if exact > 32 {
        return Err(TableError::TooManyColumns);
    }
    let mut entries = Vec::new();
    for (row, cells) in rows.iter().enumerate() {
        let mut expanded = entries_of(index(row), cells, exact, ranges, entries.len())?;
        entries.append(&mut expanded);
    }
    Ok(entries)
}

/// The entries of a row beside `count` others.
fn entries_of(
    row: u32,
    cells: &TableRow,
    exact: u32,
    ranges: u32,
    count: usize,
) -> Result<Vec<Entry>, TableError> {
    if cells.exact.len() != at(exact) || cells.ranges.len() != at(ranges) {
        return Err(TableError::CellCount { row });
    }
    let mut intervals = cells.ranges.iter().flatten();
    if intervals.any(|interval| interval.low > interval.high) {
        return Err(TableError::EmptyInterval { row });
    }
    expand_row(row, cells, ENTRIES_MAX.saturating_sub(count))
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
