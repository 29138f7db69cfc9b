//! The house rules, as checks over `cargo metadata` and the tracked files.
//!
//! What the architecture promises and a compiler does not enforce is kept here: which crate may know which, which
//! library has one keeper, under which licences we build, what is pinned because bytes depend on it, and what a file
//! of this repository looks like. Each rule is a table of data and a pure function from what was found to a list of
//! sentences; an empty list is a pass. The functions take their material as an argument, so that the tests hand them
//! doctored material too and see them fail.
//!
//! This crate must not know any crate of the workspace: it looks at the house from outside.

use std::io;
use std::path::Path;
use std::process::Command;

use cargo_metadata::{Metadata, MetadataCommand};

pub mod arrows;
pub mod licences;
pub mod pins;
pub mod tree;

/// A file that git tracks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackedFile {
    /// Path relative to the root of the repository, with `/`.
    pub path: String,
    /// The content, or nothing if it is not UTF-8.
    pub text: Option<String>,
}

impl TrackedFile {
    /// A file of this path and text: material for a test.
    pub fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: Some(text.to_owned()),
        }
    }
}

/// The dependency graph of the workspace this crate lies in, for all platforms and as locked.
///
/// # Errors
/// When `cargo metadata` cannot be run or refuses, for example because `Cargo.lock` is out of date.
pub fn workspace() -> Result<Metadata, cargo_metadata::Error> {
    MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .other_options(["--locked".to_owned()])
        .exec()
}

/// Every file git tracks below `root`, in git's order. A file that is tracked but was deleted and not committed yet is
/// left out.
///
/// # Errors
/// When git is missing, `root` is no working tree, or a file cannot be read.
pub fn tracked_files(root: &Path) -> io::Result<Vec<TrackedFile>> {
    let output = Command::new("git")
        .arg("-C")
        .arg(root)
        .args(["ls-files", "-z"])
        .output()?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(io::Error::other(format!("git ls-files failed: {reason}")));
    }
    let listing = String::from_utf8(output.stdout).map_err(io::Error::other)?;
    let mut files = Vec::new();
    for path in listing.split_terminator('\0') {
        match std::fs::read(root.join(path)) {
            Ok(bytes) => files.push(TrackedFile {
                path: path.to_owned(),
                text: String::from_utf8(bytes).ok(),
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(files)
}
