//! `quo check`, `quo build`, `quo test`, `quo new`: what is done with a ruleset.

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

const REPOSITORY_RULESET: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../rulesets/acme-cloud");

#[test]
fn check_of_a_clean_ruleset() {
    let desk = Desk::new();
    assert_snapshot!("check_clean", desk.page(&desk.quo(&["check", "fleet"])));
    assert_snapshot!(
        "check_clean_json",
        desk.page(&desk.quo(&["check", "fleet", "--json"]))
    );
    assert_eq!(desk.quo(&["check", REPOSITORY_RULESET]).code, 0);
}

#[test]
fn check_names_every_error_with_its_place() {
    let desk = Desk::new();
    desk.edit("fleet/approvals.quo", "Treasurer", "Tresurer");
    desk.edit(
        "fleet/prices/rates.csv",
        "from 20,*,269.00",
        "from 19,*,269.00",
    );
    assert_snapshot!("check_errors", desk.page(&desk.quo(&["check", "fleet"])));
    assert_snapshot!(
        "check_errors_json",
        desk.page(&desk.quo(&["check", "fleet", "--json"]))
    );
}

#[test]
fn warnings_do_not_keep_a_ruleset_from_use() {
    let desk = Desk::new();
    let row = "  | up to 15% | < exposure | RentalFirm   || RiskDesk                             | 1 day   |\n";
    let twice = row.replace("RiskDesk ", "Treasurer");
    desk.edit("fleet/approvals.quo", row, &format!("{row}{twice}"));
    let ran = desk.quo(&["check", "fleet"]);
    assert_snapshot!("check_warnings", desk.page(&ran));
    assert_snapshot!(
        "check_warnings_json",
        desk.page(&desk.quo(&["check", "fleet", "--json"]))
    );
    let eval = desk.quo(&["eval", "fleet", "--request", "diesels.json"]);
    assert_eq!((eval.code, eval.stderr), (0, ran.stderr));
    assert!(eval.stdout.contains("\nline 1: FullService\n"));
}

#[test]
fn a_build_gives_a_file_that_opens_again_without_its_sources() {
    let desk = Desk::new();
    let built = desk.quo(&["build", "fleet", "-o", "fleet.quop"]);
    let size = format!("{} bytes", desk.read("fleet.quop").len());
    assert_snapshot!("build", desk.page(&built).replace(&size, "[size] bytes"));
    let (code, json) = desk.json(&["build", "fleet", "--output", "again.quop"]);
    assert_eq!(
        (code, &json["ok"], &json["ruleset"]),
        (0, &true.into(), &"fleet.leasing".into())
    );
    assert_eq!(json["bytes"], desk.read("again.quop").len());
    assert!(built.stdout.contains(json["digest"].as_str().unwrap()));

    std::fs::remove_dir_all(desk.path("fleet")).unwrap();
    assert_eq!(
        desk.quo(&["eval", "fleet.quop", "--request", "diesels.json"])
            .code,
        0
    );
    let explained = desk.quo(&["explain", "fleet.quop", "--request", "diesels.json"]);
    assert!(
        explained.stdout.contains("[prices/rates.csv, line 5]"),
        "{}",
        explained.stdout
    );
}

/// The file is there whole, or as it was before; nothing else is left behind.
#[test]
fn a_build_replaces_its_file_whole_or_not_at_all() {
    let desk = Desk::new();
    desk.write("fleet.quop", "not yet a package");
    desk.edit("fleet/approvals.quo", "Treasurer", "Tresurer");
    let broken = desk.quo(&["build", "fleet", "-o", "fleet.quop"]);
    assert_snapshot!("build_errors", desk.page(&broken));
    assert_eq!(desk.read("fleet.quop"), b"not yet a package");

    desk.edit("fleet/approvals.quo", "Tresurer", "Treasurer");
    assert_eq!(desk.quo(&["build", "fleet", "-o", "fleet.quop"]).code, 0);
    assert!(desk.read("fleet.quop").starts_with(b"QUOPACK"));
    let names = std::fs::read_dir(desk.path("")).unwrap();
    let mut names: Vec<_> = names
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "diesels.json",
            "fleet",
            "fleet.quop",
            "objected.json",
            "refused.json"
        ]
    );

    let nowhere = desk.quo(&["build", "fleet", "-o", "no/such/folder/fleet.quop"]);
    assert_snapshot!("build_nowhere", desk.page(&nowhere));
    assert_eq!(desk.quo(&["build", "fleet", "-o", "fleet"]).code, 2);
    assert!(desk.path("fleet/ruleset.quo").is_file());
}

#[test]
fn tests_that_pass_and_tests_that_fail() {
    let desk = Desk::new();
    assert_snapshot!("test_pass", desk.page(&desk.quo(&["test", "fleet"])));
    assert_snapshot!(
        "test_pass_json",
        desk.page(&desk.quo(&["test", "fleet", "--json"]))
    );
    desk.edit(
        "fleet/tests/fleet.quo",
        "list 10_295.00 EUR",
        "list 10_475.00 EUR",
    );
    desk.edit(
        "fleet/tests/fleet.quo",
        "approval Credit none",
        "approval Credit RiskDesk",
    );
    assert_snapshot!("test_fail", desk.page(&desk.quo(&["test", "fleet"])));
    assert_snapshot!(
        "test_fail_json",
        desk.page(&desk.quo(&["test", "fleet", "--json", "--only", "cars"]))
    );
}

#[test]
fn one_test_can_be_chosen_and_none_is_an_error() {
    let desk = Desk::new();
    assert_snapshot!(
        "test_only",
        desk.page(&desk.quo(&["test", "fleet", "--only", "frame"]))
    );
    assert_snapshot!(
        "test_only_none",
        desk.page(&desk.quo(&["test", "fleet", "--only", "bicycle"]))
    );
    std::fs::remove_file(desk.path("fleet/tests/fleet.quo")).unwrap();
    assert_snapshot!("test_none", desk.page(&desk.quo(&["test", "fleet"])));
}

#[test]
fn a_test_that_expects_nothing_is_an_error_of_the_ruleset() {
    let desk = Desk::new();
    desk.write(
        "fleet/tests/empty.quo",
        "test \"nothing\" {\n  given account { id \"C-1\", kind Company, country DE }\n}\n",
    );
    let ran = desk.quo(&["test", "fleet"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.stderr.contains("the test \"nothing\" expects nothing"),
        "{}",
        ran.stderr
    );
}

#[test]
fn the_tests_of_the_repositorys_ruleset_pass() {
    let desk = Desk::new();
    let (code, json) = desk.json(&["test", REPOSITORY_RULESET]);
    let tests = json["tests"].as_array().unwrap();
    assert_eq!((code, &json["ok"]), (0, &true.into()));
    assert!(tests.len() >= 15 && tests.iter().all(|test| test["passed"] == true));
}

#[test]
fn a_new_ruleset_checks_tests_and_evaluates() {
    let desk = Desk::new();
    let made = desk.quo(&["new", "my-offer"]);
    assert_snapshot!("new", desk.page(&made));
    for command in made
        .stdout
        .lines()
        .filter_map(|line| line.trim().strip_prefix("quo "))
    {
        let ran = desk.quo(&command.split(' ').collect::<Vec<_>>());
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "quo {command}");
    }
    assert!(
        String::from_utf8(desk.read("my-offer/ruleset.quo"))
            .unwrap()
            .starts_with("ruleset my_offer 0.1.0\n")
    );
    let (code, json) = desk.json(&[
        "eval",
        "my-offer",
        "--request",
        "my-offer/requests/first.json",
    ]);
    assert_eq!(
        (code, &json["answer"]["package"]["ruleset"]),
        (0, &"my_offer".into())
    );
}

#[test]
fn new_takes_no_folder_that_exists_and_no_name_that_is_none() {
    let desk = Desk::new();
    let before = desk.read("fleet/ruleset.quo");
    assert_snapshot!("new_exists", desk.page(&desk.quo(&["new", "fleet"])));
    assert_eq!(desk.read("fleet/ruleset.quo"), before);
    for name in ["9lives", "a..b", "ends.", "with/slash/", "."] {
        let ran = desk.quo(&["new", name]);
        let made = desk.path(name).join("ruleset.quo").exists();
        if name == "with/slash/" {
            // Folders on the way are made, as `mkdir -p` does.
            assert_eq!((ran.code, made), (0, true));
        } else {
            assert_eq!((ran.code, made), (2, false), "{name}: {}", ran.stderr);
        }
    }
}
