//! Tables: a row a line, and bars below bars.

use quo_syntax::{SyntaxElement, SyntaxKind};

use super::{Layout, Lead, kids};
use crate::doc::{Doc, all, columns, print};

/// The pieces of a row: bars and what stands between them, by turns, a bar first.
type Row = Vec<String>;

impl Layout<'_> {
    /// A table; every row of it is one line.
    pub(super) fn table(&mut self, rows: &[SyntaxElement]) -> Doc {
        let mut leads: Vec<Vec<Doc>> = Vec::new();
        let mut texts: Vec<Row> = Vec::new();
        for (at, row) in rows.iter().enumerate() {
            let mut lead = Vec::new();
            if at > 0 {
                let below = Lead::Hard {
                    continued: false,
                    blank: true,
                };
                self.lead(&mut lead, row, below);
            }
            leads.push(lead);
            texts.push(self.row(row));
        }
        let widths = widths(&texts);
        let mut out = Vec::new();
        for (lead, row) in leads.into_iter().zip(texts) {
            out.extend(lead);
            out.push(Doc::Text(padded(&row, &widths)));
        }
        all(out)
    }

    fn row(&mut self, row: &SyntaxElement) -> Row {
        let elements = row.as_node().map_or_else(|| vec![row.clone()], kids);
        let mut pieces = Row::new();
        let mut cell = Vec::new();
        for (at, element) in elements.iter().enumerate() {
            let bar = matches!(element.kind(), SyntaxKind::PIPE | SyntaxKind::PIPE2);
            if bar {
                if at > 0 {
                    pieces.push(flat(std::mem::take(&mut cell)));
                }
                let _ = self.element(element);
                pieces.push(element.to_string());
            } else if cell.is_empty() {
                cell.push(self.element(element));
            } else {
                self.follow(&mut cell, element, Lead::Same);
            }
        }
        if !cell.is_empty() {
            pieces.push(flat(cell));
        }
        pieces
    }
}

/// What would be one line if lines had no end.
fn flat(parts: Vec<Doc>) -> String {
    let lines = print(&all(parts));
    let texts: Vec<&str> = lines.iter().map(|line| line.text.trim()).collect();
    texts.join(" ")
}

/// How many columns the pieces at each place take at most.
fn widths(rows: &[Row]) -> Vec<usize> {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows {
        for (at, piece) in row.iter().enumerate() {
            match widths.get_mut(at) {
                Some(width) => *width = columns(piece).max(*width),
                None => widths.push(columns(piece)),
            }
        }
    }
    widths
}

fn padded(row: &Row, widths: &[usize]) -> String {
    let mut text = String::new();
    for (piece, width) in row.iter().zip(widths) {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(piece);
        text.push_str(&" ".repeat(width.saturating_sub(columns(piece))));
    }
    text.truncate(text.trim_end().len());
    text
}
