//! Adjustments: what they say about the quote as a whole, and what they do to each charge.

use quo_analysis::hir::{self, Combine, Effect, Expr, Remainder};
use quo_model::{
    Adjustment, AdjustmentKind, Alone, AmountOf, Budget, Buy, Gift, Group, NONE, NeverTogether,
    Step, Target, UnitOrder, Units, UseLimit, ValueType, Whole,
};
use quo_source::Span;

use crate::code::Purpose;
use crate::constants::number_of;
use crate::context::{Context, days};

impl Context<'_> {
    /// Lowers an adjustment.
    pub(crate) fn adjustment(&mut self, adjustment: &hir::Adjustment) -> Adjustment {
        let (from, to) = days(adjustment.effective);
        let asked = adjustment.asked.as_ref();
        let span = adjustment.span;
        Adjustment {
            name: self.string(&adjustment.name),
            title: self.string(&adjustment.title),
            kind: if adjustment.promotion {
                AdjustmentKind::Promotion
            } else {
                AdjustmentKind::Discount
            },
            stage: self.index(adjustment.stage, span),
            priority: adjustment.priority,
            group: self.optional_index(adjustment.group, span),
            from,
            to,
            asked_by: self.optional_index(asked.map(|asked| asked.role), span),
            asked: match asked {
                Some(asked) => self.ty(asked.ty, span),
                None => ValueType::Bool,
            },
            codes: adjustment
                .codes
                .iter()
                .map(|code| self.string(code))
                .collect(),
            alone: match adjustment.alone {
                hir::Alone::No => Alone::No,
                hir::Alone::OverAll => Alone::OverAll,
                hir::Alone::OverPromotions => Alone::OverPromotions,
                hir::Alone::UnlessEarlier => Alone::UnlessEarlier,
                hir::Alone::UnlessEarlierPromotion => Alone::UnlessEarlierPromotion,
            },
            never: adjustment
                .never
                .iter()
                .map(|never| NeverTogether {
                    other: self.index(never.other, span),
                    above: never.above.unwrap_or(-1),
                    other_stays: never.other_stays,
                })
                .collect(),
            effect: match adjustment.effect {
                Effect::Take => quo_model::Effect::Take,
                Effect::Add => quo_model::Effect::Add,
                Effect::PriceAt => quo_model::Effect::PriceAt,
                Effect::PriceAtMost => quo_model::Effect::PriceAtMost,
            },
            whole: adjustment.whole.as_ref().map(|whole| self.whole(whole)),
            units: adjustment
                .units
                .as_ref()
                .map(|units| self.units(units, span)),
            gift: adjustment.gift.as_ref().map(|gift| Gift {
                product: self.index(gift.product, span),
                count: self.counted(&gift.count),
                price: gift.price.as_ref().map(|price| self.quote_amount(price)),
                when: match &gift.when {
                    Some(when) => self.truth_routine(Purpose::total(when.span), when),
                    None => NONE,
                },
            }),
            budget: adjustment.budget.as_ref().map(|budget| Budget {
                amount: self.quote_amount(&budget.amount),
                used: self.quote_amount(&budget.used),
                partly: budget.partly,
            }),
            limits: adjustment
                .limits
                .iter()
                .map(|limit| UseLimit {
                    most: self.counted(&limit.most),
                    used: self.counted(&limit.used),
                    per_customer: limit.per_customer,
                })
                .collect(),
            reads_quote: adjustment.reads_quote,
        }
    }

    fn whole(&mut self, whole: &hir::Whole) -> Whole {
        let mut optional =
            |amount: &Option<Expr>| amount.as_ref().map(|amount| self.quote_amount(amount));
        Whole {
            amount: optional(&whole.amount),
            most: optional(&whole.most),
            least: optional(&whole.least),
            each_bundle: whole.each_bundle,
            rounding: whole.rounding.code(),
            remainder: match whole.remainder {
                Remainder::Largest => quo_value::LeftOver::Largest,
                Remainder::First => quo_value::LeftOver::First,
                Remainder::Last => quo_value::LeftOver::Last,
                Remainder::Heaviest => quo_value::LeftOver::Heaviest,
            }
            .code(),
        }
    }

    fn units(&mut self, units: &hir::Units, span: Span) -> Units {
        Units {
            buys: units
                .buys
                .iter()
                .map(|buy| Buy {
                    count: self.counted(&buy.count),
                    charges: self.indexes(&buy.charges, span),
                    order: unit_order(buy.order),
                })
                .collect(),
            those: units.those,
            count: self.counted_if_any(units.count.as_ref()),
            order: unit_order(units.order),
            times: self.counted_if_any(units.times.as_ref()),
            whole_groups: units.whole_groups,
        }
    }

    /// A whole number of the quote as it stands.
    fn counted(&mut self, value: &Expr) -> u32 {
        self.narrow_routine(Purpose::total(value.span), value, 0)
    }

    fn counted_if_any(&mut self, value: Option<&Expr>) -> u32 {
        value.map_or(NONE, |value| self.counted(value))
    }

    /// An amount of the quote as it stands.
    fn quote_amount(&mut self, value: &Expr) -> AmountOf {
        self.amount_for(Purpose::total(value.span), value)
    }

    fn amount_for(&mut self, purpose: Purpose, value: &Expr) -> AmountOf {
        let scale = number_of(value.ty).scale;
        AmountOf {
            routine: self.wide_routine(purpose, value, scale),
            scale,
        }
    }

    /// Lowers what an adjustment does to a charge.
    pub(crate) fn target(&mut self, charge: &hir::Charge, target: &hir::Target) -> Target {
        let at = |span| Purpose::charge(charge.product, target.within, span);
        let when = target.when.as_ref();
        let when_span = when.map_or(target.saving.span, |when| when.span);
        let saving_scale = number_of(target.saving.ty).scale;
        let saving_purpose = at(target.saving.span);
        let adjustment = self.index(target.adjustment, charge.span);
        let within = self.optional_index(target.within, charge.span);
        let when = self.condition(at(when_span), when);
        let saving = self.wide_routine(saving_purpose, &target.saving, saving_scale);
        let units = match &target.units {
            Some(units) => self.narrow_routine(at(units.span), units, 0),
            None => NONE,
        };
        let mut optional = |amount: &Option<Expr>| {
            let amount = amount.as_ref()?;
            Some(self.amount_for(at(amount.span), amount))
        };
        Target {
            adjustment,
            within,
            when,
            saving,
            saving_scale,
            units,
            most: optional(&target.most),
            least: optional(&target.least),
            weight: optional(&target.weight),
        }
    }

    /// Lowers a group.
    pub(crate) fn group(&mut self, group: &hir::Group) -> Group {
        Group {
            name: self.string(&group.name),
            title: self.string(&group.title),
            combine: match group.combine {
                Combine::LargestOnCharge => quo_model::Combine::LargestOnCharge,
                Combine::LargestOnQuote => quo_model::Combine::LargestOnQuote,
                Combine::FirstOnCharge => quo_model::Combine::FirstOnCharge,
                Combine::FirstOnQuote => quo_model::Combine::FirstOnQuote,
                Combine::AddUp => quo_model::Combine::AddUp,
                Combine::OneAfterTheOther => quo_model::Combine::OneAfterTheOther,
            },
        }
    }

    /// What is done in one go, in order.
    pub(crate) fn steps(&mut self, nowhere: Span) -> Vec<Step> {
        let steps = self.rules.steps();
        steps
            .into_iter()
            .map(|(group, members)| Step {
                group: self.optional_index(group, nowhere),
                members: self.indexes(&members, nowhere),
            })
            .collect()
    }
}

fn unit_order(order: hir::UnitOrder) -> UnitOrder {
    match order {
        hir::UnitOrder::Dearest => UnitOrder::Dearest,
        hir::UnitOrder::Cheapest => UnitOrder::Cheapest,
        hir::UnitOrder::Lines => UnitOrder::Lines,
    }
}
