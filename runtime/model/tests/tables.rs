//! Tables against the definition of what they mean: a linear scan of the rows.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod common;

use common::sample;
use proptest::prelude::*;
use quo_model::*;

/// Archives a table alone.
fn archived(table: &Table) -> rkyv::util::AlignedVec {
    rkyv::to_bytes::<rkyv::rancor::Error>(table).unwrap()
}

fn access(bytes: &[u8]) -> &ArchivedTable {
    rkyv::access::<ArchivedTable, rkyv::rancor::Error>(bytes).unwrap()
}

fn exact_holds(cell: &ExactCell, value: i64) -> bool {
    match cell {
        ExactCell::Any => true,
        ExactCell::OneOf(values) => values.contains(&value),
    }
}

fn row_holds(row: &TableRow, args: &[i64]) -> bool {
    let (exact, ranges) = args.split_at(row.exact.len());
    row.exact
        .iter()
        .zip(exact)
        .all(|(cell, value)| exact_holds(cell, *value))
        && row.ranges.iter().zip(ranges).all(|(cell, value)| {
            cell.iter()
                .any(|interval| interval.low <= *value && *value <= interval.high)
        })
}

fn exact_cell() -> impl Strategy<Value = ExactCell> {
    prop_oneof![
        1 => Just(ExactCell::Any),
        2 => prop::collection::vec(-2..4i64, 0..4).prop_map(ExactCell::OneOf),
        1 => (0..4i64).prop_map(|value| ExactCell::OneOf(vec![value])),
    ]
}

fn interval() -> impl Strategy<Value = Interval> {
    prop_oneof![
        4 => (0..12i64, 0..6i64).prop_map(|(low, len)| Interval { low, high: low + len }),
        1 => Just(Interval::ALL),
        1 => Just(Interval::PRESENT),
    ]
}

fn rows(exact: usize, ranges: usize) -> impl Strategy<Value = Vec<TableRow>> {
    let row = (
        prop::collection::vec(exact_cell(), exact),
        prop::collection::vec(prop::collection::vec(interval(), 1..3), ranges),
    );
    let row = row.prop_map(|(exact, ranges)| TableRow {
        key: 0,
        exact,
        ranges,
    });
    prop::collection::vec(row, 0..14)
}

fn table_and_arguments() -> impl Strategy<Value = (usize, usize, Vec<TableRow>, Vec<Vec<i64>>)> {
    (0..4usize, 0..3usize).prop_flat_map(|(exact, ranges)| {
        let value = prop_oneof![8 => -3..18i64, 1 => Just(ABSENT), 1 => Just(i64::MAX)];
        let arguments = prop::collection::vec(prop::collection::vec(value, exact + ranges), 30);
        (Just(exact), Just(ranges), rows(exact, ranges), arguments)
    })
}

/// Whether the whole package that holds a table is accepted.
fn verified(table: Table) -> Result<Vec<u8>, WriteError> {
    let mut model = sample();
    model.tables.push(table);
    write_package(&model, &SourceMap::default())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_look_up_is_a_linear_scan((exact, ranges, rows, arguments) in table_and_arguments()) {
        let table = build_table(0, exact as u32, ranges as u32, &rows, Order::Row).unwrap();
        prop_assert_eq!(&table, &build_table(0, exact as u32, ranges as u32, &rows, Order::Row).unwrap());
        let bytes = archived(&table);
        for args in &arguments {
            let expected = rows.iter().position(|row| row_holds(row, args)).map(|row| row as u32);
            prop_assert_eq!(access(&bytes).find(args), expected, "{:?}", args);
        }
        if let Err(error) = verified(table) {
            prop_assert!(false, "{}", error);
        }
    }

    #[test]
    fn tiers_are_the_rows_that_match_without_the_last_column(
        (exact, ranges, rows, arguments) in table_and_arguments().prop_filter("tiers", |(_, ranges, ..)| *ranges > 0)
    ) {
        let table = build_table(0, exact as u32, ranges as u32, &rows, Order::Tier).unwrap();
        let bytes = archived(&table);
        for args in &arguments {
            let args = &args[..exact + ranges - 1];
            let mut expected: Vec<(i64, u32)> = Vec::new();
            for (number, row) in rows.iter().enumerate() {
                for tier in row.ranges.last().unwrap() {
                    let mut whole = args.to_vec();
                    whole.push(tier.low);
                    if row_holds(row, &whole) {
                        expected.push((tier.low, number as u32));
                    }
                }
            }
            expected.sort_unstable();
            expected.dedup();
            let mut found: Vec<(i64, u32)> = access(&bytes).tiers(args).map(|tier| (tier.low, tier.row)).collect();
            prop_assert!(found.is_sorted(), "{:?}", found);
            found.dedup();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn an_overlap_is_found_if_and_only_if_there_is_one((exact, ranges, rows, _) in table_and_arguments()) {
        let meet = |one: &TableRow, other: &TableRow| {
            let exact = one.exact.iter().zip(&other.exact).all(|cells| match cells {
                (ExactCell::OneOf(one), ExactCell::OneOf(other)) => one.iter().any(|value| other.contains(value)),
                (ExactCell::OneOf(some), ExactCell::Any) | (ExactCell::Any, ExactCell::OneOf(some)) => !some.is_empty(),
                (ExactCell::Any, ExactCell::Any) => true,
            });
            exact && one.ranges.iter().zip(&other.ranges).all(|(one, other)| {
                one.iter().any(|one| other.iter().any(|other| one.low <= other.high && other.low <= one.high))
            })
        };
        let expected = rows.iter().enumerate().any(|(at, row)| rows[..at].iter().any(|earlier| meet(earlier, row)));
        let found = find_overlap(exact as u32, ranges as u32, &rows).unwrap();
        prop_assert_eq!(found.is_some(), expected);
        if let Some(Overlap { first, second, witness }) = found {
            prop_assert!(first < second);
            // "Any value will do" is taken at its word.
            let args: Vec<i64> = witness.iter().map(|value| value.unwrap_or(99)).collect();
            prop_assert!(row_holds(&rows[first as usize], &args), "{:?}", args);
            prop_assert!(row_holds(&rows[second as usize], &args), "{:?}", args);
        }
    }
}

/// Ten thousand rows, 20 by 20 by 25 cells: disjoint, until the last one repeats an earlier tier.
#[test]
fn overlaps_are_found_among_ten_thousand_rows() {
    let one = |value| ExactCell::OneOf(vec![value]);
    let span = |low: i64, len: i64| {
        vec![Interval {
            low: low * len,
            high: low * len + len - 1,
        }]
    };
    let mut rows = Vec::new();
    for cell in 0..20 {
        for low in 0..20 {
            for tier in 0..25 {
                let row = TableRow {
                    key: 0,
                    exact: vec![one(cell)],
                    ranges: vec![span(low, 7), span(tier, 10)],
                };
                rows.push(row);
            }
        }
    }
    assert_eq!(rows.len(), 10_000);
    assert_eq!(find_overlap(1, 2, &rows), Ok(None));
    rows.push(TableRow {
        key: 0,
        exact: vec![ExactCell::Any],
        ranges: vec![span(3, 7), span(249, 1)],
    });
    let overlap = find_overlap(1, 2, &rows).unwrap().unwrap();
    assert_eq!(overlap.second, 10_000);
    assert_eq!(overlap.witness[1..], [Some(21), Some(249)]);
}

#[test]
fn rows_that_make_no_table_are_refused() {
    let row = |exact: Vec<ExactCell>, ranges| TableRow {
        key: 0,
        exact,
        ranges,
    };
    let many = ExactCell::OneOf((0..5000).collect());
    let messages = [
        build_table(0, 33, 0, &[], Order::Row),
        build_table(0, 1, 0, &[row(vec![], vec![])], Order::Row),
        build_table(
            0,
            0,
            1,
            &[row(vec![], vec![vec![Interval { low: 2, high: 1 }]])],
            Order::Row,
        ),
        build_table(
            0,
            2,
            0,
            &[row(vec![many.clone(), many], vec![])],
            Order::Row,
        ),
    ];
    let messages: Vec<String> = messages
        .into_iter()
        .map(|result| result.unwrap_err().to_string())
        .collect();
    insta::assert_snapshot!(messages.join("\n"));
}
