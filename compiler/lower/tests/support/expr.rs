//! Typed expressions. Scales and ranges follow the rules of the language, as the checker works them out.

use super::{int, money, nowhere};
use quo_analysis::hir::{BinaryOp, Expr, ExprKind, Rules};
use quo_analysis::types::{Number, Type, Unit, Value};
use quo_value::Rounding;

fn expr(kind: ExprKind, ty: Type) -> Expr {
    Expr {
        kind,
        ty,
        optional: false,
        span: nowhere(),
    }
}

fn optional(kind: ExprKind, ty: Type, optional: bool) -> Expr {
    Expr {
        optional,
        ..expr(kind, ty)
    }
}

pub fn num(ty: Type) -> Number {
    match ty {
        Type::Number(number) => number,
        _ => panic!("{ty:?} is no number"),
    }
}

pub fn fact(rules: &Rules, name: &str) -> Expr {
    let slot = rules
        .facts
        .iter()
        .position(|fact| fact.name == name)
        .expect("a declared fact");
    let fact = &rules.facts[slot];
    optional(ExprKind::Fact(slot), fact.ty, fact.optional)
}

pub fn option(ty: Type, up: u8, option: usize) -> Expr {
    expr(ExprKind::Option { up, option }, ty)
}

pub fn part_option(ty: Type, part: usize, option: usize) -> Expr {
    optional(
        ExprKind::PartOption {
            up: 0,
            part,
            option,
        },
        ty,
        true,
    )
}

pub fn has(up: u8, part: usize, product: usize) -> Expr {
    expr(ExprKind::HasKind { up, part, product }, Type::Bool)
}

pub fn part_kind(part: usize) -> Expr {
    optional(ExprKind::PartKind { up: 0, part }, Type::Product, true)
}

pub fn count(up: u8, part: usize) -> Expr {
    expr(ExprKind::CountPart { up, part }, int(0, 100))
}

pub fn asked(adjustment: usize, ty: Type) -> Expr {
    expr(ExprKind::Asked(adjustment), ty)
}

pub fn amount_of(kind: ExprKind) -> Expr {
    expr(kind, money(2))
}

pub fn value(value: Value, ty: Type) -> Expr {
    expr(ExprKind::Const(value), ty)
}

pub fn constant(unit: Unit, scale: u8, mantissa: i128) -> Expr {
    let ty = Type::Number(Number {
        unit,
        scale,
        min: mantissa,
        max: mantissa,
    });
    value(Value::Number(mantissa), ty)
}

pub fn whole(mantissa: i128) -> Expr {
    constant(Unit::Int, 0, mantissa)
}

pub fn edition(index: usize) -> Expr {
    value(
        Value::Enum {
            of: 0,
            value: index,
        },
        Type::Enum(0),
    )
}

pub fn binary(op: BinaryOp, left: Expr, right: Expr) -> Expr {
    let ty = match op {
        BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul => {
            Type::Number(combined(op, num(left.ty), num(right.ty)))
        }
        _ => Type::Bool,
    };
    let absent = ty != Type::Bool && (left.optional || right.optional);
    optional(
        ExprKind::Binary(op, Box::new(left), Box::new(right)),
        ty,
        absent,
    )
}

fn combined(op: BinaryOp, a: Number, b: Number) -> Number {
    let unit = match (a.unit, b.unit) {
        (Unit::Money, _) | (_, Unit::Money) => Unit::Money,
        (one, other) if one == other && (op != BinaryOp::Mul || one == Unit::Int) => one,
        _ => Unit::Decimal,
    };
    if op == BinaryOp::Mul {
        let ends = [
            (a.min, b.min),
            (a.min, b.max),
            (a.max, b.min),
            (a.max, b.max),
        ];
        let ends = ends.map(|(x, y)| x.saturating_mul(y));
        let scale = a.scale + b.scale;
        return limited(
            unit,
            scale,
            *ends.iter().min().unwrap(),
            *ends.iter().max().unwrap(),
        );
    }
    let scale = a.scale.max(b.scale);
    let (a, b) = (raised(a, scale), raised(b, scale));
    match op {
        BinaryOp::Add => limited(
            unit,
            scale,
            a.0.saturating_add(b.0),
            a.1.saturating_add(b.1),
        ),
        _ => limited(
            unit,
            scale,
            a.0.saturating_sub(b.1),
            a.1.saturating_sub(b.0),
        ),
    }
}

fn raised(number: Number, scale: u8) -> (i128, i128) {
    let factor = 10_i128.pow(u32::from(scale - number.scale));
    (
        number.min.saturating_mul(factor),
        number.max.saturating_mul(factor),
    )
}

/// A number whose range stays inside what can be calculated with; the machine finds out what really leaves it.
fn limited(unit: Unit, scale: u8, min: i128, max: i128) -> Number {
    let limit = i128::MAX / 2;
    Number {
        unit,
        scale,
        min: min.clamp(-limit, limit),
        max: max.clamp(-limit, limit),
    }
}

pub fn negate(of: Expr) -> Expr {
    let number = num(of.ty);
    let ty = Type::Number(Number {
        min: -number.max,
        max: -number.min,
        ..number
    });
    let absent = of.optional;
    optional(ExprKind::Negate(Box::new(of)), ty, absent)
}

pub fn not(of: Expr) -> Expr {
    expr(ExprKind::Not(Box::new(of)), Type::Bool)
}

pub fn in_set(of: Expr, values: Vec<Value>) -> Expr {
    expr(ExprKind::InSet(Box::new(of), values), Type::Bool)
}

pub fn in_range(of: Expr, low: Expr, high: Expr) -> Expr {
    expr(
        ExprKind::InRange(Box::new(of), Box::new(low), Box::new(high)),
        Type::Bool,
    )
}

pub fn present(of: Expr, wanted: bool) -> Expr {
    expr(ExprKind::Present(Box::new(of), wanted), Type::Bool)
}

/// A quotient at `scale`: of amounts a fraction, else a plain decimal.
pub fn divide(
    dividend: Expr,
    divisor: Expr,
    scale: u8,
    rounding: Rounding,
    otherwise: Expr,
) -> Expr {
    let (a, b) = (num(dividend.ty), num(divisor.ty));
    let places = i32::from(scale) + i32::from(b.scale) - i32::from(a.scale);
    let factor = 10_i128.pow(places.max(0).unsigned_abs());
    // The smallest divisor is one of its last decimal.
    let largest = a
        .min
        .saturating_abs()
        .max(a.max.saturating_abs())
        .saturating_mul(factor);
    let other = raised(num(otherwise.ty), scale);
    let unit = if a.unit == Unit::Money {
        Unit::Percent
    } else {
        Unit::Decimal
    };
    let (min, max) = (largest.saturating_neg().min(other.0), largest.max(other.1));
    let absent = dividend.optional || divisor.optional || otherwise.optional;
    let kind = ExprKind::Divide {
        dividend: Box::new(dividend),
        divisor: Box::new(divisor),
        rounding,
        otherwise: Box::new(otherwise),
    };
    optional(kind, Type::Number(limited(unit, scale, min, max)), absent)
}

pub fn round(of: Expr, scale: u8, rounding: Rounding) -> Expr {
    let number = num(of.ty);
    let (min, max) = match number.scale.checked_sub(scale) {
        Some(places) => {
            let factor = 10_i128.pow(u32::from(places));
            (number.min.div_euclid(factor), number.max / factor + 1)
        }
        None => raised(number, scale),
    };
    let absent = of.optional;
    let kind = ExprKind::Round {
        value: Box::new(of),
        rounding,
        currency: false,
    };
    optional(
        kind,
        Type::Number(limited(number.unit, scale, min, max)),
        absent,
    )
}

pub fn round_to_currency(of: Expr, rounding: Rounding) -> Expr {
    let absent = of.optional;
    let kind = ExprKind::Round {
        value: Box::new(of),
        rounding,
        currency: true,
    };
    optional(kind, money(2), absent)
}

pub fn choose(condition: Expr, then: Expr, otherwise: Expr) -> Expr {
    let ty = match (then.ty, otherwise.ty) {
        (Type::Number(a), Type::Number(b)) => {
            let scale = a.scale.max(b.scale);
            let (x, y) = (raised(a, scale), raised(b, scale));
            let unit = if a.unit == b.unit {
                a.unit
            } else {
                Unit::Decimal
            };
            Type::Number(limited(unit, scale, x.0.min(y.0), x.1.max(y.1)))
        }
        (ty, _) => ty,
    };
    let absent = then.optional || otherwise.optional;
    let kind = ExprKind::If {
        condition: Box::new(condition),
        then: Box::new(then),
        otherwise: Box::new(otherwise),
    };
    optional(kind, ty, absent)
}
