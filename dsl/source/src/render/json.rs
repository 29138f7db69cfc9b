//! Diagnostics for programs: a stable JSON shape, lines and columns from 1, columns in characters.

use serde::Serialize;

use super::{address, label_text};
use crate::diagnostic::{Diagnostic, Label, Suggestion};
use crate::file::{Sources, Span};

/// Every diagnostic in its JSON shape, in the order given.
#[must_use]
pub fn json(sources: &Sources, diagnostics: &[Diagnostic]) -> Vec<JsonDiagnostic> {
    let cell = |found: &Label| label(sources, found).and_then(|label| label.cell);
    let one = |diagnostic: &Diagnostic| JsonDiagnostic {
        cell: diagnostic.place().and_then(cell),
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
    /// Address of the cell, where it is in one of a workbook: `C14`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cell: Option<String>,
    /// Every place it speaks about.
    pub labels: Vec<JsonLabel>,
    /// More sentences.
    pub notes: Vec<String>,
    /// What to write instead.
    pub suggestion: Option<JsonSuggestion>,
}

/// A stretch of a file; the end column is the one after the last character. In a worksheet, lines are its rows and
/// columns those of its cells.
#[derive(Clone, Debug, Serialize)]
pub struct JsonRange {
    /// Path of the file.
    pub file: String,
    /// Name of the sheet, where the file is a workbook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
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
    /// Address of the cell of a workbook: `C14`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cell: Option<String>,
    /// Heading of the column, where the place is a cell of an imported table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heading: Option<String>,
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
    let sheet = file.sheet().map(|sheet| sheet.name().to_owned());
    // The end of a cell is still in its column.
    let behind = u32::from(sheet.is_some());
    Some(JsonRange {
        file: file.path().to_owned(),
        sheet,
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column.saturating_add(behind),
    })
}

fn label(sources: &Sources, label: &Label) -> Option<JsonLabel> {
    let file = sources.get(label.span.file)?;
    let in_cell = file.sheet().is_some() && label.cell.is_some();
    Some(JsonLabel {
        range: range(sources, label.span)?,
        message: label_text(sources, label),
        primary: label.primary,
        cell: in_cell.then(|| address(file, label)),
        heading: label.cell.clone(),
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
