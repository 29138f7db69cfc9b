//! The request: the typed, defaulted snapshot of everything a decision may look at.
//!
//! It is read once, strictly, and then is only numbers: facts by slot, items in preorder, options side by side. A text is
//! the number of a package string, or a number beyond those for a text the package does not have. Requests are equal if
//! they say the same, whatever was left to defaults and in whatever order it was written.

mod canonical;
mod intern;
mod items;
mod json;
mod problem;
mod read;
mod schema;
mod structured;
mod terms;
mod value;

pub use problem::{Problem, Refused};
pub use read::read_request;
pub use schema::request_schema;

use crate::interpret::GivenLists;

/// A request on a package; see [`read_request`](crate::read_request).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Values of the facts by slot; absent ones are [`quo_model::ABSENT`].
    pub(crate) facts: Vec<i64>,
    /// The lines in the order of the request.
    pub(crate) lines: Vec<Line>,
    /// All items: each line's own, then its parts, depth first.
    pub(crate) items: Vec<Item>,
    /// Values of the options of all items.
    pub(crate) options: Vec<i64>,
    /// What is asked for, by adjustment; absent where nothing is.
    pub(crate) asked: Vec<i64>,
    /// Lists and records among the facts.
    pub(crate) lists: GivenLists,
    /// The ids of the lines as texts; empty where no calculation looks at charges.
    pub(crate) line_texts: Vec<u32>,
    /// Constraints that somebody overrides, sorted.
    pub(crate) overrides: Vec<Override>,
    /// What is wanted of each clause: nothing, [`crate::frame::CLAUSE_REMOVED`] or [`crate::frame::CLAUSE_ADDED`].
    pub(crate) clauses: Vec<u8>,
    /// The codes that are given, sorted, each once.
    pub(crate) codes: Vec<String>,
    /// Texts that are not in the package; the first has the number after the last string of the package.
    pub(crate) texts: Vec<String>,
}

/// A constraint that somebody overrides.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Override {
    /// Index into the rules.
    pub rule: u32,
    /// The line, or [`quo_model::NONE`] for the quote and all its lines.
    pub line: u32,
    /// Index into the roles.
    pub role: u32,
    /// Why; empty where nothing is said.
    pub reason: String,
}

/// A line of the quote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// The id the request gave it.
    pub id: String,
    /// Its item.
    pub item: u32,
}

/// A product that is sold, as a line or as a part of a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Item {
    /// The line it belongs to.
    pub line: u32,
    /// The item of the bundle it is a part of, or [`quo_model::NONE`].
    pub parent: u32,
    /// The part of that bundle, or [`quo_model::NONE`].
    pub part: u32,
    /// The product.
    pub product: u32,
    /// Where its options begin.
    pub options_at: u32,
    /// How many it has.
    pub options_len: u32,
    /// The item after its last descendant.
    pub end: u32,
}

/// Longest request in bytes.
pub(crate) const REQUEST_BYTES_MAX: usize = 8 << 20;
