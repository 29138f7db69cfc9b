//! A worksheet as a source: which cell a place in its text is.
//!
//! A workbook is no text, but every sheet of it is turned into one when it is read: a line for each row, so that the
//! number of the line is that of the row, and the cells as in a CSV file. Spans, explanations and packages then need to
//! know nothing of workbooks; what is left is to say `cell C14` where others say line and column. How a workbook is read
//! is not known here.

use std::collections::BTreeMap;

/// A sheet of a workbook: its name, its place and what is wrong with its cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Worksheet {
    name: String,
    index: u32,
    first_column: u32,
    flaws: BTreeMap<u32, String>,
}

impl Worksheet {
    /// The sheet at position `index` of its workbook, whose text begins with column `first_column` (0 is A) in every
    /// row. `flaws` says for the first byte of a cell why it has no value that could be used.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        index: u32,
        first_column: u32,
        flaws: BTreeMap<u32, String>,
    ) -> Self {
        Self {
            name: name.into(),
            index,
            first_column,
            flaws,
        }
    }

    /// The name on its tab.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its position in the workbook, from 0.
    #[must_use]
    pub const fn index(&self) -> u32 {
        self.index
    }

    /// Why the cell that begins at a byte of the text has no value.
    #[must_use]
    pub fn flaw(&self, offset: u32) -> Option<&str> {
        self.flaws.get(&offset).map(String::as_str)
    }

    /// The column, from 1, of what stands behind this beginning of a row.
    pub(crate) fn column_after(&self, row_start: &str) -> u32 {
        let mut quoted = false;
        let mut before: u32 = 0;
        for byte in row_start.bytes() {
            quoted ^= byte == b'"';
            before = before.saturating_add(u32::from(byte == b',' && !quoted));
        }
        before.saturating_add(self.first_column).saturating_add(1)
    }
}

/// The address of a cell, `C14`, of its column and row, both from 1.
#[must_use]
pub fn cell_address(column: u32, row: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = column;
    while rest > 0 {
        rest = rest.saturating_sub(1);
        letters.push(char::from(
            b'A'.saturating_add(u8::try_from(rest % 26).unwrap_or(0)),
        ));
        rest /= 26;
    }
    let letters: String = letters.into_iter().rev().collect();
    format!("{letters}{row}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FileError, SourceFile, Sources};

    #[test]
    fn addresses_have_letters_as_spreadsheets_have() {
        let at = |column| cell_address(column, 1);
        assert_eq!([at(1), at(26), at(27)], ["A1", "Z1", "AA1"]);
        assert_eq!([at(702), at(703), at(16_384)], ["ZZ1", "AAA1", "XFD1"]);
    }

    #[test]
    fn places_are_rows_and_columns_and_sheets_keep_their_order() {
        let sheet = |name, index| Worksheet::new(name, index, 1, BTreeMap::new());
        let file = |name, index, text| SourceFile::worksheet("p.xlsx", sheet(name, index), text);
        let text = "\n\nedition,price\n\"Pro, Team\",12.50\n";
        let sources = Sources::new([
            file("US", 1, "a").expect("a relative path"),
            file("EU", 0, text).expect("a relative path"),
            SourceFile::new("a.quo", "").expect("a relative path"),
        ])
        .expect("two sheets are two files");
        let names: Vec<_> = sources.all_of("p.xlsx").map(|(_, f)| f.name()).collect();
        assert_eq!(names, ["p.xlsx, sheet EU", "p.xlsx, sheet US"]);
        let id = sources.find("p.xlsx").expect("it is there");
        let at = u32::try_from(text.find("12.50").expect("it is there")).expect("small");
        let place = sources.position(id.span(at, at)).expect("a file");
        assert_eq!(cell_address(place.column, place.line), "C4");
        let twice = [file("EU", 0, ""), file("US", 0, "")].map(|f| f.expect("a relative path"));
        assert_eq!(
            Sources::new(twice).map(|s| s.len()),
            Err(FileError::Duplicate("p.xlsx".into()))
        );
    }
}
