//! Conversions of a quantity into another unit.

use super::expressions::power;
use super::roundings::{continues, report_unclear, rounding};
use crate::kind::SyntaxKind::*;
use crate::parser::Parser;

/// `converted to U`, and how the result is rounded.
pub(super) fn conversion(p: &mut Parser<'_>, min: u8) {
    p.expect_words(&["converted", "to"]);
    let target = p.start();
    if p.at(WORD) && !p.on_new_line() {
        p.bump();
        if p.at(DOT) && p.nth(1) == WORD && !p.nth_on_new_line(1) {
            p.bump();
            p.bump();
        }
    } else {
        p.expected("a unit, as in `converted to pieces`");
    }
    p.complete(target, CONVERSION_TARGET);
    if p.at(COMMA) && p.nth_word(1, "rounded") {
        let start = p.span();
        p.bump();
        p.bump();
        rounding(p);
        if min > power::PERCENT_OF || (continues(p) && !p.on_new_line()) {
            report_unclear(p, start.to(p.previous()));
        }
    }
}
