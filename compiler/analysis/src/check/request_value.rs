//! One value of a golden test's request, judged as the door of the engine judges it (`runtime/engine/src/request/value.rs`).
//!
//! The door is not called: it knows packages only, and there is none before the rules are right. A test of the golden runner
//! holds the two against each other.

use quo_value::{Currency, Date, Decimal, Instant, Period, pow10_i64};

use crate::hir::Rules;
use crate::show::{nearest, number_text};
use crate::types::{Number, Type, Unit};

/// Longest text in bytes.
const TEXT_BYTES_MAX: usize = 4096;
/// Longest period in months: a hundred years.
const MONTHS_MAX: u32 = 1_200;
/// Longest period in days: a hundred years.
const DAYS_MAX: u32 = 36_525;

/// What is wrong with a value, and what to write instead, where that is known.
pub struct Wrong {
    /// One sentence.
    pub message: String,
    /// What stands in its place.
    pub instead: Option<String>,
    /// One more sentence.
    pub note: Option<String>,
}

impl Wrong {
    fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            instead: None,
            note: None,
        }
    }

    fn instead(self, instead: Option<String>) -> Self {
        Self { instead, ..self }
    }

    fn note(self, note: impl Into<String>) -> Self {
        Self {
            note: Some(note.into()),
            ..self
        }
    }
}

/// Judges a single value, given as text.
///
/// # Errors
/// What keeps it from being a value of the type.
pub fn judge(rules: &Rules, currency: Option<Currency>, ty: Type, text: &str) -> Result<(), Wrong> {
    match ty {
        Type::Bool => truth(text),
        Type::Number(number) => {
            let text = without_unit(rules, currency, number, text)?;
            let value = counted(number, text)?;
            in_minor_units(rules, currency, number, value, text)
        }
        Type::Date => plain(text.parse::<Date>()),
        Type::Months => period(text, "months", MONTHS_MAX, |period| {
            (period.days == 0).then_some(period.months)
        }),
        Type::Days => period(text, "days", DAYS_MAX, |period| {
            (period.months == 0).then_some(period.days)
        }),
        Type::Text if text.len() > TEXT_BYTES_MAX => Err(Wrong::new(format!(
            "the text is longer than {TEXT_BYTES_MAX} bytes"
        ))),
        Type::Currency => {
            let codes = rules.currencies.iter().map(|currency| currency.code());
            one_of(text, "a currency that is sold in", codes)
        }
        Type::Enum(index) => match rules.enums.get(index) {
            Some(found) => {
                let what = format!("a value of `{}`", found.name);
                one_of(text, &what, found.values.iter().map(String::as_str))
            }
            None => Ok(()),
        },
        Type::Instant => plain(text.parse::<Instant>()),
        _ => Ok(()),
    }
}

fn plain<T, E: std::fmt::Display>(read: Result<T, E>) -> Result<(), Wrong> {
    match read {
        Ok(_) => Ok(()),
        Err(error) => Err(Wrong::new(error.to_string())),
    }
}

fn truth(text: &str) -> Result<(), Wrong> {
    let instead = match text {
        "yes" | "no" => return Ok(()),
        "true" => Some("yes".to_owned()),
        "false" => Some("no".to_owned()),
        _ => None,
    };
    Err(Wrong::new(format!("`{text}` is neither `yes` nor `no`")).instead(instead))
}

fn one_of<'n>(
    text: &str,
    what: &str,
    names: impl Iterator<Item = &'n str> + Clone,
) -> Result<(), Wrong> {
    if names.clone().any(|name| name == text) {
        return Ok(());
    }
    let wrong = Wrong::new(format!("`{text}` is not {what}"));
    Err(match nearest(text, names.clone()) {
        Some(near) => wrong.instead(Some(near.to_owned())),
        None => {
            let mut listed: Vec<&str> = names.clone().take(20).collect();
            if names.count() > listed.len() {
                listed.push("…");
            }
            wrong.note(format!("there are {}", listed.join(", ")))
        }
    })
}

fn period(
    text: &str,
    unit: &str,
    most: u32,
    count: impl Fn(Period) -> Option<u32>,
) -> Result<(), Wrong> {
    let Ok(period) = text.parse::<Period>() else {
        let number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        return Err(Wrong::new(format!("`{text}` is not a number of {unit}"))
            .instead(number.then(|| format!("{text} {unit}"))));
    };
    match count(period) {
        None => Err(Wrong::new(format!("`{text}` is not a number of {unit}"))),
        Some(count) if count <= most => Ok(()),
        Some(_) => Err(Wrong::new(format!("`{text}` is more than {most} {unit}"))),
    }
}

/// The number of a value without what it counts, which a quantity and an amount in a stated currency must say, and an
/// amount in that of the quote may.
fn without_unit<'t>(
    rules: &Rules,
    currency: Option<Currency>,
    number: Number,
    text: &'t str,
) -> Result<&'t str, Wrong> {
    let parts = text.split_once(' ');
    match (number.unit, parts) {
        (Unit::Measure(of), parts) => {
            let Some(unit) = rules.units.get(of) else {
                return Ok(text);
            };
            match parts {
                Some((amount, word)) if unit.is_called(word) => Ok(amount),
                _ => Err(Wrong::new(format!(
                    "`{text}` is not a quantity in {}, such as `5 {}`",
                    unit.plural, unit.plural
                ))),
            }
        }
        (Unit::MoneyIn(wanted), parts) => match parts {
            Some((amount, code)) if code == wanted.code() => Ok(amount),
            _ => Err(Wrong::new(format!(
                "`{text}` is not an amount in {}, such as `19.99 {}`",
                wanted.code(),
                wanted.code()
            ))),
        },
        (Unit::Money, Some((amount, code))) if currency.is_some_and(|own| own.code() == code) => {
            Ok(amount)
        }
        _ => Ok(text),
    }
}

/// The mantissa of a number.
fn counted(number: Number, text: &str) -> Result<i128, Wrong> {
    let (digits, scale) = match number.unit {
        Unit::Percent => (
            text.strip_suffix('%').unwrap_or(text).trim_end(),
            number.scale.saturating_sub(2),
        ),
        _ => (text, number.scale),
    };
    let Ok(decimal) = digits.parse::<Decimal>() else {
        return Err(not_a_number(number, text));
    };
    let Ok(exact) = decimal.rescale_exact(scale) else {
        let decimals = match scale {
            0 => "is not a whole number".to_owned(),
            1 => "has more than 1 decimal".to_owned(),
            _ => format!("has more than {scale} decimals"),
        };
        return Err(Wrong::new(format!("`{text}` {decimals}")));
    };
    let value = exact.mantissa();
    let narrow = i64::try_from(value).is_ok_and(|value| value != i64::MIN);
    if !narrow || pow10_i64(scale).is_none() {
        return Err(Wrong::new(format!(
            "`{text}` has more digits than any value may have"
        )));
    }
    let bounded = !matches!(number.unit, Unit::Money | Unit::MoneyIn(_));
    if bounded && !(number.min..=number.max).contains(&value) {
        let shown = |value| number_text(value, number);
        return Err(Wrong::new(format!(
            "`{text}` is not from {} to {}",
            shown(number.min),
            shown(number.max)
        )));
    }
    Ok(value)
}

/// Whether an amount is a whole number of the minor units of the currency of the quote. One of more decimals than any
/// currency of the ruleset has is finer on purpose.
fn in_minor_units(
    rules: &Rules,
    currency: Option<Currency>,
    number: Number,
    value: i128,
    text: &str,
) -> Result<(), Wrong> {
    let (Unit::Money, Some(currency)) = (number.unit, currency) else {
        return Ok(());
    };
    let units = currency.minor_units();
    let finer = quo_value::pow10_i128(number.scale.saturating_sub(units));
    let whole = finer.is_none_or(|unit| value.checked_rem(unit) == Some(0));
    if whole || number.scale > rules.money_scale() {
        return Ok(());
    }
    let decimals = match units {
        0 => "no decimals".to_owned(),
        1 => "1 decimal".to_owned(),
        more => format!("{more} decimals"),
    };
    Err(Wrong::new(format!(
        "`{text}` is finer than an amount in {}, which has {decimals}",
        currency.code()
    )))
}

fn not_a_number(number: Number, text: &str) -> Wrong {
    let instead = match text.rsplit_once(' ') {
        Some((digits, code))
            if matches!(number.unit, Unit::Money)
                && quo_syntax::literal::is_currency(code)
                && digits.parse::<Decimal>().is_ok() =>
        {
            Some(digits.to_owned())
        }
        _ => None,
    };
    let amount = instead.is_some();
    let wrong = Wrong::new(format!("`{text}` is not a number")).instead(instead);
    if amount {
        wrong.note("an amount of a request is in the currency of the quote")
    } else {
        wrong
    }
}
