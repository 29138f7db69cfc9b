//! Spreading an amount over weights so that the parts always add up to the whole.
//!
//! A discount of 100.00 over three equal lines is not three times 33.33. Allocation is a
//! primitive of its own because no rounding of the single shares, whatever the mode, keeps
//! their sum. It works on mantissas at one scale: cents over net prices, or over quantities. It
//! knows neither lines nor currencies.
//!
//! Every part is its exact share cut off toward zero, and the units then left over go one each
//! to some of the parts whose share was cut. So every part is within one unit of its exact
//! share (the quota rule), whoever gets the remainder.

use std::cmp::Reverse;

use crate::error::ArithmeticError;
use crate::rounding::with_sign;
use crate::wide::U256;

/// Who gets the units left over when all shares are cut off, one unit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Remainder {
    /// The parts that lost most by being cut off, in the order of the weights where they lost
    /// the same: the method of the largest remainder (Hamilton, Hare–Niemeyer).
    Largest,
    /// The first parts that lost anything, in the order of the weights.
    First,
    /// The last parts that lost anything, from the end of the weights.
    Last,
}

/// `total` spread in proportion to `weights`; the parts, in the order of the weights, add up to
/// `total` exactly.
///
/// A negative total is spread as its positive counterpart, with the sign put back. A part of
/// weight zero is zero, since nothing of it was cut off. A total of zero gives parts of zero for
/// any weights, none included.
///
/// # Errors
/// [`ArithmeticError::NegativeWeight`]; [`ArithmeticError::DivisionByZero`] where a total other
/// than zero meets weights that are all zero, or no weights; [`ArithmeticError::Overflow`] where
/// the sum of the weights leaves 128 bits.
pub fn allocate(
    total: i128,
    weights: &[i128],
    remainder: Remainder,
) -> Result<Vec<i128>, ArithmeticError> {
    let weights = magnitudes(weights)?;
    let sum = weights
        .iter()
        .try_fold(0_u128, |sum, weight| sum.checked_add(*weight))
        .ok_or(ArithmeticError::Overflow)?;
    if total == 0 {
        return Ok(vec![0; weights.len()]);
    }
    if sum == 0 {
        return Err(ArithmeticError::DivisionByZero);
    }

    let whole = total.unsigned_abs();
    let mut left = whole;
    let mut shares = Vec::with_capacity(weights.len());
    for weight in weights {
        // No weight is above the sum, so no part is above the whole: it fits, and what is left
        // stays at zero or above.
        let (units, cut) = U256::product(whole, weight)
            .div_rem(sum)
            .ok_or(ArithmeticError::Overflow)?;
        left = left.checked_sub(units).ok_or(ArithmeticError::Overflow)?;
        shares.push(Share { units, cut });
    }
    hand_out(left, &mut shares, remainder);

    shares
        .into_iter()
        .map(|share| with_sign(total < 0, share.units).ok_or(ArithmeticError::Overflow))
        .collect()
}

/// A part while it is being decided.
struct Share {
    /// Whole units so far.
    units: u128,
    /// What was cut off, in fractions of a unit whose denominator is the sum of the weights.
    cut: u128,
}

fn magnitudes(weights: &[i128]) -> Result<Vec<u128>, ArithmeticError> {
    weights
        .iter()
        .map(|weight| u128::try_from(*weight).map_err(|_| ArithmeticError::NegativeWeight))
        .collect()
}

/// Gives one unit each to `left` of the shares that were cut.
fn hand_out(left: u128, shares: &mut [Share], remainder: Remainder) {
    let mut cut: Vec<&mut Share> = shares.iter_mut().filter(|share| share.cut > 0).collect();
    match remainder {
        // The sort is stable, which keeps the order of the weights among equals.
        Remainder::Largest => cut.sort_by_key(|share| Reverse(share.cut)),
        Remainder::First => {}
        Remainder::Last => cut.reverse(),
    }
    // What was cut adds up to `left` whole units, each cut below one: there are more cut shares
    // than units, and one unit each hands out all of them.
    debug_assert!(left == 0 || u128::try_from(cut.len()).is_ok_and(|shares| left < shares));
    for (share, _) in cut.into_iter().zip(0..left) {
        share.units = share.units.saturating_add(1);
    }
}
