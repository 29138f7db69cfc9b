//! Routines: one for each expression of the rules, equal ones stored once.

use std::collections::BTreeMap;

use quo_analysis::hir::{Column, Expr};
use quo_analysis::types::Number;
use quo_model::{Bank, Instr, Loop, NONE, Op, Point, Program, Routine, Scope};
use quo_source::Span;

use super::emit::{Emitter, Pools};
use super::expr::{Gen, Operand, Uses, bank_of};
use super::points::NewPoint;
use crate::constants::number_of;
use crate::context::Context;
use crate::limits;

/// What a routine is for: what it may look at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Purpose {
    /// The scope.
    pub(crate) scope: Scope,
    /// The product of the item it runs on, if it runs on one.
    pub(crate) product: Option<usize>,
    /// The bundle whose part that item is, if it must be in one.
    pub(crate) within: Option<usize>,
    /// What is lowered, for messages.
    pub(crate) span: Span,
}

impl Purpose {
    /// On the quote.
    pub(crate) fn quote(span: Span) -> Self {
        Self {
            scope: Scope::Quote,
            product: None,
            within: None,
            span,
        }
    }

    /// On the priced quote.
    pub(crate) fn total(span: Span) -> Self {
        Self {
            scope: Scope::Total,
            product: None,
            within: None,
            span,
        }
    }

    /// On an item of a product.
    pub(crate) fn item(product: usize, span: Span) -> Self {
        Self {
            scope: Scope::Item,
            product: Some(product),
            within: None,
            span,
        }
    }

    /// On a charge of a product, perhaps only where that is a part of a bundle.
    pub(crate) fn charge(product: usize, within: Option<usize>, span: Span) -> Self {
        Self {
            scope: Scope::Charge,
            product: Some(product),
            within,
            span,
        }
    }
}

/// All routines so far.
#[derive(Debug, Default)]
pub(crate) struct Routines {
    program: Program,
    pub(super) pools: Pools,
    points: Vec<Point>,
    /// Lists of constants by the columns that loops look for.
    indexes: Vec<(u32, Vec<u32>)>,
    /// Functions and decision tables that have code.
    pub(super) callees: BTreeMap<Callable, Option<Callee>>,
    /// Routines by everything that makes two of them the same but the types of what their points show.
    known: BTreeMap<Key, Vec<(Vec<NewPoint>, u32)>>,
}

/// What two routines that are stored once have in common: scope, bank and arguments, product, bundle, and code.
type Key = ([u8; 4], u32, u32, Vec<u64>);

/// Something that is compiled once and called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Callable {
    /// A function.
    Function(usize),
    /// The look-up of a decision table.
    Decision(usize),
}

/// A routine with arguments.
#[derive(Debug, Clone, Copy)]
pub(super) struct Callee {
    /// Its number.
    pub(super) routine: u32,
    /// The bank of its result.
    pub(super) bank: Bank,
    /// Scale and range of its result.
    pub(super) number: Number,
    /// Whether the result may be absent.
    pub(super) absent: bool,
    /// What it looks at.
    pub(super) uses: Uses,
}

impl Routines {
    /// Which lists of constants are looked at by which columns, in the order of the indexes' numbers.
    pub(crate) fn indexes(&self) -> &[(u32, Vec<u32>)] {
        &self.indexes
    }

    /// The number of the index of a list by these columns.
    pub(super) fn index(&mut self, data: u32, columns: Vec<u32>) -> u32 {
        let wanted = (data, columns);
        let known = self.indexes.iter().position(|index| *index == wanted);
        let number = known.unwrap_or_else(|| {
            self.indexes.push(wanted);
            self.indexes.len().saturating_sub(1)
        });
        u32::try_from(number).unwrap_or(NONE)
    }

    /// The program and what its instructions test, by routine and instruction.
    pub(crate) fn finish(self) -> (Program, Vec<Point>) {
        let (narrow_consts, wide_consts, sets) = self.pools.finish();
        let (set_at, set_values) = sets.finish();
        let program = Program {
            narrow_consts,
            wide_consts,
            set_at,
            set_values,
            ..self.program
        };
        let mut points = self.points;
        points.sort_by_key(|point| (point.routine, point.at));
        (program, points)
    }

    /// Stores a loop; gives its number.
    pub(super) fn add_loop(&mut self, found: Loop) -> u32 {
        let number = u32::try_from(self.program.loops.len()).unwrap_or(NONE);
        self.program.loops.push(found);
        number
    }

    /// Stores a routine, or gives the number of an equal one.
    pub(super) fn add(
        &mut self,
        mut routine: Routine,
        code: &[Instr],
        points: Vec<NewPoint>,
    ) -> u32 {
        let key = (
            [
                routine.scope as u8,
                routine.result as u8,
                routine.narrow_args,
                routine.wide_args,
            ],
            routine.product,
            routine.within,
            code.iter().map(packed).collect(),
        );
        let same = self.known.entry(key).or_default();
        if let Some((_, number)) = same.iter().find(|(known, _)| *known == points) {
            return *number;
        }
        // Counts beyond 32 bits are refused by the writer of packages.
        let number = u32::try_from(self.program.routines.len()).unwrap_or(NONE);
        routine.at = u32::try_from(self.program.code.len()).unwrap_or(NONE);
        routine.len = u32::try_from(code.len()).unwrap_or(NONE);
        self.program.code.extend_from_slice(code);
        self.program.routines.push(routine);
        self.points.extend(points.iter().map(|point| Point {
            routine: number,
            at: point.at,
            place: point.place,
            operands: point.operands.clone(),
            value: point.value,
        }));
        same.push((points, number));
        number
    }
}

/// An instruction as one number, for ordering.
fn packed(instr: &Instr) -> u64 {
    let [i0, i1, i2, i3] = instr.imm.to_le_bytes();
    u64::from_le_bytes([instr.op, instr.dst, instr.a, instr.b, i0, i1, i2, i3])
}

impl Context<'_> {
    /// A routine whose result is whether a condition holds.
    pub(crate) fn truth_routine(&mut self, purpose: Purpose, condition: &Expr) -> u32 {
        self.routine(purpose, |code| (Bank::Narrow, code.truth(condition)))
    }

    /// The same for a condition that need not be there.
    pub(crate) fn condition(&mut self, purpose: Purpose, condition: Option<&Expr>) -> u32 {
        condition.map_or(NONE, |condition| self.truth_routine(purpose, condition))
    }

    /// A routine whose result is a value at `scale` in a narrow register, clamped to it if it is wider.
    pub(crate) fn narrow_routine(&mut self, purpose: Purpose, value: &Expr, scale: u8) -> u32 {
        self.routine(purpose, |code| {
            (
                Bank::Narrow,
                code.converted(value, scale, Bank::Narrow).register,
            )
        })
    }

    /// A routine whose result is an amount at `scale` in a wide register; nothing, 0, where it is absent.
    pub(crate) fn wide_routine(&mut self, purpose: Purpose, value: &Expr, scale: u8) -> u32 {
        self.routine(purpose, |code| {
            (
                Bank::Wide,
                code.converted(value, scale, Bank::Wide).register,
            )
        })
    }

    /// A routine that gives a value as it is passed on, for somebody to look at.
    pub(crate) fn shown_routine(&mut self, purpose: Purpose, value: &Expr) -> u32 {
        self.routine(purpose, |code| {
            let number = number_of(value.ty);
            let bank = bank_of(&number);
            let operand = code.converted(value, number.scale, bank);
            (bank, code.passed(&operand))
        })
    }

    /// A routine whose result is the currency of the quote.
    pub(crate) fn currency_routine(&mut self, purpose: Purpose) -> u32 {
        self.routine(purpose, |code| {
            (
                Bank::Narrow,
                code.emit.fresh(Bank::Narrow, Op::Currency, 0, 0, 0),
            )
        })
    }

    /// A routine whose result is whether a row of a table matches, with an argument for each column at its scale; an
    /// argument without an expression is the currency of the quote.
    pub(crate) fn match_routine(
        &mut self,
        purpose: Purpose,
        table: u32,
        arguments: &[(Option<&Column>, u8)],
    ) -> u32 {
        self.routine(purpose, |code| {
            (
                Bank::Narrow,
                code.match_table(purpose.span, table, arguments),
            )
        })
    }

    fn routine(
        &mut self,
        purpose: Purpose,
        body: impl FnOnce(&mut Gen<'_, '_>) -> (Bank, u8),
    ) -> u32 {
        let mut code = Gen {
            rules: self.rules,
            strings: &self.strings,
            places: &self.places,
            decisions: &self.decisions,
            routines: &mut self.routines,
            purpose,
            uses: Uses::default(),
            locals: BTreeMap::new(),
            emit: Emitter::default(),
            points: Vec::new(),
            diagnostics: Vec::new(),
            looks_up: false,
        };
        let (result, register) = body(&mut code);
        let op = match result {
            Bank::Narrow => Op::ReturnN,
            Bank::Wide => Op::ReturnW,
        };
        code.emit.push(op, 0, register, 0, 0);
        let Gen {
            emit,
            points,
            mut diagnostics,
            looks_up,
            ..
        } = code;
        let finished = emit.finish();
        if finished.is_none() {
            diagnostics.push(limits::too_many_values(purpose.span));
        }
        diagnostics
            .into_iter()
            .for_each(|diagnostic| self.report(diagnostic));
        let Some((instructions, narrow, wide)) = finished else {
            return NONE;
        };
        let routine = Routine {
            scope: purpose.scope,
            product: self.optional_index(purpose.product, purpose.span),
            within: self.optional_index(purpose.within.filter(|_| looks_up), purpose.span),
            result,
            narrow_args: 0,
            wide_args: 0,
            at: 0,
            len: 0,
            narrow,
            wide,
        };
        self.routines.add(routine, &instructions, points)
    }
}

impl Gen<'_, '_> {
    fn match_table(&mut self, span: Span, table: u32, arguments: &[(Option<&Column>, u8)]) -> u8 {
        let (first, shown) = self.table_arguments(arguments);
        let row = self.emit.fresh(Bank::Narrow, Op::Match, first, 0, table);
        let found = self.emit.fresh(Bank::Narrow, Op::Present, row, 0, 0);
        self.point_at(span, &shown);
        found
    }

    /// The arguments of a table in consecutive registers, the first of which is given, and what people are shown of them.
    pub(super) fn table_arguments<'e>(
        &mut self,
        arguments: &[(Option<&'e Column>, u8)],
    ) -> (u8, Vec<(&'e Expr, Operand)>) {
        let mut registers = Vec::with_capacity(arguments.len());
        let mut shown: Vec<(&'e Expr, Operand)> = Vec::new();
        for (column, scale) in arguments {
            registers.push(match column {
                None => self.emit.fresh(Bank::Narrow, Op::Currency, 0, 0, 0),
                Some(column) => {
                    let value = self.value(&column.expr);
                    shown.push((&column.expr, value));
                    self.convert(value, *scale, Bank::Narrow, column.expr.span)
                        .register
                }
            });
        }
        (self.consecutive(&registers, Bank::Narrow), shown)
    }

    /// The first of registers that follow each other and hold these values.
    pub(super) fn consecutive(&mut self, registers: &[u8], bank: Bank) -> u8 {
        let Some(&first) = registers.first() else {
            return 0;
        };
        let mut expected = u16::from(first)..;
        if registers
            .iter()
            .all(|&register| expected.next() == Some(u16::from(register)))
        {
            return first;
        }
        let copies: Vec<u8> = registers
            .iter()
            .map(|&register| match bank {
                Bank::Narrow => self.emit.fresh(bank, Op::MoveN, register, 0, 0),
                Bank::Wide => self.emit.fresh(bank, Op::MoveW, register, 0, 0),
            })
            .collect();
        copies.first().copied().unwrap_or(0)
    }
}
