//! `quo explain`: why the answer is what it is.

use std::path::Path;

use quo_engine::{Ask, EvaluateError, Limits, explain, read_request};

use crate::failure::Failure;
use crate::output::Output;
use crate::subject;

/// Explains a decision.
pub fn run(
    rules: &Path,
    request: &Path,
    why_not: Option<String>,
    viewer: Vec<String>,
    store: Option<&Path>,
    out: &mut Output,
) -> Result<bool, Failure> {
    let store = subject::store(store)?;
    let package = subject::open(rules, &store, out)?;
    let json = subject::read(request)?;
    let request = read_request(&package, &json).map_err(EvaluateError::from)?;
    let explanation = explain(
        &package,
        &request,
        &Limits::default(),
        &Ask { why_not, viewer },
    )?;
    out.json(&explanation);
    let color = out.color();
    out.text(&explanation.to_text(color));
    Ok(explanation.valid)
}
