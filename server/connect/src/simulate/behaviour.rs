//! Which fault a call to a simulated system meets.

use sha2::{Digest, Sha256};

/// What happens to one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing: the work is done and the answer says so.
    None,
    /// 202 at once, the work later.
    Accept,
    /// The work is done at once, the answer comes long after the caller has given up.
    AnswerLate,
    /// The connection is cut before anything is done.
    CutBefore,
    /// The work is done, then the connection is cut.
    CutAfter,
    /// 503, nothing is done.
    Unavailable,
    /// The system will not do it. Final for the key.
    Refuse,
}

/// Where the faults come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Faults {
    /// The try with index n of every key meets the n-th fault; tries beyond the end meet none.
    Script(Vec<Fault>),
    /// Drawn from a seed; a function of seed, system, key and number of the try.
    Seeded {
        /// The seed.
        seed: u64,
        /// Of a thousand tries, how many meet a fault (other than a refusal).
        fault_permille: u32,
        /// Of a thousand keys, how many are refused.
        refuse_permille: u32,
        /// Tries of one key that may meet a fault; later ones meet none, so that work ends.
        faulty_tries_max: u32,
    },
}

/// How a simulated system behaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behaviour {
    /// Where faults come from.
    pub faults: Faults,
    /// Milliseconds a piece of work takes.
    pub work_ms: u64,
    /// Milliseconds a late answer is late; to be longer than the caller waits.
    pub late_ms: u64,
    /// Whether a known key is recognised. A system that does not do so repeats the effect, and its journal tells.
    pub deduplicates: bool,
}

/// The faults that are drawn, equally often.
const DRAWN: [Fault; 5] = [
    Fault::Accept,
    Fault::AnswerLate,
    Fault::CutBefore,
    Fault::CutAfter,
    Fault::Unavailable,
];

impl Behaviour {
    /// Everything works at once.
    #[must_use]
    pub const fn calm() -> Self {
        Self {
            faults: Faults::Script(Vec::new()),
            work_ms: 0,
            late_ms: 0,
            deduplicates: true,
        }
    }

    /// The same faults for every key, try by try.
    #[must_use]
    pub fn scripted(faults: &[Fault], late_ms: u64) -> Self {
        Self {
            faults: Faults::Script(faults.to_vec()),
            late_ms,
            ..Self::calm()
        }
    }

    /// A bad day: half of the first two tries of every key meet a fault, none is refused.
    #[must_use]
    pub const fn stormy(seed: u64, late_ms: u64) -> Self {
        let faults = Faults::Seeded {
            seed,
            fault_permille: 500,
            refuse_permille: 0,
            faulty_tries_max: 2,
        };
        Self {
            faults,
            work_ms: 20,
            late_ms,
            deduplicates: true,
        }
    }

    /// What the `attempt`-th try (counted from 1) of a key meets.
    #[must_use]
    pub fn fault(&self, system: &str, key: &str, attempt: u32) -> Fault {
        match &self.faults {
            Faults::Script(faults) => usize::try_from(attempt.saturating_sub(1))
                .ok()
                .and_then(|index| faults.get(index).copied())
                .unwrap_or(Fault::None),
            Faults::Seeded {
                seed,
                fault_permille,
                refuse_permille,
                faulty_tries_max,
            } => {
                if draw(*seed, &[system, key, "refuse"], 1_000) < u64::from(*refuse_permille) {
                    return Fault::Refuse;
                }
                let attempt_text = attempt.to_string();
                let facts = |what| [system, key, &attempt_text, what];
                let meets = attempt <= *faulty_tries_max
                    && draw(*seed, &facts("meets"), 1_000) < u64::from(*fault_permille);
                if !meets {
                    return Fault::None;
                }
                let kinds = u64::try_from(DRAWN.len()).unwrap_or(1);
                usize::try_from(draw(*seed, &facts("kind"), kinds))
                    .ok()
                    .and_then(|index| DRAWN.get(index).copied())
                    .unwrap_or(Fault::None)
            }
        }
    }
}

/// A number from 0 to `bound` exclusive that follows from seed and facts alone.
fn draw(seed: u64, facts: &[&str], bound: u64) -> u64 {
    let mut hash = Sha256::new_with_prefix(seed.to_le_bytes());
    for fact in facts {
        hash.update(u64::try_from(fact.len()).unwrap_or(u64::MAX).to_le_bytes());
        hash.update(fact.as_bytes());
    }
    let digest = hash.finalize();
    let number = digest
        .iter()
        .take(8)
        .fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
    number.checked_rem(bound).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn a_seed_gives_the_same_faults_again_and_all_kinds_of_them() {
        let stormy = Behaviour::stormy(7, 100);
        let mut kinds: BTreeMap<String, u32> = BTreeMap::new();
        for order in 0..200 {
            let key = format!("t/{order}/billing");
            for attempt in 1..=3 {
                let fault = stormy.fault("Billing", &key, attempt);
                assert_eq!(
                    fault,
                    Behaviour::stormy(7, 1).fault("Billing", &key, attempt)
                );
                assert!(attempt <= 2 || fault == Fault::None, "work ends");
                *kinds.entry(format!("{fault:?}")).or_default() += 1;
            }
        }
        assert_eq!(kinds.len(), 6, "{kinds:?}");
        assert!((350..450).contains(kinds.get("None").unwrap()), "{kinds:?}");
        let other = Behaviour::stormy(8, 100);
        assert!((0..50).any(|n| {
            let key = format!("t/{n}/billing");
            other.fault("Billing", &key, 1) != stormy.fault("Billing", &key, 1)
        }));
    }

    #[test]
    fn a_refusal_is_for_good() {
        let faults = Faults::Seeded {
            seed: 1,
            fault_permille: 1_000,
            refuse_permille: 300,
            faulty_tries_max: 1,
        };
        let behaviour = Behaviour {
            faults,
            ..Behaviour::calm()
        };
        let refused = (0..100).filter(|n| {
            let at = |attempt| behaviour.fault("B", &n.to_string(), attempt) == Fault::Refuse;
            assert_eq!(at(1), at(9));
            at(1)
        });
        assert!((15..45).contains(&refused.count()));
    }
}
