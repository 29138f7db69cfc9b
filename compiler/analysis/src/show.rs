//! Types and values in a person's words, for messages.

use quo_value::Date;

use crate::check::scene::Names;
use crate::hir::{Enum, MeasureUnit, Record};
use crate::types::{Number, Type, Unit, Value};
use crate::world::World;

/// What is needed to name types and values.
#[derive(Clone, Copy)]
pub struct Show<'a> {
    /// Enumerations.
    pub enums: &'a [Enum],
    /// Records.
    pub records: &'a [Record],
    /// Units of measure.
    pub units: &'a [MeasureUnit],
}

impl Show<'_> {
    /// A type with its article, such as `an amount in EUR` or `a value of Edition`.
    #[must_use]
    pub fn ty(&self, ty: Type) -> String {
        match ty {
            Type::Bool => "a truth value".to_owned(),
            Type::Number(number) => match number.unit {
                Unit::Measure(of) => format!("a quantity in {}", self.unit_name(of)),
                _ => unit(number).to_owned() + &currency_of(number),
            },
            Type::Date => "a date".to_owned(),
            Type::Months => "a number of months".to_owned(),
            Type::Days => "a number of days".to_owned(),
            Type::Text => "a text".to_owned(),
            Type::Currency => "a currency".to_owned(),
            Type::Enum(index) => format!("a value of {}", self.enum_name(index)),
            Type::Product => "a product".to_owned(),
            Type::Instant => "a point in time".to_owned(),
            Type::Record(index) => match self.records.get(index) {
                Some(record) => format!("a record `{}`", record.name),
                None => "a record".to_owned(),
            },
            Type::List(_) => "a list".to_owned(),
            Type::Item(_) => "an item of the quote".to_owned(),
            Type::Unknown => "something unknown".to_owned(),
        }
    }

    /// What several of a unit are called.
    #[must_use]
    pub fn unit_name(&self, index: usize) -> &str {
        self.units
            .get(index)
            .map_or("", |found| found.plural.as_str())
    }

    /// The name of an enumeration.
    #[must_use]
    pub fn enum_name(&self, index: usize) -> &str {
        self.enums
            .get(index)
            .map_or("", |found| found.name.as_str())
    }

    /// Whether an enumeration's values compare by order.
    #[must_use]
    pub fn enum_is_ordered(&self, index: usize) -> bool {
        self.enums.get(index).is_some_and(|found| found.ordered)
    }
}

/// A mantissa as its author would write it, without needless zeros: `7.5%`, `12.50`, `100`.
#[must_use]
pub fn number_text(mantissa: i128, number: Number) -> String {
    match number.unit {
        Unit::Percent => {
            let scale = number.scale.saturating_sub(2);
            format!(
                "{}%",
                quo_value::Decimal::new(mantissa, scale)
                    .map_or_else(|_| mantissa.to_string(), |d| d.normalized().to_string())
            )
        }
        _ => quo_value::Decimal::new(mantissa, number.scale)
            .map_or_else(|_| mantissa.to_string(), |d| d.to_string()),
    }
}

/// A constant of a type as its author would write it.
#[must_use]
pub fn value_text(world: &World, ty: Type, value: &Value) -> String {
    value_words(Names::declared(world), ty, value)
}

/// The same, wherever the declarations are.
#[must_use]
pub fn value_words(names: Names<'_>, ty: Type, value: &Value) -> String {
    let named = |name: Option<&str>| name.unwrap_or_default().to_owned();
    match value {
        Value::Bool(truth) => if *truth { "yes" } else { "no" }.to_owned(),
        Value::Number(mantissa) => match ty {
            Type::Number(number) => {
                let text = number_text(*mantissa, number);
                match number.unit {
                    Unit::Measure(of) => {
                        let one = Some(*mantissa) == quo_value::pow10_i128(number.scale);
                        let unit = names.units.get(of).map(|unit| unit.called(one));
                        format!("{text} {}", named(unit))
                    }
                    _ => text,
                }
            }
            _ => mantissa.to_string(),
        },
        Value::Date(date) => date.to_string(),
        Value::Months(count) => format!("{count} months"),
        Value::Days(count) => format!("{count} days"),
        Value::Text(text) => format!("{text:?}"),
        Value::Currency(index) => named(names.currencies.get(*index).map(|found| found.code())),
        Value::Enum { of, value } => {
            let values = names.enums.get(*of).map(|found| &found.values);
            named(
                values
                    .and_then(|values| values.get(*value))
                    .map(String::as_str),
            )
        }
        Value::Instant(seconds) => format!("{seconds} s"),
        Value::Product(index) => named(names.products.get(*index).map(|found| found.name.as_str())),
    }
}

/// The value that stands at a place in the order of its type, as its author would write it.
#[must_use]
pub fn ordinal_text(world: &World, ty: Type, ordinal: i128) -> String {
    ordinal_words(Names::declared(world), ty, ordinal)
}

/// The same, wherever the declarations are.
#[must_use]
pub fn ordinal_words(names: Names<'_>, ty: Type, ordinal: i128) -> String {
    let index = || usize::try_from(ordinal).unwrap_or_default();
    let count = || u32::try_from(ordinal).unwrap_or_default();
    let value = match ty {
        Type::Number(_) => Value::Number(ordinal),
        Type::Date => match i32::try_from(ordinal).ok().and_then(Date::from_days) {
            Some(date) => Value::Date(date),
            None => return ordinal.to_string(),
        },
        Type::Months => Value::Months(count()),
        Type::Days => Value::Days(count()),
        Type::Enum(of) => Value::Enum {
            of,
            value: usize::try_from(ordinal).unwrap_or_default(),
        },
        Type::Instant => match i64::try_from(ordinal) {
            Ok(seconds) => Value::Instant(seconds),
            Err(_) => return ordinal.to_string(),
        },
        Type::Bool => Value::Bool(ordinal != 0),
        Type::Currency => Value::Currency(index()),
        Type::Product => Value::Product(index()),
        Type::Text | Type::Record(_) | Type::List(_) | Type::Item(_) | Type::Unknown => {
            return ordinal.to_string();
        }
    };
    value_words(names, ty, &value)
}

fn unit(number: Number) -> &'static str {
    match number.unit {
        Unit::Int => "a whole number",
        Unit::Decimal => "a decimal number",
        Unit::Percent => "a percentage",
        Unit::Money => "an amount in the currency of the quote",
        Unit::MoneyIn(_) => "an amount in ",
        Unit::Measure(_) => "a quantity",
    }
}

fn currency_of(number: Number) -> String {
    match number.unit {
        Unit::MoneyIn(currency) => currency.code().to_owned(),
        _ => String::new(),
    }
}

/// The name among `names` that is nearest to `name`, if it is near enough to have been meant (Damerau's optimal string
/// alignment distance, at most a third of the length).
#[must_use]
pub fn nearest<'n>(name: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let limit = (name.chars().count() / 3).max(1);
    names
        .into_iter()
        .map(|candidate| {
            (
                distance(&name.to_lowercase(), &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    let mut previous: Option<char> = None;
    for (i, &x) in a.iter().enumerate() {
        let mut next = vec![i + 1];
        let mut left: Option<char> = None;
        for (j, &y) in b.iter().enumerate() {
            let get =
                |values: &[usize], at: usize| values.get(at).copied().unwrap_or(usize::MAX / 2);
            let mut best = (get(&row, j) + usize::from(x != y))
                .min(get(&row, j + 1) + 1)
                .min(get(&next, j) + 1);
            if j > 0 && previous == Some(y) && left == Some(x) {
                best = best.min(get(&before, j - 1) + 1);
            }
            next.push(best);
            left = Some(y);
        }
        before = std::mem::replace(&mut row, next);
        previous = Some(x);
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_is_found_and_a_stranger_is_not() {
        let names = ["Platform", "Suite", "Enterprise"];
        assert_eq!(nearest("Platfrom", names), Some("Platform"));
        assert_eq!(nearest("enterprise", names), Some("Enterprise"));
        assert_eq!(nearest("Router", names), None);
    }
}
