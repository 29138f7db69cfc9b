//! What a golden test gives: facts, lines and their parts as written, with the place of each.
//!
//! Whether a request may hold them is not judged here but in `check/requests.rs`, as a test may expect a refusal.

use quo_source::{Diagnostic, Span, codes};
use quo_syntax::ast::{self, AstNode};
use quo_syntax::literal::{LiteralError, PeriodUnit, Value};

use super::row_cells::cell_text;
use super::tests::Reading;
use crate::hir::Product;
use crate::table::{Content, RawCell};
use crate::tests_hir::{Given, GivenFacts, GivenKind, GivenPart, Input, Item, Line};
use crate::world::{find, unknown_name};

/// The facts of a group.
pub fn facts(given: &ast::Given, reading: &Reading<'_>) -> Option<GivenFacts> {
    let group = given.facts()?;
    let inputs = match given.list() {
        Some(list) => vec![Input {
            name: String::new(),
            span: group.span(reading.file),
            value: list_of(&list, reading),
        }],
        None => given
            .config()
            .map(|config| inputs(&config, reading))
            .unwrap_or_default(),
    };
    Some(GivenFacts {
        group: group.text(),
        span: group.span(reading.file),
        inputs,
    })
}

fn inputs(config: &ast::Config, reading: &Reading<'_>) -> Vec<Input> {
    let read = |entry: ast::ConfigEntry| {
        let name = entry.name()?;
        let value = match (entry.value(), entry.list(), entry.config()) {
            (Some(value), ..) => self::value(&value, reading),
            (None, Some(list), _) => list_of(&list, reading),
            (None, None, Some(record)) => record_of(&record, reading),
            (None, None, None) => return None,
        };
        Some(Input {
            name: name.text(),
            span: name.span(reading.file),
            value,
        })
    };
    config.entries().filter_map(read).collect()
}

fn record_of(config: &ast::Config, reading: &Reading<'_>) -> Given {
    Given {
        span: config.span(reading.file),
        kind: GivenKind::Record(inputs(config, reading)),
    }
}

fn list_of(list: &ast::ListInput, reading: &Reading<'_>) -> Given {
    let element = |node| match node {
        ast::InputNode::Value(value) => self::value(&value, reading),
        ast::InputNode::Record(record) => record_of(&record, reading),
        ast::InputNode::List(list) => list_of(&list, reading),
    };
    Given {
        span: list.span(reading.file),
        kind: GivenKind::List(list.elements().map(element).collect()),
    }
}

/// A line of the quote.
pub fn line(reading: &Reading<'_>, line: &ast::Line) -> Option<Line> {
    let product = line.product()?;
    let number = line.number()?;
    Some(Line {
        id: number.source(),
        facts: Vec::new(),
        item: item(
            reading,
            Some(product.text()),
            line.config().as_ref(),
            product.span(reading.file),
        ),
    })
}

/// `given line 1 { … }`: facts of a line of the test.
pub fn line_facts(
    node: &ast::Test,
    reading: &Reading<'_>,
    lines: &mut [Line],
    diagnostics: &mut Vec<Diagnostic>,
) {
    for given in node.givens() {
        let (Some(number), Some(config)) = (given.number(), given.config()) else {
            continue;
        };
        let id = number.source();
        match lines.iter_mut().find(|line| line.id == id) {
            Some(line) => line.facts.extend(inputs(&config, reading)),
            None => diagnostics.push(
                Diagnostic::error(codes::UNKNOWN_NAME, format!("there is no line {id} here"))
                    .at(number.span(reading.file), "facts of which line?")
                    .note(format!("the line is written `line {id}: PRODUCT {{ … }}`")),
            ),
        }
    }
}

/// A product with what stands in its braces: entries that are parts of it, everything else options.
fn item(
    reading: &Reading<'_>,
    product: Option<String>,
    config: Option<&ast::Config>,
    span: Span,
) -> Item {
    let world = reading.world;
    let known = product
        .as_deref()
        .and_then(|name| find(&world.products, name))
        .and_then(|index| world.products.get(index));
    let mut found = Item {
        product,
        span,
        options: Vec::new(),
        parts: Vec::new(),
    };
    for entry in config.into_iter().flat_map(ast::Config::entries) {
        let Some(name) = entry.name() else { continue };
        let span = name.span(reading.file);
        let part =
            known.and_then(|product| product.parts.iter().find(|part| part.name == name.text()));
        match part {
            // A part whose cell says `-` is left out.
            Some(_) if entry.value().is_some_and(|value| left_out(&value, reading)) => {}
            Some(part) => found.parts.push(GivenPart {
                name: name.text(),
                span,
                items: part_items(reading, &part.kinds, &entry, span),
            }),
            None => found.options.push(Input {
                name: name.text(),
                span,
                value: option_value(reading, &entry),
            }),
        }
    }
    found
}

fn option_value(reading: &Reading<'_>, entry: &ast::ConfigEntry) -> Given {
    match (entry.value(), entry.list(), entry.config()) {
        (Some(value), ..) => self::value(&value, reading),
        (None, Some(list), _) => list_of(&list, reading),
        (None, None, Some(config)) => record_of(&config, reading),
        (None, None, None) => Given {
            span: entry.span(reading.file),
            kind: GivenKind::Text(String::new()),
        },
    }
}

/// The items of a part, which may hold these products.
fn part_items(
    reading: &Reading<'_>,
    kinds: &[usize],
    entry: &ast::ConfigEntry,
    span: Span,
) -> Vec<Item> {
    let products = &reading.world.products;
    let only = match kinds {
        [only] => products.get(*only).map(|product| product.name.clone()),
        _ => None,
    };
    match (entry.value(), entry.config()) {
        // `support Platinum`, `support Platinum { … }`
        (Some(kind), config) => {
            let (kind, span) = text(&kind, reading);
            vec![item(reading, Some(kind), config.as_ref(), span)]
        }
        // `platform { edition Pro }`
        (None, Some(config))
            if only.is_some()
                && !lists_kinds(kinds.iter().filter_map(|kind| products.get(*kind)), &config) =>
        {
            vec![item(reading, only, Some(&config), span)]
        }
        // `addons { Sso, Audit { seats 20 } }`
        (None, Some(config)) => {
            let kinds = config.entries().filter_map(|kind| {
                let name = kind.name()?;
                let span = name.span(reading.file);
                Some(item(
                    reading,
                    Some(name.text()),
                    kind.config().as_ref(),
                    span,
                ))
            });
            kinds.collect()
        }
        // `onsite`
        (None, None) => vec![item(reading, only, None, span)],
    }
}

/// Whether the braces of a part list its kinds rather than options of its one kind.
fn lists_kinds<'p>(mut kinds: impl Iterator<Item = &'p Product>, config: &ast::Config) -> bool {
    kinds.any(|kind| {
        config
            .entries()
            .any(|entry| entry.name().is_some_and(|name| name.text() == kind.name))
    })
}

/// A value, as the door of the engine reads it.
pub fn value(node: &ast::Expr, reading: &Reading<'_>) -> Given {
    let (text, span) = text(node, reading);
    // `-` in a cell leaves out what may be absent.
    let kind = if left_out(node, reading) {
        GivenKind::LeftOut
    } else {
        GivenKind::Text(text)
    };
    Given { span, kind }
}

/// Whether a value is a cell that says `-`, which leaves out what it is for.
fn left_out(node: &ast::Expr, reading: &Reading<'_>) -> bool {
    let cell = named_cell(node, reading).and_then(|(found, ..)| found);
    cell.is_some_and(|cell| matches!(cell.content, Content::Nothing))
}

/// The cell that a value names, its heading and where that stands; the cell is `None` where the row has no such column.
fn named_cell<'r>(
    node: &ast::Expr,
    reading: &Reading<'r>,
) -> Option<(Option<&'r RawCell>, String, Span)> {
    let (ast::Expr::Path(path), Some(row)) = (node, reading.row) else {
        return None;
    };
    let segments = path.segments();
    let [(first, _), (heading, place)] = segments.as_slice() else {
        return None;
    };
    if first != "row" {
        return None;
    }
    let found = row.iter().find(|(name, _)| name == heading);
    let place = reading.file.span(place.start().into(), place.end().into());
    Some((found.map(|(_, cell)| cell), heading.clone(), place))
}

/// A value as text, and where it stands: in its cell, where it comes from a row.
fn text(node: &ast::Expr, reading: &Reading<'_>) -> (String, Span) {
    let span = node.span(reading.file);
    match named_cell(node, reading) {
        Some((Some(cell), ..)) => {
            let text = cell_text(cell).unwrap_or_else(|| cell.text.clone());
            return (text, cell.span);
        }
        Some((None, heading, place)) => {
            let row = reading.row.unwrap_or_default();
            let names = row.iter().map(|(name, _)| name.as_str());
            let diagnostic = unknown_name("column", &heading, place, names);
            reading.said.borrow_mut().push(diagnostic);
        }
        None => {}
    }
    let text = match node {
        ast::Expr::Literal(literal) => literal_text(literal.value(), &literal.source()),
        _ => node.source(),
    };
    (text, span)
}

/// A literal as the door of the engine reads it.
pub(super) fn literal_text(value: Result<Value, LiteralError>, source: &str) -> String {
    let number = |number: quo_syntax::literal::Number| {
        quo_value::Decimal::new(number.mantissa, number.scale)
            .map_or_else(|_| source.to_owned(), |decimal| decimal.to_string())
    };
    match value {
        Ok(Value::Text(text)) => text,
        Ok(Value::Number(found)) => number(found),
        Ok(Value::Percent(found)) => format!("{}%", number(found)),
        Ok(Value::Money { amount, currency }) => format!("{} {currency}", number(amount)),
        Ok(Value::Quantity { amount, unit }) => format!("{} {unit}", number(amount)),
        Ok(Value::Period {
            count,
            unit: PeriodUnit::Months,
        }) => format!("{count} months"),
        Ok(Value::Period {
            count,
            unit: PeriodUnit::Years,
        }) => format!("{} months", u64::from(count).saturating_mul(12)),
        Ok(Value::Period {
            count,
            unit: PeriodUnit::Days,
        }) => format!("{count} days"),
        _ => source.to_owned(),
    }
}
