//! The real clock, ids and randomness: the only place of the service that asks the machine for them.
//!
//! Everything else gets them through the ports of [`quo_domain::ports`], so that a seeded simulation can replay a run.

use quo_domain::Timestamp;
use quo_domain::ports::{Clock, IdSource, Jitter, time_sortable_id};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the port through which time enters"
        )]
        let now = SystemTime::now();
        let millis = match now.duration_since(UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_millis()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |m| -m),
        };
        Timestamp::from_millis(millis)
    }
}

/// The system's clock, ahead of or behind the real time by a constant: for rehearsals of another day.
#[derive(Debug, Clone, Copy)]
pub struct ShiftedClock {
    /// Seconds added to the real time; negative ones go back.
    pub shift_s: i64,
}

impl Clock for ShiftedClock {
    fn now(&self) -> Timestamp {
        SystemClock
            .now()
            .plus_millis(self.shift_s.saturating_mul(1_000))
    }
}

/// ULIDs with the operating system's entropy.
#[derive(Debug, Clone, Copy, Default)]
pub struct UlidIds;

impl IdSource for UlidIds {
    fn next(&self, now: Timestamp) -> String {
        time_sortable_id(now, u128::from_le_bytes(entropy()))
    }
}

/// Jitter with the operating system's entropy.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemJitter;

impl Jitter for SystemJitter {
    fn permille(&self) -> u32 {
        u32::from_le_bytes(entropy())
            .checked_rem(1_000)
            .unwrap_or(0)
    }
}

fn entropy<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect(
        "an operating system that is up gives random bytes; without them ids would collide",
    );
    bytes
}

/// Measures how long something takes, for metrics alone: no decision depends on it.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts measuring.
    #[must_use]
    pub fn start() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "latencies are measured, never decided upon"
        )]
        let now = Instant::now();
        Self(now)
    }

    /// Time since the start.
    #[must_use]
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_fresh_and_sort_by_time() {
        let now = SystemClock.now();
        assert!(now.to_string().as_str() > "2025");
        let (first, second) = (UlidIds.next(now), UlidIds.next(now));
        assert_ne!(first, second);
        assert!(first < UlidIds.next(now.plus_millis(1)));
        assert!((0..100).all(|_| SystemJitter.permille() < 1_000));
    }
}
