//! `row.heading` in a test for each row of a file: the cell of the row.

use quo_source::Span;

use super::Reader;
use super::ops::unknown;
use crate::hir::{Expr, ExprKind};
use crate::types::Type;

impl Reader<'_> {
    /// A cell of the row that a test is made for, read as what is expected there.
    pub(super) fn cell_of_row(
        &mut self,
        heading: &str,
        expected: Option<Type>,
        span: Span,
    ) -> Expr {
        let Some(row) = self.row else {
            return unknown(span);
        };
        match row.iter().find(|(name, _)| name == heading) {
            Some((_, cell)) => {
                let cell = cell.clone();
                let Some(ty) = expected.filter(|ty| *ty != Type::Unknown) else {
                    return self.cell_alone(&cell, heading, span);
                };
                match crate::table::constants::constant(self, &cell, heading, ty, true) {
                    Some(Some(value)) => Expr {
                        kind: ExprKind::Const(value),
                        ty,
                        optional: false,
                        span,
                    },
                    Some(None) => super::calls::absent(ty, span),
                    None => unknown(span),
                }
            }
            None => {
                let names = row.iter().map(|(name, _)| name.as_str());
                let diagnostic = crate::world::unknown_name("column", heading, span, names);
                self.diagnostics.push(diagnostic);
                unknown(span)
            }
        }
    }

    /// A cell of which nobody knows what is expected: what it looks like.
    pub(super) fn cell_alone(
        &mut self,
        cell: &crate::table::RawCell,
        heading: &str,
        span: Span,
    ) -> Expr {
        use crate::table::{Content, Heading, RawItem, operand_expr};
        let heading = Heading {
            name: heading.to_owned(),
            expr: unknown(span),
        };
        match &cell.content {
            Content::Items(items) => match items.as_slice() {
                [RawItem::Value(operand)] => Expr {
                    span,
                    ..operand_expr(self, operand, cell, &heading)
                },
                _ => unknown(span),
            },
            _ => unknown(span),
        }
    }
}
