//! The registry of diagnostic codes.
//!
//! A code is for ever: it is what a search, a suppression and a documentation page name. Codes are
//! sorted, never reused and never renumbered; a retired one stays in the table. One line adds one.
//!
//! | range | about |
//! |---|---|
//! | Q0xxx | text and syntax |
//! | Q1xxx | names |
//! | Q2xxx | types, units |
//! | Q3xxx | tables and prices |
//! | Q4xxx | rules: constraints, adjustments, approvals, fulfilment |
//! | Q5xxx | golden tests |
//! | Q9xxx | limits of the compiler itself |

use std::fmt;

/// A stable code with its short title.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code {
    id: &'static str,
    title: &'static str,
}

impl Code {
    /// `Q` and four digits.
    #[must_use]
    pub const fn id(self) -> &'static str {
        self.id
    }

    /// What it is about, in a few words.
    #[must_use]
    pub const fn title(self) -> &'static str {
        self.title
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

macro_rules! codes {
    ($($id:ident $name:ident $title:literal,)*) => {
        $(
            #[doc = concat!("`", stringify!($id), "`: ", $title, ".")]
            pub const $name: Code = Code { id: stringify!($id), title: $title };
        )*
        /// Every code there is, in order.
        pub const ALL: &[Code] = &[$($name,)*];
    };
}

codes! {
    Q0001 UNEXPECTED_TOKEN "something else is expected here",
    Q0002 UNKNOWN_CHARACTER "a character that means nothing",
    Q0003 UNCLOSED_TEXT "a text without its closing quote",
    Q0004 BAD_NUMBER "not a number",
    Q0005 BAD_NAME "not a name",
    Q0006 BAD_ESCAPE "an unknown escape in a text",
    Q0007 UNKNOWN_KEYWORD "a word that begins nothing",
    Q0008 UNCLOSED_BLOCK "a block without its closing brace",
    Q0009 STRAY_BRACE "a closing brace without its block",
    Q0010 FOREIGN_OPERATOR "an operator of another language",
    Q0011 DECIMAL_COMMA "a comma inside a number",
    Q0012 BAD_DATE "not a day of the calendar",
    Q0013 MISSING_LAST_DAY "a window whose end is not stated",
    Q0014 MISSING_ROUNDING "a division without its rounding",
    Q0015 UNCLEAR_ROUNDING "a rounding that could mean two things",
    Q0016 CHAINED_COMPARISON "a comparison of a comparison",
    Q0017 TABLE_SHAPE "a row that does not fit its table",
    Q0018 BLANK_CELL "a blank cell",
    Q0019 BAD_CELL "not a cell",
    Q0020 TOO_DEEP "nested too deeply",
    Q0021 MIXED_APPROVERS "approvers joined in two ways",
    Q0022 DUPLICATE_CLAUSE "the same clause twice",
    Q0023 MISSING_CLAUSE "a clause is missing",
    Q0024 BAD_UNIT "not a unit of time",
    Q9001 CANCELLED "the work was cancelled",
    Q9002 OVER_BUDGET "the work budget is used up",
}

/// The code of an id such as `Q0001`.
#[must_use]
pub fn find(id: &str) -> Option<Code> {
    let found = ALL.binary_search_by(|code| code.id.cmp(id)).ok()?;
    ALL.get(found).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_sorted_and_well_formed() {
        for (before, after) in ALL.iter().zip(ALL.iter().skip(1)) {
            assert!(before.id < after.id, "{before} stands before {after}");
        }
        for code in ALL {
            let digits = code.id.strip_prefix('Q').expect("begins with Q");
            assert!(digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit()));
            assert!(matches!(digits.as_bytes()[0], b'0'..=b'5' | b'9'), "{code}");
            assert!(!code.title.is_empty() && !code.title.ends_with('.'));
            assert_eq!(find(code.id), Some(*code));
        }
        assert_eq!(find("Q0000"), None);
    }
}
