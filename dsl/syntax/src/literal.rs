//! Literals as plain data.
//!
//! A number is an integer mantissa and the count of its decimals: exactly what was written, and
//! nothing of how the runtime computes.

use thiserror::Error;

use crate::kind::SyntaxKind;

/// A number as written: `mantissa` × 10^-`scale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Number {
    /// All digits, with the sign.
    pub mantissa: i128,
    /// How many of the digits stand after the point.
    pub scale: u8,
}

/// A day of the calendar (proleptic Gregorian).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// Year, from 1 to 9999.
    pub year: u16,
    /// Month, from 1 to 12.
    pub month: u8,
    /// Day of the month, from 1.
    pub day: u8,
}

/// A unit of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PeriodUnit {
    /// `minutes`
    Minutes,
    /// `hours`
    Hours,
    /// `days`
    Days,
    /// `months`
    Months,
    /// `years`
    Years,
}

impl PeriodUnit {
    /// The unit of a word, singular or plural.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Some(match word {
            "minute" | "minutes" => Self::Minutes,
            "hour" | "hours" => Self::Hours,
            "day" | "days" => Self::Days,
            "month" | "months" => Self::Months,
            "year" | "years" => Self::Years,
            _ => return None,
        })
    }
}

/// The value of a literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `yes`, `no`
    Bool(bool),
    /// `12.50`
    Number(Number),
    /// `7.5%`: the number before the sign.
    Percent(Number),
    /// `5 EUR`
    Money {
        /// The amount, in the main unit of the currency.
        amount: Number,
        /// Three capital letters.
        currency: String,
    },
    /// `5 boxes`
    Quantity {
        /// How much.
        amount: Number,
        /// Of which unit, as written.
        unit: String,
    },
    /// `12 months`
    Period {
        /// How many.
        count: u32,
        /// Of what.
        unit: PeriodUnit,
    },
    /// `2026-07-15`
    Date(Date),
    /// `2026-07-15T10:00:00Z`: seconds since 1970-01-01T00:00:00Z.
    Instant(i64),
    /// `"…"`, escapes resolved.
    Text(String),
}

/// Why a text is no literal.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LiteralError {
    /// Digits in another form.
    #[error("`{0}` is not a number")]
    NotANumber(String),
    /// More digits than 128 bits hold, or more than 28 decimals.
    #[error("`{0}` has too many digits")]
    TooManyDigits(String),
    /// A fraction or something else where a count is needed.
    #[error("`{0}` is not a whole number")]
    NotWhole(String),
    /// No day of the calendar.
    #[error("`{0}` is not a day of the calendar, written like `2026-07-15`")]
    NotADate(String),
    /// No point in time.
    #[error("`{0}` is not a point in time, written like `2026-07-15T10:00:00Z`")]
    NotAnInstant(String),
    /// No unit of time.
    #[error("`{0}` is not a unit of time such as `months` or `days`")]
    NotAUnit(String),
    /// A text without its quotes.
    #[error("`{0}` is not a text in quotes")]
    NotAText(String),
    /// A backslash before something else than `"`, `\` or `n`.
    #[error("`\\{0}` is not an escape; a text knows `\\\"`, `\\\\` and `\\n`")]
    BadEscape(char),
    /// Tokens that are no literal.
    #[error("`{0}` is not a value")]
    NotAValue(String),
}

/// The most decimals a literal may have; the runtime's decimals hold no more.
pub const DECIMALS_MAX: u8 = 28;

/// The value of the tokens of a literal.
///
/// # Errors
/// The first thing that is wrong with them.
pub(crate) fn value(tokens: &[(SyntaxKind, &str)]) -> Result<Value, LiteralError> {
    match *tokens {
        [(SyntaxKind::WORD, "yes")] => Ok(Value::Bool(true)),
        [(SyntaxKind::WORD, "no")] => Ok(Value::Bool(false)),
        [(SyntaxKind::NUMBER | SyntaxKind::BAD_NUMBER, text)] => number(text).map(Value::Number),
        [(SyntaxKind::PERCENT, text)] => percent(text).map(Value::Percent),
        [(SyntaxKind::INSTANT, text)] => instant(text).map(Value::Instant),
        [(SyntaxKind::DATE, text)] => date(text).map(Value::Date),
        [(SyntaxKind::TEXT | SyntaxKind::BAD_TEXT, quoted)] => text(quoted).map(Value::Text),
        [(_, count), (SyntaxKind::WORD, unit)] if is_currency(unit) => Ok(Value::Money {
            amount: number(count)?,
            currency: unit.to_owned(),
        }),
        [(_, count), (SyntaxKind::WORD, unit)] if PeriodUnit::of(unit).is_some() => {
            period(count, unit)
        }
        [(_, count), (SyntaxKind::WORD, unit)] => Ok(Value::Quantity {
            amount: number(count)?,
            unit: unit.to_owned(),
        }),
        _ => {
            let parts: Vec<_> = tokens.iter().map(|(_, text)| *text).collect();
            Err(LiteralError::NotAValue(parts.join(" ")))
        }
    }
}

/// Whether a word has the form of a currency code: three capital letters.
#[must_use]
pub fn is_currency(word: &str) -> bool {
    word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Words that go on behind a number, and therefore are no units.
const NO_UNITS: &[&str] = &[
    "AND",
    "NOT",
    "OR",
    "after",
    "and",
    "as",
    "ascending",
    "at",
    "because",
    "begins",
    "by",
    "converted",
    "descending",
    "doubling",
    "each",
    "else",
    "followed",
    "for",
    "from",
    "has",
    "implies",
    "in",
    "is",
    "kinds",
    "migrate",
    "no",
    "not",
    "of",
    "off",
    "on",
    "or",
    "otherwise",
    "over",
    "overridable",
    "per",
    "place",
    "places",
    "remainder",
    "required",
    "rounded",
    "satisfies",
    "sorted",
    "started",
    "taken",
    "then",
    "time",
    "times",
    "to",
    "try",
    "undo",
    "unit",
    "units",
    "unless",
    "valid",
    "waiting",
    "when",
    "where",
    "whole",
    "with",
    "within",
    "yes",
];

/// Whether a word behind a number may be the unit of a quantity.
#[must_use]
pub fn is_unit(word: &str) -> bool {
    let named = word
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_alphabetic());
    named
        && !is_currency(word)
        && PeriodUnit::of(word).is_none()
        && NO_UNITS.binary_search(&word).is_err()
}

/// A number without a sign: digits, `_` between digits of the whole part, an optional fraction.
///
/// # Errors
/// [`LiteralError::NotANumber`], [`LiteralError::TooManyDigits`].
pub fn number(text: &str) -> Result<Number, LiteralError> {
    let bad = || LiteralError::NotANumber(text.to_owned());
    let many = || LiteralError::TooManyDigits(text.to_owned());
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !whole.split('_').all(digits) || !fraction.is_none_or(digits) {
        return Err(bad());
    }
    let fraction = fraction.unwrap_or("");
    let scale = u8::try_from(fraction.len()).map_err(|_| many())?;
    if scale > DECIMALS_MAX {
        return Err(many());
    }
    let mut mantissa: i128 = 0;
    for digit in whole.bytes().filter(|b| *b != b'_').chain(fraction.bytes()) {
        let next = mantissa.checked_mul(10).ok_or_else(many)?;
        let value = i128::from(digit.saturating_sub(b'0'));
        mantissa = next.checked_add(value).ok_or_else(many)?;
    }
    Ok(Number { mantissa, scale })
}

/// A number and `%`.
///
/// # Errors
/// As [`number`].
pub fn percent(text: &str) -> Result<Number, LiteralError> {
    let bad = || LiteralError::NotANumber(text.to_owned());
    number(text.strip_suffix('%').ok_or_else(bad)?)
}

/// A day written `2026-07-15`.
///
/// # Errors
/// [`LiteralError::NotADate`] for another form and for a day that the calendar does not have.
pub fn date(text: &str) -> Result<Date, LiteralError> {
    let bad = || LiteralError::NotADate(text.to_owned());
    let parts: Vec<_> = text.split('-').collect();
    let &[year, month, day] = parts.as_slice() else {
        return Err(bad());
    };
    let digits = |part: &str, len| part.len() == len && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(year, 4) || !digits(month, 2) || !digits(day, 2) {
        return Err(bad());
    }
    let date = Date {
        year: year.parse().map_err(|_| bad())?,
        month: month.parse().map_err(|_| bad())?,
        day: day.parse().map_err(|_| bad())?,
    };
    let valid = date.year > 0 && date.day > 0 && date.day <= days_in(date.year, date.month);
    if valid { Ok(date) } else { Err(bad()) }
}

/// A point in time written `2026-07-15T10:00:00Z` or with an offset such as `+02:00`, in seconds since
/// 1970-01-01T00:00:00Z (RFC 3339, without fractions of a second).
///
/// # Errors
/// [`LiteralError::NotAnInstant`] for another form, a day or a time of day that does not exist.
pub fn instant(text: &str) -> Result<i64, LiteralError> {
    let bad = || LiteralError::NotAnInstant(text.to_owned());
    let (day, time) = text.split_once('T').ok_or_else(bad)?;
    let day = date(day).map_err(|_| bad())?;
    let (clock, zone) = time.split_at_checked(8).ok_or_else(bad)?;
    let [hour, minute, second] = fields(clock).ok_or_else(bad)?;
    let offset = match zone.split_at_checked(1) {
        Some(("Z", "")) => 0,
        Some((sign @ ("+" | "-"), offset)) => {
            let [hours, minutes, _] = fields(&format!("{offset}:00")).ok_or_else(bad)?;
            let seconds = hours * 3_600 + minutes * 60;
            if sign == "+" { seconds } else { -seconds }
        }
        _ => return Err(bad()),
    };
    Ok(days_from_epoch(day) * 86_400 + hour * 3_600 + minute * 60 + second - offset)
}

/// `HH:MM:SS` of a day.
fn fields(clock: &str) -> Option<[i64; 3]> {
    let mut parts = clock.split(':').map(|part| {
        let digits = part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| part.parse().ok()).flatten()
    });
    let found: [i64; 3] = [parts.next()??, parts.next()??, parts.next()??];
    let [hour, minute, second] = found;
    (parts.next().is_none() && hour < 24 && minute < 60 && second < 60).then_some(found)
}

/// Days since 1970-01-01 (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`).
fn days_from_epoch(date: Date) -> i64 {
    let (month, day) = (i64::from(date.month), i64::from(date.day));
    let year = i64::from(date.year) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The days of a month; 0 for a month that does not exist.
#[must_use]
pub const fn days_in(year: u16, month: u8) -> u8 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    }
}

/// A text in quotes with its escapes resolved.
///
/// # Errors
/// [`LiteralError::NotAText`] without both quotes, [`LiteralError::BadEscape`].
pub fn text(quoted: &str) -> Result<String, LiteralError> {
    let bad = || LiteralError::NotAText(quoted.to_owned());
    let inner = quoted.strip_prefix('"').and_then(|t| t.strip_suffix('"'));
    let mut chars = inner.ok_or_else(bad)?.chars();
    let mut out = String::new();
    while let Some(char) = chars.next() {
        match char {
            '"' => return Err(bad()),
            '\\' => match chars.next().ok_or_else(bad)? {
                'n' => out.push('\n'),
                same @ ('"' | '\\') => out.push(same),
                other => return Err(LiteralError::BadEscape(other)),
            },
            other => out.push(other),
        }
    }
    Ok(out)
}

fn period(count: &str, unit: &str) -> Result<Value, LiteralError> {
    // Weeks and capital letters have been reported, with what they mean.
    let lower = unit.to_ascii_lowercase();
    let (word, times) = match lower.as_str() {
        "week" | "weeks" => ("days", 7),
        word => (word, 1),
    };
    let unit = PeriodUnit::of(word).ok_or_else(|| LiteralError::NotAUnit(unit.to_owned()))?;
    let number = number(count)?;
    let not_whole = || LiteralError::NotWhole(count.to_owned());
    if number.scale != 0 {
        return Err(not_whole());
    }
    let count = number.mantissa.checked_mul(times).ok_or_else(not_whole)?;
    let count = u32::try_from(count).map_err(|_| not_whole())?;
    Ok(Value::Period { count, unit })
}
