//! Discounts, promotions, their stages, and floors.

use std::collections::BTreeMap;

use quo_source::{Diagnostic, FileId, Span, codes};
use quo_syntax::ast::{self, AstNode};

use super::order::order;
use super::{Items, Placed, header, products, types};
use crate::expr::{Reader, Scope};
use crate::hir::{Adjustment, Asked, BinaryOp, ChargeKind, Expr, ExprKind, Floor, Target};
use crate::types::{Number, Type, Unit};
use crate::world::{World, find, resolve};

/// Adjustments, sorted by name, with their targets and the floors, by charge.
#[derive(Default)]
pub struct Adjustments {
    /// The adjustments.
    pub adjustments: Vec<Adjustment>,
    /// Targets by charge.
    pub targets: BTreeMap<usize, Vec<Target>>,
    /// Floors by charge.
    pub floors: BTreeMap<usize, Vec<Floor>>,
}

/// The stages in their order.
pub fn stages(items: &Items, diagnostics: &mut Vec<Diagnostic>) -> Vec<String> {
    if let [_, again, ..] = items.stages.as_slice() {
        diagnostics.push(
            Diagnostic::error(codes::DUPLICATE_NAME, "the order of stages is stated twice")
                .at(again.node.span(again.file), "again here"),
        );
    }
    let mut stages: Vec<String> = Vec::new();
    for item in items.stages.iter().take(1) {
        for name in item.node.stages() {
            if stages.contains(&name.text()) {
                diagnostics.push(
                    Diagnostic::error(
                        codes::DUPLICATE_NAME,
                        format!("the stage `{}` stands twice", name.text()),
                    )
                    .at(name.span(item.file), "again here"),
                );
            } else {
                stages.push(name.text());
            }
        }
    }
    stages
}

/// Reads adjustments and floors.
pub fn read(world: &World, items: &Items, diagnostics: &mut Vec<Diagnostic>) -> Adjustments {
    let mut found = Adjustments::default();
    let mut placed: Vec<bool> = Vec::new();
    let mut nodes: Vec<&Placed<ast::Adjustment>> = items.adjustments.iter().collect();
    nodes.sort_by_key(|item| {
        item.node
            .name()
            .and_then(|name| find(&world.adjustments, &name.text()))
    });
    for item in nodes {
        let Some(name) = item.node.name() else {
            continue;
        };
        let Some(index) = find(&world.adjustments, &name.text()) else {
            continue;
        };
        if world.adjustments.get(index).map(|named| named.span) != Some(name.span(item.file)) {
            continue;
        }
        let adjustment = adjustment(world, item, &name, diagnostics);
        // Where what is asked for is wrong, that has been said, and `asked` is not unknown as well.
        let asked = item.node.asked_for().map(|_| {
            let asked = adjustment.asked.as_ref();
            (index, asked.map_or(Type::Unknown, |asked| asked.ty))
        });
        found.adjustments.push(adjustment);
        placed.push(is_placed(world, &item.node));
        targets(world, item, index, asked, &mut found.targets, diagnostics);
    }
    for item in &items.floors {
        floor(world, &item.node, item.file, &mut found.floors, diagnostics);
    }
    order(world, &mut found, &placed, diagnostics);
    found
}

/// Whether an adjustment states its stage and its priority.
fn is_placed(world: &World, node: &ast::Adjustment) -> bool {
    let stage = node.stage().and_then(|stage| stage.name());
    let priority = node.priority().and_then(|clause| clause.value());
    stage.is_some_and(|stage| world.stages.contains(&stage.text()))
        && priority.is_some_and(|literal| {
            literal
                .integer()
                .is_ok_and(|value| i32::try_from(value).is_ok())
        })
}

fn adjustment(
    world: &World,
    item: &Placed<ast::Adjustment>,
    name: &ast::Name,
    diagnostics: &mut Vec<Diagnostic>,
) -> Adjustment {
    let (node, file) = (&item.node, item.file);
    let span = name.span(file);
    let clauses = [
        ("on", "on recurring charges", node.on().is_some()),
        ("take", "take 10% of list", node.take().is_some()),
        ("stage", "stage item", node.stage().is_some()),
        ("priority", "priority 10", node.priority().is_some()),
    ];
    diagnostics.extend(super::missing_clauses(
        node,
        &name.text(),
        span,
        codes::MISSING_PIECE,
        &clauses,
    ));
    let stage = node.stage().and_then(|stage| stage.name()).and_then(|stage| {
        let found = world.stages.iter().position(|known| *known == stage.text());
        if found.is_none() {
            let diagnostic = Diagnostic::error(codes::UNKNOWN_STAGE, format!("there is no stage `{}`", stage.text())).at(stage.span(file), "unknown stage");
            diagnostics.push(match (world.stages.as_slice(), crate::show::nearest(&stage.text(), world.stages.iter().map(String::as_str))) {
                ([], _) => diagnostic.note("say once in which order adjustments apply: `adjust in stages: item, then order`"),
                (_, Some(near)) => diagnostic.suggest(format!("did you mean `{near}`"), stage.span(file), near),
                (known, None) => diagnostic.note(format!("stages: {}", known.join(", "))),
            });
        }
        found
    });
    let priority = node.priority().and_then(|clause| clause.value());
    let priority = priority.map(|literal| {
        let value = literal.integer().ok();
        let value = value.and_then(|value| i32::try_from(value).ok());
        if value.is_none() {
            diagnostics.push(
                Diagnostic::error(codes::BAD_BOUNDS, "this is no priority")
                    .at(literal.span(file), "a whole number, such as 10"),
            );
        }
        value.unwrap_or(0)
    });
    Adjustment {
        name: name.text(),
        title: node
            .title()
            .and_then(|title| title.text())
            .unwrap_or_else(|| name.text()),
        span,
        promotion: matches!(node, ast::Adjustment::Promotion(_)),
        stage: stage.unwrap_or(0),
        priority: priority.unwrap_or(0),
        effective: node
            .effective()
            .and_then(|clause| clause.window())
            .map(|window| header::window(&window, file, diagnostics))
            .unwrap_or_default(),
        asked: node
            .asked_for()
            .and_then(|clause| asked(world, &clause, file, diagnostics)),
    }
}

fn asked(
    world: &World,
    node: &ast::AskedFor,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Asked> {
    let role = resolve(
        world,
        &world.roles,
        "role",
        &node.role()?,
        file,
        diagnostics,
    )?;
    let ty_node = node.ty()?;
    let ty = types::read(world, &ty_node, file, diagnostics);
    match ty {
        Type::Number(Number {
            unit: Unit::Percent,
            min,
            ..
        }) if min >= 0 => Some(Asked { role, ty }),
        Type::Unknown => None,
        _ => {
            diagnostics.push(
                Diagnostic::error(
                    codes::TYPE_MISMATCH,
                    "what is asked for is a percentage from 0%",
                )
                .at(
                    ty_node.span(file),
                    "such as `Percent from 0% to 40% with 2 decimals`",
                ),
            );
            None
        }
    }
}

fn targets(
    world: &World,
    item: &Placed<ast::Adjustment>,
    adjustment: usize,
    asked: Option<(usize, Type)>,
    found: &mut BTreeMap<usize, Vec<Target>>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let (node, file) = (&item.node, item.file);
    let (Some(on), Some(take)) = (node.on(), node.take()) else {
        return;
    };
    let within = match on.bundle() {
        Some(name) => match resolve(world, &world.products, "bundle", &name, file, diagnostics) {
            Some(bundle) => {
                let found = world.products.get(bundle);
                if let Some(product) = found.filter(|product| product.parts.is_empty()) {
                    diagnostics.push(
                        Diagnostic::error(
                            codes::WRONG_KIND,
                            format!("`{}` has no parts, so nothing is in it", product.name),
                        )
                        .at(name.span(file), "a bundle is expected")
                        .also(product.span, "declared here"),
                    );
                    return;
                }
                Some(bundle)
            }
            None => return,
        },
        None => None,
    };
    let Some(charges) = chosen(world, &on, file, diagnostics) else {
        return;
    };
    let in_bundle = |product: usize| {
        within
            .and_then(|bundle| world.products.get(bundle))
            .is_none_or(|bundle| {
                bundle
                    .parts
                    .iter()
                    .any(|part| part.kinds.contains(&product))
            })
    };
    let charges: Vec<usize> = charges
        .into_iter()
        .filter(|&charge| {
            world
                .charges
                .get(charge)
                .is_some_and(|charge| in_bundle(charge.product))
        })
        .collect();
    if charges.is_empty() && world.wrong_charges.is_empty() {
        diagnostics.push(
            Diagnostic::error(codes::NOTHING_CHOSEN, "no charge is chosen here")
                .at(on.span(file), "this chooses nothing")
                .note("see which charges the products have, and which products the bundle"),
        );
        return;
    }
    for charge in charges {
        let product = world.charges.get(charge).map(|charge| charge.product);
        let scope = Scope {
            product,
            within,
            charge: true,
            asked,
            ..Scope::default()
        };
        let mut own = Vec::new();
        let mut reader = Reader::new(world, scope, file, &mut own);
        let when = node
            .when()
            .and_then(|when| when.condition())
            .map(|condition| reader.condition(&condition));
        let saving = saving(&mut reader, &take);
        told_once(diagnostics, own);
        if let Some(saving) = saving {
            found.entry(charge).or_default().push(Target {
                adjustment,
                within,
                when,
                saving,
            });
        }
    }
}

/// The charges that `on …` names.
fn chosen(
    world: &World,
    on: &ast::On,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Vec<usize>> {
    match on.selection()? {
        ast::ChargeSelection::Charges(paths) => {
            let mut charges: Vec<usize> = Vec::new();
            for path in &paths {
                let charge = products::charge_named(world, path, file, diagnostics)?;
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
            Some(charges)
        }
        ast::ChargeSelection::Class {
            class,
            products,
            category,
        } => {
            let category = match category {
                Some(name) => Some(resolve(
                    world,
                    &world.categories,
                    "category",
                    &name,
                    file,
                    diagnostics,
                )?),
                None => None,
            };
            let only: Option<Vec<usize>> = products
                .iter()
                .map(|name| resolve(world, &world.products, "product", name, file, diagnostics))
                .collect();
            let only = only?;
            let fits = |charge: &crate::hir::Charge| {
                let kind = match class {
                    ast::ChargeClass::All => true,
                    ast::ChargeClass::Recurring => charge.kind == ChargeKind::Recurring,
                    ast::ChargeClass::OneTime => charge.kind == ChargeKind::OneTime,
                    ast::ChargeClass::Usage => charge.kind == ChargeKind::Usage,
                };
                let product = only.is_empty() || only.contains(&charge.product);
                let in_category = category.is_none_or(|category| {
                    world
                        .products
                        .get(charge.product)
                        .is_some_and(|product| product.category == Some(category))
                });
                kind && product && in_category
            };
            Some(
                (0..world.charges.len())
                    .filter(|&index| world.charges.get(index).is_some_and(fits))
                    .collect(),
            )
        }
    }
}

/// What an adjustment takes, exact: `P of list`, `P of what is left`, or an amount.
fn saving(reader: &mut Reader<'_>, take: &ast::Take) -> Option<Expr> {
    let node = take.value()?;
    let span = take.span(reader.file);
    let percent = Type::Number(Number {
        unit: Unit::Percent,
        scale: 4,
        min: 0,
        max: 0,
    });
    let value = reader.read(&node, Some(percent));
    let Type::Number(number) = value.ty else {
        if value.ty != Type::Unknown {
            let found = reader.world.show().ty(value.ty);
            reader.diagnostics.push(
                Diagnostic::error(
                    codes::TYPE_MISMATCH,
                    format!("a percentage or an amount is taken, but this is {found}"),
                )
                .at(value.span, found),
            );
        }
        return None;
    };
    match (number.unit, take.base()) {
        (Unit::Percent, Some(base)) => {
            if number.min < 0 {
                reader.diagnostics.push(
                    Diagnostic::error(
                        codes::OUTSIDE_BOUNDS,
                        "a negative percentage would add to the price",
                    )
                    .at(value.span, "from 0%"),
                );
                return None;
            }
            let kind = if base == ast::TakeBase::List {
                ExprKind::List
            } else {
                ExprKind::Left
            };
            let base = Expr {
                kind,
                ty: reader.money(),
                optional: false,
                span,
            };
            let product = reader.ops().arithmetic(BinaryOp::Mul, base, value, span);
            (product.ty != Type::Unknown).then_some(product)
        }
        (Unit::Percent, None) => {
            reader.diagnostics.push(
                Diagnostic::error(codes::MISSING_PIECE, "a percentage needs its base")
                    .at(value.span, "of what?")
                    .suggest("say of what", value.span.after(), " of list")
                    .note("`of list` is the price before adjustments, `of what is left` what the adjustments before have left"),
            );
            None
        }
        (Unit::Money, None) => {
            if is_negative(&value) {
                reader.diagnostics.push(
                    Diagnostic::error(
                        codes::OUTSIDE_BOUNDS,
                        "a negative amount would add to the price",
                    )
                    .at(value.span, "from 0"),
                );
                return None;
            }
            Some(value)
        }
        (Unit::MoneyIn(currency), None) => {
            reader.diagnostics.push(
                Diagnostic::error(codes::MONEY_NEEDS_NAME, format!("an amount in {} means nothing to a quote in another currency", currency.code()))
                    .at(value.span, "only one of the currencies that are sold in")
                    .note("name it with a value for every currency: `amount gift = 5 EUR, 6 USD`, and `take gift`"),
            );
            None
        }
        (_, Some(_)) => {
            let found = reader.world.show().ty(value.ty);
            reader.diagnostics.push(
                Diagnostic::error(
                    codes::TYPE_MISMATCH,
                    format!("a percentage is taken of a base, but this is {found}"),
                )
                .at(value.span, found),
            );
            None
        }
        (_, None) => {
            let found = reader.world.show().ty(value.ty);
            reader.diagnostics.push(
                Diagnostic::error(
                    codes::TYPE_MISMATCH,
                    format!("a percentage or an amount is taken, but this is {found}"),
                )
                .at(value.span, found)
                .note("such as `take 5% of list`, or `take gift` with an `amount` of this name"),
            );
            None
        }
    }
}

/// Whether an amount is written with a sign, so that nothing could be taken.
fn is_negative(value: &Expr) -> bool {
    match (&value.kind, value.ty) {
        (ExprKind::Negate(of), _) => matches!(of.kind, ExprKind::Amount(_)),
        (ExprKind::Const(_), Type::Number(number)) => number.max < 0,
        _ => false,
    }
}

fn floor(
    world: &World,
    node: &ast::Floor,
    file: FileId,
    found: &mut BTreeMap<usize, Vec<Floor>>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let (Some(path), Some(share)) = (node.charge(), node.share()) else {
        return;
    };
    let Some(charge) = products::charge_named(world, &path, file, diagnostics) else {
        return;
    };
    let scope = Scope {
        product: world.charges.get(charge).map(|charge| charge.product),
        charge: true,
        ..Scope::default()
    };
    let mut reader = Reader::new(world, scope, file, diagnostics);
    let value = reader.read(&share, None);
    let Type::Number(Number {
        unit: Unit::Percent,
        min,
        ..
    }) = value.ty
    else {
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
        return;
    };
    if min < 0 {
        reader.diagnostics.push(
            Diagnostic::error(codes::OUTSIDE_BOUNDS, "a floor lies at 0% or above")
                .at(value.span, "from 0%"),
        );
        return;
    }
    let span: Span = node.span(file);
    let list = Expr {
        kind: ExprKind::List,
        ty: reader.money(),
        optional: false,
        span,
    };
    let least = reader.ops().arithmetic(BinaryOp::Mul, list, value, span);
    if least.ty == Type::Unknown {
        return;
    }
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

/// Adds mistakes; one that was found at the same place for another product is the same mistake.
pub fn told_once(diagnostics: &mut Vec<Diagnostic>, found: Vec<Diagnostic>) {
    let place = |diagnostic: &Diagnostic| {
        let span = diagnostic.place().map(|label| label.span);
        (diagnostic.code, span)
    };
    let told: Vec<_> = diagnostics.iter().map(place).collect();
    diagnostics.extend(
        found
            .into_iter()
            .filter(|mistake| !told.contains(&place(mistake))),
    );
}
