//! Cases of other systems' public tests: which there are, and which come out exactly.
//!
//! `index.csv` names each case with its topic, its family and its source. Each family is a ruleset beside it; its golden
//! tests are named after the cases, so that a case is reached where every test whose name holds its id passes. Nothing
//! here knows what a case is about: the numbers are in the rulesets' tables.

pub mod generate;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use quo_analysis::hir::Rules;
use quo_driver::Built;
use quo_golden::Outcome;
use quo_model::{Package, PackageStore};
use quo_source::{Sources, render};

/// A case as the index has it.
#[derive(Debug, Clone)]
pub struct Case {
    /// Its id, the first word of the names of its tests.
    pub id: String,
    /// What it is about.
    pub topic: String,
    /// The folder of the ruleset that reaches it.
    pub family: String,
}

/// What came of the golden tests of a family.
#[derive(Debug)]
pub struct Ran {
    /// The ids that the tests are named after, each with whether all of its tests passed.
    pub ids: BTreeMap<String, bool>,
    /// How many golden tests there are.
    pub tests: usize,
    /// What is wrong, as a person reads it: diagnostics of the ruleset or of its tests.
    pub problems: String,
}

/// The folder of the cases.
#[must_use]
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All cases, in the order of the index.
///
/// # Errors
/// A sentence where the index cannot be read.
pub fn index() -> Result<Vec<Case>, String> {
    let path = folder().join("index.csv");
    let mut reader = csv::Reader::from_path(path).map_err(|error| error.to_string())?;
    let mut cases = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|error| error.to_string())?;
        let cell = |column: usize| row.get(column).unwrap_or_default().to_owned();
        cases.push(Case {
            id: cell(0),
            topic: cell(1),
            family: cell(2),
        });
    }
    Ok(cases)
}

/// Compiles the ruleset of a family and runs its golden tests.
///
/// # Errors
/// A sentence where its files cannot be read, or its package not be kept.
pub fn run(family: &Path) -> Result<Ran, String> {
    let built = built(family)?;
    let (Some(bytes), Some(rules)) = (built.tested(), &built.rules) else {
        return Ok(Ran {
            ids: BTreeMap::new(),
            tests: 0,
            problems: shown(&built.sources, &built.diagnostics),
        });
    };
    let package = opened(bytes)?;
    let outcomes = quo_golden::run(&package, &rules.tests);
    let failures: Vec<_> = outcomes
        .iter()
        .flat_map(|outcome| outcome.failures.clone())
        .collect();
    Ok(Ran {
        ids: by_id(&outcomes),
        tests: outcomes.len(),
        problems: shown(&built.sources, &failures),
    })
}

/// Whether a case that is a mistake is refused with all that it expects, in `refused/ID/expected.csv`; `None` where the
/// case is none.
///
/// # Errors
/// A sentence where its files cannot be read, or what was found instead.
pub fn refused(id: &str) -> Result<Option<()>, String> {
    let path = folder().join("refused").join(id);
    if !path.join("expected.csv").exists() {
        return Ok(None);
    }
    let built = built(&path)?;
    let mut reader =
        csv::Reader::from_path(path.join("expected.csv")).map_err(|error| error.to_string())?;
    let mut expected = 0;
    for row in reader.records() {
        let row = row.map_err(|error| error.to_string())?;
        let cell = |column: usize| row.get(column).unwrap_or_default();
        let found = built.diagnostics.iter().any(|diagnostic| {
            diagnostic.is_error()
                && diagnostic.code.id() == cell(0)
                && diagnostic.message.contains(cell(1))
        });
        if !found || built.package.is_some() {
            return Err(format!(
                "{id} is not refused with {} {:?}\n{}",
                cell(0),
                cell(1),
                shown(&built.sources, &built.diagnostics)
            ));
        }
        expected += 1;
    }
    if expected == 0 {
        return Err(format!("{id} expects nothing"));
    }
    Ok(Some(()))
}

/// The package of a ruleset and its checked rules.
///
/// # Errors
/// What is wrong with it, as a person reads it.
pub fn compiled(ruleset: &Path) -> Result<(Package, Rules), String> {
    let built = built(ruleset)?;
    match (&built.package, built.rules) {
        (Some(bytes), Some(rules)) => Ok((opened(bytes)?, rules)),
        _ => Err(shown(&built.sources, &built.diagnostics)),
    }
}

fn built(ruleset: &Path) -> Result<Built, String> {
    let sources = quo_driver::load(ruleset).map_err(|error| error.to_string())?;
    quo_driver::build(sources).map_err(|error| error.to_string())
}

/// A package opened from a store that is gone afterwards; what is mapped stays.
fn opened(bytes: &[u8]) -> Result<Package, String> {
    let kept = tempfile::tempdir().map_err(|error| error.to_string())?;
    let store = PackageStore::open(kept.path()).map_err(|error| error.to_string())?;
    store
        .put(bytes)
        .and_then(|digest| store.get(&digest))
        .map_err(|error| error.to_string())
}

/// The rulesets below a folder, sorted by path. One inside of another does not count.
#[must_use]
pub fn rulesets(folder: &Path) -> Vec<PathBuf> {
    if folder.join("ruleset.quo").exists() {
        return vec![folder.to_owned()];
    }
    let mut inside: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_dir())
        .collect();
    inside.sort();
    inside.iter().flat_map(|path| rulesets(path)).collect()
}

fn by_id(outcomes: &[Outcome]) -> BTreeMap<String, bool> {
    let mut ids: BTreeMap<String, bool> = BTreeMap::new();
    for outcome in outcomes {
        let words: BTreeSet<&str> = outcome
            .name
            .split([' ', ':', ','])
            .filter(|word| word.contains('-'))
            .collect();
        for word in words {
            *ids.entry(word.to_owned()).or_insert(true) &= outcome.passed();
        }
    }
    ids
}

fn shown(sources: &Sources, diagnostics: &[quo_source::Diagnostic]) -> String {
    render::terminal(sources, diagnostics, false)
}
