//! The rules as data: what a ruleset became when it was compiled.
//!
//! Everything refers to everything else by index. Order is meaning: nothing here comes out of a hash map. Dates are days
//! since 1970-01-01, windows include both ends, an open end is `i32::MIN` or `i32::MAX`. Money has one static scale in
//! the whole package, [`Meta::money_scale`], large enough for the minor unit of every currency that is sold. This module
//! holds no behaviour: the engine decides, the verifier checks.

use rkyv::{Archive, Serialize};

use crate::adjustments::{Adjustment, Floor, Group, Step, Target};
use crate::calc::{DataList, ProbeDef, RecordDef, ResultDef};
use crate::code::Program;
use crate::list_index::ListIndex;
use crate::table::Table;
use crate::terms::{
    Clause, PartAfter, PartTask, Qualification, Severity, SkuTable, Validity, Worsening,
};

pub use crate::kinds::*;
pub use crate::prices::*;

/// A string of the package, by its number in [`Strings`].
pub type Str = u32;

/// The root of the archive.
#[derive(Archive, Serialize, Debug, Clone)]
#[rkyv(derive(Debug))]
pub struct Model {
    /// What this package is.
    pub meta: Meta,
    /// All strings.
    pub strings: Strings,
    /// The currencies sold in; a currency is known by its index here.
    pub currencies: Vec<CurrencyDef>,
    /// Enumerations.
    pub enums: Vec<EnumDef>,
    /// Units of measure that numbers count.
    pub units: Vec<UnitDef>,
    /// Facts of the request, in canonical order; a fact is known by its slot, its index here.
    pub facts: Vec<FactDef>,
    /// Slot of `quote.currency`.
    pub fact_currency: u32,
    /// Slot of `quote.date`.
    pub fact_date: u32,
    /// Slot of `quote.term`.
    pub fact_term: u32,
    /// Named roles.
    pub roles: Vec<Str>,
    /// Downstream systems.
    pub systems: Vec<Str>,
    /// Named amounts.
    pub amounts: Vec<AmountDef>,
    /// Categories of products.
    pub categories: Vec<Str>,
    /// Products and bundles.
    pub products: Vec<Product>,
    /// Charges, those of one product next to each other.
    pub charges: Vec<Charge>,
    /// Constraints and eligibility rules.
    pub rules: Vec<Rule>,
    /// Constraints on the quote itself, as indexes into `rules`.
    pub quote_rules: Vec<u32>,
    /// Names of the levels of price books, the one that is asked first first; empty where books have none.
    pub levels: Vec<Str>,
    /// Price books.
    pub books: Vec<Book>,
    /// Names of the stages in the order in which they run.
    pub stages: Vec<Str>,
    /// Adjustments.
    pub adjustments: Vec<Adjustment>,
    /// Groups of them.
    pub groups: Vec<Group>,
    /// What is done with them, first to last; each adjustment stands in one step.
    pub steps: Vec<Step>,
    /// Approval matrices.
    pub approvals: Vec<Approval>,
    /// How accepted lines are fulfilled.
    pub fulfilments: Vec<Fulfilment>,
    /// Records.
    pub records: Vec<RecordDef>,
    /// Types of the elements of lists.
    pub elements: Vec<ValueType>,
    /// The record of the charges of a priced quote, or [`crate::NONE`] where nobody asks for them.
    pub charge_record: u32,
    /// Lists of constants.
    pub data: Vec<DataList>,
    /// Indexes of those lists.
    pub indexes: Vec<ListIndex>,
    /// Named results, in the order of their names.
    pub results: Vec<ResultDef>,
    /// Values that the expectations of tests are about; empty in a package that is not made for tests.
    pub probes: Vec<ProbeDef>,
    /// Answers from outside that products need.
    pub qualifications: Vec<Qualification>,
    /// Days until which quotes are valid at most.
    pub validities: Vec<Validity>,
    /// Clauses; a clause is known by its index here.
    pub clauses: Vec<Clause>,
    /// Indexed tables.
    pub tables: Vec<Table>,
    /// Code.
    pub program: Program,
}

/// What a package is.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct Meta {
    /// Dotted name of the ruleset.
    pub ruleset: Str,
    /// Its semantic version.
    pub version: [u32; 3],
    /// Edition of the language it was written in.
    pub edition: u32,
    /// First selling date it serves.
    pub effective_from: i32,
    /// Last selling date it serves.
    pub effective_to: i32,
    /// Number of decimals of every amount of money in the package.
    pub money_scale: u8,
}

/// All strings as one UTF-8 blob; string `i` is `blob[offsets[i] .. offsets[i + 1]]`. Sorted and without duplicates.
#[derive(Archive, Serialize, Debug, Clone, Default, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct Strings {
    /// The text of all strings.
    pub blob: String,
    /// Where each begins, and one end beyond the last.
    pub offsets: Vec<u32>,
}

/// A currency that is sold in.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct CurrencyDef {
    /// ISO 4217 code.
    pub code: Str,
    /// Number of decimals of its minor unit (ISO 4217).
    pub minor_units: u8,
}

/// A unit of measure.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct UnitDef {
    /// What one of it is called.
    pub one: Str,
    /// What several of it are called.
    pub many: Str,
}

/// An enumeration.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct EnumDef {
    /// Its name.
    pub name: Str,
    /// Its values; a value is known by its index here.
    pub values: Vec<Str>,
    /// Whether values compare by their order.
    pub ordered: bool,
}

/// A fact of the request.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct FactDef {
    /// The group it belongs to, such as `account`.
    pub group: Str,
    /// Its name in the group.
    pub name: Str,
    /// Its type.
    pub ty: ValueType,
    /// Whether it may be absent.
    pub optional: bool,
    /// The value when not given; [`crate::ABSENT`] for none. A text default is a string of the package.
    pub default: i64,
    /// The roles that may not see it, sorted indexes into [`Model::roles`].
    pub hidden: Vec<u32>,
}

/// An amount named once, with a value for every currency.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct AmountDef {
    /// Its name.
    pub name: Str,
    /// Mantissas at money scale, one for each currency of the package, in their order.
    pub values: Vec<i128>,
}

/// A product, or a bundle if it has parts.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct Product {
    /// Declared name, its stable id.
    pub name: Str,
    /// What people see.
    pub title: Str,
    /// Stock-keeping unit; the empty string for none, or where options decide.
    pub sku: Str,
    /// Stock-keeping units by option.
    pub skus: Option<SkuTable>,
    /// Category, or [`crate::NONE`].
    pub category: u32,
    /// First day of sale.
    pub sold_from: i32,
    /// Last day of sale.
    pub sold_to: i32,
    /// Options; an option is known by its index here.
    pub options: Vec<OptionDef>,
    /// Parts; a part is known by its index here.
    pub parts: Vec<Part>,
    /// Its first charge.
    pub charges_at: u32,
    /// How many charges it has.
    pub charges_len: u32,
    /// Its constraints, as indexes into [`Model::rules`].
    pub constraints: Vec<u32>,
    /// Its eligibility rules, as indexes into [`Model::rules`].
    pub eligibility: Vec<u32>,
    /// How it is fulfilled, an index into [`Model::fulfilments`], or [`crate::NONE`].
    pub fulfilment: u32,
}

/// An option of a product, or a fact of the line that an item belongs to.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct OptionDef {
    /// Its name.
    pub name: Str,
    /// Whether it is a fact of the line: given for the line, and the same for everything in it. These come first.
    pub of_line: bool,
    /// Whether it may be absent.
    pub optional: bool,
    /// Its type.
    pub ty: ValueType,
    /// The values it may have, ascending; empty where its type alone says.
    pub domain: Vec<i64>,
    /// The value when not given; [`crate::ABSENT`] when it must be given.
    pub default: i64,
}

/// A part of a bundle.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct Part {
    /// Its name.
    pub name: Str,
    /// Least number of items in it.
    pub min: u32,
    /// Greatest number of items in it.
    pub max: u32,
    /// Whether one product may be in it more than once.
    pub many: bool,
    /// The products that may be in it.
    pub kinds: Vec<u32>,
    /// Values of options that the bundle works out where the request says nothing.
    pub defaults: Vec<PartDefault>,
}

/// The value of an option of a part, worked out by its bundle.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct PartDefault {
    /// For children of this product ...
    pub product: u32,
    /// ... this option ...
    pub option: u32,
    /// ... has the narrow result of this routine, run on the bundle ([`crate::Scope::Item`]).
    pub routine: u32,
}

/// What kind of charge.
#[derive(Archive, Serialize, Debug, Clone, Copy, PartialEq, Eq)]
#[rkyv(derive(Debug, Clone, Copy, PartialEq, Eq))]
#[repr(u8)]
pub enum ChargeKind {
    /// Once.
    OneTime,
    /// Every period.
    Recurring,
    /// Every period, by what was used; on a quote by what is expected.
    Usage,
}

/// Something that has a price.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct Charge {
    /// The product it belongs to.
    pub product: u32,
    /// Its name in the product.
    pub name: Str,
    /// Stable id, `Product.charge`.
    pub id: Str,
    /// What people see.
    pub title: Str,
    /// What kind of charge.
    pub kind: ChargeKind,
    /// Months from one time it is charged to the next; 0 for what is charged once.
    pub months: u32,
    /// Length of the period that the price is for, in months; 0 for a one-time charge. Where it is prepaid, shorter than
    /// what it is charged for.
    pub price_months: u32,
    /// By what the unit price is multiplied.
    pub quantity: Quantity,
    /// Where its price may come from, books that replace others first, else in the order of their declaration.
    pub prices: Vec<PriceCandidate>,
    /// The adjustments that can meet it, in the order of the steps.
    pub adjustments: Vec<Target>,
    /// Its floors.
    pub floors: Vec<Floor>,
}

/// What kind of rule.
#[derive(Archive, Serialize, Debug, Clone, Copy, PartialEq, Eq)]
#[rkyv(derive(Debug, Clone, Copy, PartialEq, Eq))]
#[repr(u8)]
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
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct Rule {
    /// Stable id.
    pub id: Str,
    /// What kind of rule.
    pub kind: RuleKind,
    /// What is said when it does not hold.
    pub message: Str,
    /// The condition: a narrow truth value.
    pub routine: u32,
    /// The result of the condition with which the rule is satisfied: `false` for an exclusion.
    pub satisfied_by: bool,
    /// Whether the rule is judged at all: a truth value of a routine that may stand where the condition may, or
    /// [`crate::NONE`].
    pub when: u32,
    /// First selling date on which it is judged.
    pub from: i32,
    /// Last selling date on which it is judged.
    pub to: i32,
    /// How much it matters that it does not hold.
    pub severity: Severity,
    /// The roles that may override it, sorted indexes into [`Model::roles`].
    pub overridable: Vec<u32>,
    /// Whether an override needs a reason.
    pub with_reason: bool,
}

/// An approval matrix; the first row whose cells match decides, or every such row.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct Approval {
    /// Declared name, its stable id.
    pub name: Str,
    /// What people see.
    pub title: Str,
    /// The table with the rows.
    pub table: u32,
    /// What each column is matched with: narrow results of routines of [`crate::Scope::Total`].
    pub args: Vec<u32>,
    /// Heading and type of each column.
    pub columns: Vec<ShownAs>,
    /// What each row asks for.
    pub rows: Vec<ApprovalRow>,
    /// Whether the requester may not approve.
    pub never_requester: bool,
    /// Whether nobody may approve twice, in any of the cases of this matrix.
    pub never_twice: bool,
    /// Whether an approver may hand a decision on.
    pub delegation: bool,
    /// Whether every row that matches asks; else the first one.
    pub every: bool,
    /// The role that is asked in the place of one that does not answer in time; [`crate::NONE`] for the next step.
    pub goes_up_to: u32,
    /// What makes an approval that was given be asked for again; empty where every change does.
    pub worse: Vec<Worsening>,
}

/// How a value is shown to people.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct ShownAs {
    /// Its name.
    pub name: Str,
    /// Its type.
    pub ty: ValueType,
}

/// What a row of an approval matrix asks for.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct ApprovalRow {
    /// Steps one after the other; none if nobody has to approve.
    pub steps: Vec<ApprovalStep>,
    /// Time to answer in minutes; 0 for no limit.
    pub within_minutes: u32,
}

/// One step of an approval.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct ApprovalStep {
    /// The roles asked together.
    pub roles: Vec<u32>,
    /// Whether one of them is enough.
    pub any: bool,
}

/// How an accepted line of a product is fulfilled.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct Fulfilment {
    /// The product.
    pub product: u32,
    /// Its tasks, every one after those it waits for.
    pub tasks: Vec<Task>,
    /// What the tasks of parts wait for, by part, each part once.
    pub part_afters: Vec<PartAfter>,
}

/// A task of a fulfilment.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct Task {
    /// Its name, stable id within the product.
    pub name: Str,
    /// Stable id, `Product.task`.
    pub id: Str,
    /// The system that does it.
    pub system: u32,
    /// The tasks it waits for: indexes of earlier tasks.
    pub after: Vec<u32>,
    /// The tasks of parts that it waits for.
    pub after_parts: Vec<PartTask>,
    /// Condition, a routine of [`crate::Scope::Item`] run on the line's item, or [`crate::NONE`].
    pub when: u32,
    /// How often it is tried.
    pub tries: u32,
    /// The wait after the first try that failed, in minutes; 0 for the platform's own.
    pub waiting_minutes: u32,
    /// Whether each further wait is twice as long.
    pub doubling: bool,
    /// Time limit in minutes.
    pub within_minutes: u32,
    /// The operation that undoes it; the empty string for none.
    pub undo: Str,
    /// Whether nothing can be cancelled once it has started.
    pub cut_off: bool,
}
