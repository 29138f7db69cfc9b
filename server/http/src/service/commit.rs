//! How a decision becomes facts: events, outbox, timers, claims and the answer, in one append.

use crate::envelope::Answered;
use crate::error::AppError;
use crate::state::AppState;
use quo_domain::cloudevents;
use quo_domain::command::Command;
use quo_domain::event::{EventBody, NewEvent};
use quo_domain::ids::StreamId;
use quo_domain::timer::TimerIntent;
use quo_domain::{Decision, Timestamp};
use quo_store::{Append, Appended, Claim, Idempotency, OutboxRow, PackageReference, StreamAppend};
use serde::Serialize;

/// An append being put together for one command.
pub(crate) struct Committing<'a, P> {
    state: &'a AppState,
    command: &'a Command<P>,
    now: Timestamp,
    append: Append,
}

impl<'a, P: Serialize> Committing<'a, P> {
    pub(crate) fn new(state: &'a AppState, command: &'a Command<P>, now: Timestamp) -> Self {
        let append = Append::of(command.principal.tenant.clone());
        Self {
            state,
            command,
            now,
            append,
        }
    }

    /// Adds what a decision does to a stream. Answers the types of its events.
    pub(crate) fn decision<E: EventBody>(
        &mut self,
        stream: StreamId,
        expected_version: u64,
        decision: Decision<E>,
    ) -> Result<Vec<String>, AppError> {
        let events = self
            .state
            .events(self.command, &decision.events, self.now)?;
        let tenant = &self.command.principal.tenant;
        for event in &events {
            let envelope = cloudevents::envelope(tenant, &stream, event)?;
            self.append.outbox.push(OutboxRow {
                event: event.id.clone(),
                envelope: serde_json::to_vec(&envelope)?,
            });
        }
        self.append
            .timers
            .extend::<Vec<TimerIntent>>(decision.timers);
        let types = events
            .iter()
            .map(|event| event.event_type.clone())
            .collect();
        self.append.streams.push(StreamAppend {
            stream,
            expected_version,
            events,
        });
        Ok(types)
    }

    pub(crate) fn claim(&mut self, claim: Claim) {
        self.append.claims.push(claim);
    }

    pub(crate) fn package(&mut self, package: &str, kind: &str, id: &str) {
        self.append.packages.push(PackageReference {
            package: package.to_owned(),
            kind: kind.to_owned(),
            id: id.to_owned(),
        });
    }

    /// Stores it under the command's idempotency key with its answer.
    pub(crate) async fn answer(
        mut self,
        hash: String,
        answer: Answered,
    ) -> Result<Answered, AppError> {
        self.append.idempotency = Some(Idempotency {
            key: self.command.idempotency_key.clone(),
            request_hash: hash,
            response: answer.to_bytes()?,
        });
        match self.store().await? {
            Appended::Replayed { response } => Answered::from_bytes(&response),
            Appended::Stored { .. } | Appended::Consumed => Ok(answer),
        }
    }

    /// Stores it without an answer: the platform's own work, protected by the expected versions alone.
    pub(crate) async fn store(self) -> Result<Appended, AppError> {
        let stored: Vec<NewEvent> = self
            .append
            .streams
            .iter()
            .flat_map(|stream| stream.events.clone())
            .collect();
        let appended = self.state.store.append(self.append).await?;
        if let Appended::Stored { .. } = &appended {
            self.state
                .metrics
                .stored(self.command.principal.tenant.as_str(), &stored);
            self.state.bell.notify_one();
        }
        Ok(appended)
    }
}

/// The answer first given to a command, if it was handled before.
pub(crate) async fn first_answer<P: Serialize>(
    state: &AppState,
    command: &Command<P>,
    hash: &str,
) -> Result<Option<Answered>, AppError> {
    let (tenant, key) = (&command.principal.tenant, &command.idempotency_key);
    match state.store.first_answer(tenant, key, hash).await? {
        Some(bytes) => Answered::from_bytes(&bytes).map(Some),
        None => Ok(None),
    }
}

/// Refuses a command that was sent with another version in mind.
pub(crate) fn check_version<P>(
    command: &Command<P>,
    stream: &StreamId,
    actual: u64,
) -> Result<(), AppError> {
    let expected = command.expected_version;
    if expected == actual {
        return Ok(());
    }
    Err(AppError::version_conflict(format!(
        "`{stream}` is at version {actual}, not {expected}"
    )))
}
