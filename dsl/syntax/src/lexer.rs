//! Text to tokens: every byte of any text belongs to exactly one token.
//!
//! The lexer knows no keywords and reports nothing. What is malformed gets a kind of its own, which
//! [`crate::parse`] reports once and the grammar then takes for what it was meant to be.

use std::ops::Range;

use logos::Logos;

use crate::kind::SyntaxKind;

/// A token: its kind and the bytes it covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The kind.
    pub kind: SyntaxKind,
    /// The bytes; they follow those of the token before without a gap.
    pub range: Range<u32>,
}

/// Every token of the text, in order. Offsets past 4 GiB saturate; sources are never that long.
#[must_use]
pub fn lex(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    for (raw, range) in Raw::lexer(text).spanned() {
        let kind = raw.map_or(SyntaxKind::UNKNOWN, Raw::kind);
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let range = offset(range.start)..offset(range.end);
        match tokens.last_mut() {
            // A run of bytes that mean nothing is one mistake, not many.
            Some(last) if kind == SyntaxKind::UNKNOWN && last.kind == kind => {
                last.range.end = range.end;
            }
            _ => tokens.push(Token { kind, range }),
        }
    }
    tokens
}

/// Declares the automaton's own enum and the way to the shared kinds from one list.
macro_rules! tokens {
    ($($(#[$rule:meta])* $raw:ident = $kind:ident,)*) => {
        #[derive(Logos, Clone, Copy, Debug, PartialEq, Eq)]
        enum Raw {
            $($(#[$rule])* $raw,)*
        }

        impl Raw {
            const fn kind(self) -> SyntaxKind {
                match self {
                    $(Raw::$raw => SyntaxKind::$kind,)*
                }
            }
        }
    };
}

tokens! {
    // A byte order mark is what some editors put before the first character.
    #[regex(r"[ \t\r\u{FEFF}]+")]
    Whitespace = WHITESPACE,
    #[regex(r"\r?\n")]
    Newline = NEWLINE,
    #[regex(r"--[^\r\n]*", allow_greedy = true)]
    Comment = COMMENT,
    #[regex(r"//[^\r\n]*", allow_greedy = true)]
    BadComment = BAD_COMMENT,
    #[regex(r"[\u{a0}\u{202f}]+")]
    BadBlank = BAD_BLANK,

    #[regex(r"[A-Za-z_][A-Za-z0-9_]*", priority = 10)]
    Word = WORD,
    #[regex(r"[0-9]+(_[0-9]+)*(\.[0-9]+)?", priority = 10)]
    Number = NUMBER,
    #[regex(r"[0-9]+(_[0-9]+)*(\.[0-9]+)?%", priority = 10)]
    Percent = PERCENT,
    #[regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", priority = 10)]
    Date = DATE,
    #[regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})", priority = 12)]
    Instant = INSTANT,
    #[regex(r"[0-9]+\.[0-9]+\.[0-9]+", priority = 10)]
    Version = VERSION,
    #[regex(r#""([^"\\\r\n]|\\[^\r\n])*""#, priority = 10)]
    Text = TEXT,

    #[token("{")]
    LeftBrace = L_BRACE,
    #[token("}")]
    RightBrace = R_BRACE,
    #[token("(")]
    LeftParen = L_PAREN,
    #[token(")")]
    RightParen = R_PAREN,
    #[token("[")]
    LeftBracket = L_BRACKET,
    #[token("]")]
    RightBracket = R_BRACKET,
    #[token(",")]
    Comma = COMMA,
    #[token(":")]
    Colon = COLON,
    #[token(".")]
    Dot = DOT,
    #[token("?")]
    Question = QUESTION,
    #[token("=")]
    Eq = EQ,
    #[token("<")]
    Less = LT,
    #[token("<=")]
    LessEq = LT_EQ,
    #[token(">")]
    Greater = GT,
    #[token(">=")]
    GreaterEq = GT_EQ,
    #[token("+")]
    Plus = PLUS,
    #[token("-")]
    Minus = MINUS,
    #[token("*")]
    Star = STAR,
    #[token("/")]
    Slash = SLASH,
    #[token("|")]
    Pipe = PIPE,
    #[token("||")]
    DoublePipe = PIPE2,

    #[token("==")]
    DoubleEq = EQ2,
    #[token("!=")]
    BangEq = BANG_EQ,
    #[token("<>")]
    LessGreater = LT_GT,
    #[token("!")]
    Bang = BANG,
    #[token("&&")]
    DoubleAmp = AMP2,

    #[regex(r"[A-Za-z_\p{L}][A-Za-z0-9_\p{L}\p{M}]*", priority = 5)]
    BadWord = BAD_WORD,
    #[regex(r"[0-9][0-9A-Za-z_]*(\.[0-9][0-9A-Za-z_]*)*%?", priority = 5)]
    BadNumber = BAD_NUMBER,
    #[regex(r#""([^"\\\r\n]|\\[^\r\n])*"#, priority = 5)]
    BadText = BAD_TEXT,
}
