//! Code: every operation is known, its operands are in range and in the right bank, jumps lead forward inside the
//! routine, every path ends in a return from the result's bank, and every register is written before it is read.
//!
//! The last is a forward data flow: because jumps only lead forward, one pass in the order of the code suffices, with
//! the set of registers that are written on *every* path (the intersection where paths meet).

use std::collections::BTreeMap;

use super::shape::{Imm, Needs, Operand, Shape, shape};
use super::{Verified, VerifyError, ensure, in_range, in_range_or_none};
use crate::access::{at, index};
use crate::code::{ArchivedBank, ArchivedInstr, ArchivedRoutine, ArchivedScope};
use crate::rules::{ArchivedModel, ArchivedProduct};
use crate::{Bank, NONE, Op};

/// The greatest power of ten in a narrow register.
const NARROW_SCALE_MAX: u32 = 18;
/// The most columns of a list.
const COLUMNS_MAX: usize = 4096;
/// The greatest power of ten in a wide register.
const WIDE_SCALE_MAX: u32 = 38;

/// Verifies the program: its sets, then its routines, which lie one after the other and fill the code.
pub(super) fn verify(model: &ArchivedModel) -> Verified {
    let program = &model.program;
    let mut begins = 0u32;
    let mut depths: Vec<u32> = Vec::with_capacity(program.routines.len());
    for (id, routine) in program.routines.iter().enumerate() {
        let place = || format!("routine {id}");
        ensure!(
            routine.at.to_native() == begins,
            place(),
            "does not begin where the one before it ends"
        );
        let end = begins.checked_add(routine.len.to_native());
        let Some(end) = end.filter(|end| at(*end) <= program.code.len()) else {
            return Err(VerifyError::new(place(), "reaches beyond the code"));
        };
        begins = end;
        check_context(model, routine).map_err(|problem| VerifyError::new(place(), problem))?;
        let mut check = RoutineCheck::new(model, index(id), routine, &depths);
        let run = check.run(program.code_of(routine));
        let depth = check.depth;
        run.map_err(|(at, problem)| {
            VerifyError::new(format!("routine {id}, instruction {at}"), problem)
        })?;
        depths.push(depth);
    }
    ensure!(
        at(begins) == program.code.len(),
        "the program",
        "has instructions that belong to no routine"
    );
    Ok(())
}

/// Checks registers, product and bundle of a routine.
fn check_context(model: &ArchivedModel, routine: &ArchivedRoutine) -> Result<(), String> {
    let (product, within) = (routine.product.to_native(), routine.within.to_native());
    if routine.narrow.to_native() > 256 || routine.wide.to_native() > 256 {
        return Err("uses more than 256 registers of a bank".to_owned());
    }
    if u16::from(routine.narrow_args) > routine.narrow.to_native()
        || u16::from(routine.wide_args) > routine.wide.to_native()
    {
        return Err("takes more arguments than it has registers".to_owned());
    }
    if routine.len.to_native() == 0 {
        return Err("is empty".to_owned());
    }
    if matches!(routine.scope, ArchivedScope::Quote | ArchivedScope::Total) {
        return if product == NONE && within == NONE {
            Ok(())
        } else {
            Err("has a product although its scope has no item".to_owned())
        };
    }
    let products = model.products.len();
    in_range(product, products, "", "product")
        .and(in_range_or_none(within, products, "", "bundle"))
        .map_err(|error| error.problem().to_owned())?;
    if within != NONE && !may_hold(model, within, product) {
        return Err(format!(
            "runs within product {within}, of which product {product} is no part"
        ));
    }
    Ok(())
}

/// Whether a product may be in a part of a bundle.
pub(super) fn may_hold(model: &ArchivedModel, bundle: u32, product: u32) -> bool {
    model.products.get(at(bundle)).is_some_and(|bundle| {
        let mut kinds = bundle.parts.iter().flat_map(|part| part.kinds.iter());
        kinds.any(|kind| kind.to_native() == product)
    })
}

/// The registers that are written on every path to a place.
#[derive(Clone, Copy, Default)]
pub(super) struct Written {
    narrow: [u64; 4],
    wide: [u64; 4],
}

impl Written {
    /// What is written before the first instruction.
    fn arguments(routine: &ArchivedRoutine) -> Self {
        let mut written = Self::default();
        (0..routine.narrow_args).for_each(|register| written.add(Bank::Narrow, register));
        (0..routine.wide_args).for_each(|register| written.add(Bank::Wide, register));
        written
    }

    fn bank(&mut self, bank: Bank) -> &mut [u64; 4] {
        match bank {
            Bank::Narrow => &mut self.narrow,
            Bank::Wide => &mut self.wide,
        }
    }

    fn has(mut self, bank: Bank, register: u8) -> bool {
        let word = self.bank(bank).get(usize::from(register / 64));
        word.is_some_and(|word| word & (1 << (register % 64)) != 0)
    }

    fn add(&mut self, bank: Bank, register: u8) {
        if let Some(word) = self.bank(bank).get_mut(usize::from(register / 64)) {
            *word |= 1 << (register % 64);
        }
    }

    fn meet(&mut self, other: &Written) {
        let words = self.narrow.iter_mut().chain(&mut self.wide);
        for (word, other) in words.zip(other.narrow.iter().chain(&other.wide)) {
            *word &= other;
        }
    }
}

/// A fault in the code: the instruction and what is wrong with it.
type Fault = (u32, String);

/// The check of one routine.
pub(super) struct RoutineCheck<'a> {
    pub(super) model: &'a ArchivedModel,
    pub(super) id: u32,
    pub(super) routine: &'a ArchivedRoutine,
    result: Bank,
    /// How deep each routine before this one calls others.
    pub(super) depths: &'a [u32],
    /// How deep this one does, as far as it has been read.
    pub(super) depth: u32,
}

impl<'a> RoutineCheck<'a> {
    fn new(
        model: &'a ArchivedModel,
        id: u32,
        routine: &'a ArchivedRoutine,
        depths: &'a [u32],
    ) -> Self {
        Self {
            model,
            id,
            routine,
            result: bank_of(&routine.result),
            depths,
            depth: 0,
        }
    }

    /// Walks the code once. What is written is `None` where no path leads; such code must be well formed all the same.
    fn run(&mut self, code: &[ArchivedInstr]) -> Result<(), Fault> {
        let mut pending: BTreeMap<u32, Written> = BTreeMap::new();
        let mut falling = Some(Written::arguments(self.routine));
        for (position, instr) in code.iter().enumerate() {
            let position = index(position);
            let fault = |problem: String| (position, problem);
            let mut written = falling;
            if let Some(jumped) = pending.remove(&position) {
                match &mut written {
                    Some(written) => written.meet(&jumped),
                    None => written = Some(jumped),
                }
            }
            let op = Op::from_code(instr.op)
                .ok_or_else(|| fault(format!("operation {} is not known", instr.op)))?;
            let shape = shape(op);
            self.check_scope(shape).map_err(fault)?;
            self.check_operand(shape.a, instr.a, instr, written.as_ref())
                .map_err(fault)?;
            self.check_operand(shape.b, instr.b, instr, written.as_ref())
                .map_err(fault)?;
            self.check_imm(shape, instr, position, code.len())
                .map_err(fault)?;
            self.check_passed(op, instr, written.as_ref())
                .map_err(fault)?;
            self.check_dst(shape, instr.dst).map_err(fault)?;
            if let (Some(bank), Some(written)) = (shape.dst, &mut written) {
                written.add(bank, instr.dst);
            }
            if let (Imm::Target, Some(written)) = (shape.imm, written) {
                let target = instr.imm.to_native();
                pending
                    .entry(target)
                    .and_modify(|there| there.meet(&written))
                    .or_insert(written);
            }
            falling = match op {
                Op::Jump => None,
                Op::ReturnN | Op::ReturnW => {
                    self.check_return(op).map_err(fault)?;
                    None
                }
                _ => written,
            };
            let last = at(position) + 1 == code.len();
            if last && !matches!(op, Op::ReturnN | Op::ReturnW) {
                return Err(fault("the last instruction does not return".to_owned()));
            }
        }
        Ok(())
    }

    fn check_return(&self, op: Op) -> Result<(), String> {
        if (op == Op::ReturnN) == (self.result == Bank::Narrow) {
            Ok(())
        } else {
            Err("returns from the other bank than that of the result".to_owned())
        }
    }

    fn check_scope(&self, shape: Shape) -> Result<(), String> {
        let there = match (shape.needs, &self.routine.scope) {
            (Needs::Nothing, _)
            | (Needs::Item, ArchivedScope::Item | ArchivedScope::Charge)
            | (Needs::Charge, ArchivedScope::Charge)
            | (Needs::Totals, ArchivedScope::Charge | ArchivedScope::Total) => true,
            (Needs::Item | Needs::Charge | Needs::Totals, _) => false,
        };
        if there {
            return Ok(());
        }
        Err(format!(
            "looks at what its scope, {:?}, does not have",
            self.routine.scope
        ))
    }

    fn registers(&self, bank: Bank) -> u16 {
        match bank {
            Bank::Narrow => self.routine.narrow.to_native(),
            Bank::Wide => self.routine.wide.to_native(),
        }
    }

    fn check_dst(&self, shape: Shape, register: u8) -> Result<(), String> {
        match shape.dst {
            Some(bank) if u16::from(register) < self.registers(bank) => Ok(()),
            Some(_) => Err(format!(
                "writes register {register}, which the routine does not have"
            )),
            None if register == 0 => Ok(()),
            None => Err("an operand that is not used is not zero".to_owned()),
        }
    }

    pub(super) fn check_read(
        &self,
        bank: Bank,
        register: u8,
        written: Option<&Written>,
    ) -> Result<(), String> {
        if u16::from(register) >= self.registers(bank) {
            return Err(format!(
                "reads register {register}, which the routine does not have"
            ));
        }
        if written.is_some_and(|written| !written.has(bank, register)) {
            let bank = match bank {
                Bank::Narrow => "narrow",
                Bank::Wide => "wide",
            };
            return Err(format!(
                "may read the {bank} register {register} before it is written"
            ));
        }
        Ok(())
    }

    /// The item so many levels up.
    fn item(&self, level: u8) -> Result<&'a ArchivedProduct, String> {
        let product = match level {
            0 => self.routine.product.to_native(),
            1 => self.routine.within.to_native(),
            _ => NONE,
        };
        let item = self.model.products.get(at(product));
        item.ok_or_else(|| format!("looks {level} levels up, where there is nothing"))
    }

    fn check_operand(
        &self,
        operand: Operand,
        value: u8,
        instr: &ArchivedInstr,
        written: Option<&Written>,
    ) -> Result<(), String> {
        match operand {
            Operand::Unused if value == 0 => Ok(()),
            Operand::Passed => Ok(()),
            Operand::Unused => Err("an operand that is not used is not zero".to_owned()),
            Operand::Narrow => self.check_read(Bank::Narrow, value, written),
            Operand::Wide => self.check_read(Bank::Wide, value, written),
            Operand::Level => self.item(value).map(|_| ()),
            Operand::Part => {
                let parts = self.item(instr.a)?.parts.len();
                if usize::from(value) < parts {
                    return Ok(());
                }
                Err(format!("looks at part {value} of {parts}"))
            }
            Operand::Mode => check_mode(value),
            Operand::Arguments => {
                let table = self.model.tables.get(at(instr.imm.to_native()));
                let columns = table.map_or(0, |table| table.columns());
                (0..columns).try_for_each(|column| {
                    let register = u32::from(value).checked_add(column);
                    match register.and_then(|register| u8::try_from(register).ok()) {
                        Some(register) => self.check_read(Bank::Narrow, register, written),
                        None => Err("has arguments beyond the last register".to_owned()),
                    }
                })
            }
        }
    }

    fn check_imm(
        &self,
        shape: Shape,
        instr: &ArchivedInstr,
        position: u32,
        len: usize,
    ) -> Result<(), String> {
        let imm = instr.imm.to_native();
        let model = self.model;
        let (what, count) = match shape.imm {
            Imm::Unused if imm == 0 => return Ok(()),
            Imm::Unused => return Err("an operand that is not used is not zero".to_owned()),
            Imm::Target => {
                let forward = position < imm && at(imm) < len;
                return if forward {
                    Ok(())
                } else {
                    Err(format!("jumps to {imm}, not ahead in the routine"))
                };
            }
            Imm::ScaleAndMode => {
                check_mode(imm.to_le_bytes()[0])?;
                return check_scale(imm >> 8, WIDE_SCALE_MAX);
            }
            Imm::RoundingMode => {
                return check_mode(u8::try_from(imm).unwrap_or(u8::MAX));
            }
            Imm::Spread => return super::calc::check_spread(imm),
            Imm::Function => {
                return match crate::Function::from_code(imm) {
                    Some(_) => Ok(()),
                    None => Err(format!("function {imm} is not known")),
                };
            }
            Imm::NarrowScale => return check_scale(imm, NARROW_SCALE_MAX),
            Imm::WideScale => return check_scale(imm, WIDE_SCALE_MAX),
            Imm::NarrowConst => ("constant", model.program.narrow_consts.len()),
            Imm::WideConst => ("constant", model.program.wide_consts.len()),
            Imm::Fact => ("fact", model.facts.len()),
            Imm::Option => ("option", self.item(instr.a)?.options.len()),
            Imm::PartOption => ("option", self.only_kind(instr)?.options.len()),
            Imm::Product => ("product", model.products.len()),
            Imm::Adjustment => ("adjustment", model.adjustments.len()),
            Imm::Amount => ("amount", model.amounts.len()),
            Imm::Clause => ("clause", model.clauses.len()),
            Imm::Set => ("set", at(model.program.set_count())),
            Imm::Text => ("string", at(model.strings.count())),
            Imm::Table => ("table", model.tables.len()),
            Imm::Routine => ("routine", model.program.routines.len()),
            Imm::Loop => ("loop", model.program.loops.len()),
            Imm::Column => ("column", COLUMNS_MAX),
            Imm::Data => ("list", model.data.len()),
        };
        if at(imm) < count {
            return Ok(());
        }
        Err(format!("refers to {what} {imm} of {count}"))
    }

    /// The product of a part that can hold only one.
    fn only_kind(&self, instr: &ArchivedInstr) -> Result<&'a ArchivedProduct, String> {
        let part = self.item(instr.a)?.parts.get(usize::from(instr.b));
        let kinds = part.map(|part| part.kinds.as_slice()).unwrap_or_default();
        let [kind] = kinds else {
            return Err("looks at an option of a part that has not exactly one kind".to_owned());
        };
        let product = self.model.products.get(at(kind.to_native()));
        product.ok_or_else(|| "looks at a part whose kind is no product".to_owned())
    }
}

/// A bank, out of the archive.
pub(super) fn bank_of(bank: &ArchivedBank) -> Bank {
    match bank {
        ArchivedBank::Narrow => Bank::Narrow,
        ArchivedBank::Wide => Bank::Wide,
    }
}

pub(super) fn check_mode(mode: u8) -> Result<(), String> {
    match quo_value::Rounding::from_code(mode) {
        Some(_) => Ok(()),
        None => Err(format!("rounding mode {mode} is not known")),
    }
}

fn check_scale(scale: u32, scale_max: u32) -> Result<(), String> {
    if scale <= scale_max {
        return Ok(());
    }
    Err(format!("scales by 10^{scale}, above 10^{scale_max}"))
}
