//! Approvals that were given to an earlier revision and need not be asked for again.
//!
//! The rule says what counts as worse; what got no worse and asks the same people still holds. Which earlier case covers
//! a need follows from the family alone, so that whoever decides and whoever folds events agree.

use super::QuoteFamily;
use crate::approval::{ApprovalCase, CaseState};
use crate::ids::RevisionNo;
use crate::snapshot::PricedSnapshot;
use serde::{Deserialize, Serialize};

/// An approval case of an earlier revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Carried {
    /// The revision.
    pub revision: RevisionNo,
    /// Its case, counted from 1.
    pub case: u32,
}

/// For each approval that a price needs the case of an earlier revision that covers it, the latest first.
pub(super) fn carried(family: &QuoteFamily, price: &PricedSnapshot) -> Vec<Option<Carried>> {
    price
        .needed_approvals()
        .map(|need| {
            family.revisions.iter().rev().find_map(|revision| {
                let mut cases = revision.approvals.iter();
                let covers = |case: &&ApprovalCase| {
                    case.state == CaseState::Approved && need.is_covered_by(&case.need)
                };
                cases.find(covers).map(|case| Carried {
                    revision: revision.number,
                    case: case.number,
                })
            })
        })
        .collect()
}

/// The cases of a price that needs no approval beside those that still hold.
pub(super) fn carried_cases(family: &QuoteFamily, price: &PricedSnapshot) -> Vec<ApprovalCase> {
    (1..)
        .zip(price.needed_approvals())
        .zip(carried(family, price))
        .filter_map(|((number, need), carried)| {
            let (case, revision) = case_of(family, carried?)?;
            Some(ApprovalCase::carried(number, need, case, revision))
        })
        .collect()
}

/// The case that was carried over, and its revision.
pub(super) fn case_of(
    family: &QuoteFamily,
    carried: Carried,
) -> Option<(&ApprovalCase, RevisionNo)> {
    let revision = family.revision(Some(carried.revision))?;
    let case = revision
        .approvals
        .iter()
        .find(|case| case.number == carried.case)?;
    Some((case, carried.revision))
}
