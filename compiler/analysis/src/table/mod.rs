//! Tables: headings and cells, from the text of a rule or from a CSV file, to checked columns and rows.
//!
//! Both sources become [`RawRow`]s first, so that a cell means the same wherever it stands.

pub mod csv;
pub mod prices;

use quo_source::{Diagnostic, FileId, Span, codes};
use quo_syntax::ast::{self, AstNode};
use quo_syntax::cell::{CellValue, Comparison, ImportedCell, ImportedItem};

use crate::expr::{Reader, fit, literal, ops::rescaled};
use crate::hir::{Bound, Cell, Column, Expr, ExprKind, Interval, Row, Table};
use crate::types::{Type, Value};

/// A row as written.
#[derive(Clone)]
pub struct RawRow {
    /// Where it stands.
    pub span: Span,
    /// Its cells, one for each heading.
    pub cells: Vec<RawCell>,
}

/// A cell as written.
#[derive(Clone)]
pub struct RawCell {
    /// Where it stands.
    pub span: Span,
    /// Its text, with single blanks.
    pub text: String,
    /// What it says.
    pub content: Content,
}

/// What a cell says.
#[derive(Clone)]
pub enum Content {
    /// `*`
    Any,
    /// `-`
    Nothing,
    /// Alternatives.
    Items(Vec<RawItem>),
    /// Something that has been reported.
    Wrong,
}

/// An alternative of a cell.
#[derive(Clone)]
pub enum RawItem {
    /// A value.
    Value(Operand),
    /// Both ends included.
    Range(Operand, Operand),
    /// One side of a bound.
    Comparison(Comparison, Operand),
}

/// A value in a cell.
#[derive(Clone)]
pub enum Operand {
    /// Of a table in the text.
    Tree(ast::Expr),
    /// Of a CSV file.
    Imported(CellValue, Span),
}

/// A heading with what it stands for.
pub struct Heading {
    /// Its text.
    pub name: String,
    /// What its cells are matched with.
    pub expr: Expr,
}

/// The cells of a row of the tree as raw cells.
pub fn raw_cells(cells: &[ast::Cell], file: FileId) -> Vec<RawCell> {
    cells.iter().map(|cell| raw_cell(cell, file)).collect()
}

fn raw_cell(cell: &ast::Cell, file: FileId) -> RawCell {
    let content = match cell.content() {
        ast::CellContent::Any => Content::Any,
        ast::CellContent::Nothing => Content::Nothing,
        ast::CellContent::Items(items) => {
            Content::Items(items.into_iter().filter_map(raw_item).collect())
        }
        ast::CellContent::Approvers(_) | ast::CellContent::Blank => Content::Wrong,
    };
    RawCell {
        span: cell.span(file),
        text: one_line(&cell.source()),
        content,
    }
}

fn raw_item(item: ast::CellItem) -> Option<RawItem> {
    Some(match item {
        ast::CellItem::Value(value) => RawItem::Value(Operand::Tree(value)),
        ast::CellItem::Range(range) => {
            RawItem::Range(Operand::Tree(range.from()?), Operand::Tree(range.to()?))
        }
        ast::CellItem::Comparison(comparison) => {
            RawItem::Comparison(comparison.comparison()?, Operand::Tree(comparison.bound()?))
        }
    })
}

/// A cell of a CSV file as a raw cell.
pub fn imported_cell(cell: ImportedCell, text: &str, span: Span) -> RawCell {
    let operand = |value| Operand::Imported(value, span);
    let content = match cell {
        ImportedCell::Any => Content::Any,
        ImportedCell::Nothing => Content::Nothing,
        ImportedCell::Items(items) => Content::Items(
            items
                .into_iter()
                .map(|item| match item {
                    ImportedItem::Value(value) => RawItem::Value(operand(value)),
                    ImportedItem::Range(from, to) => RawItem::Range(operand(from), operand(to)),
                    ImportedItem::Comparison(comparison, bound) => {
                        RawItem::Comparison(comparison, operand(bound))
                    }
                })
                .collect(),
        ),
    };
    RawCell {
        span,
        text: one_line(text),
        content,
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A checked table; columns matched exactly come first, those matched by interval last and `last` at the very end.
pub fn build(
    reader: &mut Reader<'_>,
    id: &str,
    headings: Vec<Heading>,
    rows: &[RawRow],
    last: Option<usize>,
) -> Option<Table> {
    let mut columns: Vec<(bool, usize, Heading, Vec<Cell>)> = Vec::new();
    let mut complete = twice(&headings, reader);
    for (index, heading) in headings.into_iter().enumerate() {
        let range = last == Some(index) || is_range(rows, index);
        if range && !has_order(reader, &heading) {
            let span = rows
                .iter()
                .filter_map(|row| row.cells.get(index))
                .find(|cell| cell_is_range(cell))
                .map_or(heading.expr.span, |cell| cell.span);
            let found = reader.world.show().ty(heading.expr.ty);
            reader.diagnostics.push(
                Diagnostic::error(
                    codes::NO_ORDER,
                    format!(
                        "the column `{}` holds {found}, which has no order",
                        heading.name
                    ),
                )
                .at(span, "this is a range"),
            );
            complete = false;
            continue;
        }
        let mut cells = Vec::with_capacity(rows.len());
        for row in rows {
            let read = row
                .cells
                .get(index)
                .and_then(|cell| read_cell(reader, cell, &heading, range));
            complete &= read.is_some();
            cells.push(read.unwrap_or(Cell::Any));
        }
        complete &= heading.expr.ty != Type::Unknown;
        columns.push((range, index, heading, cells));
    }
    if !complete {
        return None;
    }
    columns.sort_by_key(|(range, index, _, _)| (*range, last == Some(*index), *index));
    let names: Vec<(usize, String)> = columns
        .iter()
        .map(|(_, index, heading, _)| (*index, heading.name.clone()))
        .collect();
    let rows = rows
        .iter()
        .enumerate()
        .map(|(number, row)| Row {
            key: key(row, &names),
            span: row.span,
            cells: columns
                .iter()
                .map(|(_, _, _, cells)| cells.get(number).cloned().unwrap_or(Cell::Any))
                .collect(),
        })
        .collect();
    let columns = columns
        .into_iter()
        .map(|(range, _, heading, _)| Column {
            name: heading.name,
            expr: heading.expr,
            range,
        })
        .collect();
    Some(Table {
        id: id.to_owned(),
        columns,
        rows,
    })
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

/// The stable key of a row: its cells by heading, in the order of the headings' names; `*` if it says nothing.
fn key(row: &RawRow, names: &[(usize, String)]) -> String {
    let mut parts: Vec<String> = names
        .iter()
        .filter_map(|(index, name)| {
            let cell = row.cells.get(*index)?;
            (!matches!(cell.content, Content::Any)).then(|| format!("{name}={}", cell.text))
        })
        .collect();
    parts.sort();
    if parts.is_empty() {
        "*".to_owned()
    } else {
        parts.join("; ")
    }
}

fn is_range(rows: &[RawRow], index: usize) -> bool {
    rows.iter()
        .filter_map(|row| row.cells.get(index))
        .any(cell_is_range)
}

fn cell_is_range(cell: &RawCell) -> bool {
    matches!(&cell.content, Content::Items(items) if items.iter().any(|item| !matches!(item, RawItem::Value(_))))
}

fn has_order(reader: &Reader<'_>, heading: &Heading) -> bool {
    match heading.expr.ty {
        Type::Number(_) | Type::Date | Type::Months | Type::Days | Type::Unknown => true,
        Type::Enum(index) => reader.world.show().enum_is_ordered(index),
        _ => false,
    }
}

fn read_cell(
    reader: &mut Reader<'_>,
    cell: &RawCell,
    heading: &Heading,
    range: bool,
) -> Option<Cell> {
    if heading.expr.ty == Type::Unknown {
        return None;
    }
    let before = reader.diagnostics.len();
    let read = match &cell.content {
        Content::Any => Some(Cell::Any),
        Content::Wrong => None,
        Content::Nothing => {
            reader.diagnostics.push(
                Diagnostic::error(
                    codes::BAD_CELL,
                    format!("`-` says nothing in the column `{}`", heading.name),
                )
                .at(cell.span, "a condition is expected")
                .suggest("any value is written `*`", cell.span, "*"),
            );
            None
        }
        Content::Items(items) if range => {
            let ranges: Option<Vec<Interval>> = items
                .iter()
                .map(|item| interval(reader, item, cell, heading))
                .collect();
            ranges.map(Cell::Ranges)
        }
        Content::Items(items) => {
            let values: Option<Vec<Value>> = items
                .iter()
                .map(|item| exact(reader, item, cell, heading))
                .collect();
            values.map(|mut values| {
                values.sort();
                values.dedup();
                Cell::Values(values)
            })
        }
    };
    in_column(reader, before, heading, cell.span.file);
    read
}

/// Says in which column of an imported table the diagnostics found since `before` are.
fn in_column(reader: &mut Reader<'_>, before: usize, heading: &Heading, file: FileId) {
    if file == reader.file {
        return;
    }
    for diagnostic in reader.diagnostics.iter_mut().skip(before) {
        for label in diagnostic
            .labels
            .iter_mut()
            .filter(|label| label.span.file == file)
        {
            label.cell = Some(heading.name.clone());
        }
        diagnostic.suggestion = diagnostic
            .suggestion
            .take()
            .filter(|found| found.edits.iter().all(|(span, _)| span.file != file));
    }
}

fn exact(
    reader: &mut Reader<'_>,
    item: &RawItem,
    cell: &RawCell,
    heading: &Heading,
) -> Option<Value> {
    let RawItem::Value(operand) = item else {
        return None;
    };
    let expr = operand_expr(reader, operand, cell, heading);
    match bound(reader, &expr, heading)? {
        Bound::Const(value) => Some(match (heading.expr.ty, expr.kind) {
            (Type::Number(_), _) => Value::Number(value),
            (_, ExprKind::Const(value)) => value,
            _ => return None,
        }),
        Bound::Amount { .. } => {
            reader.diagnostics.push(
                Diagnostic::error(codes::BAD_CELL, "an amount is compared, not equal").at(
                    cell.span,
                    "write `up to …`, `below …`, `from …` or `above …`",
                ),
            );
            None
        }
    }
}

fn interval(
    reader: &mut Reader<'_>,
    item: &RawItem,
    cell: &RawCell,
    heading: &Heading,
) -> Option<Interval> {
    let read = |reader: &mut Reader<'_>, operand: &Operand| {
        let expr = operand_expr(reader, operand, cell, heading);
        bound(reader, &expr, heading)
    };
    match item {
        RawItem::Value(operand) => {
            let end = read(reader, operand)?;
            Some(Interval {
                low: Some(end),
                high: Some(end),
            })
        }
        RawItem::Range(from, to) => {
            let (low, high) = (read(reader, from)?, read(reader, to)?);
            if let (Bound::Const(low), Bound::Const(high)) = (low, high)
                && low > high
            {
                reader.diagnostics.push(
                    Diagnostic::error(codes::BAD_CELL, "nothing lies in this range")
                        .at(cell.span, "lowest first, both included"),
                );
                return None;
            }
            Some(Interval {
                low: Some(low),
                high: Some(high),
            })
        }
        RawItem::Comparison(comparison, operand) => {
            let end = read(reader, operand)?;
            Some(match comparison {
                Comparison::Above => Interval {
                    low: Some(moved(end, 1)),
                    high: None,
                },
                Comparison::From => Interval {
                    low: Some(end),
                    high: None,
                },
                Comparison::Below => Interval {
                    low: None,
                    high: Some(moved(end, -1)),
                },
                Comparison::UpTo => Interval {
                    low: None,
                    high: Some(end),
                },
            })
        }
    }
}

fn moved(bound: Bound, by: i8) -> Bound {
    match bound {
        Bound::Const(value) => Bound::Const(value.saturating_add(i128::from(by))),
        Bound::Amount { amount, offset } => Bound::Amount {
            amount,
            offset: offset.saturating_add(by),
        },
    }
}

pub(crate) fn operand_expr(
    reader: &mut Reader<'_>,
    operand: &Operand,
    cell: &RawCell,
    heading: &Heading,
) -> Expr {
    let expected = Some(heading.expr.ty);
    match operand {
        Operand::Tree(node) => reader.read(node, expected),
        // A truth value is a word like any other to the grammar of cells.
        Operand::Imported(CellValue::Name(words), span) => match (words.as_slice(), expected) {
            ([word], Some(Type::Bool)) if word == "yes" || word == "no" => Expr {
                kind: ExprKind::Const(Value::Bool(word == "yes")),
                ty: Type::Bool,
                optional: false,
                span: *span,
            },
            _ => reader.named(words, expected, *span),
        },
        Operand::Imported(CellValue::Literal(value), span) => {
            match literal::constant(value.clone(), *span, reader.diagnostics) {
                Some((value, ty)) => Expr {
                    kind: ExprKind::Const(value),
                    ty,
                    optional: false,
                    span: *span,
                },
                None => crate::expr::ops::unknown(cell.span),
            }
        }
    }
}

/// The constant that a cell holds for a type: `None` where it is none, which has been said, absent for `-`.
///
/// A text needs no quotes in a file: there it is the whole cell.
pub fn constant(
    reader: &mut Reader<'_>,
    cell: &RawCell,
    name: &str,
    ty: Type,
    optional: bool,
) -> Option<Option<Value>> {
    let before = reader.diagnostics.len();
    let heading = Heading {
        name: name.to_owned(),
        expr: Expr {
            ty,
            ..crate::expr::ops::unknown(cell.span)
        },
    };
    let imported = cell.span.file != reader.file;
    let value = match &cell.content {
        Content::Nothing if optional => Some(None),
        Content::Items(items) => match items.as_slice() {
            [RawItem::Value(Operand::Imported(CellValue::Literal(literal), _))]
                if ty == Type::Text =>
            {
                Some(Some(Value::Text(match literal {
                    quo_syntax::literal::Value::Text(text) => text.clone(),
                    _ => cell.text.clone(),
                })))
            }
            _ if ty == Type::Text && imported => Some(Some(Value::Text(cell.text.clone()))),
            [RawItem::Value(operand)] => {
                let expr = operand_expr(reader, operand, cell, &heading);
                let expr = fit::adapted(expr, ty);
                fit::constant(&expr, ty, reader.world.show(), reader.diagnostics).map(Some)
            }
            _ => not_one(reader, cell),
        },
        Content::Wrong if ty == Type::Text => Some(Some(Value::Text(cell.text.clone()))),
        Content::Wrong => None,
        Content::Nothing | Content::Any => not_one(reader, cell),
    };
    in_column(reader, before, &heading, cell.span.file);
    value
}

fn not_one(reader: &mut Reader<'_>, cell: &RawCell) -> Option<Option<Value>> {
    reader.diagnostics.push(
        Diagnostic::error(codes::BAD_CELL, "a cell of data holds one value")
            .at(cell.span, "not one value")
            .note("`-` leaves out a value that may be absent"),
    );
    None
}

/// A value of a cell in the encoding of its column.
fn bound(reader: &mut Reader<'_>, expr: &Expr, heading: &Heading) -> Option<Bound> {
    if expr.ty == Type::Unknown || heading.expr.ty == Type::Unknown {
        return None;
    }
    if let (ExprKind::Amount(amount), Type::Number(_)) = (&expr.kind, heading.expr.ty) {
        return reader
            .ops()
            .comparable(&heading.expr, expr, expr.span)
            .then_some(Bound::Amount {
                amount: *amount,
                offset: 0,
            });
    }
    let show = reader.world.show();
    match (heading.expr.ty, expr.ty, &expr.kind) {
        (Type::Number(wanted), Type::Number(found), ExprKind::Const(Value::Number(_))) => {
            if !reader.ops().comparable(&heading.expr, expr, expr.span) {
                return None;
            }
            if found.scale > wanted.scale {
                reader.diagnostics.push(fit::too_many_decimals(
                    expr.span,
                    fit::shown_decimals(wanted),
                ));
                return None;
            }
            let raised = rescaled(found, wanted.scale);
            if raised.is_none() {
                reader.diagnostics.push(fit::too_large(expr.span));
            }
            raised.map(|(value, _)| Bound::Const(value))
        }
        (wanted, found, ExprKind::Const(value)) if wanted == found => reader
            .may_hold(&heading.expr, value, expr.span)
            .then(|| Bound::Const(encoded(value))),
        (wanted, found, ExprKind::Const(_)) => {
            reader
                .diagnostics
                .push(fit::mismatch(expr.span, wanted, found, show));
            None
        }
        _ => {
            reader.diagnostics.push(
                Diagnostic::error(codes::BAD_CELL, "a cell holds fixed values")
                    .at(expr.span, "this is worked out"),
            );
            None
        }
    }
}

/// The order of a value among those of its type.
fn encoded(value: &Value) -> i128 {
    let index = |index: usize| i128::try_from(index).unwrap_or(i128::MAX);
    match value {
        Value::Bool(truth) => i128::from(*truth),
        Value::Number(number) => *number,
        Value::Date(date) => i128::from(date.days()),
        Value::Months(count) | Value::Days(count) => i128::from(*count),
        Value::Enum { value, .. } => index(*value),
        Value::Currency(currency) => index(*currency),
        Value::Product(product) => index(*product),
        Value::Instant(seconds) => i128::from(*seconds),
        Value::Text(_) => 0,
    }
}
