//! Eligibility and price books.

use super::frame::{comma_list, effective, name, name_ref, path, table_file, title_if_any, when};
use super::tables::{self, Results};
use super::{Block, block, expressions};
use crate::kind::SyntaxKind::*;
use crate::parser::Parser;

pub(super) fn eligible(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    if p.at_word("category") && p.nth(1) == WORD && !p.nth_word(1, "when") {
        p.bump();
    }
    if name_ref(p, "the name of a product, or `category` and its name") {
        title_if_any(p);
        if p.at_word("when") {
            when(p);
        } else {
            p.expected("`when` and a condition");
        }
    }
    p.complete(marker, ELIGIBLE_ITEM);
}

const BOOK: Block = Block {
    of: "price book",
    words: &[
        "level",
        "currency",
        "effective",
        "when",
        "round",
        "price",
        "prices",
        "graduated",
    ],
    statement,
};

pub(super) fn book(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    if p.expect_word("book") {
        name(p, "the name of the price book");
        title_if_any(p);
        if p.eat_word("replaces") {
            name_ref(p, "the name of the price book that it replaces");
        }
        if p.at_word("extends") {
            let marker = p.start();
            p.bump();
            name_ref(p, "the name of the price book whose prices it has too");
            p.complete(marker, EXTENDS);
        }
    }
    block(p, &BOOK);
    p.complete(marker, PRICE_BOOK_ITEM);
}

fn statement(p: &mut Parser<'_>, word: &str) -> bool {
    match word {
        "currency" => currency(p),
        "effective" => effective(p),
        "when" => when(p),
        "round" => round(p),
        "level" => level(p),
        "price" => price(p),
        "prices" if p.nth_word(1, "of") => prices_of(p),
        "prices" => prices_from(p),
        "graduated" => graduated(p),
        _ => return false,
    }
    true
}

fn currency(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    comma_list(p, |p| name_ref(p, "a currency such as `EUR`"));
    p.complete(marker, CURRENCY_CLAUSE);
}

fn round(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    let _ = super::roundings::rounding_mode(p) && p.expect_words(&["to", "currency"]);
    p.complete(marker, ROUND_CLAUSE);
}

const CHARGE: &str = "a charge such as `Platform.subscription`";

fn price(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    if path(p, CHARGE) {
        if p.at_word("of") {
            target(p);
        }
        while p.at(COMMA) && clause(p) {}
        if p.eat_word("from") {
            table_file(p);
        } else if p.at(EQ) {
            let formula = p.start();
            p.bump();
            expressions::expression(p, "what the charge costs");
            p.complete(formula, PRICE_FORMULA);
        } else {
            tables::table(p, Results::Values);
        }
    }
    p.complete(marker, PRICE);
}

/// `of category AddOns`, `of all`.
fn target(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    if p.eat_word("category") {
        name_ref(p, "the name of a category");
    } else {
        p.expect_word("all");
    }
    p.complete(marker, PRICE_TARGET);
}

/// A model, a bound, or what is included, behind a comma.
fn clause(p: &mut Parser<'_>) -> bool {
    p.bump();
    let marker = p.start();
    let kind = match p.nth_text(0) {
        "graduated" | "volume" => {
            p.bump();
            by(p);
            PRICE_MODEL
        }
        "flat" => {
            p.bump();
            PRICE_MODEL
        }
        "in" => {
            p.bump();
            if p.expect_word("packages") {
                if p.at_any(&["started", "whole"]) {
                    p.bump();
                } else {
                    p.expected("`started` or `whole`: whether a begun package counts");
                }
            }
            PRICE_MODEL
        }
        "at" => {
            p.bump();
            if p.at_any(&["least", "most"]) {
                p.bump();
                bound(p, "an amount");
            } else {
                p.expected("`least` or `most`");
            }
            PRICE_BOUND
        }
        "included" => {
            p.bump();
            bound(p, "how many units are free");
            PRICE_BOUND
        }
        _ => {
            p.abandon(marker);
            return p.expected(
                "`graduated by`, `volume by`, `flat`, `in packages`, `at least`, `at most` or `included`",
            );
        }
    };
    p.complete(marker, kind);
    true
}

/// A value up to a comma or to the `=` of a calculation.
fn bound(p: &mut Parser<'_>, what: &str) {
    expressions::climb(p, expressions::power::ROUNDED, what);
}

fn level(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    name_ref(p, "a level of `choose price by`");
    p.complete(marker, BOOK_LEVEL);
}

/// `prices of B of category C less 30%`.
fn prices_of(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    p.bump();
    if name_ref(p, "the name of a price book") {
        if p.at_word("of") {
            target(p);
        }
        if p.at_any(&["less", "plus"]) {
            p.bump();
            expressions::operand(p, "a percentage");
        }
    }
    p.complete(marker, PRICES_OF);
}

/// `choose price by Customer, Segment, Region, List`.
pub(super) fn choose(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    if p.expect_words(&["price", "by"]) {
        comma_list(p, |p| name_ref(p, "a level, such as `Customer`"));
    }
    p.complete(marker, CHOOSE_PRICE_ITEM);
}

fn by(p: &mut Parser<'_>) {
    if p.expect_word("by") {
        name_ref(p, "the column whose ranges are the tiers");
    }
}

fn prices_from(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    if p.expect_word("from") {
        table_file(p);
    }
    p.complete(marker, PRICES_FROM);
}

fn graduated(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    if path(p, CHARGE) {
        by(p);
    }
    p.complete(marker, GRADUATED);
}
