//! Indexed tables: rows of conditions, looked up through a hash per pattern of wildcards ("tuple space search",
//! Srinivasan, Suri and Varghese, SIGCOMM 1999) and a scan of the few rows that share the exact cells.
//!
//! A row of the source becomes one *entry* or, where a cell lists several values, several. An entry has a value or "any"
//! for each exact column and an interval for each range column. Entries with the same pattern of "any" form a *mask*;
//! inside a mask, entries with equal exact cells form a *bucket*, contiguous and found by open addressing. The matching
//! row with the lowest number wins, which is the policy "first" and, where the compiler has proved that rows do not
//! overlap, the policy "unique". The hash is part of the format and written down in [`hash_exact`].

use rkyv::{Archive, Serialize};

/// A table of conditions.
#[derive(Archive, Serialize, Debug, Clone, Default, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct Table {
    /// Stable id of the table, a string of the package.
    pub id: u32,
    /// Number of columns matched exactly; their arguments come first.
    pub exact: u32,
    /// Number of columns matched by interval; their arguments come last.
    pub ranges: u32,
    /// Stable key of each row, as a string of the package: its cells, whatever its line.
    pub row_keys: Vec<u32>,
    /// The row of each entry.
    pub entry_row: Vec<u32>,
    /// Exact cells of each entry, `exact` numbers each; those that the entry's mask leaves out are 0.
    pub entry_exact: Vec<i64>,
    /// Lower bounds of each entry, `ranges` numbers each, included.
    pub entry_low: Vec<i64>,
    /// Upper bounds of each entry, `ranges` numbers each, included.
    pub entry_high: Vec<i64>,
    /// The patterns, by the lowest row in them.
    pub masks: Vec<Mask>,
    /// The hash tables of all patterns, one after the other.
    pub slots: Vec<Slot>,
}

/// A pattern of wildcards with its hash table.
#[derive(Archive, Serialize, Debug, Clone, Copy, PartialEq, Eq)]
#[rkyv(derive(Debug, Clone, Copy))]
pub struct Mask {
    /// Bit `i` is set where exact column `i` must be equal.
    pub bits: u32,
    /// The lowest row of this pattern: a lookup that has a lower row already need not look.
    pub lowest_row: u32,
    /// Where its hash table begins in [`Table::slots`].
    pub slots_at: u32,
    /// Length of its hash table, a power of two, at least one slot of which is empty.
    pub slots_len: u32,
}

/// A bucket of a hash table; empty if it has no entries.
#[derive(Archive, Serialize, Debug, Clone, Copy, Default, PartialEq, Eq)]
#[rkyv(derive(Debug, Clone, Copy))]
pub struct Slot {
    /// Its first entry.
    pub entries_at: u32,
    /// How many entries. They are sorted by row; in the table of a graduated price by lower bound of the last column.
    pub entries_len: u32,
}

/// The hash of the exact cells under a mask: for each column of the mask in order, `h = (h ^ value) * K`, folded.
///
/// `K` is the 64-bit multiplier 0x9E37_79B9_7F4A_7C15 (2^64 divided by the golden ratio; Knuth, TAOCP vol. 3, 6.4). The
/// slot is the hash's low bits; probing is linear.
#[must_use]
pub fn hash_exact(bits: u32, mut value: impl FnMut(u32) -> i64) -> u64 {
    const K: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut hash: u64 = 0;
    let mut rest = bits;
    while rest != 0 {
        let column = rest.trailing_zeros();
        rest &= rest.wrapping_sub(1);
        let mixed = (hash ^ value(column).cast_unsigned()).wrapping_mul(K);
        hash = mixed ^ (mixed >> 32);
    }
    hash
}
