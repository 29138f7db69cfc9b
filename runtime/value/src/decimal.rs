//! Exact decimal numbers: an integer mantissa times a power of ten.
//!
//! A [`Decimal`] is `mantissa × 10⁻ˢᶜᵃˡᵉ` with a 128-bit mantissa and a scale of 0 to
//! [`MAX_SCALE`]. The scale is part of how a number is written (`12.50` is not shown as `12.5`)
//! and no part of what it is worth: equality, order and hash go by the numeric value.
//!
//! Addition, subtraction and multiplication are exact or an error, at a scale that follows from
//! the operands' scales alone. That is what lets a compiler know every scale before any number
//! is seen and run the same calculation on bare integers. Division exists only with a scale
//! and a rounding. Nothing here knows of currencies, rules or floating point.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use crate::error::{ArithmeticError, ParseDecimalError, excerpt};
use crate::rounding::{Rounding, div_round_i128, div_round_wide, pow10_i128, round_tiny};
use crate::wide::U256;

/// The most decimal places a [`Decimal`] has: the largest power of ten below 2¹²⁷.
pub const MAX_SCALE: u8 = 38;

/// An exact decimal number, `mantissa × 10⁻ˢᶜᵃˡᵉ`.
#[derive(Clone, Copy)]
pub struct Decimal {
    mantissa: i128,
    scale: u8,
}

impl Decimal {
    /// Zero, without decimal places.
    pub const ZERO: Self = Self {
        mantissa: 0,
        scale: 0,
    };

    /// One, without decimal places.
    pub const ONE: Self = Self {
        mantissa: 1,
        scale: 0,
    };

    /// `mantissa × 10⁻ˢᶜᵃˡᵉ`: `new(1250, 2)` is 12.50.
    ///
    /// # Errors
    /// [`ArithmeticError::ScaleTooLarge`] for a scale above [`MAX_SCALE`].
    pub const fn new(mantissa: i128, scale: u8) -> Result<Self, ArithmeticError> {
        if scale > MAX_SCALE {
            return Err(ArithmeticError::ScaleTooLarge);
        }
        Ok(Self { mantissa, scale })
    }

    /// The digits with their sign, as if there were no decimal point.
    #[must_use]
    pub const fn mantissa(self) -> i128 {
        self.mantissa
    }

    /// The number of decimal places.
    #[must_use]
    pub const fn scale(self) -> u8 {
        self.scale
    }

    /// Whether the number is zero, at whatever scale.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.mantissa == 0
    }

    /// Whether the number is below zero.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.mantissa < 0
    }

    /// The sum, at the larger of the two scales.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`] where an operand brought to that scale, or the sum, leaves
    /// 128 bits. The first counts even if the sum would fit again: a program that rescales and
    /// adds in two instructions must fail on the same inputs.
    pub fn checked_add(self, other: Self) -> Result<Self, ArithmeticError> {
        let (left, right, scale) = self.aligned(other)?;
        let sum = left.checked_add(right);
        Ok(Self {
            mantissa: sum.ok_or(ArithmeticError::Overflow)?,
            scale,
        })
    }

    /// The difference, at the larger of the two scales.
    ///
    /// # Errors
    /// As for [`checked_add`](Self::checked_add).
    pub fn checked_sub(self, other: Self) -> Result<Self, ArithmeticError> {
        let (left, right, scale) = self.aligned(other)?;
        let difference = left.checked_sub(right);
        Ok(Self {
            mantissa: difference.ok_or(ArithmeticError::Overflow)?,
            scale,
        })
    }

    /// The product, at the sum of the two scales.
    ///
    /// # Errors
    /// [`ArithmeticError::ScaleTooLarge`] where that sum is above [`MAX_SCALE`],
    /// [`ArithmeticError::Overflow`] where the product's mantissa leaves 128 bits. Neither looks
    /// for trailing zeros to drop: the scale of a product must not depend on its digits.
    pub fn checked_mul(self, other: Self) -> Result<Self, ArithmeticError> {
        let product = self.mantissa.checked_mul(other.mantissa);
        // Two scales are at most 76 together, so nothing saturates.
        let scale = self.scale.saturating_add(other.scale);
        Self::new(product.ok_or(ArithmeticError::Overflow)?, scale)
    }

    /// The number with the other sign.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`] for the one mantissa without a counterpart, −2¹²⁷.
    pub fn checked_neg(self) -> Result<Self, ArithmeticError> {
        let negated = self.mantissa.checked_neg();
        Ok(Self {
            mantissa: negated.ok_or(ArithmeticError::Overflow)?,
            scale: self.scale,
        })
    }

    /// The quotient at `scale`: one integer division, one rounding.
    ///
    /// The numerator is brought to the scale in 256 bits. A quotient that fits is therefore
    /// always found, however large the step between, and rounded from the exact value, never
    /// from a rounded one.
    ///
    /// # Errors
    /// [`ArithmeticError::DivisionByZero`], [`ArithmeticError::Overflow`] where the rounded
    /// quotient leaves 128 bits, [`ArithmeticError::ScaleTooLarge`] for a scale above
    /// [`MAX_SCALE`].
    pub fn checked_div(
        self,
        other: Self,
        scale: u8,
        mode: Rounding,
    ) -> Result<Self, ArithmeticError> {
        if scale > MAX_SCALE {
            return Err(ArithmeticError::ScaleTooLarge);
        }
        if other.mantissa == 0 {
            return Err(ArithmeticError::DivisionByZero);
        }
        let negative = self.is_negative() != other.is_negative();
        let divisor = other.mantissa.unsigned_abs();
        let reached = scale.saturating_add(other.scale);
        let mantissa = match reached.checked_sub(self.scale) {
            // A quotient that fits has a numerator below 2¹²⁸ · 2¹²⁷, so a numerator that leaves
            // 256 bits has no quotient that fits.
            Some(places) => self
                .shifted_left(places)
                .and_then(|numerator| div_round_wide(negative, numerator, divisor, mode)),
            None => {
                let places = self.scale.saturating_sub(reached);
                match divisor.checked_mul(power_of_ten(places)) {
                    Some(divisor) => {
                        let numerator = U256::product(self.mantissa.unsigned_abs(), 1);
                        div_round_wide(negative, numerator, divisor, mode)
                    }
                    None if self.is_zero() => Some(0),
                    // A multiple of ten that leaves 128 bits is above 2¹²⁸, which is twice the
                    // largest numerator: less than one half.
                    None => Some(round_tiny(negative, mode)),
                }
            }
        };
        Self::new(mantissa.ok_or(ArithmeticError::Overflow)?, scale)
    }

    /// The same number written with `scale` decimal places.
    ///
    /// # Errors
    /// [`ArithmeticError::Inexact`] where digits other than zero would be lost,
    /// [`ArithmeticError::Overflow`] where the longer mantissa leaves 128 bits,
    /// [`ArithmeticError::ScaleTooLarge`] for a scale above [`MAX_SCALE`].
    pub fn rescale_exact(self, scale: u8) -> Result<Self, ArithmeticError> {
        if scale > MAX_SCALE {
            return Err(ArithmeticError::ScaleTooLarge);
        }
        let mantissa = if let Some(places) = scale.checked_sub(self.scale) {
            let power = pow10_i128(places).ok_or(ArithmeticError::Overflow)?;
            self.mantissa.checked_mul(power)
        } else {
            let places = self.scale.saturating_sub(scale);
            let power = pow10_i128(places).ok_or(ArithmeticError::Overflow)?;
            if self.mantissa.checked_rem(power) != Some(0) {
                return Err(ArithmeticError::Inexact);
            }
            self.mantissa.checked_div(power)
        };
        Self::new(mantissa.ok_or(ArithmeticError::Overflow)?, scale)
    }

    /// The number rounded to `scale` decimal places, and always written with that many.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`] where a larger scale makes the mantissa leave 128 bits,
    /// [`ArithmeticError::ScaleTooLarge`] for a scale above [`MAX_SCALE`].
    pub fn round(self, scale: u8, mode: Rounding) -> Result<Self, ArithmeticError> {
        let Some(places @ 1..) = self.scale.checked_sub(scale) else {
            return self.rescale_exact(scale);
        };
        let mantissa =
            pow10_i128(places).and_then(|power| div_round_i128(self.mantissa, power, mode));
        Self::new(mantissa.ok_or(ArithmeticError::Overflow)?, scale)
    }

    /// The same number with as few decimal places as it can be written with: 12.50 as 12.5, and
    /// 100 as 100, since a scale is never below zero.
    #[must_use]
    pub const fn normalized(self) -> Self {
        let Self {
            mut mantissa,
            mut scale,
        } = self;
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale = scale.saturating_sub(1);
        }
        Self { mantissa, scale }
    }

    /// Both mantissas at the larger of the two scales, and that scale.
    fn aligned(self, other: Self) -> Result<(i128, i128, u8), ArithmeticError> {
        let scale = self.scale.max(other.scale);
        let left = self.rescale_exact(scale)?;
        let right = other.rescale_exact(scale)?;
        Ok((left.mantissa, right.mantissa, scale))
    }

    /// `|mantissa| · 10ᵖˡᵃᶜᵉˢ` for up to twice [`MAX_SCALE`] places, where it fits 256 bits.
    fn shifted_left(self, places: u8) -> Option<U256> {
        let first = places.min(MAX_SCALE);
        let rest = places.saturating_sub(first);
        U256::product(self.mantissa.unsigned_abs(), power_of_ten(first))
            .checked_mul(power_of_ten(rest))
    }

    /// How the distances from zero compare, whatever the signs.
    fn cmp_magnitude(self, other: Self) -> Ordering {
        let scale = self.scale.max(other.scale);
        // The places missing are at most MAX_SCALE and the product has 256 bits: no overflow.
        let at_scale = |number: Self| {
            let places = scale.saturating_sub(number.scale);
            U256::product(number.mantissa.unsigned_abs(), power_of_ten(places))
        };
        at_scale(self).cmp(&at_scale(other))
    }
}

/// Ten to the power of a difference of two scales.
fn power_of_ten(places: u8) -> u128 {
    pow10_i128(places)
        .expect("no scale, and so no difference of two, is above MAX_SCALE")
        .unsigned_abs()
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal {}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    /// By numeric value, across scales: 12.5 equals 12.50. Exact, and cannot overflow.
    fn cmp(&self, other: &Self) -> Ordering {
        if self.scale == other.scale {
            return self.mantissa.cmp(&other.mantissa);
        }
        match (self.mantissa.signum(), other.mantissa.signum()) {
            (-1, -1) => other.cmp_magnitude(*self),
            (1, 1) => self.cmp_magnitude(*other),
            (left, right) => left.cmp(&right),
        }
    }
}

impl Hash for Decimal {
    /// Equal numbers hash alike, whatever their scales.
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self { mantissa, scale } = self.normalized();
        mantissa.hash(state);
        scale.hash(state);
    }
}

impl Default for Decimal {
    fn default() -> Self {
        Self::ZERO
    }
}

impl From<i64> for Decimal {
    fn from(number: i64) -> Self {
        Self {
            mantissa: i128::from(number),
            scale: 0,
        }
    }
}

impl fmt::Display for Decimal {
    /// All digits at the number's scale: `12.50`, `-0.05`, `7`. Reading it gives it back, scale
    /// and all.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = usize::from(self.scale);
        let width = places.saturating_add(1);
        let mut digits = format!("{:0>width$}", self.mantissa.unsigned_abs());
        if places > 0 {
            let point = digits.len().saturating_sub(places);
            digits.insert(point, '.');
        }
        f.pad_integral(self.mantissa >= 0, "", &digits)
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Decimal({self})")
    }
}

impl FromStr for Decimal {
    type Err = ParseDecimalError;

    /// Reads `-? (0 | [1-9][0-9]*) (\.[0-9]+)?` in ASCII digits and keeps every decimal place
    /// that is written. No plus sign, no grouping, no exponent, no blanks, no leading zeros:
    /// what a rule or a table may write besides is for their own grammars to take away.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unsigned = text.strip_prefix('-');
        let negative = unsigned.is_some();
        let unsigned = unsigned.unwrap_or(text);
        let (whole, decimals) = match unsigned.split_once('.') {
            Some((whole, decimals)) => (whole, Some(decimals)),
            None => (unsigned, None),
        };
        let rest = decimals.map_or("", |_| ".");
        check_digits(text, whole, rest, "a digit or the decimal point")?;
        if whole.len() > 1 && whole.starts_with('0') {
            return Err(syntax(
                text,
                "no further digit after a leading `0`",
                whole.chars().nth(1),
            ));
        }
        let decimals = match decimals {
            Some(decimals) => {
                check_digits(text, decimals, "", "a digit")?;
                decimals
            }
            None => "",
        };
        let scale = match u8::try_from(decimals.len()) {
            Ok(scale) if scale <= MAX_SCALE => scale,
            _ => {
                return Err(ParseDecimalError::TooManyPlaces {
                    text: excerpt(text),
                    places: decimals.len(),
                });
            }
        };
        // Below zero the mantissa is built downward, since −2¹²⁷ has no positive counterpart.
        let mantissa = whole
            .bytes()
            .chain(decimals.bytes())
            .try_fold(0_i128, |sum, byte| {
                let digit = i128::from(byte.wrapping_sub(b'0'));
                let shifted = sum.checked_mul(10)?;
                if negative {
                    shifted.checked_sub(digit)
                } else {
                    shifted.checked_add(digit)
                }
            });
        match mantissa {
            Some(mantissa) => Ok(Self { mantissa, scale }),
            None => Err(ParseDecimalError::TooLarge {
                text: excerpt(text),
            }),
        }
    }
}

/// Whether `digits`, a part of `text` followed by `rest`, is one digit or more and nothing else.
fn check_digits(
    text: &str,
    digits: &str,
    rest: &str,
    expected: &'static str,
) -> Result<(), ParseDecimalError> {
    if digits.is_empty() {
        return Err(syntax(text, "a digit", rest.chars().next()));
    }
    match digits
        .chars()
        .enumerate()
        .find(|(_, found)| !found.is_ascii_digit())
    {
        None => Ok(()),
        Some((0, found)) => Err(syntax(text, "a digit", Some(found))),
        Some((_, found)) => Err(syntax(text, expected, Some(found))),
    }
}

fn syntax(text: &str, expected: &'static str, found: Option<char>) -> ParseDecimalError {
    ParseDecimalError::Syntax {
        text: excerpt(text),
        expected,
        found: found.map_or_else(|| "the end".to_owned(), |found| format!("`{found}`")),
    }
}
