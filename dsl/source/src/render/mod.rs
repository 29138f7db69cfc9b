//! Diagnostics as a person and as a program read them.
//!
//! Renderers are total: a span that its file does not have is brought back into it, and a
//! diagnostic without a place is still told.

mod json;
mod terminal;

pub use json::{JsonDiagnostic, JsonEdit, JsonLabel, JsonRange, JsonSuggestion, json};
pub use terminal::terminal;

use crate::diagnostic::Label;
use crate::file::Sources;

/// What a label says, with the file, line and column heading in front where the place is a cell of
/// an imported table: a spreadsheet user looks for those, not for byte columns.
fn label_text(sources: &Sources, label: &Label) -> String {
    let (Some(column), Some(file)) = (&label.cell, sources.get(label.span.file)) else {
        return label.message.clone();
    };
    let line = file.position(label.span.start).line;
    let place = format!("{}, line {line}, column \"{column}\"", file.path());
    if label.message.is_empty() {
        place
    } else {
        format!("{place}: {}", label.message)
    }
}
