//! Tables in files beside the rules: CSV files, and sheets of workbooks, which are read as CSV text.
//!
//! One way to their rows for everybody who reads tables from files. What a cell means is decided where its column is
//! known; here a cell is a text with a place. Rows are not kept as cells but as places in the text, and are taken apart
//! again whenever somebody asks, so that a table of a million rows costs eight bytes a row.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use quo_source::{Diagnostic, FileId, SourceFile, Sources, Span, Stopped, Work, Worksheet, codes};
use quo_syntax::ast::{self, AstNode};
use quo_syntax::cell::{CellError, parse_cell};

use super::records::{RecordError, Records};
use super::{Content, RawCell, RawRow, Unread, imported_cell};

/// The file that a rule names: `"prices.csv"`, `"prices.xlsx" sheet "EU"`.
#[derive(Clone, Copy)]
pub struct Named<'a> {
    /// Its path below the folder of the ruleset.
    pub path: &'a str,
    /// The sheet of a workbook.
    pub sheet: Option<&'a str>,
    /// Where its path is written.
    pub span: Span,
}

/// The heading line and the rows of a table in a file.
pub struct Rows {
    /// The file.
    pub file: FileId,
    /// The headings with their places.
    pub headings: Vec<(String, Span)>,
    text: Arc<str>,
    separator: u8,
    sheet: Option<Arc<Worksheet>>,
    places: Vec<(u32, u32)>,
}

/// A cell of a file.
#[derive(Clone)]
pub struct FileCell<'a> {
    /// What stands in it, without quotes and the blanks around it.
    pub text: Cow<'a, str>,
    /// Its place.
    pub span: Span,
    /// Why it has no value although something is there, of a workbook.
    pub flaw: Option<&'a str>,
}

/// Reads the file that a clause names, as [`read`] does.
///
/// # Errors
/// When the work budget is used up or the work is cancelled.
pub fn read_named(
    named: &ast::TableFile,
    file: FileId,
    sources: &Sources,
    work: &Work,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Option<Rows>, Stopped> {
    let (Some(node), sheet) = (named.path(), named.sheet()) else {
        return Ok(None);
    };
    let Some(path) = node.text() else {
        return Ok(None);
    };
    let sheet = sheet.and_then(|sheet| sheet.text());
    let named = Named {
        path: &path,
        sheet: sheet.as_deref(),
        span: node.span(file),
    };
    read(sources, named, work, diagnostics)
}

/// Reads a file named in a rule; reports what cannot be read. Every row has as many cells as there are headings, and
/// there is at least one row. Rows of blank cells only are passed over.
///
/// # Errors
/// When the work budget is used up or the work is cancelled.
pub fn read(
    sources: &Sources,
    named: Named<'_>,
    work: &Work,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Option<Rows>, Stopped> {
    let (file, source) = match super::find_file::find(sources, named) {
        Ok(found) => found,
        Err(problem) => {
            diagnostics.push(*problem);
            return Ok(None);
        }
    };
    let mut reading = Reading {
        rows: Rows {
            file,
            headings: Vec::new(),
            text: Arc::clone(source.text()),
            separator: b',',
            sheet: source.sheet().cloned(),
            places: Vec::new(),
        },
        name: source.name().into_owned(),
    };
    let read = match reading.headings() {
        Ok(rows_at) => reading.records(rows_at, source, work, diagnostics)?,
        Err(problem) => Err(problem),
    };
    if let Err(problem) = read {
        diagnostics.push(*problem);
        return Ok(None);
    }
    if reading.rows.places.is_empty() {
        diagnostics.push(
            Diagnostic::error(
                codes::EMPTY_TABLE,
                format!("`{}` has no rows", reading.name),
            )
            .at(named.span, "named here"),
        );
        return Ok(None);
    }
    Ok(Some(reading.rows))
}

/// A file while its rows are found.
struct Reading {
    rows: Rows,
    name: String,
}

impl Reading {
    /// The first line that is not blank. Gives where the rows begin.
    fn headings(&mut self) -> Result<usize, Box<Diagnostic>> {
        let mut at = self.body();
        loop {
            let found = self.rows.records().record(at);
            let Some((record, next)) = found.map_err(|error| self.broken(&error))? else {
                return Ok(at);
            };
            let line = self.rows.text.get(record.clone()).unwrap_or("");
            if line.trim().is_empty() {
                at = next;
                continue;
            }
            if self.rows.sheet.is_none() && !line.contains(',') {
                if line.contains('\t') {
                    return Err(Box::new(self.tabs(record)));
                }
                if line.contains(';') {
                    self.rows.separator = b';';
                }
            }
            let records = self.rows.records();
            let headings = records.cells(record.clone()).map(|cell| {
                let heading = records.content(cell.clone()).into_owned();
                (heading, self.rows.place(&cell))
            });
            self.rows.headings = headings.collect();
            if let Some(blank) = self
                .rows
                .headings
                .iter()
                .position(|(name, _)| name.is_empty())
            {
                return Err(Box::new(self.blank_heading(blank)));
            }
            return Ok(next);
        }
    }

    /// The rows after the heading line.
    fn records(
        &mut self,
        mut at: usize,
        source: &SourceFile,
        work: &Work,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Result<Result<(), Box<Diagnostic>>, Stopped> {
        self.rows.places.reserve(source.line_count());
        let expected = self.rows.headings.len();
        loop {
            work.spend(1)?;
            let (record, next) = match self.rows.records().record(at) {
                Ok(Some(found)) => found,
                Ok(None) => break,
                Err(error) => return Ok(Err(self.broken(&error))),
            };
            at = next;
            if self.is_blank(&record) {
                continue;
            }
            let count = self.rows.records().cells(record.clone()).count();
            work.spend(u64::try_from(count).unwrap_or(u64::MAX))?;
            if count != expected {
                let message =
                    format!("this row has {count} cells, and the heading line has {expected}");
                let mistake = Diagnostic::error(codes::TABLE_SHAPE, message).at(
                    self.rows.place(&record),
                    "a row has one cell for each heading",
                );
                diagnostics.push(match self.comma_in(&record) {
                    Some(number) => mistake.note(format!(
                        "`{number}` is two cells here: a number has a decimal point, or the cells of a file are separated by semicolons"
                    )),
                    None => mistake,
                });
                continue;
            }
            self.rows.places.push(place(&record));
        }
        self.rows.places.shrink_to_fit();
        Ok(Ok(()))
    }

    fn blank_heading(&self, column: usize) -> Diagnostic {
        let span = self.rows.headings.get(column).map(|(_, span)| *span);
        let number = column.saturating_add(1);
        let message = format!("column {number} of `{}` has no heading", self.name);
        Diagnostic::error(codes::BAD_HEADER, message)
            .at(span.unwrap_or_else(|| self.rows.file.span(0, 0)), "a name is expected")
            .note("a spreadsheet leaves such a column behind where cells were emptied: delete the column, or name it")
    }

    /// Two cells of a record that look like one number with a comma.
    fn comma_in(&self, record: &Range<usize>) -> Option<String> {
        let records = self.rows.records();
        let cells: Vec<_> = records
            .cells(record.clone())
            .map(|cell| records.content(cell))
            .collect();
        let number = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
        let pair = cells.windows(2).find_map(|pair| match pair {
            [whole, decimals] if number(whole) && number(decimals) => {
                Some(format!("{whole},{decimals}"))
            }
            _ => None,
        });
        pair.filter(|_| self.rows.separator == b',')
    }

    /// Where the text begins, behind the mark that some programs put before it.
    fn body(&self) -> usize {
        if self.rows.text.starts_with('\u{feff}') {
            '\u{feff}'.len_utf8()
        } else {
            0
        }
    }

    /// Whether a record is an empty line, or has cells and none of them says anything.
    fn is_blank(&self, record: &Range<usize>) -> bool {
        let line = self.rows.text.get(record.clone()).unwrap_or("");
        let separator = char::from(self.rows.separator);
        line.chars()
            .all(|char| char == separator || char.is_whitespace())
    }

    fn tabs(&self, record: Range<usize>) -> Diagnostic {
        let message = format!("the cells of `{}` are separated by tabs", self.name);
        Diagnostic::error(codes::BAD_CSV, message)
            .at(
                self.rows.place(&record),
                "one cell, as there is neither comma nor semicolon",
            )
            .note("save it with commas or semicolons between the cells")
    }

    fn broken(&self, error: &RecordError) -> Box<Diagnostic> {
        let name = &self.name;
        let (message, cell, label) = match error {
            RecordError::Unclosed(cell) => (
                format!("`{name}` has a quote that is never closed"),
                cell,
                "the cell that begins here",
            ),
            RecordError::AfterQuote(cell) => (
                format!("`{name}` has a cell that goes on behind its closing quote"),
                cell,
                "this cell",
            ),
        };
        let problem = Diagnostic::error(codes::BAD_CSV, message)
            .at(self.rows.place(cell), label)
            .note("a cell with a quote in it is written `\"a \"\" b\"`");
        Box::new(problem)
    }
}

#[expect(
    dead_code,
    reason = "the whole interface for readers of tables; some of it has its first user in a moment"
)]
impl Rows {
    /// The number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The number of the column with this heading.
    #[must_use]
    pub fn column(&self, heading: &str) -> Option<usize> {
        self.headings.iter().position(|(name, _)| name == heading)
    }

    /// The place of a row.
    #[must_use]
    pub fn span(&self, row: usize) -> Span {
        let (start, end) = self.places.get(row).copied().unwrap_or_default();
        self.file.span(start, end)
    }

    /// The cells of a row, one for each heading.
    pub fn cells(&self, row: usize) -> impl Iterator<Item = FileCell<'_>> {
        let records = self.records();
        let record = range(self.places.get(row).copied().unwrap_or_default());
        records.cells(record).map(move |cell| {
            let span = self.place(&cell);
            FileCell {
                text: records.content(cell),
                span,
                flaw: self
                    .sheet
                    .as_deref()
                    .and_then(|sheet| sheet.flaw(span.start)),
            }
        })
    }

    /// Every row with its cells read. For tables of millions of rows ask for [`cells`](Self::cells) instead.
    pub fn iter(&self) -> impl Iterator<Item = RawRow> {
        (0..self.len()).map(|row| RawRow {
            span: self.span(row),
            cells: self.cells(row).map(|cell| cell.read()).collect(),
        })
    }

    fn records(&self) -> Records<'_> {
        Records {
            text: &self.text,
            separator: self.separator,
        }
    }

    fn place(&self, bytes: &Range<usize>) -> Span {
        let (start, end) = place(bytes);
        self.file.span(start, end)
    }
}

impl FileCell<'_> {
    /// What the cell says, by the grammar of cells; [`Content::Unread`] if it says nothing that has a meaning there,
    /// which only who knows its column can judge: in a column of texts every text is one.
    #[must_use]
    pub fn read(&self) -> RawCell {
        if let Some(flaw) = self.flaw {
            return self.unread(Unread::Flaw, flaw.to_owned());
        }
        match parse_cell(&self.text) {
            Ok(parsed) => imported_cell(parsed, &self.text, self.span),
            Err(error @ CellError::Blank) => self.unread(Unread::Blank, error.to_string()),
            Err(error) => self.unread(
                Unread::NoCell,
                format!("`{}` is not a cell: {error}", self.text.trim()),
            ),
        }
    }

    fn unread(&self, why: Unread, reason: String) -> RawCell {
        RawCell {
            span: self.span,
            text: super::one_line(&self.text),
            content: Content::Unread { why, reason },
        }
    }
}

/// A range of a text, whose length a source has checked to fit.
fn place(bytes: &Range<usize>) -> (u32, u32) {
    let offset = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
    (offset(bytes.start), offset(bytes.end))
}

fn range((start, end): (u32, u32)) -> Range<usize> {
    start as usize..end as usize
}
