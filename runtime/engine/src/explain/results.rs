//! Named results, and the values that tests expect something of: what they are and what they were worked out from.

use quo_model::Package;

use super::collect::Events;
use super::hidden::{HIDDEN, Hidden};
use super::tell::Teller;
use super::{ExplainError, ExplainedResult, SeenValue};
use crate::decide::{Decision, probe_with};
use crate::frame::index;
use crate::limits::Limits;
use crate::record::Subject;

impl Teller<'_> {
    /// The named results.
    pub fn results(&self) -> Vec<ExplainedResult> {
        let values = self.render.decision.results.iter();
        let results = self.render.model.results.iter().zip(values);
        (0_u32..)
            .zip(results)
            .map(|(number, (def, value))| {
                let subject = Subject::Result(number);
                let name = self.render.str(def.name);
                ExplainedResult {
                    result: name.to_owned(),
                    title: self.render.str(def.title).to_owned(),
                    value: match value {
                        Some(_) if self.hidden.of(subject) => HIDDEN.into(),
                        Some(value) => value.to_json(),
                        None => serde_json::Value::Null,
                    },
                    shown: match value {
                        Some(_) if self.hidden.of(subject) => HIDDEN.to_owned(),
                        Some(value) => value.to_string(),
                        None => self.fault(subject),
                    },
                    values: self.values(subject),
                    tests: self.tests(subject),
                    place: self.places.of_id(name),
                }
            })
            .collect()
    }
}

/// The values on the way to a probe of a package that was made for tests: those with names, and what functions gave.
///
/// # Errors
/// [`ExplainError`].
pub fn explain_probe(
    package: &Package,
    decision: &Decision,
    limits: &Limits<'_>,
    number: usize,
) -> Result<Vec<SeenValue>, ExplainError> {
    let map = package.source_map()?;
    let mut events = Events::new(map, Hidden::default());
    let subject = Subject::Probe(index(number));
    let wanted = number..number.saturating_add(1);
    probe_with(package, decision, limits, wanted, &mut events)?;
    Ok(Teller::new(decision, package.model(), map, events).values(subject))
}
