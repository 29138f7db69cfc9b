//! Products, bundles and what may stand in them.

use super::expressions::{Expr, Literal};
use super::frame::{Name, NameRef, Title, Type, Window};
use super::support::{self, AstNode as _, accessors, nodes};
use super::tables::Table;
use crate::kind::SyntaxNode;

nodes! {
    /// `product Platform "…" in Bases { … }`
    Product = PRODUCT_ITEM;
    /// `bundle Suite "…" in Bases { … }`
    Bundle = BUNDLE_ITEM;
    /// `sku "PLT-100"`
    Sku = SKU;
    /// `sold from …`
    Sold = SOLD;
    /// `retired from 2026-06-01 unless …, migrate to A`
    Retired = RETIRED;
    /// `in { 8, 16 }` of an option
    OptionDomain = OPTION_DOMAIN;
    /// `overridable by A or B with reason`
    Overridable = OVERRIDABLE;
    /// `as warning`
    SeverityClause = SEVERITY;
    /// `option seats: Int from 1 to 100 = 1`
    Opt = OPTION;
    /// `charge subscription "…": recurring monthly per seats`
    Charge = CHARGE;
    /// `one time`, `recurring monthly`, `usage monthly`
    ChargeTiming = CHARGE_TIMING;
    /// `per seats`, `per 1_000 started of calls`
    ChargeQuantity = CHARGE_QUANTITY;
    /// `, prepaid yearly`, `, prepaid for the term`
    ChargePrepaid = CHARGE_PREPAID;
    /// `part addons: 0 to 5 kinds of { A, B }`
    Part = PART;
    /// `optional`, `one of`, `0 to 5 kinds of`
    PartCount = PART_COUNT;
    /// `each with seats = platform.seats`
    EachWith = EACH_WITH;
    /// `require`, `exclude`, `warn` or `allow`, in a bundle or as an item.
    Constraint = CONSTRAINT;
    /// `when CONDITION`
    When = WHEN;
}

accessors!(Product {
    /// Its name.
    one name: Name;
    /// Its title.
    one title: Title;
    /// Its category.
    one category: NameRef;
    /// Its stock keeping unit.
    one sku: Sku;
    /// When it is sold.
    one sold: Sold;
    /// From when on it is not sold to new business.
    one retired: Retired;
    /// Its options.
    many options: Opt;
    /// Its charges.
    many charges: Charge;
});

accessors!(Bundle {
    /// Its name.
    one name: Name;
    /// Its title.
    one title: Title;
    /// Its category.
    one category: NameRef;
    /// Its stock keeping unit.
    one sku: Sku;
    /// When it is sold.
    one sold: Sold;
    /// From when on it is not sold to new business.
    one retired: Retired;
    /// Its own options.
    many options: Opt;
    /// Its own charges.
    many charges: Charge;
    /// Its parts.
    many parts: Part;
    /// Its constraints.
    many constraints: Constraint;
});

accessors!(Sku {
    /// The text, where it is one.
    one title: Title;
    /// The table, where it depends on options.
    one table: Table;
});

accessors!(Retired {
    /// The first day on which it is not sold.
    one from: Literal;
    /// The products that take its place.
    many successors: NameRef;
});

impl Retired {
    /// For whom it is still sold.
    #[must_use]
    pub fn unless(&self) -> Option<Expr> {
        // The day is a literal like an expression; the condition stands behind it.
        let word = support::tokens(&self.0).find(|token| token.text() == "unless")?;
        let start = word.text_range().end();
        support::children::<Expr>(&self.0).find(|expr| expr.syntax().text_range().start() >= start)
    }
}

accessors!(OptionDomain {
    /// The values.
    many values: Expr;
});

accessors!(Overridable {
    /// The roles.
    many roles: NameRef;
});

impl Overridable {
    /// Whether a reason must be given.
    #[must_use]
    pub fn with_reason(&self) -> bool {
        support::has_word(&self.0, "reason")
    }
}

/// How much the violation of a constraint matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The quote may not go on.
    Error,
    /// Somebody should look at it.
    Warning,
    /// Somebody may want to know.
    Information,
}

impl SeverityClause {
    /// The severity.
    #[must_use]
    pub fn severity(&self) -> Option<Severity> {
        if support::has_word(&self.0, "error") {
            Some(Severity::Error)
        } else if support::has_word(&self.0, "warning") {
            Some(Severity::Warning)
        } else if support::has_word(&self.0, "information") {
            Some(Severity::Information)
        } else {
            None
        }
    }
}

accessors!(Sold {
    /// The days.
    one window: Window;
});

accessors!(Opt {
    /// Its name.
    one name: Name;
    /// Its type.
    one ty: Type;
    /// The values it may have, where they are listed.
    one domain: OptionDomain;
    /// Its default.
    one default: Expr;
});

accessors!(Charge {
    /// Its name.
    one name: Name;
    /// Its title.
    one title: Title;
    /// When it is charged.
    one timing: ChargeTiming;
    /// What the unit price is multiplied with; `None` charges the price as such.
    one quantity: ChargeQuantity;
    /// For how long it is paid in advance.
    one prepaid: ChargePrepaid;
});

/// When a charge falls due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Timing {
    /// `one time`
    OneTime,
    /// `recurring …`
    Recurring,
    /// `usage …`
    Usage,
}

/// The months that words such as `quarterly` or `every 2 years` name; a number is given with what it is multiplied by.
fn months(node: &SyntaxNode) -> Option<(u32, Option<Literal>)> {
    let words = support::words(node);
    let has = |word: &str| words.iter().any(|found| found == word);
    if has("every") {
        let of = if has("years") || has("year") { 12 } else { 1 };
        return Some((of, Some(support::child(node)?)));
    }
    let named = [("monthly", 1), ("quarterly", 3), ("yearly", 12)];
    let found = named.into_iter().find(|(word, _)| has(word));
    found.map(|(_, months)| (months, None))
}

impl ChargeTiming {
    /// The timing.
    #[must_use]
    pub fn timing(&self) -> Option<Timing> {
        match support::words(&self.0).first().map(String::as_str) {
            Some("one") => Some(Timing::OneTime),
            Some("recurring") => Some(Timing::Recurring),
            Some("usage") => Some(Timing::Usage),
            _ => None,
        }
    }

    /// The length of its period in months, times the number where one is written.
    #[must_use]
    pub fn months(&self) -> Option<(u32, Option<Literal>)> {
        months(&self.0)
    }
}

impl ChargePrepaid {
    /// Whether it is paid once for the whole term.
    #[must_use]
    pub fn is_for_term(&self) -> bool {
        support::has_word(&self.0, "term")
    }

    /// For how many months it is paid, times the number where one is written.
    #[must_use]
    pub fn months(&self) -> Option<(u32, Option<Literal>)> {
        months(&self.0)
    }
}

/// Which packs of a quantity are charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pack {
    /// Every begun one.
    Started,
    /// Complete ones only.
    Whole,
}

impl ChargeQuantity {
    /// What is counted.
    #[must_use]
    pub fn counted(&self) -> Option<Expr> {
        support::children(&self.0).last()
    }

    /// The size of a pack, where packs are charged.
    #[must_use]
    pub fn pack_size(&self) -> Option<Literal> {
        self.pack().and_then(|_| support::child(&self.0))
    }

    /// Whether it is `of` an amount, and not `per` something counted.
    #[must_use]
    pub fn is_amount(&self) -> bool {
        support::words(&self.0)
            .first()
            .is_some_and(|word| word == "of")
    }
}

impl ChargeQuantity {
    /// Which packs are charged, where packs are.
    #[must_use]
    pub fn pack(&self) -> Option<Pack> {
        if support::has_word(&self.0, "started") {
            Some(Pack::Started)
        } else if support::has_word(&self.0, "whole") {
            Some(Pack::Whole)
        } else {
            None
        }
    }
}

accessors!(Part {
    /// Its name.
    one name: Name;
    /// How many; `None` is exactly one of the one kind.
    one count: PartCount;
    /// The products it may be.
    many kinds: NameRef;
    /// Defaults of its products' options.
    many each_with: EachWith;
});

accessors!(PartCount {
    /// The fewest, of `N to M kinds of` and `N to M of`.
    nth(0) fewest: Literal;
    /// The most, of `N to M kinds of` and `N to M of`; none where both are one number.
    nth(1) most: Literal;
});

impl PartCount {
    /// `optional …`: may be left out.
    #[must_use]
    pub fn is_optional(&self) -> bool {
        support::has_word(&self.0, "optional")
    }

    /// `one of { … }`: one of several kinds.
    #[must_use]
    pub fn is_one_of(&self) -> bool {
        support::has_word(&self.0, "one")
    }

    /// `N to M kinds of { … }`: one each of several kinds.
    #[must_use]
    pub fn is_kinds_of(&self) -> bool {
        support::has_word(&self.0, "kinds")
    }

    /// `N to M of …`: so many, of one kind or of several, a kind more than once.
    #[must_use]
    pub fn is_many_of(&self) -> bool {
        self.fewest().is_some() && !self.is_kinds_of()
    }
}

accessors!(EachWith {
    /// The option of the part's products.
    one option: NameRef;
    /// Its default.
    one value: Expr;
});

/// What a constraint asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConstraintKind {
    /// Must hold.
    Require,
    /// Must not hold.
    Exclude,
    /// Should hold.
    Warn,
    /// A table of what is permitted.
    Allow,
}

accessors!(Constraint {
    /// Its name, where it has one.
    one name: Name;
    /// What is wrong when it does not hold.
    one message: Title;
    /// The condition of `require`, `exclude`, `warn`.
    one condition: Expr;
    /// The table of `allow`.
    one table: Table;
    /// Where it holds.
    one when: When;
    /// Who may override it.
    one overridable: Overridable;
    /// How much a violation matters.
    one severity: SeverityClause;
});

impl Constraint {
    /// What it asks for.
    #[must_use]
    pub fn kind(&self) -> Option<ConstraintKind> {
        match support::words(&self.0).first()?.as_str() {
            "require" => Some(ConstraintKind::Require),
            "exclude" => Some(ConstraintKind::Exclude),
            "warn" => Some(ConstraintKind::Warn),
            "allow" => Some(ConstraintKind::Allow),
            _ => None,
        }
    }
}

accessors!(When {
    /// The condition.
    one condition: Expr;
});
