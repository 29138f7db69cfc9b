//! Lists: those of the package, of the request and of the decision behind one kind of handle, and the operations on them.
//!
//! A cell is 128 bits with [`ABSENT_WIDE`] for absent, wherever it is stored; a handle or row that leads nowhere is
//! damage. What a decision makes lies in one arena that is emptied before each routine of the plan and that is bounded.

use quo_model::code::ArchivedInstr;
use quo_model::{
    ABSENT, ABSENT_WIDE, ArchivedDataList, ArchivedModel, MADE_LISTS_AT, NONE, Op, list_and_row,
    record_ref, spread_bits,
};
use quo_value::{ArithmeticError, LeftOver, spread};

use super::{DAMAGED, Fault, Machine, OVERFLOW, Registers, arguments, mode, table_cost};
use crate::frame::{Frame, at, index};
use crate::limits::Stopped;

/// The most cells that one routine of the plan makes, 64 MiB.
pub(crate) const CELLS_MAX: usize = 1 << 22;

/// A list among the cells of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Placed {
    /// Its first cell.
    pub start: u32,
    /// How many cells.
    pub cells: u32,
    /// How many of them make a row, at least one.
    pub columns: u32,
}

/// The lists of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct GivenLists {
    /// The cells of all lists, row by row.
    pub cells: Vec<i64>,
    /// The lists.
    pub lists: Vec<Placed>,
}

/// The lists that the decision makes.
#[derive(Debug, Default)]
pub(crate) struct Made {
    cells: Vec<i128>,
    lists: Vec<Placed>,
    /// The handle of the list of charges, once it was made.
    charges: Option<i64>,
}

/// What the arena held at some time.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    cells: usize,
    lists: usize,
}

/// A list that was found.
#[derive(Clone, Copy)]
pub(crate) struct View<'f> {
    source: Source<'f>,
    /// How many rows.
    pub rows: usize,
    /// How many columns.
    pub columns: usize,
}

#[derive(Clone, Copy)]
enum Source<'f> {
    Data(&'f ArchivedDataList),
    Given(&'f [i64]),
    Made(usize),
}

/// A narrow value as a cell.
pub(super) fn widened(value: i64) -> i128 {
    if value == ABSENT {
        ABSENT_WIDE
    } else {
        i128::from(value)
    }
}

/// A cell as a narrow value.
pub(super) fn narrowed(cell: i128) -> Result<i64, Fault> {
    if cell == ABSENT_WIDE {
        return Ok(ABSENT);
    }
    i64::try_from(cell).map_err(|_| OVERFLOW)
}

impl GivenLists {
    /// The rows of the list with this handle; none where there is no such list.
    pub fn rows(&self, model: &ArchivedModel, list: i64) -> impl Iterator<Item = &[i64]> {
        let found = usize::try_from(list).ok();
        let found = found.and_then(|list| list.checked_sub(model.data.len()));
        let placed = found.and_then(|list| self.lists.get(list));
        let cells = placed.and_then(|placed| {
            let start = at(placed.start);
            self.cells.get(start..start.checked_add(at(placed.cells))?)
        });
        let columns = placed.map_or(1, |placed| at(placed.columns).max(1));
        cells.unwrap_or_default().chunks_exact(columns)
    }

    /// The row that a reference leads to.
    pub fn row(&self, model: &ArchivedModel, reference: i64) -> Option<&[i64]> {
        let (list, row) = list_and_row(reference)?;
        self.rows(model, i64::from(list)).nth(at(row))
    }

    /// Adds a list of these cells; gives its handle.
    pub fn add(&mut self, model: &ArchivedModel, columns: usize, cells: &[i64]) -> i64 {
        let handle = model.data.len().saturating_add(self.lists.len());
        self.lists.push(Placed {
            start: index(self.cells.len()),
            cells: index(cells.len()),
            columns: index(columns.max(1)),
        });
        self.cells.extend_from_slice(cells);
        i64::from(index(handle))
    }
}

impl Made {
    /// Forgets all lists.
    pub fn clear(&mut self) {
        if !self.lists.is_empty() {
            self.release(Mark { cells: 0, lists: 0 });
        }
    }

    pub(super) fn mark(&self) -> Mark {
        Mark {
            cells: self.cells.len(),
            lists: self.lists.len(),
        }
    }

    /// Forgets what was made since.
    pub(super) fn release(&mut self, mark: Mark) {
        self.cells.truncate(mark.cells);
        self.lists.truncate(mark.lists);
        let kept = handle_of(mark.lists);
        self.charges = self.charges.filter(|charges| *charges < kept);
    }

    /// A list of these cells; gives its handle.
    pub(super) fn add(&mut self, columns: usize, cells: &[i128]) -> Result<i64, Fault> {
        let made = self.cells.len().saturating_add(cells.len());
        if columns == 0 {
            return Err(DAMAGED);
        }
        if made > CELLS_MAX || self.lists.len() > CELLS_MAX {
            return Err(too_large());
        }
        let handle = handle_of(self.lists.len());
        self.lists.push(Placed {
            start: index(self.cells.len()),
            cells: index(cells.len()),
            columns: index(columns),
        });
        self.cells.extend_from_slice(cells);
        Ok(handle)
    }

    /// Appends a cell to the list made last.
    fn push(&mut self, list: i64, cell: i128) -> Result<(), Fault> {
        if self.cells.len() >= CELLS_MAX {
            return Err(too_large());
        }
        let latest = handle_of(self.lists.len().wrapping_sub(1));
        match self.lists.last_mut() {
            Some(placed) if latest == list => {
                placed.cells = placed.cells.saturating_add(1);
                self.cells.push(cell);
                Ok(())
            }
            _ => Err(DAMAGED),
        }
    }

    /// The list with this handle.
    pub(crate) fn open<'f>(&self, frame: &Frame<'f>, list: i64) -> Result<View<'f>, Fault> {
        let handle = u32::try_from(list).map_err(|_| DAMAGED)?;
        if let Some(data) = frame.model.data.get(at(handle)) {
            return Ok(View {
                source: Source::Data(data),
                rows: at(data.rows.to_native()),
                columns: data.columns.len(),
            });
        }
        if let Some(made) = handle.checked_sub(MADE_LISTS_AT) {
            let placed = *self.lists.get(at(made)).ok_or(DAMAGED)?;
            return view(Source::Made(at(placed.start)), placed);
        }
        let given = at(handle).checked_sub(frame.model.data.len());
        let placed = given.and_then(|given| frame.input.lists.lists.get(given));
        let placed = *placed.ok_or(DAMAGED)?;
        let start = at(placed.start);
        let end = start.checked_add(at(placed.cells)).ok_or(DAMAGED)?;
        let cells = frame.input.lists.cells.get(start..end).ok_or(DAMAGED)?;
        view(Source::Given(cells), placed)
    }

    /// A cell of a list.
    pub(crate) fn cell(&self, view: View<'_>, row: usize, column: usize) -> Result<i128, Fault> {
        if row >= view.rows || column >= view.columns {
            return Err(DAMAGED);
        }
        let place = || row.checked_mul(view.columns)?.checked_add(column);
        let found = match view.source {
            Source::Data(data) => {
                let column = data.columns.get(column).ok_or(DAMAGED)?;
                let narrow = column.narrow.get(row).map(|cell| widened(cell.to_native()));
                narrow.or_else(|| column.wide.get(row).map(|cell| cell.to_native()))
            }
            Source::Given(cells) => place()
                .and_then(|place| cells.get(place))
                .map(|cell| widened(*cell)),
            Source::Made(start) => place()
                .and_then(|place| self.cells.get(start.checked_add(place)?))
                .copied(),
        };
        found.ok_or(DAMAGED)
    }

    /// The cells of a row.
    pub(super) fn copy_row(
        &self,
        view: View<'_>,
        row: usize,
        into: &mut Vec<i128>,
    ) -> Result<(), Fault> {
        if into.len() > CELLS_MAX {
            return Err(too_large());
        }
        for column in 0..view.columns {
            into.push(self.cell(view, row, column)?);
        }
        Ok(())
    }

    /// The list and row of a reference.
    pub(crate) fn record<'f>(
        &self,
        frame: &Frame<'f>,
        reference: i64,
    ) -> Result<(View<'f>, usize), Fault> {
        let (list, row) = list_and_row(reference).ok_or(DAMAGED)?;
        Ok((self.open(frame, i64::from(list))?, at(row)))
    }
}

fn handle_of(made: usize) -> i64 {
    i64::from(MADE_LISTS_AT.saturating_add(index(made)))
}

fn view(source: Source<'_>, placed: Placed) -> Result<View<'_>, Fault> {
    let columns = at(placed.columns);
    let rows = at(placed.cells).checked_div(columns).ok_or(DAMAGED)?;
    Ok(View {
        source,
        rows,
        columns,
    })
}

pub(super) fn too_large() -> Fault {
    Fault::Stopped(Stopped::TooLarge { cells: CELLS_MAX })
}

impl Machine<'_> {
    /// The operations on lists, records and items.
    pub(super) fn on_lists(
        &mut self,
        op: Op,
        i: &ArchivedInstr,
        frame: &Frame<'_>,
        r: &mut Registers,
    ) -> Result<(), Fault> {
        let imm = i.imm.to_native();
        let narrow = match op {
            Op::NewList => self.lists.add(at(imm), &[])?,
            Op::PushN => return self.lists.push(r.n(i.b), widened(r.n(i.a))),
            Op::PushW => return self.lists.push(r.n(i.b), r.w(i.a)),
            Op::PushRow => return self.push_row(frame, r.n(i.b), r.n(i.a)),
            Op::RowAt => self.row_at(frame, r.n(i.a), r.n(i.b))?,
            Op::CellN => narrowed(self.cell_of(frame, r.n(i.a), imm)?)?,
            Op::CellW => {
                let cell = self.cell_of(frame, r.n(i.a), imm)?;
                r.wide.set(i.dst, cell);
                return Ok(());
            }
            Op::Range => self.range(r.n(i.a), r.n(i.b))?,
            Op::Join => self.join(frame, [r.n(i.a), r.n(i.b)])?,
            Op::DataRow => match r.n(i.a) {
                ABSENT => ABSENT,
                row => record_ref(imm, u32::try_from(row).map_err(|_| DAMAGED)?),
            },
            Op::MatchAll => {
                let table = frame.model.tables.get(at(imm)).ok_or(DAMAGED)?;
                self.tank.take(table_cost(table.masks.len()))?;
                let rows = table.find_all(arguments(r, i.a, table)?);
                self.tank
                    .take(u64::try_from(rows.len()).unwrap_or(u64::MAX))?;
                let rows: Vec<i128> = rows.into_iter().map(i128::from).collect();
                self.lists.add(1, &rows)?
            }
            Op::Spread => self.spread(frame, r.n(i.a), r.w(i.b), imm)?,
            Op::Builtin => super::builtins::call(frame, r, i.a, imm)?,
            Op::Items | Op::Lines | Op::PartItems | Op::ItemsInside => self.items(op, i, frame)?,
            Op::PartOf => match r.n(i.a) {
                ABSENT => self.lists.add(1, &[])?,
                item => self.part_of(frame, item, imm)?,
            },
            Op::OptionOf => match r.n(i.a) {
                ABSENT => ABSENT,
                item => {
                    let item = item_of(frame, item)?;
                    frame.input.option(item, imm).ok_or(DAMAGED)?
                }
            },
            Op::ProductOf => match r.n(i.a) {
                ABSENT => ABSENT,
                item => i64::from(item_of(frame, item)?.product),
            },
            Op::Charges => self.charges(frame)?,
            _ => return Err(DAMAGED),
        };
        r.narrow.set(i.dst, narrow);
        Ok(())
    }

    fn push_row(&mut self, frame: &Frame<'_>, list: i64, record: i64) -> Result<(), Fault> {
        let columns = self.lists.lists.last().map_or(0, |list| at(list.columns));
        let mut cells = Vec::with_capacity(columns);
        if record == ABSENT {
            cells.resize(columns, ABSENT_WIDE);
        } else {
            let (view, row) = self.lists.record(frame, record)?;
            self.lists.copy_row(view, row, &mut cells)?;
        }
        if cells.len() != columns {
            return Err(DAMAGED);
        }
        cells
            .into_iter()
            .try_for_each(|cell| self.lists.push(list, cell))
    }

    fn row_at(&self, frame: &Frame<'_>, list: i64, position: i64) -> Result<i64, Fault> {
        if list == ABSENT || position == ABSENT {
            return Ok(ABSENT);
        }
        let view = self.lists.open(frame, list)?;
        let row = usize::try_from(position)
            .ok()
            .and_then(|at| at.checked_sub(1));
        let handle = u32::try_from(list).map_err(|_| DAMAGED)?;
        Ok(row
            .filter(|row| *row < view.rows)
            .map_or(ABSENT, |row| record_ref(handle, index(row))))
    }

    fn cell_of(&self, frame: &Frame<'_>, record: i64, column: u32) -> Result<i128, Fault> {
        if record == ABSENT {
            return Ok(ABSENT_WIDE);
        }
        let (view, row) = self.lists.record(frame, record)?;
        self.lists.cell(view, row, at(column))
    }

    fn range(&mut self, from: i64, to: i64) -> Result<i64, Fault> {
        let count = to.checked_sub(from).and_then(|more| more.checked_add(1));
        let count = usize::try_from(count.unwrap_or(i64::MAX).max(0)).unwrap_or(usize::MAX);
        if count > CELLS_MAX {
            return Err(too_large());
        }
        self.tank.take(u64::try_from(count).unwrap_or(u64::MAX))?;
        let numbers: Vec<i128> = (i128::from(from)..=i128::from(to)).collect();
        self.lists.add(1, &numbers)
    }

    fn join(&mut self, frame: &Frame<'_>, lists: [i64; 2]) -> Result<i64, Fault> {
        let mut cells = Vec::new();
        let mut columns = 1;
        for list in lists {
            let view = self.lists.open(frame, list)?;
            self.tank
                .take(u64::try_from(view.rows).unwrap_or(u64::MAX))?;
            for row in 0..view.rows {
                self.lists.copy_row(view, row, &mut cells)?;
            }
            columns = view.columns;
        }
        self.lists.add(columns, &cells)
    }

    /// Spreads an amount: in minor units of the currency, or in the last decimal it has.
    fn spread(
        &mut self,
        frame: &Frame<'_>,
        list: i64,
        amount: i128,
        imm: u32,
    ) -> Result<i64, Fault> {
        let [mode_code, left_over, ..] = imm.to_le_bytes();
        let mode = mode(mode_code)?;
        let left_over = LeftOver::from_code(left_over).ok_or(DAMAGED)?;
        let view = self.lists.open(frame, list)?;
        self.tank
            .take(u64::try_from(view.rows).unwrap_or(u64::MAX))?;
        let mut weights = Vec::with_capacity(view.rows);
        for row in 0..view.rows {
            weights.push(match imm & spread_bits::EQUAL {
                0 => match self.lists.cell(view, row, 0)? {
                    ABSENT_WIDE => 0,
                    weight => weight,
                },
                _ => 1,
            });
        }
        let currency = frame.currency;
        let unit = match imm & spread_bits::CURRENCY {
            0 => 1,
            _ => {
                let cut = currency.money_scale.saturating_sub(currency.minor_units);
                quo_value::pow10_i128(cut).ok_or(OVERFLOW)?
            }
        };
        // What the shares cannot hold is never lost in silence.
        if amount.checked_rem(unit).ok_or(OVERFLOW)? != 0 {
            return Err(ArithmeticError::FinerThanShares.into());
        }
        let units = amount.checked_div(unit).ok_or(OVERFLOW)?;
        let shares = spread(units, &weights, mode, left_over)?;
        let amounts = shares.into_iter().map(|share| share.checked_mul(unit));
        let amounts = amounts.collect::<Option<Vec<i128>>>().ok_or(OVERFLOW)?;
        self.lists.add(1, &amounts)
    }

    fn items(&mut self, op: Op, i: &ArchivedInstr, frame: &Frame<'_>) -> Result<i64, Fault> {
        let input = frame.input;
        let all = input.items.len();
        self.tank.take(u64::try_from(all).unwrap_or(u64::MAX))?;
        let numbers: Vec<i128> = match op {
            Op::PartItems => {
                let (bundle, _) = input.up(frame.item, i.a).ok_or(DAMAGED)?;
                let part = u32::from(i.b);
                let children = input.children(bundle);
                let inside = children.filter(|(_, child)| child.part == part);
                inside.map(|(number, _)| i128::from(number)).collect()
            }
            Op::ItemsInside => {
                let (number, item) = input.up(frame.item, i.a).ok_or(DAMAGED)?;
                let first = number.saturating_add(1);
                let inside = input.items.get(at(first)..at(item.end)).ok_or(DAMAGED)?;
                let program = &frame.model.program;
                let set = i.imm.to_native();
                (first..)
                    .zip(inside)
                    .filter(|(_, item)| program.set_contains(set, i64::from(item.product)))
                    .map(|(number, _)| i128::from(number))
                    .collect()
            }
            _ => {
                let set = i.imm.to_native();
                let program = &frame.model.program;
                let wanted = |item: &crate::request::Item| match op {
                    Op::Lines => item.parent == NONE,
                    _ => program.set_contains(set, i64::from(item.product)),
                };
                let items = (0_u32..).zip(input.items);
                let found = items.filter(|(_, item)| wanted(item));
                found.map(|(number, _)| i128::from(number)).collect()
            }
        };
        self.lists.add(1, &numbers)
    }

    /// The items in the part of an item that has this name.
    fn part_of(&mut self, frame: &Frame<'_>, item: i64, name: u32) -> Result<i64, Fault> {
        let number = u32::try_from(item).map_err(|_| DAMAGED)?;
        let product = item_of(frame, item)?.product;
        let product = frame.model.products.get(at(product)).ok_or(DAMAGED)?;
        let part = product.parts.iter().position(|part| part.name == name);
        let mut found = Vec::new();
        for (child, inside) in frame.input.children(number) {
            self.tank.take(1)?;
            if part == Some(at(inside.part)) {
                found.push(i128::from(child));
            }
        }
        self.lists.add(1, &found)
    }

    /// The list of the charges of the priced quote, made once.
    fn charges(&mut self, frame: &Frame<'_>) -> Result<i64, Fault> {
        if let Some(made) = self.lists.charges {
            return Ok(made);
        }
        let record = frame.model.charge_record.to_native();
        let record = frame.model.records.get(at(record)).ok_or(DAMAGED)?;
        let columns = record.fields.len();
        self.tank
            .take(u64::try_from(frame.charges.len()).unwrap_or(u64::MAX))?;
        let mut cells = Vec::with_capacity(columns.saturating_mul(frame.charges.len()));
        for charge in frame.charges {
            for field in record.fields.iter() {
                let name = frame.model.str(field.name.to_native());
                cells.push(charge.field(frame, name).ok_or(DAMAGED)?);
            }
        }
        let made = self.lists.add(columns, &cells)?;
        self.lists.charges = Some(made);
        Ok(made)
    }
}

fn item_of<'f>(frame: &Frame<'f>, item: i64) -> Result<&'f crate::request::Item, Fault> {
    let number = usize::try_from(item).map_err(|_| DAMAGED)?;
    frame.input.items.get(number).ok_or(DAMAGED)
}
