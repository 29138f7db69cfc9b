//! A document: text with places where it may be broken, and the printer that decides which of them are.
//!
//! The printer is the classical one of pretty printing: a group is written on one line where it fits, else its breaks
//! become line ends. It knows widths and indentation and nothing of the language.

/// Columns of a line, comments at its end not counted.
pub(crate) const WIDTH: usize = 120;
/// Columns of one level.
pub(crate) const INDENT: usize = 2;

/// What stands where a group is broken.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Break {
    /// Where it is not broken: a blank, or nothing.
    pub(crate) space: bool,
    /// Where it is broken: one level further in than what is around it.
    pub(crate) continued: bool,
    /// Where it is broken: behind an empty line.
    pub(crate) blank: bool,
}

/// A document.
#[derive(Debug)]
pub(crate) enum Doc {
    /// Text without an end of line.
    Text(String),
    /// A comment behind what stands on the line; an end of line follows it always.
    Trailing(String),
    /// A place where the group around it may be broken.
    Line(Break),
    /// An end of line in any case.
    Hard(Break),
    /// Text where the group around it is broken.
    IfBroken(&'static str),
    /// Text where the group around it is not broken.
    IfFlat(&'static str),
    /// Several documents; with `hard`, an end of line is in one of them.
    All { parts: Vec<Doc>, hard: bool },
    /// The same, one level further in.
    Nest { parts: Vec<Doc>, hard: bool },
    /// Broken at all its places or at none; an end of line in it breaks it.
    Group { parts: Vec<Doc>, hard: bool },
    /// Brackets and what is in them: a group, one level further in than the line on which it begins.
    List { parts: Vec<Doc>, hard: bool },
    /// Broken only where what follows its first place does not fit up to the next place or end of line.
    Fill { parts: Vec<Doc>, hard: bool },
}

impl Doc {
    /// Whether an end of line is in it in any case.
    pub(crate) const fn hard(&self) -> bool {
        match self {
            Doc::Hard(_) | Doc::Trailing(_) => true,
            Doc::All { hard, .. }
            | Doc::Nest { hard, .. }
            | Doc::Group { hard, .. }
            | Doc::List { hard, .. }
            | Doc::Fill { hard, .. } => *hard,
            _ => false,
        }
    }
}

fn any_hard(parts: &[Doc]) -> bool {
    parts.iter().any(Doc::hard)
}

/// Several documents as one.
pub(crate) fn all(parts: Vec<Doc>) -> Doc {
    let hard = any_hard(&parts);
    Doc::All { parts, hard }
}

/// Documents one level further in.
pub(crate) fn nest(parts: Vec<Doc>) -> Doc {
    let hard = any_hard(&parts);
    Doc::Nest { parts, hard }
}

/// Documents that are broken together.
pub(crate) fn group(parts: Vec<Doc>) -> Doc {
    let hard = any_hard(&parts);
    Doc::Group { parts, hard }
}

/// Brackets and what is in them.
pub(crate) fn list(parts: Vec<Doc>) -> Doc {
    let hard = any_hard(&parts);
    Doc::List { parts, hard }
}

/// A place and what follows it.
pub(crate) fn fill(parts: Vec<Doc>) -> Doc {
    let hard = any_hard(&parts);
    Doc::Fill { parts, hard }
}

/// A line of the result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct OutLine {
    /// Without blanks at its end.
    pub(crate) text: String,
    /// The comment behind it.
    pub(crate) comment: Option<String>,
}

/// How many columns a text takes.
pub(crate) fn columns(text: &str) -> usize {
    text.chars().count()
}

/// What is still to be written: indentation, whether the group around it is broken, and what.
type Command<'d> = (usize, bool, &'d Doc);

/// Writes a document.
pub(crate) fn print(doc: &Doc) -> Vec<OutLine> {
    let mut printer = Printer {
        lines: Vec::new(),
        line: OutLine::default(),
        indent: 0,
        column: 0,
        commands: vec![(0, true, doc)],
    };
    while let Some((indent, broken, doc)) = printer.commands.pop() {
        printer.write(indent, broken, doc);
    }
    printer.end_line();
    printer.lines
}

/// What is written and what is still to be written.
struct Printer<'d> {
    lines: Vec<OutLine>,
    line: OutLine,
    /// Indentation of the line.
    indent: usize,
    /// Columns of the line so far.
    column: usize,
    commands: Vec<Command<'d>>,
}

impl<'d> Printer<'d> {
    fn write(&mut self, indent: usize, broken: bool, doc: &'d Doc) {
        match doc {
            Doc::Text(text) => self.text(text),
            Doc::IfBroken(text) if broken => self.text(text),
            Doc::IfFlat(text) if !broken => self.text(text),
            Doc::IfBroken(_) | Doc::IfFlat(_) => {}
            Doc::Line(place) if !broken => self.text(flat(*place)),
            Doc::Line(place) | Doc::Hard(place) => self.new_line(indent, *place),
            Doc::Trailing(comment) => self.line.comment = Some(comment.clone()),
            Doc::All { parts, .. } => self.later(indent, broken, parts),
            Doc::Nest { parts, .. } => self.later(indent.saturating_add(INDENT), broken, parts),
            Doc::List { parts, hard } => {
                let broken = *hard || !self.fits(parts, Lists::Whole);
                self.later(self.indent, broken, parts);
            }
            Doc::Group { parts, hard } => {
                let broken = *hard || !self.fits(parts, Lists::Whole);
                self.later(indent, broken, parts);
            }
            Doc::Fill { parts, .. } => {
                let broken = !self.fits(parts, Lists::Opened);
                self.later(indent, broken, parts);
            }
        }
    }

    fn later(&mut self, indent: usize, broken: bool, parts: &'d [Doc]) {
        let parts = parts.iter().rev();
        self.commands
            .extend(parts.map(|part| (indent, broken, part)));
    }

    fn fits(&self, parts: &[Doc], lists: Lists) -> bool {
        fits(&self.commands, parts, self.column, lists)
    }

    fn text(&mut self, text: &str) {
        if self.line.text.is_empty() && !text.trim().is_empty() {
            self.line.text = " ".repeat(self.indent);
        }
        self.line.text.push_str(text);
        self.column = self.column.saturating_add(columns(text));
    }

    fn new_line(&mut self, indent: usize, place: Break) {
        self.end_line();
        if place.blank {
            self.lines.push(OutLine::default());
        }
        let further = if place.continued { INDENT } else { 0 };
        self.indent = indent.saturating_add(further);
        self.column = self.indent;
    }

    fn end_line(&mut self) {
        let mut line = std::mem::take(&mut self.line);
        line.text.truncate(line.text.trim_end().len());
        self.lines.push(line);
    }
}

const fn flat(place: Break) -> &'static str {
    if place.space { " " } else { "" }
}

/// How much of a list must fit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lists {
    /// All of it.
    Whole,
    /// Its opening bracket: the rest may go to the lines below.
    Opened,
}

/// Whether `parts` written on one line, and what follows up to the next possible end of the line, stay within the width.
fn fits(rest: &[Command<'_>], parts: &[Doc], column: usize, lists: Lists) -> bool {
    let Some(mut left) = WIDTH.checked_sub(column) else {
        return false;
    };
    let mut following = rest.iter().rev();
    let mut stack: Vec<(bool, &Doc)> = parts.iter().rev().map(|part| (false, part)).collect();
    loop {
        let (broken, doc) = match stack.pop() {
            Some(next) => next,
            None => match following.next() {
                Some((_, broken, doc)) => (*broken, *doc),
                None => return true,
            },
        };
        let text = match doc {
            Doc::Text(text) => text.as_str(),
            Doc::IfBroken(text) if broken => text,
            Doc::IfFlat(text) if !broken => text,
            Doc::IfBroken(_) | Doc::IfFlat(_) => "",
            Doc::Line(place) if !broken => flat(*place),
            Doc::Line(_) | Doc::Hard(_) | Doc::Trailing(_) => return true,
            Doc::All { parts, .. }
            | Doc::Nest { parts, .. }
            | Doc::Group { parts, .. }
            | Doc::Fill { parts, .. } => {
                stack.extend(parts.iter().rev().map(|part| (broken, part)));
                ""
            }
            Doc::List { parts, .. } => {
                // Whether the author broke it must not matter here: what did not fit is broken the next time.
                let broken = broken || lists == Lists::Opened;
                stack.extend(parts.iter().rev().map(|part| (broken, part)));
                ""
            }
        };
        match left.checked_sub(columns(text)) {
            Some(columns) => left = columns,
            None => return false,
        }
    }
}
