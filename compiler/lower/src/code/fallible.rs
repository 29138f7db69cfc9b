//! Which expressions can fail when they are worked out: those whose arithmetic is not proved to fit.

use quo_analysis::hir::{BinaryOp, Expr, ExprKind};
use quo_analysis::types::{Type, Unit};

use super::arithmetic::{calculates_narrow, op_of};
use super::expr::{is_narrow_at, raised};
use crate::constants::number_of;

/// Whether working out an expression can be an error of the decision.
pub(super) fn can_fail(expr: &Expr) -> bool {
    itself_can_fail(expr) || expr.children().into_iter().any(can_fail)
}

/// Whether the operation of an expression can fail, its parts left aside.
fn itself_can_fail(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Binary(op, left, right) => match op_of(*op) {
            Some(arithmetic) => {
                let sides = [number_of(left.ty), number_of(right.ty)];
                let bounded = matches!(expr.ty, Type::Number(_));
                !(bounded && calculates_narrow(arithmetic, number_of(expr.ty), sides))
            }
            None if matches!(op, BinaryOp::And | BinaryOp::Or | BinaryOp::Implies) => false,
            None => meeting_can_fail(&[left, right]),
        },
        ExprKind::InRange(value, low, high) => meeting_can_fail(&[value, low, high]),
        ExprKind::Negate(_) => !number_of(expr.ty).is_narrow(),
        ExprKind::Divide { .. } => true,
        ExprKind::Round {
            value, currency, ..
        } => {
            let (from, to) = (number_of(value.ty), number_of(expr.ty));
            *currency || (to.scale > from.scale && scaling_can_fail(value, to.scale))
        }
        // What runs other routines, makes lists or asks the calendar.
        ExprKind::Call { .. }
        | ExprKind::Decide { .. }
        | ExprKind::Each(_)
        | ExprKind::Spread(_)
        | ExprKind::Builtin { .. }
        | ExprKind::Record { .. }
        | ExprKind::Listed(_)
        | ExprKind::Numbers { .. }
        | ExprKind::Joined(..)
        | ExprKind::Items(_)
        | ExprKind::Charges
        | ExprKind::TotalOf { .. }
        | ExprKind::QuantityOf(_)
        | ExprKind::RoundToStep { .. } => true,
        ExprKind::Otherwise(then, otherwise) => {
            let scale = number_of(expr.ty).scale;
            scaling_can_fail(then, scale) || scaling_can_fail(otherwise, scale)
        }
        ExprKind::If {
            then, otherwise, ..
        } => {
            let scale = number_of(expr.ty).scale;
            scaling_can_fail(then, scale) || scaling_can_fail(otherwise, scale)
        }
        _ => false,
    }
}

/// Whether bringing these to their largest scale can fail.
fn meeting_can_fail(sides: &[&Expr]) -> bool {
    let scale = sides
        .iter()
        .map(|side| number_of(side.ty).scale)
        .max()
        .unwrap_or(0);
    sides.iter().any(|side| scaling_can_fail(side, scale))
}

/// Whether bringing a value to a larger scale can fail. Of amounts of money nobody knows how large they are.
fn scaling_can_fail(expr: &Expr, scale: u8) -> bool {
    let number = number_of(expr.ty);
    let money = matches!(number.unit, Unit::Money | Unit::MoneyIn(_));
    let proved = is_narrow_at(number, scale) || (!money && raised(number, scale).is_some());
    number.scale != scale && !proved
}
