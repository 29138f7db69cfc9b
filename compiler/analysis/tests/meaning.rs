//! What is accepted, and what it has come to mean.
//!
//! `fixtures/accepted/*.txt` are small rulesets; their snapshot is the text of the checked rules.

mod support;

use quo_analysis::print;
use support::{base, cases, check_case, check_files};

#[test]
fn accepted() {
    let cases = cases("accepted");
    assert!(cases.len() >= 7);
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_snapshot_path("snapshots/accepted");
    settings.set_omit_expression(true);
    for (name, text) in cases {
        let case = check_case(&text);
        assert_eq!(case.report(), "", "{name}");
        let rules = case.checked.rules.expect("rules without mistakes");
        settings.bind(|| insta::assert_snapshot!(name, print(&rules)));
    }
}

/// Every item of a ruleset in a file of its own or all in one, in any order: the rules are the same.
#[test]
fn neither_files_nor_their_order_change_what_rules_mean() {
    let files = base();
    let expected = print(&check_files(&files).checked.rules.expect("valid"));
    let quo: Vec<&String> = files
        .iter()
        .filter(|(path, _)| path.ends_with(".quo") && *path != "ruleset.quo")
        .map(|(_, text)| text)
        .collect();

    let mut one = files.clone();
    one.retain(|path, _| !path.ends_with(".quo"));
    let all: String = quo.iter().rev().map(|text| text.as_str()).collect();
    one.insert(
        "ruleset.quo".to_owned(),
        format!("{}{all}", files["ruleset.quo"]),
    );
    assert_eq!(
        print(&check_files(&one).checked.rules.expect("valid")),
        expected
    );

    let mut renamed = files.clone();
    renamed.retain(|path, _| !path.ends_with(".quo"));
    renamed.insert("ruleset.quo".to_owned(), files["ruleset.quo"].clone());
    for (number, text) in quo.iter().enumerate() {
        renamed.insert(format!("folder/{}.quo", 90 - number), (*text).clone());
    }
    assert_eq!(
        print(&check_files(&renamed).checked.rules.expect("valid")),
        expected
    );

    // Products, one per item and from the last to the first.
    let mut turned = files.clone();
    let products = turned.get_mut("products.quo").expect("products");
    let mut items: Vec<String> = Vec::new();
    for line in products.lines() {
        if !line.starts_with([' ', '}']) {
            items.push(String::new());
        }
        let item = items.last_mut().expect("begins with an item");
        item.push_str(line);
        item.push('\n');
    }
    *products = items.into_iter().rev().collect();
    assert_eq!(
        print(&check_files(&turned).checked.rules.expect("valid")),
        expected
    );
}
