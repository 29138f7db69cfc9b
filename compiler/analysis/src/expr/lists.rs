//! Lists themselves: written out, counted, put together, sorted, spread over.

use quo_source::{Diagnostic, Span, codes};
use quo_syntax::ast::{self, AstNode};

use super::loops::whole;
use super::ops::{of_one_kind, unknown};
use super::{Reader, rounding};
use crate::hir::{Each, Expr, ExprKind, ItemsOf, Remainder, SortKey, Spread, What};
use crate::types::{Number, Type, Unit};
use crate::world::find;

impl Reader<'_> {
    /// `[ a, b ]`
    pub(super) fn listed(
        &mut self,
        node: &ast::ListedExpr,
        expected: Option<Type>,
        span: Span,
    ) -> Expr {
        let wanted = match expected {
            Some(Type::List(element)) => Some(self.world.element(element)),
            _ => None,
        };
        let mut values: Vec<Expr> = Vec::new();
        let mut joined: Option<Type> = wanted;
        for element in node.elements() {
            let value = self.read(&element, joined);
            let value = super::fit::adapted(value, joined.unwrap_or(Type::Unknown));
            if value.ty == Type::Unknown {
                return unknown(span);
            }
            joined = Some(match (joined, value.ty) {
                (Some(Type::Number(a)), Type::Number(b))
                    if of_one_kind(Type::Number(a), value.ty) =>
                {
                    match self.joined(a, b, span) {
                        Some(number) => Type::Number(number),
                        None => return unknown(span),
                    }
                }
                (Some(before), _) => before,
                (None, ty) => ty,
            });
            values.push(value);
        }
        let Some(element) = joined else {
            self.diagnostics.push(
                Diagnostic::error(codes::TYPE_MISMATCH, "nobody knows what an empty list is a list of")
                    .at(span, "of what?")
                    .note("an empty list stands where a list is expected, as in a field `lines: list of Int`"),
            );
            return unknown(span);
        };
        let values: Option<Vec<Expr>> = values
            .into_iter()
            .map(|value| self.coerced(value, element, false, "a list"))
            .collect();
        match values {
            Some(values) => Expr {
                kind: ExprKind::Listed(values),
                ty: self.world.list_of(element),
                optional: false,
                span,
            },
            None => unknown(span),
        }
    }

    /// `numbers from A to B`
    pub(super) fn numbers(&mut self, node: &ast::NumbersExpr, span: Span) -> Expr {
        let (Some(from), Some(to)) = (node.from(), node.to()) else {
            return unknown(span);
        };
        let (from, to) = (self.read(&from, None), self.read(&to, None));
        let (Some(a), Some(b)) = (self.whole_number(&from), self.whole_number(&to)) else {
            return unknown(span);
        };
        let ty = whole(a.min, b.max.max(a.min));
        Expr {
            ty: self.world.list_of(ty),
            kind: ExprKind::Numbers {
                from: Box::new(from),
                to: Box::new(to),
            },
            optional: false,
            span,
        }
    }

    /// The number of a whole number that is there; says so if it is none.
    pub fn whole_number(&mut self, expr: &Expr) -> Option<Number> {
        match expr.ty {
            Type::Unknown => None,
            Type::Number(number) if number.unit == Unit::Int && number.scale == 0 => {
                self.ops().present(expr, "a calculation").then_some(number)
            }
            other => {
                let found = self.world.show().ty(other);
                self.diagnostics.push(
                    Diagnostic::error(
                        codes::TYPE_MISMATCH,
                        format!("a whole number is expected, but this is {found}"),
                    )
                    .at(expr.span, found)
                    .note("`whole(…)` is the whole part of a number"),
                );
                None
            }
        }
    }

    /// `L followed by M`
    pub(super) fn followed(
        &mut self,
        left: &ast::Expr,
        right: &ast::Expr,
        expected: Option<Type>,
        span: Span,
    ) -> Expr {
        let left = self.read(left, expected);
        let right = self.read(right, expected.or(Some(left.ty)));
        let (Some(a), Some(b)) = (self.element_type(&left), self.element_type(&right)) else {
            return unknown(span);
        };
        let element = match (a, b) {
            (Type::Number(x), Type::Number(y)) if of_one_kind(a, b) => {
                match self.joined(x, y, span) {
                    Some(number) => Type::Number(number),
                    None => return unknown(span),
                }
            }
            (a, _) => a,
        };
        let ty = self.world.list_of(element);
        match (
            self.coerced(left, ty, false, "a list"),
            self.coerced(right, ty, false, "a list"),
        ) {
            (Some(left), Some(right)) => Expr {
                kind: ExprKind::Joined(Box::new(left), Box::new(right)),
                ty,
                optional: false,
                span,
            },
            _ => unknown(span),
        }
    }

    /// `item N of L`
    pub(super) fn item_at(
        &mut self,
        node: &ast::ItemExpr,
        expected: Option<Type>,
        span: Span,
    ) -> Expr {
        let (Some(position), Some(list)) = (node.position(), node.list()) else {
            return unknown(span);
        };
        let _ = expected;
        let position = self.read(&position, None);
        let list = self.read(&list, None);
        let (Some(_), Some(ty)) = (self.whole_number(&position), self.element_type(&list)) else {
            return unknown(span);
        };
        Expr {
            kind: ExprKind::ItemAt {
                list: Box::new(list),
                position: Box::new(position),
            },
            ty,
            optional: true,
            span,
        }
    }

    /// `L sorted by K descending, then by K`: fields of the element are named directly, a plain element is `value`.
    pub(super) fn sorted(&mut self, node: &ast::SortedExpr, span: Span) -> Expr {
        let Some(list) = node.list() else {
            return unknown(span);
        };
        let list = self.read(&list, None);
        let Some(element) = self.element_type(&list) else {
            return unknown(span);
        };
        let before = self.locals.len();
        let plain = !matches!(element, Type::Record(_) | Type::Item(_));
        let local = self.declare(if plain { "value" } else { "" }, element, false);
        if let Some(last) = self.locals.last_mut() {
            last.open = true;
        }
        let mut keys = Vec::new();
        let mut right = true;
        for key in node.keys() {
            let Some(value) = key.key() else {
                right = false;
                continue;
            };
            let value = self.read(&value, None);
            right &= value.ty != Type::Unknown && self.sortable(&value);
            keys.push(SortKey {
                key: value,
                descending: key.is_descending(),
            });
        }
        self.forget(before);
        if !right {
            return unknown(span);
        }
        Expr {
            ty: list.ty,
            optional: false,
            kind: ExprKind::Each(Box::new(Each {
                list,
                element: local,
                position: None,
                condition: None,
                what: What::Sorted(keys),
            })),
            span,
        }
    }

    /// Texts have no order for comparisons, but one to sort by.
    fn sortable(&mut self, value: &Expr) -> bool {
        matches!(value.ty, Type::Text | Type::Bool) || self.ordered(value)
    }

    /// `spread A over x in L by W, rounded MODE to currency, remainder to largest`
    pub(super) fn spread(&mut self, node: &ast::SpreadExpr, span: Span) -> Expr {
        let (Some(amount), Some(elements), Some(how)) =
            (node.amount(), node.elements(), node.rounding())
        else {
            return unknown(span);
        };
        let amount = self.read(&amount, None);
        let before = self.locals.len();
        let opened = if elements.element().is_some() {
            self.opened_loop(&elements)
                .map(|found| (found.list.clone(), found.element))
        } else {
            elements.list().and_then(|list| {
                let list = self.read(&list, None);
                let ty = self.element_type(&list)?;
                Some((list, self.declare("", ty, false)))
            })
        };
        let weight = node.weight().and_then(|weight| weight.value());
        let weight = weight.map(|weight| self.read(&weight, None));
        self.forget(before);
        let Some((list, element)) = opened else {
            return unknown(span);
        };
        if let Some(filter) = elements.filter() {
            self.diagnostics.push(
                Diagnostic::error(codes::NOT_HERE, "an amount is spread over a whole list")
                    .at(filter.span(self.file), "not here")
                    .note("spread it over `(list of x for x in … where …)`"),
            );
            return unknown(span);
        }
        let Type::Number(number) = amount.ty else {
            if amount.ty != Type::Unknown {
                self.not_of(&amount, self.money());
            }
            return unknown(span);
        };
        if !self.ops().present(&amount, "a spread") {
            return unknown(span);
        }
        if let Some(weight) = &weight
            && !self.is_weight(weight)
        {
            return unknown(span);
        }
        let Some((scale, currency)) = self.spread_to(&how, number) else {
            return unknown(span);
        };
        if number.scale > scale {
            self.diagnostics.push(
                Diagnostic::error(
                    codes::INEXACT,
                    "this amount has more decimals than its shares, so they would not add up to it",
                )
                .at(amount.span, "round it first"),
            );
            return unknown(span);
        }
        let Some(mode) = how.mode().map(rounding::mode) else {
            return unknown(span);
        };
        let share = Number {
            scale,
            unit: if number.unit == Unit::Int && scale > 0 {
                Unit::Decimal
            } else {
                number.unit
            },
            ..super::ops::rescaled(number, scale).map_or(number, |(min, max)| Number {
                min: min.min(0),
                max: max.max(0),
                ..number
            })
        };
        let remainder = match node.remainder().as_deref() {
            Some("first") => Remainder::First,
            Some("last") => Remainder::Last,
            Some("heaviest") => Remainder::Heaviest,
            Some(_) => Remainder::Largest,
            None => return unknown(span),
        };
        Expr {
            ty: self.world.list_of(Type::Number(share)),
            optional: false,
            span,
            kind: ExprKind::Spread(Box::new(Spread {
                amount: super::fit::retyped(amount, share),
                list,
                element,
                weight,
                rounding: mode,
                remainder,
                currency,
            })),
        }
    }

    /// Whether this can weigh something; says why not.
    pub fn is_weight(&mut self, weight: &Expr) -> bool {
        match weight.ty {
            Type::Unknown => false,
            Type::Number(_) => self.ops().present(weight, "a weight"),
            other => {
                let found = self.world.show().ty(other);
                self.diagnostics.push(
                    Diagnostic::error(
                        codes::TYPE_MISMATCH,
                        format!("a weight is a number, but this is {found}"),
                    )
                    .at(weight.span, found),
                );
                false
            }
        }
    }

    /// `items of P`
    pub(super) fn items_of(&mut self, node: &ast::ItemsExpr, span: Span) -> Expr {
        let Some(name) = node.product() else {
            return unknown(span);
        };
        let world = self.world;
        let text = name.text();
        let category = find(&world.categories, &text);
        let products: Vec<usize> = match category {
            Some(category) => (0..world.products.len())
                .filter(|index| {
                    let product = world.products.get(*index);
                    product.is_some_and(|product| product.category == Some(category))
                })
                .collect(),
            None => {
                match crate::world::resolve(
                    world,
                    &world.products,
                    "product",
                    &name,
                    self.file,
                    self.diagnostics,
                ) {
                    Some(product) => vec![product],
                    None => return unknown(span),
                }
            }
        };
        let item = world.item_of(products.clone());
        let bundle = self.scope.product.filter(|_| self.scope.direct);
        let bundle = bundle.and_then(|product| self.product(product));
        // In a bundle its own items are meant: another line must not change whether this one is good.
        let items = match bundle {
            Some(bundle) if !bundle.parts.is_empty() => ItemsOf::Inside { up: 0, products },
            _ => ItemsOf::Products(products),
        };
        Expr {
            kind: ExprKind::Items(items),
            ty: world.list_of(item),
            optional: false,
            span,
        }
    }
}
