//! Calendar dates of the proleptic Gregorian calendar, without a time or a zone.
//!
//! A date is kept as its number of days since 1970-01-01: four bytes that order, compare and
//! subtract like any integer, in a column as in a register. What months are is left to
//! [`jiff::civil`]. There is no *today* here: the day a decision is made for is an input.

use std::fmt;
use std::str::FromStr;

use jiff::{Span, ToSpan, civil};

use crate::Period;
use crate::error::{ArithmeticError, ParseError};

/// A day from 0001-01-01 to 9999-12-31.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(i32);

const EPOCH: civil::Date = civil::date(1970, 1, 1);

impl Date {
    /// The first day, 0001-01-01.
    pub const MIN: Self = Self(-719_162);

    /// The last day, 9999-12-31.
    pub const MAX: Self = Self(2_932_896);

    /// The day that is `days` after 1970-01-01, or before it where negative; `None` outside the
    /// calendar.
    #[must_use]
    pub const fn from_days(days: i32) -> Option<Self> {
        if Self::MIN.0 <= days && days <= Self::MAX.0 {
            Some(Self(days))
        } else {
            None
        }
    }

    /// The day of a year, month (1 to 12) and day of the month; `None` where there is no such
    /// day.
    #[must_use]
    pub fn from_ymd(year: i16, month: u8, day: u8) -> Option<Self> {
        let month = i8::try_from(month).ok()?;
        let day = i8::try_from(day).ok()?;
        Self::from_civil(civil::Date::new(year, month, day).ok()?)
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub const fn days(self) -> i32 {
        self.0
    }

    /// Year, month (1 to 12) and day of the month.
    #[must_use]
    pub fn ymd(self) -> (i16, u8, u8) {
        let date = self.civil();
        (
            date.year(),
            date.month().unsigned_abs(),
            date.day().unsigned_abs(),
        )
    }

    /// The day `days` later, or earlier where negative.
    ///
    /// # Errors
    /// [`ArithmeticError::DateOutOfRange`].
    pub fn add_days(self, days: i32) -> Result<Self, ArithmeticError> {
        self.0
            .checked_add(days)
            .and_then(Self::from_days)
            .ok_or(ArithmeticError::DateOutOfRange)
    }

    /// The same day of the month `months` later, or earlier where negative; the last day of that
    /// month where it is too short. 31 January plus one month is the last of February.
    ///
    /// Months are counted from the day one starts with: adding one month twice may end earlier
    /// than adding two. Billing periods are therefore counted from their anchor.
    ///
    /// # Errors
    /// [`ArithmeticError::DateOutOfRange`].
    pub fn add_months(self, months: i32) -> Result<Self, ArithmeticError> {
        Span::new()
            .try_months(months)
            .and_then(|span| self.civil().checked_add(span))
            .ok()
            .and_then(Self::from_civil)
            .ok_or(ArithmeticError::DateOutOfRange)
    }

    /// The day a period later: first its months, then its days.
    ///
    /// # Errors
    /// [`ArithmeticError::DateOutOfRange`].
    pub fn add_period(self, period: Period) -> Result<Self, ArithmeticError> {
        let out_of_range = |_| ArithmeticError::DateOutOfRange;
        self.add_months(i32::try_from(period.months).map_err(out_of_range)?)?
            .add_days(i32::try_from(period.days).map_err(out_of_range)?)
    }

    /// The number of days from this day to `other`, negative where `other` is earlier. The first
    /// day counts, the last does not: to the same day it is 0.
    #[must_use]
    pub const fn days_until(self, other: Self) -> i32 {
        // The whole calendar has 3.7 million days: nothing saturates.
        other.0.saturating_sub(self.0)
    }

    /// The number of whole months from this day to `other`: the most months that can be
    /// [added](Self::add_months) without passing it. From 31 January to 28 February 2026 it is
    /// 1, since that is where adding a month leads.
    ///
    /// Negative where `other` is earlier, and then the count from `other` to this day.
    #[must_use]
    pub fn months_until(self, other: Self) -> i32 {
        if other < self {
            return other.months_until(self).saturating_neg();
        }
        let (from, to) = (self.civil(), other.civil());
        // 9,999 years have fewer than 120,000 months: nothing saturates.
        let years = i32::from(to.year()).saturating_sub(i32::from(from.year()));
        let months = i32::from(to.month()).saturating_sub(i32::from(from.month()));
        let turned = years.saturating_mul(12).saturating_add(months);
        match self.add_months(turned) {
            Ok(reached) if reached <= other => turned,
            _ => turned.saturating_sub(1),
        }
    }

    fn from_civil(date: civil::Date) -> Option<Self> {
        // The difference of two civil dates is given in days unless asked otherwise.
        let span = date.since(EPOCH).ok()?;
        Self::from_days(span.get_days())
    }

    fn civil(self) -> civil::Date {
        EPOCH
            .checked_add(self.0.days())
            .expect("the calendar of civil dates begins before ours and ends with it")
    }
}

impl fmt::Display for Date {
    /// `2026-07-15`, as ISO 8601 writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.ymd();
        f.pad(&format!("{year:04}-{month:02}-{day:02}"))
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Date({self})")
    }
}

impl FromStr for Date {
    type Err = ParseError;

    /// Reads exactly `YYYY-MM-DD` in ASCII digits.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let day = match text.as_bytes() {
            [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] => number(&[*y1, *y2, *y3, *y4])
                .zip(number(&[*m1, *m2]))
                .zip(number(&[*d1, *d2]))
                .and_then(|((year, month), day)| {
                    let month = u8::try_from(month).ok()?;
                    Self::from_ymd(year, month, u8::try_from(day).ok()?)
                }),
            _ => None,
        };
        day.ok_or_else(|| {
            ParseError::new(
                "date",
                text,
                "a day of the calendar written as `2026-07-15`",
            )
        })
    }
}

/// The number that up to four ASCII digits write.
fn number(digits: &[u8]) -> Option<i16> {
    digits.iter().try_fold(0_i16, |sum, byte| {
        let digit = byte.checked_sub(b'0').filter(|digit| *digit <= 9)?;
        sum.checked_mul(10)?.checked_add(i16::from(digit))
    })
}
