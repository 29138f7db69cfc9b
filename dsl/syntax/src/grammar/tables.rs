//! Tables in the text of a rule: a row a line, `|` between cells, `||` before the results.

use quo_source::{Diagnostic, Span, codes};

use super::approvals::approvers;
use super::expressions::{expression, operand, starts_operand};
use super::frame::path;
use crate::kind::SyntaxKind::*;
use crate::parser::Parser;

/// What stands right of `||`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Results {
    /// Values everywhere.
    Values,
    /// Approvers below the heading `approver`, values elsewhere.
    Approvers,
    /// Expressions.
    Calculated,
    /// Nothing: the rows are data.
    None,
}

/// What a header says about every row.
struct Shape {
    span: Span,
    inputs: usize,
    outputs: usize,
    /// The place right of `||` that holds approvers.
    approver: Option<usize>,
    /// Whether what stands right of `||` may be worked out.
    calculated: bool,
}

/// Counts of a row: left and right of `||`.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Count {
    inputs: usize,
    outputs: usize,
}

pub(super) fn table(p: &mut Parser<'_>, results: Results) {
    if !at_row(p) {
        p.expected("a table: a line such as `| edition || price |`");
        return;
    }
    let marker = p.start();
    let shape = header(p, results);
    while at_row(p) && p.on_new_line() {
        row(p, &shape);
    }
    p.complete(marker, TABLE);
}

fn at_row(p: &Parser<'_>) -> bool {
    p.at(PIPE) || p.at(PIPE2)
}

fn header(p: &mut Parser<'_>, results: Results) -> Shape {
    let marker = p.start();
    let start = p.span();
    let mut approver = None;
    let count = cells(p, |p, output| {
        if results == Results::Approvers && p.at_word("approver") {
            approver = output;
        }
        let column = p.start();
        path(p, "a heading: the name of an option, a fact or a result");
        p.complete(column, COLUMN);
    });
    p.complete(marker, TABLE_HEADER);
    let span = start.to(p.previous());
    if count.outputs == 0 && results != Results::None {
        p.report(
            Diagnostic::error(codes::TABLE_SHAPE, "the table has no column of results")
                .at(span, "no `||` here")
                .note("conditions stand left of `||`, what they lead to stands right of it"),
        );
    }
    Shape {
        span,
        inputs: count.inputs,
        outputs: count.outputs,
        approver,
        calculated: results == Results::Calculated,
    }
}

fn row(p: &mut Parser<'_>, shape: &Shape) {
    let marker = p.start();
    let start = p.span();
    let count = cells(p, |p, output| {
        let approver = output.is_some() && output == shape.approver;
        cell(p, approver, shape.calculated && output.is_some());
    });
    p.complete(marker, TABLE_ROW);
    let (left, right) = (shape.inputs, shape.outputs);
    // Of headings without `||` that has been said.
    let all = count.inputs + count.outputs;
    if (count.inputs, count.outputs) == (left, right) || (right == 0 && all == left) {
        return;
    }
    let (side, has, needs) = if count.inputs == left {
        ("right", count.outputs, right)
    } else {
        ("left", count.inputs, left)
    };
    let cells = if has == 1 { "cell" } else { "cells" };
    let columns = if needs == 1 { "column" } else { "columns" };
    let message =
        format!("this row has {has} {cells} {side} of `||`, its table has {needs} {columns} there");
    let span = start.to(p.previous());
    let diagnostic = Diagnostic::error(codes::TABLE_SHAPE, message)
        .at(span, "this row")
        .also(shape.span, "the headings");
    p.report(if has < needs {
        diagnostic.note("a cell that may be anything is `*`")
    } else {
        diagnostic
    });
}

/// The bars and cells of one line; `cell` is told the place right of `||`.
fn cells(p: &mut Parser<'_>, mut cell: impl FnMut(&mut Parser<'_>, Option<usize>)) -> Count {
    let mut count = Count {
        inputs: 0,
        outputs: 0,
    };
    let mut results = p.at(PIPE2);
    p.bump();
    while !p.on_new_line() {
        if results {
            cell(p, Some(count.outputs));
            count.outputs += 1;
        } else {
            cell(p, None);
            count.inputs += 1;
        }
        if !at_bar(p) {
            report_tail(p);
        }
        if p.on_new_line() || !at_bar(p) {
            break;
        }
        if p.at(PIPE2) && results {
            p.expected("`|`: a row has only one `||`");
        }
        results |= p.at(PIPE2);
        p.bump();
    }
    count
}

fn at_bar(p: &Parser<'_>) -> bool {
    !p.on_new_line() && at_row(p)
}

/// Something else than a bar behind a cell.
fn report_tail(p: &mut Parser<'_>) {
    if p.on_new_line() {
        let place = p.previous().after();
        let diagnostic = p.expectation(codes::UNEXPECTED_TOKEN, "`|`");
        p.report(diagnostic.suggest("a row ends with `|`", place, " |"));
        return;
    }
    let diagnostic = p.expectation(codes::BAD_CELL, "`|` or `||` after the cell");
    p.report(diagnostic.note(
        "a cell holds `*`, values with commas between, a range `1 to 100`, or a comparison `above 100`",
    ));
    p.skip(|p| p.on_new_line() || at_row(p));
}

fn cell(p: &mut Parser<'_>, approver: bool, calculated: bool) {
    let marker = p.start();
    if p.at(STAR) || (p.at(MINUS) && matches!(p.nth(1), PIPE | PIPE2)) {
        p.bump();
    } else if at_bar(p) || p.on_new_line() {
        let place = p.previous().to(p.span());
        p.report(
            Diagnostic::error(codes::BLANK_CELL, "a cell is never blank")
                .at(place, "nothing is written here")
                .suggest_edits("write `*` for any value, or `-` for none", Vec::new()),
        );
    } else if approver {
        approvers(p);
    } else if calculated {
        expression(p, "the value of the result");
    } else {
        while item(p) && p.at(COMMA) && !p.on_new_line() {
            p.bump();
        }
    }
    p.complete(marker, CELL);
}

fn item(p: &mut Parser<'_>) -> bool {
    let what = "a value, a range such as `1 to 100`, or `*`";
    let sign = matches!(p.current(), LT | LT_EQ | GT | GT_EQ);
    let up_to = p.at_word("up") && p.nth_word(1, "to");
    let bound_follows = !matches!(p.nth(1), PIPE | PIPE2 | COMMA | EOF) && !p.nth_on_new_line(1);
    let word = p.at_any(&["above", "from", "below"]) && bound_follows;
    if sign || up_to || word {
        let marker = p.start();
        p.bump();
        if up_to {
            p.bump();
        }
        same_line_operand(p, "the bound of the comparison");
        p.complete(marker, CELL_COMPARISON);
        return true;
    }
    if p.on_new_line() || !starts_operand(p) {
        return p.expected_as(codes::BAD_CELL, what);
    }
    let marker = p.start();
    same_line_operand(p, what);
    if !p.on_new_line() && (p.eat_word("to") || hyphen(p)) {
        same_line_operand(p, "the end of the range");
        p.complete(marker, CELL_RANGE);
    } else {
        p.dissolve(marker);
    }
    true
}

/// A hyphen between the ends of a range, which means `to`.
fn hyphen(p: &mut Parser<'_>) -> bool {
    if !p.at(MINUS) || !matches!(p.nth(1), NUMBER | PERCENT) || p.nth_on_new_line(1) {
        return false;
    }
    let (from, span) = (p.previous(), p.span());
    let to = if p.nth_adjacent(0) { " to " } else { "to" };
    let diagnostic = Diagnostic::error(codes::BAD_CELL, "a range has `to` between its ends")
        .at(from.to(span), "not a hyphen")
        .suggest(
            format!("write `{} to {}`", p.source(from), p.nth_text(1)),
            span,
            to,
        );
    p.report(diagnostic);
    p.bump();
    true
}

fn same_line_operand(p: &mut Parser<'_>, what: &str) {
    if p.on_new_line() {
        p.expected(what);
    } else {
        operand(p, what);
    }
}
