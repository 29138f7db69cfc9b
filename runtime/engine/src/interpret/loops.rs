//! Loops: what is made of the elements of a list by running routines on each.
//!
//! The routines of a loop share one window of registers: what they capture is copied into it once, the element, its
//! position and the value carried before each run. Nobody listens inside a loop: a person cannot read a thousand steps.

use std::cmp::Ordering;

use quo_model::code::{ArchivedBank, ArchivedInstr};
use quo_model::{
    ABSENT, ABSENT_WIDE, ArchivedElement, ArchivedLoop, ArchivedLoopKind, FoundRows, Op,
    record_ref, some,
};

use super::lists::{CELLS_MAX, View, too_large};
use super::{DAMAGED, DEPTH_MAX, Fault, Machine, OVERFLOW, Registers, Width};
use crate::frame::{Frame, at, index};
use crate::record::NoRecord;

/// A loop that runs.
struct Running<'f, 'w> {
    def: &'f ArchivedLoop,
    list: i64,
    view: View<'f>,
    rows: Rows<'f>,
    window: &'w mut Registers,
    depth: u32,
}

/// The rows that a loop looks at, in their order.
#[derive(Clone, Copy)]
enum Rows<'f> {
    /// So many from the first on.
    All(usize),
    /// Those that an index found.
    Found(FoundRows<'f>),
}

impl Rows<'_> {
    fn count(self) -> usize {
        match self {
            Self::All(count) => count,
            Self::Found(rows) => rows.len(),
        }
    }

    fn get(self, step: usize) -> usize {
        match self {
            Self::All(_) => step,
            // Beyond the last row, which is damage, where the step is beyond the count.
            Self::Found(rows) => rows.get(step).map_or(usize::MAX, at),
        }
    }
}

/// Where the arguments beyond the captured ones go.
struct Places {
    element: (Width, u8),
    position: Option<u8>,
    carried: u8,
}

impl Machine<'_> {
    /// Runs a loop and writes its result.
    pub(super) fn each(
        &mut self,
        op: Op,
        i: &ArchivedInstr,
        frame: &Frame<'_>,
        (r, depth): (&mut Registers, u32),
    ) -> Result<(), Fault> {
        let loops = &frame.model.program.loops;
        let def = loops.get(at(i.imm.to_native())).ok_or(DAMAGED)?;
        let depth = depth.saturating_add(1);
        if depth > DEPTH_MAX {
            return Err(DAMAGED);
        }
        let list = r.n(i.a);
        let view = self.lists.open(frame, list)?;
        let rows = rows_of(def, list, view, frame, r)?;
        self.tank
            .take(u64::try_from(rows.count()).unwrap_or(u64::MAX))?;
        let mut window = self.window();
        let captured = [(def.narrow_at, def.narrow_len), (def.wide_at, def.wide_len)];
        r.copy_to(&mut window, captured);
        let start = match op {
            Op::LoopN => r.passed(Width::Narrow, i.b),
            _ => r.passed(Width::Wide, i.b),
        };
        let mut running = Running {
            def,
            list,
            view,
            rows,
            window: &mut window,
            depth,
        };
        let result = self.made_of(&mut running, frame, start);
        self.windows.push(window);
        let width = if op == Op::LoopW {
            Width::Wide
        } else {
            Width::Narrow
        };
        r.put_passed(width, i.dst, result?)
    }

    fn made_of(
        &mut self,
        l: &mut Running<'_, '_>,
        frame: &Frame<'_>,
        start: i128,
    ) -> Result<i128, Fault> {
        use ArchivedLoopKind as Kind;
        match l.def.kind {
            Kind::Count if some(l.def.condition.to_native()).is_none() => {
                Ok(i128::from(index(l.rows.count())))
            }
            Kind::Sorted => self.sorted(l, frame),
            Kind::List | Kind::RunningList => self.listed(l, frame, start),
            _ => self.folded(l, frame, start),
        }
    }

    /// Kinds whose result is one value.
    fn folded(
        &mut self,
        l: &mut Running<'_, '_>,
        frame: &Frame<'_>,
        start: i128,
    ) -> Result<i128, Fault> {
        use ArchivedLoopKind as Kind;
        let mut found = match l.def.kind {
            Kind::Running => start,
            Kind::Sum | Kind::Count | Kind::Any => 0,
            Kind::All => 1,
            _ => ABSENT_WIDE,
        };
        let keeps = l.def.keeps;
        for step in 0..l.rows.count() {
            let row = l.rows.get(step);
            let mark = self.lists.mark();
            let Some(element) = self.enters(l, frame, row)? else {
                self.lists.release(mark);
                continue;
            };
            match l.def.kind {
                Kind::Count => found = found.checked_add(1).ok_or(OVERFLOW)?,
                Kind::Any => return Ok(1),
                Kind::First => return Ok(element),
                Kind::Last => found = element,
                Kind::Running => found = self.carry(l, frame, found)?,
                Kind::All => {
                    if self.body(l, frame)? != 1 {
                        return Ok(0);
                    }
                }
                kind => {
                    let value = self.body(l, frame)?;
                    found = combined(kind, found, value)?;
                }
            }
            if !keeps {
                self.lists.release(mark);
            }
        }
        Ok(found)
    }

    /// Kinds whose result is a list of what the body gives.
    fn listed(
        &mut self,
        l: &mut Running<'_, '_>,
        frame: &Frame<'_>,
        start: i128,
    ) -> Result<i128, Fault> {
        let columns = at(l.def.columns.to_native());
        let mut cells = Vec::new();
        let mut carried = start;
        for step in 0..l.rows.count() {
            let row = l.rows.get(step);
            let mark = self.lists.mark();
            if self.enters(l, frame, row)?.is_none() {
                self.lists.release(mark);
                continue;
            }
            let value = match l.def.kind {
                ArchivedLoopKind::RunningList => {
                    carried = self.carry(l, frame, carried)?;
                    carried
                }
                _ => self.body(l, frame)?,
            };
            if cells.len() > CELLS_MAX {
                return Err(too_large());
            }
            match columns {
                0 => cells.push(value),
                _ if value == ABSENT_WIDE => {
                    cells.extend(std::iter::repeat_n(ABSENT_WIDE, columns));
                }
                _ => {
                    let reference = i64::try_from(value).map_err(|_| DAMAGED)?;
                    let (view, row) = self.lists.record(frame, reference)?;
                    if view.columns != columns {
                        return Err(DAMAGED);
                    }
                    self.lists.copy_row(view, row, &mut cells)?;
                }
            }
            if !l.def.keeps {
                self.lists.release(mark);
            }
        }
        Ok(i128::from(self.lists.add(columns.max(1), &cells)?))
    }

    fn sorted(&mut self, l: &mut Running<'_, '_>, frame: &Frame<'_>) -> Result<i128, Fault> {
        let mut rows: Vec<(Vec<i128>, usize)> = Vec::new();
        for step in 0..l.rows.count() {
            let row = l.rows.get(step);
            let mark = self.lists.mark();
            if self.enters(l, frame, row)?.is_some() {
                let mut keys = Vec::with_capacity(l.def.keys.len());
                for key in l.def.keys.iter() {
                    keys.push(self.routine(l, frame, key.routine.to_native())?);
                }
                rows.push((keys, row));
            }
            self.lists.release(mark);
        }
        let keys = &l.def.keys;
        // Stable: equal elements stay in their order.
        rows.sort_by(|(a, _), (b, _)| {
            let pairs = a.iter().zip(b).zip(keys.iter());
            pairs.fold(Ordering::Equal, |order, ((a, b), key)| {
                order.then_with(|| key_order(*a, *b, key.descending))
            })
        });
        let mut cells = Vec::new();
        for (_, row) in rows {
            self.lists.copy_row(l.view, row, &mut cells)?;
        }
        Ok(i128::from(self.lists.add(l.view.columns, &cells)?))
    }

    /// Hands an element over; `None` where the condition does not hold for it.
    fn enters(
        &mut self,
        l: &mut Running<'_, '_>,
        frame: &Frame<'_>,
        row: usize,
    ) -> Result<Option<i128>, Fault> {
        let places = l.places();
        let element = match l.def.element {
            ArchivedElement::Row => {
                let list = u32::try_from(l.list).map_err(|_| DAMAGED)?;
                i128::from(record_ref(list, index(row)))
            }
            ArchivedElement::Narrow | ArchivedElement::Wide => self.lists.cell(l.view, row, 0)?,
        };
        let (width, register) = places.element;
        l.window.put_passed(width, register, element)?;
        if let Some(register) = places.position {
            let position = i128::from(index(row)).saturating_add(1);
            l.window.put_passed(Width::Narrow, register, position)?;
        }
        let condition = some(l.def.condition.to_native());
        let holds = match condition {
            Some(condition) => self.routine(l, frame, condition)? == 1,
            None => true,
        };
        Ok(holds.then_some(element))
    }

    fn body(&mut self, l: &mut Running<'_, '_>, frame: &Frame<'_>) -> Result<i128, Fault> {
        self.routine(l, frame, l.def.body.to_native())
    }

    /// What the value carried becomes at the element.
    fn carry(
        &mut self,
        l: &mut Running<'_, '_>,
        frame: &Frame<'_>,
        carried: i128,
    ) -> Result<i128, Fault> {
        let body = l.def.body.to_native();
        let routine = frame.model.program.routines.get(at(body)).ok_or(DAMAGED)?;
        let places = l.places();
        let (width, register) = match routine.result {
            ArchivedBank::Narrow => (Width::Narrow, places.carried),
            ArchivedBank::Wide => {
                let wide = matches!(l.def.element, ArchivedElement::Wide);
                let beside = l.def.wide_len.saturating_add(u8::from(wide));
                (Width::Wide, beside)
            }
        };
        l.window.put_passed(width, register, carried)?;
        self.body(l, frame)
    }

    fn routine(
        &mut self,
        l: &mut Running<'_, '_>,
        frame: &Frame<'_>,
        routine: u32,
    ) -> Result<i128, Fault> {
        let window = (&mut *l.window, l.depth);
        let result = self.execute(routine, frame, &mut NoRecord, window)?;
        Ok(result.passed())
    }
}

impl Running<'_, '_> {
    fn places(&self) -> Places {
        let (narrow, wide) = (self.def.narrow_len, self.def.wide_len);
        let is_wide = matches!(self.def.element, ArchivedElement::Wide);
        let element = if is_wide {
            (Width::Wide, wide)
        } else {
            (Width::Narrow, narrow)
        };
        let next = narrow.saturating_add(u8::from(!is_wide));
        Places {
            element,
            position: self.def.position.then_some(next),
            carried: next.saturating_add(u8::from(self.def.position)),
        }
    }
}

/// The rows for which the condition of a loop can hold.
fn rows_of<'f>(
    def: &ArchivedLoop,
    list: i64,
    view: View<'f>,
    frame: &Frame<'f>,
    r: &Registers,
) -> Result<Rows<'f>, Fault> {
    let Some(number) = some(def.index.to_native()) else {
        return Ok(Rows::All(view.rows));
    };
    let found = frame.model.indexes.get(at(number)).ok_or(DAMAGED)?;
    let data = found.data.to_native();
    let constants = frame.model.data.get(at(data)).ok_or(DAMAGED)?;
    if i64::from(data) != list {
        return Ok(Rows::All(view.rows));
    }
    let first = usize::from(def.keys_at);
    let end = first.checked_add(found.columns.len()).ok_or(DAMAGED)?;
    let keys = r.narrow.0.get(first..end).ok_or(DAMAGED)?;
    // "Absent" equals no value, not even an absent one.
    if keys.contains(&ABSENT) {
        return Ok(Rows::All(0));
    }
    Ok(Rows::Found(found.find(constants, keys)))
}

/// What a value adds to what was found so far; an absent one nothing.
fn combined(kind: ArchivedLoopKind, found: i128, value: i128) -> Result<i128, Fault> {
    if value == ABSENT_WIDE {
        return Ok(found);
    }
    match kind {
        ArchivedLoopKind::Sum => {
            let sum = found.checked_add(value).filter(|sum| *sum != ABSENT_WIDE);
            sum.ok_or(OVERFLOW)
        }
        ArchivedLoopKind::Largest => Ok(found.max(value)),
        ArchivedLoopKind::Smallest if found == ABSENT_WIDE => Ok(value),
        ArchivedLoopKind::Smallest => Ok(found.min(value)),
        _ => Err(DAMAGED),
    }
}

/// The order of two keys; absent ones come last, whatever the direction.
fn key_order(a: i128, b: i128, descending: bool) -> Ordering {
    match (a == ABSENT_WIDE, b == ABSENT_WIDE) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) if descending => b.cmp(&a),
        (false, false) => a.cmp(&b),
    }
}
