//! The envelope every command comes in.
//!
//! The aggregate's own payload is a type parameter; the envelope must not know what it carries.

use crate::context::Context;
use crate::fingerprint::{self, FingerprintError};
use crate::ids::{CommandId, CorrelationId, IdempotencyKey};
use crate::principal::Principal;
use crate::time::Timestamp;
use serde::Serialize;

/// A command: what is wanted, by whom, why, on which version, and how to recognise a repetition.
#[derive(Debug, Clone, PartialEq)]
pub struct Command<P> {
    /// Names this command; becomes the causation id of its events.
    pub command_id: CommandId,
    /// The same key with the same payload gives the first answer again; with another payload it is
    /// a conflict.
    pub idempotency_key: IdempotencyKey,
    /// Version of the aggregate's stream the sender has seen; 0 when it is to be created.
    pub expected_version: u64,
    /// On whose behalf; never taken from the body.
    pub principal: Principal,
    /// Ties this command to others of one business transaction.
    pub correlation: CorrelationId,
    /// The event or command that caused this one, if another did.
    pub causation: Option<String>,
    /// Why, in the actor's words.
    pub reason: Option<String>,
    /// What is wanted.
    pub payload: P,
}

impl<P> Command<P> {
    /// What a decision may look at besides the aggregate and the payload.
    #[must_use]
    pub fn context(&self, now: Timestamp, jitter_permille: u32) -> Context {
        Context {
            now,
            principal: self.principal.clone(),
            reason: self.reason.clone(),
            jitter_permille,
        }
    }
}

impl<P: Serialize> Command<P> {
    /// What makes two commands with one idempotency key the same: a hash of the target (the stream
    /// or, for a creation, its collection), expected version, actor, reason and payload. The
    /// command id is left out, since a sender may name each attempt anew.
    ///
    /// # Errors
    /// [`FingerprintError`] when the payload cannot be written as canonical JSON.
    pub fn request_hash(&self, target: &str) -> Result<String, FingerprintError> {
        fingerprint::of(&serde_json::json!({
            "target": target,
            "expectedVersion": self.expected_version.to_string(),
            "actor": self.principal.actor,
            "reason": self.reason,
            "payload": fingerprint::to_value(&self.payload)?,
        }))
    }
}
