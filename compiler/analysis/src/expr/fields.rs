//! `record.field`, `list.field`, `item.option`.

use quo_source::{Diagnostic, Span, codes};
use quo_syntax::ast;

use super::Reader;
use super::ops::unknown;
use crate::hir::{Each, Expr, ExprKind, Part, What};
use crate::types::{Number, Type};

impl Reader<'_> {
    /// `(…).field`
    pub(super) fn field_of(&mut self, node: &ast::FieldExpr, span: Span) -> Expr {
        let (Some(record), Some(field)) = (node.record(), node.field()) else {
            return unknown(span);
        };
        let record = self.read(&record, None);
        self.field(record, &field.text(), span)
    }

    /// A field of a record, an option of an item, or the list of those of a list's elements.
    pub(super) fn field(&mut self, value: Expr, name: &str, span: Span) -> Expr {
        let value = self.assured(value);
        match value.ty {
            Type::Unknown => unknown(span),
            Type::Record(of) => self.record_field(value, of, name, span),
            Type::Item(kinds) => self.item_option(value, kinds, name, span),
            Type::List(element) => self.projection(value, element, name, span),
            other => {
                let found = self.world.show().ty(other);
                self.diagnostics.push(
                    Diagnostic::error(
                        codes::TYPE_MISMATCH,
                        format!("{found} has no field `{name}`"),
                    )
                    .at(span, "only records, items and lists of them have fields"),
                );
                unknown(span)
            }
        }
    }

    fn record_field(&mut self, value: Expr, of: usize, name: &str, span: Span) -> Expr {
        let Some(record) = self.world.records.get(of) else {
            return unknown(span);
        };
        let found = record.fields.iter().enumerate();
        let Some((index, field)) = found.into_iter().find(|(_, field)| field.name == name) else {
            let what = format!("field of `{}` called", record.name);
            let names = record.fields.iter().map(|field| field.name.as_str());
            let diagnostic = crate::world::unknown_name(&what, name, span, names);
            self.diagnostics.push(diagnostic);
            return unknown(span);
        };
        Expr {
            ty: field.ty,
            optional: value.optional || field.optional,
            kind: ExprKind::Field {
                record: Box::new(value),
                field: index,
            },
            span,
        }
    }

    fn item_option(&mut self, value: Expr, kinds: usize, name: &str, span: Span) -> Expr {
        if name == "product" {
            return Expr {
                ty: Type::Product,
                optional: value.optional,
                kind: ExprKind::ItemProduct(Box::new(value)),
                span,
            };
        }
        let kinds = self.world.kinds(kinds);
        let mut options: Vec<(usize, usize)> = Vec::new();
        let mut ty: Option<Type> = None;
        let mut optional = value.optional;
        for kind in &kinds {
            let Some(product) = self.world.products.get(*kind) else {
                continue;
            };
            let found = product.options.iter().enumerate();
            let Some((index, option)) = found.into_iter().find(|(_, option)| option.name == name)
            else {
                continue;
            };
            options.push((*kind, index));
            optional |= option.optional;
            ty = match ty {
                None => Some(option.ty),
                Some(before) => match alike(before, option.ty) {
                    Some(joined) => Some(joined),
                    None => {
                        let (a, b) = (
                            self.world.show().ty(before),
                            self.world.show().ty(option.ty),
                        );
                        self.diagnostics.push(
                            Diagnostic::error(
                                codes::TYPE_MISMATCH,
                                format!("`{name}` is {a} of one product and {b} of another"),
                            )
                            .at(span, "one type is expected")
                            .also(option.span, "declared here"),
                        );
                        return unknown(span);
                    }
                },
            };
        }
        let Some(ty) = ty else {
            if let Some(part) = self.part_of(&value, &kinds, name, span) {
                return part;
            }
            let products = kinds
                .iter()
                .filter_map(|kind| self.world.products.get(*kind));
            let mut names: Vec<&str> = products
                .flat_map(|product| {
                    let options = product.options.iter().map(|option| option.name.as_str());
                    options.chain(product.parts.iter().map(|part| part.name.as_str()))
                })
                .collect();
            names.sort_unstable();
            names.dedup();
            let what = match kinds.as_slice() {
                [only] => {
                    let only = self.world.products.get(*only);
                    format!(
                        "option or part of `{}` called",
                        only.map_or("", |only| &only.name)
                    )
                }
                _ => "option or part of these items called".to_owned(),
            };
            let diagnostic = crate::world::unknown_name(&what, name, span, names.into_iter());
            self.diagnostics.push(diagnostic);
            return unknown(span);
        };
        Expr {
            ty,
            optional: optional || options.len() < kinds.len(),
            kind: ExprKind::ItemOption {
                item: Box::new(value),
                options,
            },
            span,
        }
    }

    /// `rack.nodes`, the items in a part of an item, or the item where it holds at most one; `None` where none of its
    /// products has such a part.
    fn part_of(&self, value: &Expr, kinds: &[usize], name: &str, span: Span) -> Option<Expr> {
        let products = kinds
            .iter()
            .filter_map(|kind| self.world.products.get(*kind));
        let found: Vec<&Part> = products
            .filter_map(|product| product.parts.iter().find(|part| part.name == name))
            .collect();
        if found.is_empty() {
            return None;
        }
        let mut inside: Vec<usize> = found.iter().flat_map(|part| part.kinds.clone()).collect();
        inside.sort_unstable();
        inside.dedup();
        let list = Expr {
            kind: ExprKind::PartOf {
                item: Box::new(value.clone()),
                part: name.to_owned(),
            },
            ty: self.world.list_of(self.world.item_of(inside)),
            optional: false,
            span,
        };
        if found.iter().any(|part| part.max > 1 || part.many) {
            return Some(list);
        }
        let always = found.len() == kinds.len() && found.iter().all(|part| part.min > 0);
        Some(self.only_item(list, value.optional || !always, span))
    }

    /// `usage.quantity`: the list of that field of each element.
    fn projection(&mut self, list: Expr, element: usize, name: &str, span: Span) -> Expr {
        let ty = self.world.element(element);
        let local = self.next_local;
        self.next_local = local.saturating_add(1);
        let of = Expr {
            kind: ExprKind::Local(local),
            ty,
            optional: false,
            span: list.span,
        };
        let value = self.field(of, name, span);
        if value.ty == Type::Unknown {
            return value;
        }
        let condition = present_only(&value);
        Expr {
            ty: self.world.list_of(value.ty),
            optional: list.optional,
            kind: ExprKind::Each(Box::new(Each {
                list,
                element: local,
                position: None,
                condition,
                what: What::List(value),
            })),
            span,
        }
    }
}

/// What keeps absent values out of a list, where there can be some.
pub(super) fn present_only(value: &Expr) -> Option<Expr> {
    value.optional.then(|| Expr {
        kind: ExprKind::Present(Box::new(value.clone()), true),
        ty: Type::Bool,
        optional: false,
        span: value.span,
    })
}

/// The type of both, where they are stored alike.
fn alike(a: Type, b: Type) -> Option<Type> {
    match (a, b) {
        (Type::Number(x), Type::Number(y)) if x.unit == y.unit && x.scale == y.scale => {
            Some(Type::Number(Number {
                min: x.min.min(y.min),
                max: x.max.max(y.max),
                ..x
            }))
        }
        (a, b) => (a == b).then_some(a),
    }
}
