//! The code of the sample: a routine of every scope, and nearly every kind of operation.

use quo_model::*;

use super::{PLATFORM, STORAGE, TERM};

/// An instruction.
pub fn instr(op: Op, dst: u8, a: u8, b: u8, imm: u32) -> Instr {
    Instr {
        op: op as u8,
        dst,
        a,
        b,
        imm,
    }
}

/// The routines, one after the other, with their constants and sets.
pub fn program() -> Program {
    let mut sets = SetTable::new();
    sets.intern(vec![5, 10, 50]);
    sets.intern(vec![0]);
    let (set_at, set_values) = sets.finish();
    let mut program = Program {
        narrow_consts: vec![24, 5, 10, 0],
        wide_consts: vec![9, 1000, 4],
        set_at,
        set_values,
        ..Program::default()
    };
    for (mut routine, code) in routines() {
        routine.at = program.code.len() as u32;
        routine.len = code.len() as u32;
        program.code.extend(code);
        program.routines.push(routine);
    }
    program
}

fn routine(
    scope: Scope,
    product: u32,
    within: u32,
    result: Bank,
    narrow: u16,
    wide: u16,
) -> Routine {
    Routine {
        scope,
        product,
        within,
        result,
        narrow_args: 0,
        wide_args: 0,
        at: 0,
        len: 0,
        narrow,
        wide,
    }
}

fn routines() -> Vec<(Routine, Vec<Instr>)> {
    use Bank::{Narrow, Wide};
    use Op::*;
    vec![
        // 0: quote.term >= 24 months
        (
            routine(Scope::Quote, NONE, NONE, Narrow, 3, 0),
            vec![
                instr(Fact, 0, 0, 0, TERM),
                instr(ConstN, 1, 0, 0, 0),
                instr(LeN, 2, 1, 0, 0),
                instr(ReturnN, 0, 2, 0, 0),
            ],
        ),
        // 1: 9% of list, or all that is left if that is less
        (
            routine(Scope::Charge, PLATFORM, NONE, Wide, 1, 4),
            vec![
                instr(List, 0, 0, 0, 0),
                instr(ConstW, 1, 0, 0, 0),
                instr(MulW, 2, 0, 1, 0),
                instr(Left, 3, 0, 0, 0),
                instr(ScaleW, 3, 3, 0, 2),
                instr(LeW, 0, 2, 3, 0),
                instr(JumpIfNot, 0, 0, 0, 8),
                instr(ReturnW, 0, 2, 0, 0),
                instr(RoundW, 3, 3, 1, 0),
                instr(ReturnW, 0, 3, 0, 0),
            ],
        ),
        // 2: the floor, by number of parts
        (
            routine(Scope::Charge, PLATFORM, NONE, Wide, 2, 2),
            vec![
                instr(CountPart, 0, 0, 0, 0),
                instr(JumpIfNot, 0, 0, 0, 4),
                instr(Amount, 0, 0, 0, 0),
                instr(Jump, 0, 0, 0, 6),
                instr(Widen, 1, 0, 0, 0),
                instr(MoveW, 0, 1, 0, 0),
                instr(ReturnW, 0, 0, 0, 0),
            ],
        ),
        // 3: ten gigabytes a seat
        (
            routine(Scope::Item, PLATFORM, NONE, Narrow, 3, 0),
            vec![
                instr(Option, 0, 0, 0, 0),
                instr(ConstN, 1, 0, 0, 2),
                instr(MulN, 2, 0, 1, 0),
                instr(ReturnN, 0, 2, 0, 0),
            ],
        ),
        // 4: seats are in a set, or there is storage with gigabytes
        (
            routine(Scope::Item, PLATFORM, NONE, Narrow, 6, 0),
            vec![
                instr(Option, 0, 0, 0, 0),
                instr(InSet, 1, 0, 0, 0),
                instr(PartOption, 2, 0, 0, 0),
                instr(Present, 3, 2, 0, 0),
                instr(Or, 4, 1, 3, 0),
                instr(HasKind, 5, 0, 0, STORAGE),
                instr(And, 4, 4, 5, 0),
                instr(ReturnN, 0, 4, 0, 0),
            ],
        ),
        // 5: the contract value, clamped
        (
            routine(Scope::Total, NONE, NONE, Narrow, 1, 2),
            vec![
                instr(TotalList, 0, 0, 0, 0),
                instr(TotalNet, 1, 0, 0, 0),
                instr(SubW, 0, 0, 1, 0),
                instr(Clamp, 0, 0, 0, 0),
                instr(ReturnN, 0, 0, 0, 0),
            ],
        ),
        // 6: for storage within a platform, a quarter of list by the seats of the platform
        (
            routine(Scope::Charge, STORAGE, PLATFORM, Wide, 1, 3),
            vec![
                instr(List, 0, 0, 0, 0),
                instr(ConstW, 1, 0, 0, 2),
                instr(Option, 0, 1, 0, 0),
                instr(Widen, 2, 0, 0, 0),
                instr(AddW, 1, 1, 2, 0),
                instr(DivW, 0, 0, 1, 2 << 8),
                instr(RoundCurrency, 0, 0, 0, 4),
                instr(ReturnW, 0, 0, 0, 0),
            ],
        ),
        // 7: whether the first table has a row for currency, edition and seats
        (
            routine(Scope::Item, PLATFORM, NONE, Narrow, 4, 0),
            vec![
                instr(Currency, 1, 0, 0, 0),
                instr(Option, 2, 0, 0, 1),
                instr(Option, 3, 0, 0, 0),
                instr(Match, 0, 1, 0, 0),
                instr(Present, 0, 0, 0, 0),
                instr(Asked, 1, 0, 0, 1),
                instr(Not, 0, 0, 0, 0),
                instr(ReturnN, 0, 0, 0, 0),
            ],
        ),
    ]
}
