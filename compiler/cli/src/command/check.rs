//! `quo check`: what is wrong with a ruleset.

use std::path::Path;

use crate::failure::Failure;
use crate::output::{Checked, Output};
use crate::subject;

/// Checks a folder.
pub fn run(folder: &Path, out: &mut Output) -> Result<bool, Failure> {
    let built = subject::build_folder(folder, out)?;
    let checked = Checked::new(&built.sources, &built.diagnostics);
    out.json(&checked);
    let warnings = built
        .diagnostics
        .iter()
        .filter(|found| !found.is_error())
        .count();
    let errors = built.diagnostics.len().saturating_sub(warnings);
    if let Some(rules) = &built.rules {
        let [major, minor, patch] = rules.version;
        out.text(&format!(
            "{} {major}.{minor}.{patch}: no errors, {}; {}, {}, {}, {}",
            rules.name,
            count(warnings, "warning"),
            count(rules.products.len(), "product"),
            count(rules.books.len(), "price book"),
            count(rules.adjustments.len(), "adjustment"),
            count(rules.tests.len(), "test"),
        ));
    } else {
        out.text(&format!(
            "{}, {}",
            count(errors, "error"),
            count(warnings, "warning")
        ));
    }
    Ok(checked.ok)
}

/// A number with its noun.
pub fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}
