//! Small rulesets, one a mechanism, with golden tests that a reader can check by hand: all of them pass.

use std::path::Path;

use quo_model::PackageStore;
use quo_source::{Diagnostic, render};

#[test]
fn every_golden_test_of_every_small_ruleset_passes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rulesets");
    let store = tempfile::tempdir().unwrap();
    let store = PackageStore::open(store.path()).unwrap();
    let mut passed = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let built = quo_driver::build(quo_driver::load(&entry.unwrap().path()).unwrap()).unwrap();
        let report = render::terminal(&built.sources, &built.diagnostics, false);
        assert!(built.diagnostics.is_empty(), "{report}");
        let digest = store.put(built.tested().unwrap()).unwrap();
        let outcomes = quo_golden::run(&store.get(&digest).unwrap(), &built.rules.unwrap().tests);
        let failures: Vec<Diagnostic> = outcomes
            .iter()
            .flat_map(|outcome| outcome.failures.clone())
            .collect();
        let report = render::terminal(&built.sources, &failures, false);
        assert!(failures.is_empty(), "{report}");
        passed += outcomes.len();
    }
    assert!(passed > 0, "no test was found");
}
