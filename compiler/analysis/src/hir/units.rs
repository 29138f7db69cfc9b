//! Units of measure.

use quo_source::Span;

/// A unit of measure; those that rest on one base unit measure the same.
#[derive(Debug, Clone)]
pub struct MeasureUnit {
    /// Its name, which is what one of it is called.
    pub name: String,
    /// What several of it are called.
    pub plural: String,
    /// Where it was declared.
    pub span: Span,
    /// The unit that it rests on, an index into [`super::Rules::units`]; its own where it rests on none.
    pub base: usize,
    /// How many of the base unit it is: this many, greater than zero,
    pub numerator: i128,
    /// divided by this power of ten.
    pub denominator: i128,
}

impl MeasureUnit {
    /// What so many of it are called.
    #[must_use]
    pub fn called(&self, one: bool) -> &str {
        if one { &self.name } else { &self.plural }
    }

    /// Whether a word is its name, of one or of several.
    #[must_use]
    pub fn is_called(&self, word: &str) -> bool {
        self.name == word || self.plural == word
    }
}
