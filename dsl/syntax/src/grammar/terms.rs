//! Qualification, the validity of a quote, and clauses: what a quote stands on besides its products.

use super::expressions;
use super::frame::{
    braced_list, comma_list, name, name_ref, path, title, title_if_any, when, whole_number,
};
use crate::kind::SyntaxKind::*;
use crate::parser::Parser;

/// `qualify P "what to do" with FACT valid 30 days when CONDITION`.
pub(super) fn qualify(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    if p.at_word("category") && p.nth(1) == WORD && !p.nth_word(1, "with") {
        p.bump();
    }
    if name_ref(p, "the name of a product, or `category` and its name") {
        title_if_any(p);
        if p.expect_word("with")
            && path(p, "the fact that holds the day of the answer")
            && p.expect_word("valid")
        {
            expressions::operand(p, "a period such as `30 days`");
            if p.at_word("when") {
                when(p);
            }
        }
    }
    p.complete(marker, QUALIFY_ITEM);
}

/// `quote valid until earliest of { … }`, `quote valid until DATE "…"`.
pub(super) fn quote_valid(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    if p.expect_words(&["valid", "until"]) {
        if p.at_word("earliest") && p.nth_word(1, "of") {
            p.bump();
            p.bump();
            braced_list(p, "list of days", valid_entry);
        } else {
            valid_entry(p);
        }
    }
    p.complete(marker, QUOTE_VALID_ITEM);
}

/// `30 days after quote.date "…"`, `account.contract_end "…"`.
fn valid_entry(p: &mut Parser<'_>) -> bool {
    let marker = p.start();
    if p.at(NUMBER) && p.nth_word(2, "after") {
        expressions::operand(p, "a period such as `30 days`");
        p.bump();
    }
    let read = expressions::operand(p, "a day, such as the fact `quote.date`")
        && title(p, "why the quote ends then, in quotes");
    p.complete(marker, VALID_ENTRY);
    read
}

/// `clause C "title" version 2 text "…" required with A, B when CONDITION`.
pub(super) fn clause(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    if name(p, "the name of the clause") && title(p, "the title of the clause in quotes") {
        let version = p.start();
        if p.expect_word("version") {
            whole_number(p, "a whole number");
        }
        p.complete(version, CLAUSE_VERSION);
        if p.at_word("text") {
            let text = p.start();
            p.bump();
            title(p, "the text of the clause in quotes");
            p.complete(text, CLAUSE_TEXT);
        }
        need(p);
        if p.at_word("when") {
            when(p);
        }
    }
    p.complete(marker, CLAUSE_ITEM);
}

/// `required`, `required with A, B`, `on request`, `on request with A`.
fn need(p: &mut Parser<'_>) {
    let marker = p.start();
    let known = if p.eat_word("on") {
        p.expect_word("request")
    } else {
        p.expect_word("required")
    };
    if known && p.eat_word("with") {
        comma_list(p, |p| name_ref(p, "the name of a product"));
    }
    p.complete(marker, CLAUSE_NEED);
}
