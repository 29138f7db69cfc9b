//! The decision: what is kept of it, in flat vectors of small outcomes, and the order in which it is made.
//!
//! Constraints and eligibility come first, then the price books, then the price of every charge, then the adjustments step
//! by step over the whole quote, then the totals, then what needs the totals: approvals. Nothing is cut short: an invalid quote still has prices and
//! approvals, so that a person sees everything at once.

mod adjust;
mod adjust_answer;
mod amounts;
mod approvals;
mod constraints;
mod findings;
mod fulfil;
mod plan;
mod prices;
mod render;
mod results;
mod terms;
mod terms_answer;
mod totals;
mod waterfall;

use quo_model::{Digest, Package};
use quo_value::ArithmeticError;

use crate::computed::Computed;
use crate::frame::QuoteCurrency;
use crate::limits::{Limits, Stopped};
use crate::record::{NoRecord, Recorder, Subject};
use crate::request::Request;

pub(crate) use amounts::unit_scale;
pub(crate) use findings::no_answer;
pub(crate) use plan::Plan;
pub(crate) use render::Renderer;
pub(crate) use results::probe_with;
pub use results::{probe, probes};

/// A decision on a request: outcomes, chosen rows, amounts, the request itself and the digest of the package.
///
/// What it says is rendered by [`answer`](Self::answer), why by [`explain`](crate::explain).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub(crate) package: Digest,
    pub(crate) request: Request,
    pub(crate) currency: QuoteCurrency,
    /// Constraints and eligibility rules with the items they ran on; those of the quote first.
    pub(crate) rules: Vec<RuleOutcome>,
    /// Items whose product is not sold on the selling date.
    pub(crate) unsold: Vec<u32>,
    /// By book.
    pub(crate) books: Vec<BookOutcome>,
    /// The charges of all items, in their order.
    pub(crate) charges: Vec<ChargeOutcome>,
    /// The price candidates of all charges.
    pub(crate) candidates: Vec<CandidateOutcome>,
    /// The rows that gave each charge its price.
    pub(crate) units: Vec<UnitsOutcome>,
    /// The adjustments of all charges.
    pub(crate) targets: Vec<TargetOutcome>,
    /// What comes on top, or does not.
    pub(crate) gifts: Vec<GiftOutcome>,
    /// What adjustments that applied want kept for them.
    pub(crate) reservations: Vec<Reservation>,
    /// Sums; `None` if one does not fit.
    pub(crate) totals: Option<TotalsOutcome>,
    /// By approval matrix.
    pub(crate) approvals: Vec<ApprovalOutcome>,
    /// Further rows of matrices of which every row that matches asks: matrix and row, in this order.
    pub(crate) more_rows: Vec<(u32, u32)>,
    /// Qualifications that do not hold, with the items they are about.
    pub(crate) unqualified: Vec<Unqualified>,
    /// Last days, each with what it comes from.
    pub(crate) ends: Vec<(i32, EndOf)>,
    /// By clause: whether it is there, removed, added.
    pub(crate) clauses: Vec<u8>,
    /// By item: its stock-keeping unit.
    pub(crate) skus: Vec<SkuOutcome>,
    /// The values of the columns of all matrices.
    pub(crate) approval_values: Vec<i64>,
    /// By named result; `None` where it has no answer.
    pub(crate) results: Vec<Option<Computed>>,
    /// The tasks of all items, by line and item.
    pub(crate) tasks: Vec<TaskOutcome>,
    /// Arithmetic that had no answer.
    pub(crate) faults: Vec<FaultOutcome>,
}

/// What came of a constraint or an eligibility rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RuleOutcome {
    pub rule: u32,
    /// [`quo_model::NONE`] for the quote.
    pub item: u32,
    pub verdict: Verdict,
}

/// Whether something holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Holds,
    Fails,
    Fault,
}

/// Whether a price book applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BookOutcome {
    Applies,
    OtherCurrency,
    OtherDate,
    ConditionFailed,
    Fault,
}

/// What came of the prices of a charge in one book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CandidateOutcome {
    /// The book does not apply.
    BookOut,
    /// The book has no row for it.
    NoRow,
    /// The adjustments start from this price.
    Chosen { row: u32 },
    /// It is the list price, and a contract has another.
    Replaced { row: u32 },
    /// Another price is there that this one neither replaces nor is replaced by.
    Tied { row: u32 },
    /// Another price comes first: one of a level before, or one that names the charge more closely.
    Outranked {
        row: u32,
        /// The candidate that gives the price, counted in the charge.
        by: u32,
    },
    /// Which row it has, if any, has no answer.
    Fault,
}

/// How a charge got its price, or why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PriceState {
    Priced,
    /// No book has a price.
    Missing,
    /// Several books have one.
    Tied,
    Fault,
}

/// Whether a bound of prices held an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Held {
    Not,
    AtLeast,
    AtMost,
}

/// A charge of an item. Amounts are per period, at money scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ChargeOutcome {
    pub item: u32,
    /// Index into the charges of the model.
    pub charge: u32,
    pub state: PriceState,
    /// What it counts, at the scale of its quantity.
    pub counted: i128,
    /// By what a unit price is multiplied: packs, or what it counts.
    pub quantity: i128,
    /// The whole units in it, as adjustments count them; 1 where an amount is counted.
    pub whole_units: i64,
    /// The book that gave the price; its rounding holds for all amounts.
    pub book: u32,
    pub list: i128,
    pub contract: Option<i128>,
    /// Whether a bound of its prices held the amount.
    pub held: Held,
    pub net: i128,
    /// How many periods begin within the term; 1 for a one-time charge.
    pub periods: i64,
    /// Contract value before and after adjustments; `None` if it does not fit.
    pub value: Option<(i128, i128)>,
    pub candidates_at: u32,
    pub units_at: u32,
    pub units_len: u32,
    pub targets_at: u32,
}

impl ChargeOutcome {
    /// What the adjustments start from.
    pub fn base(&self) -> i128 {
        self.contract.unwrap_or(self.list)
    }
}

/// Units with the row that gave their price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct UnitsOutcome {
    /// Counted in the charge.
    pub candidate: u32,
    pub row: u32,
    /// By what the price of a unit is multiplied; 1 where the amount is worked out.
    pub units: i128,
    /// The exact amount, at the scale of the candidate.
    pub amount: i128,
}

/// What came of an adjustment on a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TargetOutcome {
    /// The charge has no price.
    NoPrice,
    OtherDate,
    /// The item is not a part of the bundle it is limited to.
    Elsewhere,
    NotAsked,
    /// None of its codes is given.
    NoCode,
    ConditionFailed,
    Fault,
    /// None of the units that count are units of this charge.
    NoUnits,
    /// It was used as often as it may be.
    UsedUp {
        /// Counted in the adjustment.
        limit: u32,
        most: i64,
        used: i64,
    },
    /// Its budget has less left than it would take.
    OverBudget {
        left: i128,
        wanted: i128,
    },
    /// It would apply, and another one bars it.
    Excluded {
        by: u32,
        why: Excluding,
    },
    /// It would apply, and another one of its group does instead.
    Lost {
        to: u32,
        saving: i128,
        of_winner: i128,
    },
    Applied {
        /// Less than nothing where it adds.
        saving: i128,
        left: i128,
        /// The floor that held something back, counted in the charge; else [`quo_model::NONE`].
        floor: u32,
        /// What it held back.
        kept: i128,
    },
}

/// Why an adjustment bars another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Excluding {
    /// The one that bars applies alone.
    Alone,
    /// The one that is barred applies alone, and another came before it.
    Earlier,
    /// They never apply together.
    Never,
}

/// What comes on top, or why it does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct GiftOutcome {
    pub adjustment: u32,
    /// Nothing where it does not.
    pub quantity: i64,
    /// What each costs, at money scale; `None` where it is free.
    pub price: Option<i128>,
    pub outcome: TargetOutcome,
}

/// What an adjustment that applied wants kept for it until the quote is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reservation {
    pub adjustment: u32,
    /// Of its budget, over the contract.
    pub amount: Option<i128>,
    /// Whether one of its uses.
    pub uses: bool,
}

/// Sums over all charges with a price, at money scale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TotalsOutcome {
    /// Months, before and after adjustments; shortest period first.
    pub by_period: Vec<(u32, i128, i128)>,
    pub list: i128,
    pub net: i128,
    /// What floors kept back.
    pub kept: i128,
}

/// What came of an approval matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ApprovalOutcome {
    Row {
        row: u32,
        values_at: u32,
    },
    NoRow,
    Fault,
    /// There are no totals to judge.
    NoTotals,
}

/// What came of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TaskOutcome {
    pub line: u32,
    pub item: u32,
    /// Counted in the fulfilment of the item's product.
    pub task: u32,
    pub verdict: Verdict,
}

/// A qualification that does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unqualified {
    /// Index into the qualifications.
    pub qualification: u32,
    pub item: u32,
    pub why: WhyUnqualified,
}

/// Why a qualification does not hold. Days are days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WhyUnqualified {
    /// There is no answer.
    Absent,
    /// The answer is dated after the quote.
    Later { day: i32 },
    /// The answer was valid until this day.
    Expired { day: i32, last: i32 },
    /// The answer says no.
    Denied { day: i32 },
}

/// What ends a quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EndOf {
    /// An index into the qualifications.
    Qualification(u32),
    /// An index into the validities.
    Validity(u32),
}

/// The stock-keeping unit of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SkuOutcome {
    /// Of its product, whatever the options.
    Plain,
    /// Of a row of its product's table.
    Row(u32),
    /// The table has no row for it.
    NoRow,
}

/// Arithmetic that had no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FaultOutcome {
    pub subject: Subject,
    pub error: ArithmeticError,
}

impl Decision {
    /// The request it was made on.
    #[must_use]
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// Digest of the package it was made on.
    #[must_use]
    pub fn package(&self) -> Digest {
        self.package
    }
}

/// Decides a request on the package it was read for.
///
/// # Errors
/// [`Stopped`] where the limits did not let it end. What the rules object to is not an error but part of the decision.
pub fn decide(
    package: &Package,
    request: &Request,
    limits: &Limits<'_>,
) -> Result<Decision, Stopped> {
    decide_with(package, request, limits, &mut NoRecord)
}

/// Decides with somebody listening.
pub(crate) fn decide_with<R: Recorder>(
    package: &Package,
    request: &Request,
    limits: &Limits<'_>,
    recorder: &mut R,
) -> Result<Decision, Stopped> {
    let mut plan = Plan::new(package, request, limits, recorder)?;
    plan.constraints()?;
    plan.terms()?;
    plan.books()?;
    plan.charges()?;
    plan.adjustments()?;
    plan.values()?;
    plan.totals()?;
    plan.quote_constraints()?;
    plan.approvals()?;
    plan.results()?;
    plan.fulfilment()?;
    Ok(plan.decision)
}
