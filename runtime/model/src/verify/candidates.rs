//! What a charge counts, and the prices that it can have.

use super::adjustments::{is_wide_scale, wide_on_charge};
use super::vocabulary::NARROW_DECIMALS_MAX;
use super::{Need, Verified, ensure, fits, in_range};
use crate::access::{at, some};
use crate::kinds::ArchivedValueType;
use crate::prices::{
    ArchivedArg, ArchivedMeasured, ArchivedPackages, ArchivedPriceCandidate, ArchivedPriceColumn,
    ArchivedPriceColumnKind, ArchivedQuantity,
};
use crate::rules::{ArchivedCharge, ArchivedModel, ArchivedProduct};
use crate::{ABSENT, Bank, NONE, Scope};

/// Verifies the quantity and the price candidates of a charge.
pub(super) fn verify(
    model: &ArchivedModel,
    product_id: u32,
    product: &ArchivedProduct,
    charge: &ArchivedCharge,
    place: &str,
) -> Verified {
    let on_item = Need {
        scope: Scope::Item,
        product: product_id,
        within: NONE,
        result: Bank::Wide,
    };
    quantity(model, &charge.quantity, product, on_item, place)?;
    for candidate in charge.prices.iter() {
        price(model, product_id, product, charge, candidate, place)?;
    }
    Ok(())
}

fn quantity(
    model: &ArchivedModel,
    quantity: &ArchivedQuantity,
    product: &ArchivedProduct,
    on_item: Need,
    place: &str,
) -> Verified {
    ensure!(
        quantity.scale <= NARROW_DECIMALS_MAX,
        place,
        "counts with {} decimals",
        quantity.scale
    );
    ensure!(quantity.pack >= 0, place, "has packs of {}", quantity.pack);
    match &quantity.of {
        ArchivedMeasured::One => ensure!(
            quantity.pack == 0 && quantity.scale == 0 && !quantity.money,
            place,
            "counts nothing and has packs of it"
        ),
        ArchivedMeasured::Option(option) => {
            let ty = product
                .options
                .get(at(option.to_native()))
                .map(|option| &option.ty);
            let scale = match ty {
                Some(ArchivedValueType::Int { .. }) => Some(0),
                Some(ArchivedValueType::Decimal { scale, .. }) => Some(*scale),
                _ => None,
            };
            ensure!(
                scale == Some(quantity.scale),
                place,
                "is multiplied by option {option}, which is no such number of its product"
            );
        }
        ArchivedMeasured::Routine(routine) => {
            fits(model, routine.to_native(), on_item, place, "the quantity")?;
        }
    }
    Ok(())
}

fn price(
    model: &ArchivedModel,
    product_id: u32,
    product: &ArchivedProduct,
    charge: &ArchivedCharge,
    candidate: &ArchivedPriceCandidate,
    place: &str,
) -> Verified {
    in_range(candidate.book.to_native(), model.books.len(), place, "book")?;
    in_range(
        candidate.table.to_native(),
        model.tables.len(),
        place,
        "table",
    )?;
    let Some(table) = model.tables.get(at(candidate.table.to_native())) else {
        return Ok(());
    };
    ensure!(
        candidate.args.len() == at(table.columns()),
        place,
        "gives {} arguments to a table with {} columns",
        candidate.args.len(),
        table.columns()
    );
    let narrow_on_item = Need {
        scope: Scope::Item,
        product: product_id,
        within: NONE,
        result: Bank::Narrow,
    };
    for arg in candidate.args.iter() {
        argument(model, product, arg, narrow_on_item, place)?;
    }
    ensure!(
        !candidate.graduated || table.ranges > 0,
        place,
        "has graduated prices in a table without tiers"
    );
    let on_charge = wide_on_charge(product_id, NONE);
    for (routine, what) in [
        (&candidate.formula, "the formula"),
        (&candidate.included, "what is included"),
        (&candidate.least, "the least amount"),
        (&candidate.most, "the greatest amount"),
    ] {
        if let Some(routine) = some(routine.to_native()) {
            fits(model, routine, on_charge, place, what)?;
        }
    }
    columns(charge, candidate, table.row_keys.len(), place)?;
    scales(charge, candidate, place)
}

fn argument(
    model: &ArchivedModel,
    product: &ArchivedProduct,
    arg: &ArchivedArg,
    need: Need,
    place: &str,
) -> Verified {
    match arg {
        ArchivedArg::Fact(slot) => in_range(slot.to_native(), model.facts.len(), place, "fact"),
        ArchivedArg::Option(option) => {
            in_range(option.to_native(), product.options.len(), place, "option")
        }
        ArchivedArg::Quantity => Ok(()),
        ArchivedArg::Routine(routine) => {
            fits(model, routine.to_native(), need, place, "an argument")
        }
    }
}

/// Columns are there, each once, with a value for each row, and of the kinds that the model of prices knows.
fn columns(
    charge: &ArchivedCharge,
    candidate: &ArchivedPriceCandidate,
    rows: usize,
    place: &str,
) -> Verified {
    use ArchivedPriceColumnKind::{AtLeast, AtMost, Flat, Included, Percent, Price, Size};
    let kinds: Vec<_> = candidate.columns.iter().map(|column| column.kind).collect();
    let has = |kind| kinds.contains(&kind);
    ensure!(
        kinds.is_sorted_by(|one, next| one < next),
        place,
        "has columns of prices that are not sorted"
    );
    ensure!(
        has(Price) || has(Flat) || has(Percent) || candidate.formula != NONE,
        place,
        "has a candidate without a price"
    );
    ensure!(
        !has(Percent) || charge.quantity.money,
        place,
        "has a percentage of what is no amount"
    );
    ensure!(
        has(Size) == (candidate.packages != ArchivedPackages::None),
        place,
        "has packages without a size"
    );
    let whole = [AtLeast, AtMost, Included, Size];
    ensure!(
        !candidate.graduated || !whole.iter().any(|kind| has(*kind)),
        place,
        "has tiers with what only the whole can have"
    );
    for column in candidate.columns.iter() {
        ensure!(
            column.values.len() == rows,
            place,
            "has {} prices for {rows} rows",
            column.values.len()
        );
        let least = i64::from(column.kind == Size);
        let valid = |value: i64| value >= least || (value == ABSENT && column.kind != Size);
        ensure!(
            column.values.iter().all(|value| valid(value.to_native())),
            place,
            "has a price below zero"
        );
    }
    Ok(())
}

/// Amounts have at least the decimals of everything that is added to them.
fn scales(charge: &ArchivedCharge, candidate: &ArchivedPriceCandidate, place: &str) -> Verified {
    is_wide_scale(candidate.scale, place)?;
    let counted = charge.quantity.scale;
    let fits = |column: &ArchivedPriceColumn| {
        use ArchivedPriceColumnKind::{AtLeast, AtMost, Flat, Included, Percent, Price, Size};
        let decimals = match column.kind {
            Price | Percent => column.scale.saturating_add(counted),
            Flat | AtLeast | AtMost => column.scale,
            Included | Size => return column.scale == counted,
        };
        column.scale <= NARROW_DECIMALS_MAX && decimals <= candidate.scale
    };
    ensure!(
        candidate.columns.iter().all(fits),
        place,
        "has prices with more decimals than its amounts"
    );
    let bounds = [
        (candidate.formula, candidate.formula_scale),
        (candidate.least, candidate.least_scale),
        (candidate.most, candidate.most_scale),
    ];
    ensure!(
        bounds
            .iter()
            .all(|(routine, scale)| *routine == NONE || *scale <= candidate.scale),
        place,
        "has a bound with more decimals than its amounts"
    );
    Ok(())
}
