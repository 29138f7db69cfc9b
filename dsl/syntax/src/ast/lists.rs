//! Expressions over lists, calls, and what is asked of dates.

use super::expressions::{Expr, Rounding};
use super::frame::{Name, NameRef};
use super::support::{self, AstNode, accessors, nodes};
use crate::literal::PeriodUnit;

nodes! {
    /// `f(a, b)`, `R(x: a)`
    CallExpr = CALL_EXPR;
    /// `x: a`
    Argument = ARGUMENT;
    /// `(…).field`
    FieldExpr = FIELD_EXPR;
    /// `n months`
    PeriodExpr = PERIOD_EXPR;
    /// `[ a, b ]`
    ListedExpr = LISTED_EXPR;
    /// `sum of E for x in L where C`, `any x in L where C`
    AggregateExpr = AGGREGATE_EXPR;
    /// `for x at i in L where C`
    Loop = LOOP;
    /// `where C`
    Where = WHERE;
    /// `running v = A for x in L: B`
    RunningExpr = RUNNING_EXPR;
    /// `numbers from A to B`
    NumbersExpr = NUMBERS_EXPR;
    /// `days from A to B`
    SpanExpr = SPAN_EXPR;
    /// `year of D`, `months in P`
    MeasureExpr = MEASURE_EXPR;
    /// `items of P`
    ItemsExpr = ITEMS_EXPR;
    /// `item N of L`
    ItemExpr = ITEM_EXPR;
    /// `L sorted by K`
    SortedExpr = SORTED_EXPR;
    /// `K descending`
    SortKey = SORT_KEY;
    /// `spread A over L by W, rounded …, remainder to largest`
    SpreadExpr = SPREAD_EXPR;
    /// `by W`
    Weight = WEIGHT;
}

accessors!(CallExpr {
    /// What is called.
    one function: NameRef;
    /// With what.
    many arguments: Argument;
});

accessors!(Argument {
    /// The field it is for.
    one name: Name;
    /// The value.
    one value: Expr;
});

accessors!(FieldExpr {
    /// The record.
    one record: Expr;
    /// The field.
    one field: NameRef;
});

accessors!(PeriodExpr {
    /// How many.
    one count: Expr;
});

impl PeriodExpr {
    /// Of what.
    #[must_use]
    pub fn unit(&self) -> Option<PeriodUnit> {
        support::words(self.syntax())
            .iter()
            .find_map(|word| PeriodUnit::of(word))
    }
}

accessors!(ListedExpr {
    /// The elements.
    many elements: Expr;
});

/// What is worked out over a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aggregate {
    /// `sum of`
    Sum,
    /// `largest of`
    Largest,
    /// `smallest of`
    Smallest,
    /// `list of`
    List,
    /// `count of`
    Count,
    /// `any`
    Any,
    /// `every`
    Every,
    /// `first`
    First,
    /// `last`
    Last,
}

accessors!(AggregateExpr {
    /// What is worked out for each element, or the list itself; behind `satisfies` for `every`.
    one value: Expr;
    /// The elements.
    one elements: Loop;
});

impl AggregateExpr {
    /// What.
    #[must_use]
    pub fn what(&self) -> Option<Aggregate> {
        Some(match support::words(self.syntax()).first()?.as_str() {
            "sum" => Aggregate::Sum,
            "largest" => Aggregate::Largest,
            "smallest" => Aggregate::Smallest,
            "list" => Aggregate::List,
            "count" => Aggregate::Count,
            "any" => Aggregate::Any,
            "every" => Aggregate::Every,
            "first" => Aggregate::First,
            "last" => Aggregate::Last,
            _ => return None,
        })
    }
}

accessors!(Loop {
    /// The name of the element.
    nth(0) element: Name;
    /// The name of its position.
    nth(1) position: Name;
    /// The list.
    one list: Expr;
    /// Which elements.
    one filter: Where;
});

accessors!(Where {
    /// What must hold.
    one condition: Expr;
});

accessors!(RunningExpr {
    /// The name of what is carried along.
    one name: Name;
    /// What it is at the start.
    nth(0) start: Expr;
    /// What it becomes.
    nth(1) step: Expr;
    /// The elements.
    one elements: Loop;
});

impl RunningExpr {
    /// Whether every value on the way is wanted.
    #[must_use]
    pub fn is_list(&self) -> bool {
        support::has_word(self.syntax(), "list")
    }
}

accessors!(NumbersExpr {
    /// The first.
    nth(0) from: Expr;
    /// The last.
    nth(1) to: Expr;
});

accessors!(SpanExpr {
    /// Where it begins.
    nth(0) from: Expr;
    /// Where it ends.
    nth(1) to: Expr;
});

impl SpanExpr {
    /// The unit: `days`, `months` or `seconds`.
    #[must_use]
    pub fn unit(&self) -> String {
        support::words(self.syntax())
            .into_iter()
            .next()
            .unwrap_or_default()
    }
}

accessors!(MeasureExpr {
    /// Of what.
    nth(0) operand: Expr;
    /// In which time zone.
    nth(1) zone: Expr;
});

impl MeasureExpr {
    /// What is asked: `year`, `month`, `day`, `weekday`, `length`, `months` or `days`.
    #[must_use]
    pub fn what(&self) -> String {
        support::words(self.syntax())
            .into_iter()
            .next()
            .unwrap_or_default()
    }

    /// Whether it says `in` rather than `of`.
    #[must_use]
    pub fn is_in(&self) -> bool {
        support::words(self.syntax())
            .get(1)
            .is_some_and(|word| word == "in")
    }
}

accessors!(ItemsExpr {
    /// The product.
    one product: NameRef;
});

accessors!(ItemExpr {
    /// The position, from 1.
    nth(0) position: Expr;
    /// The list.
    nth(1) list: Expr;
});

accessors!(SortedExpr {
    /// The list.
    one list: Expr;
    /// The keys.
    many keys: SortKey;
});

accessors!(SortKey {
    /// What is compared.
    one key: Expr;
});

impl SortKey {
    /// Whether the largest comes first.
    #[must_use]
    pub fn is_descending(&self) -> bool {
        support::has_word(self.syntax(), "descending")
    }
}

accessors!(SpreadExpr {
    /// The amount.
    one amount: Expr;
    /// Over what.
    one elements: Loop;
    /// By what.
    one weight: Weight;
    /// How each share is rounded.
    one rounding: Rounding;
});

accessors!(Weight {
    /// The weight of an element.
    one value: Expr;
});

impl SpreadExpr {
    /// Where the remainder goes: `largest`, `first`, `last` or `heaviest`.
    #[must_use]
    pub fn remainder(&self) -> Option<String> {
        let words = support::words(self.syntax());
        let mut after = words.into_iter().skip_while(|word| word != "remainder");
        after.nth(2)
    }
}
