//! What calculations are made of: records, lists of constants, loops, named results.
//!
//! At run time every value is narrow or wide. A list is a narrow handle, a record a narrow reference to a row of a list
//! ([`record_ref`]); lists of constants have the first handles, then come those of the request, and those that a decision
//! makes begin at [`MADE_LISTS_AT`]. What calculates with them is the engine's.

use rkyv::{Archive, Serialize};

use crate::rules::{Str, ValueType};

/// A wide register or cell that holds "absent" where it is passed on: an argument, a result, a cell of a list.
///
/// Arithmetic never leaves this value; code that calculates keeps absence in a narrow flag.
pub const ABSENT_WIDE: i128 = i128::MIN;

/// The handle of the first list that a decision makes.
pub const MADE_LISTS_AT: u32 = 1 << 30;

/// The reference to a row of a list.
#[must_use]
pub fn record_ref(list: u32, row: u32) -> i64 {
    (i64::from(list) << 32) | i64::from(row)
}

/// The list and the row of a reference; `None` for a negative number, which is none.
#[must_use]
pub fn list_and_row(reference: i64) -> Option<(u32, u32)> {
    let list = u32::try_from(reference >> 32).ok()?;
    let row = u32::try_from(reference & i64::from(u32::MAX)).ok()?;
    Some((list, row))
}

/// A record: the columns of its lists.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct RecordDef {
    /// Its name.
    pub name: Str,
    /// Its fields; a field is known by its index here.
    pub fields: Vec<FieldDef>,
}

/// A field of a record.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct FieldDef {
    /// Its name.
    pub name: Str,
    /// Its type.
    pub ty: ValueType,
    /// Whether it may be absent.
    pub optional: bool,
    /// The value when an input does not give it; [`crate::ABSENT`] for none.
    pub default: i64,
}

/// A list of constants.
#[derive(Archive, Serialize, Debug, Clone, Default, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct DataList {
    /// How many rows.
    pub rows: u32,
    /// Its columns: one for a list of plain values, one for each field for a list of records.
    pub columns: Vec<DataColumn>,
}

/// A column of constants: one of both has a value for each row, the other is empty.
#[derive(Archive, Serialize, Debug, Clone, Default, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct DataColumn {
    /// Values that 64 bits hold; [`crate::ABSENT`] for none.
    pub narrow: Vec<i64>,
    /// Values of which some need more; [`ABSENT_WIDE`] for none.
    pub wide: Vec<i128>,
}

/// What a loop makes of the elements of a list.
#[derive(Archive, Serialize, Debug, Clone, Copy, PartialEq, Eq)]
#[rkyv(derive(Debug, Clone, Copy, PartialEq, Eq))]
#[repr(u8)]
pub enum LoopKind {
    /// The sum of the body.
    Sum,
    /// How many.
    Count,
    /// Whether there is one.
    Any,
    /// Whether the body is true for all.
    All,
    /// The largest value of the body.
    Largest,
    /// The smallest value of the body.
    Smallest,
    /// The first element.
    First,
    /// The last element.
    Last,
    /// The list of the body.
    List,
    /// The elements by the keys.
    Sorted,
    /// A value that the body carries on.
    Running,
    /// The list of what the body carries on.
    RunningList,
}

/// How an element is handed to the routines of a loop.
#[derive(Archive, Serialize, Debug, Clone, Copy, PartialEq, Eq)]
#[rkyv(derive(Debug, Clone, Copy, PartialEq, Eq))]
#[repr(u8)]
pub enum Element {
    /// As a reference to its row.
    Row,
    /// As its only cell, which is narrow.
    Narrow,
    /// As its only cell, which is wide.
    Wide,
}

/// A loop over the elements of a list.
///
/// Its routines take, of either bank: the captured registers in their order, then the element, then (narrow) its
/// position from 1 where `position` says so, then, the body of a running value only, the value carried.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct Loop {
    /// What it makes.
    pub kind: LoopKind,
    /// How elements are handed over.
    pub element: Element,
    /// Whether the position is.
    pub position: bool,
    /// First captured narrow register.
    pub narrow_at: u8,
    /// How many narrow registers are captured.
    pub narrow_len: u8,
    /// First captured wide register.
    pub wide_at: u8,
    /// How many wide registers are captured.
    pub wide_len: u8,
    /// Elements for which this routine does not give 1 are passed over, or [`crate::NONE`].
    pub condition: u32,
    /// The body, or [`crate::NONE`] for kinds that have none.
    pub body: u32,
    /// Keys of [`LoopKind::Sorted`].
    pub keys: Vec<LoopKey>,
    /// Columns of the list that it makes: those of a record that the body gives, whose row is copied; 0 where the body
    /// gives the only cell, or no list is made.
    pub columns: u32,
    /// Whether the body's value is or holds a list or record, so that what it made must be kept.
    pub keeps: bool,
    /// The index by which the rows are found for which the condition can hold, or [`crate::NONE`] to look at all. It
    /// counts only where the list is the one that it is an index of.
    pub index: u32,
    /// The first of the narrow registers that hold the values looked for, one for each column of the index.
    pub keys_at: u8,
}

/// A key to sort by.
#[derive(Archive, Serialize, Debug, Clone, Copy, PartialEq, Eq)]
#[rkyv(derive(Debug, Clone, Copy))]
pub struct LoopKey {
    /// The routine that gives it; absent keys come last.
    pub routine: u32,
    /// Whether the largest comes first.
    pub descending: bool,
}

/// A named result of the decision.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct ResultDef {
    /// Its name.
    pub name: Str,
    /// What people see.
    pub title: Str,
    /// What it is.
    pub value: ProbeDef,
}

/// A value that is worked out to be looked at.
#[derive(Archive, Serialize, Debug, Clone, Copy, PartialEq, Eq)]
#[rkyv(derive(Debug, Clone, Copy))]
pub struct ProbeDef {
    /// Its type.
    pub ty: ValueType,
    /// The routine of [`crate::Scope::Total`] that gives it; a wide result may be [`ABSENT_WIDE`].
    pub routine: u32,
}

/// Functions of the language itself: `n[dst] = function of n[a], n[a + 1] ...`. The numbers are part of the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Function {
    /// Days from one day to another.
    DaysBetween = 0,
    /// Whole months from one day to another.
    MonthsBetween = 1,
    /// A day and a number of days later.
    AddDays = 2,
    /// A day and a number of months later, clamped to the end of a short month.
    AddMonths = 3,
    /// The year of a day.
    Year = 4,
    /// The month of a day.
    Month = 5,
    /// The day of the month of a day.
    DayOfMonth = 6,
    /// The day of the week of a day, Monday 1.
    Weekday = 7,
    /// The day of year, month and day of the month, the last clamped to the end of the month.
    DateOf = 8,
    /// The day of an instant in a time zone.
    DayInZone = 9,
    /// Seconds from one instant to another.
    SecondsBetween = 10,
    /// A number as a period, which is not negative.
    Period = 11,
    /// Decimals of the minor unit of the quote's currency.
    MinorUnits = 12,
    /// Characters of a text.
    Length = 13,
    /// Whether a text begins with another.
    BeginsWith = 14,
}

impl Function {
    /// Every function, in the order of its number.
    pub const ALL: [Function; 15] = [
        Function::DaysBetween,
        Function::MonthsBetween,
        Function::AddDays,
        Function::AddMonths,
        Function::Year,
        Function::Month,
        Function::DayOfMonth,
        Function::Weekday,
        Function::DateOf,
        Function::DayInZone,
        Function::SecondsBetween,
        Function::Period,
        Function::MinorUnits,
        Function::Length,
        Function::BeginsWith,
    ];

    /// The function with this number.
    #[must_use]
    pub fn from_code(code: u32) -> Option<Function> {
        Self::ALL.get(usize::try_from(code).ok()?).copied()
    }

    /// How many arguments it takes.
    #[must_use]
    pub fn arguments(self) -> u8 {
        match self {
            Function::MinorUnits => 0,
            Function::Year
            | Function::Month
            | Function::DayOfMonth
            | Function::Weekday
            | Function::Period
            | Function::Length => 1,
            Function::DaysBetween
            | Function::MonthsBetween
            | Function::AddDays
            | Function::AddMonths
            | Function::DayInZone
            | Function::SecondsBetween
            | Function::BeginsWith => 2,
            Function::DateOf => 3,
        }
    }
}

/// Bits of the packed constant of [`crate::Op::Spread`]: rounding mode, who gets the remainder, flags.
pub mod spread_bits {
    /// Shift of the code of who gets the remainder.
    pub const REMAINDER: u32 = 8;
    /// Set where shares are of the minor unit of the quote's currency.
    pub const CURRENCY: u32 = 1 << 16;
    /// Set where all weights are one; the list then only says how many.
    pub const EQUAL: u32 = 1 << 17;
}
