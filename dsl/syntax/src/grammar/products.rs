//! Products: options and charges.

use quo_source::{Diagnostic, codes};

use super::frame::{
    braced_list, colon_type, comma_list, date, default, name, name_ref, title, title_if_any,
    whole_number, window,
};
use super::tables::{self, Results};
use super::{Block, block, expressions};
use crate::kind::SyntaxKind::*;
use crate::parser::{Parser, nearest};

const PRODUCT: Block = Block {
    of: "product",
    words: &["sku", "sold", "retired", "option", "charge"],
    statement: member,
};

pub(super) fn product(p: &mut Parser<'_>) {
    let marker = p.start();
    heading(p, "the name of the product");
    block(p, &PRODUCT);
    p.complete(marker, PRODUCT_ITEM);
}

/// `WORD NAME "title" in CATEGORY`.
pub(super) fn heading(p: &mut Parser<'_>, what: &str) {
    p.bump();
    name(p, what);
    title_if_any(p);
    if p.eat_word("in") {
        name_ref(p, "the name of a category");
    }
}

/// A statement that products and bundles share.
pub(super) fn member(p: &mut Parser<'_>, word: &str) -> bool {
    let marker = p.start();
    let kind = match word {
        "sku" => {
            p.bump();
            if p.eat_word("by") {
                tables::table(p, Results::Values);
            } else {
                title(
                    p,
                    "a stock keeping unit in quotes, or `by` and a table of them",
                );
            }
            SKU
        }
        "retired" => {
            retired(p);
            RETIRED
        }
        "sold" => {
            p.bump();
            window(p);
            SOLD
        }
        "option" => {
            p.bump();
            if name(p, "the name of the option") {
                colon_type(p);
                if p.at_word("in") {
                    domain(p);
                }
                default(p);
            }
            OPTION
        }
        "charge" => {
            charge(p);
            CHARGE
        }
        _ => {
            // Nothing was read: the statement is of another kind.
            p.abandon(marker);
            return false;
        }
    };
    p.complete(marker, kind);
    true
}

/// `in { A, B }` behind the type of an option.
fn domain(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    braced_list(p, "list of values", |p| {
        expressions::operand(p, "a value the option may have")
    });
    p.complete(marker, OPTION_DOMAIN);
}

/// `retired from 2026-06-01 unless CONDITION, migrate to A, B`.
fn retired(p: &mut Parser<'_>) {
    p.bump();
    if !p.expect_word("from") || !date(p, "the first day on which it is no longer sold") {
        return;
    }
    if p.eat_word("unless") {
        expressions::expression(p, "a condition: for whom it is still sold");
    }
    if p.at(COMMA) && p.nth_word(1, "migrate") {
        p.bump();
        p.bump();
        if p.expect_word("to") {
            comma_list(p, |p| {
                name_ref(p, "the name of the product that takes its place")
            });
        }
    }
}

fn charge(p: &mut Parser<'_>) {
    p.bump();
    if !name(p, "the name of the charge") {
        return;
    }
    title_if_any(p);
    if !p.expect(COLON) {
        return;
    }
    let marker = p.start();
    let known = if p.eat_word("one") {
        p.expect_word("time")
    } else if p.eat_word("recurring") {
        one_of(p, &["monthly", "quarterly", "yearly"])
    } else if p.eat_word("usage") {
        one_of(p, &["monthly"])
    } else {
        kind_expected(p)
    };
    p.complete(marker, CHARGE_TIMING);
    if known && p.at_word("per") {
        quantity(p);
    }
}

fn kind_expected(p: &mut Parser<'_>) -> bool {
    let what = "`one time`, `recurring monthly`, `quarterly` or `yearly`, or `usage monthly`";
    let diagnostic = p.expectation(codes::UNEXPECTED_TOKEN, what);
    suggest(
        p,
        diagnostic,
        nearest(p.nth_text(0), &["recurring", "usage", "one"]),
    )
}

fn one_of(p: &mut Parser<'_>, words: &[&'static str]) -> bool {
    if p.at_any(words) {
        p.bump();
        return true;
    }
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    let diagnostic = p.expectation(codes::MISSING_CLAUSE, &quoted.join(" or "));
    let meant = match p.nth_text(0) {
        "annually" | "annual" => Some("yearly"),
        word => nearest(word, words),
    };
    suggest(p, diagnostic, meant.filter(|meant| words.contains(meant)))
}

/// Reports what is expected, with the word that was meant.
fn suggest(p: &mut Parser<'_>, diagnostic: Diagnostic, meant: Option<&str>) -> bool {
    let span = p.span();
    p.report(match meant.filter(|_| p.at(WORD) && !p.on_new_line()) {
        Some(meant) => diagnostic.suggest(format!("did you mean `{meant}`"), span, meant),
        None => diagnostic,
    });
    false
}

/// `per OPTION`, `per N started of OPTION`, `per N whole of OPTION`.
fn quantity(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    if p.at(NUMBER) {
        whole_number(p, "the size of a pack");
        if p.at_any(&["started", "whole"]) {
            p.bump();
        } else {
            p.expected("`started` or `whole`: whether a begun pack counts");
        }
        if p.expect_word("of") {
            name_ref(p, "the option that is counted");
        }
    } else {
        name_ref(p, "the option that is counted, or the size of a pack");
    }
    p.complete(marker, CHARGE_QUANTITY);
}
