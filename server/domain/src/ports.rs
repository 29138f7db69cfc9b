//! Where time, ids and randomness enter: traits that the application implements.
//!
//! The domain itself never calls a port; it gets their values in a
//! [`Context`](crate::context::Context). They are declared here so that the service, the store's
//! tests and the simulation agree on them. The real ones live with the service, the seeded ones in
//! [`simulation`](crate::simulation).

use crate::time::Timestamp;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The current instant.
    fn now(&self) -> Timestamp;
}

/// Makes identifiers.
pub trait IdSource: Send + Sync {
    /// A fresh id of 26 characters whose order as text is the order of `now`, as a ULID has it.
    fn next(&self, now: Timestamp) -> String;
}

/// Spreads retries, so that they do not all come at once.
pub trait Jitter: Send + Sync {
    /// A number between 0 and 999, in thousandths of what is to be spread.
    fn permille(&self) -> u32;
}

/// The alphabet of ULIDs: Crockford's base 32, whose order is the order of ASCII.
const CROCKFORD: [char; 32] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J',
    'K', 'M', 'N', 'P', 'Q', 'R', 'S', 'T', 'V', 'W', 'X', 'Y', 'Z',
];

/// The ULID of an instant and 80 bits of entropy (higher bits are dropped): 48 bits of
/// milliseconds, then the entropy, in 26 characters. Instants before 1970 count as 1970.
#[must_use]
pub fn time_sortable_id(now: Timestamp, entropy: u128) -> String {
    let millis = u128::try_from(now.millis()).unwrap_or(0) & ((1 << 48) - 1);
    let bits = (millis << 80) | (entropy & ((1 << 80) - 1));
    (0..26_u32)
        .rev()
        .map(|digit| {
            let value = usize::try_from((bits >> (digit * 5)) & 31).unwrap_or(0);
            CROCKFORD.get(value).copied().unwrap_or('0')
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_ulids_and_sort_by_time() {
        // The example of the ULID specification: 1469922850259 ms is `01ARZ3NDEK`.
        let id = time_sortable_id(Timestamp::from_millis(1_469_922_850_259), 0);
        assert_eq!(id, "01ARZ3NDEK0000000000000000");
        let later = time_sortable_id(Timestamp::from_millis(1_469_922_850_260), 0);
        let earlier = time_sortable_id(Timestamp::from_millis(1_469_922_850_259), u128::MAX);
        assert!(earlier < later);
    }
}
