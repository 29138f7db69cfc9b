//! What many forms share: names, titles, types, windows.

use super::expressions::{Expr, Literal, Path};
use super::support::{self, AstNode, accessors, nodes};
use crate::kind::SyntaxKind;
use crate::literal::{self, LiteralError};

nodes! {
    /// The name of something declared here.
    Name = NAME;
    /// The name of something declared elsewhere: one word.
    NameRef = NAME_REF;
    /// A title or message: one text in quotes.
    Title = TITLE;
    /// A table in a file: `"prices.csv"`, `"prices.xlsx" sheet "EU"`.
    TableFile = TABLE_FILE;
    /// `Int from 1 to 10`, `Decimal from 0 to 1 with 2 decimals`, `Text?`.
    Type = TYPE;
    /// `from A to B` of a type, both included.
    TypeBounds = TYPE_BOUNDS;
    /// `from D`, `from D to D, last day included`.
    Window = WINDOW;
}

accessors!(TableFile {
    /// The path, below the folder of the ruleset.
    nth(0) path: Title;
    /// The name of the sheet.
    nth(1) sheet: Title;
});

impl Name {
    /// The name.
    #[must_use]
    pub fn text(&self) -> String {
        self.source()
    }
}

impl NameRef {
    /// The name.
    #[must_use]
    pub fn text(&self) -> String {
        self.source()
    }
}

impl Title {
    /// What stands between the quotes, escapes resolved; `None` for a text that is not one, which
    /// the parser has reported.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        literal::text(&self.source()).ok()
    }

    /// The cell of a row that gives the text, in a test: `row.heading`.
    #[must_use]
    pub fn cell(&self) -> Option<Path> {
        support::child(&self.0)
    }
}

impl Type {
    /// The type's name: `Int`, `Region`.
    #[must_use]
    pub fn name(&self) -> Option<NameRef> {
        support::child(&self.0)
    }

    /// The unit of `Decimal in kilograms`, or the currency of `Money in USD`.
    #[must_use]
    pub fn unit(&self) -> Option<NameRef> {
        support::children(&self.0).nth(1)
    }

    /// The type of the elements, for `list of T`.
    #[must_use]
    pub fn element(&self) -> Option<Type> {
        support::child(&self.0)
    }

    /// `from A to B`.
    #[must_use]
    pub fn bounds(&self) -> Option<TypeBounds> {
        support::child(&self.0)
    }

    /// The literal of `with N decimals`.
    #[must_use]
    pub fn decimals(&self) -> Option<Literal> {
        support::child(&self.0)
    }

    /// Whether a `?` says that a value may be absent.
    #[must_use]
    pub fn is_optional(&self) -> bool {
        support::token(&self.0, SyntaxKind::QUESTION).is_some()
    }
}

accessors!(TypeBounds {
    /// The lowest value.
    nth(0) from: Expr;
    /// The highest value.
    nth(1) to: Expr;
});

accessors!(Window {
    /// The first day.
    nth(0) from: Literal;
    /// The last day, which belongs to the window.
    nth(1) to: Literal;
});

impl Window {
    /// The first day as a date.
    ///
    /// # Errors
    /// See [`Literal::value`].
    pub fn first_day(&self) -> Option<Result<literal::Date, LiteralError>> {
        self.from().map(|day| day.date())
    }

    /// The last day as a date; `None` for a window without an end.
    ///
    /// # Errors
    /// See [`Literal::value`].
    pub fn last_day(&self) -> Option<Result<literal::Date, LiteralError>> {
        self.to().map(|day| day.date())
    }
}
