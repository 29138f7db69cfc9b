//! What can go wrong with a value: arithmetic that has no exact answer, and text that is no
//! value.
//!
//! These errors know the values they are about and nothing of the rule, line or file in which
//! they happened; whoever evaluates adds that. Messages are one lowercase sentence without a
//! final period, user input in backticks and never longer than a line.

use crate::period::Period;
use crate::{Currency, decimal::MAX_SCALE};

/// Why a calculation has no answer. Never replaced by a nearby number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum ArithmeticError {
    /// The result's mantissa, or an operand brought to the common scale, leaves 128 bits.
    #[error("the result does not fit into 128 bits")]
    Overflow,
    /// The divisor, or the sum of all weights, is zero.
    #[error("division by zero")]
    DivisionByZero,
    /// Digits would be lost and no rounding was written.
    #[error("the result has digits that no rounding covers")]
    Inexact,
    /// The scale of the value would be above [`MAX_SCALE`].
    #[error("the result has more than {MAX_SCALE} decimal places")]
    ScaleTooLarge,
    /// An amount cannot be spread over a negative weight.
    #[error("a weight is negative")]
    NegativeWeight,
    /// An amount cannot be spread over weights of which some are negative and some positive.
    #[error("some weights are negative and some are positive")]
    WeightsOfBothSigns,
    /// An amount other than zero meets weights that are all zero.
    #[error("all weights are zero, so that nothing says who gets the amount")]
    NoWeight,
    /// An amount other than zero meets an empty list.
    #[error("there is nothing to spread the amount over")]
    NothingToSpreadOver,
    /// An amount is no whole number of the units that its shares have, so that they could not add up to it.
    #[error("the amount is finer than its shares, which could not add up to it")]
    FinerThanShares,
    /// A price or a quantity is never below zero.
    #[error("a price or a quantity is negative")]
    Negative,
    /// The date would lie outside the calendar.
    #[error("the date is not between 0001-01-01 and 9999-12-31")]
    DateOutOfRange,
    /// No month has this number.
    #[error("a month is from 1 to 12")]
    NoSuchMonth,
    /// No month has a day of this number; one of at most 31 is clamped to the end of its month.
    #[error("a day of a month is from 1 to 31")]
    NoSuchDay,
    /// A value cannot be rounded to multiples of nothing, or of less.
    #[error("the step that it is rounded to is not greater than zero")]
    StepNotPositive,
    /// The IANA database has no time zone of this name.
    #[error("the time zone is not one of the IANA database")]
    UnknownTimeZone,
    /// A period cannot have fewer than no months or days, nor more than 32 bits count.
    #[error("a period is negative or too long")]
    PeriodOutOfRange,
}

/// Why two amounts of money cannot be combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum MoneyError {
    /// The amounts are in different currencies; converting is a rule's decision.
    #[error("`{left}` and `{right}` are different currencies")]
    CurrencyMismatch {
        /// The currency of the amount on the left.
        left: Currency,
        /// The currency of the amount on the right.
        right: Currency,
    },
    /// The amounts themselves have no exact answer.
    #[error(transparent)]
    Arithmetic(#[from] ArithmeticError),
}

/// Neither period is known to be the longer one: one has more months, the other more days, and
/// a month has no fixed number of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error("`{left}` and `{right}` cannot be compared, since months differ in their number of days")]
pub struct IncomparablePeriods {
    /// The period on the left.
    pub left: Period,
    /// The period on the right.
    pub right: Period,
}

/// Text that is not the value it was read as.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
#[error("`{text}` is not a {what}: expected {expected}")]
pub struct ParseError {
    /// What was read, in a person's words: `date`, `period`.
    what: &'static str,
    /// The text, cut to a length that fits a message.
    text: String,
    /// The form that would have been accepted.
    expected: &'static str,
}

impl ParseError {
    /// `text` was read as a `what`; `expected` says which form would have been accepted.
    pub(crate) fn new(what: &'static str, text: &str, expected: &'static str) -> Self {
        Self {
            what,
            text: excerpt(text),
            expected,
        }
    }
}

/// Why text is not a decimal number.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
pub enum ParseDecimalError {
    /// The text leaves the grammar.
    #[error("`{text}` is not a decimal number: expected {expected}, found {found}")]
    Syntax {
        /// The text, cut to a length that fits a message.
        text: String,
        /// What could have stood there.
        expected: &'static str,
        /// The character that stands there, in backticks, or `the end`.
        found: String,
    },
    /// More decimal places than a scale can count.
    #[error("`{text}` has {places} decimal places, and a decimal number holds {MAX_SCALE}")]
    TooManyPlaces {
        /// The text, cut to a length that fits a message.
        text: String,
        /// How many decimal places were written.
        places: usize,
    },
    /// More digits than a mantissa holds.
    #[error("`{text}` has more digits than fit into 128 bits")]
    TooLarge {
        /// The text, cut to a length that fits a message.
        text: String,
    },
}

/// Why text is not a number with a unit: an amount of money or a percentage.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
pub enum ParseAmountError {
    /// The number itself is not a decimal number.
    #[error(transparent)]
    Number(#[from] ParseDecimalError),
    /// The unit is missing or unknown.
    #[error(transparent)]
    Unit(#[from] ParseError),
}

/// The most characters of somebody's text that a message repeats.
const EXCERPT_CHARS: usize = 60;

/// `text` as a message may repeat it: a text of a megabyte must not become a message of one.
pub(crate) fn excerpt(text: &str) -> String {
    let mut shown: String = text.chars().take(EXCERPT_CHARS).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
