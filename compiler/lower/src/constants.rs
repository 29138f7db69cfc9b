//! Constants and types as the machine holds them.

use quo_analysis::types::{Number, Type, Unit, Value};
use quo_model::{ABSENT, NONE, ValueType};

use crate::strings::StringIds;

/// The narrow encoding of a constant: its mantissa, ordinal, index, day or string; `None` where it has none.
pub(crate) fn encode(value: &Value, strings: &StringIds<'_>) -> Option<i64> {
    match value {
        Value::Bool(value) => Some(i64::from(*value)),
        Value::Number(mantissa) => narrow(*mantissa),
        Value::Instant(seconds) => narrow(i128::from(*seconds)),
        Value::Date(date) => Some(i64::from(date.days())),
        Value::Months(count) | Value::Days(count) => Some(i64::from(*count)),
        Value::Text(text) => strings.get(text).map(i64::from),
        Value::Currency(index) | Value::Enum { value: index, .. } | Value::Product(index) => {
            i64::try_from(*index).ok()
        }
    }
}

/// A mantissa that fits a narrow register beside "absent".
pub(crate) fn narrow(mantissa: i128) -> Option<i64> {
    i64::try_from(mantissa)
        .ok()
        .filter(|&mantissa| mantissa != ABSENT)
}

/// A mantissa of `from` decimals with `to` decimals, of which there are not fewer.
pub(crate) fn raise(mantissa: i128, from: u8, to: u8) -> Option<i128> {
    mantissa.checked_mul(quo_value::pow10_i128(to.checked_sub(from)?)?)
}

/// A type as a number; what is not a number counts whole things.
pub(crate) fn number_of(ty: Type) -> Number {
    match ty {
        Type::Number(number) => number,
        _ => Number {
            unit: Unit::Int,
            scale: 0,
            min: i128::from(-i64::MAX),
            max: i128::from(i64::MAX),
        },
    }
}

/// Decimals of a number that people are shown, other than an amount.
const DECIMALS_MAX: u8 = 18;

/// A type as people are shown it; `None` for a number with more decimals than anybody reads, and for the type of an error,
/// which checked rules do not have.
///
/// Bounds that a narrow register cannot hold are those of the register: they belong to values worked out on the way,
/// which are shown but never read.
pub(crate) fn value_type(ty: Type) -> Option<ValueType> {
    Some(match ty {
        Type::Bool => ValueType::Bool,
        Type::Number(number) => return number_type(number),
        Type::Date => ValueType::Date,
        Type::Months => ValueType::Months,
        Type::Days => ValueType::Days,
        Type::Text => ValueType::Text,
        Type::Currency => ValueType::Currency,
        Type::Enum(index) => ValueType::Enum(u32::try_from(index).ok()?),
        Type::Product => ValueType::Product,
        Type::Instant => ValueType::Instant,
        Type::Record(_) | Type::List(_) | Type::Item(_) | Type::Unknown => {
            return None;
        }
    })
}

/// A type as values of it are shown, however many digits they have; `None` for the type of an error.
pub(crate) fn shown_type(ty: Type) -> Option<ValueType> {
    let index = |index: usize| u32::try_from(index).ok();
    match ty {
        Type::Number(number) => {
            let wide = !number.is_narrow() || number.scale > DECIMALS_MAX;
            let scale = number.scale;
            match number.unit {
                Unit::Decimal if wide => Some(ValueType::WideDecimal { scale, unit: NONE }),
                Unit::Measure(unit) if wide => Some(ValueType::WideDecimal {
                    scale,
                    unit: index(unit)?,
                }),
                Unit::Percent if wide => Some(ValueType::WidePercent { scale }),
                _ => number_type(number),
            }
        }
        Type::Record(record) => Some(ValueType::Record(index(record)?)),
        Type::List(element) => Some(ValueType::List(index(element)?)),
        Type::Item(_) => Some(ValueType::Item),
        other => value_type(other),
    }
}

fn number_type(number: Number) -> Option<ValueType> {
    let bound = |bound: i128| {
        let bound = bound.clamp(i128::from(-i64::MAX), i128::from(i64::MAX));
        i64::try_from(bound).unwrap_or(i64::MAX)
    };
    let (min, max, scale) = (bound(number.min), bound(number.max), number.scale);
    Some(match number.unit {
        Unit::Int => ValueType::Int { min, max },
        Unit::Money => ValueType::Money { scale, currency: 0 },
        Unit::MoneyIn(currency) => ValueType::Money {
            scale,
            currency: currency.numeric(),
        },
        _ if scale > DECIMALS_MAX => return None,
        Unit::Decimal | Unit::Measure(_) => ValueType::Decimal {
            min,
            max,
            scale,
            unit: match number.unit {
                Unit::Measure(unit) => u32::try_from(unit).ok()?,
                _ => NONE,
            },
        },
        Unit::Percent => ValueType::Percent { min, max, scale },
    })
}
