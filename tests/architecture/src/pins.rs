//! What is pinned because bytes or answers depend on it: the archive's library with its format features, and the
//! toolchain.
//!
//! A package file is an rkyv archive that is used in place. Its layout follows from rkyv's version and its features,
//! and cargo unites features over the whole graph: a dependency that asked for `big_endian` or another pointer width
//! would change every package silently. So the version is exact, and the features are compared after unification.

use cargo_metadata::Metadata;

/// The features of rkyv that make up the format, after unification. `alloc` follows from `std`.
pub const RKYV_FEATURES: &[&str] = &[
    "aligned",
    "alloc",
    "bytecheck",
    "little_endian",
    "pointer_width_32",
    "std",
];

/// The toolchain everything is built and linted with.
pub const TOOLCHAIN: &str = "1.95.0";

/// Every way in which the archive's library is not pinned, as sentences.
pub fn check_archive(metadata: &Metadata) -> Vec<String> {
    let mut findings = Vec::new();
    for package in metadata.workspace_packages() {
        for dependency in package
            .dependencies
            .iter()
            .filter(|dependency| dependency.name == "rkyv")
        {
            if !dependency.req.to_string().starts_with('=') {
                findings.push(format!(
                    "`{}` asks for rkyv `{}`: pin it with `=`",
                    package.name, dependency.req
                ));
            }
            if dependency.uses_default_features {
                findings.push(format!(
                    "`{}` takes rkyv's default features: name the format's",
                    package.name
                ));
            }
        }
    }
    let mut found = 0;
    for node in metadata.resolve.iter().flat_map(|resolve| &resolve.nodes) {
        if !metadata
            .packages
            .iter()
            .any(|package| package.id == node.id && package.name.as_str() == "rkyv")
        {
            continue;
        }
        found += 1;
        let mut features: Vec<&str> = node
            .features
            .iter()
            .map(|feature| feature.as_str())
            .collect();
        features.sort_unstable();
        if features != RKYV_FEATURES {
            findings.push(format!(
                "rkyv is built with the features {features:?}, the format is {RKYV_FEATURES:?}"
            ));
        }
    }
    if found != 1 {
        findings.push(format!(
            "the graph holds {found} versions of rkyv, the format is made by exactly one"
        ));
    }
    findings
}

/// Every way in which `rust-toolchain.toml` and the crates do not name the toolchain, as sentences.
pub fn check_toolchain(metadata: &Metadata, toolchain_file: &str) -> Vec<String> {
    let mut findings = Vec::new();
    let expected = format!("channel = \"{TOOLCHAIN}\"");
    if !toolchain_file.lines().any(|line| line.trim() == expected) {
        findings.push(format!("`rust-toolchain.toml` does not say `{expected}`"));
    }
    for package in metadata.workspace_packages() {
        let named = package.rust_version.as_ref().map(ToString::to_string);
        if named.as_deref() != Some(TOOLCHAIN) {
            findings.push(format!(
                "`{}` does not say `rust-version.workspace = true`",
                package.name
            ));
        }
    }
    findings
}
