//! Fingerprints: a name for a value that anybody can compute again.
//!
//! The value is written as canonical JSON (RFC 8785: sorted keys, no blanks, one spelling of every string and number),
//! then hashed with SHA-256 (FIPS 180-4). The prefix names this recipe, so that another can follow it.

use quo_model::Digest;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// The recipe's name.
const RECIPE: &str = "v1:sha256:";

/// The canonical JSON of a value (RFC 8785).
pub(crate) fn canonical_json(value: &impl Serialize) -> Vec<u8> {
    serde_json_canonicalizer::to_vec(value)
        .expect("requests and answers are texts, whole numbers, lists and records with text keys, which JSON can always write")
}

/// The fingerprint of a request in canonical form or of an answer: `v1:sha256:` and 64 hexadecimal digits.
///
/// The value must consist of texts, whole numbers within ±(2⁵³ − 1), truth values, nulls, lists and records, which
/// everything that this crate makes does.
#[must_use]
pub fn fingerprint(value: &impl Serialize) -> String {
    from_hash(&Sha256::digest(canonical_json(value)).into())
}

/// The fingerprint of a hash.
pub(crate) fn from_hash(hash: &[u8; 32]) -> String {
    format!("{RECIPE}{}", Digest(*hash))
}

/// The hash of a fingerprint of this crate; zeros for any other text.
pub(crate) fn hash_of(fingerprint: &str) -> [u8; 32] {
    fingerprint
        .strip_prefix(RECIPE)
        .and_then(|digits| digits.parse::<Digest>().ok())
        .map_or([0; 32], |hash| hash.0)
}
