//! What discounts and promotions do, over the whole quote: effects, units, groups, codes, budgets and limits.

use super::expressions::{expression, operand};
use super::frame::{
    braced_list, comma_list, name, name_ref, path, title, title_if_any, whole_number,
};
use super::roundings::rounding;
use crate::kind::SyntaxKind::*;
use crate::parser::Parser;

/// `take VALUE [of list | of what is left] [each unit] [off …][, CLAUSES]`, and the same with `add`.
pub(super) fn take(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    expression(p, "a percentage or an amount");
    if !p.at_statement() && p.eat_word("of") {
        if p.at_word("what") {
            p.expect_words(&["what", "is", "left"]);
        } else if !p.eat_word("list") {
            p.expected("`list` or `what is left`");
        }
    }
    each_unit(p);
    if !p.at_statement() && p.at_word("off") {
        off(p);
    }
    clauses(p);
    p.complete(marker, TAKE);
}

/// `price [all of them | each BUNDLE | those units] at [most] VALUE [each unit][, CLAUSES]`.
pub(super) fn price(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    if p.at_any(&["all", "each", "those"]) {
        let target = p.start();
        targets(p);
        p.complete(target, OFF);
    }
    if p.expect_word("at") {
        if p.at_word("most") && p.nth(1) != DOT {
            p.bump();
        }
        expression(p, "an amount");
        each_unit(p);
    }
    clauses(p);
    p.complete(marker, TAKE);
}

fn each_unit(p: &mut Parser<'_>) {
    if !p.at_statement() && p.at_word("each") {
        p.expect_words(&["each", "unit"]);
    }
}

/// `off all of them`, `off each BUNDLE`, `off those units`, `off 2 units`, `off 1 of those units`.
fn off(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    if p.at_any(&["all", "each", "those"]) && p.nth(1) != DOT {
        targets(p);
    } else {
        operand(p, "`all of them`, `those units`, or a number of units");
        if p.eat_word("of") {
            p.expect_words(&["those", "units"]);
        } else {
            units(p);
            if p.eat_word("of") {
                p.expect_words(&["each", "charge"]);
            }
        }
    }
    p.complete(marker, OFF);
}

fn targets(p: &mut Parser<'_>) {
    if p.at_word("all") {
        p.expect_words(&["all", "of", "them"]);
    } else if p.at_word("those") {
        p.expect_words(&["those", "units"]);
    } else {
        p.bump();
        name_ref(p, "the name of a bundle");
    }
}

/// `unit` or `units`.
fn units(p: &mut Parser<'_>) {
    if !p.eat_word("unit") {
        p.expect_word("units");
    }
}

/// What stands behind an effect, each after a comma.
fn clauses(p: &mut Parser<'_>) {
    while p.at(COMMA) {
        p.bump();
        let marker = p.start();
        let kind = match p.nth_text(0) {
            "dearest" | "cheapest" | "in" => {
                unit_order(p);
                p.dissolve(marker);
                continue;
            }
            "at" => {
                p.bump();
                if p.at_any(&["most", "least"]) {
                    p.bump();
                } else {
                    p.expected("`most` or `least`");
                }
                expression(p, "an amount, or a number and `times`");
                let _ = !p.at_statement() && (p.eat_word("times") || p.eat_word("time"));
                BOUND
            }
            "spread" => {
                p.bump();
                if !p.eat_word("equally") && p.expect_word("by") {
                    expression(p, "a weight, such as `list`");
                }
                SPREAD_BY
            }
            "rounded" => {
                p.bump();
                rounding(p);
                p.dissolve(marker);
                continue;
            }
            "remainder" => {
                p.expect_words(&["remainder", "to"]);
                if p.at_any(&["largest", "first", "last", "heaviest"]) {
                    p.bump();
                } else {
                    p.expected("`largest`, `first`, `last` or `heaviest`");
                }
                REMAINDER
            }
            "only" => {
                p.expect_words(&["only", "whole", "groups"]);
                WHOLE_GROUPS
            }
            _ => {
                p.abandon(marker);
                p.expected(
                    "`at most`, `at least`, `spread`, `rounded`, `remainder to`, `dearest first`, `cheapest first`, `in order of lines`, or `only whole groups`",
                );
                return;
            }
        };
        p.complete(marker, kind);
    }
}

/// `dearest first`, `cheapest first`, `in order of lines`.
fn unit_order(p: &mut Parser<'_>) {
    let marker = p.start();
    if p.at_word("in") {
        p.expect_words(&["in", "order", "of", "lines"]);
    } else {
        p.bump();
        p.expect_word("first");
    }
    p.complete(marker, UNIT_ORDER);
}

/// `for every 3 units of CHARGES [and 1 unit of CHARGES] [, dearest first]`.
pub(super) fn for_every(p: &mut Parser<'_>) {
    let marker = p.start();
    if p.expect_words(&["for", "every"]) {
        loop {
            let buy = p.start();
            operand(p, "a number of units");
            units(p);
            if p.expect_word("of") {
                charges(p);
            }
            p.complete(buy, BUY);
            if p.at_statement() || !p.eat_word("and") {
                break;
            }
        }
        if p.eat(COMMA) {
            if p.at_any(&["dearest", "cheapest", "in"]) {
                unit_order(p);
            } else {
                p.expected("`dearest first`, `cheapest first` or `in order of lines`");
            }
        }
    }
    p.complete(marker, FOR_EVERY);
}

/// `give 1 unit of PRODUCT [at PRICE each] [, at most 2 times]`.
pub(super) fn give(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    operand(p, "a number of units");
    units(p);
    if p.expect_word("of") {
        name_ref(p, "the name of a product");
    }
    if !p.at_statement() && p.eat_word("at") {
        expression(p, "an amount");
        p.expect_word("each");
    }
    clauses(p);
    p.complete(marker, GIFT);
}

/// The classes of charges that have a word of their own; `one time` has two.
const CLASSES: &[&str] = &["all", "recurring", "usage"];

/// `recurring charges of P`, `P`, `P.c`, `{ P, Q.c }`, `category C`.
pub(super) fn charges(p: &mut Parser<'_>) {
    let marker = p.start();
    let one_time = p.at_word("one") && p.nth_word(1, "time");
    let class = p.at_any(CLASSES) && p.nth_word(1, "charges");
    if one_time || class {
        p.bump();
        if one_time {
            p.bump();
        }
        p.expect_word("charges");
        if !p.at_statement() && p.eat_word("of") {
            if p.at_word("category") && p.nth(1) == WORD {
                p.bump();
                name_ref(p, "the name of a category");
            } else if p.at(L_BRACE) {
                braced_list(p, "list", |p| name_ref(p, "the name of a product"));
            } else {
                name_ref(p, "the name of a product");
            }
        }
    } else if p.at_word("category") && p.nth(1) == WORD && !p.nth_on_new_line(1) {
        p.bump();
        name_ref(p, "the name of a category");
    } else if p.at(L_BRACE) {
        braced_list(p, "list", |p| path(p, "a product or a charge"));
    } else {
        path(p, "a product, a charge, `{` and several, or `all charges`");
    }
    p.complete(marker, CHARGES);
}

/// `code "A", "B"`.
pub(super) fn code(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    comma_list(p, |p| title(p, "a code in quotes"));
    p.complete(marker, CODE);
}

/// `alone [among promotions] [unless an earlier one applies]`.
pub(super) fn alone(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    if !p.at_statement() && p.eat_word("among") {
        p.expect_word("promotions");
    }
    if !p.at_statement() && p.at_word("unless") {
        p.expect_words(&["unless", "an", "earlier", "one", "applies"]);
    }
    p.complete(marker, ALONE);
}

/// `never together with A [above 20%], A stays`, `…, this one stays`.
pub(super) fn never(p: &mut Parser<'_>) {
    let marker = p.start();
    if p.expect_words(&["never", "together", "with"])
        && name_ref(p, "the name of a discount or promotion")
    {
        if !p.at_statement() && p.eat_word("above") {
            operand(p, "a percentage");
        }
        if p.expect(COMMA) {
            if p.at_word("this") && p.nth_word(1, "one") {
                p.bump();
                p.bump();
            } else {
                name_ref(p, "the one that stays: its name, or `this one`");
            }
            p.expect_word("stays");
        }
    }
    p.complete(marker, NEVER_TOGETHER);
}

/// `budget AMOUNT, used so far AMOUNT[, up to what is left of it]`.
pub(super) fn budget(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    if expression(p, "an amount") && used_so_far(p) && p.eat(COMMA) {
        p.expect_words(&["up", "to", "what", "is", "left", "of", "it"]);
    }
    p.complete(marker, BUDGET);
}

fn used_so_far(p: &mut Parser<'_>) -> bool {
    p.expect(COMMA)
        && p.expect_words(&["used", "so", "far"])
        && expression(p, "a fact that says how much")
}

/// `redeemed at most 1_000 times, used so far N`, `redeemed once per customer, used so far N`.
pub(super) fn redeemed(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    if !p.eat_word("once") && p.expect_words(&["at", "most"]) {
        operand(p, "a number");
        if !p.eat_word("time") {
            p.expect_word("times");
        }
    }
    if !p.at_statement() && p.eat_word("per") {
        p.expect_word("customer");
    }
    used_so_far(p);
    p.complete(marker, REDEEMED);
}

/// `group NAME` of an adjustment.
pub(super) fn in_group(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    name_ref(p, "the name of a group");
    p.complete(marker, IN_GROUP);
}

/// `group NAME ["title"] in stage S, priority N: COMBINE`.
pub(super) fn group(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    if name(p, "the name of the group") {
        title_if_any(p);
        if p.expect_words(&["in", "stage"])
            && name_ref(p, "the name of a stage")
            && p.expect(COMMA)
            && p.expect_word("priority")
            && whole_number(p, "a whole number")
            && p.expect(COLON)
        {
            combine(p);
        }
    }
    p.complete(marker, GROUP_ITEM);
}

fn combine(p: &mut Parser<'_>) {
    if p.at_word("the") && p.nth_word(1, "largest") {
        p.expect_words(&["the", "largest", "saving", "wins", "on"]);
        on_what(p);
    } else if p.at_word("the") {
        if p.expect_words(&["the", "first", "that", "applies", "counts", "on"]) {
            on_what(p);
        }
    } else if p.at_word("all") {
        p.expect_words(&["all", "add", "up"]);
    } else if p.at_word("one") {
        p.expect_words(&["one", "after", "the", "other"]);
    } else {
        p.expected("`the largest saving wins on each charge`, `the largest saving wins on the quote`, `the first that applies counts on each charge`, `the first that applies counts on the quote`, `all add up`, or `one after the other`");
    }
}

fn on_what(p: &mut Parser<'_>) {
    if p.eat_word("each") {
        p.expect_word("charge");
    } else if p.expect_word("the") {
        p.expect_word("quote");
    }
}
