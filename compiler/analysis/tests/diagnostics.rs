//! What an analyst reads about each mistake, and what must pass in silence.
//!
//! `fixtures/refused/*.txt` are mistakes, and their snapshot is the terminal; `fixtures/silent/*.txt` look like mistakes and
//! are none. Every code that the analysis knows has a case that provokes it.

mod support;

use std::collections::BTreeSet;

use quo_source::codes;
use support::{cases, check_case};

#[test]
fn the_ruleset_that_cases_change_is_valid() {
    let case = check_case("");
    assert_eq!(case.report(), "");
    assert!(case.checked.rules.is_some());
}

#[test]
fn refused() {
    let cases = cases("refused");
    assert!(cases.len() >= 35);
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_snapshot_path("snapshots/refused");
    settings.set_omit_expression(true);
    for (name, text) in cases {
        let case = check_case(&text);
        assert!(!case.diagnostics.is_empty(), "{name} is not refused");
        if std::env::var_os("QUO_SHOW").is_some() {
            println!("---- {name}\n{}", case.report());
        }
        settings.bind(|| insta::assert_snapshot!(name, case.report()));
    }
}

#[test]
fn silent() {
    let cases = cases("silent");
    assert!(cases.len() >= 10);
    for (name, text) in cases {
        let case = check_case(&text);
        assert_eq!(case.report(), "", "{name}");
        assert!(case.checked.rules.is_some(), "{name}");
    }
}

/// Cases that would take for ever if they were multiplied out; the machine may still refuse their size.
#[test]
fn what_is_large_is_checked_in_time() {
    for (name, text) in cases("limits") {
        let case = check_case(&text);
        assert_eq!(case.report(), "", "{name}");
    }
}

#[test]
fn messages_follow_the_house_rules() {
    for (name, text) in cases("refused") {
        let case = check_case(&text);
        for found in &case.diagnostics {
            let message = &found.message;
            let first = message.chars().next().expect("a message");
            assert!(
                !first.is_uppercase() || message.starts_with("SSO") || is_code(message),
                "{name}: {message}"
            );
            assert!(!message.ends_with('.'), "{name}: {message}");
            assert!(
                !message.contains("::") && !message.contains("Some("),
                "{name}: {message}"
            );
            for label in &found.labels {
                let text = case.sources.text(label.span);
                assert!(
                    text.is_some(),
                    "{name}: {message}: a place outside its file"
                );
            }
        }
    }
}

/// Whether a message begins with a currency's code.
fn is_code(message: &str) -> bool {
    message
        .chars()
        .take(3)
        .all(|letter| letter.is_ascii_uppercase())
}

/// The codes whose constants the source text of the analysis names.
fn named_in_source() -> BTreeSet<String> {
    fn scan(folder: &std::path::Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                scan(&path, found);
            } else {
                let text = std::fs::read_to_string(&path).expect("UTF-8");
                for rest in text.split("codes::").skip(1) {
                    let name: String = rest
                        .chars()
                        .take_while(|letter| letter.is_ascii_uppercase() || *letter == '_')
                        .collect();
                    found.insert(name);
                }
            }
        }
    }
    let mut found = BTreeSet::new();
    scan(
        &std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut found,
    );
    found.remove("");
    found
}

/// The registry as text: `Q1001 DUPLICATE_NAME "…",`.
const REGISTRY: &str = include_str!("../../../dsl/source/src/codes.rs");

fn id_of(name: &str) -> &'static str {
    REGISTRY
        .lines()
        .filter_map(|line| line.trim().strip_suffix("\","))
        .find_map(|line| {
            let mut words = line.split(' ');
            let (id, constant) = (words.next()?, words.next()?);
            (constant == name).then_some(id)
        })
        .unwrap_or_else(|| panic!("{name} is not in the registry"))
}

#[test]
fn every_code_has_a_case_that_provokes_it() {
    let provoked: BTreeSet<&str> = cases("refused")
        .iter()
        .flat_map(|(_, text)| check_case(text).diagnostics)
        .map(|found| found.code.id())
        .collect();
    let named: BTreeSet<&str> = named_in_source().iter().map(|name| id_of(name)).collect();
    let unprovoked: Vec<_> = named.difference(&provoked).collect();
    assert!(unprovoked.is_empty(), "no case provokes {unprovoked:?}");
    // Everything from Q1000 to Q5999 is the analysis' own, but for what running the tests finds.
    let unnamed: Vec<_> = codes::ALL
        .iter()
        .map(|code| code.id())
        .filter(|id| ("Q1000".."Q6000").contains(id) && *id != codes::TEST_FAILED.id())
        .filter(|id| !named.contains(id))
        .collect();
    assert!(unnamed.is_empty(), "the analysis never says {unnamed:?}");
}
