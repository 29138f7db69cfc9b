//! Tests: comparisons, sets, ranges, presence. An absent operand makes every one of them false but `is absent`.

use quo_analysis::hir::{BinaryOp, Expr};
use quo_analysis::types::Value;
use quo_model::{Bank, Op};
use quo_source::Span;

use super::expr::{Gen, Operand, Presence, is_narrow_at};
use crate::constants::encode;
use crate::limits;

impl Gen<'_, '_> {
    /// A comparison.
    pub(super) fn compare(&mut self, expr: &Expr, op: BinaryOp, left: &Expr, right: &Expr) -> u8 {
        let a = self.value(left);
        let b = self.value(right);
        let (scale, bank) = meeting(&[a, b]);
        // `a > b` is `b < a`.
        let ((op_narrow, op_wide), swap) = match op {
            BinaryOp::Eq => ((Op::EqN, Op::EqW), false),
            BinaryOp::Ne => ((Op::NeN, Op::NeW), false),
            BinaryOp::Lt => ((Op::LtN, Op::LtW), false),
            BinaryOp::Le => ((Op::LeN, Op::LeW), false),
            BinaryOp::Gt => ((Op::LtN, Op::LtW), true),
            BinaryOp::Ge => ((Op::LeN, Op::LeW), true),
            BinaryOp::And
            | BinaryOp::Or
            | BinaryOp::Implies
            | BinaryOp::Add
            | BinaryOp::Sub
            | BinaryOp::Mul => {
                self.report(limits::broken_rules(expr.span, "this is not a comparison"));
                return 0;
            }
        };
        let (first, second) = if swap { (b, a) } else { (a, b) };
        let op = if bank == Bank::Narrow {
            op_narrow
        } else {
            op_wide
        };
        let mut asked = vec![a, b];
        if op == Op::EqN && a.number.scale == b.number.scale {
            // "Absent" equals no value, so that one side that is there is enough.
            if asked.iter().any(|side| side.presence == Presence::Always) {
                asked.clear();
            } else {
                asked.truncate(1);
            }
        }
        let register = self.test(&asked, scale, |this| {
            let first = this.raise(&first, scale, bank, expr.span);
            let second = this.raise(&second, scale, bank, expr.span);
            this.emit.fresh(Bank::Narrow, op, first, second, 0)
        });
        self.point(expr, &[(left, a), (right, b)]);
        register
    }

    /// Whether a value lies between two others, both included.
    pub(super) fn in_range(&mut self, expr: &Expr, parts: [&Expr; 3]) -> u8 {
        let [value, low, high] = parts.map(|part| self.value(part));
        let (scale, bank) = meeting(&[value, low, high]);
        let op = if bank == Bank::Narrow {
            Op::LeN
        } else {
            Op::LeW
        };
        let register = self.test(&[value, low, high], scale, |this| {
            let [at, from, to] =
                [value, low, high].map(|part| this.raise(&part, scale, bank, expr.span));
            let above = this.emit.fresh(Bank::Narrow, op, from, at, 0);
            let below = this.emit.fresh(Bank::Narrow, op, at, to, 0);
            this.emit.fresh(Bank::Narrow, Op::And, above, below, 0)
        });
        let [of, from, to] = parts;
        self.point(expr, &[(of, value), (from, low), (to, high)]);
        register
    }

    /// A test made by `body`, whose instruction comes last; false where one of the operands is absent.
    ///
    /// Where the body brings operands to another scale, which "absent" has none of, it is jumped around; else the
    /// presence is just joined to its result.
    fn test(&mut self, operands: &[Operand], scale: u8, body: impl FnOnce(&mut Self) -> u8) -> u8 {
        let Some(all) = self.all_present(operands) else {
            return body(self);
        };
        let scaled = operands.iter().any(|operand| operand.number.scale != scale);
        if !scaled {
            let result = body(self);
            return self.emit.fresh(Bank::Narrow, Op::And, all, result, 0);
        }
        let held = self.emit.fresh(Bank::Narrow, Op::MoveN, all, 0, 0);
        let jump = self.emit.jump_if_not(all);
        let result = body(self);
        self.emit.push(Op::MoveN, held, result, 0, 0);
        self.emit.land(jump);
        self.emit.fresh(Bank::Narrow, Op::MoveN, held, 0, 0)
    }

    /// Whether a value is one of several constants.
    pub(super) fn in_set(&mut self, expr: &Expr, value: &Expr, values: &[Value]) -> u8 {
        let operand = self.value(value);
        let register = match operand.bank {
            Bank::Narrow => {
                let members = self.members(expr.span, values);
                let set = self.routines.pools.sets.intern(members);
                let a = operand.register;
                self.emit.fresh(Bank::Narrow, Op::InSet, a, 0, set)
            }
            Bank::Wide => self.in_wide_set(expr.span, &operand, values),
        };
        self.point(expr, &[(value, operand)]);
        register
    }

    fn members(&mut self, span: Span, values: &[Value]) -> Vec<i64> {
        let mut members = Vec::with_capacity(values.len());
        for value in values {
            match encode(value, self.strings) {
                Some(member) => members.push(member),
                None => self.report(limits::number_too_large(span)),
            }
        }
        members
    }

    /// Sets hold narrow values; amounts are compared one by one.
    fn in_wide_set(&mut self, span: Span, operand: &Operand, values: &[Value]) -> u8 {
        let mut found = None;
        for value in values {
            let Value::Number(mantissa) = value else {
                self.report(limits::broken_rules(
                    span,
                    "a number is compared with something else",
                ));
                continue;
            };
            let constant = self.emit.wide_constant(&mut self.routines.pools, *mantissa);
            let equal = self
                .emit
                .fresh(Bank::Narrow, Op::EqW, operand.register, constant, 0);
            found = Some(match found {
                None => equal,
                Some(before) => self.emit.fresh(Bank::Narrow, Op::Or, before, equal, 0),
            });
        }
        let found = found.unwrap_or_else(|| self.emit.constant(&mut self.routines.pools, 0));
        match self.presence_of(operand) {
            None => found,
            Some(flag) => self.emit.fresh(Bank::Narrow, Op::And, flag, found, 0),
        }
    }

    /// Whether a value is there (`wanted`) or is not.
    pub(super) fn is_present(&mut self, expr: &Expr, value: &Expr, wanted: bool) -> u8 {
        let operand = self.value(value);
        let present = match self.presence_of(&operand) {
            Some(flag) => flag,
            None => self.emit.constant(&mut self.routines.pools, 1),
        };
        // A result of its own: the point is on the latest instruction, and a flag may be older.
        let op = if wanted { Op::MoveN } else { Op::Not };
        let is_latest = wanted && operand.presence == Presence::Encoded;
        let register = if is_latest {
            present
        } else {
            self.emit.fresh(Bank::Narrow, op, present, 0, 0)
        };
        self.point(expr, &[(value, operand)]);
        register
    }
}

/// The scale and the bank in which values meet: the largest scale, and narrow registers if all fit them there.
fn meeting(operands: &[Operand]) -> (u8, Bank) {
    let scale = operands
        .iter()
        .map(|operand| operand.number.scale)
        .max()
        .unwrap_or(0);
    let narrow = operands
        .iter()
        .all(|operand| operand.bank == Bank::Narrow && is_narrow_at(operand.number, scale));
    (scale, if narrow { Bank::Narrow } else { Bank::Wide })
}
