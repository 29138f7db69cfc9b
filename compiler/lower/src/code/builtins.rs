//! Functions of the language itself.

use quo_analysis::hir::{Builtin, Expr};
use quo_analysis::types::Number;
use quo_model::{Bank, Function, Op};
use quo_value::Rounding;

use super::expr::{Gen, Operand, bank_of};
use crate::constants::number_of;
use crate::limits;

impl Gen<'_, '_> {
    /// A function of the language; absent where an argument is.
    pub(super) fn builtin(
        &mut self,
        expr: &Expr,
        function: Builtin,
        arguments: &[Expr],
    ) -> Operand {
        let code = match (function, arguments) {
            (Builtin::Larger, [a, b]) => return self.one_of(expr, a, b, true),
            (Builtin::Smaller, [a, b]) => return self.one_of(expr, a, b, false),
            (Builtin::Magnitude, [value]) => return self.magnitude(expr, value),
            (Builtin::Floor, [value]) => return self.round(expr, value, Rounding::Floor, false),
            (Builtin::MonthsIn | Builtin::DaysIn, [period]) => {
                let number = number_of(expr.ty);
                return Operand {
                    number,
                    ..self.value(period)
                };
            }
            (Builtin::DaysBetween, _) => Function::DaysBetween,
            (Builtin::MonthsBetween, _) => Function::MonthsBetween,
            (Builtin::AddDays, _) => Function::AddDays,
            (Builtin::AddMonths, _) => Function::AddMonths,
            (Builtin::Year, _) => Function::Year,
            (Builtin::Month, _) => Function::Month,
            (Builtin::DayOfMonth, _) => Function::DayOfMonth,
            (Builtin::Weekday, _) => Function::Weekday,
            (Builtin::DateOf, _) => Function::DateOf,
            (Builtin::DayInZone, _) => Function::DayInZone,
            (Builtin::SecondsBetween, _) => Function::SecondsBetween,
            (Builtin::PeriodOfMonths | Builtin::PeriodOfDays, _) => Function::Period,
            (Builtin::MinorUnits, _) => Function::MinorUnits,
            (Builtin::Length, _) => Function::Length,
            (Builtin::BeginsWith, _) => Function::BeginsWith,
            _ => {
                self.report(limits::broken_rules(
                    expr.span,
                    "a function of the language with other arguments",
                ));
                return self.nothing(expr);
            }
        };
        if arguments.len() != usize::from(code.arguments()) {
            self.report(limits::broken_rules(
                expr.span,
                "a function of the language with other arguments",
            ));
            return self.nothing(expr);
        }
        let mut needed = Vec::with_capacity(arguments.len());
        let mut registers = Vec::with_capacity(arguments.len());
        for argument in arguments {
            let operand = self.converted(argument, 0, Bank::Narrow);
            registers.push(operand.register);
            needed.push(operand);
        }
        let first = self.consecutive(&registers, Bank::Narrow);
        let result = self.narrow_result(expr, false);
        let imm = u32::from(code as u8);
        self.run_guarded(&needed, result, Op::Builtin, (first, 0), imm)
    }

    /// The larger of two values, or the smaller one.
    fn one_of(&mut self, expr: &Expr, left: &Expr, right: &Expr, larger: bool) -> Operand {
        let number = number_of(expr.ty);
        let bank = bank_of(&number);
        let a = self.converted(left, number.scale, bank);
        let b = self.converted(right, number.scale, bank);
        let (less, moves) = operations(bank);
        self.guarded(&[a, b], number, bank, |this, dst| {
            let (x, y) = (a.register, b.register);
            let (first, second) = if larger { (x, y) } else { (y, x) };
            let replaces = this.emit.fresh(Bank::Narrow, less, first, second, 0);
            this.emit.push(moves, dst, x, 0, 0);
            let jump = this.emit.jump_if_not(replaces);
            this.emit.push(moves, dst, y, 0, 0);
            this.emit.land(jump);
        })
    }

    /// A number without its sign.
    fn magnitude(&mut self, expr: &Expr, value: &Expr) -> Operand {
        let number = number_of(expr.ty);
        let bank = bank_of(&number);
        let operand = self.value(value);
        // The number itself may be of a wider range below zero than the magnitude shows above.
        let through = if operand.bank == Bank::Narrow && operand.number.is_narrow() {
            bank
        } else {
            Bank::Wide
        };
        let (less, moves) = operations(through);
        let negate = match through {
            Bank::Narrow => Op::NegN,
            Bank::Wide => Op::NegW,
        };
        self.guarded(&[operand], number, bank, |this, dst| {
            let x = this.raise(&operand, number.scale, through, expr.span);
            let zero = match through {
                Bank::Narrow => this.emit.constant(&mut this.routines.pools, 0),
                Bank::Wide => this.emit.wide_constant(&mut this.routines.pools, 0),
            };
            this.produce(dst, bank, through, |this, dst| {
                this.emit.push(moves, dst, x, 0, 0);
                let below = this.emit.fresh(Bank::Narrow, less, x, zero, 0);
                let jump = this.emit.jump_if_not(below);
                this.emit.push(negate, dst, x, 0, 0);
                this.emit.land(jump);
            });
        })
    }

    /// A value rounded to a multiple of a step.
    pub(super) fn round_to_step(
        &mut self,
        expr: &Expr,
        value: &Expr,
        step: &Expr,
        rounding: Rounding,
    ) -> Operand {
        let (value, step) = (self.value(value), self.value(step));
        let number = number_of(expr.ty);
        let scale = value.number.scale.max(step.number.scale).max(number.scale);
        let cut = scale.saturating_sub(number.scale);
        self.guarded(&[value, step], number, bank_of(&number), |this, dst| {
            let [x, y] = [value, step].map(|side| this.raise(&side, scale, Bank::Wide, expr.span));
            let imm = u32::from(rounding.code());
            let multiple = this.emit.fresh(Bank::Wide, Op::RoundStep, x, y, imm);
            this.produce(dst, bank_of(&number), Bank::Wide, |this, dst| {
                // A multiple of the step has no more decimals than the step: nothing is cut off.
                let mode = Rounding::Down.code();
                this.emit
                    .push(Op::RoundW, dst, multiple, mode, u32::from(cut));
            });
        })
    }
}

/// Less-than and copying in a bank.
fn operations(bank: Bank) -> (Op, Op) {
    match bank {
        Bank::Narrow => (Op::LtN, Op::MoveN),
        Bank::Wide => (Op::LtW, Op::MoveW),
    }
}

/// The number of whole things.
pub(super) fn whole() -> Number {
    number_of(quo_analysis::types::Type::Bool)
}
