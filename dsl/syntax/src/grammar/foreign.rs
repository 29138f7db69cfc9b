//! Operators of other languages: they are corrected, and the tree understands them all the same.

use quo_source::{Diagnostic, codes};

use crate::kind::SyntaxKind::*;
use crate::parser::Parser;

/// What `=>` and `=<` mean.
pub(super) fn reversed_arrow(p: &Parser<'_>) -> Option<&'static str> {
    if !p.at(EQ) || !p.nth_adjacent(1) {
        return None;
    }
    match p.nth(1) {
        GT => Some(">="),
        LT => Some("<="),
        _ => None,
    }
}

/// Corrects an operator of another language; the tree understands it all the same.
pub(super) fn report(p: &mut Parser<'_>) {
    if let Some(meant) = reversed_arrow(p) {
        let first = p.span();
        let span = first.to(first.file.span(first.end, first.end.saturating_add(1)));
        let written = p.source(span);
        p.report(
            Diagnostic::error(
                codes::FOREIGN_OPERATOR,
                format!("`{written}` is not an operator here"),
            )
            .at(span, "this")
            .suggest(format!("write `{meant}`"), span, meant),
        );
        return;
    }
    let meant = match (p.current(), p.nth_text(0)) {
        (EQ | EQ2, _) => "is",
        (BANG_EQ | LT_GT, _) => "is not",
        (AMP2, _) | (WORD, "AND") => "and",
        (PIPE2, _) | (WORD, "OR") => "or",
        _ => return,
    };
    let span = p.span();
    let written = p.source(span);
    p.report(
        Diagnostic::error(
            codes::FOREIGN_OPERATOR,
            format!("`{written}` is not an operator here"),
        )
        .at(span, "this")
        .suggest(format!("write `{meant}`"), span, meant),
    );
}
