//! `quo test`: the golden tests of a ruleset.

use std::fmt::Write;
use std::path::Path;

use quo_golden::Outcome;
use quo_source::{Diagnostic, render};

use super::check::count;
use crate::failure::Failure;
use crate::output::Output;
use crate::subject;

/// Runs the tests of a folder.
pub fn run(
    folder: &Path,
    only: Option<&str>,
    store: Option<&Path>,
    out: &mut Output,
) -> Result<bool, Failure> {
    let built = subject::build_folder(folder, out)?;
    let bytes = subject::package_of(&built)?;
    let bytes = built.tested().unwrap_or(bytes);
    let tests = built.rules.as_ref().map_or(&[][..], |rules| &rules.tests);
    let wanted = |name: &str| only.is_none_or(|only| name.contains(only));
    let chosen = tests.iter().filter(|test| wanted(&test.name)).count();
    if chosen == 0 {
        return Err(only.map_or(Failure::NoTests, |only| {
            Failure::NoSuchTest(only.to_owned())
        }));
    }
    let store = subject::store(store)?;
    let package = store.get(&store.put(bytes)?)?;
    let watch = out.count(format!("running {}", count(chosen, "test")), chosen);
    let outcomes = quo_golden::run_chosen(&package, tests, &|test| wanted(&test.name), &watch);
    let failures: Vec<Diagnostic> = outcomes
        .iter()
        .flat_map(|outcome| outcome.failures.clone())
        .collect();
    out.diagnostics(&built.sources, &failures);
    out.json(&serde_json::json!({
        "ok": failures.is_empty(),
        "tests": outcomes.iter().map(|outcome| serde_json::json!({
            "name": outcome.name,
            "file": built.sources.get(outcome.span.file).map(|file| file.path()),
            "passed": outcome.passed(),
            "expectations": outcome.expectations,
            "failures": render::json(&built.sources, &outcome.failures),
        })).collect::<Vec<_>>(),
    }));
    out.text(&summary(&outcomes));
    Ok(failures.is_empty())
}

fn summary(outcomes: &[Outcome]) -> String {
    let green = anstyle::Style::new().fg_color(Some(anstyle::AnsiColor::Green.into()));
    let red = anstyle::Style::new().fg_color(Some(anstyle::AnsiColor::Red.into()));
    let mut text = String::new();
    for outcome in outcomes {
        let (style, word) = if outcome.passed() {
            (green, "ok    ")
        } else {
            (red, "failed")
        };
        let _ = writeln!(text, "{style}{word}{style:#} {}", outcome.name);
    }
    let passed = outcomes.iter().filter(|outcome| outcome.passed()).count();
    let expectations: usize = outcomes.iter().map(|outcome| outcome.expectations).sum();
    let _ = writeln!(
        text,
        "{} passed, {} failed, {}",
        count(passed, "test"),
        outcomes.len().saturating_sub(passed),
        count(expectations, "expectation")
    );
    text
}
