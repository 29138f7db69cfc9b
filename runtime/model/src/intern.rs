//! Builders for what a package stores once: its strings and its sets.
//!
//! Numbers in the package follow the sorted order, which is known only at the end; until then a writer holds provisional
//! numbers in the order of first use. A package too large for 32-bit offsets is not noticed here but by the verifier,
//! which every written package passes.

use std::collections::BTreeMap;

use crate::access::index;
use crate::rules::Strings;

impl Strings {
    /// Strings that are sorted and of which none is there twice; each has the number of its place.
    #[must_use]
    pub fn sorted<'a>(texts: impl Iterator<Item = &'a str> + Clone) -> Self {
        let mut strings = Self {
            blob: String::with_capacity(texts.clone().map(str::len).sum()),
            offsets: vec![0],
        };
        for text in texts {
            strings.blob.push_str(text);
            strings.offsets.push(index(strings.blob.len()));
        }
        strings
    }
}

/// Collects strings for [`Strings`].
#[derive(Debug, Clone, Default)]
pub struct StringTable {
    provisional: BTreeMap<String, u32>,
}

impl StringTable {
    /// An empty table.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The provisional number of a string, the same for the same string.
    pub fn intern(&mut self, text: &str) -> u32 {
        if let Some(&known) = self.provisional.get(text) {
            return known;
        }
        let number = index(self.provisional.len());
        self.provisional.insert(text.to_owned(), number);
        number
    }

    /// The strings, sorted, and for each provisional number the final one.
    #[must_use]
    pub fn finish(self) -> (Strings, Vec<u32>) {
        let mut strings = Strings {
            blob: String::new(),
            offsets: vec![0],
        };
        let mut remap: Vec<(u32, u32)> = Vec::with_capacity(self.provisional.len());
        for (number, (text, provisional)) in self.provisional.into_iter().enumerate() {
            strings.blob.push_str(&text);
            strings.offsets.push(index(strings.blob.len()));
            remap.push((provisional, index(number)));
        }
        remap.sort_unstable();
        (
            strings,
            remap.into_iter().map(|(_, number)| number).collect(),
        )
    }
}

/// Collects sets of narrow values for [`crate::Program::set_at`] and [`crate::Program::set_values`].
#[derive(Debug, Clone, Default)]
pub struct SetTable {
    known: BTreeMap<Vec<i64>, u32>,
    at: Vec<u32>,
    values: Vec<i64>,
}

impl SetTable {
    /// An empty table.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The final number of a set, the same for the same members in any order.
    pub fn intern(&mut self, mut members: Vec<i64>) -> u32 {
        members.sort_unstable();
        members.dedup();
        if let Some(&known) = self.known.get(&members) {
            return known;
        }
        let number = index(self.at.len());
        self.at.push(index(self.values.len()));
        self.values.extend_from_slice(&members);
        self.known.insert(members, number);
        number
    }

    /// `set_at` and `set_values`.
    #[must_use]
    pub fn finish(mut self) -> (Vec<u32>, Vec<i64>) {
        self.at.push(index(self.values.len()));
        (self.at, self.values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_sorted_and_provisional_numbers_lead_to_them() {
        let mut table = StringTable::new();
        let words = ["pear", "", "apple", "pear", "żubr", "apple"];
        let provisional: Vec<u32> = words.iter().map(|word| table.intern(word)).collect();
        let (strings, remap) = table.finish();
        assert_eq!(strings.blob, "applepearżubr");
        assert_eq!(strings.offsets, [0, 0, 5, 9, 14]);
        let found: Vec<&str> = provisional
            .iter()
            .map(|&number| {
                let at = remap[number as usize] as usize;
                &strings.blob[strings.offsets[at] as usize..strings.offsets[at + 1] as usize]
            })
            .collect();
        assert_eq!(found, words);
    }

    #[test]
    fn equal_sets_are_stored_once() {
        let mut table = SetTable::new();
        assert_eq!(table.intern(vec![3, 1, 3]), 0);
        assert_eq!(table.intern(vec![]), 1);
        assert_eq!(table.intern(vec![1, 3]), 0);
        assert_eq!(table.intern(vec![7]), 2);
        assert_eq!(table.finish(), (vec![0, 2, 2, 3], vec![1, 3, 7]));
    }
}
