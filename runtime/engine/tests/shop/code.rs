//! The routines of the shop, assembled by hand.

use quo_model::{Bank, Instr, NONE, Op, Program, Routine, Scope};

/// An instruction.
pub fn i(op: Op, dst: u8, a: u8, b: u8, imm: u32) -> Instr {
    Instr {
        op: op as u8,
        dst,
        a,
        b,
        imm,
    }
}

/// Collects routines and their constants.
#[derive(Default)]
pub struct Code {
    pub program: Program,
}

impl Code {
    /// A narrow constant loaded into a register.
    pub fn c(&mut self, dst: u8, value: i64) -> Instr {
        self.program.narrow_consts.push(value);
        let at = self.program.narrow_consts.len() - 1;
        i(Op::ConstN, dst, 0, 0, u32::try_from(at).unwrap())
    }

    /// A wide constant loaded into a register.
    pub fn cw(&mut self, dst: u8, value: i128) -> Instr {
        self.program.wide_consts.push(value);
        let at = self.program.wide_consts.len() - 1;
        i(Op::ConstW, dst, 0, 0, u32::try_from(at).unwrap())
    }

    /// A set, by its number.
    pub fn set(&mut self, members: &[i64]) -> u32 {
        if self.program.set_at.is_empty() {
            self.program.set_at.push(0);
        }
        self.program.set_values.extend_from_slice(members);
        let end = u32::try_from(self.program.set_values.len()).unwrap();
        self.program.set_at.push(end);
        u32::try_from(self.program.set_at.len() - 2).unwrap()
    }

    /// A routine, by its number. Its result is in the bank that its last instruction returns from.
    pub fn routine(&mut self, scope: Scope, product: u32, within: u32, code: &[Instr]) -> u32 {
        let wide = code.last().unwrap().op == Op::ReturnW as u8;
        self.program.routines.push(Routine {
            scope,
            product,
            within,
            result: if wide { Bank::Wide } else { Bank::Narrow },
            at: u32::try_from(self.program.code.len()).unwrap(),
            len: u32::try_from(code.len()).unwrap(),
            narrow_args: 0,
            wide_args: 0,
            narrow: 8,
            wide: 8,
        });
        self.program.code.extend_from_slice(code);
        u32::try_from(self.program.routines.len() - 1).unwrap()
    }

    /// A routine on the quote.
    pub fn quote(&mut self, code: &[Instr]) -> u32 {
        self.routine(Scope::Quote, NONE, NONE, code)
    }
}
