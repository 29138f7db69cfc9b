//! Percentages, as people write them.
//!
//! 7.5% is kept as 7.5 and becomes 0.075 only where it is applied, so that what an answer or a
//! trace shows is what the price book says. A percentage knows no base: of what it is taken is
//! said by the rule.

use std::fmt;
use std::str::FromStr;

use crate::Decimal;
use crate::error::{ArithmeticError, ParseAmountError, ParseError};

/// A percentage by its written number: `Percent(7.5)` is 7.5%.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Percent(pub Decimal);

impl Percent {
    /// The decimal places a percentage gains when it becomes a factor.
    pub const SCALE_GAINED: u8 = 2;

    /// The written number, 7.5 for 7.5%.
    #[must_use]
    pub const fn written(self) -> Decimal {
        self.0
    }

    /// The factor, 0.075 for 7.5%: the same digits at a scale larger by two.
    ///
    /// # Errors
    /// [`ArithmeticError::ScaleTooLarge`] for a percentage with more than 36 decimal places.
    pub fn fraction(self) -> Result<Decimal, ArithmeticError> {
        let scale = self.0.scale().saturating_add(Self::SCALE_GAINED);
        Decimal::new(self.0.mantissa(), scale)
    }

    /// The percentage whose factor is `fraction`: 7.5% for 0.075, 7% for 0.07 and for 0.07000
    /// 7.000%.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`] where `fraction` has fewer than two decimal places and does
    /// not fit with two.
    pub fn from_fraction(fraction: Decimal) -> Result<Self, ArithmeticError> {
        let fraction = fraction.rescale_exact(fraction.scale().max(Self::SCALE_GAINED))?;
        let scale = fraction.scale().saturating_sub(Self::SCALE_GAINED);
        Decimal::new(fraction.mantissa(), scale).map(Self)
    }
}

impl fmt::Display for Percent {
    /// `7.5%`, every decimal place shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", self.0)
    }
}

impl FromStr for Percent {
    type Err = ParseAmountError;

    /// Reads what [`Display`](fmt::Display) writes: a decimal number directly followed by `%`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = text.strip_suffix('%').ok_or_else(|| {
            ParseError::new(
                "percentage",
                text,
                "a number directly followed by `%`, such as `7.5%`",
            )
        })?;
        Ok(Self(number.parse()?))
    }
}
