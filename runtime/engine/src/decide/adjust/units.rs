//! Counting units over the whole quote: which are bought, which an adjustment is for.
//!
//! Units are taken time after time, each time those that have to be bought and then those that get something, in the
//! orders the rule states. They are units of charges and not of lines, so that it does not matter how many lines they
//! stand in. As many times as go alike are taken at once, so that a million units are no more work than ten.

use std::cmp::Ordering;

use quo_model::{ArchivedUnitOrder, ArchivedUnits, some};
use quo_value::ArithmeticError;

use super::trial::Candidate;
use crate::decide::PriceState;
use crate::decide::plan::{Plan, get};
use crate::frame::{Frame, at, index};
use crate::interpret::Fault;
use crate::limits::Stopped;
use crate::record::{Recorder, Subject};

/// The units that were counted.
pub(super) struct Counted {
    /// How many times.
    pub times: i64,
    /// How many units of each charge get something, by charge.
    units: Vec<i64>,
}

impl Counted {
    pub fn of(&self, charge: u32) -> i64 {
        self.units.get(at(charge)).copied().unwrap_or(0)
    }
}

/// What a unit of a charge costs before adjustments, as a fraction.
#[derive(Clone, Copy)]
struct UnitPrice {
    amount: i128,
    quantity: i64,
}

/// Units that have to be bought each time.
struct Bought {
    count: i64,
    charges: Vec<u32>,
}

/// What is counted, with all numbers known.
struct Counting {
    buys: Vec<Bought>,
    those: bool,
    /// How many get something each time; `None` for all that are bought.
    count: Option<i64>,
    /// The charges whose units get something, in their order.
    gets: Vec<u32>,
    times: i64,
    whole_groups: bool,
    /// Of those that are bought, the order in which they get something.
    rank: Vec<u32>,
}

/// The units of one charge in one time.
#[derive(Clone, Copy)]
struct Piece {
    charge: u32,
    bought: i64,
    gets: i64,
}

impl<R: Recorder> Plan<'_, R> {
    /// Counts units; `None` where a number has no answer.
    pub(super) fn count_units(
        &mut self,
        subject: Subject,
        units: &ArchivedUnits,
        candidates: &[Candidate],
        quote: &Frame<'_>,
    ) -> Result<Option<Counted>, Stopped> {
        let mut numbers = Vec::with_capacity(units.buys.len());
        for buy in units.buys.iter() {
            match self.narrow(subject, buy.count.to_native(), quote)? {
                Some(count) => numbers.push(count),
                None => return Ok(None),
            }
        }
        let mut optional = [None, None];
        for (number, routine) in optional.iter_mut().zip([&units.count, &units.times]) {
            if let Some(routine) = some(routine.to_native()) {
                match self.narrow(subject, routine, quote)? {
                    Some(found) => *number = Some(found.max(0)),
                    None => return Ok(None),
                }
            }
        }
        let [count, times] = optional;
        let gets = candidates.iter().map(|found| found.place.charge).collect();
        let counting = self.counting(units, (numbers, count, times), gets);
        let Some(counting) = self.noted(subject, counting)? else {
            return Ok(None);
        };
        let mut left: Vec<i64> = self
            .decision
            .charges
            .iter()
            .map(|charge| match charge.state {
                PriceState::Priced => charge.whole_units.max(0),
                _ => 0,
            })
            .collect();
        let counted = self.taken(&counting, &mut left);
        match counted {
            Ok(counted) => Ok(Some(counted)),
            Err(fault) => self.noted(subject, Err(fault)),
        }
    }

    fn counting(
        &self,
        units: &ArchivedUnits,
        (numbers, count, times): (Vec<i64>, Option<i64>, Option<i64>),
        mut gets: Vec<u32>,
    ) -> Result<Counting, Fault> {
        self.sort(&mut gets, units.order)?;
        let mut buys = Vec::with_capacity(numbers.len());
        for (buy, count) in units.buys.iter().zip(numbers) {
            let charges = self.decision.charges.iter();
            let charges = (0_u32..).zip(charges).filter(|(_, outcome)| {
                buy.charges
                    .binary_search_by_key(&outcome.charge, |charge| charge.to_native())
                    .is_ok()
            });
            let mut charges: Vec<u32> = charges.map(|(number, _)| number).collect();
            self.sort(&mut charges, buy.order)?;
            buys.push(Bought { count, charges });
        }
        let mut rank: Vec<u32> = buys.iter().flat_map(|buy| buy.charges.clone()).collect();
        self.sort(&mut rank, units.order)?;
        let once = if buys.is_empty() { 1 } else { i64::MAX };
        Ok(Counting {
            buys,
            those: units.those,
            count,
            gets,
            times: times.unwrap_or(once),
            whole_groups: units.whole_groups,
            rank,
        })
    }

    /// Sorts charges by what a unit of them costs, ties by the order of the lines.
    fn sort(&self, charges: &mut Vec<u32>, order: ArchivedUnitOrder) -> Result<(), Fault> {
        charges.sort_unstable();
        charges.dedup();
        if order == ArchivedUnitOrder::Lines {
            return Ok(());
        }
        let mut priced = Vec::with_capacity(charges.len());
        for charge in charges.iter() {
            let outcome = get(&self.decision.charges, *charge)?;
            let price = UnitPrice {
                amount: outcome.base(),
                quantity: outcome.whole_units.max(1),
            };
            // What cannot be compared with anything ends here and not in the middle of sorting.
            let largest = price.amount.checked_mul(i128::from(i64::MAX));
            if largest.is_none() {
                return Err(Fault::Arithmetic(ArithmeticError::Overflow));
            }
            priced.push((price, *charge));
        }
        priced.sort_by(|(a, first), (b, second)| {
            let by_price = a.compare(*b);
            let by_price = match order {
                ArchivedUnitOrder::Dearest => by_price.reverse(),
                _ => by_price,
            };
            by_price.then(first.cmp(second))
        });
        charges.clear();
        charges.extend(priced.into_iter().map(|(_, charge)| charge));
        Ok(())
    }

    /// Takes time after time until something is missing.
    fn taken(&mut self, counting: &Counting, left: &mut [i64]) -> Result<Counted, Fault> {
        let mut counted = Counted {
            times: 0,
            units: vec![0; left.len()],
        };
        while counted.times < counting.times {
            let Some((pieces, complete)) = counting.once(left) else {
                break;
            };
            self.machine
                .tank
                .take(u64::from(index(pieces.len())).saturating_add(1))?;
            let mut times = counting.times.saturating_sub(counted.times);
            if !complete {
                times = 1;
            }
            for piece in &pieces {
                let free = left.get(at(piece.charge)).copied().unwrap_or(0);
                let each = piece.taken(counting.those);
                times = times.min(free.checked_div(each).unwrap_or(times));
            }
            for piece in &pieces {
                let taken = piece.taken(counting.those).saturating_mul(times);
                if let Some(free) = left.get_mut(at(piece.charge)) {
                    *free = free.saturating_sub(taken);
                }
                if let Some(units) = counted.units.get_mut(at(piece.charge)) {
                    *units = units.saturating_add(piece.gets.saturating_mul(times));
                }
            }
            counted.times = counted.times.saturating_add(times);
            if !complete || times == 0 {
                break;
            }
        }
        Ok(counted)
    }
}

impl UnitPrice {
    fn compare(self, other: UnitPrice) -> Ordering {
        let own = self.amount.saturating_mul(i128::from(other.quantity));
        let others = other.amount.saturating_mul(i128::from(self.quantity));
        own.cmp(&others)
    }
}

impl Piece {
    /// How many units are gone each time.
    fn taken(self, those: bool) -> i64 {
        if those {
            self.bought
        } else {
            self.bought.saturating_add(self.gets)
        }
    }
}

impl Counting {
    /// The units of one time, and whether all that it is for are there; `None` where something that has to be bought is
    /// missing, or nothing would get anything.
    fn once(&self, left: &[i64]) -> Option<(Vec<Piece>, bool)> {
        let mut pieces: Vec<Piece> = Vec::new();
        for buy in &self.buys {
            if buy.count <= 0 || missing(&mut pieces, &buy.charges, buy.count, left, true) > 0 {
                return None;
            }
        }
        let complete = if self.those {
            self.of_those(&mut pieces)
        } else {
            let count = self.count.unwrap_or(0);
            let lacks = missing(&mut pieces, &self.gets, count, left, false);
            if lacks == count && count > 0 || lacks > 0 && self.whole_groups {
                return None;
            }
            lacks == 0
        };
        (!pieces.is_empty()).then_some((pieces, complete))
    }

    /// Which of the units that are bought get something.
    fn of_those(&self, pieces: &mut [Piece]) -> bool {
        let mut lacks = self.count.unwrap_or(i64::MAX);
        for charge in &self.rank {
            for piece in pieces.iter_mut().filter(|piece| piece.charge == *charge) {
                piece.gets = piece.bought.min(lacks);
                lacks = lacks.saturating_sub(piece.gets);
            }
        }
        true
    }
}

/// Takes units of charges in their order; gives how many are missing.
fn missing(
    pieces: &mut Vec<Piece>,
    charges: &[u32],
    count: i64,
    left: &[i64],
    bought: bool,
) -> i64 {
    let mut lacks = count;
    for charge in charges {
        if lacks <= 0 {
            break;
        }
        let position = pieces.iter().position(|piece| piece.charge == *charge);
        let gone = position
            .and_then(|position| pieces.get(position))
            .map_or(0, |piece| piece.bought.saturating_add(piece.gets));
        let free = left.get(at(*charge)).copied().unwrap_or(0);
        let taken = free.saturating_sub(gone).min(lacks);
        if taken <= 0 {
            continue;
        }
        lacks = lacks.saturating_sub(taken);
        let new = Piece {
            charge: *charge,
            bought: 0,
            gets: 0,
        };
        let position = position.unwrap_or_else(|| {
            pieces.push(new);
            pieces.len().saturating_sub(1)
        });
        if let Some(piece) = pieces.get_mut(position) {
            let units = if bought {
                &mut piece.bought
            } else {
                &mut piece.gets
            };
            *units = units.saturating_add(taken);
        }
    }
    lacks
}
