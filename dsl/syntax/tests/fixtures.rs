//! Text in, tree or complaints out: what each form is, and what an analyst reads about a mistake.
//!
//! `fixtures/forms/*.quo` have no mistake, and their snapshot is the tree; `fixtures/mistakes/*.quo`
//! are snapshots of the terminal.

use std::fmt::Write as _;
use std::path::Path;

use quo_source::{SourceFile, Sources, render};

/// Every fixture of a folder with its name, in the order of the names.
fn fixtures(folder: &str) -> Vec<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(folder);
    let entries = std::fs::read_dir(path).expect("a folder of fixtures");
    let mut fixtures: Vec<_> = entries
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let name = path.file_stem().expect("a name").to_string_lossy();
            let text = std::fs::read_to_string(&path).expect("UTF-8");
            (format!("{folder}_{name}"), text)
        })
        .collect();
    fixtures.sort();
    fixtures
}

fn parse(text: &str) -> (quo_syntax::Parse, String) {
    let file = SourceFile::new("rules.quo", text).expect("a relative path");
    let sources = Sources::new([file]).expect("one file");
    let id = sources.find("rules.quo").expect("just added");
    let parse = quo_syntax::parse(id, text);
    assert_eq!(parse.syntax().text().to_string(), text);
    let complaints = render::terminal(&sources, parse.diagnostics(), false);
    (parse, complaints)
}

#[test]
fn forms() {
    let fixtures = fixtures("forms");
    assert!(fixtures.len() >= 10);
    for (name, text) in fixtures {
        let (parse, complaints) = parse(&text);
        assert_eq!(complaints, "", "{name}");
        insta::assert_snapshot!(name, quo_syntax::dump(&parse.syntax()));
    }
}

#[test]
fn mistakes() {
    let fixtures = fixtures("mistakes");
    assert!(fixtures.len() >= 20);
    for (name, text) in fixtures {
        let (_, complaints) = parse(&text);
        assert_ne!(complaints, "", "{name}");
        insta::assert_snapshot!(name, complaints);
    }
}

/// The advice that replaces text is checked by following it: of these mistakes nothing is left.
#[test]
fn advice_that_is_followed_leaves_no_mistake() {
    let followed = [
        "foreign_operators",
        "missing_closing_brace",
        "stray_brace",
        "bad_escape",
    ];
    for (name, mut text) in fixtures("mistakes") {
        if !followed.iter().any(|f| name.ends_with(f)) {
            continue;
        }
        let mut rounds = String::new();
        for _ in 0..20 {
            let (result, complaints) = parse(&text);
            let edit = result
                .diagnostics()
                .first()
                .and_then(|d| d.suggestion.clone());
            let Some(edit) = edit else {
                assert_eq!(complaints, "", "{name} after {rounds}");
                break;
            };
            for (span, replacement) in edit.edits {
                text.replace_range(span.start as usize..span.end as usize, &replacement);
            }
            writeln!(rounds, "{}", edit.message).expect("a string");
        }
        let (result, complaints) = parse(&text);
        assert!(result.diagnostics().is_empty(), "{name}: {complaints}");
    }
}
