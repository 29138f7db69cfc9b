//! Golden tests as data: a request and what is expected of its decision.
//!
//! Inputs stay as written: the door of the engine judges them, so that a test may also expect a refusal. Of a test that
//! expects none they are checked against the declarations before (`check/requests.rs`).

use quo_source::Span;

/// A golden test.
#[derive(Debug, Clone)]
pub struct TestCase {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub span: Span,
    /// The row of a file that it is made for.
    pub row: Option<Span>,
    /// Facts by group.
    pub given: Vec<GivenFacts>,
    /// Lines of the quote.
    pub lines: Vec<Line>,
    /// What was asked for adjustments.
    pub asked: Vec<Input>,
    /// Constraints that somebody overrides.
    pub overrides: Vec<Override>,
    /// Clauses that are removed (or, with `true`, added).
    pub clauses: Vec<(String, bool)>,
    /// Codes that are given.
    pub codes: Vec<String>,
    /// What is expected, at least one thing.
    pub expectations: Vec<Expectation>,
}

/// The facts of a group.
#[derive(Debug, Clone)]
pub struct GivenFacts {
    /// The group.
    pub group: String,
    /// Where its name stands.
    pub span: Span,
    /// The facts. A group that repeats has one input, without a name, which is the list.
    pub inputs: Vec<Input>,
}

/// A named input as written: `seats 500`, `term 36 months`, `date 2026-07-15`, `discount 12.5%`.
#[derive(Debug, Clone)]
pub struct Input {
    /// The name.
    pub name: String,
    /// Where the name stands.
    pub span: Span,
    /// Its value.
    pub value: Given,
}

/// A value of an input as written, and where it stands: in the test, or in the row that the test is made for.
#[derive(Debug, Clone)]
pub struct Given {
    /// Where it stands.
    pub span: Span,
    /// What is given.
    pub kind: GivenKind,
}

/// What is given.
#[derive(Debug, Clone)]
pub enum GivenKind {
    /// One value as text: a text without its quotes, a number without `_`, a period as `36 months`, `yes`, `EUR`, `12.5%`.
    Text(String),
    /// A list.
    List(Vec<Given>),
    /// A record: its fields.
    Record(Vec<Input>),
    /// `-` in a cell: it is left out of the request.
    LeftOut,
}

/// A constraint that somebody overrides.
#[derive(Debug, Clone)]
pub struct Override {
    /// Its id.
    pub rule: String,
    /// Where it stands.
    pub span: Span,
    /// The role.
    pub role: String,
    /// Why.
    pub reason: Option<String>,
    /// On which line; everywhere, where there is none.
    pub line: Option<String>,
}

/// A line of the quote.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its id.
    pub id: String,
    /// Facts of the line.
    pub facts: Vec<Input>,
    /// What is sold.
    pub item: Item,
}

/// A product with options and parts.
#[derive(Debug, Clone)]
pub struct Item {
    /// The product; `None` where the part has one kind.
    pub product: Option<String>,
    /// Where it stands.
    pub span: Span,
    /// Options given.
    pub options: Vec<Input>,
    /// Parts given.
    pub parts: Vec<GivenPart>,
}

/// A part with what is in it.
#[derive(Debug, Clone)]
pub struct GivenPart {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub span: Span,
    /// What is in it.
    pub items: Vec<Item>,
}

/// Something expected.
#[derive(Debug, Clone)]
pub struct Expectation {
    /// Where it stands.
    pub span: Span,
    /// What.
    pub kind: Expected,
}

/// Which amount of a charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AmountOf {
    /// The price before adjustments from the list book.
    List,
    /// The contract price.
    Contract,
    /// What is left after all adjustments.
    Net,
    /// The price of one unit, where one row priced all.
    Unit,
    /// The saving of the adjustment or floor with this name.
    Step(String),
}

/// What is expected.
#[derive(Debug, Clone)]
pub enum Expected {
    /// An amount of a charge: line id, path such as `platform.subscription`.
    Amount {
        /// Line id.
        line: String,
        /// Path of the charge.
        charge: String,
        /// Which amount.
        of: AmountOf,
        /// The amount's digits, such as `10175.00`.
        amount: String,
        /// The currency; `None` for that of the quote.
        currency: Option<String>,
    },
    /// A total over the contract.
    Total {
        /// Of the net (or of the list) prices.
        net: bool,
        /// The amount's digits.
        amount: String,
        /// The currency; `None` for that of the quote.
        currency: Option<String>,
    },
    /// Whether an adjustment applied.
    Applied {
        /// Its name.
        rule: String,
        /// Whether it did.
        applied: bool,
        /// On this line and charge only.
        on: Option<(String, String)>,
        /// A text that the reason must contain.
        because: Option<String>,
    },
    /// What an approval matrix asks for: steps of roles; none for nobody.
    Approval {
        /// Its name.
        approval: String,
        /// The steps: roles and whether any one of them is enough.
        steps: Vec<(Vec<String>, bool)>,
    },
    /// The quote is valid, or invalid with a message that contains a text.
    Valid {
        /// Whether it is.
        valid: bool,
        /// A text that a message must contain.
        because: Option<String>,
    },
    /// A product is (not) eligible.
    Eligible {
        /// The product.
        product: String,
        /// Whether it is.
        eligible: bool,
        /// A text that a message must contain.
        because: Option<String>,
    },
    /// A clause is part of the contract, or not.
    Clause {
        /// Its name.
        clause: String,
        /// Whether it is.
        there: bool,
    },
    /// What an adjustment saves over the contract.
    Saves {
        /// Its name.
        rule: String,
        /// The amount's digits.
        amount: String,
        /// The currency; `None` for that of the quote.
        currency: Option<String>,
    },
    /// Units of a product come on top.
    Extra {
        /// The product.
        product: String,
        /// How many; none where there is no number.
        count: Option<String>,
        /// What each costs: digits and currency.
        price: Option<(String, Option<String>)>,
    },
    /// Something is to be kept for an adjustment.
    Reserved {
        /// Its name.
        rule: String,
        /// Of its budget: digits and currency; one of its uses where there is no amount.
        amount: Option<(String, Option<String>)>,
    },
    /// An item has this stock-keeping unit.
    Sku {
        /// Line id.
        line: String,
        /// The address of the item in the line; the line's own where it is empty.
        item: String,
        /// The stock-keeping unit.
        sku: String,
    },
    /// The last day of the quote.
    Expires {
        /// The day, `2026-12-31`.
        day: String,
        /// A text that the reason must contain.
        because: Option<String>,
    },
    /// The message of a constraint that was overridden contains this text.
    Overridden(String),
    /// A piece of information contains this text.
    Information(String),
    /// A warning contains this text.
    Warning(String),
    /// A line has exactly these tasks.
    Tasks {
        /// Line id.
        line: String,
        /// Their names.
        tasks: Vec<String>,
    },
    /// A value worked out from the request.
    Value {
        /// The value, in the scope of the priced quote.
        actual: crate::hir::Expr,
        /// What it must be: of the same type, worked out in the same scope. `None` where it must be absent.
        expected: Option<crate::hir::Expr>,
    },
    /// The request is refused at the door with a problem that contains this text.
    Error(String),
}
