//! What bundles have besides options and charges: parts, and values that they work out for them.
//!
//! Parts name products, so they are read when all products are known.

use quo_source::{Diagnostic, FileId, codes};
use quo_syntax::ast::{self, AstNode};

use super::adjustments::told_once;
use super::products::{Node, twice};
use crate::expr::{Reader, Scope, fit};
use crate::hir::{Part, PartDefault};
use crate::world::{World, resolve};

/// The parts of a bundle, without what it works out for them.
pub(super) fn parts(world: &World, node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for part in &node.parts {
        let Some(name) = part.name() else { continue };
        let span = name.span(node.file);
        if let Some(before) = parts.iter().find(|before| before.name == name.text()) {
            diagnostics.push(twice("part", &name.text(), span, before.span));
            continue;
        }
        let own = world
            .products
            .iter()
            .find(|product| product.span == node.span);
        if let Some(option) = own.and_then(|product| {
            let mut own = product.own_options().map(|(_, option)| option);
            own.find(|option| option.name == name.text())
        }) {
            diagnostics.push(twice("part or option", &name.text(), span, option.span));
            continue;
        }
        if let Some(hidden) = hides(world, &name.text()) {
            diagnostics.push(
                Diagnostic::error(
                    codes::DUPLICATE_NAME,
                    format!(
                        "a part cannot be called `{}`, which is {hidden}",
                        name.text()
                    ),
                )
                .at(span, format!("`{}.…` would have two meanings", name.text())),
            );
            continue;
        }
        let mut kinds: Vec<usize> = Vec::new();
        let mut listed = 0usize;
        for kind in part.kinds() {
            listed = listed.saturating_add(1);
            let Some(product) = resolve(
                world,
                &world.products,
                "product",
                &kind,
                node.file,
                diagnostics,
            ) else {
                continue;
            };
            if kinds.contains(&product) {
                diagnostics.push(
                    Diagnostic::error(
                        codes::DUPLICATE_NAME,
                        format!("`{}` stands twice in this part", kind.text()),
                    )
                    .at(kind.span(node.file), "again here"),
                );
            } else {
                kinds.push(product);
            }
        }
        let Some((min, max)) = cardinality(part, listed, node.file, diagnostics) else {
            continue;
        };
        let many = max > 1 && part.count().is_some_and(|count| count.is_many_of());
        parts.push(Part {
            name: name.text(),
            span,
            min,
            max,
            many,
            kinds,
            defaults: Vec::new(),
        });
    }
    parts
}

/// What a part of this name would hide.
fn hides(world: &World, name: &str) -> Option<&'static str> {
    if name == "line" {
        return Some("what is charged");
    }
    world.has_group(name).then_some("a group of facts")
}

fn cardinality(
    part: &ast::Part,
    kinds: usize,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<(u32, u32)> {
    let Some(count) = part.count() else {
        return Some((1, 1));
    };
    if !count.is_kinds_of() && !count.is_many_of() {
        return Some((u32::from(!count.is_optional()), 1));
    }
    let bound = |literal: Option<ast::Literal>| {
        literal
            .and_then(|literal| literal.integer().ok())
            .and_then(|count| u32::try_from(count).ok())
    };
    let min = bound(count.fewest())?;
    let max = if count.most().is_some() {
        bound(count.most())?
    } else {
        min
    };
    let available = u32::try_from(kinds).unwrap_or(u32::MAX);
    let wrong = if max == 0 {
        Some("nothing could ever be in this part".to_owned())
    } else if min > max {
        Some("no number lies between these bounds".to_owned())
    } else if count.is_kinds_of() && min > available {
        Some(format!(
            "at least {min} kinds are needed, and only {available} are listed"
        ))
    } else {
        None
    };
    if let Some(message) = wrong {
        diagnostics.push(
            Diagnostic::error(codes::BAD_PART, message)
                .at(count.span(file), "lowest first; no more than are listed"),
        );
        return None;
    }
    Some((min, max))
}

/// What the bundle works out for options of its parts.
pub(super) fn defaults(
    world: &mut World,
    index: usize,
    node: &Node,
    diagnostics: &mut Vec<Diagnostic>,
) {
    for part_node in &node.parts {
        let Some(name) = part_node.name() else {
            continue;
        };
        let Some(part) = world.products.get(index).and_then(|product| {
            product
                .parts
                .iter()
                .position(|part| part.name == name.text())
        }) else {
            continue;
        };
        let mut found: Vec<PartDefault> = Vec::new();
        let mut named: Vec<String> = Vec::new();
        for each in part_node.each_with() {
            let Some(option) = each.option() else {
                continue;
            };
            if named.contains(&option.text()) {
                diagnostics.push(
                    Diagnostic::error(
                        codes::DUPLICATE_NAME,
                        format!("the value of `{}` is stated twice", option.text()),
                    )
                    .at(option.span(node.file), "again here"),
                );
                continue;
            }
            named.push(option.text());
            found.extend(each_with(
                world,
                (index, part),
                &each,
                node.file,
                diagnostics,
            ));
        }
        if let Some(part) = world
            .products
            .get_mut(index)
            .and_then(|product| product.parts.get_mut(part))
        {
            part.defaults = found;
        }
    }
}

fn each_with(
    world: &World,
    (bundle, part): (usize, usize),
    node: &ast::EachWith,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<PartDefault> {
    let mut found = Vec::new();
    let (Some(option), Some(value)) = (node.option(), node.value()) else {
        return found;
    };
    let scope = Scope {
        product: Some(bundle),
        direct: true,
        parts_before: Some(part),
        ..Scope::default()
    };
    let kinds = world
        .products
        .get(bundle)
        .and_then(|bundle| bundle.parts.get(part))
        .map(|part| part.kinds.clone())
        .unwrap_or_default();
    let name = option.text();
    let mut known = kinds.is_empty();
    for kind in kinds {
        let product = world.products.get(kind);
        let Some((index, target)) =
            product.and_then(|product| product.own_options().find(|(_, found)| found.name == name))
        else {
            continue;
        };
        known = true;
        let mut own = Vec::new();
        let mut reader = Reader::new(world, scope, file, &mut own);
        let value = reader.read(&value, Some(target.ty));
        let fits = reader.ops().present(&value, "the value of an option")
            && fit::always(&value, target.ty, world.show(), &mut own);
        told_once(diagnostics, own);
        if fits {
            found.push(PartDefault {
                product: kind,
                option: index,
                value,
            });
        }
    }
    if !known {
        diagnostics.push(
            Diagnostic::error(
                codes::UNKNOWN_NAME,
                format!("no product of this part has an option `{name}`"),
            )
            .at(option.span(file), "unknown option"),
        );
    }
    found
}

/// A bundle must not contain itself, directly or through its parts.
pub(super) fn check_cycles(world: &mut World, diagnostics: &mut Vec<Diagnostic>) {
    let mut state: Vec<u8> = vec![0; world.products.len()];
    for start in 0..world.products.len() {
        let mut path: Vec<(usize, usize)> = vec![(start, 0)];
        if state.get(start).copied() != Some(0) {
            continue;
        }
        while let Some((product, next)) = path.pop() {
            if let Some(state) = state.get_mut(product) {
                *state = 1;
            }
            let children: Vec<usize> = world
                .products
                .get(product)
                .map(|found| {
                    found
                        .parts
                        .iter()
                        .flat_map(|part| part.kinds.clone())
                        .collect()
                })
                .unwrap_or_default();
            let Some(&child) = children.get(next) else {
                if let Some(state) = state.get_mut(product) {
                    *state = 2;
                }
                continue;
            };
            path.push((product, next.saturating_add(1)));
            match state.get(child).copied() {
                Some(0) => path.push((child, 0)),
                Some(1) => {
                    let names: Vec<&str> = path
                        .iter()
                        .skip_while(|(on_path, _)| *on_path != child)
                        .filter_map(|(on_path, _)| world.products.get(*on_path))
                        .map(|product| product.name.as_str())
                        .collect();
                    let span = world
                        .products
                        .get(product)
                        .map_or(FileId(0).span(0, 0), |product| product.span);
                    diagnostics.push(
                        Diagnostic::error(
                            codes::CYCLE,
                            format!(
                                "the bundle `{}` contains itself",
                                names.first().copied().unwrap_or_default()
                            ),
                        )
                        .at(
                            span,
                            format!(
                                "{} contains {}",
                                names.join(" contains "),
                                names.first().copied().unwrap_or_default()
                            ),
                        ),
                    );
                    // Cut it, so that what follows ends.
                    if let Some(product) = world.products.get_mut(product) {
                        for part in &mut product.parts {
                            part.kinds.retain(|kind| *kind != child);
                        }
                    }
                    path.pop();
                    path.push((product, next));
                }
                _ => {}
            }
        }
    }
}
