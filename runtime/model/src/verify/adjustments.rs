//! Adjustments: their steps, groups and targets, and everything they work out.

use super::code::{check_mode, may_hold};
use super::vocabulary::{WIDE_DECIMALS_MAX, distinct, input_type};
use super::{
    Need, Verified, VerifyError, are_strings, ensure, fits, in_range, in_range_or_none, is_window,
    strictly_ascending,
};
use crate::access::{at, index, some};
use crate::adjustments::{
    ArchivedAdjustment, ArchivedAmountOf, ArchivedGift, ArchivedTarget, ArchivedUnits,
    ArchivedWhole,
};
use crate::rules::{ArchivedCharge, ArchivedModel};
use crate::{Bank, NONE, Scope};

/// Verifies adjustments, groups and steps; gives the place of each adjustment in the order of the steps.
pub(super) fn verify(model: &ArchivedModel) -> Result<Vec<usize>, VerifyError> {
    for (id, adjustment) in model.adjustments.iter().enumerate() {
        let strings = [adjustment.name.to_native(), adjustment.title.to_native()];
        are_strings(model, format!("adjustment {id}"), &strings)?;
        let place = format!("adjustment `{}`", model.str(adjustment.name.to_native()));
        self::adjustment(model, index(id), adjustment, &place)?;
    }
    let names = model
        .adjustments
        .iter()
        .map(|adjustment| adjustment.name.to_native());
    distinct(model, "the adjustments", names.collect())?;
    for (id, group) in model.groups.iter().enumerate() {
        let strings = [group.name.to_native(), group.title.to_native()];
        are_strings(model, format!("group {id}"), &strings)?;
    }
    turns(model)
}

/// The place of each adjustment in the order of the steps, where each must stand once, with its group.
fn turns(model: &ArchivedModel) -> Result<Vec<usize>, VerifyError> {
    let mut turns = vec![usize::MAX; model.adjustments.len()];
    let mut next = 0_usize;
    for (id, step) in model.steps.iter().enumerate() {
        let place = format!("step {id}");
        in_range_or_none(step.group.to_native(), model.groups.len(), &place, "group")?;
        ensure!(
            step.group.to_native() != NONE || step.members.len() == 1,
            place,
            "has {} adjustments and no group",
            step.members.len()
        );
        for member in step.members.iter() {
            let known = model.adjustments.get(at(member.to_native()));
            let turn = turns.get_mut(at(member.to_native()));
            let fresh = known.zip(turn).filter(|(adjustment, turn)| {
                **turn == usize::MAX && adjustment.group == step.group
            });
            let Some((_, turn)) = fresh else {
                return Err(VerifyError::new(
                    place,
                    format!("names adjustment {member}, which does not belong there"),
                ));
            };
            *turn = next;
            next = next.saturating_add(1);
        }
    }
    ensure!(
        next == turns.len(),
        "the steps",
        "name {next} of {} adjustments",
        turns.len()
    );
    Ok(turns)
}

fn adjustment(
    model: &ArchivedModel,
    id: u32,
    adjustment: &ArchivedAdjustment,
    place: &str,
) -> Verified {
    in_range(
        adjustment.stage.to_native(),
        model.stages.len(),
        place,
        "stage",
    )?;
    is_window(
        adjustment.from.to_native(),
        adjustment.to.to_native(),
        place,
    )?;
    let asked_by = adjustment.asked_by.to_native();
    in_range_or_none(asked_by, model.roles.len(), place, "role")?;
    if asked_by != NONE {
        input_type(model, &adjustment.asked, place)?;
    }
    let codes: Vec<u32> = adjustment
        .codes
        .iter()
        .map(|code| code.to_native())
        .collect();
    are_strings(model, place, &codes)?;
    for never in adjustment.never.iter() {
        let other = never.other.to_native();
        in_range(other, model.adjustments.len(), place, "adjustment")?;
        ensure!(other != id, place, "never applies together with itself");
    }
    if let Some(whole) = adjustment.whole.as_ref() {
        self::whole(model, whole, place)?;
    }
    if let Some(units) = adjustment.units.as_ref() {
        self::units(model, units, place)?;
    }
    if let Some(gift) = adjustment.gift.as_ref() {
        self::gift(model, gift, place)?;
    }
    if let Some(budget) = adjustment.budget.as_ref() {
        amount(model, &budget.amount, TOTAL, place, "the budget")?;
        amount(
            model,
            &budget.used,
            TOTAL,
            place,
            "what is used of the budget",
        )?;
    }
    for limit in adjustment.limits.iter() {
        fits(model, limit.most.to_native(), COUNT, place, "a limit")?;
        fits(
            model,
            limit.used.to_native(),
            COUNT,
            place,
            "what is used of a limit",
        )?;
    }
    Ok(())
}

/// An amount on the quote as it stands.
const TOTAL: Need = Need {
    scope: Scope::Total,
    product: NONE,
    within: NONE,
    result: Bank::Wide,
};

/// A number of the quote as it stands.
const COUNT: Need = Need {
    result: Bank::Narrow,
    ..TOTAL
};

fn amount(
    model: &ArchivedModel,
    amount: &ArchivedAmountOf,
    need: Need,
    place: &str,
    what: &str,
) -> Verified {
    fits(model, amount.routine.to_native(), need, place, what)?;
    is_wide_scale(amount.scale, place)
}

fn whole(model: &ArchivedModel, whole: &ArchivedWhole, place: &str) -> Verified {
    for found in [&whole.amount, &whole.most, &whole.least] {
        if let Some(found) = found.as_ref() {
            amount(model, found, TOTAL, place, "the amount for all")?;
        }
    }
    check_mode(whole.rounding).map_err(|problem| VerifyError::new(place, problem))?;
    ensure!(
        quo_value::LeftOver::from_code(whole.remainder).is_some(),
        place,
        "gives what is left over to {}, which is not known",
        whole.remainder
    );
    Ok(())
}

fn units(model: &ArchivedModel, units: &ArchivedUnits, place: &str) -> Verified {
    for buy in units.buys.iter() {
        fits(model, buy.count.to_native(), COUNT, place, "what is bought")?;
        let charges = buy.charges.iter().map(|charge| charge.to_native());
        for charge in charges.clone() {
            in_range(charge, model.charges.len(), place, "charge")?;
        }
        ensure!(
            strictly_ascending(charges),
            place,
            "does not have its charges sorted"
        );
    }
    for routine in [units.count.to_native(), units.times.to_native()] {
        if let Some(routine) = some(routine) {
            fits(model, routine, COUNT, place, "a number of units")?;
        }
    }
    Ok(())
}

fn gift(model: &ArchivedModel, gift: &ArchivedGift, place: &str) -> Verified {
    in_range(
        gift.product.to_native(),
        model.products.len(),
        place,
        "product",
    )?;
    fits(model, gift.count.to_native(), COUNT, place, "what is given")?;
    if let Some(price) = gift.price.as_ref() {
        amount(model, price, TOTAL, place, "the price of what is given")?;
    }
    if let Some(when) = some(gift.when.to_native()) {
        fits(model, when, COUNT, place, "the condition")?;
    }
    Ok(())
}

/// Verifies the targets of a charge of a product.
pub(super) fn targets(
    model: &ArchivedModel,
    (product, charge): (u32, &ArchivedCharge),
    turns: &[usize],
    place: &str,
) -> Verified {
    let mut order: Vec<usize> = Vec::with_capacity(charge.adjustments.len());
    for target in charge.adjustments.iter() {
        self::target(model, product, target, place)?;
        order.extend(turns.get(at(target.adjustment.to_native())));
    }
    ensure!(
        order.is_sorted_by(|a, b| a < b),
        place,
        "does not have its adjustments in the order of the steps"
    );
    Ok(())
}

fn target(model: &ArchivedModel, product: u32, target: &ArchivedTarget, place: &str) -> Verified {
    in_range(
        target.adjustment.to_native(),
        model.adjustments.len(),
        place,
        "adjustment",
    )?;
    let within = target.within.to_native();
    in_range_or_none(within, model.products.len(), place, "bundle")?;
    ensure!(
        within == NONE || may_hold(model, within, product),
        place,
        "is adjusted within a bundle that cannot hold its product"
    );
    let need = wide_on_charge(product, within);
    let narrow = Need {
        result: Bank::Narrow,
        ..need
    };
    if let Some(when) = some(target.when.to_native()) {
        fits(model, when, narrow, place, "the condition of an adjustment")?;
    }
    if let Some(units) = some(target.units.to_native()) {
        fits(model, units, narrow, place, "the units of an adjustment")?;
    }
    fits(model, target.saving.to_native(), need, place, "the saving")?;
    is_wide_scale(target.saving_scale, place)?;
    for found in [&target.most, &target.least, &target.weight] {
        if let Some(found) = found.as_ref() {
            amount(model, found, need, place, "an amount of an adjustment")?;
        }
    }
    Ok(())
}

pub(super) fn wide_on_charge(product: u32, within: u32) -> Need {
    Need {
        scope: Scope::Charge,
        product,
        within,
        result: Bank::Wide,
    }
}

pub(super) fn is_wide_scale(scale: u8, place: &str) -> Verified {
    ensure!(
        scale <= WIDE_DECIMALS_MAX,
        place,
        "has {scale} decimals, more than {WIDE_DECIMALS_MAX}"
    );
    Ok(())
}
