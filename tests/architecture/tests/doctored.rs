//! The rules can fail: each is shown material with one thing wrong, made from the real thing where there is one.

use cargo_metadata::{DependencyKind, Metadata, Package};
use quo_architecture::arrows::{self, Room};
use quo_architecture::{TrackedFile, licences, pins, tree, workspace};

fn package<'a>(metadata: &'a mut Metadata, name: &str) -> &'a mut Package {
    metadata
        .packages
        .iter_mut()
        .find(|package| package.name.as_str() == name)
        .expect("the graph holds the packages the tests name")
}

/// The workspace with `from` depending on `to`, in the manifest and in the resolved graph.
fn with_arrow(from: &str, to: &str, kind: DependencyKind) -> Metadata {
    let mut metadata = workspace().expect("cargo metadata runs");
    let of_engine = &package(&mut metadata, "quo-engine").dependencies;
    let mut dependency = of_engine
        .first()
        .expect("the engine depends on something")
        .clone();
    dependency.name = to.to_owned();
    dependency.kind = kind;
    let to = package(&mut metadata, to).id.clone();
    let from = package(&mut metadata, from);
    from.dependencies.push(dependency);
    let from = from.id.clone();

    let nodes = &mut metadata
        .resolve
        .as_mut()
        .expect("the graph is resolved")
        .nodes;
    let mut arrows = nodes.iter().flat_map(|node| &node.deps);
    let mut arrow = arrows
        .find(|arrow| arrow.name == "quo_model")
        .expect("somebody depends on the model")
        .clone();
    arrow.pkg = to;
    for how in &mut arrow.dep_kinds {
        how.kind = kind;
    }
    let node = nodes.iter_mut().find(|node| node.id == from);
    node.expect("every package is in the graph")
        .deps
        .push(arrow);
    metadata
}

#[test]
fn an_engine_that_knows_the_compiler_is_refused() {
    let findings = arrows::check(&with_arrow(
        "quo-engine",
        "quo-lower",
        DependencyKind::Normal,
    ));
    assert!(
        findings.contains(
            &"`quo-engine` must not depend on `quo-lower`: of the workspace it may use quo-value, quo-model".to_owned()
        ),
        "{findings:?}"
    );
}

#[test]
fn the_tests_of_a_crate_have_arrows_too() {
    let findings = arrows::check(&with_arrow(
        "quo-engine",
        "quo-lower",
        DependencyKind::Development,
    ));
    assert_eq!(
        findings,
        [
            "the tests of `quo-engine` must not depend on `quo-lower`: of the workspace it may use quo-value, quo-model"
        ]
    );
}

#[test]
fn a_service_decides_without_the_compiler_but_is_tested_with_it() {
    let refused = arrows::check(&with_arrow(
        "quo-http",
        "quo-driver",
        DependencyKind::Normal,
    ));
    assert!(
        refused
            .iter()
            .any(|finding| finding.starts_with("`quo-http` must not depend on `quo-driver`"))
    );
    assert!(
        arrows::check(&with_arrow(
            "quo-http",
            "quo-driver",
            DependencyKind::Development
        ))
        .is_empty()
    );
}

#[test]
fn a_library_has_its_keepers() {
    let findings = arrows::check(&with_arrow("quo-lower", "rkyv", DependencyKind::Normal));
    assert_eq!(
        findings,
        ["`quo-lower` must not name the library `rkyv`: it is kept by quo-model"]
    );
}

#[test]
fn what_is_out_of_reach_is_found_behind_others() {
    let findings = arrows::check(&with_arrow(
        "quo-value",
        "axum-core",
        DependencyKind::Normal,
    ));
    assert!(
        findings.is_empty(),
        "`axum-core` alone reaches nothing forbidden: {findings:?}"
    );
    let findings = arrows::check(&with_arrow(
        "quo-value",
        "hyper-util",
        DependencyKind::Normal,
    ));
    let expected = "`quo-engine` must not reach `tokio`, but does: quo-engine → quo-value → hyper-util → tokio";
    assert!(findings.contains(&expected.to_owned()), "{findings:?}");
}

#[test]
fn a_new_crate_needs_a_row_and_a_row_needs_a_crate() {
    let mut metadata = workspace().unwrap();
    package(&mut metadata, "quo-golden").name = "quo-gold".parse().unwrap();
    let findings = arrows::check(&metadata);
    assert!(
        findings.contains(&"crate `quo-gold` has no row in the table of arrows".to_owned()),
        "{findings:?}"
    );
    let row = "the table of arrows has a row for `quo-golden`, which is no crate".to_owned();
    assert!(findings.contains(&row), "{findings:?}");
}

#[test]
fn the_table_of_arrows_cannot_allow_what_the_halves_forbid() {
    let rooms = [
        Room {
            folder: "runtime/engine",
            package: "quo-engine",
            may_use: &["quo-lower"],
            tests_may_use: &[],
        },
        Room {
            folder: "compiler/lower",
            package: "quo-lower",
            may_use: &["quo-engine"],
            tests_may_use: &[],
        },
    ];
    assert_eq!(
        arrows::check_table(&rooms),
        ["`quo-engine` may use `quo-lower`, but `runtime` must not use `compiler`"]
    );
}

#[test]
fn a_diagram_that_shows_something_else_is_refused() {
    let metadata = workspace().unwrap();
    let findings = arrows::check_diagram(
        &metadata,
        "  syntax --> source\n  engine --> value & http\n",
    );
    assert!(
        findings.contains(&"the diagram lacks `engine --> model`".to_owned()),
        "{findings:?}"
    );
    assert!(
        !findings
            .iter()
            .any(|finding| finding.contains("syntax --> source")),
        "{findings:?}"
    );
    assert_eq!(
        findings.last().unwrap(),
        "the diagram draws `engine --> http`, which is not so"
    );
}

#[test]
fn licences_are_read_as_expressions() {
    for fine in [
        "MIT",
        "MIT/Apache-2.0",
        "MIT OR LGPL-2.1-or-later",
        "(MIT OR Apache-2.0) AND Unicode-3.0",
    ] {
        assert_eq!(licences::refusal(fine), None, "{fine}");
    }
    for refused in [
        "GPL-3.0-only",
        "MIT AND LGPL-2.1-or-later",
        "BUSL-1.1",
        "Apache-2.0 WITH Bison-exception-2.2",
    ] {
        assert!(
            licences::refusal(refused)
                .unwrap()
                .ends_with("is not permissive enough"),
            "{refused}"
        );
    }
    assert!(
        licences::refusal("do what you like")
            .unwrap()
            .contains("which is no SPDX expression")
    );
}

#[test]
fn a_package_without_a_licence_is_refused() {
    let mut metadata = workspace().unwrap();
    let rowan = package(&mut metadata, "rowan");
    rowan.license = None;
    let version = rowan.version.clone();
    assert_eq!(
        licences::check(&metadata),
        [format!("`rowan {version}` names no licence")]
    );
}

#[test]
fn an_archive_format_that_drifts_is_refused() {
    let mut metadata = workspace().unwrap();
    let dependency = package(&mut metadata, "quo-model")
        .dependencies
        .iter_mut()
        .find(|dependency| dependency.name == "rkyv");
    dependency.unwrap().req = "^0.8.0".parse().unwrap();
    let rkyv = package(&mut metadata, "rkyv").id.clone();
    let nodes = &mut metadata.resolve.as_mut().unwrap().nodes;
    nodes
        .iter_mut()
        .find(|node| node.id == rkyv)
        .unwrap()
        .features
        .retain(|feature| feature.as_str() != "aligned");
    let findings = pins::check_archive(&metadata);
    assert_eq!(findings.len(), 2, "{findings:?}");
    assert_eq!(
        findings.first().unwrap(),
        "`quo-model` asks for rkyv `^0.8.0`: pin it with `=`"
    );
    assert!(
        findings
            .last()
            .unwrap()
            .starts_with("rkyv is built with the features")
    );
}

#[test]
fn another_toolchain_is_refused() {
    let mut metadata = workspace().unwrap();
    assert_eq!(
        pins::check_toolchain(&metadata, "[toolchain]\nchannel = \"stable\"\n").len(),
        1
    );
    package(&mut metadata, "quo-cli").rust_version = None;
    assert_eq!(
        pins::check_toolchain(&metadata, "channel = \"1.95.0\""),
        ["`quo-cli` does not say `rust-version.workspace = true`"]
    );
}

#[test]
fn an_untidy_tree_is_refused() {
    let files = [
        TrackedFile::new("plan.md", ""),
        TrackedFile::new("scratch/a.txt", ""),
        TrackedFile::new("scratch/b.txt", ""),
        TrackedFile::new("dsl/x/Cargo.toml", "[package]\nname = \"quo-x\"\n"),
        TrackedFile::new("dsl/x/src/lib.rs", "use std::fmt;\n"),
        TrackedFile::new("dsl/x/src/long.rs", &"//! Long.\n".repeat(601)),
        TrackedFile::new("dsl/x/src/short.rs", "//! Short.\n"),
    ];
    assert_eq!(
        tree::check_top_level(&files),
        [
            "no file `plan.md` at the top",
            "no folder `scratch` at the top"
        ]
    );
    assert_eq!(
        tree::check_headers(&files),
        ["`dsl/x/src/lib.rs` does not begin with `//!`"]
    );
    assert_eq!(
        tree::check_lints(&files),
        ["`dsl/x/Cargo.toml` does not say `[lints] workspace = true`"]
    );
    assert_eq!(
        tree::check_lengths(&files, &[]),
        ["`dsl/x/src/long.rs` has 601 lines, more than 600"]
    );
    assert_eq!(
        tree::check_lengths(
            &files,
            &[
                ("dsl/x/src/long.rs", "one table"),
                ("dsl/x/src/short.rs", "once long")
            ]
        ),
        ["`dsl/x/src/short.rs` has 1 lines and needs no excuse any more"]
    );
    assert_eq!(
        tree::check_lengths(&[], &[("dsl/gone.rs", "was long")]),
        ["`dsl/gone.rs` is excused but does not exist"]
    );
}

#[test]
fn words_that_do_not_belong_are_refused() {
    let home = concat!("/ho", "me/");
    let data = concat!("../sha", "red/models");
    let mark = concat!("FIX", "ME");
    let ignored = concat!("#[ign", "ore");
    let text = format!(
        "see {home}ann/quo\nhttps://example.com{home}ann\n# {mark}: later\n{data}\n\
         {ignored} = \"run by `parent` as a child\"]\n{ignored} = \"slow\"]\n{ignored}]\n"
    );
    let findings = tree::check_words(&[TrackedFile::new("docs/x.md", &text)]);
    assert_eq!(
        findings,
        [
            format!("`docs/x.md` line 1: `{home}` is a path of one machine"),
            format!("`docs/x.md` line 3: `{mark}` marks something unfinished"),
            format!(
                "`docs/x.md` line 4: `{}` lies outside the repository",
                concat!("../sha", "red")
            ),
            format!("`docs/x.md` line 6: `{ignored}` is a test that nobody runs"),
            format!("`docs/x.md` line 7: `{ignored}` is a test that nobody runs"),
        ]
    );
    let allowed = TrackedFile::new(".ci/run", data);
    assert_eq!(tree::check_words(&[allowed]), Vec::<String>::new());
}

#[test]
fn a_readme_that_shows_other_rules_is_refused() {
    let rules = TrackedFile::new("rulesets/x/a.quo", "-- A.\ndiscount A {\n  take 5%\n}\n");
    let same = "Look:\n\n```quo\ndiscount A {\n  take 5%\n}\n```\n";
    let shown = |text: &str| [TrackedFile::new("README.md", text), rules.clone()];
    assert_eq!(tree::check_excerpts(&shown(same)), Vec::<String>::new());
    assert_eq!(
        tree::check_excerpts(&shown(&same.replace("5%", "6%"))),
        ["`README.md` shows `discount A {`, which is in no ruleset like that"]
    );
}
