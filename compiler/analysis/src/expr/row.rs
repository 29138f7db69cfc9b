//! `row.heading` in a test for each row of a file: the cell of the row.

use quo_source::Span;

use super::Reader;
use super::ops::{same_unit, unknown};
use crate::hir::{Expr, ExprKind};
use crate::types::{Number, Type, Unit, Value};

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
                if let Some(number) = self.number_of_row(&cell, heading, ty, span) {
                    return number;
                }
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

    /// A number in a cell where a number is expected: it has the decimals that are written in it, and no more than it needs.
    fn number_of_row(
        &mut self,
        cell: &crate::table::RawCell,
        heading: &str,
        ty: Type,
        span: Span,
    ) -> Option<Expr> {
        use crate::table::{Content, Operand, RawItem};
        let (Type::Number(wanted), Content::Items(items)) = (ty, &cell.content) else {
            return None;
        };
        let [RawItem::Value(Operand::Imported(..))] = items.as_slice() else {
            return None;
        };
        let before = self.diagnostics.len();
        let read = super::fit::adapted(self.cell_alone(cell, heading, span), ty);
        let (Type::Number(found), ExprKind::Const(Value::Number(value))) = (read.ty, &read.kind)
        else {
            self.diagnostics.truncate(before);
            return None;
        };
        if !same_unit(wanted.unit, found.unit) {
            return None;
        }
        let (mut value, mut number) = (*value, found);
        // What is written as `30.500` needs one decimal; a percentage has its two in any case.
        let least = if number.unit == Unit::Percent { 2 } else { 0 };
        while number.scale > least && value.checked_rem(10) == Some(0) {
            value = value.checked_div(10)?;
            number.scale = number.scale.saturating_sub(1);
        }
        if number.unit == Unit::Decimal && wanted.unit == Unit::Int && number.scale == 0 {
            number.unit = Unit::Int;
        }
        Some(Expr {
            kind: ExprKind::Const(Value::Number(value)),
            ty: Type::Number(Number {
                min: value,
                max: value,
                ..number
            }),
            ..read
        })
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
