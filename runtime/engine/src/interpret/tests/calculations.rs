//! Operations on lists, calls and items, one routine each.

use super::*;

pub(super) fn lists(c: &mut Cases) {
    let ret = |register| i(Op::ReturnN, 0, register, 0, 0);
    c.wide(
        Op::RoundStep,
        107,
        25,
        1,
        u32::from(Rounding::HalfUp.code()),
        W(100),
    );
    c.wide(Op::RoundStep, 107, 0, 1, 0, NoStep);
    c.wide(Op::RoundStep, 107, -5, 1, 0, NoStep);
    c.wide(Op::PresentW, 1, 0, 0, 0, N(1));
    c.wide(Op::PresentW, ABSENT_WIDE, 0, 0, 0, N(0));
    // Row 2 of the list of constants: 7, and nothing in the wide column.
    let row = |c: &mut Cases, position: i64| {
        vec![
            c.code.c(0, 0),
            c.code.c(1, position),
            i(Op::RowAt, 2, 0, 1, 0),
        ]
    };
    for (position, gives) in [(2, 7), (0, ABSENT), (4, ABSENT)] {
        let mut code = row(c, position);
        code.extend([i(Op::CellN, 3, 2, 0, 0), ret(3)]);
        c.push("a cell", code, N(gives));
    }
    for (position, gives) in [(1, 1 << 70), (2, ABSENT_WIDE)] {
        let mut code = row(c, position);
        code.extend([i(Op::CellW, 0, 2, 0, 1), i(Op::ReturnW, 0, 0, 0, 0)]);
        c.push("a wide cell", code, W(gives));
    }
    let constants = vec![
        c.code.c(0, 2),
        i(Op::DataRow, 1, 0, 0, 0),
        i(Op::CellN, 2, 1, 0, 0),
        ret(2),
    ];
    c.push("a row of constants", constants, N(9));
    let count = c.loop_of(LoopKind::Count, NONE);
    let first = c.loop_of(LoopKind::First, NONE);
    let made = vec![
        c.code.c(0, 4),
        c.code.cw(0, 6),
        i(Op::NewList, 1, 0, 0, 2),
        i(Op::PushN, 0, 0, 1, 0),
        i(Op::PushW, 0, 0, 1, 0),
        c.code.c(2, 1),
        i(Op::RowAt, 3, 1, 2, 0),
        i(Op::NewList, 4, 0, 0, 2),
        i(Op::PushRow, 0, 3, 4, 0),
        i(Op::Join, 5, 4, 1, 0),
        c.code.c(6, 2),
        i(Op::RowAt, 6, 5, 6, 0),
        i(Op::CellN, 7, 6, 0, 1),
        ret(7),
    ];
    c.push("lists that are made", made, N(6));
    for (op, at) in [(Op::Range, 3), (Op::MatchAll, 1)] {
        let code = vec![
            c.code.c(0, 5),
            c.code.c(1, 7),
            i(
                op,
                2,
                0,
                if op == Op::Range { 1 } else { 0 },
                if op == Op::Range { 0 } else { 6 },
            ),
            i(Op::LoopN, 3, 2, 0, count),
            ret(3),
        ];
        // All rows of the matrix that hold 5 but the first are for more: up to 10%, up to 20%, everything.
        c.push("how many", code, N(if op == Op::Range { at } else { 3 }));
    }
    let spread = |equal| u32::from(FLOOR) | equal;
    for (imm, total, gives) in [(spread(0), 33, 11), (spread(spread_bits::EQUAL), 22, 7)] {
        let code = vec![
            c.code.c(0, 1),
            c.code.c(1, 3),
            i(Op::Range, 2, 0, 1, 0),
            c.code.cw(0, total),
            i(Op::Spread, 3, 2, 0, imm),
            c.code.c(4, 2),
            i(Op::RowAt, 5, 3, 4, 0),
            i(Op::CellN, 6, 5, 0, 0),
            ret(6),
        ];
        // 33 by 1, 2, 3 is 5.5, 11, 16.5; 22 by equal shares is 7 and a third each.
        c.push("a share", code, N(gives));
    }
    let element = vec![c.code.c(0, 0), i(Op::LoopN, 1, 0, 0, first), ret(1)];
    c.push("the first", element, N(5));
    for (function, arguments, gives) in [
        (Function::Year, [20_649, 0, 0], 2026),
        (Function::Weekday, [20_649, 0, 0], 3),
        (Function::AddMonths, [20_484, 1, 0], 20_512),
        (Function::DateOf, [2026, 2, 31], 20_512),
        (Function::DaysBetween, [20_484, 20_512, 0], 28),
        (Function::MonthsBetween, [20_484, 20_512, 0], 1),
        (Function::SecondsBetween, [10, 70, 0], 60),
        (Function::MinorUnits, [0, 0, 0], 2),
        (Function::Period, [7, 0, 0], 7),
        (Function::Length, [ABSENT, 0, 0], ABSENT),
    ] {
        let mut code: Vec<Instr> = (0_u8..)
            .zip(arguments)
            .map(|(at, it)| c.code.c(at, it))
            .collect();
        let a = 0;
        code.extend([i(Op::Builtin, 3, a, 0, function as u32), ret(3)]);
        c.push("a function of the language", code, N(gives));
    }
}

pub(super) fn calls(c: &mut Cases) {
    let twice = c.callee(
        (1, 0),
        vec![i(Op::AddN, 1, 0, 0, 0), i(Op::ReturnN, 0, 1, 0, 0)],
    );
    let negative = c.callee(
        (0, 1),
        vec![i(Op::NegW, 1, 0, 0, 0), i(Op::ReturnW, 0, 1, 0, 0)],
    );
    let code = vec![
        c.code.c(4, 21),
        i(Op::CallN, 5, 4, 0, twice),
        i(Op::ReturnN, 0, 5, 0, 0),
    ];
    c.push("a call", code, N(42));
    let code = vec![
        c.code.cw(4, 21),
        i(Op::CallW, 5, 0, 4, negative),
        i(Op::ReturnW, 0, 5, 0, 0),
    ];
    c.push("a wide call", code, W(-21));
    let sum = c.loop_of(LoopKind::Sum, twice);
    let code = vec![
        c.code.c(0, 0),
        i(Op::LoopW, 1, 0, 0, sum),
        i(Op::ReturnW, 0, 1, 0, 0),
    ];
    c.push("twice the sum of 5, 7 and 9", code, W(42));
    let added = vec![
        i(Op::Widen, 1, 0, 0, 0),
        i(Op::AddW, 2, 0, 1, 0),
        i(Op::ReturnW, 0, 2, 0, 0),
    ];
    let added = c.callee((1, 1), added);
    let running = c.loop_of(LoopKind::RunningList, added);
    let code = vec![
        c.code.c(0, 0),
        c.code.cw(0, 100),
        i(Op::LoopFromW, 1, 0, 0, running),
        c.code.c(2, 3),
        i(Op::RowAt, 3, 1, 2, 0),
        i(Op::CellN, 4, 3, 0, 0),
        i(Op::ReturnN, 0, 4, 0, 0),
    ];
    c.push("a running sum", code, N(121));
}

pub(super) fn items(c: &mut Cases, addons: u32) {
    use rules::{PLATFORM, SUITE};
    let count = c.loop_of(LoopKind::Count, NONE);
    let counted = |op, a, b, imm| {
        vec![
            i(op, 0, a, b, imm),
            i(Op::LoopN, 1, 0, 0, count),
            i(Op::ReturnN, 0, 1, 0, 0),
        ]
    };
    c.on(
        "add-ons",
        Scope::Item,
        (SUITE, NONE),
        counted(Op::PartItems, 0, 1, 0),
        N(2),
    );
    c.push("lines", counted(Op::Lines, 0, 0, 0), N(1));
    let platforms = c.code.set(&[i64::from(PLATFORM)]);
    c.push("platforms", counted(Op::Items, 0, 0, platforms), N(1));
    for (product, within, level, gives) in [
        (SUITE, NONE, 0, 1),
        (PLATFORM, SUITE, 1, 1),
        (PLATFORM, SUITE, 0, 0),
    ] {
        c.on(
            "platforms inside",
            Scope::Item,
            (product, within),
            counted(Op::ItemsInside, level, 0, platforms),
            N(gives),
        );
    }
    for (op, set, gives) in [(Op::Lines, 0, 2), (Op::Items, platforms, 0)] {
        let code = vec![
            i(op, 0, 0, 0, set),
            c.code.c(1, 1),
            i(Op::RowAt, 2, 0, 1, 0),
            i(Op::CellN, 3, 2, 0, 0),
            i(Op::PartOf, 4, 3, 0, addons),
            i(Op::LoopN, 5, 4, 0, count),
            i(Op::ReturnN, 0, 5, 0, 0),
        ];
        c.push("in a part of an item", code, N(gives));
    }
    for (op, imm, gives) in [
        (Op::ProductOf, 0, i64::from(PLATFORM)),
        (Op::OptionOf, 1, 500),
    ] {
        let code = vec![
            i(Op::Items, 0, 0, 0, platforms),
            c.code.c(1, 1),
            i(Op::RowAt, 2, 0, 1, 0),
            i(Op::CellN, 3, 2, 0, 0),
            i(op, 4, 3, 0, imm),
            i(Op::ReturnN, 0, 4, 0, 0),
        ];
        c.push("an item", code, N(gives));
    }
}
