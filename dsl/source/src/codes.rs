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
    Q0025 UNCLEAR_REACH "a form over a list that could reach less or more far",
    Q1001 DUPLICATE_NAME "two things of one name",
    Q1002 UNKNOWN_NAME "a name that is not declared",
    Q1003 MISSING_HEADER "a ruleset without its header",
    Q1004 STRAY_HEADER "a header that stands twice or in the wrong file",
    Q1005 WRONG_KIND "a name of something else",
    Q1006 CYCLE "something that contains or needs itself",
    Q1007 UNKNOWN_CURRENCY "not a currency that is sold in",
    Q1008 MISSING_FACT "something that every decision needs is not declared",
    Q1009 MISPLACED_ITEM "an item in a file where it cannot stand",
    Q1010 UNKNOWN_EDITION "an edition of the language that this compiler does not know",
    Q1020 UNUSED "something that nothing names",
    Q2001 TYPE_MISMATCH "two kinds of values that do not go together",
    Q2002 MAY_BE_ABSENT "a value that may be absent",
    Q2003 NO_ORDER "a comparison by an order that does not exist",
    Q2004 OUT_OF_RANGE "a result that may need too many digits",
    Q2005 UNKNOWN_TYPE "a type that is not declared",
    Q2006 BAD_BOUNDS "bounds that hold no value or do not fit",
    Q2007 TOO_MANY_DECIMALS "more decimals than declared",
    Q2008 OUTSIDE_BOUNDS "a value outside its bounds",
    Q2009 MONEY_NEEDS_NAME "an amount in one currency where several are sold in",
    Q2010 NOT_HERE "a value that does not exist here",
    Q2011 INEXACT "a rounding that loses what it must not",
    Q2012 WRONG_ARGUMENTS "a call with the wrong arguments",
    Q3001 MISSING_FILE "a table file that is not there",
    Q3002 BAD_HEADER "a table with the wrong columns",
    Q3003 UNKNOWN_COLUMN "a column that names nothing",
    Q3004 OVERLAPPING_ROWS "two rows for the same case",
    Q3005 TIER_GAP "tiers that do not follow each other",
    Q3006 BAD_PRICE "not a price",
    Q3007 BAD_CSV "not a readable table file",
    Q3008 MISSING_CURRENCY "an amount without a value for a currency",
    Q3009 EMPTY_WINDOW "a window that ends before it begins",
    Q3010 UNPRICED_CHARGE "a charge without any price",
    Q3011 DUPLICATE_PRICES "prices for one charge twice in one book",
    Q3012 BOOK_CLAUSE "a price book without a clause that it needs",
    Q3013 EMPTY_TABLE "a table without rows",
    Q3014 LONG_CHAIN "a price book that is made of too many others",
    Q3019 MISSING_SHEET "a workbook without the sheet that is meant",
    Q3020 PRICE_GAP "a case that a price book leaves out",
    Q3021 MISSING_PRICE "something sold for which there is no price",
    Q3022 WINDOW_GAP "days between two price books",
    Q3023 COMPETING_BOOKS "two price books that both have a price",
    Q4001 SAME_PLACE "two adjustments whose order is not stated",
    Q4002 UNKNOWN_STAGE "a stage that is not in the order of stages",
    Q4003 NOTHING_CHOSEN "an adjustment that can meet no charge",
    Q4004 UNDECIDED "an approval matrix that leaves a case undecided",
    Q4005 BAD_PART "a part that cannot be filled",
    Q4006 BAD_TASK "a task that cannot run",
    Q4007 MISSING_PIECE "a rule without a clause that it needs",
    Q4008 UNREACHABLE_ROW "a row that can never be chosen",
    Q4009 DUPLICATE_SKU "one stock-keeping unit for two products",
    Q4020 NEVER_APPLIES "a rule that can never apply",
    Q4021 ALWAYS_HOLDS "a constraint that always holds",
    Q4022 RETIRED "a rule about what is not sold any more",
    Q4023 FLOOR_ABOVE_PRICE "a floor above the price",
    Q4030 MIXED_PERIODS "one amount for charges of different periods",
    Q4031 SAME_APPROVER "the same approver twice in a row",
    Q4032 NO_TIME "a length of time that is nothing",
    Q4033 TRIES_DO_NOT_FIT "tries that do not fit into their time",
    Q4034 TAKES_TOO_MUCH "a discount of more than everything",
    Q5001 EMPTY_TEST "a test that expects nothing",
    Q5002 UNKNOWN_IN_TEST "a test that names something unknown",
    Q5003 TEST_FAILED "a test whose expectation does not hold",
    Q5004 BAD_INPUT "an input of a test that no request may have",
    Q5005 MISSING_INPUT "a test without an input that must be given",
    Q9001 CANCELLED "the work was cancelled",
    Q9002 OVER_BUDGET "the work budget is used up",
    Q9003 TOO_MANY_VALUES "an expression with too many parts",
    Q9004 NUMBER_TOO_LARGE "a number that does not fit",
    Q9005 TABLE_TOO_LARGE "a table that is too large",
    Q9006 TOO_MANY_PARTS "a bundle with too many parts",
    Q9007 BROKEN_RULES "checked rules that contradict themselves",
    Q9020 NOT_FINISHED "a check that stopped before its end",
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
