//! Qualification, the validity of a quote, and clauses.

use super::expressions::{Expr, Literal, Path};
use super::frame::{Name, NameRef, Title};
use super::products::When;
use super::support::{self, AstNode as _, accessors, nodes};

nodes! {
    /// `qualify Fibre "…" with serviceability.at valid 30 days when …`
    Qualify = QUALIFY_ITEM;
    /// `quote valid until earliest of { … }`
    QuoteValid = QUOTE_VALID_ITEM;
    /// `30 days after quote.date "…"`
    ValidEntry = VALID_ENTRY;
    /// `clause C "…" version 2 text "…" required with A`
    Clause = CLAUSE_ITEM;
    /// `version 2`
    ClauseVersion = CLAUSE_VERSION;
    /// `text "…"`
    ClauseText = CLAUSE_TEXT;
    /// `required with A`, `on request`
    ClauseNeed = CLAUSE_NEED;
}

accessors!(Qualify {
    /// The product or category.
    one target: NameRef;
    /// What to do where there is no valid answer.
    one message: Title;
    /// The fact that holds the day of the answer.
    one fact: Path;
    /// How long an answer is valid.
    one period: Literal;
    /// Which answer qualifies.
    one when: When;
});

impl Qualify {
    /// Whether it is for a category.
    #[must_use]
    pub fn is_category(&self) -> bool {
        support::has_word(&self.0, "category")
    }
}

accessors!(QuoteValid {
    /// The days.
    many entries: ValidEntry;
});

accessors!(ValidEntry {
    /// Why the quote ends then.
    one title: Title;
});

impl ValidEntry {
    /// The period after the day, where there is one.
    #[must_use]
    pub fn period(&self) -> Option<Literal> {
        if support::has_word(&self.0, "after") {
            support::child(&self.0)
        } else {
            None
        }
    }

    /// The day.
    #[must_use]
    pub fn day(&self) -> Option<Expr> {
        let after = support::tokens(&self.0).find(|token| token.text() == "after");
        let start = after.map(|token| token.text_range().end());
        support::children::<Expr>(&self.0)
            .find(|expr| start.is_none_or(|start| expr.syntax().text_range().start() >= start))
    }
}

accessors!(Clause {
    /// Its name.
    one name: Name;
    /// Its title.
    one title: Title;
    /// Its version.
    one version: ClauseVersion;
    /// Its text.
    one text: ClauseText;
    /// Whether it is required, and with what.
    one need: ClauseNeed;
    /// When.
    one when: When;
});

accessors!(ClauseVersion {
    /// The number.
    one number: Literal;
});

accessors!(ClauseText {
    /// The text.
    one title: Title;
});

accessors!(ClauseNeed {
    /// The products it goes with.
    many products: NameRef;
});

impl ClauseNeed {
    /// Whether it is there only where it is asked for.
    #[must_use]
    pub fn on_request(&self) -> bool {
        support::has_word(&self.0, "request")
    }
}
