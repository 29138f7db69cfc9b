//! Reading the folder of a ruleset: the only place of the compiler that touches files.
//!
//! Paths become relative, with `/`, and sorted, so that nothing of this machine is left in what is built.

use std::fs;
use std::path::{Path, PathBuf};

use quo_source::{FileError, SourceFile, Sources};
use thiserror::Error;

/// Why a folder cannot be read as a ruleset.
#[derive(Debug, Error)]
pub enum LoadError {
    /// It is not there, or not a folder.
    #[error(
        "`{0}` is not a folder; a ruleset is a folder with a file `ruleset.quo` (`quo new NAME` makes one)"
    )]
    NotAFolder(PathBuf),
    /// It has no `ruleset.quo`.
    #[error(
        "`{0}` has no file `ruleset.quo`; a ruleset is a folder with one (`quo new NAME` makes one)"
    )]
    NoRuleset(PathBuf),
    /// A file or folder cannot be read.
    #[error("`{path}` cannot be read: {error}")]
    Io {
        /// What.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A file is not UTF-8.
    #[error("`{0}` is not UTF-8 text; save it as UTF-8")]
    NotUtf8(PathBuf),
    /// A name that cannot be a path of a ruleset, or too many files.
    #[error(transparent)]
    File(#[from] FileError),
}

/// The deepest folder of a ruleset: beyond it somebody linked a folder into itself.
const DEPTH_MAX: usize = 32;

/// Reads every `.quo` and `.csv` file below a folder; what begins with a dot is left out.
///
/// # Errors
/// [`LoadError`], which says which file and what to do.
pub fn load(folder: &Path) -> Result<Sources, LoadError> {
    if !folder.is_dir() {
        return Err(LoadError::NotAFolder(folder.to_owned()));
    }
    if !folder.join("ruleset.quo").is_file() {
        return Err(LoadError::NoRuleset(folder.to_owned()));
    }
    let mut files = Vec::new();
    collect(folder, "", 0, &mut files)?;
    Ok(Sources::new(files)?)
}

fn collect(
    folder: &Path,
    prefix: &str,
    depth: usize,
    files: &mut Vec<SourceFile>,
) -> Result<(), LoadError> {
    let io = |error| LoadError::Io {
        path: folder.to_owned(),
        error,
    };
    if depth > DEPTH_MAX {
        return Ok(());
    }
    for entry in fs::read_dir(folder).map_err(io)? {
        let entry = entry.map_err(io)?;
        let path = entry.path();
        let Some(name) = entry.file_name().to_str().map(str::to_owned) else {
            continue;
        };
        if name.starts_with('.') {
            continue;
        }
        let relative = format!("{prefix}{name}");
        if path.is_dir() {
            collect(
                &path,
                &format!("{relative}/"),
                depth.saturating_add(1),
                files,
            )?;
        } else if name.ends_with(".quo") || name.ends_with(".csv") {
            let bytes = fs::read(&path).map_err(|error| LoadError::Io {
                path: path.clone(),
                error,
            })?;
            let text = String::from_utf8(bytes).map_err(|_| LoadError::NotUtf8(path.clone()))?;
            files.push(SourceFile::new(relative, text)?);
        }
    }
    Ok(())
}
