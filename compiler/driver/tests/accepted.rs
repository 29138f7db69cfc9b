//! What the analysis accepts can be lowered: its fixtures go through the whole pipeline.

#[path = "../../analysis/tests/support/mod.rs"]
#[expect(
    dead_code,
    reason = "these tests build what the tests of the analysis check"
)]
mod support;

use quo_driver::build;
use quo_model::PackageStore;
use quo_source::render;

fn package(name: &str, files: &support::Files) -> Vec<u8> {
    let built = build(support::sources(files)).expect("nobody cancels it");
    let found = built.diagnostics.into_iter();
    let found: Vec<_> = found
        .filter(|found| !support::INCOMPLETE.contains(&found.code))
        .collect();
    let report = render::terminal(&built.sources, &found, false);
    assert_eq!(report, "", "{name}");
    built
        .package
        .unwrap_or_else(|| panic!("{name} builds nothing"))
}

#[test]
fn what_is_accepted_is_built_and_opened() {
    let folder = tempfile::tempdir().unwrap();
    let store = PackageStore::open(folder.path()).unwrap();
    let mut names = 0;
    for (name, text) in ["accepted", "silent"].into_iter().flat_map(support::cases) {
        let bytes = package(&name, &support::files(&text));
        let digest = store
            .put(&bytes)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        store
            .get(&digest)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        names += 1;
    }
    assert!(names >= 18);
}
