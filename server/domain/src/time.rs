//! Points in time, as a value: milliseconds since the Unix epoch, written as RFC 3339 in UTC.
//!
//! It must not read a clock; see [`ports::Clock`](crate::ports::Clock).

use jiff::civil;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Milliseconds in a minute.
pub const MINUTE_MS: i64 = 60_000;

// The years that RFC 3339 can write: 0000-01-01T00:00:00Z to 9999-12-30T22:00:00Z, the latter the
// last instant of `jiff` that has a date in every zone.
const MILLIS_MIN: i64 = -62_167_219_200_000;
const MILLIS_MAX: i64 = 253_402_207_200_000;

/// An instant: milliseconds since 1970-01-01T00:00:00Z, within the years 0000 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Timestamp(i64);

/// Why a text is not an instant or a date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// Not an RFC 3339 instant, or outside the years 0000 to 9999.
    #[error("`{0}` is not an RFC 3339 time such as `2026-07-02T10:15:30Z`")]
    NotATime(String),
    /// Not an ISO 8601 calendar date.
    #[error("`{0}` is not a date such as `2026-07-02`")]
    NotADate(String),
}

impl Timestamp {
    /// The Unix epoch.
    pub const EPOCH: Self = Self(0);

    /// The instant so many milliseconds after the epoch, clamped to the years 0000 to 9999.
    #[must_use]
    pub fn from_millis(millis: i64) -> Self {
        Self(millis.clamp(MILLIS_MIN, MILLIS_MAX))
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// The instant `millis` later (earlier when negative), clamped to the years 0000 to 9999.
    #[must_use]
    pub fn plus_millis(self, millis: i64) -> Self {
        Self::from_millis(self.0.saturating_add(millis))
    }

    /// The first instant after the calendar day `date` (`2026-07-02`) in UTC: what is valid to a
    /// day, that day included, ends here.
    ///
    /// # Errors
    /// [`TimeError::NotADate`] when `date` is not an ISO 8601 calendar date.
    pub fn end_of_day(date: &str) -> Result<Self, TimeError> {
        let not_a_date = || TimeError::NotADate(date.to_owned());
        // `jiff` also reads dates with a time; a day is written with exactly these ten characters.
        if date.len() != 10 {
            return Err(not_a_date());
        }
        let day = civil::Date::from_str(date).map_err(|_| not_a_date())?;
        let next = day.tomorrow().map_err(|_| not_a_date())?;
        let start = jiff::tz::TimeZone::UTC
            .to_timestamp(next.to_datetime(civil::Time::midnight()))
            .map_err(|_| not_a_date())?;
        Ok(Self::from_millis(start.as_millisecond()))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let instant = jiff::Timestamp::from_millisecond(self.0).map_err(|_| fmt::Error)?;
        write!(f, "{instant:.3}")
    }
}

impl FromStr for Timestamp {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        let instant = jiff::Timestamp::from_str(text)
            .map_err(|_| TimeError::NotATime(text.to_owned()))?
            .as_millisecond();
        if (MILLIS_MIN..=MILLIS_MAX).contains(&instant) {
            Ok(Self(instant))
        } else {
            Err(TimeError::NotATime(text.to_owned()))
        }
    }
}

impl TryFrom<String> for Timestamp {
    type Error = TimeError;
    fn try_from(text: String) -> Result<Self, TimeError> {
        text.parse()
    }
}

impl From<Timestamp> for String {
    fn from(instant: Timestamp) -> Self {
        instant.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_and_reads_rfc_3339() {
        let instant: Timestamp = "2026-07-02T12:15:30.25+02:00".parse().unwrap();
        assert_eq!(instant.to_string(), "2026-07-02T10:15:30.250Z");
        assert_eq!(instant.to_string().parse::<Timestamp>().unwrap(), instant);
        assert_eq!(
            "yesterday".parse::<Timestamp>().unwrap_err().to_string(),
            "`yesterday` is not an RFC 3339 time such as `2026-07-02T10:15:30Z`"
        );
    }

    #[test]
    fn every_value_can_be_written() {
        for millis in [i64::MIN, i64::MAX, 0, -1] {
            let instant = Timestamp::from_millis(millis);
            assert_eq!(instant.to_string().parse::<Timestamp>().unwrap(), instant);
        }
    }

    #[test]
    fn a_day_ends_where_the_next_begins() {
        assert_eq!(
            Timestamp::end_of_day("2026-12-31").unwrap().to_string(),
            "2027-01-01T00:00:00.000Z"
        );
        for wrong in [
            "2026-02-30",
            "2026-7-2",
            "2026-07-02T00:00",
            "",
            "9999-12-31",
        ] {
            assert!(Timestamp::end_of_day(wrong).is_err(), "{wrong}");
        }
    }
}
