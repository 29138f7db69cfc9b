//! Explanations as a person reads them.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod shop;

use quo_engine::{Ask, ExplainError, Explanation, Limits, decide, explain, read_request};
use serde_json::{Value, json};

fn explained(
    change: impl FnOnce(&mut Value),
    why_not: Option<&str>,
) -> Result<Explanation, ExplainError> {
    let mut request: Value = serde_json::from_str(shop::REQUEST).unwrap();
    change(&mut request);
    let package = shop::shop();
    let request = read_request(&package, request.to_string().as_bytes()).unwrap();
    let ask = Ask {
        why_not: why_not.map(str::to_owned),
        viewer: Vec::new(),
    };
    explain(&package, &request, &Limits::default(), &ask)
}

#[test]
fn the_usual_request() {
    insta::assert_snapshot!(explained(|_| {}, None).unwrap().to_text(false));
}

#[test]
fn an_invalid_request_under_a_contract() {
    let change = |request: &mut Value| {
        request["facts"]["account"]["contract"] = json!("C-1009");
        request["facts"]["quote"]["region"] = json!("Asia");
        request["facts"]["quote"]["term"] = json!(6);
        request["lines"][0]["parts"]["platform"]["options"] =
            json!({ "edition": "Standard", "seats": 150 });
        request["asked"] = json!({});
    };
    insta::assert_snapshot!(explained(change, None).unwrap().to_text(false));
}

#[test]
fn why_not() {
    let change = |request: &mut Value| {
        request["facts"]["quote"]["term"] = json!(12);
        request["facts"]["quote"]["date"] = json!("2026-12-24");
        request["lines"][0]["parts"]["addons"] = json!([{ "product": "Sso" }]);
        request["lines"]
            .as_array_mut()
            .unwrap()
            .push(json!({ "id": "2", "product": "Platform", "options": { "seats": 7 } }));
        request["asked"] = json!({});
    };
    let ids = [
        "LongTerm",
        "SpringStart",
        "Discretion",
        "SeatFloor",
        "SsoNeedsPro",
        "AuditAdvised",
        "AuditInEurope",
        "Contract",
        "Platform.onboarding",
        "Commercial",
        "| * | DealDesk then CFO |",
        "Suite.ship",
    ];
    let page: Vec<String> = ids
        .iter()
        .map(|id| explained(change, Some(id)).unwrap().to_text(false))
        .map(|text| text.split_once("\n\n").unwrap().1.to_owned())
        .collect();
    insta::assert_snapshot!(page.join("\n"));
}

#[test]
fn an_unknown_rule_has_neighbours() {
    let error = explained(|_| {}, Some("LongTrem")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no rule `LongTrem`; did you mean `LongTerm`?"
    );
}

#[test]
fn listening_changes_nothing_and_colours_only_colour() {
    let explanation = explained(|_| {}, None).unwrap();
    let package = shop::shop();
    let request = read_request(&package, shop::REQUEST.as_bytes()).unwrap();
    let answer = decide(&package, &request, &Limits::default())
        .unwrap()
        .answer(&package);
    let charges = explanation
        .lines
        .iter()
        .flat_map(|line| &line.charges)
        .map(|charge| &charge.charge);
    let decided = answer.lines.iter().flat_map(|line| &line.charges);
    assert!(charges.eq(decided));
    assert_eq!(explanation.totals, answer.totals);
    let mut plain = explanation.to_text(true);
    for code in [
        "\u{1b}[0m",
        "\u{1b}[1m",
        "\u{1b}[2m",
        "\u{1b}[31m",
        "\u{1b}[32m",
    ] {
        plain = plain.replace(code, "");
    }
    assert_eq!(plain, explanation.to_text(false));
    let data = serde_json::to_string(&explanation).unwrap();
    assert_eq!(
        serde_json::from_str::<Explanation>(&data).unwrap(),
        explanation
    );
}
