//! Fingerprints of what was promised: SHA-256 over RFC 8785 canonical JSON.
//!
//! The engine's own fingerprints of a request and an answer arrive as text in a
//! [`PricedSnapshot`](crate::snapshot::PricedSnapshot) and are only compared here; these ones are
//! over the domain's documents: commitments, approvals, commands.

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// A document that cannot be written as canonical JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a document cannot be written as canonical JSON: {0}")]
pub struct FingerprintError(String);

/// A document as a JSON value.
///
/// # Errors
/// [`FingerprintError`] when the document has no JSON form (a map with keys that are not text).
pub fn to_value(document: &impl Serialize) -> Result<Value, FingerprintError> {
    serde_json::to_value(document).map_err(|e| FingerprintError(e.to_string()))
}

/// The document's bytes as RFC 8785 has them: sorted names, no blanks, one form of each number.
///
/// # Errors
/// [`FingerprintError`] when the document has no canonical form.
pub fn canonical(document: &impl Serialize) -> Result<Vec<u8>, FingerprintError> {
    serde_json_canonicalizer::to_vec(document).map_err(|e| FingerprintError(e.to_string()))
}

/// `sha256:` and the digest of the canonical bytes in lower-case hexadecimal.
///
/// # Errors
/// [`FingerprintError`] when the document has no canonical form.
pub fn of(document: &impl Serialize) -> Result<String, FingerprintError> {
    let mut text = String::from("sha256:");
    for byte in Sha256::digest(canonical(document)?) {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_order_of_names_does_not_matter() {
        let one: Value = serde_json::from_str(r#"{"b": 1, "a": [true, null]}"#).unwrap();
        let other: Value = serde_json::from_str(r#"{"a":[true,null],"b":1}"#).unwrap();
        assert_eq!(of(&one), of(&other));
        assert_eq!(canonical(&one).unwrap(), br#"{"a":[true,null],"b":1}"#);
        assert_ne!(of(&json!({"a": 1})), of(&json!({"a": "1"})));
    }

    #[test]
    fn a_known_digest() {
        // `printf '{}' | sha256sum`
        assert_eq!(
            of(&json!({})).unwrap(),
            "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
        );
    }
}
