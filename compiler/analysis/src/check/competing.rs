//! Two list price books that both have a price for one case: the decision would have to refuse it.

use quo_source::{Diagnostic, codes};

use super::cases::{Cases, words};
use super::condition::{Alternative, all};
use super::selling::{date, header, refused, scene_of, sold};
use crate::hir::{Prices, Rules};

/// More combinations of alternatives of two books than this are not looked at one by one.
const PAIRS_MAX: usize = 4_096;

/// Reports each pair of books once, at the first charge that both have a price for.
pub fn check(rules: &Rules, found: &mut Vec<Diagnostic>) {
    let mut told: Vec<(usize, usize)> = Vec::new();
    for charge in &rules.charges {
        let list = |prices: &&Prices| {
            let book = rules.books.get(prices.book);
            book.is_some_and(|book| book.replaces.is_none())
        };
        let lists: Vec<&Prices> = charge.prices.iter().filter(list).collect();
        for (index, second) in lists.iter().enumerate() {
            for first in lists.iter().take(index) {
                let pair = (first.book, second.book);
                let level = |prices: &Prices| rules.books.get(prices.book)?.level;
                // One of them comes first.
                if first.book == second.book
                    || first.target != second.target
                    || level(first) != level(second)
                {
                    continue;
                }
                if !told.contains(&pair)
                    && let Some(finding) = competing(rules, charge, first, second)
                {
                    told.push(pair);
                    found.push(finding);
                }
            }
        }
    }
}

fn competing(
    rules: &Rules,
    charge: &crate::hir::Charge,
    first: &Prices,
    second: &Prices,
) -> Option<Diagnostic> {
    let (a, b) = (rules.books.get(first.book)?, rules.books.get(second.book)?);
    let scene = scene_of(rules, charge.product);
    let (of_a, of_b) = (header(rules, &scene, a), header(rules, &scene, b));
    if of_a.len().saturating_mul(of_b.len()) > PAIRS_MAX {
        return None;
    }
    // Where a condition is not understood, that both hold is not known.
    let both: Vec<Alternative> = all(&[of_a, of_b])
        .into_iter()
        .filter(|both| both.exact)
        .collect();
    if both.is_empty() {
        return None;
    }
    let mut cases = Cases::default();
    cases.restrict(&date(rules)?, &sold(rules, charge.product));
    cases.add_table(&scene, &first.rows.table, &both, None, 1);
    cases.add_table(
        &scene,
        &second.rows.table,
        &[Alternative::anything()],
        None,
        2,
    );
    let (groups, unclear) = refused(rules, &scene, charge.product, &mut cases, 3);
    let (columns, answer) = cases.search(|search| search.uncovered(groups));
    let product = rules.products.get(charge.product)?;
    let name = format!("{}.{}", product.name, charge.name);
    let Ok(point) = answer else {
        let what = format!(
            "`{}` and `{}` both have a price of `{name}`",
            a.name, b.name
        );
        return Some(super::not_finished(&what, b.span));
    };
    let case = words(&scene, &columns, &point?);
    let message = format!(
        "the price books `{}` and `{}` both have a price of `{name}`",
        a.name, b.name
    );
    let finding = match unclear {
        None => Diagnostic::error(codes::COMPETING_BOOKS, message),
        Some(rule) => Diagnostic::warning(codes::COMPETING_BOOKS, message).note(format!(
            "unless the rule `{}` refuses it, which is not known",
            rule.id
        )),
    };
    Some(
        finding
            .at(b.span, "this book")
            .also(a.span, "and this book")
            .note(format!("for example {case}"))
            .suggest_edits(
                "end one window before the other begins, tell them apart with `when`, say which one `replaces` the other, or give them levels with `choose price by`",
                Vec::new(),
            ),
    )
}
