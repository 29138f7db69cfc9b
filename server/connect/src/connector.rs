//! What can be asked of a downstream system, and what can come of it.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::future::Future;
use std::pin::Pin;

/// A call under way. Boxed, so that a connector can be chosen at run time.
pub type Call<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What a downstream system is asked to do: the body of `POST /operations`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkOrder {
    /// What to do, in the words of the fulfilment rule: `Suite.billing`.
    pub operation: String,
    /// The order it is done for.
    pub order: String,
    /// The line of the order it fulfils.
    pub line: String,
    /// The task of the order's plan.
    pub task: String,
    /// What the system needs to know.
    pub payload: Value,
    /// On whose behalf.
    pub tenant: String,
    /// The business transaction it belongs to.
    pub correlationid: String,
}

/// How a done operation is to be undone: the body of `POST /operations/{key}/undo`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReversalOrder {
    /// What undoes it, in the words of the fulfilment rule: `deprovision`.
    pub operation: String,
    /// On whose behalf.
    pub tenant: String,
    /// The business transaction it belongs to.
    pub correlationid: String,
}

/// What came of asking for something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is done.
    Completed {
        /// What the system calls the result.
        reference: Option<String>,
    },
    /// The system has taken it on and is not done yet; it is to be looked up later.
    Accepted,
    /// The system will not do it, now or later, and has not done it.
    Refused {
        /// Why, in the system's words.
        reason: String,
    },
    /// No answer that says so: it may or may not have happened.
    Unknown {
        /// What was seen instead of an answer.
        why: String,
    },
}

/// What a system says became of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// The system has never heard of it.
    NeverSeen,
    /// The system is at it.
    InProgress,
    /// It is done.
    Completed {
        /// What the system calls the result.
        reference: Option<String>,
    },
    /// The system has refused it or failed at it for good.
    Failed {
        /// Why, in the system's words.
        reason: String,
    },
    /// It was done and then undone.
    Undone,
    /// The system did not say.
    Unknown {
        /// What was seen instead of an answer.
        why: String,
    },
}

/// A way to downstream systems.
///
/// The methods do not fail: whatever goes wrong on the way is an outcome that the caller must handle like any other.
pub trait Connector: Send + Sync {
    /// Asks `system` to do something, exactly once under `key` however often it is asked.
    fn request<'a>(
        &'a self,
        system: &'a str,
        key: &'a str,
        order: &'a WorkOrder,
    ) -> Call<'a, Outcome>;

    /// Asks `system` what became of `key`. Changes nothing.
    fn look_up<'a>(&'a self, system: &'a str, key: &'a str) -> Call<'a, Found>;

    /// Asks `system` to undo what it did under `key`.
    fn undo<'a>(
        &'a self,
        system: &'a str,
        key: &'a str,
        order: &'a ReversalOrder,
    ) -> Call<'a, Outcome>;
}
