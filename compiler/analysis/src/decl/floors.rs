//! Floors: what must be left of a charge, a share of its list price or an amount.

use std::collections::BTreeMap;

use quo_source::{Diagnostic, FileId, Span, codes};
use quo_syntax::ast::{self, AstNode};

use super::effects;
use crate::expr::{Reader, Scope};
use crate::hir::{Expr, ExprKind, Floor};
use crate::types::{Number, Type, Unit};
use crate::world::World;

/// Reads a floor, by its charge.
pub fn floor(
    world: &World,
    node: &ast::Floor,
    file: FileId,
    found: &mut BTreeMap<usize, Vec<Floor>>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let (Some(path), Some(share)) = (node.charge(), node.share()) else {
        return;
    };
    let Some(charge) = super::products::charge_named(world, &path, file, diagnostics) else {
        return;
    };
    let scope = Scope {
        product: world.charges.get(charge).map(|charge| charge.product),
        charge: true,
        ..Scope::default()
    };
    let mut reader = Reader::new(world, scope, file, diagnostics);
    let Some(least) = least(&mut reader, node, &share) else {
        return;
    };
    let span: Span = node.span(file);
    let id = node.name().map_or_else(
        || format!("floor/{}", world.charge_id(charge)),
        |name| name.text(),
    );
    let title = node
        .title()
        .and_then(|title| title.text())
        .unwrap_or_else(|| id.clone());
    let place = node.name().map_or(span, |name| name.span(file));
    if let Some(before) = found.values().flatten().find(|before| before.id == id) {
        diagnostics.push(
            Diagnostic::error(
                codes::DUPLICATE_NAME,
                match node.name() {
                    Some(_) => format!("the floor `{id}` is declared twice"),
                    None => format!("`{}` has two floors", world.charge_id(charge)),
                },
            )
            .at(place, "declared again here")
            .also(before.span, "first declared here"),
        );
        return;
    }
    found.entry(charge).or_default().push(Floor {
        id,
        title,
        span: place,
        least,
    });
}

/// What a floor leaves: a share of the list price, or an amount.
fn least(reader: &mut Reader<'_>, node: &ast::Floor, share: &ast::Expr) -> Option<Expr> {
    let span = node.span(reader.file);
    let value = reader.read(share, None);
    let percent = match value.ty {
        Type::Number(Number {
            unit: Unit::Percent,
            min,
            ..
        }) => Some(min),
        _ => None,
    };
    match (percent, node.is_of_list()) {
        (Some(min), _) if min < 0 => {
            reader.diagnostics.push(
                Diagnostic::error(codes::OUTSIDE_BOUNDS, "a floor lies at 0% or above")
                    .at(value.span, "from 0%"),
            );
            None
        }
        (Some(_), true) => {
            let list = Expr {
                kind: ExprKind::List,
                ty: reader.money(),
                optional: false,
                span,
            };
            effects::multiplied(reader, list, value, span)
        }
        (Some(_), false) => {
            reader.diagnostics.push(
                Diagnostic::error(codes::MISSING_PIECE, "a percentage needs its base")
                    .at(value.span, "of what?")
                    .suggest("say of what", value.span.after(), " of list"),
            );
            None
        }
        (None, true) => {
            if value.ty != Type::Unknown {
                let shown = reader.world.show().ty(value.ty);
                reader.diagnostics.push(
                    Diagnostic::error(
                        codes::TYPE_MISMATCH,
                        format!("a floor is a percentage of the list price, but this is {shown}"),
                    )
                    .at(value.span, shown),
                );
            }
            None
        }
        (None, false) => {
            let amount = effects::any_money(reader, share, "a floor")?;
            if node.each_unit() {
                return effects::each_unit(reader, amount, span);
            }
            Some(amount)
        }
    }
}
