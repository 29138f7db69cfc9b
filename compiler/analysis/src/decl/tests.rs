//! Golden tests: requests as written, and what is expected.

use quo_source::{Diagnostic, FileId, Span, Stopped, codes};
use quo_syntax::ast::{self, AstNode};
use quo_syntax::cell::CellValue;
use quo_syntax::literal::{LiteralError, PeriodUnit, Value};
use quo_value::Currency;

use super::expectations::{expectation, known};
use super::row_cells::cell_text;
use super::{Context, Items, Placed};
use crate::table::{self, Content, Operand, RawCell, RawItem, Unread};
use crate::tests_hir::{Given, Input, Item, Line, Override, TestCase};
use crate::world::{World, find};

/// A row of cells that a test is made for.
type Row = Vec<(String, RawCell)>;

/// What a test's values are read with.
pub struct Reading<'a> {
    /// What is declared.
    pub world: &'a World,
    /// The file of the test.
    pub file: FileId,
    /// The row that the test is for.
    pub row: Option<&'a [(String, RawCell)]>,
    /// The currency of its quote.
    pub currency: Option<Currency>,
}

/// Reads the tests, by file and place.
///
/// # Errors
/// When the work budget is used up or the work is cancelled.
pub fn read(world: &World, items: &Items, cx: &mut Context<'_>) -> Result<Vec<TestCase>, Stopped> {
    let mut tests: Vec<TestCase> = Vec::new();
    for item in &items.tests {
        let Some(title) = item.node.title() else {
            continue;
        };
        let Some(name) = title.text() else { continue };
        let span = title.span(item.file);
        if item.node.expects().next().is_none() {
            cx.diagnostics.push(
                Diagnostic::error(
                    codes::EMPTY_TEST,
                    format!("the test {name:?} expects nothing"),
                )
                .at(span, "it cannot fail")
                .note("say what must come out: `expect …`"),
            );
        }
        let rows: Vec<Option<Row>> = match item.node.each_row() {
            Some(each) => rows_of(&each, item.file, cx)?
                .into_iter()
                .map(Some)
                .collect(),
            None => vec![None],
        };
        for row in rows {
            cx.work.spend(1)?;
            tests.push(case(world, item, (&name, span), row.as_deref(), cx));
        }
    }
    tests.sort_by_key(|test| test.span);
    Ok(tests)
}

fn case(
    world: &World,
    item: &Placed<ast::Test>,
    (name, span): (&str, Span),
    row: Option<&[(String, RawCell)]>,
    cx: &mut Context<'_>,
) -> TestCase {
    let (node, file) = (&item.node, item.file);
    let mut reading = Reading {
        world,
        file,
        row,
        currency: None,
    };
    let given: Vec<(String, Vec<Input>)> = node
        .givens()
        .filter(|given| given.number().is_none())
        .filter_map(|given| {
            let inputs = match given.list() {
                Some(list) => vec![Input {
                    name: String::new(),
                    span: given.span(file),
                    value: list_input(&list, &reading),
                }],
                None => given
                    .config()
                    .map(|config| inputs(&config, &reading))
                    .unwrap_or_default(),
            };
            Some((given.facts()?.text(), inputs))
        })
        .collect();
    reading.currency = given
        .iter()
        .filter(|(group, _)| group == "quote")
        .flat_map(|(_, inputs)| inputs)
        .find(|input| input.name == "currency")
        .and_then(|input| match &input.value {
            Given::Text(code) => Currency::from_code(code),
            _ => None,
        });
    let mut lines: Vec<Line> = node
        .lines()
        .filter_map(|line| read_line(&reading, &line))
        .collect();
    line_facts(node, &reading, &mut lines, &mut cx.diagnostics);
    let name = match row.and_then(<[_]>::first) {
        Some((_, first)) => format!("{name}: {}", first.text.trim_matches('"')),
        None => name.to_owned(),
    };
    TestCase {
        name,
        span,
        row: row.and_then(row_span),
        given,
        lines,
        asked: node
            .asked()
            .filter(|asked| !asked.value().is_some_and(|value| left_out(&value, row)))
            .filter_map(|asked| {
                let name = asked.adjustment()?;
                Some(Input {
                    name: name.text(),
                    span: asked.span(file),
                    value: Given::Text(value_text(&asked.value()?, row)),
                })
            })
            .collect(),
        overrides: node
            .overrides()
            .filter_map(|node| overriding(world, &node, file, &mut cx.diagnostics))
            .collect(),
        clauses: node
            .clauses()
            .filter_map(|change| {
                let name = change.clause()?;
                known(&world.clauses, "clause", &name, file, &mut cx.diagnostics)?;
                Some((name.text(), !change.is_removed()))
            })
            .collect(),
        expectations: node
            .expects()
            .filter_map(|expect| expectation(&reading, &expect, &mut cx.diagnostics))
            .collect(),
    }
}

/// The rows of a file, whose cells are read as what is expected where they are named.
fn rows_of(each: &ast::EachRow, file: FileId, cx: &mut Context<'_>) -> Result<Vec<Row>, Stopped> {
    let Some(named) = each.file() else {
        return Ok(Vec::new());
    };
    let read = table::file::read_named(&named, file, cx.sources, cx.work, &mut cx.diagnostics)?;
    let Some(read) = read else {
        return Ok(Vec::new());
    };
    let names: Vec<String> = read.headings.iter().map(|(name, _)| name.clone()).collect();
    let rows = read.iter().map(|row| {
        let cells = row
            .cells
            .into_iter()
            .zip(&names)
            .map(|(mut cell, heading)| {
                // What is nothing else is a text.
                if let Content::Unread { why, .. } = &cell.content {
                    if *why != Unread::NoCell {
                        table::report_unread(&cell, heading, &mut cx.diagnostics);
                    }
                    let text = CellValue::Literal(Value::Text(cell.text.clone()));
                    let operand = Operand::Imported(text, cell.span);
                    cell.content = Content::Items(vec![RawItem::Value(operand)]);
                }
                cell
            });
        names.iter().cloned().zip(cells).collect()
    });
    Ok(rows.collect())
}

fn overriding(
    world: &World,
    node: &ast::Override,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Override> {
    let role = node.role()?;
    known(&world.roles, "role", &role, file, diagnostics)?;
    Some(Override {
        rule: node.rule()?,
        role: role.text(),
        reason: node.reason().and_then(|reason| reason.text()),
        line: node
            .address()
            .and_then(|address| address.number())
            .map(|number| number.source()),
    })
}

fn inputs(config: &ast::Config, reading: &Reading<'_>) -> Vec<Input> {
    config
        .entries()
        .filter_map(|entry| {
            let value = match (entry.value(), entry.list(), entry.config()) {
                (Some(value), ..) => Given::Text(value_text(&value, reading.row)),
                (None, Some(list), _) => list_input(&list, reading),
                (None, None, Some(record)) => Given::Record(inputs(&record, reading)),
                (None, None, None) => return None,
            };
            Some(Input {
                name: entry.name()?.text(),
                span: entry.span(reading.file),
                value,
            })
        })
        // `-` in a cell leaves out what may be absent.
        .filter(|input| !matches!(&input.value, Given::Text(text) if reading.row.is_some() && text == "-"))
        .collect()
}

fn list_input(list: &ast::ListInput, reading: &Reading<'_>) -> Given {
    let element = |node| match node {
        ast::InputNode::Value(value) => Given::Text(value_text(&value, reading.row)),
        ast::InputNode::Record(record) => Given::Record(inputs(&record, reading)),
        ast::InputNode::List(list) => list_input(&list, reading),
    };
    Given::List(list.elements().map(element).collect())
}

fn read_line(reading: &Reading<'_>, line: &ast::Line) -> Option<Line> {
    let (world, file, row) = (reading.world, reading.file, reading.row);
    let product = line.product()?;
    let number = line.number()?;
    Some(Line {
        id: number.source(),
        facts: Vec::new(),
        item: item(
            world,
            Some(product.text()),
            line.config().as_ref(),
            product.span(file),
            (file, row),
        ),
    })
}

/// `given line 1 { … }`: facts of a line of the test.
fn line_facts(
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
    world: &World,
    product: Option<String>,
    config: Option<&ast::Config>,
    span: Span,
    (file, row): (FileId, Option<&[(String, RawCell)]>),
) -> Item {
    let known = product
        .as_deref()
        .and_then(|name| find(&world.products, name))
        .and_then(|index| world.products.get(index));
    let mut found = Item {
        product: product.clone(),
        span,
        options: Vec::new(),
        parts: Vec::new(),
    };
    for entry in config.into_iter().flat_map(|config| config.entries()) {
        let Some(name) = entry.name() else { continue };
        if entry.value().is_some_and(|value| left_out(&value, row)) {
            continue;
        }
        let part =
            known.and_then(|product| product.parts.iter().find(|part| part.name == name.text()));
        let Some(part) = part else {
            let value = entry
                .value()
                .map(|value| value_text(&value, row))
                .unwrap_or_default();
            found.options.push(Input {
                name: name.text(),
                span: entry.span(file),
                value: Given::Text(value),
            });
            continue;
        };
        let only = match part.kinds.as_slice() {
            [only] => world
                .products
                .get(*only)
                .map(|product| product.name.clone()),
            _ => None,
        };
        let children = match (entry.value(), entry.config()) {
            // `support Platinum`, `support Platinum { … }`
            (Some(kind), config) => vec![item(
                world,
                Some(value_text(&kind, row)),
                config.as_ref(),
                entry.span(file),
                (file, row),
            )],
            // `platform { edition Pro }`
            (None, Some(config))
                if only.is_some()
                    && !lists_kinds(
                        part.kinds
                            .iter()
                            .filter_map(|kind| world.products.get(*kind)),
                        &config,
                    ) =>
            {
                vec![item(
                    world,
                    only,
                    Some(&config),
                    entry.span(file),
                    (file, row),
                )]
            }
            // `addons { Sso, Audit { seats 20 } }`
            (None, Some(config)) => config
                .entries()
                .filter_map(|kind| {
                    Some(item(
                        world,
                        Some(kind.name()?.text()),
                        kind.config().as_ref(),
                        kind.span(file),
                        (file, row),
                    ))
                })
                .collect(),
            // `onsite`
            (None, None) => vec![item(world, only, None, entry.span(file), (file, row))],
        };
        found.parts.push((name.text(), children));
    }
    found
}

/// Whether the braces of a part list its kinds rather than options of its one kind.
fn lists_kinds<'p>(
    mut kinds: impl Iterator<Item = &'p crate::hir::Product>,
    config: &ast::Config,
) -> bool {
    kinds.any(|kind| {
        config
            .entries()
            .any(|entry| entry.name().is_some_and(|name| name.text() == kind.name))
    })
}

/// From the first to the last cell of a row.
fn row_span(row: &[(String, RawCell)]) -> Option<Span> {
    let ((_, first), (_, last)) = row.first().zip(row.last())?;
    Some(first.span.to(last.span))
}

/// Whether a value is a cell that says `-`, which leaves out what it is for.
fn left_out(node: &ast::Expr, row: Option<&[(String, RawCell)]>) -> bool {
    row_cell(node, row).is_some_and(|cell| matches!(cell.content, Content::Nothing))
}

/// The cell that a value names.
fn row_cell<'r>(node: &ast::Expr, row: Option<&'r [(String, RawCell)]>) -> Option<&'r RawCell> {
    let (ast::Expr::Path(path), Some(row)) = (node, row) else {
        return None;
    };
    match path.segments().as_slice() {
        [(first, _), (heading, _)] if first == "row" => row
            .iter()
            .find(|(name, _)| name == heading)
            .map(|(_, cell)| cell),
        _ => None,
    }
}

/// A value as text: what the door of the engine reads.
fn value_text(node: &ast::Expr, row: Option<&[(String, RawCell)]>) -> String {
    if let Some(cell) = row_cell(node, row) {
        return cell_text(cell).unwrap_or_else(|| cell.text.clone());
    }
    let ast::Expr::Literal(literal) = node else {
        return node.source();
    };
    literal_text(literal.value(), &literal.source())
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
