//! Tables: cells as the index of the model holds them.
//!
//! An interval that ends at a named amount means another number in every currency. The machine compares with constants
//! only, so such a row is repeated for every currency, told apart by one more exact column: the currency of the quote.

use quo_analysis::hir::{Bound, Cell, Column, Interval, Row, Table};
use quo_analysis::types::{Type, Unit};
use quo_model::{ABSENT, ExactCell, Order, TableBuilder, TableRow};
use quo_source::Span;

use crate::constants::{encode, narrow, number_of, raise};
use crate::context::Context;
use crate::limits;

/// A table of the model and how it differs from that of the rules.
#[derive(Debug)]
pub(crate) struct LoweredTable {
    /// Its number.
    pub(crate) table: u32,
    /// For each row of the model its row in the rules.
    pub(crate) rows: Vec<usize>,
    /// The position of the added column of the currency, behind the other exact ones.
    pub(crate) currency_at: Option<usize>,
}

impl LoweredTable {
    /// The arguments of the table in the order of its columns with their scales; `None` for the added one.
    pub(crate) fn arguments<'t>(
        &self,
        table: &'t Table,
        money_scale: u8,
    ) -> Vec<(Option<&'t Column>, u8)> {
        let declared = table.columns.iter();
        let mut arguments: Vec<_> = declared
            .map(|column| (Some(column), column_scale(column, money_scale)))
            .collect();
        if let Some(at) = self.currency_at {
            arguments.insert(at.min(arguments.len()), (None, 0));
        }
        arguments
    }
}

/// The scale at which a column is matched: its type's, but for money no smaller than that of amounts.
pub(crate) fn column_scale(column: &Column, money_scale: u8) -> u8 {
    let number = number_of(column.expr.ty);
    match number.unit {
        Unit::Money | Unit::MoneyIn(_) => number.scale.max(money_scale),
        _ => number.scale,
    }
}

impl Context<'_> {
    /// Lowers a table that is declared at `span`.
    pub(crate) fn table(&mut self, table: &Table, span: Span, order: Order) -> LoweredTable {
        let exact = table.columns.iter().filter(|column| !column.range).count();
        let ranges = table.columns.len().saturating_sub(exact);
        let by_currency = table.rows.iter().any(names_amount);
        let number = self.index(self.tables.len(), span);
        let id = self.string(&table.id);
        let exact_columns = self.index(exact.saturating_add(usize::from(by_currency)), span);
        let range_columns = self.index(ranges, span);
        let mut builder = TableBuilder::new(id, exact_columns, range_columns);
        let mut origins = Vec::with_capacity(table.rows.len());
        let mut places = Vec::with_capacity(table.rows.len());
        for (origin, row) in table.rows.iter().enumerate() {
            // A row without an amount is the same in every currency.
            let repeated = names_amount(row);
            let count = if repeated {
                self.rules.currencies.len()
            } else {
                1
            };
            for currency in 0..count {
                let mut lowered = self.row(table, row, currency);
                if by_currency {
                    let cell = match i64::try_from(currency) {
                        Ok(currency) if repeated => ExactCell::OneOf(vec![currency]),
                        _ => ExactCell::Any,
                    };
                    lowered.exact.push(cell);
                }
                builder = builder.and_then(|mut builder| {
                    builder.push(&lowered)?;
                    Ok(builder)
                });
                origins.push(origin);
                places.push(self.places.place(row.span));
            }
        }
        self.rows.push(places);
        match builder {
            Ok(builder) => self.tables.push(builder.finish(order)),
            Err(error) => {
                self.report(limits::table_too_large(span, &table.id, error));
                self.tables.push(quo_model::Table::default());
            }
        }
        let currency_at = by_currency.then_some(exact);
        LoweredTable {
            table: number,
            rows: origins,
            currency_at,
        }
    }

    /// A row as it is in one currency.
    fn row(&mut self, table: &Table, row: &Row, currency: usize) -> TableRow {
        let mut lowered = TableRow {
            key: self.string(&row.key),
            exact: Vec::new(),
            ranges: Vec::new(),
        };
        for (column, cell) in table.columns.iter().zip(&row.cells) {
            if column.range {
                lowered
                    .ranges
                    .push(self.intervals(column, cell, row.span, currency));
            } else {
                lowered.exact.push(self.exact_cell(column, cell, row.span));
            }
        }
        lowered
    }

    fn exact_cell(&mut self, column: &Column, cell: &Cell, span: Span) -> ExactCell {
        match cell {
            Cell::Any => ExactCell::Any,
            Cell::Values(values) => {
                let mut members = Vec::with_capacity(values.len());
                for value in values.iter() {
                    let member = match value {
                        quo_analysis::types::Value::Number(mantissa) => {
                            self.mantissa(column, *mantissa, number_of(column.expr.ty).scale)
                        }
                        other => encode(other, &self.strings),
                    };
                    match member {
                        Some(member) => members.push(member),
                        None => self.report(limits::number_too_large(span)),
                    }
                }
                ExactCell::OneOf(members)
            }
            Cell::Ranges(_) => {
                self.report(limits::broken_rules(span, "an interval in an exact column"));
                ExactCell::Any
            }
        }
    }

    /// The intervals of a cell of a range column. "Anything" holds an absent argument too; any other cell does not.
    fn intervals(
        &mut self,
        column: &Column,
        cell: &Cell,
        span: Span,
        currency: usize,
    ) -> Vec<quo_model::Interval> {
        match cell {
            Cell::Any => vec![quo_model::Interval::ALL],
            Cell::Ranges(intervals) => intervals
                .iter()
                .filter_map(|interval| self.interval(column, *interval, span, currency))
                .collect(),
            Cell::Values(_) => {
                self.report(limits::broken_rules(
                    span,
                    "values in a column of intervals",
                ));
                Vec::new()
            }
        }
    }

    /// An interval in one currency; `None` where it is empty in this one, as `from low to high` may be.
    fn interval(
        &mut self,
        column: &Column,
        interval: Interval,
        span: Span,
        currency: usize,
    ) -> Option<quo_model::Interval> {
        let open = quo_model::Interval::PRESENT;
        let mut bound = |bound: Option<Bound>, open: i64| {
            let Some(bound) = bound else { return open };
            self.bound(column, bound, currency).unwrap_or_else(|| {
                self.report(limits::number_too_large(span));
                open
            })
        };
        let low = bound(interval.low, open.low);
        let high = bound(interval.high, open.high);
        (low <= high).then_some(quo_model::Interval { low, high })
    }

    fn bound(&self, column: &Column, bound: Bound, currency: usize) -> Option<i64> {
        match bound {
            Bound::Const(mantissa) => {
                self.mantissa(column, mantissa, number_of(column.expr.ty).scale)
            }
            Bound::Amount { amount, offset } => {
                let money_scale = self.rules.money_scale();
                let value = *self.rules.amounts.get(amount)?.values.get(currency)?;
                // The offset is one of the column's last decimal; of values that have no more decimals than amounts
                // it is as well one of the amount's.
                let scale = column_scale(column, money_scale);
                let mantissa = raise(value, money_scale, scale)?.checked_add(i128::from(offset))?;
                self.fitting(column, mantissa)
            }
        }
    }

    /// A mantissa of the column's type as the column is matched.
    fn mantissa(&self, column: &Column, mantissa: i128, scale: u8) -> Option<i64> {
        let money_scale = self.rules.money_scale();
        self.fitting(
            column,
            raise(mantissa, scale, column_scale(column, money_scale))?,
        )
    }

    /// A mantissa that fits. Where the argument is clamped the ends themselves are taken by what lies beyond them.
    fn fitting(&self, column: &Column, mantissa: i128) -> Option<i64> {
        let clamped = match column.expr.ty {
            Type::Number(number) => !number.is_narrow(),
            _ => false,
        };
        let fits = narrow(mantissa)?;
        (!clamped || (fits > ABSENT.saturating_add(1) && fits < i64::MAX)).then_some(fits)
    }
}

/// Whether a row names an amount, so that it depends on the currency.
fn names_amount(row: &Row) -> bool {
    let intervals = row.cells.iter().filter_map(|cell| match cell {
        Cell::Ranges(intervals) => Some(intervals.iter()),
        _ => None,
    });
    intervals.flatten().any(|interval| {
        [interval.low, interval.high]
            .iter()
            .any(|end| matches!(end, Some(Bound::Amount { .. })))
    })
}
