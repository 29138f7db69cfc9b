//! Diagnostics for programs: a stable JSON shape, lines and columns from 1, columns in characters.

use serde::Serialize;

use super::label_text;
use crate::diagnostic::{Diagnostic, Label, Suggestion};
use crate::file::{Sources, Span};

/// Every diagnostic in its JSON shape, in the order given.
#[must_use]
pub fn json(sources: &Sources, diagnostics: &[Diagnostic]) -> Vec<JsonDiagnostic> {
    let one = |diagnostic: &Diagnostic| JsonDiagnostic {
        code: diagnostic.code.id(),
        severity: diagnostic.severity.as_str(),
        message: diagnostic.message.clone(),
        range: diagnostic
            .place()
            .and_then(|label| range(sources, label.span)),
        labels: diagnostic
            .labels
            .iter()
            .filter_map(|l| label(sources, l))
            .collect(),
        notes: diagnostic.notes.clone(),
        suggestion: diagnostic
            .suggestion
            .as_ref()
            .map(|s| suggestion(sources, s)),
    };
    diagnostics.iter().map(one).collect()
}

/// One diagnostic.
#[derive(Clone, Debug, Serialize)]
pub struct JsonDiagnostic {
    /// Stable code.
    pub code: &'static str,
    /// `error`, `warning` or `note`.
    pub severity: &'static str,
    /// One sentence.
    pub message: String,
    /// Where it is: its fields stand beside the others; left out where there is no place.
    #[serde(flatten)]
    pub range: Option<JsonRange>,
    /// Every place it speaks about.
    pub labels: Vec<JsonLabel>,
    /// More sentences.
    pub notes: Vec<String>,
    /// What to write instead.
    pub suggestion: Option<JsonSuggestion>,
}

/// A stretch of a file; the end column is the one after the last character.
#[derive(Clone, Debug, Serialize)]
pub struct JsonRange {
    /// Path of the file.
    pub file: String,
    /// First line, from 1.
    pub line: u32,
    /// First column in characters, from 1.
    pub column: u32,
    /// Line of the end.
    pub end_line: u32,
    /// Column of the end.
    pub end_column: u32,
}

/// A place.
#[derive(Clone, Debug, Serialize)]
pub struct JsonLabel {
    /// Where.
    #[serde(flatten)]
    pub range: JsonRange,
    /// What to say at it.
    pub message: String,
    /// Whether the problem is here.
    pub primary: bool,
    /// Heading of the column of an imported table.
    pub cell: Option<String>,
}

/// Advice.
#[derive(Clone, Debug, Serialize)]
pub struct JsonSuggestion {
    /// In words.
    pub message: String,
    /// Replacements that belong together.
    pub edits: Vec<JsonEdit>,
}

/// One replacement.
#[derive(Clone, Debug, Serialize)]
pub struct JsonEdit {
    /// What is replaced; empty to insert.
    #[serde(flatten)]
    pub range: JsonRange,
    /// The new text.
    pub replacement: String,
}

fn range(sources: &Sources, span: Span) -> Option<JsonRange> {
    let file = sources.get(span.file)?;
    let (start, end) = (
        file.position(span.start),
        file.position(span.end.max(span.start)),
    );
    Some(JsonRange {
        file: file.path().to_owned(),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
    })
}

fn label(sources: &Sources, label: &Label) -> Option<JsonLabel> {
    Some(JsonLabel {
        range: range(sources, label.span)?,
        message: label_text(sources, label),
        primary: label.primary,
        cell: label.cell.clone(),
    })
}

fn suggestion(sources: &Sources, suggestion: &Suggestion) -> JsonSuggestion {
    let edits = suggestion.edits.iter().filter_map(|(span, text)| {
        Some(JsonEdit {
            range: range(sources, *span)?,
            replacement: text.clone(),
        })
    });
    JsonSuggestion {
        message: suggestion.message.clone(),
        edits: edits.collect(),
    }
}
