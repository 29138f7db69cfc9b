//! `quo replay`: a decision again, long after its rules have changed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    dead_code,
    reason = "helpers of tests fail by panicking, as tests do; each file of tests uses some of them"
)]

mod common;

use common::Desk;
use insta::assert_snapshot;
use serde_json::Value;

/// The evaluation of the 25 cars with the rules as they are now.
fn evaluated(desk: &Desk) -> (Value, String) {
    let (code, json) = desk.json(&["eval", "fleet", "--request", "diesels.json"]);
    assert_eq!(code, 0);
    let token = json["replay_token"].as_str().unwrap().to_owned();
    (json, token)
}

#[test]
fn a_token_gives_the_same_answer() {
    let desk = Desk::new();
    let (then, token) = evaluated(&desk);
    let (code, mut now) = desk.json(&["replay", &token]);
    assert_eq!((code, now["same"].take()), (0, true.into()));
    now.as_object_mut().unwrap().remove("same");
    assert_eq!(now, then);

    let eval = desk.quo(&["eval", "fleet", "--request", "diesels.json"]);
    let replayed = desk.quo(&["replay", &token]);
    assert_eq!(
        replayed.stdout,
        eval.stdout + "the same answer as then, byte for byte\n"
    );
    // As it arrives from a mail.
    assert_eq!(
        desk.quo(&["replay", &format!(" {token}\n")]).stdout,
        replayed.stdout
    );
}

/// An answer that was not valid is repeated like any other: the code speaks of the repetition.
#[test]
fn what_was_not_valid_is_repeated_too() {
    let desk = Desk::new();
    let (code, json) = desk.json(&["eval", "fleet", "--request", "objected.json"]);
    assert_eq!(code, 1);
    let ran = desk.quo(&["replay", json["replay_token"].as_str().unwrap()]);
    assert_eq!(ran.code, 0);
    assert!(
        ran.stdout.starts_with("fleet.leasing 1.0.0: not valid\n"),
        "{}",
        ran.stdout
    );
}

#[test]
fn the_old_token_gives_the_old_answer_after_the_rules_have_changed() {
    let desk = Desk::new();
    let (then, token) = evaluated(&desk);
    desk.edit(
        "fleet/prices/rates.csv",
        "Car.rate,EUR,Middle,*,1 to 19,*,419.00",
        "Car.rate,EUR,Middle,*,1 to 19,*,450.00",
    );
    desk.edit("fleet/ruleset.quo", "1.0.0", "1.1.0");
    let (now, new_token) = evaluated(&desk);
    assert_ne!(now["answer_fingerprint"], then["answer_fingerprint"]);
    assert_eq!(now["answer"]["package"]["version"], "1.1.0");
    assert_eq!(now["request_fingerprint"], then["request_fingerprint"]);

    std::fs::remove_dir_all(desk.path("fleet")).unwrap();
    for (token, answer) in [(&token, &then), (&new_token, &now), (&token, &then)] {
        let (code, repeated) = desk.json(&["replay", token]);
        assert_eq!((code, &repeated["same"]), (0, &true.into()));
        assert_eq!(repeated["answer"], answer["answer"]);
        assert_eq!(repeated["answer_fingerprint"], answer["answer_fingerprint"]);
    }
    let (_, explained) = desk.json(&["replay", &token, "--explain"]);
    assert_eq!(
        (&explained["same"], &explained["explanation"]["version"]),
        (&true.into(), &"1.0.0".into())
    );
    let text = desk.quo(&["replay", &token, "--explain"]).stdout;
    assert!(
        text.contains("19 × 419.00 = 7961.00") && text.ends_with("byte for byte\n"),
        "{text}"
    );
}

#[test]
fn a_package_that_is_not_in_the_store_can_be_given() {
    let desk = Desk::new();
    let (_, token) = evaluated(&desk);
    assert_eq!(desk.quo(&["build", "fleet", "-o", "old.quop"]).code, 0);
    desk.edit("fleet/ruleset.quo", "1.0.0", "1.1.0");
    assert_eq!(desk.quo(&["build", "fleet", "-o", "new.quop"]).code, 0);

    let elsewhere = ["replay", &token, "--store", "elsewhere"];
    assert_snapshot!("replay_unknown_package", desk.page(&desk.quo(&elsewhere)));
    let with = |files: &[&'static str]| {
        let mut args = elsewhere.to_vec();
        for file in files {
            args.extend(["--package", file]);
        }
        desk.quo(&args)
    };
    assert_eq!(with(&["new.quop"]).code, 2);
    desk.write("damaged.quop", "QUOPACK");
    let damaged = with(&["damaged.quop"]);
    assert_eq!(damaged.code, 2);
    assert!(
        damaged.stderr.contains("`damaged.quop` cannot be opened"),
        "{}",
        damaged.stderr
    );
    assert_eq!(with(&["new.quop", "old.quop"]).code, 0);
    // From now on it is in that store.
    assert_eq!(desk.quo(&elsewhere).code, 0);
    let (code, json) = desk.json(&["replay", &token, "--store", "nothing-here"]);
    assert_eq!((code, &json["ok"]), (2, &false.into()));
}

#[test]
fn what_is_no_token_is_refused_with_a_sentence() {
    let desk = Desk::new();
    let (_, token) = evaluated(&desk);
    let (cut, last) = token.split_at(token.len() - 1);
    let changed = token.replacen("qr1.", "qr1.A", 1);
    let mut page = String::new();
    for (what, token) in [
        ("empty", ""),
        ("garbage", "the answer of last week"),
        ("only the beginning", "qr1."),
        ("foreign characters", "qr1.%%%"),
        ("cut off", cut),
        ("a character more", &changed),
        ("only its end", last),
        ("of the future", &token.replacen("qr1.", "qr2.", 1)),
    ] {
        let ran = desk.quo(&["replay", token]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{what}");
        page.push_str(&format!("{what}: {}", ran.stderr));
        assert_eq!(desk.json(&["replay", token]).0, 2);
    }
    assert_snapshot!("replay_no_token", page);
}
