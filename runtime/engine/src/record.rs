//! Who listens to a decision: nobody, or a recorder of events.
//!
//! The plan is one and generic over its listener. [`NoRecord`] compiles away; what [`Events`](crate::explain) hears cannot
//! change what is decided, since it is only ever handed shared references.

use crate::frame::Frame;
use crate::interpret::{Made, Registers};

/// What the code that runs next is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Subject {
    /// A constraint or eligibility rule, on an item; [`quo_model::NONE`] for the quote.
    Rule {
        /// Index into the rules.
        rule: u32,
        /// The item.
        item: u32,
    },
    /// The condition of a price book.
    Book(u32),
    /// The condition and the saving of an adjustment.
    Adjustment {
        /// The charge, counted through the decision.
        charge: u32,
        /// The target, counted in the charge.
        target: u32,
    },
    /// What an adjustment works out for the quote as a whole.
    Adjusting(u32),
    /// The least amount of a floor.
    Floor {
        /// The charge, counted through the decision.
        charge: u32,
        /// The floor, counted in the charge.
        floor: u32,
    },
    /// The values of an approval matrix.
    Approval(u32),
    /// The condition of a task.
    Task {
        /// The item.
        item: u32,
        /// The task, counted in the fulfilment of the item's product.
        task: u32,
    },
    /// The condition of a qualification, on an item.
    Qualification {
        /// Index into the qualifications.
        qualification: u32,
        /// The item.
        item: u32,
    },
    /// A day until which the quote is valid.
    Validity(u32),
    /// The condition of a clause.
    Clause(u32),
    /// The price of a charge, counted through the decision.
    Charge(u32),
    /// The totals of the quote.
    Totals,
    /// A named result.
    Result(u32),
    /// A value that a test expects something of.
    Probe(u32),
}

/// What an instruction left, to look at.
pub(crate) struct Seen<'s, 'f> {
    /// The registers of its routine.
    pub registers: &'s Registers,
    /// The lists that the decision has made.
    pub lists: &'s Made,
    /// What its routine runs on.
    pub frame: &'s Frame<'f>,
}

/// A listener.
pub(crate) trait Recorder {
    /// Whether it listens at all.
    const LISTENS: bool;

    /// The code that runs next is about `subject`.
    fn begin(&mut self, subject: Subject);

    /// Instruction `at` of `routine` has run, written register `dst`, and left what is to be seen.
    fn ran(&mut self, routine: u32, at: usize, dst: u8, seen: &Seen<'_, '_>);
}

/// Nobody.
pub(crate) struct NoRecord;

impl Recorder for NoRecord {
    const LISTENS: bool = false;

    #[inline]
    fn begin(&mut self, _: Subject) {}

    #[inline]
    fn ran(&mut self, _: u32, _: usize, _: u8, _: &Seen<'_, '_>) {}
}
