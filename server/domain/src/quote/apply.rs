//! Folding: what each event changes in a quote family.
//!
//! Nothing is decided here. The state after an event is the one the transition table names for it;
//! the folding functions only say what else changes. `None` means that the event names something
//! the family does not have.

use super::carry::{carried_cases, case_of as earlier_case};
use super::event::{
    ApprovalDelegated, ApprovalEscalated, ApprovalGranted, ApprovalRefused, QuoteAccepted,
    QuoteCreated, QuoteEvent, QuoteRevised, QuoteSubmittedForApproval,
};
use super::{Acceptance, Header, Price, QuoteFamily, QuoteLine, QuoteState, Revision};
use crate::approval::{ApprovalCase, CaseState, Delegation, RoleDecision};
use crate::ids::RevisionNo;
use crate::principal::Actor;
use crate::snapshot::PricedSnapshot;
use std::collections::BTreeSet;

pub(super) fn created(event: &QuoteCreated) -> QuoteFamily {
    QuoteFamily {
        id: event.quote.clone(),
        version: 1,
        revisions: vec![draft(event.revision, &event.header, Vec::new(), &event.by)],
    }
}

fn draft(number: RevisionNo, header: &Header, lines: Vec<QuoteLine>, by: &Actor) -> Revision {
    Revision {
        number,
        state: QuoteState::Draft,
        header: header.clone(),
        lines,
        content_version: 1,
        pinned_package: None,
        price: None,
        blocking: Vec::new(),
        approvals: Vec::new(),
        approval_fingerprint: None,
        acceptance: None,
        order: None,
        prepared_by: BTreeSet::from([by.clone()]),
    }
}

pub(super) fn apply(family: &mut QuoteFamily, event: &QuoteEvent) -> Option<()> {
    use QuoteEvent as E;
    use QuoteState as S;
    let number = revision_of(event);
    if let E::QuoteRevised(revised) = event {
        return apply_revised(family, revised);
    }
    // What earlier revisions were approved for, looked at before this one changes.
    let cases = match event {
        E::QuoteSubmittedForApproval(e) => opened(family, e)?,
        E::QuoteApproved(_) => still_approved(family, number),
        _ => Vec::new(),
    };
    let revision = family
        .revisions
        .iter_mut()
        .find(|revision| revision.number == number)?;
    match event {
        E::QuoteCreated(_) | E::QuoteRevised(_) => return None,
        E::QuoteHeaderChanged(e) => {
            revision.header = e.header.clone();
            let state = if revision.price.is_some() {
                S::Configured
            } else {
                revision.state
            };
            content_changed(revision, state, &e.by);
        }
        E::QuoteLineAdded(e) => {
            revision.lines.push(e.line.clone());
            content_changed(revision, S::Draft, &e.by);
        }
        E::QuoteLineConfigured(e) => {
            let line = revision.lines.iter_mut().find(|line| line.id == e.line)?;
            line.configuration = e.configuration.clone();
            content_changed(revision, S::Configured, &e.by);
        }
        E::QuoteLineRemoved(e) => {
            revision.lines.retain(|line| line.id != e.line);
            content_changed(revision, S::Draft, &e.by);
        }
        E::QuotePriced(e) => priced(revision, e.content_version, &e.snapshot),
        E::QuoteRepriced(e) => priced(revision, e.content_version, &e.snapshot),
        E::QuoteValidated(_) => revision.state = S::Validated,
        E::QuoteValidationFailed(e) => revision.blocking = e.blocking.clone(),
        E::QuoteSubmittedForApproval(e) => submitted(revision, e, cases),
        E::ApprovalGranted(e) => granted(revision, e)?,
        E::ApprovalRefused(e) => refused(revision, e)?,
        E::ApprovalDelegated(e) => delegated(revision, e)?,
        E::ApprovalEscalated(e) => escalated(revision, e)?,
        E::QuoteApproved(e) => {
            if revision.approvals.is_empty() {
                revision.approvals = cases;
            }
            revision.state = S::Approved;
            revision.approval_fingerprint = Some(e.approval_fingerprint.clone());
        }
        E::QuoteRejected(_) => ended(revision, S::Rejected),
        E::QuotePresented(_) => revision.state = S::Presented,
        E::QuoteAccepted(e) => accepted(revision, e),
        E::QuoteConverted(e) => {
            revision.state = S::Converted;
            revision.order = Some(e.order.clone());
        }
        E::QuoteExpired(_) => ended(revision, S::Expired),
        E::QuoteCancelled(_) => ended(revision, S::Cancelled),
    }
    Some(())
}

/// The revision an event is about.
fn revision_of(event: &QuoteEvent) -> RevisionNo {
    use QuoteEvent as E;
    match event {
        E::QuoteCreated(e) => e.revision,
        E::QuoteHeaderChanged(e) => e.revision,
        E::QuoteLineAdded(e) => e.revision,
        E::QuoteLineConfigured(e) => e.revision,
        E::QuoteLineRemoved(e) => e.revision,
        E::QuotePriced(e) => e.revision,
        E::QuoteRepriced(e) => e.revision,
        E::QuoteValidated(e) => e.revision,
        E::QuoteValidationFailed(e) => e.revision,
        E::QuoteSubmittedForApproval(e) => e.revision,
        E::ApprovalGranted(e) => e.revision,
        E::ApprovalRefused(e) => e.revision,
        E::ApprovalDelegated(e) => e.revision,
        E::ApprovalEscalated(e) => e.revision,
        E::QuoteApproved(e) => e.revision,
        E::QuoteRejected(e) => e.revision,
        E::QuotePresented(e) => e.revision,
        E::QuoteAccepted(e) => e.revision,
        E::QuoteConverted(e) => e.revision,
        E::QuoteExpired(e) => e.revision,
        E::QuoteCancelled(e) => e.revision,
        E::QuoteRevised(e) => e.revision,
    }
}

fn apply_revised(family: &mut QuoteFamily, event: &QuoteRevised) -> Option<()> {
    let old = family
        .revisions
        .iter_mut()
        .find(|r| r.number == event.supersedes)?;
    ended(old, QuoteState::Superseded);
    let (header, lines) = (old.header.clone(), old.lines.clone());
    family
        .revisions
        .push(draft(event.revision, &header, lines, &event.by));
    Some(())
}

fn content_changed(revision: &mut Revision, state: QuoteState, by: &Actor) {
    revision.state = state;
    revision.content_version = revision.content_version.saturating_add(1);
    revision.prepared_by.insert(by.clone());
    revision.price = None;
    revision.blocking.clear();
    revision.approvals.clear();
    revision.approval_fingerprint = None;
}

fn priced(revision: &mut Revision, content_version: u64, snapshot: &PricedSnapshot) {
    revision.state = QuoteState::Priced;
    revision.pinned_package = Some(snapshot.package.clone());
    revision.price = Some(Price {
        content_version,
        snapshot: snapshot.clone(),
    });
    revision.blocking.clear();
    revision.approvals.clear();
    revision.approval_fingerprint = None;
}

fn submitted(revision: &mut Revision, event: &QuoteSubmittedForApproval, cases: Vec<ApprovalCase>) {
    revision.state = QuoteState::PendingApproval;
    revision.prepared_by.insert(event.by.clone());
    revision.approvals = cases;
}

/// The cases of a submission: those that still hold from an earlier revision, and open ones.
fn opened(family: &QuoteFamily, event: &QuoteSubmittedForApproval) -> Option<Vec<ApprovalCase>> {
    let deadlines = event.deadlines.iter().copied();
    let deadlines = deadlines.chain(std::iter::repeat(None));
    let carried = event.carried.iter().copied();
    let carried = carried.chain(std::iter::repeat(None));
    (1..)
        .zip(&event.needs)
        .zip(deadlines.zip(carried))
        .map(|((number, need), (deadline, carried))| match carried {
            None => Some(ApprovalCase::open(number, need, deadline)),
            Some(carried) => {
                let (case, from) = earlier_case(family, carried)?;
                Some(ApprovalCase::carried(number, need, case, from))
            }
        })
        .collect()
}

/// The cases of a revision that was approved without asking anybody: those that still hold.
fn still_approved(family: &QuoteFamily, number: RevisionNo) -> Vec<ApprovalCase> {
    let revision = family.revision(Some(number));
    let price = revision.and_then(Revision::current_price);
    price.map_or_else(Vec::new, |price| carried_cases(family, price))
}

fn case_of(revision: &mut Revision, number: u32) -> Option<&mut ApprovalCase> {
    revision
        .approvals
        .iter_mut()
        .find(|case| case.number == number)
}

fn granted(revision: &mut Revision, event: &ApprovalGranted) -> Option<()> {
    let decision = RoleDecision {
        step: event.step,
        role: event.role.clone(),
        by: event.by.clone(),
        at: event.at,
        granted: true,
    };
    case_of(revision, event.case)?.record(decision, event.next_deadline);
    Some(())
}

fn refused(revision: &mut Revision, event: &ApprovalRefused) -> Option<()> {
    let decision = RoleDecision {
        step: event.step,
        role: event.role.clone(),
        by: event.by.clone(),
        at: event.at,
        granted: false,
    };
    case_of(revision, event.case)?.record(decision, None);
    Some(())
}

fn delegated(revision: &mut Revision, event: &ApprovalDelegated) -> Option<()> {
    case_of(revision, event.case)?.delegations.push(Delegation {
        role: event.role.clone(),
        by: event.by.clone(),
        to: event.to.clone(),
        at: event.at,
    });
    Some(())
}

fn escalated(revision: &mut Revision, event: &ApprovalEscalated) -> Option<()> {
    let case = case_of(revision, event.case)?;
    if let Some(role) = &event.to_role {
        case.go_up_to(role);
        case.deadline = event.next_deadline;
        return Some(());
    }
    match event.to_step {
        Some(step) => {
            case.escalated.push(event.step);
            case.step = step;
            case.deadline = event.next_deadline;
        }
        None => {
            case.state = CaseState::Overdue;
            case.deadline = None;
        }
    }
    Some(())
}

fn accepted(revision: &mut Revision, event: &QuoteAccepted) {
    revision.state = QuoteState::Accepted;
    revision.acceptance = Some(Acceptance {
        at: event.at,
        by: event.by.clone(),
        commitment_fingerprint: event.commitment_fingerprint.clone(),
    });
}

/// Ends a revision: whatever was still to be approved is withdrawn; everything else stays as
/// evidence.
fn ended(revision: &mut Revision, state: QuoteState) {
    revision.state = state;
    for case in revision.approvals.iter_mut().filter(|case| case.is_open()) {
        case.state = CaseState::Withdrawn;
        case.deadline = None;
    }
}
