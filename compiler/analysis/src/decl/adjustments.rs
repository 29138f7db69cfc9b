//! Discounts, promotions, their stages, and floors.

use std::collections::BTreeMap;

use quo_source::{Diagnostic, FileId, Span, codes};
use quo_syntax::ast::{self, AstNode};

use super::effects;
use super::order::order;
use super::{Items, Placed, header, promotions, selection, types};
use crate::expr::{Reader, Scope};
use crate::hir::{Adjustment, Asked, Effect, Expr, Floor, Group, Target, Units, Whole};
use crate::types::{Number, Type, Unit};
use crate::world::{World, find, resolve};

/// Adjustments, sorted by name, with their targets and the floors, by charge.
#[derive(Default)]
pub struct Adjustments {
    /// The adjustments.
    pub adjustments: Vec<Adjustment>,
    /// Groups of them.
    pub groups: Vec<Group>,
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
    let mut found = Adjustments {
        groups: promotions::groups(world, items, diagnostics),
        ..Adjustments::default()
    };
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
        let mut adjustment = adjustment(world, (item, index), &name, &found.groups, diagnostics);
        // Where what is asked for is wrong, that has been said, and `asked` is not unknown as well.
        let asked = item.node.asked_for().map(|_| {
            let asked = adjustment.asked.as_ref();
            (index, asked.map_or(Type::Unknown, |asked| asked.ty))
        });
        let targets = effects_of(world, (item, index), &mut adjustment, asked, diagnostics);
        let on_charges = targets.iter().flat_map(|(_, target)| target.expressions());
        adjustment.reads_quote = adjustment
            .expressions()
            .into_iter()
            .chain(on_charges)
            .any(Expr::reads_quote);
        placed.push(is_placed(world, &item.node, &found.groups));
        found.adjustments.push(adjustment);
        for (charge, target) in targets {
            found.targets.entry(charge).or_default().push(target);
        }
    }
    for item in &items.floors {
        super::floors::floor(world, &item.node, item.file, &mut found.floors, diagnostics);
    }
    order(world, &mut found, &placed, diagnostics);
    found
}

/// Whether an adjustment states its stage, or its group, and its priority.
fn is_placed(world: &World, node: &ast::Adjustment, groups: &[Group]) -> bool {
    let stage = node.stage().and_then(|stage| stage.name());
    let group = node.in_group().and_then(|group| group.name());
    let priority = node.priority().and_then(|clause| clause.value());
    let known = |name: &ast::NameRef| groups.iter().any(|group| group.name == name.text());
    (stage.is_some_and(|stage| world.stages.contains(&stage.text()))
        || group.as_ref().is_some_and(known))
        && priority.is_some_and(|literal| {
            literal
                .integer()
                .is_ok_and(|value| i32::try_from(value).is_ok())
        })
}

/// The index of a stage that is named.
pub fn stage(
    world: &World,
    stage: &ast::NameRef,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<usize> {
    let found = world.stages.iter().position(|known| *known == stage.text());
    if found.is_none() {
        let diagnostic = Diagnostic::error(
            codes::UNKNOWN_STAGE,
            format!("there is no stage `{}`", stage.text()),
        )
        .at(stage.span(file), "unknown stage");
        diagnostics.push(match (world.stages.as_slice(), crate::show::nearest(&stage.text(), world.stages.iter().map(String::as_str))) {
            ([], _) => diagnostic.note("say once in which order adjustments apply: `adjust in stages: item, then order`"),
            (_, Some(near)) => diagnostic.suggest(format!("did you mean `{near}`"), stage.span(file), near),
            (known, None) => diagnostic.note(format!("stages: {}", known.join(", "))),
        });
    }
    found
}

/// A priority.
pub fn priority(
    literal: &ast::Literal,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<i32> {
    let value = literal.integer().ok();
    let value = value.and_then(|value| i32::try_from(value).ok());
    if value.is_none() {
        diagnostics.push(
            Diagnostic::error(codes::BAD_BOUNDS, "this is no priority")
                .at(literal.span(file), "a whole number, such as 10"),
        );
    }
    value
}

/// Reports the clauses that an adjustment lacks, and those that do not go together.
fn check_clauses(
    node: &ast::Adjustment,
    name: &str,
    span: Span,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let gives = node.gift().is_some();
    let grouped = node.in_group().is_some();
    let clauses = [
        ("on", "on recurring charges", gives || node.on().is_some()),
        ("take", "take 10% of list", gives || node.take().is_some()),
        ("stage", "stage item", grouped || node.stage().is_some()),
        ("priority", "priority 10", node.priority().is_some()),
    ];
    diagnostics.extend(super::missing_clauses(
        node,
        name,
        span,
        codes::MISSING_PIECE,
        &clauses,
    ));
    let apart = [
        (gives && node.on().is_some(), "give", "on"),
        (gives && node.take().is_some(), "give", "take"),
        (gives && grouped, "give", "group"),
        (gives && node.budget().is_some(), "give", "budget"),
        (grouped && node.stage().is_some(), "group", "stage"),
    ];
    for (_, one, other) in apart.iter().filter(|(both, ..)| *both) {
        diagnostics.push(
            Diagnostic::error(
                codes::DUPLICATE_CLAUSE,
                format!("`{one} …` and `{other} …` do not go together"),
            )
            .at(span, "in this rule")
            .note(match *one {
                "give" => "what is given comes on top of all charges; make a rule of its own of it",
                _ => "the stage is that of the group",
            }),
        );
    }
}

fn adjustment(
    world: &World,
    (item, index): (&Placed<ast::Adjustment>, usize),
    name: &ast::Name,
    groups: &[Group],
    diagnostics: &mut Vec<Diagnostic>,
) -> Adjustment {
    let (node, file) = (&item.node, item.file);
    let span = name.span(file);
    check_clauses(node, &name.text(), span, diagnostics);
    let group = promotions::group_of(groups, node, file, diagnostics);
    let stage = node
        .stage()
        .and_then(|clause| clause.name())
        .and_then(|named| stage(world, &named, file, diagnostics));
    let of_group = group.and_then(|group| groups.get(group)).map(|it| it.stage);
    let priority = node
        .priority()
        .and_then(|clause| clause.value())
        .and_then(|literal| priority(&literal, file, diagnostics));
    Adjustment {
        name: name.text(),
        title: node
            .title()
            .and_then(|title| title.text())
            .unwrap_or_else(|| name.text()),
        span,
        promotion: matches!(node, ast::Adjustment::Promotion(_)),
        stage: of_group.or(stage).unwrap_or(0),
        priority: priority.unwrap_or(0),
        group,
        effective: node
            .effective()
            .and_then(|clause| clause.window())
            .map(|window| header::window(&window, file, diagnostics))
            .unwrap_or_default(),
        asked: node
            .asked_for()
            .and_then(|clause| asked(world, &clause, file, diagnostics)),
        codes: promotions::codes_of(node),
        alone: promotions::alone(node),
        never: promotions::never(world, (node, index), file, diagnostics),
        effect: node
            .take()
            .map_or(Effect::Take, |take| effects::effect(&take)),
        whole: None,
        units: None,
        gift: None,
        budget: None,
        limits: Vec::new(),
        reads_quote: false,
    }
}

/// Reads what an adjustment does: for the quote as a whole, and on each of its charges.
fn effects_of(
    world: &World,
    (item, index): (&Placed<ast::Adjustment>, usize),
    adjustment: &mut Adjustment,
    asked: Option<(usize, Type)>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<(usize, Target)> {
    let (node, file) = (&item.node, item.file);
    let mut own = Vec::new();
    let mut reader = promotions::on_quote(world, asked, file, &mut own);
    adjustment.budget = promotions::budget(&mut reader, node);
    adjustment.limits = promotions::limits(&mut reader, node);
    if node.gift().is_some() {
        adjustment.gift = promotions::gift(&mut reader, node);
        if let Ok(units) = promotions::units(&mut reader, node, &[]) {
            adjustment.units = units;
        }
        diagnostics.append(&mut own);
        return Vec::new();
    }
    diagnostics.append(&mut own);
    let (Some(on), Some(take)) = (node.on(), node.take()) else {
        return Vec::new();
    };
    let Some((within, charges)) = chosen(world, &on, file, diagnostics) else {
        return Vec::new();
    };
    let on_charge = |charge: usize| Scope {
        product: world.charges.get(charge).map(|charge| charge.product),
        within,
        charge: true,
        standing: true,
        asked,
        ..Scope::default()
    };
    let mut scratch = Vec::new();
    let first = charges.first().copied().unwrap_or_default();
    let mut reader = Reader {
        checked: true,
        ..Reader::new(world, on_charge(first), file, &mut scratch)
    };
    let about = effects::about(&mut reader, &take);
    // A function that is wrong says so only where it is called first.
    told_once(diagnostics, scratch);
    let Some(about) = about else {
        return Vec::new();
    };
    let mut own = Vec::new();
    let mut reader = promotions::on_quote(world, asked, file, &mut own);
    let units = promotions::units(&mut reader, node, &charges);
    let whole = promotions::whole(&mut reader, &take, about);
    diagnostics.append(&mut own);
    let (Ok(units), Ok(whole)) = (units, whole) else {
        return Vec::new();
    };
    if whole.is_some() && !of_one_period(world, &take, &charges, file, diagnostics)
        || !promotions::each_bundle(world, &take, within, file, diagnostics)
    {
        return Vec::new();
    }
    let mut targets = Vec::with_capacity(charges.len());
    for charge in charges {
        let mut own = Vec::new();
        let mut reader = Reader {
            checked: true,
            ..Reader::new(world, on_charge(charge), file, &mut own)
        };
        let target = target(
            &mut reader,
            (node, &take),
            (&whole, &units),
            (index, within),
        );
        told_once(diagnostics, own);
        targets.extend(target.map(|target| (charge, target)));
    }
    (adjustment.whole, adjustment.units) = (whole, units);
    targets
}

/// What an adjustment does to one charge.
fn target(
    reader: &mut Reader<'_>,
    (node, take): (&ast::Adjustment, &ast::Take),
    (whole, units): (&Option<Whole>, &Option<Units>),
    (adjustment, within): (usize, Option<usize>),
) -> Option<Target> {
    let when = node
        .when()
        .and_then(|when| when.condition())
        .map(|condition| reader.condition(&condition));
    let one_amount = whole.as_ref().is_some_and(|whole| whole.amount.is_some());
    let saving = if one_amount {
        effects::nothing(reader, take.span(reader.file))
    } else {
        effects::amount(reader, take)?
    };
    let each = take.off().and_then(|off| off.what());
    let of_each = match each {
        Some(ast::OffWhat::UnitsOfEach(count)) if units.is_none() => {
            Some(effects::count(reader, &count)?)
        }
        _ => None,
    };
    let (most, least) = match whole {
        Some(_) => (None, None),
        None => (
            effects::bound(reader, take, ast::BoundOf::Most),
            effects::bound(reader, take, ast::BoundOf::Least),
        ),
    };
    let weight = take.spread().and_then(|spread| spread.weight());
    Some(Target {
        adjustment,
        within,
        when,
        saving,
        units: of_each,
        most,
        least,
        weight: match weight {
            None => None,
            Some(weight) => Some(effects::weight(reader, &weight)?),
        },
    })
}

/// Reports one amount for charges of different periods: nobody could say what it is an amount of.
fn of_one_period(
    world: &World,
    take: &ast::Take,
    charges: &[usize],
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> bool {
    let mut all = charges
        .iter()
        .filter_map(|charge| world.charges.get(*charge));
    let Some(first) = all.next() else {
        return true;
    };
    let Some(other) = all.find(|other| other.months != first.months) else {
        return true;
    };
    diagnostics.push(
        Diagnostic::error(
            codes::MIXED_PERIODS,
            format!(
                "one amount for charges of different periods, such as `{}` and `{}`",
                first.name, other.name
            ),
        )
        .at(take.span(file), "an amount in which period?")
        .also(first.span, "this charge")
        .also(other.span, "and this one")
        .note("choose `one time charges`, or charges of one period, and make another rule for the others"),
    );
    false
}

/// The charges that an adjustment is on, and the bundle they must be in.
fn chosen(
    world: &World,
    on: &ast::On,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<(Option<usize>, Vec<usize>)> {
    let within = match on.bundle() {
        Some(name) => {
            let bundle = resolve(world, &world.products, "bundle", &name, file, diagnostics)?;
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
                return None;
            }
            Some(bundle)
        }
        None => None,
    };
    let charges = selection::selected(world, &on.selection()?, file, diagnostics)?;
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
        if world.wrong_charges.is_empty() {
            diagnostics.push(
                Diagnostic::error(codes::NOTHING_CHOSEN, "no charge is chosen here")
                    .at(on.span(file), "this chooses nothing")
                    .note("see which charges the products have, and which products the bundle"),
            );
        }
        return None;
    }
    Some((within, charges))
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
