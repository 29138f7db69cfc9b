//! Periods: how long a term, a notice or a free phase lasts, in the unit it was agreed in.
//!
//! Months and days are kept apart, because a month has no number of days until it is put on a
//! calendar; [`Date::add_period`](crate::Date::add_period) does that. A year is twelve months.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use crate::error::{IncomparablePeriods, ParseError};

/// A length of time in months and days, most often in one of the two.
///
/// Periods are equal if both counts are. 30 days and 1 month are neither equal nor different in
/// length; see [`checked_cmp`](Self::checked_cmp).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Period {
    /// Calendar months.
    pub months: u32,
    /// Days beside the months.
    pub days: u32,
}

impl Period {
    /// A period of calendar months.
    #[must_use]
    pub const fn of_months(months: u32) -> Self {
        Self { months, days: 0 }
    }

    /// A period of days.
    #[must_use]
    pub const fn of_days(days: u32) -> Self {
        Self { months: 0, days }
    }

    /// Which period is longer, where that holds on every calendar.
    ///
    /// # Errors
    /// [`IncomparablePeriods`] where one has more months and the other more days.
    pub fn checked_cmp(self, other: Self) -> Result<Ordering, IncomparablePeriods> {
        let months = self.months.cmp(&other.months);
        let days = self.days.cmp(&other.days);
        match (months, days) {
            (Ordering::Equal, decided) | (decided, Ordering::Equal) => Ok(decided),
            _ if months == days => Ok(months),
            _ => Err(IncomparablePeriods {
                left: self,
                right: other,
            }),
        }
    }

    /// The period as ISO 8601 writes durations: `P12M`, `P30D`, `P1M10D`, and `P0D` for none.
    #[must_use]
    pub fn iso(self) -> String {
        match (self.months, self.days) {
            (0, days) => format!("P{days}D"),
            (months, 0) => format!("P{months}M"),
            (months, days) => format!("P{months}M{days}D"),
        }
    }

    /// Reads a duration of ISO 8601 in years, months and days, in this order and each at most
    /// once: `P3Y`, `P12M`, `P1M10D`. Weeks and times of day are refused.
    ///
    /// # Errors
    /// [`ParseError`] for any other text, or for a count above 32 bits.
    pub fn parse_iso(text: &str) -> Result<Self, ParseError> {
        let counted = text.strip_prefix('P').filter(|rest| !rest.is_empty());
        counted.and_then(read_iso).ok_or_else(|| {
            ParseError::new(
                "period",
                text,
                "years, months or days of ISO 8601, such as `P12M` or `P30D`",
            )
        })
    }
}

impl fmt::Display for Period {
    /// `12 months`, `1 month`, `30 days`, `1 month 10 days`, and `0 days` for none. Months stay
    /// months, also where they make full years.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = |count: u32, unit: &str| {
            let plural = if count == 1 { "" } else { "s" };
            format!("{count} {unit}{plural}")
        };
        f.pad(&match (self.months, self.days) {
            (0, days) => counted(days, "day"),
            (months, 0) => counted(months, "month"),
            (months, days) => format!("{} {}", counted(months, "month"), counted(days, "day")),
        })
    }
}

impl FromStr for Period {
    type Err = ParseError;

    /// Reads counts with their units, `years`, `months` and `days` in this order and each at
    /// most once, singular or plural, one blank between words: `3 years`, `1 month 10 days`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        read_words(text).ok_or_else(|| {
            ParseError::new(
                "period",
                text,
                "a count of years, months or days, such as `12 months`",
            )
        })
    }
}

/// The units a period is read in, the larger first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Unit {
    Years,
    Months,
    Days,
}

/// Counts being added up, each unit after the larger ones and at most once.
#[derive(Default)]
struct Reader {
    period: Period,
    last: Option<Unit>,
}

impl Reader {
    fn add(&mut self, digits: &str, unit: Unit) -> Option<()> {
        // `u32::from_str` would take a plus sign.
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) || self.last >= Some(unit) {
            return None;
        }
        let count: u32 = digits.parse().ok()?;
        self.last = Some(unit);
        match unit {
            Unit::Years => self.period.months = count.checked_mul(12)?,
            Unit::Months => self.period.months = self.period.months.checked_add(count)?,
            Unit::Days => self.period.days = count,
        }
        Some(())
    }
}

fn read_words(text: &str) -> Option<Period> {
    let mut reader = Reader::default();
    let mut words = text.split(' ');
    while let Some(digits) = words.next() {
        let unit = match words.next()? {
            "year" | "years" => Unit::Years,
            "month" | "months" => Unit::Months,
            "day" | "days" => Unit::Days,
            _ => return None,
        };
        reader.add(digits, unit)?;
    }
    Some(reader.period)
}

fn read_iso(text: &str) -> Option<Period> {
    let mut reader = Reader::default();
    let mut rest = text;
    while let Some((at, letter)) = rest.char_indices().find(|(_, c)| !c.is_ascii_digit()) {
        let unit = match letter {
            'Y' => Unit::Years,
            'M' => Unit::Months,
            'D' => Unit::Days,
            _ => return None,
        };
        let (digits, tail) = rest.split_at_checked(at)?;
        reader.add(digits, unit)?;
        rest = tail.strip_prefix(letter)?;
    }
    rest.is_empty().then_some(reader.period)
}
