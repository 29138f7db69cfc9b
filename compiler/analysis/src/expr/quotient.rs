//! Quotients and percentages of something: rounded once, as it is said, or another value where there is nothing to divide by.

use quo_source::{Diagnostic, Span, codes};
use quo_syntax::ast;
use quo_value::Rounding;

use super::Reader;
use super::calls::builtin;
use super::convert::constant;
use super::ops::{MAX_SCALE, same_unit, unknown};
use super::rounding::mode;
use crate::hir::{BinaryOp, Builtin, Expr, ExprKind};
use crate::types::{Number, Type, Unit};

impl Reader<'_> {
    /// `A / B, rounded MODE to N places, otherwise V`.
    pub(super) fn quotient(
        &mut self,
        node: &ast::BinaryExpr,
        left: &ast::Expr,
        right: &ast::Expr,
        span: Span,
    ) -> Expr {
        let (dividend, divisor) = (self.read(left, None), self.read(right, None));
        let (Type::Number(a), Type::Number(b)) = (dividend.ty, divisor.ty) else {
            if dividend.ty != Type::Unknown && divisor.ty != Type::Unknown {
                let (a, b) = (
                    self.world.show().ty(dividend.ty),
                    self.world.show().ty(divisor.ty),
                );
                self.diagnostics.push(
                    Diagnostic::error(
                        codes::TYPE_MISMATCH,
                        format!("{a} cannot be divided by {b}"),
                    )
                    .at(span, "numbers are expected"),
                );
            }
            return unknown(span);
        };
        let unit = match (a.unit, b.unit) {
            (x, y) if same_unit(x, y) => Unit::Decimal,
            (x, Unit::Int | Unit::Decimal) => x,
            _ => {
                let (a, b) = (
                    self.world.show().ty(dividend.ty),
                    self.world.show().ty(divisor.ty),
                );
                self.diagnostics.push(
                    Diagnostic::error(
                        codes::TYPE_MISMATCH,
                        format!("{a} cannot be divided by {b}"),
                    )
                    .at(span, "two kinds that do not go together")
                    .also(dividend.span, a)
                    .also(divisor.span, b),
                );
                return unknown(span);
            }
        };
        let unit = if unit == Unit::Int {
            Unit::Decimal
        } else {
            unit
        };
        self.divide(
            dividend,
            divisor,
            unit,
            node.rounding(),
            node.otherwise(),
            span,
        )
    }

    /// `A as percent of B, rounded MODE to N places, otherwise P`.
    pub(super) fn percent_of(&mut self, node: &ast::PercentOfExpr, span: Span) -> Expr {
        let (Some(part), Some(whole)) = (node.part(), node.whole()) else {
            return unknown(span);
        };
        let part = self.read(&part, None);
        let whole = self.read(&whole, Some(part.ty));
        if part.ty == Type::Unknown || whole.ty == Type::Unknown {
            return unknown(span);
        }
        let numbers = matches!((part.ty, whole.ty), (Type::Number(_), Type::Number(_)));
        if !numbers || !super::ops::of_one_kind(part.ty, whole.ty) {
            let show = self.world.show();
            let (a, b) = (show.ty(part.ty), show.ty(whole.ty));
            self.diagnostics.push(
                Diagnostic::error(codes::TYPE_MISMATCH, format!("{a} is no percentage of {b}"))
                    .at(span, "two numbers of one kind are expected")
                    .also(part.span, a)
                    .also(whole.span, b),
            );
            return unknown(span);
        }
        self.divide(
            part,
            whole,
            Unit::Percent,
            node.rounding(),
            node.otherwise(),
            span,
        )
    }

    fn divide(
        &mut self,
        dividend: Expr,
        divisor: Expr,
        unit: Unit,
        rounding: Option<ast::Rounding>,
        otherwise: Option<ast::Otherwise>,
        span: Span,
    ) -> Expr {
        if !self.ops().present(&dividend, "a quotient")
            || !self.ops().present(&divisor, "a quotient")
        {
            return unknown(span);
        }
        let Some(rounding) = rounding else {
            return unknown(span);
        };
        // The parser has asked for the value; the rounding may be wrong, too.
        let Some(otherwise) = otherwise.and_then(|clause| clause.value()) else {
            if let Some(to @ (ast::RoundingTo::Places(_) | ast::RoundingTo::PlacesOf(_))) =
                rounding.to()
            {
                self.places(&to, unit);
            }
            return unknown(span);
        };
        let wanted = Type::Number(Number {
            unit,
            scale: MAX_SCALE,
            min: i128::MIN,
            max: i128::MAX,
        });
        let otherwise = self.read(&otherwise, Some(wanted));
        let otherwise = super::fit::adapted(otherwise, wanted);
        if !self.ops().present(&otherwise, "a quotient") {
            return unknown(span);
        }
        self.divided(dividend, divisor, unit, &rounding, otherwise, span)
    }

    /// A quotient, rounded once as it is said; `otherwise` where the divisor is zero.
    pub(super) fn divided(
        &mut self,
        dividend: Expr,
        divisor: Expr,
        unit: Unit,
        rounding: &ast::Rounding,
        otherwise: Expr,
        span: Span,
    ) -> Expr {
        let Some(mode) = rounding.mode().map(mode) else {
            return unknown(span);
        };
        let quotient = match rounding.to() {
            Some(to @ (ast::RoundingTo::Places(_) | ast::RoundingTo::PlacesOf(_))) => {
                match self.places(&to, unit) {
                    Some(scale) => {
                        self.at_places(dividend, divisor, (unit, scale), mode, otherwise)
                    }
                    None => unknown(span),
                }
            }
            Some(ast::RoundingTo::Currency) => {
                self.in_minor_units(dividend, divisor, unit, mode, otherwise, span)
            }
            Some(ast::RoundingTo::Steps(step)) => {
                self.in_steps(dividend, divisor, (unit, &step), mode, otherwise, span)
            }
            None => unknown(span),
        };
        Expr { span, ..quotient }
    }

    /// A quotient rounded to so many places.
    fn at_places(
        &mut self,
        dividend: Expr,
        divisor: Expr,
        (unit, scale): (Unit, u8),
        mode: Rounding,
        otherwise: Expr,
    ) -> Expr {
        let span = dividend.span.to(divisor.span);
        let (Type::Number(a), Type::Number(b)) = (dividend.ty, divisor.ty) else {
            return unknown(span);
        };
        let Some(otherwise) = self.otherwise_fits(otherwise, unit, scale) else {
            return unknown(span);
        };
        // |a / b| is at most |a| / |b|, where b is at least one of its last decimal; the range is what that gives at the
        // scale, one wider for the rounding.
        let least = if b.min > 0 {
            b.min.unsigned_abs()
        } else if b.max < 0 {
            b.max.unsigned_abs()
        } else {
            1
        };
        let widest = a.min.unsigned_abs().max(a.max.unsigned_abs());
        let factor = quo_value::pow10_i128(scale.saturating_add(b.scale).saturating_sub(a.scale))
            .map(i128::unsigned_abs);
        let most = factor
            .and_then(|factor| widest.checked_mul(factor))
            .map(|most| most.checked_div(least).unwrap_or(most))
            .and_then(|most| i128::try_from(most).ok())
            .and_then(|most| most.checked_add(1));
        let (low, high) = match otherwise.ty {
            Type::Number(number) => {
                super::ops::rescaled(number, scale).unwrap_or((-i128::MAX, i128::MAX))
            }
            _ => (0, 0),
        };
        let range = most.map_or((-i128::MAX, i128::MAX), |most| (-most, most));
        let range = Some((range.0.min(low), range.1.max(high)));
        let Some(number) = self.ops().number(unit, scale, range, span) else {
            return unknown(span);
        };
        let kind = ExprKind::Divide {
            dividend: Box::new(dividend),
            divisor: Box::new(divisor),
            rounding: mode,
            otherwise: Box::new(otherwise),
        };
        Expr {
            kind,
            ty: Type::Number(number),
            optional: false,
            span,
        }
    }

    /// A quotient rounded to the minor unit of the currency of the quote, whichever that is.
    fn in_minor_units(
        &mut self,
        dividend: Expr,
        divisor: Expr,
        unit: Unit,
        mode: Rounding,
        otherwise: Expr,
        span: Span,
    ) -> Expr {
        let places: Vec<u8> = match unit {
            Unit::Money => {
                let of = |currency: &quo_value::Currency| currency.minor_units();
                let mut places: Vec<u8> = self.world.currencies.iter().map(of).collect();
                places.sort_unstable();
                places.dedup();
                places
            }
            Unit::MoneyIn(currency) => vec![currency.minor_units()],
            _ => {
                let found = self.world.show().ty(Type::Number(Number {
                    unit,
                    scale: 0,
                    min: 0,
                    max: 0,
                }));
                self.diagnostics.push(
                    Diagnostic::error(
                        codes::TYPE_MISMATCH,
                        format!("{found} has no minor unit to be rounded to"),
                    )
                    .at(span, "`to currency` rounds amounts of money")
                    .note("write `to N places`"),
                );
                return unknown(span);
            }
        };
        self.named_once(dividend, divisor, span, |this, dividend, divisor| {
            let mut whole: Option<Expr> = None;
            for scale in places.iter().rev() {
                let quotient = this.at_places(
                    dividend.clone(),
                    divisor.clone(),
                    (unit, *scale),
                    mode,
                    otherwise.clone(),
                );
                if quotient.ty == Type::Unknown {
                    return quotient;
                }
                whole = Some(match whole {
                    None => quotient,
                    Some(finer) => this.where_minor_units_are(*scale, quotient, finer, span),
                });
            }
            whole.unwrap_or_else(|| unknown(span))
        })
    }

    /// The first value for currencies with so many decimals, the second for all others.
    fn where_minor_units_are(
        &mut self,
        scale: u8,
        then: Expr,
        otherwise: Expr,
        span: Span,
    ) -> Expr {
        let (Type::Number(a), Type::Number(b)) = (then.ty, otherwise.ty) else {
            return unknown(span);
        };
        let Some(number) = self.joined(a, b, span) else {
            return unknown(span);
        };
        let count = Type::Number(Number {
            unit: Unit::Int,
            scale: 0,
            min: 0,
            max: i128::from(MAX_SCALE),
        });
        // Nobody wrote this test, so that it has no text.
        let span = span.after();
        let units = builtin(Builtin::MinorUnits, Vec::new(), count, span);
        let wanted = constant(i128::from(scale), 0, Unit::Int, span);
        let condition = Expr {
            kind: ExprKind::Binary(BinaryOp::Eq, Box::new(units), Box::new(wanted)),
            ty: Type::Bool,
            optional: false,
            span,
        };
        let whole = then.span;
        chosen(condition, then, otherwise, Type::Number(number), whole)
    }

    /// A quotient rounded to a multiple of a step: the quotient by divisor and step is a whole number of steps.
    fn in_steps(
        &mut self,
        dividend: Expr,
        divisor: Expr,
        (unit, step): (Unit, &ast::Expr),
        mode: Rounding,
        otherwise: Expr,
        span: Span,
    ) -> Expr {
        let wanted = Type::Number(Number {
            unit,
            scale: MAX_SCALE,
            min: i128::MIN,
            max: i128::MAX,
        });
        let step = self.read(step, Some(wanted));
        let step = super::fit::adapted(step, wanted);
        let Type::Number(size) = step.ty else {
            if step.ty != Type::Unknown {
                self.not_of(&step, wanted);
            }
            return unknown(span);
        };
        if !same_unit(size.unit, unit) {
            self.not_of(&step, wanted);
            return unknown(span);
        }
        if !self.ops().present(&step, "a rounding") {
            return unknown(span);
        }
        if size.min <= 0 {
            self.diagnostics.push(
                Diagnostic::error(codes::OUT_OF_RANGE, "a step is greater than zero")
                    .at(step.span, "not always greater than zero"),
            );
            return unknown(span);
        }
        let Some(otherwise) = self.otherwise_fits(otherwise, unit, MAX_SCALE) else {
            return unknown(span);
        };
        self.named_once(dividend, divisor, span, |this, dividend, divisor| {
            let Type::Number(b) = divisor.ty else {
                return unknown(span);
            };
            let bare = Number {
                unit: Unit::Decimal,
                ..b
            };
            let plain = Expr {
                ty: Type::Number(bare),
                ..divisor.clone()
            };
            let plain_step = Expr {
                ty: Type::Number(Number {
                    unit: Unit::Decimal,
                    ..size
                }),
                ..step.clone()
            };
            let by = this
                .ops()
                .arithmetic(BinaryOp::Mul, plain, plain_step, span);
            let none = constant(0, 0, Unit::Decimal, span);
            let steps = this.at_places(dividend, by, (Unit::Decimal, 0), mode, none);
            let multiple = this.ops().arithmetic(BinaryOp::Mul, steps, step, span);
            let (Type::Number(a), Type::Number(c)) = (multiple.ty, otherwise.ty) else {
                return unknown(span);
            };
            let Some(number) = this.joined(a, c, span) else {
                return unknown(span);
            };
            // Nobody wrote this test, so that it has no text.
            let zero = constant(0, 0, b.unit, span.after());
            let nothing = Expr {
                kind: ExprKind::Binary(BinaryOp::Eq, Box::new(divisor), Box::new(zero)),
                ty: Type::Bool,
                optional: false,
                span: span.after(),
            };
            chosen(nothing, otherwise, multiple, Type::Number(number), span)
        })
    }

    /// What is made of two values, each worked out once.
    fn named_once(
        &mut self,
        first: Expr,
        second: Expr,
        span: Span,
        make: impl FnOnce(&mut Self, Expr, Expr) -> Expr,
    ) -> Expr {
        let simple = |expr: &Expr| {
            matches!(
                expr.kind,
                ExprKind::Const(_)
                    | ExprKind::Local(_)
                    | ExprKind::Fact(_)
                    | ExprKind::Option { .. }
            )
        };
        let mut lets: Vec<(usize, Expr)> = Vec::new();
        let mut name = |this: &mut Self, value: Expr| {
            if simple(&value) {
                return value;
            }
            let local = this.next_local;
            this.next_local = local.saturating_add(1);
            let named = Expr {
                kind: ExprKind::Local(local),
                ..value.clone()
            };
            lets.push((local, value));
            named
        };
        let first = name(self, first);
        let second = name(self, second);
        let made = make(self, first, second);
        if made.ty == Type::Unknown {
            return made;
        }
        lets.into_iter()
            .rev()
            .fold(made, |body, (local, value)| Expr {
                ty: body.ty,
                optional: body.optional,
                span,
                kind: ExprKind::Let {
                    local,
                    name: value.span,
                    value: Box::new(value),
                    body: Box::new(body),
                },
            })
    }

    fn otherwise_fits(&mut self, otherwise: Expr, unit: Unit, scale: u8) -> Option<Expr> {
        match otherwise.ty {
            Type::Number(number) if same_unit(number.unit, unit) && number.scale <= scale => {
                Some(otherwise)
            }
            Type::Number(number) if same_unit(number.unit, unit) => {
                let decimals = super::fit::shown_decimals(Number {
                    unit,
                    scale,
                    ..number
                });
                self.diagnostics
                    .push(super::fit::too_many_decimals(otherwise.span, decimals));
                None
            }
            Type::Unknown => None,
            other => {
                let found = self.world.show().ty(other);
                let wanted = self.world.show().ty(Type::Number(Number {
                    unit,
                    scale,
                    min: 0,
                    max: 0,
                }));
                self.diagnostics.push(
                    Diagnostic::error(
                        codes::TYPE_MISMATCH,
                        format!("the value after `otherwise` is {found}, and {wanted} is expected"),
                    )
                    .at(otherwise.span, found),
                );
                None
            }
        }
    }
}

/// One of two values of a type.
fn chosen(condition: Expr, then: Expr, otherwise: Expr, ty: Type, span: Span) -> Expr {
    Expr {
        kind: ExprKind::If {
            condition: Box::new(condition),
            then: Box::new(then),
            otherwise: Box::new(otherwise),
        },
        ty,
        optional: false,
        span,
    }
}
