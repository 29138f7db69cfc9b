//! What promotions over the whole quote must be, whatever the basket: the same however its units are split over lines and
//! whatever their order, shares that add up, and losers that never save more than who won.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking, as tests do"
)]

use quo_cases::generate::Random;
use quo_cases::{compiled, folder};
use quo_engine::{Answer, Limits, Package, evaluate};
use quo_value::Decimal;
use serde_json::{Value, json};

/// Baskets that are tried.
const BASKETS: u64 = 300;

fn package(name: &str) -> Package {
    compiled(&folder().join("../../rulesets/golden").join(name))
        .unwrap()
        .0
}

fn answer(package: &Package, request: &Value) -> Answer {
    let decided = evaluate(package, request.to_string().as_bytes(), &Limits::default());
    decided
        .unwrap_or_else(|error| panic!("{error:?}\n{request:#}"))
        .answer
}

fn amount(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// Bottles by kind: `house` and `estate`.
type Bottles = Vec<(&'static str, usize)>;

fn cellar(lines: &[(&str, usize)], segment: &str, codes: &[&str]) -> Value {
    let lines: Vec<Value> = lines
        .iter()
        .enumerate()
        .map(|(number, (kind, bottles))| {
            let options = json!({ "kind": kind, "bottles": bottles });
            json!({ "id": number.to_string(), "product": "Wine", "options": options, "parts": {} })
        })
        .collect();
    json!({
        "facts": {
            "quote": { "currency": "EUR", "date": "2026-03-01", "term": "1 months" },
            "account": { "segment": segment },
            "voucher": { "spent": "0.00", "uses_of_customer": 0 },
        },
        "codes": codes,
        "lines": lines,
    })
}

/// The same bottles in other lines and another order.
fn split(bottles: &Bottles, random: &mut Random) -> Bottles {
    let mut lines: Bottles = Vec::new();
    for (kind, count) in bottles {
        let mut left = *count;
        while left > 0 {
            let some = random.below(left).saturating_add(1);
            let place = random.below(lines.len().saturating_add(1));
            lines.insert(place, (*kind, some));
            left -= some;
        }
    }
    lines
}

#[test]
fn units_count_alike_however_they_are_split_over_lines() {
    let package = package("promotion-stacking");
    let mut saved = 0;
    for seed in 0..BASKETS {
        let mut random = Random::new(seed);
        let bottles: Bottles = vec![
            ("house", random.below(40).saturating_add(1)),
            ("estate", random.below(40).saturating_add(1)),
        ];
        let one = answer(&package, &cellar(&bottles, "Private", &[])).totals;
        let lines = split(&bottles, &mut random);
        let other = answer(&package, &cellar(&lines, "Private", &[])).totals;
        assert_eq!(one, other, "seed {seed}: {bottles:?} and {lines:?}");
        saved += usize::from(one.contract.is_some_and(|total| total.list != total.net));
    }
    assert!(saved > 200, "only {saved} baskets saved anything");
}

#[test]
fn shares_of_one_amount_add_up_to_it() {
    let package = package("promotion-stacking");
    let mut applied = 0;
    for seed in 0..BASKETS {
        let mut random = Random::new(seed);
        let bottles: Bottles = vec![
            ("house", random.below(9).saturating_add(1)),
            ("estate", random.below(9).saturating_add(1)),
        ];
        let lines = split(&bottles, &mut random);
        let answer = answer(&package, &cellar(&lines, "Trade", &["CELLAR15"]));
        let charges = answer.lines.iter().flat_map(|line| &line.charges);
        let steps = charges.flat_map(|charge| &charge.steps);
        let shares: Vec<Decimal> = steps
            .filter(|step| step.rule == "Voucher")
            .map(|step| amount(&step.saving))
            .collect();
        if shares.is_empty() {
            continue;
        }
        let sum = shares
            .iter()
            .fold(amount("0"), |sum, share| sum.checked_add(*share).unwrap());
        assert_eq!(sum, amount("15.00"), "seed {seed}: {lines:?}");
        assert!(shares.iter().all(|share| !share.is_negative()));
        assert_eq!(answer.reservations.len(), 1);
        applied += 1;
    }
    assert!(applied > 100, "it applied to {applied} baskets");
}

#[test]
fn a_loser_never_saves_more_than_who_won() {
    let package = package("promotion-exclusion");
    let mut lost = 0;
    for seed in 0..BASKETS {
        let mut random = Random::new(seed);
        let editor = |id: &str, seats: usize| {
            let options = json!({ "seats": seats });
            json!({ "id": id, "product": "Editor", "options": options, "parts": {} })
        };
        let request = json!({
            "facts": {
                "quote": { "currency": "EUR", "date": "2026-04-01", "term": "12 months" },
                "account": { "years": random.below(10) },
            },
            "lines": [
                editor("1", random.below(150).saturating_add(1)),
                editor("2", random.below(50).saturating_add(1)),
            ],
        });
        for loser in answer(&package, &request).not_applied {
            let amounts: Vec<Decimal> = loser
                .reason
                .split([' ', ','])
                .filter_map(|word| word.trim_end_matches(';').parse().ok())
                .collect();
            let [own, of_winner] = amounts.as_slice() else {
                panic!("{}", loser.reason);
            };
            assert!(own <= of_winner, "seed {seed}: {}", loser.reason);
            lost += 1;
        }
    }
    assert!(lost > 50, "{lost} lost");
}
