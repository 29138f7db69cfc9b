//! The plan of a decision: its state while it is being made, the same whether somebody listens or not.

use quo_model::{ArchivedModel, Package};

use super::{Decision, FaultOutcome};
use crate::frame::{Frame, Input, QuoteCurrency, at};
use crate::interpret::{Fault, Machine};
use crate::limits::{Limits, Stopped, Tank};
use crate::record::{Recorder, Subject};
use crate::request::Request;

/// A decision being made.
pub(crate) struct Plan<'a, R> {
    pub model: &'a ArchivedModel,
    pub input: Input<'a>,
    /// The selling date.
    pub date: i32,
    pub machine: Machine<'a>,
    pub recorder: &'a mut R,
    /// Arguments of table look-ups, used again and again.
    pub args: Vec<i64>,
    pub decision: Decision,
}

impl<'a, R: Recorder> Plan<'a, R> {
    pub fn new(
        package: &'a Package,
        request: &'a Request,
        limits: &Limits<'a>,
        recorder: &'a mut R,
    ) -> Result<Self, Stopped> {
        let model = package.model();
        let input = request.input();
        let currency = QuoteCurrency::new(model, input.fact(model.fact_currency.to_native()));
        let date = i32::try_from(input.fact(model.fact_date.to_native()));
        Ok(Self {
            model,
            input,
            date: date.map_err(|_| Stopped::Damaged)?,
            machine: Machine::new(Tank::new(limits, model, request)),
            recorder,
            args: Vec::with_capacity(16),
            decision: Decision {
                package: package.digest(),
                request: request.clone(),
                currency: currency.ok_or(Stopped::Damaged)?,
                rules: Vec::new(),
                unsold: Vec::new(),
                books: Vec::with_capacity(model.books.len()),
                charges: Vec::new(),
                candidates: Vec::new(),
                units: Vec::new(),
                targets: Vec::new(),
                gifts: Vec::new(),
                reservations: Vec::new(),
                totals: None,
                approvals: Vec::with_capacity(model.approvals.len()),
                more_rows: Vec::new(),
                unqualified: Vec::new(),
                ends: Vec::new(),
                clauses: Vec::new(),
                skus: Vec::new(),
                approval_values: Vec::new(),
                results: Vec::with_capacity(model.results.len()),
                tasks: Vec::new(),
                faults: Vec::new(),
            },
        })
    }

    /// A frame about the quote as such.
    pub fn frame(&self) -> Frame<'a> {
        Frame::new(self.model, self.input, self.decision.currency)
    }

    /// Whether the selling date lies in a window, both ends included.
    pub fn sells(&self, from: i32, to: i32) -> bool {
        from <= self.date && self.date <= to
    }

    /// Runs a routine with a narrow result. Arithmetic without an answer is noted and gives `None`.
    pub fn narrow(
        &mut self,
        subject: Subject,
        routine: u32,
        frame: &Frame<'_>,
    ) -> Result<Option<i64>, Stopped> {
        self.recorder.begin(subject);
        let result = self.machine.narrow(routine, frame, self.recorder);
        self.noted(subject, result)
    }

    /// Runs a routine with a wide result, at `scale`, and rounds it as a book says. Arithmetic without an answer is noted
    /// and gives `None`.
    pub fn amount(
        &mut self,
        subject: Subject,
        routine: u32,
        scale: u8,
        mode: quo_value::Rounding,
        frame: &Frame<'_>,
    ) -> Result<Option<i128>, Stopped> {
        self.recorder.begin(subject);
        let result = self
            .machine
            .wide(routine, frame, self.recorder)
            .and_then(|exact| Ok(frame.currency.round(exact, scale, mode)?));
        self.noted(subject, result)
    }

    /// Splits what ends a decision from what is a finding of it.
    pub fn noted<T>(
        &mut self,
        subject: Subject,
        result: Result<T, Fault>,
    ) -> Result<Option<T>, Stopped> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(Fault::Arithmetic(error)) => {
                self.decision.faults.push(FaultOutcome { subject, error });
                Ok(None)
            }
            Err(Fault::Stopped(stopped)) => Err(stopped),
        }
    }
}

/// The element with this index; a package that was verified has it.
pub(crate) fn get<T>(list: &[T], index: u32) -> Result<&T, Stopped> {
    list.get(at(index)).ok_or(Stopped::Damaged)
}
