//! A file and its items; the items that only declare.

use super::adjustments::{AdjustStages, Discount, Floor, Promotion};
use super::approvals::Approval;
use super::calculations::{Data, DecisionTable, Define, Record, ResultItem, Use};
use super::expressions::{Expr, Literal, Path};
use super::frame::{Name, NameRef, Title, Type, Window};
use super::fulfilment::Fulfil;
use super::golden::Test;
use super::prices::{ChoosePrice, Eligible, PriceBook};
use super::products::{Bundle, Constraint, Product};
use super::promotions::Group;
use super::support::{self, AstNode, accessors, nodes};
use super::terms::{Clause, Qualify, QuoteValid};
use crate::kind::{SyntaxKind, SyntaxNode};

nodes! {
    /// A whole file.
    SourceFile = SOURCE_FILE;
    /// `ruleset acme.cloud 1.0.0`
    Ruleset = RULESET_ITEM;
    /// `language 1`
    LanguageItem = LANGUAGE_ITEM;
    /// `effective from …`: of the ruleset, a book or a promotion.
    Effective = EFFECTIVE;
    /// `owner "…"`
    Owner = OWNER_ITEM;
    /// `enum Region { Europe, Americas }`
    Enum = ENUM_ITEM;
    /// `facts quote { … }`
    Facts = FACTS_ITEM;
    /// `hidden from Sales`
    HiddenFrom = HIDDEN_FROM;
    /// `channel: Channel = Direct`
    Fact = FACT;
    /// `currencies EUR, GBP`
    Currencies = CURRENCIES_ITEM;
    /// `unit kilogram, kilograms`, `unit box, boxes = 10 pieces`
    Unit = UNIT_ITEM;
    /// `role SalesManager, CFO`
    Role = ROLE_ITEM;
    /// `system Billing, Shipping`
    System = SYSTEM_ITEM;
    /// `amount large_deal = 100_000 EUR, 85_000 GBP`
    Amount = AMOUNT_ITEM;
    /// `category Bases, AddOns`
    Category = CATEGORY_ITEM;
}

/// Declares an enum of views that is a view itself.
macro_rules! item_enum {
    ($($variant:ident($view:ident),)*) => {
        /// One item of a file.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[allow(missing_docs, reason = "each variant is documented at its view")]
        pub enum Item {
            $($variant($view),)*
        }

        impl AstNode for Item {
            fn cast(node: SyntaxNode) -> Option<Self> {
                None
                    $(.or_else(|| $view::cast(node.clone()).map(Item::$variant)))*
            }

            fn syntax(&self) -> &SyntaxNode {
                match self {
                    $(Item::$variant(view) => view.syntax(),)*
                }
            }
        }
    };
}

item_enum! {
    Ruleset(Ruleset),
    Language(LanguageItem),
    Effective(Effective),
    Owner(Owner),
    Enum(Enum),
    Facts(Facts),
    Currencies(Currencies),
    Unit(Unit),
    Role(Role),
    System(System),
    Amount(Amount),
    Define(Define),
    Use(Use),
    Record(Record),
    Data(Data),
    DecisionTable(DecisionTable),
    Result(ResultItem),
    Category(Category),
    Product(Product),
    Bundle(Bundle),
    Constraint(Constraint),
    Eligible(Eligible),
    PriceBook(PriceBook),
    ChoosePrice(ChoosePrice),
    Discount(Discount),
    Promotion(Promotion),
    AdjustStages(AdjustStages),
    Group(Group),
    Floor(Floor),
    Approval(Approval),
    Fulfil(Fulfil),
    Qualify(Qualify),
    QuoteValid(QuoteValid),
    Clause(Clause),
    Test(Test),
}

accessors!(SourceFile {
    /// The items, in the order of the text.
    many items: Item;
});

accessors!(Ruleset {
    /// The dotted name.
    one name: Path;
});

impl Ruleset {
    /// The version as written: three numbers and two dots.
    #[must_use]
    pub fn version(&self) -> Option<String> {
        let token = support::token(&self.0, SyntaxKind::VERSION)?;
        Some(token.text().to_owned())
    }
}

accessors!(LanguageItem {
    /// The edition.
    one edition: Literal;
});

accessors!(Effective {
    /// The days.
    one window: Window;
});

accessors!(Owner {
    /// Who.
    one title: Title;
});

accessors!(Enum {
    /// Its name.
    one name: Name;
});

impl Enum {
    /// Whether its values compare.
    #[must_use]
    pub fn is_ordered(&self) -> bool {
        support::has_word(&self.0, "ordered")
    }

    /// The values, lowest first.
    pub fn values(&self) -> impl Iterator<Item = Name> + use<> {
        // The enum's own name is a child like its values: it stands before the brace.
        let brace =
            support::token(&self.0, SyntaxKind::L_BRACE).map(|token| token.text_range().start());
        support::children(&self.0).filter(move |name: &Name| {
            brace.is_some_and(|brace| name.syntax().text_range().start() > brace)
        })
    }
}

accessors!(Facts {
    /// Who may not see them.
    one hidden: HiddenFrom;
    /// The name of the group: `quote`.
    one name: Name;
    /// The facts.
    many facts: Fact;
});

impl Facts {
    /// Whether the group repeats.
    #[must_use]
    pub fn is_many(&self) -> bool {
        support::has_word(&self.0, "many")
    }
}

accessors!(HiddenFrom {
    /// The roles that may not see the facts.
    many roles: NameRef;
});

accessors!(Fact {
    /// Its name.
    one name: Name;
    /// Its type.
    one ty: Type;
    /// Its default.
    one default: Expr;
});

accessors!(Currencies {
    /// The codes.
    many names: Name;
});

accessors!(Role {
    /// The roles.
    many names: Name;
});

accessors!(System {
    /// The systems.
    many names: Name;
});

accessors!(Category {
    /// The categories.
    many names: Name;
});

accessors!(Unit {
    /// What one of it is called.
    nth(0) name: Name;
    /// What several of it are called, if that differs.
    nth(1) plural: Name;
    /// How many of another unit it is.
    one value: Expr;
});

accessors!(Amount {
    /// Its name.
    one name: Name;
    /// An amount of money for each currency.
    many values: Literal;
});
