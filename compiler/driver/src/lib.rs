//! The pipeline from files to a package: the compiler's only façade.
//!
//! [`load`] reads the folder of a ruleset into memory; everything after is pure. The stages are structs in
//! [`pipeline`], each consuming the one before; [`build`] runs them all.

mod load;
pub mod pipeline;
mod scaffold;

pub use load::{LoadError, load};
pub use pipeline::{Analyzed, Built, Files, Packed, Parsed, Pipeline, build};
pub use scaffold::{ScaffoldError, scaffold};
