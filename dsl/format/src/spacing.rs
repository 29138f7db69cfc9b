//! Whether a blank stands between two tokens of a line.

use quo_syntax::{SyntaxKind, SyntaxToken};

/// Whether a blank stands between two tokens that follow each other on a line.
pub(crate) fn between(before: &SyntaxToken, after: &SyntaxToken) -> bool {
    let (left, right) = (before.text(), after.text());
    if glue(left, right) || is_fraction(before, after) {
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
    (word(end) && (word(begin) || begin == '%'))
        || matches!((end, begin), ('-', '-') | ('|', '|') | ('&', '&'))
        || (matches!(end, '<' | '>' | '=' | '!') && matches!(begin, '=' | '>'))
}

/// Whether a number and the `.` behind it would become a fraction with the digits behind that: in `nodes.2.disks` they do
/// not, in `nodes.2 .5` they do.
fn is_fraction(before: &SyntaxToken, after: &SyntaxToken) -> bool {
    let begins_with_digit = |text: &str| text.starts_with(|letter: char| letter.is_ascii_digit());
    let behind = std::iter::successors(after.next_token(), SyntaxToken::next_token)
        .find(|token| !token.kind().is_trivia());
    begins_with_digit(before.text())
        && after.text() == "."
        && behind.is_some_and(|token| begins_with_digit(token.text()))
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
