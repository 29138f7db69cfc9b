//! The formatter: one layout for one text, without a change of meaning.
//!
//! [`format()`] parses a text, lays its tree out anew and gives the text back; the style is described in
//! `docs/formatting.md`. It is driven by the shape of the tree (brackets, commas, tables, expressions, statements of a
//! block), not by a list of forms, so that a form the grammar gains tomorrow is laid out sensibly today. A text with
//! mistakes is not touched: what a layout would have to guess there might be what its author meant.
//!
//! Nothing of a text is lost: every item that was laid out is parsed again, and if its tree or its comments were not
//! those of the original, a more careful layout is taken, at last the author's own. White space is the only thing that
//! changes, and commas where a line end, or a closing bracket, says the same.
//!
//! ```
//! let text = "enum   Region{Europe,Americas}\n\n\n\nrole CFO -- decides\n";
//! let formatted = quo_format::format(text).expect("no mistakes");
//! assert_eq!(formatted.text, "enum Region { Europe, Americas }\n\nrole CFO  -- decides\n");
//! assert!(formatted.kept.is_empty());
//! ```

mod doc;
mod file;
mod gaps;
mod layout;
mod shape;
mod spacing;

use quo_source::{Diagnostic, FileId, Span};

/// The result of formatting a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Formatted {
    /// The text in its one layout.
    pub text: String,
    /// Items of the original whose lines were kept as their author broke them, since no other layout means the same.
    /// Empty, unless a form of the language depends on its lines in a way that this crate does not know.
    pub kept: Vec<Span>,
}

/// Lays a text out anew.
///
/// # Errors
/// The errors of a text that has some; nothing of it is formatted then.
pub fn format(text: &str) -> Result<Formatted, Vec<Diagnostic>> {
    format_file(FileId(0), text)
}

/// The same for a text that is one of several files, of which the errors and places then speak.
///
/// # Errors
/// The errors of a text that has some; nothing of it is formatted then.
pub fn format_file(file: FileId, text: &str) -> Result<Formatted, Vec<Diagnostic>> {
    let parse = quo_syntax::parse(file, text);
    let errors: Vec<Diagnostic> = parse
        .diagnostics()
        .iter()
        .filter(|found| found.is_error())
        .cloned()
        .collect();
    if errors.is_empty() {
        Ok(file::lay_out(file, &parse.syntax()))
    } else {
        Err(errors)
    }
}

/// Whether two texts have the same tree and the same comments in the same order: what formatting must not change.
#[must_use]
pub fn same_meaning(one: &str, other: &str) -> bool {
    let shape = |text| shape::Shape::of(&quo_syntax::parse(FileId(0), text).syntax());
    shape(one) == shape(other)
}
