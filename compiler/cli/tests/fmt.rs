//! `quo fmt`: files, folders and standard input brought into the one layout, or checked for it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    dead_code,
    reason = "helpers of tests fail by panicking, as tests do; each file of tests uses some of them"
)]

mod common;

use std::path::Path;

use common::Desk;
use insta::assert_snapshot;

const CARELESS: &str = "product   Pen \"Pen\" {
  sku   \"P-1\" -- the blue one


  option colour:Colour=Blue
}
enum Colour{Blue,Red}
";

const TIDY: &str = "product Pen \"Pen\" {
  sku \"P-1\"  -- the blue one

  option colour: Colour = Blue
}

enum Colour { Blue, Red }
";

const BROKEN: &str = "product   Ink {\n  option\n}\n";

#[test]
fn check_shows_what_would_change_and_changes_nothing() {
    let desk = Desk::new();
    desk.write("pen.quo", CARELESS);
    let ran = desk.quo(&["fmt", "--check", "pen.quo"]);
    assert_snapshot!("fmt_check", desk.page(&ran));
    assert_eq!(desk.read("pen.quo"), CARELESS.as_bytes());

    let (code, json) = desk.json(&["fmt", "--check", "pen.quo"]);
    assert_eq!((code, &json["ok"]), (1, &false.into()));
    assert_eq!(json["files"][0]["changed"], true);
    assert!(
        json["files"][0]["diff"]
            .as_str()
            .unwrap()
            .contains("+enum Colour { Blue, Red }\n")
    );
}

#[test]
fn a_folder_is_formatted_once_and_is_clean_then() {
    let desk = Desk::new();
    std::fs::create_dir_all(desk.path("offer/deep/.hidden")).unwrap();
    desk.write("offer/deep/pen.quo", CARELESS);
    desk.write("offer/deep/.hidden/pen.quo", CARELESS);
    desk.write("offer/notes.txt", CARELESS);
    let ran = desk.quo(&["fmt", "offer"]);
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (0, "1 file formatted, 0 unchanged\n")
    );
    assert_eq!(desk.read("offer/deep/pen.quo"), TIDY.as_bytes());
    for untouched in ["offer/deep/.hidden/pen.quo", "offer/notes.txt"] {
        assert_eq!(desk.read(untouched), CARELESS.as_bytes());
    }
    let ran = desk.quo(&["fmt", "--check", "offer"]);
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (0, "0 files would change, 1 unchanged\n")
    );
}

#[test]
fn a_file_with_errors_is_left_as_it_is_and_the_others_are_not() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("offer")).unwrap();
    desk.write("offer/ink.quo", BROKEN);
    desk.write("offer/pen.quo", CARELESS);
    let ran = desk.quo(&["fmt", "offer"]);
    assert_snapshot!("fmt_errors", desk.page(&ran));
    assert_eq!(desk.read("offer/ink.quo"), BROKEN.as_bytes());
    assert_eq!(desk.read("offer/pen.quo"), TIDY.as_bytes());

    let (code, json) = desk.json(&["fmt", "offer"]);
    assert_eq!(code, 1);
    assert_eq!(json["files"][0]["diagnostics"][0]["severity"], "error");
    assert_eq!(json["files"][1]["changed"], false);
}

#[test]
fn standard_input_goes_to_standard_output() {
    let desk = Desk::new();
    let ran = desk.quo_reading(&["fmt", "--stdin"], CARELESS);
    assert_eq!(
        (ran.code, ran.stdout.as_str(), ran.stderr.as_str()),
        (0, TIDY, "")
    );
    let ran = desk.quo_reading(&["fmt", "--stdin"], BROKEN);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    assert!(ran.stderr.contains("stdin.quo:2:9"), "{}", ran.stderr);
    assert_eq!(
        desk.quo_reading(&["fmt", "--stdin", "--check"], CARELESS)
            .code,
        1
    );
    assert_eq!(
        desk.quo_reading(&["fmt", "--stdin", "--check"], TIDY).code,
        0
    );
}

#[test]
fn a_file_that_is_not_there_is_wrong_usage() {
    let desk = Desk::new();
    let ran = desk.quo(&["fmt", "nowhere.quo"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("`nowhere.quo` cannot be read"),
        "{}",
        ran.stderr
    );
}

#[test]
fn what_the_repository_shows_is_formatted() {
    let desk = Desk::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let shown = [
        "rulesets",
        "stdlib",
        "compiler/driver/template",
        "compiler/golden/tests",
    ];
    let folders: Vec<String> = shown
        .iter()
        .map(|folder| root.join(folder))
        .filter(|folder| folder.is_dir())
        .map(|folder| folder.display().to_string())
        .collect();
    assert!(folders.len() >= 3);
    let mut args = vec!["fmt", "--check"];
    args.extend(folders.iter().map(String::as_str));
    let ran = desk.quo(&args);
    assert_eq!(
        ran.code, 0,
        "run `quo fmt` on them\n{}{}",
        ran.stdout, ran.stderr
    );
}
