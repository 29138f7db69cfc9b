//! Approval matrices.

use quo_source::{Diagnostic, codes};

use super::frame::{name, name_ref, path, title_if_any};
use super::tables::{self, Results};
use super::{Block, block, expressions};
use crate::kind::SyntaxKind::*;
use crate::parser::Parser;

const APPROVAL: Block = Block {
    of: "approval",
    words: &[
        "let",
        "first",
        "every",
        "never",
        "delegation",
        "unanswered",
        "ask",
    ],
    statement,
};

pub(super) fn approval(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    name(p, "the name of the approval");
    title_if_any(p);
    block(p, &APPROVAL);
    p.complete(marker, APPROVAL_ITEM);
}

fn statement(p: &mut Parser<'_>, word: &str) -> bool {
    match word {
        "let" => {
            let marker = p.start();
            p.bump();
            if name(p, "the name of the value") && p.expect(EQ) {
                expressions::expression(p, "an expression");
            }
            p.complete(marker, LET);
        }
        "first" | "every" => {
            let marker = p.start();
            p.bump();
            p.expect_word("match");
            p.complete(marker, HIT_POLICY);
            tables::table(p, Results::Approvers);
        }
        "never" => {
            let marker = p.start();
            p.bump();
            if p.nth_word(1, "same") {
                p.expect_words(&["the", "same", "person", "twice"]);
                p.complete(marker, NEVER_TWICE);
            } else {
                p.expect_words(&["the", "requester"]);
                p.complete(marker, NEVER_REQUESTER);
            }
        }
        "delegation" => {
            let marker = p.start();
            p.bump();
            p.expect_word("allowed");
            p.complete(marker, DELEGATION);
        }
        "unanswered" => goes_up(p),
        "ask" => ask_again(p),
        _ => return false,
    }
    true
}

/// `unanswered in time goes up to the next`, `… to ROLE`.
fn goes_up(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    if p.expect_words(&["in", "time", "goes", "up", "to"]) {
        if p.at_word("the") && p.nth_word(1, "next") {
            p.bump();
            p.bump();
        } else {
            name_ref(p, "`the next` or the name of a role");
        }
    }
    p.complete(marker, GOES_UP);
}

/// `ask again only when A rises or B falls`.
fn ask_again(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    if p.expect_words(&["again", "only", "when"]) {
        loop {
            let one = p.start();
            if path(p, "the heading of a column") {
                if p.at_any(&["rises", "falls", "changes"]) {
                    p.bump();
                } else {
                    p.expected_as(codes::MISSING_CLAUSE, "`rises`, `falls` or `changes`");
                }
            }
            p.complete(one, WORSENING);
            if !p.eat_word("or") {
                break;
            }
        }
    }
    p.complete(marker, ASK_AGAIN);
}

/// `none`, `A`, `A and B`, `A or B`, `A then B`.
pub(super) fn approvers(p: &mut Parser<'_>) -> bool {
    if !p.at(WORD) || p.on_new_line() {
        return p.expected("a role, or `none`");
    }
    let marker = p.start();
    if !p.eat_word("none") {
        step(p);
        while !p.on_new_line() && p.eat_word("then") {
            step(p);
        }
    }
    p.complete(marker, APPROVERS);
    true
}

fn step(p: &mut Parser<'_>) {
    let marker = p.start();
    let mut join = "";
    while name_ref(p, "the name of a role") && p.at_any(&["and", "or"]) && !p.on_new_line() {
        let word = p.nth_text(0);
        if !join.is_empty() && join != word {
            let span = p.span();
            let message = "`and` and `or` between the same approvers could be read in two ways";
            p.report(
                Diagnostic::error(codes::MIXED_APPROVERS, message)
                    .at(span, "another word than before")
                    .note("use one of the two between two `then`"),
            );
        }
        join = word;
        p.bump();
    }
    p.complete(marker, APPROVER_STEP);
}
