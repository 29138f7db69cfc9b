//! Points: which instruction is the result of which test of the source, and the registers of what it looked at.

use quo_analysis::hir::{Expr, ExprKind};
use quo_model::{Bank, Op, PointOperand};
use quo_source::Span;

use super::expr::{Gen, Operand};
use crate::constants::{shown_type, value_type};

/// A point of a routine that has no number yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewPoint {
    /// The instruction whose result is the test's.
    pub(crate) at: u32,
    /// The text of the test.
    pub(crate) place: quo_model::Place,
    /// What it looked at.
    pub(crate) operands: Vec<PointOperand>,
    /// Whether it only shows a value.
    pub(crate) value: bool,
}

impl Gen<'_, '_> {
    /// Marks the latest instruction as the result of a test of these operands.
    pub(super) fn point(&mut self, test: &Expr, operands: &[(&Expr, Operand)]) {
        self.point_at(test.span, operands);
    }

    /// The same for a test that is no expression.
    pub(super) fn point_at(&mut self, test: Span, operands: &[(&Expr, Operand)]) {
        let shown = operands.iter().filter(|(expr, _)| !is_constant(expr));
        let operands = shown.filter_map(|(expr, operand)| {
            Some(PointOperand {
                place: self.places.place(expr.span),
                register: operand.register,
                wide: operand.bank == Bank::Wide,
                ty: value_type(expr.ty)?,
            })
        });
        let point = NewPoint {
            at: self.emit.next().saturating_sub(1),
            place: self.places.place(test),
            operands: operands.collect(),
            value: false,
        };
        self.points.push(point);
    }

    /// Marks the latest instruction as the one that worked out a value, which people call by the text at `name`. An
    /// absent one that is not worked out is not shown.
    pub(super) fn value_at_point(&mut self, name: Span, value: &Expr, operand: &Operand) {
        let Some(ty) = shown_type(value.ty) else {
            return;
        };
        let point = NewPoint {
            at: self.emit.next().saturating_sub(1),
            place: self.places.place(name),
            operands: vec![PointOperand {
                place: self.places.place(value.span),
                register: operand.register,
                wide: operand.bank == Bank::Wide,
                ty,
            }],
            value: true,
        };
        self.points.push(point);
    }

    /// The same for a value that has a name, which is shown also where it is absent.
    pub(super) fn named_value(&mut self, name: Span, value: &Expr, operand: &Operand) {
        let mut operand = *operand;
        operand.register = self.passed(&operand);
        // Where the value comes from several branches the latest instruction belongs to one of them.
        if self.emit.is_landing() {
            let op = match operand.bank {
                Bank::Narrow => Op::MoveN,
                Bank::Wide => Op::MoveW,
            };
            operand.register = self.emit.fresh(operand.bank, op, operand.register, 0, 0);
        }
        self.value_at_point(name, value, &operand);
    }
}

/// Whether the reader sees the value in the text of the test already.
fn is_constant(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Const(_) => true,
        ExprKind::Negate(value) => is_constant(value),
        _ => false,
    }
}
