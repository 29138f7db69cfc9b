//! `quo eval` and `quo explain`: what is decided, and why.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    dead_code,
    reason = "helpers of tests fail by panicking, as tests do; each file of tests uses some of them"
)]

mod common;

use common::{DIESELS, Desk};
use insta::assert_snapshot;

#[test]
fn eval_says_what_comes_out() {
    let desk = Desk::new();
    for request in ["diesels", "objected", "refused"] {
        let file = format!("{request}.json");
        let eval = ["eval", "fleet", "--request", &file];
        assert_snapshot!(format!("eval_{request}"), desk.page(&desk.quo(&eval)));
    }
    let json = desk.quo(&["eval", "fleet", "--request", "objected.json", "--json"]);
    assert_snapshot!("eval_objected_json", desk.page(&json));
    let json = desk.quo(&["eval", "fleet", "--request", "refused.json", "--json"]);
    assert_snapshot!("eval_refused_json", desk.page(&json));
}

/// A contract price stands beside the list price that it replaces.
#[test]
fn eval_shows_the_contract_price() {
    let desk = Desk::new();
    let request = DIESELS.replace("\"DE\",", "\"DE\", \"frame\": \"F-77\",");
    let ran = desk.quo_reading(&["eval", "fleet", "-r", "-"], &request);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    // 25 at 365.00 are 9_125.00; 4% of that 365.00; 10% of what is left 876.00.
    let line =
        "car.rate                       7884.00 EUR a month, contract 9125.00, list 10295.00";
    let wanted: Vec<&str> = line.split_whitespace().collect();
    let found = ran
        .stdout
        .lines()
        .find(|line| line.contains("car.rate"))
        .unwrap();
    assert_eq!(found.split_whitespace().collect::<Vec<_>>(), wanted);
}

#[test]
fn what_cannot_be_read_is_code_2() {
    let desk = Desk::new();
    desk.write("not.quop", "PK");
    for (name, args) in [
        ("no_request", ["eval", "fleet", "-r", "nowhere.json"]),
        ("no_rules", ["eval", "nowhere", "-r", "diesels.json"]),
        ("no_package", ["eval", "not.quop", "-r", "diesels.json"]),
        ("no_ruleset", ["eval", "store", "-r", "diesels.json"]),
        ("no_json", ["eval", "fleet", "-r", "not.quop"]),
    ] {
        assert_snapshot!(format!("unreadable_{name}"), desk.page(&desk.quo(&args)));
    }
}

#[test]
fn a_package_that_was_cut_or_changed_is_refused_with_a_sentence() {
    let desk = Desk::new();
    assert_eq!(desk.quo(&["build", "fleet", "-o", "fleet.quop"]).code, 0);
    let whole = desk.read("fleet.quop");
    let middle = whole.len() / 2;
    let mut changed = whole.clone();
    changed[middle] ^= 0x10;
    for bytes in [&whole[..middle], &changed] {
        std::fs::write(desk.path("fleet.quop"), bytes).unwrap();
        let ran = desk.quo(&["eval", "fleet.quop", "-r", "diesels.json"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
        assert!(
            ran.stderr
                .starts_with("error: `fleet.quop` cannot be opened: "),
            "{}",
            ran.stderr
        );
        assert_eq!(ran.stderr.lines().count(), 1);
    }
}

#[test]
fn a_ruleset_with_errors_decides_nothing() {
    let desk = Desk::new();
    desk.edit("fleet/approvals.quo", "Treasurer", "Tresurer");
    for command in ["eval", "explain"] {
        let ran = desk.quo(&[command, "fleet", "--request", "diesels.json"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{command}");
        assert!(
            ran.stderr.contains("there is no role `Tresurer`"),
            "{}",
            ran.stderr
        );
        let (code, json) = desk.json(&[command, "fleet", "--request", "diesels.json"]);
        assert_eq!((code, &json["ok"]), (1, &false.into()));
        assert_eq!(json["diagnostics"].as_array().unwrap().len(), 1);
    }
}

#[test]
fn a_folder_and_the_package_built_from_it_give_the_same_answer() {
    let desk = Desk::new();
    assert_eq!(desk.quo(&["build", "fleet", "-o", "fleet.quop"]).code, 0);
    for request in ["diesels.json", "objected.json"] {
        for command in ["eval", "explain"] {
            let folder = desk.quo(&[command, "fleet", "--request", request, "--json"]);
            let file = desk.quo(&[command, "fleet.quop", "--request", request, "--json"]);
            assert!(folder.stdout.len() > 1_000);
            assert_eq!(folder.stdout, file.stdout, "{command} {request}");
            assert_eq!(folder.code, file.code);
        }
    }
}

/// Two builds of one ruleset, in two folders, on one and on eight threads: the same bytes of package, answer and
/// explanation.
#[test]
fn two_builds_give_the_same_bytes_of_everything() {
    let desk = Desk::new();
    desk.copy("fleet", "deep/er/other-name");
    let mut seen: Vec<[Vec<u8>; 4]> = Vec::new();
    for (folder, threads, file) in [
        ("fleet", "1", "a.quop"),
        ("deep/er/other-name", "8", "b.quop"),
    ] {
        let run = |args: &[&str]| {
            let mut command = desk.command(args);
            let output = command
                .env("RAYON_NUM_THREADS", threads)
                .env("QUO_STORE", desk.path(&format!("store-{threads}")))
                .output()
                .unwrap();
            assert!(output.status.success(), "{output:?}");
            output.stdout
        };
        run(&["build", folder, "-o", file]);
        seen.push([
            desk.read(file),
            run(&["eval", folder, "-r", "diesels.json", "--json"]),
            run(&["explain", folder, "-r", "diesels.json", "--json"]),
            run(&["explain", folder, "-r", "diesels.json"]),
        ]);
    }
    let [a, b] = seen.as_slice() else {
        panic!("two builds")
    };
    for (a, b) in a.iter().zip(b) {
        assert!(!a.is_empty() && a == b);
    }
}

#[test]
fn explain_tells_the_waterfall_and_its_reasons() {
    let desk = Desk::new();
    let explain = |request| desk.quo(&["explain", "fleet", "--request", request]);
    assert_snapshot!("explain_diesels", desk.page(&explain("diesels.json")));
    assert_snapshot!("explain_objected", desk.page(&explain("objected.json")));
    assert_snapshot!("explain_refused", desk.page(&explain("refused.json")));
    let (code, json) = desk.json(&["explain", "fleet", "--request", "objected.json"]);
    assert_eq!((code, &json["valid"]), (1, &false.into()));
}

#[test]
fn why_not_of_every_kind_of_rule() {
    let desk = Desk::new();
    let mut page = String::new();
    for (rule, request) in [
        ("BigFleet", "objected.json"),
        ("AutumnDelivery", "objected.json"),
        ("AutumnDelivery", "diesels.json"),
        ("RateFloor", "diesels.json"),
        ("FuelNeedsTank", "objected.json"),
        ("TermOfLease", "diesels.json"),
        ("DriveOfClass", "diesels.json"),
        ("Nordwind", "diesels.json"),
        ("Continent", "diesels.json"),
        ("Car.rate", "diesels.json"),
        ("Credit", "diesels.json"),
        ("discount=up to 5%; value=< exposure", "diesels.json"),
        ("FullService.box", "diesels.json"),
        ("FullService.box", "objected.json"),
    ] {
        let ran = desk.quo(&["explain", "fleet", "-r", request, "--why-not", rule]);
        assert_eq!(ran.stderr, "");
        page.push_str(&format!(
            "> {request} --why-not {rule:?}, exit code {}\n{}\n",
            ran.code, ran.stdout
        ));
    }
    assert_snapshot!("why_not", page);
    let (_, json) = desk.json(&[
        "explain",
        "fleet",
        "-r",
        "diesels.json",
        "--why-not",
        "Gift",
    ]);
    assert_eq!(
        json["why_not"]["subjects"][0]["reasons"][0],
        "account.rating >= 8: no, account.rating is 5.0"
    );
}

#[test]
fn why_not_of_an_unknown_rule_gives_the_nearest_names() {
    let desk = Desk::new();
    let mut page = String::new();
    for rule in [
        "Nordwnd",
        "autumndelivery",
        "FullService.bx",
        "box",
        "no such thing",
    ] {
        let ran = desk.quo(&["explain", "fleet", "-r", "diesels.json", "--why-not", rule]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
        page.push_str(&ran.stderr);
    }
    assert_snapshot!("why_not_unknown", page);
}
