//! The archived model of a ruleset, the package file around it, and its checked opening.
//!
//! A package is a header, an rkyv archive of [`Model`] that is memory-mapped and used in place, and an archive of
//! [`SourceMap`]. It knows nothing of the compiler that wrote it.

pub mod code;
pub mod rules;
pub mod source_map;
pub mod table;

pub use code::{ABSENT, Bank, Instr, NONE, Op, Program, Routine, Scope};
pub use rules::*;
pub use source_map::*;
pub use table::{Mask, Slot, Table, hash_exact};
