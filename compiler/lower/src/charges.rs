//! Charges: where their price comes from, and what must be left.

use quo_analysis::hir::{self, ChargeKind, ExprKind, Quantity};
use quo_model::{Arg, Charge, Floor, Order, PriceCandidate};
use quo_source::Span;

use crate::code::Purpose;
use crate::constants::number_of;
use crate::context::Context;
use crate::limits;
use crate::strings::member_id;

impl Context<'_> {
    /// Lowers a charge.
    pub(crate) fn charge(&mut self, charge: &hir::Charge) -> Charge {
        let product = self.rules.products.get(charge.product);
        let id = member_id(product.map_or("", |product| &product.name), &charge.name);
        Charge {
            product: self.index(charge.product, charge.span),
            name: self.string(&charge.name),
            id: self.string(&id),
            title: self.string(&charge.title),
            kind: match charge.kind {
                ChargeKind::OneTime => quo_model::ChargeKind::OneTime,
                ChargeKind::Recurring => quo_model::ChargeKind::Recurring,
                ChargeKind::Usage => quo_model::ChargeKind::Usage,
            },
            months: charge.months,
            quantity: self.quantity(charge),
            prices: charge
                .prices
                .iter()
                .map(|prices| self.prices(charge, prices))
                .collect(),
            adjustments: charge
                .adjustments
                .iter()
                .map(|it| self.target(charge, it))
                .collect(),
            floors: charge
                .floors
                .iter()
                .map(|floor| self.floor(charge, floor))
                .collect(),
        }
    }

    fn quantity(&mut self, charge: &hir::Charge) -> quo_model::Quantity {
        match charge.quantity {
            Quantity::One => quo_model::Quantity::One,
            Quantity::Option(option) => {
                quo_model::Quantity::Option(self.index(option, charge.span))
            }
            Quantity::Packs {
                option,
                size,
                started,
            } => quo_model::Quantity::Packs {
                option: self.index(option, charge.span),
                size,
                started,
            },
        }
    }

    fn prices(&mut self, charge: &hir::Charge, prices: &hir::Prices) -> PriceCandidate {
        let order = if prices.graduated {
            Order::Tier
        } else {
            Order::Row
        };
        let span = prices
            .table
            .rows
            .first()
            .map_or(charge.span, |row| row.span);
        let lowered = self.table(&prices.table, span, order);
        let mut args = Vec::with_capacity(prices.table.columns.len());
        for (column, _) in lowered.arguments(&prices.table, self.rules.money_scale()) {
            args.push(match column {
                Some(column) => self.price_argument(column, charge.span),
                None => Arg::Fact(self.index(self.rules.fact_currency, charge.span)),
            });
        }
        let of_row = |row: &usize| prices.prices.get(*row).copied();
        let row_prices: Vec<i64> = lowered.rows.iter().filter_map(of_row).collect();
        if row_prices.len() != lowered.rows.len() {
            self.report(limits::broken_rules(span, "a row without a price"));
        }
        PriceCandidate {
            book: self.index(prices.book, charge.span),
            table: lowered.table,
            graduated: prices.graduated,
            args,
            scale: prices.scale,
            prices: row_prices,
        }
    }

    pub(crate) fn price_argument(&mut self, column: &hir::Column, span: Span) -> Arg {
        match column.expr.kind {
            ExprKind::Fact(fact) => Arg::Fact(self.index(fact, span)),
            ExprKind::Option { up: 0, option } => Arg::Option(self.index(option, span)),
            _ => {
                let what = "a price depends on what is neither a fact nor an option";
                self.report(limits::broken_rules(column.expr.span, what));
                Arg::Option(0)
            }
        }
    }

    fn floor(&mut self, charge: &hir::Charge, floor: &hir::Floor) -> Floor {
        let purpose = Purpose::charge(charge.product, None, floor.least.span);
        let least_scale = number_of(floor.least.ty).scale;
        Floor {
            id: self.string(&floor.id),
            title: self.string(&floor.title),
            least: self.wide_routine(purpose, &floor.least, least_scale),
            least_scale,
        }
    }
}
