//! `quo new`: a small ruleset that checks, tests and evaluates.

use std::fs;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a ruleset could not be made.
#[derive(Debug, Error)]
pub enum ScaffoldError {
    /// Something is there already.
    #[error("`{0}` exists already; choose another name or remove it")]
    Exists(PathBuf),
    /// Not a name of a ruleset.
    #[error(
        "`{0}` is not a name for a ruleset: letters, digits, `-`, `_` and dots, beginning with a letter"
    )]
    BadName(String),
    /// A file cannot be written.
    #[error("`{path}` cannot be written: {error}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
}

const FILES: [(&str, &str); 5] = [
    ("ruleset.quo", include_str!("../template/ruleset.quo")),
    ("offer.quo", include_str!("../template/offer.quo")),
    (
        "prices/seats.csv",
        include_str!("../template/prices/seats.csv"),
    ),
    (
        "tests/offer.quo",
        include_str!("../template/tests/offer.quo"),
    ),
    (
        "requests/first.json",
        include_str!("../template/requests/first.json"),
    ),
];

/// Makes the folder `at` with a small ruleset named after its last part; gives the files it made.
///
/// # Errors
/// [`ScaffoldError`]; nothing is overwritten.
pub fn scaffold(at: &Path) -> Result<Vec<PathBuf>, ScaffoldError> {
    let name = at
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default()
        .replace(['-', ' '], "_");
    let good = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_' || letter == '.');
    if !good || name.ends_with('.') || name.contains("..") {
        return Err(ScaffoldError::BadName(at.display().to_string()));
    }
    if at.exists() {
        return Err(ScaffoldError::Exists(at.to_owned()));
    }
    let mut made = Vec::new();
    for (path, text) in FILES {
        let path = at.join(path);
        let io = |error| ScaffoldError::Io {
            path: path.clone(),
            error,
        };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(io)?;
        }
        fs::write(&path, text.replace("NAME_OF_RULESET", &name)).map_err(io)?;
        made.push(path);
    }
    Ok(made)
}
