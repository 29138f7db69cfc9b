//! What many forms share: names, titles, types, windows, lists.

use quo_source::{Diagnostic, codes};

use super::expressions;
use crate::kind::SyntaxKind::{self, *};
use crate::parser::{DEPTH_MAX, Parser};

/// The name of something declared here.
pub(super) fn name(p: &mut Parser<'_>, what: &str) -> bool {
    word_node(p, NAME, what)
}

/// The name of something declared elsewhere.
pub(super) fn name_ref(p: &mut Parser<'_>, what: &str) -> bool {
    word_node(p, NAME_REF, what)
}

fn word_node(p: &mut Parser<'_>, kind: SyntaxKind, what: &str) -> bool {
    if !p.at(WORD) || p.at_statement() || (p.begins_item)(p) {
        return p.expected(what);
    }
    let marker = p.start();
    p.bump();
    p.complete(marker, kind);
    true
}

/// A title or message, where one stands.
pub(super) fn title_if_any(p: &mut Parser<'_>) -> bool {
    p.at(TEXT) && title(p, "a text in quotes")
}

/// A title or message.
pub(super) fn title(p: &mut Parser<'_>, what: &str) -> bool {
    if !p.at(TEXT) {
        return p.expected(what);
    }
    let marker = p.start();
    p.bump();
    p.complete(marker, TITLE);
    true
}

/// Whether a cell of the row that a test is made for begins here: `row.heading`.
pub(super) fn at_cell(p: &Parser<'_>) -> bool {
    p.at_word("row") && p.nth(1) == DOT && p.nth(2) == WORD && !p.on_new_line()
}

/// `row.heading`, a cell that stands for a value, a text or a name.
pub(super) fn cell(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    p.bump();
    p.bump();
    p.complete(marker, PATH);
}

/// A text in a test: in quotes, or a cell of its row.
pub(super) fn title_or_cell(p: &mut Parser<'_>, what: &str) -> bool {
    if !at_cell(p) {
        return title(p, what);
    }
    let marker = p.start();
    cell(p);
    p.complete(marker, TITLE);
    true
}

/// A table in a file: its path, and of a workbook the sheet.
pub(super) fn table_file(p: &mut Parser<'_>) -> bool {
    if !p.at(TEXT) {
        return p.expected("the path of a CSV or XLSX file in quotes");
    }
    let marker = p.start();
    title(p, "a path");
    if p.eat_word("sheet") {
        title(p, "the name of the sheet in quotes");
    }
    p.complete(marker, TABLE_FILE);
    true
}

/// Words with dots between.
pub(super) fn path(p: &mut Parser<'_>, what: &str) -> bool {
    if !p.at(WORD) || p.at_statement() || (p.begins_item)(p) {
        return p.expected(what);
    }
    let marker = p.start();
    p.bump();
    while p.at(DOT) {
        p.bump();
        if !p.at(WORD) || p.on_new_line() {
            p.expected("a name after the `.`");
            break;
        }
        p.bump();
    }
    p.complete(marker, PATH);
    true
}

/// One or more of `element`, with commas between, up to something that is no comma.
pub(super) fn comma_list(p: &mut Parser<'_>, mut element: impl FnMut(&mut Parser<'_>) -> bool) {
    while element(p) && p.eat(COMMA) {}
}

/// `{ a, b }`: elements with commas between; one may end the list.
pub(super) fn braced_list(
    p: &mut Parser<'_>,
    of: &str,
    mut element: impl FnMut(&mut Parser<'_>) -> bool,
) {
    let open = p.span();
    if !p.expect(L_BRACE) {
        return;
    }
    let outer = std::mem::take(&mut p.statement_words);
    while !p.at_boundary() {
        let before = p.position();
        let element_read = element(p);
        if p.at(COMMA) {
            p.bump();
        } else if !p.at_boundary() {
            missing_comma(p);
            if !element_read || p.position() == before {
                p.skip(|p| p.at(COMMA) || p.on_new_line());
                p.eat(COMMA);
            }
        }
    }
    p.statement_words = outer;
    super::close(p, open, of);
}

fn missing_comma(p: &mut Parser<'_>) {
    let diagnostic = p.expectation(codes::UNEXPECTED_TOKEN, "`,` or `}`");
    if p.at(WORD) {
        let place = p.previous().after();
        p.report(diagnostic.suggest("put a `,` between the two", place, ","));
    } else {
        p.report(diagnostic);
    }
}

/// `: TYPE`.
pub(super) fn colon_type(p: &mut Parser<'_>) {
    if p.expect(COLON) {
        type_ref(p);
    }
}

/// `Int from 1 to 10`, `Decimal in kilograms from 0 to 1 with 2 decimals`, `Text?`.
pub(super) fn type_ref(p: &mut Parser<'_>) {
    if p.depth >= DEPTH_MAX {
        p.expected("a type that is nested less deeply");
        return;
    }
    let marker = p.start();
    if p.at_word("list") && p.nth_word(1, "of") {
        p.bump();
        p.bump();
        p.depth += 1;
        type_ref(p);
        p.depth -= 1;
    } else if name_ref(p, "a type such as `Bool`, `Text` or `Int from 1 to 100`") {
        if p.at_word("in") && p.nth(1) == WORD && !p.nth_on_new_line(1) {
            p.bump();
            name_ref(p, "a unit, as in `Decimal in kilograms`");
        }
        if p.at_word("from") && p.nth(1) != TEXT {
            let bounds = p.start();
            p.bump();
            expressions::operand(p, "the lowest value");
            if p.expect_word("to") {
                expressions::operand(p, "the highest value");
            }
            p.complete(bounds, TYPE_BOUNDS);
        }
        if p.eat_word("with") {
            whole_number(p, "a number of decimals");
            if !p.eat_word("decimal") {
                p.expect_word("decimals");
            }
        }
        p.eat(QUESTION);
    }
    p.complete(marker, TYPE);
}

/// `= EXPRESSION`, where there is one.
pub(super) fn default(p: &mut Parser<'_>) {
    if p.eat(EQ) {
        expressions::expression(p, "a value");
    }
}

/// A number as a literal.
pub(super) fn whole_number(p: &mut Parser<'_>, what: &str) -> bool {
    if !p.at(NUMBER) {
        return p.expected(what);
    }
    let marker = p.start();
    p.bump();
    p.complete(marker, LITERAL);
    true
}

/// `effective WINDOW`.
pub(super) fn effective(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    window(p);
    p.complete(marker, EFFECTIVE);
}

/// `from D`, `[from] D to D, last day included`.
pub(super) fn window(p: &mut Parser<'_>) {
    let marker = p.start();
    let from = p.eat_word("from");
    if date(p, "the first day, as in `2026-01-31`") {
        if p.eat_word("to") {
            if date(p, "the last day, as in `2026-12-31`") {
                last_day(p);
            }
        } else if !from {
            p.expected_as(codes::MISSING_CLAUSE, "`to` and the last day");
        }
    }
    p.complete(marker, WINDOW);
}

fn last_day(p: &mut Parser<'_>) {
    if p.at(COMMA) && p.nth_word(1, "last") {
        p.bump();
        p.expect_words(&["last", "day", "included"]);
        return;
    }
    let place = p.previous();
    let message = "it is not said whether the last day belongs to the window";
    p.report(
        Diagnostic::error(codes::MISSING_LAST_DAY, message)
            .at(place, "this day")
            .suggest(
                "write `, last day included`",
                place.after(),
                ", last day included",
            ),
    );
}

/// A day of the calendar as a literal.
pub(super) fn date(p: &mut Parser<'_>, what: &str) -> bool {
    if p.at(DATE) {
        let marker = p.start();
        p.bump();
        p.complete(marker, LITERAL);
        return true;
    }
    if !matches!(p.current(), NUMBER | VERSION) || p.on_new_line() {
        return p.expected(what);
    }
    let start = p.span();
    let marker = p.start();
    p.bump();
    while p.nth_adjacent(0) && matches!(p.current(), NUMBER | MINUS | SLASH | DOT) {
        p.bump();
    }
    p.complete(marker, ERROR);
    let span = start.to(p.previous());
    let written = p.source(span);
    let message = format!("`{written}` is not a date: a date is written like `2026-07-15`");
    let diagnostic = Diagnostic::error(codes::BAD_DATE, message).at(span, "not a date");
    p.report(match padded(written) {
        Some(date) => diagnostic.suggest(format!("write `{date}`"), span, date),
        None => diagnostic.note("four digits of the year, two of the month, two of the day"),
    });
    true
}

/// `2026-7-5` as `2026-07-05`; only where year, month and day stand in this order, since
/// `5.7.2026` reads differently on two sides of an ocean.
fn padded(written: &str) -> Option<String> {
    let mut parts = written.split(['-', '/', '.']);
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let date = format!("{year}-{month:0>2}-{day:0>2}");
    let date_only = parts.next().is_none() && crate::literal::date(&date).is_ok();
    date_only.then_some(date)
}

/// `when CONDITION`.
pub(super) fn when(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    expressions::expression(p, "a condition");
    p.complete(marker, WHEN);
}
