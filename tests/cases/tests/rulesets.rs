//! Every ruleset of the repository is free of errors, and its golden tests pass.

use quo_cases::{folder, rulesets, run};

#[test]
fn every_ruleset_passes_its_tests() {
    let found = rulesets(&folder().join("../../rulesets"));
    assert!(found.len() > 1, "no rulesets in {found:?}");
    let mut problems = String::new();
    for ruleset in &found {
        let name = ruleset.file_name().unwrap_or_default().to_string_lossy();
        let ran = run(ruleset).unwrap();
        if ran.tests == 0 {
            problems.push_str(&format!("{name} has no tests\n"));
        }
        if !ran.problems.is_empty() {
            problems.push_str(&format!("== {name}\n{}", ran.problems));
        }
        println!("{name}: {} tests", ran.tests);
    }
    assert!(problems.is_empty(), "{problems}");
}
