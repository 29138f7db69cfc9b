//! The static types of the language and the constants of those types.
//!
//! A number is a mantissa at a static scale with a range that every value of it lies in: the range decides whether 64 bits
//! suffice. This module knows neither syntax nor how a value is stored at run time.

use quo_value::{Currency, Date};

/// A static type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// A truth value.
    Bool,
    /// A number.
    Number(Number),
    /// A calendar day.
    Date,
    /// A number of calendar months.
    Months,
    /// A number of days.
    Days,
    /// A string.
    Text,
    /// A currency.
    Currency,
    /// A value of an enumeration, an index into [`crate::hir::Rules::enums`].
    Enum(usize),
    /// A product.
    Product,
    /// A point in time, to the second, in UTC.
    Instant,
    /// A record, an index into [`crate::hir::Rules::records`].
    Record(usize),
    /// A list; its elements have the type at this index of [`crate::hir::Rules::elements`].
    List(usize),
    /// An item of the quote, one of the products at this index of [`crate::hir::Rules::item_kinds`].
    Item(usize),
    /// What an expression with an error has; agrees with everything, so that one mistake is reported once.
    Unknown,
}

/// A number: what it counts, its scale and the range of its mantissa.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number {
    /// What it counts.
    pub unit: Unit,
    /// Number of decimals. Of a percentage: of the fraction, two more than of the written percentage.
    pub scale: u8,
    /// Least mantissa.
    pub min: i128,
    /// Greatest mantissa.
    pub max: i128,
}

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Whole things; scale 0.
    Int,
    /// A plain decimal.
    Decimal,
    /// A fraction written as a percentage.
    Percent,
    /// Money in the currency of the quote.
    Money,
    /// Money in a stated currency that need not be that of the quote.
    MoneyIn(Currency),
    /// A unit of measure, an index into [`crate::hir::Rules::units`].
    Measure(usize),
}

/// A constant.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Value {
    /// A truth value.
    Bool(bool),
    /// A mantissa at the scale of its type.
    Number(i128),
    /// A calendar day.
    Date(Date),
    /// Calendar months.
    Months(u32),
    /// Days.
    Days(u32),
    /// A string.
    Text(String),
    /// Index into [`crate::hir::Rules::currencies`].
    Currency(usize),
    /// A value of an enumeration.
    Enum {
        /// Index of the enumeration.
        of: usize,
        /// Index of the value in it.
        value: usize,
    },
    /// A product.
    Product(usize),
    /// Seconds since 1970-01-01T00:00:00Z.
    Instant(i64),
}

impl Number {
    /// The range of money that the static proof assumes, in its last decimal; money is always computed in checked 128 bits.
    pub const MONEY_LIMIT: i128 = 1_000_000_000_000_000_000_000_000;

    /// Whether every value fits a 64-bit register (`i64::MIN` is taken by "absent").
    #[must_use]
    pub fn is_narrow(&self) -> bool {
        !matches!(self.unit, Unit::Money | Unit::MoneyIn(_))
            && self.min > i128::from(i64::MIN)
            && self.max <= i128::from(i64::MAX)
    }
}
