//! `quo fmt`: one layout for every file.

use std::fmt::Write;
use std::fs;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use anstyle::{AnsiColor, Style};
use quo_source::{Diagnostic, SourceFile, Sources, render};
use serde::Serialize;
use similar::{ChangeTag, TextDiff};

use super::check::count;
use crate::failure::Failure;
use crate::output::Output;

/// The deepest folder that is looked into: beyond it somebody linked a folder into itself.
const DEPTH_MAX: usize = 32;

/// What is to be done with the files.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// Only say which files would change, and how.
    pub check: bool,
    /// Format standard input instead of files.
    pub stdin: bool,
}

/// What became of a file.
#[derive(Debug, Default, Serialize)]
struct Outcome {
    file: String,
    /// Whether its layout is another than before.
    changed: bool,
    /// Where it is only checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    diff: Option<String>,
    /// Why it was not formatted.
    diagnostics: Vec<render::JsonDiagnostic>,
}

/// Formats files, every `.quo` file below a folder, or standard input.
pub fn run(paths: &[PathBuf], wanted: Wanted, out: &mut Output) -> Result<bool, Failure> {
    if wanted.stdin {
        return standard_input(wanted.check, out);
    }
    let files = files(paths)?;
    out.stage(format!("formatting {}", count(files.len(), "file")));
    let mut outcomes = Vec::new();
    for path in &files {
        let text = read(path)?;
        let (outcome, formatted) = one(&path.display().to_string(), &text, wanted.check, out);
        if let Some(formatted) = formatted.filter(|_| outcome.changed && !wanted.check) {
            fs::write(path, formatted).map_err(|error| io(path, "written", error))?;
        }
        outcomes.push(outcome);
    }
    let broken = outcomes.iter().filter(|it| !it.diagnostics.is_empty());
    let broken = broken.count();
    let changed = outcomes.iter().filter(|it| it.changed).count();
    let ok = broken == 0 && !(wanted.check && changed > 0);
    out.json(&serde_json::json!({ "ok": ok, "files": outcomes }));
    out.text(&summary(files.len(), changed, broken, wanted.check));
    Ok(ok)
}

/// Formats standard input to standard output; where it has errors, nothing is written there.
fn standard_input(check: bool, out: &mut Output) -> Result<bool, Failure> {
    let name = Path::new("-");
    let mut text = String::new();
    let read = std::io::stdin().read_to_string(&mut text);
    read.map_err(|error| io(name, "read", error))?;
    let (outcome, formatted) = one("stdin.quo", &text, check, out);
    let ok = formatted.is_some() && !(check && outcome.changed);
    out.json(&serde_json::json!({
        "ok": ok,
        "changed": outcome.changed,
        "text": formatted.as_ref().filter(|_| !check),
        "diff": outcome.diff,
        "diagnostics": outcome.diagnostics,
    }));
    if let Some(formatted) = formatted.filter(|text| !check && !text.is_empty()) {
        out.text(&formatted);
    }
    Ok(ok)
}

/// Formats a text; says what is wrong with it, or, where that is asked for, what would change.
fn one(name: &str, text: &str, check: bool, out: &mut Output) -> (Outcome, Option<String>) {
    let mut outcome = Outcome {
        file: name.to_owned(),
        ..Outcome::default()
    };
    match quo_format::format(text) {
        Ok(formatted) => {
            outcome.changed = formatted.text != text;
            if outcome.changed && check {
                outcome.diff = Some(diff(name, text, &formatted.text, false));
                out.text(&diff(name, text, &formatted.text, true));
            }
            (outcome, Some(formatted.text))
        }
        Err(errors) => {
            outcome.diagnostics = told(name, text, &errors, out);
            (outcome, None)
        }
    }
}

/// The errors of a text, for people on standard error, and for machines.
fn told(
    name: &str,
    text: &str,
    errors: &[Diagnostic],
    out: &mut Output,
) -> Vec<render::JsonDiagnostic> {
    let parts = Path::new(name).components().filter_map(|part| match part {
        Component::Normal(part) => part.to_str(),
        _ => None,
    });
    let path = parts.collect::<Vec<_>>().join("/");
    let file = SourceFile::new(path, text).or_else(|_| SourceFile::new("file.quo", text));
    match file.and_then(|file| Sources::new([file])) {
        Ok(sources) => {
            out.diagnostics(&sources, errors);
            render::json(&sources, errors)
        }
        // Only a text of 4 GiB gets here, and such a text was not parsed.
        Err(_) => Vec::new(),
    }
}

/// The difference as `diff -u` writes it.
fn diff(name: &str, before: &str, after: &str, colored: bool) -> String {
    let style = |color: AnsiColor| {
        let style = Style::new();
        if colored {
            style.fg_color(Some(color.into()))
        } else {
            style
        }
    };
    let (bold, cyan) = (
        if colored {
            Style::new().bold()
        } else {
            Style::new()
        },
        style(AnsiColor::Cyan),
    );
    let mut text = format!("{bold}--- {name}{bold:#}\n{bold}+++ {name}, formatted{bold:#}\n");
    let changes = TextDiff::from_lines(before, after);
    for hunk in changes.unified_diff().context_radius(2).iter_hunks() {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{cyan}{}{cyan:#}", hunk.header());
        for change in hunk.iter_changes() {
            let (sign, style) = match change.tag() {
                ChangeTag::Delete => ('-', style(AnsiColor::Red)),
                ChangeTag::Insert => ('+', style(AnsiColor::Green)),
                ChangeTag::Equal => (' ', Style::new()),
            };
            let line = change.value().trim_end_matches(['\n', '\r']);
            let _ = writeln!(text, "{style}{sign}{line}{style:#}");
        }
    }
    text
}

fn summary(files: usize, changed: usize, broken: usize, check: bool) -> String {
    let verb = if check { "would change" } else { "formatted" };
    let kept = files.saturating_sub(changed).saturating_sub(broken);
    let mut text = format!("{} {verb}, {kept} unchanged", count(changed, "file"));
    if broken > 0 {
        let _ = write!(
            text,
            ", {} with errors left as {}",
            count(broken, "file"),
            if broken == 1 { "it is" } else { "they are" }
        );
    }
    text
}

/// The files that are meant: a file itself, every `.quo` file below a folder; what begins with a dot is left out.
fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            collect(path, 0, &mut files)?;
        } else {
            files.push(path.clone());
        }
    }
    files.sort();
    files.dedup();
    Ok(files)
}

fn collect(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    if depth > DEPTH_MAX {
        return Ok(());
    }
    let entries = fs::read_dir(folder).map_err(|error| io(folder, "read", error))?;
    for entry in entries {
        let entry = entry.map_err(|error| io(folder, "read", error))?;
        let (name, path) = (entry.file_name(), entry.path());
        if name.to_string_lossy().starts_with('.') {
            continue;
        }
        // The path as it was given, so that `quo fmt` says `offer.quo` and not `./offer.quo`.
        let path = path.strip_prefix(".").map(Path::to_owned).unwrap_or(path);
        if path.is_dir() {
            collect(&path, depth.saturating_add(1), files)?;
        } else if path.extension().is_some_and(|extension| extension == "quo") {
            files.push(path);
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| io(path, "read", error))
}

fn io(path: &Path, done: &'static str, error: std::io::Error) -> Failure {
    Failure::Io {
        path: path.to_owned(),
        done,
        error,
    }
}
