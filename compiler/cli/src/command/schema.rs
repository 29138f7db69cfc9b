//! `quo schema`: what a request may hold, for editors, clients and generators of code.

use std::path::Path;

use quo_engine::request_schema;

use crate::failure::Failure;
use crate::output::Output;
use crate::subject;

/// Prints the schema of the requests on rules. It is JSON, whoever reads it.
pub fn run(rules: &Path, store: Option<&Path>, out: &mut Output) -> Result<bool, Failure> {
    let store = subject::store(store)?;
    let package = subject::open(rules, &store, out)?;
    let schema = request_schema(&package);
    out.json(&schema);
    out.text(&format!("{schema:#}"));
    Ok(true)
}
