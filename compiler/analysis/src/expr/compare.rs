//! Comparisons, membership, presence, and what is in a part.

use quo_source::{Diagnostic, Span, codes};
use quo_syntax::ast::{self, AstNode, BinaryOp as Op};

use super::ops::{rescaled, unknown};
use super::{Reader, fit};
use crate::hir::{BinaryOp, Expr, ExprKind};
use crate::types::{Type, Value};

impl Reader<'_> {
    /// `A is B`, `A < B`, …: the side that does not need the other is read first.
    pub(super) fn comparison(
        &mut self,
        op: Op,
        left: &ast::Expr,
        right: &ast::Expr,
        span: Span,
    ) -> Expr {
        let (left, right) = if self.depends_on_expected(left) && !self.depends_on_expected(right) {
            let right = self.read(right, None);
            let right = self.one_value(right);
            (self.read(left, Some(as_product(right.ty))), right)
        } else {
            let left = self.read(left, None);
            let left = self.one_value(left);
            let right = self.read(right, Some(as_product(left.ty)));
            (left, right)
        };
        let right = self.one_value(right);
        let (left, right) = fit::zero_of(left, right);
        let (left, right) = self.items_as_products(left, right);
        let op = match op {
            Op::IsNot => BinaryOp::Ne,
            Op::Less => BinaryOp::Lt,
            Op::LessOrEqual => BinaryOp::Le,
            Op::Greater => BinaryOp::Gt,
            Op::GreaterOrEqual => BinaryOp::Ge,
            _ => BinaryOp::Eq,
        };
        for (part, other) in [(&left, &right), (&right, &left)] {
            if let ExprKind::Const(value) = &other.kind
                && !self.may_hold(part, value, other.span)
            {
                return unknown(span);
            }
        }
        self.ops().comparison(op, left, right, span)
    }

    /// Two values that a test expects to be the same, as values of one type.
    pub fn alike(&mut self, left: &ast::Expr, right: &ast::Expr) -> Option<(Expr, Expr)> {
        let (left, right) = if self.depends_on_expected(left) && !self.depends_on_expected(right) {
            let right = self.read(right, None);
            (self.read(left, Some(as_product(right.ty))), right)
        } else {
            let left = self.read(left, None);
            let right = self.read(right, Some(as_product(left.ty)));
            (left, right)
        };
        if left.ty == Type::Unknown || right.ty == Type::Unknown {
            return None;
        }
        let (left, right) = self.items_as_products(left, right);
        let right = fit::adapted(right, left.ty);
        if let (Type::Number(a), Type::Number(b)) = (left.ty, right.ty) {
            if !self.ops().comparable(&left, &right, right.span) {
                return None;
            }
            let number = self.joined(a, b, right.span)?;
            return Some((fit::retyped(left, number), fit::retyped(right, number)));
        }
        let right = self.coerced(right, left.ty, true, "an expectation")?;
        Some((left, right))
    }

    /// An item that is compared with a product stands for its product.
    fn items_as_products(&self, left: Expr, right: Expr) -> (Expr, Expr) {
        let product = |expr: Expr| Expr {
            ty: Type::Product,
            optional: expr.optional,
            span: expr.span,
            kind: ExprKind::ItemProduct(Box::new(expr)),
        };
        match (left.ty, right.ty) {
            (Type::Item(_), Type::Product) => (product(left), right),
            (Type::Product, Type::Item(_)) => (left, product(right)),
            _ => (left, right),
        }
    }

    /// Whether a part can hold a product; says so if not, since such a comparison decides nothing.
    pub fn may_hold(&mut self, part: &Expr, value: &Value, span: Span) -> bool {
        let (ExprKind::PartKind { up, part }, Value::Product(product)) = (&part.kind, value) else {
            return self.may_be_charged(part, value, span);
        };
        let bundle = if *up == 0 {
            self.scope.product
        } else {
            self.scope.within
        };
        let products = &self.world.products;
        let Some(part) = bundle
            .and_then(|bundle| products.get(bundle))
            .and_then(|bundle| bundle.parts.get(*part))
        else {
            return true;
        };
        if part.kinds.contains(product) {
            return true;
        }
        let name = |product: usize| products.get(product).map(|product| product.name.as_str());
        let names: Vec<&str> = part.kinds.iter().filter_map(|kind| name(*kind)).collect();
        let what = format!("product in the part `{}` called", part.name);
        let wrong = name(*product).unwrap_or_default();
        let diagnostic = crate::world::unknown_name(&what, wrong, span, names.into_iter());
        self.diagnostics.push(diagnostic);
        false
    }

    /// `A in { B, C }`, `A in B to C`, and their opposites.
    pub(super) fn membership(&mut self, node: &ast::InExpr, span: Span) -> Expr {
        let (Some(element), Some(collection)) = (node.element(), node.collection()) else {
            return unknown(span);
        };
        let element = self.read(&element, None);
        let element = self.one_value(element);
        let element = match element.ty {
            Type::Item(_) => Expr {
                ty: Type::Product,
                optional: element.optional,
                span: element.span,
                kind: ExprKind::ItemProduct(Box::new(element)),
            },
            _ => element,
        };
        let inside = match &collection {
            ast::Expr::Set(set) => {
                let mut values = Vec::new();
                for item in set.elements() {
                    values.extend(self.constant_of(&item, &element));
                }
                values.sort();
                values.dedup();
                Expr {
                    kind: ExprKind::InSet(Box::new(element), values),
                    ty: Type::Bool,
                    optional: false,
                    span,
                }
            }
            ast::Expr::Range(range) => {
                let (Some(from), Some(to)) = (range.from(), range.to()) else {
                    return unknown(span);
                };
                let (from, to) = (
                    self.read(&from, Some(element.ty)),
                    self.read(&to, Some(element.ty)),
                );
                let mut ops = self.ops();
                // Two comparisons, so that their refusals are the same as those of `>=` and `<=`; one refusal is enough.
                let before = ops.diagnostics.len();
                ops.comparison(BinaryOp::Ge, element.clone(), from.clone(), span);
                if ops.diagnostics.len() == before {
                    ops.comparison(BinaryOp::Le, element.clone(), to.clone(), span);
                }
                Expr {
                    kind: ExprKind::InRange(Box::new(element), Box::new(from), Box::new(to)),
                    ty: Type::Bool,
                    optional: false,
                    span,
                }
            }
            other => {
                self.diagnostics.push(
                    Diagnostic::error(
                        codes::TYPE_MISMATCH,
                        "`in` needs values in braces or a range",
                    )
                    .at(other.span(self.file), "this is neither")
                    .note("write `X in { A, B }` or `X in 1 to 5`; of a list, `any x in L where x is …`"),
                );
                return unknown(span);
            }
        };
        if node.is_negated() {
            // Absent is in nothing and out of nothing: "not in" needs a value to be there.
            return outside(inside, span);
        }
        inside
    }

    /// A constant that fits an expression's type, at its scale.
    fn constant_of(&mut self, node: &ast::Expr, like: &Expr) -> Option<Value> {
        let expr = self.read(node, Some(like.ty));
        if expr.ty == Type::Unknown || !self.ops().comparable(like, &expr, expr.span) {
            return None;
        }
        match (expr.kind, like.ty, expr.ty) {
            (ExprKind::Const(Value::Number(_)), Type::Number(wanted), Type::Number(found))
                if found.scale > wanted.scale =>
            {
                // It can never be equal: more decimals than any value has.
                self.diagnostics.push(fit::too_many_decimals(
                    expr.span,
                    fit::shown_decimals(wanted),
                ));
                None
            }
            (ExprKind::Const(Value::Number(_)), Type::Number(wanted), Type::Number(found)) => {
                let raised = rescaled(found, wanted.scale);
                if raised.is_none() {
                    self.diagnostics.push(fit::too_large(expr.span));
                }
                raised.map(|(value, _)| Value::Number(value))
            }
            (ExprKind::Const(value), _, _) => {
                self.may_hold(like, &value, expr.span).then_some(value)
            }
            _ => {
                self.diagnostics.push(
                    Diagnostic::error(codes::NOT_HERE, "a list holds fixed values")
                        .at(expr.span, "this is worked out"),
                );
                None
            }
        }
    }

    /// `X is present`, `X is absent`.
    pub(super) fn presence(&mut self, node: &ast::PresenceExpr, span: Span) -> Expr {
        let Some(operand) = node.operand() else {
            return unknown(span);
        };
        let operand = self.read(&operand, None);
        let assured = matches!(operand.kind, ExprKind::Assured(_));
        if operand.ty != Type::Unknown && !operand.optional && !assured {
            self.diagnostics.push(
                Diagnostic::warning(codes::MAY_BE_ABSENT, "this is never absent").at(operand.span, "always present").note("only facts with `?` and options of parts that may be left out are ever absent"),
            );
        }
        Expr {
            kind: ExprKind::Present(Box::new(operand), node.is_present()),
            ty: Type::Bool,
            optional: false,
            span,
        }
    }

    /// `part has Kind`.
    pub(super) fn has(&mut self, node: &ast::HasExpr, span: Span) -> Expr {
        let (Some(ast::Expr::Path(part)), Some(ast::Expr::Path(kind))) = (node.part(), node.kind())
        else {
            self.diagnostics.push(
                Diagnostic::error(
                    codes::TYPE_MISMATCH,
                    "`has` stands between a part and a product",
                )
                .at(span, "such as `addons has Sso`"),
            );
            return unknown(span);
        };
        let Some((up, index, bundle)) = self.part_named(&part) else {
            self.no_such_part(&part);
            return unknown(span);
        };
        let name = kind.text();
        let kinds = self
            .world
            .products
            .get(bundle)
            .and_then(|bundle| bundle.parts.get(index))
            .map(|part| part.kinds.clone())
            .unwrap_or_default();
        let found = kinds.iter().copied().find(|&product| {
            self.world
                .products
                .get(product)
                .is_some_and(|product| product.name == name)
        });
        match found {
            Some(product) => Expr {
                kind: ExprKind::HasKind {
                    up,
                    part: index,
                    product,
                },
                ty: Type::Bool,
                optional: false,
                span,
            },
            None => {
                let names: Vec<&str> = kinds
                    .iter()
                    .filter_map(|&product| self.world.products.get(product))
                    .map(|product| product.name.as_str())
                    .collect();
                let what = format!("product in the part `{}` called", part.text());
                self.diagnostics.push(crate::world::unknown_name(
                    &what,
                    &name,
                    kind.span(self.file),
                    names.into_iter(),
                ));
                unknown(span)
            }
        }
    }
}

/// What a bare name beside an item means: a product.
fn as_product(ty: Type) -> Type {
    if matches!(ty, Type::Item(_)) {
        Type::Product
    } else {
        ty
    }
}

/// The opposite of a membership. Absent is in nothing and out of nothing: "not in" needs every value to be there.
fn outside(inside: Expr, span: Span) -> Expr {
    let truth = |kind| Expr {
        kind,
        ty: Type::Bool,
        optional: false,
        span,
    };
    let mut asked: Vec<Expr> = Vec::new();
    match &inside.kind {
        ExprKind::InSet(element, _) => asked.push((**element).clone()),
        ExprKind::InRange(element, from, to) => {
            asked.extend([(**element).clone(), (**from).clone(), (**to).clone()]);
        }
        _ => {}
    }
    let outside = truth(ExprKind::Not(Box::new(inside)));
    asked
        .into_iter()
        .filter(|value| value.optional)
        .rev()
        .fold(outside, |rest, value| {
            let present = truth(ExprKind::Present(Box::new(value), true));
            truth(ExprKind::Binary(
                BinaryOp::And,
                Box::new(present),
                Box::new(rest),
            ))
        })
}
