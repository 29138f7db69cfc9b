//! Values as text: plain for machines, as in requests and answers, and shown for people.

use quo_model::{ABSENT, ABSENT_WIDE, ArchivedModel, ArchivedValueType, NONE, ValueType};
use quo_value::{Currency, Date, Decimal, Instant, Percent, Period};

use crate::frame::at;

/// The type, out of the archive.
pub(crate) fn type_of(archived: &ArchivedValueType) -> ValueType {
    match archived {
        ArchivedValueType::Bool => ValueType::Bool,
        ArchivedValueType::Int { min, max } => ValueType::Int {
            min: min.to_native(),
            max: max.to_native(),
        },
        ArchivedValueType::Decimal {
            min,
            max,
            scale,
            unit,
        } => ValueType::Decimal {
            min: min.to_native(),
            max: max.to_native(),
            scale: *scale,
            unit: unit.to_native(),
        },
        ArchivedValueType::Percent { min, max, scale } => ValueType::Percent {
            min: min.to_native(),
            max: max.to_native(),
            scale: *scale,
        },
        ArchivedValueType::Money { scale, currency } => ValueType::Money {
            scale: *scale,
            currency: currency.to_native(),
        },
        ArchivedValueType::Date => ValueType::Date,
        ArchivedValueType::Months => ValueType::Months,
        ArchivedValueType::Days => ValueType::Days,
        ArchivedValueType::Text => ValueType::Text,
        ArchivedValueType::Currency => ValueType::Currency,
        ArchivedValueType::Enum(index) => ValueType::Enum(index.to_native()),
        ArchivedValueType::Product => ValueType::Product,
        ArchivedValueType::WideDecimal { scale, unit } => ValueType::WideDecimal {
            scale: *scale,
            unit: unit.to_native(),
        },
        ArchivedValueType::WidePercent { scale } => ValueType::WidePercent { scale: *scale },
        ArchivedValueType::Instant => ValueType::Instant,
        ArchivedValueType::Record(index) => ValueType::Record(index.to_native()),
        ArchivedValueType::List(index) => ValueType::List(index.to_native()),
        ArchivedValueType::Item => ValueType::Item,
    }
}

/// What the numbers of texts, enums, products and currencies stand for.
#[derive(Clone, Copy)]
pub(crate) struct Names<'a> {
    /// The package.
    pub model: &'a ArchivedModel,
    /// The texts of the request that the package does not have.
    pub texts: &'a [String],
    /// Decimals of the minor unit of the quote's currency.
    pub minor_units: u8,
}

impl Names<'_> {
    /// A value as requests and answers write it: a percentage without its sign, an amount without its currency.
    pub fn plain(&self, ty: ValueType, value: i128) -> String {
        match ty {
            ValueType::Percent { .. } | ValueType::WidePercent { .. }
                if value != i128::from(ABSENT) =>
            {
                let shown = self.shown(ty, value);
                shown.strip_suffix('%').unwrap_or(&shown).to_owned()
            }
            _ => self.shown(ty, value),
        }
    }

    /// A value as rules write it.
    pub fn shown(&self, ty: ValueType, value: i128) -> String {
        if value == i128::from(ABSENT) || value == ABSENT_WIDE {
            return "absent".to_owned();
        }
        let index = u32::try_from(value).unwrap_or(NONE);
        match ty {
            ValueType::Bool => if value == 0 { "no" } else { "yes" }.to_owned(),
            ValueType::Int { .. } => value.to_string(),
            ValueType::Decimal { scale, unit, .. } | ValueType::WideDecimal { scale, unit }
                if unit != NONE =>
            {
                self.counted(value, scale, unit)
            }
            ValueType::Decimal { scale, .. } | ValueType::WideDecimal { scale, .. } => {
                decimal(value, scale)
            }
            ValueType::Percent { scale, .. } | ValueType::WidePercent { scale } => {
                Decimal::new(value, scale)
                    .and_then(Percent::from_fraction)
                    .map_or_else(|_| decimal(value, scale), |percent| percent.to_string())
            }
            ValueType::Money { scale, currency } => match Currency::from_numeric(currency) {
                Some(currency) => {
                    let number = amount(value, scale, currency.minor_units());
                    format!("{number} {}", currency.code())
                }
                None => amount(value, scale, self.minor_units),
            },
            ValueType::Date => date(i32::try_from(value).unwrap_or(i32::MAX)),
            ValueType::Months => Period::of_months(index).to_string(),
            ValueType::Days => Period::of_days(index).to_string(),
            ValueType::Text => self.text(index).to_owned(),
            ValueType::Currency => self.currency(index).to_owned(),
            ValueType::Enum(number) => self.enum_value(number, index).to_owned(),
            ValueType::Instant => i64::try_from(value)
                .ok()
                .and_then(Instant::from_seconds)
                .map_or_else(|| format!("second {value}"), |instant| instant.to_string()),
            // What is in them is shown where they are results.
            ValueType::Record(_) => "a record".to_owned(),
            ValueType::List(_) => "a list".to_owned(),
            ValueType::Item => "an item".to_owned(),
            ValueType::Product => {
                let product = self.model.products.get(at(index));
                product
                    .map_or("", |product| self.model.str(product.name.to_native()))
                    .to_owned()
            }
        }
    }

    /// A text of the package or of the request.
    pub fn text(&self, number: u32) -> &str {
        match number.checked_sub(self.model.strings.count()) {
            None => self.model.str(number),
            Some(own) => self.texts.get(at(own)).map_or("", String::as_str),
        }
    }

    /// A number with its unit behind it: `1 kilogram`, `2.50 kilograms`.
    fn counted(&self, value: i128, scale: u8, unit: u32) -> String {
        let Some(def) = self.model.units.get(at(unit)) else {
            return decimal(value, scale);
        };
        let number = decimal(value, scale);
        let name = if number == "1" { def.one } else { def.many };
        format!("{number} {}", self.model.str(name.to_native()))
    }

    fn currency(&self, index: u32) -> &str {
        let currency = self.model.currencies.get(at(index));
        currency.map_or("", |currency| self.model.str(currency.code.to_native()))
    }

    fn enum_value(&self, number: u32, value: u32) -> &str {
        let values = self.model.enums.get(at(number)).map(|def| &def.values);
        let value = values.and_then(|values| values.get(at(value)));
        value.map_or("", |value| self.model.str(value.to_native()))
    }
}

/// A mantissa with exactly its decimals.
pub(crate) fn decimal(mantissa: i128, scale: u8) -> String {
    Decimal::new(mantissa, scale).map_or_else(
        |_| format!("{mantissa}e-{scale}"),
        |number| number.to_string(),
    )
}

/// An amount at `scale` with the decimals of its minor unit, or with more where it has them.
pub(crate) fn amount(mantissa: i128, scale: u8, minor_units: u8) -> String {
    match Decimal::new(mantissa, scale) {
        Err(_) => decimal(mantissa, scale),
        Ok(exact) => {
            let places = exact.normalized().scale().max(minor_units);
            exact.rescale_exact(places).unwrap_or(exact).to_string()
        }
    }
}

/// A day, given in days since 1970-01-01.
pub(crate) fn date(days: i32) -> String {
    Date::from_days(days).map_or_else(|| format!("day {days}"), |date| date.to_string())
}

/// A window of days in words: `2026-03-01 to 2026-05-31`, `from 2026-03-01`, `up to 2026-05-31`.
pub(crate) fn window(from: i32, to: i32) -> String {
    match (from == i32::MIN, to == i32::MAX) {
        (true, true) => "always".to_owned(),
        (false, true) => format!("from {}", date(from)),
        (true, false) => format!("up to {}", date(to)),
        (false, false) => format!("{} to {}", date(from), date(to)),
    }
}
