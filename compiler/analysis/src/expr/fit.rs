//! Whether a value fits a declared type: at its scale, within its bounds.

use quo_source::{Diagnostic, Span, codes};

use super::ops::{rescaled, same_unit};
use crate::hir::{Expr, ExprKind};
use crate::show::{Show, number_text};
use crate::types::{Number, Type, Value};

/// The constant of an expression as a value of a type, at its scale; reports why not.
pub fn constant(
    expr: &Expr,
    ty: Type,
    show: Show<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Value> {
    if expr.ty == Type::Unknown || ty == Type::Unknown {
        return None;
    }
    let ExprKind::Const(value) = &expr.kind else {
        diagnostics.push(
            Diagnostic::error(codes::NOT_HERE, "a fixed value is expected")
                .at(expr.span, "this is worked out"),
        );
        return None;
    };
    match (ty, expr.ty) {
        (Type::Number(wanted), Type::Number(found)) if same_unit(wanted.unit, found.unit) => {
            if found.scale > wanted.scale {
                diagnostics.push(finer_than(expr.span, found, wanted));
                return None;
            }
            let Some((mantissa, _)) = rescaled(found, wanted.scale) else {
                diagnostics.push(outside(expr.span, &number_text(found.min, found), wanted));
                return None;
            };
            if mantissa < wanted.min || mantissa > wanted.max {
                diagnostics.push(outside(expr.span, &number_text(mantissa, wanted), wanted));
                return None;
            }
            Some(Value::Number(mantissa))
        }
        (wanted, found) if wanted == found => Some(value.clone()),
        (wanted, found) => {
            diagnostics.push(mismatch(expr.span, wanted, found, show));
            None
        }
    }
}

/// Whether every value of an expression fits a type, so that the expression may stand for a value of it.
pub fn always(expr: &Expr, ty: Type, show: Show<'_>, diagnostics: &mut Vec<Diagnostic>) -> bool {
    match (ty, expr.ty) {
        (Type::Unknown, _) | (_, Type::Unknown) => false,
        (Type::Number(wanted), Type::Number(found)) if same_unit(wanted.unit, found.unit) => {
            if found.scale > wanted.scale {
                diagnostics.push(finer_than(expr.span, found, wanted));
                return false;
            }
            let fits = rescaled(found, wanted.scale)
                .is_some_and(|(min, max)| min >= wanted.min && max <= wanted.max);
            if !fits {
                diagnostics.push(
                    Diagnostic::error(
                        codes::OUTSIDE_BOUNDS,
                        "this can be outside the bounds of what it is for",
                    )
                    .at(
                        expr.span,
                        format!(
                            "from {} to {}",
                            number_text(found.min, found),
                            number_text(found.max, found)
                        ),
                    )
                    .note(format!(
                        "allowed: from {} to {}",
                        number_text(wanted.min, wanted),
                        number_text(wanted.max, wanted)
                    )),
                );
            }
            fits
        }
        (wanted, found) if wanted == found => true,
        (wanted, found) => {
            diagnostics.push(mismatch(expr.span, wanted, found, show));
            false
        }
    }
}

/// The diagnostic for a value of another kind.
pub fn mismatch(span: Span, wanted: Type, found: Type, show: Show<'_>) -> Diagnostic {
    let (wanted, found) = (show.ty(wanted), show.ty(found));
    Diagnostic::error(
        codes::TYPE_MISMATCH,
        format!("{wanted} is expected, but this is {found}"),
    )
    .at(span, format!("{found}, not {wanted}"))
}

/// The diagnostic for a number with more decimals than a type has.
pub fn finer_than(span: Span, found: Number, wanted: Number) -> Diagnostic {
    let diagnostic = too_many_decimals(span, shown_decimals(wanted));
    match shown_decimals(found) {
        1 => diagnostic.note("this has 1 decimal"),
        has => diagnostic.note(format!("this has up to {has} decimals")),
    }
}

/// The diagnostic for more decimals than there may be.
pub fn too_many_decimals(span: Span, decimals: u8) -> Diagnostic {
    let places = match decimals {
        0 => "without decimals".to_owned(),
        1 => "at most 1 decimal".to_owned(),
        more => format!("at most {more} decimals"),
    };
    Diagnostic::error(codes::TOO_MANY_DECIMALS, "more decimals than there may be").at(span, places)
}

/// The diagnostic for a number with more digits than those it is compared with can have.
pub fn too_large(span: Span) -> Diagnostic {
    Diagnostic::error(codes::OUT_OF_RANGE, "this number has too many digits")
        .at(span, "larger than any value it could meet")
}

fn outside(span: Span, value: &str, wanted: Number) -> Diagnostic {
    Diagnostic::error(
        codes::OUTSIDE_BOUNDS,
        format!("{value} is outside the bounds"),
    )
    .at(
        span,
        format!(
            "allowed: from {} to {}",
            number_text(wanted.min, wanted),
            number_text(wanted.max, wanted)
        ),
    )
}

/// The decimals of a number as its author counts them.
pub fn shown_decimals(number: Number) -> u8 {
    if number.unit == crate::types::Unit::Percent {
        number.scale.saturating_sub(2)
    } else {
        number.scale
    }
}

/// A constant number without a unit as what is expected: an amount or a quantity where one is expected.
///
/// Only where a value is handed to something that states its type, as a parameter, a field or a cell does.
#[must_use]
pub fn adapted(expr: Expr, ty: Type) -> Expr {
    use crate::types::Unit;
    match (&expr.kind, expr.ty, ty) {
        (
            ExprKind::Const(Value::Number(_)),
            Type::Number(
                number @ Number {
                    unit: Unit::Int | Unit::Decimal,
                    ..
                },
            ),
            Type::Number(Number {
                unit: unit @ (Unit::Money | Unit::MoneyIn(_) | Unit::Measure(_)),
                ..
            }),
        ) => Expr {
            ty: Type::Number(Number { unit, ..number }),
            ..expr
        },
        _ => expr,
    }
}

/// Two operands of which a bare 0 takes the unit of the other: nothing is nothing in every currency.
#[must_use]
pub fn zero_of(left: Expr, right: Expr) -> (Expr, Expr) {
    let zero = |expr: &Expr| matches!(expr.kind, ExprKind::Const(Value::Number(0)));
    if zero(&left) {
        (adapted(left, right.ty), right)
    } else if zero(&right) {
        let ty = left.ty;
        (left, adapted(right, ty))
    } else {
        (left, right)
    }
}

/// The expression as a number of exactly this unit, scale and width.
#[must_use]
pub fn retyped(expr: Expr, to: Number) -> Expr {
    let Type::Number(found) = expr.ty else {
        return expr;
    };
    let ty = Type::Number(to);
    if let (ExprKind::Const(Value::Number(value)), true) = (&expr.kind, found.scale <= to.scale) {
        let factor = quo_value::pow10_i128(to.scale.saturating_sub(found.scale));
        if let Some(value) = factor.and_then(|factor| value.checked_mul(factor)) {
            return Expr {
                kind: ExprKind::Const(Value::Number(value)),
                ty,
                ..expr
            };
        }
    }
    if found.scale == to.scale && found.is_narrow() == to.is_narrow() {
        return Expr { ty, ..expr };
    }
    let (optional, span) = (expr.optional, expr.span);
    Expr {
        kind: ExprKind::Round {
            value: Box::new(expr),
            rounding: quo_value::Rounding::HalfUp,
            currency: false,
        },
        ty,
        optional,
        span,
    }
}
