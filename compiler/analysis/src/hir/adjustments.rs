//! Discounts, promotions, their groups, and floors, checked.

use quo_source::Span;
use quo_value::Rounding;

use super::{Expr, Remainder, Rules, Window};
use crate::types::Type;

/// A discount or a promotion.
#[derive(Debug, Clone)]
pub struct Adjustment {
    /// Its name.
    pub name: String,
    /// What people see.
    pub title: String,
    /// Where it was declared.
    pub span: Span,
    /// Whether it is a promotion.
    pub promotion: bool,
    /// Index into [`Rules::stages`].
    pub stage: usize,
    /// Order inside the stage, or inside its group.
    pub priority: i32,
    /// Index into [`Rules::groups`].
    pub group: Option<usize>,
    /// When it is effective.
    pub effective: Window,
    /// Who may ask for it, and the type of what is asked.
    pub asked: Option<Asked>,
    /// The codes of which one must be given.
    pub codes: Vec<String>,
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
    /// Whether it looks at the quote as it stands.
    pub reads_quote: bool,
}

/// An adjustment that must be asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Index into [`Rules::roles`].
    pub role: usize,
    /// Type of what is asked for.
    pub ty: Type,
}

/// What an adjustment makes of an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alone {
    /// It does.
    No,
    /// Where it applies no other one does.
    OverAll,
    /// Where it applies no other promotion does.
    OverPromotions,
    /// It applies where none before it does, and then none after it.
    UnlessEarlier,
    /// The same among promotions.
    UnlessEarlierPromotion,
}

/// Two adjustments of which one stays.
#[derive(Debug, Clone)]
pub struct NeverTogether {
    /// The other one.
    pub other: usize,
    /// Only where the other one takes more than this share: a mantissa of the fraction at scale 6.
    pub above: Option<i64>,
    /// Whether the other one stays.
    pub other_stays: bool,
}

/// One amount for all targets of an adjustment.
#[derive(Debug, Clone)]
pub struct Whole {
    /// The amount, in the scope of the quote as it stands; the sum of what the targets say where there is none.
    pub amount: Option<Expr>,
    /// Whether it is for the parts of each bundle.
    pub each_bundle: bool,
    /// The largest amount.
    pub most: Option<Expr>,
    /// The smallest amount.
    pub least: Option<Expr>,
    /// How it and each share are rounded, to the minor unit of the currency.
    pub rounding: Rounding,
    /// Who gets what is left over.
    pub remainder: Remainder,
}

/// Which units come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitOrder {
    /// Those that cost most.
    Dearest,
    /// Those that cost least.
    Cheapest,
    /// Those of the first line.
    Lines,
}

/// The units an adjustment is for, counted over the whole quote.
#[derive(Debug, Clone)]
pub struct Units {
    /// What has to be bought each time.
    pub buys: Vec<Buy>,
    /// Whether it is for units that are bought.
    pub those: bool,
    /// How many each time; all that are bought where there is no number.
    pub count: Option<Expr>,
    /// Which come first.
    pub order: UnitOrder,
    /// How many times at most.
    pub times: Option<Expr>,
    /// Whether it is for nothing where fewer are there.
    pub whole_groups: bool,
}

/// Units that have to be bought.
#[derive(Debug, Clone)]
pub struct Buy {
    /// How many each time.
    pub count: Expr,
    /// Of which charges: sorted indexes into [`Rules::charges`].
    pub charges: Vec<usize>,
    /// Which come first.
    pub order: UnitOrder,
}

/// Units of a product that come on top.
#[derive(Debug, Clone)]
pub struct Gift {
    /// The product.
    pub product: usize,
    /// How many each time.
    pub count: Expr,
    /// What each costs.
    pub price: Option<Expr>,
    /// Its condition.
    pub when: Option<Expr>,
}

/// What an adjustment may cost altogether.
#[derive(Debug, Clone)]
pub struct Budget {
    /// All there is.
    pub amount: Expr,
    /// What is used so far.
    pub used: Expr,
    /// Whether it applies up to what is left of it.
    pub partly: bool,
}

/// How often an adjustment may be used.
#[derive(Debug, Clone)]
pub struct UseLimit {
    /// How often.
    pub most: Expr,
    /// How often it was used so far.
    pub used: Expr,
    /// Whether it is about one customer.
    pub per_customer: bool,
}

/// What becomes of the members of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Combine {
    /// On each charge the one with the largest saving.
    LargestOnCharge,
    /// The one with the largest saving.
    LargestOnQuote,
    /// On each charge the first that saves something.
    FirstOnCharge,
    /// The first that saves something.
    FirstOnQuote,
    /// All of them, each worked out on what was left before the group.
    AddUp,
    /// One after the other.
    OneAfterTheOther,
}

/// Adjustments of which it is said what becomes of several together.
#[derive(Debug, Clone)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// What people see.
    pub title: String,
    /// Where it was declared.
    pub span: Span,
    /// Index into [`Rules::stages`].
    pub stage: usize,
    /// Order inside the stage.
    pub priority: i32,
    /// What becomes of its members.
    pub combine: Combine,
}

/// An adjustment on a charge.
#[derive(Debug, Clone)]
pub struct Target {
    /// The adjustment.
    pub adjustment: usize,
    /// The bundle the charged item must be a part of.
    pub within: Option<usize>,
    /// Its condition, in the scope of the charge.
    pub when: Option<Expr>,
    /// What [`Effect`] is about: money, exact, in the scope of the charge.
    pub saving: Expr,
    /// For how many units of this charge at most.
    pub units: Option<Expr>,
    /// The largest saving on it.
    pub most: Option<Expr>,
    /// The smallest saving on it.
    pub least: Option<Expr>,
    /// Its weight where one amount is spread; equal weights where there is none.
    pub weight: Option<Expr>,
}

/// A floor under a charge.
#[derive(Debug, Clone)]
pub struct Floor {
    /// Stable id.
    pub id: String,
    /// What people see.
    pub title: String,
    /// Where it was declared.
    pub span: Span,
    /// The least that must be left: money, exact, in the scope of the charge.
    pub least: Expr,
}

/// The place of an adjustment in the order in which they apply.
pub type Turn = (usize, i32, usize, i32);

/// The place of an adjustment: stage, priority in it, its group (0 for none), priority in that.
#[must_use]
pub fn turn(adjustment: &Adjustment, groups: &[Group]) -> Turn {
    let group = adjustment.group.and_then(|group| groups.get(group));
    match (adjustment.group, group) {
        (Some(number), Some(group)) => (
            group.stage,
            group.priority,
            number.saturating_add(1),
            adjustment.priority,
        ),
        _ => (adjustment.stage, adjustment.priority, 0, 0),
    }
}

impl Adjustment {
    /// Everything it works out for the quote as a whole.
    #[must_use]
    pub fn expressions(&self) -> Vec<&Expr> {
        let mut found: Vec<&Expr> = Vec::new();
        if let Some(whole) = &self.whole {
            found.extend(whole.amount.iter().chain(&whole.most).chain(&whole.least));
        }
        if let Some(units) = &self.units {
            found.extend(units.buys.iter().map(|buy| &buy.count));
            found.extend(units.count.iter().chain(&units.times));
        }
        if let Some(gift) = &self.gift {
            found.push(&gift.count);
            found.extend(gift.price.iter().chain(&gift.when));
        }
        if let Some(budget) = &self.budget {
            found.extend([&budget.amount, &budget.used]);
        }
        found.extend(
            self.limits
                .iter()
                .flat_map(|limit| [&limit.most, &limit.used]),
        );
        found
    }
}

impl Target {
    /// Everything it works out.
    #[must_use]
    pub fn expressions(&self) -> Vec<&Expr> {
        let optional = [
            &self.when,
            &self.units,
            &self.most,
            &self.least,
            &self.weight,
        ];
        let mut found: Vec<&Expr> = optional.into_iter().flatten().collect();
        found.push(&self.saving);
        found
    }
}

impl Rules {
    /// What is done in one go, in order: a group with its members, or an adjustment by itself.
    #[must_use]
    pub fn steps(&self) -> Vec<(Option<usize>, Vec<usize>)> {
        let mut order: Vec<usize> = (0..self.adjustments.len()).collect();
        order.sort_by_key(|index| {
            let adjustment = self.adjustments.get(*index);
            (
                adjustment.map(|adjustment| turn(adjustment, &self.groups)),
                *index,
            )
        });
        let mut steps: Vec<(Option<usize>, Vec<usize>)> = Vec::new();
        for index in order {
            let group = self.adjustments.get(index).and_then(|it| it.group);
            match steps.last_mut() {
                Some((last, members)) if group.is_some() && *last == group => members.push(index),
                _ => steps.push((group, vec![index])),
            }
        }
        steps
    }
}

impl Expr {
    /// Whether it looks at the quote as it stands: totals, or its charges.
    #[must_use]
    pub fn reads_quote(&self) -> bool {
        use super::ExprKind::{Charges, QuantityOf, TotalList, TotalNet, TotalOf};
        matches!(
            self.kind,
            TotalList | TotalNet | TotalOf { .. } | QuantityOf(_) | Charges
        ) || self.children().into_iter().any(Expr::reads_quote)
    }
}
