//! What is wrong with single tokens, reported once, before the grammar takes them for what they
//! were meant to be.

use quo_source::{Diagnostic, Span, codes};

use super::Parser;
use crate::kind::SyntaxKind::*;
use crate::lexer::Token;
use crate::literal::{self, LiteralError};

impl Parser<'_> {
    /// Reports what the grammar does not see and should not be there. Nothing else on its line is wrong because of it.
    pub(super) fn report_trivia(&mut self, tokens: &[Token]) {
        for token in tokens.iter().filter(|token| token.kind.is_bad_trivia()) {
            let span = self.file.span(token.range.start, token.range.end);
            let text = self.slice(token.range.start, token.range.end);
            self.diagnostics.push(match token.kind {
                BAD_COMMENT => {
                    let slashes = self.file.span(span.start, span.start.saturating_add(2));
                    Diagnostic::error(codes::UNKNOWN_CHARACTER, "`//` means nothing here")
                        .at(slashes, "this")
                        .suggest("a comment begins with `--`", slashes, "--")
                }
                _ => unknown(span, text),
            });
        }
    }

    /// Reports every token that is malformed in itself.
    pub(super) fn report_tokens(&mut self) {
        let found: Vec<Diagnostic> = (0..self.seen.len())
            .filter_map(|at| self.check_token(at))
            .collect();
        for diagnostic in found {
            self.report(diagnostic);
        }
    }

    fn check_token(&self, at: usize) -> Option<Diagnostic> {
        let token = self.seen.get(at)?;
        let span = self.file.span(token.start, token.end);
        let text = self.slice(token.start, token.end);
        match token.kind {
            UNKNOWN => Some(unknown(span, text)),
            BAD_TEXT => Some(unclosed(span, text)),
            BAD_WORD => Some(bad_word(span, text)),
            BAD_NUMBER => Some(bad_number(span, text)),
            NUMBER => self.number(at, span, text),
            PERCENT => literal::percent(text).err().map(|e| number_error(span, &e)),
            DATE => literal::date(text).err().map(|error| {
                Diagnostic::error(codes::BAD_DATE, error.to_string()).at(span, "no such day")
            }),
            INSTANT => literal::instant(text).err().map(|error| {
                Diagnostic::error(codes::BAD_DATE, error.to_string()).at(span, "no such time")
            }),
            TEXT => match literal::text(text) {
                Err(error) => Some(bad_escape(span, text, &error)),
                Ok(_) => None,
            },
            _ => None,
        }
    }

    fn number(&self, at: usize, span: Span, text: &str) -> Option<Diagnostic> {
        if let Err(error) = literal::number(text) {
            return Some(number_error(span, &error));
        }
        let comma = self
            .seen
            .get(at + 1)
            .filter(|t| t.kind == COMMA && t.adjacent)?;
        let next = self.seen.get(at + 2).filter(|t| t.adjacent)?;
        if !matches!(next.kind, NUMBER | PERCENT) {
            return None;
        }
        let all = span.to(self.file.span(next.start, next.end));
        let after = self.slice(next.start, next.end);
        let written = self.slice(all.start, all.end);
        let instead = without_comma(text, after);
        let message = format!("`{written}` is not a number: a comma separates values");
        let diagnostic = Diagnostic::error(codes::DECIMAL_COMMA, message)
            .at(self.file.span(comma.start, comma.end), "this comma")
            .note("a list of two values has a blank after its comma");
        Some(diagnostic.suggest(format!("write `{instead}`"), all, instead))
    }
}

/// What a number was meant to be that has a comma, before it `text` and behind it `after`: the comma stands before the
/// decimals (`1.490,50`) or between thousands (`1,490.50`).
fn without_comma(text: &str, after: &str) -> String {
    let thousands = |digits: &str| digits.len() == 3 && digits.bytes().all(|b| b.is_ascii_digit());
    match (text.split_once('.'), after.split_once('.')) {
        (Some((whole, group)), _) if thousands(group) => format!("{whole}_{group}.{after}"),
        (None, Some((group, decimals))) if thousands(group) => format!("{text}_{group}.{decimals}"),
        (None, None) if thousands(after) => format!("{text}_{after}"),
        _ => format!("{text}.{after}"),
    }
}

fn unknown(span: Span, text: &str) -> Diagnostic {
    let first = text.chars().next().unwrap_or(' ');
    let message = if first.is_whitespace() || first.is_control() {
        format!(
            "the invisible character U+{:04X} means nothing here",
            u32::from(first)
        )
    } else {
        format!("`{text}` means nothing here")
    };
    let diagnostic = Diagnostic::error(codes::UNKNOWN_CHARACTER, message).at(span, "this");
    match first {
        ';' => diagnostic.suggest("leave it out: a statement ends with its line", span, ""),
        '%' => diagnostic.suggest_edits("write the `%` directly behind the number", Vec::new()),
        '“' | '”' | '„' | '«' | '»' | '‘' | '’' | '\'' => {
            diagnostic.suggest("a text stands between straight quotes `\"`", span, "\"")
        }
        '€' | '$' | '£' | '¥' => diagnostic.suggest_edits(
            "write the code of the currency after the amount, as in `5 EUR`",
            Vec::new(),
        ),
        '\u{a0}' | '\u{202f}' => diagnostic.suggest("put a common blank in its place", span, " "),
        '&' => diagnostic.suggest("write `and`", span, "and"),
        '–' | '—' => diagnostic.suggest("write a common hyphen `-`", span, "-"),
        '≤' => diagnostic.suggest("write `<=`", span, "<="),
        '≥' => diagnostic.suggest("write `>=`", span, ">="),
        '≠' => diagnostic.suggest("write `is not`", span, "is not"),
        '#' => diagnostic.suggest("a comment begins with `--`", span, "--"),
        _ => diagnostic,
    }
}

fn unclosed(span: Span, text: &str) -> Diagnostic {
    // The brace that opens a block is what a text without its end most often swallows.
    let kept = text.trim_end_matches([' ', '\t']);
    let (inside, rest) = match kept.strip_suffix('{') {
        Some(title) => (title.trim_end().len(), true),
        None => (kept.len(), false),
    };
    let end = span
        .start
        .saturating_add(u32::try_from(inside).unwrap_or(0));
    let place = span.file.span(end, end);
    let diagnostic = Diagnostic::error(codes::UNCLOSED_TEXT, "a text has no closing quote")
        .at(span, "it runs to the end of its line");
    let help = if rest {
        "put a `\"` before the `{`"
    } else {
        "put a `\"` where the text ends"
    };
    diagnostic.suggest(help, place, "\"")
}

fn bad_word(span: Span, text: &str) -> Diagnostic {
    let message = format!("`{text}` is not a name: names have the letters a to z, digits and `_`");
    Diagnostic::error(codes::BAD_NAME, message)
        .at(span, "other letters")
        .note("a title in quotes may have any letters")
}

fn bad_number(span: Span, text: &str) -> Diagnostic {
    let digits = text
        .bytes()
        .take_while(|b| b.is_ascii_digit() || matches!(b, b'_' | b'.'));
    let (number, rest) = text.split_at_checked(digits.count()).unwrap_or((text, ""));
    let message = format!("`{text}` is not a number");
    let diagnostic = Diagnostic::error(codes::BAD_NUMBER, message).at(span, "not a number");
    let unit = literal::is_currency(rest) || literal::PeriodUnit::of(rest).is_some();
    if rest.starts_with(['e', 'E']) && rest.bytes().skip(1).all(|b| b.is_ascii_digit()) {
        diagnostic.note("there are no exponents: write all digits, as in `1_500`")
    } else if unit && literal::number(number).is_ok() {
        let spaced = format!("{number} {rest}");
        diagnostic.suggest(format!("write `{spaced}`"), span, spaced)
    } else if text.contains('_') {
        diagnostic.note("a `_` stands between two digits of the whole part, as in `100_000`")
    } else {
        diagnostic
    }
}

fn number_error(span: Span, error: &LiteralError) -> Diagnostic {
    let note = "a number has at most 38 digits, 28 of them decimals";
    Diagnostic::error(codes::BAD_NUMBER, error.to_string())
        .at(span, "too long")
        .note(note)
}

fn bad_escape(span: Span, text: &str, error: &LiteralError) -> Diagnostic {
    let place = match error {
        LiteralError::BadEscape(char) => text.find(&format!("\\{char}")).map(|at| {
            let start = span.start.saturating_add(u32::try_from(at).unwrap_or(0));
            let length = u32::try_from(1 + char.len_utf8()).unwrap_or(1);
            span.file.span(start, start.saturating_add(length))
        }),
        _ => None,
    };
    let place = place.unwrap_or(span);
    Diagnostic::error(codes::BAD_ESCAPE, error.to_string())
        .at(place, "this")
        .suggest("write `\\\\` for a backslash", place.before(), "\\")
}
