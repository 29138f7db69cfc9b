//! Approval matrices.

use super::expressions::Expr;
use super::frame::{Name, NameRef, Title};
use super::support::{self, accessors, nodes};
use super::tables::Table;
use crate::kind::SyntaxKind;

nodes! {
    /// `approval A "…" { … }`
    Approval = APPROVAL_ITEM;
    /// `let v = …`
    Let = LET;
    /// `DealDesk then CFO`, `none`
    Approvers = APPROVERS;
    /// `A and B`, `A or B`, `A`
    ApproverStep = APPROVER_STEP;
}

accessors!(Approval {
    /// Its name.
    one name: Name;
    /// Its title.
    one title: Title;
    /// Its values.
    many lets: Let;
    /// The matrix.
    one table: Table;
});

impl Approval {
    /// Whether `first match` says how a row is chosen.
    #[must_use]
    pub fn is_first_match(&self) -> bool {
        self.0
            .children()
            .any(|child| child.kind() == SyntaxKind::HIT_POLICY)
    }

    /// Whether `never the requester` stands at the end.
    #[must_use]
    pub fn never_the_requester(&self) -> bool {
        self.0
            .children()
            .any(|child| child.kind() == SyntaxKind::NEVER_REQUESTER)
    }
}

accessors!(Let {
    /// Its name.
    one name: Name;
    /// Its value.
    one value: Expr;
});

accessors!(Approvers {
    /// The steps, one after the other; none where nobody is needed.
    many steps: ApproverStep;
});

impl Approvers {
    /// Whether it says `none`.
    #[must_use]
    pub fn is_none(&self) -> bool {
        support::has_word(&self.0, "none")
    }
}

/// How the roles of one step share the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ApproverJoin {
    /// One role.
    One,
    /// `A and B`: together.
    All,
    /// `A or B`: either.
    Any,
}

accessors!(ApproverStep {
    /// The roles.
    many roles: NameRef;
});

impl ApproverStep {
    /// How they share the work.
    #[must_use]
    pub fn join(&self) -> ApproverJoin {
        if support::has_word(&self.0, "and") {
            ApproverJoin::All
        } else if support::has_word(&self.0, "or") {
            ApproverJoin::Any
        } else {
            ApproverJoin::One
        }
    }
}
