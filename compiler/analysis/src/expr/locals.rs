//! Values of a body: parameters, `let`s and the elements of loops.
//!
//! A number stands for one declaration of a body. An expression that is put in place of its name a second time therefore
//! gets numbers of its own.

use super::{Local, Reader};
use crate::hir::{Expr, ExprKind, What};
use crate::types::Type;

impl Reader<'_> {
    /// Declares a local; the caller takes it back with [`Self::forget`].
    pub fn declare(&mut self, name: &str, ty: Type, optional: bool) -> usize {
        let index = self.next_local;
        self.next_local = index.saturating_add(1);
        self.locals.push(Local {
            name: name.to_owned(),
            index,
            ty,
            optional,
            open: false,
            known: self.known.len(),
        });
        index
    }

    /// Takes back the locals declared since there were `before`.
    pub(super) fn forget(&mut self, before: usize) {
        if let Some(first) = self.locals.get(before) {
            self.known.truncate(first.known);
        }
        self.locals.truncate(before);
    }

    /// The expression with numbers of its own for what it declares.
    pub(super) fn renumbered(&mut self, mut expr: Expr) -> Expr {
        let declared = declared(&expr);
        if declared.is_empty() {
            return expr;
        }
        let mut map: Vec<(usize, usize)> = Vec::new();
        for index in declared {
            map.push((index, self.next_local));
            self.next_local = self.next_local.saturating_add(1);
        }
        renumber(&mut expr, &map);
        expr
    }
}

/// The locals that an expression declares.
#[must_use]
pub fn declared(expr: &Expr) -> Vec<usize> {
    let mut found = Vec::new();
    let mut open = vec![expr];
    while let Some(expr) = open.pop() {
        match &expr.kind {
            ExprKind::Let { local, .. } => found.push(*local),
            ExprKind::Each(each) => {
                found.push(each.element);
                found.extend(each.position);
                if let What::Running { carried, .. } = each.what {
                    found.push(carried);
                }
            }
            ExprKind::Spread(spread) => found.push(spread.element),
            _ => {}
        }
        open.extend(expr.children());
    }
    found
}

fn renumber(expr: &mut Expr, map: &[(usize, usize)]) {
    let change = |index: &mut usize| {
        if let Some((_, to)) = map.iter().find(|(from, _)| from == index) {
            *index = *to;
        }
    };
    let mut open = vec![expr];
    while let Some(expr) = open.pop() {
        match &mut expr.kind {
            ExprKind::Local(index) | ExprKind::Let { local: index, .. } => change(index),
            ExprKind::Each(each) => {
                change(&mut each.element);
                each.position.iter_mut().for_each(change);
                if let What::Running { carried, .. } = &mut each.what {
                    change(carried);
                }
            }
            ExprKind::Spread(spread) => change(&mut spread.element),
            _ => {}
        }
        open.extend(expr.children_mut());
    }
}
