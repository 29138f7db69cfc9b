//! The records of a CSV text, with the places of their cells (RFC 4180: a cell with separators, quotes or line breaks
//! stands in quotes, a quote in it is doubled).
//!
//! Knows bytes only. A reader of its own, because every cell must be told by its place, and because a table of a million
//! rows is read several times rather than kept: a record costs no more than finding its line end.

use std::borrow::Cow;
use std::ops::Range;

/// A text of records.
#[derive(Clone, Copy)]
pub struct Records<'a> {
    /// The whole text.
    pub text: &'a str,
    /// What stands between cells: a comma or a semicolon.
    pub separator: u8,
}

/// Why a record cannot be read: the place of the cell that is to blame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordError {
    /// A cell that begins with a quote has no other one.
    Unclosed(Range<usize>),
    /// Something stands between a closing quote and the next separator.
    AfterQuote(Range<usize>),
}

impl<'a> Records<'a> {
    /// The record that begins at a byte of the text: its place without the line end, and where the next one begins.
    /// Its quotes are checked. `None` at the end of the text.
    ///
    /// # Errors
    /// [`RecordError`]
    pub fn record(&self, start: usize) -> Result<Option<(Range<usize>, usize)>, RecordError> {
        let rest = self.text.get(start..).unwrap_or("");
        if rest.is_empty() {
            return Ok(None);
        }
        let line = start.saturating_add(rest.find('\n').unwrap_or(rest.len()));
        if !self.text.get(start..line).unwrap_or("").contains('"') {
            return Ok(Some(self.until(start, line)));
        }
        let mut at = start;
        loop {
            let cell = self.cell_end(at)?;
            match self.text.as_bytes().get(cell) {
                Some(byte) if *byte == self.separator => at = cell.saturating_add(1),
                _ => return Ok(Some(self.until(start, cell))),
            }
        }
    }

    /// The places of the cells of a record that [`record`](Self::record) has found.
    pub fn cells(&self, record: Range<usize>) -> impl Iterator<Item = Range<usize>> + use<'a> {
        let records = *self;
        let mut next = Some(record.start);
        std::iter::from_fn(move || {
            let start = next?;
            let end = records
                .cell_end(start)
                .unwrap_or(record.end)
                .min(record.end);
            next = (end < record.end).then_some(end.saturating_add(1));
            Some(start..end)
        })
    }

    /// What a cell says, without its quotes and the blanks around it.
    pub fn content(&self, cell: Range<usize>) -> Cow<'a, str> {
        let text = self.text.get(cell).unwrap_or("").trim();
        match text.strip_prefix('"').and_then(|it| it.strip_suffix('"')) {
            Some(inside) if inside.contains('"') => Cow::Owned(inside.replace("\"\"", "\"")),
            Some(inside) => Cow::Borrowed(inside),
            None => Cow::Borrowed(text),
        }
    }

    /// Where the cell ends that begins at `start`: at a separator, a line end or the end of the text.
    fn cell_end(&self, start: usize) -> Result<usize, RecordError> {
        let bytes = self.text.as_bytes();
        let ends = |byte: u8| byte == self.separator || byte == b'\n';
        let find = |from: usize| {
            let rest = bytes.get(from..).unwrap_or_default();
            let length = rest.iter().position(|byte| ends(*byte));
            from.saturating_add(length.unwrap_or(rest.len()))
        };
        if bytes.get(start) != Some(&b'"') {
            return Ok(find(start));
        }
        let mut at = start.saturating_add(1);
        loop {
            match (bytes.get(at), bytes.get(at.saturating_add(1))) {
                (Some(b'"'), Some(b'"')) => at = at.saturating_add(2),
                (Some(b'"'), _) => break,
                (Some(_), _) => at = at.saturating_add(1),
                (None, _) => {
                    let rest = self.text.get(start..).unwrap_or("");
                    let line = rest.find(['\r', '\n']).unwrap_or(rest.len());
                    return Err(RecordError::Unclosed(start..start.saturating_add(line)));
                }
            }
        }
        let behind = at.saturating_add(1);
        let end = find(behind);
        let rest = bytes.get(behind..end).unwrap_or_default();
        if rest.iter().all(u8::is_ascii_whitespace) {
            Ok(end)
        } else {
            Err(RecordError::AfterQuote(start..end))
        }
    }

    /// A record whose last cell ends at `end`: without its carriage return, and behind its line end.
    fn until(&self, start: usize, end: usize) -> (Range<usize>, usize) {
        let line = self.text.get(start..end).unwrap_or("");
        let length = line.strip_suffix('\r').unwrap_or(line).len();
        (start..start.saturating_add(length), end.saturating_add(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, separator: u8) -> Result<Vec<Vec<String>>, RecordError> {
        let records = Records { text, separator };
        let (mut found, mut at) = (Vec::new(), 0);
        while let Some((record, next)) = records.record(at)? {
            let cells = records.cells(record);
            found.push(
                cells
                    .map(|cell| records.content(cell).into_owned())
                    .collect(),
            );
            at = next;
        }
        Ok(found)
    }

    #[test]
    fn separators_quotes_and_line_breaks() {
        let text = "a,b\r\n\"x, y\",\"say \"\"hi\"\"\"\r\n\n\"two\nlines\" , 7 \n,\nä\"b,c";
        let expected: [&[&str]; 6] = [
            &["a", "b"],
            &["x, y", "say \"hi\""],
            &[""],
            &["two\nlines", "7"],
            &["", ""],
            &["ä\"b", "c"],
        ];
        assert_eq!(read(text, b',').unwrap(), expected);
        assert_eq!(
            read("a;b\n1,5;\"x;y\"", b';').unwrap(),
            [["a", "b"], ["1,5", "x;y"]]
        );
        assert!(read("", b',').unwrap().is_empty());
    }

    #[test]
    fn quotes_that_do_not_fit() {
        assert_eq!(read("a,\"b\nc", b','), Err(RecordError::Unclosed(2..4)));
        assert_eq!(read("\"a\"b,c", b','), Err(RecordError::AfterQuote(0..4)));
    }

    /// The same records as the `csv` crate gives, whatever the text.
    #[test]
    fn as_others_read_them() {
        let pieces = [
            "a",
            "ä",
            ",",
            "\n",
            "\r\n",
            "\"x,y\"",
            "\"p\"\"q\"",
            "\"l\nm\"",
            "7",
        ];
        let mut seed: usize = 1;
        for _ in 0..2_000 {
            let mut text = String::new();
            let mut cell_begins = true;
            for _ in 0..12 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let piece = pieces[(seed >> 33) % pieces.len()];
                let ends = matches!(piece, "," | "\n" | "\r\n");
                if ends || cell_begins {
                    text.push_str(piece);
                    cell_begins = ends;
                }
            }
            let mut theirs = csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .from_reader(text.as_bytes());
            let theirs: Vec<Vec<String>> = theirs
                .records()
                .map(|record| record.unwrap().iter().map(str::to_owned).collect())
                .collect();
            let mut ours = read(&text, b',').unwrap();
            // They pass over empty lines; here the caller does.
            ours.retain(|record| record != &[""]);
            let theirs: Vec<_> = theirs.into_iter().filter(|it| it != &[""]).collect();
            assert_eq!(ours, theirs, "{text:?}");
        }
    }
}
