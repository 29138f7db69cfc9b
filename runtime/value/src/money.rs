//! Money: an exact amount in a currency.
//!
//! An amount may have more decimal places than its currency has minor units (a price of 0.0005
//! EUR per call is a price) until a rule rounds it. Two currencies never mix: this module knows
//! no exchange rates and refuses instead.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use crate::error::{ArithmeticError, MoneyError, ParseAmountError, ParseError};
use crate::{Currency, Decimal, Rounding};

/// An amount of money. Amounts are equal if currency and numeric value are: 1.5 EUR is 1.50 EUR.
///
/// There is no order among all amounts, since those of two currencies have none; see
/// [`checked_cmp`](Self::checked_cmp).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    /// The amount in whole units of the currency, so 12.50 for twelve and a half euros.
    pub amount: Decimal,
    /// The currency.
    pub currency: Currency,
}

impl Money {
    /// `amount` whole units of `currency`.
    #[must_use]
    pub const fn new(amount: Decimal, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// The exact sum.
    ///
    /// # Errors
    /// [`MoneyError::CurrencyMismatch`], or what [`Decimal::checked_add`] says.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        let currency = self.common_currency(other)?;
        Ok(Self::new(self.amount.checked_add(other.amount)?, currency))
    }

    /// The exact difference.
    ///
    /// # Errors
    /// [`MoneyError::CurrencyMismatch`], or what [`Decimal::checked_sub`] says.
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        let currency = self.common_currency(other)?;
        Ok(Self::new(self.amount.checked_sub(other.amount)?, currency))
    }

    /// How the amounts compare.
    ///
    /// # Errors
    /// [`MoneyError::CurrencyMismatch`], also for two amounts of zero.
    pub fn checked_cmp(self, other: Self) -> Result<Ordering, MoneyError> {
        self.common_currency(other)?;
        Ok(self.amount.cmp(&other.amount))
    }

    /// The exact product with a number, at the sum of both scales.
    ///
    /// # Errors
    /// What [`Decimal::checked_mul`] says.
    pub fn checked_mul(self, factor: Decimal) -> Result<Self, ArithmeticError> {
        Ok(Self::new(self.amount.checked_mul(factor)?, self.currency))
    }

    /// The amount rounded to the currency's minor unit: 0 places for JPY, 3 for KWD.
    ///
    /// # Errors
    /// What [`Decimal::round`] says.
    pub fn round_to_currency(self, mode: Rounding) -> Result<Self, ArithmeticError> {
        let amount = self.amount.round(self.currency.minor_units(), mode)?;
        Ok(Self::new(amount, self.currency))
    }

    fn common_currency(self, other: Self) -> Result<Currency, MoneyError> {
        if self.currency == other.currency {
            Ok(self.currency)
        } else {
            Err(MoneyError::CurrencyMismatch {
                left: self.currency,
                right: other.currency,
            })
        }
    }
}

impl fmt::Display for Money {
    /// `1234.50 EUR`, every decimal place shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.currency)
    }
}

impl FromStr for Money {
    type Err = ParseAmountError;

    /// Reads what [`Display`](fmt::Display) writes: a decimal number, one blank, a currency code.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (amount, code) = text.split_once(' ').ok_or_else(|| {
            ParseError::new(
                "money amount",
                text,
                "a number, a blank and a currency code, such as `1234.50 EUR`",
            )
        })?;
        Ok(Self::new(amount.parse()?, code.parse()?))
    }
}
