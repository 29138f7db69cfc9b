//! Price books and prices: which book applies, which row of it, and which of several prices counts. What it comes to is
//! worked out in [`amounts`](super::amounts).

use quo_model::{
    ArchivedArg, ArchivedCharge, ArchivedChargeKind, ArchivedMeasured, ArchivedPriceCandidate,
    NONE, some,
};
use quo_value::ArithmeticError;

use super::amounts::{units_of, whole_units};
use super::plan::{Plan, get};
use super::{BookOutcome, CandidateOutcome, ChargeOutcome, Held, PriceState};
use crate::frame::{Frame, at, index};
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
        let counted = self.counted(item, def);
        let counted = self.noted(Subject::Charge(number), counted)?;
        let units = units_of(&def.quantity, counted.unwrap_or(0));
        let mut outcome = ChargeOutcome {
            item,
            charge,
            state: PriceState::Missing,
            counted: counted.unwrap_or(0),
            quantity: units,
            whole_units: whole_units(&def.quantity, units),
            book: NONE,
            list: 0,
            contract: None,
            held: Held::Not,
            net: 0,
            periods: self.periods(def),
            value: Some((0, 0)),
            candidates_at: index(self.decision.candidates.len()),
            units_at: index(self.decision.units.len()),
            units_len: 0,
            targets_at: index(self.decision.targets.len()),
        };
        let mut faults = counted.is_none();
        for candidate in 0..index(def.prices.len()) {
            let found = if counted.is_some() {
                let found = self.candidate(&outcome, def, candidate);
                let found = self.noted(Subject::Charge(number), found)?;
                found.unwrap_or(CandidateOutcome::Fault)
            } else {
                CandidateOutcome::Fault
            };
            faults |= found == CandidateOutcome::Fault;
            self.decision.candidates.push(found);
        }
        if faults {
            outcome.state = PriceState::Fault;
        } else if let Some((winner, list)) = self.choose(&mut outcome, def)? {
            let priced = self.priced(&mut outcome, def, winner, list);
            match self.noted(Subject::Charge(number), priced)? {
                Some(()) => outcome.state = PriceState::Priced,
                None => outcome.state = PriceState::Fault,
            }
        }
        Ok(outcome)
    }

    /// What a charge counts, at the scale of its quantity.
    fn counted(&mut self, item: u32, def: &ArchivedCharge) -> Result<i128, Fault> {
        let counted = match &def.quantity.of {
            ArchivedMeasured::One => 1,
            ArchivedMeasured::Option(option) => {
                let item = get(self.input.items, item)?;
                let value = self.input.option(item, option.to_native());
                i128::from(value.ok_or(Stopped::Damaged)?)
            }
            ArchivedMeasured::Routine(routine) => {
                let frame = self.frame().on(item);
                self.machine
                    .wide(routine.to_native(), &frame, self.recorder)?
            }
        };
        if counted < 0 {
            return Err(ArithmeticError::Negative.into());
        }
        Ok(counted)
    }

    /// How many times it is charged: for what recurs the periods that begin within the term.
    fn periods(&self, def: &ArchivedCharge) -> i64 {
        let months = i64::from(def.months.to_native());
        match def.kind {
            ArchivedChargeKind::OneTime => 1,
            _ if months == 0 => 1,
            _ => begun(self.input.fact(self.model.fact_term.to_native()), months),
        }
    }

    fn candidate(
        &mut self,
        outcome: &ChargeOutcome,
        def: &ArchivedCharge,
        number: u32,
    ) -> Result<CandidateOutcome, Fault> {
        let candidate = get(&def.prices, number)?;
        if *get(&self.decision.books, candidate.book.to_native())? != BookOutcome::Applies {
            return Ok(CandidateOutcome::BookOut);
        }
        // Which of the rows wins is known when all have been found.
        let row = self.row(outcome, def, number, 0)?;
        Ok(
            row.map_or(CandidateOutcome::NoRow, |row| CandidateOutcome::Tied {
                row,
            }),
        )
    }

    /// The row of a candidate for what is charged, whether its book applies or not. `depth`: how many books are made of
    /// this one.
    pub(super) fn row(
        &mut self,
        outcome: &ChargeOutcome,
        def: &ArchivedCharge,
        number: u32,
        depth: u32,
    ) -> Result<Option<u32>, Fault> {
        let candidate = get(&def.prices, number)?;
        if let Some(from) = some(candidate.from.to_native())
            && self.source(outcome, def, from, depth)?.is_none()
        {
            return Ok(None);
        }
        let table = get(&self.model.tables, candidate.table.to_native())?;
        self.machine.tank.take(table_cost(table.masks.len()))?;
        self.arguments(outcome, candidate)?;
        if !candidate.graduated {
            return Ok(table.find(&self.args));
        }
        self.args.pop();
        let args = std::mem::take(&mut self.args);
        let rest = self.rest(outcome, candidate)?;
        let mut tiers = table.tiers(&args);
        let first = tiers.next();
        // Nothing ordered is priced, too: no unit of it, in tiers that begin with the first one.
        let covered = first.is_some_and(|tier| i128::from(tier.low) <= rest.max(1))
            && (first.into_iter().chain(tiers))
                .any(|tier| tier.high == i64::MAX || rest <= i128::from(tier.high));
        self.args = args;
        Ok(first.filter(|_| covered).map(|tier| tier.row))
    }

    /// The candidate that gives the price of a book to what is made of it.
    pub(super) fn source(
        &mut self,
        outcome: &ChargeOutcome,
        def: &ArchivedCharge,
        book: u32,
        depth: u32,
    ) -> Result<Option<(u32, u32)>, Fault> {
        if depth >= CHAIN_MAX {
            return Err(Stopped::Damaged.into());
        }
        let mut closest: Option<(u8, (u32, u32))> = None;
        for (number, candidate) in (0_u32..).zip(def.prices.iter()) {
            if candidate.book.to_native() == book
                && closest.is_none_or(|(rank, _)| candidate.rank < rank)
                && let Some(row) = self.row(outcome, def, number, depth.saturating_add(1))?
            {
                closest = Some((candidate.rank, (number, row)));
            }
        }
        Ok(closest.map(|(_, found)| found))
    }

    /// Collects the arguments of a price table.
    pub(super) fn arguments(
        &mut self,
        outcome: &ChargeOutcome,
        candidate: &ArchivedPriceCandidate,
    ) -> Result<(), Fault> {
        let item = get(self.input.items, outcome.item)?;
        let mut args = std::mem::take(&mut self.args);
        args.clear();
        for arg in candidate.args.iter() {
            args.push(match arg {
                ArchivedArg::Fact(slot) => self.input.fact(slot.to_native()),
                ArchivedArg::Option(option) => {
                    let value = self.input.option(item, option.to_native());
                    value.ok_or(Stopped::Damaged)?
                }
                ArchivedArg::Quantity => i64::try_from(outcome.counted).unwrap_or(i64::MAX),
                ArchivedArg::Routine(routine) => {
                    let frame: Frame<'_> = self.frame().on(outcome.item);
                    self.machine
                        .narrow(routine.to_native(), &frame, self.recorder)?
                }
            });
        }
        self.args = args;
        Ok(())
    }

    /// Of the candidates with a row that no other replaces, the one of the first level that is closest to the charge, and
    /// the list price that it replaces in the end. Marks all; several that nothing tells apart stay tied.
    fn choose(
        &mut self,
        outcome: &mut ChargeOutcome,
        def: &ArchivedCharge,
    ) -> Result<Option<(u32, u32)>, Stopped> {
        let mut rows: Vec<Standing> = Vec::new();
        for (candidate, prices) in (0_u32..).zip(def.prices.iter()) {
            let position = outcome.candidates_at.saturating_add(candidate);
            if let CandidateOutcome::Tied { row } = *get(&self.decision.candidates, position)? {
                let book = prices.book.to_native();
                let level = get(&self.model.books, book)?.level.to_native();
                rows.push(Standing {
                    order: (level, prices.rank),
                    candidate,
                    book,
                    row,
                });
            }
        }
        rows.sort_by_key(|row| (row.order, row.candidate));
        let replaced: Vec<u32> = rows
            .iter()
            .flat_map(|row| self.replaced_by(row.book))
            .collect();
        let mut standing = rows.iter().filter(|row| !replaced.contains(&row.book));
        let Some(&winner) = standing.next() else {
            return Ok(None);
        };
        let tied: Vec<u32> = standing
            .take_while(|row| row.order == winner.order)
            .map(|row| row.candidate)
            .collect();
        // The list price is that of the last book of the chain which has a row.
        let chain = self.replaced_by(winner.book);
        let list = chain
            .iter()
            .rev()
            .find_map(|book| rows.iter().find(|row| row.book == *book))
            .map_or(winner.candidate, |row| row.candidate);
        for standing in rows {
            let row = standing.row;
            let found = if standing.candidate == winner.candidate {
                if tied.is_empty() {
                    CandidateOutcome::Chosen { row }
                } else {
                    CandidateOutcome::Tied { row }
                }
            } else if tied.contains(&standing.candidate) {
                CandidateOutcome::Tied { row }
            } else if chain.contains(&standing.book) && tied.is_empty() {
                CandidateOutcome::Replaced { row }
            } else {
                CandidateOutcome::Outranked {
                    row,
                    by: winner.candidate,
                }
            };
            let position = at(outcome.candidates_at.saturating_add(standing.candidate));
            let slot = self.decision.candidates.get_mut(position);
            *slot.ok_or(Stopped::Damaged)? = found;
        }
        if !tied.is_empty() {
            outcome.state = PriceState::Tied;
            return Ok(None);
        }
        outcome.book = winner.book;
        Ok(Some((winner.candidate, list)))
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
        let (amount, held) = self.candidate_amount(outcome, def, winner, true)?;
        outcome.held = held;
        outcome.units_len = index(self.decision.units.len()).saturating_sub(outcome.units_at);
        outcome.contract = replaces.then_some(amount);
        outcome.list = if list == winner {
            amount
        } else {
            self.candidate_amount(outcome, def, list, false)?.0
        };
        outcome.net = outcome.base();
        Ok(())
    }
}

/// More books than this are not made of each other.
const CHAIN_MAX: u32 = 64;

/// A candidate with a row.
#[derive(Clone, Copy)]
struct Standing {
    /// Its level and how closely it names the charge; the lowest wins.
    order: (u32, u8),
    candidate: u32,
    book: u32,
    row: u32,
}

/// How many periods of its price a charge is for at a time: more than one where it is prepaid.
pub(super) fn times(def: &ArchivedCharge, term: i64) -> i64 {
    let (months, priced) = (def.months.to_native(), def.price_months.to_native());
    match (months, priced) {
        (_, 0) => 1,
        (0, _) => begun(term, i64::from(priced)),
        _ => i64::from(months.checked_div(priced).unwrap_or(1)),
    }
}

/// How many periods begin within a term.
fn begun(term: i64, months: i64) -> i64 {
    // The verifier lets no period of nothing pass.
    let whole = term.checked_div_euclid(months).unwrap_or(0);
    let more = term.checked_rem_euclid(months).unwrap_or(0) > 0;
    whole.saturating_add(i64::from(more))
}
