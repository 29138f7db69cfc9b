//! What a price comes to: units times prices, tiers, packages, percentages, amounts that are charged once, bounds, and
//! calculations.
//!
//! Everything is exact at the scale of the candidate until the book rounds the amount, once.

use quo_model::{
    ABSENT, ArchivedCharge, ArchivedMeasured, ArchivedPackages, ArchivedPriceCandidate,
    ArchivedPriceColumnKind as Column, ArchivedQuantity, some,
};
use quo_value::{ArithmeticError, Rounding, pow10_i128};

use super::plan::{Plan, get};
use super::prices::times;
use super::{ChargeOutcome, Held, UnitsOutcome};
use crate::frame::{Frame, at};
use crate::interpret::Fault;
use crate::limits::Stopped;
use crate::record::Recorder;

impl<R: Recorder> Plan<'_, R> {
    /// What a charge costs at the prices of one candidate, rounded as its book says, for all periods that it is charged
    /// for at a time. `keep`: note the units.
    pub(super) fn candidate_amount(
        &mut self,
        outcome: &ChargeOutcome,
        def: &ArchivedCharge,
        number: u32,
        keep: bool,
    ) -> Result<(i128, Held), Fault> {
        let (amount, held) = self.period_amount(outcome, def, number, 0, keep)?;
        let term = self.input.fact(self.model.fact_term.to_native());
        let amount = amount.checked_mul(i128::from(times(def, term)));
        Ok((amount.ok_or(ArithmeticError::Overflow)?, held))
    }

    /// The same for one period of its price. `depth`: how many books are made of this one.
    fn period_amount(
        &mut self,
        outcome: &ChargeOutcome,
        def: &ArchivedCharge,
        number: u32,
        depth: u32,
        keep: bool,
    ) -> Result<(i128, Held), Fault> {
        let candidate = get(&def.prices, number)?;
        let list = match some(candidate.from.to_native()) {
            None => 0,
            Some(from) => {
                let source = self.source(outcome, def, from, depth)?;
                let (source, _) = source.ok_or(Stopped::Damaged)?;
                let deeper = depth.saturating_add(1);
                self.period_amount(outcome, def, source, deeper, false)?.0
            }
        };
        let row = self
            .row(outcome, def, number, depth)?
            .ok_or(Stopped::Damaged)?;
        let frame = Frame {
            list,
            left: list,
            quantity: outcome.whole_units,
            ..self.frame().on(outcome.item)
        };
        let noted = self.decision.units.len();
        let exact = if let Some(formula) = some(candidate.formula.to_native()) {
            let amount = self.machine.wide(formula, &frame, self.recorder)?;
            let amount = raised(amount, candidate.formula_scale, candidate.scale)?;
            self.decision.units.push(UnitsOutcome {
                candidate: number,
                row,
                units: 1,
                amount,
            });
            amount
        } else if candidate.graduated {
            self.graduated(outcome, def, number, candidate)?
        } else {
            let rest = self.rest(outcome, candidate)?;
            let units = row_units(&def.quantity, candidate, row, rest);
            let amount = of_row(candidate, row, units.0, units.1)?;
            self.decision.units.push(UnitsOutcome {
                candidate: number,
                row,
                units: units.0,
                amount,
            });
            bounded_by_row(candidate, row, amount)?
        };
        if !keep {
            self.decision.units.truncate(noted);
        }
        let (exact, held) = self.bounded(candidate, exact, &frame)?;
        if exact < 0 {
            return Err(ArithmeticError::Negative.into());
        }
        let book = get(&self.model.books, candidate.book.to_native())?;
        let mode = Rounding::from_code(book.rounding).ok_or(Stopped::Damaged)?;
        let amount = self.decision.currency.round(exact, candidate.scale, mode)?;
        Ok((amount, held))
    }

    /// What is left of what a charge counts when what is included is taken off.
    pub(super) fn rest(
        &mut self,
        outcome: &ChargeOutcome,
        candidate: &ArchivedPriceCandidate,
    ) -> Result<i128, Fault> {
        let Some(included) = some(candidate.included.to_native()) else {
            return Ok(outcome.counted);
        };
        let frame = self.frame().on(outcome.item);
        let included = self.machine.wide(included, &frame, self.recorder)?;
        if included < 0 {
            return Err(ArithmeticError::Negative.into());
        }
        Ok(outcome.counted.saturating_sub(included).max(0))
    }

    /// Every unit at the price of the tier it falls in, and what each tier that is reached costs once.
    fn graduated(
        &mut self,
        outcome: &ChargeOutcome,
        def: &ArchivedCharge,
        number: u32,
        candidate: &ArchivedPriceCandidate,
    ) -> Result<i128, Fault> {
        let rest = self.rest(outcome, candidate)?;
        self.arguments(outcome, candidate)?;
        self.args.pop();
        let table = get(&self.model.tables, candidate.table.to_native())?;
        let (mut sum, mut priced): (i128, i128) = (0, 0);
        let scale = unit_scale(&def.quantity);
        for tier in table.tiers(&self.args) {
            self.machine.tank.take(1)?;
            if rest < i128::from(tier.low) {
                break;
            }
            let open = tier.high == i64::MAX;
            let high = i128::from(tier.high);
            let upto = units_of(&def.quantity, if open { rest } else { rest.min(high) });
            let units = upto.saturating_sub(priced);
            priced = upto;
            let amount = of_row(candidate, tier.row, units, scale)?;
            sum = sum.checked_add(amount).ok_or(ArithmeticError::Overflow)?;
            if units > 0 || amount > 0 {
                self.decision.units.push(UnitsOutcome {
                    candidate: number,
                    row: tier.row,
                    units,
                    amount,
                });
            }
            if open || rest <= high {
                break;
            }
        }
        Ok(sum)
    }

    /// An amount held between the bounds of its prices.
    fn bounded(
        &mut self,
        candidate: &ArchivedPriceCandidate,
        amount: i128,
        frame: &Frame<'_>,
    ) -> Result<(i128, Held), Fault> {
        let mut held = (amount, Held::Not);
        if let Some(least) = some(candidate.least.to_native()) {
            let least = self.machine.wide(least, frame, self.recorder)?;
            let least = raised(least, candidate.least_scale, candidate.scale)?;
            if held.0 < least {
                held = (least, Held::AtLeast);
            }
        }
        if let Some(most) = some(candidate.most.to_native()) {
            let most = self.machine.wide(most, frame, self.recorder)?;
            let most = raised(most, candidate.most_scale, candidate.scale)?;
            if held.0 > most {
                held = (most, Held::AtMost);
            }
        }
        Ok(held)
    }
}

/// What follows from a row, where it says something, with its scale.
pub(super) fn value(
    candidate: &ArchivedPriceCandidate,
    kind: Column,
    row: u32,
) -> Option<(i128, u8)> {
    let column = candidate
        .columns
        .iter()
        .find(|column| column.kind == kind)?;
    let value = column.values.get(at(row))?.to_native();
    (value != ABSENT).then_some((i128::from(value), column.scale))
}

/// The units that a row prices, with their scale.
fn row_units(
    quantity: &ArchivedQuantity,
    candidate: &ArchivedPriceCandidate,
    row: u32,
    rest: i128,
) -> (i128, u8) {
    if candidate.flat {
        return (1, 0);
    }
    let included = value(candidate, Column::Included, row).map_or(0, |(units, _)| units);
    let rest = rest.saturating_sub(included).max(0);
    match value(candidate, Column::Size, row) {
        Some((size, _)) => {
            let started = candidate.packages == ArchivedPackages::Started;
            (packs(rest, size, started), 0)
        }
        None => (units_of(quantity, rest), unit_scale(quantity)),
    }
}

/// The exact amount that follows from a row for some units, at the scale of the candidate.
fn of_row(
    candidate: &ArchivedPriceCandidate,
    row: u32,
    units: i128,
    scale: u8,
) -> Result<i128, Fault> {
    let mut sum: i128 = 0;
    for kind in [Column::Price, Column::Percent, Column::Flat] {
        let Some((price, own)) = value(candidate, kind, row) else {
            continue;
        };
        let (amount, of) = if kind == Column::Flat {
            (Some(price), own)
        } else {
            (price.checked_mul(units), own.saturating_add(scale))
        };
        let amount = raised(
            amount.ok_or(ArithmeticError::Overflow)?,
            of,
            candidate.scale,
        )?;
        sum = sum.checked_add(amount).ok_or(ArithmeticError::Overflow)?;
    }
    Ok(sum)
}

fn bounded_by_row(
    candidate: &ArchivedPriceCandidate,
    row: u32,
    amount: i128,
) -> Result<i128, Fault> {
    let bound = |kind| match value(candidate, kind, row) {
        None => Ok(None),
        Some((bound, own)) => raised(bound, own, candidate.scale).map(Some),
    };
    let least = bound(Column::AtLeast)?.unwrap_or(amount);
    let most = bound(Column::AtMost)?.unwrap_or(i128::MAX);
    Ok(amount.max(least).min(most))
}

/// A mantissa at a larger scale.
fn raised(value: i128, from: u8, to: u8) -> Result<i128, Fault> {
    let factor = to.checked_sub(from).and_then(pow10_i128);
    let value = factor.and_then(|factor| value.checked_mul(factor));
    Ok(value.ok_or(ArithmeticError::Overflow)?)
}

/// By what a unit price is multiplied: packs where the charge is sold in packs.
pub(super) fn units_of(quantity: &ArchivedQuantity, counted: i128) -> i128 {
    match quantity.pack.to_native() {
        0 => counted,
        size => packs(counted, i128::from(size), quantity.started),
    }
}

/// The whole units in what a unit price is multiplied by; 1 where an amount is counted.
pub(super) fn whole_units(quantity: &ArchivedQuantity, units: i128) -> i64 {
    if quantity.money {
        return 1;
    }
    let unit = pow10_i128(unit_scale(quantity)).unwrap_or(i128::MAX);
    let whole = units.checked_div_euclid(unit).unwrap_or(0);
    i64::try_from(whole).unwrap_or(i64::MAX)
}

/// Decimals of what a unit price is multiplied by.
pub(crate) fn unit_scale(quantity: &ArchivedQuantity) -> u8 {
    match &quantity.of {
        ArchivedMeasured::One => 0,
        _ if quantity.pack != 0 => 0,
        _ => quantity.scale,
    }
}

/// Decimals of the units that a candidate is noted with.
pub(super) fn noted_scale(candidate: &ArchivedPriceCandidate, quantity: &ArchivedQuantity) -> u8 {
    let calculated = some(candidate.formula.to_native()).is_some();
    if calculated || candidate.flat || candidate.packages != ArchivedPackages::None {
        0
    } else {
        unit_scale(quantity)
    }
}

/// The packs in a value: every one that was begun, or only the complete ones.
fn packs(value: i128, size: i128, started: bool) -> i128 {
    // The verifier lets no pack of nothing pass.
    let whole = value.checked_div_euclid(size).unwrap_or(0);
    let begun = started && value.checked_rem_euclid(size).unwrap_or(0) > 0;
    whole.saturating_add(i128::from(begun))
}
