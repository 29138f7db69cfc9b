//! Tiers of a graduated price: they begin with the first unit, follow each other without a gap and end nowhere before the
//! largest quantity.

use std::collections::BTreeMap;

use quo_source::{Diagnostic, Span, codes};

use super::cover;
use crate::hir::{Bound, Cell, Interval, Row, Table};
use crate::show::number_text;
use crate::types::{Number, Type, Value};

/// A row with the first and the last unit that it prices.
type Tier<'r> = (&'r Row, (i128, i128));

/// Reports the first gap of each sequence of tiers. The last column of the table is the tier.
pub fn check(table: &Table, diagnostics: &mut Vec<Diagnostic>) {
    let Some(tier) = table.columns.last() else {
        return;
    };
    let Type::Number(number) = tier.expr.ty else {
        return;
    };
    let mut sequences: BTreeMap<String, (Vec<Cell>, Vec<Tier<'_>>)> = BTreeMap::new();
    for row in &table.rows {
        let Some((last, others)) = row.cells.split_last() else {
            continue;
        };
        for case in cases(others) {
            let key: Vec<String> = case.iter().map(|cell| format!("{cell:?}")).collect();
            let (_, tiers) = sequences
                .entry(key.join("|"))
                .or_insert_with(|| (case, Vec::new()));
            tiers.extend(intervals(last).into_iter().map(|interval| (row, interval)));
        }
    }
    let mut told: Vec<Span> = Vec::new();
    for (case, tiers) in sequences.values_mut() {
        tiers.sort_by_key(|(_, interval)| *interval);
        if gap(tiers, number).is_none() {
            continue;
        }
        // A unit may also be priced by a row that speaks about more cases than these.
        *tiers = covering(table, case);
        if let Some((row, message, advice)) = gap(tiers, number) {
            if told.contains(&row.span) {
                continue;
            }
            told.push(row.span);
            diagnostics.push(
                Diagnostic::error(codes::TIER_GAP, message)
                    .at(row.span, format!("this tier: {}", row.key))
                    .note(advice),
            );
        }
    }
}

fn gap<'r>(tiers: &[Tier<'r>], number: Number) -> Option<(&'r Row, String, String)> {
    let (first, (low, _)) = tiers.first()?;
    if *low > 1 {
        return Some((
            first,
            format!(
                "no tier prices {}",
                units((1, low.saturating_sub(1)), number)
            ),
            format!(
                "let the lowest tier begin at {}",
                if number.scale == 0 { 1 } else { 0 }
            ),
        ));
    }
    for pair in tiers.windows(2) {
        let [(_, (_, high)), (next, (low, _))] = pair else {
            continue;
        };
        if *low > high.saturating_add(1) {
            let missing = (high.saturating_add(1), low.saturating_sub(1));
            return Some((
                next,
                format!("no tier prices {}", units(missing, number)),
                format!("let this tier begin at {}", number_text(missing.0, number)),
            ));
        }
    }
    let (last, (_, high)) = tiers.last()?;
    if *high < number.max {
        let high = number_text(*high, number);
        let most = number_text(number.max, number);
        return Some((
            last,
            format!("no tier prices the units above {high}, and up to {most} may be ordered"),
            format!("end with `above {high}`"),
        ));
    }
    None
}

fn units((first, last): (i128, i128), number: Number) -> String {
    let one = first == last;
    let (first, last) = (number_text(first, number), number_text(last, number));
    if one {
        format!("the unit {first}")
    } else {
        format!("the units from {first} to {last}")
    }
}

fn intervals(cell: &Cell) -> Vec<(i128, i128)> {
    let end = |bound: Option<Bound>, open: i128| match bound {
        Some(Bound::Const(value)) => value,
        _ => open,
    };
    match cell {
        Cell::Any => vec![(i128::MIN, i128::MAX)],
        Cell::Ranges(ranges) => ranges
            .iter()
            .map(|Interval { low, high }| (end(*low, i128::MIN), end(*high, i128::MAX)))
            .collect(),
        Cell::Values(values) => values
            .iter()
            .filter_map(|value| {
                if let Value::Number(number) = value {
                    Some((*number, *number))
                } else {
                    None
                }
            })
            .collect(),
    }
}

/// The most cases that the values of one row are told apart into.
const CASES_OF_A_ROW_MAX: usize = 64;

/// The conditions of a row, one value at a time, so that rows that list values in other groups still meet.
fn cases(others: &[Cell]) -> Vec<Vec<Cell>> {
    let mut cases: Vec<Vec<Cell>> = vec![Vec::new()];
    for cell in others {
        let single: Vec<Cell> = match cell {
            Cell::Values(values)
                if values.len().saturating_mul(cases.len()) <= CASES_OF_A_ROW_MAX =>
            {
                let one = |value: &Value| Cell::Values([value.clone()].into());
                values.iter().map(one).collect()
            }
            other => vec![other.clone()],
        };
        cases = cases
            .iter()
            .flat_map(|case| {
                single.iter().map(move |cell| {
                    let mut longer = case.clone();
                    longer.push(cell.clone());
                    longer
                })
            })
            .collect();
    }
    cases
}

/// The tiers of every row that holds in a case, in their order.
fn covering<'r>(table: &'r Table, case: &[Cell]) -> Vec<Tier<'r>> {
    let mut tiers: Vec<Tier<'r>> = Vec::new();
    for row in &table.rows {
        let Some((last, others)) = row.cells.split_last() else {
            continue;
        };
        if others
            .iter()
            .zip(case)
            .all(|(outer, inner)| cover::cell(outer, inner))
        {
            tiers.extend(intervals(last).into_iter().map(|interval| (row, interval)));
        }
    }
    tiers.sort_by_key(|(_, interval)| *interval);
    tiers
}
