//! Tables of which the first row that holds decides: cases that none of them decides, and rows that decide nothing.
//!
//! What a column is matched with is taken with every value that its type can have: a discount that was worked out and
//! rounded may be a little less than 0%, and a row that begins at 0% does not hold for it.

use quo_source::{Diagnostic, codes};

use super::cases::{Cases, words};
use super::condition::Alternative;
use super::scene::{Names, Scene, ordinal};
use super::search::TooLarge;
use super::selling::currency;
use super::set::Set;
use crate::hir::{Approval, Bound, Cell, HitPolicy, Interval, RowPolicy, Rules, Table};

/// Checks approval matrices and decision tables.
pub fn check(rules: &Rules, found: &mut Vec<Diagnostic>) {
    // Where every row asks, a case that none matches asks nobody, and no row hides another.
    let first = |matrix: &&Approval| matrix.policy == RowPolicy::First;
    for matrix in rules.approvals.iter().filter(first) {
        let Ok(answer) = decide(rules, &matrix.table) else {
            found.push(super::not_finished(
                "every case has an approver",
                matrix.span,
            ));
            continue;
        };
        if let Some(case) = answer.gap {
            let place = matrix.table.rows.last().map_or(matrix.span, |row| row.span);
            found.push(
                Diagnostic::error(
                    codes::UNDECIDED,
                    format!("the matrix `{}` leaves a case undecided", matrix.name),
                )
                .at(place, "no row up to this one matches it")
                .note(format!("for example {case}"))
                .suggest_edits(
                    "end with a row of `*`, so that every quote has an answer",
                    Vec::new(),
                ),
            );
        }
        dead(&matrix.table, &answer.dead, found);
    }
    for table in &rules.decision_tables {
        decision_table(rules, table, found);
    }
}

fn decision_table(rules: &Rules, table: &crate::hir::DecisionTable, found: &mut Vec<Diagnostic>) {
    // Where no two rows hold for one case, none hides another.
    if table.policy != HitPolicy::First {
        return;
    }
    let Ok(answer) = decide(rules, &table.table) else {
        found.push(super::not_finished("every case has a row", table.span));
        return;
    };
    dead(&table.table, &answer.dead, found);
}

fn dead(table: &Table, rows: &[(usize, Option<usize>)], found: &mut Vec<Diagnostic>) {
    for (row, before) in rows {
        let last = row.saturating_add(1) == table.rows.len();
        let Some(row) = table.rows.get(*row) else {
            continue;
        };
        // A last row for everything else is good practice, also where nothing else is left.
        let rest = row.cells.iter().all(|cell| *cell == Cell::Any);
        if last && rest && before.is_none() {
            continue;
        }
        let finding = Diagnostic::warning(codes::UNREACHABLE_ROW, "this row is never reached");
        found.push(match before.and_then(|before| table.rows.get(before)) {
            Some(before) => finding
                .at(row.span, "everything that it matches")
                .also(before.span, "is matched by this row")
                .suggest_edits("put it above that row, or remove it", Vec::new()),
            None => finding
                .at(row.span, "the rows above match everything that it could")
                .suggest_edits("put it above them, or remove it", Vec::new()),
        });
    }
}

/// What a table leaves open.
pub struct Answer {
    /// A case that no row decides.
    pub gap: Option<String>,
    /// Rows that decide nothing, with the one row that decides all of it, if there is one.
    pub dead: Vec<(usize, Option<usize>)>,
}

/// What a table of which the first row counts leaves open. Bounds that are amounts differ by currency, so that each currency
/// is looked at for itself.
///
/// # Errors
/// When it is too large.
pub fn decide(rules: &Rules, table: &Table) -> Result<Answer, TooLarge> {
    let amounts = table.rows.iter().flat_map(|row| &row.cells).any(has_amount);
    let currencies: Vec<Option<usize>> = if amounts {
        (0..rules.currencies.len()).map(Some).collect()
    } else {
        vec![None]
    };
    let mut gap = None;
    let mut dead: Option<Vec<usize>> = None;
    for currency in currencies {
        let (rows, case) = in_currency(rules, table, currency)?;
        gap = gap.or(case);
        dead = Some(match dead {
            None => rows,
            Some(before) => before
                .into_iter()
                .filter(|row| rows.contains(row))
                .collect(),
        });
    }
    let hidden = |row: usize| {
        let of = table.rows.get(row)?;
        let mut before = table.rows.iter().take(row);
        before.position(|before| super::cover::row(before, of))
    };
    let dead = dead
        .unwrap_or_default()
        .into_iter()
        .map(|row| (row, hidden(row)));
    Ok(Answer {
        gap,
        dead: dead.collect(),
    })
}

fn in_currency(
    rules: &Rules,
    table: &Table,
    of: Option<usize>,
) -> Result<(Vec<usize>, Option<String>), TooLarge> {
    let scene = Scene::new(Names::of(rules), None, None);
    let mut cases = Cases::default();
    let money = currency(rules).zip(of);
    if let Some((dimension, of)) = &money {
        cases.restrict(dimension, &Set::one(ordinal(*of)));
    }
    cases.add_table(&scene, table, &[Alternative::anything()], of, 0);
    let (columns, answer) = cases.search(|search| search.first_match());
    let (dead, gap) = answer?;
    let case = gap.map(|point| {
        let case = words(&scene, &columns, &point);
        match &money {
            Some((dimension, of)) => format!("{case}, {}", scene.words(dimension, ordinal(*of))),
            None => case,
        }
    });
    Ok((dead, case))
}

fn has_amount(cell: &Cell) -> bool {
    let named = |bound: Option<Bound>| matches!(bound, Some(Bound::Amount { .. }));
    matches!(cell, Cell::Ranges(ranges) if ranges.iter().any(|Interval { low, high }| named(*low) || named(*high)))
}
