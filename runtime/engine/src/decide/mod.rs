//! The decision.

use quo_model::Package;

use crate::answer::Answer;
use crate::limits::{Limits, Stopped};
use crate::request::Request;

/// A decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {}

impl Decision {
    /// What the decision says, rendered with the package it was made on.
    #[must_use]
    pub fn answer(&self, package: &Package) -> Answer {
        let _ = package;
        todo_answer()
    }
}
fn todo_answer() -> Answer {
    unreachable!("not yet")
}

/// Decides a request on the package it was read for.
///
/// # Errors
/// [`Stopped`] where the limits did not let it end. What the rules object to is not an error but part of the decision.
pub fn decide(
    package: &Package,
    request: &Request,
    limits: &Limits<'_>,
) -> Result<Decision, Stopped> {
    let _ = (package, request, limits);
    Err(Stopped::Damaged)
}
