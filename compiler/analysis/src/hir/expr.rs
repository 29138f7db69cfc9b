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
    /// Nothing: the value that is absent.
    Absent,
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
    /// By what the unit price of the charge is multiplied.
    Quantity,
    /// The contract value of these charges: sorted indexes into [`crate::hir::Rules::charges`].
    TotalOf {
        /// After adjustments (or those so far), else before them.
        net: bool,
        /// The charges.
        charges: Vec<usize>,
    },
    /// The quantities of these charges together.
    QuantityOf(Vec<usize>),
    /// The contract value before adjustments.
    TotalList,
    /// The contract value after adjustments.
    TotalNet,
    /// What floors kept back over the contract.
    TotalKept,
    /// How many clauses are removed (or, with `true`, added).
    ClauseCount {
        /// Whether those that are added.
        added: bool,
    },
    /// Whether a clause is removed (or, with `true`, added).
    ClauseChanged {
        /// Index into [`crate::hir::Rules::clauses`].
        clause: usize,
        /// Whether it is added.
        added: bool,
    },
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
    /// A value that may be absent, where it is known that it is there: what stands here is looked at only then, or counts
    /// only then.
    Assured(Box<Expr>),
    /// A value of the body this expression belongs to: a parameter, a `let`, or the variable of a loop around it.
    ///
    /// Locals are numbered through a body, parameters first; a number stands for one declaration only.
    Local(usize),
    /// A value with a name, and what is made of it.
    Let {
        /// The local that holds it.
        local: usize,
        /// Where its name stands.
        name: Span,
        /// The value.
        value: Box<Expr>,
        /// The expression that may name it.
        body: Box<Expr>,
    },
    /// A call of a function, with an argument for each parameter, of its type.
    Call {
        /// Index into [`crate::hir::Rules::functions`].
        function: usize,
        /// The arguments.
        arguments: Vec<Expr>,
    },
    /// A look-up in a decision table, with an argument for each column of it. Absent where no row matches.
    Decide {
        /// Index into [`crate::hir::Rules::decision_tables`].
        table: usize,
        /// The arguments, in the order of the table's parameters.
        arguments: Vec<Expr>,
    },
    /// A field of a record; absent where the record or the field is.
    Field {
        /// The record.
        record: Box<Expr>,
        /// Index of the field.
        field: usize,
    },
    /// A new record, with a value for each field.
    Record {
        /// Index into [`crate::hir::Rules::records`].
        of: usize,
        /// Its fields, in the order of their declaration; each of the field's type.
        fields: Vec<Expr>,
    },
    /// A list of constants, an index into [`crate::hir::Rules::data`].
    Data(usize),
    /// A list of these values.
    Listed(Vec<Expr>),
    /// The whole numbers from one to another, both included; empty where the second is smaller.
    Numbers {
        /// The first.
        from: Box<Expr>,
        /// The last.
        to: Box<Expr>,
    },
    /// The elements of one list and then those of another.
    Joined(Box<Expr>, Box<Expr>),
    /// The element at a position counted from 1; absent outside.
    ItemAt {
        /// The list.
        list: Box<Expr>,
        /// The position.
        position: Box<Expr>,
    },
    /// Something worked out over the elements of a list.
    Each(Box<Each>),
    /// An amount spread over the elements of a list in proportion to weights; a list of as many amounts.
    Spread(Box<Spread>),
    /// Items of the quote.
    Items(ItemsOf),
    /// The items in a part of an item that is a value; none where its product has no such part.
    PartOf {
        /// The item.
        item: Box<Expr>,
        /// The name of the part.
        part: String,
    },
    /// An option of an item that is a value; absent where the item's product does not have it.
    ItemOption {
        /// The item.
        item: Box<Expr>,
        /// For each product that the item may be: the index of the option.
        options: Vec<(usize, usize)>,
    },
    /// The product of an item that is a value.
    ItemProduct(Box<Expr>),
    /// The charges of the priced quote: a list of the record [`crate::hir::Rules::charge_record`].
    Charges,
    /// A function of the language itself.
    Builtin {
        /// Which one.
        function: Builtin,
        /// Its arguments.
        arguments: Vec<Expr>,
    },
    /// The first value, or the second where that is absent.
    Otherwise(Box<Expr>, Box<Expr>),
    /// A value rounded to a multiple of a step, which is greater than zero; its type has the step's scale.
    RoundToStep {
        /// The value.
        value: Box<Expr>,
        /// The step.
        step: Box<Expr>,
        /// How it is rounded.
        rounding: Rounding,
    },
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

/// Something worked out over the elements of a list.
#[derive(Debug, Clone)]
pub struct Each {
    /// The list.
    pub list: Expr,
    /// The local that holds the element.
    pub element: usize,
    /// The local that holds its position, counted from 1.
    pub position: Option<usize>,
    /// Elements for which this does not hold are passed over.
    pub condition: Option<Expr>,
    /// What is worked out.
    pub what: What,
}

/// What is worked out over the elements of a list.
#[derive(Debug, Clone)]
pub enum What {
    /// The sum of a value; 0 of none. An absent value counts as nothing.
    Sum(Expr),
    /// How many.
    Count,
    /// Whether there is one.
    Any,
    /// Whether this holds for each one.
    All(Expr),
    /// The largest value; absent of none.
    Largest(Expr),
    /// The smallest value; absent of none.
    Smallest(Expr),
    /// The first element; absent of none.
    First,
    /// The last element; absent of none.
    Last,
    /// The list of a value.
    List(Expr),
    /// The elements by keys, the first key deciding first; equal ones stay in their order.
    Sorted(Vec<SortKey>),
    /// A value carried along: what it is after the last element, or the list of what it is after each.
    Running {
        /// The local that holds it.
        carried: usize,
        /// What it is before the first element; of the type of `step`.
        start: Expr,
        /// What it becomes at an element.
        step: Expr,
        /// Whether the result is the list.
        list: bool,
    },
}

/// A key to sort by.
#[derive(Debug, Clone)]
pub struct SortKey {
    /// The key.
    pub key: Expr,
    /// Whether the largest comes first.
    pub descending: bool,
}

/// An amount spread over the elements of a list in proportion to weights.
#[derive(Debug, Clone)]
pub struct Spread {
    /// The amount.
    pub amount: Expr,
    /// The list.
    pub list: Expr,
    /// The local that holds the element, in `weight`.
    pub element: usize,
    /// The weight of an element, not negative; `None` for equal shares.
    pub weight: Option<Expr>,
    /// How each share is rounded before the remainder is given out.
    pub rounding: Rounding,
    /// Where the remainder goes.
    pub remainder: Remainder,
    /// Whether shares are of the minor unit of the quote's currency; else of the last decimal of the type.
    pub currency: bool,
}

/// Where the remainder of a spread amount goes, one smallest unit at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remainder {
    /// To the shares that rounding took most from, ties by their order.
    Largest,
    /// To the first elements, in their order.
    First,
    /// To the last elements, from the last.
    Last,
    /// All of it to the element with the largest weight, ties by their order.
    Heaviest,
}

/// Items of the quote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemsOf {
    /// Those in a part of the item `up` levels up.
    Part {
        /// Levels up.
        up: u8,
        /// Index of the part.
        part: usize,
    },
    /// Those of these products inside of the item `up` levels up, at any depth, in the order of the quote; sorted.
    Inside {
        /// Levels up.
        up: u8,
        /// The products.
        products: Vec<usize>,
    },
    /// Every item of these products, in the order of the quote, parts of bundles too; sorted.
    Products(Vec<usize>),
    /// The lines of the quote.
    Lines,
}

/// A function of the language itself. Dates are days, instants are seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Builtin {
    /// The larger of two values of one type.
    Larger,
    /// The smaller of two values of one type.
    Smaller,
    /// The number without its sign.
    Magnitude,
    /// How many days a date lies after another one: `(from, to)`.
    DaysBetween,
    /// How many whole months a date lies after another one, short months clamped: `(from, to)`.
    MonthsBetween,
    /// A date and a number of days later.
    AddDays,
    /// A date and a number of months later, clamped to the end of a short month.
    AddMonths,
    /// The year of a date.
    Year,
    /// The month of a date, from 1.
    Month,
    /// The day of the month of a date, from 1.
    DayOfMonth,
    /// The day of the week of a date, Monday 1 to Sunday 7.
    Weekday,
    /// The date of year, month and day of the month, the day clamped to the end of the month.
    DateOf,
    /// The day of an instant in a time zone of the IANA database: `(instant, zone)`.
    DayInZone,
    /// How many seconds an instant lies after another one: `(from, to)`.
    SecondsBetween,
    /// The whole months in a period.
    MonthsIn,
    /// The whole days in a period.
    DaysIn,
    /// A number of months as a period.
    PeriodOfMonths,
    /// A number of days as a period.
    PeriodOfDays,
    /// The whole part of a number, towards minus infinity, as a whole number.
    Floor,
    /// Decimals of the minor unit of the quote's currency.
    MinorUnits,
    /// The number of characters of a text.
    Length,
    /// Whether a text begins with another: `(text, beginning)`.
    BeginsWith,
}

impl Expr {
    /// Whether another expression is made of the same, wherever it stands.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.ty == other.ty && format!("{:?}", self.kind) == format!("{:?}", other.kind)
    }

    /// The expressions that this one is made of, in the order of evaluation.
    #[must_use]
    pub fn children(&self) -> Vec<&Expr> {
        match &self.kind {
            ExprKind::Const(_)
            | ExprKind::Absent
            | ExprKind::Fact(_)
            | ExprKind::Option { .. }
            | ExprKind::PartOption { .. }
            | ExprKind::PartKind { .. }
            | ExprKind::HasKind { .. }
            | ExprKind::CountPart { .. }
            | ExprKind::Asked(_)
            | ExprKind::List
            | ExprKind::Left
            | ExprKind::Quantity
            | ExprKind::TotalOf { .. }
            | ExprKind::QuantityOf(_)
            | ExprKind::TotalList
            | ExprKind::TotalNet
            | ExprKind::TotalKept
            | ExprKind::ClauseCount { .. }
            | ExprKind::ClauseChanged { .. }
            | ExprKind::Amount(_)
            | ExprKind::Local(_)
            | ExprKind::Data(_)
            | ExprKind::Items(_)
            | ExprKind::Charges => Vec::new(),
            ExprKind::Negate(value)
            | ExprKind::Not(value)
            | ExprKind::InSet(value, _)
            | ExprKind::Present(value, _)
            | ExprKind::Assured(value)
            | ExprKind::Round { value, .. }
            | ExprKind::ItemProduct(value)
            | ExprKind::Field { record: value, .. }
            | ExprKind::PartOf { item: value, .. }
            | ExprKind::ItemOption { item: value, .. } => vec![value],
            ExprKind::Binary(_, left, right)
            | ExprKind::Joined(left, right)
            | ExprKind::Otherwise(left, right)
            | ExprKind::Numbers {
                from: left,
                to: right,
            }
            | ExprKind::ItemAt {
                list: left,
                position: right,
            }
            | ExprKind::Let {
                value: left,
                body: right,
                ..
            }
            | ExprKind::RoundToStep {
                value: left,
                step: right,
                ..
            } => vec![left, right],
            ExprKind::InRange(value, low, high) => vec![value, low, high],
            ExprKind::Divide {
                dividend,
                divisor,
                otherwise,
                ..
            } => vec![dividend, divisor, otherwise],
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => vec![condition, then, otherwise],
            ExprKind::Call { arguments, .. }
            | ExprKind::Decide { arguments, .. }
            | ExprKind::Builtin { arguments, .. }
            | ExprKind::Listed(arguments)
            | ExprKind::Record {
                fields: arguments, ..
            } => arguments.iter().collect(),
            ExprKind::Each(each) => each.children(),
            ExprKind::Spread(spread) => [&spread.amount, &spread.list]
                .into_iter()
                .chain(&spread.weight)
                .collect(),
        }
    }
}

impl Each {
    /// The expressions that it is made of, in the order of evaluation.
    #[must_use]
    pub fn children(&self) -> Vec<&Expr> {
        let mut children = vec![&self.list];
        if let What::Running { start, .. } = &self.what {
            children.push(start);
        }
        children.extend(&self.condition);
        match &self.what {
            What::Sum(value)
            | What::All(value)
            | What::Largest(value)
            | What::Smallest(value)
            | What::List(value) => children.push(value),
            What::Sorted(keys) => children.extend(keys.iter().map(|key| &key.key)),
            What::Running { step, .. } => children.push(step),
            What::Count | What::Any | What::First | What::Last => {}
        }
        children
    }
}
