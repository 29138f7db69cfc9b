//! Where prices come from: what a charge counts, price books, and their prices of a charge.
//!
//! Like the rest of the model this is data: the engine prices, the verifier checks. Quantities and the
//! values of columns are mantissas at static scales.

use rkyv::{Archive, Serialize};

use crate::NONE;
use crate::rules::Str;

/// What a charge counts.
#[derive(Archive, Serialize, Debug, Clone, Copy, PartialEq, Eq)]
#[rkyv(derive(Debug, Clone, Copy, PartialEq, Eq))]
pub struct Quantity {
    /// What is counted.
    pub of: Measured,
    /// Decimals of it.
    pub scale: u8,
    /// Whether it is an amount of money, of which percentages can be charged.
    pub money: bool,
    /// The size of a pack, at `scale`, where packs are charged; else 0.
    pub pack: i64,
    /// Whether a pack that was begun counts.
    pub started: bool,
}

impl Quantity {
    /// The charge as such.
    pub const ONE: Self = Self {
        of: Measured::One,
        scale: 0,
        money: false,
        pack: 0,
        started: false,
    };

    /// A whole number that is an option.
    #[must_use]
    pub const fn option(option: u32) -> Self {
        Self {
            of: Measured::Option(option),
            ..Self::ONE
        }
    }
}

/// What is counted.
#[derive(Archive, Serialize, Debug, Clone, Copy, PartialEq, Eq)]
#[rkyv(derive(Debug, Clone, Copy, PartialEq, Eq))]
pub enum Measured {
    /// Nothing: the price is for the charge as such.
    One,
    /// An option of the product, a number.
    Option(u32),
    /// The wide result of a routine that runs on the item.
    Routine(u32),
}

/// Prices of one charge in one book.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct PriceCandidate {
    /// The book.
    pub book: u32,
    /// How closely they name the charge: of several of one level the lowest wins.
    pub rank: u8,
    /// The book whose price the formula starts from as its list price, or [`crate::NONE`].
    pub from: u32,
    /// The table with the rows.
    pub table: u32,
    /// Whether units are priced in the tier they fall in; the tiers are then the last column of the table.
    pub graduated: bool,
    /// Whether the price is for the charge as such, whatever its quantity.
    pub flat: bool,
    /// Whether the price is for packages whose size is a column.
    pub packages: Packages,
    /// What each column of the table is matched with, in their order.
    pub args: Vec<Arg>,
    /// What follows from a row; at least one, each kind at most once, unless there is a formula.
    pub columns: Vec<PriceColumn>,
    /// The amount as the wide result of a routine on the charge, or [`crate::NONE`].
    pub formula: u32,
    /// Decimals of the formula.
    pub formula_scale: u8,
    /// How many units are free, the wide result of a routine on the charge at the scale of the quantity, or
    /// [`crate::NONE`].
    pub included: u32,
    /// The least amount, a wide result of a routine on the charge, or [`crate::NONE`].
    pub least: u32,
    /// Its decimals.
    pub least_scale: u8,
    /// The greatest amount, or [`crate::NONE`].
    pub most: u32,
    /// Its decimals.
    pub most_scale: u8,
    /// Decimals of exact amounts: no fewer than any product of a price and a quantity has.
    pub scale: u8,
}

impl PriceCandidate {
    /// Prices of the rows of a table, without any.
    #[must_use]
    pub const fn new(book: u32, table: u32) -> Self {
        Self {
            book,
            rank: 0,
            from: NONE,
            table,
            graduated: false,
            flat: false,
            packages: Packages::None,
            args: Vec::new(),
            columns: Vec::new(),
            formula: NONE,
            formula_scale: 0,
            included: NONE,
            least: NONE,
            least_scale: 0,
            most: NONE,
            most_scale: 0,
            scale: 0,
        }
    }

    /// A price of a unit in each row.
    #[must_use]
    pub fn priced(self, scale: u8, values: Vec<i64>) -> Self {
        let column = PriceColumn {
            kind: PriceColumnKind::Price,
            scale,
            values,
        };
        Self {
            columns: vec![column],
            scale,
            ..self
        }
    }
}

/// Whether packages are charged.
#[derive(Archive, Serialize, Debug, Clone, Copy, PartialEq, Eq)]
#[rkyv(derive(Debug, Clone, Copy, PartialEq, Eq))]
#[repr(u8)]
pub enum Packages {
    /// No.
    None,
    /// Every one that was begun.
    Started,
    /// Complete ones only.
    Whole,
}

/// A column of what follows from a row.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct PriceColumn {
    /// What it is.
    pub kind: PriceColumnKind,
    /// Decimals of its values.
    pub scale: u8,
    /// A value for each row; [`crate::ABSENT`] for none.
    pub values: Vec<i64>,
}

/// What follows from a row.
#[derive(Archive, Serialize, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[rkyv(derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord))]
#[repr(u8)]
pub enum PriceColumnKind {
    /// The price of a unit.
    Price,
    /// An amount that is charged once.
    Flat,
    /// A share of the quantity, which is money; the fraction.
    Percent,
    /// The least amount.
    AtLeast,
    /// The greatest amount.
    AtMost,
    /// Units that are free.
    Included,
    /// The size of a package.
    Size,
}

/// What a column of a price table is matched with.
#[derive(Archive, Serialize, Debug, Clone, Copy, PartialEq, Eq)]
#[rkyv(derive(Debug, Clone, Copy, PartialEq, Eq))]
pub enum Arg {
    /// A fact, by its slot.
    Fact(u32),
    /// An option of the product that is charged.
    Option(u32),
    /// What the charge counts.
    Quantity,
    /// The narrow result of a routine that runs on the item.
    Routine(u32),
}

/// A price book.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct Book {
    /// Declared name, its stable id.
    pub name: Str,
    /// What people see.
    pub title: Str,
    /// Its level, an index into [`crate::Model::levels`]: of several books with a price the lowest wins. 0 where there
    /// are none.
    pub level: u32,
    /// The currencies it has prices in, sorted indexes.
    pub currencies: Vec<u32>,
    /// First day.
    pub from: i32,
    /// Last day.
    pub to: i32,
    /// Condition, a routine of [`crate::Scope::Quote`], or [`crate::NONE`].
    pub when: u32,
    /// The book whose prices it replaces, or [`crate::NONE`].
    pub replaces: u32,
    /// Rounding mode of every amount that its prices lead to, to the minor unit of the currency.
    pub rounding: u8,
}
