//! The typed views read what the forms say.

use quo_source::FileId;
use quo_syntax::ast::{
    Adjustment, ApproverJoin, AstNode, BinaryOp, CellContent, CellItem, ChargeClass,
    ChargeSelection, ConstraintKind, Expectation, Expr, Item, Pack, RoundingMode, RoundingTo,
    TakeBase, Timing, TotalOf,
};
use quo_syntax::cell::Comparison;
use quo_syntax::literal::{PeriodUnit, Value};

const FILE: FileId = FileId(0);

fn items(fixture: &str) -> Vec<Item> {
    let path = format!(
        "{}/tests/fixtures/forms/{fixture}.quo",
        env!("CARGO_MANIFEST_DIR")
    );
    let text = std::fs::read_to_string(path).expect("a fixture");
    quo_syntax::parse(FILE, &text).tree().items().collect()
}

/// The items of one variant.
macro_rules! only {
    ($items:expr, $variant:ident) => {
        $items
            .into_iter()
            .filter_map(|item| match item {
                Item::$variant(view) => Some(view),
                _ => None,
            })
            .collect::<Vec<_>>()
    };
}

#[test]
fn header_and_declarations() {
    let ruleset = only!(items("header"), Ruleset).remove(0);
    assert_eq!(ruleset.name().map(|n| n.text()), Some("acme.cloud".into()));
    assert_eq!(ruleset.version(), Some("1.0.0".into()));
    let effective = only!(items("header"), Effective).remove(0);
    let window = effective.window().expect("a window");
    let (first, last) = (
        window.first_day().expect("one"),
        window.last_day().expect("one"),
    );
    assert_eq!(
        (first.expect("valid").month, last.expect("valid").day),
        (1, 31)
    );
    let owner = only!(items("header"), Owner).remove(0);
    assert_eq!(
        owner.title().and_then(|t| t.text()),
        Some("Pricing \"Office\"".into())
    );

    let edition = only!(items("declarations"), Enum).remove(0);
    let values: Vec<_> = edition.values().map(|v| v.text()).collect();
    assert_eq!(
        (edition.is_ordered(), values),
        (true, vec!["Standard".into(), "Pro".into()])
    );
    assert_eq!(edition.name().expect("named").span(FILE), FILE.span(13, 20));
    let facts: Vec<_> = only!(items("declarations"), Facts)[0].facts().collect();
    let ty = facts[2].ty().expect("typed");
    assert_eq!(
        (ty.is_optional(), ty.name().map(|n| n.text())),
        (true, Some("Text".into()))
    );
    assert!(matches!(facts[1].default(), Some(Expr::Path(_))));
    let amount = only!(items("declarations"), Amount).remove(0);
    let values: Vec<_> = amount.values().map(|v| v.value().expect("valid")).collect();
    assert!(matches!(&values[1], Value::Money { currency, .. } if currency == "JPY"));
}

#[test]
fn products_and_bundles() {
    let product = only!(items("products"), Product).remove(0);
    assert_eq!(product.category().map(|c| c.text()), Some("Bases".into()));
    let option = product.options().next().expect("an option");
    let ty = option.ty().expect("typed");
    let bounds = ty.bounds().expect("bounded");
    assert!(matches!(bounds.from(), Some(Expr::Unary(_))));
    assert_eq!(bounds.to().map(|to| to.source()), Some("10.5".into()));
    assert_eq!(ty.decimals().map(|d| d.integer()), Some(Ok(2)));
    let charges: Vec<_> = product.charges().collect();
    let packs = charges[0].quantity().expect("per");
    assert_eq!(
        charges[0].timing().and_then(|t| t.timing()),
        Some(Timing::Usage)
    );
    assert_eq!(packs.pack(), Some(Pack::Started));
    assert_eq!(packs.pack_size().map(|s| s.integer()), Some(Ok(1_000)));
    assert_eq!(
        packs.counted().map(|counted| counted.source()),
        Some("expected_calls".into())
    );
    assert_eq!(charges[1].quantity().and_then(|q| q.pack()), None);

    let bundle = only!(items("bundles"), Bundle).remove(0);
    let parts: Vec<_> = bundle.parts().collect();
    assert!(parts[0].count().is_none());
    let count = |at: usize| parts[at].count().expect("counted");
    assert!(count(1).is_optional() && !count(1).is_one_of());
    assert!(count(2).is_optional() && count(2).is_one_of());
    assert!(count(3).is_kinds_of());
    assert_eq!(count(3).most().map(|m| m.integer()), Some(Ok(5)));
    let kinds: Vec<_> = parts[3].kinds().map(|k| k.text()).collect();
    assert_eq!(kinds, ["Sso", "Audit"]);
    let each = parts[3].each_with().next().expect("each with");
    assert_eq!(
        each.value().map(|v| v.source()),
        Some("platform.seats".into())
    );
    let constraints: Vec<_> = bundle.constraints().collect();
    assert_eq!(
        constraints[0].name().map(|n| n.text()),
        Some("SsoNeedsPro".into())
    );
    let Some(Expr::Binary(condition)) = constraints[0].condition() else {
        panic!()
    };
    assert_eq!(condition.op(), Some(BinaryOp::Implies));
    assert_eq!(constraints[1].kind(), Some(ConstraintKind::Allow));
    let table = constraints[1].table().expect("a table");
    let row = table.rows().next().expect("a row");
    let CellContent::Items(permitted) = row.outputs()[0].content() else {
        panic!()
    };
    assert_eq!(
        (table.inputs().len(), table.outputs().len(), permitted.len()),
        (1, 1, 2)
    );
}

#[test]
fn price_books() {
    let book = only!(items("prices"), PriceBook).remove(0);
    assert_eq!(book.replaces().map(|r| r.text()), Some("Europe".into()));
    assert_eq!(
        book.round().and_then(|r| r.mode()),
        Some(RoundingMode::HalfEven)
    );
    let prices: Vec<_> = book.prices().collect();
    assert_eq!(
        prices[0].charge().map(|c| c.text()),
        Some("Platform.subscription".into())
    );
    assert_eq!(
        prices[0]
            .models()
            .find_map(|model| model.by())
            .map(|by| by.text()),
        Some("seats".into())
    );
    let table = prices[0].table().expect("inline");
    let heading = table.inputs()[0].path().map(|p| p.text());
    assert_eq!(heading, Some("quote.region".into()));
    let rows: Vec<_> = table.rows().collect();
    assert_eq!(rows[0].inputs()[0].content(), CellContent::Any);
    let CellContent::Items(range) = rows[0].inputs()[1].content() else {
        panic!()
    };
    let CellItem::Range(range) = &range[0] else {
        panic!()
    };
    assert_eq!(range.to().map(|to| to.source()), Some("100".into()));
    let CellContent::Items(above) = rows[1].inputs()[1].content() else {
        panic!()
    };
    let CellItem::Comparison(above) = &above[0] else {
        panic!()
    };
    assert_eq!(above.comparison(), Some(Comparison::Above));
    assert_eq!(
        rows[1].outputs()[0].value().map(|v| v.source()),
        Some("10.50".into())
    );
    let flat = prices[1].table().expect("inline");
    assert_eq!((flat.inputs().len(), flat.rows().count()), (0, 1));
    assert_eq!(
        prices[2].file().and_then(|f| f.path()?.text()),
        Some("prices/a.csv".into())
    );
    assert_eq!(prices[2].file().and_then(|f| f.sheet()), None);
    let setup = prices[3].file().expect("a workbook");
    assert_eq!(
        setup.path().and_then(|path| path.text()),
        Some("prices/c.xlsx".into())
    );
    assert_eq!(
        setup.sheet().and_then(|sheet| sheet.text()),
        Some("Setup fees".into())
    );
    assert_eq!(
        (book.prices_from().count(), book.graduated().count()),
        (1, 1)
    );
    assert!(only!(items("prices"), Eligible)[0].is_category());
}

#[test]
fn adjustments_and_floors() {
    let discount = only!(items("adjustments"), Discount).remove(0);
    let Some(ChargeSelection::Class {
        class,
        products,
        category,
    }) = discount.on().and_then(|on| on.selection())
    else {
        panic!()
    };
    assert_eq!((class, products.len()), (ChargeClass::Recurring, 0));
    assert_eq!(category.map(|c| c.text()), Some("Bases".into()));
    assert_eq!(
        discount.on().and_then(|on| on.bundle()).map(|b| b.text()),
        Some("Suite".into())
    );
    assert_eq!(discount.take().and_then(|t| t.base()), Some(TakeBase::Left));
    let asked = discount.asked_for().expect("asked for");
    assert_eq!(asked.role().map(|r| r.text()), Some("SalesRep".into()));
    let either = Adjustment::Discount(discount);
    assert_eq!(
        either
            .priority()
            .and_then(|p| p.value())
            .map(|v| v.integer()),
        Some(Ok(90))
    );

    let promotion = only!(items("adjustments"), Promotion).remove(0);
    let Some(ChargeSelection::Charges(charges)) = promotion.on().and_then(|on| on.selection())
    else {
        panic!()
    };
    assert_eq!(charges[1].text(), "Suite.setup");
    assert_eq!(promotion.take().and_then(|t| t.base()), None);
    let stages = only!(items("adjustments"), AdjustStages).remove(0);
    let stages: Vec<_> = stages.stages().map(|s| s.text()).collect();
    assert_eq!(stages, ["item", "order"]);
    let floors = only!(items("adjustments"), Floor);
    let read = |at: usize| {
        let floor = &floors[at];
        (
            floor.name().map(|n| n.text()),
            floor.share().map(|s| s.source()),
        )
    };
    assert_eq!(read(0), (Some("Deep".into()), Some("50%".into())));
    assert_eq!(read(1), (None, Some("10%".into())));
}

#[test]
fn approvals_and_plans() {
    let approval = only!(items("approvals"), Approval).remove(0);
    assert!(approval.is_first_match() && approval.never_the_requester());
    let Some(Expr::Total(total)) = approval.lets().next().and_then(|l| l.value()) else {
        panic!()
    };
    assert_eq!(total.of(), Some(TotalOf::Net));
    let rows: Vec<_> = approval.table().expect("a matrix").rows().collect();
    let approvers = |at: usize| match rows[at].outputs()[0].content() {
        CellContent::Approvers(approvers) => approvers,
        other => panic!("{other:?}"),
    };
    assert!(approvers(0).is_none() && approvers(0).steps().next().is_none());
    assert_eq!(rows[0].outputs()[1].content(), CellContent::Nothing);
    let joins: Vec<_> = approvers(1).steps().map(|s| s.join()).collect();
    assert_eq!(joins, [ApproverJoin::All, ApproverJoin::One]);
    assert_eq!(
        approvers(2).steps().next().map(|s| s.join()),
        Some(ApproverJoin::Any)
    );
    let Some(Expr::Literal(within)) = rows[1].outputs()[1].value() else {
        panic!()
    };
    let hours = Value::Period {
        count: 8,
        unit: PeriodUnit::Hours,
    };
    assert_eq!(within.value(), Ok(hours));

    let plan = only!(items("fulfilment"), Fulfil).remove(0);
    let tasks: Vec<_> = plan.tasks().collect();
    let names: Vec<_> = tasks
        .iter()
        .filter_map(|t| t.name())
        .map(|n| n.text())
        .collect();
    assert_eq!(names, ["ship", "schedule", "try"]);
    assert!(tasks[0].when().is_some());
    assert_eq!(tasks[1].after().map(|a| a.tasks().count()), Some(2));
    assert_eq!(
        tasks[1]
            .tries()
            .and_then(|t| t.times())
            .map(|t| t.integer()),
        Some(Ok(5))
    );
    assert!(tasks[1].within().is_some() && tasks[1].undo().is_some());
}

#[test]
fn expressions() {
    let defines = only!(items("expressions"), Define);
    let Some(Expr::Binary(implies)) = defines[0].value() else {
        panic!()
    };
    assert_eq!(implies.op(), Some(BinaryOp::Implies));
    let Some(Expr::Binary(or)) = implies.left() else {
        panic!()
    };
    assert_eq!(or.op(), Some(BinaryOp::Or));
    let (Some(Expr::Binary(and)), Some(Expr::In(not_in))) = (or.left(), or.right()) else {
        panic!()
    };
    assert_eq!(and.left().map(|l| l.source()), Some("not x.a is B".into()));
    assert!(not_in.is_negated() && matches!(not_in.collection(), Some(Expr::Range(_))));
    let Some(Expr::Presence(presence)) = implies.right() else {
        panic!()
    };
    assert!(!presence.is_present());

    let Some(Expr::PercentOf(percent)) = defines[1].value() else {
        panic!()
    };
    assert!(matches!(percent.part(), Some(Expr::Paren(_))));
    let rounding = percent.rounding().expect("rounded");
    let Some(RoundingTo::Places(places)) = rounding.to() else {
        panic!()
    };
    assert_eq!(
        (rounding.mode(), places.integer()),
        (Some(RoundingMode::HalfUp), Ok(2))
    );
    assert!(percent.otherwise().and_then(|o| o.value()).is_some());

    let Some(Expr::Binary(sum)) = defines[2].value() else {
        panic!()
    };
    let (Some(Expr::Binary(product)), Some(Expr::Paren(paren))) = (sum.left(), sum.right()) else {
        panic!()
    };
    assert!(matches!(product.left(), Some(Expr::Unary(_))));
    let Some(Expr::Binary(quotient)) = paren.inner() else {
        panic!()
    };
    assert_eq!(quotient.op(), Some(BinaryOp::Divide));
    assert!(quotient.rounding().is_some());
    let Some(Expr::If(choice)) = defines[3].value() else {
        panic!()
    };
    assert!(matches!(choice.otherwise(), Some(Expr::Rounded(_))));
}

#[test]
fn golden_tests() {
    let test = only!(items("golden"), Test).remove(0);
    let given = test
        .givens()
        .next()
        .and_then(|g| g.config())
        .expect("facts");
    let term = given.entries().nth(1).and_then(|e| e.value());
    assert_eq!(term.map(|t| t.source()), Some("36 months".into()));
    let line = test
        .lines()
        .next()
        .and_then(|l| l.config())
        .expect("a line");
    let entries: Vec<_> = line.entries().collect();
    assert_eq!(entries.len(), 4);
    let addons = entries[1].config().expect("braces");
    let kinds: Vec<_> = addons
        .entries()
        .map(|k| (k.name().map(|n| n.text()), k.config().is_some()))
        .collect();
    assert_eq!(
        kinds,
        [(Some("Sso".into()), false), (Some("Audit".into()), true)]
    );
    assert!(entries[2].value().is_some() && entries[2].config().is_some());
    let expects: Vec<_> = test
        .expects()
        .map(|e| e.expectation().expect("readable"))
        .collect();
    assert_eq!(expects.len(), 16);
    let Expectation::Amount {
        address,
        measure,
        amount,
    } = &expects[0]
    else {
        panic!()
    };
    assert_eq!(
        address.path().map(|p| p.text()),
        Some("addons.Sso.subscription".into())
    );
    assert_eq!(
        (measure.text(), amount.source()),
        ("net".into(), "500.00 EUR".into())
    );
    assert!(matches!(&expects[1], Expectation::Step { rule, .. } if rule.text() == "LongTerm"));
    assert!(matches!(&expects[2], Expectation::Total { .. }));
    assert!(matches!(
        &expects[3],
        Expectation::Applied {
            address: Some(_),
            ..
        }
    ));
    assert!(matches!(
        &expects[4],
        Expectation::NotApplied {
            because: Some(_),
            address: None,
            ..
        }
    ));
    assert!(
        matches!(&expects[5], Expectation::Approval { approvers, .. } if approvers.steps().count() == 2)
    );
    assert!(matches!(
        &expects[6],
        Expectation::Invalid { because: Some(_) }
    ));
    assert!(matches!(
        &expects[7],
        Expectation::NotEligible { because: None, .. }
    ));
    assert!(matches!(&expects[8], Expectation::Warning(_)));
    assert!(matches!(&expects[9], Expectation::Tasks { tasks, .. } if tasks.len() == 2));
    assert!(matches!(&expects[10], Expectation::Error(_)));
}

#[test]
fn validity_and_eligibility_in_golden_tests() {
    let test = only!(items("golden"), Test).remove(0);
    let expects: Vec<_> = test
        .expects()
        .skip(11)
        .map(|e| e.expectation().expect("readable"))
        .collect();
    assert!(matches!(&expects[0], Expectation::Valid));
    assert!(
        matches!(&expects[1], Expectation::Eligible { product } if product.text() == "Platform")
    );
    // A name that looks like a misspelt verb, and rules that are called like an expectation.
    assert!(
        matches!(&expects[2], Expectation::Eligible { product } if product.text() == "Applies")
    );
    assert!(matches!(&expects[3], Expectation::Applied { rule, .. } if rule.text() == "valid"));
    assert!(
        matches!(&expects[4], Expectation::NotApplied { rule, .. } if rule.text() == "eligible")
    );
}
