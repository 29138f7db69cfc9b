//! Tables: columns, rows and cells, whatever follows from a row.

use std::sync::Arc;

use quo_source::Span;

use super::Expr;
use crate::types::Value;

/// A checked table: conditions in columns, one stable key a row.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its stable id.
    pub id: String,
    /// Columns: those matched exactly first, those matched by interval last.
    pub columns: Vec<Column>,
    /// Rows in the order of their declaration.
    pub rows: Vec<Row>,
}

/// A column of conditions.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its heading.
    pub name: String,
    /// What it is matched with.
    pub expr: Expr,
    /// Whether its cells are intervals.
    pub range: bool,
}

/// A row of conditions.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its key: its cells, whatever its line.
    pub key: String,
    /// Where it stands.
    pub span: Span,
    /// A cell for each column.
    pub cells: Vec<Cell>,
}

/// A condition on one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Anything.
    Any,
    /// One of these; numbers are mantissas at the scale of the column's type. Cells of one table that say the same share
    /// their values: large tables have few different ones.
    Values(Arc<[Value]>),
    /// In one of these intervals.
    Ranges(Arc<[Interval]>),
}

/// An interval with both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    /// Lower end; `None` for no limit.
    pub low: Option<Bound>,
    /// Upper end; `None` for no limit.
    pub high: Option<Bound>,
}

/// An end of an interval: a narrow encoding at the scale of the column's type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// A constant.
    Const(i128),
    /// A named amount in the currency of the quote, plus `offset` of the column's last decimal (−1 for `below`, 1 for
    /// `above`).
    Amount {
        /// Index into [`super::Rules::amounts`].
        amount: usize,
        /// What is added.
        offset: i8,
    },
}
