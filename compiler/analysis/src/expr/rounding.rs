//! Roundings, quotients and percentages of something.

use quo_source::{Diagnostic, Span, codes};
use quo_syntax::ast::{self, AstNode};
use quo_value::Rounding;

use super::Reader;
use super::ops::{MAX_SCALE, same_unit, unknown};
use crate::hir::{Expr, ExprKind};
use crate::types::{Number, Type, Unit};

impl Reader<'_> {
    /// `X rounded MODE to N places`, `X rounded MODE to currency`.
    pub(super) fn rounded(
        &mut self,
        node: &ast::RoundedExpr,
        expected: Option<Type>,
        span: Span,
    ) -> Expr {
        let (Some(operand), Some(rounding)) = (node.operand(), node.rounding()) else {
            return unknown(span);
        };
        let value = self.read(&operand, expected);
        let Type::Number(number) = value.ty else {
            if value.ty != Type::Unknown {
                let found = self.world.show().ty(value.ty);
                self.diagnostics.push(
                    Diagnostic::error(codes::TYPE_MISMATCH, format!("{found} cannot be rounded"))
                        .at(value.span, "a number is expected"),
                );
            }
            return unknown(span);
        };
        if !self.ops().present(&value, "a calculation") {
            return unknown(span);
        }
        let Some(mode) = rounding.mode().map(mode) else {
            return unknown(span);
        };
        if let Some(ast::RoundingTo::Steps(step)) = rounding.to() {
            return self.stepped(value, number, &step, mode, span);
        }
        let (scale, currency) = match rounding.to() {
            Some(to @ (ast::RoundingTo::Places(_) | ast::RoundingTo::PlacesOf(_))) => {
                match self.places(&to, number.unit) {
                    Some(scale) => (scale, false),
                    None => return unknown(span),
                }
            }
            Some(ast::RoundingTo::Steps(_)) => return unknown(span),
            Some(ast::RoundingTo::Currency) if number.unit == Unit::Money => {
                (self.world.money_scale(), true)
            }
            Some(ast::RoundingTo::Currency) => {
                let found = self.world.show().ty(value.ty);
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
            None => return unknown(span),
        };
        let ty = Type::Number(at_scale(number, scale, 1));
        Expr {
            kind: ExprKind::Round {
                value: Box::new(value),
                rounding: mode,
                currency,
            },
            ty,
            optional: false,
            span,
        }
    }

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
        let (Type::Number(a), Type::Number(b)) = (dividend.ty, divisor.ty) else {
            return unknown(span);
        };
        if !self.ops().present(&dividend, "a quotient")
            || !self.ops().present(&divisor, "a quotient")
        {
            return unknown(span);
        }
        let Some(rounding) = rounding else {
            return unknown(span);
        };
        let (
            Some(mode),
            Some(places @ (ast::RoundingTo::Places(_) | ast::RoundingTo::PlacesOf(_))),
        ) = (rounding.mode().map(mode), rounding.to())
        else {
            if rounding.to().is_some() {
                self.diagnostics.push(
                    Diagnostic::error(
                        codes::INEXACT,
                        "a quotient is rounded to a number of places",
                    )
                    .at(rounding.span(self.file), "say how many")
                    .note("an amount is then rounded `to currency`"),
                );
            }
            return unknown(span);
        };
        let Some(scale) = self.places(&places, unit) else {
            return unknown(span);
        };
        let wanted = Type::Number(Number {
            unit,
            scale,
            min: i128::MIN,
            max: i128::MAX,
        });
        let otherwise = match otherwise.and_then(|clause| clause.value()) {
            Some(node) => {
                let value = self.read(&node, Some(wanted));
                super::fit::adapted(value, wanted)
            }
            // The parser has asked for it.
            None => return unknown(span),
        };
        let Some(otherwise) = self.otherwise_fits(otherwise, unit, scale) else {
            return unknown(span);
        };
        if !self.ops().present(&otherwise, "a quotient") {
            return unknown(span);
        }
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

    /// `X rounded MODE to steps of S`
    fn stepped(
        &mut self,
        value: Expr,
        number: Number,
        step: &ast::Expr,
        mode: Rounding,
        span: Span,
    ) -> Expr {
        let step = self.read(step, Some(value.ty));
        let step = super::fit::adapted(step, value.ty);
        let Type::Number(size) = step.ty else {
            if step.ty != Type::Unknown {
                self.not_of(&step, value.ty);
            }
            return unknown(span);
        };
        if !same_unit(size.unit, number.unit) {
            self.not_of(&step, value.ty);
            return unknown(span);
        }
        if !self.ops().present(&step, "a rounding") {
            return unknown(span);
        }
        if size.min <= 0 && size.max <= 0 {
            self.diagnostics.push(
                Diagnostic::error(codes::OUT_OF_RANGE, "a step is greater than zero")
                    .at(step.span, "never greater than zero"),
            );
            return unknown(span);
        }
        let wide = |end: i128| end.checked_add(if end < 0 { -size.max } else { size.max });
        let at = at_scale(number, size.scale, 1);
        let range = wide(at.min.min(0)).zip(wide(at.max.max(0)));
        let unit = if number.unit == Unit::Int && size.unit == Unit::Decimal {
            Unit::Decimal
        } else {
            number.unit
        };
        let Some(ty) = self.ops().number(unit, size.scale, range, span) else {
            return unknown(span);
        };
        Expr {
            kind: ExprKind::RoundToStep {
                value: Box::new(value),
                step: Box::new(step),
                rounding: mode,
            },
            ty: Type::Number(ty),
            optional: false,
            span,
        }
    }

    /// The scale of the shares of a spread amount, and whether they are of the minor unit of the currency.
    pub(super) fn spread_to(&mut self, how: &ast::Rounding, number: Number) -> Option<(u8, bool)> {
        match how.to()? {
            ast::RoundingTo::Currency if number.unit == Unit::Money => {
                Some((self.world.money_scale(), true))
            }
            to @ (ast::RoundingTo::Places(_) | ast::RoundingTo::PlacesOf(_)) => {
                Some((self.places(&to, number.unit)?, false))
            }
            _ => {
                self.diagnostics.push(
                    Diagnostic::error(codes::INEXACT, "shares are rounded to the currency, if they are money, or to a number of places")
                        .at(how.span(self.file), "not like this"),
                );
                None
            }
        }
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

    /// The scale of `to N places`; of a percentage two more, for its fraction.
    fn places(&mut self, places: &ast::RoundingTo, unit: Unit) -> Option<u8> {
        let (count, place) = match places {
            ast::RoundingTo::Places(literal) => (literal.integer().ok(), literal.span(self.file)),
            ast::RoundingTo::PlacesOf(node) => {
                let value = self.read(node, None);
                match (&value.kind, value.ty) {
                    (_, Type::Unknown) => return None,
                    (
                        ExprKind::Const(crate::types::Value::Number(count)),
                        Type::Number(Number { scale: 0, .. }),
                    ) => (u64::try_from(*count).ok(), value.span),
                    _ => (None, value.span),
                }
            }
            _ => return None,
        };
        let count = count
            .and_then(|count| u8::try_from(count).ok())
            .map(|count| {
                if unit == Unit::Percent {
                    count.saturating_add(2)
                } else {
                    count
                }
            });
        if count.is_none_or(|count| count > MAX_SCALE) {
            self.diagnostics.push(
                Diagnostic::error(
                    codes::OUT_OF_RANGE,
                    "this is not a number of decimal places",
                )
                .at(place, format!("a whole number from 0 to {}", MAX_SCALE - 2)),
            );
            return None;
        }
        count
    }
}

/// The number rounded to a scale: its range, one unit wider for the rounding.
fn at_scale(number: Number, scale: u8, wider: i128) -> Number {
    let (min, max) = if scale >= number.scale {
        super::ops::rescaled(number, scale).unwrap_or((-i128::MAX, i128::MAX))
    } else {
        let factor = quo_value::pow10_i128(number.scale - scale).unwrap_or(1);
        let down = |value: i128| value.checked_div(factor).unwrap_or(value);
        (
            down(number.min).saturating_sub(wider),
            down(number.max).saturating_add(wider),
        )
    };
    Number {
        scale,
        min,
        max,
        ..number
    }
}

/// The rounding mode of the tree.
pub fn mode(mode: ast::RoundingMode) -> Rounding {
    match mode {
        ast::RoundingMode::HalfUp => Rounding::HalfUp,
        ast::RoundingMode::HalfEven => Rounding::HalfEven,
        ast::RoundingMode::HalfDown => Rounding::HalfDown,
        ast::RoundingMode::Up => Rounding::Up,
        ast::RoundingMode::Down => Rounding::Down,
        ast::RoundingMode::Ceiling => Rounding::Ceiling,
        ast::RoundingMode::Floor => Rounding::Floor,
    }
}
