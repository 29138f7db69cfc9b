//! The parts of an answer that are about adjustments over the whole quote: what did not apply and why, what comes on top,
//! what is to be kept for acceptance, codes that nothing has.

use quo_model::ArchivedCombine;

use super::render::Renderer;
use super::{Excluding, TargetOutcome};
use crate::answer::{ChargeRef, ExtraItemAnswer, Finding, NotAppliedAnswer, ReservationAnswer};
use crate::frame::at;

impl Renderer<'_> {
    fn adjustment_name(&self, adjustment: u32) -> &str {
        let def = self.model.adjustments.get(at(adjustment));
        def.map_or("", |def| self.str(def.name))
    }

    /// Why an adjustment did not apply, where that is about others, codes, units or what is used up.
    pub fn why_not_applied(&self, adjustment: u32, outcome: TargetOutcome) -> String {
        let name = self.adjustment_name(adjustment);
        match outcome {
            TargetOutcome::NoCode => {
                let def = self.model.adjustments.get(at(adjustment));
                let codes = def.into_iter().flat_map(|def| def.codes.iter());
                let codes: Vec<String> = codes
                    .map(|code| format!("`{}`", self.str(code.to_native())))
                    .collect();
                format!(
                    "it needs the code {}, which is not given",
                    codes.join(" or ")
                )
            }
            TargetOutcome::NoUnits => "none of the units that count are here".to_owned(),
            TargetOutcome::UsedUp { limit, most, used } => {
                let def = self.model.adjustments.get(at(adjustment));
                let limit = def.and_then(|def| def.limits.get(at(limit)));
                let whose = if limit.is_some_and(|limit| limit.per_customer) {
                    " by this customer"
                } else {
                    ""
                };
                format!("it was used {used} times{whose}, and may be {most} times")
            }
            TargetOutcome::OverBudget { left, wanted } => format!(
                "it would take {}, and {} of its budget are left",
                self.money(wanted),
                self.money(left)
            ),
            TargetOutcome::Excluded { by, why } => {
                let by = self.adjustment_name(by);
                match why {
                    Excluding::Alone => format!("`{by}` applies alone"),
                    Excluding::Earlier => {
                        format!("it applies alone, and `{by}` comes before it")
                    }
                    Excluding::Never => {
                        format!("it never applies together with `{by}`, which stays")
                    }
                }
            }
            TargetOutcome::Lost {
                to,
                saving,
                of_winner,
            } => {
                let first = self.group_of(adjustment).is_some_and(|combine| {
                    matches!(
                        combine,
                        ArchivedCombine::FirstOnCharge | ArchivedCombine::FirstOnQuote
                    )
                });
                let rule = if first {
                    "the first one that applies counts"
                } else {
                    "the largest saving wins"
                };
                format!(
                    "{name} saves {}, {} saves {}; {rule}",
                    self.money(saving),
                    self.adjustment_name(to),
                    self.money(of_winner)
                )
            }
            _ => "it does not apply".to_owned(),
        }
    }

    fn group_of(&self, adjustment: u32) -> Option<ArchivedCombine> {
        let group = self.model.adjustments.get(at(adjustment))?.group;
        Some(self.model.groups.get(at(group.to_native()))?.combine)
    }

    /// Adjustments that would apply and do not.
    pub(super) fn not_applied_at_all(&self) -> Vec<NotAppliedAnswer> {
        let eligible = |outcome: TargetOutcome| {
            matches!(
                outcome,
                TargetOutcome::UsedUp { .. }
                    | TargetOutcome::OverBudget { .. }
                    | TargetOutcome::Excluded { .. }
                    | TargetOutcome::Lost { .. }
            )
        };
        let mut found: Vec<(u32, String, Vec<ChargeRef>)> = Vec::new();
        let mut add = |adjustment: u32, outcome: TargetOutcome, charge: Option<ChargeRef>| {
            let reason = self.why_not_applied(adjustment, outcome);
            let known = found
                .iter_mut()
                .find(|(other, told, _)| *other == adjustment && *told == reason);
            match known {
                Some((_, _, charges)) => charges.extend(charge),
                None => found.push((adjustment, reason, charge.into_iter().collect())),
            }
        };
        for outcome in &self.decision.charges {
            for (_, adjustment, target) in self.targets(outcome) {
                if eligible(target) {
                    let request = &self.decision.request;
                    let item = request.items.get(at(outcome.item));
                    let line = item.and_then(|item| request.lines.get(at(item.line)));
                    let charge = line.map(|line| ChargeRef {
                        line: line.id.clone(),
                        path: self.path(outcome),
                    });
                    add(adjustment, target, charge);
                }
            }
        }
        for gift in &self.decision.gifts {
            if eligible(gift.outcome) {
                add(gift.adjustment, gift.outcome, None);
            }
        }
        found.sort_by_key(|(adjustment, ..)| *adjustment);
        found
            .into_iter()
            .map(|(adjustment, reason, charges)| {
                let def = self.model.adjustments.get(at(adjustment));
                NotAppliedAnswer {
                    rule: self.adjustment_name(adjustment).to_owned(),
                    title: def.map_or("", |def| self.str(def.title)).to_owned(),
                    kind: self.adjustment_kind(adjustment).to_owned(),
                    reason,
                    charges,
                }
            })
            .collect()
    }

    /// What comes on top of the lines.
    pub(super) fn extra_items(&self) -> Vec<ExtraItemAnswer> {
        let gifts = self.decision.gifts.iter().filter(|gift| gift.quantity > 0);
        gifts
            .filter_map(|gift| {
                let def = self.model.adjustments.get(at(gift.adjustment))?;
                let product = def.gift.as_ref()?.product;
                let product = self.model.products.get(at(product.to_native()))?;
                let price = gift.price.unwrap_or(0);
                Some(ExtraItemAnswer {
                    rule: self.str(def.name).to_owned(),
                    product: self.str(product.name).to_owned(),
                    quantity: gift.quantity.to_string(),
                    price: self.money(price),
                    amount: self.money(price.saturating_mul(i128::from(gift.quantity))),
                })
            })
            .collect()
    }

    /// What is to be kept when the quote is accepted.
    pub(super) fn reservations(&self) -> Vec<ReservationAnswer> {
        let reservations = self.decision.reservations.iter();
        reservations
            .map(|reservation| ReservationAnswer {
                rule: self.adjustment_name(reservation.adjustment).to_owned(),
                amount: reservation.amount.map(|amount| self.money(amount)),
                uses: u32::from(reservation.uses),
            })
            .collect()
    }

    /// A warning for each code that no adjustment has.
    pub(super) fn code_findings(&self, warnings: &mut Vec<Finding>) {
        for code in &self.decision.request.codes {
            let adjustments = self.model.adjustments.iter();
            let mut codes = adjustments.flat_map(|def| def.codes.iter());
            if !codes.any(|known| self.str(known.to_native()) == code) {
                let message = format!("no promotion has the code `{code}`");
                warnings.push(self.finding("codes", None, message));
            }
        }
    }

    /// The adjustments that gave something on top.
    pub(super) fn giving(&self) -> impl Iterator<Item = u32> {
        let gifts = self.decision.gifts.iter().filter(|gift| gift.quantity > 0);
        gifts.map(|gift| gift.adjustment)
    }
}
