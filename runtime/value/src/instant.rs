//! Points in time, to the second, and the calendar day that a time zone gives them.
//!
//! Time zones are those of the IANA database that is compiled in, so that every machine has the same days; the zone
//! files of the machine are never read. There is no *now* here.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::tz::TimeZoneDatabase;

use crate::Date;
use crate::error::{ArithmeticError, ParseError};

/// The database of time zones that is part of the program.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

const DAY_SECONDS: i64 = 86_400;

/// A second from 0001-01-01T00:00:00Z to 9999-12-30T22:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

impl Instant {
    /// The instant so many seconds after 1970-01-01T00:00:00Z; `None` outside the calendar.
    #[must_use]
    pub fn from_seconds(seconds: i64) -> Option<Self> {
        let first = i64::from(Date::MIN.days()).checked_mul(DAY_SECONDS)?;
        let inside = first <= seconds && Timestamp::from_second(seconds).is_ok();
        inside.then_some(Self(seconds))
    }

    /// Seconds after 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0
    }

    /// The calendar day in a time zone of the IANA database.
    ///
    /// # Errors
    /// [`ArithmeticError::UnknownTimeZone`]; [`ArithmeticError::DateOutOfRange`].
    pub fn day_in(self, zone: &str) -> Result<Date, ArithmeticError> {
        let zone = ZONES
            .get(zone)
            .map_err(|_| ArithmeticError::UnknownTimeZone)?;
        let there = Timestamp::from_second(self.0)
            .map_err(|_| ArithmeticError::DateOutOfRange)?
            .to_zoned(zone)
            .date();
        let part = |part: i8| u8::try_from(part).ok();
        part(there.month())
            .zip(part(there.day()))
            .and_then(|(month, day)| Date::from_ymd(there.year(), month, day))
            .ok_or(ArithmeticError::DateOutOfRange)
    }
}

/// Whether the IANA database has a time zone of this name.
#[must_use]
pub fn is_time_zone(name: &str) -> bool {
    ZONES.get(name).is_ok()
}

impl fmt::Display for Instant {
    /// `2026-07-15T10:00:00Z`, as RFC 3339 writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = self.0.div_euclid(DAY_SECONDS);
        let rest = self.0.rem_euclid(DAY_SECONDS);
        let date = i32::try_from(days).ok().and_then(Date::from_days);
        let date = date.unwrap_or(Date::MAX);
        let (hour, rest) = (rest.div_euclid(3600), rest.rem_euclid(3600));
        let (minute, second) = (rest.div_euclid(60), rest.rem_euclid(60));
        f.pad(&format!("{date}T{hour:02}:{minute:02}:{second:02}Z"))
    }
}

impl FromStr for Instant {
    type Err = ParseError;

    /// Reads `2026-07-15T10:00:00Z`, or with an offset from UTC such as `+02:00` in the place of `Z`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        read(text).ok_or_else(|| {
            ParseError::new(
                "point in time",
                text,
                "a day and a time with its offset, written as `2026-07-15T10:00:00Z`",
            )
        })
    }
}

fn read(text: &str) -> Option<Instant> {
    let (date, rest) = text.split_at_checked(10)?;
    let date: Date = date.parse().ok()?;
    let (time, offset) = rest.split_at_checked(9)?;
    let [b'T', h1, h2, b':', m1, m2, b':', s1, s2] = time.as_bytes() else {
        return None;
    };
    let (hour, minute) = (two(*h1, *h2, 23)?, two(*m1, *m2, 59)?);
    let second = two(*s1, *s2, 59)?;
    let ahead = match offset.as_bytes() {
        [b'Z'] => 0,
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let minutes = two(*h1, *h2, 23)?
                .checked_mul(60)?
                .checked_add(two(*m1, *m2, 59)?)?;
            if *sign == b'+' {
                minutes
            } else {
                minutes.checked_neg()?
            }
        }
        _ => return None,
    };
    let seconds = i64::from(date.days())
        .checked_mul(DAY_SECONDS)?
        .checked_add(hour.checked_mul(3600)?)?
        .checked_add(minute.checked_mul(60)?)?
        .checked_add(second)?
        .checked_sub(ahead.checked_mul(60)?)?;
    Instant::from_seconds(seconds)
}

/// Two ASCII digits, at most `most`.
fn two(tens: u8, ones: u8, most: i64) -> Option<i64> {
    let digit = |byte: u8| byte.checked_sub(b'0').filter(|digit| *digit <= 9);
    let number = i64::from(digit(tens)?.checked_mul(10)?.checked_add(digit(ones)?)?);
    (number <= most).then_some(number)
}
