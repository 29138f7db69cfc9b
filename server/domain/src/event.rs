//! Events: facts in the past tense, as they are decided, stored and read again.
//!
//! A body is a typed payload with a type name (`quo.quote.accepted`) and a schema version; its
//! stored bytes are RFC 8785 JSON and are never rewritten. What was written by an older version is
//! lifted by the [`upcast`](crate::upcast) registry when it is read. It must not know where events
//! are stored.

use crate::command::Command;
use crate::fingerprint::{self, FingerprintError};
use crate::ids::{CommandId, CorrelationId, EventId, StreamId, TenantId};
use crate::ports::IdSource;
use crate::principal::Actor;
use crate::time::Timestamp;
use crate::upcast::{UpcastError, Upcasters};
use serde_json::Value;

/// A typed event of an aggregate.
pub trait EventBody: Sized {
    /// Type name and current schema version of every event of the aggregate.
    const TYPES: &'static [(&'static str, u16)];

    /// The type name, `quo.<aggregate>.<past tense>`.
    fn event_type(&self) -> &'static str;

    /// The schema version this code writes.
    fn schema_version(&self) -> u16;

    /// The payload in its current version.
    ///
    /// # Errors
    /// [`FingerprintError`] when the payload has no JSON form.
    fn to_payload(&self) -> Result<Value, FingerprintError>;

    /// Reads a payload of the current version.
    ///
    /// # Errors
    /// [`EventError`] when the type is not of this aggregate or the payload does not fit.
    fn from_payload(event_type: &str, payload: Value) -> Result<Self, EventError>;
}

/// Why stored events cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// The type belongs to another aggregate, or to a later version of the software.
    #[error("the event type `{0}` is not known here")]
    UnknownType(String),
    /// The payload is not what the type says.
    #[error("the payload of an event `{event_type}` does not fit: {detail}")]
    Payload {
        /// Type of the event.
        event_type: String,
        /// What does not fit.
        detail: String,
    },
    /// It could not be lifted to the current version.
    #[error(transparent)]
    Upcast(#[from] UpcastError),
    /// The events do not make sense in this order.
    #[error("an event `{event_type}` does not fit what came before it: {detail}")]
    History {
        /// Type of the event.
        event_type: &'static str,
        /// What is missing.
        detail: String,
    },
}

/// Declares the events of an aggregate: the enum, their type names and versions, reading and
/// writing.
macro_rules! events {
    ($(#[$doc:meta])* $vis:vis enum $type:ident { $($(#[$event_doc:meta])* $event:ident = $name:literal v $version:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        $vis enum $type { $($(#[$event_doc])* $event($event),)* }

        impl $crate::event::EventBody for $type {
            const TYPES: &'static [(&'static str, u16)] = &[$(($name, $version),)*];

            fn event_type(&self) -> &'static str {
                match self { $(Self::$event(_) => $name,)* }
            }

            fn schema_version(&self) -> u16 {
                match self { $(Self::$event(_) => $version,)* }
            }

            fn to_payload(&self) -> Result<serde_json::Value, $crate::fingerprint::FingerprintError> {
                match self { $(Self::$event(payload) => $crate::fingerprint::to_value(payload),)* }
            }

            fn from_payload(event_type: &str, payload: serde_json::Value) -> Result<Self, $crate::event::EventError> {
                match event_type {
                    $($name => serde_json::from_value(payload).map(Self::$event).map_err(|e| {
                        $crate::event::EventError::Payload {
                            event_type: event_type.to_owned(),
                            detail: e.to_string(),
                        }
                    }),)*
                    other => Err($crate::event::EventError::UnknownType(other.to_owned())),
                }
            }
        }

        $(impl From<$event> for $type {
            fn from(payload: $event) -> Self {
                Self::$event(payload)
            }
        })*
    };
}
pub(crate) use events;

/// An event on its way into the log: everything but its place there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// Globally unique.
    pub id: EventId,
    /// Type name.
    pub event_type: String,
    /// Schema version of the payload.
    pub schema_version: u16,
    /// When it happened.
    pub time: Timestamp,
    /// Who caused it.
    pub actor: Actor,
    /// The business transaction it belongs to.
    pub correlation: CorrelationId,
    /// The command that caused it.
    pub causation: CommandId,
    /// Why, in the actor's words.
    pub reason: Option<String>,
    /// The payload, RFC 8785 JSON.
    pub payload: Vec<u8>,
}

impl NewEvent {
    /// The events of a decision, in the envelope of the command that caused them.
    ///
    /// # Errors
    /// [`FingerprintError`] when a payload has no canonical JSON form.
    pub fn from_decision<P, E: EventBody>(
        command: &Command<P>,
        bodies: &[E],
        now: Timestamp,
        ids: &dyn IdSource,
    ) -> Result<Vec<Self>, NewEventError> {
        bodies
            .iter()
            .map(|body| {
                Ok(Self {
                    id: EventId::parse(ids.next(now))?,
                    event_type: body.event_type().to_owned(),
                    schema_version: body.schema_version(),
                    time: now,
                    actor: command.principal.actor.clone(),
                    correlation: command.correlation.clone(),
                    causation: command.command_id.clone(),
                    reason: command.reason.clone(),
                    payload: fingerprint::canonical(&body.to_payload()?)?,
                })
            })
            .collect()
    }

    /// The event with its place in the log.
    #[must_use]
    pub fn recorded(
        self,
        tenant: TenantId,
        stream: StreamId,
        version: u64,
        position: u64,
    ) -> RecordedEvent {
        RecordedEvent {
            tenant,
            stream,
            version,
            position,
            event: self,
        }
    }
}

/// Why a decision cannot be put into envelopes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NewEventError {
    /// A payload has no canonical form.
    #[error(transparent)]
    Payload(#[from] FingerprintError),
    /// The id source made something that is no id.
    #[error("the id source is broken: {0}")]
    Id(#[from] crate::ids::IdError),
}

/// An event in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedEvent {
    /// The tenant it belongs to.
    pub tenant: TenantId,
    /// The stream it belongs to.
    pub stream: StreamId,
    /// Its place in the stream, from 1 without gaps.
    pub version: u64,
    /// Its place in the tenant's log, from 1 without gaps.
    pub position: u64,
    /// The event itself.
    pub event: NewEvent,
}

impl RecordedEvent {
    /// The typed body, lifted to the current version.
    ///
    /// # Errors
    /// [`EventError`] when type, version or payload is not readable.
    pub fn body<E: EventBody>(&self, upcasters: &Upcasters) -> Result<E, EventError> {
        let event = &self.event;
        let current = E::TYPES
            .iter()
            .find(|(name, _)| *name == event.event_type)
            .map(|(_, version)| *version)
            .ok_or_else(|| EventError::UnknownType(event.event_type.clone()))?;
        let payload = upcasters.lift(
            &event.event_type,
            event.schema_version,
            current,
            &event.payload,
        )?;
        E::from_payload(&event.event_type, payload)
    }
}
