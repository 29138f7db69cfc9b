//! Files, spans and diagnostics with stable codes, and their renderers.
//!
//! The lowest room of the compiler: text in memory, places in it, and what can be said about a
//! place. It reads no file system and must not know the grammar, so that every stage above it
//! (and every editor and server around it) speaks about places and problems in one way.
//!
//! ```
//! use quo_source::{Diagnostic, SourceFile, Sources, codes, render};
//!
//! let file = SourceFile::new("ruleset.quo", "ruleset acme.cloud").expect("a relative path");
//! let sources = Sources::new([file]).expect("one file of each path");
//! let id = sources.find("ruleset.quo").expect("it was just added");
//! let problem = Diagnostic::error(codes::UNEXPECTED_TOKEN, "expected a version")
//!     .at(id.span(18, 18), "the version is missing")
//!     .suggest("write a version", id.span(18, 18), " 1.0.0");
//! assert!(render::terminal(&sources, &[problem], false).contains("ruleset.quo:1:19"));
//! ```

pub mod codes;
mod diagnostic;
mod file;
pub mod render;
mod work;
mod worksheet;

pub use codes::Code;
pub use diagnostic::{Diagnostic, Label, Severity, Suggestion};
pub use file::{FileError, FileId, Position, SourceFile, Sources, Span};
pub use work::{CancelFlag, Stopped, Work};
pub use worksheet::{Worksheet, cell_address};
