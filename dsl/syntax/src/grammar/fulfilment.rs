//! Fulfilment plans.

use super::frame::{name, name_ref, path, when, whole_number};
use super::{Block, block, expressions};
use crate::kind::SyntaxKind::*;
use crate::parser::Parser;

const FULFIL: Block = Block {
    of: "plan",
    words: &[],
    statement: task,
};

pub(super) fn fulfil(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    name_ref(p, "the name of a product or bundle");
    block(p, &FULFIL);
    p.complete(marker, FULFIL_ITEM);
}

/// The words that begin a clause of a task.
const CLAUSES: &[&str] = &["after", "when", "try", "waiting", "within", "undo"];

/// `NAME on SYSTEM` and its clauses, `no cancelling once TASK has started`, `part PART after TASKS`.
fn task(p: &mut Parser<'_>, _: &str) -> bool {
    let marker = p.start();
    if p.at_word("no") && p.nth_word(1, "cancelling") {
        p.bump();
        p.bump();
        if p.expect_word("once") && name_ref(p, "the name of a task") {
            p.expect_words(&["has", "started"]);
        }
        p.complete(marker, CUT_OFF);
        return true;
    }
    if p.at_word("part") && p.nth(1) == WORD && p.nth_word(2, "after") {
        p.bump();
        name_ref(p, "the name of a part");
        after(p);
        p.complete(marker, PART_AFTER);
        return true;
    }
    name(p, "the name of a task");
    if p.expect_word("on") && name_ref(p, "the name of a system") {
        while clause(p) {}
    }
    p.complete(marker, TASK);
    true
}

/// Whether a clause rather than one more task begins `ahead`, in a list of tasks.
fn clause_in_list(p: &Parser<'_>, ahead: usize) -> bool {
    let word = |word| p.nth_word(ahead, word);
    let number = p.nth(ahead + 1) == NUMBER;
    let plain = word("after") || word("when");
    // A task may be called `try`, so these are known by what follows them.
    plain
        || ((word("try") || word("within") || word("waiting")) && number)
        || (word("undo") && p.nth_word(ahead + 1, "with"))
}

fn clause(p: &mut Parser<'_>) -> bool {
    let comma = p.at(COMMA);
    let ahead = usize::from(comma);
    let known = CLAUSES.iter().any(|word| p.nth_word(ahead, word));
    // A task on the next line may be named like a clause: `within on Billing`.
    let next_task = p.nth_on_new_line(ahead) && p.nth_word(ahead + 1, "on");
    if !known || next_task {
        return false;
    }
    if comma {
        p.bump();
    }
    match p.nth_text(0) {
        "after" => after(p),
        "when" => when(p),
        "try" => {
            let marker = p.start();
            p.bump();
            whole_number(p, "a number of tries");
            if !p.eat_word("time") {
                p.expect_word("times");
            }
            p.complete(marker, TASK_TRY);
        }
        "waiting" => {
            let marker = p.start();
            p.bump();
            expressions::operand(p, "a time such as `5 minutes`");
            if p.at(COMMA) && p.nth_word(1, "doubling") {
                p.bump();
            }
            p.eat_word("doubling");
            p.complete(marker, TASK_WAITING);
        }
        "within" => {
            let marker = p.start();
            p.bump();
            expressions::operand(p, "a time such as `2 hours`");
            p.complete(marker, TASK_WITHIN);
        }
        _ => {
            let marker = p.start();
            p.bump();
            if p.expect_word("with") {
                name_ref(p, "the name of the task that takes it back");
            }
            p.complete(marker, TASK_UNDO);
        }
    }
    true
}

/// `after a, b`; a task of a part is named `part.task`.
fn after(p: &mut Parser<'_>) {
    let marker = p.start();
    p.bump();
    let one = |p: &mut Parser<'_>| {
        if p.nth(1) == DOT {
            path(p, "a task of a part, such as `nodes.rack`")
        } else {
            name_ref(p, "the name of a task")
        }
    };
    while one(p) && p.at(COMMA) && !clause_in_list(p, 1) {
        p.bump();
    }
    p.complete(marker, TASK_AFTER);
}
