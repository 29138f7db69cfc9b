//! What a command works on: a ruleset's folder or a package file, brought into the store and opened from there.

use std::env;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use quo_driver::{Built, build, load};
use quo_engine::Package;
use quo_model::PackageStore;

use crate::failure::Failure;
use crate::output::{Checked, Output};

/// The folder in which packages are kept.
pub fn store(given: Option<&Path>) -> Result<PackageStore, Failure> {
    let folder = match given {
        Some(folder) => folder.to_owned(),
        None => default_folder().ok_or(Failure::NoStore)?,
    };
    Ok(PackageStore::open(folder)?)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the command line is the edge where the environment is read"
)]
fn default_folder() -> Option<PathBuf> {
    let variable = |name: &str| {
        env::var(name)
            .ok()
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    variable("QUO_STORE").or_else(|| {
        let cache = variable("XDG_CACHE_HOME")
            .or_else(|| variable("HOME").map(|home| home.join(".cache")))?;
        Some(cache.join("quo").join("packages"))
    })
}

/// Builds a folder; says what was found.
pub fn build_folder(folder: &Path, out: &mut Output) -> Result<Built, Failure> {
    let built = build(load(folder)?)?;
    out.diagnostics(&built.sources, &built.diagnostics);
    Ok(built)
}

/// Opens a package file, or builds a folder and opens what came out.
pub fn open(rules: &Path, store: &PackageStore, out: &mut Output) -> Result<Package, Failure> {
    if rules.is_dir() {
        let built = build_folder(rules, out)?;
        let Some(bytes) = built.package else {
            out.json(&Checked::new(&built.sources, &built.diagnostics));
            return Err(Failure::Rules);
        };
        let digest = store.put(&bytes)?;
        return Ok(store.get(&digest)?);
    }
    let digest = store.put_file(rules)?;
    Ok(store.get(&digest)?)
}

/// The bytes of a file; `-` is standard input.
pub fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let io = |error| Failure::Io {
        path: path.to_owned(),
        done: "read",
        error,
    };
    if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).map_err(io)?;
        return Ok(bytes);
    }
    fs::read(path).map_err(io)
}
