//! Whether a blank stands between two tokens of a line.

use quo_syntax::{SyntaxKind, SyntaxToken};

/// Whether a blank stands between two tokens that follow each other on a line.
pub(crate) fn between(before: &SyntaxToken, after: &SyntaxToken) -> bool {
    let (left, right) = (before.text(), after.text());
    if glue(left, right) {
        return true;
    }
    match (left, right) {
        ("{", "}") => false,
        ("." | "(" | "[", _) | (_, "." | "," | ":" | "?" | ")" | "]") => false,
        ("-", _) if is_sign(before) => false,
        // What is called stands directly before its arguments; an expression in parentheses stands alone.
        (_, "(") => !can_be_called(before) || begins_parentheses(after),
        _ => true,
    }
}

/// Whether the two would be one token, or a comment, if nothing stood between.
fn glue(left: &str, right: &str) -> bool {
    let (Some(end), Some(begin)) = (left.chars().last(), right.chars().next()) else {
        return false;
    };
    let word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let number = left.starts_with(|letter: char| letter.is_ascii_digit());
    let fraction = number && begin == '.' || end == '.' && begin.is_ascii_digit();
    (word(end) && (word(begin) || begin == '%'))
        || fraction
        || matches!((end, begin), ('-', '-') | ('|', '|') | ('&', '&'))
        || (matches!(end, '<' | '>' | '=' | '!') && matches!(begin, '=' | '>'))
}

/// Whether a `-` is the sign of what follows, not between two values.
fn is_sign(minus: &SyntaxToken) -> bool {
    minus.parent().is_some_and(|parent| {
        let first = parent.first_token();
        parent.kind() == SyntaxKind::UNARY_EXPR && first.as_ref() == Some(minus)
    })
}

fn can_be_called(before: &SyntaxToken) -> bool {
    before.kind() == SyntaxKind::WORD
}

fn begins_parentheses(open: &SyntaxToken) -> bool {
    open.parent()
        .is_some_and(|parent| parent.kind() == SyntaxKind::PAREN_EXPR)
}
