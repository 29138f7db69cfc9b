//! Adjustments in print: what they say about the quote as a whole, and their clauses on a charge.

use super::{Printer, named, window};
use crate::hir::*;

impl Printer<'_> {
    pub(super) fn group(&mut self, group: &Group) {
        let stage = self.rules.stages.get(group.stage);
        let text = format!(
            "group {} at {} {}: {:?}",
            group.name,
            stage.map_or("", String::as_str),
            group.priority,
            group.combine
        );
        self.line(0, &text);
    }

    pub(super) fn adjustment(&mut self, adjustment: &Adjustment) {
        let kind = if adjustment.promotion {
            "promotion"
        } else {
            "discount"
        };
        let stage = self.rules.stages.get(adjustment.stage);
        let group = adjustment
            .group
            .and_then(|group| self.rules.groups.get(group));
        let group = group.map_or(String::new(), |group| format!(" in {}", group.name));
        let asked = adjustment.asked.as_ref().map_or(String::new(), |asked| {
            format!(
                " asked by {} as {}",
                named(&self.rules.roles, asked.role),
                self.ty(asked.ty)
            )
        });
        let text = format!(
            "{kind} {}{group} at {} {}{}{asked}",
            adjustment.name,
            stage.map_or("", String::as_str),
            adjustment.priority,
            window(adjustment.effective)
        );
        self.line(0, &text);
        if adjustment.effect != Effect::Take {
            self.line(1, &format!("effect {:?}", adjustment.effect));
        }
        if !adjustment.codes.is_empty() {
            self.line(1, &format!("codes {:?}", adjustment.codes));
        }
        if adjustment.alone != Alone::No {
            self.line(1, &format!("alone {:?}", adjustment.alone));
        }
        for never in &adjustment.never {
            let other = self.rules.adjustments.get(never.other);
            let other = other.map_or("?", |other| other.name.as_str());
            let above = never
                .above
                .map_or(String::new(), |above| format!(" above {above}/1000000"));
            let stays = if never.other_stays { other } else { "this one" };
            self.line(1, &format!("never with {other}{above}, {stays} stays"));
        }
        self.on_quote(adjustment);
    }

    fn on_quote(&mut self, adjustment: &Adjustment) {
        if let Some(whole) = &adjustment.whole {
            let amount = whole
                .amount
                .as_ref()
                .map_or("the sum".to_owned(), |amount| self.expr(amount));
            let each = if whole.each_bundle {
                " each bundle"
            } else {
                ""
            };
            let text = format!(
                "one amount{each} {amount}, {:?}, remainder {:?}{}",
                whole.rounding,
                whole.remainder,
                self.bounds(whole.most.as_ref(), whole.least.as_ref())
            );
            self.line(1, &text);
        }
        if let Some(units) = &adjustment.units {
            for buy in &units.buys {
                let count = self.expr(&buy.count);
                let charges = self.charges_named(&buy.charges);
                let text = format!("for every {count} of {{ {charges} }} {:?}", buy.order);
                self.line(1, &text);
            }
            let count = units
                .count
                .as_ref()
                .map_or("all".to_owned(), |count| self.expr(count));
            let those = if units.those { " of those" } else { "" };
            let times = units.times.as_ref().map_or(String::new(), |times| {
                format!(", {} times", self.expr(times))
            });
            let whole = if units.whole_groups {
                ", whole groups"
            } else {
                ""
            };
            self.line(
                1,
                &format!("units {count}{those} {:?}{times}{whole}", units.order),
            );
        }
        if let Some(gift) = &adjustment.gift {
            let count = self.expr(&gift.count);
            let price = gift
                .price
                .as_ref()
                .map_or(String::new(), |price| format!(" at {}", self.expr(price)));
            let when = gift
                .when
                .as_ref()
                .map_or(String::new(), |when| format!(" when {}", self.expr(when)));
            let product = self.product_name(gift.product).to_owned();
            self.line(1, &format!("gives {count} of {product}{price}{when}"));
        }
        if let Some(budget) = &adjustment.budget {
            let (amount, used) = (self.expr(&budget.amount), self.expr(&budget.used));
            let partly = if budget.partly { ", partly" } else { "" };
            self.line(1, &format!("budget {amount}, used {used}{partly}"));
        }
        for limit in &adjustment.limits {
            let (most, used) = (self.expr(&limit.most), self.expr(&limit.used));
            let whose = if limit.per_customer {
                " per customer"
            } else {
                ""
            };
            self.line(1, &format!("limit {most}{whose}, used {used}"));
        }
    }

    fn bounds(&self, most: Option<&Expr>, least: Option<&Expr>) -> String {
        let bound = |what: &str, bound: Option<&Expr>| {
            bound.map_or(String::new(), |bound| {
                format!(", at {what} {}", self.expr(bound))
            })
        };
        format!("{}{}", bound("most", most), bound("least", least))
    }

    /// What an adjustment says about a charge besides its amount.
    pub(super) fn target_clauses(&self, target: &Target) -> String {
        let mut text = self.bounds(target.most.as_ref(), target.least.as_ref());
        if let Some(units) = &target.units {
            text.push_str(&format!(", of {} units", self.expr(units)));
        }
        if let Some(weight) = &target.weight {
            text.push_str(&format!(", weight {}", self.expr(weight)));
        }
        text
    }

    /// The ids of charges.
    pub(super) fn charges_named(&self, charges: &[usize]) -> String {
        let ids = charges.iter().filter_map(|charge| {
            let charge = self.rules.charges.get(*charge)?;
            Some(format!(
                "{}.{}",
                self.product_name(charge.product),
                charge.name
            ))
        });
        ids.collect::<Vec<_>>().join(", ")
    }
}
