//! Why the store refuses, one sentence each.

use quo_domain::event::EventError;
use quo_domain::ids::{IdempotencyKey, StreamId};

/// Why the store could not do what was asked. Unless the variant says otherwise, nothing was
/// stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The stream has moved on since the sender saw it.
    #[error("`{stream}` is at version {actual}, not {expected}")]
    VersionConflict {
        /// The stream.
        stream: StreamId,
        /// The version the sender named.
        expected: u64,
        /// The version it has.
        actual: u64,
    },
    /// The idempotency key was used for another request.
    #[error("the idempotency key `{key}` was used for another request")]
    KeyReused {
        /// The key.
        key: IdempotencyKey,
    },
    /// The claim belongs to another owner.
    #[error("the {kind} `{value}` is already claimed by `{owner}`")]
    Claimed {
        /// Kind of claim.
        kind: String,
        /// What is claimed.
        value: String,
        /// Who holds it.
        owner: String,
    },
    /// An append that contradicts itself.
    #[error("the append is not well-formed: {0}")]
    Malformed(String),
    /// No package, or more than one, for a selling date.
    #[error(transparent)]
    Route(#[from] RouteError),
    /// A stored event cannot be read.
    #[error("the log cannot be read at position {position}: {detail}")]
    Unreadable {
        /// Place in the tenant's log.
        position: u64,
        /// What the reader says.
        detail: EventError,
    },
    /// The file belongs to another program.
    #[error("the file `{path}` is not a Quo store")]
    NotAStore {
        /// The file.
        path: String,
    },
    /// The file was written by a later version of the software.
    #[error(
        "the store has schema version {found}, this software knows up to {known}; use a later version"
    )]
    FutureSchema {
        /// Version found.
        found: u32,
        /// Last version known here.
        known: u32,
    },
    /// The file is damaged.
    #[error("the store is damaged: {0}; restore it from a backup")]
    Corrupt(String),
    /// The database or the disk failed. An append may or may not have been stored: repeat it with
    /// the same idempotency key.
    #[error("the store failed: {0}")]
    Database(String),
    /// The store was closed. An append may or may not have been stored: repeat it with the same
    /// idempotency key.
    #[error("the store is closed")]
    Closed,
}

/// Why a selling date has no single package.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RouteError {
    /// The date is not a date.
    #[error("`{0}` is not a date such as `2026-07-02`")]
    NotADate(String),
    /// A route whose last day is before its first.
    #[error("a route from {from} to {to} is never in effect")]
    Empty {
        /// First day.
        from: String,
        /// Last day.
        to: String,
    },
    /// No package is in effect.
    #[error("no package of ruleset `{ruleset}` is in effect on {date}; there are: {}", list(.candidates))]
    None {
        /// The ruleset.
        ruleset: String,
        /// The selling date.
        date: String,
        /// Every route of the ruleset.
        candidates: Vec<String>,
    },
    /// More than one package is in effect.
    #[error("more than one package of ruleset `{ruleset}` is in effect on {date}: {}", list(.candidates))]
    Several {
        /// The ruleset.
        ruleset: String,
        /// The selling date.
        date: String,
        /// The routes in effect.
        candidates: Vec<String>,
    },
}

fn list(candidates: &[String]) -> String {
    if candidates.is_empty() {
        "none".to_owned()
    } else {
        candidates.join(", ")
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Corrupt(error.to_string())
            }
            _ => Self::Database(error.to_string()),
        }
    }
}
