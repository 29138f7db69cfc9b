//! Every kind of expectation: one that holds passes, one that does not is told where it stands and with what was found.
//!
//! The rules are those of `tests/fleet`, the leasing of company cars; each case is the text of a test and a snapshot of what
//! the runner says about it.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::path::Path;

use quo_driver::{Built, build, load};
use quo_engine::Package;
use quo_golden::{Outcome, run, run_watched};
use quo_model::PackageStore;
use quo_source::{SourceFile, Sources, render};

/// 25 middle cars of a large fleet for three years, 10% agreed. A month is 22.50 for the fleet desk, 8_894.88 for the cars
/// and 957.60 for maintenance, 36 times; a quarter is 4_935.00 for insurance, 12 times; delivery is free: 414_719.28.
const QUOTE: &str = r#"
  given account { id "C-1", kind Company, country DE, fleet_size 60 }
  given quote { currency EUR, term 36 months, date 2026-10-05 }
  line 1: FullService {
    car { class Middle, drive Diesel, cars 25 }
    services { Maintenance, Insurance }
  }
  asked Haggled 10%
"#;

/// An electric car with a fuel card, for a rental firm: the rules object.
const OBJECTED: &str = r#"
  given account { id "C-2", kind RentalFirm, country DE }
  given quote { currency EUR, term 36 months, date 2026-06-05 }
  line 1: FullService {
    car { class Compact, drive Electric, cars 10 }
    services { FuelCard }
    wallbox { boxes 3 }
  }
"#;

/// A quote in a currency without a price book.
const UNPRICED: &str = r#"
  given account { id "C-1", kind Company, country DE }
  given quote { currency GBP, term 36 months, date 2026-06-05 }
  line 1: FullService { car { class Middle, cars 10 } }
"#;

/// A quote without lines.
const EMPTY: &str = r#"
  given account { id "C-1", kind Company, country DE }
  given quote { currency EUR, term 36 months, date 2026-06-05 }
"#;

/// More decimals than the discount has.
const REFUSED: &str = r#"
  given account { id "C-2", kind Company, country DE }
  given quote { currency EUR, term 36 months, date 2026-06-05 }
  line 1: FullService { car { class Middle, cars 10 } }
  asked Haggled 10.25%
"#;

/// The rules with one more file of tests.
fn built(tests: &str) -> Built {
    let fleet = load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fleet")).unwrap();
    let mut files: Vec<SourceFile> = fleet
        .iter()
        .map(|(_, file)| SourceFile::new(file.path(), file.text().clone()).unwrap())
        .collect();
    files.push(SourceFile::new("tests/case.quo", tests).unwrap());
    build(Sources::new(files).unwrap()).unwrap()
}

fn package(built: &Built) -> Package {
    let folder = tempfile::tempdir().unwrap();
    let store = PackageStore::open(folder.path()).unwrap();
    let bytes = built.package.as_ref().expect("the rules have no error");
    store.get(&store.put(bytes).unwrap()).unwrap()
}

/// What the compiler says, or else what the runner says, about a test.
fn told(quote: &str, expectations: &[&str]) -> String {
    let expectations: String = expectations
        .iter()
        .map(|expectation| format!("  expect {expectation}\n"))
        .collect();
    let text = format!("test \"case\" {{{quote}{expectations}}}\n");
    let built = built(&text);
    if built.package.is_none() {
        return render::terminal(&built.sources, &built.diagnostics, false);
    }
    let tests = &built.rules.as_ref().unwrap().tests;
    let case: Vec<_> = tests
        .iter()
        .filter(|test| test.name == "case")
        .cloned()
        .collect();
    let [outcome] = &run(&package(&built), &case)[..] else {
        panic!("one test, one outcome");
    };
    if outcome.passed() {
        return format!("passes, {} expectations\n", outcome.expectations);
    }
    render::terminal(&built.sources, &outcome.failures, false)
}

fn passes(quote: &str, expectation: &str) {
    assert_eq!(
        told(quote, &[expectation]),
        "passes, 1 expectations\n",
        "{expectation}"
    );
}

#[test]
fn the_tests_of_the_ruleset_pass_in_their_order() {
    let built = built("");
    let tests = &built.rules.as_ref().unwrap().tests;
    let done = std::sync::atomic::AtomicUsize::new(0);
    let count = || {
        done.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    };
    let outcomes = run_watched(&package(&built), tests, &count);
    let names = |outcomes: &[Outcome]| {
        outcomes
            .iter()
            .map(|outcome| outcome.name.clone())
            .collect::<Vec<_>>()
    };
    assert!(outcomes.iter().all(Outcome::passed), "{outcomes:?}");
    assert_eq!(
        names(&outcomes),
        tests
            .iter()
            .map(|test| test.name.clone())
            .collect::<Vec<_>>()
    );
    assert_eq!(done.into_inner(), tests.len());
}

#[test]
fn what_holds_passes() {
    for expectation in [
        "line 1 car.rate list 10_295.00 EUR",
        "line 1 car.rate net 8_894.88 EUR",
        "line 1 car.rate step BigFleet 411.80 EUR",
        "line 1 car.mileage unit 0 EUR",
        "total net 414_719.28 EUR",
        "total list 477_900.00 EUR",
        "BigFleet applied",
        "BigFleet applied on line 1 car.rate",
        "BigFleet not applied on line 1 account_fee",
        "Gift not applied",
        "Gift not applied because \"account.rating\"",
        "approval Credit TeamLead or RiskDesk",
        "tasks line 1 handover, contract, order, register",
        "valid",
        "eligible FullService",
        "eligible Insurance",
    ] {
        passes(QUOTE, expectation);
    }
    for expectation in [
        "invalid",
        "invalid because \"no fuel card\"",
        "not eligible Wallbox",
        "eligible FuelCard",
        "not eligible Wallbox because \"companies\"",
        "warning \"usually insure\"",
    ] {
        passes(OBJECTED, expectation);
    }
    passes(REFUSED, "error \"more than 1 decimal\"");
}

/// Amounts are numbers: how many zeros are written does not matter, any other digit does.
#[test]
fn amounts_are_compared_as_numbers() {
    for amount in ["957.6 EUR", "957.60 EUR", "957.600 EUR", "00957.60 EUR"] {
        passes(
            QUOTE,
            &format!("line 1 services.Maintenance.fee net {amount}"),
        );
    }
    passes(QUOTE, "line 1 car.delivery net 0 EUR");
    passes(QUOTE, "line 1 car.delivery net 0.00 EUR");
    insta::assert_snapshot!(
        "amount_a_cent_off",
        told(QUOTE, &["line 1 services.Maintenance.fee net 957.61 EUR"])
    );
    insta::assert_snapshot!(
        "amount_a_tenth_of_a_cent_off",
        told(QUOTE, &["line 1 services.Maintenance.fee net 957.601 EUR"])
    );
}

macro_rules! fails {
    ($($name:ident: $quote:ident, $expectations:expr;)*) => {$(
        #[test]
        fn $name() {
            let told = told($quote, &$expectations);
            assert!(told.contains("error["), "it does not fail: {told}");
            insta::assert_snapshot!(stringify!($name), told);
        }
    )*};
}

fails! {
    wrong_list: QUOTE, ["line 1 car.rate list 10_000.00 EUR"];
    wrong_net_shows_the_waterfall: QUOTE, ["line 1 car.rate net 9_000.00 EUR"];
    wrong_currency: QUOTE, ["line 1 car.rate list 10_295.00 PLN"];
    no_contract_price: QUOTE, ["line 1 car.rate contract 10_295.00 EUR"];
    no_single_unit_price: QUOTE, ["line 1 car.rate unit 419.00 EUR"];
    no_price: UNPRICED, ["line 1 car.rate net 4_190.00 GBP"];
    wrong_step: QUOTE, ["line 1 car.rate step Haggled 988.00 EUR"];
    step_that_does_not_apply: QUOTE, ["line 1 car.rate step Gift 150.00 EUR"];
    wrong_line: QUOTE, ["line 2 car.rate list 10_295.00 EUR"];
    wrong_path: QUOTE, ["line 1 car.rates list 10_295.00 EUR"];
    wrong_total: QUOTE, ["total net 414_719.27 EUR"];
    wrong_currency_of_a_total: QUOTE, ["total net 414_719.28 GBP"];
    not_applied: QUOTE, ["Gift applied on line 1 car.delivery"];
    not_applied_anywhere: OBJECTED, ["AutumnDelivery applied"];
    applied_after_all: QUOTE, ["AutumnDelivery not applied"];
    applied_elsewhere: QUOTE, ["BigFleet applied on line 1 account_fee"];
    other_reason: QUOTE, ["Gift not applied because \"fleet_size\""];
    other_approvers: QUOTE, ["approval Credit TeamLead and RiskDesk then Treasurer"];
    nobody_approves: QUOTE, ["approval Credit none"];
    valid_after_all: QUOTE, ["invalid because \"no fuel card\""];
    invalid_for_another_reason: OBJECTED, ["invalid because \"term\""];
    invalid_after_all: OBJECTED, ["valid"];
    unpriced_is_not_valid: UNPRICED, ["valid"];
    not_eligible_after_all: OBJECTED, ["eligible Wallbox"];
    eligible_but_not_in_the_request: QUOTE, ["eligible Wallbox"];
    not_eligible_but_not_in_the_request: QUOTE, ["not eligible FuelCard because \"Great Britain\""];
    eligible_without_lines: EMPTY, ["eligible Car"];
    refused_is_not_valid: REFUSED, ["valid"];
    eligible_after_all: QUOTE, ["not eligible Insurance because \"Great Britain\""];
    not_eligible_for_another_reason: OBJECTED, ["not eligible Wallbox because \"Great Britain\""];
    other_warning: OBJECTED, ["warning \"too expensive\""];
    no_warning: QUOTE, ["warning \"usually insure\""];
    other_tasks: QUOTE, ["tasks line 1 contract, order, register, box, handover"];
    tasks_of_no_line: QUOTE, ["tasks line 7 contract"];
    not_refused: QUOTE, ["error \"more than 1 decimal\""];
    refused_for_another_reason: REFUSED, ["error \"unknown product\""];
    refused_is_one_failure: REFUSED, [
        "line 1 car.rate list 4_190.00 EUR",
        "total net 1.00 EUR",
        "error \"more than 1 decimal\"",
    ];
    every_failure_is_told: QUOTE, [
        "line 1 car.rate list 1.00 EUR",
        "line 1 car.rate list 10_295.00 EUR",
        "approval Credit none",
    ];
    nothing_expected: QUOTE, [];
}

/// What a test names has to be there: each such mistake is an error of the ruleset, with its place.
#[test]
fn unknown_names_are_errors_of_the_ruleset() {
    for (expectation, unknown) in [
        ("BigFleets applied", "`BigFleets`"),
        ("approval Kredit none", "`Kredit`"),
        ("not eligible Walbox", "`Walbox`"),
        ("eligible Walbox", "`Walbox`"),
        ("line 1 car.rate nett 1.00 EUR", "`nett`"),
        ("total contract 1.00 EUR", "`contract`"),
        ("line 1 car.rate list 10_295.00", "currency"),
    ] {
        let told = told(QUOTE, &[expectation]);
        assert!(told.contains("error[Q") && told.contains(unknown), "{told}");
        assert!(told.contains("tests/case.quo:9:"), "{told}");
        assert!(
            !told.contains("[Q5003]"),
            "it is found before the test runs: {told}"
        );
    }
}
