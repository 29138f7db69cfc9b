//! Typed expressions: what a condition, an amount or a default is made of.
//!
//! Names are resolved to indexes and every node has its type; how values are stored when they are worked out is not known
//! here.

use quo_source::Span;
use quo_value::Rounding;

use crate::types::{Type, Value};

/// A typed expression.
#[derive(Debug, Clone)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its type.
    pub ty: Type,
    /// Whether it may be absent.
    pub optional: bool,
    /// Its text.
    pub span: Span,
}

/// Operations of two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinaryOp {
    /// Both hold.
    And,
    /// At least one holds.
    Or,
    /// The right holds where the left does.
    Implies,
    /// Equal. An absent side makes this and every other comparison false.
    Eq,
    /// Not equal.
    Ne,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
    /// Exact sum; both sides have the type's scale or a smaller one.
    Add,
    /// Exact difference.
    Sub,
    /// Exact product; its scale is the sum of the scales.
    Mul,
}

/// What an expression is.
///
/// Numbers of different scales may meet in sums and comparisons: whoever lowers them brings both to the larger scale.
#[derive(Debug, Clone)]
pub enum ExprKind {
    /// A constant.
    Const(Value),
    /// A fact.
    Fact(usize),
    /// An option of the item `up` levels up (0: this item, 1: the bundle it is a part of).
    Option {
        /// Levels up.
        up: u8,
        /// Index of the option.
        option: usize,
    },
    /// An option of the child in a part; absent where there is none. The part has one kind.
    PartOption {
        /// Levels up.
        up: u8,
        /// Index of the part.
        part: usize,
        /// Index of the option in the part's kind.
        option: usize,
    },
    /// The product of the one child in a part; absent where there is none.
    PartKind {
        /// Levels up.
        up: u8,
        /// Index of the part.
        part: usize,
    },
    /// Whether a part holds a product.
    HasKind {
        /// Levels up.
        up: u8,
        /// Index of the part.
        part: usize,
        /// The product.
        product: usize,
    },
    /// How many children a part has.
    CountPart {
        /// Levels up.
        up: u8,
        /// Index of the part.
        part: usize,
    },
    /// What was asked for an adjustment.
    Asked(usize),
    /// The price of the charge before adjustments.
    List,
    /// What is left of the charge.
    Left,
    /// The contract value before adjustments.
    TotalList,
    /// The contract value after adjustments.
    TotalNet,
    /// A named amount in the currency of the quote.
    Amount(usize),
    /// The negative of a number.
    Negate(Box<Expr>),
    /// The opposite of a truth value.
    Not(Box<Expr>),
    /// An operation of two values.
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// Whether a value is one of these.
    InSet(Box<Expr>, Vec<Value>),
    /// Whether a value lies between two others, both included.
    InRange(Box<Expr>, Box<Expr>, Box<Expr>),
    /// Whether a value is present (or, with `false`, absent).
    Present(Box<Expr>, bool),
    /// A rounded quotient: its type's scale and kind say of what.
    Divide {
        /// The dividend.
        dividend: Box<Expr>,
        /// The divisor.
        divisor: Box<Expr>,
        /// How it is rounded.
        rounding: Rounding,
        /// The value when the divisor is zero; of the same type, at its scale or a smaller one.
        otherwise: Box<Expr>,
    },
    /// A value rounded to its type's scale.
    Round {
        /// The value.
        value: Box<Expr>,
        /// How it is rounded.
        rounding: Rounding,
        /// Whether to the minor unit of the quote's currency; the type's scale is then the money scale.
        currency: bool,
    },
    /// One of two values.
    If {
        /// The condition.
        condition: Box<Expr>,
        /// The value if it holds.
        then: Box<Expr>,
        /// The value if not.
        otherwise: Box<Expr>,
    },
}
