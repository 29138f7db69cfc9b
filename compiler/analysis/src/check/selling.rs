//! When and to whom something is sold, as far as rules say so: what every check of prices leaves out.

use quo_value::Date;

use super::cases::Cases;
use super::condition::{Alternative, all, alternatives};
use super::scene::{Dimension, Key, Names, Scene, fact_name, ordinal};
use super::set::{Ordinal, Set};
use crate::hir::{Book, Cell, Rule, RuleBody, RuleKind, Rules, Table, Window};
use crate::types::Type;

/// The days of a window.
#[must_use]
pub fn days(window: Window) -> Set {
    let end = |date: Option<Date>, open: Date| Ordinal::from(date.unwrap_or(open).days());
    Set::interval(end(window.from, Date::MIN), end(window.to, Date::MAX))
}

/// The days on which a product is sold under these rules.
#[must_use]
pub fn sold(rules: &Rules, product: usize) -> Set {
    let sold = rules.products.get(product).map(|product| product.sold);
    days(rules.effective).and(&days(sold.unwrap_or_default()))
}

/// A fact that varies.
#[must_use]
pub fn fact(rules: &Rules, index: usize) -> Option<Dimension> {
    let found = rules.facts.get(index)?;
    let domain = match found.ty {
        Type::Currency => Set::interval(0, ordinal(rules.currencies.len()).saturating_sub(1)),
        _ => Set::interval(
            Ordinal::from(Date::MIN.days()),
            Ordinal::from(Date::MAX.days()),
        ),
    };
    Some(Dimension {
        key: Key::Fact(index),
        name: fact_name(found),
        ty: found.ty,
        domain,
    })
}

/// The currency of the quote.
#[must_use]
pub fn currency(rules: &Rules) -> Option<Dimension> {
    fact(rules, rules.fact_currency)
}

/// The selling date.
#[must_use]
pub fn date(rules: &Rules) -> Option<Dimension> {
    fact(rules, rules.fact_date)
}

/// When a book applies.
#[must_use]
pub fn header(rules: &Rules, scene: &Scene<'_>, book: &Book) -> Vec<Alternative> {
    let (Some(currency), Some(date)) = (currency(rules), date(rules)) else {
        return Vec::new();
    };
    let one = |index: &usize| (ordinal(*index), ordinal(*index));
    let currencies = Set::from_intervals(book.currencies.iter().map(one).collect());
    let frame = Alternative::anything()
        .only(&currency, &currencies)
        .and_then(|found| found.only(&date, &days(book.effective)));
    let when = match &book.when {
        Some(when) => alternatives(scene, when, true),
        None => vec![Alternative::anything()],
    };
    all(&[frame.into_iter().collect(), when])
}

/// What is not sold: adds the cases that constraints of the quote and eligibility rules of a product refuse as covered, and
/// those that tables of the quote permit as groups from `first_group` on. Gives the number of groups in all and a rule that
/// could not be understood, as that may refuse more.
pub fn refused<'r>(
    rules: &'r Rules,
    scene: &Scene<'_>,
    product: usize,
    cases: &mut Cases,
    first_group: usize,
) -> (usize, Option<&'r Rule>) {
    let mut groups = first_group.saturating_sub(1);
    let mut unclear = None;
    let own = rules
        .products
        .get(product)
        .map(|product| &product.eligibility);
    let of_quote = rules.quote_rules.iter();
    for rule in of_quote
        .chain(own.into_iter().flatten())
        .filter_map(|rule| rules.rules.get(*rule))
    {
        let breaks = match (&rule.body, rule.kind) {
            (_, RuleKind::Warn) => continue,
            (RuleBody::Expr(body), RuleKind::Exclude) => alternatives(scene, body, true),
            (RuleBody::Expr(body), _) => alternatives(scene, body, false),
            (RuleBody::Table(table), _) => {
                groups = groups.saturating_add(1);
                cases.add_table(scene, table, &[Alternative::anything()], None, groups);
                continue;
            }
        };
        unclear = refuse(cases, &breaks, rule).or(unclear);
    }
    if let Some((bundle, part)) = only_in(rules, product) {
        unclear = refused_in(rules, bundle, part, cases, &mut groups).or(unclear);
    }
    (groups, unclear)
}

/// Adds what breaks a rule as covered; gives the rule if more may break it.
fn refuse<'r>(cases: &mut Cases, breaks: &[Alternative], rule: &'r Rule) -> Option<&'r Rule> {
    for alternative in breaks {
        if alternative.exact || !alternative.admits.is_empty() {
            cases.add(alternative, 0);
        }
    }
    breaks
        .iter()
        .any(|alternative| !alternative.exact)
        .then_some(rule)
}

/// The one part of one bundle that a product is in, if that is all: its constraints say what is sold of it. (On its own it
/// could be sold otherwise, but nobody then has said how.)
fn only_in(rules: &Rules, product: usize) -> Option<(usize, usize)> {
    let mut places = rules
        .products
        .iter()
        .enumerate()
        .flat_map(|(bundle, found)| {
            let parts = found.parts.iter().enumerate();
            parts
                .filter(move |(_, part)| part.kinds.contains(&product))
                .map(move |(part, found)| ((bundle, part), found.kinds.len()))
        });
    let (place, kinds) = places.next()?;
    (kinds == 1 && places.next().is_none()).then_some(place)
}

/// What the constraints of a bundle refuse of a part, seen from the part.
fn refused_in<'r>(
    rules: &'r Rules,
    bundle: usize,
    part: usize,
    cases: &mut Cases,
    groups: &mut usize,
) -> Option<&'r Rule> {
    let scene = Scene::new(Names::of(rules), Some(bundle), None);
    let mut unclear = None;
    let of_bundle = rules
        .products
        .get(bundle)
        .map(|found| found.constraints.as_slice());
    for rule in of_bundle
        .unwrap_or_default()
        .iter()
        .filter_map(|rule| rules.rules.get(*rule))
    {
        match (&rule.body, rule.kind) {
            (_, RuleKind::Warn) => {}
            (RuleBody::Expr(body), kind) => {
                let breaks = alternatives(&scene, body, kind == RuleKind::Exclude);
                let breaks: Vec<Alternative> = breaks
                    .into_iter()
                    .map(|breaks| from_part(breaks, part))
                    .collect();
                unclear = refuse(cases, &breaks, rule).or(unclear);
            }
            (RuleBody::Table(table), _) => {
                *groups = groups.saturating_add(1);
                for row in rows_of(&scene, table) {
                    cases.add(&from_part(row, part), *groups);
                }
            }
        }
    }
    unclear
}

/// Each row of a table as what it admits.
fn rows_of(scene: &Scene<'_>, table: &Table) -> Vec<Alternative> {
    let columns: Vec<Option<Dimension>> = table
        .columns
        .iter()
        .enumerate()
        .map(|(index, column)| scene.column(column, index))
        .collect();
    let row = |row: &crate::hir::Row| {
        let mut cells = row.cells.iter().zip(&columns);
        cells.try_fold(Alternative::anything(), |admits, (cell, of)| {
            let said = of
                .as_ref()
                .and_then(|of| Some((of, scene.cell(cell, of.ty, None)?)));
            match said {
                Some((of, set)) => admits.only(of, &set),
                None => Some(admits),
            }
        })
    };
    table.rows.iter().filter_map(row).collect()
}

/// What a bundle says, seen from the item in one of its parts: its options are the item's own, all else is one level up.
fn from_part(alternative: Alternative, of: usize) -> Alternative {
    let seen = |key: Key| match key {
        Key::PartOption(0, part, option) if part == of => Key::Option(0, option),
        Key::PartOption(up, part, option) => Key::PartOption(up.saturating_add(1), part, option),
        Key::Option(up, option) => Key::Option(up.saturating_add(1), option),
        Key::PartKind(up, part) => Key::PartKind(up.saturating_add(1), part),
        Key::Has(up, part, product) => Key::Has(up.saturating_add(1), part, product),
        Key::Count(up, part) => Key::Count(up.saturating_add(1), part),
        other => other,
    };
    let admits = alternative.admits.into_values().map(|(mut of, set)| {
        of.key = seen(of.key);
        // Seen from the item that is there, its options are there.
        if matches!(of.key, Key::Option(0, _)) {
            of.domain = of.domain.minus(&Set::one(super::set::ABSENT));
        }
        (of.key, (of, set))
    });
    Alternative {
        admits: admits.collect(),
        exact: alternative.exact,
    }
}

/// Whether a table is keyed by texts: nobody declared which texts there are, so none of them is missing.
#[must_use]
pub fn keyed_by_text(table: &Table) -> bool {
    table.columns.iter().enumerate().any(|(index, column)| {
        column.expr.ty == Type::Text
            && table
                .rows
                .iter()
                .all(|row| row.cells.get(index) != Some(&Cell::Any))
    })
}

/// A scene on the product of a charge.
#[must_use]
pub fn scene_of(rules: &Rules, product: usize) -> Scene<'_> {
    Scene::new(Names::of(rules), Some(product), None)
}
