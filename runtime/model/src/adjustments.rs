//! Discounts, promotions and floors as data: what they take off, in which order, and what becomes of several together.
//!
//! Like [`crate::rules`], of which it is a part, it holds no behaviour.

use rkyv::{Archive, Serialize};

use crate::kinds::ValueType;
use crate::rules::Str;

/// What kind of adjustment.
#[derive(Archive, Serialize, Debug, Clone, Copy, PartialEq, Eq)]
#[rkyv(derive(Debug, Clone, Copy, PartialEq, Eq))]
#[repr(u8)]
pub enum AdjustmentKind {
    /// A discount.
    Discount,
    /// A promotion.
    Promotion,
}

/// What an adjustment makes of an amount.
#[derive(Archive, Serialize, Debug, Clone, Copy, PartialEq, Eq)]
#[rkyv(derive(Debug, Clone, Copy, PartialEq, Eq))]
#[repr(u8)]
pub enum Effect {
    /// It takes the amount off.
    Take,
    /// It adds the amount.
    Add,
    /// The amount is what it costs then.
    PriceAt,
    /// The amount is what it costs then, where it costs more.
    PriceAtMost,
}

/// Whether an adjustment suffers others beside it.
#[derive(Archive, Serialize, Debug, Clone, Copy, PartialEq, Eq)]
#[rkyv(derive(Debug, Clone, Copy, PartialEq, Eq))]
#[repr(u8)]
pub enum Alone {
    /// It does.
    No,
    /// Where it applies no other one does, whatever their order; of several the first.
    OverAll,
    /// The same among promotions: discounts apply as well.
    OverPromotions,
    /// It applies where none before it does, and then none after it.
    UnlessEarlier,
    /// The same among promotions.
    UnlessEarlierPromotion,
}

/// The order in which units are counted.
#[derive(Archive, Serialize, Debug, Clone, Copy, PartialEq, Eq)]
#[rkyv(derive(Debug, Clone, Copy, PartialEq, Eq))]
#[repr(u8)]
pub enum UnitOrder {
    /// Those that cost most come first, ties in the order of the lines.
    Dearest,
    /// Those that cost least come first, ties in the order of the lines.
    Cheapest,
    /// In the order of the lines.
    Lines,
}

/// What becomes of the members of a group.
#[derive(Archive, Serialize, Debug, Clone, Copy, PartialEq, Eq)]
#[rkyv(derive(Debug, Clone, Copy, PartialEq, Eq))]
#[repr(u8)]
pub enum Combine {
    /// On each charge the one with the largest saving, ties by priority.
    LargestOnCharge,
    /// The one with the largest saving over the contract, ties by priority.
    LargestOnQuote,
    /// On each charge the first that saves something.
    FirstOnCharge,
    /// The first that saves something.
    FirstOnQuote,
    /// All of them, each worked out on what was left before the group.
    AddUp,
    /// One after the other, each on what those before have left.
    OneAfterTheOther,
}

/// An amount that is worked out: a wide result of a routine at a scale.
#[derive(Archive, Serialize, Debug, Clone, Copy, PartialEq, Eq)]
#[rkyv(derive(Debug, Clone, Copy))]
pub struct AmountOf {
    /// The routine.
    pub routine: u32,
    /// Decimals of its result.
    pub scale: u8,
}

/// A discount or a promotion.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct Adjustment {
    /// Declared name, its stable id.
    pub name: Str,
    /// What people see.
    pub title: Str,
    /// What kind.
    pub kind: AdjustmentKind,
    /// Index into [`crate::Model::stages`].
    pub stage: u32,
    /// Order inside the stage, or inside its group, lowest first.
    pub priority: i32,
    /// Index into [`crate::Model::groups`], or [`crate::NONE`].
    pub group: u32,
    /// First day.
    pub from: i32,
    /// Last day.
    pub to: i32,
    /// Who may ask for it, an index into [`crate::Model::roles`]; [`crate::NONE`] if it applies by itself.
    pub asked_by: u32,
    /// Type of what is asked for; meaningless if it applies by itself.
    pub asked: ValueType,
    /// The codes of which one must be given; none where it needs none.
    pub codes: Vec<Str>,
    /// Whether it suffers others beside it.
    pub alone: Alone,
    /// The ones it never applies together with.
    pub never: Vec<NeverTogether>,
    /// What it makes of the amounts of its targets.
    pub effect: Effect,
    /// One amount for all of its targets.
    pub whole: Option<Whole>,
    /// The units it is for, where not for all.
    pub units: Option<Units>,
    /// What it gives.
    pub gift: Option<Gift>,
    /// What it may cost altogether.
    pub budget: Option<Budget>,
    /// How often it may be used.
    pub limits: Vec<UseLimit>,
    /// Whether its code looks at other charges than the one it runs on.
    pub reads_quote: bool,
}

/// Two adjustments of which one stays.
#[derive(Archive, Serialize, Debug, Clone, Copy, PartialEq, Eq)]
#[rkyv(derive(Debug, Clone, Copy))]
pub struct NeverTogether {
    /// The other one.
    pub other: u32,
    /// Only where the other one takes more than this share of the price before adjustments, a mantissa of the fraction at
    /// [`NeverTogether::SHARE_SCALE`]; negative where it is always so.
    pub above: i64,
    /// Whether the other one stays.
    pub other_stays: bool,
}

impl NeverTogether {
    /// Decimals of a share.
    pub const SHARE_SCALE: u8 = 6;
}

/// One amount for all targets of an adjustment, spread over them.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct Whole {
    /// The amount, of [`crate::Scope::Total`]; where there is none the sum of what each target says.
    pub amount: Option<AmountOf>,
    /// Whether there is such an amount for the parts of each bundle; else one for all.
    pub each_bundle: bool,
    /// The largest amount, of [`crate::Scope::Total`].
    pub most: Option<AmountOf>,
    /// The smallest amount, of [`crate::Scope::Total`].
    pub least: Option<AmountOf>,
    /// Rounding mode of the amount and of each share, to the minor unit of the currency.
    pub rounding: u8,
    /// Who gets what is left over: a code of `quo_value::LeftOver`.
    pub remainder: u8,
}

/// The units an adjustment is for, counted over the whole quote.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct Units {
    /// What has to be bought each time; nothing where it is for the first units.
    pub buys: Vec<Buy>,
    /// Whether it is for units that are bought, else for units beside them.
    pub those: bool,
    /// How many units each time, a narrow routine of [`crate::Scope::Total`]; [`crate::NONE`] for all that are bought.
    pub count: u32,
    /// Which units come first.
    pub order: UnitOrder,
    /// How many times at most, a narrow routine of [`crate::Scope::Total`], or [`crate::NONE`].
    pub times: u32,
    /// Whether it is for nothing where fewer units are there than each time needs.
    pub whole_groups: bool,
}

/// Units that have to be bought.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct Buy {
    /// How many each time, a narrow routine of [`crate::Scope::Total`].
    pub count: u32,
    /// Of which charges, sorted.
    pub charges: Vec<u32>,
    /// Which units come first.
    pub order: UnitOrder,
}

/// Units of a product that come on top.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct Gift {
    /// The product.
    pub product: u32,
    /// How many each time, a narrow routine of [`crate::Scope::Total`].
    pub count: u32,
    /// What each costs, of [`crate::Scope::Total`]; nothing where they are free.
    pub price: Option<AmountOf>,
    /// Condition, a routine of [`crate::Scope::Total`], or [`crate::NONE`].
    pub when: u32,
}

/// What an adjustment may cost altogether, over all quotes.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct Budget {
    /// All there is, of [`crate::Scope::Total`].
    pub amount: AmountOf,
    /// What is used so far, of [`crate::Scope::Total`].
    pub used: AmountOf,
    /// Whether it applies up to what is left of it; else not at all where it does not fit.
    pub partly: bool,
}

/// How often an adjustment may be used.
#[derive(Archive, Serialize, Debug, Clone, Copy, PartialEq, Eq)]
#[rkyv(derive(Debug, Clone, Copy))]
pub struct UseLimit {
    /// How often, a narrow routine of [`crate::Scope::Total`].
    pub most: u32,
    /// How often it was used so far, a narrow routine of [`crate::Scope::Total`].
    pub used: u32,
    /// Whether it is about one customer.
    pub per_customer: bool,
}

/// Adjustments of which it is said what becomes of several together.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct Group {
    /// Declared name, its stable id.
    pub name: Str,
    /// What people see.
    pub title: Str,
    /// What becomes of its members.
    pub combine: Combine,
}

/// What is done in one go: a group, or an adjustment by itself.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct Step {
    /// Index into [`crate::Model::groups`], or [`crate::NONE`].
    pub group: u32,
    /// The adjustments, in their order.
    pub members: Vec<u32>,
}

/// An adjustment on a charge.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct Target {
    /// The adjustment.
    pub adjustment: u32,
    /// The bundle that the charged item must be a part of, or [`crate::NONE`].
    pub within: u32,
    /// Condition, a routine of [`crate::Scope::Charge`], or [`crate::NONE`].
    pub when: u32,
    /// What [`Effect`] is about: a wide result of a routine of [`crate::Scope::Charge`] ...
    pub saving: u32,
    /// ... at this scale, before it is rounded as the book says.
    pub saving_scale: u8,
    /// For how many units of this charge at most, a narrow routine of [`crate::Scope::Charge`], or [`crate::NONE`].
    pub units: u32,
    /// The largest saving on it, of [`crate::Scope::Charge`].
    pub most: Option<AmountOf>,
    /// The smallest saving on it, of [`crate::Scope::Charge`].
    pub least: Option<AmountOf>,
    /// Its weight where one amount is spread, of [`crate::Scope::Charge`]; equal weights where there is none.
    pub weight: Option<AmountOf>,
}

/// A floor under a charge.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct Floor {
    /// Stable id.
    pub id: Str,
    /// What people see.
    pub title: Str,
    /// The least that must be left: a wide result of a routine of [`crate::Scope::Charge`] ...
    pub least: u32,
    /// ... at this scale, before it is rounded as the book says.
    pub least_scale: u8,
}
