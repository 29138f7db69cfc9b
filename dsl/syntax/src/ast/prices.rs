//! Eligibility and price books.

use super::expressions::{Path, RoundingMode};
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
    /// `price P.c, graduated by seats TABLE`, `price P.c from "…"`
    Price = PRICE;
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
    /// The charge: `Platform.subscription`.
    one charge: Path;
    /// The option of `graduated by`.
    one graduated_by: NameRef;
    /// The inline table.
    one table: Table;
    /// The file of `from "…"`.
    one file: TableFile;
});

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
