//! The house as it stands obeys its rules.

use std::path::Path;

use quo_architecture::{arrows, licences, pins, tracked_files, tree, workspace};

/// Fails with one finding a line.
fn expect_none(findings: &[String]) {
    assert!(findings.is_empty(), "\n  {}\n", findings.join("\n  "));
}

#[test]
fn no_arrow_points_the_wrong_way() {
    expect_none(&arrows::check(&workspace().unwrap()));
}

#[test]
fn no_row_of_the_table_contradicts_the_four_halves() {
    expect_none(&arrows::check_table(arrows::ROOMS));
}

#[test]
fn the_diagram_shows_what_is_built() {
    let metadata = workspace().unwrap();
    let file = metadata.workspace_root.join("docs/ARCHITECTURE.md");
    let document = std::fs::read_to_string(file).unwrap();
    expect_none(&arrows::check_diagram(&metadata, &document));
}

#[test]
fn every_licence_is_permissive() {
    let metadata = workspace().unwrap();
    assert!(
        metadata.packages.len() > metadata.workspace_members.len(),
        "the graph holds third-party packages"
    );
    expect_none(&licences::check(&metadata));
}

#[test]
fn the_archive_format_is_pinned() {
    expect_none(&pins::check_archive(&workspace().unwrap()));
}

#[test]
fn the_toolchain_is_pinned() {
    let metadata = workspace().unwrap();
    let file =
        std::fs::read_to_string(metadata.workspace_root.join("rust-toolchain.toml")).unwrap();
    expect_none(&pins::check_toolchain(&metadata, &file));
}

#[test]
fn the_tree_is_tidy() {
    let root = workspace().unwrap().workspace_root;
    let files = tracked_files(Path::new(root.as_str())).unwrap();
    assert!(
        files
            .iter()
            .any(|file| file.path == "tests/architecture/src/tree.rs"),
        "git lists the files"
    );
    let mut findings = tree::check_top_level(&files);
    findings.extend(tree::check_headers(&files));
    findings.extend(tree::check_lengths(&files, tree::LONGER));
    findings.extend(tree::check_lints(&files));
    findings.extend(tree::check_words(&files));
    findings.extend(tree::check_excerpts(&files));
    expect_none(&findings);
}
