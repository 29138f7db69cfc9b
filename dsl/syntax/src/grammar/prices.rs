//! Eligibility and price books.

use super::frame::{comma_list, effective, name, name_ref, path, table_file, title_if_any, when};
use super::tables::{self, Results};
use super::{Block, block};
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
        "price" => price(p),
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
        if p.at(COMMA) && p.nth_word(1, "graduated") {
            p.bump();
            p.bump();
            by(p);
        }
        if p.eat_word("from") {
            table_file(p);
        } else {
            tables::table(p, Results::Values);
        }
    }
    p.complete(marker, PRICE);
}

fn by(p: &mut Parser<'_>) {
    if p.expect_word("by") {
        name_ref(p, "the option whose ranges are the tiers");
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
