//! Reading the archived model: strings, sets, code and slices by index.
//!
//! Every function is total. On a package that was opened the verifier has proved that each index inside the model leads
//! somewhere, so that the fallbacks (an empty string, an empty slice) are reached only through an index of one's own.

use rkyv::rend::i64_le;

use crate::NONE;
use crate::code::{ArchivedInstr, ArchivedProgram, ArchivedRoutine};
use crate::rules::{ArchivedCharge, ArchivedModel, ArchivedProduct, ArchivedStrings, Str, Strings};

/// An index that may be [`NONE`], as an option.
#[must_use]
pub fn some(index: u32) -> Option<u32> {
    (index != NONE).then_some(index)
}

/// An index into memory. A `usize` holds every `u32` on the platforms that can map a package.
pub(crate) const fn at(index: u32) -> usize {
    index as usize
}

/// A length or position as the format's index; beyond it [`NONE`], which no range check accepts.
pub(crate) fn index(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(NONE)
}

impl Strings {
    /// The string with this number; `None` beyond the last.
    #[must_use]
    pub fn get(&self, string: Str) -> Option<&str> {
        let start = *self.offsets.get(at(string))?;
        let end = *self.offsets.get(at(string).checked_add(1)?)?;
        self.blob.get(at(start)..at(end))
    }
}

impl ArchivedStrings {
    /// How many strings there are.
    #[must_use]
    pub fn count(&self) -> u32 {
        index(self.offsets.len().saturating_sub(1))
    }

    /// The string with this number; `None` beyond the last.
    #[must_use]
    pub fn get(&self, string: Str) -> Option<&str> {
        let start = self.offsets.get(at(string))?.to_native();
        let end = self.offsets.get(at(string).checked_add(1)?)?.to_native();
        self.blob.as_str().get(at(start)..at(end))
    }

    /// The number of this string, found by halving: the strings are sorted.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<Str> {
        let (mut low, mut high) = (0, self.count());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.get(middle)?.cmp(text) {
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }
}

impl ArchivedModel {
    /// The string with this number; empty beyond the last.
    #[must_use]
    pub fn str(&self, string: Str) -> &str {
        self.strings.get(string).unwrap_or_default()
    }

    /// The number of this string, if the package has it.
    #[must_use]
    pub fn find_str(&self, text: &str) -> Option<Str> {
        self.strings.find(text)
    }

    /// The charges of a product; the first of them is charge number `product.charges_at`.
    #[must_use]
    pub fn charges_of(&self, product: &ArchivedProduct) -> &[ArchivedCharge] {
        let start = at(product.charges_at.to_native());
        let len = at(product.charges_len.to_native());
        start
            .checked_add(len)
            .and_then(|end| self.charges.get(start..end))
            .unwrap_or_default()
    }
}

impl ArchivedProgram {
    /// The instructions of a routine.
    #[must_use]
    pub fn code_of(&self, routine: &ArchivedRoutine) -> &[ArchivedInstr] {
        let start = at(routine.at.to_native());
        let len = at(routine.len.to_native());
        start
            .checked_add(len)
            .and_then(|end| self.code.get(start..end))
            .unwrap_or_default()
    }

    /// How many sets there are.
    #[must_use]
    pub fn set_count(&self) -> u32 {
        index(self.set_at.len().saturating_sub(1))
    }

    /// The members of a set, sorted; empty beyond the last set.
    #[must_use]
    pub fn set(&self, set: u32) -> &[i64_le] {
        let bounds = || {
            let start = self.set_at.get(at(set))?.to_native();
            let end = self.set_at.get(at(set).checked_add(1)?)?.to_native();
            self.set_values.get(at(start)..at(end))
        };
        bounds().unwrap_or_default()
    }

    /// Whether a value is in a set.
    #[must_use]
    pub fn set_contains(&self, set: u32, value: i64) -> bool {
        self.set(set)
            .binary_search_by(|member| member.to_native().cmp(&value))
            .is_ok()
    }
}
