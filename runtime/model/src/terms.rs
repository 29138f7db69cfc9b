//! What a quote stands on besides its products, as data: stock-keeping units by option, qualification, validity, clauses,
//! overriding, and what approvals and fulfilment say about time and people.
//!
//! Like [`crate::rules`], of which it is a part, it holds no behaviour.

use rkyv::{Archive, Serialize};

use crate::rules::{Arg, Str};

/// How much it matters that a constraint does not hold.
#[derive(Archive, Serialize, Debug, Clone, Copy, PartialEq, Eq)]
#[rkyv(derive(Debug, Clone, Copy, PartialEq, Eq))]
#[repr(u8)]
pub enum Severity {
    /// The quote may not go on.
    Error,
    /// Somebody should look at it.
    Warning,
    /// Somebody may want to know.
    Information,
}

/// The stock-keeping units of a product by its options.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct SkuTable {
    /// The table with the rows.
    pub table: u32,
    /// What each column of the table is matched with, in their order.
    pub args: Vec<Arg>,
    /// The stock-keeping unit of each row.
    pub skus: Vec<Str>,
}

/// A length of time on the calendar.
#[derive(Archive, Serialize, Debug, Clone, Copy, PartialEq, Eq)]
#[rkyv(derive(Debug, Clone, Copy, PartialEq, Eq))]
pub enum Lasting {
    /// Days.
    Days(u32),
    /// Months; short months clamp.
    Months(u32),
}

/// An answer from outside that a product needs.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct Qualification {
    /// Stable id.
    pub id: Str,
    /// The product.
    pub product: u32,
    /// What to do where there is no valid answer.
    pub message: Str,
    /// The day of the answer: a narrow result of a routine of [`crate::Scope::Item`] ...
    pub day: u32,
    /// ... and what it is called.
    pub named: Str,
    /// How long an answer is valid, counted from its day.
    pub valid: Lasting,
    /// Which answer qualifies, a routine of [`crate::Scope::Item`], or [`crate::NONE`].
    pub when: u32,
}

/// A day until which a quote is valid at most.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct Validity {
    /// Why.
    pub title: Str,
    /// A day, the narrow result of a routine of [`crate::Scope::Quote`]; an absent one limits nothing.
    pub day: u32,
    /// How long after that day the quote is valid.
    pub after: Lasting,
}

/// A clause of the contract.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct Clause {
    /// Declared name, its stable id.
    pub name: Str,
    /// What people see.
    pub title: Str,
    /// Its version.
    pub version: u32,
    /// Its text; the empty string for none.
    pub text: Str,
    /// Whether it is there only where it is asked for.
    pub on_request: bool,
    /// The products of which one must be in the quote, sorted; none for every quote.
    pub products: Vec<u32>,
    /// When, a routine of [`crate::Scope::Quote`], or [`crate::NONE`].
    pub when: u32,
}

/// What makes a value worse, so that an approval that was given is asked for again.
#[derive(Archive, Serialize, Debug, Clone, Copy, PartialEq, Eq)]
#[rkyv(derive(Debug, Clone, Copy, PartialEq, Eq))]
#[repr(u8)]
pub enum Worse {
    /// A larger one.
    Rises,
    /// A smaller one.
    Falls,
    /// Any other one.
    Changes,
}

/// A column of an approval matrix that makes an approval be asked for again.
#[derive(Archive, Serialize, Debug, Clone, Copy, PartialEq, Eq)]
#[rkyv(derive(Debug, Clone, Copy, PartialEq, Eq))]
pub struct Worsening {
    /// The column, by its place among the arguments.
    pub column: u32,
    /// What counts as worse.
    pub worse: Worse,
}

/// A task of a part that a task waits for.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct PartTask {
    /// The part of the plan's product.
    pub part: u32,
    /// The name of the task in the plans of the part's products.
    pub task: Str,
}

/// What all tasks of a part wait for.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct PartAfter {
    /// The part of the plan's product.
    pub part: u32,
    /// Tasks of the plan.
    pub after: Vec<u32>,
}
