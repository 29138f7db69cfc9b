//! Looking a table up in place.
//!
//! For each pattern of wildcards, in the order of its lowest row: hash the argument's cells under the pattern, probe
//! linearly to the bucket whose cells are equal (or to an empty slot), take the first entry of the bucket, which is
//! sorted by row, whose intervals hold the other arguments. The lowest row of all patterns wins, and patterns that begin
//! beyond the best row so far are not looked at. Arguments come exact columns first; what is missing counts as not
//! matching. The functions are total and bounded on any table, verified or not.

use rkyv::rend::i64_le;

use crate::access::at;
use crate::table::{ArchivedMask, ArchivedSlot, ArchivedTable, hash_exact};

/// A row of a graduated price with the bounds of its tier, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tier {
    /// The row.
    pub row: u32,
    /// The lowest unit of the tier.
    pub low: i64,
    /// The highest unit of the tier.
    pub high: i64,
}

impl ArchivedTable {
    /// Number of columns, and so of the arguments of [`find`](Self::find).
    #[must_use]
    pub fn columns(&self) -> u32 {
        self.exact
            .to_native()
            .saturating_add(self.ranges.to_native())
    }

    /// The lowest row that matches the arguments, one for each column. For tables sorted by row.
    #[must_use]
    pub fn find(&self, args: &[i64]) -> Option<u32> {
        let (exact, ranges) = args.split_at_checked(at(self.exact.to_native()))?;
        if ranges.len() != at(self.ranges.to_native()) {
            return None;
        }
        let mut best: Option<u32> = None;
        for mask in self.masks.iter() {
            if best.is_some_and(|best| best <= mask.lowest_row.to_native()) {
                break;
            }
            let Some(bucket) = self.bucket(mask, exact) else {
                continue;
            };
            for entry in self.entries(bucket) {
                let Some(row) = self.row_of(entry) else { break };
                if best.is_some_and(|best| best <= row) {
                    break;
                }
                if self.intervals_hold(entry, ranges) {
                    best = Some(row);
                    break;
                }
            }
        }
        best
    }

    /// All rows that match the arguments, one for each column, in ascending order. For tables sorted by row.
    #[must_use]
    pub fn find_all(&self, args: &[i64]) -> Vec<u32> {
        let mut rows = Vec::new();
        let split = args.split_at_checked(at(self.exact.to_native()));
        let Some((exact, ranges)) =
            split.filter(|(_, ranges)| ranges.len() == at(self.ranges.to_native()))
        else {
            return rows;
        };
        let buckets = self
            .masks
            .iter()
            .filter_map(|mask| self.bucket(mask, exact));
        for entry in buckets.flat_map(|bucket| self.entries(bucket)) {
            if self.intervals_hold(entry, ranges) {
                rows.extend(self.row_of(entry));
            }
        }
        rows.sort_unstable();
        rows.dedup();
        rows
    }

    /// The tiers that match the arguments, by their lower bound. The arguments are those of all columns but the last,
    /// which holds the tiers. For tables sorted by tier.
    pub fn tiers<'a>(&'a self, args: &'a [i64]) -> Tiers<'a> {
        let exact = at(self.exact.to_native());
        let (exact, ranges) = args.split_at_checked(exact).unwrap_or_default();
        let mut buckets = self
            .masks
            .iter()
            .filter_map(|mask| self.bucket(mask, exact));
        let first = buckets.next();
        let single = if buckets.next().is_none() {
            first
        } else {
            None
        };
        Tiers {
            table: self,
            exact,
            ranges,
            single,
            position: 0,
            last: None,
            done: first.is_none(),
        }
    }

    /// The bucket of a mask whose exact cells are those of the argument.
    fn bucket(&self, mask: &ArchivedMask, exact: &[i64]) -> Option<&ArchivedSlot> {
        let bits = mask.bits.to_native();
        let start = at(mask.slots_at.to_native());
        let len = at(mask.slots_len.to_native());
        let slots = self.slots.get(start..start.checked_add(len)?)?;
        let hash = hash_exact(bits, |column| exact.get(at(column)).copied().unwrap_or(0));
        let home = usize::try_from(hash & u64::try_from(len.checked_sub(1)?).ok()?).ok()?;
        for step in 0..len {
            let slot = slots.get((home + step) & (len - 1))?;
            if slot.entries_len.to_native() == 0 {
                return None;
            }
            if self.same_cells(bits, slot.entries_at.to_native(), exact) {
                return Some(slot);
            }
        }
        None
    }

    /// Whether the exact cells of an entry under a mask are those of the argument.
    fn same_cells(&self, bits: u32, entry: u32, exact: &[i64]) -> bool {
        let Some(cells) = cells(&self.entry_exact, entry, self.exact.to_native()) else {
            return false;
        };
        let mut rest = bits;
        while rest != 0 {
            let column = at(rest.trailing_zeros());
            rest &= rest.wrapping_sub(1);
            match (cells.get(column), exact.get(column)) {
                (Some(cell), Some(argument)) if cell.to_native() == *argument => {}
                _ => return false,
            }
        }
        true
    }

    /// The entries of a bucket, by number.
    fn entries(&self, bucket: &ArchivedSlot) -> std::ops::Range<u32> {
        let start = bucket.entries_at.to_native();
        start..start.saturating_add(bucket.entries_len.to_native())
    }

    fn row_of(&self, entry: u32) -> Option<u32> {
        self.entry_row.get(at(entry)).map(|row| row.to_native())
    }

    /// The intervals of an entry, one for each range column.
    fn intervals(&self, entry: u32) -> Option<(&[i64_le], &[i64_le])> {
        let ranges = self.ranges.to_native();
        Some((
            cells(&self.entry_low, entry, ranges)?,
            cells(&self.entry_high, entry, ranges)?,
        ))
    }

    /// Whether each argument lies in the entry's interval for its column.
    fn intervals_hold(&self, entry: u32, ranges: &[i64]) -> bool {
        self.intervals(entry).is_some_and(|(low, high)| {
            ranges
                .iter()
                .zip(low.iter().zip(high))
                .all(|(argument, (low, high))| {
                    low.to_native() <= *argument && *argument <= high.to_native()
                })
        })
    }

    /// An entry as a tier, if its other intervals hold.
    fn tier(&self, entry: u32, ranges: &[i64]) -> Option<Tier> {
        let (low, high) = self.intervals(entry)?;
        let (low, high) = (low.last()?.to_native(), high.last()?.to_native());
        let complete = ranges.len().checked_add(1) == Some(at(self.ranges.to_native()));
        (complete && self.intervals_hold(entry, ranges)).then_some(Tier {
            row: self.row_of(entry)?,
            low,
            high,
        })
    }
}

/// The numbers of an entry in a vector with `width` numbers for each.
fn cells(values: &[i64_le], entry: u32, width: u32) -> Option<&[i64_le]> {
    let start = at(entry).checked_mul(at(width))?;
    values.get(start..start.checked_add(at(width))?)
}

/// The tiers of a graduated price; see [`ArchivedTable::tiers`].
#[derive(Debug, Clone)]
pub struct Tiers<'a> {
    table: &'a ArchivedTable,
    exact: &'a [i64],
    ranges: &'a [i64],
    /// The one bucket that has the cells, the usual case; else all patterns are merged.
    single: Option<&'a ArchivedSlot>,
    position: u32,
    last: Option<(i64, u32)>,
    done: bool,
}

impl Tiers<'_> {
    /// The next tier of the one bucket, which is sorted.
    fn next_in(&mut self, bucket: &ArchivedSlot) -> Option<Tier> {
        while self.position < bucket.entries_len.to_native() {
            let entry = bucket.entries_at.to_native().checked_add(self.position)?;
            self.position += 1;
            if let Some(tier) = self.table.tier(entry, self.ranges) {
                return Some(tier);
            }
        }
        None
    }

    /// The lowest tier beyond the last one given, over all patterns. Tiers are few: searching again beats allocating.
    fn next_merged(&mut self) -> Option<Tier> {
        let table = self.table;
        let next = table
            .masks
            .iter()
            .filter_map(|mask| table.bucket(mask, self.exact))
            .flat_map(|bucket| table.entries(bucket))
            .filter_map(|entry| table.tier(entry, self.ranges))
            .filter(|tier| self.last.is_none_or(|last| last < (tier.low, tier.row)))
            .min_by_key(|tier| (tier.low, tier.row))?;
        self.last = Some((next.low, next.row));
        Some(next)
    }
}

impl Iterator for Tiers<'_> {
    type Item = Tier;

    fn next(&mut self) -> Option<Tier> {
        if self.done {
            return None;
        }
        let next = match self.single {
            Some(bucket) => self.next_in(bucket),
            None => self.next_merged(),
        };
        self.done = next.is_none();
        next
    }
}
