//! From headings and rows to a checked table, wherever the rows stand.
//!
//! Rows of a file are never all in memory as cells: they are seen one by one, twice (is a column one of ranges? what do
//! its cells say?), and what a cell says is read once for each different text of its column.

use std::borrow::Cow;
use std::collections::HashMap;

use quo_source::{Diagnostic, FileId, Span, codes};

use super::file::{FileCell, Rows};
use super::{Content, Heading, RawCell, RawRow, cell_is_range, one_line, read_cell};
use crate::expr::Reader;
use crate::hir::{Cell, Column, Row, Table};
use crate::types::Type;

/// A cell of a rule's text or of a file.
pub enum AnyCell<'a> {
    /// Of a rule's text.
    Raw(&'a RawCell),
    /// Of a file.
    File(FileCell<'a>),
}

impl AnyCell<'_> {
    /// Its place.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            AnyCell::Raw(cell) => cell.span,
            AnyCell::File(cell) => cell.span,
        }
    }

    /// What it says.
    #[must_use]
    pub fn read(&self) -> Cow<'_, RawCell> {
        match self {
            AnyCell::Raw(cell) => Cow::Borrowed(cell),
            AnyCell::File(cell) => Cow::Owned(cell.read()),
        }
    }

    /// Its text, if the same text means the same in every row of the column.
    pub(super) fn repeatable(&self) -> Option<&str> {
        match self {
            AnyCell::Raw(_) => None,
            AnyCell::File(cell) => cell.flaw.is_none().then_some(cell.text.as_ref()),
        }
    }

    /// Whether it says that anything holds.
    #[must_use]
    pub fn is_any(&self) -> bool {
        match self {
            AnyCell::Raw(cell) => matches!(cell.content, Content::Any),
            AnyCell::File(cell) => cell.flaw.is_none() && cell.text == "*",
        }
    }

    /// Its text.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            AnyCell::Raw(cell) => &cell.text,
            AnyCell::File(cell) => &cell.text,
        }
    }
}

/// Rows of a table wherever they stand. Cells beyond the headings are somebody else's, such as prices.
pub trait TableRows {
    /// The number of rows.
    fn count(&self) -> usize;

    /// The place of a row.
    fn span(&self, row: usize) -> Span;

    /// Shows the cells of a row with the numbers of their columns.
    fn cells<'a>(&'a self, row: usize, see: &mut dyn FnMut(usize, AnyCell<'a>));
}

impl TableRows for Vec<RawRow> {
    fn count(&self) -> usize {
        self.len()
    }

    fn span(&self, row: usize) -> Span {
        self.get(row)
            .map_or(FileId(0).span(0, 0), |found| found.span)
    }

    fn cells<'a>(&'a self, row: usize, see: &mut dyn FnMut(usize, AnyCell<'a>)) {
        let cells = self.get(row).map(|row| row.cells.as_slice());
        for (column, cell) in cells.unwrap_or_default().iter().enumerate() {
            see(column, AnyCell::Raw(cell));
        }
    }
}

/// These columns of rows of a rule's text.
pub struct Picked<'a>(pub &'a [RawRow], pub &'a [usize]);

impl TableRows for Picked<'_> {
    fn count(&self) -> usize {
        self.0.len()
    }

    fn span(&self, row: usize) -> Span {
        let found = self.0.get(row);
        found.map_or(FileId(0).span(0, 0), |found| found.span)
    }

    fn cells<'a>(&'a self, row: usize, see: &mut dyn FnMut(usize, AnyCell<'a>)) {
        let cells = self.0.get(row).map(|row| row.cells.as_slice());
        for (column, place) in self.1.iter().enumerate() {
            if let Some(cell) = cells.and_then(|cells| cells.get(*place)) {
                see(column, AnyCell::Raw(cell));
            }
        }
    }
}

impl TableRows for Rows {
    fn count(&self) -> usize {
        self.len()
    }

    fn span(&self, row: usize) -> Span {
        self.span(row)
    }

    fn cells<'a>(&'a self, row: usize, see: &mut dyn FnMut(usize, AnyCell<'a>)) {
        for (column, cell) in self.cells(row).enumerate() {
            see(column, AnyCell::File(cell));
        }
    }
}

/// Some rows and columns of a file, in an order of their own.
pub struct Selected<'a> {
    rows: &'a Rows,
    numbers: Cow<'a, [u32]>,
    /// For each column of the file its number in the table.
    places: Vec<Option<usize>>,
}

impl<'a> Selected<'a> {
    /// These columns of all rows.
    #[must_use]
    pub fn all(rows: &'a Rows, columns: &[usize]) -> Self {
        let numbers = (0..rows.len()).filter_map(|row| u32::try_from(row).ok());
        Self::some(rows, numbers.collect::<Vec<_>>().into(), columns)
    }

    /// These columns of these rows.
    #[must_use]
    pub fn some(rows: &'a Rows, numbers: Cow<'a, [u32]>, columns: &[usize]) -> Self {
        let place = |column: usize| columns.iter().position(|found| *found == column);
        Self {
            rows,
            numbers,
            places: (0..rows.headings.len()).map(place).collect(),
        }
    }

    fn number(&self, row: usize) -> usize {
        let number = self.numbers.get(row).copied().unwrap_or(u32::MAX);
        number as usize
    }
}

impl TableRows for Selected<'_> {
    fn count(&self) -> usize {
        self.numbers.len()
    }

    fn span(&self, row: usize) -> Span {
        self.rows.span(self.number(row))
    }

    fn cells<'a>(&'a self, row: usize, see: &mut dyn FnMut(usize, AnyCell<'a>)) {
        let cells = self.rows.cells(self.number(row));
        for (cell, place) in cells.zip(&self.places) {
            if let Some(place) = place {
                see(*place, AnyCell::File(cell));
            }
        }
    }
}

/// The most mistakes that are told of one table.
const MISTAKES_MAX: usize = 100;

/// The most different texts of a column that are remembered.
pub(super) const REMEMBERED_MAX: usize = 1 << 16;

/// A checked table; columns matched exactly come first, those matched by interval last and `last` at the very end.
pub fn build(
    reader: &mut Reader<'_>,
    id: &str,
    headings: Vec<Heading>,
    rows: &(impl TableRows + ?Sized),
    last: Option<usize>,
) -> Option<Table> {
    let before = reader.diagnostics.len();
    let mut complete = twice(&headings, reader);
    let ranges = range_columns(&headings, rows, last);
    let mut columns: Vec<Reading> = Vec::with_capacity(headings.len());
    for (heading, range) in headings.into_iter().zip(ranges) {
        let ordered = range.is_none() || has_order(reader, &heading, range);
        complete &= ordered && heading.expr.ty != Type::Unknown;
        columns.push(Reading {
            heading,
            range: range.is_some(),
            readable: ordered,
            known: HashMap::new(),
        });
    }
    let order = order(&columns, last);
    let keys = KeyOrder::of(&columns);
    let mut built: Vec<Row> = Vec::with_capacity(rows.count());
    for row in 0..rows.count() {
        let mut cells: Vec<Cell> = vec![Cell::Any; columns.len()];
        let mut texts: Vec<Option<AnyCell<'_>>> = Vec::with_capacity(columns.len());
        texts.resize_with(columns.len(), || None);
        rows.cells(row, &mut |column, cell| {
            let places = cells.get_mut(column).zip(texts.get_mut(column));
            if let (Some(reading), Some((place, text))) = (columns.get_mut(column), places) {
                let read = reading.cell(reader, &cell);
                complete &= read.is_some();
                *place = read.unwrap_or(Cell::Any);
                *text = Some(cell);
            }
        });
        if mistakes_told(before, reader.diagnostics) {
            return None;
        }
        if complete {
            built.push(Row {
                key: keys.key(&texts, &cells),
                span: rows.span(row),
                cells: order
                    .iter()
                    .filter_map(|column| cells.get(*column).cloned())
                    .collect(),
            });
        }
    }
    let mut columns: Vec<Option<Column>> =
        columns.into_iter().map(Reading::column).map(Some).collect();
    let columns = order
        .iter()
        .filter_map(|column| columns.get_mut(*column)?.take());
    complete.then(|| Table {
        id: id.to_owned(),
        columns: columns.collect(),
        rows: built,
    })
}

/// Whether enough mistakes of one table have been told since there were `before`; then the last one says so.
pub fn mistakes_told(before: usize, diagnostics: &mut [Diagnostic]) -> bool {
    let enough = diagnostics.len().saturating_sub(before) >= MISTAKES_MAX;
    if let Some(last) = diagnostics.last_mut().filter(|_| enough) {
        let more = "more of this table may be wrong; these are the first mistakes";
        last.notes.push(more.to_owned());
    }
    enough
}

/// A column while its cells are read.
struct Reading {
    heading: Heading,
    range: bool,
    /// Whether its cells have a meaning: not where ranges have no order.
    readable: bool,
    /// What has been read without a mistake, by its text.
    known: HashMap<Box<str>, Cell>,
}

impl Reading {
    fn cell(&mut self, reader: &mut Reader<'_>, cell: &AnyCell<'_>) -> Option<Cell> {
        if !self.readable {
            return None;
        }
        let text = cell.repeatable();
        if let Some(known) = text.and_then(|text| self.known.get(text)) {
            return Some(known.clone());
        }
        let read = read_cell(reader, &cell.read(), &self.heading, self.range)?;
        if let Some(text) = text {
            if self.known.len() >= REMEMBERED_MAX {
                self.known.clear();
            }
            self.known.insert(text.into(), read.clone());
        }
        Some(read)
    }

    fn column(self) -> Column {
        Column {
            name: self.heading.name,
            expr: self.heading.expr,
            range: self.range,
        }
    }
}

/// For each column that is matched by interval where that is seen: in its first such cell, or at its heading.
fn range_columns(
    headings: &[Heading],
    rows: &(impl TableRows + ?Sized),
    last: Option<usize>,
) -> Vec<Option<Span>> {
    let mut found: Vec<Option<Span>> = headings
        .iter()
        .enumerate()
        .map(|(index, heading)| (last == Some(index)).then_some(heading.expr.span))
        .collect();
    let mut known: HashMap<String, bool> = HashMap::new();
    for row in 0..rows.count() {
        rows.cells(row, &mut |column, cell| {
            let (Some(place), Some(heading)) = (found.get_mut(column), headings.get(column)) else {
                return;
            };
            let of_texts = matches!(cell, AnyCell::File(_)) && heading.expr.ty == Type::Text;
            if place.is_none() && !of_texts && is_range(&cell, &mut known) {
                *place = Some(cell.span());
            }
        });
    }
    found
}

fn is_range(cell: &AnyCell<'_>, known: &mut HashMap<String, bool>) -> bool {
    let Some(text) = cell.repeatable() else {
        return cell_is_range(&cell.read());
    };
    // A single number or word, as most cells are.
    let plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'*' | b'%');
    if text.bytes().all(plain) {
        return false;
    }
    if let Some(found) = known.get(text) {
        return *found;
    }
    let found = cell_is_range(&cell.read());
    if known.len() < REMEMBERED_MAX {
        known.insert(text.to_owned(), found);
    }
    found
}

/// The columns in the order of the table.
fn order(columns: &[Reading], last: Option<usize>) -> Vec<usize> {
    let mut order: Vec<usize> = (0..columns.len()).collect();
    let range = |index: usize| columns.get(index).is_some_and(|column| column.range);
    order.sort_by_key(|&index| (range(index), last == Some(index), index));
    order
}

/// How stable keys of rows are written: cells by heading, in the order of the headings' names; `*` if none says anything.
struct KeyOrder {
    /// `heading=` with the number of the column.
    columns: Vec<(String, usize)>,
}

impl KeyOrder {
    fn of(columns: &[Reading]) -> Self {
        let start =
            |(index, column): (usize, &Reading)| (format!("{}=", column.heading.name), index);
        let mut columns: Vec<_> = columns.iter().enumerate().map(start).collect();
        columns.sort();
        Self { columns }
    }

    fn key(&self, texts: &[Option<AnyCell<'_>>], cells: &[Cell]) -> String {
        let mut key = String::new();
        for (start, index) in &self.columns {
            let (Some(Some(text)), Some(cell)) = (texts.get(*index), cells.get(*index)) else {
                continue;
            };
            if *cell == Cell::Any {
                continue;
            }
            if !key.is_empty() {
                key.push_str("; ");
            }
            key.push_str(start);
            key.push_str(&one_line(text.text()));
        }
        if key.is_empty() {
            key.push('*');
        }
        key.shrink_to_fit();
        key
    }
}

/// Whether no two columns have one heading.
fn twice(headings: &[Heading], reader: &mut Reader<'_>) -> bool {
    let mut once = true;
    for (index, heading) in headings.iter().enumerate() {
        let mut before = headings.iter().take(index);
        let Some(before) = before.find(|before| before.name == heading.name) else {
            continue;
        };
        once = false;
        let message = format!("the column `{}` stands twice", heading.name);
        let diagnostic = Diagnostic::error(codes::BAD_HEADER, message);
        let (place, first) = (heading.expr.span, before.expr.span);
        reader.diagnostics.push(if place.file == reader.file {
            diagnostic.at(place, "again here").also(first, "first here")
        } else {
            diagnostic
                .at_cell(place, &heading.name, "again here")
                .also_cell(first, &heading.name, "first here")
        });
    }
    once
}

/// Whether the values of a column have an order, as a range in it needs.
fn has_order(reader: &mut Reader<'_>, heading: &Heading, range: Option<Span>) -> bool {
    let ordered = match heading.expr.ty {
        Type::Number(_)
        | Type::Date
        | Type::Months
        | Type::Days
        | Type::Instant
        | Type::Unknown => true,
        Type::Enum(index) => reader.world.show().enum_is_ordered(index),
        _ => false,
    };
    let place = range.unwrap_or(heading.expr.span);
    if !ordered {
        let found = reader.world.show().ty(heading.expr.ty);
        let message = format!(
            "the column `{}` holds {found}, which has no order",
            heading.name
        );
        let problem = Diagnostic::error(codes::NO_ORDER, message);
        reader.diagnostics.push(if place.file == reader.file {
            problem.at(place, "this is a range")
        } else {
            problem.at_cell(place, &heading.name, "this is a range")
        });
    }
    ordered
}
