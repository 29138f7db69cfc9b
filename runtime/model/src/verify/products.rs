//! Products, their options and parts, and the rules about them.

use super::vocabulary::{default_value, distinct, input_type};
use super::{
    Need, Verified, acyclic, are_strings, ensure, fits, in_range, in_range_or_none, is_window,
    strictly_ascending, terms,
};
use crate::access::{at, index, some};
use crate::rules::{ArchivedModel, ArchivedPart, ArchivedProduct, ArchivedRuleKind};

/// Verifies the products as far as code depends on them: options, parts, and that parts form no cycle.
pub(super) fn verify(model: &ArchivedModel) -> Verified {
    let mut edges = Vec::new();
    for (id, product) in model.products.iter().enumerate() {
        let id = index(id);
        let strings =
            [&product.name, &product.title, &product.sku].map(|string| string.to_native());
        are_strings(model, format!("product {id}"), &strings)?;
        let place = name_of(model, product);
        in_range_or_none(
            product.category.to_native(),
            model.categories.len(),
            &place,
            "category",
        )?;
        is_window(
            product.sold_from.to_native(),
            product.sold_to.to_native(),
            &place,
        )?;
        for option in product.options.iter() {
            are_strings(model, &place, &[option.name.to_native()])?;
            let place = format!("{place}, option `{}`", model.str(option.name.to_native()));
            input_type(model, &option.ty, &place)?;
            default_value(model, &option.ty, option.default.to_native(), &place)?;
            terms::domain(model, option, &place)?;
        }
        let options = product.options.iter().map(|option| option.name.to_native());
        distinct(model, &place, options.collect())?;
        line_facts(model, product, &place)?;
        for part in product.parts.iter() {
            part_kinds(model, part, &place)?;
            edges.extend(part.kinds.iter().map(|kind| (id, kind.to_native())));
        }
        let parts = product.parts.iter().map(|part| part.name.to_native());
        distinct(model, &place, parts.collect())?;
    }
    let names = model
        .products
        .iter()
        .map(|product| product.name.to_native());
    distinct(model, "the products", names.collect())?;
    ensure!(
        acyclic(model.products.len(), &edges),
        "the products",
        "contain a bundle that is, through its parts, a part of itself"
    );
    Ok(())
}

/// Checks that facts of lines come first, and that they are those of every product: a line and everything in it share them.
fn line_facts(model: &ArchivedModel, product: &ArchivedProduct, place: &str) -> Verified {
    let first = model.products.first().map(|first| &first.options);
    let of_first = first.into_iter().flat_map(|options| options.iter());
    let shared: Vec<_> = of_first.take_while(|option| option.of_line).collect();
    let (facts, own) = product
        .options
        .split_at_checked(shared.len())
        .unwrap_or_default();
    let same = facts.len() == shared.len()
        && facts.iter().zip(shared).all(|(one, other)| {
            one.of_line
                && one.name == other.name
                && one.optional == other.optional
                && one.default == other.default
                && one.ty == other.ty
        });
    ensure!(
        same,
        place,
        "has other facts of lines than the first product"
    );
    ensure!(
        own.iter().all(|option| !option.of_line && !option.optional),
        place,
        "has an option that may be absent"
    );
    Ok(())
}

fn name_of(model: &ArchivedModel, product: &ArchivedProduct) -> String {
    format!("product `{}`", model.str(product.name.to_native()))
}

fn part_kinds(model: &ArchivedModel, part: &ArchivedPart, place: &str) -> Verified {
    are_strings(model, place, &[part.name.to_native()])?;
    let place = format!("{place}, part `{}`", model.str(part.name.to_native()));
    let (min, max) = (part.min.to_native(), part.max.to_native());
    ensure!(
        min <= max,
        place,
        "has at least {min} but at most {max} items"
    );
    let mut kinds: Vec<u32> = part.kinds.iter().map(|kind| kind.to_native()).collect();
    for kind in &kinds {
        in_range(*kind, model.products.len(), &place, "product")?;
    }
    kinds.sort_unstable();
    ensure!(strictly_ascending(&kinds), place, "has a kind twice");
    Ok(())
}

/// Verifies what refers to routines: rules, who uses them, and the defaults of parts.
pub(super) fn verify_rules(model: &ArchivedModel) -> Verified {
    let mut ids = Vec::with_capacity(model.rules.len());
    for (number, rule) in model.rules.iter().enumerate() {
        let place = format!("rule {number}");
        are_strings(
            model,
            &place,
            &[rule.id.to_native(), rule.message.to_native()],
        )?;
        in_range(
            rule.routine.to_native(),
            model.program.routines.len(),
            &place,
            "routine",
        )?;
        terms::rule(model, rule, &place)?;
        ids.push(rule.id.to_native());
    }
    distinct(model, "the rules", ids)?;
    for rule in model.quote_rules.iter() {
        let need = Need {
            scope: crate::Scope::Total,
            ..Need::QUOTE
        };
        uses_rule(model, rule.to_native(), need, false, "the quote")?;
    }
    for (id, product) in model.products.iter().enumerate() {
        let id = index(id);
        let place = name_of(model, product);
        for rule in product.constraints.iter() {
            uses_rule(model, rule.to_native(), Need::item(id), false, &place)?;
        }
        for rule in product.eligibility.iter() {
            uses_rule(model, rule.to_native(), Need::item(id), true, &place)?;
        }
        for part in product.parts.iter() {
            part_defaults(model, id, part, &place)?;
        }
    }
    Ok(())
}

/// Checks that a rule may be used in a place and is of the kind that belongs there.
fn uses_rule(
    model: &ArchivedModel,
    id: u32,
    need: Need,
    eligibility: bool,
    place: &str,
) -> Verified {
    in_range(id, model.rules.len(), place, "rule")?;
    let Some(rule) = model.rules.get(at(id)) else {
        return Ok(());
    };
    let place = format!("{place}, rule `{}`", model.str(rule.id.to_native()));
    ensure!(
        (rule.kind == ArchivedRuleKind::Eligible) == eligibility,
        place,
        "is a rule of the other kind, constraint or eligibility"
    );
    if let Some(when) = some(rule.when.to_native()) {
        fits(model, when, need, &place, "where it is judged")?;
    }
    fits(
        model,
        rule.routine.to_native(),
        need,
        &place,
        "the condition",
    )
}

fn part_defaults(model: &ArchivedModel, bundle: u32, part: &ArchivedPart, place: &str) -> Verified {
    let place = format!("{place}, part `{}`", model.str(part.name.to_native()));
    for default in part.defaults.iter() {
        ensure!(
            part.kinds.contains(&default.product),
            place,
            "has a default for product {}, which is not in it",
            default.product
        );
        let options = model.products.get(at(default.product.to_native()));
        let options = options.map_or(0, |product| product.options.len());
        in_range(default.option.to_native(), options, &place, "option")?;
        fits(
            model,
            default.routine.to_native(),
            Need::item(bundle),
            &place,
            "the default",
        )?;
    }
    Ok(())
}
