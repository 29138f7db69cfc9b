//! The enumeration of the model whose variants have named fields: the type of a value.
//!
//! It has a file of its own because rkyv's derive writes no documentation on the fields of its resolvers, so that the lint
//! for missing documentation is lifted for this file and no other.

use rkyv::{Archive, Serialize};

/// The type of an input or of a value shown to a person. Numbers are bounded mantissas at the scale given.
#[derive(Archive, Serialize, Debug, Clone, Copy, PartialEq, Eq)]
#[rkyv(derive(Debug, Clone, Copy, PartialEq, Eq))]
pub enum ValueType {
    /// `yes` or `no`.
    Bool,
    /// A whole number.
    Int {
        /// Least value.
        min: i64,
        /// Greatest value.
        max: i64,
    },
    /// An exact decimal.
    Decimal {
        /// Least mantissa.
        min: i64,
        /// Greatest mantissa.
        max: i64,
        /// Number of decimals.
        scale: u8,
        /// What it counts, an index into [`crate::Model::units`], or [`crate::NONE`].
        unit: u32,
    },
    /// A percentage. The mantissa is that of the *fraction*: `7.5%` with one decimal is 75 at scale 3.
    Percent {
        /// Least mantissa of the fraction.
        min: i64,
        /// Greatest mantissa of the fraction.
        max: i64,
        /// Number of decimals of the fraction: two more than those of the percentage.
        scale: u8,
    },
    /// An amount of money, a wide mantissa at this scale; of 64 bits where it is an input.
    Money {
        /// Number of decimals.
        scale: u8,
        /// The numeric code of its currency (ISO 4217), or 0 for that of the quote.
        currency: u16,
    },
    /// An exact decimal that may need more than 64 bits. Only for showing; not an input.
    WideDecimal {
        /// Number of decimals.
        scale: u8,
        /// What it counts, an index into [`crate::Model::units`], or [`crate::NONE`].
        unit: u32,
    },
    /// A percentage whose fraction may need more than 64 bits. Only for showing; not an input.
    WidePercent {
        /// Number of decimals of the fraction.
        scale: u8,
    },
    /// Days since 1970-01-01.
    Date,
    /// A number of calendar months.
    Months,
    /// A number of days.
    Days,
    /// A string: one of the package, or one of the request with a number beyond those.
    Text,
    /// Index of a currency of the package.
    Currency,
    /// Index of a value of this enumeration.
    Enum(u32),
    /// Index of a product. Only for showing; not an input.
    Product,
    /// Seconds since 1970-01-01T00:00:00Z.
    Instant,
    /// A reference to a row: a record of the package.
    Record(u32),
    /// A handle of a list whose elements have this type, an index into [`crate::Model::elements`].
    List(u32),
    /// An item of the quote. Only for showing; not an input.
    Item,
}
