//! Literals of the tree as typed constants.

use quo_source::{Diagnostic, FileId, Span, codes};
use quo_syntax::ast::{self, AstNode};
use quo_syntax::literal::{self, PeriodUnit};
use quo_value::{Currency, Date};

use crate::types::{Number, Type, Unit, Value};

/// The constant of a literal with its type; reports what is wrong with it.
pub fn literal(
    node: &ast::Literal,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<(Value, Type)> {
    let span = node.span(file);
    match node.value() {
        Ok(value) => constant(value, span, diagnostics),
        // What is wrong with its text the parser has reported.
        Err(_) => None,
    }
}

/// The constant of a literal's value.
pub fn constant(
    value: literal::Value,
    span: Span,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<(Value, Type)> {
    Some(match value {
        literal::Value::Bool(truth) => (Value::Bool(truth), Type::Bool),
        literal::Value::Number(number) => {
            let unit = if number.scale == 0 {
                Unit::Int
            } else {
                Unit::Decimal
            };
            exact(number.mantissa, number.scale, unit)
        }
        literal::Value::Percent(number) => exact(
            number.mantissa,
            number.scale.saturating_add(2),
            Unit::Percent,
        ),
        literal::Value::Money { amount, currency } => {
            let Some(found) = Currency::from_code(&currency) else {
                diagnostics.push(unknown_currency(&currency, span));
                return None;
            };
            exact(amount.mantissa, amount.scale, Unit::MoneyIn(found))
        }
        // Which units there are is known to readers of expressions only.
        literal::Value::Quantity { .. } => return None,
        literal::Value::Period { count, unit } => match unit {
            PeriodUnit::Months => (Value::Months(count), Type::Months),
            PeriodUnit::Years => (Value::Months(count.saturating_mul(12)), Type::Months),
            PeriodUnit::Days => (Value::Days(count), Type::Days),
            PeriodUnit::Minutes | PeriodUnit::Hours => {
                diagnostics.push(
                    Diagnostic::error(codes::TYPE_MISMATCH, "hours and minutes are time limits of tasks and approvals, not periods of a contract")
                        .at(span, "a number of months or days is expected"),
                );
                return None;
            }
        },
        literal::Value::Date(date) => (Value::Date(day(date)?), Type::Date),
        literal::Value::Instant(seconds) => (Value::Instant(seconds), Type::Instant),
        literal::Value::Text(text) => (Value::Text(text), Type::Text),
    })
}

/// A day of the tree as a date.
#[must_use]
pub fn day(date: literal::Date) -> Option<Date> {
    Date::from_ymd(i16::try_from(date.year).ok()?, date.month, date.day)
}

/// The diagnostic for three letters that are no currency.
pub fn unknown_currency(code: &str, span: Span) -> Diagnostic {
    let codes: Vec<&'static str> = Currency::all().map(Currency::code).collect();
    let diagnostic = Diagnostic::error(
        codes::UNKNOWN_CURRENCY,
        format!("`{code}` is not a currency of ISO 4217"),
    )
    .at(span, "no such currency");
    match crate::show::nearest(code, codes) {
        Some(near) => diagnostic.suggest(format!("did you mean `{near}`"), span, near),
        None => diagnostic,
    }
}

fn exact(mantissa: i128, scale: u8, unit: Unit) -> (Value, Type) {
    (
        Value::Number(mantissa),
        Type::Number(Number {
            unit,
            scale,
            min: mantissa,
            max: mantissa,
        }),
    )
}
