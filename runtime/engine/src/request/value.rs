//! One value of a request, read as the type its rule declares.

use quo_model::{ABSENT, ArchivedModel, NONE, ValueType};
use quo_value::{ArithmeticError, Currency, Date, Decimal, Instant, Period, pow10_i64};

use super::intern::Texts;
use super::json::Json;
use crate::frame::{QuoteCurrency, at, index};
use crate::nearest::{did_you_mean, nearest};
use crate::show::Names;

/// Longest text in bytes.
pub(crate) const TEXT_BYTES_MAX: usize = 4096;
/// Longest period in months: a hundred years. More is a slip of the keyboard.
const MONTHS_MAX: i64 = 1_200;
/// Longest period in days: a hundred years.
const DAYS_MAX: i64 = 36_525;

/// Somebody's text as a message may repeat it.
pub(crate) fn excerpt(text: &str) -> String {
    let mut shown: String = text.chars().take(60).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

/// Reads one value; the error is a sentence for people. An amount may name the currency of the quote, `quoted`.
pub(crate) fn read_value(
    model: &ArchivedModel,
    texts: &mut Texts,
    quoted: Option<&str>,
    ty: ValueType,
    json: &Json,
) -> Result<i64, String> {
    let value = match ty {
        ValueType::Bool => truth(json),
        ValueType::Int { .. } => whole(json),
        ValueType::Decimal { scale, unit, .. } if unit != NONE => counted(model, json, scale, unit),
        ValueType::Decimal { scale, .. } => exact(json, scale, "2.50"),
        ValueType::Percent { scale, .. } => percent(json, scale),
        ValueType::Date => date(json),
        ValueType::Months => period(json, "36 months", MONTHS_MAX, |period| {
            (period.days == 0).then_some(period.months)
        }),
        ValueType::Days => period(json, "30 days", DAYS_MAX, |period| {
            (period.months == 0).then_some(period.days)
        }),
        ValueType::Text => {
            let text = text_of(json, "a text")?;
            if text.len() > TEXT_BYTES_MAX {
                return Err(format!("is longer than {TEXT_BYTES_MAX} bytes"));
            }
            Ok(i64::from(texts.intern(model, text)))
        }
        ValueType::Currency => currency(model, json),
        ValueType::Enum(number) => enum_value(model, number, json),
        ValueType::Money { scale, currency } => match Currency::from_numeric(currency) {
            Some(currency) => foreign(json, scale, currency),
            None => amount(json, scale, quoted),
        },
        ValueType::Instant => instant(json),
        ValueType::Product
        | ValueType::WideDecimal { .. }
        | ValueType::WidePercent { .. }
        | ValueType::Record(_)
        | ValueType::List(_)
        | ValueType::Item => Err("is worked out by the rules and cannot be given".to_owned()),
    }?;
    in_range(model, ty, value)?;
    Ok(value)
}

/// Whether a value lies in the range its type declares; the error says which range.
pub(crate) fn in_range(model: &ArchivedModel, ty: ValueType, value: i64) -> Result<(), String> {
    let (min, max) = match ty {
        ValueType::Int { min, max }
        | ValueType::Decimal { min, max, .. }
        | ValueType::Percent { min, max, .. } => (min, max),
        _ if value == ABSENT => return Err("has no value".to_owned()),
        _ => return Ok(()),
    };
    if min <= value && value <= max && value != ABSENT {
        return Ok(());
    }
    let names = Names {
        model,
        texts: &[],
        minor_units: 0,
    };
    let shown = |value: i64| names.shown(ty, value.into());
    Err(format!(
        "must be from {} to {} and is {}",
        shown(min),
        shown(max),
        shown(value)
    ))
}

/// Whether an amount is a whole number of the minor units of the currency of the quote; the error says which it has.
///
/// An amount of more decimals than any currency of the package has is finer on purpose, and taken as it is.
pub(crate) fn in_minor_units(
    model: &ArchivedModel,
    currency: Option<QuoteCurrency>,
    ty: ValueType,
    value: i64,
) -> Result<(), String> {
    let (ValueType::Money { scale, currency: 0 }, Some(currency)) = (ty, currency) else {
        return Ok(());
    };
    let finer = scale.saturating_sub(currency.minor_units);
    let unit = pow10_i64(finer).unwrap_or(i64::MAX);
    if value == ABSENT || scale > currency.money_scale || value.checked_rem(unit) == Some(0) {
        return Ok(());
    }
    let names = Names {
        model,
        texts: &[],
        minor_units: currency.minor_units,
    };
    let code = model.currencies.get(at(currency.index));
    let code = code.map_or("", |currency| model.str(currency.code.to_native()));
    Err(format!(
        "`{}` is finer than an amount in {code}, which has {}",
        names.plain(ty, value.into()),
        match currency.minor_units {
            0 => "no decimals".to_owned(),
            1 => "1 decimal".to_owned(),
            more => format!("{more} decimals"),
        }
    ))
}

const NOT_EXACT: &str = "is a number with a fraction, an exponent or more than 64 bits, which JSON readers round: send it as a string";

fn text_of<'a>(json: &'a Json, what: &str) -> Result<&'a str, String> {
    match json {
        Json::Text(text) => Ok(text),
        Json::Inexact => Err(NOT_EXACT.to_owned()),
        other => Err(format!("must be {what} and is {}", other.kind())),
    }
}

fn truth(json: &Json) -> Result<i64, String> {
    match json {
        Json::Bool(value) => Ok(i64::from(*value)),
        Json::Text(text) if text == "yes" => Ok(1),
        Json::Text(text) if text == "no" => Ok(0),
        Json::Text(text) => Err(format!("must be true or false and is `{}`", excerpt(text))),
        other => Err(format!("must be true or false and is {}", other.kind())),
    }
}

fn whole(json: &Json) -> Result<i64, String> {
    match json {
        Json::Int(value) => mantissa(*value),
        Json::Text(_) => exact(json, 0, "500"),
        Json::Inexact => Err(format!("must be a whole number; it {NOT_EXACT}")),
        other => Err(format!("must be a whole number and is {}", other.kind())),
    }
}

fn mantissa(value: i128) -> Result<i64, String> {
    i64::try_from(value)
        .ok()
        .filter(|value| *value != ABSENT)
        .ok_or_else(|| "has more digits than any value may have".to_owned())
}

fn exact(json: &Json, scale: u8, example: &str) -> Result<i64, String> {
    match json {
        Json::Int(value) => {
            let factor = pow10_i64(scale).map(i128::from);
            let scaled = factor.and_then(|factor| value.checked_mul(factor));
            mantissa(scaled.unwrap_or(i128::MAX))
        }
        Json::Text(text) => number(text, scale),
        Json::Inexact => Err(format!("{NOT_EXACT}, such as \"{example}\"")),
        other => Err(format!(
            "must be a number in a string, such as \"{example}\", and is {}",
            other.kind()
        )),
    }
}

fn number(text: &str, scale: u8) -> Result<i64, String> {
    let number: Decimal = text.parse().map_err(|error| format!("{error}"))?;
    match number.rescale_exact(scale) {
        Ok(number) => mantissa(number.mantissa()),
        Err(ArithmeticError::Inexact) => Err(match scale {
            0 => format!("`{}` must be a whole number", excerpt(text)),
            places => format!(
                "`{}` has more than {places} decimal{}",
                excerpt(text),
                if places == 1 { "" } else { "s" }
            ),
        }),
        Err(_) => Err("has more digits than any value may have".to_owned()),
    }
}

/// An amount in the currency of the quote, which may stand behind it.
fn amount(json: &Json, scale: u8, quoted: Option<&str>) -> Result<i64, String> {
    let Json::Text(text) = json else {
        return exact(json, scale, "19.99");
    };
    match (text.split_once(' '), quoted) {
        (Some((amount, currency)), Some(quoted)) if currency == quoted => number(amount, scale),
        (Some((_, currency)), Some(quoted)) => Err(format!(
            "`{}` is an amount in `{}`, and the quote is in {quoted}",
            excerpt(text),
            excerpt(currency)
        )),
        _ => number(text, scale),
    }
}

/// An amount in a currency that need not be that of the quote, and therefore says it.
fn foreign(json: &Json, scale: u8, currency: Currency) -> Result<i64, String> {
    let code = currency.code();
    match json {
        Json::Text(text) => match text.split_once(' ') {
            Some((amount, found)) if found == code => number(amount, scale),
            _ => Err(format!(
                "must be an amount in {code}, such as \"19.99 {code}\", and is `{}`",
                excerpt(text)
            )),
        },
        other => Err(format!(
            "must be an amount in {code}, such as \"19.99 {code}\", and is {}",
            other.kind()
        )),
    }
}

/// A number with its unit behind it.
fn counted(model: &ArchivedModel, json: &Json, scale: u8, unit: u32) -> Result<i64, String> {
    let Some(def) = model.units.get(at(unit)) else {
        return Err("counts something that the package does not have".to_owned());
    };
    let (one, many) = (
        model.str(def.one.to_native()),
        model.str(def.many.to_native()),
    );
    let text = match json {
        Json::Text(text) => text.as_str(),
        _ => "",
    };
    match text.split_once(' ') {
        Some((amount, word)) if word == one || word == many => number(amount, scale),
        Some((_, word)) => Err(format!(
            "`{}` is in `{}`, and {many} are expected, such as \"5 {many}\"",
            excerpt(text),
            excerpt(word)
        )),
        None => Err(format!(
            "must say its unit, such as \"5 {many}\", and is {}",
            json.kind()
        )),
    }
}

/// The mantissa of the fraction at `scale` is that of the percentage with two decimals less.
fn percent(json: &Json, scale: u8) -> Result<i64, String> {
    let places = scale.saturating_sub(2);
    match json {
        Json::Text(text) => number(text.strip_suffix('%').unwrap_or(text).trim_end(), places),
        other => exact(other, places, "12.5"),
    }
}

fn date(json: &Json) -> Result<i64, String> {
    let text = text_of(json, "a day such as \"2026-07-15\"")?;
    let date: Date = text.parse().map_err(|error| format!("{error}"))?;
    Ok(i64::from(date.days()))
}

fn instant(json: &Json) -> Result<i64, String> {
    let text = text_of(json, "a point in time such as \"2026-07-15T10:00:00Z\"")?;
    let instant: Instant = text.parse().map_err(|error| format!("{error}"))?;
    Ok(instant.seconds())
}

fn period(
    json: &Json,
    example: &str,
    most: i64,
    count: impl Fn(Period) -> Option<u32>,
) -> Result<i64, String> {
    let value = match json {
        Json::Int(value) => mantissa(*value)?,
        _ => {
            let text = text_of(json, &format!("a period such as \"{example}\""))?;
            let period: Period = text.parse().map_err(|error| format!("{error}"))?;
            count(period).map(i64::from).ok_or_else(|| {
                format!("`{}` is in another unit than \"{example}\"", excerpt(text))
            })?
        }
    };
    if (0..=most).contains(&value) {
        Ok(value)
    } else {
        Err(format!("must be from 0 to {most} and is {value}"))
    }
}

fn currency(model: &ArchivedModel, json: &Json) -> Result<i64, String> {
    let code = text_of(json, "the code of a currency such as \"EUR\"")?;
    let codes = || {
        model
            .currencies
            .iter()
            .map(|currency| model.str(currency.code.to_native()))
    };
    position(codes(), code).ok_or_else(|| {
        format!(
            "`{}` is not a currency that is sold in, which are {}{}",
            excerpt(code),
            codes().collect::<Vec<_>>().join(", "),
            did_you_mean(&nearest(code, codes()))
        )
    })
}

fn enum_value(model: &ArchivedModel, number: u32, json: &Json) -> Result<i64, String> {
    let Some(def) = model.enums.get(at(number)) else {
        return Err("has a type that the package does not have".to_owned());
    };
    let name = model.str(def.name.to_native());
    let value = text_of(json, &format!("a value of {name}"))?;
    let values = || def.values.iter().map(|value| model.str(value.to_native()));
    position(values(), value).ok_or_else(|| {
        let mut listed: Vec<&str> = values().take(20).collect();
        if def.values.len() > listed.len() {
            listed.push("…");
        }
        format!(
            "`{}` is not a value of {name}, which are {}{}",
            excerpt(value),
            listed.join(", "),
            did_you_mean(&nearest(value, values()))
        )
    })
}

fn position<'a>(mut names: impl Iterator<Item = &'a str>, wanted: &str) -> Option<i64> {
    let position = names.position(|name| name == wanted)?;
    Some(i64::from(index(position)))
}
