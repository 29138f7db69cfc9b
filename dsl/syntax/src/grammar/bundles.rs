//! Bundles: parts and constraints.

use quo_source::codes;

use super::expressions;
use super::frame::{braced_list, comma_list, name, name_ref, title, when, whole_number};
use super::products::{heading, member};
use super::tables::{self, Results};
use super::{Block, block};
use crate::kind::SyntaxKind::*;
use crate::parser::Parser;

const BUNDLE: Block = Block {
    of: "bundle",
    words: &[
        "sku", "sold", "retired", "option", "charge", "part", "require", "exclude", "warn", "allow",
    ],
    statement,
};

pub(super) fn bundle(p: &mut Parser<'_>) {
    let marker = p.start();
    heading(p, "the name of the bundle");
    block(p, &BUNDLE);
    p.complete(marker, BUNDLE_ITEM);
}

fn statement(p: &mut Parser<'_>, word: &str) -> bool {
    match word {
        "part" => part(p),
        "require" | "exclude" | "warn" | "allow" => constraint_of(p, word),
        _ => return member(p, word),
    }
    true
}

fn part(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    if name(p, "the name of the part") && p.expect(COLON) {
        let several = count(p);
        if several {
            braced_list(p, "part", |p| name_ref(p, "the name of a product"));
        } else {
            name_ref(
                p,
                "the name of a product, `one of { … }`, `0 to 5 kinds of { … }` or `1 to 8 of …`",
            );
        }
        while p.at(COMMA) && p.nth_word(1, "each") {
            p.bump();
            each_with(p);
        }
    }
    p.complete(marker, PART);
}

/// `optional`, `one of`, `optional one of`, `0 to 5 kinds of`, `1 to 8 of`, `4 of`; whether a list of kinds follows.
fn count(p: &mut Parser<'_>) -> bool {
    let optional = p.at_word("optional") && p.nth(1) == WORD && !p.nth_on_new_line(1);
    let one_of = |p: &Parser<'_>, at| p.nth_word(at, "one") && p.nth_word(at + 1, "of");
    if !optional && !one_of(p, 0) && !p.at(NUMBER) {
        return p.at(L_BRACE);
    }
    let marker = p.start();
    if optional {
        p.bump();
    }
    let several = if one_of(p, 0) {
        p.bump();
        p.bump();
        true
    } else if p.at(NUMBER) {
        whole_number(p, "the fewest");
        if p.eat_word("to") {
            whole_number(p, "the most");
        }
        let kinds = p.eat_word("kinds");
        p.expect_word("of");
        kinds || p.at(L_BRACE)
    } else {
        false
    };
    p.complete(marker, PART_COUNT);
    several
}

fn each_with(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    if p.expect_word("with") && name_ref(p, "the name of an option") && p.expect(EQ) {
        expressions::expression(p, "the default of the option");
    }
    p.complete(marker, EACH_WITH);
}

/// `require NAME "…": CONDITION` and its like, as an item.
pub(super) fn constraint(p: &mut Parser<'_>) {
    let word = p.nth_text(0);
    constraint_of(p, word);
}

fn constraint_of(p: &mut Parser<'_>, word: &str) {
    let marker = p.start();
    p.bump();
    if p.at(WORD) && !p.on_new_line() {
        name(p, "the name of the constraint");
    }
    if word == "allow" {
        title(p, "a message in quotes");
        clauses(p);
        p.eat(COLON);
        tables::table(p, Results::Values);
    } else if title(
        p,
        "a message in quotes: what is wrong when it does not hold",
    ) {
        clauses(p);
        if p.expect(COLON) {
            expressions::expression(p, "a condition");
        }
    }
    p.complete(marker, CONSTRAINT);
}

/// `, as warning`, `, overridable by A or B with reason`, `when CONDITION`: what stands between message and colon.
fn clauses(p: &mut Parser<'_>) {
    loop {
        let comma = usize::from(p.at(COMMA));
        let known = ["as", "overridable", "when"]
            .iter()
            .any(|word| p.nth_word(comma, word));
        if !known {
            return;
        }
        if comma == 1 {
            p.bump();
        }
        match p.nth_text(0) {
            "when" => when(p),
            "as" => severity(p),
            _ => overridable(p),
        }
    }
}

fn severity(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    if p.at_any(&["error", "warning", "information"]) {
        p.bump();
    } else {
        p.expected_as(codes::MISSING_CLAUSE, "`error`, `warning` or `information`");
    }
    p.complete(marker, SEVERITY);
}

fn overridable(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    if p.expect_word("by") {
        while name_ref(p, "the name of a role") && p.eat_word("or") {}
        if p.eat_word("with") {
            p.expect_word("reason");
        }
    }
    p.complete(marker, OVERRIDABLE);
}

/// Names of products, with commas between.
pub(super) fn products(p: &mut Parser<'_>) {
    comma_list(p, |p| name_ref(p, "the name of a product"));
}
