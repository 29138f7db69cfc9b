//! Golden tests: requests as written, and what is expected.

use std::cell::RefCell;

use quo_source::{Diagnostic, FileId, Span, Stopped, codes};
use quo_syntax::ast::{self, AstNode};
use quo_syntax::cell::CellValue;
use quo_syntax::literal::Value;
use quo_value::Currency;

use super::expectations::{expectation, known};
use super::{Context, Items, Placed, given};
use crate::table::{self, Content, Operand, RawCell, RawItem, Unread};
use crate::tests_hir::{GivenFacts, GivenKind, Input, Line, Override, TestCase};
use crate::world::World;

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
    /// What is wrong with how the row is named.
    pub said: RefCell<Vec<Diagnostic>>,
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
        said: RefCell::default(),
    };
    let given: Vec<GivenFacts> = node
        .givens()
        .filter(|given| given.number().is_none())
        .filter_map(|given| given::facts(&given, &reading))
        .collect();
    reading.currency = given
        .iter()
        .filter(|given| given.group == "quote")
        .flat_map(|given| &given.inputs)
        .find(|input| input.name == "currency")
        .and_then(|input| match &input.value.kind {
            GivenKind::Text(code) => Currency::from_code(code),
            _ => None,
        });
    let name = match row.and_then(<[_]>::first) {
        Some((_, first)) => format!("{name}: {}", first.text.trim_matches('"')),
        None => name.to_owned(),
    };
    let lines = node.lines();
    let lines = lines.filter_map(|line| given::line(&reading, &line));
    let mut lines: Vec<Line> = lines.collect();
    given::line_facts(node, &reading, &mut lines, &mut cx.diagnostics);
    let asked = node.asked().filter_map(|asked| {
        let name = asked.adjustment()?;
        Some(Input {
            name: name.text(),
            span: name.span(file),
            value: given::value(&asked.value()?, &reading),
        })
    });
    let case = TestCase {
        name,
        span,
        row: row.and_then(row_span),
        given,
        lines,
        asked: asked.collect(),
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
        codes: node
            .codes()
            .flat_map(|clause| clause.codes())
            .filter_map(|code| code.text())
            .collect(),
        expectations: node
            .expects()
            .filter_map(|expect| expectation(&reading, &expect, &mut cx.diagnostics))
            .collect(),
    };
    cx.diagnostics.extend(reading.said.into_inner());
    case
}

/// From the first to the last cell of a row.
fn row_span(row: &[(String, RawCell)]) -> Option<Span> {
    let ((_, first), (_, last)) = row.first().zip(row.last())?;
    Some(first.span.to(last.span))
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
        span: node.rule_span(file)?,
        role: role.text(),
        reason: node.reason().and_then(|reason| reason.text()),
        line: node
            .address()
            .and_then(|address| address.number())
            .map(|number| number.source()),
    })
}
