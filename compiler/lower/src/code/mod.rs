//! Code for typed expressions.
//!
//! Each expression of the rules becomes one routine. Every sub-expression has registers of its own, none is used twice,
//! so that whatever a test looked at can still be shown when the routine has run.

mod arithmetic;
mod compare;
mod emit;
mod expr;
mod fallible;
mod logic;
mod points;
mod routine;

use quo_analysis::hir::{Expr, ExprKind};

pub(crate) use routine::{Purpose, Routines};

/// The direct parts of an expression, in the order of evaluation.
pub(crate) fn children(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
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
    }
}
