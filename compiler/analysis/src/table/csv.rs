//! CSV files as tables (RFC 4180, UTF-8, comma-separated, one heading line).
//!
//! Cells are read by the same grammar as everything from outside, `cell.pest`. Places are kept as byte ranges, so that a
//! wrong cell is shown by file, line and column.

use quo_source::{Diagnostic, FileId, Sources, Span, Stopped, Work, codes};
use quo_syntax::cell::parse_cell;

use super::{Content, RawCell, RawRow, imported_cell};

/// A CSV file: headings and rows.
pub struct Imported {
    /// The file.
    pub file: FileId,
    /// The headings with their places.
    pub headings: Vec<(String, Span)>,
    /// The rows.
    pub rows: Vec<RawRow>,
}

/// Reads a file named in a rule; reports what cannot be read.
///
/// # Errors
/// When the work budget is used up or the work is cancelled.
pub fn read(
    sources: &Sources,
    path: &str,
    named_at: Span,
    work: &Work,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Option<Imported>, Stopped> {
    let Some(id) = sources.find(path) else {
        let tables: Vec<&str> = sources
            .iter()
            .filter(|(_, file)| file.is_table())
            .map(|(_, file)| file.path())
            .collect();
        let diagnostic = Diagnostic::error(
            codes::MISSING_FILE,
            format!("there is no file `{path}` in the folder of the ruleset"),
        )
        .at(named_at, "named here");
        diagnostics.push(match crate::show::nearest(path, tables.iter().copied()) {
            Some(near) => diagnostic.suggest(
                format!("did you mean `{near:?}`"),
                named_at,
                format!("{near:?}"),
            ),
            None => diagnostic.note("paths are relative to the folder of `ruleset.quo`, with `/`"),
        });
        return Ok(None);
    };
    let Some(file) = sources.get(id) else {
        return Ok(None);
    };
    let text: &str = file.text();
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let skipped = text.len().saturating_sub(body.len());
    let mut csv = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(body.as_bytes());
    let mut imported = Imported {
        file: id,
        headings: Vec::new(),
        rows: Vec::new(),
    };
    let mut record = csv::StringRecord::new();
    loop {
        work.spend(1)?;
        let start = usize::try_from(csv.position().byte()).unwrap_or(usize::MAX);
        match csv.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {}
            Err(error) => {
                diagnostics.push(
                    Diagnostic::error(
                        codes::BAD_CSV,
                        format!("`{path}` cannot be read as a table: {error}"),
                    )
                    .at(named_at, "named here"),
                );
                return Ok(None);
            }
        }
        let end = usize::try_from(csv.position().byte()).unwrap_or(usize::MAX);
        let line = body.get(start..end).unwrap_or("");
        // The reader passes over blank lines before a record; they belong to no row.
        let blank = line
            .len()
            .saturating_sub(line.trim_start_matches(['\r', '\n']).len());
        let fields = Fields {
            line: line.get(blank..).unwrap_or(""),
            file: id,
            at: skipped.saturating_add(start).saturating_add(blank),
        };
        if line.bytes().filter(|byte| *byte == b'"').count() % 2 == 1 {
            diagnostics.push(
                Diagnostic::error(
                    codes::BAD_CSV,
                    format!("`{path}` has a quote that is never closed"),
                )
                .at(fields.first_line(), "the record that begins here")
                .note("a cell with a quote in it is written `\"a \"\" b\"`"),
            );
            return Ok(None);
        }
        if imported.headings.is_empty() {
            if let Some(separator) = foreign_separator(&record) {
                diagnostics.push(
                    Diagnostic::error(
                        codes::BAD_CSV,
                        format!("the cells of `{path}` are separated by {separator}"),
                    )
                    .at(fields.whole(), "one cell, as there is no comma")
                    .note(
                        "save it with commas between the cells and decimal points in the numbers",
                    ),
                );
                return Ok(None);
            }
            imported.headings = record
                .iter()
                .enumerate()
                .map(|(index, heading)| (heading.trim().to_owned(), fields.span(index)))
                .collect();
            continue;
        }
        if record.len() != imported.headings.len() {
            diagnostics.push(
                Diagnostic::error(
                    codes::TABLE_SHAPE,
                    format!(
                        "this row has {} cells, and the heading line has {}",
                        record.len(),
                        imported.headings.len()
                    ),
                )
                .at(fields.whole(), "a row has one cell for each heading"),
            );
            continue;
        }
        work.spend(u64::try_from(record.len()).unwrap_or(u64::MAX))?;
        let cells = record.iter().zip(&imported.headings).enumerate().map(
            |(index, (cell, (heading, _)))| {
                read_cell(cell, heading, fields.span(index), diagnostics)
            },
        );
        let cells = cells.collect();
        imported.rows.push(RawRow {
            span: fields.whole(),
            cells,
        });
    }
    if imported.rows.is_empty() {
        diagnostics.push(
            Diagnostic::error(codes::EMPTY_TABLE, format!("`{path}` has no rows"))
                .at(named_at, "named here"),
        );
        return Ok(None);
    }
    Ok(Some(imported))
}

/// The separator of a heading line that a spreadsheet has written for another country.
fn foreign_separator(headings: &csv::StringRecord) -> Option<&'static str> {
    let only = (headings.len() == 1).then(|| headings.get(0)).flatten()?;
    if only.contains(';') {
        Some("semicolons")
    } else if only.contains('\t') {
        Some("tabs")
    } else {
        None
    }
}

fn read_cell(cell: &str, heading: &str, span: Span, diagnostics: &mut Vec<Diagnostic>) -> RawCell {
    match parse_cell(cell) {
        Ok(parsed) => imported_cell(parsed, cell, span),
        Err(error) => {
            let code = if cell.trim().is_empty() {
                codes::BLANK_CELL
            } else {
                codes::BAD_CELL
            };
            let message = if cell.trim().is_empty() {
                error.to_string()
            } else {
                format!("`{}` is not a cell: {error}", cell.trim())
            };
            diagnostics.push(Diagnostic::error(code, message).at_cell(
                span,
                heading,
                "in this cell",
            ));
            RawCell {
                span,
                text: cell.trim().to_owned(),
                content: Content::Wrong,
            }
        }
    }
}

/// The places of the fields of one record.
struct Fields<'a> {
    line: &'a str,
    file: FileId,
    at: usize,
}

impl Fields<'_> {
    /// The place of the record without its line end.
    fn whole(&self) -> Span {
        self.place(0, self.line.trim_end_matches(['\r', '\n']).len())
    }

    /// The place of the record's first line.
    fn first_line(&self) -> Span {
        self.place(0, self.line.find(['\r', '\n']).unwrap_or(self.line.len()))
    }

    /// The place of a field: commas inside quotes do not end one.
    fn span(&self, index: usize) -> Span {
        let line = self.line.trim_end_matches(['\r', '\n']);
        let (mut quoted, mut field, mut start) = (false, 0usize, 0usize);
        for (offset, byte) in line.bytes().enumerate() {
            match byte {
                b'"' => quoted = !quoted,
                b',' if !quoted => {
                    if field == index {
                        return self.place(start, offset);
                    }
                    field = field.saturating_add(1);
                    start = offset.saturating_add(1);
                }
                _ => {}
            }
        }
        self.place(start, line.len())
    }

    fn place(&self, start: usize, end: usize) -> Span {
        let offset =
            |offset: usize| u32::try_from(self.at.saturating_add(offset)).unwrap_or(u32::MAX);
        self.file.span(offset(start), offset(end))
    }
}
