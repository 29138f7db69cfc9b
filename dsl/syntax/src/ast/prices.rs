//! Eligibility and price books.

use super::expressions::{Expr, Path, RoundingMode};
use super::frame::{Name, NameRef, TableFile, Title};
use super::items::Effective;
use super::products::When;
use super::support::{self, accessors, nodes};
use super::tables::Table;

nodes! {
    /// `eligible P "…" when …`, `eligible category C "…" when …`
    Eligible = ELIGIBLE_ITEM;
    /// `price book Europe "…" replaces B { … }`
    PriceBook = PRICE_BOOK_ITEM;
    /// `currency EUR, GBP`
    CurrencyClause = CURRENCY_CLAUSE;
    /// `round half even to currency`
    RoundClause = ROUND_CLAUSE;
    /// `extends B`
    Extends = EXTENDS;
    /// `level Customer`
    BookLevel = BOOK_LEVEL;
    /// `choose price by Customer, Segment, List`
    ChoosePrice = CHOOSE_PRICE_ITEM;
    /// `price P.c, graduated by seats TABLE`, `price P.c from "…"`, `price P.c = …`
    Price = PRICE;
    /// `of category AddOns`, `of all`
    PriceTarget = PRICE_TARGET;
    /// `graduated by seats`, `volume by seats`, `flat`, `in packages started`
    PriceModel = PRICE_MODEL;
    /// `at least …`, `at most …`, `included …`
    PriceBound = PRICE_BOUND;
    /// `= …`
    PriceFormula = PRICE_FORMULA;
    /// `prices of B less 30%`
    PricesOf = PRICES_OF;
    /// `prices from "…"`
    PricesFrom = PRICES_FROM;
    /// `graduated P.c by seats`
    Graduated = GRADUATED;
}

accessors!(Eligible {
    /// The product, bundle or category.
    one target: NameRef;
    /// Why not.
    one message: Title;
    /// The condition.
    one when: When;
});

impl Eligible {
    /// Whether the target is a category.
    #[must_use]
    pub fn is_category(&self) -> bool {
        support::has_word(&self.0, "category")
    }
}

accessors!(PriceBook {
    /// Its name.
    one name: Name;
    /// Its title.
    one title: Title;
    /// The book it replaces.
    one replaces: NameRef;
    /// The book whose prices it has too.
    one extends: Extends;
    /// Its level.
    one level: BookLevel;
    /// Its currencies.
    one currency: CurrencyClause;
    /// Its days.
    one effective: Effective;
    /// Its condition.
    one when: When;
    /// The rounding of its amounts.
    one round: RoundClause;
    /// Prices of one charge each.
    many prices: Price;
    /// Files of prices of many charges.
    many prices_from: PricesFrom;
    /// Models of charges priced in those files.
    many graduated: Graduated;
    /// Prices made of another book's.
    many prices_of: PricesOf;
});

accessors!(Extends {
    /// The book.
    one book: NameRef;
});

accessors!(BookLevel {
    /// The level.
    one level: NameRef;
});

accessors!(ChoosePrice {
    /// The levels, the one that is asked first first.
    many levels: NameRef;
});

accessors!(CurrencyClause {
    /// The codes.
    many names: NameRef;
});

impl RoundClause {
    /// The mode.
    #[must_use]
    pub fn mode(&self) -> Option<RoundingMode> {
        RoundingMode::of(&self.0)
    }
}

accessors!(Price {
    /// The charge, `Platform.subscription`; of many products its name, `subscription`.
    one charge: Path;
    /// Of which products, where it is of many.
    one target: PriceTarget;
    /// The models.
    many models: PriceModel;
    /// Bounds and what is included.
    many bounds: PriceBound;
    /// The inline table.
    one table: Table;
    /// The file of `from "…"`.
    one file: TableFile;
    /// The calculation of `= …`.
    one formula: PriceFormula;
});

accessors!(PriceTarget {
    /// The category; `None` for all.
    one category: NameRef;
});

/// How a price becomes an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ModelKind {
    /// `graduated by X`
    Graduated,
    /// `volume by X`
    Volume,
    /// `flat`
    Flat,
    /// `in packages started`
    PackagesStarted,
    /// `in packages whole`
    PackagesWhole,
}

accessors!(PriceModel {
    /// The column that chooses.
    one by: NameRef;
});

impl PriceModel {
    /// Which model.
    #[must_use]
    pub fn kind(&self) -> Option<ModelKind> {
        let words = support::words(&self.0);
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["graduated", ..] => Some(ModelKind::Graduated),
            ["volume", ..] => Some(ModelKind::Volume),
            ["flat"] => Some(ModelKind::Flat),
            ["in", "packages", "started"] => Some(ModelKind::PackagesStarted),
            ["in", "packages", "whole"] => Some(ModelKind::PackagesWhole),
            _ => None,
        }
    }
}

/// What a clause of a price says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BoundKind {
    /// `at least …`
    AtLeast,
    /// `at most …`
    AtMost,
    /// `included …`
    Included,
}

accessors!(PriceBound {
    /// The amount, or how many are included.
    one value: Expr;
});

impl PriceBound {
    /// What it says.
    #[must_use]
    pub fn kind(&self) -> Option<BoundKind> {
        let words = support::words(&self.0);
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["at", "least"] => Some(BoundKind::AtLeast),
            ["at", "most"] => Some(BoundKind::AtMost),
            ["included"] => Some(BoundKind::Included),
            _ => None,
        }
    }
}

accessors!(PriceFormula {
    /// What the charge costs.
    one value: Expr;
});

/// `less 30%` or `plus 8%` behind the book.
impl PricesOf {
    /// The book whose prices they are made of.
    #[must_use]
    pub fn book(&self) -> Option<NameRef> {
        support::child(&self.0)
    }

    /// The category they are limited to.
    #[must_use]
    pub fn category(&self) -> Option<NameRef> {
        let limit: Option<PriceTarget> = support::child(&self.0);
        limit.and_then(|limit| limit.category())
    }

    /// What is taken off or put on.
    #[must_use]
    pub fn percent(&self) -> Option<Expr> {
        support::child(&self.0)
    }

    /// Whether it is taken off.
    #[must_use]
    pub fn is_less(&self) -> bool {
        support::has_word(&self.0, "less")
    }

    /// Whether it is put on.
    #[must_use]
    pub fn is_plus(&self) -> bool {
        support::has_word(&self.0, "plus")
    }
}

accessors!(PricesFrom {
    /// The file.
    one file: TableFile;
});

accessors!(Graduated {
    /// The charge.
    one charge: Path;
    /// The option.
    one by: NameRef;
});
