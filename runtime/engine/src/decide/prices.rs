//! Price books and prices: which book applies, which row of it, how many units at which price.

use quo_model::{
    ArchivedArg, ArchivedCharge, ArchivedChargeKind, ArchivedPriceCandidate, ArchivedQuantity,
    NONE, some,
};
use quo_value::{ArithmeticError, Rounding};

use super::plan::{Plan, get};
use super::{BookOutcome, CandidateOutcome, ChargeOutcome, PriceState, UnitsOutcome};
use crate::frame::{at, index};
use crate::interpret::{Fault, table_cost};
use crate::limits::Stopped;
use crate::record::{Recorder, Subject};

impl<R: Recorder> Plan<'_, R> {
    /// Finds out which books apply: once for the whole quote.
    pub fn books(&mut self) -> Result<(), Stopped> {
        let model = self.model;
        let frame = self.frame();
        for (number, book) in (0_u32..).zip(model.books.iter()) {
            let outcome = if !book.currencies.iter().any(|c| *c == frame.currency.index) {
                BookOutcome::OtherCurrency
            } else if !self.sells(book.from.to_native(), book.to.to_native()) {
                BookOutcome::OtherDate
            } else {
                match some(book.when.to_native()) {
                    None => BookOutcome::Applies,
                    Some(when) => match self.narrow(Subject::Book(number), when, &frame)? {
                        None => BookOutcome::Fault,
                        Some(1) => BookOutcome::Applies,
                        Some(_) => BookOutcome::ConditionFailed,
                    },
                }
            };
            self.decision.books.push(outcome);
        }
        Ok(())
    }

    /// Prices every charge of every item.
    pub fn charges(&mut self) -> Result<(), Stopped> {
        let model = self.model;
        for item in 0..index(self.input.items.len()) {
            let product = get(&model.products, get(self.input.items, item)?.product)?;
            let first = product.charges_at.to_native();
            for (offset, def) in (0_u32..).zip(model.charges_of(product)) {
                let charge = first.saturating_add(offset);
                let number = index(self.decision.charges.len());
                let outcome = self.price(number, item, charge, def)?;
                self.decision.charges.push(outcome);
            }
        }
        Ok(())
    }

    fn price(
        &mut self,
        number: u32,
        item: u32,
        charge: u32,
        def: &ArchivedCharge,
    ) -> Result<ChargeOutcome, Stopped> {
        let mut outcome = ChargeOutcome {
            item,
            charge,
            state: PriceState::Missing,
            quantity: self.quantity(item, &def.quantity)?,
            book: NONE,
            list: 0,
            contract: None,
            net: 0,
            periods: self.periods(def),
            value: Some((0, 0)),
            candidates_at: index(self.decision.candidates.len()),
            units_at: index(self.decision.units.len()),
            units_len: 0,
            targets_at: index(self.decision.targets.len()),
        };
        for candidate in def.prices.iter() {
            let found = self.candidate(item, candidate)?;
            self.decision.candidates.push(found);
        }
        if let Some((winner, list)) = self.choose(&mut outcome, def)? {
            let priced = self.priced(&mut outcome, def, winner, list);
            match self.noted(Subject::Charge(number), priced)? {
                Some(()) => outcome.state = PriceState::Priced,
                None => outcome.state = PriceState::Fault,
            }
        }
        Ok(outcome)
    }

    /// By what the unit price is multiplied.
    fn quantity(&self, item: u32, quantity: &ArchivedQuantity) -> Result<i64, Stopped> {
        let option = |option: u32| {
            let item = get(self.input.items, item)?;
            self.input.option(item, option).ok_or(Stopped::Damaged)
        };
        match quantity {
            ArchivedQuantity::One => Ok(1),
            ArchivedQuantity::Option(number) => option(number.to_native()),
            ArchivedQuantity::Packs {
                option: number,
                size,
                started,
            } => Ok(packs(
                option(number.to_native())?,
                size.to_native(),
                *started,
            )),
        }
    }

    /// How many periods begin within the term.
    fn periods(&self, def: &ArchivedCharge) -> i64 {
        let months = i64::from(def.months.to_native());
        let term = self.input.fact(self.model.fact_term.to_native());
        match def.kind {
            ArchivedChargeKind::OneTime => 1,
            _ => packs(term, months, true),
        }
    }

    fn candidate(
        &mut self,
        item: u32,
        candidate: &ArchivedPriceCandidate,
    ) -> Result<CandidateOutcome, Stopped> {
        if *get(&self.decision.books, candidate.book.to_native())? != BookOutcome::Applies {
            return Ok(CandidateOutcome::BookOut);
        }
        let table = get(&self.model.tables, candidate.table.to_native())?;
        self.machine.tank.take(table_cost(table.masks.len()))?;
        self.arguments(item, candidate)?;
        let row = if candidate.graduated {
            let value = self.args.pop().ok_or(Stopped::Damaged)?;
            let mut tiers = table.tiers(&self.args);
            let first = tiers.next();
            // Nothing ordered is priced, too: no unit of it, in tiers that begin with the first one.
            let covered = first.is_some_and(|tier| tier.low <= value.max(1))
                && (first.into_iter().chain(tiers)).any(|tier| value <= tier.high);
            first.filter(|_| covered).map(|tier| tier.row)
        } else {
            table.find(&self.args)
        };
        // Which of the rows wins is known when all have been found.
        Ok(
            row.map_or(CandidateOutcome::NoRow, |row| CandidateOutcome::Tied {
                row,
            }),
        )
    }

    /// Collects the arguments of a price table.
    fn arguments(&mut self, item: u32, candidate: &ArchivedPriceCandidate) -> Result<(), Stopped> {
        let item = get(self.input.items, item)?;
        self.args.clear();
        for arg in candidate.args.iter() {
            self.args.push(match arg {
                ArchivedArg::Fact(slot) => self.input.fact(slot.to_native()),
                ArchivedArg::Option(option) => {
                    let value = self.input.option(item, option.to_native());
                    value.ok_or(Stopped::Damaged)?
                }
            });
        }
        Ok(())
    }

    /// Of the candidates with a row, the one that no other replaces, and the list price that it replaces in the end. Marks
    /// both; several that nothing replaces stay tied.
    fn choose(
        &mut self,
        outcome: &mut ChargeOutcome,
        def: &ArchivedCharge,
    ) -> Result<Option<(u32, u32)>, Stopped> {
        let at_candidate = |candidate: u32| outcome.candidates_at.saturating_add(candidate);
        let book_of = |candidate: u32| Ok(get(&def.prices, candidate)?.book.to_native());
        let mut rows: Vec<(u32, u32)> = Vec::new();
        for candidate in 0..index(def.prices.len()) {
            let found = get(&self.decision.candidates, at_candidate(candidate))?;
            if let CandidateOutcome::Tied { .. } = found {
                rows.push((candidate, book_of(candidate)?));
            }
        }
        let replaced: Vec<u32> = rows
            .iter()
            .flat_map(|(_, book)| self.replaced_by(*book))
            .collect();
        let mut standing = rows.iter().filter(|(_, book)| !replaced.contains(book));
        let Some(&(winner, book)) = standing.next() else {
            return Ok(None);
        };
        if standing.next().is_some() {
            outcome.state = PriceState::Tied;
            return Ok(None);
        }
        outcome.book = book;
        // The list price is that of the last book of the chain which has a row.
        let chain = self.replaced_by(book);
        let list = chain
            .iter()
            .rev()
            .find_map(|book| rows.iter().find(|(_, other)| other == book))
            .map_or(winner, |(candidate, _)| *candidate);
        for (candidate, _) in rows {
            let position = at(at_candidate(candidate));
            let slot = self
                .decision
                .candidates
                .get_mut(position)
                .ok_or(Stopped::Damaged)?;
            if let CandidateOutcome::Tied { row } = *slot {
                *slot = if candidate == winner {
                    CandidateOutcome::Chosen { row }
                } else {
                    CandidateOutcome::Replaced { row }
                };
            }
        }
        Ok(Some((winner, list)))
    }

    /// The books that a book replaces, itself or through others, nearest first.
    fn replaced_by(&self, book: u32) -> Vec<u32> {
        let books = &self.model.books;
        let next = |book: u32| some(books.get(at(book))?.replaces.to_native());
        // The chain has no cycle; the bound is there so that this needs no proof.
        std::iter::successors(next(book), |book| next(*book))
            .take(books.len())
            .collect()
    }

    /// Works out the amounts of the chosen candidate and of the list price it replaces.
    fn priced(
        &mut self,
        outcome: &mut ChargeOutcome,
        def: &ArchivedCharge,
        winner: u32,
        list: u32,
    ) -> Result<(), Fault> {
        let replaces = some(get(&self.model.books, outcome.book)?.replaces.to_native()).is_some();
        let amount = self.candidate_amount(outcome, def, winner, true)?;
        outcome.units_len = index(self.decision.units.len()).saturating_sub(outcome.units_at);
        outcome.contract = replaces.then_some(amount);
        outcome.list = if list == winner {
            amount
        } else {
            self.candidate_amount(outcome, def, list, false)?
        };
        outcome.net = outcome.base();
        Ok(())
    }

    /// What the units cost at the prices of one candidate, rounded as its book says. `keep`: note the units.
    fn candidate_amount(
        &mut self,
        outcome: &ChargeOutcome,
        def: &ArchivedCharge,
        number: u32,
        keep: bool,
    ) -> Result<i128, Fault> {
        let candidate = get(&def.prices, number)?;
        let mut sum: i128 = 0;
        let mut add = |row: u32, units: i64, kept: &mut Vec<UnitsOutcome>| {
            let price = get(&candidate.prices, row)?.to_native();
            // Two factors of 64 bits fit into 128.
            sum = i128::from(price)
                .checked_mul(units.into())
                .and_then(|amount| sum.checked_add(amount))
                .ok_or(ArithmeticError::Overflow)?;
            if keep {
                kept.push(UnitsOutcome {
                    candidate: number,
                    row,
                    price,
                    units,
                });
            }
            Ok::<(), Fault>(())
        };
        if candidate.graduated {
            self.arguments(outcome.item, candidate)?;
            let value = self.args.pop().ok_or(Stopped::Damaged)?;
            let table = get(&self.model.tables, candidate.table.to_native())?;
            let mut priced = 0;
            for tier in table.tiers(&self.args) {
                self.machine.tank.take(1)?;
                let upto = units_upto(&def.quantity, value.min(tier.high));
                let units = upto.saturating_sub(priced);
                if units > 0 {
                    add(tier.row, units, &mut self.decision.units)?;
                }
                if value <= tier.high {
                    break;
                }
                priced = upto;
            }
        } else {
            let position = outcome.candidates_at.saturating_add(number);
            let row = match *get(&self.decision.candidates, position)? {
                CandidateOutcome::Chosen { row } | CandidateOutcome::Replaced { row } => row,
                _ => return Err(Stopped::Damaged.into()),
            };
            add(row, outcome.quantity, &mut self.decision.units)?;
        }
        let book = get(&self.model.books, candidate.book.to_native())?;
        let mode = Rounding::from_code(book.rounding).ok_or(Stopped::Damaged)?;
        Ok(self.decision.currency.round(sum, candidate.scale, mode)?)
    }
}

/// The packs in a value: every one that was begun, or only the complete ones.
fn packs(value: i64, size: i64, started: bool) -> i64 {
    // The verifier lets no pack of nothing pass.
    let whole = value.checked_div_euclid(size).unwrap_or(0);
    let begun = started && value.checked_rem_euclid(size).unwrap_or(0) > 0;
    whole.saturating_add(i64::from(begun))
}

/// The units that a graduated price counts up to a value of its option: packs where the charge is sold in packs.
fn units_upto(quantity: &ArchivedQuantity, value: i64) -> i64 {
    match quantity {
        ArchivedQuantity::Packs { size, started, .. } => packs(value, size.to_native(), *started),
        ArchivedQuantity::One | ArchivedQuantity::Option(_) => value,
    }
}
