//! How a value is rounded: a mode, and to what.

use quo_source::{Diagnostic, Span, codes};

use super::expressions::{operand, power};
use super::frame::whole_number;
use crate::kind::SyntaxKind::*;
use crate::parser::Parser;

/// `half up to 2 places`, `half even to currency`.
pub(super) fn rounding(p: &mut Parser<'_>) {
    let marker = p.start();
    if rounding_mode(p) && p.expect_word("to") {
        rounded_to(p);
    }
    p.complete(marker, ROUNDING);
}

/// `currency`, `N places`, `steps of S`.
fn rounded_to(p: &mut Parser<'_>) {
    if p.at_word("currency") && !p.nth_word(1, "places") {
        p.bump();
    } else if p.at_word("steps") && p.nth_word(1, "of") {
        p.bump();
        p.bump();
        operand(p, "the size of a step, as in `steps of 0.05`");
    } else if p.at(NUMBER) {
        whole_number(p, "a number of places");
        if !p.eat_word("place") {
            p.expect_word("places");
        }
    } else if p.at(WORD) && !p.on_new_line() && p.nth_word(1, "places") {
        operand(p, "a number of places");
        p.expect_word("places");
    } else {
        p.expected("`currency`, a number and `places`, or `steps of`");
    }
}

/// The words of a rounding mode.
pub(super) fn rounding_mode(p: &mut Parser<'_>) -> bool {
    if p.eat_word("half") {
        if p.at_any(&["up", "even", "down"]) {
            p.bump();
            return true;
        }
        return p.expected("`up`, `even` or `down`: where a half goes");
    }
    if p.at_any(&["up", "down", "ceiling", "floor"]) {
        p.bump();
        return true;
    }
    p.expected(
        "a rounding: `half up`, `half even`, `half down`, `up`, `down`, `ceiling` or `floor`",
    )
}

/// `, rounded MODE to N places, otherwise V`: what a quotient needs to have one exact value.
pub(super) fn quotient_clauses(p: &mut Parser<'_>, min: u8, what: &str, zero: &str) {
    if !p.at(COMMA) || !p.nth_word(1, "rounded") {
        let place = p.previous().after();
        p.report(
            Diagnostic::error(
                codes::MISSING_ROUNDING,
                format!("{what} does not say how it is rounded"),
            )
            .at(place, "the rounding is missing here")
            .suggest(
                "state it, and the value when there is nothing to divide by",
                place,
                format!(", rounded half up to 2 places, otherwise {zero}"),
            ),
        );
        return;
    }
    let start = p.span();
    p.bump();
    p.bump();
    rounding(p);
    let stated = p.at(COMMA) && p.nth_word(1, "otherwise");
    if stated {
        p.bump();
        let marker = p.start();
        p.bump();
        operand(p, "the value when there is nothing to divide by");
        p.complete(marker, OTHERWISE);
    } else {
        let place = p.previous().after();
        let message = format!("{what} does not say what holds when there is nothing to divide by");
        p.report(
            Diagnostic::error(codes::MISSING_CLAUSE, message)
                .at(place, "`otherwise` is missing here")
                .suggest("state the value", place, format!(", otherwise {zero}")),
        );
    }
    if min > power::PERCENT_OF || (continues(p) && !p.on_new_line()) {
        report_unclear(p, start.to(p.previous()));
    }
}

/// Whether an operator follows that binds more strongly than the rounding before it.
pub(super) fn continues(p: &Parser<'_>) -> bool {
    matches!(p.current(), PLUS | MINUS | STAR | SLASH)
        || (p.at_word("as") && p.nth_word(1, "percent"))
}

/// Asks for parentheses where a calculation goes on behind what it rounds: from `start`, rounded at `word`.
pub(super) fn report_continued(p: &mut Parser<'_>, start: Span, word: Span) {
    let rounded = start.to(p.previous());
    let operator = p.source(p.span());
    let message = format!("it is not clear whether what follows `{operator}` is rounded too");
    let grouped = format!("({})", p.source(rounded));
    let (what, behind) = (word.to(p.previous()), p.span());
    p.report(
        Diagnostic::error(codes::UNCLEAR_ROUNDING, message)
            .at(what, "this rounds all of the calculation before it")
            .also(behind, "this goes on behind it")
            .suggest("put parentheses around what is rounded", rounded, grouped),
    );
}

pub(super) fn report_unclear(p: &mut Parser<'_>, span: Span) {
    p.report(
        Diagnostic::error(
            codes::UNCLEAR_ROUNDING,
            "it is not clear what this rounding is of: the quotient or the whole expression",
        )
        .at(span, "this rounding")
        .note("put parentheses around the quotient together with its rounding"),
    );
}
