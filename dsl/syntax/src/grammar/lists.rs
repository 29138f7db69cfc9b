//! Expressions over lists, calls, and what is asked of dates.
//!
//! `sum of E for x in L where C`: what stands after `where` reaches as far as it can, so that such a form inside of a
//! larger calculation stands in parentheses.

use quo_source::{Diagnostic, codes};

use super::calculations::parenthesized;
use super::expressions::{Built, built, climb, power};
use super::frame::{name, name_ref};
use super::roundings::rounding;
use crate::kind::SyntaxKind::{self, *};
use crate::parser::Parser;

/// Words that stand between two values, so that a word before them is a name.
const BETWEEN: &[&str] = &[
    "is",
    "in",
    "has",
    "and",
    "or",
    "not",
    "implies",
    "as",
    "rounded",
    "then",
    "else",
    "of",
    "otherwise",
    "followed",
    "sorted",
    "begins",
    "for",
    "where",
    "to",
    "over",
    "by",
];

/// Whether the token after the current word begins a value on its line.
fn value_follows(p: &Parser<'_>) -> bool {
    let next = matches!(p.nth(1), WORD | NUMBER | L_PAREN | L_BRACKET | PERCENT);
    next && !p.nth_on_new_line(1) && !BETWEEN.contains(&p.nth_text(1))
}

/// The form that begins at the current word, if one does.
pub(super) fn form(p: &mut Parser<'_>) -> Option<Built> {
    if p.at(L_BRACKET) {
        return Some(listed(p));
    }
    let binds = p.nth(1) == WORD && (p.nth_word(2, "in") || p.nth_word(2, "at"));
    let of = p.nth_word(1, "of");
    Some(match p.nth_text(0) {
        "sum" | "largest" | "smallest" if of => aggregate(p),
        "list" if of && p.nth_word(2, "running") && p.nth(4) == EQ => running(p),
        "list" if of => aggregate(p),
        "count" if of => count(p),
        "any" | "every" | "first" | "last" if binds => quantified(p),
        "running" if p.nth(1) == WORD && p.nth(2) == EQ => running(p),
        "numbers" if p.nth_word(1, "from") => between(p, NUMBERS_EXPR),
        "days" | "months" | "seconds" if p.nth_word(1, "from") => between(p, SPAN_EXPR),
        "months" | "days" if p.nth_word(1, "in") && !matches!(p.nth(2), L_BRACE | NUMBER) => {
            measure(p)
        }
        "year" | "month" | "day" | "weekday" | "length" if of => measure(p),
        "items" if of => items(p),
        "item" if value_follows(p) => item_at(p),
        "spread" if value_follows(p) => spread(p),
        _ if p.nth(1) == L_PAREN && !p.nth_on_new_line(1) => call(p),
        _ => return None,
    })
}

/// `[ a, b ]`
fn listed(p: &mut Parser<'_>) -> Built {
    let marker = p.start();
    let open = p.span();
    p.bump();
    let mut height = 0;
    while !p.at(R_BRACKET) && !p.at_boundary() {
        height = height.max(climb(p, power::OTHERWISE, "a value").height);
        if !p.eat(COMMA) {
            break;
        }
    }
    if !p.eat(R_BRACKET) {
        let diagnostic = p.expectation(codes::UNEXPECTED_TOKEN, "`,` or `]`");
        p.report(diagnostic.also(open, "the list opens here"));
    }
    built(p, marker, LISTED_EXPR, height)
}

/// `f(a, b)`, `R(x: a, y: b)`
fn call(p: &mut Parser<'_>) -> Built {
    let marker = p.start();
    name_ref(p, "a name");
    let mut height = 0;
    parenthesized(p, |p| {
        let argument = p.start();
        if p.at(WORD) && p.nth(1) == COLON {
            name(p, "the name of a field");
            p.bump();
        }
        let before = p.position();
        height = height.max(climb(p, power::OTHERWISE, "a value").height);
        p.complete(argument, ARGUMENT);
        p.position() > before
    });
    built(p, marker, CALL_EXPR, height)
}

/// `sum of E [for x in L where C]`
fn aggregate(p: &mut Parser<'_>) -> Built {
    let marker = p.start();
    p.bump();
    p.bump();
    let start = p.span();
    let value = climb(
        p,
        power::ROUNDED,
        "a list, or a value and `for x in` a list",
    );
    let mut height = value.height;
    if p.at_word("for") {
        height = height.max(bound(p));
    } else if value.height > 1 && value.operation {
        let span = start.to(p.previous());
        p.report(
            Diagnostic::error(
                codes::UNCLEAR_REACH,
                "it is not clear how far this list reaches",
            )
            .at(span, "a list or a value `for x in` a list is expected")
            .note("put parentheses around `sum of …` where it is a part of a larger calculation"),
        );
    }
    built(p, marker, AGGREGATE_EXPR, height)
}

/// `for x [at i] in L [where C]`
fn bound(p: &mut Parser<'_>) -> u32 {
    let marker = p.start();
    p.expect_word("for");
    let height = binder(p);
    p.complete(marker, LOOP);
    height
}

/// `x [at i] in L [where C]`
fn binder(p: &mut Parser<'_>) -> u32 {
    name(p, "a name for the element");
    if p.eat_word("at") {
        name(p, "a name for the position");
    }
    if !p.expect_word("in") {
        return 0;
    }
    let mut height = climb(p, power::UNARY, "a list").height;
    if p.at_word("where") {
        let marker = p.start();
        p.bump();
        height = height.max(climb(p, power::IMPLIES, "a condition").height);
        p.complete(marker, WHERE);
    }
    height
}

/// `any x in L where C`, `every x in L satisfies D`, `first x in L where C`
fn quantified(p: &mut Parser<'_>) -> Built {
    let marker = p.start();
    let every = p.at_word("every");
    p.bump();
    let bound = p.start();
    let mut height = binder(p);
    p.complete(bound, LOOP);
    if every && p.expect_word("satisfies") {
        height = height.max(climb(p, power::IMPLIES, "a condition").height);
    }
    built(p, marker, AGGREGATE_EXPR, height)
}

/// `count of L`, `count of x in L where C`
fn count(p: &mut Parser<'_>) -> Built {
    let marker = p.start();
    p.bump();
    p.bump();
    if p.at(WORD) && counts_elements(p) {
        let bound = p.start();
        let height = binder(p);
        p.complete(bound, LOOP);
        return built(p, marker, AGGREGATE_EXPR, height);
    }
    let height = climb(p, power::UNARY, "a part or a list").height;
    built(p, marker, COUNT_EXPR, height)
}

/// Whether `x in …` after `count of` binds an element: `count of addons in 1 to 5` asks for a number instead.
fn counts_elements(p: &Parser<'_>) -> bool {
    if p.nth_word(1, "at") {
        return true;
    }
    if !p.nth_word(1, "in") {
        return false;
    }
    let numbers = p.nth_word(2, "numbers") && p.nth_word(3, "from");
    if numbers
        || matches!(p.nth(2), L_PAREN | L_BRACKET)
        || p.nth_word(3, "of")
        || p.nth(3) == L_PAREN
    {
        return true;
    }
    let mut ahead = 3;
    while p.nth(ahead) == DOT && p.nth(ahead + 1) == WORD && ahead < 16 {
        ahead += 2;
    }
    p.nth(2) == WORD && p.nth_word(ahead, "where")
}

/// `[list of] running v = START for x in L: STEP`
fn running(p: &mut Parser<'_>) -> Built {
    let marker = p.start();
    if p.eat_word("list") {
        p.bump();
    }
    p.bump();
    name(p, "a name for what is carried along");
    let mut height = 0;
    if p.expect(EQ) {
        height = climb(p, power::ROUNDED, "what it is at the start").height;
        height = height.max(bound(p));
        if p.expect(COLON) {
            height = height.max(climb(p, power::IMPLIES, "what it becomes").height);
        }
    }
    built(p, marker, RUNNING_EXPR, height)
}

/// `numbers from A to B`, `days from A to B`
fn between(p: &mut Parser<'_>, kind: SyntaxKind) -> Built {
    let marker = p.start();
    p.bump();
    p.bump();
    let mut height = climb(p, power::SUM, "where it begins").height;
    if p.expect_word("to") {
        height = height.max(climb(p, power::SUM, "where it ends").height);
    }
    built(p, marker, kind, height)
}

/// `year of D`, `day of I in ZONE`, `months in P`, `length of T`
fn measure(p: &mut Parser<'_>) -> Built {
    let marker = p.start();
    let day = p.at_word("day");
    p.bump();
    p.bump();
    let mut height = climb(p, power::UNARY, "a value").height;
    if day && p.at_word("in") && matches!(p.nth(1), WORD | TEXT) {
        p.bump();
        height = height.max(climb(p, power::UNARY, "a time zone").height);
    }
    built(p, marker, MEASURE_EXPR, height)
}

/// `items of Platform`
fn items(p: &mut Parser<'_>) -> Built {
    let marker = p.start();
    p.bump();
    p.bump();
    name_ref(p, "the name of a product");
    built(p, marker, ITEMS_EXPR, 0)
}

/// `item N of L`
fn item_at(p: &mut Parser<'_>) -> Built {
    let marker = p.start();
    p.bump();
    let mut height = climb(p, power::SUM, "a position").height;
    if p.expect_word("of") {
        height = height.max(climb(p, power::UNARY, "a list").height);
    }
    built(p, marker, ITEM_EXPR, height)
}

/// `spread A over x in L by W, rounded MODE to currency, remainder to largest`
fn spread(p: &mut Parser<'_>) -> Built {
    let marker = p.start();
    p.bump();
    let mut height = climb(p, power::SUM, "an amount").height;
    if p.expect_word("over") {
        let bound = p.start();
        if p.at(WORD) && p.nth_word(1, "in") {
            height = height.max(binder(p));
        } else {
            height = height.max(climb(p, power::UNARY, "a list").height);
        }
        p.complete(bound, LOOP);
        if p.at_word("by") {
            let weight = p.start();
            p.bump();
            height = height.max(climb(p, power::SUM, "a weight").height);
            p.complete(weight, WEIGHT);
        }
        if p.expect(COMMA) && p.expect_word("rounded") {
            rounding(p);
        }
        if p.expect(COMMA) && p.expect_words(&["remainder", "to"]) {
            if p.at_any(&["largest", "first", "last", "heaviest"]) {
                p.bump();
            } else {
                p.expected("`largest`, `first`, `last` or `heaviest`");
            }
        }
    }
    built(p, marker, SPREAD_EXPR, height)
}

/// `by KEY [descending][, then by KEY]` behind a list and `sorted`; its height.
pub(super) fn sort_keys(p: &mut Parser<'_>) -> u32 {
    let mut height = 0;
    loop {
        if !p.expect_word("by") {
            return height;
        }
        let marker = p.start();
        height = height.max(climb(p, power::SUM, "what to sort by").height);
        if p.at_any(&["ascending", "descending"]) {
            p.bump();
        }
        p.complete(marker, SORT_KEY);
        if !(p.at(COMMA) && p.nth_word(1, "then")) {
            return height;
        }
        p.bump();
        p.bump();
    }
}
