//! Cases that a price book is there for and has no row for.
//!
//! A charge is looked at with all its books together: a case counts as priced if any of them has a row for it, and as not
//! sold if a constraint of the quote or an eligibility rule refuses it. It is a warning: a decision never takes a wrong price
//! for it, it is blocked and says what has no price.

use quo_source::{Diagnostic, codes};

use super::cases::{Cases, words};
use super::condition::Alternative;
use super::scene::Scene;
use super::selling::{date, header, keyed_by_text, refused, scene_of, sold};
use super::set::Set;
use crate::hir::{Prices, Rules, Table};

/// More rows than this under alternatives of a book are not multiplied out.
const ROWS_MAX: usize = 2_000_000;

/// Reports for each charge one case that its books leave out.
pub fn check(rules: &Rules, found: &mut Vec<Diagnostic>) {
    for index in 0..rules.charges.len() {
        gap(rules, index, found);
    }
}

fn gap(rules: &Rules, index: usize, found: &mut Vec<Diagnostic>) -> Option<()> {
    let charge = rules.charges.get(index)?;
    let days = sold(rules, charge.product);
    if days.is_empty()
        || charge
            .prices
            .iter()
            .any(|prices| keyed_by_text(&prices.rows.table))
    {
        return None;
    }
    let scene = scene_of(rules, charge.product);
    let mut tables = charge.prices.iter().map(|prices| &prices.rows.table);
    // What is worked out in columns of several tables is not known to be the same.
    if charge.prices.len() > 1 && tables.any(|table| works_out(&scene, table)) {
        return None;
    }
    let mut cases = Cases::default();
    cases.restrict(&date(rules)?, &days);
    let mut lists: Vec<(&Prices, Alternative)> = Vec::new();
    for prices in &charge.prices {
        let book = rules.books.get(prices.book)?;
        for (index, column) in prices.rows.table.columns.iter().enumerate() {
            let counted = charge.quantity.of.as_ref();
            let counted = counted.filter(|of| of.is_same(&column.expr));
            // What is counted is never below zero, whatever its type says.
            if let Some(of) = counted.and_then(|_| scene.column(column, index)) {
                cases.restrict(&of, &Set::interval(0, i128::MAX));
            }
        }
        let mut under = header(rules, &scene, book);
        if under.len().saturating_mul(prices.rows.table.rows.len()) > ROWS_MAX {
            under = vec![Alternative::anything()];
        }
        cases.add_table(&scene, &prices.rows.table, &under, None, 0);
        if book.replaces.is_none() {
            for alternative in under.into_iter().filter(|under| under.exact) {
                cases.add(&alternative, 1);
                lists.push((prices, alternative));
            }
        }
        if charge.quantity.of.is_some() {
            nothing_ordered(&scene, prices, &mut cases);
        }
    }
    let (groups, unclear) = refused(rules, &scene, charge.product, &mut cases, 2);
    let (columns, answer) = cases.search(|search| search.uncovered(groups));
    let product = rules.products.get(charge.product)?;
    let name = format!("{}.{}", product.name, charge.name);
    let Ok(gap) = answer else {
        found.push(super::not_finished(
            &format!("every case of `{name}` has a price"),
            charge.span,
        ));
        return None;
    };
    let point = gap?;
    let case = words(&scene, &columns, &point);
    // The book that is there for the case.
    let (prices, _) = lists.iter().find(|(_, alternative)| {
        point.iter().all(|(column, value)| {
            let admits = columns
                .get(*column)
                .and_then(|of| alternative.admits.get(&of.key));
            admits.is_none_or(|(_, set)| set.contains(*value))
        })
    })?;
    let book = rules.books.get(prices.book)?;
    let message = format!(
        "the price book `{}` leaves a case of `{name}` without a price",
        book.name
    );
    let place = prices
        .rows
        .table
        .rows
        .last()
        .map_or(book.span, |row| row.span);
    let mut finding = Diagnostic::warning(codes::PRICE_GAP, message)
        .at(place, "no row up to this one")
        .also(charge.span, "charged here")
        .note(format!("for example {case}"));
    if let Some(rule) = unclear {
        finding = finding.note(format!(
            "unless the rule `{}` refuses it, which is not known",
            rule.id
        ));
    }
    found.push(finding.suggest_edits(
        "add a row for it, or say with `eligible` or `require` that it is not sold",
        Vec::new(),
    ));
    None
}

/// Whether a column of a table is matched with what is worked out.
fn works_out(scene: &Scene<'_>, table: &Table) -> bool {
    let mut columns = table.columns.iter();
    columns.any(|column| scene.dimension(&column.expr).is_none())
}

/// Of graduated prices, nothing ordered is nothing charged.
fn nothing_ordered(scene: &Scene<'_>, prices: &Prices, cases: &mut Cases) {
    if !prices.rows.model.graduated {
        return;
    }
    let last = prices.rows.table.columns.len().saturating_sub(1);
    let tier = prices
        .rows
        .table
        .columns
        .last()
        .and_then(|column| scene.column(column, last));
    if let Some(nothing) =
        tier.and_then(|tier| Alternative::anything().only(&tier, &Set::interval(i128::MIN, 0)))
    {
        cases.add(&nothing, 0);
    }
}
