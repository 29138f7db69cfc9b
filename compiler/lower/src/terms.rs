//! Stock-keeping units by option, domains of options, qualification, validity, clauses, and when approvals are asked again.

use quo_analysis::hir;
use quo_model::{Arg, Clause, Lasting, Order, Qualification, SkuTable, Validity, Worse, Worsening};
use quo_source::Span;

use crate::code::Purpose;
use crate::context::Context;
use crate::tables::LoweredTable;

impl Context<'_> {
    /// Lowers the stock-keeping units of a product.
    pub(crate) fn skus(&mut self, skus: &hir::SkuTable, span: Span) -> SkuTable {
        let lowered = self.table(&skus.table, span, Order::Row);
        let arguments = lowered.arguments(&skus.table, self.rules.money_scale());
        let args = arguments
            .into_iter()
            .map(|(column, _)| match column {
                Some(column) => self.sku_argument(column, span),
                None => Arg::Fact(self.index(self.rules.fact_currency, span)),
            })
            .collect();
        let of_row = |row: &usize| skus.skus.get(*row).cloned().unwrap_or_default();
        let texts: Vec<String> = lowered.rows.iter().map(of_row).collect();
        SkuTable {
            table: lowered.table,
            args,
            skus: texts.iter().map(|sku| self.string(sku)).collect(),
        }
    }

    /// The values an option may have, ascending.
    pub(crate) fn domain(&mut self, option: &hir::ProductOption) -> Vec<i64> {
        let mut values: Vec<i64> = option
            .domain
            .iter()
            .map(|value| self.default(Some(value), option.span))
            .collect();
        values.sort_unstable();
        values
    }

    /// Lowers the qualifications.
    pub(crate) fn qualifications(&mut self) -> Vec<Qualification> {
        let rules = self.rules;
        let lower = |found: &hir::Qualification| {
            let when = found.when.as_ref();
            let purpose = Purpose::item(found.product, when.map_or(found.span, |when| when.span));
            Qualification {
                id: self.string(&found.id),
                product: self.index(found.product, found.span),
                message: self.string(&found.message),
                day: self.narrow_routine(
                    Purpose::item(found.product, found.day.span),
                    &found.day,
                    0,
                ),
                named: self.string(&found.named),
                valid: lasting(found.valid),
                when: self.condition(purpose, when),
            }
        };
        rules.qualifications.iter().map(lower).collect()
    }

    /// Lowers the days until which quotes are valid.
    pub(crate) fn validities(&mut self) -> Vec<Validity> {
        let rules = self.rules;
        let lower = |found: &hir::Validity| Validity {
            title: self.string(&found.title),
            day: self.narrow_routine(Purpose::quote(found.day.span), &found.day, 0),
            after: lasting(found.after.unwrap_or(hir::Lasting::Days(0))),
        };
        rules.validities.iter().map(lower).collect()
    }

    /// Lowers the clauses.
    pub(crate) fn clauses(&mut self) -> Vec<Clause> {
        let rules = self.rules;
        let lower = |clause: &hir::Clause| {
            let when = clause.when.as_ref();
            let purpose = Purpose::quote(when.map_or(clause.span, |when| when.span));
            Clause {
                name: self.string(&clause.name),
                title: self.string(&clause.title),
                version: clause.version,
                text: self.string(&clause.text),
                on_request: clause.on_request,
                products: self.indexes(&clause.products, clause.span),
                when: self.condition(purpose, when),
            }
        };
        rules.clauses.iter().map(lower).collect()
    }

    /// What makes an approval be asked for again, by the place of the column among the arguments.
    pub(crate) fn worse(
        &mut self,
        approval: &hir::Approval,
        lowered: &LoweredTable,
    ) -> Vec<Worsening> {
        let worse = |&(column, worse): &(usize, hir::Worse)| {
            // The currency of the quote stands between the exact columns and the others.
            let behind = lowered.currency_at.is_some_and(|at| column >= at);
            Worsening {
                column: self.index(column.saturating_add(usize::from(behind)), approval.span),
                worse: match worse {
                    hir::Worse::Rises => Worse::Rises,
                    hir::Worse::Falls => Worse::Falls,
                    hir::Worse::Changes => Worse::Changes,
                },
            }
        };
        approval.worse.iter().map(worse).collect()
    }
}

fn lasting(lasting: hir::Lasting) -> Lasting {
    match lasting {
        hir::Lasting::Days(days) => Lasting::Days(days),
        hir::Lasting::Months(months) => Lasting::Months(months),
    }
}
