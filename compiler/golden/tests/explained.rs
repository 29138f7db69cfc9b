//! Calculations are explained: named results with the values on the way to them, and values that a test did not expect.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

use quo_engine::{Ask, Limits, explain, read_request};
use quo_model::{Package, PackageStore};
use quo_source::{SourceFile, Sources};

const RULES: &str = "facts quote { currency: Currency, date: Date, term: Period }
facts asked { days: Int from 0 to 100 }
currencies EUR
product Thing \"Thing\" { charge fee \"Fee\": one time }
price book List {
  currency EUR
  round half even to currency
  price Thing.fee
    || price |
    || 1.00  |
}
define part(base: Decimal, days: Int) {
  let daily = base / days, rounded half up to 4 places, otherwise 0
  let first = [1, 2, days]
  give if days > 20 then daily * 3 else 0
}
result owed \"Owed\" = part(100, asked.days)
";

const TESTS: &str = "test \"too much\" {
  given quote { currency EUR, date 2026-06-01, term 12 months }
  given asked { days 30 }
  line 1: Thing
  expect part(100, asked.days) is 10
}
";

fn built() -> quo_driver::Built {
    let files = [
        ("ruleset.quo", "ruleset explained 1.0.0\nlanguage 1\n"),
        ("offer.quo", RULES),
        ("tests/values.quo", TESTS),
    ];
    let files = files.map(|(path, text)| SourceFile::new(path, text).unwrap());
    let built = quo_driver::build(Sources::new(files).unwrap()).unwrap();
    let report = quo_source::render::terminal(&built.sources, &built.diagnostics, false);
    assert!(built.package.is_some(), "{report}");
    built
}

fn opened(store: &PackageStore, bytes: &[u8]) -> Package {
    store.get(&store.put(bytes).unwrap()).unwrap()
}

fn explained(package: &Package, days: u32) -> (serde_json::Value, String) {
    let request = serde_json::json!({
        "facts": {
            "quote": { "currency": "EUR", "date": "2026-06-01", "term": "12 months" },
            "asked": { "days": days },
        },
        "lines": [{ "id": "1", "product": "Thing" }],
    });
    let request = read_request(package, request.to_string().as_bytes()).unwrap();
    let found = explain(package, &request, &Limits::default(), &Ask::default()).unwrap();
    let json = serde_json::to_value(&found.results).unwrap();
    let text = found.to_text(false);
    let (_, results) = text.split_once("\nResults\n").unwrap();
    (json, results.to_owned())
}

#[test]
fn a_result_is_shown_with_the_values_on_the_way_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = PackageStore::open(folder.path()).unwrap();
    let package = opened(&store, &built().package.unwrap());
    let (json, text) = explained(&package, 30);
    assert_eq!(
        text,
        "  owed  Owed: 9.9999  [offer.quo:17]
    daily is 3.3333
    first is [1, 2, 30]
    part(100, asked.days) is 9.9999
    days > 20: yes, days is 30
"
    );
    let value = |path: &str| json.pointer(path).cloned().unwrap();
    assert_eq!(value("/0/result"), "owed");
    assert_eq!(value("/0/value"), "9.9999");
    assert_eq!(value("/0/place"), "offer.quo:17");
    assert_eq!(value("/0/values/0/text"), "daily");
    assert_eq!(value("/0/tests/0/holds"), true);
    // Nothing to divide by: the other branch, where the latest instruction of the division did not run.
    let (_, text) = explained(&package, 0);
    assert!(text.contains("daily is 0.0000\n"), "{text}");
    assert!(text.contains("days > 20: no, days is 0\n"), "{text}");
}

#[test]
fn a_value_that_was_not_expected_comes_with_the_values_on_the_way_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = PackageStore::open(folder.path()).unwrap();
    let built = built();
    let package = opened(&store, built.tested().unwrap());
    let outcomes = quo_golden::run(&package, &built.rules.unwrap().tests);
    let failures = outcomes.into_iter().flat_map(|outcome| outcome.failures);
    let failures: Vec<_> = failures.collect();
    let report = quo_source::render::terminal(&built.sources, &failures, false);
    for line in [
        "expected 10.0000",
        "9.9999",
        "daily is 3.3333",
        "first is [1, 2, 30]",
    ] {
        assert!(report.contains(line), "{line}: {report}");
    }
}
