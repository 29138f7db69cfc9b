//! Every operation, one routine each, on the shop's model and request: results, and arithmetic without an answer.

#![allow(
    clippy::arithmetic_side_effects,
    reason = "the numbers are those of the cases"
)]

mod calculations;

use std::collections::BTreeSet;

use quo_model::{
    ABSENT, ABSENT_WIDE, DataColumn, DataList, Element, Function, Instr, Loop, LoopKind, NONE, Op,
    Package, Scope, spread_bits,
};
use quo_value::{ArithmeticError, Rounding};

use super::{Fault, Machine};
use crate::charges::ChargeLine;
use crate::frame::{CLAUSE_ADDED, CLAUSE_REMOVED, Frame, Input, QuoteCurrency};
use crate::limits::{Stopped, Tank};
use crate::record::{NoRecord, Recorder, Seen, Subject};
use crate::request::{Request, read_request};
use crate::shop::code::{Code, i};
use crate::shop::{self, rules};

use calculations::{calls, items, lists};

/// What a case gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gives {
    N(i64),
    W(i128),
    Overflow,
    ByZero,
    NoStep,
}

use Gives::{ByZero, N, NoStep, Overflow, W};

/// Code that ends in a return, with the constants that it loads.
struct Case {
    name: &'static str,
    scope: Scope,
    product: u32,
    within: u32,
    code: Vec<Instr>,
    gives: Gives,
    /// Narrow and wide arguments; what takes some is run by another case only.
    args: (u8, u8),
}

/// Cases being written down.
struct Cases {
    code: Code,
    list: Vec<Case>,
    /// The routine of the first case.
    first: u32,
}

impl Cases {
    /// On narrow constants in registers 0 and 1; the operation writes register 2, in the bank of what is given.
    fn narrow(&mut self, op: Op, a: i64, b: i64, operand: u8, imm: u32, gives: Gives) {
        let mut code = vec![
            self.code.c(0, a),
            self.code.c(1, b),
            i(op, 2, 0, operand, imm),
        ];
        code.push(returning(gives, op));
        self.push("narrow", code, gives);
    }

    /// The same on wide constants.
    fn wide(&mut self, op: Op, a: i128, b: i128, operand: u8, imm: u32, gives: Gives) {
        let mut code = vec![
            self.code.cw(0, a),
            self.code.cw(1, b),
            i(op, 2, 0, operand, imm),
        ];
        code.push(returning(gives, op));
        self.push("wide", code, gives);
    }

    fn push(&mut self, name: &'static str, code: Vec<Instr>, gives: Gives) {
        self.on(name, Scope::Quote, (NONE, NONE), code, gives);
    }

    fn on(
        &mut self,
        name: &'static str,
        scope: Scope,
        on: (u32, u32),
        code: Vec<Instr>,
        gives: Gives,
    ) {
        self.list.push(Case {
            name,
            scope,
            product: on.0,
            within: on.1,
            code,
            gives,
            args: (0, 0),
        });
    }

    /// A routine with arguments for other cases; gives its number.
    fn callee(&mut self, args: (u8, u8), code: Vec<Instr>) -> u32 {
        let number = self.first + u32::try_from(self.list.len()).unwrap();
        self.push("a callee", code, N(0));
        self.list.last_mut().unwrap().args = args;
        number
    }

    /// A loop over elements in one narrow register each; gives its number.
    fn loop_of(&mut self, kind: LoopKind, body: u32) -> u32 {
        let loops = &mut self.code.program.loops;
        loops.push(Loop {
            index: NONE,
            keys_at: 0,
            kind,
            element: Element::Narrow,
            position: false,
            narrow_at: 0,
            narrow_len: 0,
            wide_at: 0,
            wide_len: 0,
            condition: NONE,
            body,
            keys: Vec::new(),
            columns: 0,
            keeps: false,
        });
        u32::try_from(loops.len() - 1).unwrap()
    }
}

/// The return of register 2; where there is no result, of the bank that the operation writes.
fn returning(gives: Gives, op: Op) -> Instr {
    let wide = match gives {
        N(_) => false,
        W(_) => true,
        Overflow | ByZero | NoStep => matches!(
            op,
            Op::AddW
                | Op::SubW
                | Op::MulW
                | Op::NegW
                | Op::ScaleW
                | Op::RoundW
                | Op::RoundCurrency
                | Op::DivW
                | Op::RoundStep
        ),
    };
    i(if wide { Op::ReturnW } else { Op::ReturnN }, 0, 2, 0, 0)
}

const HALF_EVEN: u8 = Rounding::HalfEven.code();
const FLOOR: u8 = Rounding::Floor.code();

fn arithmetic(c: &mut Cases) {
    c.narrow(Op::AddN, 2, 3, 1, 0, N(5));
    c.narrow(Op::AddN, i64::MAX, 1, 1, 0, Overflow);
    c.narrow(Op::SubN, 2, 3, 1, 0, N(-1));
    c.narrow(Op::SubN, i64::MIN + 1, 3, 1, 0, Overflow);
    c.narrow(Op::MulN, -4, 3, 1, 0, N(-12));
    c.narrow(Op::MulN, i64::MAX, 2, 1, 0, Overflow);
    c.narrow(Op::NegN, 7, 0, 0, 0, N(-7));
    c.narrow(Op::NegN, i64::MIN, 0, 0, 0, Overflow);
    c.wide(Op::AddW, 2, 3, 1, 0, W(5));
    c.wide(Op::AddW, i128::MAX, 1, 1, 0, Overflow);
    c.wide(Op::SubW, 2, 3, 1, 0, W(-1));
    c.wide(Op::SubW, i128::MIN, 1, 1, 0, Overflow);
    c.wide(Op::MulW, 1 << 70, 3, 1, 0, W(3 << 70));
    c.wide(Op::MulW, 1 << 70, 1 << 70, 1, 0, Overflow);
    c.wide(Op::NegW, 7, 0, 0, 0, W(-7));
    c.wide(Op::NegW, i128::MIN, 0, 0, 0, Overflow);
    c.narrow(Op::Widen, -9, 0, 0, 0, W(-9));
    c.wide(Op::Clamp, 1 << 100, 0, 0, 0, N(i64::MAX));
    c.wide(Op::Clamp, -(1 << 100), 0, 0, 0, N(i64::MIN + 1));
    c.wide(Op::Clamp, i64::MIN.into(), 0, 0, 0, N(i64::MIN + 1));
    c.wide(Op::Clamp, 5, 0, 0, 0, N(5));
    c.narrow(Op::ScaleN, 5, 0, 0, 3, N(5_000));
    c.narrow(Op::ScaleN, 10, 0, 0, 18, Overflow);
    c.wide(Op::ScaleW, 5, 0, 0, 30, W(5 * 10_i128.pow(30)));
    c.wide(Op::ScaleW, 5, 0, 0, 38, Overflow);
    c.narrow(Op::RoundN, 25, 0, HALF_EVEN, 1, N(2));
    c.narrow(Op::RoundN, -21, 0, FLOOR, 1, N(-3));
    c.wide(Op::RoundW, 35, 0, HALF_EVEN, 1, W(4));
    // 12.345 at scale 3 in euros: 12.34 at money scale.
    c.wide(Op::RoundCurrency, 12_345, 0, HALF_EVEN, 3, W(1_234));
    c.wide(Op::RoundCurrency, i128::MAX, 0, HALF_EVEN, 0, Overflow);
    c.wide(Op::DivW, 2, 3, 1, (4 << 8) | u32::from(HALF_EVEN), W(6_667));
    c.wide(
        Op::DivW,
        1 << 120,
        1 << 119,
        1,
        (6 << 8) | u32::from(HALF_EVEN),
        W(2_000_000),
    );
    c.wide(Op::DivW, 2, 0, 1, 4 << 8, ByZero);
    c.wide(Op::DivW, i128::MAX, 1, 1, 4 << 8, Overflow);
}

fn comparisons(c: &mut Cases) {
    for (op, less, equal, greater) in [
        (Op::EqN, 0, 1, 0),
        (Op::NeN, 1, 0, 1),
        (Op::LtN, 1, 0, 0),
        (Op::LeN, 1, 1, 0),
    ] {
        c.narrow(op, 1, 2, 1, 0, N(less));
        c.narrow(op, 2, 2, 1, 0, N(equal));
        c.narrow(op, 3, 2, 1, 0, N(greater));
    }
    for (op, less, equal, greater) in [
        (Op::EqW, 0, 1, 0),
        (Op::NeW, 1, 0, 1),
        (Op::LtW, 1, 0, 0),
        (Op::LeW, 1, 1, 0),
    ] {
        c.wide(op, -1 << 90, 2, 1, 0, N(less));
        c.wide(op, 1 << 90, 1 << 90, 1, 0, N(equal));
        c.wide(op, 1 << 90, 2, 1, 0, N(greater));
    }
    c.narrow(Op::Present, 0, 0, 0, 0, N(1));
    c.narrow(Op::Present, ABSENT, 0, 0, 0, N(0));
    let set = c.code.set(&[-3, 4, 9]);
    c.narrow(Op::InSet, 4, 0, 0, set, N(1));
    c.narrow(Op::InSet, 5, 0, 0, set, N(0));
    c.narrow(Op::And, 1, 0, 1, 0, N(0));
    c.narrow(Op::Or, 1, 0, 1, 0, N(1));
    c.narrow(Op::Not, 1, 0, 0, 0, N(0));
    c.narrow(Op::MoveN, 8, 0, 0, 0, N(8));
    c.wide(Op::MoveW, 1 << 80, 0, 0, 0, W(1 << 80));
}

/// Values of the request: 36 months, EUR, Pro, 500 seats, Sso and Audit, 12.5% asked for.
fn loads(c: &mut Cases) {
    use rules::{AUDIT, PLATFORM, SSO, SUITE};
    let n = |op, a, b, imm| vec![i(op, 0, a, b, imm), i(Op::ReturnN, 0, 0, 0, 0)];
    let w = |op, imm| vec![i(op, 0, 0, 0, imm), i(Op::ReturnW, 0, 0, 0, 0)];
    c.push("a fact", n(Op::Fact, 0, 0, 5), N(36));
    c.push("an absent fact", n(Op::Fact, 0, 0, 0), N(ABSENT));
    c.push("the currency", n(Op::Currency, 0, 0, 0), N(0));
    c.push("an amount", w(Op::Amount, 0), W(10_000_000));
    c.push("what is asked for", n(Op::Asked, 0, 0, 2), N(1_250));
    c.push("what is not", n(Op::Asked, 0, 0, 0), N(ABSENT));
    let item = |c: &mut Cases, name, on, code, gives| c.on(name, Scope::Item, on, code, gives);
    item(
        c,
        "an option",
        (PLATFORM, NONE),
        n(Op::Option, 0, 0, 1),
        N(500),
    );
    item(
        c,
        "an option of a part",
        (SUITE, NONE),
        n(Op::PartOption, 0, 0, 0),
        N(1),
    );
    item(
        c,
        "the same from a part",
        (PLATFORM, SUITE),
        n(Op::PartOption, 1, 0, 1),
        N(500),
    );
    item(
        c,
        "the kind in a part",
        (SUITE, NONE),
        n(Op::PartKind, 0, 0, 0),
        N(i64::from(PLATFORM)),
    );
    item(c, "has", (SUITE, NONE), n(Op::HasKind, 0, 1, SSO), N(1));
    item(
        c,
        "has, from a part",
        (PLATFORM, SUITE),
        n(Op::HasKind, 1, 1, AUDIT),
        N(1),
    );
    item(c, "count", (SUITE, NONE), n(Op::CountPart, 0, 1, 0), N(2));
    let charge = (PLATFORM, NONE);
    c.on("list", Scope::Charge, charge, w(Op::List, 0), W(100));
    c.on("left", Scope::Charge, charge, w(Op::Left, 0), W(90));
    c.on(
        "total list",
        Scope::Total,
        (NONE, NONE),
        w(Op::TotalList, 0),
        W(1_000),
    );
    c.on(
        "total net",
        Scope::Total,
        (NONE, NONE),
        w(Op::TotalNet, 0),
        W(900),
    );
    c.on(
        "what floors kept",
        Scope::Total,
        (NONE, NONE),
        w(Op::TotalKept, 0),
        W(50),
    );
    let quantity = n(Op::Quantity, 0, 0, 0);
    c.on("quantity", Scope::Charge, charge, quantity, N(7));
    // Of the two charges of the frame, one is in the set.
    let set = c.code.set(&[1, 5]);
    for scope in [Scope::Charge, Scope::Total] {
        let on = if scope == Scope::Charge {
            charge
        } else {
            (NONE, NONE)
        };
        c.on("list of", scope, on, w(Op::TotalListOf, set), W(600));
        c.on("net of", scope, on, w(Op::TotalNetOf, set), W(540));
        c.on("quantity of", scope, on, n(Op::QuantityOf, 0, 0, set), N(3));
    }
    // The one clause of the shop is both removed and added here, which no decision makes it.
    for op in [
        Op::ClausesRemoved,
        Op::ClausesAdded,
        Op::ClauseRemoved,
        Op::ClauseAdded,
    ] {
        c.on("clauses", Scope::Total, (NONE, NONE), n(op, 0, 0, 0), N(1));
    }
}

fn flow(c: &mut Cases) {
    for (condition, gives) in [(1, 10), (0, 20)] {
        let (test, yes, no) = (c.code.c(0, condition), c.code.c(1, 10), c.code.c(1, 20));
        let code = vec![
            test,
            i(Op::JumpIfNot, 0, 0, 0, 4),
            yes,
            i(Op::Jump, 0, 0, 0, 5),
            no,
            i(Op::ReturnN, 0, 1, 0, 0),
        ];
        c.push("a branch", code, N(gives));
    }
    // Table 6 is the approval matrix: up to 10% row 0, up to 20% row 1, everything row 2.
    for (value, row) in [(1_000, 0), (1_001, 1), (9_999, 2)] {
        c.narrow(Op::Match, value, 0, 0, 6, N(row));
    }
}

/// The shop with all cases behind its own routines.
fn cases() -> (Package, Request, u32, Vec<Case>) {
    let mut model = shop::model();
    let first = u32::try_from(model.program.routines.len()).unwrap();
    let mut cases = Cases {
        code: Code {
            program: std::mem::take(&mut model.program),
        },
        list: Vec::new(),
        first,
    };
    model.data = vec![DataList {
        rows: 3,
        columns: vec![
            DataColumn {
                narrow: vec![5, 7, 9],
                wide: vec![],
            },
            DataColumn {
                narrow: vec![],
                wide: vec![1 << 70, ABSENT_WIDE, 3],
            },
        ],
    }];

    arithmetic(&mut cases);
    comparisons(&mut cases);
    loads(&mut cases);
    flow(&mut cases);
    lists(&mut cases);
    calls(&mut cases);
    let suite = usize::try_from(rules::SUITE).unwrap();
    items(&mut cases, model.products[suite].parts[1].name);
    let Cases { mut code, list, .. } = cases;
    for case in &list {
        code.routine(case.scope, case.product, case.within, &case.code);
        let routine = code.program.routines.last_mut().unwrap();
        (routine.narrow_args, routine.wide_args) = case.args;
    }
    model.program = code.program;
    let package = shop::open(&model);
    let request = read_request(&package, shop::REQUEST.as_bytes()).unwrap();
    (package, request, first, list)
}

/// Two charges as they stand.
const CHARGES: [ChargeLine; 2] = [
    ChargeLine {
        item: 0,
        charge: 1,
        quantity: 3,
        quantity_scale: 0,
        periods: 12,
        list: 50,
        net: 45,
        list_value: 600,
        net_value: 540,
    },
    ChargeLine {
        item: 0,
        charge: 2,
        quantity: 4,
        quantity_scale: 0,
        periods: 1,
        list: 400,
        net: 360,
        list_value: 400,
        net_value: 360,
    },
];

fn frame<'a>(package: &'a Package, request: &'a Request, product: u32) -> Frame<'a> {
    let model = package.model();
    let item = request
        .items
        .iter()
        .position(|item| item.product == product);
    Frame {
        list: 100,
        left: 90,
        total_list: 1_000,
        total_net: 900,
        total_kept: 50,
        quantity: 7,
        charges: &CHARGES,
        ..Frame::new(
            model,
            Input {
                clauses: &[CLAUSE_REMOVED | CLAUSE_ADDED],
                codes: &[],
                ..request.input()
            },
            QuoteCurrency::new(model, 0).unwrap(),
        )
    }
    .on(item.map_or(NONE, |item| u32::try_from(item).unwrap()))
}

fn run<R: Recorder>(
    machine: &mut Machine<'_>,
    case: &Case,
    routine: u32,
    frame: &Frame<'_>,
    recorder: &mut R,
) -> Gives {
    let wide = case.code.last().unwrap().op == Op::ReturnW as u8;
    let result = if wide {
        machine.wide(routine, frame, recorder).map(W)
    } else {
        machine.narrow(routine, frame, recorder).map(N)
    };
    match result {
        Ok(gives) => gives,
        Err(Fault::Arithmetic(ArithmeticError::Overflow)) => Overflow,
        Err(Fault::Arithmetic(ArithmeticError::DivisionByZero)) => ByZero,
        Err(Fault::Arithmetic(ArithmeticError::StepNotPositive)) => NoStep,
        Err(other) => panic!("{}: {other:?}", case.name),
    }
}

/// Counts what it hears.
struct Count(usize);

impl Recorder for Count {
    const LISTENS: bool = true;

    fn begin(&mut self, _: Subject) {}

    fn ran(&mut self, _: u32, _: usize, _: u8, _: &Seen<'_, '_>) {
        self.0 += 1;
    }
}

#[test]
fn every_operation_gives_what_it_says_whether_somebody_listens_or_not() {
    let (package, request, first, list) = cases();
    let mut machine = Machine::new(Tank::endless());
    let mut seen = BTreeSet::new();
    let mut count = Count(0);
    for (number, case) in (first..).zip(&list) {
        seen.extend(case.code.iter().map(|instr| instr.op));
        if case.args != (0, 0) {
            continue;
        }
        let frame = frame(&package, &request, case.product);
        let gives = run(&mut machine, case, number, &frame, &mut NoRecord);
        assert_eq!(gives, case.gives, "{} {:?}", case.name, case.code);
        assert_eq!(run(&mut machine, case, number, &frame, &mut count), gives);
    }
    assert!(count.0 > list.len());
    let missing: Vec<Op> = Op::ALL
        .into_iter()
        // Charges are a matter of results, which have tests of their own.
        .filter(|op| !seen.contains(&(*op as u8)) && *op != Op::Charges)
        .collect();
    assert!(missing.is_empty(), "no case for {missing:?}");
}

#[test]
fn a_routine_is_paid_for_before_it_runs() {
    let (package, request, first, list) = cases();
    let steps = u64::try_from(list[0].code.len()).unwrap();
    let frame = frame(&package, &request, NONE);
    for (fuel, runs) in [(steps, true), (steps - 1, false)] {
        let limits = crate::Limits {
            fuel: Some(fuel),
            cancel: None,
        };
        let mut machine = Machine::new(Tank::new(&limits, package.model(), &request));
        let result = machine.narrow(first, &frame, &mut NoRecord);
        assert_eq!(result.is_ok(), runs);
        if !runs {
            assert_eq!(result, Err(Fault::Stopped(Stopped::OutOfFuel { fuel })));
        }
    }
    let mut machine = Machine::new(Tank::endless());
    let beyond = u32::try_from(package.model().program.routines.len()).unwrap();
    assert_eq!(
        machine.narrow(beyond, &frame, &mut NoRecord),
        Err(Fault::Stopped(Stopped::Damaged))
    );
}
