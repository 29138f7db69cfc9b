//! From checked rules to the decision program and its package.
//!
//! Lowering knows what checked rules mean and what the machine of `quo-model` can do; it knows neither syntax nor files.
//! It is one pure function: strings are numbered in a first pass over the rules, then tables and code are made in the
//! order of the rules, so that equal rules give equal bytes. The only diagnostics are those of limits: an expression
//! with more values than the machine has registers, a number that does not fit, a table that is too large.

#![deny(clippy::arithmetic_side_effects)]

mod adjustments;
mod calculations;
mod charges;
mod code;
mod constants;
mod context;
mod decisions;
mod limits;
mod model;
mod places;
mod print;
mod strings;
mod tables;
mod terms;

use quo_analysis::hir::Rules;
use quo_model::{Model, SourceMap, WriteError, write_package};
use quo_source::{Diagnostic, Sources};

pub use print::print;

/// A ruleset as the machine reads it.
#[derive(Debug, Clone)]
pub struct Lowered {
    /// What decisions are made from.
    pub model: Model,
    /// Where everything in the model came from.
    pub source_map: SourceMap,
}

impl Lowered {
    /// The bytes of the package file: the same for the same rules and sources, on every machine.
    ///
    /// # Errors
    /// If the model is larger than a package can be.
    pub fn to_package_bytes(&self) -> Result<Vec<u8>, WriteError> {
        write_package(&self.model, &self.source_map)
    }
}

/// Lowers checked rules, which were made from `sources`.
///
/// # Errors
/// Diagnostics with codes `Q9xxx` where a limit of the machine is passed, in the order of their places.
pub fn lower(rules: &Rules, sources: &Sources) -> Result<Lowered, Vec<Diagnostic>> {
    let mut context = context::Context::new(rules, sources, false);
    let model = model::lower(&mut context, false);
    context.finish(model)
}

/// Lowers checked rules with the values that their tests expect something of, for a package that is tested and then
/// thrown away.
///
/// # Errors
/// As [`lower`].
pub fn lower_for_tests(rules: &Rules, sources: &Sources) -> Result<Lowered, Vec<Diagnostic>> {
    let mut context = context::Context::new(rules, sources, true);
    let model = model::lower(&mut context, true);
    context.finish(model)
}
