//! Every ruleset of the repository is free of errors, and its golden tests pass.

use std::fs;
use std::path::{Path, PathBuf};

use quo_cases::{folder, run};

/// The rulesets in a folder, those of its folders too.
fn rulesets(folder: &Path, found: &mut Vec<PathBuf>) {
    if folder.join("ruleset.quo").exists() {
        found.push(folder.to_owned());
        return;
    }
    let mut inside: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    inside.sort();
    for path in inside {
        rulesets(&path, found);
    }
}

#[test]
fn every_ruleset_passes_its_tests() {
    let mut found = Vec::new();
    rulesets(&folder().join("../../rulesets"), &mut found);
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
