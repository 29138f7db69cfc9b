//! Floors above the price: what is kept would be more than what is asked.

use quo_source::{Diagnostic, codes};

use crate::hir::{BinaryOp, Charge, Expr, ExprKind, PriceColumnKind, Rules};
use crate::types::{Type, Value};

/// Reports floors that lie above the price, and those that can.
pub fn check(rules: &Rules, found: &mut Vec<Diagnostic>) {
    for charge in &rules.charges {
        for floor in &charge.floors {
            let Some(case) = above(rules, charge, &floor.least) else {
                continue;
            };
            found.push(
                Diagnostic::error(
                    codes::FLOOR_ABOVE_PRICE,
                    format!("the floor `{}` lies above the price", floor.id),
                )
                .at(floor.span, "no adjustment could ever apply")
                .also(charge.span, "of this charge")
                .note(format!("for example {case}"))
                .suggest_edits(
                    "a floor lies at most at 100% of the list price, and below every price",
                    Vec::new(),
                ),
            );
        }
    }
}

/// A case in which a floor lies above the list price.
fn above(rules: &Rules, charge: &Charge, least: &Expr) -> Option<String> {
    if let ExprKind::Binary(BinaryOp::Mul, left, right) = &least.kind {
        let share = match (&left.kind, &right.kind) {
            (ExprKind::List, _) => right,
            (_, ExprKind::List) => left,
            _ => return None,
        };
        let (Type::Number(number), ExprKind::Const(Value::Number(value))) = (share.ty, &share.kind)
        else {
            return None;
        };
        let whole = quo_value::pow10_i128(number.scale)?;
        let shown = crate::show::number_text(*value, number);
        return (*value > whole)
            .then(|| format!("a list price of 100.00 and a floor of {shown} of it"));
    }
    // An amount: compared with the prices where they are for the charge as such.
    let ExprKind::Amount(amount) = &least.kind else {
        return None;
    };
    if charge.quantity.of.is_some() {
        return None;
    }
    let amount = rules.amounts.get(*amount)?;
    for prices in &charge.prices {
        let Some(column) = prices.rows.column(PriceColumnKind::Price) else {
            continue;
        };
        // Bounds and what is charged besides may only make it more.
        if prices.rows.columns.len() > 1 || prices.rows.least.is_some() {
            continue;
        }
        for (row, price) in prices.rows.table.rows.iter().zip(&column.values) {
            let Some(price) = price else { continue };
            let lower = |currency: &usize| -> Option<(usize, i128)> {
                let floor = *amount.values.get(*currency)?;
                let price =
                    i128::from(*price).checked_mul(quo_value::pow10_i128(rules.money_scale())?)?;
                let floor_scaled = floor.checked_mul(quo_value::pow10_i128(column.scale)?)?;
                (floor_scaled > price && price > 0).then_some((*currency, floor))
            };
            let currencies = currencies_of(rules, prices, row);
            if let Some((currency, _)) = currencies.iter().find_map(lower) {
                let code = rules
                    .currencies
                    .get(currency)
                    .map_or("", |currency| currency.code());
                return Some(format!("the row {} in {code}", row.key));
            }
        }
    }
    None
}

/// The currencies of a row: those it names, else those of its book.
fn currencies_of(rules: &Rules, prices: &crate::hir::Prices, row: &crate::hir::Row) -> Vec<usize> {
    let column = prices.rows.table.columns.iter().position(
        |column| matches!(column.expr.kind, ExprKind::Fact(fact) if fact == rules.fact_currency),
    );
    match column.and_then(|column| row.cells.get(column)) {
        Some(crate::hir::Cell::Values(values)) => values
            .iter()
            .filter_map(|value| match value {
                Value::Currency(currency) => Some(*currency),
                _ => None,
            })
            .collect(),
        _ => rules
            .books
            .get(prices.book)
            .map_or_else(Vec::new, |book| book.currencies.clone()),
    }
}
