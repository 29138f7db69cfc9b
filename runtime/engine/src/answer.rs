//! The answer to a request: the plain data that services, tests and people read.
//!
//! It is rendered from a [`Decision`](crate::Decision) and its package, never calculated with. Every amount is text with
//! exactly the minor units of its currency, every list has one order that follows from the package and the request, so
//! that equal decisions give equal bytes. It knows nothing of how it is transported.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Everything a decision says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The rules that decided.
    pub package: PackageRef,
    /// Whether nothing blocks: no violation, nothing that may not be sold, a price for everything.
    pub valid: bool,
    /// What has to be changed before the quote may go on.
    pub blocking: Vec<Finding>,
    /// What should be looked at.
    pub warnings: Vec<Finding>,
    /// What somebody may want to know.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub information: Vec<Finding>,
    /// What would block, and somebody who may has let pass.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub overridden: Vec<OverriddenAnswer>,
    /// The clauses of the contract by name, those that were removed too.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub clauses: Vec<ClauseAnswer>,
    /// The lines, in the order of the request.
    pub lines: Vec<LineAnswer>,
    /// Sums over all charges that have a price.
    pub totals: Totals,
    /// Adjustments that would apply, and another one does instead, or something else bars them.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub not_applied: Vec<NotAppliedAnswer>,
    /// What promotions give on top of the lines. Who makes the quote adds lines for them; the totals are without them.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub extra_items: Vec<ExtraItemAnswer>,
    /// What is to be kept for adjustments with a budget or a limit when the quote is accepted.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub reservations: Vec<ReservationAnswer>,
    /// Every approval matrix with the row that decided.
    pub approvals: Vec<ApprovalAnswer>,
    /// The named results of the rules: numbers as strings but whole ones, lists and records as they are; `null` where
    /// there is no value. Left out where the rules name none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub results: BTreeMap<String, serde_json::Value>,
    /// What each line becomes once it is accepted.
    pub fulfilment: Vec<FulfilmentAnswer>,
    /// Last selling date on which this answer would be the same: the earliest last day of the ruleset, of the price books
    /// used, of the adjustments applied, of the answers from outside it rests on, and of the days the ruleset names;
    /// `null` if none of them ends.
    pub expires_on: Option<String>,
    /// What ends first; `null` if nothing does.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expires_because: Option<String>,
    /// The rules that took part, sorted by id.
    pub rules: Vec<RuleVersion>,
}

/// The package that decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageRef {
    /// Its digest in hexadecimal digits.
    pub digest: String,
    /// Name of the ruleset.
    pub ruleset: String,
    /// Its semantic version.
    pub version: String,
    /// Edition of the language.
    pub edition: u32,
}

/// Something that is wrong, or looks so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable id of the rule, charge or product that it is about.
    pub rule: String,
    /// Id of the line; `null` for the quote as a whole.
    pub line: Option<String>,
    /// Address of the item inside the line, such as `addons.Sso`; `null` for the line's own product and for the quote.
    pub item: Option<String>,
    /// The product that the item is; `null` for the quote.
    pub product: Option<String>,
    /// One sentence for people.
    pub message: String,
    /// The roles that may let it pass.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub overridable_by: Vec<String>,
}

/// An adjustment that would apply and does not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotAppliedAnswer {
    /// Stable id.
    pub rule: String,
    /// What people see.
    pub title: String,
    /// `discount` or `promotion`.
    pub kind: String,
    /// Why not, in one sentence.
    pub reason: String,
    /// The charges it would act on, each as its line and its address; empty for what comes on top.
    pub charges: Vec<ChargeRef>,
}

/// A charge of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChargeRef {
    /// Id of the line.
    pub line: String,
    /// Address of the charge in the line.
    pub path: String,
}

/// Units of a product that a promotion gives on top of the lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtraItemAnswer {
    /// Stable id of the promotion.
    pub rule: String,
    /// The product.
    pub product: String,
    /// How many, a whole number.
    pub quantity: String,
    /// What each costs.
    pub price: String,
    /// What they cost together.
    pub amount: String,
}

/// What is to be kept for an adjustment when the quote is accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReservationAnswer {
    /// Stable id.
    pub rule: String,
    /// Of its budget, over the contract; `null` where it has none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub amount: Option<String>,
    /// How many of its uses.
    pub uses: u32,
}

/// One line of the quote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineAnswer {
    /// The id the request gave it.
    pub id: String,
    /// The product sold.
    pub product: String,
    /// Whether it is configured and priced without a violation. Eligibility is apart.
    pub valid: bool,
    /// The constraints it violates.
    pub violations: Vec<Finding>,
    /// Whether everything in it may be sold to this customer on this date.
    pub eligible: bool,
    /// Why not.
    pub ineligible: Vec<Finding>,
    /// What is delivered under which stock-keeping unit: the line's own product, then its parts.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub items: Vec<ItemAnswer>,
    /// Its charges: those of its own product, then those of its parts.
    pub charges: Vec<ChargeAnswer>,
}

/// An item with its stock-keeping unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemAnswer {
    /// Address of the item inside the line; `null` for the line's own product.
    pub item: Option<String>,
    /// Its product.
    pub product: String,
    /// Its stock-keeping unit.
    pub sku: String,
}

/// A violation that somebody let pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverriddenAnswer {
    /// The violation.
    pub finding: Finding,
    /// The role that let it pass.
    pub role: String,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
}

/// A clause of the contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClauseAnswer {
    /// Stable id.
    pub clause: String,
    /// What people see.
    pub title: String,
    /// Its version.
    pub version: u32,
    /// Its text; empty for none.
    pub text: String,
    /// `required`, `added` on request, or `removed` although it is required.
    pub state: String,
}

/// A charge with its waterfall.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChargeAnswer {
    /// Address in the line: `subscription`, `platform.subscription`, `addons.Sso.subscription`. The kind stands where the
    /// part may hold several.
    pub path: String,
    /// Stable id of the charge, `Platform.subscription`.
    pub charge: String,
    /// What people see.
    pub title: String,
    /// `one time`, `recurring` or `usage`.
    pub kind: String,
    /// Length of a period in months; 0 for a one-time charge.
    pub period_months: u32,
    /// By what the unit price is multiplied, with the decimals of what is counted.
    pub quantity: String,
    /// How many periods are paid for at a time, where they are paid in advance.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub paid_for_periods: Option<i64>,
    /// `at least` or `at most`, where a bound of the prices held the amount.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub held: Option<String>,
    /// The rows that gave the price the adjustments start from; one, or one for each tier. Empty if there is no price.
    pub prices: Vec<PriceAnswer>,
    /// List amount per period; `null` if there is no price.
    pub list: Option<String>,
    /// Contract amount per period, where a book that replaces another has a price.
    pub contract: Option<String>,
    /// Adjustments and floors in the order in which they applied.
    pub steps: Vec<StepAnswer>,
    /// What is left; `null` if there is no price.
    pub net: Option<String>,
    /// Rounding of every amount of this charge, as a book writes it; empty if there is no price.
    pub rounding: String,
    /// The charge over the whole contract; `null` if there is no price.
    pub contract_value: Option<ListNet>,
}

/// A price with the units it is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceAnswer {
    /// The price book.
    pub book: String,
    /// Stable key of the row: its cells.
    pub row: String,
    /// Price of one unit, with the decimals of its price table; the percentage, or the amount of a calculation.
    pub price: String,
    /// The units it is for.
    pub quantity: String,
    /// What is charged once beside the price of the units.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub flat: Option<String>,
    /// Units that are free.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub included: Option<String>,
    /// Price times units. The amounts of several tiers are exact and only their sum is rounded, so that they may have more
    /// decimals than the currency.
    pub amount: String,
}

/// One step of a waterfall.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepAnswer {
    /// Stable id of the adjustment or floor.
    pub rule: String,
    /// What people see.
    pub title: String,
    /// `discount`, `promotion` or `floor`.
    pub kind: String,
    /// What was taken; of a floor zero.
    pub saving: String,
    /// For a floor, what the adjustment before it would have taken beyond it and did not.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub kept: Option<String>,
    /// What is left after this step.
    pub left: String,
}

/// An amount before and after adjustments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListNet {
    /// Before adjustments: the contract price where there is one, else the list price.
    pub list: String,
    /// After adjustments.
    pub net: String,
}

/// Sums over the quote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// By the length of the period, shortest first; one-time charges are `months` 0.
    pub by_period: Vec<PeriodTotal>,
    /// The value of the whole contract: one-time charges once, the others for every period that begins within the term.
    /// `null` if a sum does not fit, which blocks the quote.
    pub contract: Option<ListNet>,
    /// ISO 4217 code of every amount.
    pub currency: String,
}

/// The sum of all charges with periods of one length.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeriodTotal {
    /// Length of the period in months; 0 for one-time charges.
    pub months: u32,
    /// Before adjustments: the contract price where there is one, else the list price.
    pub list: String,
    /// After adjustments.
    pub net: String,
}

/// An approval matrix and what it asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalAnswer {
    /// Stable id.
    pub rule: String,
    /// What people see.
    pub title: String,
    /// Stable key of the row that decided: its cells.
    pub row: String,
    /// The value of each column.
    pub values: BTreeMap<String, String>,
    /// Who is asked, one step after the other; empty if nobody has to be.
    pub steps: Vec<ApprovalStepAnswer>,
    /// Time to answer in minutes; 0 for no limit.
    pub within_minutes: u32,
    /// Whether the requester may not approve.
    pub never_requester: bool,
    /// Whether nobody may approve twice, in any of the cases of this matrix.
    #[serde(skip_serializing_if = "is_false", default)]
    pub never_twice: bool,
    /// Whether an approver may hand a decision on.
    #[serde(skip_serializing_if = "is_false", default)]
    pub delegation: bool,
    /// The role that is asked in the place of one that does not answer in time; the next step where there is none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub goes_up_to: Option<String>,
    /// What makes an approval that was given be asked for again; every change where nothing is named.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub ask_again: Vec<WorseningAnswer>,
}

/// A value that makes an approval be asked for again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorseningAnswer {
    /// The column.
    pub column: String,
    /// `rises`, `falls` or `changes`.
    pub worse: String,
    /// The value as the digits of a whole number that rises and falls with it, for comparing.
    pub ordinal: String,
}

/// For serde: what is not said when it does not hold.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature serde asks for"
)]
fn is_false(value: &bool) -> bool {
    !*value
}

/// One step of an approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalStepAnswer {
    /// The roles asked together.
    pub roles: Vec<String>,
    /// Whether one of them is enough.
    pub any: bool,
}

/// What an accepted line becomes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FulfilmentAnswer {
    /// Id of the line.
    pub line: String,
    /// Its product.
    pub product: String,
    /// Its tasks, each after those it waits for.
    pub tasks: Vec<TaskAnswer>,
}

/// A task on a downstream system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskAnswer {
    /// Stable id, `Suite.billing`.
    pub id: String,
    /// Its name in the fulfilment of the product; of a part behind the address of the item, `nodes.1.rack`.
    pub name: String,
    /// Address of the item inside the line that it is for; `null` for the line's own product.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub item: Option<String>,
    /// The system that does it.
    pub system: String,
    /// Names of the tasks it waits for, none of them left out.
    pub after: Vec<String>,
    /// How often it is tried.
    pub tries: u32,
    /// Time limit in minutes.
    pub within_minutes: u32,
    /// The wait after the first try that failed, in minutes; the platform's own where there is none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub waiting_minutes: Option<u32>,
    /// Whether each further wait is twice as long.
    #[serde(skip_serializing_if = "is_false", default)]
    pub doubling: bool,
    /// The operation that undoes it.
    pub undo: Option<String>,
    /// Whether nothing can be cancelled once it has started.
    #[serde(skip_serializing_if = "is_false", default)]
    pub cut_off: bool,
}

/// A rule that took part in the decision.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RuleVersion {
    /// Stable id.
    pub id: String,
    /// Version of the ruleset it was taken from.
    pub version: String,
}
