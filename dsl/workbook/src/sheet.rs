//! A sheet: from its cells to its text.

use std::collections::BTreeMap;
use std::io::{Read, Seek};

use calamine::{Dimensions, Xlsx, XlsxError};
use quo_source::{FileError, SourceFile, Worksheet};

use crate::cell;

/// The text of a sheet and what is wrong with its cells.
pub(crate) struct Sheet {
    text: String,
    first_column: u32,
    flaws: BTreeMap<u32, String>,
}

/// Why there is no text.
pub(crate) enum Problem {
    /// It is a chart or something else without cells, or all are blank.
    NoCells,
    /// It has more cells than are left.
    TooMany,
    /// Its part of the workbook is damaged.
    Broken(String),
}

/// What is told of a formula that nobody has calculated.
const NOT_CALCULATED: &str =
    "the workbook has no value for this formula; open it in a spreadsheet, calculate, and save it";

type Cells = BTreeMap<(u32, u32), Result<String, String>>;

impl Sheet {
    pub(crate) fn into_source(
        self,
        path: &str,
        name: String,
        index: u32,
    ) -> Result<SourceFile, FileError> {
        let sheet = Worksheet::new(name, index, self.first_column, self.flaws);
        SourceFile::worksheet(path, sheet, self.text)
    }
}

/// Reads a sheet.
pub(crate) fn read<R: Read + Seek>(
    workbook: &mut Xlsx<R>,
    name: &str,
    cells_left: &mut usize,
) -> Result<Sheet, Problem> {
    let broken = |error: XlsxError| Problem::Broken(error.to_string());
    let merged = match workbook.merge_cells_by_sheet_name(name) {
        Ok(merged) => merged,
        Err(XlsxError::NotAWorksheet(_)) => return Err(Problem::NoCells),
        Err(error) => return Err(broken(error)),
    };
    let (mut cells, mut blank) = (Cells::new(), false);
    {
        let mut reader = match workbook.worksheet_cells_reader(name) {
            Ok(reader) => reader,
            Err(XlsxError::NotAWorksheet(_)) => return Err(Problem::NoCells),
            Err(error) => return Err(broken(error)),
        };
        let percent: Vec<bool> = reader.styles().iter().map(cell::is_percent).collect();
        while let Some((found, style)) = reader.next_cell_with_style_id().map_err(broken)? {
            *cells_left = cells_left.checked_sub(1).ok_or(Problem::TooMany)?;
            let percent = percent.get(style).copied().unwrap_or(false);
            match cell::text(found.get_value(), percent) {
                Some(text) => drop(cells.insert(found.get_position(), text)),
                None => blank = true,
            }
        }
    }
    if blank {
        // Among the blank cells there may be formulas without a value.
        let mut reader = workbook.worksheet_cells_reader(name).map_err(broken)?;
        while let Some(found) = reader.next_cell_with_formula_metadata().map_err(broken)? {
            if found.formula.is_some() {
                let place = cells.entry(found.pos);
                place.or_insert_with(|| Err(NOT_CALCULATED.to_owned()));
            }
        }
    }
    merge(&mut cells, &merged, cells_left)?;
    write(&cells)
}

/// Gives every cell of a merged one its value, as far as the sheet has cells at all.
fn merge(cells: &mut Cells, merged: &[Dimensions], cells_left: &mut usize) -> Result<(), Problem> {
    let last = |of: fn(&(u32, u32)) -> u32| cells.keys().map(of).max().unwrap_or(0);
    let (row_max, column_max) = (last(|place| place.0), last(|place| place.1));
    for area in merged {
        let Some(value) = cells.get(&area.start).cloned() else {
            continue;
        };
        for row in area.start.0..=area.end.0.min(row_max) {
            for column in area.start.1..=area.end.1.min(column_max) {
                *cells_left = cells_left.checked_sub(1).ok_or(Problem::TooMany)?;
                cells.insert((row, column), value.clone());
            }
        }
    }
    Ok(())
}

/// The cells as text, a line for every row from the first one of the sheet. A row is as wide as the first one that has
/// cells, the headings, or wider where it has more.
fn write(cells: &Cells) -> Result<Sheet, Problem> {
    let Some((&(heading_row, _), _)) = cells.first_key_value() else {
        return Err(Problem::NoCells);
    };
    let first_column = cells.keys().map(|place| place.1).min().unwrap_or(0);
    let headings = cells.keys().take_while(|place| place.0 == heading_row);
    let width_end = headings.map(|place| place.1).max().unwrap_or(first_column);
    let mut writer = Writer {
        text: String::new(),
        flaws: BTreeMap::new(),
        row: 0,
        column: first_column,
        first_column,
        width_end,
    };
    for (&(row, column), cell) in cells {
        writer.go_to(row, column);
        writer.cell(cell)?;
    }
    writer.end_row();
    Ok(Sheet {
        text: writer.text,
        first_column,
        flaws: writer.flaws,
    })
}

/// A sheet's text while it is written.
struct Writer {
    text: String,
    flaws: BTreeMap<u32, String>,
    row: u32,
    column: u32,
    first_column: u32,
    width_end: u32,
}

impl Writer {
    fn go_to(&mut self, row: u32, column: u32) {
        if self.row < row {
            self.end_row();
            for _ in self.row.saturating_add(1)..row {
                self.text.push('\n');
            }
            self.row = row;
        }
        self.separate(column);
    }

    /// Separators up to a column.
    fn separate(&mut self, column: u32) {
        for _ in self.column..column {
            self.text.push(',');
        }
        self.column = self.column.max(column);
    }

    /// Ends the row, with blank cells up to the last heading where it has any cells.
    fn end_row(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.separate(self.width_end);
        }
        self.text.push('\n');
        self.column = self.first_column;
    }

    fn cell(&mut self, cell: &Result<String, String>) -> Result<(), Problem> {
        let text = match cell {
            Ok(text) => text,
            Err(flaw) => {
                // A text of 4 GiB is refused as a source.
                let offset = u32::try_from(self.text.len()).map_err(|_| Problem::TooMany)?;
                self.flaws.insert(offset, flaw.clone());
                "#"
            }
        };
        if text.contains([',', '"']) {
            self.text.push('"');
            self.text.push_str(&text.replace('"', "\"\""));
            self.text.push('"');
        } else {
            self.text.push_str(text);
        }
        Ok(())
    }
}
