//! A whole file: items one after the other, empty lines between them, and comments behind lines.

use quo_source::{FileId, Span};
use quo_syntax::{SyntaxElement, SyntaxNode};

use crate::Formatted;
use crate::doc::{OutLine, columns, print};
use crate::gaps::{Gap, Gaps};
use crate::layout::{Breaks, Layout, first_token};
use crate::shape::Shape;

/// Beyond this column a comment stands two blanks behind its line and is not aligned with those around it.
const COMMENT_COLUMN_MAX: usize = 80;

/// Lays out a tree without mistakes.
pub(crate) fn lay_out(file: FileId, root: &SyntaxNode) -> Formatted {
    let gaps = Gaps::of(root);
    let mut lines: Vec<OutLine> = Vec::new();
    let mut kept = Vec::new();
    let mut last_is_tall = false;
    for element in root.children_with_tokens() {
        let Some(first) = first_token(&element) else {
            continue;
        };
        let (item, as_author) = item(&gaps, &element);
        if as_author {
            kept.push(span(file, &element));
        }
        let tall = item.len() > 1;
        let apart = !lines.is_empty() && (tall || last_is_tall);
        gap(&mut lines, &gaps.before(&first), apart);
        lines.extend(item);
        last_is_tall = tall;
    }
    let end = Gap {
        blank: false,
        ..gaps.end
    };
    gap(&mut lines, &end, false);
    align_comments(&mut lines);
    Formatted {
        text: text(&lines),
        kept,
    }
}

fn span(file: FileId, element: &SyntaxElement) -> Span {
    let range = element.text_range();
    file.span(range.start().into(), range.end().into())
}

/// The lines of an item, and whether they are broken as its author broke them.
fn item(gaps: &Gaps, element: &SyntaxElement) -> (Vec<OutLine>, bool) {
    let Some(node) = element.as_node() else {
        // Between items there is nothing but white space where nothing is wrong.
        return (vec![line(element.to_string())], true);
    };
    let original = Shape::of(node);
    for breaks in [Breaks::Chosen, Breaks::AsWritten] {
        let lines = print(&Layout::new(gaps, breaks).item(node));
        let parse = quo_syntax::parse(FileId(0), &text(&lines));
        let root = parse.syntax();
        let mut items = root.children();
        let again = items.next().map(|item| Shape::of(&item));
        let same = again.as_ref() == Some(&original) && items.next().is_none();
        if same && parse.diagnostics().is_empty() {
            return (lines, breaks == Breaks::AsWritten);
        }
    }
    let written = node.text().to_string();
    let lines = written.lines().map(|text| line(text.trim_end().to_owned()));
    (lines.collect(), true)
}

fn line(text: String) -> OutLine {
    OutLine {
        text,
        comment: None,
    }
}

/// Comments and empty lines before an item; with `apart` there is an empty line in any case.
fn gap(lines: &mut Vec<OutLine>, gap: &Gap, apart: bool) {
    let mut missing = apart && !gap.has_blank();
    for comment in &gap.comments {
        match lines.last_mut() {
            Some(last) if !comment.own_line => last.comment = Some(comment.text.clone()),
            _ => {
                empty_line(lines, comment.blank || missing);
                missing = false;
                lines.push(line(comment.text.clone()));
            }
        }
    }
    empty_line(lines, gap.blank || missing);
}

fn empty_line(lines: &mut Vec<OutLine>, wanted: bool) {
    if wanted && !lines.is_empty() {
        lines.push(OutLine::default());
    }
}

/// Puts the comments behind lines that follow each other, with one indentation, into one column.
fn align_comments(lines: &mut [OutLine]) {
    let runs = lines.chunk_by_mut(|above, below| {
        above.comment.is_some()
            && below.comment.is_some()
            && indentation(&above.text) == indentation(&below.text)
    });
    for run in runs {
        let column = run
            .iter()
            .map(|line| columns(&line.text))
            .filter(|columns| *columns <= COMMENT_COLUMN_MAX)
            .max()
            .unwrap_or(0);
        for line in run {
            if let Some(comment) = line.comment.take() {
                let blanks = column.saturating_sub(columns(&line.text)).saturating_add(2);
                let blanks = if line.text.is_empty() { 0 } else { blanks };
                line.text.push_str(&" ".repeat(blanks));
                line.text.push_str(&comment);
            }
        }
    }
}

fn indentation(text: &str) -> usize {
    text.len().saturating_sub(text.trim_start().len())
}

/// Lines as a text; comments that are not aligned yet stand two blanks behind their line.
fn text(lines: &[OutLine]) -> String {
    let mut text = String::new();
    for line in lines {
        text.push_str(&line.text);
        if let Some(comment) = &line.comment {
            text.push_str("  ");
            text.push_str(comment);
        }
        text.push('\n');
    }
    text
}
