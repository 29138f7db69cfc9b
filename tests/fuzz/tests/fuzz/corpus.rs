//! What there is already: every file of the language in the repository.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use quo_fuzz::ruleset::{REQUEST, bundle};

use crate::root;

/// Folders of the repository that hold files of the language.
const FOLDERS: &[&str] = &["compiler", "dsl", "rulesets", "runtime", "stdlib", "tests"];

/// Every `.quo` file of the repository with its path, in order.
pub fn files() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for folder in FOLDERS {
        collect(&root().join(folder), &mut found);
    }
    found.sort();
    found
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "quo"))
        .filter_map(|path| Some((path.clone(), std::fs::read_to_string(path).ok()?)))
        .collect()
}

/// The texts of every `.quo` file.
pub fn texts() -> Vec<String> {
    files().into_iter().map(|(_, text)| text).collect()
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// The folders of all rulesets that are small enough to be tried often.
pub fn ruleset_folders() -> Vec<PathBuf> {
    let roots = files()
        .into_iter()
        .filter(|(path, _)| path.ends_with("ruleset.quo"));
    roots
        .filter_map(|(path, _)| Some(path.parent()?.to_owned()))
        .collect()
}

/// The files of a ruleset by their path in it.
pub fn ruleset(folder: &Path) -> BTreeMap<String, String> {
    let sources = quo_driver::load(folder).expect("a ruleset of the repository");
    let files = sources
        .iter()
        .map(|(_, file)| (file.path().to_owned(), file.text().to_string()));
    files.collect()
}

/// Every ruleset of the repository of up to so many bytes, each with a request, as inputs of the later stages.
pub fn bundles(bytes_max: usize) -> Vec<String> {
    let mut bundles = Vec::new();
    for folder in ruleset_folders() {
        let files = ruleset(&folder);
        let bytes: usize = files.values().map(String::len).sum();
        if bytes > bytes_max {
            continue;
        }
        let request = request_of(&folder);
        let pairs = files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()));
        bundles.push(bundle(pairs.chain([(REQUEST, request.as_str())])));
    }
    bundles
}

/// The first request that lies beside a ruleset.
fn request_of(folder: &Path) -> String {
    let mut found = Vec::new();
    collect(&folder.join("requests"), &mut found);
    found.sort();
    let first = found
        .first()
        .and_then(|path| std::fs::read_to_string(path).ok());
    first.unwrap_or_else(|| "{\"facts\":{},\"lines\":[]}".to_owned())
}
