//! What amounts must do, whatever the numbers: shares add up to what was spread, in every currency; who takes more pays no
//! less where each unit has a price of its tier.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking, as tests do"
)]

use std::fmt::Write as _;

use quo_cases::generate::Random;
use quo_engine::{Answer, Limits, Package, evaluate};
use quo_model::PackageStore;
use quo_source::{SourceFile, Sources, render};
use quo_value::{Currency, Decimal};
use serde_json::{Value, json};

/// A currency for each number of decimals that ISO 4217 knows.
const CURRENCIES: [&str; 4] = ["JPY", "EUR", "KWD", "CLF"];

const HEADER: &str = "ruleset amounts.of.many 1.0.0\nlanguage 1\n";

fn package(rules: &str) -> Package {
    let files = [("ruleset.quo", HEADER), ("rules.quo", rules)];
    let files = files.map(|(path, text)| SourceFile::new(path, text).unwrap());
    let built = quo_driver::build(Sources::new(files.to_vec()).unwrap()).unwrap();
    let report = render::terminal(&built.sources, &built.diagnostics, false);
    let bytes = built.package.unwrap_or_else(|| panic!("{report}\n{rules}"));
    let folder = tempfile::tempdir().unwrap();
    let store = PackageStore::open(folder.path()).unwrap();
    let digest = store.put(&bytes).unwrap();
    store.get(&digest).unwrap()
}

fn answer(package: &Package, request: &Value) -> Answer {
    match evaluate(package, request.to_string().as_bytes(), &Limits::default()) {
        Ok(evaluation) => evaluation.answer,
        Err(error) => panic!("{error}\n{request:#}"),
    }
}

fn number(text: &Value) -> Decimal {
    text.as_str().unwrap().parse().unwrap()
}

/// An amount of a currency, with its decimals.
fn amount(currency: &str, random: &mut Random) -> String {
    let places = Currency::from_code(currency).unwrap().minor_units();
    let digits = u32::try_from(random.below(12)).unwrap();
    let units = i128::try_from(random.below(10_usize.pow(digits))).unwrap();
    Decimal::new(units, places).unwrap().to_string()
}

#[test]
fn shares_add_up_in_every_currency() {
    let mut rules = format!(
        "facts quote {{ currency: Currency, date: Date, term: Period, amount: Money, weights: list of Int from 1 to 1_000_000 }}\n\
         currencies {}\n",
        CURRENCIES.join(", ")
    );
    let mut ways = 0;
    for mode in ["down", "up", "half even", "half up", "half down"] {
        for to in ["largest", "first", "last", "heaviest"] {
            for by in ["", " by w"] {
                writeln!(
                    rules,
                    "result way{ways} = spread quote.amount over w in quote.weights{by}, rounded {mode} to currency, remainder to {to}"
                )
                .unwrap();
                ways += 1;
            }
        }
    }
    let package = package(&rules);
    let mut random = Random::new(1);
    for round in 0..200 {
        let currency = CURRENCIES[round % CURRENCIES.len()];
        let weights: Vec<String> = (0..=random.below(12))
            .map(|_| (random.below(1_000) * random.below(1_000) + 1).to_string())
            .collect();
        let amount = amount(currency, &mut random);
        let quote = json!({
            "currency": currency, "date": "2026-01-01", "term": "12 months", "amount": amount, "weights": weights,
        });
        let answer = answer(
            &package,
            &json!({ "facts": { "quote": quote }, "lines": [] }),
        );
        assert_eq!(answer.results.len(), ways);
        let whole: Decimal = amount.parse().unwrap();
        for (way, shares) in &answer.results {
            let shares = shares.as_array();
            let shares = shares
                .unwrap_or_else(|| panic!("{way} has no value: {quote}\n{:?}", answer.blocking));
            assert_eq!(shares.len(), weights.len(), "{way}: {quote}");
            let sum = shares
                .iter()
                .map(number)
                .reduce(|a, b| a.checked_add(b).unwrap());
            let same = sum.unwrap().checked_sub(whole).unwrap();
            assert_eq!(same.mantissa(), 0, "{way}: {shares:?} of {quote}");
        }
    }
}

#[test]
fn who_takes_more_pays_no_less_where_units_have_the_price_of_their_tier() {
    for seed in 0..40 {
        let mut random = Random::new(seed);
        let mut rows = String::new();
        let (mut low, mut tiers) = (1, 1 + random.below(6));
        while tiers > 0 {
            tiers -= 1;
            let high = low + random.below(300);
            let cell = if tiers == 0 {
                format!("above {}", low - 1)
            } else {
                format!("{low} to {high}")
            };
            let price = Decimal::new(i128::try_from(random.below(100_000)).unwrap(), 3).unwrap();
            writeln!(rows, "    | {cell} || {price} |").unwrap();
            low = high + 1;
        }
        let rules = format!(
            "facts quote {{ currency: Currency, date: Date, term: Period }}\n\
             currencies EUR\n\
             product Seat \"Seat\" {{\n  option seats: Int from 0 to 100_000\n  charge fee: recurring monthly per seats\n}}\n\
             price book List \"List\" {{\n  currency EUR\n  effective from 2025-01-01\n  round half even to currency\n\
             \n  price Seat.fee, graduated by seats\n    | seats || price |\n{rows}}}\n"
        );
        let package = package(&rules);
        let mut before = Decimal::new(0, 0).unwrap();
        let mut seats = 0;
        for _ in 0..40 {
            let line = json!({ "id": "1", "product": "Seat", "options": { "seats": seats } });
            let quote = json!({ "currency": "EUR", "date": "2026-01-01", "term": "12 months" });
            let answer = answer(
                &package,
                &json!({ "facts": { "quote": quote }, "lines": [line] }),
            );
            let total = answer.totals.contract.unwrap();
            let net: Decimal = total.net.parse().unwrap();
            let grown = net.checked_sub(before).unwrap();
            assert!(
                grown.mantissa() >= 0,
                "{seats} seats cost {net}, fewer {before}\n{rules}"
            );
            before = net;
            seats += random.below(60);
        }
    }
}
