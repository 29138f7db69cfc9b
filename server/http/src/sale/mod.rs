//! A sale from the outside: what a seller, the approvers and the customer do, over HTTP, one command after the other.
//!
//! The guided sale of `quo-server demo` and the crash tests drive the service with it. It knows nothing but the public
//! interface. Each step is one command whose key follows from the sale, so that a step whose answer was lost can be sent
//! again as it was: the service then gives the first answer.

mod client;
mod steps;

pub use client::{Call, CallError, Client, Person};
pub use steps::{Sale, Step, StepError};
