//! Charges: where their price comes from, and what must be left.

use std::sync::Arc;

use quo_analysis::hir::{self, ChargeKind, ExprKind};
use quo_model::{
    ABSENT, Arg, Charge, Floor, Measured, NONE, Order, Packages, PriceCandidate, PriceColumn,
    PriceColumnKind,
};
use quo_source::Span;

use crate::code::Purpose;
use crate::constants::number_of;
use crate::context::Context;
use crate::limits;
use crate::strings::member_id;

/// Rows of prices that several books may have.
#[derive(Debug, Clone)]
pub(crate) struct SharedRows {
    /// The table.
    table: u32,
    /// For each row of the model its row in the rules.
    rows: Arc<[usize]>,
    /// What each column is matched with.
    args: Vec<Arg>,
}

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
            months: match charge.prepaid {
                None => charge.months,
                Some(hir::Prepaid::Months(months)) => months,
                Some(hir::Prepaid::Term) => 0,
            },
            price_months: charge.months,
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
        let Some(of) = &charge.quantity.of else {
            return quo_model::Quantity::ONE;
        };
        let scale = self.counted_scale(&charge.quantity);
        let counted = match of.kind {
            ExprKind::Option { up: 0, option } => Measured::Option(self.index(option, charge.span)),
            _ => {
                let purpose = Purpose::item(charge.product, of.span);
                Measured::Routine(self.wide_routine(purpose, of, scale))
            }
        };
        quo_model::Quantity {
            of: counted,
            scale,
            money: charge.quantity.is_money(),
            pack: charge.quantity.pack.map_or(0, |pack| pack.size),
            started: charge.quantity.pack.is_some_and(|pack| pack.started),
        }
    }

    /// Decimals of what is counted: of an amount no fewer than those of amounts.
    fn counted_scale(&self, quantity: &hir::Quantity) -> u8 {
        if quantity.is_money() {
            quantity.scale().max(self.rules.money_scale())
        } else {
            quantity.scale()
        }
    }

    /// The rows of prices as a table, once for all books that have them.
    fn price_table(&mut self, charge: &hir::Charge, rows: &Arc<hir::PriceRows>) -> SharedRows {
        let key = Arc::as_ptr(rows).addr();
        if let Some(known) = self.price_tables.get(&key) {
            return known.clone();
        }
        let order = if rows.model.graduated {
            Order::Tier
        } else {
            Order::Row
        };
        let span = rows.table.rows.first().map_or(charge.span, |row| row.span);
        let lowered = self.table(&rows.table, span, order);
        let mut args = Vec::with_capacity(rows.table.columns.len());
        for (column, scale) in lowered.arguments(&rows.table, self.rules.money_scale()) {
            args.push(match column {
                Some(column) => self.price_argument(column, charge, scale),
                None => Arg::Fact(self.index(self.rules.fact_currency, charge.span)),
            });
        }
        let shared = SharedRows {
            table: lowered.table,
            rows: lowered.rows.into(),
            args,
        };
        self.price_tables.insert(key, shared.clone());
        shared
    }

    fn prices(&mut self, charge: &hir::Charge, prices: &hir::Prices) -> PriceCandidate {
        let rows = &prices.rows;
        let span = rows.table.rows.first().map_or(charge.span, |row| row.span);
        let shared = self.price_table(charge, rows);
        let columns: Vec<PriceColumn> = rows
            .columns
            .iter()
            .map(|column| self.price_column(column, &shared.rows, span))
            .collect();
        let counted = self.counted_scale(&charge.quantity);
        let book = self.index(prices.book, charge.span);
        let (formula, formula_scale) = self.amount_of(charge, rows.formula.as_ref());
        let (least, least_scale) = self.amount_of(charge, rows.least.as_ref());
        let (most, most_scale) = self.amount_of(charge, rows.most.as_ref());
        let included = rows.included.as_ref().map_or(NONE, |units| {
            let purpose = Purpose::charge(charge.product, None, units.span);
            self.wide_routine(purpose, units, counted)
        });
        let of_columns = columns.iter().map(|column| match column.kind {
            PriceColumnKind::Price | PriceColumnKind::Percent => {
                column.scale.saturating_add(counted)
            }
            PriceColumnKind::Included | PriceColumnKind::Size => 0,
            _ => column.scale,
        });
        let scale = of_columns
            .chain([formula_scale, least_scale, most_scale])
            .max()
            .unwrap_or(0);
        if scale > quo_value::MAX_SCALE {
            self.report(limits::number_too_large(span));
        }
        PriceCandidate {
            rank: match prices.target {
                hir::PriceTarget::Charge => 0,
                hir::PriceTarget::Category => 1,
                hir::PriceTarget::All => 2,
            },
            from: self.optional_index(prices.from, charge.span),
            graduated: rows.model.graduated,
            flat: rows.model.flat,
            packages: match rows.model.packages {
                None => Packages::None,
                Some(true) => Packages::Started,
                Some(false) => Packages::Whole,
            },
            args: shared.args,
            columns,
            formula,
            formula_scale,
            included,
            least,
            least_scale,
            most,
            most_scale,
            scale,
            ..PriceCandidate::new(book, shared.table)
        }
    }

    /// A column of prices, with a value for each row of the model.
    fn price_column(
        &mut self,
        column: &hir::PriceColumn,
        rows: &[usize],
        span: Span,
    ) -> PriceColumn {
        let of_row = |row: &usize| {
            let value = column.values.get(*row).copied()?;
            Some(value.unwrap_or(ABSENT))
        };
        let values: Vec<i64> = rows.iter().filter_map(of_row).collect();
        if values.len() != rows.len() {
            self.report(limits::broken_rules(span, "a row without a price"));
        }
        PriceColumn {
            kind: match column.kind {
                hir::PriceColumnKind::Price => PriceColumnKind::Price,
                hir::PriceColumnKind::Flat => PriceColumnKind::Flat,
                hir::PriceColumnKind::Percent => PriceColumnKind::Percent,
                hir::PriceColumnKind::AtLeast => PriceColumnKind::AtLeast,
                hir::PriceColumnKind::AtMost => PriceColumnKind::AtMost,
                hir::PriceColumnKind::Included => PriceColumnKind::Included,
                hir::PriceColumnKind::Size => PriceColumnKind::Size,
            },
            scale: column.scale,
            values,
        }
    }

    /// An amount that is worked out on a charge, with its decimals.
    fn amount_of(&mut self, charge: &hir::Charge, amount: Option<&hir::Expr>) -> (u32, u8) {
        let Some(amount) = amount else {
            return (NONE, 0);
        };
        let scale = number_of(amount.ty).scale;
        let purpose = Purpose::charge(charge.product, None, amount.span);
        (self.wide_routine(purpose, amount, scale), scale)
    }

    fn price_argument(&mut self, column: &hir::Column, charge: &hir::Charge, scale: u8) -> Arg {
        let counted = charge.quantity.of.as_ref();
        match column.expr.kind {
            ExprKind::Fact(fact) => Arg::Fact(self.index(fact, charge.span)),
            ExprKind::Option { up: 0, option } => Arg::Option(self.index(option, charge.span)),
            _ if counted.is_some_and(|of| of.is_same(&column.expr)) => Arg::Quantity,
            _ => {
                let purpose = Purpose::item(charge.product, column.expr.span);
                Arg::Routine(self.narrow_routine(purpose, &column.expr, scale))
            }
        }
    }

    /// What a column of stock-keeping units is matched with.
    pub(crate) fn sku_argument(&mut self, column: &hir::Column, span: Span) -> Arg {
        match column.expr.kind {
            ExprKind::Fact(fact) => Arg::Fact(self.index(fact, span)),
            ExprKind::Option { up: 0, option } => Arg::Option(self.index(option, span)),
            _ => {
                let what = "a stock-keeping unit depends on what is neither a fact nor an option";
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
