//! What is known to be there: a value that was asked whether it is present may be used as one that is.
//!
//! `x is present and …`, `x > 5 and …`, `if x is present then …`, `x is present implies …`: in what follows, the value is
//! there, or what follows is not looked at. What holds is known by the place of a value (a fact, an option of a part, a
//! field of a value that has a name), never by what it is.

use quo_syntax::ast;

use super::Reader;
use crate::hir::{BinaryOp, Expr, ExprKind};
use crate::types::Type;

impl Reader<'_> {
    /// Reads an expression where a condition is known to hold, or not to hold.
    pub(super) fn read_where(
        &mut self,
        condition: &Expr,
        holds: bool,
        node: &ast::Expr,
        expected: Option<Type>,
    ) -> Expr {
        let before = self.assume(condition, holds);
        let read = self.read(node, expected);
        self.known.truncate(before);
        read
    }

    /// Takes note of what is there where a condition holds, or does not hold; gives how much was known before.
    pub fn assume(&mut self, condition: &Expr, holds: bool) -> usize {
        let before = self.known.len();
        there(condition, holds, &mut self.known);
        before
    }

    /// The expression as one that is there, if that is known.
    pub(super) fn assured(&self, expr: Expr) -> Expr {
        if !expr.optional || !self.known.iter().any(|known| same(known, &expr)) {
            return expr;
        }
        Expr {
            ty: expr.ty,
            optional: false,
            span: expr.span,
            kind: ExprKind::Assured(Box::new(expr)),
        }
    }
}

/// The values that are there where a condition holds (or does not).
fn there(condition: &Expr, holds: bool, found: &mut Vec<Expr>) {
    match &condition.kind {
        ExprKind::Present(value, wanted) if *wanted == holds => add(value, found),
        ExprKind::Not(inner) => there(inner, !holds, found),
        ExprKind::Binary(BinaryOp::And, left, right) if holds => {
            there(left, true, found);
            there(right, true, found);
        }
        ExprKind::Binary(BinaryOp::Or, left, right) if !holds => {
            there(left, false, found);
            there(right, false, found);
        }
        ExprKind::Binary(BinaryOp::Implies, left, right) if !holds => {
            there(left, true, found);
            there(right, false, found);
        }
        // A comparison with what is absent never holds.
        ExprKind::Binary(
            BinaryOp::Eq | BinaryOp::Ne | BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge,
            left,
            right,
        ) if holds => {
            add(left, found);
            add(right, found);
        }
        ExprKind::InSet(value, _) | ExprKind::InRange(value, ..) if holds => add(value, found),
        ExprKind::HasKind { .. } if holds => found.push(condition.clone()),
        _ => {}
    }
}

/// Notes a value that is there, and those that it is a field of.
fn add(value: &Expr, found: &mut Vec<Expr>) {
    let mut at = value;
    loop {
        if at.optional && is_place(at) {
            found.push(at.clone());
        }
        match &at.kind {
            ExprKind::Field { record, .. } => at = record,
            ExprKind::ItemOption { item, .. } | ExprKind::ItemProduct(item) => at = item,
            ExprKind::Assured(inner) => at = inner,
            _ => break,
        }
    }
}

/// Whether an expression names a value, so that it is the same wherever it stands.
fn is_place(expr: &Expr) -> bool {
    same(expr, expr)
}

/// The part that an expression asks for one thing of, which is there where its child is.
fn part_of(expr: &Expr) -> Option<(u8, usize)> {
    match expr.kind {
        ExprKind::PartOption { up, part, .. }
        | ExprKind::PartKind { up, part }
        | ExprKind::HasKind { up, part, .. } => Some((up, part)),
        _ => None,
    }
}

/// Whether two expressions name the same value, or values that are there together.
fn same(a: &Expr, b: &Expr) -> bool {
    if let (Some(a), Some(b)) = (part_of(a), part_of(b)) {
        return a == b;
    }
    match (&a.kind, &b.kind) {
        (ExprKind::Assured(a), _) => same(a, b),
        (_, ExprKind::Assured(b)) => same(a, b),
        (ExprKind::Fact(a), ExprKind::Fact(b)) | (ExprKind::Local(a), ExprKind::Local(b)) => a == b,
        (
            ExprKind::Field { record, field },
            ExprKind::Field {
                record: other,
                field: other_field,
            },
        ) => field == other_field && same(record, other),
        (
            ExprKind::ItemOption { item, options },
            ExprKind::ItemOption {
                item: other,
                options: other_options,
            },
        ) => options == other_options && same(item, other),
        (ExprKind::ItemProduct(a), ExprKind::ItemProduct(b)) => same(a, b),
        _ => false,
    }
}
