//! The edge to [`rust_decimal`], the decimal type that databases and web frameworks speak.
//!
//! Values cross here in both directions and no calculation happens on the other side: its
//! mantissa has 96 bits and its arithmetic rounds silently. Nothing inside Quo depends on this
//! module.

use crate::Decimal;
use crate::error::ArithmeticError;

impl TryFrom<Decimal> for rust_decimal::Decimal {
    type Error = ArithmeticError;

    /// The same number, at the same scale where 96 bits and 28 places allow it, else without its
    /// trailing zeros.
    ///
    /// # Errors
    /// [`ArithmeticError::Inexact`] where it cannot hold the number.
    fn try_from(number: Decimal) -> Result<Self, Self::Error> {
        let at_its_scale = |number: Decimal| {
            Self::try_from_i128_with_scale(number.mantissa(), u32::from(number.scale()))
        };
        at_its_scale(number)
            .or_else(|_| at_its_scale(number.normalized()))
            .map_err(|_| ArithmeticError::Inexact)
    }
}

impl TryFrom<rust_decimal::Decimal> for Decimal {
    type Error = ArithmeticError;

    /// The same number at the same scale.
    ///
    /// # Errors
    /// None today, since all its numbers fit; [`ArithmeticError::ScaleTooLarge`] should it ever
    /// hold more decimal places.
    fn try_from(number: rust_decimal::Decimal) -> Result<Self, Self::Error> {
        let scale = u8::try_from(number.scale()).map_err(|_| ArithmeticError::ScaleTooLarge)?;
        Self::new(number.mantissa(), scale)
    }
}
