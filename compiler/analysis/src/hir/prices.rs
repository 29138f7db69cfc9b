//! What charges count, price books, and the prices in them.

use std::sync::Arc;

use quo_source::Span;
use quo_value::Rounding;

use super::{Expr, Table, Window};
use crate::types::{Number, Type, Unit};

/// What a charge counts: by what the price of a unit is multiplied.
#[derive(Debug, Clone, Default)]
pub struct Quantity {
    /// What is counted, a number from 0 or an amount, in the scope of the item; `None` for the charge as such.
    pub of: Option<Expr>,
    /// Whether packs of it are charged.
    pub pack: Option<Pack>,
}

/// Packs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pack {
    /// The size of a pack, at the scale of what is counted.
    pub size: i64,
    /// Whether a begun pack counts.
    pub started: bool,
}

impl Quantity {
    /// What the counted is as a number.
    #[must_use]
    pub fn number(&self) -> Option<Number> {
        match self.of.as_ref()?.ty {
            Type::Number(number) => Some(number),
            _ => None,
        }
    }

    /// Decimals of what is counted.
    #[must_use]
    pub fn scale(&self) -> u8 {
        self.number().map_or(0, |number| number.scale)
    }

    /// Decimals of what a price is multiplied by.
    #[must_use]
    pub fn unit_scale(&self) -> u8 {
        if self.pack.is_some() { 0 } else { self.scale() }
    }

    /// Whether an amount of money is counted.
    #[must_use]
    pub fn is_money(&self) -> bool {
        self.number()
            .is_some_and(|number| number.unit == Unit::Money)
    }
}

/// For how long a charge is paid in advance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prepaid {
    /// For so many months, a multiple of its period.
    Months(u32),
    /// For the whole term.
    Term,
}

/// How closely prices name the charge: of several of one level the closest win.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PriceTarget {
    /// The charge itself.
    Charge,
    /// Charges of this name of a category.
    Category,
    /// Charges of this name of all products.
    All,
}

/// The prices of a charge in one book.
#[derive(Debug, Clone)]
pub struct Prices {
    /// The book.
    pub book: usize,
    /// How closely they name the charge.
    pub target: PriceTarget,
    /// The book whose price is the list price that a calculation starts from.
    pub from: Option<usize>,
    /// The rows; shared by all books that have them.
    pub rows: Arc<PriceRows>,
}

/// How the price of a row becomes an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PriceModel {
    /// Whether units are priced in the tier they fall in.
    pub graduated: bool,
    /// Whether it is for the charge as such, whatever its quantity.
    pub flat: bool,
    /// Whether it is for packages whose size is a column, and if so, whether a begun one counts.
    pub packages: Option<bool>,
}

/// Rows of prices, or a calculation, which is one row that always holds.
#[derive(Debug, Clone)]
pub struct PriceRows {
    /// The rows; every column's expression is in the scope of the item. For graduated prices the tier is the last column.
    pub table: Table,
    /// How a price becomes an amount.
    pub model: PriceModel,
    /// What follows from a row, each kind at most once, in the order of the kinds; none where there is a calculation.
    pub columns: Vec<PriceColumn>,
    /// The amount as a calculation: money, in the scope of the charge.
    pub formula: Option<Expr>,
    /// How many units are free: a number at no more decimals than what is counted, in the scope of the item.
    pub included: Option<Expr>,
    /// The least amount: money.
    pub least: Option<Expr>,
    /// The greatest amount: money.
    pub most: Option<Expr>,
}

/// A column of what follows from a row.
#[derive(Debug, Clone)]
pub struct PriceColumn {
    /// What it is.
    pub kind: PriceColumnKind,
    /// Decimals of its values.
    pub scale: u8,
    /// A value for each row at that scale; `None` where it says nothing.
    pub values: Vec<Option<i64>>,
}

/// What follows from a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PriceColumnKind {
    /// The price of a unit.
    Price,
    /// An amount that is charged once.
    Flat,
    /// A share of the quantity, which is money.
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

impl PriceColumnKind {
    /// Every kind, in their order.
    pub const ALL: [Self; 7] = [
        Self::Price,
        Self::Flat,
        Self::Percent,
        Self::AtLeast,
        Self::AtMost,
        Self::Included,
        Self::Size,
    ];

    /// Its heading.
    #[must_use]
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Price => "price",
            Self::Flat => "flat",
            Self::Percent => "percent",
            Self::AtLeast => "at_least",
            Self::AtMost => "at_most",
            Self::Included => "included",
            Self::Size => "size",
        }
    }
}

impl PriceRows {
    /// A column.
    #[must_use]
    pub fn column(&self, kind: PriceColumnKind) -> Option<&PriceColumn> {
        self.columns.iter().find(|column| column.kind == kind)
    }
}

/// A price book.
#[derive(Debug, Clone)]
pub struct Book {
    /// Its name.
    pub name: String,
    /// What people see.
    pub title: String,
    /// Where it was declared.
    pub span: Span,
    /// Its level, an index into [`super::Rules::levels`].
    pub level: Option<usize>,
    /// Its currencies: sorted indexes into [`super::Rules::currencies`].
    pub currencies: Vec<usize>,
    /// When it is effective.
    pub effective: Window,
    /// Its condition, in the scope of the quote.
    pub when: Option<Expr>,
    /// The book whose prices it replaces.
    pub replaces: Option<usize>,
    /// The book whose prices it has where it states none itself.
    pub extends: Option<usize>,
    /// Rounding of what its prices lead to.
    pub rounding: Rounding,
}
