//! Rounding modes, and the integer kernels every back end rounds with.
//!
//! The interpreter, the compiled code and [`Decimal`](crate::Decimal) all end in the functions
//! of this file, so that there is one meaning of "half even" and not three. The kernels work on
//! bare integers: they know neither scales nor currencies, and answer `None` where the exact
//! rounded result does not exist in the integer's width.
//!
//! Seven modes, because price books and tax offices use seven. Each is defined by what it does
//! to the exact quotient `x`:
//!
//! | words | nearest? | at a tie, or where it is not about the nearest |
//! |---|---|---|
//! | `half up` | yes | away from zero: 2.5 → 3, −2.5 → −3 |
//! | `half even` | yes | to the even neighbour: 2.5 → 2, 3.5 → 4 |
//! | `half down` | yes | toward zero: 2.5 → 2, −2.5 → −2 |
//! | `up` | no | away from zero: 2.1 → 3, −2.1 → −3 |
//! | `down` | no | toward zero: 2.9 → 2, −2.9 → −2 |
//! | `ceiling` | no | toward plus infinity: 2.1 → 3, −2.9 → −2 |
//! | `floor` | no | toward minus infinity: 2.9 → 2, −2.1 → −3 |
//!
//! All but `ceiling` and `floor` are symmetric: rounding a credit mirrors rounding its charge.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use crate::error::ParseError;
use crate::wide::U256;

/// How a number that lies between two representable ones becomes one of them.
///
/// The discriminants are written into packages and never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Rounding {
    /// To the nearest; at a tie away from zero. What commerce calls rounding.
    HalfUp = 0,
    /// To the nearest; at a tie to the even neighbour, which has no bias over many lines.
    HalfEven = 1,
    /// To the nearest; at a tie toward zero.
    HalfDown = 2,
    /// Away from zero.
    Up = 3,
    /// Toward zero: the digits are cut off.
    Down = 4,
    /// Toward plus infinity.
    Ceiling = 5,
    /// Toward minus infinity.
    Floor = 6,
}

impl Rounding {
    /// Every mode, in the order of the codes.
    pub const ALL: [Self; 7] = [
        Self::HalfUp,
        Self::HalfEven,
        Self::HalfDown,
        Self::Up,
        Self::Down,
        Self::Ceiling,
        Self::Floor,
    ];

    /// The stable code of this mode, 0 to 6.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The mode of a stable code.
    #[must_use]
    pub const fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::HalfUp),
            1 => Some(Self::HalfEven),
            2 => Some(Self::HalfDown),
            3 => Some(Self::Up),
            4 => Some(Self::Down),
            5 => Some(Self::Ceiling),
            6 => Some(Self::Floor),
            _ => None,
        }
    }

    /// The words a rule writes: `half even`.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::HalfUp => "half up",
            Self::HalfEven => "half even",
            Self::HalfDown => "half down",
            Self::Up => "up",
            Self::Down => "down",
            Self::Ceiling => "ceiling",
            Self::Floor => "floor",
        }
    }

    /// Whether a quotient cut off toward zero has to move one away from zero.
    ///
    /// Asked only where something was cut off. `half` is how what was cut off compares with one
    /// half, `odd` and `negative` are about the quotient; both signs matter even where the cut
    /// quotient is zero, hence `negative` is passed.
    const fn moves_away(self, negative: bool, odd: bool, half: Ordering) -> bool {
        match self {
            Self::HalfUp => !matches!(half, Ordering::Less),
            Self::HalfEven => match half {
                Ordering::Less => false,
                Ordering::Equal => odd,
                Ordering::Greater => true,
            },
            Self::HalfDown => matches!(half, Ordering::Greater),
            Self::Up => true,
            Self::Down => false,
            Self::Ceiling => !negative,
            Self::Floor => negative,
        }
    }
}

impl fmt::Display for Rounding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.words())
    }
}

impl FromStr for Rounding {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = Self::ALL.into_iter().find(|mode| mode.words() == text);
        named.ok_or_else(|| {
            ParseError::new(
                "rounding",
                text,
                "`half up`, `half even`, `half down`, `up`, `down`, `ceiling` or `floor`",
            )
        })
    }
}

/// Writes the kernels for one width of integer, so that the widths cannot differ.
macro_rules! kernels {
    ($int:ty, $digits_max:literal, $div_round:ident, $round_to_quantum:ident, $pow10:ident) => {
        #[doc = concat!("`n / d` as an integer: one division of `", stringify!($int), "`, one rounding.")]
        ///
        /// `None` where `d` is zero, or where the rounded quotient does not fit (the smallest
        /// integer divided by −1).
        #[inline]
        #[must_use]
        pub fn $div_round(n: $int, d: $int, mode: Rounding) -> Option<$int> {
            let quotient = n.checked_div(d)?;
            let remainder = n.checked_rem(d)?.unsigned_abs();
            if remainder == 0 {
                return Some(quotient);
            }
            let negative = (n < 0) != (d < 0);
            // The remainder is below |d|, so the difference cannot wrap; comparing with it
            // instead of doubling the remainder cannot overflow either.
            let half = remainder.cmp(&d.unsigned_abs().wrapping_sub(remainder));
            match (mode.moves_away(negative, quotient & 1 != 0, half), negative) {
                (false, _) => Some(quotient),
                (true, false) => quotient.checked_add(1),
                (true, true) => quotient.checked_sub(1),
            }
        }

        #[doc = concat!("`n` rounded to a multiple of `quantum`, both `", stringify!($int), "` at one scale: `to steps of 0.05`.")]
        ///
        /// `None` where `quantum` is not positive, or where the multiple does not fit.
        #[inline]
        #[must_use]
        pub fn $round_to_quantum(n: $int, quantum: $int, mode: Rounding) -> Option<$int> {
            if quantum <= 0 {
                return None;
            }
            $div_round(n, quantum, mode)?.checked_mul(quantum)
        }

        #[doc = concat!("Ten to the power of `exponent`; `None` above ", $digits_max, ", the largest that `", stringify!($int), "` holds.")]
        #[inline]
        #[must_use]
        pub const fn $pow10(exponent: u8) -> Option<$int> {
            let ten: $int = 10;
            ten.checked_pow(exponent as u32)
        }
    };
}

kernels!(i64, "18", div_round_i64, round_to_quantum_i64, pow10_i64);
kernels!(
    i128,
    "38",
    div_round_i128,
    round_to_quantum_i128,
    pow10_i128
);

/// `a · b / d` as an integer with one rounding, through a 256-bit product: an answer that fits
/// is found even where the product does not fit.
///
/// `None` where `d` is zero, or where the rounded quotient does not fit.
#[inline]
#[must_use]
pub fn mul_div_round_i128(a: i128, b: i128, d: i128, mode: Rounding) -> Option<i128> {
    if let Some(product) = a.checked_mul(b) {
        return div_round_i128(product, d, mode);
    }
    let negative = (a < 0) ^ (b < 0) ^ (d < 0);
    let product = U256::product(a.unsigned_abs(), b.unsigned_abs());
    div_round_wide(negative, product, d.unsigned_abs(), mode)
}

/// The rounded quotient of a sign and two magnitudes; `None` as for [`mul_div_round_i128`].
pub(crate) fn div_round_wide(
    negative: bool,
    numerator: U256,
    divisor: u128,
    mode: Rounding,
) -> Option<i128> {
    let (quotient, remainder) = numerator.div_rem(divisor)?;
    let half = remainder.cmp(&divisor.wrapping_sub(remainder));
    if remainder != 0 && mode.moves_away(negative, quotient & 1 != 0, half) {
        return with_sign(negative, quotient.checked_add(1)?);
    }
    with_sign(negative, quotient)
}

/// What a quotient that is not zero, but surely below one half, is rounded to.
pub(crate) const fn round_tiny(negative: bool, mode: Rounding) -> i128 {
    match (mode.moves_away(negative, false, Ordering::Less), negative) {
        (false, _) => 0,
        (true, false) => 1,
        (true, true) => -1,
    }
}

/// The number of this sign and magnitude, where it fits.
pub(crate) fn with_sign(negative: bool, magnitude: u128) -> Option<i128> {
    if negative {
        0_i128.checked_sub_unsigned(magnitude)
    } else {
        i128::try_from(magnitude).ok()
    }
}
