//! Dates, periods, points in time and texts: what is asked of them and worked out from them.

use quo_source::{Diagnostic, Span, codes};
use quo_syntax::ast;
use quo_syntax::literal::PeriodUnit;

use super::Reader;
use super::calls::builtin;
use super::loops::whole;
use super::ops::unknown;
use crate::hir::{BinaryOp, Builtin, Expr, ExprKind};
use crate::types::{Number, Type, Unit, Value};

/// The most days between two days of the calendar (years 1 to 9999).
const DAYS_MAX: i128 = 3_652_059;
/// The most months between them.
const MONTHS_MAX: i128 = 119_988;
/// The most months or days that a period can have.
const PERIOD_MAX: i128 = u32::MAX as i128;

impl Reader<'_> {
    /// `days from A to B`, `months from A to B`, `seconds from A to B`
    pub(super) fn span_between(&mut self, node: &ast::SpanExpr, span: Span) -> Expr {
        let (Some(from), Some(to)) = (node.from(), node.to()) else {
            return unknown(span);
        };
        let (function, wanted, most) = match node.unit().as_str() {
            "days" => (Builtin::DaysBetween, Type::Date, DAYS_MAX),
            "months" => (Builtin::MonthsBetween, Type::Date, MONTHS_MAX),
            _ => (Builtin::SecondsBetween, Type::Instant, DAYS_MAX * 86_400),
        };
        let (from, to) = (self.read(&from, None), self.read(&to, None));
        if !self.is_of(&from, wanted) | !self.is_of(&to, wanted) {
            return unknown(span);
        }
        builtin(function, vec![from, to], whole(-most, most), span)
    }

    /// `n months`, `(n + 1) days`
    pub(super) fn period(&mut self, node: &ast::PeriodExpr, span: Span) -> Expr {
        let (Some(count), Some(unit)) = (node.count(), node.unit()) else {
            return unknown(span);
        };
        let count = self.read(&count, None);
        if self.whole_number(&count).is_none() {
            return unknown(span);
        }
        match unit {
            PeriodUnit::Days => builtin(Builtin::PeriodOfDays, vec![count], Type::Days, span),
            PeriodUnit::Years => {
                let twelve = constant(12, span);
                let months = self.ops().arithmetic(BinaryOp::Mul, count, twelve, span);
                builtin(Builtin::PeriodOfMonths, vec![months], Type::Months, span)
            }
            _ => builtin(Builtin::PeriodOfMonths, vec![count], Type::Months, span),
        }
    }

    /// `D + 30 days`, `D - n months`: `None` where neither side is a date.
    pub(super) fn moved(
        &mut self,
        op: BinaryOp,
        left: &Expr,
        right: &Expr,
        span: Span,
    ) -> Option<Expr> {
        let function = match (left.ty, right.ty) {
            (Type::Date, Type::Days) => Builtin::AddDays,
            (Type::Date, Type::Months) => Builtin::AddMonths,
            _ => return None,
        };
        if op == BinaryOp::Mul
            || !self.ops().present(left, "a calculation")
            || !self.ops().present(right, "a calculation")
        {
            return (op != BinaryOp::Mul).then(|| unknown(span));
        }
        let count = counted(right.clone());
        let count = if op == BinaryOp::Sub {
            self.ops()
                .arithmetic(BinaryOp::Sub, constant(0, span), count, span)
        } else {
            count
        };
        Some(builtin(
            function,
            vec![left.clone(), count],
            Type::Date,
            span,
        ))
    }

    /// `year of D`, `day of I in ZONE`, `months in P`, `length of T`
    pub(super) fn measure(&mut self, node: &ast::MeasureExpr, span: Span) -> Expr {
        let Some(operand) = node.operand() else {
            return unknown(span);
        };
        let value = self.read(&operand, None);
        let word = node.what();
        if let Some(zone) = node.zone() {
            let zone = self.read(&zone, Some(Type::Text));
            if !self.is_of(&value, Type::Instant) | !self.is_of(&zone, Type::Text) {
                return unknown(span);
            }
            if let ExprKind::Const(Value::Text(name)) = &zone.kind
                && !quo_value::is_time_zone(name)
            {
                self.diagnostics.push(
                    Diagnostic::error(
                        codes::UNKNOWN_NAME,
                        format!("there is no time zone `{name}`"),
                    )
                    .at(zone.span, "unknown time zone")
                    .note("zones have the names of the IANA database, such as \"Europe/Berlin\" or \"UTC\""),
                );
                return unknown(span);
            }
            return builtin(Builtin::DayInZone, vec![value, zone], Type::Date, span);
        }
        let (function, wanted, ty) = match (word.as_str(), node.is_in()) {
            ("months", _) => (Builtin::MonthsIn, Type::Months, whole(0, PERIOD_MAX)),
            ("days", _) => (Builtin::DaysIn, Type::Days, whole(0, PERIOD_MAX)),
            ("year", _) => (Builtin::Year, Type::Date, whole(1, 9_999)),
            ("month", _) => (Builtin::Month, Type::Date, whole(1, 12)),
            ("day", _) => (Builtin::DayOfMonth, Type::Date, whole(1, 31)),
            ("weekday", _) => (Builtin::Weekday, Type::Date, whole(1, 7)),
            _ => (Builtin::Length, Type::Text, whole(0, 1_000_000_000)),
        };
        if value.ty == Type::Instant && wanted == Type::Date {
            self.diagnostics.push(
                Diagnostic::error(
                    codes::TYPE_MISMATCH,
                    "a point in time has a day only in a time zone",
                )
                .at(value.span, "in which zone?")
                .note("write `day of … in \"Europe/Berlin\"`, which is a date"),
            );
            return unknown(span);
        }
        if !self.is_of(&value, wanted) {
            return unknown(span);
        }
        builtin(function, vec![value], ty, span)
    }

    /// `TEXT begins with TEXT`
    pub(super) fn begins_with(&mut self, left: &ast::Expr, right: &ast::Expr, span: Span) -> Expr {
        let (text, beginning) = (
            self.read(left, Some(Type::Text)),
            self.read(right, Some(Type::Text)),
        );
        if !self.is_of(&text, Type::Text) | !self.is_of(&beginning, Type::Text) {
            return unknown(span);
        }
        builtin(Builtin::BeginsWith, vec![text, beginning], Type::Bool, span)
    }

    /// `date(y, m, d)`
    pub(super) fn date_of(&mut self, arguments: Vec<Expr>, span: Span) -> Expr {
        for argument in &arguments {
            if self.whole_number(argument).is_none() {
                return unknown(span);
            }
        }
        builtin(Builtin::DateOf, arguments, Type::Date, span)
    }

    /// Whether a value is of a type and there; says so if not.
    fn is_of(&mut self, value: &Expr, wanted: Type) -> bool {
        if value.ty == Type::Unknown {
            return false;
        }
        if value.ty != wanted {
            self.not_of(value, wanted);
            return false;
        }
        self.ops().present(value, "a calculation")
    }
}

fn constant(value: i128, span: Span) -> Expr {
    Expr {
        kind: ExprKind::Const(Value::Number(value)),
        ty: Type::Number(Number {
            unit: Unit::Int,
            scale: 0,
            min: value,
            max: value,
        }),
        optional: false,
        span,
    }
}

/// The number in a period.
fn counted(period: Expr) -> Expr {
    let span = period.span;
    let function = match (&period.kind, period.ty) {
        (ExprKind::Const(Value::Days(count) | Value::Months(count)), _) => {
            return constant(i128::from(*count), span);
        }
        // `n months`: the number itself, which may be negative here.
        (
            ExprKind::Builtin {
                function: Builtin::PeriodOfDays | Builtin::PeriodOfMonths,
                arguments,
            },
            _,
        ) if arguments.len() == 1 => {
            return arguments.first().cloned().unwrap_or(period);
        }
        (_, Type::Days) => Builtin::DaysIn,
        _ => Builtin::MonthsIn,
    };
    builtin(function, vec![period], whole(0, PERIOD_MAX), span)
}
