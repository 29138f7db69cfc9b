//! Tiers of a graduated price: they begin with the first unit, follow each other without a gap and end nowhere before the
//! largest quantity.

use std::collections::BTreeMap;

use quo_source::{Diagnostic, codes};

use crate::hir::{Bound, Cell, Interval, Row, Table};
use crate::types::{Type, Value};

/// A row with the first and the last unit that it prices.
type Tier<'r> = (&'r Row, (i128, i128));

/// Reports the first gap of each sequence of tiers. The last column of the table is the tier.
pub fn check(table: &Table, diagnostics: &mut Vec<Diagnostic>) {
    let Some(tier) = table.columns.last() else {
        return;
    };
    let most = match tier.expr.ty {
        Type::Number(number) => number.max,
        _ => return,
    };
    let mut sequences: BTreeMap<String, Vec<Tier<'_>>> = BTreeMap::new();
    for row in &table.rows {
        let Some((last, others)) = row.cells.split_last() else {
            continue;
        };
        let key: String = others.iter().map(fingerprint).collect::<Vec<_>>().join("|");
        for interval in intervals(last) {
            sequences
                .entry(key.clone())
                .or_default()
                .push((row, interval));
        }
    }
    for tiers in sequences.values_mut() {
        tiers.sort_by_key(|(_, interval)| *interval);
        if let Some((row, message, advice)) = gap(tiers, most) {
            diagnostics.push(
                Diagnostic::error(codes::TIER_GAP, message)
                    .at(row.span, format!("this tier: {}", row.key))
                    .note(advice),
            );
        }
    }
}

fn gap<'r>(tiers: &[Tier<'r>], most: i128) -> Option<(&'r Row, String, String)> {
    let (first, (low, _)) = tiers.first()?;
    if *low > 1 {
        return Some((
            first,
            format!("no tier prices the units from 1 to {}", low - 1),
            format!("let the lowest tier begin at 1, as `1 to {}`", low - 1),
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
                format!(
                    "no tier prices the units from {} to {}",
                    missing.0, missing.1
                ),
                format!("let this tier begin at {}", missing.0),
            ));
        }
    }
    let (last, (_, high)) = tiers.last()?;
    if *high < most {
        return Some((
            last,
            format!("no tier prices the units above {high}, and up to {most} may be ordered"),
            format!("end with `above {high}`"),
        ));
    }
    None
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

fn fingerprint(cell: &Cell) -> String {
    format!("{cell:?}")
}
