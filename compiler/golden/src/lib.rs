//! The golden-test runner as a library.
//!
//! A golden test is a request and what is expected of its decision. It is judged by the same door, the same engine and the
//! same answer that a service sees: nothing here looks inside a decision. What fails comes back as diagnostics at the
//! expectation, with what was found instead. The terminal is not known here.

mod expect;
mod expect_adjustments;
mod expect_terms;
mod request;
mod values;

use std::collections::BTreeSet;
use std::ops::Range;

use quo_analysis::tests_hir::{Expected, TestCase};
use quo_engine::{Ask, EvaluateError, Evaluation, Explanation, Limits, Package, evaluate, explain};
use quo_source::{Diagnostic, Span, codes};
use rayon::prelude::*;

pub use request::request_json;

/// What came of one test.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub span: Span,
    /// How many things it expects.
    pub expectations: usize,
    /// What did not hold.
    pub failures: Vec<Diagnostic>,
}

impl Outcome {
    /// Whether everything held.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}

/// Runs tests on a package, on as many threads as there are; outcomes come in the order of the tests.
#[must_use]
pub fn run(package: &Package, tests: &[TestCase]) -> Vec<Outcome> {
    run_watched(package, tests, &|| {})
}

/// [`run`] for somebody who watches: `done` is called after each test, from the threads that run them.
#[must_use]
pub fn run_watched(
    package: &Package,
    tests: &[TestCase],
    done: &(dyn Fn() + Sync),
) -> Vec<Outcome> {
    run_chosen(package, tests, &|_| true, done)
}

/// [`run_watched`] of those tests that are chosen. All tests of the rules are given: the values that they expect
/// something of are known by their place among all.
#[must_use]
pub fn run_chosen(
    package: &Package,
    tests: &[TestCase],
    chosen: &(dyn Fn(&TestCase) -> bool + Sync),
    done: &(dyn Fn() + Sync),
) -> Vec<Outcome> {
    let mut first = 0_usize;
    let mut placed = Vec::with_capacity(tests.len());
    for test in tests {
        let count = values_of(test);
        placed.push((test, first..first.saturating_add(count)));
        first = first.saturating_add(count);
    }
    let there = quo_engine::probes(package) == first;
    placed
        .into_par_iter()
        .filter(|(test, _)| chosen(test))
        .map(|(test, probes)| {
            let outcome = run_one(package, test, there.then_some(probes));
            done();
            outcome
        })
        .collect()
}

/// How many values the expectations of a test are about.
fn values_of(test: &TestCase) -> usize {
    let values = test.expectations.iter().map(|it| match &it.kind {
        Expected::Value { expected, .. } => 1_usize.saturating_add(usize::from(expected.is_some())),
        _ => 0,
    });
    values.sum()
}

/// A decision with what is needed to judge it.
pub(crate) struct Judged<'a> {
    pub package: &'a Package,
    pub evaluation: &'a Evaluation,
}

impl Judged<'_> {
    /// Every product in the request: those of the lines and those of their parts.
    pub fn products(&self) -> BTreeSet<String> {
        request::products(&self.evaluation.request.canonical(self.package))
    }

    /// The explanation of a rule's absence, worked out only when an expectation asks for reasons.
    pub fn why_not(&self, rule: &str) -> Result<Explanation, String> {
        let ask = Ask {
            why_not: Some(rule.to_owned()),
            viewer: Vec::new(),
        };
        let request = &self.evaluation.request;
        explain(self.package, request, &Limits::default(), &ask).map_err(|error| error.to_string())
    }
}

fn run_one(package: &Package, test: &TestCase, probes: Option<Range<usize>>) -> Outcome {
    let json = request_json(test).to_string();
    let failures = match evaluate(package, json.as_bytes(), &Limits::default()) {
        Ok(evaluation) => {
            let judged = Judged {
                package,
                evaluation: &evaluation,
            };
            let mut values = values::Values::new(&judged, probes);
            test.expectations
                .iter()
                .filter_map(|expectation| {
                    let found = match &expectation.kind {
                        Expected::Value { expected, .. } => values.judge(expected.is_some()),
                        other => expect::judge(&judged, other),
                    };
                    let found = found.err()?;
                    Some(failed(test, expectation.span, &found))
                })
                .collect()
        }
        Err(EvaluateError::Refused(refused)) => {
            let problems: Vec<String> = refused.problems.iter().map(ToString::to_string).collect();
            refused_as_expected(test, &problems)
        }
        Err(EvaluateError::Stopped(stopped)) => {
            vec![failed(
                test,
                test.span,
                &expect::Found::new("a decision", stopped),
            )]
        }
    };
    Outcome {
        name: test.name.clone(),
        span: test.span,
        expectations: test.expectations.len(),
        failures,
    }
}

/// A refused request is right where the test expects just that. Where it does not, nothing it expects can be judged, and
/// that is one failure.
fn refused_as_expected(test: &TestCase, problems: &[String]) -> Vec<Diagnostic> {
    let mut decision_expected = false;
    test.expectations
        .iter()
        .filter_map(|expectation| {
            let expected = match &expectation.kind {
                Expected::Error(part) if problems.iter().any(|said| said.contains(part)) => {
                    return None;
                }
                Expected::Error(part) => format!("a refusal that says {part:?}"),
                _ if std::mem::replace(&mut decision_expected, true) => return None,
                _ => "a decision".to_owned(),
            };
            let found = expect::Found {
                expected,
                found: "the request is refused".to_owned(),
                notes: problems.to_vec(),
            };
            Some(failed(test, expectation.span, &found))
        })
        .collect()
}

fn failed(test: &TestCase, span: Span, found: &expect::Found) -> Diagnostic {
    let mut diagnostic = Diagnostic::error(
        codes::TEST_FAILED,
        format!("the test {:?} expected {}", test.name, found.expected),
    )
    .at(span, found.found.clone());
    if let Some(row) = test.row {
        diagnostic = diagnostic.also(row, "of this row");
    }
    for note in &found.notes {
        diagnostic = diagnostic.note(note.clone());
    }
    diagnostic
}
