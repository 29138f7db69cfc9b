//! Code for typed expressions.
//!
//! Each expression of the rules becomes one routine. Every sub-expression has registers of its own, none is used twice,
//! so that whatever a test looked at can still be shown when the routine has run.

mod arithmetic;
mod builtins;
mod calls;
mod compare;
mod decisions;
mod emit;
mod expr;
mod fallible;
mod indexed;
mod lists;
mod logic;
mod loops;
mod points;
mod routine;

pub(crate) use routine::{Purpose, Routines};
