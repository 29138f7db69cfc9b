//! Rows of prices and of permitted combinations that can hold for nothing: outside of what the product can be, of when and
//! for whom their book is, or of the days on which the product is sold.

use quo_source::{Diagnostic, codes};

use super::condition::Alternative;
use super::scene::{Dimension, Names, Scene};
use super::selling::{date, header, scene_of, sold};
use super::set::Set;
use crate::hir::{RuleBody, Rules, Table};

/// Reports every row that can never hold.
pub fn check(rules: &Rules, found: &mut Vec<Diagnostic>) {
    for charge in &rules.charges {
        let days = sold(rules, charge.product);
        if days.is_empty() {
            continue;
        }
        let scene = scene_of(rules, charge.product);
        for prices in &charge.prices {
            let Some(book) = rules.books.get(prices.book) else {
                continue;
            };
            let under: Vec<Alternative> = header(rules, &scene, book)
                .into_iter()
                .filter_map(|under| under.only(&date(rules)?, &days))
                .collect();
            // A book that never applies is told as a whole.
            if !under.is_empty() {
                rows(&scene, &prices.table, &under, found);
            }
        }
    }
    for rule in &rules.rules {
        if let RuleBody::Table(table) = &rule.body {
            let scene = Scene::new(Names::of(rules), rule.product, None);
            rows(&scene, table, &[Alternative::anything()], found);
        }
    }
    for table in rules.decision_tables.iter().map(|found| &found.table) {
        let scene = Scene::new(Names::of(rules), None, None);
        rows(&scene, table, &[Alternative::anything()], found);
    }
}

fn rows(scene: &Scene<'_>, table: &Table, under: &[Alternative], found: &mut Vec<Diagnostic>) {
    let columns: Vec<Option<Dimension>> = table
        .columns
        .iter()
        .enumerate()
        .map(|(index, column)| scene.column(column, index))
        .collect();
    for row in &table.rows {
        let cells: Vec<(&Dimension, Set)> = row
            .cells
            .iter()
            .zip(&columns)
            .filter_map(|(cell, of)| {
                let of = of.as_ref()?;
                Some((of, scene.cell(cell, of.ty, None)?))
            })
            .collect();
        let mut outside = cells
            .iter()
            .filter(|(of, set)| set.and(&of.domain).is_empty());
        let reason = if let Some((of, _)) = outside.next() {
            format!("`{}` is never there", of.name)
        } else {
            let holds = under.iter().any(|under| {
                let mut cells = cells.iter();
                cells
                    .try_fold(under.clone(), |left, (of, set)| left.only(of, set))
                    .is_some()
            });
            if holds {
                continue;
            }
            "not while its book applies and the product is sold".to_owned()
        };
        found.push(
            Diagnostic::warning(
                codes::UNREACHABLE_ROW,
                format!("this row can never hold: {}", row.key),
            )
            .at(row.span, reason)
            .suggest_edits("correct it, or remove it", Vec::new()),
        );
    }
}
