//! Tables: headings and cells, from the text of a rule or from a file, to checked columns and rows.
//!
//! Cells of both become [`RawCell`]s first, so that a cell means the same wherever it stands.

pub mod constants;
pub mod file;
mod find_file;
mod hints;
mod models;
mod outcomes;
pub mod prices;
mod records;
pub mod rows;

use std::borrow::Cow;

use quo_source::{Diagnostic, FileId, Span, codes};
use quo_syntax::ast::{self, AstNode};
use quo_syntax::cell::{CellValue, Comparison, ImportedCell, ImportedItem};
use quo_syntax::literal::Value as Literal;

use crate::expr::{Reader, fit, literal, ops::rescaled};
use crate::hir::{Bound, Cell, Expr, ExprKind, Interval};
use crate::types::{Number, Type, Unit, Value};
pub use rows::{build, mistakes_told};

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
    /// Of a file: nothing by the grammar of cells. In a column of texts it may be one all the same; else this is
    /// reported with the column.
    Unread {
        /// Which kind of nothing.
        why: Unread,
        /// What is wrong with it, as a message.
        reason: String,
    },
    /// Something that has been reported.
    Wrong,
}

/// Why a cell of a file says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// It is blank.
    Blank,
    /// The workbook has no value for it.
    Flaw,
    /// It is not understood.
    NoCell,
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
    /// Of a file.
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
        // A comma inside of a number has been reported.
        ast::CellContent::Items(items)
            if items.len() > 1 && hints::number_meant(&cell.source()).is_some() =>
        {
            Content::Wrong
        }
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

/// A cell of a file as a raw cell.
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

/// A text without line breaks, with single blanks.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a cell has a range or a comparison in it.
fn cell_is_range(cell: &RawCell) -> bool {
    matches!(&cell.content, Content::Items(items) if items.iter().any(|item| !matches!(item, RawItem::Value(_))))
}

/// A cell of a file in a column of texts: what is there is the text, unless it says in quotes which one it means, or
/// several.
fn text_cell(cell: &RawCell) -> Cow<'_, RawCell> {
    let quoted = |item: &RawItem| {
        matches!(
            item,
            RawItem::Value(
                Operand::Imported(CellValue::Literal(Literal::Text(_)), _) | Operand::Tree(_)
            )
        )
    };
    let of_file = match &cell.content {
        Content::Unread { why, .. } => *why == Unread::NoCell,
        Content::Items(items) => !items.iter().all(quoted),
        _ => false,
    };
    if !of_file || cell.content.is_tree() {
        return Cow::Borrowed(cell);
    }
    let text = CellValue::Literal(Literal::Text(cell.text.clone()));
    let item = RawItem::Value(Operand::Imported(text, cell.span));
    Cow::Owned(RawCell {
        content: Content::Items(vec![item]),
        ..cell.clone()
    })
}

impl Content {
    /// Whether it stands in the text of a rule.
    fn is_tree(&self) -> bool {
        let tree = |operand: &Operand| matches!(operand, Operand::Tree(_));
        matches!(self, Content::Items(items) if items.iter().any(|item| match item {
            RawItem::Value(value) | RawItem::Range(value, _) | RawItem::Comparison(_, value) => tree(value),
        }))
    }
}

/// Reports a cell of a file that says nothing in its column.
pub(crate) fn report_unread(cell: &RawCell, heading: &str, diagnostics: &mut Vec<Diagnostic>) {
    let Content::Unread { why, reason } = &cell.content else {
        return;
    };
    let code = match why {
        Unread::Blank => codes::BLANK_CELL,
        Unread::Flaw | Unread::NoCell => codes::BAD_CELL,
    };
    let found = Diagnostic::error(code, reason.clone()).at_cell(cell.span, heading, "in this cell");
    let advice = hints::advice(&cell.text).filter(|_| *why == Unread::NoCell);
    diagnostics.push(match advice {
        Some(advice) => found.suggest_edits(advice, Vec::new()),
        None => found,
    });
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
    let as_text = (heading.expr.ty == Type::Text).then(|| text_cell(cell));
    let cell = as_text.as_deref().unwrap_or(cell);
    let read = match &cell.content {
        Content::Any => Some(Cell::Any),
        Content::Wrong => None,
        Content::Unread { .. } => {
            report_unread(cell, &heading.name, reader.diagnostics);
            None
        }
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
            ranges.map(|ranges| Cell::Ranges(ranges.into()))
        }
        Content::Items(items) => {
            let values: Option<Vec<Value>> = items
                .iter()
                .map(|item| exact(reader, item, cell, heading))
                .collect();
            values.map(|mut values| {
                values.sort();
                values.dedup();
                Cell::Values(values.into())
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
        // What to write stays; only the text of rules is edited.
        if let Some(suggestion) = &mut diagnostic.suggestion {
            suggestion.edits.retain(|(span, _)| span.file != file);
        }
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
    match bound(reader, expr.clone(), heading)? {
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
        bound(reader, expr, heading)
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
        Operand::Imported(
            CellValue::Literal(quo_syntax::literal::Value::Quantity { amount, unit }),
            span,
        ) => reader.quantity(*amount, unit, *span),
        Operand::Imported(CellValue::Literal(value), span) => {
            match literal::constant(value.clone(), *span, reader.diagnostics) {
                Some((value, ty)) => reader.constant(value, ty, *span),
                None => crate::expr::ops::unknown(cell.span),
            }
        }
    }
}

/// A value of a cell in the encoding of its column.
fn bound(reader: &mut Reader<'_>, expr: Expr, heading: &Heading) -> Option<Bound> {
    // A cell of quantities needs no unit: the heading says which.
    let expr = &match heading.expr.ty {
        Type::Number(Number {
            unit: Unit::Measure(_),
            ..
        }) => fit::adapted(expr, heading.expr.ty),
        _ => expr,
    };
    if expr.ty == Type::Unknown || heading.expr.ty == Type::Unknown {
        return None;
    }
    // A number without a unit counts as money in a column of amounts.
    let adapted = fit::adapted(expr.clone(), heading.expr.ty);
    let expr = &adapted;
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
                reader
                    .diagnostics
                    .push(fit::finer_than(expr.span, found, wanted));
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
