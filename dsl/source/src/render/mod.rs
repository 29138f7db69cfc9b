//! Diagnostics as a person and as a program read them.
//!
//! Renderers are total: a span that its file does not have is brought back into it, and a
//! diagnostic without a place is still told.

mod json;
mod terminal;

pub use json::{JsonDiagnostic, JsonEdit, JsonLabel, JsonRange, JsonSuggestion, json};
pub use terminal::terminal;

use crate::diagnostic::Label;
use crate::file::{SourceFile, Sources};
use crate::worksheet::cell_address;

/// What a label says. In front stand file, line and column heading where the place is a cell of an imported table, and
/// sheet and cell (or row) where it is in a workbook: a spreadsheet user looks for those, not for byte columns.
fn label_text(sources: &Sources, label: &Label) -> String {
    let Some(file) = sources.get(label.span.file) else {
        return label.message.clone();
    };
    let (line, name) = (file.position(label.span.start).line, file.name());
    let place = match (file.sheet(), &label.cell) {
        (Some(_), Some(_)) => format!("{name}, cell {}", address(file, label)),
        (Some(_), None) => format!("{name}, row {line}"),
        (None, Some(column)) => format!("{name}, line {line}, column \"{column}\""),
        (None, None) => return label.message.clone(),
    };
    if label.message.is_empty() {
        place
    } else {
        format!("{place}: {}", label.message)
    }
}

/// The address of the cell that a label of a worksheet speaks about.
fn address(file: &SourceFile, label: &Label) -> String {
    let place = file.position(label.span.start);
    cell_address(place.column, place.line)
}
