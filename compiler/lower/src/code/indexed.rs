//! Loops that look for rows: a condition that wants columns of a list of constants to equal values that do not depend
//! on the row is answered by an index of that list.
//!
//! The index only leaves out rows for which the condition is false. Its whole code still runs for the others, so that
//! values, order and errors are those of looking at every row: a comparison counts only where everything the condition
//! works out before it, and the comparison itself, cannot fail.

use std::collections::BTreeSet;

use quo_analysis::hir::{BinaryOp, Each, Expr, ExprKind};
use quo_analysis::types::Type;
use quo_model::{Bank, NONE};

use super::calls::locals;
use super::expr::{Gen, bank_of, is_narrow_at};
use super::fallible::can_fail;
use crate::constants::number_of;

/// A column that must equal a value.
struct Wanted<'e> {
    column: usize,
    scale: u8,
    value: &'e Expr,
}

impl Gen<'_, '_> {
    /// The index of a loop and the first of the registers that hold what is looked for in it; none where there is
    /// nothing to look for.
    pub(super) fn index_keys(&mut self, each: &Each) -> (u32, u8) {
        let none = (NONE, 0);
        let (ExprKind::Data(data), Some(condition)) = (&each.list.kind, &each.condition) else {
            return none;
        };
        let mut wanted = Vec::new();
        self.wanted(each, condition, &mut wanted);
        // The order of the comparisons does not matter: one index serves all of them.
        wanted.sort_by_key(|wanted| wanted.column);
        wanted.dedup_by_key(|wanted| wanted.column);
        if wanted.is_empty() {
            return none;
        }
        let mut columns = Vec::with_capacity(wanted.len());
        let mut registers = Vec::with_capacity(wanted.len());
        for Wanted {
            column,
            scale,
            value,
        } in wanted
        {
            columns.push(self.index(value.span, column));
            registers.push(self.converted(value, scale, Bank::Narrow).register);
        }
        let data = self.index(each.list.span, *data);
        let first = self.consecutive(&registers, Bank::Narrow);
        (self.routines.index(data, columns), first)
    }

    /// Collects the comparisons that every row must pass; gives whether the condition goes on without fail.
    fn wanted<'e>(&self, each: &Each, condition: &'e Expr, into: &mut Vec<Wanted<'e>>) -> bool {
        match &condition.kind {
            ExprKind::Binary(BinaryOp::And, left, right) => {
                self.wanted(each, left, into) && self.wanted(each, right, into)
            }
            ExprKind::Binary(BinaryOp::Eq, left, right) if !can_fail(condition) => {
                let sides = [(left, right), (right, left)];
                into.extend(
                    sides
                        .into_iter()
                        .find_map(|(column, value)| self.wanted_column(each, column, value)),
                );
                true
            }
            _ => !can_fail(condition),
        }
    }

    /// A column of the list beside a value that is the same for all rows and fits the column.
    fn wanted_column<'e>(&self, each: &Each, column: &Expr, value: &'e Expr) -> Option<Wanted<'e>> {
        let is_element =
            |expr: &Expr| matches!(expr.kind, ExprKind::Local(it) if it == each.element);
        let position = match &column.kind {
            ExprKind::Field { record, field } if is_element(record) => *field,
            ExprKind::Local(_) if is_element(column) && !matches!(column.ty, Type::Record(_)) => 0,
            _ => return None,
        };
        let mut named = BTreeSet::new();
        locals(value, &mut named);
        let depends = |local: &usize| *local == each.element || Some(*local) == each.position;
        let (cell, looked_for) = (number_of(column.ty), number_of(value.ty));
        let fits = bank_of(&cell) == Bank::Narrow
            && looked_for.is_narrow()
            && looked_for.scale <= cell.scale
            && is_narrow_at(looked_for, cell.scale);
        (fits && !named.iter().any(depends)).then_some(Wanted {
            column: position,
            scale: cell.scale,
            value,
        })
    }
}
