//! What the machine cannot hold, and how that is said.
//!
//! All diagnostics of this crate are made here, so that a limit has one wording wherever it is met.

use quo_model::TableError;
use quo_source::{Diagnostic, Span, codes};

/// More values than there are registers.
pub(crate) fn too_many_values(span: Span) -> Diagnostic {
    Diagnostic::error(
        codes::TOO_MANY_VALUES,
        "this expression has more parts than the machine has registers, 256",
    )
    .at(span, "too many parts")
    .suggest_edits("split it into several rules", Vec::new())
}

/// A form that is checked and has no code.
pub(crate) fn not_compiled(span: Span) -> Diagnostic {
    Diagnostic::error(
        codes::NOT_HERE,
        "this calculation can be checked and cannot be compiled",
    )
    .at(span, "no code for this")
}

/// A number that the machine cannot hold where it is needed.
pub(crate) fn number_too_large(span: Span) -> Diagnostic {
    Diagnostic::error(
        codes::NUMBER_TOO_LARGE,
        "a number here has more digits than can be calculated with",
    )
    .at(span, "this does not fit")
}

/// A table that no index can be made of.
pub(crate) fn table_too_large(span: Span, id: &str, error: TableError) -> Diagnostic {
    Diagnostic::error(
        codes::TABLE_TOO_LARGE,
        format!("the table `{id}` is too large"),
    )
    .at(span, "of this table")
    .note(error.to_string())
}

/// A part that code cannot name.
pub(crate) fn too_many_parts(span: Span) -> Diagnostic {
    Diagnostic::error(
        codes::TOO_MANY_PARTS,
        "conditions reach only the first 256 parts of a bundle",
    )
    .at(span, "a later part")
}

/// Checked rules that break their contract: an index that leads nowhere, a type where it cannot be.
pub(crate) fn broken_rules(span: Span, what: &str) -> Diagnostic {
    Diagnostic::error(
        codes::BROKEN_RULES,
        format!("the compiler contradicts itself: {what}"),
    )
    .at(span, "lowering this")
    .note("this is a mistake of the compiler, not of the rules; please report it")
}
