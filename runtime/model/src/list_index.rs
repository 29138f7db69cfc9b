//! Indexes of lists of constants: the rows in the order of some columns, so that a loop that wants the rows with given
//! values finds them by bisection instead of looking at all of them.
//!
//! An index only narrows down which rows a loop looks at; its condition still judges each of them. It knows nothing of
//! expressions. Rows with equal values are in their own order, so that a loop meets them as it would without an index.

use std::cmp::Ordering;

use rkyv::rend::u32_le;
use rkyv::{Archive, Serialize};

use crate::access::at;
use crate::calc::{ArchivedDataList, DataList};

/// The rows of a list of constants sorted by some of its columns.
#[derive(Archive, Serialize, Debug, Clone, Default, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct ListIndex {
    /// The list, an index into [`crate::Model::data`].
    pub data: u32,
    /// The columns, the first one first; all of them narrow.
    pub columns: Vec<u32>,
    /// Every row once, sorted by the values of the columns, then by row.
    pub order: Vec<u32>,
}

impl ListIndex {
    /// The index of list `number`, which is `data`, by these columns; `None` where one of them is not narrow.
    #[must_use]
    pub fn new(number: u32, data: &DataList, columns: Vec<u32>) -> Option<Self> {
        let mut keys: Vec<&[i64]> = Vec::with_capacity(columns.len());
        for column in &columns {
            let values = &data.columns.get(at(*column))?.narrow;
            if values.len() != at(data.rows) {
                return None;
            }
            keys.push(values);
        }
        let key = |row: u32| keys.iter().map(move |values| values.get(at(row)).copied());
        let mut order: Vec<u32> = (0..data.rows).collect();
        order.sort_by(|a, b| key(*a).cmp(key(*b)).then(a.cmp(b)));
        Some(Self {
            data: number,
            columns,
            order,
        })
    }
}

/// Rows of a list with the same values in the columns of an index.
#[derive(Debug, Clone, Copy)]
pub struct FoundRows<'a>(&'a [u32_le]);

impl FoundRows<'_> {
    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One of them, counted from 0.
    #[must_use]
    pub fn get(&self, position: usize) -> Option<u32> {
        self.0.get(position).map(|row| row.to_native())
    }
}

impl ArchivedListIndex {
    /// The rows of the list that have these values in the columns, ascending.
    #[must_use]
    pub fn find(&self, list: &ArchivedDataList, key: &[i64]) -> FoundRows<'_> {
        let before = |row: &u32_le| self.compared(list, row.to_native(), key);
        let first = self
            .order
            .partition_point(|row| before(row) == Ordering::Less);
        let rest = self.order.get(first..).unwrap_or_default();
        let count = rest.partition_point(|row| before(row) == Ordering::Equal);
        FoundRows(rest.get(..count).unwrap_or_default())
    }

    /// How the values of a row compare with these; a row that is not there is less.
    fn compared(&self, list: &ArchivedDataList, row: u32, key: &[i64]) -> Ordering {
        let cells = self.columns.iter().map(|column| {
            let values = &list.columns.get(at(column.to_native()))?.narrow;
            values.get(at(row)).map(|value| value.to_native())
        });
        cells.cmp(key.iter().map(|value| Some(*value)))
    }

    /// Whether each row of the list is here once, in its order.
    pub(crate) fn is_sorted(&self, list: &ArchivedDataList) -> bool {
        let rows = list.rows.to_native();
        let key = |row: u32| {
            self.columns.iter().map(move |column| {
                let values = &list.columns.get(at(column.to_native()))?.narrow;
                values.get(at(row)).map(|value| value.to_native())
            })
        };
        let mut order = self.order.iter().map(|row| row.to_native());
        let Some(mut before) = order.next() else {
            return rows == 0;
        };
        // Sorted without repetition, below the count and as many: a permutation.
        self.order.len() == at(rows)
            && before < rows
            && order.all(|row| {
                let later = key(before).cmp(key(row)).then(before.cmp(&row)) == Ordering::Less;
                before = row;
                later && row < rows
            })
    }
}
