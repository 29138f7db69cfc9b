//! Cells of the row that a golden test is made for, where a text, a day, approvers or an amount of an expectation stands.
//!
//! What a cell says is taken as what would be written there; where something is expected, `-` is refused rather than an
//! expectation of nothing, which could not fail.

use quo_source::{Diagnostic, Span, codes};
use quo_syntax::ast::{self, AstNode};
use quo_syntax::cell::CellValue;
use quo_syntax::literal::Value;

use super::given::literal_text;
use super::tests::Reading;
use crate::table::{Content, Operand, RawCell, RawItem};
use crate::world::find;

/// The cell that a path names; says why there is none.
fn cell<'r>(
    reading: &Reading<'r>,
    path: &ast::Path,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<&'r RawCell> {
    let span = path.span(reading.file);
    let segments = path.segments();
    let [_, (heading, _)] = segments.as_slice() else {
        return None;
    };
    let Some(row) = reading.row else {
        diagnostics.push(
            Diagnostic::error(codes::UNKNOWN_IN_TEST, "this test is made for no row")
                .at(span, "a cell of a row")
                .note("begin it with `test \"…\" for each row of \"cases.csv\"`"),
        );
        return None;
    };
    let found = row.iter().find(|(name, _)| name == heading);
    if found.is_none() {
        let names = row.iter().map(|(name, _)| name.as_str());
        diagnostics.push(crate::world::unknown_name("column", heading, span, names));
    }
    found.map(|(_, cell)| cell)
}

/// The literal that is all of a cell.
fn literal(cell: &RawCell) -> Option<&Value> {
    match &cell.content {
        Content::Items(items) => match items.as_slice() {
            [RawItem::Value(Operand::Imported(CellValue::Literal(value), _))] => Some(value),
            _ => None,
        },
        _ => None,
    }
}

/// What a cell says as a text; `None` for `-`.
pub fn cell_text(cell: &RawCell) -> Option<String> {
    match (&cell.content, literal(cell)) {
        (Content::Nothing, _) => None,
        (_, Some(value)) => Some(literal_text(Ok(value.clone()), &cell.text)),
        (_, None) => Some(cell.text.clone()),
    }
}

fn refused(span: Span, wanted: &str, cell: &RawCell) -> Diagnostic {
    let message = format!("{wanted} is expected, but the cell says `{}`", cell.text);
    Diagnostic::error(codes::TYPE_MISMATCH, message)
        .at(span, "expected here")
        .also(cell.span, "the cell")
}

/// The text that stands somewhere: in quotes, or of a cell.
pub fn text(
    reading: &Reading<'_>,
    title: &ast::Title,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<String> {
    let Some(path) = title.cell() else {
        return title.text();
    };
    let cell = cell(reading, &path, diagnostics)?;
    let text = cell_text(cell);
    if text.is_none() {
        diagnostics.push(refused(path.span(reading.file), "a text", cell));
    }
    text
}

/// The reason that may stand somewhere; a cell of `-` gives none.
pub fn reason(
    reading: &Reading<'_>,
    title: Option<ast::Title>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<String> {
    let title = title?;
    match title.cell() {
        Some(path) => cell_text(cell(reading, &path, diagnostics)?),
        None => title.text(),
    }
}

/// A day, as a request writes it.
pub fn day(
    reading: &Reading<'_>,
    node: &ast::Expr,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<String> {
    let ast::Expr::Path(path) = node else {
        return Some(node.source());
    };
    let cell = cell(reading, path, diagnostics)?;
    if matches!(literal(cell), Some(Value::Date(_))) {
        return Some(cell.text.clone());
    }
    diagnostics.push(refused(path.span(reading.file), "a day", cell));
    None
}

/// An amount of a cell, and its currency where the cell names one.
pub fn amount(
    reading: &Reading<'_>,
    path: &ast::Path,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<(String, Option<String>)> {
    let cell = cell(reading, path, diagnostics)?;
    let (number, currency) = match literal(cell) {
        Some(Value::Number(number)) => (*number, None),
        Some(Value::Money { amount, currency }) => (*amount, Some(currency.clone())),
        _ => {
            diagnostics.push(refused(path.span(reading.file), "an amount", cell));
            return None;
        }
    };
    let digits = quo_value::Decimal::new(number.mantissa, number.scale).ok()?;
    Some((digits.to_string(), currency))
}

/// The approvers of a cell as they are written in a test: `none` (or `-`), `A and B`, `A or B`, `A then B`.
pub fn approvers(
    reading: &Reading<'_>,
    path: &ast::Path,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Vec<(Vec<String>, bool)>> {
    let cell = cell(reading, path, diagnostics)?;
    let Some(text) = cell_text(cell).filter(|text| text != "none") else {
        return Some(Vec::new());
    };
    let mut steps = Vec::new();
    for step in text.split(" then ") {
        let any = step.contains(" or ");
        let between = if any { " or " } else { " and " };
        let roles: Vec<String> = step
            .split(between)
            .map(|role| role.trim().to_owned())
            .collect();
        if let Some(role) = roles
            .iter()
            .find(|role| find(&reading.world.roles, role).is_none())
        {
            let names = reading.world.roles.iter().map(|role| role.name.as_str());
            let mut diagnostic = crate::world::unknown_name("role", role, cell.span, names);
            diagnostic.code = codes::UNKNOWN_IN_TEST;
            // The cell is of a file, which nothing here rewrites.
            diagnostic.suggestion = None;
            diagnostics.push(diagnostic.also(path.span(reading.file), "named here"));
            return None;
        }
        steps.push((roles, any));
    }
    Some(steps)
}
