//! What a command works on: a ruleset's folder or a package file, brought into the store and opened from there.

use std::env;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use quo_driver::{Built, Files, Pipeline, load};
use quo_engine::{Digest, Package};
use quo_model::{PackageStore, StoreError};
use quo_source::Work;

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
    out.stage("reading files");
    let sources = load(folder)?;
    let pipeline = Pipeline::new(Work::unlimited());
    out.stage(format!("parsing {} files", sources.iter().count()));
    let parsed = pipeline.parse(Files { sources })?;
    out.stage("checking rules");
    let analyzed = pipeline.check(parsed)?;
    out.stage("building the decision program");
    let lowered = pipeline.lower(analyzed);
    out.stage("packing");
    let built = pipeline.pack(lowered);
    out.diagnostics(&built.sources, &built.diagnostics);
    Ok(built)
}

/// Opens a package file, or builds a folder and opens what came out.
pub fn open(rules: &Path, store: &PackageStore, out: &mut Output) -> Result<Package, Failure> {
    if rules.is_dir() {
        let built = build_folder(rules, out)?;
        let digest = store.put(package_of(&built)?)?;
        return Ok(store.get(&digest)?);
    }
    let digest = put_file(rules, store)?;
    Ok(store.get(&digest)?)
}

/// Brings a package file into the store.
pub fn put_file(file: &Path, store: &PackageStore) -> Result<Digest, Failure> {
    store.put_file(file).map_err(|error| match error {
        StoreError::Refused(error) => Failure::Package {
            path: file.to_owned(),
            error,
        },
        error => Failure::Store(error),
    })
}

/// The bytes that a build made.
pub fn package_of(built: &Built) -> Result<&[u8], Failure> {
    built.package.as_deref().ok_or_else(|| {
        let checked = Checked::new(&built.sources, &built.diagnostics);
        Failure::Rules(Box::new(checked))
    })
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
