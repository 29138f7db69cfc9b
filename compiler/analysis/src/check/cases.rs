//! Alternatives of several rules as rows over common columns, ready to be searched.

use std::collections::BTreeMap;

use super::condition::Alternative;
use super::scene::{Dimension, Key, Scene};
use super::search::{Case, Point, Search};
use super::set::{Ordinal, Set};
use crate::hir::Table;
use crate::types::Type;

/// Rows over the things that any of them speaks about.
#[derive(Default)]
pub struct Cases {
    columns: Vec<Dimension>,
    index: BTreeMap<Key, usize>,
    rows: Vec<Case>,
}

impl Cases {
    /// Adds what an alternative admits as a row of a group.
    pub fn add(&mut self, alternative: &Alternative, group: usize) {
        let mut cells = Vec::new();
        for (dimension, set) in alternative.admits.values() {
            let column = self.column(dimension);
            put(&mut cells, column, set);
        }
        self.rows.push(Case { cells, group });
    }

    /// Adds the rows of a table, each under every one of the alternatives, as rows of a group. Bounds that are amounts are
    /// those of `currency`.
    pub fn add_table(
        &mut self,
        scene: &Scene<'_>,
        table: &Table,
        under: &[Alternative],
        currency: Option<usize>,
        group: usize,
    ) {
        let columns: Vec<Option<Dimension>> = table
            .columns
            .iter()
            .enumerate()
            .map(|(index, column)| scene.column(column, index))
            .collect();
        let columns: Vec<Option<(Type, usize)>> = columns
            .iter()
            .map(|found| found.as_ref().map(|found| (found.ty, self.column(found))))
            .collect();
        for alternative in under {
            let mut shared = Vec::new();
            for (dimension, set) in alternative.admits.values() {
                let column = self.column(dimension);
                put(&mut shared, column, set);
            }
            for row in &table.rows {
                let mut cells = shared.clone();
                for (cell, column) in row.cells.iter().zip(&columns) {
                    let Some((ty, column)) = column else { continue };
                    if let Some(set) = scene.cell(cell, *ty, currency) {
                        put(&mut cells, *column, &set);
                    }
                }
                self.rows.push(Case { cells, group });
            }
        }
    }

    /// Leaves only these values of something.
    pub fn restrict(&mut self, dimension: &Dimension, set: &Set) {
        let column = self.column(dimension);
        if let Some(found) = self.columns.get_mut(column) {
            found.domain = found.domain.and(set);
        }
    }

    /// The columns and a search over the rows of their domains.
    pub fn search<T>(self, ask: impl FnOnce(Search<'_>) -> T) -> (Vec<Dimension>, T) {
        let domain: Vec<Set> = self
            .columns
            .iter()
            .map(|found| found.domain.clone())
            .collect();
        let mut rows = self.rows;
        for row in &mut rows {
            row.cells.resize(domain.len(), None);
        }
        let answer = ask(Search::new(&domain, rows));
        (self.columns, answer)
    }

    fn column(&mut self, dimension: &Dimension) -> usize {
        let next = self.columns.len();
        let column = *self.index.entry(dimension.key).or_insert(next);
        if column == next {
            self.columns.push(dimension.clone());
        }
        column
    }
}

/// Adds a condition on a column to those of a row.
fn put(cells: &mut Vec<Option<Set>>, column: usize, set: &Set) {
    if cells.len() <= column {
        cells.resize(column.saturating_add(1), None);
    }
    if let Some(cell) = cells.get_mut(column) {
        let both = cell
            .as_ref()
            .map_or_else(|| set.clone(), |before| before.and(set));
        *cell = Some(both);
    }
}

/// A case that was found, in a person's words, in the order of the columns.
#[must_use]
pub fn words(scene: &Scene<'_>, columns: &[Dimension], point: &Point) -> String {
    let mut values: Vec<(usize, Ordinal)> = point.clone();
    values.sort_unstable();
    let words: Vec<String> = values
        .iter()
        .filter_map(|(column, value)| Some(scene.words(columns.get(*column)?, *value)))
        .collect();
    if words.is_empty() {
        "any case at all".to_owned()
    } else {
        words.join(", ")
    }
}
