//! Items that calculations are made of: records, functions, decision tables, data, results, modules.

use super::approvals::Let;
use super::expressions::{Expr, Otherwise, Path};
use super::frame::{Name, TableFile, Title, Type};
use super::items::Fact;
use super::support::{self, AstNode, accessors, nodes};
use super::tables::Table;

nodes! {
    /// `use std.calendar`
    Use = USE_ITEM;
    /// `record R { f: T, … }`
    Record = RECORD_ITEM;
    /// `define NAME: TYPE = EXPRESSION`, `define f(a: T): U { … }`, `constant c = …`
    Define = DEFINE_ITEM;
    /// `(a: T, b: U)`
    Parameters = PARAMETERS;
    /// `a: T`
    Parameter = PARAMETER;
    /// `give E`
    Give = GIVE;
    /// `data d: list of T …`
    Data = DATA_ITEM;
    /// `table t(a: T): U, first match …`
    DecisionTable = TABLE_ITEM;
    /// `first match`
    Policy = HIT_POLICY;
    /// `result r "…": T = …`
    ResultItem = RESULT_ITEM;
}

/// `is_private` for items that may be.
macro_rules! visibility {
    ($($view:ident),*) => {$(
        impl $view {
            /// Whether it is known in its file only.
            #[must_use]
            pub fn is_private(&self) -> bool {
                support::has_word(self.syntax(), "private")
            }
        }
    )*};
}

visibility!(Record, Define, Data, DecisionTable);

accessors!(Use {
    /// The module.
    one module: Path;
});

accessors!(Record {
    /// Its name.
    one name: Name;
    /// Its fields.
    many fields: Fact;
});

accessors!(Define {
    /// Its name.
    one name: Name;
    /// What it is worked out from; `None` for a value that has a name only.
    one parameters: Parameters;
    /// Its type.
    one ty: Type;
    /// The values named on the way.
    many lets: Let;
});

impl Define {
    /// Its value: behind `=`, or behind `give`.
    #[must_use]
    pub fn value(&self) -> Option<Expr> {
        let give: Option<Give> = support::child(self.syntax());
        match give {
            Some(give) => support::child(give.syntax()),
            None => support::child(self.syntax()),
        }
    }

    /// Whether its value stands in braces.
    #[must_use]
    pub fn has_body(&self) -> bool {
        support::token(self.syntax(), crate::kind::SyntaxKind::L_BRACE).is_some()
    }
}

accessors!(Parameters {
    /// The parameters.
    many parameters: Parameter;
});

accessors!(Parameter {
    /// Its name.
    one name: Name;
    /// Its type.
    one ty: Type;
});

accessors!(Data {
    /// Its name.
    one name: Name;
    /// Its type.
    one ty: Type;
    /// The file its rows stand in.
    one file: TableFile;
    /// Its rows.
    one table: Table;
});

accessors!(DecisionTable {
    /// Its name.
    one name: Name;
    /// What is decided on, and, where there are several outcomes, those.
    many parameters: Parameters;
    /// The type of the outcome, where there is one.
    one ty: Type;
    /// The hit policy.
    one policy: Policy;
    /// The file its rows stand in.
    one file: TableFile;
    /// Its rows.
    one table: Table;
    /// The outcome where no row holds.
    one otherwise: Otherwise;
});

/// Which of the rows that hold counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HitPolicy {
    /// At most one holds.
    Unique,
    /// The first.
    First,
    /// That with the smallest priority.
    Priority,
    /// All.
    Collect,
    /// Their sum.
    Sum,
    /// The smallest.
    Smallest,
    /// The largest.
    Largest,
    /// How many.
    Count,
}

impl Policy {
    /// Which.
    #[must_use]
    pub fn policy(&self) -> Option<HitPolicy> {
        let words = support::words(self.syntax());
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        Some(match words.as_slice() {
            ["unique"] => HitPolicy::Unique,
            ["first", "match"] => HitPolicy::First,
            ["priority"] => HitPolicy::Priority,
            ["collect"] => HitPolicy::Collect,
            ["collect", "sum"] => HitPolicy::Sum,
            ["collect", "smallest"] => HitPolicy::Smallest,
            ["collect", "largest"] => HitPolicy::Largest,
            ["collect", "count"] => HitPolicy::Count,
            _ => return None,
        })
    }
}

accessors!(ResultItem {
    /// Its name.
    one name: Name;
    /// What people see.
    one title: Title;
    /// Its type.
    one ty: Type;
    /// Its value.
    one value: Expr;
});
