//! Values where a type is stated: in fields, arguments, results and outcomes of tables.
//!
//! A number takes the decimals and the range that are stated there, if it loses nothing by that; everything else is told.

use super::ops::{rescaled, same_unit};
use super::{Reader, fit};
use crate::hir::{Each, Expr, ExprKind, What};
use crate::types::{Number, Type, Unit};

impl Reader<'_> {
    /// The expression as a value of exactly a type; says why it is none.
    pub fn coerced(&mut self, expr: Expr, ty: Type, optional: bool, place: &str) -> Option<Expr> {
        if expr.ty == Type::Unknown || ty == Type::Unknown {
            return None;
        }
        if !optional && !self.ops().present(&expr, place) {
            return None;
        }
        let expr = fit::adapted(expr, ty);
        match (ty, expr.ty) {
            (Type::Number(wanted), Type::Number(found)) if same_unit(wanted.unit, found.unit) => {
                self.coerced_number(expr, wanted, found)
            }
            (Type::List(wanted), Type::List(found)) if wanted != found => {
                self.coerced_list(expr, wanted, found)
            }
            (Type::Item(wanted), Type::Item(found)) if wanted != found => {
                let (wanted_kinds, kinds) = (self.world.kinds(wanted), self.world.kinds(found));
                if kinds.iter().all(|kind| wanted_kinds.contains(kind)) {
                    return Some(Expr { ty, ..expr });
                }
                self.not_of(&expr, ty);
                None
            }
            (wanted, found) if wanted == found => Some(expr),
            _ => {
                self.not_of(&expr, ty);
                None
            }
        }
    }

    pub(super) fn coerced_number(
        &mut self,
        expr: Expr,
        wanted: Number,
        found: Number,
    ) -> Option<Expr> {
        if found.unit == Unit::Decimal && wanted.unit == Unit::Int {
            self.not_of(&expr, Type::Number(wanted));
            return None;
        }
        if found.scale > wanted.scale {
            self.diagnostics
                .push(fit::finer_than(expr.span, found, wanted));
            return None;
        }
        let inside = rescaled(found, wanted.scale)
            .is_some_and(|(min, max)| min >= wanted.min && max <= wanted.max);
        // Where no bounds are stated, all that the width holds is allowed, and checked when it is worked out.
        let open = wanted.max >= i128::from(i64::MAX);
        if !inside && (!open || matches!(expr.kind, ExprKind::Const(_))) {
            fit::always(
                &expr,
                Type::Number(wanted),
                self.world.show(),
                self.diagnostics,
            );
            return None;
        }
        Some(fit::retyped(expr, wanted))
    }

    pub(super) fn coerced_list(&mut self, list: Expr, wanted: usize, found: usize) -> Option<Expr> {
        let (wanted_element, element) = (self.world.element(wanted), self.world.element(found));
        if let ExprKind::Listed(values) = list.kind {
            let values: Option<Vec<Expr>> = values
                .into_iter()
                .map(|value| self.coerced(value, wanted_element, false, "a list"))
                .collect();
            return Some(Expr {
                kind: ExprKind::Listed(values?),
                ty: Type::List(wanted),
                optional: false,
                span: list.span,
            });
        }
        let local = self.next_local;
        self.next_local = local.saturating_add(1);
        let value = Expr {
            kind: ExprKind::Local(local),
            ty: element,
            optional: false,
            span: list.span,
        };
        let value = self.coerced(value, wanted_element, false, "a list")?;
        Some(Expr {
            ty: Type::List(wanted),
            optional: list.optional,
            span: list.span,
            kind: ExprKind::Each(Box::new(Each {
                list,
                element: local,
                position: None,
                condition: None,
                what: What::List(value),
            })),
        })
    }

    /// Says that a value is of another type.
    pub(super) fn not_of(&mut self, expr: &Expr, wanted: Type) {
        let show = self.world.show();
        let one = |ty| match ty {
            Type::List(element) => self.world.element(element),
            other => other,
        };
        let diagnostic = fit::mismatch(expr.span, wanted, expr.ty, show);
        let list_of_it = matches!(expr.ty, Type::List(_)) && !matches!(wanted, Type::List(_));
        self.diagnostics.push(
            if list_of_it && super::ops::of_one_kind(one(expr.ty), wanted) {
                diagnostic
                    .note("take one of it, such as `sum of …`, `largest of …` or `item 1 of …`")
            } else {
                diagnostic
            },
        );
    }
}
