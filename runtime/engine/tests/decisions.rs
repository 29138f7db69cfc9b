//! Whole decisions on a small shop: amounts that can be redone by hand, and what blocks.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod shop;

use quo_engine::{Answer, Limits, Stopped, evaluate};
use quo_model::Package;
use serde_json::{Value, json};

fn answer_on(package: &Package, request: &Value) -> Answer {
    let bytes = serde_json::to_vec(request).unwrap();
    match evaluate(package, &bytes, &Limits::default()) {
        Ok(evaluation) => evaluation.answer,
        Err(error) => panic!("{error}"),
    }
}

fn request() -> Value {
    serde_json::from_str(shop::REQUEST).unwrap()
}

/// The answer to the usual request with a change.
fn answer(change: impl FnOnce(&mut Value)) -> Answer {
    let mut request = request();
    change(&mut request);
    answer_on(&shop::shop(), &request)
}

fn platform(request: &mut Value) -> &mut Value {
    &mut request["lines"][0]["parts"]["platform"]["options"]
}

#[track_caller]
fn net(answer: &Answer, path: &str) -> String {
    let mut charges = answer.lines.iter().flat_map(|line| &line.charges);
    let charge = charges
        .find(|charge| charge.path == path)
        .expect("a charge with this path");
    charge.net.clone().unwrap_or_else(|| "none".to_owned())
}

fn messages(answer: &Answer) -> Vec<String> {
    answer
        .blocking
        .iter()
        .map(|finding| format!("{}: {}", finding.rule, finding.message))
        .collect()
}

#[test]
fn the_answer_to_the_usual_request() {
    let mut answer = answer(|_| {});
    // The digest is that of the package's bytes, which are not what is tested here.
    assert_eq!(answer.package.digest, shop::shop().digest().to_string());
    answer.package.digest = "digest".to_owned();
    insta::assert_snapshot!(serde_json::to_string_pretty(&answer).unwrap());
}

/// 100 × 12.00 + 50 × 10.50 = 1,725.00 a month.
#[test]
fn graduated_units_are_priced_in_the_tier_they_fall_in() {
    let answer = answer(|request| {
        request["asked"] = json!({});
        request["facts"]["quote"]["term"] = json!(12);
        request["lines"][0]["parts"]["addons"] = json!([]);
        *platform(request) = json!({ "seats": 150 });
    });
    assert_eq!(net(&answer, "platform.subscription"), "1725.00");
    let prices = &answer.lines[0].charges[0].prices;
    let units: Vec<_> = prices
        .iter()
        .map(|price| (price.quantity.as_str(), price.amount.as_str()))
        .collect();
    assert_eq!(units, [("100", "1200.00"), ("50", "525.00")]);
}

/// 16.055 × 1 = 16.055, a tie: half even gives 16.06; × 3 = 48.165 gives 48.16.
#[test]
fn a_tie_goes_to_the_even_cent() {
    for (seats, expected) in [(1, "16.06"), (3, "48.16")] {
        let answer = answer(|request| {
            request["asked"] = json!({});
            platform(request)["seats"] = json!(seats);
        });
        assert_eq!(net(&answer, "platform.subscription"), expected);
    }
}

/// 1,333 × 7 = 9,331 yen; 12.5% is 1,166.375, rounded 1,166.
#[test]
fn yen_have_no_decimals() {
    let answer = answer(|request| {
        request["facts"]["quote"]["currency"] = json!("JPY");
        platform(request)["seats"] = json!(7);
    });
    assert_eq!(net(&answer, "platform.subscription"), "8165");
    assert_eq!(answer.totals.currency, "JPY");
}

/// The contract replaces the list price: 500 × 14.00 = 7,000.00, less 7.5% = 6,475.00.
#[test]
fn a_contract_replaces_the_list_price_and_both_are_shown() {
    let answer = answer(|request| {
        request["asked"] = json!({});
        request["facts"]["account"]["contract"] = json!("C-1009");
    });
    let charge = &answer.lines[0].charges[0];
    assert_eq!(charge.list.as_deref(), Some("8027.50"));
    assert_eq!(charge.contract.as_deref(), Some("7000.00"));
    assert_eq!(charge.net.as_deref(), Some("6475.00"));
    assert_eq!(charge.contract_value.as_ref().unwrap().list, "252000.00");
    assert_eq!(charge.prices[0].book, "Contract");
}

/// 7.5% and then 60% of the rest would leave 37% of the price; the floor is 50%.
#[test]
fn a_floor_holds_back_what_an_adjustment_would_take_beyond_it() {
    let answer = answer(|request| request["asked"]["Discretion"] = json!("60%"));
    let charge = &answer.lines[0].charges[0];
    let steps: Vec<_> = charge
        .steps
        .iter()
        .map(|step| {
            (
                step.rule.as_str(),
                step.saving.as_str(),
                step.kept.as_deref(),
                step.left.as_str(),
            )
        })
        .collect();
    assert_eq!(
        steps,
        [
            ("LongTerm", "602.06", None, "7425.44"),
            ("Discretion", "3411.69", None, "4013.75"),
            ("SeatFloor", "0.00", Some("1043.57"), "4013.75"),
        ]
    );
}

#[test]
fn a_promotion_has_its_days_and_its_bundle() {
    let spring = |date: &str| {
        let answer = answer(|request| request["facts"]["quote"]["date"] = json!(date));
        (
            net(&answer, "platform.onboarding"),
            answer.expires_on.unwrap(),
        )
    };
    assert_eq!(
        spring("2026-02-28"),
        ("2000.00".to_owned(), "2026-12-31".to_owned())
    );
    assert_eq!(
        spring("2026-03-01"),
        ("0.00".to_owned(), "2026-05-31".to_owned())
    );
    assert_eq!(spring("2026-05-31").0, "0.00");
    assert_eq!(spring("2026-06-01").0, "2000.00");
    let alone = answer(|request| {
        request["facts"]["quote"]["date"] = json!("2026-03-01");
        request["lines"] = json!([{ "id": "1", "product": "Platform", "options": { "seats": 1 } }]);
    });
    assert_eq!(net(&alone, "onboarding"), "2000.00");
}

#[test]
fn two_prices_that_nothing_replaces_block_and_so_does_none() {
    let tied = answer(|request| request["facts"]["quote"]["date"] = json!("2026-12-01"));
    assert_eq!(
        messages(&tied),
        [
            "Platform.onboarding: `Europe` and `Sale` have a price for Platform.onboarding each, and none replaces the others"
        ]
    );
    assert!(!tied.valid && !tied.lines[0].valid && tied.lines[0].eligible);
    let none = answer(|request| platform(request)["edition"] = json!("Enterprise"));
    assert_eq!(
        messages(&none),
        ["Platform.subscription: no price book that applies has a price for Platform.subscription"]
    );
    assert_eq!(net(&none, "platform.subscription"), "none");
}

#[test]
fn constraints_windows_and_eligibility_name_line_item_and_product() {
    let answer = answer(|request| {
        request["facts"]["quote"]["region"] = json!("Asia");
        request["facts"]["quote"]["date"] = json!("2026-01-31");
        request["facts"]["quote"]["term"] = json!("6 months");
        platform(request)["edition"] = json!("Standard");
    });
    let blocking: Vec<_> = answer.blocking.iter().take(4).collect();
    insta::assert_snapshot!(serde_json::to_string_pretty(&blocking).unwrap());
    assert!(!answer.lines[0].eligible);
    assert_eq!(answer.lines[0].ineligible.len(), 2);
}

#[test]
fn arithmetic_without_an_answer_blocks_and_names_the_rule() {
    let answer = answer(|request| platform(request)["seats"] = json!(100_000));
    assert_eq!(
        messages(&answer),
        ["Capacity: Capacity cannot be worked out: a number in it gets too large to be exact"]
    );
    assert_eq!(answer.blocking[0].item.as_deref(), Some("platform"));
}

#[test]
fn approvals_follow_the_discount_even_of_an_invalid_quote() {
    let asks = |discretion: &str, edition: &str| {
        let answer = answer(|request| {
            request["asked"]["Discretion"] = json!(discretion);
            platform(request)["edition"] = json!(edition);
        });
        let approval = &answer.approvals[0];
        let steps: Vec<String> = approval
            .steps
            .iter()
            .map(|step| step.roles.join("+"))
            .collect();
        (approval.values["discount"].clone(), steps.join(" then "))
    };
    // List: 36 × (8,027.50 + 0.38 + 500.00 + 30.00) + 2,000.00 = 310,083.68; saved: 36 × 602.06 = 21,674.16.
    assert_eq!(asks("0", "Pro"), ("6.99".to_owned(), String::new()));
    assert_eq!(asks("12.5", "Pro").1, "SalesManager");
    assert_eq!(asks("40", "Pro").1, "DealDesk then CFO");
    assert_eq!(asks("0", "Enterprise").0, "0.00");
}

#[test]
fn what_waits_for_a_task_left_out_waits_for_what_that_waited_for() {
    let tasks = |addons: Value| -> Vec<String> {
        let answer = answer(|request| request["lines"][0]["parts"]["addons"] = addons);
        let tasks = answer.fulfilment[0].tasks.iter();
        tasks
            .map(|task| format!("{} after {}", task.name, task.after.join(",")))
            .collect()
    };
    assert_eq!(
        tasks(json!({ "product": "Audit" })),
        [
            "billing after ",
            "entitle after billing",
            "ship after billing,entitle",
            "schedule after ship"
        ]
    );
    assert_eq!(
        tasks(json!([])),
        [
            "billing after ",
            "entitle after billing",
            "schedule after billing,entitle"
        ]
    );
}

#[test]
fn limits_stop_a_decision() {
    let package = shop::shop();
    let stopped = |limits: &Limits<'_>| match evaluate(&package, shop::REQUEST.as_bytes(), limits) {
        Err(quo_engine::EvaluateError::Stopped(stopped)) => stopped,
        other => panic!("{other:?}"),
    };
    let fuel = Limits {
        fuel: Some(20),
        cancel: None,
    };
    assert_eq!(stopped(&fuel), Stopped::OutOfFuel { fuel: 20 });
    let flag = std::sync::atomic::AtomicBool::new(true);
    let cancelled = Limits {
        fuel: None,
        cancel: Some(&flag),
    };
    assert_eq!(stopped(&cancelled), Stopped::Cancelled);
}

#[test]
fn equal_requests_give_equal_bytes_whatever_their_spelling() {
    let package = shop::shop();
    let evaluate = |json: &[u8]| evaluate(&package, json, &Limits::default()).unwrap();
    let usual = evaluate(shop::REQUEST.as_bytes());
    let mut other = request();
    other["lines"][0]["parts"]["platform"] = json!([other["lines"][0]["parts"]["platform"]]);
    other["lines"][0]["parts"]["addons"] = json!([
        { "product": "Audit", "options": { "seats": 20 } }, { "product": "Sso", "options": { "seats": 500 } }
    ]);
    other["asked"]["Discretion"] = json!("12.50%");
    other["facts"]["quote"]["term"] = json!("3 years");
    let other = evaluate(&serde_json::to_vec(&other).unwrap());
    assert_eq!(usual.request, other.request);
    assert_eq!(usual.request_fingerprint, other.request_fingerprint);
    assert_eq!(usual.answer_fingerprint, other.answer_fingerprint);
    assert_eq!(usual.replay_token, other.replay_token);
    // The fingerprint is part of the format: it changes only with the request, the rules or the recipe's name.
    insta::assert_snapshot!(usual.request_fingerprint);
}
