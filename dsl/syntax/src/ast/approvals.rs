//! Approval matrices.

use super::expressions::{Expr, Path};
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
    /// `unanswered in time goes up to CFO`
    GoesUp = GOES_UP;
    /// `ask again only when discount rises`
    AskAgain = ASK_AGAIN;
    /// `discount rises`
    Worsening = WORSENING;
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
    /// What becomes of a step that is not answered in time.
    one goes_up: GoesUp;
    /// When an approval that was given is asked for again.
    one ask_again: AskAgain;
});

impl Approval {
    fn has(&self, kind: SyntaxKind) -> bool {
        self.0.children().any(|child| child.kind() == kind)
    }

    fn policy_says(&self, word: &str) -> bool {
        self.0
            .children()
            .filter(|child| child.kind() == SyntaxKind::HIT_POLICY)
            .any(|child| support::has_word(&child, word))
    }

    /// Whether `first match` says how a row is chosen.
    #[must_use]
    pub fn is_first_match(&self) -> bool {
        self.policy_says("first")
    }

    /// Whether `every match` says that all rows that match ask.
    #[must_use]
    pub fn is_every_match(&self) -> bool {
        self.policy_says("every")
    }

    /// Whether `never the same person twice` stands at the end.
    #[must_use]
    pub fn never_twice(&self) -> bool {
        self.has(SyntaxKind::NEVER_TWICE)
    }

    /// Whether `delegation allowed` stands at the end.
    #[must_use]
    pub fn delegation_allowed(&self) -> bool {
        self.has(SyntaxKind::DELEGATION)
    }

    /// Whether `never the requester` stands at the end.
    #[must_use]
    pub fn never_the_requester(&self) -> bool {
        self.has(SyntaxKind::NEVER_REQUESTER)
    }
}

accessors!(GoesUp {
    /// The role; none for the next step.
    one role: NameRef;
});

accessors!(AskAgain {
    /// What counts as worse.
    many worsenings: Worsening;
});

accessors!(Worsening {
    /// The heading of the column.
    one column: Path;
});

/// What makes a value worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Worse {
    /// A larger one.
    Rises,
    /// A smaller one.
    Falls,
    /// Any other one.
    Changes,
}

impl Worsening {
    /// The direction.
    #[must_use]
    pub fn worse(&self) -> Option<Worse> {
        if support::has_word(&self.0, "rises") {
            Some(Worse::Rises)
        } else if support::has_word(&self.0, "falls") {
            Some(Worse::Falls)
        } else if support::has_word(&self.0, "changes") {
            Some(Worse::Changes)
        } else {
            None
        }
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

    /// The cell of a row that names them, in a test: `row.heading`.
    #[must_use]
    pub fn cell(&self) -> Option<Path> {
        support::child(&self.0)
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
