//! Rows that overlap where at most one may match.
//!
//! Rows are grouped by the exact columns that no row leaves open, so that only rows that agree there are compared pair by
//! pair; work is counted, and a table too tangled to finish says so rather than passing unchecked.

use std::collections::{BTreeMap, HashMap};

use quo_source::{Diagnostic, Stopped, Work, codes};

use super::cases::Cases;
use super::condition::Alternative;
use super::scene::{Names, Scene};
use super::search::TooLarge;
use crate::hir::{Bound, Cell, Interval, Row, Table};
use crate::show::ordinal_text;
use crate::types::Value;
use crate::world::World;

/// Reports the first pair of overlapping rows for each row that overlaps an earlier one.
///
/// # Errors
/// When the work budget is used up or the work is cancelled.
pub fn check(
    world: &World,
    table: &Table,
    work: &Work,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<(), Stopped> {
    let found = match overlaps(world, table, work)? {
        Ok(found) => found,
        Err(TooLarge) => {
            let place = table.rows.first().map(|row| row.span);
            let what = format!("two rows of `{}` hold for the same case", table.id);
            diagnostics.extend(place.map(|place| super::not_finished(&what, place)));
            return Ok(());
        }
    };
    for (later, earlier) in found {
        let (Some(second), Some(first)) = (table.rows.get(later), table.rows.get(earlier)) else {
            continue;
        };
        diagnostics.push(
            Diagnostic::error(codes::OVERLAPPING_ROWS, format!("two rows of `{}` hold for the same case", table.id))
                .at(second.span, format!("this row: {}", second.key))
                .also(first.span, format!("and this row: {}", first.key))
                .note(format!("for example {}", witness(world, table, first, second)))
                .suggest_edits("make the rows differ, or remove one; which of two prices holds must not depend on their order", Vec::new()),
        );
    }
    Ok(())
}

/// As many pairs as this are compared one by one, and in larger tables as many for each row; with more of them cutting the
/// columns where rows begin and end is faster.
const PAIRS_MAX: usize = 1_000_000;
const PAIRS_OF_A_ROW_MAX: usize = 64;

type Overlaps = Vec<(usize, usize)>;

fn overlaps(
    world: &World,
    table: &Table,
    work: &Work,
) -> Result<Result<Overlaps, TooLarge>, Stopped> {
    let places = grouped(table, work)?;
    let groups = || places.chunk_by(|one, other| one.0 == other.0);
    let pairs = groups().fold(0usize, |pairs, members| {
        pairs.saturating_add(members.len().saturating_mul(members.len()))
    });
    if pairs > PAIRS_MAX.max(table.rows.len().saturating_mul(PAIRS_OF_A_ROW_MAX)) {
        work.spend(u64::try_from(table.rows.len()).unwrap_or(u64::MAX))?;
        let scene = Scene::new(Names::declared(world), None, None);
        let mut cases = Cases::default();
        cases.add_table(&scene, table, &[Alternative::anything()], None, 0);
        let (_, found) = cases.search(|search| search.overlaps());
        return Ok(found.map(|found| found.into_iter().collect()));
    }
    let mut found: BTreeMap<usize, usize> = BTreeMap::new();
    let row = |number: u32| table.rows.get(number as usize);
    for members in groups() {
        for (position, &(_, later)) in members.iter().enumerate() {
            for &(_, earlier) in members.iter().take(position) {
                work.spend(1)?;
                let pair = row(earlier).zip(row(later));
                if pair.is_some_and(|(a, b)| meet(a, b)) {
                    found
                        .entry(later as usize)
                        .and_modify(|first| *first = (*first).min(earlier as usize))
                        .or_insert(earlier as usize);
                }
            }
        }
    }
    Ok(Ok(found.into_iter().collect()))
}

/// Every row with the number of its group, by group and row: only rows with a group in common can hold for the same case.
/// A group are the rows that agree in the closed columns.
fn grouped(table: &Table, work: &Work) -> Result<Vec<(u32, u32)>, Stopped> {
    let rows = (0_u32..).take(table.rows.len());
    let mut places: Vec<(u32, u32)> = rows.map(|row| (0, row)).collect();
    for column in closed_columns(table) {
        let mut numbers: HashMap<(u32, &Value), u32> = HashMap::new();
        let mut finer = Vec::with_capacity(places.len());
        for (group, number) in places {
            let row = table.rows.get(number as usize);
            let Some(Cell::Values(values)) = row.and_then(|row| row.cells.get(column)) else {
                continue;
            };
            work.spend(u64::try_from(values.len()).unwrap_or(u64::MAX))?;
            for value in values.iter() {
                let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
                let group = *numbers.entry((group, value)).or_insert(next);
                finer.push((group, number));
            }
        }
        places = finer;
    }
    work.spend(u64::try_from(places.len()).unwrap_or(u64::MAX))?;
    places.sort_unstable();
    Ok(places)
}

/// The most groups that one row may stand in.
const GROUPS_OF_A_ROW_MAX: usize = 64;

/// Exact columns that no row leaves open; fewer where the values of a row would multiply out to too many groups.
fn closed_columns(table: &Table) -> Vec<usize> {
    let mut groups: Vec<usize> = vec![1; table.rows.len()];
    let mut closed = Vec::new();
    for (index, column) in table.columns.iter().enumerate() {
        let grown: Option<Vec<usize>> = table
            .rows
            .iter()
            .zip(&groups)
            .map(|(row, groups)| match row.cells.get(index) {
                Some(Cell::Values(values)) => groups
                    .checked_mul(values.len())
                    .filter(|grown| *grown <= GROUPS_OF_A_ROW_MAX),
                _ => None,
            })
            .collect();
        if let Some(grown) = grown.filter(|_| !column.range) {
            groups = grown;
            closed.push(index);
        }
    }
    closed
}

fn meet(a: &Row, b: &Row) -> bool {
    a.cells.iter().zip(&b.cells).all(|(x, y)| match (x, y) {
        (Cell::Any, _) | (_, Cell::Any) => true,
        (Cell::Values(x), Cell::Values(y)) => x.iter().any(|value| y.contains(value)),
        (Cell::Ranges(x), Cell::Ranges(y)) => x
            .iter()
            .any(|one| y.iter().any(|other| common(one, other).is_some())),
        _ => false,
    })
}

/// What two intervals have in common; amounts that differ by currency are taken to meet.
fn common(a: &Interval, b: &Interval) -> Option<(i128, i128)> {
    let low = constant(a.low, i128::MIN).max(constant(b.low, i128::MIN));
    let high = constant(a.high, i128::MAX).min(constant(b.high, i128::MAX));
    (low <= high).then_some((low, high))
}

fn constant(bound: Option<Bound>, open: i128) -> i128 {
    match bound {
        Some(Bound::Const(value)) => value,
        _ => open,
    }
}

fn witness(world: &World, table: &Table, first: &Row, second: &Row) -> String {
    let mut parts = Vec::new();
    for ((column, x), y) in table.columns.iter().zip(&first.cells).zip(&second.cells) {
        let narrow = if matches!(x, Cell::Any) { y } else { x };
        let number = |number: i128| ordinal_text(world, column.expr.ty, number);
        let part = match (x, y, narrow) {
            (Cell::Any, Cell::Any, _) => continue,
            (Cell::Ranges(x), Cell::Ranges(y), _) => {
                let both = x
                    .iter()
                    .find_map(|one| y.iter().find_map(|other| common(one, other)));
                both.map(|(low, high)| number(if low == i128::MIN { high } else { low }))
            }
            (_, _, Cell::Ranges(ranges)) => ranges
                .first()
                .map(|range| number(constant(range.low.or(range.high), 0))),
            (Cell::Values(x), Cell::Values(y), _) => x
                .iter()
                .find(|value| y.contains(value))
                .map(|value| crate::show::value_text(world, column.expr.ty, value)),
            (_, _, Cell::Values(values)) => values
                .first()
                .map(|value| crate::show::value_text(world, column.expr.ty, value)),
            (_, _, Cell::Any) => None,
        };
        if let Some(part) = part {
            parts.push(format!("{} {part}", column.name));
        }
    }
    if parts.is_empty() {
        "any case at all".to_owned()
    } else {
        parts.join(", ")
    }
}
