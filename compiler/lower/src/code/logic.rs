//! Truth values: `and`, `or`, `implies`, `not`, and choices.
//!
//! Both sides are worked out without a jump unless the right one can fail; then it is looked at only where it decides.
//! A truth value that is absent is not true.

use quo_analysis::hir::{BinaryOp, Expr, ExprKind};
use quo_model::{Bank, Op};

use super::expr::{Gen, Operand, Presence, bank_of};
use super::fallible::can_fail;
use crate::constants::number_of;

/// Where the branches of a choice leave their value.
pub(super) struct Join {
    pub(super) register: u8,
    pub(super) bank: Bank,
    /// Says whether a wide value is there, if it may not be.
    pub(super) flag: Option<u8>,
}

impl Gen<'_, '_> {
    /// Code that leaves 0 or 1 in a narrow register.
    pub(super) fn truth(&mut self, expr: &Expr) -> u8 {
        match &expr.kind {
            ExprKind::Not(value) => {
                let value = self.truth(value);
                self.emit.fresh(Bank::Narrow, Op::Not, value, 0, 0)
            }
            ExprKind::Binary(BinaryOp::And, left, right) => self.and(left, right),
            ExprKind::Binary(BinaryOp::Or, left, right) => self.or(left, right, false),
            ExprKind::Binary(BinaryOp::Implies, left, right) => self.or(left, right, true),
            ExprKind::Binary(op, left, right) => self.compare(expr, *op, left, right),
            ExprKind::HasKind { up, part, product } => {
                self.looks_up |= *up > 0;
                self.uses.item = true;
                let part = self.part(expr, Some(*part));
                let imm = self.index(expr.span, *product);
                let register = self.emit.fresh(Bank::Narrow, Op::HasKind, *up, part, imm);
                self.point(expr, &[]);
                register
            }
            ExprKind::InSet(value, values) => self.in_set(expr, value, values),
            ExprKind::InRange(value, low, high) => self.in_range(expr, [value, low, high]),
            ExprKind::Assured(value) => self.truth(value),
            ExprKind::Present(value, wanted) => self.is_present(expr, value, *wanted),
            _ => self.plain_truth(expr),
        }
    }

    /// A truth value that is an input or a choice. An input is a test of its own.
    fn plain_truth(&mut self, expr: &Expr) -> u8 {
        let operand = self.value(expr);
        let register = match operand.presence {
            Presence::Always => operand.register,
            Presence::Encoded => {
                let yes = self.emit.constant(&mut self.routines.pools, 1);
                self.emit
                    .fresh(Bank::Narrow, Op::EqN, operand.register, yes, 0)
            }
            Presence::Flag(flag) => {
                self.emit
                    .fresh(Bank::Narrow, Op::And, flag, operand.register, 0)
            }
        };
        let is_input = matches!(
            expr.kind,
            ExprKind::Fact(_) | ExprKind::Option { .. } | ExprKind::PartOption { .. }
        );
        if is_input {
            let shown: &[_] = match operand.presence {
                Presence::Always => &[],
                _ => &[(expr, operand)],
            };
            self.point(expr, shown);
        }
        register
    }

    fn and(&mut self, left: &Expr, right: &Expr) -> u8 {
        let left = self.truth(left);
        if !can_fail(right) {
            let right = self.truth(right);
            return self.emit.fresh(Bank::Narrow, Op::And, left, right, 0);
        }
        let dst = self.emit.fresh(Bank::Narrow, Op::MoveN, left, 0, 0);
        self.otherwise(left, dst, right)
    }

    /// `left or right`, or `left implies right`, which is `not left or right`.
    fn or(&mut self, left: &Expr, right: &Expr, implies: bool) -> u8 {
        let left = self.truth(left);
        let opposite = self.emit.fresh(Bank::Narrow, Op::Not, left, 0, 0);
        let (holds, fails) = if implies {
            (opposite, left)
        } else {
            (left, opposite)
        };
        if !can_fail(right) {
            let right = self.truth(right);
            return self.emit.fresh(Bank::Narrow, Op::Or, holds, right, 0);
        }
        let dst = self.emit.fresh(Bank::Narrow, Op::MoveN, holds, 0, 0);
        self.otherwise(fails, dst, right)
    }

    /// Overwrites `dst` with the right side where `decides` is true.
    fn otherwise(&mut self, decides: u8, dst: u8, right: &Expr) -> u8 {
        let jump = self.emit.jump_if_not(decides);
        let right = self.truth(right);
        self.emit.push(Op::MoveN, dst, right, 0, 0);
        self.emit.land(jump);
        dst
    }

    /// One of two values, of which only the chosen one is worked out.
    pub(super) fn choose(
        &mut self,
        expr: &Expr,
        test: &Expr,
        then: &Expr,
        other: &Expr,
    ) -> Operand {
        let test = self.truth(test);
        let absent = self.may_be_absent(then) || self.may_be_absent(other);
        let join = self.join(expr, absent);
        let jump = self.emit.jump_if_not(test);
        self.store(&join, expr, then);
        let end = self.emit.jump();
        self.emit.land(jump);
        self.store(&join, expr, other);
        self.emit.land(end);
        self.joined(&join, expr, absent)
    }

    /// Registers for a value that comes from several branches.
    pub(super) fn join(&mut self, expr: &Expr, absent: bool) -> Join {
        let bank = bank_of(&number_of(expr.ty));
        let register = self.emit.register(bank);
        let flagged = absent && bank == Bank::Wide;
        let flag = flagged.then(|| self.emit.register(Bank::Narrow));
        Join {
            register,
            bank,
            flag,
        }
    }

    /// Works out a branch and leaves it where the branches meet.
    pub(super) fn store(&mut self, join: &Join, whole: &Expr, branch: &Expr) {
        let value = self.value(branch);
        self.store_value(join, whole, value);
    }

    /// Leaves a value that has been worked out where the branches meet.
    pub(super) fn store_value(&mut self, join: &Join, whole: &Expr, value: Operand) {
        let value = self.convert(value, number_of(whole.ty).scale, join.bank, whole.span);
        self.moved(value.register, value.bank, join.register, join.bank);
        if let Some(flag) = join.flag {
            match self.presence_of(&value) {
                Some(present) => self.emit.push(Op::MoveN, flag, present, 0, 0),
                None => self.emit.set_constant(&mut self.routines.pools, flag, 1),
            }
        }
    }

    /// The value where the branches have met.
    pub(super) fn joined(&self, join: &Join, expr: &Expr, absent: bool) -> Operand {
        let presence = match join.flag {
            Some(flag) => Presence::Flag(flag),
            None if absent => Presence::Encoded,
            None => Presence::Always,
        };
        let number = number_of(expr.ty);
        Operand {
            register: join.register,
            bank: join.bank,
            presence,
            number,
        }
    }
}
