//! Something that is sold in a currency, in a region or on days for which no price book has a price of it.
//!
//! Looked at one thing at a time: a currency of `currencies`, a value that conditions of books tell apart, a day between the
//! first and the last that the rules serve. Which combinations of them are sold is for eligibility rules to say. It is a
//! warning: not to sell something in some currency may be meant, and a decision that needs the price says that it lacks.

use std::collections::BTreeMap;

use quo_source::{Diagnostic, Span, codes};
use quo_value::Date;

use super::cases::{Cases, words};
use super::condition::Alternative;
use super::scene::{Dimension, Key, Scene};
use super::selling::{currency, date, header, refused, scene_of, sold};
use super::set::{Ordinal, Set};
use crate::hir::{Rules, Window};
use crate::types::Type;

/// What is not priced: in words, with the charges that are not, each with its place, and an example.
type Missing = BTreeMap<(Key, Ordinal), (String, Vec<(String, Span)>, String)>;

/// Reports for each currency, value and stretch of days the charges that have no price there.
pub fn check(rules: &Rules, found: &mut Vec<Diagnostic>) {
    let mut missing = Missing::new();
    for index in 0..rules.charges.len() {
        charge(rules, index, &mut missing);
    }
    for (what, charges, example) in missing.into_values() {
        let Some((first, span)) = charges.first() else {
            continue;
        };
        let message = match charges.len().saturating_sub(1) {
            0 => format!("no price book has a price of `{first}` {what}"),
            1 => format!("no price book has prices of `{first}` and 1 other charge {what}"),
            more => {
                format!("no price book has prices of `{first}` and {more} other charges {what}")
            }
        };
        let mut finding = Diagnostic::warning(codes::MISSING_PRICE, message)
            .at(*span, "declared here, and sold there")
            .note(format!("for example {example}"));
        if charges.len() > 1 {
            let names: Vec<String> = charges
                .iter()
                .take(12)
                .map(|(name, _)| format!("`{name}`"))
                .collect();
            finding = finding.note(format!("without a price: {}", names.join(", ")));
        }
        found.push(finding.suggest_edits(
            "add the prices, or say with `eligible` or `require` that it is not sold",
            Vec::new(),
        ));
    }
}

fn charge(rules: &Rules, index: usize, missing: &mut Missing) -> Option<()> {
    let charge = rules.charges.get(index)?;
    let product = rules.products.get(charge.product)?;
    let days = sold(rules, charge.product);
    if days.is_empty() {
        return None;
    }
    let scene = scene_of(rules, charge.product);
    let mut headers = Vec::new();
    let mut hull: Option<(Option<Date>, Option<Date>)> = None;
    for prices in &charge.prices {
        let book = rules.books.get(prices.book)?;
        if book.replaces.is_none() {
            headers.extend(header(rules, &scene, book));
            let (from, to) = (book.effective.from, book.effective.to);
            hull = Some(match hull {
                None => (from, to),
                Some((first, last)) => (first.min(from), last.zip(to).map(|(a, b)| a.max(b))),
            });
        }
    }
    let (from, to) = hull?;
    let name = format!("{}.{}", product.name, charge.name);
    let mut note = |of: &Dimension, value: Ordinal, what: String, example: String| {
        let entry = missing.entry((of.key, value));
        let (_, charges, _) = entry.or_insert_with(|| (what, Vec::new(), example));
        charges.push((name.clone(), charge.span));
    };
    for of in told_apart(rules, &headers) {
        let priced = headers.iter().fold(Set::default(), |priced, header| {
            priced.or(header
                .admits
                .get(&of.key)
                .map_or(&of.domain, |(_, set)| set))
        });
        for (low, high) in of.domain.minus(&priced).intervals() {
            for value in (*low..=*high).take(64) {
                if let Some(example) = is_sold(rules, &scene, charge.product, &of, &Set::one(value))
                {
                    note(
                        &of,
                        value,
                        format!("with {}", scene.words(&of, value)),
                        example,
                    );
                }
            }
        }
    }
    // The days that the rules say they serve; where they do not say, those from the first to the last book.
    let of = date(rules)?;
    let served = super::selling::days(Window {
        from: rules.effective.from.or(from),
        to: rules.effective.to.or(to),
    });
    let priced = headers.iter().fold(Set::default(), |priced, header| {
        priced.or(header
            .admits
            .get(&of.key)
            .map_or(&of.domain, |(_, set)| set))
    });
    for (low, high) in served.and(&days).minus(&priced).intervals() {
        if let Some(example) = is_sold(
            rules,
            &scene,
            charge.product,
            &of,
            &Set::interval(*low, *high),
        ) {
            let (first, last) = (scene.words(&of, *low), scene.words(&of, *high));
            let (first, last) = (
                first.trim_start_matches("on "),
                last.trim_start_matches("on "),
            );
            note(&of, *low, format!("from {first} to {last}"), example);
        }
    }
    None
}

/// The currency, and the facts with few values by which books are chosen.
fn told_apart(rules: &Rules, headers: &[Alternative]) -> Vec<Dimension> {
    let mut found: BTreeMap<Key, Dimension> = BTreeMap::new();
    found.extend(currency(rules).map(|of| (of.key, of)));
    for (key, (of, _)) in headers.iter().flat_map(|header| &header.admits) {
        if matches!(
            (key, of.ty),
            (Key::Fact(_), Type::Enum(_) | Type::Bool | Type::Currency)
        ) {
            found.insert(*key, of.clone());
        }
    }
    found.into_values().collect()
}

/// A case with these values that no rule refuses.
fn is_sold(
    rules: &Rules,
    scene: &Scene<'_>,
    product: usize,
    of: &Dimension,
    values: &Set,
) -> Option<String> {
    let mut cases = Cases::default();
    cases.restrict(of, values);
    cases.restrict(&date(rules)?, &sold(rules, product));
    let only = Alternative::anything().only(of, values)?;
    cases.add(&only, 1);
    let (groups, unclear) = refused(rules, scene, product, &mut cases, 2);
    if unclear.is_some() {
        return None;
    }
    let (columns, answer) = cases.search(|search| search.uncovered(groups));
    let point = answer.ok()??;
    let case = words(scene, &columns, &point);
    let value = scene.words(of, values.any()?);
    if case.contains(&value) {
        Some(case)
    } else if point.is_empty() {
        Some(value)
    } else {
        Some(format!("{value}, {case}"))
    }
}
