//! The recorder that listens: every test of the source text, with the values it saw, under what it was about.

use quo_model::{ABSENT, ArchivedPointOperand, ArchivedSourceMap, ValueType};

use super::hidden::Hidden;
use crate::computed::{Computed, ReadBack};
use crate::record::{Recorder, Seen, Subject};
use crate::show::type_of;

/// A test that ran.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Event {
    pub subject: Subject,
    /// Index into the points of the source map.
    pub point: usize,
    pub holds: bool,
    /// One for each operand of the point.
    pub values: Vec<Value>,
}

/// A value that was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// As registers hold it.
    Plain(i128),
    /// One with parts, which are gone when the decision is.
    Parts(Computed),
}

/// The events of a decision, in their order.
pub(super) struct Events<'a> {
    map: &'a ArchivedSourceMap,
    subject: Subject,
    list: Vec<Event>,
    /// What the one who reads may not see.
    pub hidden: Hidden,
}

impl<'a> Events<'a> {
    pub fn new(map: &'a ArchivedSourceMap, hidden: Hidden) -> Self {
        Self {
            map,
            subject: Subject::Totals,
            list: Vec::new(),
            hidden,
        }
    }

    /// The events sorted by subject, those of one subject in their order, and what is hidden of them.
    pub fn finish(mut self) -> (Vec<Event>, Hidden) {
        self.list.sort_by_key(|event| event.subject);
        (self.list, self.hidden)
    }
}

impl Recorder for Events<'_> {
    const LISTENS: bool = true;

    fn begin(&mut self, subject: Subject) {
        self.subject = subject;
    }

    fn ran(&mut self, routine: u32, at: usize, dst: u8, seen: &Seen<'_, '_>) {
        self.hidden.ran(self.subject, routine, at, seen);
        let wanted = (routine, u32::try_from(at).unwrap_or(u32::MAX));
        let points = &self.map.points;
        let first = points
            .partition_point(|point| (point.routine.to_native(), point.at.to_native()) < wanted);
        let here = points.iter().enumerate().skip(first);
        let here = here
            .take_while(|(_, point)| (point.routine.to_native(), point.at.to_native()) == wanted);
        for (number, point) in here {
            let values = point.operands.iter().map(|operand| value(operand, seen));
            self.list.push(Event {
                subject: self.subject,
                point: number,
                holds: seen.registers.n(dst) == 1,
                values: values.collect(),
            });
        }
    }
}

fn value(operand: &ArchivedPointOperand, seen: &Seen<'_, '_>) -> Value {
    let plain = if operand.wide {
        seen.registers.w(operand.register)
    } else {
        i128::from(seen.registers.n(operand.register))
    };
    let ty = type_of(&operand.ty);
    let has_parts = matches!(
        ty,
        ValueType::List(_) | ValueType::Record(_) | ValueType::Item
    );
    if !has_parts || plain == i128::from(ABSENT) {
        return Value::Plain(plain);
    }
    let read = ReadBack::new(seen.lists, seen.frame).shown();
    read.value(ty, plain)
        .map_or(Value::Plain(plain), Value::Parts)
}
