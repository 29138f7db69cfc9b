//! What a quote stands on besides its products: stock-keeping units by option, retirement, qualification, validity,
//! clauses, and what approvals ask for again.

use quo_source::Span;
use quo_value::Date;

use super::{Expr, Table};

/// How much it matters that a constraint does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The quote may not go on.
    Error,
    /// Somebody should look at it.
    Warning,
    /// Somebody may want to know.
    Information,
}

/// Who may let a quote pass although a constraint does not hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overridable {
    /// Sorted indexes into [`super::Rules::roles`]; none where nobody may.
    pub roles: Vec<usize>,
    /// Whether a reason must be given.
    pub with_reason: bool,
}

/// The stock-keeping units of a product by its options.
#[derive(Debug, Clone)]
pub struct SkuTable {
    /// The rows; every column's expression is an option of the product or a fact. No two rows match the same case.
    pub table: Table,
    /// The stock-keeping unit of each row, each once in the ruleset.
    pub skus: Vec<String>,
}

/// The end of a product's sale to new business.
#[derive(Debug, Clone)]
pub struct Retirement {
    /// Where it stands.
    pub span: Span,
    /// The first day on which it is not sold.
    pub from: Date,
    /// For whom it is still sold: a truth value in the scope of the product.
    pub unless: Option<Expr>,
    /// The products that take its place, in the order they are named.
    pub successors: Vec<usize>,
}

/// An answer from outside that a product needs.
#[derive(Debug, Clone)]
pub struct Qualification {
    /// Stable id.
    pub id: String,
    /// Where it stands.
    pub span: Span,
    /// The product.
    pub product: usize,
    /// What to do where there is no valid answer.
    pub message: String,
    /// The day of the answer, in the scope of the product.
    pub day: Expr,
    /// What that day is called.
    pub named: String,
    /// How long an answer is valid.
    pub valid: Lasting,
    /// Which answer qualifies: a truth value in the scope of the product.
    pub when: Option<Expr>,
}

/// A length of time on the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lasting {
    /// Days.
    Days(u32),
    /// Months; short months clamp.
    Months(u32),
}

/// A day until which a quote is valid at most.
#[derive(Debug, Clone)]
pub struct Validity {
    /// Where it stands.
    pub span: Span,
    /// Why.
    pub title: String,
    /// A day, in the scope of the quote; where it is absent it limits nothing.
    pub day: Expr,
    /// How long after that day the quote is valid.
    pub after: Option<Lasting>,
}

/// A clause of the contract.
#[derive(Debug, Clone)]
pub struct Clause {
    /// Its name.
    pub name: String,
    /// What people see.
    pub title: String,
    /// Where it was declared.
    pub span: Span,
    /// Its version.
    pub version: u32,
    /// Its text; the empty string for none.
    pub text: String,
    /// Whether it is there only where it is asked for.
    pub on_request: bool,
    /// The products of which one must be in the quote, sorted; none for every quote.
    pub products: Vec<usize>,
    /// When, in the scope of the quote.
    pub when: Option<Expr>,
}

/// What makes a value worse, so that an approval that was given is asked for again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worse {
    /// A larger one.
    Rises,
    /// A smaller one.
    Falls,
    /// Any other one.
    Changes,
}

/// How the rows of an approval matrix are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowPolicy {
    /// The first that matches.
    First,
    /// Every one that matches.
    Every,
}

/// What becomes of a step that is not answered in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GoesUp {
    /// The next step is asked; the last one stays open.
    ToNext,
    /// This role is asked in its place.
    To(usize),
}

/// A task of a part that a task waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartTask {
    /// The part of the plan's product.
    pub part: usize,
    /// The name of the task in the plans of the part's products.
    pub task: String,
}

/// What all tasks of a part wait for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartAfter {
    /// The part of the plan's product.
    pub part: usize,
    /// Indexes of tasks of the plan.
    pub after: Vec<usize>,
}
