//! The program and the tables of a package as text that a person can read: one line an instruction, one line an entry.
//!
//! For snapshots and for whoever wonders what a rule became. Nothing reads it back.

use std::fmt::{self, Write};

use quo_model::{
    ABSENT, Bank, Instr, Mask, Model, NONE, Op, Place, Point, Routine, Scope, Slot, Table,
};
use quo_value::Rounding;

use crate::Lowered;

/// All routines with what they test, and all tables.
#[must_use]
pub fn print(lowered: &Lowered) -> String {
    let mut printer = Printer {
        lowered,
        text: String::new(),
    };
    // Writing to a string never fails.
    let _ = printer.all();
    printer.text
}

struct Printer<'a> {
    lowered: &'a Lowered,
    text: String,
}

impl Printer<'_> {
    fn all(&mut self) -> fmt::Result {
        let model = &self.lowered.model;
        for (number, routine) in (0_u32..).zip(&model.program.routines) {
            self.routine(number, routine)?;
        }
        for (number, table) in model.tables.iter().enumerate() {
            self.table(number, table)?;
        }
        Ok(())
    }

    fn model(&self) -> &Model {
        &self.lowered.model
    }

    fn string(&self, number: u32) -> &str {
        string(self.model(), number).unwrap_or("?")
    }

    fn product(&self, number: u32) -> &str {
        let product = self.model().products.get(number as usize);
        product.map_or("?", |product| self.string(product.name))
    }

    fn routine(&mut self, number: u32, routine: &Routine) -> fmt::Result {
        let scope = match routine.scope {
            Scope::Quote => "quote",
            Scope::Item => "item",
            Scope::Charge => "charge",
            Scope::Total => "total",
        };
        write!(self.text, "routine {number}: {scope}")?;
        if routine.product != NONE {
            let product = self.product(routine.product).to_owned();
            write!(self.text, " of {product}")?;
        }
        if routine.within != NONE {
            let bundle = self.product(routine.within).to_owned();
            write!(self.text, " in {bundle}")?;
        }
        writeln!(
            self.text,
            ", {} narrow, {} wide",
            routine.narrow, routine.wide
        )?;
        let start = routine.at as usize;
        let end = start.saturating_add(routine.len as usize);
        let code = self
            .model()
            .program
            .code
            .get(start..end)
            .unwrap_or_default()
            .to_vec();
        for (at, instr) in (0_u32..).zip(&code) {
            let line = self.instruction(instr);
            write!(self.text, "{at:4}  {line}")?;
            let points = &self.lowered.source_map.points;
            let point = points
                .iter()
                .find(|point| point.routine == number && point.at == at);
            if let Some(point) = point {
                let note = self.point(point);
                let pad = 30_usize.saturating_sub(line.chars().count());
                write!(self.text, "{:pad$}  -- {note}", "")?;
            }
            writeln!(self.text)?;
        }
        writeln!(self.text)
    }

    fn point(&self, point: &Point) -> String {
        let mut note = format!("`{}`", self.source(point.place));
        for operand in &point.operands {
            let bank = if operand.wide { 'w' } else { 'n' };
            let source = self.source(operand.place);
            let _ = write!(
                note,
                ", {bank}{} `{source}` {:?}",
                operand.register, operand.ty
            );
        }
        note
    }

    /// A stretch of source on one line.
    fn source(&self, place: Place) -> String {
        let file = self.lowered.source_map.files.get(place.file as usize);
        let text = file.and_then(|file| file.text.get(place.start as usize..place.end as usize));
        text.map_or("?".to_owned(), |text| {
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        })
    }

    fn instruction(&self, instr: &Instr) -> String {
        let Instr {
            op: code,
            dst,
            a,
            b,
            imm,
        } = *instr;
        let Some(op) = Op::from_code(code) else {
            return format!("unknown operation {code}");
        };
        match op {
            Op::ConstN | Op::ConstW | Op::InSet => self.constant(op, instr),
            Op::Fact | Op::Asked | Op::Amount => {
                format!("{}{dst} = {op:?} {}", to(op), self.name(op, imm))
            }
            Op::Option => format!("n{dst} = Option {imm} up {a}"),
            Op::PartOption => format!("n{dst} = PartOption {imm} of part {b} up {a}"),
            Op::PartKind | Op::CountPart => format!("n{dst} = {op:?} {b} up {a}"),
            Op::HasKind => format!("n{dst} = HasKind {} in part {b} up {a}", self.product(imm)),
            Op::List
            | Op::Left
            | Op::TotalList
            | Op::TotalNet
            | Op::TotalKept
            | Op::Quantity
            | Op::Currency
            | Op::ClausesRemoved
            | Op::ClausesAdded => {
                format!("{}{dst} = {op:?}", to(op))
            }
            Op::TotalListOf | Op::TotalNetOf | Op::QuantityOf => {
                format!("{}{dst} = {op:?} {{{}}}", to(op), self.members(imm))
            }
            Op::ClauseRemoved | Op::ClauseAdded => {
                format!("{}{dst} = {op:?} {imm}", to(op))
            }
            Op::ScaleN | Op::ScaleW => format!("{0}{dst} = {op:?} {0}{a} by {imm}", to(op)),
            Op::RoundN | Op::RoundW => {
                format!("{0}{dst} = {op:?} {0}{a} by {imm} {1}", to(op), mode(b))
            }
            Op::RoundCurrency => format!("w{dst} = RoundCurrency w{a} from {imm} {}", mode(b)),
            Op::DivW => {
                let [rounding, places, ..] = imm.to_le_bytes();
                format!("w{dst} = DivW w{a} * 10^{places}, w{b} {}", mode(rounding))
            }
            Op::Match => format!("n{dst} = Match table {imm} from n{a}"),
            Op::PresentW => format!("n{dst} = PresentW w{a}"),
            Op::RoundStep => format!("w{dst} = RoundStep w{a} to w{b} mode {imm}"),
            Op::CallN | Op::CallW => {
                format!("{}{dst} = {op:?} routine {imm} of n{a}.., w{b}..", to(op))
            }
            Op::LoopN | Op::LoopW | Op::LoopFromW => {
                format!("{}{dst} = {op:?} {imm} over n{a} from {b}", to(op))
            }
            Op::PushN | Op::PushW | Op::PushRow => {
                let bank = if op == Op::PushW { 'w' } else { 'n' };
                format!("{op:?} {bank}{a} to n{b}")
            }
            Op::Spread => format!("n{dst} = Spread w{b} over n{a} as {imm:#x}"),
            Op::NewList
            | Op::RowAt
            | Op::CellN
            | Op::CellW
            | Op::Range
            | Op::Join
            | Op::DataRow
            | Op::MatchAll
            | Op::Builtin
            | Op::Items
            | Op::Lines
            | Op::PartItems
            | Op::ItemsInside
            | Op::PartOf
            | Op::OptionOf
            | Op::ProductOf
            | Op::Charges => format!("{}{dst} = {op:?} {a}, {b}, {imm}", to(op)),
            Op::Jump => format!("Jump {imm}"),
            Op::JumpIfNot => format!("JumpIfNot n{a} {imm}"),
            Op::ReturnN => format!("ReturnN n{a}"),
            Op::ReturnW => format!("ReturnW w{a}"),
            Op::Widen
            | Op::NegN
            | Op::NegW
            | Op::Present
            | Op::Not
            | Op::MoveN
            | Op::MoveW
            | Op::Clamp => {
                format!("{}{dst} = {op:?} {}{a}", to(op), from(op))
            }
            Op::AddN
            | Op::SubN
            | Op::MulN
            | Op::AddW
            | Op::SubW
            | Op::MulW
            | Op::EqN
            | Op::NeN
            | Op::LtN
            | Op::LeN
            | Op::EqW
            | Op::NeW
            | Op::LtW
            | Op::LeW
            | Op::And
            | Op::Or => {
                format!("{0}{dst} = {op:?} {1}{a}, {1}{b}", to(op), from(op))
            }
        }
    }

    fn constant(&self, op: Op, instr: &Instr) -> String {
        let Instr { dst, a, imm, .. } = *instr;
        let program = &self.model().program;
        let at = imm as usize;
        match op {
            Op::ConstW => {
                let value = program.wide_consts.get(at).copied().unwrap_or_default();
                format!("w{dst} = {value}")
            }
            Op::ConstN => {
                let value = program.narrow_consts.get(at).copied().unwrap_or_default();
                format!("n{dst} = {}", number(value))
            }
            _ => {
                format!("n{dst} = n{a} in {{{}}}", self.members(imm))
            }
        }
    }

    /// The members of a set.
    fn members(&self, set: u32) -> String {
        let program = &self.model().program;
        let at = set as usize;
        let bound = |at: usize| program.set_at.get(at).map_or(0, |&bound| bound as usize);
        let members = bound(at)..bound(at.saturating_add(1));
        let members = program.set_values.get(members).unwrap_or_default();
        let members: Vec<String> = members.iter().map(i64::to_string).collect();
        members.join(", ")
    }

    fn name(&self, op: Op, index: u32) -> String {
        let model = self.model();
        let at = index as usize;
        let name = match op {
            Op::Fact => model
                .facts
                .get(at)
                .map(|fact| format!("{}.{}", self.string(fact.group), self.string(fact.name))),
            Op::Asked => model
                .adjustments
                .get(at)
                .map(|it| self.string(it.name).to_owned()),
            _ => model
                .amounts
                .get(at)
                .map(|amount| self.string(amount.name).to_owned()),
        };
        name.unwrap_or_else(|| "?".to_owned())
    }

    fn table(&mut self, number: usize, table: &Table) -> fmt::Result {
        let id = self.string(table.id).to_owned();
        let (exact, ranges) = (table.exact, table.ranges);
        writeln!(
            self.text,
            "table {number} `{id}`, {exact} exact, {ranges} by interval"
        )?;
        for mask in &table.masks {
            let filled = slots(table, mask).filter(|slot| slot.entries_len > 0);
            let buckets = filled.count();
            writeln!(
                self.text,
                "  pattern {:#b}: {buckets} buckets in {} slots",
                mask.bits, mask.slots_len
            )?;
            for slot in slots(table, mask).filter(|slot| slot.entries_len > 0) {
                for entry in (slot.entries_at..).take(slot.entries_len as usize) {
                    let line = self.entry(table, mask, entry as usize);
                    writeln!(self.text, "    {line}")?;
                }
            }
        }
        writeln!(self.text)
    }

    fn entry(&self, table: &Table, mask: &Mask, entry: usize) -> String {
        let mut cells: Vec<String> = Vec::new();
        let at = |width: u32, column: u32| {
            entry
                .saturating_mul(width as usize)
                .saturating_add(column as usize)
        };
        for column in 0..table.exact {
            let value = table
                .entry_exact
                .get(at(table.exact, column))
                .copied()
                .unwrap_or_default();
            let fixed = mask.bits & 1_u32.checked_shl(column).unwrap_or(0) != 0;
            cells.push(if fixed {
                value.to_string()
            } else {
                "*".to_owned()
            });
        }
        for column in 0..table.ranges {
            let place = at(table.ranges, column);
            let low = table.entry_low.get(place).copied().unwrap_or_default();
            let high = table.entry_high.get(place).copied().unwrap_or_default();
            cells.push(interval(low, high));
        }
        let row = table.entry_row.get(entry).copied().unwrap_or(NONE);
        let key = table
            .row_keys
            .get(row as usize)
            .map_or("?", |&key| self.string(key));
        format!("{} -> row {row} `{key}`", cells.join(" | "))
    }
}

fn slots<'t>(table: &'t Table, mask: &Mask) -> impl Iterator<Item = &'t Slot> {
    let slots = table.slots.iter().skip(mask.slots_at as usize);
    slots.take(mask.slots_len as usize)
}

fn string(model: &Model, number: u32) -> Option<&str> {
    let strings = &model.strings;
    let start = *strings.offsets.get(number as usize)?;
    let end = *strings.offsets.get((number as usize).checked_add(1)?)?;
    strings.blob.get(start as usize..end as usize)
}

fn number(value: i64) -> String {
    if value == ABSENT {
        "absent".to_owned()
    } else {
        value.to_string()
    }
}

fn interval(low: i64, high: i64) -> String {
    match (low, high) {
        (i64::MIN, i64::MAX) => "*".to_owned(),
        (low, i64::MAX) if low == -i64::MAX => "present".to_owned(),
        (low, high) if low == -i64::MAX => format!("..{high}"),
        (low, i64::MAX) => format!("{low}.."),
        (low, high) => format!("{low}..{high}"),
    }
}

fn mode(code: u8) -> &'static str {
    Rounding::from_code(code).map_or("?", Rounding::words)
}

/// The letter of the bank that an operation writes.
fn to(op: Op) -> char {
    match bank_written(op) {
        Bank::Narrow => 'n',
        Bank::Wide => 'w',
    }
}

fn bank_written(op: Op) -> Bank {
    match op {
        Op::ConstW
        | Op::List
        | Op::Left
        | Op::TotalList
        | Op::TotalNet
        | Op::TotalKept
        | Op::TotalListOf
        | Op::TotalNetOf
        | Op::Amount
        | Op::AddW
        | Op::SubW
        | Op::MulW
        | Op::NegW
        | Op::Widen
        | Op::ScaleW
        | Op::RoundW
        | Op::RoundCurrency
        | Op::DivW
        | Op::RoundStep
        | Op::CallW
        | Op::LoopW
        | Op::CellW
        | Op::MoveW => Bank::Wide,
        _ => Bank::Narrow,
    }
}

/// The letter of the bank that an operation reads.
fn from(op: Op) -> char {
    match op {
        Op::Widen => 'n',
        Op::Clamp | Op::EqW | Op::NeW | Op::LtW | Op::LeW => 'w',
        _ => to(op),
    }
}
