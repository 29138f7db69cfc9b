//! What does not fit is said, at its place and with its code.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod support;

use quo_analysis::hir::*;
use quo_analysis::types::*;
use quo_lower::lower;
use support::expr::*;
use support::*;

fn codes(b: &Builder) -> Vec<(&'static str, String)> {
    let problems = lower(&b.rules, &b.sources()).expect_err("a limit is passed");
    problems
        .iter()
        .map(|problem| {
            let span = problem.place().expect("a place").span;
            (
                problem.code.id(),
                b.text[span.start as usize..span.end as usize].to_owned(),
            )
        })
        .collect()
}

#[test]
fn too_many_values() {
    let mut b = builder();
    b.fact("seats", int(1, 500), false);
    let test = || binary(BinaryOp::Lt, fact(&b.rules, "seats"), whole(10));
    // Every comparison takes three registers and every `or` two.
    let fits = (0..50).fold(test(), |all, _| binary(BinaryOp::Or, all, test()));
    let too_long = (0..51).fold(test(), |all, _| binary(BinaryOp::Or, all, test()));
    b.require("Fits", fits);
    b.lower();
    b.require("TooLong", too_long);
    let found = codes(&b);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0], ("Q9003", "rule TooLong".to_owned()));
}

#[test]
fn amounts_that_no_column_holds() {
    let mut b = builder();
    let too_large = i128::from(i64::MAX);
    let value_column = ("value", amount_of(ExprKind::TotalNet), true);
    let table = b.table(
        "Commercial",
        vec![value_column],
        vec![vec![within(None, Some(too_large))]],
    );
    let span = b.write("approval Commercial");
    let row = ApprovalRow {
        steps: vec![],
        within_minutes: 0,
    };
    b.rules.approvals.push(Approval {
        name: "Commercial".to_owned(),
        title: String::new(),
        span,
        table,
        rows: vec![row],
        never_requester: false,
        never_twice: false,
        delegation: false,
        goes_up: GoesUp::ToNext,
        policy: RowPolicy::First,
        worse: Vec::new(),
    });
    assert_eq!(codes(&b), [("Q9004", "| row 1 of Commercial |".to_owned())]);
    b.rules.approvals[0].table.rows[0].cells[0] = within(None, Some(too_large - 1));
    b.lower();
}

#[test]
fn tables_with_too_many_columns() {
    let mut b = builder();
    let columns = |b: &Builder, count| {
        (0..count)
            .map(|_| ("term", fact(&b.rules, "term"), false))
            .collect::<Vec<_>>()
    };
    let fits = columns(&b, 32);
    let table = b.table("Fits", fits, vec![vec![Cell::Any; 32]]);
    b.rule("Fits", RuleKind::Allow, None, RuleBody::Table(table));
    b.lower();
    let too_wide = columns(&b, 33);
    let table = b.table("TooWide", too_wide, vec![vec![Cell::Any; 33]]);
    b.rule("TooWide", RuleKind::Allow, None, RuleBody::Table(table));
    assert_eq!(codes(&b), [("Q9005", "rule TooWide".to_owned())]);
}

#[test]
fn scales_that_no_number_has() {
    let mut b = builder();
    let tiny = number(Unit::Decimal, 30, 0, 5);
    b.fact("tiny", number(Unit::Decimal, 18, 0, 5), false);
    let wide = Expr {
        ty: tiny,
        ..fact(&b.rules, "tiny")
    };
    b.require(
        "TooFine",
        binary(
            BinaryOp::Eq,
            binary(BinaryOp::Mul, wide.clone(), wide),
            whole(0),
        ),
    );
    assert!(codes(&b).iter().all(|(code, _)| *code == "Q9004"));
}

#[test]
fn rules_that_contradict_themselves_are_not_a_panic() {
    let mut b = builder();
    let nonsense = binary(BinaryOp::Eq, fact(&b.rules, "term"), fact(&b.rules, "term"));
    b.require("Broken", nonsense);
    let RuleBody::Expr(expr) = &mut b.rules.rules[0].body else {
        panic!("an expression")
    };
    expr.kind = ExprKind::InSet(
        Box::new(expr.clone()),
        vec![Value::Text("never met".to_owned())],
    );
    b.lower();
    let product = b.product("Seats", &[("seats", int(1, 9))]);
    let charge = b.charge("setup", Quantity::default());
    let book = b.book("Europe", None, None);
    let column = ("nonsense", whole(1), false);
    let table = b.table("Europe/Seats.setup", vec![column], vec![vec![Cell::Any]]);
    b.prices(charge, (book, table, false), &[]);
    assert_eq!(product, 0);
    let found = codes(&b);
    assert!(found.iter().all(|(code, _)| *code == "Q9007"), "{found:?}");
    assert_eq!(found.len(), 1);
}
