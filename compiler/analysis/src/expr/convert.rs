//! Quantities: literals with a unit, and conversions from one unit into another.
//!
//! A conversion is said, never done silently. Into a unit that the other holds a whole number of times, or with a finite
//! number of decimals, it is exact; every other one says how it is rounded.

use quo_source::{Diagnostic, Span, codes};
use quo_syntax::ast::{self, AstNode};
use quo_syntax::literal;

use super::Reader;
use super::ops::unknown;
use crate::decl::units::no_unit;
use crate::hir::{BinaryOp, Expr, ExprKind};
use crate::types::{Number, Type, Unit, Value};
use crate::world::unit_named;

/// The most decimals that an exact conversion adds.
const DECIMALS_MAX: u8 = 12;

impl Reader<'_> {
    /// `5 boxes`
    pub fn quantity(&mut self, amount: literal::Number, unit: &str, span: Span) -> Expr {
        let Some(unit) = unit_named(&self.world.units, unit) else {
            let diagnostic = no_unit(self.world, unit, span);
            self.diagnostics.push(diagnostic);
            return unknown(span);
        };
        constant(amount.mantissa, amount.scale, Unit::Measure(unit), span)
    }

    /// `X converted to U`, `X converted to U, rounded MODE to N places`.
    pub(super) fn converted(&mut self, node: &ast::ConvertedExpr, span: Span) -> Expr {
        let (Some(operand), Some(target)) = (node.operand(), node.target()) else {
            return unknown(span);
        };
        let value = self.read(&operand, None);
        if value.ty == Type::Unknown || !self.ops().present(&value, "a conversion") {
            return unknown(span);
        }
        let Type::Number(
            number @ Number {
                unit: Unit::Measure(from),
                ..
            },
        ) = value.ty
        else {
            let found = self.world.show().ty(value.ty);
            self.diagnostics.push(
                Diagnostic::error(
                    codes::TYPE_MISMATCH,
                    format!("a quantity is converted, but this is {found}"),
                )
                .at(value.span, found),
            );
            return unknown(span);
        };
        let word = target.text();
        let place = target.span(self.file);
        let Some(to) = unit_named(&self.world.units, &word) else {
            let money = literal::is_currency(&word) || word.contains('.');
            let diagnostic = no_unit(self.world, &word, place);
            self.diagnostics.push(match money {
                true => diagnostic.note(
                    "there are no exchange rates; give the amount in each currency as a fact",
                ),
                false => diagnostic,
            });
            return unknown(span);
        };
        let Some(ratio) = self.ratio(from, to) else {
            let show = self.world.show();
            let (a, b) = (show.unit_name(from), show.unit_name(to));
            self.diagnostics.push(
                Diagnostic::error(
                    codes::TYPE_MISMATCH,
                    format!("`{a}` and `{b}` measure different things"),
                )
                .at(place, "not a unit of the same kind")
                .also(value.span, self.world.show().ty(value.ty)),
            );
            return unknown(span);
        };
        let counted = Expr {
            ty: Type::Number(Number {
                unit: Unit::Measure(to),
                ..number
            }),
            ..value
        };
        self.by_ratio(counted, ratio, node.rounding(), span)
    }

    /// How many of a unit another one is, in lowest terms; `None` where they measure different things.
    fn ratio(&self, from: usize, to: usize) -> Option<(i128, i128)> {
        let (from, to) = (self.world.units.get(from)?, self.world.units.get(to)?);
        if from.base != to.base {
            return None;
        }
        let cut = greatest_common(from.numerator, to.numerator);
        let ten = greatest_common(from.denominator, to.denominator);
        let above = (from.numerator / cut).checked_mul(to.denominator / ten)?;
        let below = (from.denominator / ten).checked_mul(to.numerator / cut)?;
        let cut = greatest_common(above, below);
        Some((above / cut, below / cut))
    }

    fn by_ratio(
        &mut self,
        value: Expr,
        (above, below): (i128, i128),
        rounding: Option<ast::Rounding>,
        span: Span,
    ) -> Expr {
        let exact = (0..=DECIMALS_MAX).find_map(|places| {
            let power = quo_value::pow10_i128(places)?;
            (power % below == 0).then(|| Some((above.checked_mul(power / below)?, places)))?
        });
        match (exact, rounding) {
            (Some((1, 0)), None) => Expr { span, ..value },
            (Some((factor, places)), rounding) => {
                let factor = constant(factor, places, Unit::Decimal, span);
                let product = self.ops().arithmetic(BinaryOp::Mul, value, factor, span);
                match rounding {
                    Some(rounding) => self.rounded_value(product, &rounding, span),
                    None => product,
                }
            }
            (None, Some(rounding)) => {
                let unit = match value.ty {
                    Type::Number(number) => number.unit,
                    _ => return unknown(span),
                };
                let (above, below) = (
                    constant(above, 0, Unit::Int, span),
                    constant(below, 0, Unit::Int, span),
                );
                let product = self.ops().arithmetic(BinaryOp::Mul, value, above, span);
                let nothing = constant(0, 0, unit, span);
                self.divided(product, below, unit, &rounding, nothing, span)
            }
            (None, None) => {
                self.diagnostics.push(
                    Diagnostic::error(
                        codes::INEXACT,
                        "this conversion has no exact result and does not say how it is rounded",
                    )
                    .at(span, "one is no finite number of the other")
                    .suggest(
                        "state the rounding",
                        span.after(),
                        ", rounded half up to 2 places",
                    ),
                );
                unknown(span)
            }
        }
    }
}

/// A constant number.
pub(super) fn constant(mantissa: i128, scale: u8, unit: Unit, span: Span) -> Expr {
    Expr {
        kind: ExprKind::Const(Value::Number(mantissa)),
        ty: Type::Number(Number {
            unit,
            scale,
            min: mantissa,
            max: mantissa,
        }),
        optional: false,
        span,
    }
}

fn greatest_common(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a.max(1), b.max(1));
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
