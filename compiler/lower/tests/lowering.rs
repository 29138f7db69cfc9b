//! What rules become: snapshots of the disassembled program and tables.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod support;

use insta::assert_snapshot;
use quo_analysis::hir::*;
use quo_analysis::types::*;
use quo_lower::print;
use quo_value::Rounding;
use support::expr::*;
use support::*;

fn percent(scale: u8, mantissa: i128) -> Expr {
    constant(Unit::Percent, scale, mantissa)
}

/// A product of seats and a bundle that holds it, with support of two kinds.
fn bundle() -> (Builder, [usize; 4]) {
    let mut b = builder();
    let seats = b.product(
        "Seats",
        &[("seats", int(1, 100_000)), ("edition", Type::Enum(0))],
    );
    let gold = b.product("Gold", &[]);
    let silver = b.product("Silver", &[]);
    let suite = b.product("Suite", &[("level", int(0, 9))]);
    b.part(suite, "platform", 1, &[seats]);
    b.part(suite, "support", 0, &[gold, silver]);
    (b, [seats, gold, silver, suite])
}

#[test]
fn comparisons_with_values_that_may_be_absent_are_never_true() {
    let mut b = builder();
    b.fact("seats", int(1, 500), true);
    b.fact("share", number(Unit::Decimal, 2, 0, 1000), true);
    b.fact("contract", Type::Text, true);
    b.fact("partner", Type::Bool, true);
    let f = |b: &Builder, name: &str| fact(&b.rules, name);
    let text = value(Value::Text("C-1009".to_owned()), Type::Text);
    b.require(
        "A equal to a constant",
        binary(BinaryOp::Eq, f(&b, "contract"), text),
    );
    b.require(
        "B other than a constant",
        binary(BinaryOp::Ne, f(&b, "seats"), whole(5)),
    );
    b.require(
        "C both may be absent",
        binary(BinaryOp::Eq, f(&b, "seats"), f(&b, "seats")),
    );
    b.require(
        "D scaled",
        binary(BinaryOp::Gt, f(&b, "share"), f(&b, "seats")),
    );
    b.require("E between", in_range(f(&b, "seats"), whole(10), whole(20)));
    b.require(
        "F in a set",
        in_set(f(&b, "seats"), vec![Value::Number(7), Value::Number(3)]),
    );
    b.require("G is absent", present(f(&b, "contract"), false));
    b.require("H a bare truth value", not(f(&b, "partner")));
    b.require(
        "I arithmetic",
        binary(
            BinaryOp::Lt,
            binary(BinaryOp::Add, f(&b, "seats"), f(&b, "share")),
            whole(9),
        ),
    );
    assert_snapshot!(print(&b.lower()));
}

#[test]
fn the_right_side_is_jumped_around_only_where_it_can_fail() {
    let mut b = builder();
    b.fact("seats", int(1, 500), false);
    b.fact("users", int(1, i128::from(i64::MAX)), false);
    let seats = || fact(&b.rules, "seats");
    let users = || fact(&b.rules, "users");
    let few = binary(BinaryOp::Lt, seats(), whole(10));
    let harmless = binary(
        BinaryOp::Lt,
        binary(BinaryOp::Mul, seats(), seats()),
        whole(100),
    );
    let power = (0..4).fold(users(), |power, _| binary(BinaryOp::Mul, power, users()));
    let risky = binary(BinaryOp::Gt, power, users());
    let rules = [
        (
            "A and, proved",
            binary(BinaryOp::And, few.clone(), harmless),
        ),
        ("B and", binary(BinaryOp::And, few.clone(), risky.clone())),
        ("C or", binary(BinaryOp::Or, few.clone(), risky.clone())),
        (
            "D implies",
            binary(BinaryOp::Implies, few.clone(), risky.clone()),
        ),
        (
            "E implies, proved",
            binary(BinaryOp::Implies, few.clone(), few),
        ),
    ];
    for (id, condition) in rules {
        b.require(id, condition);
    }
    assert_snapshot!(print(&b.lower()));
}

#[test]
fn a_bundle_looks_at_its_parts() {
    let (mut b, [seats, gold, silver, suite]) = bundle();
    let pro = binary(BinaryOp::Ge, part_option(Type::Enum(0), 0, 1), edition(1));
    let sandbox = binary(BinaryOp::Implies, has(0, 1, gold), pro);
    b.rule(
        "GoldNeedsPro",
        RuleKind::Require,
        Some(suite),
        RuleBody::Expr(sandbox),
    );
    let is_silver = binary(
        BinaryOp::Eq,
        part_kind(1),
        value(Value::Product(silver), Type::Product),
    );
    let both = binary(
        BinaryOp::And,
        is_silver,
        binary(BinaryOp::Ge, count(0, 1), whole(2)),
    );
    b.rule(
        "NoSilver",
        RuleKind::Exclude,
        Some(suite),
        RuleBody::Expr(both),
    );
    let table = b.table(
        "SupportOfEdition",
        vec![
            ("edition", part_option(Type::Enum(0), 0, 1), false),
            ("support", part_kind(1), false),
        ],
        vec![
            vec![
                Cell::Values([Value::Enum { of: 0, value: 0 }].into()),
                Cell::Values([Value::Product(silver)].into()),
            ],
            vec![
                Cell::Any,
                Cell::Values([Value::Product(gold), Value::Product(silver)].into()),
            ],
        ],
    );
    b.rule(
        "SupportOfEdition",
        RuleKind::Allow,
        Some(suite),
        RuleBody::Table(table),
    );
    let many = binary(BinaryOp::Ge, option(int(1, 100_000), 0, 0), whole(50));
    b.rule(
        "ManySeats",
        RuleKind::Eligible,
        Some(seats),
        RuleBody::Expr(many),
    );
    let level = b.place(binary(BinaryOp::Mul, option(int(0, 9), 0, 0), whole(10)));
    let default = PartDefault {
        product: seats,
        option: 0,
        value: level,
    };
    b.rules.products[suite].parts[0].defaults.push(default);
    assert_snapshot!(print(&b.lower()));
}

#[test]
fn a_charge_has_prices_adjustments_and_a_floor() {
    let mut b = builder();
    let seats = b.product(
        "Seats",
        &[("seats", int(1, 100_000)), ("edition", Type::Enum(0))],
    );
    let charge = b.charge(
        "subscription",
        Quantity {
            of: Some(option(int(1, 100_000), 0, 0)),
            pack: None,
        },
    );
    let suite = b.product("Suite", &[]);
    b.part(suite, "platform", 1, &[seats]);
    b.part(suite, "more", 0, &[seats]);
    let is_euro = binary(
        BinaryOp::Eq,
        fact(&b.rules, "currency"),
        value(Value::Currency(EUR), Type::Currency),
    );
    let book = b.book("Europe", Some(is_euro), None);
    let edition_column = ("edition", option(Type::Enum(0), 0, 1), false);
    let seats_column = ("seats", option(int(1, 100_000), 0, 0), true);
    let standard = || Cell::Values([Value::Enum { of: 0, value: 0 }].into());
    let table = b.table(
        "Europe/Seats.subscription",
        vec![edition_column, seats_column],
        vec![
            vec![standard(), within(None, Some(100))],
            vec![standard(), within(Some(101), None)],
            vec![
                Cell::Values(
                    [
                        Value::Enum { of: 0, value: 1 },
                        Value::Enum { of: 0, value: 2 },
                    ]
                    .into(),
                ),
                Cell::Any,
            ],
        ],
    );
    b.prices(charge, (book, table, true), &[1200, 1050, 1600]);

    let share = number(Unit::Percent, 4, 0, 4000);
    let long = b.adjustment("LongTerm", 0, None);
    let free = b.adjustment("Capped", 0, None);
    let asked_type = Asked { role: 1, ty: share };
    let discretion = b.adjustment("Discretion", 1, Some(asked_type));
    let many = binary(
        BinaryOp::Ge,
        fact(&b.rules, "term"),
        value(Value::Months(24), Type::Months),
    );
    let when = Some(b.place(binary(
        BinaryOp::And,
        many,
        binary(BinaryOp::Ge, count(1, 0), whole(1)),
    )));
    let of_list = b.place(binary(
        BinaryOp::Mul,
        percent(3, 75),
        amount_of(ExprKind::List),
    ));
    let gift = amount_of(ExprKind::Amount(0));
    let left = amount_of(ExprKind::Left);
    let smaller = b.place(choose(
        binary(BinaryOp::Lt, gift.clone(), left.clone()),
        gift,
        left.clone(),
    ));
    let asked_of = b.place(binary(BinaryOp::Mul, asked(discretion, share), left));
    b.rules.charges[charge].adjustments = vec![
        Target {
            adjustment: long,
            within: Some(suite),
            when,
            saving: of_list,
            units: None,
            most: None,
            least: None,
            weight: None,
        },
        Target {
            adjustment: free,
            within: None,
            when: None,
            saving: smaller,
            units: None,
            most: None,
            least: None,
            weight: None,
        },
        Target {
            adjustment: discretion,
            within: None,
            when: None,
            saving: asked_of,
            units: None,
            most: None,
            least: None,
            weight: None,
        },
    ];
    let span = b.write("floor");
    let least = b.place(round_to_currency(
        binary(BinaryOp::Mul, percent(2, 60), amount_of(ExprKind::List)),
        Rounding::HalfEven,
    ));
    b.rules.charges[charge].floors.push(Floor {
        id: "SeatFloor".to_owned(),
        title: "A seat keeps 60%".to_owned(),
        span,
        least,
    });
    let lowered = b.lower();
    assert_snapshot!(print(&lowered));
    insta::assert_debug_snapshot!("charge_model", lowered.model.charges);
}

#[test]
fn an_approval_row_with_an_amount_is_repeated_for_every_currency() {
    let mut b = builder();
    let saved = binary(
        BinaryOp::Sub,
        amount_of(ExprKind::TotalList),
        amount_of(ExprKind::TotalNet),
    );
    let discount = divide(
        saved,
        amount_of(ExprKind::TotalList),
        4,
        Rounding::HalfUp,
        percent(2, 0),
    );
    let below = |offset| {
        Cell::Ranges(
            [Interval {
                low: None,
                high: Some(Bound::Amount { amount: 0, offset }),
            }]
            .into(),
        )
    };
    let table = b.table(
        "Commercial",
        vec![
            ("discount", discount, true),
            ("value", amount_of(ExprKind::TotalNet), true),
        ],
        vec![
            vec![within(None, Some(1000)), Cell::Any],
            vec![within(None, Some(2000)), below(-1)],
            vec![Cell::Any, Cell::Any],
        ],
    );
    let row = |roles: &[usize]| ApprovalRow {
        steps: roles
            .iter()
            .map(|&role| ApprovalStep {
                roles: vec![role],
                any: false,
            })
            .collect(),
        within_minutes: 480,
    };
    let span = b.write("approval Commercial");
    b.rules.approvals.push(Approval {
        name: "Commercial".to_owned(),
        title: "Commercial approval".to_owned(),
        span,
        table,
        rows: vec![row(&[]), row(&[1]), row(&[1, 0])],
        never_requester: true,
        never_twice: false,
        delegation: false,
        goes_up: GoesUp::ToNext,
        policy: RowPolicy::First,
        worse: Vec::new(),
    });
    let lowered = b.lower();
    assert_snapshot!(print(&lowered));
    insta::assert_debug_snapshot!("approval_model", lowered.model.approvals);
}

#[test]
fn equal_routines_are_stored_once_if_they_stand_in_one_place() {
    let mut b = builder();
    b.fact("seats", int(1, 500), false);
    let few = b.place(binary(BinaryOp::Lt, fact(&b.rules, "seats"), whole(10)));
    let elsewhere = b.place(binary(BinaryOp::Lt, fact(&b.rules, "seats"), whole(10)));
    for (id, condition) in [("A", &few), ("B", &few), ("C", &elsewhere)] {
        b.require(id, whole_truth());
        let last = b.rules.rules.last_mut().unwrap();
        last.body = RuleBody::Expr(condition.clone());
    }
    let model = b.lower().model;
    let routines: Vec<u32> = model.rules.iter().map(|rule| rule.routine).collect();
    assert_eq!(routines, [0, 0, 1], "the points of the third lie elsewhere");
}

fn whole_truth() -> Expr {
    value(Value::Bool(true), Type::Bool)
}

#[test]
fn the_source_map_knows_every_id_and_row() {
    let (mut b, [_, _, _, suite]) = bundle();
    let charge = b.charge("setup", Quantity::default());
    let book = b.book("Europe", None, None);
    let table = b.table("Europe/Suite.setup", vec![], vec![vec![]]);
    b.prices(charge, (book, table, false), &[5000]);
    let span = b.write("fulfil Suite");
    let when = Some(b.place(has(0, 1, 1)));
    let task_span = b.write("provision on Provisioning");
    let task = |name: &str, after: Vec<usize>, when| Task {
        name: name.to_owned(),
        span: task_span,
        system: 1,
        after,
        when,
        tries: 3,
        within_minutes: 120,
        undo: Some("deprovision".to_owned()),
        after_parts: Vec::new(),
        waiting_minutes: 0,
        doubling: false,
        cut_off: false,
    };
    let tasks = vec![task("bill", vec![], None), task("provision", vec![0], when)];
    b.rules.fulfilments.push(Fulfilment {
        product: suite,
        span,
        tasks,
        part_afters: Vec::new(),
    });
    let lowered = b.lower();
    let text =
        |place: &quo_model::Place| b.text[place.start as usize..place.end as usize].to_owned();
    let ids = lowered
        .source_map
        .ids
        .iter()
        .map(|id| format!("{}: {}", id.id, text(&id.place)));
    let rows = lowered.source_map.rows.iter().flatten().map(text);
    let lines: Vec<String> = ids.chain(rows).collect();
    assert_snapshot!(lines.join("\n"));
}
