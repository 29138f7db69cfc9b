//! Why a command was refused: one sentence, and the data behind it.
//!
//! A refusal changes nothing and records nothing.

use crate::fingerprint::FingerprintError;
use crate::machine::{Authority, Guard};

/// A command that may not happen now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The state machine has no such transition.
    #[error("`{command}` is not allowed in state `{state}`; allowed: {}", list(.allowed))]
    NotAllowed {
        /// Name of the state machine.
        machine: &'static str,
        /// The command.
        command: &'static str,
        /// The current state.
        state: &'static str,
        /// The commands that are allowed in it.
        allowed: Vec<&'static str>,
    },
    /// The transition exists but a guard forbids it.
    #[error("`{command}` is refused: {detail}")]
    Guarded {
        /// The command.
        command: &'static str,
        /// The guard.
        guard: Guard,
        /// What the guard saw, in words.
        detail: String,
    },
    /// The actor is not of the kind that may do this.
    #[error("`{command}` may be sent by {authority} only, not by `{actor}`")]
    NotAuthorised {
        /// The command.
        command: &'static str,
        /// Who may.
        authority: Authority,
        /// Who tried.
        actor: String,
    },
    /// Something the command names does not exist.
    #[error("there is no {what} `{id}`")]
    NotFound {
        /// Kind of thing.
        what: &'static str,
        /// What was named.
        id: String,
    },
    /// Something the command would create exists already.
    #[error("there is already a {what} `{id}`")]
    Exists {
        /// Kind of thing.
        what: &'static str,
        /// What was named.
        id: String,
    },
    /// A document of the command cannot be fingerprinted.
    #[error(transparent)]
    Document(#[from] FingerprintError),
}

fn list(names: &[&'static str]) -> String {
    if names.is_empty() {
        return "nothing, it is final".to_owned();
    }
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
