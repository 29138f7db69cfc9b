//! Charges with their prices and floors; price books.

use super::adjustments::{self, is_wide_scale, wide_on_charge};
use super::candidates;
use super::vocabulary::distinct;
use super::{
    Need, Verified, acyclic, are_strings, ensure, fits, in_range, is_window, strictly_ascending,
};
use crate::NONE;
use crate::access::{at, index, some};
use crate::rules::{ArchivedCharge, ArchivedChargeKind, ArchivedModel, ArchivedProduct};

/// Verifies books, adjustments and charges.
pub(super) fn verify(model: &ArchivedModel) -> Verified {
    books(model)?;
    let turns = adjustments::verify(model)?;
    let mut begins = 0u32;
    for (id, product) in model.products.iter().enumerate() {
        let place = format!("product `{}`", model.str(product.name.to_native()));
        let len = product.charges_len.to_native();
        let charges = model.charges_of(product);
        ensure!(
            charges.len() == at(len) && (len == 0 || product.charges_at == begins),
            place,
            "does not have the charges that follow those of the product before it"
        );
        begins = begins.saturating_add(len);
        for item in charges {
            charge(model, index(id), product, item, &turns)?;
        }
        distinct(
            model,
            &place,
            charges
                .iter()
                .map(|charge| charge.name.to_native())
                .collect(),
        )?;
    }
    ensure!(
        at(begins) == model.charges.len(),
        "the charges",
        "contain one that belongs to no product"
    );
    let ids = model.charges.iter().map(|charge| charge.id.to_native());
    distinct(model, "the charges", ids.collect())
}

fn books(model: &ArchivedModel) -> Verified {
    let mut edges = Vec::new();
    for (id, book) in model.books.iter().enumerate() {
        are_strings(
            model,
            format!("book {id}"),
            &[book.name.to_native(), book.title.to_native()],
        )?;
        let place = format!("book `{}`", model.str(book.name.to_native()));
        let currencies = book.currencies.iter().map(|currency| currency.to_native());
        for currency in currencies.clone() {
            in_range(currency, model.currencies.len(), &place, "currency")?;
        }
        ensure!(
            strictly_ascending(currencies),
            place,
            "does not have its currencies sorted"
        );
        is_window(book.from.to_native(), book.to.to_native(), &place)?;
        if let Some(when) = some(book.when.to_native()) {
            fits(model, when, Need::QUOTE, &place, "the condition")?;
        }
        if let Some(replaces) = some(book.replaces.to_native()) {
            in_range(replaces, model.books.len(), &place, "book")?;
            edges.push((index(id), replaces));
        }
        is_rounding(book.rounding, &place)?;
        let levels = model.levels.len().max(1);
        in_range(book.level.to_native(), levels, &place, "level")?;
    }
    ensure!(
        acyclic(model.books.len(), &edges),
        "the books",
        "contain one that replaces itself"
    );
    let made_of = model
        .charges
        .iter()
        .flat_map(|charge| charge.prices.iter())
        .filter_map(|candidate| {
            let from = some(candidate.from.to_native())?;
            Some((candidate.book.to_native(), from))
        });
    let mut made_of: Vec<(u32, u32)> = made_of.collect();
    made_of.sort_unstable();
    made_of.dedup();
    let known = made_of
        .iter()
        .all(|(_, from)| at(*from) < model.books.len());
    ensure!(
        known && acyclic(model.books.len(), &made_of),
        "the books",
        "contain one whose prices are made of its own"
    );
    let names = model.books.iter().map(|book| book.name.to_native());
    distinct(model, "the books", names.collect())
}

fn is_rounding(mode: u8, place: &str) -> Verified {
    let known = quo_value::Rounding::from_code(mode).is_some();
    ensure!(
        known,
        place,
        "has the rounding mode {mode}, which is not known"
    );
    Ok(())
}

fn charge(
    model: &ArchivedModel,
    product_id: u32,
    product: &ArchivedProduct,
    charge: &ArchivedCharge,
    turns: &[usize],
) -> Verified {
    let strings = [&charge.name, &charge.id, &charge.title].map(|string| string.to_native());
    are_strings(model, "the charges", &strings)?;
    let place = format!("charge `{}`", model.str(charge.id.to_native()));
    ensure!(
        charge.product == product_id,
        place,
        "lies among the charges of another product"
    );
    let (months, priced) = (charge.months.to_native(), charge.price_months.to_native());
    let periods = if charge.kind == ArchivedChargeKind::OneTime {
        months == 0 && priced == 0
    } else {
        priced > 0 && months.checked_rem(priced).unwrap_or(0) == 0
    };
    ensure!(
        periods,
        place,
        "has a period of {months} months and prices of {priced}"
    );
    candidates::verify(model, product_id, product, charge, &place)?;
    adjustments::targets(model, (product_id, charge), turns, &place)?;
    for floor in charge.floors.iter() {
        are_strings(
            model,
            &place,
            &[floor.id.to_native(), floor.title.to_native()],
        )?;
        let need = wide_on_charge(product_id, NONE);
        fits(model, floor.least.to_native(), need, &place, "the floor")?;
        is_wide_scale(floor.least_scale, &place)?;
    }
    Ok(())
}
