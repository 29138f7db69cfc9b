//! Calls: routines with arguments, and how values are passed to them and back.
//!
//! A value is passed on in one register: a narrow one as it is, a wide one with a number of its own for "absent". Inside
//! a routine a wide value that may be absent is 0 beside a flag again.

use std::collections::{BTreeMap, BTreeSet};

use quo_analysis::hir::{Expr, ExprKind, Parameter};
use quo_analysis::types::Number;
use quo_model::{ABSENT_WIDE, Bank, NONE, Op, Routine, Scope};
use quo_source::Span;

use super::emit::Emitter;
use super::expr::{Gen, Operand, Presence, Uses, bank_of};
use super::routine::{Callable, Callee};
use crate::constants::number_of;
use crate::limits;

/// An argument that a routine takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taken {
    /// The local that it is called by; `None` where nobody asks for it.
    pub(super) local: Option<usize>,
    /// Its bank.
    pub(super) bank: Bank,
    /// Scale and range.
    pub(super) number: Number,
    /// Whether it may be absent.
    pub(super) absent: bool,
}

impl Taken {
    /// A parameter.
    pub(super) fn parameter(local: usize, parameter: &Parameter) -> Self {
        let number = number_of(parameter.ty);
        Self {
            local: Some(local),
            bank: bank_of(&number),
            number,
            absent: parameter.optional,
        }
    }

    /// A local of the routine around a loop, as the loop's routines take it.
    fn captured(local: usize, operand: &Operand) -> Self {
        Self {
            local: Some(local),
            bank: operand.bank,
            number: operand.number,
            absent: operand.presence != Presence::Always,
        }
    }
}

/// Values that the routines of a loop take from the one around it.
pub(super) struct Captured {
    /// As they take them.
    pub(super) taken: Vec<Taken>,
    /// The first narrow register and how many.
    pub(super) narrow: (u8, u8),
    /// The first wide register and how many.
    pub(super) wide: (u8, u8),
}

impl Gen<'_, '_> {
    /// The register that holds a value as it is passed on.
    pub(super) fn passed(&mut self, operand: &Operand) -> u8 {
        let Presence::Flag(flag) = operand.presence else {
            return operand.register;
        };
        let dst = self.emit.register(Bank::Wide);
        self.emit
            .set_wide_constant(&mut self.routines.pools, dst, ABSENT_WIDE);
        let jump = self.emit.jump_if_not(flag);
        self.emit.push(Op::MoveW, dst, operand.register, 0, 0);
        self.emit.land(jump);
        dst
    }

    /// A value that was passed on, as code works with it.
    pub(super) fn received(
        &mut self,
        register: u8,
        bank: Bank,
        number: Number,
        absent: bool,
    ) -> Operand {
        let (register, presence) = match (absent, bank) {
            (false, _) => (register, Presence::Always),
            (true, Bank::Narrow) => (register, Presence::Encoded),
            (true, Bank::Wide) => {
                let flag = self.emit.fresh(Bank::Narrow, Op::PresentW, register, 0, 0);
                let clean = self.emit.register(Bank::Wide);
                self.emit
                    .set_wide_constant(&mut self.routines.pools, clean, 0);
                let jump = self.emit.jump_if_not(flag);
                self.emit.push(Op::MoveW, clean, register, 0, 0);
                self.emit.land(jump);
                (clean, Presence::Flag(flag))
            }
        };
        Operand {
            register,
            bank,
            presence,
            number,
        }
    }

    /// A routine of its own with arguments, made before this one goes on. `function` says that it knows nothing of the
    /// item this one runs on, and that people are shown its steps.
    pub(super) fn nested(
        &mut self,
        taken: &[Taken],
        function: bool,
        span: Span,
        body: impl FnOnce(&mut Gen<'_, '_>) -> Operand,
    ) -> Callee {
        let mut inner = Gen {
            rules: self.rules,
            strings: self.strings,
            places: self.places,
            decisions: self.decisions,
            routines: &mut *self.routines,
            purpose: self.purpose,
            uses: Uses::default(),
            locals: BTreeMap::new(),
            emit: Emitter::default(),
            points: Vec::new(),
            diagnostics: Vec::new(),
            looks_up: false,
        };
        let (narrow_args, wide_args) = inner.take(taken);
        let operand = body(&mut inner);
        let register = inner.passed(&operand);
        let op = match operand.bank {
            Bank::Narrow => Op::ReturnN,
            Bank::Wide => Op::ReturnW,
        };
        inner.emit.push(op, 0, register, 0, 0);
        let Gen {
            emit,
            mut points,
            mut diagnostics,
            looks_up,
            uses,
            ..
        } = inner;
        self.looks_up |= looks_up;
        self.uses.item |= uses.item;
        self.uses.charge |= uses.charge;
        self.uses.totals |= uses.totals;
        let finished = emit.finish();
        if finished.is_none() {
            diagnostics.push(limits::too_many_values(span));
        }
        self.diagnostics.extend(diagnostics);
        if !function {
            points.clear();
        }
        let callee = |routine| Callee {
            routine,
            bank: operand.bank,
            number: operand.number,
            absent: operand.presence != Presence::Always,
            uses,
        };
        let Some((code, narrow, wide)) = finished else {
            return callee(NONE);
        };
        let scope = match uses {
            Uses { totals: true, .. } if self.purpose.scope != Scope::Charge => Scope::Total,
            Uses { totals: true, .. } => Scope::Charge,
            Uses { charge: true, .. } => Scope::Charge,
            Uses { item: true, .. } => Scope::Item,
            _ => Scope::Quote,
        };
        let on_item = matches!(scope, Scope::Item | Scope::Charge);
        let purpose = self.purpose;
        let mut number_of_product = |product: Option<usize>| match product {
            Some(product) if on_item => self.index(span, product),
            _ => NONE,
        };
        let routine = Routine {
            scope,
            product: number_of_product(purpose.product),
            within: number_of_product(purpose.within.filter(|_| looks_up)),
            result: operand.bank,
            narrow_args,
            wide_args,
            at: 0,
            len: 0,
            narrow,
            wide,
        };
        callee(self.routines.add(routine, &code, points))
    }

    /// Gives the first registers to arguments; counts those of either bank.
    fn take(&mut self, taken: &[Taken]) -> (u8, u8) {
        let mut counts = (0_u8, 0_u8);
        let registers: Vec<u8> = taken
            .iter()
            .map(|argument| {
                match argument.bank {
                    Bank::Narrow => counts.0 = counts.0.saturating_add(1),
                    Bank::Wide => counts.1 = counts.1.saturating_add(1),
                }
                self.emit.register(argument.bank)
            })
            .collect();
        for (argument, register) in taken.iter().zip(registers) {
            if let Some(local) = argument.local {
                let Taken {
                    bank,
                    number,
                    absent,
                    ..
                } = *argument;
                let operand = self.received(register, bank, number, absent);
                self.locals.insert(local, operand);
            }
        }
        counts
    }

    /// The locals of this routine that these expressions name, in registers that follow each other.
    pub(super) fn capture(&mut self, expressions: &[&Expr]) -> Captured {
        let mut named = BTreeSet::new();
        expressions.iter().for_each(|expr| locals(expr, &mut named));
        let mut taken = Vec::new();
        let (mut narrow, mut wide) = (Vec::new(), Vec::new());
        for local in named {
            let Some(operand) = self.locals.get(&local).copied() else {
                continue;
            };
            taken.push(Taken::captured(local, &operand));
            let register = self.passed(&operand);
            match operand.bank {
                Bank::Narrow => narrow.push(register),
                Bank::Wide => wide.push(register),
            }
        }
        // Narrow ones and wide ones are counted apart; more than there are registers are reported by the emitter.
        let count = |registers: &[u8]| u8::try_from(registers.len()).unwrap_or(u8::MAX);
        Captured {
            taken,
            narrow: (self.consecutive(&narrow, Bank::Narrow), count(&narrow)),
            wide: (self.consecutive(&wide, Bank::Wide), count(&wide)),
        }
    }

    /// The routine of a function, made at its first call.
    fn function(&mut self, function: usize, span: Span) -> Option<Callee> {
        let key = Callable::Function(function);
        if let Some(known) = self.routines.callees.get(&key) {
            let known = *known;
            if known.is_none() {
                self.report(limits::broken_rules(span, "a function calls itself"));
            }
            return known;
        }
        let rules = self.rules;
        let Some(declared) = rules.functions.get(function) else {
            self.report(limits::broken_rules(span, "a function that is not there"));
            return None;
        };
        self.routines.callees.insert(key, None);
        let parameters = declared.parameters.iter().enumerate();
        let taken: Vec<Taken> = parameters
            .map(|(local, parameter)| Taken::parameter(local, parameter))
            .collect();
        let body = &declared.body;
        let number = number_of(body.ty);
        let callee = self.nested(&taken, true, declared.span, |code| {
            code.converted(body, number.scale, bank_of(&number))
        });
        self.routines.callees.insert(key, Some(callee));
        Some(callee)
    }

    /// A call of a function; absent where an argument is that the function must have.
    pub(super) fn call(&mut self, expr: &Expr, function: usize, arguments: &[Expr]) -> Operand {
        let Some(callee) = self.function(function, expr.span) else {
            return self.nothing(expr);
        };
        let rules = self.rules;
        let parameters = rules
            .functions
            .get(function)
            .map_or(&[][..], |function| &function.parameters);
        let operand = self.called(expr, callee, parameters, arguments);
        self.value_at_point(expr.span, expr, &operand);
        operand
    }

    /// A call with a value for each parameter.
    pub(super) fn called(
        &mut self,
        expr: &Expr,
        callee: Callee,
        parameters: &[Parameter],
        arguments: &[Expr],
    ) -> Operand {
        let mut needed = Vec::new();
        let (mut narrow, mut wide) = (Vec::new(), Vec::new());
        for (parameter, argument) in parameters.iter().zip(arguments) {
            let number = number_of(parameter.ty);
            let operand = self.converted(argument, number.scale, bank_of(&number));
            if !parameter.optional {
                needed.push(operand);
            }
            let register = self.passed(&operand);
            match operand.bank {
                Bank::Narrow => narrow.push(register),
                Bank::Wide => wide.push(register),
            }
        }
        if parameters.len() != arguments.len() {
            self.report(limits::broken_rules(
                expr.span,
                "a call with other arguments",
            ));
        }
        let a = self.consecutive(&narrow, Bank::Narrow);
        let b = self.consecutive(&wide, Bank::Wide);
        self.uses.item |= callee.uses.item;
        self.uses.charge |= callee.uses.charge;
        self.uses.totals |= callee.uses.totals;
        let op = match callee.bank {
            Bank::Narrow => Op::CallN,
            Bank::Wide => Op::CallW,
        };
        self.run_guarded(&needed, callee, op, (a, b), callee.routine)
    }

    /// An operation whose result is passed on, where all of these are there; else absent.
    pub(super) fn run_guarded(
        &mut self,
        needed: &[Operand],
        result: Callee,
        op: Op,
        (a, b): (u8, u8),
        imm: u32,
    ) -> Operand {
        let bank = result.bank;
        let Some(all) = self.all_present(needed) else {
            let register = self.emit.fresh(bank, op, a, b, imm);
            return self.received(register, bank, result.number, result.absent);
        };
        let register = self.emit.register(bank);
        match bank {
            Bank::Narrow => {
                let absent = quo_model::ABSENT;
                self.emit
                    .set_constant(&mut self.routines.pools, register, absent);
            }
            Bank::Wide => {
                self.emit
                    .set_wide_constant(&mut self.routines.pools, register, ABSENT_WIDE);
            }
        }
        let jump = self.emit.jump_if_not(all);
        self.emit.push(op, register, a, b, imm);
        self.emit.land(jump);
        self.received(register, bank, result.number, true)
    }

    /// What stands for a value that could not be compiled; the rules are refused anyway.
    pub(super) fn nothing(&mut self, expr: &Expr) -> Operand {
        let number = number_of(expr.ty);
        let bank = bank_of(&number);
        let register = match bank {
            Bank::Narrow => self.emit.constant(&mut self.routines.pools, 0),
            Bank::Wide => self.emit.wide_constant(&mut self.routines.pools, 0),
        };
        Operand {
            register,
            bank,
            presence: Presence::Always,
            number,
        }
    }

    /// Whether the code of an expression may leave "absent"; where nobody knows yet it may.
    pub(super) fn may_be_absent(&mut self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::PartOption { .. } | ExprKind::PartKind { .. } | ExprKind::Absent => true,
            ExprKind::Fact(_) | ExprKind::Option { .. } | ExprKind::Asked(_) => expr.optional,
            ExprKind::CountPart { .. } => expr.optional,
            ExprKind::Binary(op, ..) if super::arithmetic::op_of(*op).is_none() => false,
            ExprKind::Not(_)
            | ExprKind::InSet(..)
            | ExprKind::InRange(..)
            | ExprKind::Present(..)
            | ExprKind::Record { .. }
            | ExprKind::Listed(_)
            | ExprKind::Data(_)
            | ExprKind::Items(_)
            | ExprKind::PartOf { .. }
            | ExprKind::Charges => false,
            ExprKind::If {
                then, otherwise, ..
            } => self.may_be_absent(then) || self.may_be_absent(otherwise),
            ExprKind::Assured(_) => true,
            ExprKind::Otherwise(_, otherwise) => self.may_be_absent(otherwise),
            ExprKind::Local(local) => self
                .locals
                .get(local)
                .is_none_or(|operand| operand.presence != Presence::Always),
            ExprKind::Let { .. }
            | ExprKind::Call { .. }
            | ExprKind::Decide { .. }
            | ExprKind::Field { .. }
            | ExprKind::ItemAt { .. }
            | ExprKind::Each(_)
            | ExprKind::ItemOption { .. }
            | ExprKind::ItemProduct(_)
            | ExprKind::Builtin { .. } => true,
            _ => expr
                .children()
                .into_iter()
                .any(|child| self.may_be_absent(child)),
        }
    }
}

/// The locals that an expression names.
pub(super) fn locals(expr: &Expr, into: &mut BTreeSet<usize>) {
    if let ExprKind::Local(local) = expr.kind {
        into.insert(local);
    }
    expr.children()
        .into_iter()
        .for_each(|child| locals(child, into));
}
