//! Spreading an amount by weights where a rule names the rounding and who gets what is left over.
//!
//! [`allocate`](crate::allocate) cuts every share off; here every share is first rounded as a rule says, so that the
//! units left over may also be negative. The parts always add up to the whole.

use std::cmp::Reverse;

use crate::error::ArithmeticError;
use crate::rounding::{Rounding, div_round_wide, with_sign};
use crate::wide::U256;

/// Who gets the units left over when all shares are rounded, one unit each unless it says otherwise.
///
/// The codes are written into packages and never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum LeftOver {
    /// The shares that rounding took most from (or gave most to, where units are taken back), ties by their order.
    Largest = 0,
    /// The first shares that have a weight.
    First = 1,
    /// The last shares that have a weight, from the end.
    Last = 2,
    /// The share with the largest weight gets all of them, ties by their order. Where units are taken back, no share changes
    /// its sign: what the heaviest does not have is taken from the next one.
    Heaviest = 3,
}

impl LeftOver {
    /// Every policy, in the order of the codes.
    pub const ALL: [Self; 4] = [Self::Largest, Self::First, Self::Last, Self::Heaviest];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The policy of a stable code.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }
}

/// A share while it is being decided; magnitudes, the sign of the total put aside.
struct Share {
    position: usize,
    weight: u128,
    units: u128,
    /// What rounding took, in fractions of a unit whose denominator is the sum of the weights; negative if it gave.
    lost: (bool, u128),
}

/// `total` in whole units spread in proportion to `weights`, every share rounded by `mode`, the units then left over
/// given to (or taken from) whom `left_over` names. The parts add up to `total`. Weights that are all negative count by
/// their size, as those of a credit note do.
///
/// # Errors
/// [`ArithmeticError::WeightsOfBothSigns`]; [`ArithmeticError::NoWeight`] where a total other than zero meets weights
/// that are all zero, [`ArithmeticError::NothingToSpreadOver`] where it meets none;
/// [`ArithmeticError::Overflow`] where the weights add up to more than 128 bits hold.
pub fn spread(
    total: i128,
    weights: &[i128],
    mode: Rounding,
    left_over: LeftOver,
) -> Result<Vec<i128>, ArithmeticError> {
    if weights.iter().any(|weight| *weight < 0) && weights.iter().any(|weight| *weight > 0) {
        return Err(ArithmeticError::WeightsOfBothSigns);
    }
    let magnitudes = weights.iter().map(|weight| weight.unsigned_abs());
    let sum = magnitudes
        .clone()
        .try_fold(0_u128, |sum, weight| sum.checked_add(weight))
        .ok_or(ArithmeticError::Overflow)?;
    if total == 0 {
        return Ok(vec![0; weights.len()]);
    }
    if weights.is_empty() {
        return Err(ArithmeticError::NothingToSpreadOver);
    }
    if sum == 0 {
        return Err(ArithmeticError::NoWeight);
    }
    let mut shares = Vec::with_capacity(weights.len());
    for (position, weight) in magnitudes.enumerate() {
        shares.push(share(total, position, weight, sum, mode)?);
    }
    settle(total.unsigned_abs(), &mut shares, left_over)?;
    shares
        .into_iter()
        .map(|share| with_sign(total < 0, share.units).ok_or(ArithmeticError::Overflow))
        .collect()
}

fn share(
    total: i128,
    position: usize,
    weight: u128,
    sum: u128,
    mode: Rounding,
) -> Result<Share, ArithmeticError> {
    let product = U256::product(total.unsigned_abs(), weight);
    let (cut, rest) = product.div_rem(sum).ok_or(ArithmeticError::Overflow)?;
    let rounded = div_round_wide(
        total < 0,
        U256::product(total.unsigned_abs(), weight),
        sum,
        mode,
    )
    .ok_or(ArithmeticError::Overflow)?
    .unsigned_abs();
    // Rounding keeps the units or adds one; what it added is the part of a unit that was missing.
    let lost = if rounded == cut {
        (false, rest)
    } else {
        (true, sum.saturating_sub(rest))
    };
    Ok(Share {
        position,
        weight,
        units: rounded,
        lost,
    })
}

/// Gives the units that are missing, or takes those that are too many.
fn settle(whole: u128, shares: &mut [Share], left_over: LeftOver) -> Result<(), ArithmeticError> {
    let given = shares
        .iter()
        .try_fold(0_u128, |sum, share| sum.checked_add(share.units))
        .ok_or(ArithmeticError::Overflow)?;
    let (taking, mut units) = match whole.checked_sub(given) {
        Some(missing) => (false, missing),
        None => (true, given.saturating_sub(whole)),
    };
    let mut order: Vec<&mut Share> = shares.iter_mut().filter(|share| share.weight > 0).collect();
    match left_over {
        // Sorts are stable, which keeps the order of the weights among equals.
        LeftOver::Largest => order.sort_by_key(|share| {
            let (gave, part) = share.lost;
            match (taking, gave) {
                (false, false) | (true, true) => (0, Reverse(part), 0),
                (false, true) | (true, false) => (1, Reverse(0), part),
            }
        }),
        LeftOver::First => {}
        LeftOver::Last => order.reverse(),
        LeftOver::Heaviest => {
            order.sort_by_key(|share| (Reverse(share.weight), share.position));
        }
    }
    let all = left_over == LeftOver::Heaviest;
    // Every rounded share is less than a unit from the exact one: there are more shares than units left over.
    for share in order {
        let wanted = if all { units } else { units.min(1) };
        // A share of nothing cannot be taken from; the next one is.
        let step = if taking {
            wanted.min(share.units)
        } else {
            wanted
        };
        let changed = if taking {
            share.units.checked_sub(step)
        } else {
            share.units.checked_add(step)
        };
        share.units = changed.ok_or(ArithmeticError::Overflow)?;
        units = units.saturating_sub(step);
    }
    if units == 0 {
        Ok(())
    } else {
        Err(ArithmeticError::Overflow)
    }
}
