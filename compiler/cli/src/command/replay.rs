//! `quo replay`: a decision again, on the package it was made with.

use std::path::{Path, PathBuf};

use quo_engine::{Ask, Limits, explain, replay};

use super::eval;
use crate::failure::Failure;
use crate::output::Output;
use crate::subject;

/// Repeats the decision of a token.
pub fn run(
    token: &str,
    packages: &[PathBuf],
    explained: bool,
    store: Option<&Path>,
    out: &mut Output,
) -> Result<bool, Failure> {
    let store = subject::store(store)?;
    for package in packages {
        store.put_file(package)?;
    }
    let mut used = None;
    let repeated = replay(
        token,
        |digest| {
            let package = store.get(&digest)?;
            used = Some(package.clone());
            Ok::<_, quo_model::StoreError>(package)
        },
        &Limits::default(),
    )?;
    if explained && let Some(package) = &used {
        let explanation = explain(
            package,
            &repeated.evaluation.request,
            &Limits::default(),
            &Ask::default(),
        )?;
        out.json(&serde_json::json!({ "same": repeated.same, "explanation": explanation }));
        let color = out.color();
        out.text(&explanation.to_text(color));
    } else {
        eval::print(&repeated.evaluation, out);
    }
    out.text(if repeated.same {
        "the same answer as then, byte for byte"
    } else {
        "ANOTHER answer than then"
    });
    Ok(repeated.same)
}
