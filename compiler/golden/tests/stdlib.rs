//! The standard library by its examples: every module is used, and what its comments promise holds.

use std::path::Path;

use quo_model::PackageStore;
use quo_source::{Diagnostic, render};

#[test]
fn the_examples_of_every_module_hold() {
    let library = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stdlib");
    let built = quo_driver::build(quo_driver::load(&library.join("examples")).unwrap()).unwrap();
    let report = render::terminal(&built.sources, &built.diagnostics, false);
    assert!(built.diagnostics.is_empty(), "{report}");
    let modules = std::fs::read_dir(&library).unwrap().filter_map(|entry| {
        let name = entry.unwrap().file_name().into_string().unwrap();
        name.strip_suffix(".quo").map(str::to_owned)
    });
    for module in modules {
        let carried = built.sources.find(&format!("std/{module}.quo"));
        assert!(carried.is_some(), "no example uses `std.{module}`");
        let examples = built.sources.find(&format!("tests/{module}.quo"));
        assert!(examples.is_some(), "`std.{module}` has no examples");
    }
    let store = tempfile::tempdir().unwrap();
    let store = PackageStore::open(store.path()).unwrap();
    let digest = store.put(built.tested().unwrap()).unwrap();
    let outcomes = quo_golden::run(&store.get(&digest).unwrap(), &built.rules.unwrap().tests);
    let failures: Vec<Diagnostic> = outcomes
        .iter()
        .flat_map(|outcome| outcome.failures.clone())
        .collect();
    let report = render::terminal(&built.sources, &failures, false);
    assert!(failures.is_empty(), "{report}");
    assert!(outcomes.len() >= 17);
}

/// Every public function is named in an example: one that nobody calls is checked with assumed numbers only.
#[test]
fn every_function_has_an_example() {
    let library = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stdlib");
    for entry in std::fs::read_dir(&library).unwrap() {
        let path = entry.unwrap().path();
        let Some(file) = path.file_name().filter(|_| path.is_file()) else {
            continue;
        };
        let text = std::fs::read_to_string(&path).unwrap();
        let examples = std::fs::read_to_string(library.join("examples/tests").join(file)).unwrap();
        let mut before = "";
        for line in text.lines() {
            let declares = [
                "define ",
                "record ",
                "enum ",
                "table ",
                "data ",
                "constant ",
            ];
            let public = declares.iter().find_map(|word| line.strip_prefix(word));
            if let Some(rest) = public {
                assert!(
                    before.starts_with("--"),
                    "{path:?}: no comment before `{line}`"
                );
                let name = rest
                    .split(|sign: char| !sign.is_alphanumeric() && sign != '_')
                    .next();
                let name = name.unwrap();
                if line.starts_with("define ") {
                    assert!(
                        examples.contains(&format!("{name}(")),
                        "{path:?}: no example of `{name}`"
                    );
                }
            }
            before = line;
        }
    }
}
