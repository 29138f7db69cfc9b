//! `quo replay`: a decision again, on the package it was made with.

use std::path::{Path, PathBuf};

use quo_engine::{Ask, Limits, ReplayError, ReplayToken, explain, replay};
use quo_model::StoreError;

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
        subject::put_file(package, &store)?;
    }
    // The token first: a mistyped one names a package that never was.
    let wanted = ReplayToken::parse(token)
        .map_err(ReplayError::from)?
        .package();
    let package = store.get(&wanted).map_err(|error| match error {
        StoreError::Missing(digest) => Failure::UnknownPackage(digest),
        error => Failure::Store(error),
    })?;
    let repeated = replay(token, |_| Ok::<_, StoreError>(&package), &Limits::default())?;
    if explained {
        let explanation = explain(
            &package,
            &repeated.evaluation.request,
            &Limits::default(),
            &Ask::default(),
        )?;
        out.json(&serde_json::json!({ "same": repeated.same, "explanation": explanation }));
        let color = out.color();
        out.text(&explanation.to_text(color));
    } else {
        let mut json = eval::for_machines(&repeated.evaluation);
        if let Some(members) = json.as_object_mut() {
            members.insert("same".to_owned(), repeated.same.into());
        }
        out.json(&json);
        out.text(&eval::for_people(&repeated.evaluation));
    }
    out.text(if repeated.same {
        "the same answer as then, byte for byte"
    } else {
        "ANOTHER answer than then"
    });
    Ok(repeated.same)
}
