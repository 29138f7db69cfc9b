//! Source files in memory, and places in them.
//!
//! Offsets are relative to their file, never to the set of files: an edit of one file leaves every
//! span of the others valid, which is what lets parse results be kept per file. Ids follow the
//! order of the paths, so that the same files give the same ids on every machine.

use std::borrow::Cow;
use std::sync::Arc;

use thiserror::Error;

use crate::worksheet::Worksheet;

/// The number of a file within one [`Sources`]: its place in the order of the paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

impl FileId {
    /// A span of this file, from byte `start` up to and without byte `end`.
    #[must_use]
    pub const fn span(self, start: u32, end: u32) -> Span {
        Span {
            file: self,
            start,
            end,
        }
    }
}

/// A stretch of a file in bytes: `start` belongs to it, `end` does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// The first byte.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
}

impl Span {
    /// The smallest span that holds both; `self` where the two are of different files.
    #[must_use]
    pub fn to(self, other: Span) -> Span {
        if self.file == other.file {
            let start = self.start.min(other.start);
            self.file.span(start, self.end.max(other.end))
        } else {
            self
        }
    }

    /// The empty span at the end of this one: where something missing would go.
    #[must_use]
    pub const fn after(self) -> Span {
        self.file.span(self.end, self.end)
    }

    /// The empty span at the start of this one.
    #[must_use]
    pub const fn before(self) -> Span {
        self.file.span(self.start, self.start)
    }

    /// Length in bytes.
    #[must_use]
    pub const fn len(self) -> u32 {
        self.end.saturating_sub(self.start)
    }

    /// Whether the span holds no byte.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.len() == 0
    }
}

/// A line and a column, both counted from 1, as an editor shows them; of a worksheet its row and its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters (not bytes), from 1; of a worksheet that of the cell.
    pub column: u32,
}

/// Why a file cannot be a source.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FileError {
    /// Absolute, empty, with backslashes, or leaving the folder.
    #[error("`{0}` is not a path relative to the ruleset's folder with `/` between its parts")]
    Path(String),
    /// More bytes than a 32-bit offset reaches.
    #[error("`{0}` is larger than 4 GiB")]
    TooLarge(String),
    /// Two files of one path.
    #[error("`{0}` is given twice")]
    Duplicate(String),
}

/// One file: its path, its text and a digest of the text.
#[derive(Clone, Debug)]
pub struct SourceFile {
    path: String,
    text: Arc<str>,
    hash: [u8; 32],
    line_starts: Arc<[u32]>,
    sheet: Option<Arc<Worksheet>>,
    unreadable: Option<Arc<str>>,
}

impl SourceFile {
    /// A file from its path below the ruleset's folder and its text.
    ///
    /// # Errors
    /// [`FileError::Path`] for a path that is not relative with `/` between its parts (`.` and
    /// `..` are refused too), [`FileError::TooLarge`] for a text of 4 GiB or more.
    pub fn new(path: impl Into<String>, text: impl Into<Arc<str>>) -> Result<Self, FileError> {
        let (path, text) = (path.into(), text.into());
        let bad_part = |part: &str| part.is_empty() || part == "." || part == "..";
        if path.contains(['\\', ':', '\0']) || path.split('/').any(bad_part) {
            return Err(FileError::Path(path));
        }
        if u32::try_from(text.len()).is_err() {
            return Err(FileError::TooLarge(path));
        }
        let hash = *blake3::hash(text.as_bytes()).as_bytes();
        let after_breaks = (1u32..)
            .zip(text.bytes())
            .filter_map(|(next, byte)| (byte == b'\n').then_some(next));
        let line_starts = std::iter::once(0).chain(after_breaks).collect();
        Ok(Self {
            path,
            text,
            hash,
            line_starts,
            sheet: None,
            unreadable: None,
        })
    }

    /// A worksheet of the workbook at `path`. Each row of the sheet is one line of the text and has the number of that
    /// line; its cells are separated by commas and quoted as in a CSV file, beginning with the sheet's first column.
    ///
    /// # Errors
    /// As [`SourceFile::new`].
    pub fn worksheet(
        path: impl Into<String>,
        sheet: Worksheet,
        text: impl Into<Arc<str>>,
    ) -> Result<Self, FileError> {
        let file = Self::new(path, text)?;
        Ok(Self {
            sheet: Some(Arc::new(sheet)),
            ..file
        })
    }

    /// A workbook that cannot be read, with the reason: it is told where a rule names the file.
    ///
    /// # Errors
    /// As [`SourceFile::new`].
    pub fn unreadable(
        path: impl Into<String>,
        reason: impl Into<Arc<str>>,
    ) -> Result<Self, FileError> {
        let file = Self::new(path, "")?;
        Ok(Self {
            unreadable: Some(reason.into()),
            ..file
        })
    }

    /// The worksheet that this is, if it is one.
    #[must_use]
    pub const fn sheet(&self) -> Option<&Arc<Worksheet>> {
        self.sheet.as_ref()
    }

    /// Why the file cannot be read, if it cannot.
    #[must_use]
    pub fn why_unreadable(&self) -> Option<&str> {
        self.unreadable.as_deref()
    }

    /// How people call it: its path, and of a worksheet also the sheet, `prices.xlsx, sheet EU`.
    #[must_use]
    pub fn name(&self) -> Cow<'_, str> {
        match &self.sheet {
            Some(sheet) => Cow::Owned(format!("{}, sheet {}", self.path, sheet.name())),
            None => Cow::Borrowed(&self.path),
        }
    }

    /// The path, relative to the ruleset's folder, `/` between its parts.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// BLAKE3 of the text's bytes: the key of everything that is remembered about the text.
    #[must_use]
    pub const fn hash(&self) -> [u8; 32] {
        self.hash
    }

    /// Whether the file is an imported table rather than rules.
    #[must_use]
    pub fn is_table(&self) -> bool {
        self.sheet.is_some() || self.unreadable.is_some() || self.path.ends_with(".csv")
    }

    /// Line and column of a byte offset. An offset past the end counts as the end, one inside a
    /// character as its beginning.
    #[must_use]
    pub fn position(&self, offset: u32) -> Position {
        let offset = self.floor(offset);
        let line = self.line_starts.partition_point(|&start| start <= offset);
        let start = self.line_start(line.saturating_sub(1));
        let before = self.text.get(start..offset as usize).unwrap_or("");
        let column = match &self.sheet {
            Some(sheet) => sheet.column_after(before),
            None => u32::try_from(before.chars().count() + 1).unwrap_or(u32::MAX),
        };
        Position {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column,
        }
    }

    /// The byte range of a line, counted from 0, with its line break.
    #[must_use]
    pub fn line_range(&self, line_index: usize) -> Option<std::ops::Range<usize>> {
        let start = *self.line_starts.get(line_index)? as usize;
        let end = match self.line_starts.get(line_index + 1) {
            Some(&next) => next as usize,
            None => self.text.len(),
        };
        Some(start..end)
    }

    /// The number of lines; the empty text has one.
    #[must_use]
    pub fn line_count(&self) -> usize {
        self.line_starts.len()
    }

    /// The largest character boundary of the text that is not after `offset`.
    pub(crate) fn floor(&self, offset: u32) -> u32 {
        let mut at = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        u32::try_from(at).unwrap_or(u32::MAX)
    }

    /// What files are sorted by, and what only one file has.
    fn order(&self) -> (&str, u32) {
        (&self.path, self.sheet().map_or(0, |sheet| sheet.index()))
    }

    fn line_start(&self, line_index: usize) -> usize {
        self.line_starts.get(line_index).map_or(0, |&s| s as usize)
    }
}

/// A set of files with one file per path (of a workbook one per sheet), ordered by path.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
}

impl Sources {
    /// The set of these files, in any order.
    ///
    /// # Errors
    /// [`FileError::Duplicate`] where two files have one path.
    pub fn new(files: impl IntoIterator<Item = SourceFile>) -> Result<Self, FileError> {
        let mut files: Vec<_> = files.into_iter().collect();
        files.sort_by(|a, b| a.order().cmp(&b.order()));
        let twice = files
            .iter()
            .zip(files.iter().skip(1))
            .find(|(a, b)| a.order() == b.order());
        match twice {
            Some((file, _)) => Err(FileError::Duplicate(file.path.clone())),
            None => Ok(Self { files }),
        }
    }

    /// The file of an id.
    #[must_use]
    pub fn get(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.0 as usize)
    }

    /// The id of a path; of a workbook that of its first sheet.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<FileId> {
        self.all_of(path).next().map(|(id, _)| id)
    }

    /// The files of one path: one, or none, or the sheets of a workbook in their order.
    pub fn all_of<'a, 'p>(
        &'a self,
        path: &'p str,
    ) -> impl Iterator<Item = (FileId, &'a SourceFile)> + use<'a, 'p> {
        let first = self.files.partition_point(|file| file.path.as_str() < path);
        let ids = (u32::try_from(first).unwrap_or(u32::MAX)..).map(FileId);
        let rest = self.files.iter().skip(first);
        ids.zip(rest.take_while(move |file| file.path == path))
    }

    /// Every file with its id, in the order of the paths.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        (0u32..).map(FileId).zip(&self.files)
    }

    /// The number of files.
    #[must_use]
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there is no file.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The text of a span; `None` where the file does not have it.
    #[must_use]
    pub fn text(&self, span: Span) -> Option<&str> {
        let file = self.get(span.file)?;
        file.text.get(span.start as usize..span.end as usize)
    }

    /// Line and column of the start of a span.
    #[must_use]
    pub fn position(&self, span: Span) -> Option<Position> {
        Some(self.get(span.file)?.position(span.start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_count_breaks() {
        let file = SourceFile::new("a.quo", "äb\r\nç€d").expect("valid");
        let at = |offset| {
            let Position { line, column } = file.position(offset);
            (line, column)
        };
        assert_eq!([at(0), at(2), at(3)], [(1, 1), (1, 2), (1, 3)]);
        assert_eq!([at(5), at(7), at(10)], [(2, 1), (2, 2), (2, 3)]);
        assert_eq!(at(8), (2, 2), "inside the euro sign");
        assert_eq!(at(4_000_000_000), (2, 4), "past the end");
        assert_eq!((file.line_count(), file.line_range(1)), (2, Some(5..11)));
        assert_eq!(file.line_range(2), None);
    }

    #[test]
    fn ids_follow_the_paths_whatever_the_order_given() {
        let file = |path| SourceFile::new(path, "").expect("valid");
        let sources = Sources::new([file("z.quo"), file("b/a.csv"), file("a.quo")]).expect("valid");
        let paths: Vec<_> = sources.iter().map(|(id, f)| (id.0, f.path())).collect();
        assert_eq!(paths, [(0, "a.quo"), (1, "b/a.csv"), (2, "z.quo")]);
        assert_eq!(sources.find("b/a.csv"), Some(FileId(1)));
        assert_eq!(sources.find("b"), None);
        let twice = Sources::new([file("a.quo"), file("a.quo")]).map(|s| s.len());
        assert_eq!(twice, Err(FileError::Duplicate("a.quo".into())));
    }

    #[test]
    fn paths_stay_in_the_folder() {
        let refused = [
            "", "/a.quo", "../a.quo", "a//b.quo", "./a.quo", "a\\b.quo", "C:/a.quo",
        ];
        for path in refused {
            let error = SourceFile::new(path, "").map(|f| f.path().to_owned());
            assert_eq!(error, Err(FileError::Path(path.into())));
        }
    }
}
