//! What holds for every command: help with examples, JSON for machines, colours, exit codes.

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

const COMMANDS: [&str; 8] = [
    "check", "build", "eval", "explain", "test", "replay", "error", "new",
];

#[test]
fn every_code_has_its_page_in_the_program() {
    let desk = Desk::new();
    let list = desk.quo(&["error"]);
    assert_eq!((list.code, list.stderr.as_str()), (0, ""));
    for code in quo_source::codes::ALL {
        assert!(list.stdout.contains(code.id()) && list.stdout.contains(code.title()));
        let page = desk.quo(&["error", &code.id().to_lowercase()]);
        assert_eq!(page.code, 0, "{code}");
        assert!(page.stdout.starts_with(&format!("# {code}: ")) && page.stdout.contains("## Why"));
    }
    let unknown = desk.quo(&["error", "Q0000"]);
    assert_eq!((unknown.code, unknown.stdout.as_str()), (2, ""));
    assert!(
        unknown
            .stderr
            .starts_with("error: there is no code `Q0000`")
    );
}

#[test]
fn help_has_examples_and_exit_codes() {
    let desk = Desk::new();
    let help = desk.quo(&["--help"]);
    assert_eq!((help.code, help.stderr.as_str()), (0, ""));
    assert_snapshot!("help", help.stdout);
    let mut page = String::new();
    for command in COMMANDS {
        assert!(
            help.stdout.contains(&format!("\n  {command} ")),
            "{command}"
        );
        let own = desk.quo(&[command, "--help"]);
        assert_eq!((own.code, own.stderr.as_str()), (0, ""));
        assert!(
            own.stdout.contains("Example") && own.stdout.contains(&format!("  quo {command} ")),
            "{}",
            own.stdout
        );
        page.push_str(&format!("> quo {command} --help\n{}\n", own.stdout));
    }
    assert_snapshot!("help_of_commands", page);
    assert!(desk.quo(&["--version"]).stdout.starts_with("quo "));
}

/// One document of JSON on standard output and nothing else, whether the answer is yes, no or an error.
#[test]
fn json_is_one_document_whatever_happens() {
    let desk = Desk::new();
    desk.copy("fleet", "broken");
    desk.edit("broken/approvals.quo", "Treasurer", "Tresurer");
    desk.copy("fleet", "failing");
    desk.edit(
        "failing/tests/fleet.quo",
        "list 10_295.00",
        "list 10_296.00",
    );
    for (code, line) in [
        (0, "check fleet"),
        (1, "check broken"),
        (2, "check nowhere"),
        (0, "build fleet -o fleet.quop"),
        (1, "build broken -o fleet.quop"),
        (2, "build fleet -o no/folder/fleet.quop"),
        (0, "eval fleet -r diesels.json"),
        (1, "eval fleet -r objected.json"),
        (1, "eval fleet -r refused.json"),
        (1, "eval broken -r diesels.json"),
        (2, "eval fleet -r nowhere.json"),
        (2, "eval diesels.json -r diesels.json"),
        (0, "explain fleet -r diesels.json"),
        (1, "explain fleet -r objected.json"),
        (1, "explain fleet -r refused.json"),
        (1, "explain broken -r diesels.json"),
        (2, "explain fleet -r diesels.json --why-not Nothing"),
        (0, "test fleet"),
        (1, "test failing"),
        (1, "test broken"),
        (2, "test fleet --only bicycle"),
        (2, "replay qr1.nothing"),
        (0, "new offer"),
        (2, "new fleet"),
        (2, "bake fleet"),
        (2, "eval fleet"),
        (2, "check fleet --loudly"),
    ] {
        let args: Vec<&str> = line.split(' ').collect();
        let (found, json) = desk.json(&args);
        assert_eq!(found, code, "quo {line}: {json}");
        assert!(json.is_object(), "quo {line}: {json}");
        if code == 2 {
            assert_eq!(json["ok"], false, "quo {line}");
            assert!(
                json["error"]
                    .as_str()
                    .is_some_and(|error| !error.is_empty()),
                "quo {line}"
            );
        }
        // The same without JSON has the same code and says something.
        if !line.starts_with("new offer") {
            let text = desk.quo(&args);
            assert_eq!(text.code, code, "quo {line}");
            assert!(
                !text.stdout.is_empty() || !text.stderr.is_empty(),
                "quo {line}"
            );
            assert!(
                code == 0 || line.contains("objected") || !text.stderr.is_empty(),
                "quo {line}"
            );
        }
    }
}

/// `quo` asserts in every other test that a pipe gets no colours; here is that there are some to leave out.
#[test]
fn colours_are_left_out_of_a_pipe_and_can_be_asked_for() {
    let desk = Desk::new();
    desk.copy("fleet", "broken");
    desk.edit("broken/approvals.quo", "Treasurer", "Tresurer");
    for args in [
        &["explain", "fleet", "-r", "diesels.json"][..],
        &["test", "fleet"],
        &["check", "broken"],
        &["eval", "fleet", "-r", "refused.json"],
    ] {
        let plain = desk.quo(args);
        let forced = desk
            .command(args)
            .env("CLICOLOR_FORCE", "1")
            .output()
            .unwrap();
        let forced = [forced.stdout, forced.stderr].concat();
        assert!(forced.contains(&0x1b), "{args:?}");
        let stripped = anstream::adapter::strip_bytes(&forced).into_vec();
        assert_eq!(
            String::from_utf8(stripped).unwrap(),
            plain.stdout + &plain.stderr
        );
    }
    let json = desk.command(&["explain", "fleet", "-r", "diesels.json", "--json"]);
    let json = { json }.env("CLICOLOR_FORCE", "1").output().unwrap();
    assert!(!json.stdout.contains(&0x1b));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let desk = Desk::new();
    let mut command = desk.command(&["explain", "fleet", "-r", "diesels.json"]);
    let mut child = command
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn wrong_usage_is_code_2_and_says_what_is_right() {
    let desk = Desk::new();
    let mut page = String::new();
    for line in [
        "",
        "bake fleet",
        "eval fleet",
        "check fleet --loudly",
        "build fleet",
    ] {
        let args: Vec<&str> = line.split_terminator(' ').collect();
        let ran = desk.quo(&args);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "quo {line}");
        let first: String = ran
            .stderr
            .lines()
            .take(3)
            .map(|line| format!("{line}\n"))
            .collect();
        page.push_str(&format!("> quo {line}\n{first}\n"));
    }
    assert_snapshot!("usage", page);
}
