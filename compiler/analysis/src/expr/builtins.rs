//! Functions of the language that are called by name.

use quo_source::{Diagnostic, Span, codes};
use quo_syntax::ast;

use super::calls::builtin;
use super::ops::{rescaled, unknown};
use super::{Reader, fit};
use crate::hir::{BinaryOp, Builtin, Expr, ExprKind};
use crate::types::{Number, Type, Unit, Value};

/// Functions of the language that are called by name.
pub(super) const BUILTINS: [&str; 7] = [
    "larger",
    "smaller",
    "magnitude",
    "whole",
    "date",
    "money",
    "number",
];

impl Reader<'_> {
    pub(super) fn builtin(
        &mut self,
        name: &str,
        node: &ast::CallExpr,
        expected: Option<Type>,
        span: Span,
    ) -> Expr {
        let wanted: &[&str] = match name {
            "larger" | "smaller" => &["a", "b"],
            "date" => &["year", "month", "day"],
            _ => &["value"],
        };
        let Some(values) = self.arguments(node, name, wanted) else {
            return unknown(span);
        };
        let expected = expected.filter(|_| matches!(name, "larger" | "smaller" | "magnitude"));
        let mut read: Vec<Expr> = Vec::new();
        for value in &values {
            let like = expected.or(read.first().map(|first| first.ty));
            read.push(self.read(value, like));
        }
        if read.iter().any(|value| value.ty == Type::Unknown) {
            return unknown(span);
        }
        for value in &read {
            if !self.ops().present(value, "a calculation") {
                return unknown(span);
            }
        }
        match (name, read.as_slice()) {
            ("larger" | "smaller", [a, b]) => self.of_two(name, a.clone(), b.clone(), span),
            ("date", _) => self.date_of(read, span),
            (_, [value]) => self.of_one(name, value.clone(), span),
            _ => unknown(span),
        }
    }

    pub(super) fn of_two(&mut self, name: &str, a: Expr, b: Expr, span: Span) -> Expr {
        let (a, b) = fit::zero_of(a, b);
        let before = self.diagnostics.len();
        self.ops()
            .comparison(BinaryOp::Lt, a.clone(), b.clone(), span);
        if self.diagnostics.len() > before {
            return unknown(span);
        }
        let larger = name == "larger";
        let ty = match (a.ty, b.ty) {
            (Type::Number(x), Type::Number(y)) => {
                let scale = x.scale.max(y.scale);
                let range = rescaled(x, scale).zip(rescaled(y, scale)).map(|(x, y)| {
                    if larger {
                        (x.0.max(y.0), x.1.max(y.1))
                    } else {
                        (x.0.min(y.0), x.1.min(y.1))
                    }
                });
                let unit = if x.unit == y.unit {
                    x.unit
                } else {
                    Unit::Decimal
                };
                match self.ops().number(unit, scale, range, span) {
                    Some(number) => Type::Number(number),
                    None => return unknown(span),
                }
            }
            (ty, _) => ty,
        };
        let function = if larger {
            Builtin::Larger
        } else {
            Builtin::Smaller
        };
        let arguments = match ty {
            Type::Number(number) => vec![fit::retyped(a, number), fit::retyped(b, number)],
            _ => vec![a, b],
        };
        builtin(function, arguments, ty, span)
    }

    pub(super) fn of_one(&mut self, name: &str, value: Expr, span: Span) -> Expr {
        let Type::Number(number) = value.ty else {
            let found = self.world.show().ty(value.ty);
            self.diagnostics.push(
                Diagnostic::error(
                    codes::TYPE_MISMATCH,
                    format!("`{name}` is of a number, but this is {found}"),
                )
                .at(value.span, found),
            );
            return unknown(span);
        };
        match name {
            "magnitude" => {
                let most = number.min.saturating_neg().max(number.max);
                let ty = Type::Number(Number {
                    min: 0,
                    max: most,
                    ..number
                });
                builtin(Builtin::Magnitude, vec![value], ty, span)
            }
            "whole" => {
                let factor = quo_value::pow10_i128(number.scale).unwrap_or(1);
                let ty = Type::Number(Number {
                    unit: Unit::Int,
                    scale: 0,
                    min: number.min.div_euclid(factor),
                    max: number.max.div_euclid(factor),
                });
                builtin(Builtin::Floor, vec![value], ty, span)
            }
            "money" if matches!(number.unit, Unit::Int | Unit::Decimal) => {
                let one = Expr {
                    kind: ExprKind::Const(Value::Number(1)),
                    ty: Type::Number(Number {
                        unit: Unit::Money,
                        scale: 0,
                        min: 1,
                        max: 1,
                    }),
                    optional: false,
                    span,
                };
                self.ops().arithmetic(BinaryOp::Mul, value, one, span)
            }
            "number"
                if matches!(
                    number.unit,
                    Unit::Money | Unit::MoneyIn(_) | Unit::Percent | Unit::Measure(_)
                ) =>
            {
                let ty = Type::Number(Number {
                    unit: Unit::Decimal,
                    ..number
                });
                Expr {
                    kind: ExprKind::Round {
                        value: Box::new(value),
                        rounding: quo_value::Rounding::HalfUp,
                        currency: false,
                    },
                    ty,
                    optional: false,
                    span,
                }
            }
            _ => {
                let found = self.world.show().ty(value.ty);
                let takes = if name == "money" {
                    "a number without a unit"
                } else {
                    "an amount, a percentage or a quantity"
                };
                self.diagnostics.push(
                    Diagnostic::error(
                        codes::TYPE_MISMATCH,
                        format!("`{name}` takes {takes}, but this is {found}"),
                    )
                    .at(value.span, found),
                );
                unknown(span)
            }
        }
    }
}
