//! How large an expression may be that stands wherever its name is used.

use quo_source::{Diagnostic, Span, codes};

use crate::hir::Expr;

/// The most values in a named expression; a decision has room for fewer at one time.
pub const NAMED_VALUES_MAX: usize = 1_000;

/// Whether a named expression is small enough; says so if not.
pub fn check(expr: &Expr, name: &str, span: Span, diagnostics: &mut Vec<Diagnostic>) -> bool {
    let small = values(expr, NAMED_VALUES_MAX) <= NAMED_VALUES_MAX;
    if !small {
        diagnostics.push(
            Diagnostic::error(
                codes::TOO_MANY_VALUES,
                format!("`{name}` has too many parts with everything it uses"),
            )
            .at(
                span,
                format!("at most {NAMED_VALUES_MAX} values and operations"),
            )
            .note("what it uses counts each time it is used"),
        );
    }
    small
}

/// The number of values and operations of an expression; counting ends soon after `limit`.
fn values(expr: &Expr, limit: usize) -> usize {
    let mut count = 0usize;
    let mut open = vec![expr];
    while let Some(expr) = open.pop() {
        count = count.saturating_add(1);
        if count > limit {
            break;
        }
        open.extend(expr.children());
    }
    count
}
