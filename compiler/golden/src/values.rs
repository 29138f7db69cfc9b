//! Judging values that expressions of a test give: exactly, whatever their decimals.

use quo_engine::{Computed, Stopped};
use quo_value::ArithmeticError;

use crate::expect::Found;

/// What was worked out, or why not.
type Given = Result<Computed, ArithmeticError>;

/// The values of one test, each before what it must be.
pub struct Values {
    given: std::vec::IntoIter<Given>,
    why_none: &'static str,
    stopped: Option<Stopped>,
}

impl Values {
    /// The values; `None` where the package was not made for tests.
    pub fn new(given: Option<Result<Vec<Given>, Stopped>>) -> Self {
        let (given, why_none, stopped) = match given {
            None => (
                Vec::new(),
                "the package was made without the values of tests",
                None,
            ),
            Some(Ok(given)) => (given, "the value is missing", None),
            Some(Err(stopped)) => (Vec::new(), "", Some(stopped)),
        };
        Self {
            given: given.into_iter(),
            why_none,
            stopped,
        }
    }

    /// Judges the next expectation: a value and, unless it must be absent, the one that it must be.
    ///
    /// # Errors
    /// What was found instead.
    pub fn judge(&mut self, expects_value: bool) -> Result<(), Found> {
        let wanted = |expected: &Computed| format!("{expected}");
        let Some(actual) = self.given.next() else {
            let why = match self.stopped {
                Some(stopped) => stopped.to_string(),
                None => self.why_none.to_owned(),
            };
            return Err(Found::new("a value", why));
        };
        let expected = if expects_value {
            self.given.next().unwrap_or(Ok(Computed::Absent))
        } else {
            Ok(Computed::Absent)
        };
        let no_answer = |error: ArithmeticError| format!("it cannot be worked out: {error}");
        let expected = expected
            .map_err(|error| Found::new("a value that can be worked out", no_answer(error)))?;
        let actual = actual.map_err(|error| Found::new(wanted(&expected), no_answer(error)))?;
        if actual.same(&expected) {
            return Ok(());
        }
        Err(Found::new(wanted(&expected), wanted(&actual)))
    }
}
