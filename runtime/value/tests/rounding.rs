//! The seven rounding modes on a table a person can check, through every road that rounds.

use quo_value::{
    Decimal, Rounding, div_round_i64, div_round_i128, mul_div_round_i128, pow10_i64, pow10_i128,
    round_to_quantum_i64, round_to_quantum_i128,
};

/// The first row holds the numbers, each other row what a mode makes of them at scale 0.
const TABLE: &str = "
           | 2.5  -2.5   3.5  -3.5   2.1  -2.1   2.9  -2.9   0.5  -0.5   0.1  -0.1   7.0  -7.0   0.0
half up    |   3    -3     4    -4     2    -2     3    -3     1    -1     0     0     7    -7     0
half even  |   2    -2     4    -4     2    -2     3    -3     0     0     0     0     7    -7     0
half down  |   2    -2     3    -3     2    -2     3    -3     0     0     0     0     7    -7     0
up         |   3    -3     4    -4     3    -3     3    -3     1    -1     1    -1     7    -7     0
down       |   2    -2     3    -3     2    -2     2    -2     0     0     0     0     7    -7     0
ceiling    |   3    -2     4    -3     3    -2     3    -2     1     0     1     0     7    -7     0
floor      |   2    -3     3    -4     2    -3     2    -3     0    -1     0    -1     7    -7     0
";

/// Mode, number (of scale 1), rounded number.
fn cases() -> Vec<(Rounding, Decimal, i128)> {
    let mut rows = TABLE.trim_matches('\n').lines();
    let cells = |row: &'static str| {
        let (words, cells) = row.split_once('|').expect("a row has a bar");
        (words.trim(), cells.split_whitespace())
    };
    let (_, numbers) = cells(rows.next().expect("the table has a head"));
    let numbers: Vec<Decimal> = numbers.map(|cell| cell.parse().expect(cell)).collect();
    let mut cases = Vec::new();
    for row in rows {
        let (words, rounded) = cells(row);
        let mode: Rounding = words.parse().expect(words);
        let rounded: Vec<i128> = rounded.map(|cell| cell.parse().expect(cell)).collect();
        assert_eq!(numbers.len(), rounded.len(), "{words}");
        let pairs = numbers.iter().zip(rounded);
        cases.extend(pairs.map(|(number, rounded)| (mode, *number, rounded)));
    }
    cases
}

#[test]
fn every_road_rounds_as_the_table_says() {
    let cases = cases();
    assert_eq!(cases.len(), 7 * 15);
    for (mode, number, rounded) in cases {
        let what = format!("{number} rounded {mode}");
        let tenths = number.mantissa();
        let narrow = i64::try_from(tenths).unwrap();
        let narrow_rounded = i64::try_from(rounded).ok();

        let decimal = number.round(0, mode).unwrap();
        assert_eq!(
            (decimal.mantissa(), decimal.scale()),
            (rounded, 0),
            "{what}"
        );
        let quotient = number.checked_div(Decimal::ONE, 0, mode).unwrap();
        assert_eq!(quotient.mantissa(), rounded, "{what}, divided by one");

        assert_eq!(div_round_i128(tenths, 10, mode), Some(rounded), "{what}");
        assert_eq!(div_round_i128(-tenths, -10, mode), Some(rounded), "{what}");
        assert_eq!(div_round_i64(narrow, 10, mode), narrow_rounded, "{what}");
        assert_eq!(div_round_i64(-narrow, -10, mode), narrow_rounded, "{what}");

        assert_eq!(mul_div_round_i128(tenths, 3, 30, mode), Some(rounded));
        let (big, divisor) = (i128::MAX / 100, i128::MAX / 100 * 10);
        assert_eq!(
            mul_div_round_i128(tenths, big, divisor, mode),
            Some(rounded),
            "{what}, in 128 bits"
        );

        let whole = rounded * 10;
        assert_eq!(round_to_quantum_i128(tenths, 10, mode), Some(whole));
        assert_eq!(
            round_to_quantum_i64(narrow, 10, mode),
            i64::try_from(whole).ok()
        );
    }
}

#[test]
fn steps_need_not_be_powers_of_ten() {
    // 12.37 and 12.38 to steps of 0.05.
    assert_eq!(round_to_quantum_i64(1237, 5, Rounding::HalfUp), Some(1235));
    assert_eq!(round_to_quantum_i64(1238, 5, Rounding::HalfUp), Some(1240));
    // An even number of steps, not an even amount: 0.25 is 2.5 steps of 0.10, so 0.20.
    assert_eq!(round_to_quantum_i64(25, 10, Rounding::HalfEven), Some(20));
    assert_eq!(round_to_quantum_i64(-25, 10, Rounding::Ceiling), Some(-20));
    assert_eq!(round_to_quantum_i64(25, 0, Rounding::HalfUp), None);
    assert_eq!(round_to_quantum_i64(25, -5, Rounding::HalfUp), None);
    assert_eq!(round_to_quantum_i64(i64::MAX, 10, Rounding::Up), None);
    assert_eq!(round_to_quantum_i128(i128::MIN, 10, Rounding::Floor), None);
}

#[test]
fn quotients_that_do_not_exist_are_refused() {
    for mode in Rounding::ALL {
        assert_eq!(div_round_i64(1, 0, mode), None);
        assert_eq!(div_round_i128(1, 0, mode), None);
        assert_eq!(mul_div_round_i128(1, 1, 0, mode), None);
        assert_eq!(mul_div_round_i128(i128::MAX, i128::MAX, 0, mode), None);
        assert_eq!(div_round_i64(i64::MIN, -1, mode), None);
        assert_eq!(div_round_i128(i128::MIN, -1, mode), None);
        assert_eq!(mul_div_round_i128(i128::MIN, -1, 1, mode), None);
        assert_eq!(
            mul_div_round_i128(i128::MIN, i128::MIN, i128::MIN, mode),
            Some(i128::MIN)
        );
    }
}

#[test]
fn powers_of_ten_end_where_the_integer_ends() {
    assert_eq!(pow10_i64(0), Some(1));
    assert_eq!(pow10_i64(18), Some(1_000_000_000_000_000_000));
    assert_eq!(pow10_i64(19), None);
    assert_eq!(pow10_i128(0), Some(1));
    assert_eq!(
        pow10_i128(38),
        Some(100_000_000_000_000_000_000_000_000_000_000_000_000)
    );
    assert_eq!(pow10_i128(39), None);
    assert_eq!(pow10_i128(u8::MAX), None);
}

#[test]
fn codes_and_words_name_one_mode_each() {
    let codes: Vec<u8> = Rounding::ALL.into_iter().map(Rounding::code).collect();
    assert_eq!(codes, [0, 1, 2, 3, 4, 5, 6]);
    for mode in Rounding::ALL {
        assert_eq!(Rounding::from_code(mode.code()), Some(mode));
        assert_eq!(mode.words().parse(), Ok(mode));
    }
    assert_eq!(Rounding::from_code(7), None);
    assert_eq!(Rounding::from_code(u8::MAX), None);
}
