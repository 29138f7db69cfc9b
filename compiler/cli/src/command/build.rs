//! `quo build`: a ruleset to one package file.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use quo_model::PackageStore;

use crate::failure::Failure;
use crate::output::{Checked, Output};
use crate::subject;

/// Builds a folder into a file, which appears whole or not at all.
pub fn run(folder: &Path, output: &Path, out: &mut Output) -> Result<bool, Failure> {
    let built = subject::build_folder(folder, out)?;
    let bytes = subject::package_of(&built)?;
    let io = |error| Failure::Io {
        path: output.to_owned(),
        done: "written",
        error,
    };
    let parent = output
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    if !parent.is_dir() {
        let missing = format!("there is no folder `{}`", parent.display());
        return Err(io(io::Error::new(io::ErrorKind::NotFound, missing)));
    }
    let staging = tempfile::Builder::new()
        .prefix(".quo-build-")
        .tempdir_in(parent)
        .map_err(io)?;
    // What is written has passed the same door as every package that is opened.
    let digest = PackageStore::open(staging.path().join("store"))?.put(bytes)?;
    let file = staging.path().join("package");
    let mut writer = fs::File::create(&file).map_err(io)?;
    writer
        .write_all(bytes)
        .and_then(|()| writer.sync_all())
        .map_err(io)?;
    fs::rename(&file, output).map_err(io)?;
    let rules = built.rules.as_ref();
    let name = rules.map(|rules| rules.name.clone()).unwrap_or_default();
    let version = rules
        .map(|rules| rules.version.map(|part| part.to_string()).join("."))
        .unwrap_or_default();
    out.json(&serde_json::json!({
        "ok": true,
        "file": output.display().to_string(),
        "bytes": bytes.len(),
        "digest": digest.to_string(),
        "ruleset": name,
        "version": version,
        "diagnostics": Checked::new(&built.sources, &built.diagnostics).diagnostics,
    }));
    out.text(&format!(
        "{name} {version}: {} bytes in {}\ndigest {digest}",
        bytes.len(),
        output.display()
    ));
    Ok(true)
}
