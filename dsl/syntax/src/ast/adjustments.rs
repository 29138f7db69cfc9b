//! Discounts, promotions, their stages, and floors.

use super::expressions::{Expr, Literal, Path, Rounding};
use super::frame::{Name, NameRef, Title, Type};
use super::items::Effective;
use super::products::When;
use super::promotions::{
    Alone, Bound, Budget, CodeClause, ForEvery, Gift, InGroup, NeverTogether, Off, Redeemed,
    RemainderTo, SpreadBy, UnitOrder, WholeGroups,
};
use super::support::{self, AstNode, accessors, nodes};
use crate::kind::SyntaxNode;

nodes! {
    /// `discount D "…" { … }`
    Discount = DISCOUNT_ITEM;
    /// `promotion P "…" { … }`
    Promotion = PROMOTION_ITEM;
    /// `on recurring charges of P in B`
    On = ON;
    /// `asked for by ROLE as TYPE`
    AskedFor = ASKED_FOR;
    /// `take 7.5% of list`
    Take = TAKE;
    /// `stage item`
    Stage = STAGE;
    /// `priority 10`
    Priority = PRIORITY;
    /// `adjust in stages: item, then order`
    AdjustStages = ADJUST_STAGES_ITEM;
    /// `floor NAME "…" P.c at 50% of list`
    Floor = FLOOR_ITEM;
}

/// A discount or a promotion: they have the same clauses.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Adjustment {
    /// A discount.
    Discount(Discount),
    /// A promotion.
    Promotion(Promotion),
}

impl AstNode for Adjustment {
    fn cast(node: SyntaxNode) -> Option<Self> {
        let discount = Discount::cast(node.clone()).map(Adjustment::Discount);
        discount.or_else(|| Promotion::cast(node).map(Adjustment::Promotion))
    }

    fn syntax(&self) -> &SyntaxNode {
        match self {
            Adjustment::Discount(view) => view.syntax(),
            Adjustment::Promotion(view) => view.syntax(),
        }
    }
}

/// The clauses of both kinds, declared once.
macro_rules! adjustment {
    ($($node:ident)*) => {
        $(accessors!($node {
            /// Its name.
            one name: Name;
            /// Its title.
            one title: Title;
            /// Its days.
            one effective: Effective;
            /// The charges it acts on.
            one on: On;
            /// Its condition.
            one when: When;
            /// Who may ask for it.
            one asked_for: AskedFor;
            /// What it takes.
            one take: Take;
            /// Its stage.
            one stage: Stage;
            /// Its place in the stage.
            one priority: Priority;
            /// The group it belongs to.
            one in_group: InGroup;
            /// What has to be bought.
            one for_every: ForEvery;
            /// What it gives on top.
            one gift: Gift;
            /// Its codes.
            one code: CodeClause;
            /// That it suffers no others beside it.
            one alone: Alone;
            /// What it may cost altogether.
            one budget: Budget;
        });)*

        impl Adjustment {
            adjustment!(@ name Name, title Title, effective Effective, on On, when When,
                asked_for AskedFor, take Take, stage Stage, priority Priority,
                in_group InGroup, for_every ForEvery, gift Gift, code CodeClause, alone Alone,
                budget Budget);

            /// The ones it never applies together with.
            pub fn never(&self) -> impl Iterator<Item = NeverTogether> + use<> {
                support::children(self.syntax())
            }

            /// How often it may be used.
            pub fn limits(&self) -> impl Iterator<Item = Redeemed> + use<> {
                support::children(self.syntax())
            }
        }
    };
    (@ $($name:ident $view:ident),*) => {
        $(
            #[doc = concat!("See [`Discount::", stringify!($name), "`].")]
            #[must_use]
            pub fn $name(&self) -> Option<$view> {
                support::child(self.syntax())
            }
        )*
    };
}

adjustment!(Discount Promotion);

/// A class of charges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChargeClass {
    /// `all charges`
    All,
    /// `recurring charges`
    Recurring,
    /// `one time charges`
    OneTime,
    /// `usage charges`
    Usage,
}

/// Which charges an adjustment acts on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChargeSelection {
    /// A class; of these products (all, where there are none) or of a category.
    Class {
        /// The class.
        class: ChargeClass,
        /// `of P, Q`
        products: Vec<NameRef>,
        /// `of category C`
        category: Option<NameRef>,
    },
    /// Charges by name.
    Charges(Vec<Path>),
}

impl On {
    /// The charges; `None` where they could not be read.
    #[must_use]
    pub fn selection(&self) -> Option<ChargeSelection> {
        let words = support::words(&self.0);
        let class = match words.get(1).map(String::as_str) {
            Some("all") => Some(ChargeClass::All),
            Some("recurring") => Some(ChargeClass::Recurring),
            Some("one") => Some(ChargeClass::OneTime),
            Some("usage") => Some(ChargeClass::Usage),
            _ => None,
        };
        let Some(class) = class else {
            let charges: Vec<Path> = support::children(&self.0).collect();
            return (!charges.is_empty()).then_some(ChargeSelection::Charges(charges));
        };
        let mut names: Vec<NameRef> = support::children(&self.0).collect();
        if self.bundle().is_some() {
            // The bundle stands last.
            names.pop();
        }
        let (products, category) = if support::has_word(&self.0, "category") {
            (Vec::new(), names.into_iter().next())
        } else {
            (names, None)
        };
        Some(ChargeSelection::Class {
            class,
            products,
            category,
        })
    }

    /// The bundle of `in B`.
    #[must_use]
    pub fn bundle(&self) -> Option<NameRef> {
        if !support::has_word(&self.0, "in") {
            return None;
        }
        let last = self.0.children().last()?;
        NameRef::cast(last)
    }
}

accessors!(AskedFor {
    /// The role.
    one role: NameRef;
    /// The type of the percentage.
    one ty: Type;
});

/// What a percentage is taken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TakeBase {
    /// `of list`: the price before any adjustment.
    List,
    /// `of what is left`: what the adjustments before have left.
    Left,
}

accessors!(Take {
    /// The percentage or amount.
    one value: Expr;
    /// For what of the charges it is.
    one off: Off;
    /// Which units come first.
    one order: UnitOrder;
    /// How large or small it is at most and at least, and how many times.
    many bounds: Bound;
    /// By what it is spread.
    one spread: SpreadBy;
    /// How shares are rounded.
    one rounding: Rounding;
    /// Who gets what is left over.
    one remainder: RemainderTo;
});

/// What an effect does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TakeWay {
    /// `take …`
    Take,
    /// `add …`
    Add,
    /// `price … at …`
    PriceAt,
    /// `price … at most …`
    PriceAtMost,
}

impl Take {
    /// What it does.
    #[must_use]
    pub fn way(&self) -> TakeWay {
        let words = support::words(&self.0);
        match words.first().map(String::as_str) {
            Some("add") => TakeWay::Add,
            Some("price") if words.iter().any(|word| word == "most") => TakeWay::PriceAtMost,
            Some("price") => TakeWay::PriceAt,
            _ => TakeWay::Take,
        }
    }

    /// Whether the amount is for each unit.
    #[must_use]
    pub fn each_unit(&self) -> bool {
        support::has_word(&self.0, "unit")
    }

    /// Whether it is for nothing where fewer units are there than it is for.
    #[must_use]
    pub fn whole_groups(&self) -> bool {
        support::child::<WholeGroups>(&self.0).is_some()
    }

    /// The base of a percentage; an amount has none.
    #[must_use]
    pub fn base(&self) -> Option<TakeBase> {
        if support::has_word(&self.0, "list") {
            Some(TakeBase::List)
        } else if support::has_word(&self.0, "left") {
            Some(TakeBase::Left)
        } else {
            None
        }
    }
}

accessors!(Stage {
    /// The stage's name.
    one name: NameRef;
});

accessors!(Priority {
    /// The number.
    one value: Literal;
});

accessors!(AdjustStages {
    /// The stages, first to last.
    many stages: Name;
});

accessors!(Floor {
    /// Its name, where it has one.
    one name: Name;
    /// Its title.
    one title: Title;
    /// The charge it protects.
    one charge: Path;
});

impl Floor {
    /// Whether it is a share of the list price.
    #[must_use]
    pub fn is_of_list(&self) -> bool {
        support::has_word(&self.0, "list")
    }

    /// Whether it is an amount for each unit.
    #[must_use]
    pub fn each_unit(&self) -> bool {
        support::has_word(&self.0, "unit")
    }

    /// The share of the list price that stays, or the amount.
    #[must_use]
    pub fn share(&self) -> Option<Expr> {
        // The charge is a path, and so an expression, too: it stands first.
        let charge = self.charge();
        support::children(&self.0)
            .find(|expr: &Expr| charge.as_ref().is_none_or(|c| c.syntax() != expr.syntax()))
    }
}
