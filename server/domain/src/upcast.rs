//! Upcasters: how payloads of older schema versions are read as the current one.
//!
//! Stored bytes are never rewritten. Each upcaster lifts one event type by one version; reading
//! chains them. Every version ever written has a golden file under `tests/golden`, which a test
//! reads through this registry.

use serde_json::Value;
use std::collections::BTreeMap;

/// Lifts a payload by one version.
pub type Upcaster = fn(Value) -> Result<Value, String>;

/// Why a payload cannot be read as the current version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UpcastError {
    /// Written by a later version of the software.
    #[error(
        "an event `{event_type}` has schema version {found}, this software reads up to {current}"
    )]
    Future {
        /// Type of the event.
        event_type: String,
        /// Version found.
        found: u16,
        /// Version this software writes.
        current: u16,
    },
    /// A step of the chain is missing: a bug of this software.
    #[error("there is no upcaster for `{event_type}` from schema version {from}")]
    Missing {
        /// Type of the event.
        event_type: String,
        /// Version that cannot be lifted.
        from: u16,
    },
    /// The payload is not JSON.
    #[error("the payload of an event `{event_type}` is not JSON: {detail}")]
    NotJson {
        /// Type of the event.
        event_type: String,
        /// What the parser says.
        detail: String,
    },
    /// The payload is not what its version says.
    #[error("an event `{event_type}` of schema version {from} cannot be lifted: {detail}")]
    Payload {
        /// Type of the event.
        event_type: String,
        /// Version it has.
        from: u16,
        /// What does not fit.
        detail: String,
    },
}

/// The registry: event type and version to the function that lifts it to the next version.
#[derive(Debug, Clone, Default)]
pub struct Upcasters(BTreeMap<(&'static str, u16), Upcaster>);

impl Upcasters {
    /// Every upcaster this software knows. All events are in their first version, so there is none
    /// yet; the first change of a payload adds its line here and its golden file in the tests.
    #[must_use]
    pub fn current() -> Self {
        Self::default()
    }

    /// The registry with one more upcaster.
    #[must_use]
    pub fn with(mut self, event_type: &'static str, from: u16, upcaster: Upcaster) -> Self {
        self.0.insert((event_type, from), upcaster);
        self
    }

    /// Reads stored bytes of version `found` as version `current`.
    ///
    /// # Errors
    /// [`UpcastError`] when the version is later than `current`, a step is missing, or the bytes
    /// are not what they claim to be.
    pub fn lift(
        &self,
        event_type: &str,
        found: u16,
        current: u16,
        bytes: &[u8],
    ) -> Result<Value, UpcastError> {
        let event_type_owned = || event_type.to_owned();
        if found > current {
            return Err(UpcastError::Future {
                event_type: event_type_owned(),
                found,
                current,
            });
        }
        let payload = serde_json::from_slice(bytes).map_err(|e| UpcastError::NotJson {
            event_type: event_type_owned(),
            detail: e.to_string(),
        })?;
        (found..current).try_fold(payload, |payload, from| {
            let upcaster = self
                .0
                .iter()
                .find(|((name, version), _)| *name == event_type && *version == from)
                .map(|(_, upcaster)| upcaster)
                .ok_or_else(|| UpcastError::Missing {
                    event_type: event_type_owned(),
                    from,
                })?;
            upcaster(payload).map_err(|detail| UpcastError::Payload {
                event_type: event_type_owned(),
                from,
                detail,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rename(mut payload: Value) -> Result<Value, String> {
        let object = payload.as_object_mut().ok_or("not an object")?;
        let value = object.remove("old").ok_or("`old` is missing")?;
        object.insert("new".to_owned(), value);
        Ok(payload)
    }

    fn wrap(payload: Value) -> Result<Value, String> {
        Ok(json!({ "wrapped": payload }))
    }

    #[test]
    fn versions_are_lifted_one_by_one() {
        let registry = Upcasters::default()
            .with("quo.x", 1, rename)
            .with("quo.x", 2, wrap);
        assert_eq!(
            registry.lift("quo.x", 1, 3, br#"{"old":5}"#),
            Ok(json!({"wrapped": {"new": 5}}))
        );
        assert_eq!(
            registry.lift("quo.x", 3, 3, br#"{"a":1}"#),
            Ok(json!({"a": 1}))
        );
    }

    #[test]
    fn what_cannot_be_lifted_says_why() {
        let registry = Upcasters::default().with("quo.x", 1, rename);
        let says = |found, current, bytes: &[u8]| {
            registry
                .lift("quo.x", found, current, bytes)
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            says(4, 3, b"{}"),
            "an event `quo.x` has schema version 4, this software reads up to 3"
        );
        assert_eq!(
            says(2, 3, b"{}"),
            "there is no upcaster for `quo.x` from schema version 2"
        );
        assert_eq!(
            says(1, 2, b"{}"),
            "an event `quo.x` of schema version 1 cannot be lifted: `old` is missing"
        );
        assert!(says(1, 1, b"{").starts_with("the payload of an event `quo.x` is not JSON: "));
    }
}
