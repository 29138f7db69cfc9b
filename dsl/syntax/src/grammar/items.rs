//! Items that only declare.

use super::expressions;
use super::frame::{
    braced_list, colon_type, comma_list, default, name, name_ref, path, title, whole_number,
};
use crate::kind::SyntaxKind::{self, *};
use crate::parser::Parser;

pub(super) fn ruleset(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    if path(p, "the name of the ruleset, as in `acme.cloud`") && !p.eat(VERSION) {
        p.expected("a version such as `1.0.0`");
        if !p.on_new_line() {
            p.skip(|p| p.on_new_line());
        }
    }
    p.complete(marker, RULESET_ITEM);
}

pub(super) fn language(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    whole_number(p, "the edition of the language: `1`");
    p.complete(marker, LANGUAGE_ITEM);
}

pub(super) fn owner(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    title(p, "the owner in quotes");
    p.complete(marker, OWNER_ITEM);
}

/// `enum E { … }`, `ordered enum E { … }`.
pub(super) fn enumeration(p: &mut Parser<'_>) {
    let marker = p.start();
    if p.at_word("ordered") {
        p.bump();
        p.expect_word("enum");
    } else {
        p.bump();
    }
    if name(p, "the name of the enum") {
        braced_list(p, "enum", |p| name(p, "the name of a value"));
    }
    p.complete(marker, ENUM_ITEM);
}

pub(super) fn facts(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    if name(p, "the name of the facts, as in `facts quote`") {
        p.eat_word("many");
        if p.at_word("hidden") {
            let hidden = p.start();
            p.expect_words(&["hidden", "from"]);
            comma_list(p, |p| name_ref(p, "the name of a role"));
            p.complete(hidden, HIDDEN_FROM);
        }
        braced_list(p, "group of facts", fact);
    }
    p.complete(marker, FACTS_ITEM);
}

pub(super) fn fact(p: &mut Parser<'_>) -> bool {
    let marker = p.start();
    let named = name(p, "the name of a fact");
    if named {
        colon_type(p);
        default(p);
    }
    p.complete(marker, FACT);
    named
}

/// `role A, B`: a word and names.
pub(super) fn names(p: &mut Parser<'_>, kind: SyntaxKind, what: &str) {
    let marker = p.start();
    p.bump();
    comma_list(p, |p| name(p, what));
    p.complete(marker, kind);
}

/// `unit kilogram, kilograms`, `unit box, boxes = 10 pieces`.
pub(super) fn unit(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    if name(
        p,
        "the name of the unit, as in `unit box, boxes = 10 pieces`",
    ) {
        if p.eat(COMMA) {
            name(p, "what several of it are called");
        }
        if p.eat(EQ) {
            expressions::operand(p, "how many of another unit it is, as in `10 pieces`");
        }
    }
    p.complete(marker, UNIT_ITEM);
}

pub(super) fn amount(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    if name(p, "the name of the amount") && p.expect(EQ) {
        comma_list(p, |p| {
            expressions::operand(p, "an amount such as `100_000 EUR`")
        });
    }
    p.complete(marker, AMOUNT_ITEM);
}
