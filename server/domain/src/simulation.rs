//! The ports with a seed: a run that uses them can be repeated exactly.
//!
//! For tests and simulations. Nothing here may read the machine's clock or entropy.

use crate::ports::{Clock, IdSource, Jitter, time_sortable_id};
use crate::time::Timestamp;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// The generator SplitMix64 (Steele, Lea and Flood, 2014): small, seedable, good enough to shuffle
/// a schedule, not for secrets.
#[derive(Debug)]
pub struct SeededRandom(AtomicU64);

impl SeededRandom {
    /// A generator whose numbers follow from `seed`.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    /// The next 64 bits.
    pub fn next_u64(&self) -> u64 {
        const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
        let mut z = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from 0 to `bound` exclusive; 0 when `bound` is 0.
    pub fn below(&self, bound: u64) -> u64 {
        self.next_u64().checked_rem(bound).unwrap_or(0)
    }
}

/// A clock that moves only when told.
#[derive(Debug)]
pub struct SeededClock(AtomicI64);

impl SeededClock {
    /// A clock standing at `start`.
    #[must_use]
    pub fn starting_at(start: Timestamp) -> Self {
        Self(AtomicI64::new(start.millis()))
    }

    /// Moves the clock forward.
    pub fn advance_millis(&self, millis: i64) {
        self.0.fetch_add(millis, Ordering::Relaxed);
    }
}

impl Clock for SeededClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::Relaxed))
    }
}

/// Ids that follow from a seed.
#[derive(Debug)]
pub struct SeededIds(SeededRandom);

impl SeededIds {
    /// A source whose ids follow from `seed`.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(SeededRandom::new(seed))
    }
}

impl IdSource for SeededIds {
    fn next(&self, now: Timestamp) -> String {
        let high = u128::from(self.0.next_u64());
        time_sortable_id(now, (high << 64) | u128::from(self.0.next_u64()))
    }
}

/// Jitter that follows from a seed.
#[derive(Debug)]
pub struct SeededJitter(SeededRandom);

impl SeededJitter {
    /// Jitter that follows from `seed`.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(SeededRandom::new(seed))
    }
}

impl Jitter for SeededJitter {
    fn permille(&self) -> u32 {
        u32::try_from(self.0.below(1000)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_run() {
        let at = Timestamp::from_millis(1_800_000_000_000);
        let ids = |seed| {
            let source = SeededIds::new(seed);
            [source.next(at), source.next(at)]
        };
        assert_eq!(ids(7), ids(7));
        assert_ne!(ids(7), ids(8));
        let [first, second] = ids(7);
        assert_ne!(first, second);
    }
}
