//! Exact decimals, money, dates, periods and rounding: one semantics for every back end.
//!
//! A price must be the same number in the compiler that folds it, the interpreter that evaluates
//! it, the machine code that evaluates it faster, the trace that explains it and the answer that
//! is hashed and signed. This crate is where that number is defined. It knows no rules, no
//! products and no file formats, reads no clock and no locale, and depends on nothing else of
//! Quo; everything else may depend on it.
//!
//! # The meaning of a number
//!
//! A [`Decimal`] is an integer mantissa times ten to the power of minus its scale:
//!
//! | operation | result | scale |
//! |---|---|---|
//! | `a + b`, `a − b` | exact | the larger of both |
//! | `a × b` | exact | the sum of both |
//! | `a ÷ b` | one integer division, one [`Rounding`] | as said |
//! | rounding | one rounding | as said |
//! | a [`Percent`] as a factor | exact, same digits | two more |
//!
//! The scale of a result follows from the scales of the operands, never from their digits. So a
//! compiler knows every scale before it has seen a number, keeps scales out of the running
//! program, and calculates on bare integers with the same kernels ([`div_round_i64`],
//! [`div_round_i128`], [`mul_div_round_i128`]) that [`Decimal`] uses. Every result that has no
//! exact answer is an [`ArithmeticError`]: leaving 128 bits or [`MAX_SCALE`] places, dividing by
//! zero, losing digits where nobody wrote a rounding.
//!
//! # Why not `rust_decimal` throughout
//!
//! Its arithmetic is not exact, though it is called checked. `0.1234567890123456789²` comes back
//! rounded and without a word; `7922816251426433759354395033.5 + 0.05` drops the last digit, so
//! addition is not associative and the total of a quote depends on the order of its lines;
//! `1e-28 / 2` is zero. Its scale floats with the digits, which costs four to fifteen times the
//! time of a static one. It is the type databases and web frameworks speak, so values are
//! converted to it and from it at the edge, checked, and never calculated with there.
//!
//! # An example
//!
//! 7.5% off 1,234.50 euros, rounded where the rule says so; and the discount spread over three
//! lines without losing a cent.
//!
//! ```
//! use quo_value::{Money, Percent, Remainder, Rounding, allocate};
//!
//! let list: Money = "1234.50 EUR".parse()?;
//! let discount: Percent = "7.5%".parse()?;
//!
//! let exact = list.checked_mul(discount.fraction()?)?;
//! assert_eq!(exact.to_string(), "92.58750 EUR");
//!
//! let off = exact.round_to_currency(Rounding::HalfEven)?;
//! assert_eq!(off.to_string(), "92.59 EUR");
//! assert_eq!(list.checked_sub(off)?.to_string(), "1141.91 EUR");
//!
//! let lines = allocate(off.amount.mantissa(), &[1, 1, 1], Remainder::First)?;
//! assert_eq!(lines, [3087, 3086, 3086]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![deny(clippy::arithmetic_side_effects)]

mod allocate;
mod currency;
mod date;
mod decimal;
mod edge;
mod error;
mod instant;
mod money;
mod percent;
mod period;
mod rounding;
mod spread;
mod wide;

pub use allocate::{Remainder, allocate};
pub use currency::Currency;
pub use date::Date;
pub use decimal::{Decimal, MAX_SCALE};
pub use error::{
    ArithmeticError, IncomparablePeriods, MoneyError, ParseAmountError, ParseDecimalError,
    ParseError,
};
pub use instant::{Instant, is_time_zone};
pub use money::Money;
pub use percent::Percent;
pub use period::Period;
pub use rounding::{
    Rounding, div_round_i64, div_round_i128, mul_div_round_i128, pow10_i64, pow10_i128,
    round_to_quantum_i64, round_to_quantum_i128,
};
pub use spread::{LeftOver, spread};
