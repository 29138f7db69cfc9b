//! The machine under the grammar: it looks at tokens, records events, reports mistakes.
//!
//! It knows no form of the language. It makes three promises: it always ends (fuel), it never
//! overflows the stack (depth), and the events cover every token in order, so that the tree is the
//! text. Errors are dampened to one a line: the second mistake of a line is most often the echo of
//! the first.

mod error;
mod event;
mod lexical;

use std::cell::Cell;
use std::collections::BTreeSet;

use quo_source::{Code, Diagnostic, FileId, Span, Stopped, Work, codes};

pub(crate) use error::nearest;
pub(crate) use event::{Event, build};

use crate::kind::SyntaxKind::{self, *};
use crate::lexer::Token;

/// How deeply a tree may be nested: far more than a person reads, far less than a stack holds.
pub(crate) const DEPTH_MAX: u32 = 200;

/// How often a token may be looked at before it must be consumed: a bound that only a mistake in
/// the grammar can reach.
const FUEL: u32 = 10_000;

/// How many tokens are consumed between two looks at the cancellation flag.
const TOKENS_PER_LOOK: usize = 1024;

/// A token that the grammar sees.
#[derive(Clone, Debug)]
struct Seen {
    kind: SyntaxKind,
    start: u32,
    end: u32,
    line: u32,
    /// First on its line.
    newline: bool,
    /// First on its line and without white space before it.
    first_column: bool,
    /// Nothing between it and the token before.
    adjacent: bool,
}

/// What parsing leaves behind.
pub(crate) struct Output {
    pub(crate) events: Vec<Event>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// The state of parsing one text.
pub(crate) struct Parser<'a> {
    file: FileId,
    text: &'a str,
    seen: Vec<Seen>,
    at: usize,
    events: Vec<Event>,
    diagnostics: Vec<Diagnostic>,
    error_lines: BTreeSet<u32>,
    fuel: Cell<u32>,
    work: &'a Work,
    stopped: Option<Stopped>,
    /// How many nested forms are open.
    pub(crate) depth: u32,
    /// The words that begin a statement in the block that is open.
    pub(crate) statement_words: &'static [&'static str],
    /// Whether a word in the first column ends every open block; the grammar decides.
    pub(crate) begins_item: fn(&Parser<'_>) -> bool,
}

/// The beginning of a node.
#[must_use = "a node that was started must be completed"]
pub(crate) struct Marker(usize);

/// A node that is complete and may still be put inside another.
#[derive(Clone, Copy)]
pub(crate) struct Completed(usize);

impl<'a> Parser<'a> {
    /// Runs a grammar over the tokens of a text.
    pub(crate) fn run(
        file: FileId,
        text: &'a str,
        tokens: &[Token],
        work: &'a Work,
        grammar: fn(&mut Parser<'_>),
    ) -> Result<Output, Stopped> {
        let mut parser = Parser {
            file,
            text,
            seen: see(tokens),
            at: 0,
            events: Vec::new(),
            diagnostics: Vec::new(),
            error_lines: BTreeSet::new(),
            fuel: Cell::new(FUEL),
            work,
            stopped: None,
            depth: 0,
            statement_words: &[],
            begins_item: |_| false,
        };
        parser.report_trivia(tokens);
        parser.report_tokens();
        grammar(&mut parser);
        match parser.stopped {
            Some(stopped) => Err(stopped),
            None => Ok(Output {
                events: parser.events,
                diagnostics: parser.diagnostics,
            }),
        }
    }

    fn look(&self, ahead: usize) -> Option<&Seen> {
        let fuel = self.fuel.get();
        debug_assert!(fuel > 0, "the grammar does not advance at {}", self.at);
        self.fuel.set(fuel.saturating_sub(1));
        // Out of fuel and stopped both look like the end of the text, so that everything unwinds.
        if self.stopped.is_some() || fuel == 0 {
            return None;
        }
        self.seen.get(self.at + ahead)
    }

    /// The kind of the token `ahead` of the current one; a malformed token counts as what it was
    /// meant to be.
    pub(crate) fn nth(&self, ahead: usize) -> SyntaxKind {
        match self.look(ahead).map_or(EOF, |token| token.kind) {
            BAD_WORD => WORD,
            BAD_NUMBER => NUMBER,
            BAD_TEXT => TEXT,
            kind => kind,
        }
    }

    /// The kind of the current token.
    pub(crate) fn current(&self) -> SyntaxKind {
        self.nth(0)
    }

    /// Whether the current token is of a kind.
    pub(crate) fn at(&self, kind: SyntaxKind) -> bool {
        self.current() == kind
    }

    /// Whether no token is left.
    pub(crate) fn at_end(&self) -> bool {
        self.at(EOF)
    }

    /// The text of the token `ahead` of the current one; empty at the end.
    pub(crate) fn nth_text(&self, ahead: usize) -> &'a str {
        match self.look(ahead) {
            Some(token) => self.slice(token.start, token.end),
            None => "",
        }
    }

    /// Whether the token `ahead` of the current one is this word.
    pub(crate) fn nth_word(&self, ahead: usize, word: &str) -> bool {
        self.nth(ahead) == WORD && self.nth_text(ahead) == word
    }

    /// Whether the current token is this word.
    pub(crate) fn at_word(&self, word: &str) -> bool {
        self.nth_word(0, word)
    }

    /// Whether the current token is one of these words.
    pub(crate) fn at_any(&self, words: &[&str]) -> bool {
        self.at(WORD) && words.contains(&self.nth_text(0))
    }

    /// Whether the token `ahead` is the first of its line (or there is none).
    pub(crate) fn nth_on_new_line(&self, ahead: usize) -> bool {
        self.look(ahead).is_none_or(|token| token.newline)
    }

    /// Whether the current token is the first of its line (or there is none).
    pub(crate) fn on_new_line(&self) -> bool {
        self.nth_on_new_line(0)
    }

    /// Whether the current token stands in the first column.
    pub(crate) fn in_first_column(&self) -> bool {
        self.look(0).is_some_and(|token| token.first_column)
    }

    /// Whether nothing stands between the token `ahead` and the one before it.
    pub(crate) fn nth_adjacent(&self, ahead: usize) -> bool {
        self.look(ahead).is_some_and(|token| token.adjacent)
    }

    /// How many tokens are consumed.
    pub(crate) const fn position(&self) -> usize {
        self.at
    }

    /// Whether the current token cannot belong to what is being read: the end, a closing brace,
    /// or the beginning of the next statement or item.
    pub(crate) fn at_boundary(&self) -> bool {
        let ends = matches!(self.current(), EOF | R_BRACE);
        ends || self.at_statement() || (self.begins_item)(self)
    }

    /// Whether the current token begins a statement of the open block on a line of its own.
    pub(crate) fn at_statement(&self) -> bool {
        self.on_new_line() && self.at_any(self.statement_words) && self.nth(1) != DOT
    }

    /// Consumes the current token.
    pub(crate) fn bump(&mut self) {
        if self.at_end() {
            return;
        }
        self.at += 1;
        self.fuel.set(FUEL);
        self.events.push(Event::Token);
        if self.at.is_multiple_of(TOKENS_PER_LOOK)
            && let Err(stopped) = self.work.spend(0)
        {
            self.stopped = Some(stopped);
        }
    }

    /// Consumes the current token if it is of a kind.
    pub(crate) fn eat(&mut self, kind: SyntaxKind) -> bool {
        let there = self.at(kind);
        if there {
            self.bump();
        }
        there
    }

    /// Consumes the current token if it is this word.
    pub(crate) fn eat_word(&mut self, word: &str) -> bool {
        let there = self.at_word(word);
        if there {
            self.bump();
        }
        there
    }

    /// Consumes a token of a kind or reports that it is missing.
    pub(crate) fn expect(&mut self, kind: SyntaxKind) -> bool {
        self.eat(kind) || self.expected(kind.describe())
    }

    /// Consumes this word or reports that it is missing.
    pub(crate) fn expect_word(&mut self, word: &str) -> bool {
        if self.eat_word(word) {
            return true;
        }
        let found = self.nth_text(0);
        let same_line = self.at(WORD) && !self.on_new_line();
        if same_line && !found.is_empty() && nearest(found, &[word]).is_some() {
            let span = self.span();
            let message = format!("expected `{word}`, found `{found}`");
            self.report(
                Diagnostic::error(codes::UNKNOWN_KEYWORD, message)
                    .at(span, "not this word")
                    .suggest(format!("did you mean `{word}`?"), span, word),
            );
            self.bump();
            return true;
        }
        self.expected(&format!("`{word}`"))
    }

    /// Consumes these words in order; stops at the first that is missing.
    pub(crate) fn expect_words(&mut self, words: &[&str]) -> bool {
        words.iter().all(|word| self.expect_word(word))
    }

    /// Begins a node.
    pub(crate) fn start(&mut self) -> Marker {
        self.events.push(Event::Start {
            kind: ERROR,
            parent: None,
        });
        Marker(self.events.len() - 1)
    }

    /// Ends a node.
    pub(crate) fn complete(&mut self, marker: Marker, kind: SyntaxKind) -> Completed {
        if let Some(Event::Start { kind: slot, .. }) = self.events.get_mut(marker.0) {
            *slot = kind;
        }
        self.events.push(Event::Finish);
        Completed(marker.0)
    }

    /// Takes back a node that was begun directly before.
    pub(crate) fn abandon(&mut self, marker: Marker) {
        debug_assert_eq!(
            marker.0 + 1,
            self.events.len(),
            "something was read meanwhile"
        );
        self.events.truncate(marker.0);
    }

    /// Makes a node that was begun, and has read something, part of the one around it.
    pub(crate) fn dissolve(&mut self, marker: Marker) {
        if let Some(start) = self.events.get_mut(marker.0) {
            *start = Event::Told;
        }
    }

    /// Begins a node that holds a complete one as its first child.
    pub(crate) fn precede(&mut self, inner: Completed) -> Marker {
        let outer = self.start();
        if let Some(Event::Start { parent, .. }) = self.events.get_mut(inner.0) {
            *parent = Some(outer.0);
        }
        outer
    }

    /// The place of the current token; at the end, the empty place after the last one.
    pub(crate) fn span(&self) -> Span {
        match self.look(0) {
            Some(token) => self.file.span(token.start, token.end),
            None => self.previous().after(),
        }
    }

    /// The place of the token consumed last.
    pub(crate) fn previous(&self) -> Span {
        let last = self.at.checked_sub(1).and_then(|at| self.seen.get(at));
        last.map_or(self.file.span(0, 0), |t| self.file.span(t.start, t.end))
    }

    /// The text of a span of this file.
    pub(crate) fn source(&self, span: Span) -> &'a str {
        self.slice(span.start, span.end)
    }

    fn slice(&self, start: u32, end: u32) -> &'a str {
        self.text.get(start as usize..end as usize).unwrap_or("")
    }

    /// Reports that something else should stand here; always `false`.
    pub(crate) fn expected(&mut self, what: &str) -> bool {
        self.expected_as(codes::UNEXPECTED_TOKEN, what)
    }

    /// The same with a code of its own.
    pub(crate) fn expected_as(&mut self, code: Code, what: &str) -> bool {
        let diagnostic = self.expectation(code, what);
        self.report(diagnostic);
        false
    }

    /// A diagnostic that says what should stand here and what does. Something missing at the end
    /// of a line is missing there, not where the next line begins.
    pub(crate) fn expectation(&self, code: Code, what: &str) -> Diagnostic {
        if self.at_end() {
            let message = format!("expected {what}, found the end of the file");
            Diagnostic::error(code, message).at(self.previous().after(), "the file ends here")
        } else if self.on_new_line() && self.at > 0 {
            let message = format!("expected {what}, found the end of the line");
            Diagnostic::error(code, message).at(self.previous().after(), "it is missing here")
        } else {
            let message = format!("expected {what}, found `{}`", self.nth_text(0));
            Diagnostic::error(code, message).at(self.span(), "not this")
        }
    }

    /// Reports a mistake, unless its line has one already.
    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        if self.stopped.is_some() {
            return;
        }
        let start = diagnostic.place().map_or(0, |label| label.span.start);
        let after = self.seen.partition_point(|token| token.start <= start);
        let line = after.checked_sub(1).and_then(|at| self.seen.get(at));
        if self.error_lines.insert(line.map_or(0, |token| token.line)) {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Puts tokens into an error node: at least one, then all up to one that `stop` accepts or a
    /// boundary. Braces that open in between are skipped with what they hold.
    pub(crate) fn skip(&mut self, stop: fn(&Parser<'_>) -> bool) {
        if self.at_end() {
            return;
        }
        let marker = self.start();
        let mut open: u32 = 0;
        loop {
            match self.current() {
                EOF => break,
                L_BRACE => open += 1,
                R_BRACE => open = open.saturating_sub(1),
                _ => {}
            }
            self.bump();
            let item = (self.begins_item)(self);
            if item || (open == 0 && (self.at_boundary() || stop(self))) {
                break;
            }
        }
        self.complete(marker, ERROR);
    }
}

/// The tokens that the grammar sees, with what stood before each.
fn see(tokens: &[Token]) -> Vec<Seen> {
    let mut seen: Vec<Seen> = Vec::new();
    let (mut line, mut newline, mut column, mut adjacent) = (0, true, true, true);
    for token in tokens {
        match token.kind {
            NEWLINE => {
                (line, newline, column, adjacent) = (line + 1, true, true, false);
            }
            kind if kind.is_trivia() => {
                // A byte order mark at the very start is no indentation to the eye.
                (column, adjacent) = (column && token.range == (0..3), false);
            }
            kind => {
                seen.push(Seen {
                    kind,
                    start: token.range.start,
                    end: token.range.end,
                    line,
                    newline,
                    first_column: newline && column,
                    adjacent,
                });
                (newline, column, adjacent) = (false, false, true);
            }
        }
    }
    seen
}
