//! Small events and a store in a temporary folder.
#![allow(dead_code, reason = "each test file uses its part of it")]
#![expect(
    clippy::unwrap_used,
    reason = "a broken fixture must stop the test where it breaks"
)]

use quo_domain::event::NewEvent;
use quo_domain::ids::{
    ActorId, CommandId, CorrelationId, EventId, IdempotencyKey, StreamId, TenantId,
};
use quo_domain::{Actor, ActorKind, Timestamp};
use quo_store::{Append, Idempotency, SqliteStore, StreamAppend};
use std::path::PathBuf;
use tempfile::TempDir;

pub fn tenant(name: &str) -> TenantId {
    TenantId::parse(name).unwrap()
}

pub fn stream(name: &str) -> StreamId {
    StreamId::parse(name).unwrap()
}

pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_782_986_400_000 + seconds * 1_000)
}

/// An event with the id; its payload names it.
pub fn event(id: &str) -> NewEvent {
    NewEvent {
        id: EventId::parse(id).unwrap(),
        event_type: "quo.test.happened".to_owned(),
        schema_version: 1,
        time: at(0),
        actor: Actor {
            kind: ActorKind::User,
            id: ActorId::parse("rep").unwrap(),
        },
        correlation: CorrelationId::parse("corr").unwrap(),
        causation: CommandId::parse("cmd").unwrap(),
        reason: Some("because".to_owned()),
        payload: format!("{{\"id\":\"{id}\"}}").into_bytes(),
    }
}

/// An append of one event to one stream of the tenant `acme`.
pub fn one(stream_name: &str, expected_version: u64, id: &str) -> Append {
    let mut append = Append::of(tenant("acme"));
    let events = vec![event(id)];
    append.streams.push(StreamAppend {
        stream: stream(stream_name),
        expected_version,
        events,
    });
    append
}

/// The append under an idempotency key; the answer names the key.
pub fn keyed(mut append: Append, key: &str, request_hash: &str) -> Append {
    append.idempotency = Some(Idempotency {
        key: IdempotencyKey::parse(key).unwrap(),
        request_hash: request_hash.to_owned(),
        response: format!("answer to {key}").into_bytes(),
    });
    append
}

/// A folder with a store in it, removed in the end.
pub struct Place {
    folder: TempDir,
}

impl Place {
    pub fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
        }
    }

    pub fn file(&self) -> PathBuf {
        self.folder.path().join("quo.db")
    }

    pub fn open(&self) -> SqliteStore {
        SqliteStore::open(&self.file()).unwrap()
    }
}
