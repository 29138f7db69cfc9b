//! Functions of the language itself: calendar, time zones, texts.
//!
//! Each takes narrow values that are there and gives one. What the calendar cannot hold is an error of the decision.

use quo_model::{ABSENT, Function};
use quo_value::{ArithmeticError, Date, Instant};

use super::{DAMAGED, Fault, OVERFLOW, Registers};
use crate::frame::Frame;
use crate::show::Names;

/// Calls a function on the registers from `first`; absent where an argument is.
pub(super) fn call(frame: &Frame<'_>, r: &Registers, first: u8, code: u32) -> Result<i64, Fault> {
    let function = Function::from_code(code).ok_or(DAMAGED)?;
    let argument = |step: u8| {
        if step < function.arguments() {
            r.n(first.saturating_add(step))
        } else {
            0
        }
    };
    let [a, b, c] = [argument(0), argument(1), argument(2)];
    if [a, b, c].contains(&ABSENT) {
        return Ok(ABSENT);
    }
    let days = |value: Date| Ok(i64::from(value.days()));
    match function {
        Function::DaysBetween => Ok(i64::from(date(a)?.days_until(date(b)?))),
        Function::MonthsBetween => Ok(i64::from(date(a)?.months_until(date(b)?))),
        Function::AddDays => days(date(a)?.add_days(count(b)?)?),
        Function::AddMonths => days(date(a)?.add_months(count(b)?)?),
        Function::Year => Ok(i64::from(date(a)?.ymd().0)),
        Function::Month => Ok(i64::from(date(a)?.ymd().1)),
        Function::DayOfMonth => Ok(i64::from(date(a)?.ymd().2)),
        // 1970-01-01 was a Thursday.
        Function::Weekday => {
            let days = i64::from(date(a)?.days());
            Ok(days.saturating_add(3).rem_euclid(7).saturating_add(1))
        }
        Function::DateOf => days(date_of(a, b, c)?),
        Function::DayInZone => {
            let instant = Instant::from_seconds(a).ok_or(ArithmeticError::DateOutOfRange)?;
            days(instant.day_in(&text(frame, b)?)?)
        }
        Function::SecondsBetween => b.checked_sub(a).ok_or(OVERFLOW),
        Function::Period if u32::try_from(a).is_ok() => Ok(a),
        Function::Period => Err(ArithmeticError::PeriodOutOfRange.into()),
        Function::MinorUnits => Ok(i64::from(frame.currency.minor_units)),
        Function::Length => {
            let characters = text(frame, a)?.chars().count();
            i64::try_from(characters).map_err(|_| OVERFLOW)
        }
        Function::BeginsWith => Ok(i64::from(text(frame, a)?.starts_with(&text(frame, b)?))),
    }
}

fn date(days: i64) -> Result<Date, Fault> {
    let date = i32::try_from(days).ok().and_then(Date::from_days);
    date.ok_or(Fault::Arithmetic(ArithmeticError::DateOutOfRange))
}

fn count(value: i64) -> Result<i32, Fault> {
    i32::try_from(value).map_err(|_| Fault::Arithmetic(ArithmeticError::DateOutOfRange))
}

/// The day of a year, month and day of the month; the last day of the month where it has no such day.
fn date_of(year: i64, month: i64, day: i64) -> Result<Date, Fault> {
    let out = Fault::Arithmetic(ArithmeticError::DateOutOfRange);
    let year = i16::try_from(year).map_err(|_| out)?;
    let month = u8::try_from(month)
        .ok()
        .filter(|month| (1..=12).contains(month));
    let month = month.ok_or(Fault::Arithmetic(ArithmeticError::NoSuchMonth))?;
    let day = u8::try_from(day).ok().filter(|day| (1..=31).contains(day));
    let day = day.ok_or(Fault::Arithmetic(ArithmeticError::NoSuchDay))?;
    (1..=day)
        .rev()
        .take(4)
        .find_map(|day| Date::from_ymd(year, month, day))
        .ok_or(out)
}

fn text(frame: &Frame<'_>, number: i64) -> Result<String, Fault> {
    let names = Names {
        model: frame.model,
        texts: frame.input.texts,
        minor_units: 0,
    };
    let number = u32::try_from(number).map_err(|_| DAMAGED)?;
    Ok(names.text(number).to_owned())
}
