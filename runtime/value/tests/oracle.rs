//! Arithmetic against an oracle: the same definitions over integers without a limit, written
//! from the floor of the quotient instead of its truncation, so that a slip in one is not
//! repeated in the other.

use std::collections::HashSet;

use num_bigint::{BigInt, Sign};
use proptest::prelude::*;
use quo_value::{
    ArithmeticError, Decimal, MAX_SCALE, Rounding, div_round_i64, div_round_i128,
    mul_div_round_i128, round_to_quantum_i128,
};

/// Numbers of every size, with the ends of the range among them.
fn any_size() -> impl Strategy<Value = i128> {
    prop_oneof![
        8 => (any::<i128>(), 0_u32..128).prop_map(|(number, shift)| number >> shift),
        2 => -30_i128..=30,
        1 => prop::sample::select(vec![i128::MIN, i128::MIN + 1, i128::MAX, i128::MAX - 1]),
        1 => (0_u32..=38, -2_i128..=2).prop_map(|(power, near)| 10_i128.pow(power) + near),
    ]
}

fn any_positive() -> impl Strategy<Value = i128> {
    any_size().prop_map(|number| (number & i128::MAX).max(1))
}

fn any_mode() -> impl Strategy<Value = Rounding> {
    prop::sample::select(Rounding::ALL.to_vec())
}

fn any_decimal() -> impl Strategy<Value = Decimal> {
    (any_size(), 0..=MAX_SCALE)
        .prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale).expect("the scale is in range"))
}

fn power_of_ten(exponent: u8) -> BigInt {
    BigInt::from(10).pow(u32::from(exponent))
}

/// The largest integer that is not above `n / d`, for a positive `d`.
fn floor(n: &BigInt, d: &BigInt) -> BigInt {
    let cut = n / d;
    if &cut * d > *n { cut - 1 } else { cut }
}

/// `n / d` rounded, by the definitions of the modes.
fn rounded(n: BigInt, d: BigInt, mode: Rounding) -> BigInt {
    let (n, d) = if d.sign() == Sign::Minus {
        (-n, -d)
    } else {
        (n, d)
    };
    let low = floor(&n, &d);
    if &low * &d == n {
        return low;
    }
    let high: BigInt = &low + 1;
    let above_low = &n - &low * &d;
    let below_high = &high * &d - &n;
    let (inner, outer) = match n.sign() {
        Sign::Minus => (high.clone(), low.clone()),
        _ => (low.clone(), high.clone()),
    };
    let nearest = |at_tie: BigInt| match above_low.cmp(&below_high) {
        std::cmp::Ordering::Less => low.clone(),
        std::cmp::Ordering::Equal => at_tie,
        std::cmp::Ordering::Greater => high.clone(),
    };
    match mode {
        Rounding::HalfUp => nearest(outer),
        Rounding::HalfDown => nearest(inner),
        Rounding::HalfEven => nearest(if low.bit(0) {
            high.clone()
        } else {
            low.clone()
        }),
        Rounding::Up => outer,
        Rounding::Down => inner,
        Rounding::Ceiling => high,
        Rounding::Floor => low,
    }
}

/// What a decimal operation answers for an exact mantissa.
fn held(mantissa: &BigInt, scale: u8) -> Result<(i128, u8), ArithmeticError> {
    match i128::try_from(mantissa) {
        Ok(mantissa) => Ok((mantissa, scale)),
        Err(_) => Err(ArithmeticError::Overflow),
    }
}

fn parts(answer: Result<Decimal, ArithmeticError>) -> Result<(i128, u8), ArithmeticError> {
    answer.map(|number| (number.mantissa(), number.scale()))
}

/// The mantissa `number` has at a scale that is not below its own.
fn mantissa_at(number: Decimal, scale: u8) -> BigInt {
    BigInt::from(number.mantissa()) * power_of_ten(scale - number.scale())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn kernels_divide_as_the_oracle(n in any_size(), d in any_size(), mode in any_mode()) {
        prop_assume!(d != 0);
        let exact = rounded(n.into(), d.into(), mode);
        prop_assert_eq!(div_round_i128(n, d, mode), i128::try_from(&exact).ok());

        let (n, d) = (n as i64, d as i64);
        prop_assume!(d != 0);
        let exact = rounded(n.into(), d.into(), mode);
        prop_assert_eq!(div_round_i64(n, d, mode), i64::try_from(&exact).ok());
    }

    #[test]
    fn ties_are_found_at_every_size(
        quotient in any_size(),
        half in 1_i128..=i128::MAX / 2,
        shift in 0_u32..126,
        mode in any_mode(),
        off in -1_i128..=1,
    ) {
        let half = (half >> shift).max(1);
        let d = half * 2;
        // q · d + d / 2, and its neighbours, wherever that fits.
        let tie = (quotient / d).checked_mul(d).and_then(|n| n.checked_add(half + off));
        if let Some(n) = tie {
            let exact = rounded(n.into(), d.into(), mode);
            prop_assert_eq!(div_round_i128(n, d, mode), i128::try_from(&exact).ok());
        }
        // The same tie through the 256-bit product: (2q + 1) · half / d is q and a half.
        let odd = (quotient / 2).saturating_mul(2).saturating_add(1);
        let exact = rounded(BigInt::from(odd) * half, d.into(), mode);
        prop_assert_eq!(mul_div_round_i128(odd, half, d, mode), i128::try_from(&exact).ok());
    }

    #[test]
    fn products_are_divided_as_by_the_oracle(
        a in any_size(), b in any_size(), d in any_size(), mode in any_mode(),
    ) {
        prop_assume!(d != 0);
        let exact = rounded(BigInt::from(a) * b, d.into(), mode);
        prop_assert_eq!(mul_div_round_i128(a, b, d, mode), i128::try_from(&exact).ok());
    }

    #[test]
    fn steps_are_the_oracles(n in any_size(), quantum in any_positive(), mode in any_mode()) {
        let exact = rounded(n.into(), quantum.into(), mode) * quantum;
        prop_assert_eq!(round_to_quantum_i128(n, quantum, mode), i128::try_from(&exact).ok());
    }

    #[test]
    fn decimals_divide_as_the_oracle(
        a in any_decimal(), b in any_decimal(), scale in 0..=MAX_SCALE, mode in any_mode(),
    ) {
        prop_assume!(!b.is_zero());
        let n = BigInt::from(a.mantissa()) * power_of_ten(scale) * power_of_ten(b.scale());
        let d = BigInt::from(b.mantissa()) * power_of_ten(a.scale());
        let exact = rounded(n, d, mode);
        prop_assert_eq!(parts(a.checked_div(b, scale, mode)), held(&exact, scale));
    }

    #[test]
    fn decimals_round_as_the_oracle(
        a in any_decimal(), scale in 0..=MAX_SCALE, mode in any_mode(),
    ) {
        let n = BigInt::from(a.mantissa()) * power_of_ten(scale);
        let exact = rounded(n.clone(), power_of_ten(a.scale()), mode);
        prop_assert_eq!(parts(a.round(scale, mode)), held(&exact, scale));

        let kept = &exact * power_of_ten(a.scale()) == n;
        let expected = if kept { held(&exact, scale) } else { Err(ArithmeticError::Inexact) };
        prop_assert_eq!(parts(a.rescale_exact(scale)), expected);
    }

    #[test]
    fn sums_differences_and_products_are_exact(a in any_decimal(), b in any_decimal()) {
        let scale = a.scale().max(b.scale());
        let (left, right) = (mantissa_at(a, scale), mantissa_at(b, scale));
        let fit = held(&left, scale).and(held(&right, scale));
        prop_assert_eq!(parts(a.checked_add(b)), fit.and(held(&(&left + &right), scale)));
        prop_assert_eq!(parts(a.checked_sub(b)), fit.and(held(&(&left - &right), scale)));

        let product = held(&(BigInt::from(a.mantissa()) * b.mantissa()), a.scale() + b.scale());
        let product = match product {
            Ok((_, scale)) if scale > MAX_SCALE => Err(ArithmeticError::ScaleTooLarge),
            other => other,
        };
        prop_assert_eq!(parts(a.checked_mul(b)), product);
        prop_assert_eq!(
            parts(a.checked_neg()),
            held(&-BigInt::from(a.mantissa()), a.scale())
        );
    }

    #[test]
    fn order_is_that_of_the_values(a in any_decimal(), b in any_decimal()) {
        let exact = mantissa_at(a, MAX_SCALE).cmp(&mantissa_at(b, MAX_SCALE));
        prop_assert_eq!(a.cmp(&b), exact);
        prop_assert_eq!(b.cmp(&a), exact.reverse());
        prop_assert_eq!(a == b, exact.is_eq());
    }

    #[test]
    fn equal_values_are_one_key(a in any_decimal(), scale in 0..=MAX_SCALE) {
        let normal = a.normalized();
        prop_assert_eq!(a, normal);
        prop_assert!(normal.scale() == 0 || normal.mantissa() % 10 != 0);
        if let Ok(other) = a.rescale_exact(scale) {
            prop_assert_eq!(other, a);
            prop_assert_eq!(parts(Ok(other.normalized())), parts(Ok(normal)));
            prop_assert_eq!(HashSet::from([a, other, normal]).len(), 1);
        }
    }

    #[test]
    fn sums_do_not_depend_on_their_order(
        numbers in prop::collection::vec((-(1_i128 << 80)..(1_i128 << 80), 0_u8..=9), 3..12),
        turn in 0_usize..12,
    ) {
        // Up to 12 · 2⁸⁰ · 10⁹ stays within 128 bits, so every order has an answer.
        let mut numbers: Vec<Decimal> = numbers
            .into_iter()
            .map(|(mantissa, scale)| Decimal::new(mantissa, scale).unwrap())
            .collect();
        let sum = |numbers: &[Decimal]| {
            numbers.iter().try_fold(Decimal::ZERO, |sum, number| sum.checked_add(*number)).unwrap()
        };
        let whole = sum(&numbers);
        let (head, tail) = numbers.split_at(turn % numbers.len());
        prop_assert_eq!(parts(sum(head).checked_add(sum(tail))), parts(Ok(whole)));
        numbers.reverse();
        prop_assert_eq!(parts(Ok(sum(&numbers))), parts(Ok(whole)));
    }
}

/// The three calculations in which a 96-bit decimal loses digits without a word.
#[test]
fn what_a_floating_scale_loses_is_kept() {
    let number = |text: &str| text.parse::<Decimal>().unwrap();

    let ratio = number("0.1234567890123456789");
    assert_eq!(
        ratio.checked_mul(ratio).unwrap().to_string(),
        "0.01524157875323883675019051998750190521"
    );

    let sum = number("7922816251426433759354395033.5").checked_add(number("0.05"));
    assert_eq!(sum.unwrap().to_string(), "7922816251426433759354395033.55");

    let tiny = number("0.0000000000000000000000000001");
    let half = tiny.checked_div(number("2"), 29, Rounding::Down);
    assert_eq!(half.unwrap().to_string(), "0.00000000000000000000000000005");
}

#[test]
fn division_says_why_it_has_no_answer() {
    let number = |text: &str| text.parse::<Decimal>().unwrap();
    let mode = Rounding::HalfEven;
    let zero = number("0.00");
    assert_eq!(
        Decimal::ONE.checked_div(zero, 2, mode),
        Err(ArithmeticError::DivisionByZero)
    );
    assert_eq!(
        Decimal::ONE.checked_div(Decimal::ONE, 39, mode),
        Err(ArithmeticError::ScaleTooLarge)
    );
    let largest = Decimal::new(i128::MAX, 0).unwrap();
    assert_eq!(
        largest.checked_div(number("0.1"), 0, mode),
        Err(ArithmeticError::Overflow)
    );
    // The numerator is 10⁷⁶ on the way, and the answer fits; or it does not.
    let widest = Decimal::new(i128::MAX, MAX_SCALE).unwrap();
    let share = Decimal::ONE.checked_div(widest, MAX_SCALE, mode).unwrap();
    assert_eq!(
        share.to_string(),
        "0.58774717541114375398436826861112283891"
    );
    let smallest = Decimal::new(1, MAX_SCALE).unwrap();
    assert_eq!(
        Decimal::ONE.checked_div(smallest, MAX_SCALE, mode),
        Err(ArithmeticError::Overflow)
    );
    // And 38 places the other way: next to nothing, rounded.
    let nothing = |mode| smallest.checked_div(largest, 0, mode).unwrap().mantissa();
    assert_eq!(nothing(Rounding::HalfUp), 0);
    assert_eq!(nothing(Rounding::Up), 1);
    assert_eq!(nothing(Rounding::Floor), 0);
    let zero = Decimal::new(0, MAX_SCALE).unwrap();
    let quotient = zero.checked_div(largest, 0, Rounding::Up).unwrap();
    assert!(quotient.is_zero());
}
