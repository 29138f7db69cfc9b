//! Which charges are meant: a class of them, those of products or of a category, or some by name.

use quo_source::{Diagnostic, FileId, codes};
use quo_syntax::ast::{self, AstNode};

use super::products;
use crate::hir::{Charge, ChargeKind};
use crate::world::{World, find, resolve};

/// The charges that are meant outside of `on`, sorted; `None` where that was not understood, or there are none.
pub fn charges(
    world: &World,
    node: &ast::Charges,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Vec<usize>> {
    let mut chosen = selected(world, &node.selection()?, file, diagnostics)?;
    chosen.sort_unstable();
    if chosen.is_empty() {
        diagnostics.push(
            Diagnostic::error(codes::NOTHING_CHOSEN, "no charge is chosen here")
                .at(node.span(file), "this chooses nothing")
                .note("see which charges the products have"),
        );
        return None;
    }
    Some(chosen)
}

/// The charges of a selection, in its order.
pub fn selected(
    world: &World,
    selection: &ast::ChargeSelection,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Vec<usize>> {
    match selection {
        ast::ChargeSelection::Charges(paths) => {
            let mut charges: Vec<usize> = Vec::new();
            for path in paths {
                for charge in of_path(world, path, file, diagnostics)? {
                    if charges.contains(&charge) {
                        diagnostics.push(
                            Diagnostic::error(
                                codes::DUPLICATE_NAME,
                                format!("`{}` is chosen twice", path.text()),
                            )
                            .at(path.span(file), "again here"),
                        );
                    } else {
                        charges.push(charge);
                    }
                }
            }
            Some(charges)
        }
        ast::ChargeSelection::Class {
            class,
            products,
            category,
        } => {
            let category = match category {
                Some(name) => {
                    let categories = &world.categories;
                    let found = resolve(world, categories, "category", name, file, diagnostics);
                    Some(found?)
                }
                None => None,
            };
            let only: Option<Vec<usize>> = products
                .iter()
                .map(|name| resolve(world, &world.products, "product", name, file, diagnostics))
                .collect();
            let only = only?;
            let fits = |charge: &Charge| {
                let product = only.is_empty() || only.contains(&charge.product);
                let in_category = category.is_none_or(|category| {
                    let product = world.products.get(charge.product);
                    product.is_some_and(|product| product.category == Some(category))
                });
                of_class(*class, charge.kind) && product && in_category
            };
            let all = world.charges.iter().enumerate();
            let fitting = all.filter(|(_, charge)| fits(charge));
            Some(fitting.map(|(index, _)| index).collect())
        }
    }
}

fn of_class(class: ast::ChargeClass, kind: ChargeKind) -> bool {
    match class {
        ast::ChargeClass::All => true,
        ast::ChargeClass::Recurring => kind == ChargeKind::Recurring,
        ast::ChargeClass::OneTime => kind == ChargeKind::OneTime,
        ast::ChargeClass::Usage => kind == ChargeKind::Usage,
    }
}

/// A charge, or all charges of a product.
fn of_path(
    world: &World,
    path: &ast::Path,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Vec<usize>> {
    if let [(name, _)] = path.segments().as_slice()
        && let Some(product) = find(&world.products, name)
    {
        let all = world.charges.iter().enumerate();
        let own = all.filter(|(_, charge)| charge.product == product);
        return Some(own.map(|(index, _)| index).collect());
    }
    let charge = products::charge_named(world, path, file, diagnostics)?;
    Some(vec![charge])
}
