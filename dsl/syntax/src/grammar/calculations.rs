//! Items that calculations are made of: records, functions, constants, decision tables, data, results, modules.

use super::frame::{braced_list, colon_type, name, path, table_file, title_if_any, type_ref};
use super::tables::{self, Results};
use super::{Block, block, expressions, items};
use crate::kind::SyntaxKind::*;
use crate::parser::Parser;

const BODY: Block = Block {
    of: "function",
    words: &["let", "give"],
    statement: body_statement,
};

/// `use std.calendar`
pub(super) fn uses(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    path(p, "the name of a module such as `std.calendar`");
    p.complete(marker, USE_ITEM);
}

/// `record R { f: T, … }`
pub(super) fn record(p: &mut Parser<'_>) {
    let marker = p.start();
    p.eat_word("private");
    p.bump();
    if name(p, "the name of the record") {
        braced_list(p, "record", items::fact);
    }
    p.complete(marker, RECORD_ITEM);
}

/// `define d: T = …`, `define f(a: T): U = …`, `define f(a: T) { let …, give … }`, `constant c = …`
pub(super) fn define(p: &mut Parser<'_>) {
    let marker = p.start();
    p.eat_word("private");
    p.bump();
    if name(p, "the name of the value") {
        if p.at(L_PAREN) {
            parameters(p);
        }
        if p.eat(COLON) {
            type_ref(p);
        }
        if p.at(L_BRACE) {
            block(p, &BODY);
        } else if p.expect(EQ) {
            expressions::expression(p, "an expression");
        }
    }
    p.complete(marker, DEFINE_ITEM);
}

fn body_statement(p: &mut Parser<'_>, word: &str) -> bool {
    let marker = p.start();
    let kind = match word {
        "let" => {
            p.bump();
            if name(p, "the name of the value") && p.expect(EQ) {
                expressions::expression(p, "an expression");
            }
            LET
        }
        "give" => {
            p.bump();
            expressions::expression(p, "the value of the function");
            GIVE
        }
        _ => {
            p.abandon(marker);
            return false;
        }
    };
    p.complete(marker, kind);
    true
}

/// `(a: T, b: U)`
fn parameters(p: &mut Parser<'_>) {
    let marker = p.start();
    parenthesized(p, |p| {
        let parameter = p.start();
        let named = name(p, "the name of a parameter");
        if named {
            colon_type(p);
        }
        p.complete(parameter, PARAMETER);
        named
    });
    p.complete(marker, PARAMETERS);
}

/// `( a, b )`: elements with commas between.
pub(super) fn parenthesized(p: &mut Parser<'_>, mut element: impl FnMut(&mut Parser<'_>) -> bool) {
    let open = p.span();
    p.bump();
    while !p.at(R_PAREN) && !p.at_boundary() {
        if !element(p) || !p.eat(COMMA) {
            break;
        }
    }
    if !p.eat(R_PAREN) {
        let diagnostic = p.expectation(quo_source::codes::UNEXPECTED_TOKEN, "`,` or `)`");
        p.report(diagnostic.also(open, "the parenthesis opens here"));
    }
}

/// `result r "…": T = …`
pub(super) fn result(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    if name(p, "the name of the result") {
        title_if_any(p);
        if p.eat(COLON) {
            type_ref(p);
        }
        if p.expect(EQ) {
            expressions::expression(p, "an expression");
        }
    }
    p.complete(marker, RESULT_ITEM);
}

/// `data d: list of T from "…"`, `data d: list of T TABLE`
pub(super) fn data(p: &mut Parser<'_>) {
    let marker = p.start();
    p.eat_word("private");
    p.bump();
    if name(p, "the name of the data") {
        colon_type(p);
        rows(p, Results::None);
    }
    p.complete(marker, DATA_ITEM);
}

/// `table t(a: T): U, first match TABLE`, `table t(a: T): (x: U, y: V), unique from "…"`
pub(super) fn table(p: &mut Parser<'_>) {
    let marker = p.start();
    p.eat_word("private");
    p.bump();
    if name(p, "the name of the table") {
        if p.at(L_PAREN) {
            parameters(p);
        } else {
            p.expected("`(` and what is decided on, as in `(size: Int)`");
        }
        if p.expect(COLON) {
            if p.at(L_PAREN) {
                parameters(p);
            } else {
                type_ref(p);
            }
        }
        if p.at(COMMA) {
            p.bump();
            policy(p);
        }
        rows(p, Results::Calculated);
        if p.at_word("otherwise") {
            let otherwise = p.start();
            p.bump();
            expressions::expression(p, "the value where no row holds");
            p.complete(otherwise, OTHERWISE);
        }
    }
    p.complete(marker, TABLE_ITEM);
}

/// The words of a hit policy.
fn policy(p: &mut Parser<'_>) {
    let marker = p.start();
    if p.eat_word("first") {
        p.expect_word("match");
    } else if p.eat_word("collect") {
        if p.at_any(&["sum", "smallest", "largest", "count"]) && !p.on_new_line() {
            p.bump();
        }
    } else if p.at_any(&["unique", "priority"]) {
        p.bump();
    } else {
        p.expected("`unique`, `first match`, `priority` or `collect`");
    }
    p.complete(marker, HIT_POLICY);
}

fn rows(p: &mut Parser<'_>, results: Results) {
    if p.eat_word("from") {
        table_file(p);
    } else {
        tables::table(p, results);
    }
}
