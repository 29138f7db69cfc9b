//! Discounts, promotions, their stages, and floors.

use std::collections::BTreeMap;

use quo_source::{Diagnostic, FileId, Span, codes};
use quo_syntax::ast::{self, AstNode};

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
        let asked = adjustment.asked.as_ref().map(|asked| (index, asked.ty));
        found.adjustments.push(adjustment);
        targets(world, item, index, asked, &mut found.targets, diagnostics);
    }
    for item in &items.floors {
        floor(world, &item.node, item.file, &mut found.floors, diagnostics);
    }
    order(world, &mut found, diagnostics);
    found
}

fn adjustment(
    world: &World,
    item: &Placed<ast::Adjustment>,
    name: &ast::Name,
    diagnostics: &mut Vec<Diagnostic>,
) -> Adjustment {
    let (node, file) = (&item.node, item.file);
    let span = name.span(file);
    let mut need = |clause: &str, example: &str, there: bool| {
        if !there {
            diagnostics.push(
                Diagnostic::error(
                    codes::MISSING_PIECE,
                    format!("`{}` does not say `{clause} …`", name.text()),
                )
                .at(span, "in this adjustment")
                .note(format!("such as `{example}`")),
            );
        }
    };
    need("on", "on recurring charges", node.on().is_some());
    need("take", "take 10% of list", node.take().is_some());
    need("stage", "stage item", node.stage().is_some());
    need("priority", "priority 10", node.priority().is_some());
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
    let priority = node
        .priority()
        .and_then(|clause| clause.value())
        .and_then(|literal| literal.integer().ok())
        .and_then(|value| i32::try_from(value).ok());
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
    let role = resolve(&world.roles, "role", &node.role()?, file, diagnostics)?;
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
        Some(name) => match resolve(&world.products, "bundle", &name, file, diagnostics) {
            Some(bundle) => Some(bundle),
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
    if charges.is_empty() {
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
        own.retain(|mistake| !diagnostics.contains(mistake));
        diagnostics.append(&mut own);
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
            let charges: Option<Vec<usize>> = paths
                .iter()
                .map(|path| products::charge_named(world, path, file, diagnostics))
                .collect();
            charges
        }
        ast::ChargeSelection::Class {
            class,
            products,
            category,
        } => {
            let category = match category {
                Some(name) => Some(resolve(
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
                .map(|name| resolve(&world.products, "product", name, file, diagnostics))
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
        (Unit::Money, None) => Some(value),
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
                .at(value.span, found),
            );
            None
        }
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
    let floors = found.entry(charge).or_default();
    if floors.iter().any(|before| before.id == id) {
        diagnostics.push(
            Diagnostic::error(
                codes::DUPLICATE_NAME,
                format!("the floor `{id}` is declared twice"),
            )
            .at(span, "again here"),
        );
        return;
    }
    floors.push(Floor {
        id,
        title,
        span: node.name().map_or(span, |name| name.span(file)),
        least,
    });
}

/// Puts the targets of each charge in the order in which they apply; two in one place are reported.
fn order(world: &World, found: &mut Adjustments, diagnostics: &mut Vec<Diagnostic>) {
    let place = |target: &Target| {
        found
            .adjustments
            .get(target.adjustment)
            .map(|adjustment| (adjustment.stage, adjustment.priority))
    };
    let mut told: Vec<(usize, usize)> = Vec::new();
    for (charge, targets) in &mut found.targets {
        targets.sort_by_key(|target| (place(target), target.adjustment));
        for pair in targets.windows(2) {
            let [first, second] = pair else { continue };
            if place(first) != place(second)
                || told.contains(&(first.adjustment, second.adjustment))
            {
                continue;
            }
            let disjoint =
                first.within.is_some() && second.within.is_some() && first.within != second.within;
            let (Some(a), Some(b)) = (
                found.adjustments.get(first.adjustment),
                found.adjustments.get(second.adjustment),
            ) else {
                continue;
            };
            if disjoint {
                continue;
            }
            told.push((first.adjustment, second.adjustment));
            diagnostics.push(
                Diagnostic::error(
                    codes::SAME_PLACE,
                    format!(
                        "`{}` and `{}` can meet on `{}`, and nothing says which comes first",
                        a.name,
                        b.name,
                        world.charge_id(*charge)
                    ),
                )
                .at(
                    b.span,
                    format!(
                        "stage {}, priority {}",
                        world.stages.get(b.stage).map_or("", String::as_str),
                        b.priority
                    ),
                )
                .also(a.span, "the same stage and priority")
                .note("give one of them another priority; the lower one applies first"),
            );
        }
    }
}
