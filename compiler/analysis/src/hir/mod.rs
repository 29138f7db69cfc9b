//! Checked rules: what a ruleset means, with every name resolved and every expression typed.
//!
//! This is the contract between the front end and everything behind it. It holds no syntax, only spans; whoever reads it
//! may rely on every index being in range, every type being right and every order being the canonical one. Things refer
//! to each other by index; where an order is not given by the author it is that of the names, so that the same rules
//! in other files or another order give the same checked rules.

mod adjustments;
mod expr;
mod functions;
mod parts;
mod prices;
mod tables;
mod terms;
mod units;

use quo_source::Span;
use quo_value::{Currency, Date};

use crate::types::{Type, Value};

pub use adjustments::{
    Adjustment, Alone, Asked, Budget, Buy, Combine, Effect, Floor, Gift, Group, NeverTogether,
    Target, Turn, UnitOrder, Units, UseLimit, Whole, turn,
};
pub use expr::{
    BinaryOp, Builtin, Each, Expr, ExprKind, ItemsOf, Remainder, SortKey, Spread, What,
};
pub use prices::{
    Book, Pack, Prepaid, PriceColumn, PriceColumnKind, PriceModel, PriceRows, PriceTarget, Prices,
    Quantity,
};
pub use units::MeasureUnit;

pub use tables::{Bound, Cell, Column, Interval, Row, Table};
pub use terms::{
    Clause, GoesUp, Lasting, Overridable, PartAfter, PartTask, Qualification, Retirement,
    RowPolicy, Severity, SkuTable, Validity, Worse,
};

pub use functions::{
    Data, DecisionTable, Field, Function, HitPolicy, Outcome, Parameter, Record, ResultOf,
};

/// A checked ruleset.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Dotted name.
    pub name: String,
    /// Semantic version.
    pub version: [u32; 3],
    /// Edition of the language.
    pub edition: u32,
    /// Selling dates it serves.
    pub effective: Window,
    /// The currencies sold in, sorted by code.
    pub currencies: Vec<Currency>,
    /// Enumerations, sorted by name.
    pub enums: Vec<Enum>,
    /// Units of measure, sorted by name.
    pub units: Vec<MeasureUnit>,
    /// Facts, sorted by group and name.
    pub facts: Vec<Fact>,
    /// Index of `quote.currency`.
    pub fact_currency: usize,
    /// Index of `quote.date`.
    pub fact_date: usize,
    /// Index of `quote.term`.
    pub fact_term: usize,
    /// Roles, sorted.
    pub roles: Vec<Named>,
    /// Downstream systems, sorted.
    pub systems: Vec<Named>,
    /// Categories, sorted.
    pub categories: Vec<Named>,
    /// Named amounts, sorted by name.
    pub amounts: Vec<Amount>,
    /// Products and bundles, sorted by name.
    pub products: Vec<Product>,
    /// Charges: sorted by product, then in the order of their declaration.
    pub charges: Vec<Charge>,
    /// Constraints and eligibility rules, sorted by id.
    pub rules: Vec<Rule>,
    /// Constraints on the quote itself: indexes into `rules`.
    pub quote_rules: Vec<usize>,
    /// Names of the levels of price books, the one that is asked first first.
    pub levels: Vec<String>,
    /// Price books, sorted by name.
    pub books: Vec<Book>,
    /// Names of the stages in the order in which they run.
    pub stages: Vec<String>,
    /// Adjustments, sorted by name.
    pub adjustments: Vec<Adjustment>,
    /// Groups of them, sorted by name.
    pub groups: Vec<Group>,
    /// Approval matrices, sorted by name.
    pub approvals: Vec<Approval>,
    /// Fulfilments, sorted by product.
    pub fulfilments: Vec<Fulfilment>,
    /// Qualifications, sorted by id.
    pub qualifications: Vec<Qualification>,
    /// Days until which quotes are valid at most, in the order they are named.
    pub validities: Vec<Validity>,
    /// Clauses, sorted by name.
    pub clauses: Vec<Clause>,
    /// Records, those of repeated facts too, sorted by name.
    pub records: Vec<Record>,
    /// The types of the elements of lists, each once.
    pub elements: Vec<Type>,
    /// The sets of products that items of a type may be, each sorted, each once.
    pub item_kinds: Vec<Vec<usize>>,
    /// The record whose elements [`ExprKind::Charges`] has; `None` where nobody asks for them. Its fields are found by
    /// their names: `line`, `charge` and `kind` texts, `item` the item, `product` its product, `quantity`, `periods` and
    /// `months` whole numbers, `list`, `net`, `list_value` and `net_value` amounts at money scale; in any order.
    pub charge_record: Option<usize>,
    /// Lists of constants, sorted by name.
    pub data: Vec<Data>,
    /// Functions, every one after those it calls; from [`Rules::functions_of_tests`] on those that only tests call.
    pub functions: Vec<Function>,
    /// How many functions decisions need.
    pub functions_of_tests: usize,
    /// Decision tables, sorted by name.
    pub decision_tables: Vec<DecisionTable>,
    /// Named results of the decision, sorted by name.
    pub results: Vec<ResultOf>,
    /// Golden tests, by file and place.
    pub tests: Vec<crate::tests_hir::TestCase>,
}

/// Days from the first to the last, both included; an open end is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Window {
    /// First day.
    pub from: Option<Date>,
    /// Last day.
    pub to: Option<Date>,
}

/// A name with its declaration.
#[derive(Debug, Clone)]
pub struct Named {
    /// The name.
    pub name: String,
    /// Where it was declared.
    pub span: Span,
}

/// An enumeration.
#[derive(Debug, Clone)]
pub struct Enum {
    /// Its name.
    pub name: String,
    /// Where it was declared.
    pub span: Span,
    /// Its values in the order of their declaration.
    pub values: Vec<String>,
    /// Whether its values compare.
    pub ordered: bool,
}

/// A fact of the request.
#[derive(Debug, Clone)]
pub struct Fact {
    /// Its group.
    pub group: String,
    /// Its name in the group; empty for a group that repeats, whose list of records is one fact.
    pub name: String,
    /// Where it was declared.
    pub span: Span,
    /// Its type.
    pub ty: Type,
    /// Whether it may be absent.
    pub optional: bool,
    /// Its value when not given.
    pub default: Option<Value>,
    /// The roles that may not see it: sorted indexes into [`Rules::roles`].
    pub hidden: Vec<usize>,
}

/// An amount named once, with a value for every currency.
#[derive(Debug, Clone)]
pub struct Amount {
    /// Its name.
    pub name: String,
    /// Where it was declared.
    pub span: Span,
    /// Mantissas at [`Rules::money_scale`], one for each of [`Rules::currencies`].
    pub values: Vec<i128>,
}

/// A product, or a bundle if it has parts.
#[derive(Debug, Clone)]
pub struct Product {
    /// Its name.
    pub name: String,
    /// What people see.
    pub title: String,
    /// Where it was declared.
    pub span: Span,
    /// Stock-keeping unit, where it is one whatever the options.
    pub sku: Option<String>,
    /// Stock-keeping units by option.
    pub skus: Option<SkuTable>,
    /// From when on it is not sold to new business.
    pub retired: Option<Retirement>,
    /// Its category.
    pub category: Option<usize>,
    /// When it is sold.
    pub sold: Window,
    /// The facts of lines, then its own options in the order of their declaration.
    pub options: Vec<ProductOption>,
    /// Parts in the order of their declaration.
    pub parts: Vec<Part>,
    /// Its charges: indexes into [`Rules::charges`].
    pub charges: std::ops::Range<usize>,
    /// Its constraints: indexes into [`Rules::rules`].
    pub constraints: Vec<usize>,
    /// Its eligibility rules: indexes into [`Rules::rules`].
    pub eligibility: Vec<usize>,
}

impl Product {
    /// The options of the product itself, with their indexes.
    pub fn own_options(&self) -> impl Iterator<Item = (usize, &ProductOption)> {
        let options = self.options.iter().enumerate();
        options.filter(|(_, option)| !option.of_line)
    }

    /// The index of an option of the product itself.
    #[must_use]
    pub fn own_option(&self, name: &str) -> Option<usize> {
        let mut own = self.own_options();
        own.find(|(_, option)| option.name == name)
            .map(|(index, _)| index)
    }
}

/// An option of a product, or a fact of its line.
#[derive(Debug, Clone)]
pub struct ProductOption {
    /// Its name.
    pub name: String,
    /// Whether it is a fact of the line that the item belongs to. Every product has those of the ruleset, in the same
    /// order, before its own options.
    pub of_line: bool,
    /// Whether it may be absent; only a fact of a line may.
    pub optional: bool,
    /// Where it was declared.
    pub span: Span,
    /// Its type.
    pub ty: Type,
    /// The values it may have, in the order they are listed; empty where its type alone says.
    pub domain: Vec<Value>,
    /// Its value when not given.
    pub default: Option<Value>,
}

/// A part of a bundle.
#[derive(Debug, Clone)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// Where it was declared.
    pub span: Span,
    /// Least number of items.
    pub min: u32,
    /// Greatest number of items.
    pub max: u32,
    /// Whether it may hold several items of one kind; else each kind at most once.
    pub many: bool,
    /// The products that may be in it, in the order of their declaration.
    pub kinds: Vec<usize>,
    /// Values of options that the bundle works out.
    pub defaults: Vec<PartDefault>,
}

/// The value of an option of a part's product, worked out in the bundle.
#[derive(Debug, Clone)]
pub struct PartDefault {
    /// The product.
    pub product: usize,
    /// The option of it.
    pub option: usize,
    /// The value; of the option's type, at its scale.
    pub value: Expr,
}

/// What kind of charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChargeKind {
    /// Once.
    OneTime,
    /// Every period.
    Recurring,
    /// Every period, by use.
    Usage,
}

/// Something that has a price.
#[derive(Debug, Clone)]
pub struct Charge {
    /// The product it belongs to.
    pub product: usize,
    /// Its name in the product.
    pub name: String,
    /// What people see.
    pub title: String,
    /// Where it was declared.
    pub span: Span,
    /// What kind.
    pub kind: ChargeKind,
    /// Months in a period; 0 for a one-time charge.
    pub months: u32,
    /// Whether it is paid in advance for longer than a period.
    pub prepaid: Option<Prepaid>,
    /// What it counts.
    pub quantity: Quantity,
    /// Its prices by book: those of books that replace others first, then by name of the book, the closest first.
    pub prices: Vec<Prices>,
    /// The adjustments that can meet it, in the order in which they apply.
    pub adjustments: Vec<Target>,
    /// Its floors.
    pub floors: Vec<Floor>,
}

/// What kind of rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleKind {
    /// What must hold.
    Require,
    /// What must not hold.
    Exclude,
    /// What should hold.
    Warn,
    /// A table of what is permitted.
    Allow,
    /// Who may buy it.
    Eligible,
}

/// A constraint or an eligibility rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Stable id: its name, or one made from its message.
    pub id: String,
    /// Where it was declared.
    pub span: Span,
    /// What kind.
    pub kind: RuleKind,
    /// What is said when it does not hold.
    pub message: String,
    /// The product on which it is judged; `None` for the quote.
    pub product: Option<usize>,
    /// How much it matters that it does not hold.
    pub severity: Severity,
    /// Who may override it.
    pub overridable: Overridable,
    /// The selling dates on which it is judged.
    pub window: Window,
    /// Where it is judged at all, in the scope of the condition.
    pub when: Option<Expr>,
    /// The condition.
    pub body: RuleBody,
}

/// The condition of a rule.
#[derive(Debug, Clone)]
pub enum RuleBody {
    /// A truth value.
    Expr(Expr),
    /// A row of this table must match.
    Table(Table),
}

/// An approval matrix.
#[derive(Debug, Clone)]
pub struct Approval {
    /// Its name.
    pub name: String,
    /// What people see.
    pub title: String,
    /// Where it was declared.
    pub span: Span,
    /// The rows; columns are expressions in the scope of the priced quote.
    pub table: Table,
    /// What each row asks for.
    pub rows: Vec<ApprovalRow>,
    /// Whether the requester may not approve.
    pub never_requester: bool,
    /// Whether nobody may approve twice, in any of the cases of this matrix.
    pub never_twice: bool,
    /// Whether an approver may hand a decision on.
    pub delegation: bool,
    /// What becomes of a step that is not answered in time.
    pub goes_up: GoesUp,
    /// Which rows ask.
    pub policy: RowPolicy,
    /// The columns that make an approval be asked for again, by their place in the table; none where every change does.
    pub worse: Vec<(usize, Worse)>,
}

/// What a row of an approval matrix asks for.
#[derive(Debug, Clone)]
pub struct ApprovalRow {
    /// Steps one after the other.
    pub steps: Vec<ApprovalStep>,
    /// Time to answer in minutes; 0 for no limit.
    pub within_minutes: u32,
}

/// One step of an approval.
#[derive(Debug, Clone)]
pub struct ApprovalStep {
    /// Indexes into [`Rules::roles`].
    pub roles: Vec<usize>,
    /// Whether one of them is enough.
    pub any: bool,
}

/// How an accepted line of a product is fulfilled.
#[derive(Debug, Clone)]
pub struct Fulfilment {
    /// The product.
    pub product: usize,
    /// Where it was declared.
    pub span: Span,
    /// Its tasks, every one after those it waits for.
    pub tasks: Vec<Task>,
    /// What the tasks of its parts wait for.
    pub part_afters: Vec<PartAfter>,
}

/// A task of a fulfilment.
#[derive(Debug, Clone)]
pub struct Task {
    /// Its name.
    pub name: String,
    /// Where it was declared.
    pub span: Span,
    /// Index into [`Rules::systems`].
    pub system: usize,
    /// Indexes of earlier tasks.
    pub after: Vec<usize>,
    /// Tasks of parts.
    pub after_parts: Vec<PartTask>,
    /// Its condition, in the scope of the item.
    pub when: Option<Expr>,
    /// How often it is tried.
    pub tries: u32,
    /// The wait after the first try that failed, in minutes; 0 for the platform's own.
    pub waiting_minutes: u32,
    /// Whether each further wait is twice as long.
    pub doubling: bool,
    /// Time limit in minutes.
    pub within_minutes: u32,
    /// The operation that undoes it.
    pub undo: Option<String>,
    /// Whether nothing can be cancelled once it has started.
    pub cut_off: bool,
}

impl Rules {
    /// Number of decimals of every amount of money: the largest minor unit of the currencies sold in, at least 2.
    #[must_use]
    pub fn money_scale(&self) -> u8 {
        money_scale(&self.currencies)
    }
}

/// Number of decimals of every amount of money where these currencies are sold in.
#[must_use]
pub fn money_scale(currencies: &[Currency]) -> u8 {
    currencies
        .iter()
        .map(|currency| currency.minor_units())
        .max()
        .unwrap_or(0)
        .max(2)
}
