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
    #[error("`{path}` is not UTF-8 text: {reason}")]
    NotUtf8 {
        /// Which.
        path: PathBuf,
        /// What it seems to be, and what to do.
        reason: String,
    },
    /// A name that cannot be a path of a ruleset, or too many files.
    #[error(transparent)]
    File(#[from] FileError),
}

/// The deepest folder of a ruleset: beyond it somebody linked a folder into itself.
const DEPTH_MAX: usize = 32;

/// Reads every `.quo`, `.csv` and `.xlsx` file below a folder; what begins with a dot is left out, and so are the files
/// `~$…` that a spreadsheet keeps while it has a workbook open.
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
        if name.starts_with(['.', '~']) {
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
        } else if let Some(kind) = Kind::of(&name) {
            let bytes = fs::read(&path).map_err(|error| LoadError::Io {
                path: path.clone(),
                error,
            })?;
            match kind {
                Kind::Workbook => files.extend(quo_workbook::read(&relative, &bytes)?),
                Kind::Text => files.push(SourceFile::new(
                    relative.clone(),
                    text(PathBuf::from(relative), bytes)?,
                )?),
            }
        }
    }
    Ok(())
}

/// How a file is read.
enum Kind {
    Text,
    Workbook,
}

impl Kind {
    fn of(name: &str) -> Option<Self> {
        match name.rsplit_once('.')?.1 {
            "quo" | "csv" => Some(Kind::Text),
            "xlsx" => Some(Kind::Workbook),
            _ => None,
        }
    }
}

/// The text of a file, which must be UTF-8: an encoding that is guessed would change names and texts in silence.
fn text(path: PathBuf, bytes: Vec<u8>) -> Result<String, LoadError> {
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let bytes = error.as_bytes();
        let line = bytes
            .iter()
            .take(valid)
            .filter(|byte| **byte == b'\n')
            .count();
        let line = line.saturating_add(1);
        let wrong = bytes.get(valid).copied().unwrap_or_default();
        let seems = match bytes {
            [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => "it seems to be UTF-16".to_owned(),
            // In the encodings of Western Europe these are letters with accents.
            _ if wrong >= 0xA0 => format!(
                "in line {line} is a byte that would be `{}` in Latin-1 (Windows-1252)",
                char::from(wrong)
            ),
            _ => format!("line {line} holds the byte 0x{wrong:02X}"),
        };
        let reason = format!("{seems}; save it as UTF-8 (in a spreadsheet `CSV UTF-8`)");
        LoadError::NotUtf8 { path, reason }
    })
}
