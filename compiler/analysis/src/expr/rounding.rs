//! Roundings, and what values are rounded to.

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
        self.rounded_value(value, &rounding, span)
    }

    /// A value, rounded as it is said.
    pub(super) fn rounded_value(
        &mut self,
        value: Expr,
        rounding: &ast::Rounding,
        span: Span,
    ) -> Expr {
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

    /// The scale of `to N places`; of a percentage two more, for its fraction.
    pub(super) fn places(&mut self, places: &ast::RoundingTo, unit: Unit) -> Option<u8> {
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
