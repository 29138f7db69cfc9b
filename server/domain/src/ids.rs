//! Identifiers as types of their own, so that an order id can never be passed for a quote id.
//!
//! Ids are text that came from an [`IdSource`](crate::ports::IdSource) or from a request; this
//! module only checks their form. It must not make ids: randomness and time are ports.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Longest accepted identifier, in characters.
pub const ID_LENGTH_MAX: usize = 128;

/// Longest accepted idempotency key, in characters.
pub const IDEMPOTENCY_KEY_LENGTH_MAX: usize = 256;

/// Why a text is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Nothing was given.
    #[error("a {what} must not be empty")]
    Empty {
        /// Kind of identifier.
        what: &'static str,
    },
    /// More characters than allowed.
    #[error("a {what} has at most {max} characters, this one has {length}")]
    TooLong {
        /// Kind of identifier.
        what: &'static str,
        /// Characters given.
        length: usize,
        /// Characters allowed.
        max: usize,
    },
    /// A character that identifiers do not have.
    #[error("a {what} consists of {allowed}; `{found}` is none of them")]
    Character {
        /// Kind of identifier.
        what: &'static str,
        /// The alphabet in words.
        allowed: &'static str,
        /// First character outside the alphabet.
        found: char,
    },
}

fn check(
    what: &'static str,
    text: &str,
    max: usize,
    allowed: &'static str,
    is_allowed: impl Fn(char) -> bool,
) -> Result<(), IdError> {
    if text.is_empty() {
        return Err(IdError::Empty { what });
    }
    let length = text.chars().count();
    if length > max {
        return Err(IdError::TooLong { what, length, max });
    }
    match text.chars().find(|c| !is_allowed(*c)) {
        Some(found) => Err(IdError::Character {
            what,
            allowed,
            found,
        }),
        None => Ok(()),
    }
}

fn check_id(what: &'static str, text: &str) -> Result<(), IdError> {
    check(
        what,
        text,
        ID_LENGTH_MAX,
        "ASCII letters, digits, `.`, `_`, `-` and `:`",
        |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | ':'),
    )
}

macro_rules! text_id {
    ($($(#[$doc:meta])* $name:ident = $what:literal, $check:path;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks the form and wraps the text.
            ///
            /// # Errors
            /// [`IdError`] when the text is empty, too long, or has a character ids do not have.
            pub fn parse(text: impl Into<String>) -> Result<Self, IdError> {
                let text = text.into();
                $check($what, &text)?;
                Ok(Self(text))
            }

            /// The text of the identifier.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                Self::parse(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

text_id! {
    /// A tenant: the first part of every key in the store.
    TenantId = "tenant id", check_id;
    /// A person or a system that acts.
    ActorId = "actor id", check_id;
    /// A quote with all its revisions: one consistency boundary.
    QuoteId = "quote id", check_id;
    /// A product order.
    OrderId = "order id", check_id;
    /// A line of a quote, unique within its revision.
    LineId = "line id", check_id;
    /// A fulfilment task, unique within its order.
    TaskId = "task id", check_id;
    /// One command, as its sender named it.
    CommandId = "command id", check_id;
    /// One recorded event, globally unique.
    EventId = "event id", check_id;
    /// What ties the commands and events of one business transaction together.
    CorrelationId = "correlation id", check_id;
    /// What makes a repeated command the same command, unique per tenant.
    IdempotencyKey = "idempotency key", check_key;
    /// The stream of one aggregate in the log: `quote/<id>` or `order/<id>`.
    StreamId = "stream id", check_stream;
    /// A durable timer, unique per tenant; it begins with the stream it belongs to.
    TimerId = "timer id", check_stream;
}

fn check_key(what: &'static str, text: &str) -> Result<(), IdError> {
    check(
        what,
        text,
        IDEMPOTENCY_KEY_LENGTH_MAX,
        "visible ASCII characters",
        |c| c.is_ascii_graphic(),
    )
}

fn check_stream(what: &'static str, text: &str) -> Result<(), IdError> {
    // Room for a kind, two ids and the separators between them.
    check(
        what,
        text,
        3 * ID_LENGTH_MAX,
        "the characters of ids and `/`",
        |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | ':' | '/'),
    )
}

impl StreamId {
    /// The stream of a quote family.
    #[must_use]
    pub fn of_quote(quote: &QuoteId) -> Self {
        Self(format!("quote/{quote}"))
    }

    /// The stream of an order.
    #[must_use]
    pub fn of_order(order: &OrderId) -> Self {
        Self(format!("order/{order}"))
    }

    /// The quote whose stream this is, if it is a quote's.
    #[must_use]
    pub fn quote(&self) -> Option<QuoteId> {
        self.0
            .strip_prefix("quote/")
            .and_then(|id| QuoteId::parse(id).ok())
    }

    /// The order whose stream this is, if it is an order's.
    #[must_use]
    pub fn order(&self) -> Option<OrderId> {
        self.0
            .strip_prefix("order/")
            .and_then(|id| OrderId::parse(id).ok())
    }
}

impl TimerId {
    /// The timer `name` of a stream.
    #[must_use]
    pub(crate) fn of_stream(stream: &StreamId, name: &str) -> Self {
        Self(format!("{stream}/{name}"))
    }
}

/// A revision of a quote, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RevisionNo(pub u32);

impl RevisionNo {
    /// The first revision of a quote.
    pub const FIRST: Self = Self(1);

    /// The revision after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for RevisionNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_error_names_the_kind_and_the_character() {
        let error = QuoteId::parse("a/b").unwrap_err();
        assert_eq!(
            error.to_string(),
            "a quote id consists of ASCII letters, digits, `.`, `_`, `-` and `:`; `/` is none of them"
        );
        assert_eq!(
            TenantId::parse("").unwrap_err().to_string(),
            "a tenant id must not be empty"
        );
        assert_eq!(
            EventId::parse("x".repeat(129)).unwrap_err().to_string(),
            "a event id has at most 128 characters, this one has 129"
        );
    }

    #[test]
    fn a_stream_knows_its_aggregate() {
        let quote = QuoteId::parse("Q-1").unwrap();
        let stream = StreamId::of_quote(&quote);
        assert_eq!(stream.as_str(), "quote/Q-1");
        assert_eq!(stream.quote(), Some(quote));
        assert_eq!(stream.order(), None);
    }

    #[test]
    fn json_checks_the_form_too() {
        assert!(serde_json::from_str::<OrderId>("\"O 1\"").is_err());
        assert_eq!(
            serde_json::from_str::<OrderId>("\"O-1\"").unwrap().as_str(),
            "O-1"
        );
    }
}
