//! What is hidden from a role is nowhere in what somebody with it is shown, and everywhere for everybody else.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

use std::path::Path;

use quo_engine::{Ask, Evaluation, Limits, answer_for, evaluate, explain};
use quo_model::{Package, PackageStore};

/// What the hidden facts of the request would show: their values, and what is worked out of them.
const SECRETS: [&str; 6] = [
    "77.77",
    "12.23",
    "2026-04-13",
    "0 to 3",
    "2026-05-13",
    "qr1.",
];

fn evaluated() -> (Package, Evaluation) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rulesets/hidden-facts");
    let built = quo_driver::build(quo_driver::load(&folder).unwrap()).unwrap();
    let store = tempfile::tempdir().unwrap();
    let store = PackageStore::open(store.path()).unwrap();
    let digest = store.put(built.package.as_ref().unwrap()).unwrap();
    let package = store.get(&digest).unwrap();
    let request = serde_json::json!({
        "facts": {
            "quote": { "currency": "EUR", "date": "2026-07-01", "term": "12 months" },
            "cost": { "unit": "77.77", "tier": 2, "checked_on": "2026-04-13" },
        },
        "lines": [{ "id": "1", "product": "Valve" }],
    });
    let evaluation =
        evaluate(&package, request.to_string().as_bytes(), &Limits::default()).unwrap();
    (package, evaluation)
}

/// Every explanation there is of the evaluation, as data and as text.
fn told(package: &Package, evaluation: &Evaluation, viewer: &[&str]) -> String {
    let mut told = String::new();
    let rules = ["Partner", "CostIsKnown", "Valves", "Margin", "Valve.price"];
    for why_not in std::iter::once(None).chain(rules.map(Some)) {
        let ask = Ask {
            why_not: why_not.map(str::to_owned),
            viewer: viewer.iter().map(|role| (*role).to_owned()).collect(),
        };
        let explanation = explain(package, &evaluation.request, &Limits::default(), &ask).unwrap();
        told.push_str(&serde_json::to_string(&explanation).unwrap());
        told.push_str(&explanation.to_text(false));
    }
    told
}

#[test]
fn a_hidden_fact_is_nowhere_in_what_its_role_is_shown() {
    let (package, evaluation) = evaluated();
    let roles = ["CFO".to_owned(), "Sales".to_owned()];
    let answer = answer_for(&package, &evaluation, &Limits::default(), &roles);
    let answer = serde_json::to_string(&answer.unwrap().unwrap()).unwrap();
    let explained = told(&package, &evaluation, &["CFO", "Sales"]);
    for secret in SECRETS {
        assert!(!answer.contains(secret), "{secret} in {answer}");
        assert!(!explained.contains(secret), "{secret} in {explained}");
    }
    // What is sold, and for how much, is seen.
    assert!(answer.contains("\"net\":\"90.00\"") && answer.contains("\"paid\":\"90.00\""));
    assert!(explained.contains("have the cost checked"));
}

#[test]
fn whoever_has_other_roles_sees_all_of_it() {
    let (package, evaluation) = evaluated();
    let roles = ["CFO".to_owned()];
    let answer = answer_for(&package, &evaluation, &Limits::default(), &roles).unwrap();
    assert_eq!(answer, None);
    let open = serde_json::to_string(&evaluation.answer).unwrap() + &evaluation.replay_token;
    let explained = told(&package, &evaluation, &["CFO"]) + &open;
    assert_eq!(explained, told(&package, &evaluation, &[]) + &open);
    for secret in SECRETS {
        assert!(explained.contains(secret), "{secret} in {explained}");
    }
}
