//! Names of what is known only once a quote is priced: clauses that were changed, what floors kept.

use quo_source::Span;

use super::Reader;
use crate::hir::{Expr, ExprKind};
use crate::types::{Number, Type, Unit};
use crate::world::find;

impl Reader<'_> {
    /// `clauses.removed`, `clauses.added`, `CLAUSE.removed`, `floors.kept`: what is known where the quote is priced.
    pub(super) fn of_priced_quote(&self, first: &str, second: &str, span: Span) -> Option<Expr> {
        if !self.scope.totals {
            return None;
        }
        let expr = |kind, ty| Expr {
            kind,
            ty,
            optional: false,
            span,
        };
        let added = match second {
            "removed" => false,
            "added" => true,
            "kept" if first == "floors" => return Some(expr(ExprKind::TotalKept, self.money())),
            _ => return None,
        };
        if first == "clauses" {
            let count = Number {
                unit: Unit::Int,
                scale: 0,
                min: 0,
                max: i128::try_from(self.world.clauses.len()).unwrap_or(0),
            };
            return Some(expr(ExprKind::ClauseCount { added }, Type::Number(count)));
        }
        let clause = find(&self.world.clauses, first)?;
        Some(expr(ExprKind::ClauseChanged { clause, added }, Type::Bool))
    }
}
