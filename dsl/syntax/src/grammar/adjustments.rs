//! Discounts, promotions, their stages, and floors.

use super::frame::{
    comma_list, effective, name, name_ref, path, title_if_any, type_ref, when, whole_number,
};
use super::{Block, block, bundles, expressions, promotions, report_unknown};
use crate::kind::SyntaxKind::{self, *};
use crate::parser::{Parser, nearest};

const ADJUSTMENT: Block = Block {
    of: "discount or promotion",
    words: &[
        "effective",
        "on",
        "when",
        "asked",
        "take",
        "stage",
        "priority",
        "add",
        "price",
        "give",
        "for",
        "group",
        "code",
        "alone",
        "never",
        "budget",
        "redeemed",
    ],
    statement,
};

pub(super) fn adjustment(p: &mut Parser<'_>, kind: SyntaxKind) {
    let marker = p.start();
    p.bump();
    name(p, "the name of the adjustment");
    title_if_any(p);
    block(p, &ADJUSTMENT);
    p.complete(marker, kind);
}

fn statement(p: &mut Parser<'_>, word: &str) -> bool {
    match word {
        "effective" => effective(p),
        "on" => on(p),
        "when" => when(p),
        "asked" => asked_for(p),
        "take" | "add" => promotions::take(p),
        "price" => promotions::price(p),
        "give" => promotions::give(p),
        "for" => promotions::for_every(p),
        "group" => promotions::in_group(p),
        "code" => promotions::code(p),
        "alone" => promotions::alone(p),
        "never" => promotions::never(p),
        "budget" => promotions::budget(p),
        "redeemed" => promotions::redeemed(p),
        "stage" => {
            let marker = p.start();
            p.bump();
            name_ref(p, "the name of a stage");
            p.complete(marker, STAGE);
        }
        "priority" => {
            let marker = p.start();
            p.bump();
            whole_number(p, "a whole number");
            p.complete(marker, PRIORITY);
        }
        _ => return false,
    }
    true
}

/// The classes of charges that have a word of their own; `one time` has two.
const CLASSES: &[&str] = &["all", "recurring", "usage"];

/// `on CHARGES [of PRODUCTS] [in BUNDLE]`.
fn on(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    let word = p.nth_text(0);
    let one_time = word == "one" && p.nth_word(1, "time");
    let class = CLASSES.contains(&word) && p.nth(1) != DOT;
    let slip = p.at(WORD) && p.nth_word(1, "charges") && !class;
    if one_time || class || slip {
        if slip {
            report_unknown(
                p,
                word,
                nearest(word, CLASSES),
                "is no class of charges",
                CLASSES,
            );
        }
        p.bump();
        if one_time {
            p.bump();
        }
        p.expect_word("charges");
        if p.eat_word("of") {
            if p.at_word("category") && p.nth(1) == WORD && !p.nth_word(1, "in") {
                p.bump();
                name_ref(p, "the name of a category");
            } else {
                bundles::products(p);
            }
        }
    } else {
        let what =
            "`all charges`, `recurring charges`, `one time charges`, `usage charges`, or a charge";
        comma_list(p, |p| path(p, what));
    }
    if p.eat_word("in") {
        name_ref(p, "the name of a bundle");
    }
    p.complete(marker, ON);
}

fn asked_for(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    if p.expect_words(&["for", "by"]) && name_ref(p, "the name of a role") && p.expect_word("as") {
        type_ref(p);
    }
    p.complete(marker, ASKED_FOR);
}

/// `adjust in stages: item, then order`.
pub(super) fn stages(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    if p.expect_words(&["in", "stages"]) && p.expect(COLON) && name(p, "the name of a stage") {
        while p.eat(COMMA) {
            if !p.expect_word("then") || !name(p, "the name of a stage") {
                break;
            }
        }
    }
    p.complete(marker, ADJUST_STAGES_ITEM);
}

/// `floor [NAME] ["title"] CHARGE at SHARE of list`, `… at AMOUNT [each unit]`.
pub(super) fn floor(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    if p.at(WORD) && matches!(p.nth(1), TEXT | WORD) && !p.nth_word(1, "at") {
        name(p, "the name of the floor");
    }
    title_if_any(p);
    if path(p, "a charge such as `Platform.subscription`") && p.expect_word("at") {
        expressions::expression(p, "a percentage of list, or an amount");
        if !p.in_first_column() && p.eat_word("of") {
            p.expect_word("list");
        }
        if !p.in_first_column() && p.at_word("each") {
            p.expect_words(&["each", "unit"]);
        }
    }
    p.complete(marker, FLOOR_ITEM);
}
