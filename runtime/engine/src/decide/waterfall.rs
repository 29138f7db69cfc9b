//! The part of an answer that is about one charge: its address, its prices, its steps.

use quo_model::{
    ArchivedCharge, ArchivedChargeKind, ArchivedFloor, ArchivedPriceCandidate,
    ArchivedPriceColumnKind, some,
};
use quo_value::Rounding;

use super::amounts::{noted_scale, unit_scale, value};
use super::prices::times;
use super::render::Renderer;
use super::{CandidateOutcome, ChargeOutcome, Held, PriceState, TargetOutcome};
use crate::answer::{ChargeAnswer, PriceAnswer, StepAnswer};
use crate::frame::at;
use crate::show::{amount, decimal};

/// What a row says, for people.
struct RowPrice {
    price: Option<String>,
    flat: Option<String>,
    included: Option<String>,
}

impl<'a> Renderer<'a> {
    /// The address of an item in its line: the parts that lead to it, each with the kind where it may hold several, and
    /// with the place among its kind where it may hold a kind more than once. Empty for the line's own item.
    pub fn address(&self, item: u32) -> String {
        let mut steps: Vec<String> = Vec::new();
        let mut number = item;
        let mut next = self.decision.request.items.get(at(item));
        while let Some(item) = next {
            let parent = self.decision.request.items.get(at(item.parent));
            let part = parent
                .and_then(|parent| self.model.products.get(at(parent.product)))
                .and_then(|bundle| bundle.parts.get(at(item.part)));
            let Some(part) = part else { break };
            let product = self.model.products.get(at(item.product));
            if part.many {
                steps.push(self.place_among_its_kind(number).to_string());
            }
            let kinds = if part.many {
                part.kinds.len() > 1
            } else {
                part.max > 1
            };
            if let Some(product) = product.filter(|_| kinds) {
                steps.push(self.str(product.name).to_owned());
            }
            steps.push(self.str(part.name).to_owned());
            number = item.parent;
            next = parent;
        }
        steps.reverse();
        steps.join(".")
    }

    /// The place of an item among those of its product in its part, counted from 1.
    fn place_among_its_kind(&self, number: u32) -> usize {
        let items = &self.decision.request.items;
        let Some(item) = items.get(at(number)) else {
            return 0;
        };
        let siblings = self.decision.request.input().children(item.parent);
        let same =
            siblings.filter(|(_, other)| other.part == item.part && other.product == item.product);
        same.take_while(|(other, _)| *other <= number).count()
    }

    /// The address of a charge in its line.
    pub fn path(&self, outcome: &ChargeOutcome) -> String {
        let name = self
            .model
            .charges
            .get(at(outcome.charge))
            .map_or("", |def| self.str(def.name));
        match self.address(outcome.item) {
            address if address.is_empty() => name.to_owned(),
            address => format!("{address}.{name}"),
        }
    }

    /// The name of an item's product.
    pub fn product_of(&self, item: u32) -> &'a str {
        let item = self.decision.request.items.get(at(item));
        item.and_then(|item| self.model.products.get(at(item.product)))
            .map_or("", |product| self.str(product.name))
    }

    pub fn book_name(&self, book: u32) -> &'a str {
        self.model
            .books
            .get(at(book))
            .map_or("", |book| self.str(book.name))
    }

    /// The price candidates of a charge: number in the charge, book, outcome.
    pub fn candidates(
        &self,
        outcome: &ChargeOutcome,
    ) -> impl Iterator<Item = (u32, u32, CandidateOutcome)> + 'a {
        let def = self.model.charges.get(at(outcome.charge));
        let found = self.decision.candidates.get(at(outcome.candidates_at)..);
        (0_u32..)
            .zip(def.map(|def| def.prices.as_slice()).unwrap_or_default())
            .zip(found.unwrap_or_default())
            .map(|((number, candidate), found)| (number, candidate.book.to_native(), *found))
    }

    /// The adjustments of a charge: number in the charge, adjustment, outcome.
    pub fn targets(
        &self,
        outcome: &ChargeOutcome,
    ) -> impl Iterator<Item = (u32, u32, TargetOutcome)> + 'a {
        let def = self.model.charges.get(at(outcome.charge));
        let found = self.decision.targets.get(at(outcome.targets_at)..);
        (0_u32..)
            .zip(
                def.map(|def| def.adjustments.as_slice())
                    .unwrap_or_default(),
            )
            .zip(found.unwrap_or_default())
            .map(|((number, target), found)| (number, target.adjustment.to_native(), *found))
    }

    /// A floor of a charge.
    pub fn floor(&self, outcome: &ChargeOutcome, floor: u32) -> Option<&'a ArchivedFloor> {
        let def = self.model.charges.get(at(outcome.charge))?;
        def.floors.get(at(some(floor)?))
    }

    /// A charge with its waterfall.
    pub fn charge(&self, outcome: &ChargeOutcome) -> ChargeAnswer {
        let def = self.model.charges.get(at(outcome.charge));
        let text = |text: Option<&'a str>| text.unwrap_or_default().to_owned();
        let priced = outcome.state == PriceState::Priced;
        let money = |mantissa: i128| priced.then(|| self.money(mantissa));
        let kind = def.map(|def| match def.kind {
            ArchivedChargeKind::OneTime => "one time",
            ArchivedChargeKind::Recurring => "recurring",
            ArchivedChargeKind::Usage => "usage",
        });
        ChargeAnswer {
            path: self.path(outcome),
            charge: text(def.map(|def| self.str(def.id))),
            title: text(def.map(|def| self.str(def.title))),
            kind: text(kind),
            period_months: def.map_or(0, |def| def.months.to_native()),
            quantity: def.map_or_else(String::new, |def| {
                decimal(outcome.quantity, unit_scale(&def.quantity))
            }),
            paid_for_periods: def.and_then(|def| self.paid_for(def)),
            held: match outcome.held {
                Held::Not => None,
                Held::AtLeast => Some("at least".to_owned()),
                Held::AtMost => Some("at most".to_owned()),
            },
            prices: self.prices(outcome),
            list: money(outcome.list),
            contract: outcome.contract.and_then(money),
            steps: self.steps(outcome),
            net: money(outcome.net),
            rounding: text(self.rounding(outcome)),
            contract_value: outcome
                .value
                .filter(|_| priced)
                .map(|(list, net)| self.list_net(list, net)),
        }
    }

    /// How many periods are paid for at a time, where they are paid in advance.
    fn paid_for(&self, def: &ArchivedCharge) -> Option<i64> {
        let term = self.model.fact_term.to_native();
        let term = self.decision.request.input().fact(term);
        (def.months != def.price_months).then(|| times(def, term))
    }

    fn rounding(&self, outcome: &ChargeOutcome) -> Option<&'a str> {
        let book = self.model.books.get(at(outcome.book))?;
        Rounding::from_code(book.rounding).map(Rounding::words)
    }

    fn prices(&self, outcome: &ChargeOutcome) -> Vec<PriceAnswer> {
        if outcome.state != PriceState::Priced {
            return Vec::new();
        }
        let units = self
            .decision
            .units
            .get(at(outcome.units_at)..)
            .unwrap_or_default();
        let def = self.model.charges.get(at(outcome.charge));
        units
            .iter()
            .take(at(outcome.units_len))
            .filter_map(|units| {
                let candidate = def?.prices.get(at(units.candidate))?;
                let minor_units = self.decision.currency.minor_units;
                let amount = amount(units.amount, candidate.scale, minor_units);
                let scale = noted_scale(candidate, &def?.quantity);
                let told = self.price_of_row(candidate, units.row, scale);
                Some(PriceAnswer {
                    book: self.book_name(candidate.book.to_native()).to_owned(),
                    row: self
                        .row_key(candidate.table.to_native(), units.row)
                        .to_owned(),
                    price: told.price.unwrap_or_else(|| amount.clone()),
                    quantity: decimal(units.units, scale),
                    flat: told.flat,
                    included: told.included,
                    amount,
                })
            })
            .collect()
    }

    /// What a row says: a price or a percentage, and what else there is.
    fn price_of_row(&self, candidate: &ArchivedPriceCandidate, row: u32, scale: u8) -> RowPrice {
        use ArchivedPriceColumnKind::{Flat, Included, Percent, Price};
        let number = |kind| value(candidate, kind, row);
        let share = number(Percent).map(|(share, scale)| {
            let percent = decimal(share, scale.saturating_sub(2));
            format!("{percent}%")
        });
        let price = number(Price).map(|(price, scale)| decimal(price, scale));
        let flat = number(Flat).map(|(flat, scale)| decimal(flat, scale));
        let price = price.or(share);
        let included = number(Included).map(|(units, _)| decimal(units, scale));
        match price {
            Some(_) => RowPrice {
                price,
                flat,
                included,
            },
            None => RowPrice {
                price: flat,
                flat: None,
                included,
            },
        }
    }

    fn steps(&self, outcome: &ChargeOutcome) -> Vec<StepAnswer> {
        let mut steps = Vec::new();
        for (_, adjustment, target) in self.targets(outcome) {
            let TargetOutcome::Applied {
                saving,
                left,
                floor,
                kept,
            } = target
            else {
                continue;
            };
            let Some(def) = self.model.adjustments.get(at(adjustment)) else {
                continue;
            };
            steps.push(StepAnswer {
                rule: self.str(def.name).to_owned(),
                title: self.str(def.title).to_owned(),
                kind: self.adjustment_kind(adjustment).to_owned(),
                saving: self.money(saving),
                kept: None,
                left: self.money(left),
            });
            if let Some(floor) = self.floor(outcome, floor) {
                steps.push(StepAnswer {
                    rule: self.str(floor.id).to_owned(),
                    title: self.str(floor.title).to_owned(),
                    kind: "floor".to_owned(),
                    saving: self.money(0),
                    kept: Some(self.money(kept)),
                    left: self.money(left),
                });
            }
        }
        steps
    }
}
