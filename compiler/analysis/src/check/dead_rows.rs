//! Rows of prices and of permitted combinations that can hold for nothing: outside of what the product can be, of when and
//! for whom their book is, or of the days on which the product is sold.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use quo_source::{Diagnostic, codes};

use super::condition::Alternative;
use super::scene::{Dimension, Names, Scene};
use super::selling::{date, header, scene_of, sold};
use super::set::Set;
use crate::hir::{Cell, Row, RuleBody, Rules, Table};

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
                rows(&scene, &prices.rows.table, &under, found);
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
    let columns = table.columns.iter().enumerate();
    let columns: Vec<Option<Dimension>> = columns
        .map(|(index, column)| scene.column(column, index))
        .collect();
    let mut easy = Easy::new(under, &columns);
    for row in &table.rows {
        if easy.holds(scene, row, &columns) {
            continue;
        }
        let Some(reason) = never(scene, row, &columns, under) else {
            continue;
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

/// Why a row never holds, if so.
fn never(
    scene: &Scene<'_>,
    row: &Row,
    columns: &[Option<Dimension>],
    under: &[Alternative],
) -> Option<String> {
    let cells: Vec<(&Dimension, Set)> = row
        .cells
        .iter()
        .zip(columns)
        .filter_map(|(cell, of)| {
            let of = of.as_ref()?;
            Some((of, scene.cell(cell, of.ty, None)?))
        })
        .collect();
    let mut outside = cells
        .iter()
        .filter(|(of, set)| set.and(&of.domain).is_empty());
    if let Some((of, _)) = outside.next() {
        return Some(format!("`{}` is never there", of.name));
    }
    let holds = under.iter().any(|under| {
        let mut cells = cells.iter();
        cells
            .try_fold(under.clone(), |left, (of, set)| left.only(of, set))
            .is_some()
    });
    (!holds).then(|| "not while its book applies and the product is sold".to_owned())
}

/// What is seen at once of nearly all rows of a large table: each cell alone has something in common with everything that
/// is possible, and no two cells are about the same thing, so that all of them can hold together. Cells that say the same
/// share what they say, and are looked at once.
struct Easy<'a> {
    under: &'a [Alternative],
    /// Whether the columns are about different things, and there is an alternative at all.
    applies: bool,
    known: Vec<HashMap<*const (), bool>>,
}

impl<'a> Easy<'a> {
    fn new(under: &'a [Alternative], columns: &[Option<Dimension>]) -> Self {
        let mut keys = BTreeSet::new();
        let distinct = columns.iter().flatten().all(|of| keys.insert(of.key));
        Self {
            under,
            applies: distinct && !under.is_empty(),
            known: vec![HashMap::new(); columns.len()],
        }
    }

    fn holds(&mut self, scene: &Scene<'_>, row: &Row, columns: &[Option<Dimension>]) -> bool {
        let under = self.under;
        let mut cells = row.cells.iter().zip(columns).zip(&mut self.known);
        self.applies
            && cells.all(|((cell, of), known)| {
                let (Some(of), Some(place)) = (of, place(cell)) else {
                    return true;
                };
                *known.entry(place).or_insert_with(|| {
                    let Some(set) = scene.cell(cell, of.ty, None) else {
                        return true;
                    };
                    let possible = |under: &Alternative| {
                        let left = under.admits.get(&of.key);
                        !set.and(left.map_or(&of.domain, |(_, left)| left))
                            .is_empty()
                    };
                    !set.and(&of.domain).is_empty() && under.iter().all(possible)
                })
            })
    }
}

/// Where what a cell says is kept; nothing for "any". The table keeps it as long as it is looked at.
fn place(cell: &Cell) -> Option<*const ()> {
    match cell {
        Cell::Any => None,
        Cell::Values(values) => Some(Arc::as_ptr(values).cast()),
        Cell::Ranges(ranges) => Some(Arc::as_ptr(ranges).cast()),
    }
}
