//! How a value is rounded: a mode, and to what.

use super::expressions::operand;
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
