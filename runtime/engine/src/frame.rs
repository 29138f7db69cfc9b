//! What a routine may look at: the model, the request, and the item, charge or totals it runs on.

use quo_model::{ABSENT, ArchivedModel, NONE};
use quo_value::{ArithmeticError, Rounding, div_round_i128, mul_div_round_i128, pow10_i128};

use crate::charges::ChargeLine;
use crate::interpret::GivenLists;
use crate::request::Item;

/// The values of a request, finished or while it is being read.
#[derive(Clone, Copy)]
pub(crate) struct Input<'a> {
    /// By slot.
    pub facts: &'a [i64],
    /// In preorder.
    pub items: &'a [Item],
    /// Of all items.
    pub options: &'a [i64],
    /// By adjustment.
    pub asked: &'a [i64],
    /// Lists and records among the facts.
    pub lists: &'a GivenLists,
    /// The ids of the lines as texts; empty where no calculation looks at charges.
    pub line_texts: &'a [u32],
    /// Texts that the package does not have.
    pub texts: &'a [String],
    /// By clause: what the request wants of it, or, where the quote is priced, what became of it.
    pub clauses: &'a [u8],
    /// The codes that are given, sorted.
    pub codes: &'a [String],
}

/// The clause belongs to the contract.
pub(crate) const CLAUSE_THERE: u8 = 1;
/// The clause is removed.
pub(crate) const CLAUSE_REMOVED: u8 = 2;
/// The clause is added.
pub(crate) const CLAUSE_ADDED: u8 = 4;

/// An index into memory. A `usize` holds every `u32` on the platforms that can map a package.
pub(crate) const fn at(index: u32) -> usize {
    index as usize
}

/// A position as an index; [`NONE`] beyond what one can count.
pub(crate) fn index(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(NONE)
}

impl<'a> Input<'a> {
    /// A fact; absent beyond the last.
    #[inline]
    pub fn fact(&self, slot: u32) -> i64 {
        self.facts.get(at(slot)).copied().unwrap_or(ABSENT)
    }

    /// How many clauses are in a state.
    pub fn clauses_in(&self, state: u8) -> i64 {
        let count = self.clauses.iter().filter(|found| **found & state != 0);
        i64::try_from(count.count()).unwrap_or(i64::MAX)
    }

    /// Whether a clause is in a state, as a truth value.
    pub fn clause_in(&self, clause: u32, state: u8) -> i64 {
        let found = self.clauses.get(at(clause)).copied().unwrap_or(0);
        i64::from(found & state != 0)
    }

    /// An option of an item.
    #[inline]
    pub fn option(&self, item: &Item, option: u32) -> Option<i64> {
        if option >= item.options_len {
            return None;
        }
        let position = at(item.options_at).checked_add(at(option))?;
        self.options.get(position).copied()
    }

    /// The item `levels` above an item, itself for 0.
    #[inline]
    pub fn up(&self, item: u32, levels: u8) -> Option<(u32, &'a Item)> {
        let mut number = item;
        let mut found = self.items.get(at(number))?;
        for _ in 0..levels {
            number = found.parent;
            found = self.items.get(at(number))?;
        }
        Some((number, found))
    }

    /// The parts of a bundle, in the order of the canonical request.
    pub fn children(self, bundle: u32) -> impl Iterator<Item = (u32, &'a Item)> {
        let end = self
            .items
            .get(at(bundle))
            .map_or(0, |item| item.end.min(index(self.items.len())));
        let mut next = bundle.saturating_add(1);
        std::iter::from_fn(move || {
            if next >= end {
                return None;
            }
            let number = next;
            let item = self.items.get(at(number))?;
            // A child ends behind itself, so that this comes to an end.
            next = item.end.max(number.saturating_add(1));
            Some((number, item))
        })
    }
}

/// The currency of a quote, as arithmetic sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct QuoteCurrency {
    /// Index into the currencies of the package.
    pub index: u32,
    /// Decimals of its minor unit.
    pub minor_units: u8,
    /// Decimals of every amount of money.
    pub money_scale: u8,
}

impl QuoteCurrency {
    /// The currency with this index; `None` where the package has no such currency.
    pub fn new(model: &ArchivedModel, currency: i64) -> Option<Self> {
        let index = u32::try_from(currency).ok()?;
        Some(Self {
            index,
            minor_units: model.currencies.get(at(index))?.minor_units,
            money_scale: model.meta.money_scale,
        })
    }

    /// A mantissa at `scale` rounded to the minor unit, at money scale.
    pub fn round(self, mantissa: i128, scale: u8, mode: Rounding) -> Result<i128, ArithmeticError> {
        let in_units = match scale.checked_sub(self.minor_units) {
            Some(cut) => {
                let unit = pow10_i128(cut).ok_or(ArithmeticError::Overflow)?;
                div_round_i128(mantissa, unit, mode)
            }
            None => pow10_i128(self.minor_units.saturating_sub(scale))
                .and_then(|factor| mantissa.checked_mul(factor)),
        };
        let to_money = pow10_i128(self.money_scale.saturating_sub(self.minor_units));
        in_units
            .zip(to_money)
            .and_then(|(units, factor)| units.checked_mul(factor))
            .ok_or(ArithmeticError::Overflow)
    }

    /// The part of a mantissa at `scale` that some of all units are, rounded once to the minor unit, at money scale.
    pub fn round_part(
        self,
        mantissa: i128,
        scale: u8,
        (part, all): (i64, i64),
        mode: Rounding,
    ) -> Result<i128, ArithmeticError> {
        let finer = scale.saturating_sub(self.minor_units);
        let coarser = self.minor_units.saturating_sub(scale);
        let divisor = pow10_i128(finer).and_then(|unit| unit.checked_mul(i128::from(all)));
        let mantissa = pow10_i128(coarser).and_then(|factor| mantissa.checked_mul(factor));
        let to_money = pow10_i128(self.money_scale.saturating_sub(self.minor_units));
        if all == 0 {
            return Err(ArithmeticError::DivisionByZero);
        }
        let units = mantissa.zip(divisor).and_then(|(mantissa, divisor)| {
            mul_div_round_i128(mantissa, i128::from(part), divisor, mode)
        });
        units
            .zip(to_money)
            .and_then(|(units, factor)| units.checked_mul(factor))
            .ok_or(ArithmeticError::Overflow)
    }
}

/// Everything one routine may look at.
#[derive(Clone, Copy)]
pub(crate) struct Frame<'a> {
    /// The rules.
    pub model: &'a ArchivedModel,
    /// The request.
    pub input: Input<'a>,
    /// The currency of the quote.
    pub currency: QuoteCurrency,
    /// The item; [`NONE`] outside of items.
    pub item: u32,
    /// Price of the charge before adjustments, at money scale.
    pub list: i128,
    /// What is left of the charge.
    pub left: i128,
    /// By what the unit price of the charge is multiplied.
    pub quantity: i64,
    /// Contract value before adjustments.
    pub total_list: i128,
    /// Contract value after adjustments.
    pub total_net: i128,
    /// The charges of the priced quote.
    pub charges: &'a [ChargeLine],
    /// What floors kept back over the contract.
    pub total_kept: i128,
}

impl<'a> Frame<'a> {
    /// A frame about the quote as such.
    pub fn new(model: &'a ArchivedModel, input: Input<'a>, currency: QuoteCurrency) -> Self {
        Self {
            model,
            input,
            currency,
            item: NONE,
            list: 0,
            left: 0,
            quantity: 0,
            total_list: 0,
            total_net: 0,
            charges: &[],
            total_kept: 0,
        }
    }

    /// The same about an item.
    pub fn on(self, item: u32) -> Self {
        Self { item, ..self }
    }
}
