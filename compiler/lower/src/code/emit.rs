//! The code of one routine as it grows: instructions, registers, forward jumps; and the constants that all share.
//!
//! Knows the shape of instructions and nothing of expressions.

use std::collections::BTreeMap;

use quo_model::{Bank, Instr, Op, SetTable};

/// Registers in one bank: what a register's number, eight bits, can tell apart.
const REGISTERS: u16 = 256;

/// Constants of all routines, each stored once, in the order of their first use.
#[derive(Debug, Default)]
pub(crate) struct Pools {
    narrow: Pool<i64>,
    wide: Pool<i128>,
    /// Sets of narrow values.
    pub(crate) sets: SetTable,
}

#[derive(Debug)]
struct Pool<T> {
    known: BTreeMap<T, u32>,
    values: Vec<T>,
}

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self {
            known: BTreeMap::new(),
            values: Vec::new(),
        }
    }
}

impl<T: Copy + Ord> Pool<T> {
    fn intern(&mut self, value: T) -> u32 {
        // A pool of more than 32 bits does not fit into memory beside the rules it came from.
        let next = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        let Self { known, values } = self;
        *known.entry(value).or_insert_with(|| {
            values.push(value);
            next
        })
    }
}

impl Pools {
    /// Narrow constants, wide constants, and the sets.
    pub(crate) fn finish(self) -> (Vec<i64>, Vec<i128>, SetTable) {
        (self.narrow.values, self.wide.values, self.sets)
    }
}

/// A jump whose target is not known yet.
#[derive(Debug)]
#[must_use = "a jump needs a target"]
pub(crate) struct Jump(usize);

/// Code in the making.
#[derive(Debug, Default)]
pub(crate) struct Emitter {
    code: Vec<Instr>,
    narrow: u16,
    wide: u16,
    overflowed: bool,
    /// Where the latest jump lands.
    landing: Option<u32>,
}

impl Emitter {
    /// A register that nothing else uses. Beyond the last one any register is given and the routine is void.
    pub(crate) fn register(&mut self, bank: Bank) -> u8 {
        let used = match bank {
            Bank::Narrow => &mut self.narrow,
            Bank::Wide => &mut self.wide,
        };
        let Ok(register) = u8::try_from(*used) else {
            self.overflowed = true;
            return u8::MAX;
        };
        *used = used.saturating_add(1).min(REGISTERS);
        register
    }

    /// Appends an instruction.
    pub(crate) fn push(&mut self, op: Op, dst: u8, a: u8, b: u8, imm: u32) {
        self.code.push(Instr {
            op: op as u8,
            dst,
            a,
            b,
            imm,
        });
    }

    /// Appends an instruction that writes a fresh register of this bank; gives the register.
    pub(crate) fn fresh(&mut self, bank: Bank, op: Op, a: u8, b: u8, imm: u32) -> u8 {
        let dst = self.register(bank);
        self.push(op, dst, a, b, imm);
        dst
    }

    /// Appends a narrow constant.
    pub(crate) fn constant(&mut self, pools: &mut Pools, value: i64) -> u8 {
        let imm = pools.narrow.intern(value);
        self.fresh(Bank::Narrow, Op::ConstN, 0, 0, imm)
    }

    /// Writes a narrow constant into a register.
    pub(crate) fn set_constant(&mut self, pools: &mut Pools, dst: u8, value: i64) {
        let imm = pools.narrow.intern(value);
        self.push(Op::ConstN, dst, 0, 0, imm);
    }

    /// Appends a wide constant.
    pub(crate) fn wide_constant(&mut self, pools: &mut Pools, value: i128) -> u8 {
        let imm = pools.wide.intern(value);
        self.fresh(Bank::Wide, Op::ConstW, 0, 0, imm)
    }

    /// Writes a wide constant into a register.
    pub(crate) fn set_wide_constant(&mut self, pools: &mut Pools, dst: u8, value: i128) {
        let imm = pools.wide.intern(value);
        self.push(Op::ConstW, dst, 0, 0, imm);
    }

    /// Jumps ahead if a truth value is not true.
    pub(crate) fn jump_if_not(&mut self, condition: u8) -> Jump {
        let jump = Jump(self.code.len());
        self.push(Op::JumpIfNot, 0, condition, 0, 0);
        jump
    }

    /// Jumps ahead.
    pub(crate) fn jump(&mut self) -> Jump {
        let jump = Jump(self.code.len());
        self.push(Op::Jump, 0, 0, 0, 0);
        jump
    }

    /// Lets a jump lead to the instruction that comes next.
    pub(crate) fn land(&mut self, jump: Jump) {
        let target = self.next();
        if let Some(instr) = self.code.get_mut(jump.0) {
            instr.imm = target;
        }
        self.landing = Some(target);
    }

    /// Whether a jump lands at the instruction that comes next, so that the latest one need not have run.
    pub(crate) fn is_landing(&self) -> bool {
        self.landing == Some(self.next())
    }

    /// The position of the instruction that comes next.
    pub(crate) fn next(&self) -> u32 {
        u32::try_from(self.code.len()).unwrap_or(u32::MAX)
    }

    /// The code, and how many narrow and wide registers it uses; `None` if there were not enough.
    pub(crate) fn finish(self) -> Option<(Vec<Instr>, u16, u16)> {
        (!self.overflowed).then_some((self.code, self.narrow, self.wide))
    }
}
