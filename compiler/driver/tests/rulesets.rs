//! Every ruleset of the repository goes through the whole pipeline.

use std::path::Path;

use quo_driver::{build, load};

fn clean(folder: &Path) {
    let built = build(load(folder).expect("the folder is there")).expect("nobody cancels it");
    let report = quo_source::render::terminal(&built.sources, &built.diagnostics, false);
    assert!(built.package.is_some(), "{}\n{report}", folder.display());
}

#[test]
fn the_rulesets_of_the_repository_build() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rulesets");
    let mut seen = 0;
    for entry in std::fs::read_dir(root).unwrap() {
        let folder = entry.unwrap().path();
        if folder.join("ruleset.quo").is_file() {
            clean(&folder);
            seen += 1;
        }
    }
    assert!(seen > 0, "no ruleset was found");
}

#[test]
fn a_new_ruleset_builds() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("first-offer");
    quo_driver::scaffold(&at).unwrap();
    clean(&at);
}
