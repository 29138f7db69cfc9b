//! The interpreter: runs a routine of the decision program on registers that are used again and again.
//!
//! It is total. Code that the verifier would have refused ends in [`Stopped::Damaged`], arithmetic without an answer in an
//! error that the plan turns into a finding with the rule's name. Jumps only go ahead, so a routine takes at most as many
//! steps as it has instructions; they are paid for before it starts. Which operation means what is written down in
//! [`quo_model::Op`].

mod builtins;
mod lists;
mod loops;
mod sums;

use quo_model::code::ArchivedInstr;
use quo_model::{ABSENT, ABSENT_WIDE, ArchivedTable, Op};
use quo_value::{
    ArithmeticError, Rounding, div_round_i128, mul_div_round_i128, pow10_i128,
    round_to_quantum_i128,
};

use crate::frame::{CLAUSE_ADDED, CLAUSE_REMOVED, Frame, at, index};
use crate::limits::{Stopped, Tank};
use crate::record::{Recorder, Seen};

pub(crate) use lists::{GivenLists, Made};

/// Why a routine has no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Its arithmetic has no answer: a finding of the decision.
    Arithmetic(ArithmeticError),
    /// The whole decision ends.
    Stopped(Stopped),
}

impl From<ArithmeticError> for Fault {
    fn from(error: ArithmeticError) -> Self {
        Self::Arithmetic(error)
    }
}

impl From<Stopped> for Fault {
    fn from(stopped: Stopped) -> Self {
        Self::Stopped(stopped)
    }
}

const DAMAGED: Fault = Fault::Stopped(Stopped::Damaged);
const OVERFLOW: Fault = Fault::Arithmetic(ArithmeticError::Overflow);
/// How deep routines run each other; the verifier lets no package pass that goes so deep.
const DEPTH_MAX: u32 = 200;

/// A bank of registers, as many as an operand can name.
struct Bank<T>([T; 256]);

impl<T: Copy> Bank<T> {
    #[inline]
    #[expect(
        clippy::indexing_slicing,
        reason = "a number of eight bits is always inside an array of 256"
    )]
    fn get(&self, register: u8) -> T {
        self.0[usize::from(register)]
    }

    #[inline]
    #[expect(
        clippy::indexing_slicing,
        reason = "a number of eight bits is always inside an array of 256"
    )]
    fn set(&mut self, register: u8, value: T) {
        self.0[usize::from(register)] = value;
    }
}

/// Both banks of registers.
pub(crate) struct Registers {
    narrow: Bank<i64>,
    wide: Bank<i128>,
}

impl Registers {
    /// A narrow register.
    #[inline]
    pub fn n(&self, register: u8) -> i64 {
        self.narrow.get(register)
    }

    /// A wide register.
    #[inline]
    pub fn w(&self, register: u8) -> i128 {
        self.wide.get(register)
    }

    #[inline]
    fn put(&mut self, register: u8, value: Option<i64>) -> Result<(), Fault> {
        self.narrow.set(register, value.ok_or(OVERFLOW)?);
        Ok(())
    }

    /// The least number stands for "absent" where values are passed on, so that no calculation may leave it.
    #[inline]
    fn put_wide(&mut self, register: u8, value: Option<i128>) -> Result<(), Fault> {
        match value {
            Some(ABSENT_WIDE) | None => Err(OVERFLOW),
            Some(value) => {
                self.wide.set(register, value);
                Ok(())
            }
        }
    }

    /// The registers from `first`, `count` of them, as the first of another window, from `to` on.
    fn copy_to(&self, other: &mut Registers, [narrow, wide]: [(u8, u8); 2]) {
        for step in 0..narrow.1 {
            other
                .narrow
                .set(step, self.n(narrow.0.saturating_add(step)));
        }
        for step in 0..wide.1 {
            other.wide.set(step, self.w(wide.0.saturating_add(step)));
        }
    }

    /// Writes a value as it is passed on, narrow or wide.
    fn put_passed(&mut self, bank: Width, register: u8, value: i128) -> Result<(), Fault> {
        match bank {
            Width::Narrow => self.narrow.set(register, lists::narrowed(value)?),
            Width::Wide => self.wide.set(register, value),
        }
        Ok(())
    }

    /// A value as it is passed on.
    fn passed(&self, bank: Width, register: u8) -> i128 {
        match bank {
            Width::Narrow => lists::widened(self.n(register)),
            Width::Wide => self.w(register),
        }
    }

    #[inline]
    fn truth(&mut self, register: u8, value: bool) {
        self.narrow.set(register, i64::from(value));
    }
}

/// The operation of each code.
const DECODE: [Option<Op>; 256] = {
    let mut table = [None; 256];
    let mut next = 0;
    while next < Op::ALL.len() {
        #[expect(
            clippy::indexing_slicing,
            reason = "evaluated by the compiler, which refuses an index out of bounds"
        )]
        let op = Op::ALL[next];
        #[expect(
            clippy::indexing_slicing,
            reason = "evaluated by the compiler, which refuses an index out of bounds"
        )]
        {
            table[op as usize] = Some(op);
        }
        next = next.wrapping_add(1);
    }
    table
};

/// Which bank a value is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Width {
    Narrow,
    Wide,
}

/// The result of a routine.
pub(crate) enum Returned {
    Narrow(i64),
    Wide(i128),
}

impl Returned {
    /// The value as it is passed on: wide, with its own sign of absence.
    pub fn passed(self) -> i128 {
        match self {
            Self::Narrow(value) => lists::widened(value),
            Self::Wide(value) => value,
        }
    }
}

/// What an instruction does to the flow.
enum Flow {
    Next,
    To(u32),
    Return(Returned),
}

/// Runs routines.
pub(crate) struct Machine<'a> {
    /// Windows of registers that nobody uses, one for each level of calls.
    windows: Vec<Box<Registers>>,
    /// The lists that the latest routine made.
    pub lists: Made,
    /// What the work is paid from.
    pub tank: Tank<'a>,
}

impl<'a> Machine<'a> {
    pub fn new(tank: Tank<'a>) -> Self {
        Self {
            windows: Vec::new(),
            lists: Made::default(),
            tank,
        }
    }

    /// A window of registers; what it holds is of no meaning.
    fn window(&mut self) -> Box<Registers> {
        self.windows.pop().unwrap_or_else(|| {
            Box::new(Registers {
                narrow: Bank([0; 256]),
                wide: Bank([0; 256]),
            })
        })
    }

    /// Runs a routine with a narrow result.
    pub fn narrow<R: Recorder>(
        &mut self,
        routine: u32,
        frame: &Frame<'_>,
        recorder: &mut R,
    ) -> Result<i64, Fault> {
        match self.run(routine, frame, recorder)? {
            Returned::Narrow(value) => Ok(value),
            Returned::Wide(_) => Err(DAMAGED),
        }
    }

    /// Runs a routine with a wide result.
    pub fn wide<R: Recorder>(
        &mut self,
        routine: u32,
        frame: &Frame<'_>,
        recorder: &mut R,
    ) -> Result<i128, Fault> {
        match self.run(routine, frame, recorder)? {
            Returned::Wide(value) => Ok(value),
            Returned::Narrow(_) => Err(DAMAGED),
        }
    }

    /// Runs a routine whose result may be of either bank. The lists it makes stay until the next one runs.
    pub fn run<R: Recorder>(
        &mut self,
        routine: u32,
        frame: &Frame<'_>,
        recorder: &mut R,
    ) -> Result<Returned, Fault> {
        self.lists.clear();
        let mut registers = self.window();
        let result = self.execute(routine, frame, recorder, (&mut registers, 0));
        self.windows.push(registers);
        result
    }

    /// Runs a routine on a window that holds its arguments.
    fn execute<R: Recorder>(
        &mut self,
        number: u32,
        frame: &Frame<'_>,
        recorder: &mut R,
        (registers, depth): (&mut Registers, u32),
    ) -> Result<Returned, Fault> {
        let program = &frame.model.program;
        let routine = program.routines.get(at(number)).ok_or(DAMAGED)?;
        let code = program.code_of(routine);
        self.tank.take(u64::from(routine.len.to_native()))?;
        let mut next = 0_usize;
        while let Some(instr) = code.get(next) {
            let ran = next;
            next = next.wrapping_add(1);
            match self.step(instr, frame, recorder, (registers, depth))? {
                Flow::Next => {}
                Flow::To(target) if at(target) >= next => next = at(target),
                Flow::To(_) => return Err(DAMAGED),
                Flow::Return(value) => return Ok(value),
            }
            if R::LISTENS {
                let seen = Seen {
                    registers,
                    lists: &self.lists,
                    frame,
                };
                recorder.ran(number, ran, instr.dst, &seen);
            }
        }
        Err(DAMAGED)
    }

    /// One instruction. The operations are grouped as in [`Op`]; what takes more than a line is below.
    #[inline]
    fn step<R: Recorder>(
        &mut self,
        i: &ArchivedInstr,
        frame: &Frame<'_>,
        recorder: &mut R,
        (r, depth): (&mut Registers, u32),
    ) -> Result<Flow, Fault> {
        let imm = i.imm.to_native();
        let Some(op) = DECODE.get(usize::from(i.op)).copied().flatten() else {
            return Err(DAMAGED);
        };
        match op {
            Op::ConstN
            | Op::ConstW
            | Op::Fact
            | Op::Option
            | Op::PartOption
            | Op::PartKind
            | Op::HasKind
            | Op::CountPart
            | Op::Asked
            | Op::List
            | Op::Left
            | Op::TotalList
            | Op::TotalNet
            | Op::TotalKept
            | Op::Quantity
            | Op::ClausesRemoved
            | Op::ClausesAdded
            | Op::ClauseRemoved
            | Op::ClauseAdded
            | Op::Amount
            | Op::Currency => load(op, i, imm, r, frame)?,

            Op::AddN => r.put(i.dst, r.n(i.a).checked_add(r.n(i.b)))?,
            Op::SubN => r.put(i.dst, r.n(i.a).checked_sub(r.n(i.b)))?,
            Op::MulN => r.put(i.dst, r.n(i.a).checked_mul(r.n(i.b)))?,
            Op::NegN => r.put(i.dst, r.n(i.a).checked_neg())?,
            Op::AddW => r.put_wide(i.dst, r.w(i.a).checked_add(r.w(i.b)))?,
            Op::SubW => r.put_wide(i.dst, r.w(i.a).checked_sub(r.w(i.b)))?,
            Op::MulW => r.put_wide(i.dst, r.w(i.a).checked_mul(r.w(i.b)))?,
            Op::NegW => r.put_wide(i.dst, r.w(i.a).checked_neg())?,
            Op::Widen => r.wide.set(i.dst, i128::from(r.n(i.a))),
            Op::Clamp => r.narrow.set(i.dst, clamp(r.w(i.a))),
            Op::ScaleN => r.put(i.dst, narrow(scaled(i128::from(r.n(i.a)), imm)))?,
            Op::ScaleW => r.put_wide(i.dst, scaled(r.w(i.a), imm))?,
            Op::RoundN => r.put(
                i.dst,
                narrow(rounded(i128::from(r.n(i.a)), imm, mode(i.b)?)),
            )?,
            Op::RoundW => r.put_wide(i.dst, rounded(r.w(i.a), imm, mode(i.b)?))?,
            Op::RoundCurrency => {
                let scale = u8::try_from(imm).map_err(|_| DAMAGED)?;
                let rounded = frame.currency.round(r.w(i.a), scale, mode(i.b)?)?;
                r.wide.set(i.dst, rounded);
            }
            Op::DivW => r.put_wide(i.dst, Some(quotient(r.w(i.a), r.w(i.b), imm)?))?,

            Op::EqN => r.truth(i.dst, r.n(i.a) == r.n(i.b)),
            Op::NeN => r.truth(i.dst, r.n(i.a) != r.n(i.b)),
            Op::LtN => r.truth(i.dst, r.n(i.a) < r.n(i.b)),
            Op::LeN => r.truth(i.dst, r.n(i.a) <= r.n(i.b)),
            Op::EqW => r.truth(i.dst, r.w(i.a) == r.w(i.b)),
            Op::NeW => r.truth(i.dst, r.w(i.a) != r.w(i.b)),
            Op::LtW => r.truth(i.dst, r.w(i.a) < r.w(i.b)),
            Op::LeW => r.truth(i.dst, r.w(i.a) <= r.w(i.b)),
            Op::Present => r.truth(i.dst, r.n(i.a) != ABSENT),
            Op::InSet => r.truth(i.dst, frame.model.program.set_contains(imm, r.n(i.a))),

            Op::And => r.narrow.set(i.dst, r.n(i.a) & r.n(i.b)),
            Op::Or => r.narrow.set(i.dst, r.n(i.a) | r.n(i.b)),
            Op::Not => r.truth(i.dst, r.n(i.a) == 0),
            Op::MoveN => r.narrow.set(i.dst, r.n(i.a)),
            Op::MoveW => r.wide.set(i.dst, r.w(i.a)),

            Op::Jump => return Ok(Flow::To(imm)),
            Op::JumpIfNot if r.n(i.a) == 0 => return Ok(Flow::To(imm)),
            Op::JumpIfNot => {}
            Op::Match => self.look_up(i, imm, frame, r)?,
            Op::ReturnN => return Ok(Flow::Return(Returned::Narrow(r.n(i.a)))),
            Op::ReturnW => return Ok(Flow::Return(Returned::Wide(r.w(i.a)))),
            Op::PresentW => r.truth(i.dst, r.w(i.a) != ABSENT_WIDE),
            Op::RoundStep => r.put_wide(i.dst, rounded_to_step(r.w(i.a), r.w(i.b), imm)?)?,
            Op::CallN | Op::CallW => self.call(i, frame, recorder, (r, depth))?,
            Op::LoopN | Op::LoopW | Op::LoopFromW => self.each(op, i, frame, (r, depth))?,
            Op::TotalListOf | Op::TotalNetOf | Op::QuantityOf => self.sum_of(op, i, frame, r)?,
            Op::NewList
            | Op::PushN
            | Op::PushW
            | Op::RowAt
            | Op::CellN
            | Op::CellW
            | Op::Range
            | Op::Join
            | Op::DataRow
            | Op::MatchAll
            | Op::Spread
            | Op::Builtin
            | Op::Items
            | Op::Lines
            | Op::PartItems
            | Op::ItemsInside
            | Op::PartOf
            | Op::OptionOf
            | Op::ProductOf
            | Op::PushRow
            | Op::Charges => self.on_lists(op, i, frame, r)?,
        }
        Ok(Flow::Next)
    }

    fn look_up(
        &mut self,
        i: &ArchivedInstr,
        table: u32,
        frame: &Frame<'_>,
        r: &mut Registers,
    ) -> Result<(), Fault> {
        let table = frame.model.tables.get(at(table)).ok_or(DAMAGED)?;
        self.tank.take(table_cost(table.masks.len()))?;
        let row = table.find(arguments(r, i.a, table)?);
        r.narrow.set(i.dst, row.map_or(ABSENT, i64::from));
        Ok(())
    }

    /// Runs another routine on a window of its own.
    fn call<R: Recorder>(
        &mut self,
        i: &ArchivedInstr,
        frame: &Frame<'_>,
        recorder: &mut R,
        (r, depth): (&mut Registers, u32),
    ) -> Result<(), Fault> {
        let number = i.imm.to_native();
        let routine = frame
            .model
            .program
            .routines
            .get(at(number))
            .ok_or(DAMAGED)?;
        let depth = depth.saturating_add(1);
        if depth > DEPTH_MAX {
            return Err(DAMAGED);
        }
        let mut window = self.window();
        let passed = [(i.a, routine.narrow_args), (i.b, routine.wide_args)];
        r.copy_to(&mut window, passed);
        let result = self.execute(number, frame, recorder, (&mut window, depth));
        self.windows.push(window);
        match result? {
            Returned::Narrow(value) => r.narrow.set(i.dst, value),
            Returned::Wide(value) => r.wide.set(i.dst, value),
        }
        Ok(())
    }
}

/// The arguments of a table, in consecutive narrow registers.
fn arguments<'r>(r: &'r Registers, first: u8, table: &ArchivedTable) -> Result<&'r [i64], Fault> {
    let first = usize::from(first);
    let end = first.checked_add(at(table.columns()));
    let arguments = end.and_then(|end| r.narrow.0.get(first..end));
    arguments.ok_or(DAMAGED)
}

fn rounded_to_step(value: i128, step: i128, imm: u32) -> Result<Option<i128>, Fault> {
    let mode = mode(u8::try_from(imm).map_err(|_| DAMAGED)?)?;
    if step <= 0 {
        return Err(ArithmeticError::StepNotPositive.into());
    }
    Ok(round_to_quantum_i128(value, step, mode))
}

/// The steps that a look-up in a table with so many patterns of wildcards costs.
pub(crate) fn table_cost(masks: usize) -> u64 {
    u64::try_from(masks).unwrap_or(u64::MAX).saturating_add(1)
}

/// The operations that bring values into registers.
#[inline]
fn load(
    op: Op,
    i: &ArchivedInstr,
    imm: u32,
    r: &mut Registers,
    frame: &Frame<'_>,
) -> Result<(), Fault> {
    let program = &frame.model.program;
    let narrow = match op {
        Op::ConstN => program
            .narrow_consts
            .get(at(imm))
            .ok_or(DAMAGED)?
            .to_native(),
        Op::Fact => frame.input.fact(imm),
        Op::Asked => *frame.input.asked.get(at(imm)).ok_or(DAMAGED)?,
        Op::Currency => i64::from(frame.currency.index),
        Op::Quantity => frame.quantity,
        Op::ClausesRemoved => frame.input.clauses_in(CLAUSE_REMOVED),
        Op::ClausesAdded => frame.input.clauses_in(CLAUSE_ADDED),
        Op::ClauseRemoved => frame.input.clause_in(imm, CLAUSE_REMOVED),
        Op::ClauseAdded => frame.input.clause_in(imm, CLAUSE_ADDED),
        Op::Option | Op::PartOption | Op::PartKind | Op::HasKind | Op::CountPart => {
            item_value(op, i, imm, frame).ok_or(DAMAGED)?
        }
        _ => {
            let wide = match op {
                Op::ConstW => program.wide_consts.get(at(imm)).ok_or(DAMAGED)?.to_native(),
                Op::List => frame.list,
                Op::Left => frame.left,
                Op::TotalList => frame.total_list,
                Op::TotalNet => frame.total_net,
                Op::TotalKept => frame.total_kept,
                Op::Amount => {
                    let amount = frame.model.amounts.get(at(imm)).ok_or(DAMAGED)?;
                    let value = amount.values.get(at(frame.currency.index));
                    value.ok_or(DAMAGED)?.to_native()
                }
                _ => return Err(DAMAGED),
            };
            r.wide.set(i.dst, wide);
            return Ok(());
        }
    };
    r.narrow.set(i.dst, narrow);
    Ok(())
}

/// What an item says about itself or its parts; `None` where the code asks for what its scope does not have.
fn item_value(op: Op, i: &ArchivedInstr, imm: u32, frame: &Frame<'_>) -> Option<i64> {
    let input = frame.input;
    let (number, item) = input.up(frame.item, i.a)?;
    if op == Op::Option {
        return input.option(item, imm);
    }
    let part = u32::from(i.b);
    let mut inside = input
        .children(number)
        .filter(|(_, child)| child.part == part);
    Some(match op {
        Op::PartOption => match inside.next() {
            Some((_, child)) => input.option(child, imm)?,
            None => ABSENT,
        },
        Op::PartKind => inside
            .next()
            .map_or(ABSENT, |(_, child)| i64::from(child.product)),
        Op::HasKind => i64::from(inside.any(|(_, child)| child.product == imm)),
        Op::CountPart => i64::from(index(inside.count())),
        _ => return None,
    })
}

fn mode(code: u8) -> Result<Rounding, Fault> {
    Rounding::from_code(code).ok_or(DAMAGED)
}

fn narrow(value: Option<i128>) -> Option<i64> {
    i64::try_from(value?).ok()
}

fn clamp(value: i128) -> i64 {
    // The least value means "absent" and is left out.
    let least = i64::MIN.saturating_add(1);
    i64::try_from(value)
        .unwrap_or(if value < 0 { least } else { i64::MAX })
        .max(least)
}

fn power(exponent: u32) -> Option<i128> {
    pow10_i128(u8::try_from(exponent).ok()?)
}

fn scaled(value: i128, exponent: u32) -> Option<i128> {
    value.checked_mul(power(exponent)?)
}

fn rounded(value: i128, exponent: u32, mode: Rounding) -> Option<i128> {
    div_round_i128(value, power(exponent)?, mode)
}

fn quotient(dividend: i128, divisor: i128, packed: u32) -> Result<i128, Fault> {
    let [mode_code, exponent @ ..] = packed.to_le_bytes();
    let [low, middle, high] = exponent;
    let factor = power(u32::from_le_bytes([low, middle, high, 0])).ok_or(OVERFLOW)?;
    let mode = mode(mode_code)?;
    if divisor == 0 {
        return Err(ArithmeticError::DivisionByZero.into());
    }
    mul_div_round_i128(dividend, factor, divisor, mode).ok_or(OVERFLOW)
}

#[cfg(test)]
mod tests;
