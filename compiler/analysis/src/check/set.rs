//! Sets of values as intervals: the algebra that every check of cases is made of.
//!
//! A value is its place in the order of its type (`Ordinal`): an enum value its index, a number its mantissa, a day its
//! number. A value that may be missing has one more place, [`ABSENT`], before all others. Sets are canonical: sorted,
//! disjoint, and never with two intervals that touch, so that equal sets are equal data.

/// The place of a value in the order of its type.
pub type Ordinal = i128;

/// The place of a value that is not there.
pub const ABSENT: Ordinal = i128::MIN;

/// A set of ordinals.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Set(Vec<(Ordinal, Ordinal)>);

impl Set {
    /// The set of everything from `low` to `high`, both included; empty where `high` is smaller.
    #[must_use]
    pub fn interval(low: Ordinal, high: Ordinal) -> Self {
        Self::from_intervals(vec![(low, high)])
    }

    /// The set of one value.
    #[must_use]
    pub fn one(value: Ordinal) -> Self {
        Self(vec![(value, value)])
    }

    /// The union of intervals in any order; those that end before they begin hold nothing.
    #[must_use]
    pub fn from_intervals(mut intervals: Vec<(Ordinal, Ordinal)>) -> Self {
        intervals.retain(|(low, high)| low <= high);
        intervals.sort_unstable();
        let mut merged: Vec<(Ordinal, Ordinal)> = Vec::with_capacity(intervals.len());
        for (low, high) in intervals {
            match merged.last_mut() {
                // `ABSENT` is no neighbour of the smallest number: it is another kind of value.
                Some((first, last))
                    if *last >= low || (*first != ABSENT && last.checked_add(1) == Some(low)) =>
                {
                    *last = (*last).max(high);
                }
                _ => merged.push((low, high)),
            }
        }
        Self(merged)
    }

    /// Its intervals in their order.
    #[must_use]
    pub fn intervals(&self) -> &[(Ordinal, Ordinal)] {
        &self.0
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a value is in it.
    #[must_use]
    pub fn contains(&self, value: Ordinal) -> bool {
        self.0
            .iter()
            .any(|(low, high)| *low <= value && value <= *high)
    }

    /// What is in both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let (mut left, mut right) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut common = Vec::new();
        while let (Some(&&(a, b)), Some(&&(c, d))) = (left.peek(), right.peek()) {
            if a.max(c) <= b.min(d) {
                common.push((a.max(c), b.min(d)));
            }
            if b < d {
                left.next();
            } else {
                right.next();
            }
        }
        Self(common)
    }

    /// What is in either.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        Self::from_intervals(self.0.iter().chain(&other.0).copied().collect())
    }

    /// What is in it and not in the other.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        let mut left = Vec::new();
        for &(low, high) in &self.0 {
            let mut from = Some(low);
            for &(a, b) in &other.0 {
                let Some(start) = from else { break };
                if b < start || a > high {
                    continue;
                }
                if a > start {
                    left.push((start, a.saturating_sub(1)));
                }
                from = b.checked_add(1).filter(|next| *next <= high);
            }
            if let Some(start) = from {
                left.push((start, high));
            }
        }
        Self(left)
    }

    /// The value to show of an interval: the end that is nearest to nothing, as people would choose it.
    #[must_use]
    pub fn example((low, high): (Ordinal, Ordinal)) -> Ordinal {
        if low.unsigned_abs() <= high.unsigned_abs() {
            low
        } else {
            high
        }
    }

    /// A value of the set to show, one that is there if it can be.
    #[must_use]
    pub fn any(&self) -> Option<Ordinal> {
        let there = self.0.iter().find(|(low, _)| *low != ABSENT);
        there.or_else(|| self.0.first()).copied().map(Self::example)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(intervals: &[(Ordinal, Ordinal)]) -> Set {
        Set::from_intervals(intervals.to_vec())
    }

    #[test]
    fn sets_are_canonical() {
        assert_eq!(set(&[(4, 6), (1, 3), (9, 8)]), set(&[(1, 6)]));
        assert_eq!(
            set(&[(ABSENT, ABSENT), (ABSENT + 1, 3)]).intervals().len(),
            2
        );
    }

    #[test]
    fn what_is_taken_away_and_what_is_common_make_the_whole() {
        let sets = [
            set(&[]),
            set(&[(1, 10)]),
            set(&[(0, 2), (4, 4), (8, 20)]),
            set(&[(ABSENT, ABSENT), (3, 9)]),
        ];
        for a in &sets {
            for b in &sets {
                assert_eq!(a.minus(b).or(&a.and(b)), *a, "{a:?} {b:?}");
                assert!(a.minus(b).and(b).is_empty());
                assert!(a.minus(&a.or(b)).is_empty());
            }
        }
    }

    #[test]
    fn the_example_is_the_number_a_person_would_choose() {
        assert_eq!(set(&[(-1_000_000, -1)]).any(), Some(-1));
        assert_eq!(set(&[(101, 100_000)]).any(), Some(101));
        assert_eq!(set(&[(ABSENT, ABSENT), (7, 7)]).any(), Some(7));
    }
}
