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
    } else if p.eat_word("recurring") || p.eat_word("usage") {
        period(p)
    } else {
        kind_expected(p)
    };
    p.complete(marker, CHARGE_TIMING);
    if known && p.at_any(&["per", "of"]) {
        quantity(p);
    }
    if known && p.at(COMMA) && p.nth_word(1, "prepaid") {
        prepaid(p);
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

/// Reports what is expected, with the word that was meant.
fn suggest(p: &mut Parser<'_>, diagnostic: Diagnostic, meant: Option<&str>) -> bool {
    let span = p.span();
    p.report(match meant.filter(|_| p.at(WORD) && !p.on_new_line()) {
        Some(meant) => diagnostic.suggest(format!("did you mean `{meant}`"), span, meant),
        None => diagnostic,
    });
    false
}

const PERIODS: &[&str] = &["monthly", "quarterly", "yearly"];

/// `monthly`, `quarterly`, `yearly`, `every 6 months`, `every 2 years`.
fn period(p: &mut Parser<'_>) -> bool {
    if p.at_any(PERIODS) {
        p.bump();
        return true;
    }
    if p.eat_word("every") {
        if !whole_number(p, "how many months or years") {
            return false;
        }
        if p.at_any(&["months", "years", "month", "year"]) {
            p.bump();
            return true;
        }
        return p.expected_as(codes::MISSING_CLAUSE, "`months` or `years`");
    }
    let diagnostic = p.expectation(
        codes::MISSING_CLAUSE,
        "`monthly`, `quarterly`, `yearly` or `every 6 months`",
    );
    let meant = match p.nth_text(0) {
        "annually" | "annual" => Some("yearly"),
        word => nearest(word, PERIODS),
    };
    suggest(p, diagnostic, meant.filter(|meant| PERIODS.contains(meant)))
}

/// `, prepaid yearly`, `, prepaid for the term`.
fn prepaid(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    p.bump();
    if p.eat_word("for") {
        p.expect_words(&["the", "term"]);
    } else {
        period(p);
    }
    p.complete(marker, CHARGE_PREPAID);
}

/// `per QUANTITY`, `per N started of QUANTITY`, `per N whole of QUANTITY`, `of AMOUNT`.
fn quantity(p: &mut Parser<'_>) {
    let marker = p.start();
    let counted = p.at_word("per");
    p.bump();
    let what = "what is counted: an option, a fact, or a calculation";
    if counted && p.at(NUMBER) && matches!(p.nth_text(1), "started" | "whole" | "of") {
        whole_number(p, "the size of a pack");
        if p.at_any(&["started", "whole"]) {
            p.bump();
        } else {
            p.expected("`started` or `whole`: whether a begun pack counts");
        }
        if p.expect_word("of") {
            expressions::expression(p, what);
        }
    } else {
        expressions::expression(p, what);
    }
    p.complete(marker, CHARGE_QUANTITY);
}
