//! Workbooks (XLSX) as sources: every sheet becomes a text of cells, a line for each row, that keep their addresses.
//!
//! Knows nothing of rules, types or the file system. The text of a cell is what its author meant by it: a number is the
//! shortest decimal that the binary number of the workbook stands for, and one that carries the digits of a calculation
//! is refused rather than taken with them; a number in a format of percent is a percentage, one in a format of dates a
//! day. What has no such text is a flaw of the cell, told where a rule needs it.
//!
//! A workbook is foreign and packed: it is unpacked within bounds before anybody else reads it, so that a small file
//! cannot become a large one.

#![deny(clippy::arithmetic_side_effects)]

mod archive;
mod cell;
mod sheet;

use std::io::Cursor;

use calamine::{Reader as _, Xlsx, XlsxError};
use quo_source::{FileError, SourceFile};

pub use archive::{CELLS_MAX, UNPACKED_MAX};

/// The sheets of the workbook at `path`, in its order; one source that says why where it cannot be read.
///
/// Every row of a sheet is a line of its text, blank rows too, so that the number of a line is that of the row. Hidden
/// rows, columns and sheets count like others: whether somebody has hidden a row must not change a price. A merged cell
/// has its value in each of its cells. Of a formula the value counts that the workbook holds. Line breaks in a cell are
/// blanks. Charts and other sheets without cells are left out.
///
/// # Errors
/// If `path` cannot be the path of a source.
pub fn read(path: &str, bytes: &[u8]) -> Result<Vec<SourceFile>, FileError> {
    let sheets = archive::check(bytes).and_then(|()| sheets(path, bytes));
    match sheets {
        Ok(sheets) => sheets.into_iter().collect(),
        Err(reason) => Ok(vec![SourceFile::unreadable(path, reason)?]),
    }
}

fn sheets(path: &str, bytes: &[u8]) -> Result<Vec<Result<SourceFile, FileError>>, String> {
    let mut workbook: Xlsx<_> =
        Xlsx::new(Cursor::new(bytes)).map_err(|error| unreadable(&error))?;
    let mut cells_left = CELLS_MAX;
    let names = workbook.sheet_names();
    let mut sheets = Vec::new();
    for (index, name) in (0_u32..).zip(names) {
        match sheet::read(&mut workbook, &name, &mut cells_left) {
            Ok(sheet) => sheets.push(sheet.into_source(path, name, index)),
            Err(sheet::Problem::NoCells) => {}
            Err(sheet::Problem::TooMany) => {
                return Err(format!("its sheets have more than {CELLS_MAX} cells"));
            }
            Err(sheet::Problem::Broken(reason)) => {
                return Err(format!("its sheet `{name}` is damaged: {reason}"));
            }
        }
    }
    if sheets.is_empty() {
        return Err("it has no sheet with cells".to_owned());
    }
    Ok(sheets)
}

/// What an author can do about a file that is no workbook.
fn unreadable(error: &XlsxError) -> String {
    match error {
        XlsxError::Password => "it is protected with a password; save it without one".to_owned(),
        error => format!("it is damaged: {error}"),
    }
}
