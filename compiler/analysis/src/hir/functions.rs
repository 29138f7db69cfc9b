//! Checked records, functions, decision tables, lists of constants and results: what calculations are made of.

use quo_source::Span;

use super::{Expr, Table};
use crate::types::{Type, Value};

/// A record: fields that belong together.
#[derive(Debug, Clone)]
pub struct Record {
    /// Its name; that of the group for repeated facts.
    pub name: String,
    /// Where it was declared.
    pub span: Span,
    /// Its fields in the order of their declaration.
    pub fields: Vec<Field>,
}

/// A field of a record.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Where it was declared.
    pub span: Span,
    /// Its type.
    pub ty: Type,
    /// Whether it may be absent.
    pub optional: bool,
    /// Its value when an input does not give it.
    pub default: Option<Value>,
}

/// A function, for one list of types of its parameters: one that leaves the decimals of a parameter open is here once for
/// every number of decimals it is called with.
#[derive(Debug, Clone)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// Where it was declared.
    pub span: Span,
    /// Its parameters, the first locals of the body.
    pub parameters: Vec<Parameter>,
    /// Its body; its type and whether it may be absent are those of a call.
    pub body: Expr,
}

/// A parameter of a function or a decision table.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// Whether it may be absent.
    pub optional: bool,
}

/// A decision table.
#[derive(Debug, Clone)]
pub struct DecisionTable {
    /// Its name.
    pub name: String,
    /// Where it was declared.
    pub span: Span,
    /// What is decided on.
    pub parameters: Vec<Parameter>,
    /// The conditions; the expression of a column is the local of a parameter.
    pub table: Table,
    /// Which of the rows that match counts.
    pub policy: HitPolicy,
    /// What is decided: of one outcome its type, of several the record with their names.
    pub ty: Type,
    /// The outcomes, in the order of their columns.
    pub outcomes: Vec<Outcome>,
}

/// Which of the rows that match counts (Decision Model and Notation 1.5, 8.2.10).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HitPolicy {
    /// Rows do not overlap.
    Unique,
    /// The first one. Rows of the policy *priority* are in the order of their priority here.
    First,
    /// All of them, as a list in the order of the rows.
    Collect,
    /// The sum of the outcome.
    Sum,
    /// The smallest outcome.
    Smallest,
    /// The largest outcome.
    Largest,
    /// How many.
    Count,
}

/// An outcome of a decision table.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// Whether it may be absent.
    pub optional: bool,
    /// Its value in each row; constants for tables that are imported.
    pub values: Vec<Expr>,
}

/// A list of constants, inline or imported: each row is an element.
#[derive(Debug, Clone)]
pub struct Data {
    /// Its name.
    pub name: String,
    /// Where it was declared.
    pub span: Span,
    /// The type of an element: a record, or that of the only column.
    pub element: Type,
    /// The values, row by row and column by column; `None` where absent. Numbers are at the scale of their column's type.
    pub values: Vec<Option<Value>>,
    /// Where each row stands.
    pub rows: Vec<Span>,
}

/// A named result of the decision.
#[derive(Debug, Clone)]
pub struct ResultOf {
    /// Its name.
    pub name: String,
    /// What people see.
    pub title: String,
    /// Where it was declared.
    pub span: Span,
    /// The value, in the scope of the priced quote.
    pub value: Expr,
}
