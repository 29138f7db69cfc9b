//! `docs/state-machines.md` is what the transition tables print.
//!
//! After a change of a table, run this test once with `QUO_BLESS=1` and read the difference.

use quo_domain::machine::{Machine, Name};
use quo_domain::{approval, order, quote, task};
use std::path::Path;

fn section<S: Name, C: Name>(title: &str, about: &str, machine: &Machine<S, C>) -> String {
    format!(
        "## {title}\n\n{about}\n\n```mermaid\n{}```\n\n{}\n",
        machine.mermaid(),
        machine.markdown()
    )
}

fn document() -> String {
    let mut text = String::from(
        "# State machines\n\nPrinted from the transition tables of `server/domain`; a test compares \
         them. Several rows for one state and command are alternatives: the first whose *when* \
         holds is taken.\n\n",
    );
    text += &section(
        "Quote revision",
        "A quote is a family of revisions; each has this life.",
        &quote::MACHINE,
    );
    text += &section(
        "Approval case",
        "Each approval that a submitted revision needs is a case inside it.",
        &approval::MACHINE,
    );
    text += &section(
        "Product order",
        "An accepted revision becomes one order.",
        &order::MACHINE,
    );
    text += &section(
        "Fulfilment task",
        "An order is done by tasks. A timeout is an unknown outcome, never a failure.",
        &task::MACHINE,
    );
    format!("{}\n", text.trim_end())
}

#[test]
fn the_document_is_what_the_tables_print() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/state-machines.md");
    let document = document();
    if std::env::var_os("QUO_BLESS").is_some() {
        std::fs::write(&path, &document).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == document,
        "docs/state-machines.md is not what the tables print; run with QUO_BLESS=1 and read the difference"
    );
}

/// Every state can be reached, and every state that is not final can be left.
fn check_shape<S: Name, C: Name>(machine: &Machine<S, C>) {
    let mut reached = vec![machine.initial];
    let mut next = 0;
    while let Some(state) = reached.get(next).copied() {
        for row in machine.transitions.iter().filter(|row| row.from == state) {
            if !reached.contains(&row.to) {
                reached.push(row.to);
            }
        }
        next += 1;
    }
    for state in S::ALL {
        assert!(
            reached.contains(state),
            "{}: `{}` is never reached",
            machine.name,
            state.name()
        );
    }
    // Of the alternatives, only the last may hold always: what comes after it is never taken.
    for (at, row) in machine.transitions.iter().enumerate() {
        let later = machine
            .transitions
            .iter()
            .skip(at + 1)
            .any(|other| other.from == row.from && other.command == row.command);
        assert!(
            !(row.when.is_none() && later),
            "{}: a row is never taken",
            machine.name
        );
    }
}

#[test]
fn the_machines_are_connected_and_their_alternatives_can_be_taken() {
    check_shape(&quote::MACHINE);
    check_shape(&approval::MACHINE);
    check_shape(&order::MACHINE);
    check_shape(&task::MACHINE);
}
