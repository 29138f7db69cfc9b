//! What discounts and promotions do over the whole quote: units, groups, codes, budgets and limits.

use super::adjustments::{ChargeClass, ChargeSelection};
use super::expressions::{Expr, Literal, Path};
use super::frame::{Name, NameRef, Title};
use super::support::{self, accessors, nodes};

nodes! {
    /// `off all of them`
    Off = OFF;
    /// `dearest first`
    UnitOrder = UNIT_ORDER;
    /// `at most 50 EUR`, `at most 2 times`
    Bound = BOUND;
    /// `spread by list`
    SpreadBy = SPREAD_BY;
    /// `remainder to largest`
    RemainderTo = REMAINDER;
    /// `only whole groups`
    WholeGroups = WHOLE_GROUPS;
    /// `for every 3 units of P.c`
    ForEvery = FOR_EVERY;
    /// `3 units of P.c`
    Buy = BUY;
    /// `give 1 unit of P`
    Gift = GIFT;
    /// `recurring charges of P`, `{ P, Q.c }`
    Charges = CHARGES;
    /// `code "SPRING26"`
    CodeClause = CODE;
    /// `alone among promotions`
    Alone = ALONE;
    /// `never together with D above 20%, D stays`
    NeverTogether = NEVER_TOGETHER;
    /// `budget B, used so far F`
    Budget = BUDGET;
    /// `redeemed once per customer, used so far F`
    Redeemed = REDEEMED;
    /// `group G`
    InGroup = IN_GROUP;
    /// `group G in stage S, priority 10: the largest saving wins on each charge`
    Group = GROUP_ITEM;
}

/// For what of the charges an effect is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OffWhat {
    /// One amount for all of them.
    All,
    /// One amount for the parts of each such bundle.
    EachBundle(NameRef),
    /// The units that have to be bought, or so many of them each time.
    Those(Option<Expr>),
    /// So many units.
    Units(Expr),
    /// So many units of each charge.
    UnitsOfEach(Expr),
}

impl Off {
    /// For what it is; `None` where it could not be read.
    #[must_use]
    pub fn what(&self) -> Option<OffWhat> {
        let words = support::words(&self.0);
        let has = |word: &str| words.iter().any(|found| found == word);
        let count: Option<Expr> = support::child(&self.0);
        Some(if has("those") {
            OffWhat::Those(count)
        } else if let Some(count) = count {
            if has("charge") {
                OffWhat::UnitsOfEach(count)
            } else {
                OffWhat::Units(count)
            }
        } else if has("all") {
            OffWhat::All
        } else {
            OffWhat::EachBundle(support::child(&self.0)?)
        })
    }
}

/// Which units come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnitsFirst {
    /// Those that cost most.
    Dearest,
    /// Those that cost least.
    Cheapest,
    /// Those of the first line.
    Lines,
}

impl UnitOrder {
    /// Which units come first.
    #[must_use]
    pub fn first(&self) -> UnitsFirst {
        if support::has_word(&self.0, "dearest") {
            UnitsFirst::Dearest
        } else if support::has_word(&self.0, "cheapest") {
            UnitsFirst::Cheapest
        } else {
            UnitsFirst::Lines
        }
    }
}

accessors!(Bound {
    /// The amount or the number.
    one value: Expr;
});

/// What a bound bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BoundOf {
    /// `at most AMOUNT`
    Most,
    /// `at least AMOUNT`
    Least,
    /// `at most N times`
    Times,
}

impl Bound {
    /// What it bounds.
    #[must_use]
    pub fn of(&self) -> BoundOf {
        let has = |word: &str| support::has_word(&self.0, word);
        if has("times") || has("time") {
            BoundOf::Times
        } else if has("least") {
            BoundOf::Least
        } else {
            BoundOf::Most
        }
    }
}

accessors!(SpreadBy {
    /// The weight; equal shares where there is none.
    one weight: Expr;
});

impl RemainderTo {
    /// The word that says who gets what is left over.
    #[must_use]
    pub fn to(&self) -> Option<String> {
        support::words(&self.0).into_iter().nth(2)
    }
}

accessors!(ForEvery {
    /// What has to be bought each time.
    many buys: Buy;
    /// Which units come first.
    one order: UnitOrder;
});

accessors!(Buy {
    /// How many units.
    one count: Expr;
    /// Of which charges.
    one charges: Charges;
});

accessors!(Gift {
    /// How many each time.
    one count: Expr;
    /// What each costs.
    nth(1) price: Expr;
    /// The product.
    one product: NameRef;
    /// How many times.
    many bounds: Bound;
});

impl Charges {
    /// The charges; `None` where they could not be read. A path of one name is a product.
    #[must_use]
    pub fn selection(&self) -> Option<ChargeSelection> {
        let words = support::words(&self.0);
        let class = match words.first().map(String::as_str) {
            Some("all" | "category") => Some(ChargeClass::All),
            Some("recurring") => Some(ChargeClass::Recurring),
            Some("one") => Some(ChargeClass::OneTime),
            Some("usage") => Some(ChargeClass::Usage),
            _ => None,
        };
        let Some(class) = class else {
            let charges: Vec<Path> = support::children(&self.0).collect();
            return (!charges.is_empty()).then_some(ChargeSelection::Charges(charges));
        };
        let names: Vec<NameRef> = support::children(&self.0).collect();
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
}

accessors!(CodeClause {
    /// The codes.
    many codes: Title;
});

impl Alone {
    /// Whether discounts may stand beside it.
    #[must_use]
    pub fn among_promotions(&self) -> bool {
        support::has_word(&self.0, "among")
    }

    /// Whether one that came before it keeps it out.
    #[must_use]
    pub fn unless_earlier(&self) -> bool {
        support::has_word(&self.0, "unless")
    }
}

accessors!(NeverTogether {
    /// The other one.
    one other: NameRef;
    /// Above which share of the price.
    one above: Expr;
    /// The one that stays, where it is named.
    nth(1) stays: NameRef;
});

impl NeverTogether {
    /// Whether `this one stays`.
    #[must_use]
    pub fn this_stays(&self) -> bool {
        support::has_word(&self.0, "this")
    }
}

accessors!(Budget {
    /// All there is.
    one amount: Expr;
    /// What is used so far.
    nth(1) used: Expr;
});

impl Budget {
    /// Whether what is left of it is used.
    #[must_use]
    pub fn partly(&self) -> bool {
        support::has_word(&self.0, "left")
    }
}

impl Redeemed {
    /// How often; once where there is no number.
    #[must_use]
    pub fn most(&self) -> Option<Expr> {
        let once = support::has_word(&self.0, "once");
        support::children(&self.0).next().filter(|_| !once)
    }

    /// How often it was used so far.
    #[must_use]
    pub fn used(&self) -> Option<Expr> {
        let place = usize::from(!support::has_word(&self.0, "once"));
        support::children(&self.0).nth(place)
    }

    /// Whether it is about one customer.
    #[must_use]
    pub fn per_customer(&self) -> bool {
        support::has_word(&self.0, "customer")
    }
}

accessors!(InGroup {
    /// The group.
    one name: NameRef;
});

accessors!(Group {
    /// Its name.
    one name: Name;
    /// Its title.
    one title: Title;
    /// The stage it stands in.
    one stage: NameRef;
    /// Its place in the stage.
    one priority: Literal;
});

/// What becomes of the members of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroupCombine {
    /// `the largest saving wins on each charge`
    LargestOnCharge,
    /// `the largest saving wins on the quote`
    LargestOnQuote,
    /// `the first that applies counts on each charge`
    FirstOnCharge,
    /// `the first that applies counts on the quote`
    FirstOnQuote,
    /// `all add up`
    AddUp,
    /// `one after the other`
    OneAfterTheOther,
}

impl Group {
    /// What becomes of its members; `None` where it could not be read.
    #[must_use]
    pub fn combine(&self) -> Option<GroupCombine> {
        let has = |word: &str| support::has_word(&self.0, word);
        let on_quote = has("quote");
        Some(if has("largest") {
            if on_quote {
                GroupCombine::LargestOnQuote
            } else {
                GroupCombine::LargestOnCharge
            }
        } else if has("first") {
            if on_quote {
                GroupCombine::FirstOnQuote
            } else {
                GroupCombine::FirstOnCharge
            }
        } else if has("add") {
            GroupCombine::AddUp
        } else if has("after") {
            GroupCombine::OneAfterTheOther
        } else {
            return None;
        })
    }
}
