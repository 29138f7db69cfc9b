//! Named results, and the values that the expectations of tests are about: calculations on the priced quote.

use std::ops::Range;

use quo_model::{ArchivedProbeDef, Package};
use quo_value::ArithmeticError;

use super::amounts::unit_scale;
use super::plan::{Plan, get};
use super::{Decision, PriceState};
use crate::charges::ChargeLine;
use crate::computed::{Computed, ReadBack};
use crate::frame::{Frame, Input, at, index};
use crate::interpret::Fault;
use crate::limits::{Limits, Stopped};
use crate::record::{NoRecord, Recorder, Subject};
use crate::show::type_of;

impl<R: Recorder> Plan<'_, R> {
    /// Works out every named result; one without an answer is noted.
    pub fn results(&mut self) -> Result<(), Stopped> {
        let charges = self.charge_lines();
        for number in 0..index(self.model.results.len()) {
            let def = get(&self.model.results, number)?;
            let subject = Subject::Result(number);
            let found = self.computed(subject, &def.value, &charges);
            let value = self.noted(subject, found)?;
            self.decision.results.push(value);
        }
        Ok(())
    }

    /// A frame about the priced quote: what matrices, results and tests look at. `None` where there are no totals.
    pub fn priced_frame<'f>(
        &self,
        charges: &'f [ChargeLine],
        clauses: &'f [u8],
    ) -> Option<Frame<'f>>
    where
        Self: 'f,
    {
        let totals = self.decision.totals.as_ref()?;
        Some(Frame {
            total_list: totals.list,
            total_net: totals.net,
            total_kept: totals.kept,
            charges,
            input: Input {
                clauses,
                ..self.input
            },
            ..self.frame()
        })
    }

    /// The charges that have a price, as calculations see them.
    pub fn charge_lines(&self) -> Vec<ChargeLine> {
        let charges = self.decision.charges.iter();
        let priced = charges.filter(|charge| charge.state == PriceState::Priced);
        let lines = priced.filter_map(|charge| {
            let (list_value, net_value) = charge.value?;
            Some(ChargeLine {
                item: charge.item,
                charge: charge.charge,
                quantity: charge.quantity,
                quantity_scale: unit_scale(&self.model.charges.get(at(charge.charge))?.quantity),
                periods: charge.periods,
                list: charge.base(),
                net: charge.net,
                list_value,
                net_value,
            })
        });
        lines.collect()
    }

    fn computed(
        &mut self,
        subject: Subject,
        probe: &ArchivedProbeDef,
        charges: &[ChargeLine],
    ) -> Result<Computed, Fault> {
        let clauses = self.decision.clauses.clone();
        let frame = self.priced_frame(charges, &clauses);
        let frame = frame.ok_or(Fault::Arithmetic(ArithmeticError::Overflow))?;
        self.recorder.begin(subject);
        let routine = probe.routine.to_native();
        let given = self.machine.run(routine, &frame, self.recorder)?;
        let read = ReadBack::new(&self.machine.lists, &frame);
        read.value(type_of(&probe.ty), given.passed())
    }
}

/// How many probes a package has: none unless it was made for tests.
#[must_use]
pub fn probes(package: &Package) -> usize {
    package.model().probes.len()
}

/// The values of these probes of a package that was made for tests, in their order; an error where arithmetic has no
/// answer.
///
/// # Errors
/// [`Stopped`] where the limits did not let the calculations end.
pub fn probe(
    package: &Package,
    decision: &Decision,
    limits: &Limits<'_>,
    wanted: Range<usize>,
) -> Result<Vec<Result<Computed, ArithmeticError>>, Stopped> {
    probe_with(package, decision, limits, wanted, &mut NoRecord)
}

/// The same with somebody listening.
pub(crate) fn probe_with<R: Recorder>(
    package: &Package,
    decision: &Decision,
    limits: &Limits<'_>,
    wanted: Range<usize>,
    recorder: &mut R,
) -> Result<Vec<Result<Computed, ArithmeticError>>, Stopped> {
    let mut plan = Plan::new(package, &decision.request, limits, recorder)?;
    plan.decision.charges.clone_from(&decision.charges);
    plan.decision.totals.clone_from(&decision.totals);
    plan.decision.clauses.clone_from(&decision.clauses);
    let charges = plan.charge_lines();
    let defs = plan.model.probes.get(wanted.clone()).unwrap_or_default();
    let mut values = Vec::with_capacity(defs.len());
    for (number, def) in wanted.zip(defs) {
        let subject = Subject::Probe(index(number));
        values.push(match plan.computed(subject, def, &charges) {
            Ok(value) => Ok(value),
            Err(Fault::Arithmetic(error)) => Err(error),
            Err(Fault::Stopped(stopped)) => return Err(stopped),
        });
    }
    Ok(values)
}
