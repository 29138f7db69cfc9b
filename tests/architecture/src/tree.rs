//! What lies in the tree: the agreed top level, a header on every module, files short enough to read, and nothing in
//! them that belongs to one machine or to an unfinished thought.
//!
//! The words looked for are written in two pieces, since this file is tracked too.

use crate::TrackedFile;

/// The folders at the top of the repository.
pub const TOP_FOLDERS: &[&str] = &[
    ".ci", "bench", "compiler", "docs", "dsl", "rulesets", "runtime", "server", "stdlib", "tests",
];

/// The files at the top of the repository.
pub const TOP_FILES: &[&str] = &[
    ".gitattributes",
    ".gitignore",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "SECURITY.md",
    "clippy.toml",
    "rust-toolchain.toml",
    "rustfmt.toml",
];

/// Lines a Rust file may have at most.
pub const LINES_MAX: usize = 600;

/// Files that may be longer, each with the reason why no seam was found.
pub const LONGER: &[(&str, &str)] = &[];

/// Beginnings of paths that exist on one machine only.
const MACHINE_PATHS: &[&str] = &[
    concat!("/ho", "me/"),
    concat!("/ro", "ot/"),
    concat!("/Use", "rs/"),
    concat!("/wo", "rk/"),
    concat!("C:", "\\Users\\"),
];

/// The folder beside the repository with data that is not part of it.
const NEIGHBOUR: &str = concat!("../sha", "red");

/// The only file that may look for that folder.
const KNOWS_NEIGHBOUR: &str = ".ci/run";

/// Marks of an unfinished thought.
const UNFINISHED: &[&str] = &[concat!("FIX", "ME"), concat!("XX", "X:")];

/// A test that does not run.
const IGNORED: &str = concat!("#[ign", "ore");

/// How an ignored test says which other one runs it, for example as a process to be killed.
const RUN_BY: &str = " = \"run by `";

/// Every file or folder at the top that was not agreed on, as sentences.
pub fn check_top_level(files: &[TrackedFile]) -> Vec<String> {
    let mut findings: Vec<String> = files
        .iter()
        .filter_map(|file| match file.path.split_once('/') {
            Some((folder, _)) if !TOP_FOLDERS.contains(&folder) => {
                Some(format!("no folder `{folder}` at the top"))
            }
            None if !TOP_FILES.contains(&file.path.as_str()) => {
                Some(format!("no file `{}` at the top", file.path))
            }
            _ => None,
        })
        .collect();
    findings.dedup();
    findings
}

/// Every Rust module below a `src` or `tests` folder that does not begin by saying what it is, as sentences.
pub fn check_headers(files: &[TrackedFile]) -> Vec<String> {
    rust_files(files)
        .filter(|(_, text)| !text.trim_start().starts_with("//!"))
        .map(|(path, _)| format!("`{path}` does not begin with `//!`"))
        .collect()
}

/// Every Rust file longer than [`LINES_MAX`] lines without a reason in `longer`, and every reason no longer needed.
pub fn check_lengths(files: &[TrackedFile], longer: &[(&str, &str)]) -> Vec<String> {
    let mut findings = Vec::new();
    for (path, text) in rust_files(files) {
        let lines = text.lines().count();
        let excused = longer.iter().any(|(excused, _)| *excused == path);
        match (lines > LINES_MAX, excused) {
            (true, false) => {
                findings.push(format!("`{path}` has {lines} lines, more than {LINES_MAX}"))
            }
            (false, true) => findings.push(format!(
                "`{path}` has {lines} lines and needs no excuse any more"
            )),
            _ => {}
        }
    }
    for (excused, _) in longer {
        if !files.iter().any(|file| file.path == *excused) {
            findings.push(format!("`{excused}` is excused but does not exist"));
        }
    }
    findings
}

/// Every line that names a path of one machine, marks an unfinished thought, or ignores a test, as sentences.
pub fn check_words(files: &[TrackedFile]) -> Vec<String> {
    let mut findings = Vec::new();
    for file in files {
        let Some(text) = &file.text else { continue };
        for (index, line) in text.lines().enumerate() {
            let mut found = |what: &str, why: &str| {
                findings.push(format!(
                    "`{}` line {}: `{what}` {why}",
                    file.path,
                    index + 1
                ));
            };
            for path in MACHINE_PATHS.iter().filter(|path| is_path(line, path)) {
                found(path, "is a path of one machine");
            }
            if line.contains(NEIGHBOUR) && file.path != KNOWS_NEIGHBOUR {
                found(NEIGHBOUR, "lies outside the repository");
            }
            for mark in UNFINISHED.iter().filter(|mark| line.contains(**mark)) {
                found(mark, "marks something unfinished");
            }
            if line
                .split_once(IGNORED)
                .is_some_and(|(_, rest)| !rest.starts_with(RUN_BY))
            {
                found(IGNORED, "is a test that nobody runs");
            }
        }
    }
    findings
}

/// Every crate whose manifest does not take the lints of the workspace, as sentences.
pub fn check_lints(files: &[TrackedFile]) -> Vec<String> {
    files
        .iter()
        .filter(|file| file.path.ends_with("/Cargo.toml"))
        .filter(|file| {
            !file
                .text
                .as_deref()
                .unwrap_or_default()
                .contains("[lints]\nworkspace = true\n")
        })
        .map(|file| format!("`{}` does not say `[lints] workspace = true`", file.path))
        .collect()
}

/// Every rule that the README shows and no ruleset of the repository holds, as sentences.
pub fn check_excerpts(files: &[TrackedFile]) -> Vec<String> {
    let texts = |wanted: fn(&str) -> bool| {
        let found = files.iter().filter(move |file| wanted(&file.path));
        found.map(|file| file.text.as_deref().unwrap_or_default())
    };
    let shown =
        texts(|path| path == "README.md").flat_map(|readme| readme.split("```quo\n").skip(1));
    shown
        .map(|rest| rest.split_once("```").map_or(rest, |(excerpt, _)| excerpt))
        .filter(|excerpt| {
            !texts(|path| path.starts_with("rulesets/") && path.ends_with(".quo"))
                .any(|rules| rules.contains(*excerpt))
        })
        .map(|excerpt| {
            let first = excerpt.lines().next().unwrap_or_default();
            format!("`README.md` shows `{first}`, which is in no ruleset like that")
        })
        .collect()
}

fn rust_files(files: &[TrackedFile]) -> impl Iterator<Item = (&str, &str)> {
    files
        .iter()
        .filter(|file| file.path.ends_with(".rs"))
        .map(|file| (file.path.as_str(), file.text.as_deref().unwrap_or_default()))
}

/// Whether `path` stands in the line as the beginning of an absolute path, not inside a longer one or an address
/// (`https://example.com/home/`).
fn is_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        !before.is_some_and(|sign| {
            sign.is_alphanumeric() || matches!(sign, '.' | '_' | '-' | '}' | '~')
        })
    })
}
