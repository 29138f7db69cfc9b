//! Loops that look for rows of constants: with the index they give what looking at every row gives, in far fewer steps.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests fail by panicking, as tests do"
)]

use std::fmt::Write;

use quo_driver::{Files, Pipeline};
use quo_engine::{Limits, evaluate};
use quo_lower::Lowered;
use quo_model::{NONE, PackageStore};
use quo_source::{SourceFile, Sources, Work};
use serde_json::{Value, json};

const ROWS: u32 = 7_000;

const RULES: &str = r#"facts quote { currency: Currency, date: Date, term: Period }
facts asked { model: Text?, unit: Text, from: Int from 0 to 100 }
currencies EUR
record Price { model: Text, unit: Text?, from: Int from 0 to 100, each: Decimal with 4 decimals }
data prices: list of Price from "rows.csv"
product Thing "Thing" { charge fee "Fee": one time }
price book List {
  currency EUR
  round half even to currency
  price Thing.fee
    || price |
    || 1.00  |
}
define model = asked.model otherwise "none"
result listed "r" = list of p.each for p in prices where p.model is model and p.unit is asked.unit
result turned "r" = list of p.each for p in prices where asked.from >= p.from and asked.unit is p.unit and model is p.model
result positions "r" = list of at for p at at in prices where p.model is model and at > 3
result maybe "r" = count of p in prices where p.model is asked.model
result among "r" = count of p in prices where p.from is asked.from or p.model is model
result some "r" = any p in prices where p.unit is asked.unit and p.from is asked.from
result all "r" = every p in prices where p.model is model satisfies p.from <= asked.from
result top "r" = largest of p.each for p in prices where p.model is model and p.from is asked.from
result low "r" = smallest of p.each for p in prices where p.unit is asked.unit
result one "r" = (first p in prices where p.model is model and p.from < asked.from).each
result end "r" = (last p in prices where p.model is model).each
result added "r" = sum of p.each for p in prices where p.model is model and p.unit is asked.unit
result carried "r" = running left = 7 for p in prices where p.model is model: if p.from > 50 then p.from else left
result risky "r" = count of p in prices where 100 / p.from, rounded down to 0 places, otherwise 0 is 4 and p.model is model
"#;

/// Models and units that come again, irregularly; some rows have no unit.
fn rows() -> String {
    let mut text = "model,unit,from,each\n".to_owned();
    for row in 0..ROWS {
        let mixed = row.wrapping_mul(2_654_435_761) >> 7;
        let unit = ["kg", "pc", "-"][(mixed % 3) as usize];
        let (model, from) = (mixed % 97, (mixed / 97) % 101);
        writeln!(
            text,
            "m{model},{unit},{from},{}.{:04}",
            row % 13,
            row % 9_999
        )
        .unwrap();
    }
    text
}

fn lowered() -> Lowered {
    let files = [
        (
            "ruleset.quo",
            "ruleset looked.up 1.0.0\nlanguage 1\n".to_owned(),
        ),
        ("offer.quo", RULES.to_owned()),
        ("rows.csv", rows()),
    ];
    let files = files.map(|(path, text)| SourceFile::new(path, text).unwrap());
    let pipeline = Pipeline::new(Work::unlimited());
    let sources = Sources::new(files).unwrap();
    let parsed = pipeline.parse(Files { sources }).unwrap();
    let packed = pipeline.lower(pipeline.check(parsed).unwrap());
    let report = quo_source::render::terminal(&packed.sources, &packed.diagnostics, false);
    packed.lowered.unwrap_or_else(|| panic!("{report}"))
}

fn request(model: Option<&str>, unit: &str, from: u32) -> Vec<u8> {
    let mut asked = json!({ "unit": unit, "from": from });
    if let Some(model) = model {
        asked["model"] = model.into();
    }
    let request = json!({
        "facts": { "quote": { "currency": "EUR", "date": "2026-06-01", "term": "12 months" }, "asked": asked },
        "lines": [{ "id": "1", "product": "Thing" }],
    });
    request.to_string().into_bytes()
}

#[test]
fn an_index_changes_the_steps_and_nothing_else() {
    let indexed = lowered();
    let mut scanned = indexed.clone();
    let loops = &mut scanned.model.program.loops;
    let with_index = loops.iter().filter(|it| it.index != NONE).count();
    // All but `among`, whose condition does not need the model, and `risky`, which fails before it comes to it.
    assert!(with_index >= 12, "{with_index} loops have an index");
    assert!(with_index < loops.len());
    for found in loops {
        found.index = NONE;
        found.keys_at = 0;
    }
    scanned.model.indexes.clear();
    let folder = tempfile::tempdir().unwrap();
    let store = PackageStore::open(folder.path()).unwrap();
    let [indexed, scanned] = [indexed, scanned].map(|it| {
        let digest = store.put(&it.to_package_bytes().unwrap()).unwrap();
        store.get(&digest).unwrap()
    });
    let mut met: Vec<Value> = Vec::new();
    for (model, unit, from) in [
        (Some("m0"), "kg", 0),
        (Some("m5"), "pc", 17),
        (Some("m96"), "kg", 100),
        (Some("m41"), "nobody", 50),
        (Some("nobody"), "kg", 3),
        (None, "pc", 99),
    ] {
        let request = request(model, unit, from);
        let results = [&indexed, &scanned].map(|package| {
            evaluate(package, &request, &Limits::default())
                .unwrap()
                .answer
                .results
        });
        assert_eq!(results[0], results[1], "{model:?} {unit} {from}");
        met.extend(results[0].get("listed").cloned());
    }
    assert!(
        met.iter()
            .any(|it| it.as_array().is_some_and(|it| it.len() > 10))
    );
    assert!(
        met.iter()
            .any(|it| it.as_array().is_some_and(Vec::is_empty))
    );
}

/// The fewest steps with which a decision ends.
#[test]
fn rows_that_are_looked_for_cost_what_there_is_of_them() {
    let mut indexed = lowered();
    let results = &mut indexed.model.results;
    results.truncate(2);
    let mut scanned = indexed.clone();
    scanned.model.program.loops.iter_mut().for_each(|found| {
        found.index = NONE;
        found.keys_at = 0;
    });
    let folder = tempfile::tempdir().unwrap();
    let store = PackageStore::open(folder.path()).unwrap();
    let steps = [indexed, scanned].map(|it| {
        let digest = store.put(&it.to_package_bytes().unwrap()).unwrap();
        let package = store.get(&digest).unwrap();
        let request = request(Some("m5"), "kg", 17);
        let enough = |fuel: u64| {
            let limits = Limits {
                fuel: Some(fuel),
                ..Limits::default()
            };
            evaluate(&package, &request, &limits).is_ok()
        };
        let (mut low, mut high) = (0, 1 << 24);
        assert!(enough(high));
        while low < high {
            let middle = (low + high) / 2;
            if enough(middle) {
                high = middle
            } else {
                low = middle + 1
            }
        }
        low
    });
    assert!(steps[0] < 2_000, "{steps:?}");
    assert!(steps[1] > 50 * steps[0], "{steps:?}");
}
