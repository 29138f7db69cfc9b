//! Diagnostics for a terminal, by codespan-reporting: the line, the place in it, and what to do.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;

use codespan_reporting::diagnostic as codespan;
use codespan_reporting::files::{Error, Files, Location};
use codespan_reporting::term::{self, Config, Styles, StylesWriter, termcolor};

use super::label_text;
use crate::diagnostic::{Diagnostic, Severity, Suggestion};
use crate::file::{FileId, SourceFile, Sources, Span};

/// Every diagnostic as text, in the order given, with colours (ANSI escapes) if asked for.
#[must_use]
pub fn terminal(sources: &Sources, diagnostics: &[Diagnostic], color: bool) -> String {
    let config = Config::default();
    let view = View(sources);
    let mut out = String::new();
    for diagnostic in diagnostics {
        let report = report(sources, diagnostic);
        let rendered = if color {
            colored(&config, &view, &report)
        } else {
            term::emit_into_string(&config, &view, &report).ok()
        };
        match rendered {
            Some(text) => out.push_str(&text),
            // Only a span outside every file could lead here, and `report` leaves none; the
            // message is worth more than an assertion.
            None => plain(&mut out, diagnostic),
        }
    }
    out
}

fn plain(out: &mut String, diagnostic: &Diagnostic) {
    let (severity, code) = (diagnostic.severity.as_str(), diagnostic.code);
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{severity}[{code}]: {}\n", diagnostic.message);
}

fn colored(
    config: &Config,
    view: &View<'_>,
    report: &codespan::Diagnostic<FileId>,
) -> Option<String> {
    let styles = Styles::default();
    let mut buffer = termcolor::Buffer::ansi();
    let mut writer = StylesWriter::new(&mut buffer, &styles);
    term::emit_to_write_style(&mut writer, config, view, report).ok()?;
    String::from_utf8(buffer.into_inner()).ok()
}

fn report(sources: &Sources, diagnostic: &Diagnostic) -> codespan::Diagnostic<FileId> {
    let severity = match diagnostic.severity {
        Severity::Error => codespan::Severity::Error,
        Severity::Warning => codespan::Severity::Warning,
        Severity::Note => codespan::Severity::Note,
    };
    let labels = diagnostic.labels.iter().filter_map(|label| {
        let range = range_in(sources.get(label.span.file)?, label.span);
        let style = if label.primary {
            codespan::LabelStyle::Primary
        } else {
            codespan::LabelStyle::Secondary
        };
        let text = label_text(sources, label);
        Some(codespan::Label::new(style, label.span.file, range).with_message(text))
    });
    let notes = diagnostic.notes.iter().cloned();
    let help = diagnostic.suggestion.iter().map(help);
    codespan::Diagnostic::new(severity)
        .with_code(diagnostic.code)
        .with_message(&diagnostic.message)
        .with_labels_iter(labels)
        .with_notes_iter(notes.chain(help))
}

/// The advice, with the new text where it is one short replacement and not in the words already.
fn help(suggestion: &Suggestion) -> String {
    let message = &suggestion.message;
    match suggestion.edits.as_slice() {
        [(_, text)] if !text.trim().is_empty() && !message.contains(text.trim()) => {
            format!("help: {message}: `{}`", text.trim())
        }
        _ => format!("help: {message}"),
    }
}

/// The span as a range of whole characters that the file has.
fn range_in(file: &SourceFile, span: Span) -> Range<usize> {
    let start = file.floor(span.start.min(span.end));
    let end = file.floor(span.end.max(span.start));
    start as usize..end as usize
}

struct View<'a>(&'a Sources);

impl View<'_> {
    fn file(&self, id: FileId) -> Result<&SourceFile, Error> {
        self.0.get(id).ok_or(Error::FileMissing)
    }
}

impl<'a> Files<'a> for View<'a> {
    type FileId = FileId;
    type Name = Cow<'a, str>;
    type Source = &'a str;

    fn name(&'a self, id: FileId) -> Result<Cow<'a, str>, Error> {
        Ok(self.file(id)?.name())
    }

    fn source(&'a self, id: FileId) -> Result<&'a str, Error> {
        Ok(self.file(id)?.text())
    }

    fn line_index(&'a self, id: FileId, byte_index: usize) -> Result<usize, Error> {
        let offset = u32::try_from(byte_index).unwrap_or(u32::MAX);
        let line = self.file(id)?.position(offset).line;
        Ok((line as usize).saturating_sub(1))
    }

    fn line_range(&'a self, id: FileId, line_index: usize) -> Result<Range<usize>, Error> {
        let file = self.file(id)?;
        file.line_range(line_index).ok_or(Error::LineTooLarge {
            given: line_index,
            max: file.line_count().saturating_sub(1),
        })
    }

    fn location(&'a self, id: FileId, byte_index: usize) -> Result<Location, Error> {
        let offset = u32::try_from(byte_index).unwrap_or(u32::MAX);
        let position = self.file(id)?.position(offset);
        Ok(Location {
            line_number: position.line as usize,
            column_number: position.column as usize,
        })
    }
}
