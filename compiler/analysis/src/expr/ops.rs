//! The typing of operations: which types go together, and the scale and range of what comes out.
//!
//! Every refusal names both sides. Operands that are already wrong ([`Type::Unknown`]) are let through silently, so that
//! one mistake is reported once. Knows nothing of names or syntax.

use quo_source::{Diagnostic, Span, codes};

use crate::hir::{BinaryOp, Expr, ExprKind};
use crate::show::Show;
use crate::types::{Number, Type, Unit};

/// The largest scale of an intermediate result: 38 digits are all that 128 bits hold.
pub const MAX_SCALE: u8 = 30;

/// Where the operation stands and where its refusals go.
pub struct Ops<'a> {
    /// Names for messages.
    pub show: Show<'a>,
    /// Where refusals go.
    pub diagnostics: &'a mut Vec<Diagnostic>,
    /// Whether a range that outgrows 128 bits is left to the checks of the decision, as in functions, whose arguments are
    /// seldom as large as they may be.
    pub checked: bool,
}

impl Ops<'_> {
    /// A sum, difference or product.
    pub fn arithmetic(&mut self, op: BinaryOp, left: Expr, right: Expr, span: Span) -> Expr {
        if left.ty == Type::Unknown || right.ty == Type::Unknown {
            return unknown(span);
        }
        if !self.present(&left, "a calculation") || !self.present(&right, "a calculation") {
            return unknown(span);
        }
        let result = match (left.ty, right.ty) {
            (Type::Number(a), Type::Number(b)) if op == BinaryOp::Mul => {
                self.product(a, b, &left, &right, span)
            }
            (Type::Number(a), Type::Number(b)) => self.sum(op, a, b, &left, &right, span),
            _ => {
                self.cannot(op, &left, &right, span);
                None
            }
        };
        match result {
            Some(number) => binary(op, left, right, Type::Number(number), span),
            None => unknown(span),
        }
    }

    /// A comparison; `is` and `is not` for every type, order for numbers, days, periods and ordered enumerations.
    pub fn comparison(&mut self, op: BinaryOp, left: Expr, right: Expr, span: Span) -> Expr {
        let same = self.comparable(&left, &right, span);
        if same && !matches!(op, BinaryOp::Eq | BinaryOp::Ne) {
            self.must_have_order(left.ty, &left, span);
        }
        if let (true, Type::Number(a), Type::Number(b)) = (same, left.ty, right.ty) {
            // They meet at the larger scale.
            let scale = a.scale.max(b.scale);
            let range = rescaled(a, scale).and(rescaled(b, scale));
            self.number(a.unit, scale, range, span);
        }
        binary(op, left, right, Type::Bool, span)
    }

    /// A truth-valued operation.
    pub fn logic(&mut self, op: BinaryOp, left: Expr, right: Expr, span: Span) -> Expr {
        self.truth(&left);
        self.truth(&right);
        if left.ty == Type::Unknown || right.ty == Type::Unknown {
            return unknown(span);
        }
        binary(op, left, right, Type::Bool, span)
    }

    /// Requires a truth value.
    pub fn truth(&mut self, expr: &Expr) -> bool {
        match expr.ty {
            Type::Bool | Type::Unknown => true,
            other => {
                let found = self.show.ty(other);
                self.diagnostics.push(
                    Diagnostic::error(
                        codes::TYPE_MISMATCH,
                        format!("a condition is expected, but this is {found}"),
                    )
                    .at(expr.span, format!("{found}, neither true nor false"))
                    .note("a condition compares something, such as `quote.term >= 24 months`"),
                );
                false
            }
        }
    }

    /// Requires a value that cannot be absent.
    pub fn present(&mut self, expr: &Expr, place: &str) -> bool {
        if expr.optional {
            self.diagnostics.push(
                Diagnostic::error(
                    codes::MAY_BE_ABSENT,
                    format!("a value that may be absent cannot be used in {place}"),
                )
                .at(expr.span, "this may be absent")
                .note(
                    "say what holds without it, `(… otherwise …)`; compare it, ask whether it `is present`, or give the fact or option a default",
                ),
            );
        }
        !expr.optional
    }

    /// Whether two values are of one kind; says so if not.
    pub fn comparable(&mut self, left: &Expr, right: &Expr, span: Span) -> bool {
        let same = match (left.ty, right.ty) {
            (Type::Unknown, _) | (_, Type::Unknown) => return false,
            (a, b) => of_one_kind(a, b),
        };
        if !same {
            let (a, b) = (self.show.ty(left.ty), self.show.ty(right.ty));
            let mut diagnostic = Diagnostic::error(
                codes::TYPE_MISMATCH,
                format!("{a} cannot be compared with {b}"),
            )
            .also(left.span, a.clone());
            // A cell is compared with its heading: then its place is that of the right side.
            diagnostic = if span == right.span {
                diagnostic.at(span, b.clone())
            } else {
                diagnostic
                    .at(span, "two different kinds of values")
                    .also(right.span, b.clone())
            };
            if let Some((advice, place, text)) = advice(left, right) {
                diagnostic = diagnostic.suggest(advice, place, text);
            } else if let Some(note) = self.units_note(left.ty, right.ty) {
                diagnostic = diagnostic.note(note);
            } else if let Some(note) = note_for(left.ty, right.ty) {
                diagnostic = diagnostic.note(note);
            }
            self.diagnostics.push(diagnostic);
        }
        same
    }

    /// What to do about two different units, or a unit and none.
    fn units_note(&self, left: Type, right: Type) -> Option<String> {
        let unit = |ty| match ty {
            Type::Number(number) => Some(number.unit),
            _ => None,
        };
        let same = |a: usize, b: usize| {
            let base = |of: usize| self.show.units.get(of).map(|unit| unit.base);
            base(a) == base(b)
        };
        match (unit(left)?, unit(right)?) {
            (Unit::Measure(a), Unit::Measure(b)) if same(a, b) => Some(format!(
                "convert one of them, as in `(… converted to {})`",
                self.show.unit_name(a)
            )),
            (Unit::Measure(_), Unit::Measure(_)) => {
                Some("these units measure different things".to_owned())
            }
            (Unit::Measure(of), Unit::Int | Unit::Decimal)
            | (Unit::Int | Unit::Decimal, Unit::Measure(of)) => Some(format!(
                "write the unit, as in `5 {}`; `number(…)` is a quantity without it",
                self.show.unit_name(of)
            )),
            _ => None,
        }
    }

    fn must_have_order(&mut self, ty: Type, left: &Expr, span: Span) {
        let ordered = match ty {
            Type::Number(_)
            | Type::Date
            | Type::Months
            | Type::Days
            | Type::Instant
            | Type::Unknown => true,
            Type::Enum(index) => self.show.enum_is_ordered(index),
            Type::Bool
            | Type::Text
            | Type::Currency
            | Type::Product
            | Type::Record(_)
            | Type::List(_)
            | Type::Item(_) => false,
        };
        if !ordered {
            let found = self.show.ty(ty);
            let mut diagnostic = Diagnostic::error(
                codes::NO_ORDER,
                format!("{found} has no order, so it is neither smaller nor larger"),
            )
            .at(span, "compared by order here")
            .also(left.span, found);
            if let Type::Enum(index) = ty {
                diagnostic = diagnostic.note(format!(
                    "write `ordered enum {}` if its values are listed from lowest to highest",
                    self.show.enum_name(index)
                ));
            } else {
                diagnostic = diagnostic.note("ask with `is` or `is not`");
            }
            self.diagnostics.push(diagnostic);
        }
    }

    fn sum(
        &mut self,
        op: BinaryOp,
        a: Number,
        b: Number,
        left: &Expr,
        right: &Expr,
        span: Span,
    ) -> Option<Number> {
        let unit = match (a.unit, b.unit) {
            (x, y) if x == y => x,
            (Unit::Int, Unit::Decimal) | (Unit::Decimal, Unit::Int) => Unit::Decimal,
            _ => {
                self.cannot(op, left, right, span);
                return None;
            }
        };
        let scale = a.scale.max(b.scale);
        let range = rescaled(a, scale).zip(rescaled(b, scale)).and_then(
            |((a_min, a_max), (b_min, b_max))| {
                if op == BinaryOp::Add {
                    a_min.checked_add(b_min).zip(a_max.checked_add(b_max))
                } else {
                    a_min.checked_sub(b_max).zip(a_max.checked_sub(b_min))
                }
            },
        );
        self.number(unit, scale, range, span)
    }

    fn product(
        &mut self,
        a: Number,
        b: Number,
        left: &Expr,
        right: &Expr,
        span: Span,
    ) -> Option<Number> {
        let unit = match (a.unit, b.unit) {
            (Unit::Int, other)
            | (other, Unit::Int)
            | (Unit::Decimal, other)
            | (other, Unit::Decimal) => match other {
                Unit::Int if a.unit != b.unit => Unit::Decimal,
                Unit::Percent => Unit::Decimal,
                other => other,
            },
            (Unit::Percent, other) | (other, Unit::Percent) => other,
            _ => {
                self.cannot(BinaryOp::Mul, left, right, span);
                return None;
            }
        };
        let corners = [
            (a.min, b.min),
            (a.min, b.max),
            (a.max, b.min),
            (a.max, b.max),
        ];
        let products: Option<Vec<i128>> =
            corners.into_iter().map(|(x, y)| x.checked_mul(y)).collect();
        let range = products.and_then(|products| {
            products
                .iter()
                .copied()
                .min()
                .zip(products.iter().copied().max())
        });
        self.number(unit, a.scale.saturating_add(b.scale), range, span)
    }

    /// A number of this range, unless it leaves what 128 bits hold.
    pub fn number(
        &mut self,
        unit: Unit,
        scale: u8,
        range: Option<(i128, i128)>,
        span: Span,
    ) -> Option<Number> {
        let range = if self.checked {
            range.or(Some((-i128::MAX, i128::MAX)))
        } else {
            range
        };
        match range {
            Some((min, max)) if scale <= MAX_SCALE => Some(Number {
                unit,
                scale,
                min,
                max,
            }),
            _ => {
                self.diagnostics.push(
                    Diagnostic::error(codes::OUT_OF_RANGE, "the exact result may need more digits than there are (38)")
                        .at(span, "this can grow too large")
                        .note("round a part of it, such as `(…) rounded half up to 4 places`, or narrow the ranges of its inputs"),
                );
                None
            }
        }
    }

    fn cannot(&mut self, op: BinaryOp, left: &Expr, right: &Expr, span: Span) {
        let (a, b) = (self.show.ty(left.ty), self.show.ty(right.ty));
        let message = match op {
            BinaryOp::Add => format!("{a} and {b} cannot be added"),
            BinaryOp::Sub => format!("{b} cannot be taken from {a}"),
            _ => format!("{a} and {b} cannot be multiplied"),
        };
        let mut diagnostic = Diagnostic::error(codes::TYPE_MISMATCH, message)
            .at(span, "two kinds that do not go together")
            .also(left.span, a)
            .also(right.span, b);
        if is_percent(right.ty) && op != BinaryOp::Mul {
            diagnostic = diagnostic
                .note("a percentage needs its base: write `P% of X`, then add or subtract that");
        } else if let Some(note) = self
            .units_note(left.ty, right.ty)
            .filter(|_| op != BinaryOp::Mul)
        {
            diagnostic = diagnostic.note(note);
        } else if let Some(note) = note_for(left.ty, right.ty) {
            diagnostic = diagnostic.note(note);
        } else if is_calendar(left.ty) || is_calendar(right.ty) {
            diagnostic = diagnostic
                .note("a date moves by a period, such as `quote.date + 30 days` or `quote.date - 1 month`");
        }
        self.diagnostics.push(diagnostic);
    }
}

/// An expression that was wrong and has been reported.
#[must_use]
pub fn unknown(span: Span) -> Expr {
    Expr {
        kind: ExprKind::Const(crate::types::Value::Bool(false)),
        ty: Type::Unknown,
        optional: false,
        span,
    }
}

/// The range of a number at a larger scale.
#[must_use]
pub fn rescaled(number: Number, scale: u8) -> Option<(i128, i128)> {
    let factor = quo_value::pow10_i128(scale.checked_sub(number.scale)?)?;
    number
        .min
        .checked_mul(factor)
        .zip(number.max.checked_mul(factor))
}

fn binary(op: BinaryOp, left: Expr, right: Expr, ty: Type, span: Span) -> Expr {
    Expr {
        kind: ExprKind::Binary(op, Box::new(left), Box::new(right)),
        ty,
        optional: false,
        span,
    }
}

/// Whether values of two types compare.
#[must_use]
pub fn of_one_kind(a: Type, b: Type) -> bool {
    match (a, b) {
        (Type::Number(a), Type::Number(b)) => same_unit(a.unit, b.unit),
        (a, b) => a == b,
    }
}

/// Whether two numbers count the same.
#[must_use]
pub fn same_unit(a: Unit, b: Unit) -> bool {
    a == b
        || matches!(
            (a, b),
            (Unit::Int, Unit::Decimal) | (Unit::Decimal, Unit::Int)
        )
}

fn is_calendar(ty: Type) -> bool {
    matches!(ty, Type::Date | Type::Months | Type::Days)
}

fn is_percent(ty: Type) -> bool {
    matches!(
        ty,
        Type::Number(Number {
            unit: Unit::Percent,
            ..
        })
    )
}

/// A replacement that makes both sides agree, where there is an obvious one.
fn advice(left: &Expr, right: &Expr) -> Option<(String, Span, String)> {
    let whole = |number: &Number, expr: &Expr| match expr.kind {
        ExprKind::Const(crate::types::Value::Number(value)) if number.scale == 0 => Some(value),
        _ => None,
    };
    match (left.ty, right.ty) {
        (Type::Months, Type::Number(number)) => whole(&number, right).map(|n| {
            (
                "a period has a unit".to_owned(),
                right.span,
                format!("{n} months"),
            )
        }),
        (Type::Months, Type::Days) => match right.kind {
            ExprKind::Const(crate::types::Value::Days(days)) if days % 30 == 0 => Some((
                "months and days do not compare; did you mean months".to_owned(),
                right.span,
                format!("{} months", days / 30),
            )),
            _ => None,
        },
        (
            Type::Number(Number {
                unit: Unit::Percent,
                ..
            }),
            Type::Number(number),
        ) => whole(&number, right).map(|n| {
            (
                "a percentage is written with its sign".to_owned(),
                right.span,
                format!("{n}%"),
            )
        }),
        _ => None,
    }
}

fn note_for(left: Type, right: Type) -> Option<String> {
    let money = |ty| {
        matches!(
            ty,
            Type::Number(Number {
                unit: Unit::Money | Unit::MoneyIn(_),
                ..
            })
        )
    };
    if money(left) && money(right) {
        return Some("an amount for every currency is named once: `amount large_deal = 100_000 EUR, 110_000 USD`".to_owned());
    }
    match (left, right) {
        (Type::Months, Type::Days) | (Type::Days, Type::Months) => {
            Some("months have no fixed number of days".to_owned())
        }
        (Type::Enum(_), Type::Text) | (Type::Text, Type::Enum(_)) => {
            Some("the values of an enumeration are written without quotes".to_owned())
        }
        (Type::List(_), other) | (other, Type::List(_)) if !matches!(other, Type::List(_)) => {
            Some("say what of the list: `sum of …`, `largest of …`, `count of …`, or `any x in … where …`".to_owned())
        }
        _ => None,
    }
}
