//! Texts as numbers: those of the package by their place there, others by the order in which a request first has them.
//!
//! Rules compare texts for equality only, so that a number is enough; which number a foreign text gets is of no
//! consequence as long as equal texts get equal ones.

use std::collections::BTreeMap;

use quo_model::ArchivedModel;

use crate::frame::index;

/// The texts of a request that its package does not have.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    list: Vec<String>,
    numbers: BTreeMap<String, u32>,
}

impl Texts {
    /// The number of a text.
    pub fn intern(&mut self, model: &ArchivedModel, text: &str) -> u32 {
        if let Some(known) = model
            .find_str(text)
            .or_else(|| self.numbers.get(text).copied())
        {
            return known;
        }
        let number = model.strings.count().saturating_add(index(self.list.len()));
        self.list.push(text.to_owned());
        self.numbers.insert(text.to_owned(), number);
        number
    }

    /// The texts interned so far.
    pub fn so_far(&self) -> &[String] {
        &self.list
    }

    /// The texts in the order of their numbers.
    pub fn finish(self) -> Vec<String> {
        self.list
    }
}
