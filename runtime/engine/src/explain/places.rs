//! From the source map to what a person can open: files, lines, and the text that stands there.

use quo_model::{ArchivedPlace, ArchivedSourceMap};

use crate::frame::at;

/// Looks places up.
#[derive(Clone, Copy)]
pub(super) struct Places<'a>(pub &'a ArchivedSourceMap);

impl<'a> Places<'a> {
    /// Where an id is declared.
    pub fn of_id(&self, id: &str) -> Option<String> {
        let ids = &self.0.ids;
        let found = ids
            .binary_search_by(|entry| entry.id.as_str().cmp(id))
            .ok()?;
        self.show(&ids.get(found)?.place)
    }

    /// Where a row of a table stands.
    pub fn of_row(&self, table: u32, row: u32) -> Option<String> {
        self.show(self.0.rows.get(at(table))?.get(at(row))?)
    }

    /// `adjustments.quo:12`; of a table in a file of its own `prices/europe.csv, line 14`, in a workbook
    /// `prices.xlsx, sheet EU, row 14`.
    pub fn show(&self, place: &ArchivedPlace) -> Option<String> {
        let file = self.0.files.get(at(place.file.to_native()))?;
        let before = file.text.as_bytes().get(..at(place.start.to_native()))?;
        let line = before
            .iter()
            .filter(|byte| **byte == b'\n')
            .count()
            .saturating_add(1);
        let path = file.path.as_str();
        Some(if is_sheet(path) {
            format!("{path}, row {line}")
        } else if is_table(path) {
            format!("{path}, line {line}")
        } else {
            format!("{path}:{line}")
        })
    }

    /// The text of a place on one line.
    pub fn text(&self, place: &ArchivedPlace) -> String {
        let file = self.0.files.get(at(place.file.to_native()));
        let range = at(place.start.to_native())..at(place.end.to_native());
        let text = file
            .and_then(|file| file.text.as_str().get(range))
            .unwrap_or_default();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Every declared id.
    pub fn ids(&self) -> impl Iterator<Item = &'a str> {
        self.0.ids.iter().map(|entry| entry.id.as_str())
    }
}

/// Whether this is a sheet of a workbook: the lines of its text are its rows.
fn is_sheet(path: &str) -> bool {
    path.contains(".xlsx, sheet ")
}

fn is_table(path: &str) -> bool {
    path.rsplit_once('.')
        .is_some_and(|(_, kind)| kind.eq_ignore_ascii_case("csv"))
}
