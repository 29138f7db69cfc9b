//! Judging values that expressions of a test give: exactly, whatever their decimals.

use std::ops::Range;

use quo_engine::{Computed, Limits, Stopped, explain_probe};
use quo_value::ArithmeticError;

use crate::Judged;
use crate::expect::Found;

/// What was worked out, or why not.
type Given = Result<Computed, ArithmeticError>;

/// The values of one test, each before what it must be.
pub struct Values<'a> {
    judged: &'a Judged<'a>,
    given: std::vec::IntoIter<Given>,
    /// The probe of the value that comes next.
    next: usize,
    why_none: String,
}

impl<'a> Values<'a> {
    /// Works the values out; `None` where the package was not made for tests.
    pub fn new(judged: &'a Judged<'a>, probes: Option<Range<usize>>) -> Self {
        let next = probes.as_ref().map_or(0, |probes| probes.start);
        let given: Option<Result<Vec<Given>, Stopped>> = probes.map(|probes| {
            let decision = &judged.evaluation.decision;
            quo_engine::probe(judged.package, decision, &Limits::default(), probes)
        });
        let (given, why_none) = match given {
            None => (
                Vec::new(),
                "the package was made without the values of tests".to_owned(),
            ),
            Some(Ok(given)) => (given, "the value is missing".to_owned()),
            Some(Err(stopped)) => (Vec::new(), stopped.to_string()),
        };
        Self {
            judged,
            given: given.into_iter(),
            next,
            why_none,
        }
    }

    /// Judges the next expectation: a value and, unless it must be absent, the one that it must be.
    ///
    /// # Errors
    /// What was found instead, with the values on the way to both.
    pub fn judge(&mut self, expects_value: bool) -> Result<(), Found> {
        let first = self.next;
        let count = 1_usize.saturating_add(usize::from(expects_value));
        self.next = first.saturating_add(count);
        let Some(actual) = self.given.next() else {
            return Err(Found::new("a value", &self.why_none));
        };
        let expected = if expects_value {
            self.given.next().unwrap_or(Ok(Computed::Absent))
        } else {
            Ok(Computed::Absent)
        };
        compared(actual, expected).map_err(|mut found| {
            found.notes.extend(self.steps(first..self.next));
            found
        })
    }

    /// The values on the way to these probes, in words.
    fn steps(&self, probes: Range<usize>) -> Vec<String> {
        let decision = &self.judged.evaluation.decision;
        let limits = Limits::default();
        let seen = probes
            .filter_map(|probe| explain_probe(self.judged.package, decision, &limits, probe).ok());
        let mut steps = Vec::new();
        for value in seen.flatten() {
            let step = format!("{} is {}", value.text, value.value);
            if !steps.contains(&step) {
                steps.push(step);
            }
        }
        steps
    }
}

fn compared(actual: Given, expected: Given) -> Result<(), Found> {
    let no_answer = |error: ArithmeticError| format!("it cannot be worked out: {error}");
    let expected =
        expected.map_err(|error| Found::new("a value that can be worked out", no_answer(error)))?;
    let actual = actual.map_err(|error| Found::new(&expected, no_answer(error)))?;
    if actual.same(&expected) {
        return Ok(());
    }
    Err(Found::new(expected, actual))
}
