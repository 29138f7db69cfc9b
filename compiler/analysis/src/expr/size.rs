//! How large an expression may be that stands wherever its name is used.

use quo_source::{Diagnostic, Span, codes};

use crate::hir::{Expr, ExprKind};

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

impl Expr {
    /// The expressions that this one is made of, in the order of the text.
    #[must_use]
    pub fn children(&self) -> Vec<&Expr> {
        match &self.kind {
            ExprKind::Negate(value)
            | ExprKind::Not(value)
            | ExprKind::InSet(value, _)
            | ExprKind::Present(value, _)
            | ExprKind::Round { value, .. } => vec![value],
            ExprKind::Binary(_, left, right) => vec![left, right],
            ExprKind::InRange(value, low, high) => vec![value, low, high],
            ExprKind::Divide {
                dividend,
                divisor,
                otherwise,
                ..
            } => vec![dividend, divisor, otherwise],
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => vec![condition, then, otherwise],
            ExprKind::Const(_)
            | ExprKind::Fact(_)
            | ExprKind::Option { .. }
            | ExprKind::PartOption { .. }
            | ExprKind::PartKind { .. }
            | ExprKind::HasKind { .. }
            | ExprKind::CountPart { .. }
            | ExprKind::Asked(_)
            | ExprKind::List
            | ExprKind::Left
            | ExprKind::TotalList
            | ExprKind::TotalNet
            | ExprKind::Amount(_) => Vec::new(),
        }
    }
}
