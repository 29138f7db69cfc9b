//! Spreading: examples a person can check, and the laws that hold for every amount.

use num_bigint::BigInt;
use proptest::prelude::*;
use quo_value::{
    ArithmeticError, Currency, Decimal, LeftOver, Money, Remainder, Rounding, allocate, spread,
};

const REMAINDERS: [Remainder; 3] = [Remainder::Largest, Remainder::First, Remainder::Last];

#[test]
fn examples() {
    // Total, weights, and the parts with the remainder to the largest, the first, the last.
    type Row = (i128, &'static [i128], [&'static [i128]; 3]);
    let table: &[Row] = &[
        (
            100,
            &[1, 1, 1],
            [&[34, 33, 33], &[34, 33, 33], &[33, 33, 34]],
        ),
        (
            -100,
            &[1, 1, 1],
            [&[-34, -33, -33], &[-34, -33, -33], &[-33, -33, -34]],
        ),
        (
            101,
            &[1, 1, 1],
            [&[34, 34, 33], &[34, 34, 33], &[33, 34, 34]],
        ),
        // Exact shares 1.5, 2.7, 5.8: two units are left.
        (10, &[15, 27, 58], [&[1, 3, 6], &[2, 3, 5], &[1, 3, 6]]),
        // Exact shares 0.6, 0.6, 1.8: two units are left, and a tie for the second.
        (3, &[1, 1, 3], [&[1, 0, 2], &[1, 1, 1], &[0, 1, 2]]),
        // Exact shares 3, 0.5, 0.5, 2: a whole share gets nothing, though it stands first or last.
        (
            6,
            &[6, 1, 1, 4],
            [&[3, 1, 0, 2], &[3, 1, 0, 2], &[3, 0, 1, 2]],
        ),
        (
            5,
            &[0, 1, 1, 0],
            [&[0, 3, 2, 0], &[0, 3, 2, 0], &[0, 2, 3, 0]],
        ),
        (1, &[0, 5], [&[0, 1], &[0, 1], &[0, 1]]),
        (
            2,
            &[3, 3, 3, 3],
            [&[1, 1, 0, 0], &[1, 1, 0, 0], &[0, 0, 1, 1]],
        ),
        (0, &[2, 3], [&[0, 0], &[0, 0], &[0, 0]]),
        (0, &[0, 0], [&[0, 0], &[0, 0], &[0, 0]]),
        (0, &[], [&[], &[], &[]]),
    ];
    for (total, weights, parts) in table {
        for (remainder, parts) in REMAINDERS.into_iter().zip(parts) {
            let spread = allocate(*total, weights, remainder);
            let what = format!("{total} over {weights:?}, remainder to {remainder:?}");
            assert_eq!(spread.as_deref(), Ok(*parts), "{what}");
        }
    }
}

#[test]
fn what_cannot_be_spread_is_refused() {
    for remainder in REMAINDERS {
        let spread = |total, weights: &[i128]| allocate(total, weights, remainder);
        assert_eq!(spread(1, &[]), Err(ArithmeticError::DivisionByZero));
        assert_eq!(spread(1, &[0, 0]), Err(ArithmeticError::DivisionByZero));
        assert_eq!(spread(0, &[2, -1]), Err(ArithmeticError::NegativeWeight));
        let heavy = [i128::MAX, i128::MAX, i128::MAX];
        assert_eq!(spread(1, &heavy), Err(ArithmeticError::Overflow));
        // The widest amount over the widest weights whose sum still fits.
        assert_eq!(
            spread(i128::MIN, &[i128::MAX, i128::MAX]),
            Ok(vec![i128::MIN / 2, i128::MIN / 2])
        );
    }
}

#[test]
fn weights_of_a_credit_note_count_by_their_size() {
    let by = |total, weights: &[i128]| spread(total, weights, Rounding::Floor, LeftOver::Largest);
    assert_eq!(by(-100, &[-10, -20, -30]), Ok(vec![-17, -33, -50]));
    assert_eq!(by(-100, &[-10, -20, -30]), by(-100, &[10, 20, 30]));
    assert_eq!(by(7, &[0, -1, -1]), Ok(vec![0, 4, 3]));
    // Each of four is rounded up to a unit of one: what is too many is taken where it is, by weight.
    let up = spread(1, &[1, 2, 1, 1], Rounding::Up, LeftOver::Heaviest);
    assert_eq!(up, Ok(vec![0, 0, 0, 1]));
    assert_eq!(by(0, &[]), Ok(vec![]));
    assert_eq!(by(0, &[0, 0]), Ok(vec![0, 0]));
    assert_eq!(by(1, &[]), Err(ArithmeticError::NothingToSpreadOver));
    assert_eq!(by(1, &[0, 0]), Err(ArithmeticError::NoWeight));
    assert_eq!(
        by(1, &[-10, 10, 20]),
        Err(ArithmeticError::WeightsOfBothSigns)
    );
}

/// Many weights of every size, or two so heavy that their sum takes all 128 bits.
fn any_weights() -> impl Strategy<Value = Vec<i128>> {
    let weight = (0_i128..=i128::MAX / 40, 0_u32..122).prop_map(|(weight, shift)| weight >> shift);
    prop_oneof![
        4 => prop::collection::vec(weight, 1..40),
        1 => prop::collection::vec(i128::MAX / 2..=i128::MAX, 2),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn parts_make_the_whole_and_keep_to_their_shares(
        total in (any::<i128>(), 0_u32..128).prop_map(|(total, shift)| total >> shift),
        weights in any_weights(),
        remainder in prop::sample::select(REMAINDERS.to_vec()),
    ) {
        let sum: BigInt = weights.iter().copied().map(BigInt::from).sum();
        prop_assume!(sum != BigInt::ZERO);
        let parts = allocate(total, &weights, remainder).unwrap();

        prop_assert_eq!(parts.len(), weights.len());
        prop_assert_eq!(parts.iter().copied().map(BigInt::from).sum::<BigInt>(), total.into());
        for (part, weight) in parts.iter().zip(&weights) {
            // |part − total · weight / sum| < 1, without dividing.
            let off = BigInt::from(*part) * &sum - BigInt::from(total) * *weight;
            prop_assert!(off.magnitude() < sum.magnitude(), "{part} of weight {weight}");
        }

        if let Some(mirrored) = total.checked_neg() {
            let mirrored = allocate(mirrored, &weights, remainder).unwrap();
            prop_assert!(parts.iter().zip(&mirrored).all(|(part, mirror)| *part == -*mirror));
        }
    }

    #[test]
    fn shares_that_are_rounded_first_make_the_whole_too(
        total in (any::<i128>(), 2_u32..128).prop_map(|(total, shift)| total >> shift),
        weights in any_weights(),
        negative in any::<bool>(),
        mode in prop::sample::select(Rounding::ALL.to_vec()),
        left_over in prop::sample::select(LeftOver::ALL.to_vec()),
    ) {
        prop_assume!(weights.iter().any(|weight| *weight > 0));
        let signed: Vec<i128> = weights.iter().map(|weight| if negative { -*weight } else { *weight }).collect();
        let parts = spread(total, &signed, mode, left_over).unwrap();
        prop_assert_eq!(parts.iter().copied().map(BigInt::from).sum::<BigInt>(), total.into());
        prop_assert_eq!(&parts, &spread(total, &weights, mode, left_over).unwrap());
        for (part, weight) in parts.iter().zip(&weights) {
            prop_assert!(*weight > 0 || *part == 0, "{part} of no weight");
            prop_assert!(part.signum() != -total.signum() || *part == 0, "{part} of {total}");
        }
    }

    #[test]
    fn an_amount_in_any_currency_comes_back_whole(
        mantissa in -1_000_000_000_000_i128..1_000_000_000_000,
        weights in prop::collection::vec(0_i128..1_000_000, 1..20),
        remainder in prop::sample::select(REMAINDERS.to_vec()),
    ) {
        prop_assume!(weights.iter().any(|weight| *weight > 0));
        for currency in Currency::all() {
            let exact = Money::new(Decimal::new(mantissa, 5).unwrap(), currency);
            let whole = exact.round_to_currency(Rounding::HalfEven).unwrap();
            let scale = whole.amount.scale();
            prop_assert_eq!(scale, currency.minor_units());
            let mut sum = Money::new(Decimal::ZERO, currency);
            for part in allocate(whole.amount.mantissa(), &weights, remainder).unwrap() {
                let part = Money::new(Decimal::new(part, scale).unwrap(), currency);
                sum = sum.checked_add(part).unwrap();
            }
            prop_assert_eq!(sum, whole);
        }
    }
}
