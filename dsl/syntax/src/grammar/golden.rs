//! Golden tests.

use quo_source::{Diagnostic, codes};

use super::approvals::approvers;
use super::expressions::{expression, operand, starts_operand};
use super::frame::{
    at_cell, cell, comma_list, date, name, name_ref, table_file, title, title_or_cell, whole_number,
};
use super::{Block, block};
use crate::kind::SyntaxKind::*;
use crate::parser::{DEPTH_MAX, Parser, nearest};

const TEST: Block = Block {
    of: "test",
    words: &[
        "given", "line", "asked", "override", "clause", "code", "expect",
    ],
    statement,
};

pub(super) fn test(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    title(p, "what the test shows, in quotes");
    if p.at_word("for") {
        let rows = p.start();
        if p.expect_words(&["for", "each", "row", "of"]) {
            table_file(p);
        }
        p.complete(rows, EACH_ROW);
    }
    block(p, &TEST);
    p.complete(marker, TEST_ITEM);
}

fn statement(p: &mut Parser<'_>, word: &str) -> bool {
    let marker = p.start();
    let kind = match word {
        "given" => {
            p.bump();
            let of_line = p.at_word("line");
            if name_ref(p, "the name of facts, as in `given quote`")
                && (!of_line
                    || whole_number(p, "the number of the line, as in `given line 1 { … }`"))
            {
                if p.at(L_BRACKET) {
                    list_input(p);
                } else {
                    config(p, "group of facts");
                }
            }
            GIVEN
        }
        "line" => {
            p.bump();
            let number = whole_number(p, "the number of the line");
            if number
                && p.expect(COLON)
                && name_ref(p, "the name of a product or bundle")
                && p.at(L_BRACE)
            {
                config(p, "line");
            }
            LINE
        }
        "asked" => {
            p.bump();
            if name_ref(p, "the name of an adjustment") {
                operand(p, "a percentage");
            }
            ASKED
        }
        "override" => {
            p.bump();
            overriding(p);
            OVERRIDE
        }
        "clause" => {
            p.bump();
            if name_ref(p, "the name of a clause") {
                if p.at_any(&["removed", "added"]) {
                    p.bump();
                } else {
                    p.expected("`removed` or `added`");
                }
            }
            CLAUSE_CHANGE
        }
        "code" => {
            p.bump();
            comma_list(p, |p| title(p, "a code in quotes"));
            CODE
        }
        "expect" => {
            p.bump();
            expectation(p);
            EXPECT
        }
        _ => {
            p.abandon(marker);
            return false;
        }
    };
    p.complete(marker, kind);
    true
}

/// `RULE by ROLE because "…" [on line N]`; a rule without a name is named by its id in quotes.
fn overriding(p: &mut Parser<'_>) {
    let named = if p.at(TEXT) {
        title(p, "the id of the rule")
    } else {
        name_ref(p, "the name of a rule, or its id in quotes")
    };
    if !named || !p.expect_word("by") || !name_ref(p, "the name of a role") {
        return;
    }
    if !p.on_new_line() && p.eat_word("on") {
        line_address(p, false);
    }
    because(p);
}

/// `{ … }` with entries separated by commas or line ends.
fn config(p: &mut Parser<'_>, of: &str) {
    let open = p.span();
    if !p.at(L_BRACE) {
        p.expect(L_BRACE);
        return;
    }
    if p.depth >= DEPTH_MAX {
        p.report(Diagnostic::error(codes::TOO_DEEP, "this is nested too deeply").at(open, "here"));
        p.skip(|_| false);
        return;
    }
    p.depth += 1;
    let marker = p.start();
    p.bump();
    let outer = std::mem::take(&mut p.statement_words);
    while !p.at_boundary() {
        let before = p.position();
        entry(p);
        let separated = p.eat(COMMA) || p.on_new_line();
        if !separated && !p.at_boundary() {
            p.expected("`,`, a new line or `}`");
        }
        if p.position() == before {
            p.skip(|p| p.at(COMMA) || p.on_new_line());
            p.eat(COMMA);
        }
    }
    p.statement_words = outer;
    p.depth -= 1;
    super::close(p, open, of);
    p.complete(marker, CONFIG);
}

/// `name`, `name value`, `name { … }`, `name Kind { … }`.
fn entry(p: &mut Parser<'_>) {
    if !p.at(WORD) {
        p.expected("the name of a fact, an option or a part");
        return;
    }
    let marker = p.start();
    name(p, "a name");
    // A colon or an equals sign is what other notations put here.
    if matches!(p.current(), COLON | EQ) && !p.on_new_line() {
        let span = p.span();
        p.report(
            Diagnostic::error(codes::UNEXPECTED_TOKEN, "a value follows its name directly")
                .at(span, "nothing stands between")
                .suggest("leave it out", span, ""),
        );
        p.bump();
    }
    if p.at(L_BRACKET) {
        list_input(p);
    } else if !p.on_new_line() && starts_operand(p) {
        operand(p, "a value");
    }
    if p.at(L_BRACE) && !p.on_new_line() {
        config(p, "part");
    }
    p.complete(marker, CONFIG_ENTRY);
}

/// `[ 1, 2 ]`, `[ { name value }, { … } ]`
fn list_input(p: &mut Parser<'_>) {
    let open = p.span();
    if p.depth >= DEPTH_MAX {
        p.report(Diagnostic::error(codes::TOO_DEEP, "this is nested too deeply").at(open, "here"));
        p.skip(|_| false);
        return;
    }
    p.depth += 1;
    let marker = p.start();
    p.bump();
    while !p.at(R_BRACKET) && !p.at_boundary() {
        let before = p.position();
        match p.current() {
            L_BRACE => config(p, "record"),
            L_BRACKET => list_input(p),
            _ => {
                operand(p, "a value, `{` or `]`");
            }
        }
        p.eat(COMMA);
        if p.position() == before {
            break;
        }
    }
    if !p.eat(R_BRACKET) {
        let diagnostic = p.expectation(codes::UNEXPECTED_TOKEN, "`,` or `]`");
        p.report(diagnostic.also(open, "the list opens here"));
    }
    p.depth -= 1;
    p.complete(marker, LIST_INPUT);
}

/// Whether a word that begins an expectation stands for a value instead: `total(…) is 5`, `error.code is 5`.
fn is_value(p: &Parser<'_>) -> bool {
    matches!(p.nth(1), L_PAREN | DOT) || p.nth_word(1, "is")
}

fn expectation(p: &mut Parser<'_>) {
    // What these words are followed by is a name, and a name may look like a misspelt verb.
    let name_follows = p.at_any(&[
        "total",
        "approval",
        "eligible",
        "clause",
        "overridden",
        "extra",
        "reserved",
        "no",
    ]);
    let verb_follows = p.nth_word(1, "not")
        || p.nth_word(1, "applied")
        || (p.nth(1) == WORD && !name_follows && nearest(p.nth_text(1), &["applied"]).is_some());
    if p.on_new_line() {
        p.expected("what is expected");
    } else if is_value(p) && !verb_follows {
        expression(p, "a value");
    } else if p.at(WORD) && verb_follows {
        applied(p);
    } else if p.at(WORD) && p.nth_word(1, "saves") {
        name_ref(p, "the name of an adjustment");
        p.bump();
        operand(p, "an amount such as `5.00 EUR`");
    } else if p.at_word("line") {
        amount(p);
    } else if p.eat_word("total") {
        let _ = name_ref(p, "`list` or `net`") && operand(p, "an amount such as `5.00 EUR`");
    } else if p.eat_word("approval") {
        let _ = name_ref(p, "the name of an approval") && (row_of_approvers(p) || approvers(p));
    } else if p.eat_word("not") {
        if p.expect_word("eligible") {
            name_ref(p, "the name of a product");
        }
        because(p);
    } else if p.eat_word("eligible") {
        name_ref(p, "the name of a product");
    } else if p.eat_word("valid") {
        // Nothing speaks against it: there is no reason to be named.
    } else if p.eat_word("invalid") {
        because(p);
    } else if p.eat_word("clause") {
        name_ref(p, "the name of a clause");
    } else if p.eat_word("no") {
        if p.eat_word("extra") {
            name_ref(p, "the name of a product");
        } else if p.expect_word("clause") {
            name_ref(p, "the name of a clause");
        }
    } else if p.eat_word("extra") {
        if name_ref(p, "the name of a product") {
            whole_number(p, "how many");
            if !p.on_new_line() && p.eat_word("at") {
                operand(p, "an amount such as `5.00 EUR`");
            }
        }
    } else if p.eat_word("reserved") {
        if p.eat_word("use") {
            p.expect_word("of");
        } else {
            operand(p, "an amount such as `5.00 EUR`, or `use`");
            p.expect_word("of");
        }
        name_ref(p, "the name of an adjustment");
    } else if p.eat_word("overridden") {
        title_or_cell(p, "a part of the message in quotes");
    } else if p.eat_word("expires") {
        if at_cell(p) {
            cell(p);
        } else {
            date(p, "the last day, as in `2026-12-31`");
        }
        because(p);
    } else if p.eat_word("sku") {
        sku(p);
    } else if p.at_any(&["warning", "information", "error"]) {
        p.bump();
        title_or_cell(p, "a part of the message in quotes");
    } else if p.eat_word("tasks") {
        line_address(p, false);
        comma_list(p, |p| {
            if p.at(WORD) && p.nth(1) == DOT {
                dotted(p)
            } else {
                name_ref(p, "the name of a task")
            }
        });
    } else if starts_operand(p) {
        expression(p, "a value");
    } else {
        p.expected(
            "`line`, `total`, `approval`, `valid`, `invalid`, `eligible`, `not eligible`, `warning`, `information`, `overridden`, `clause`, `sku`, `expires`, `error`, `tasks`, `extra`, `reserved`, or a rule and `applied` or `saves`",
        );
    }
}

/// `RULE [not] applied [on line N CHARGE] [because "…"]`.
fn applied(p: &mut Parser<'_>) {
    name_ref(p, "the name of a rule");
    let negated = p.eat_word("not");
    if !p.expect_word("applied") {
        return;
    }
    if !p.on_new_line() && p.eat_word("on") {
        line_address(p, true);
    }
    if negated {
        because(p);
    }
}

/// `line N CHARGE MEASURE AMOUNT`, `line N CHARGE step RULE AMOUNT`.
fn amount(p: &mut Parser<'_>) {
    line_address(p, true);
    let measured = if p.at_word("step") && p.nth(1) == WORD {
        p.bump();
        name_ref(p, "the name of an adjustment")
    } else {
        name_ref(p, "`unit`, `list`, `contract`, `net` or `step`")
    };
    if measured {
        operand(p, "an amount such as `5.00 EUR`");
    }
}

fn line_address(p: &mut Parser<'_>, with_path: bool) {
    let marker = p.start();
    if p.expect_word("line") && whole_number(p, "the number of a line") && with_path {
        address(p, "a charge such as `platform.subscription`");
    }
    p.complete(marker, LINE_ADDRESS);
}

/// Names and numbers with dots between: `nodes.2.hardware`.
fn address(p: &mut Parser<'_>, what: &str) -> bool {
    if !p.at(WORD) || p.on_new_line() {
        return p.expected(what);
    }
    dotted(p)
}

/// The address that begins here, on whichever line: behind a comma a list goes on below.
fn dotted(p: &mut Parser<'_>) -> bool {
    let marker = p.start();
    p.bump();
    while p.at(DOT) {
        p.bump();
        if !matches!(p.current(), WORD | NUMBER) || p.on_new_line() {
            p.expected("a name or a number after the `.`");
            break;
        }
        p.bump();
    }
    p.complete(marker, PATH);
    true
}

/// `sku line 1 "…"`, `sku line 1 platform "…"`.
fn sku(p: &mut Parser<'_>) {
    let marker = p.start();
    if p.expect_word("line") && whole_number(p, "the number of a line") {
        // A cell is an item of that name only where the stock-keeping unit follows it.
        let item = !at_cell(p) || p.nth(3) == TEXT || p.nth(3) == DOT || p.nth_word(3, "row");
        if p.at(WORD) && item {
            address(p, "an item such as `platform`");
        }
    }
    p.complete(marker, LINE_ADDRESS);
    title_or_cell(p, "the stock keeping unit in quotes");
}

/// `row.heading` in the place of approvers; `false` where it is not there.
fn row_of_approvers(p: &mut Parser<'_>) -> bool {
    if !at_cell(p) {
        return false;
    }
    let marker = p.start();
    cell(p);
    p.complete(marker, APPROVERS);
    true
}

fn because(p: &mut Parser<'_>) {
    if !p.on_new_line() && p.eat_word("because") {
        title_or_cell(p, "a part of the reason in quotes");
    }
}
