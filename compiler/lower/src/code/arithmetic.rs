//! Sums, products, quotients and rounding.
//!
//! Narrow registers where the static ranges prove that nothing overflows, else wide ones. All instructions are checked:
//! should a range be wrong the decision fails, it is never calculated wrongly.

use quo_analysis::hir::{BinaryOp, Expr};
use quo_analysis::types::Number;
use quo_model::{Bank, Op};
use quo_value::{MAX_SCALE, Rounding};

use super::expr::{Gen, NARROW_PLACES, Operand, Presence, bank_of, is_narrow_at};
use crate::constants::number_of;
use crate::limits;

/// The narrow and the wide instruction of an operation, and whether its sides are brought to one scale.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arithmetic {
    narrow: Op,
    wide: Op,
    aligned: bool,
}

/// The arithmetic of an operation; `None` for one whose result is a truth value.
pub(super) fn op_of(op: BinaryOp) -> Option<Arithmetic> {
    let (narrow, wide, aligned) = match op {
        BinaryOp::Add => (Op::AddN, Op::AddW, true),
        BinaryOp::Sub => (Op::SubN, Op::SubW, true),
        BinaryOp::Mul => (Op::MulN, Op::MulW, false),
        BinaryOp::And
        | BinaryOp::Or
        | BinaryOp::Implies
        | BinaryOp::Eq
        | BinaryOp::Ne
        | BinaryOp::Lt
        | BinaryOp::Le
        | BinaryOp::Gt
        | BinaryOp::Ge => return None,
    };
    Some(Arithmetic {
        narrow,
        wide,
        aligned,
    })
}

/// Whether an operation is calculated in narrow registers.
pub(super) fn calculates_narrow(op: Arithmetic, result: Number, sides: [Number; 2]) -> bool {
    let fits = |side: Number| side.is_narrow() && (!op.aligned || is_narrow_at(side, result.scale));
    result.is_narrow() && sides.into_iter().all(fits)
}

impl Gen<'_, '_> {
    /// A sum, difference or product.
    pub(super) fn calculate(
        &mut self,
        expr: &Expr,
        op: Arithmetic,
        left: &Expr,
        right: &Expr,
    ) -> Operand {
        let a = self.value(left);
        let b = self.value(right);
        let number = number_of(expr.ty);
        let product_scale = a.number.scale.checked_add(b.number.scale);
        if number.scale > MAX_SCALE || (!op.aligned && product_scale != Some(number.scale)) {
            self.report(limits::number_too_large(expr.span));
        }
        let narrow = calculates_narrow(op, number, [a.number, b.number]);
        let (bank, code) = if narrow {
            (Bank::Narrow, op.narrow)
        } else {
            (Bank::Wide, op.wide)
        };
        self.guarded(&[a, b], number, bank_of(&number), |this, dst| {
            let [x, y] = [a, b].map(|side| {
                let scale = if op.aligned {
                    number.scale
                } else {
                    side.number.scale
                };
                this.raise(&side, scale, bank, expr.span)
            });
            this.produce(dst, bank_of(&number), bank, |this, dst| {
                this.emit.push(code, dst, x, y, 0);
            });
        })
    }

    /// The negative of a number.
    pub(super) fn negate(&mut self, expr: &Expr, value: &Expr) -> Operand {
        let operand = self.value(value);
        let number = number_of(expr.ty);
        let narrow = number.is_narrow() && operand.bank == Bank::Narrow;
        let (bank, op) = if narrow {
            (Bank::Narrow, Op::NegN)
        } else {
            (Bank::Wide, Op::NegW)
        };
        self.guarded(&[operand], number, bank_of(&number), |this, dst| {
            let from = this.raise(&operand, number.scale, bank, expr.span);
            this.produce(dst, bank_of(&number), bank, |this, dst| {
                this.emit.push(op, dst, from, 0, 0);
            });
        })
    }

    /// A value rounded to the decimals of its type, or to the minor unit of the quote's currency.
    pub(super) fn round(
        &mut self,
        expr: &Expr,
        value: &Expr,
        rounding: Rounding,
        currency: bool,
    ) -> Operand {
        let operand = self.value(value);
        let number = number_of(expr.ty);
        let from = operand.number.scale;
        let mode = rounding.code();
        if currency {
            return self.guarded(&[operand], number, bank_of(&number), |this, dst| {
                let wide = this.raise(&operand, from, Bank::Wide, expr.span);
                this.produce(dst, bank_of(&number), Bank::Wide, |this, dst| {
                    this.emit
                        .push(Op::RoundCurrency, dst, wide, mode, u32::from(from));
                });
            });
        }
        let Some(places @ 1..) = from.checked_sub(number.scale) else {
            return self.convert(operand, number.scale, bank_of(&number), expr.span);
        };
        let narrow = operand.bank == Bank::Narrow && places <= NARROW_PLACES;
        let (bank, op) = if narrow {
            (Bank::Narrow, Op::RoundN)
        } else {
            (Bank::Wide, Op::RoundW)
        };
        self.guarded(&[operand], number, bank_of(&number), |this, dst| {
            let exact = this.raise(&operand, from, bank, expr.span);
            this.produce(dst, bank_of(&number), bank, |this, dst| {
                this.emit.push(op, dst, exact, mode, u32::from(places));
            });
        })
    }

    /// A rounded quotient, or another value where the divisor is zero; absent where one of both is.
    pub(super) fn divide(&mut self, expr: &Expr, parts: [&Expr; 3], rounding: Rounding) -> Operand {
        let [dividend, divisor, otherwise] = parts;
        let a = self.value(dividend);
        let b = self.value(divisor);
        let absent = [a, b].iter().any(|side| side.presence != Presence::Always);
        let absent = absent || self.may_be_absent(otherwise);
        let join = self.join(expr, absent);
        let missing = self.all_present(&[a, b]).map(|all| {
            self.set_absent(join.register, join.bank, all);
            if let Some(flag) = join.flag {
                self.emit.push(Op::MoveN, flag, all, 0, 0);
            }
            self.emit.jump_if_not(all)
        });
        let x = self.raise(&a, a.number.scale, Bank::Wide, expr.span);
        let y = self.raise(&b, b.number.scale, Bank::Wide, expr.span);
        let zero = self.emit.wide_constant(&mut self.routines.pools, 0);
        let divides = self.emit.fresh(Bank::Narrow, Op::NeW, y, zero, 0);
        let by_zero = self.emit.jump_if_not(divides);
        self.quotient(expr, &join, [(x, a), (y, b)], rounding);
        if let Some(flag) = join.flag {
            self.emit.set_constant(&mut self.routines.pools, flag, 1);
        }
        let end = self.emit.jump();
        self.emit.land(by_zero);
        self.store(&join, expr, otherwise);
        self.emit.land(end);
        if let Some(missing) = missing {
            self.emit.land(missing);
        }
        self.joined(&join, expr, absent)
    }

    /// `w[x] / w[y]` with the decimals of the result: the mantissas' quotient times ten to the power of
    /// `result + divisor - dividend` in scales.
    fn quotient(
        &mut self,
        expr: &Expr,
        join: &super::logic::Join,
        sides: [(u8, Operand); 2],
        rounding: Rounding,
    ) {
        let [(x, dividend), (y, divisor)] = sides;
        let reached = number_of(expr.ty)
            .scale
            .saturating_add(divisor.number.scale);
        let (places, y) = match reached.checked_sub(dividend.number.scale) {
            Some(places) => (places, y),
            None => {
                let places = dividend.number.scale.saturating_sub(reached);
                (
                    0,
                    self.emit
                        .fresh(Bank::Wide, Op::ScaleW, y, 0, u32::from(places)),
                )
            }
        };
        if places > MAX_SCALE {
            self.report(limits::number_too_large(expr.span));
        }
        let imm = (u32::from(places) << 8) | u32::from(rounding.code());
        self.produce(join.register, join.bank, Bank::Wide, |this, dst| {
            this.emit.push(Op::DivW, dst, x, y, imm);
        });
    }

    /// Writes `dst` from a calculation in `bank`, by way of another register where `dst` is of the other bank.
    ///
    /// What was calculated in wide registers and has a narrow type lies in the range of that type, so that clamping
    /// it changes nothing.
    pub(super) fn produce(
        &mut self,
        dst: u8,
        dst_bank: Bank,
        bank: Bank,
        body: impl FnOnce(&mut Self, u8),
    ) {
        if bank == dst_bank {
            return body(self, dst);
        }
        let register = self.emit.register(bank);
        body(self, register);
        self.moved(register, bank, dst, dst_bank);
    }
}
