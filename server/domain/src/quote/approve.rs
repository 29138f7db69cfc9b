//! Answers in approval cases, and what they mean for the revision.
//!
//! A command about a case is decided twice: by the case's table, which says what becomes of the
//! case, and by the revision's, which says whether that was the last approval missing.

use super::decide::{Decided, Deciding};
use super::event::{
    ApprovalDelegated, ApprovalEscalated, ApprovalGranted, ApprovalRefused, QuoteApproved,
    QuoteRejected,
};
use super::{MACHINE, QuoteState, QuoteVerb};
use crate::approval::{self, ApprovalCase, Asked, CaseState, CaseVerb, RoleDecision};
use crate::context::Decision;
use crate::fingerprint;
use crate::machine::{Guard, Transition};
use crate::principal::Actor;
use crate::refusal::Refusal;

type CaseRow = Transition<CaseState, CaseVerb>;

impl Deciding<'_> {
    /// One role's answer in an approval case, and what it means for the revision.
    pub(super) fn answer(&self, case: Option<u32>, role: &str, granted: bool) -> Decided {
        self.is_allowed_at_all()?;
        let case = self.case_for(case, role)?;
        let verb = if granted {
            CaseVerb::Grant
        } else {
            CaseVerb::Refuse
        };
        let row = self.resolve_case(case, verb, role)?;
        let decision = RoleDecision {
            step: case.step,
            role: role.to_owned(),
            by: self.context.principal.actor.clone(),
            at: self.context.now,
            granted,
        };
        if granted {
            self.granted(case, row, decision)
        } else {
            self.refused(case, decision)
        }
    }

    fn granted(&self, case: &ApprovalCase, case_row: &CaseRow, said: RoleDecision) -> Decided {
        let opens_next = case_row.when == Some(Guard::AnotherStepFollows);
        let next_deadline = opens_next
            .then(|| ApprovalCase::deadline_from(&case.need, self.context.now))
            .flatten();
        let mut cases = self.revision.approvals.clone();
        if let Some(after) = cases.iter_mut().find(|other| other.number == case.number) {
            after.record(said.clone(), next_deadline);
        }
        let missing = cases.iter().any(|case| case.state != CaseState::Approved);
        let row = self.resolve(missing)?;

        let (quote, revision) = (self.family.id.clone(), self.revision.number);
        let answer_fingerprint = self.price()?.answer_fingerprint.clone();
        let decision = Decision::of(
            ApprovalGranted {
                quote: quote.clone(),
                revision,
                case: case.number,
                step: said.step,
                role: said.role,
                by: said.by,
                at: said.at,
                answer_fingerprint: answer_fingerprint.clone(),
                next_deadline,
            }
            .into(),
        );
        let decision = match (next_deadline, case_row.to) {
            (Some(_), _) => {
                decision.with_timers([self.approval_intent(case.number, next_deadline)])
            }
            (None, CaseState::Approved) if case.deadline.is_some() => {
                decision.with_timers([self.approval_intent(case.number, None)])
            }
            _ => decision,
        };
        if row.to != QuoteState::Approved {
            return Ok(decision);
        }
        let approval_fingerprint = fingerprint::of(&cases)?;
        Ok(decision.and(
            QuoteApproved {
                quote,
                revision,
                answer_fingerprint,
                approval_fingerprint,
            }
            .into(),
        ))
    }

    fn refused(&self, case: &ApprovalCase, said: RoleDecision) -> Decided {
        self.resolve(false)?;
        let (quote, revision) = (self.family.id.clone(), self.revision.number);
        let refused = ApprovalRefused {
            quote: quote.clone(),
            revision,
            case: case.number,
            step: said.step,
            role: said.role,
            by: said.by,
            at: said.at,
            answer_fingerprint: self.price()?.answer_fingerprint.clone(),
        };
        let rejected = QuoteRejected {
            quote,
            revision,
            case: case.number,
        };
        Ok(Decision::of(refused.into())
            .and(rejected.into())
            .with_timers(self.clear_timers()))
    }

    pub(super) fn escalate(&self, number: u32) -> Decided {
        self.resolve(false)?;
        let case = self.case(number)?;
        let row = self.resolve_case(case, CaseVerb::Escalate, "")?;
        let to_role = (row.when == Some(Guard::RoleAbove))
            .then(|| case.role_above().map(str::to_owned))
            .flatten();
        let goes_on = row.to == CaseState::Open;
        let to_step = (goes_on && to_role.is_none()).then(|| case.step.saturating_add(1));
        let next_deadline = goes_on
            .then(|| ApprovalCase::deadline_from(&case.need, self.context.now))
            .flatten();
        let event = ApprovalEscalated {
            quote: self.family.id.clone(),
            revision: self.revision.number,
            case: number,
            step: case.step,
            to_step,
            to_role,
            next_deadline,
        };
        let timer = self.approval_intent(number, next_deadline);
        Ok(Decision::of(event.into()).with_timers([timer]))
    }

    /// One role's decision, handed on to somebody else.
    pub(super) fn delegate(&self, case: Option<u32>, role: &str, to: &Actor) -> Decided {
        self.is_allowed_at_all()?;
        let case = self.case_for(case, role)?;
        self.resolve_case(case, CaseVerb::Delegate, role)?;
        self.resolve(false)?;
        let event = ApprovalDelegated {
            quote: self.family.id.clone(),
            revision: self.revision.number,
            case: case.number,
            role: role.to_owned(),
            by: self.context.principal.actor.clone(),
            to: to.clone(),
            at: self.context.now,
        };
        Ok(Decision::of(event.into()))
    }

    /// Refuses what the revision's state does not know at all, before its cases are looked at.
    fn is_allowed_at_all(&self) -> Result<(), Refusal> {
        let verb = self.action.verb().unwrap_or(QuoteVerb::Revise);
        match MACHINE.rows(self.revision.state, verb).next() {
            Some(_) => Ok(()),
            None => self.resolve(false).map(|_| ()),
        }
    }

    fn resolve_case(
        &self,
        case: &ApprovalCase,
        verb: CaseVerb,
        role: &str,
    ) -> Result<&'static CaseRow, Refusal> {
        let principal = &self.context.principal;
        let asked = Asked {
            now: self.context.now,
            actor: &principal.actor,
            role,
            has_role: principal.has_role(role),
            prepared: self.revision.prepared_by.contains(&principal.actor),
            decided_elsewhere: self.revision.approvals.iter().any(|other| {
                other.number != case.number
                    && other.need.rule == case.need.rule
                    && other.decisions.iter().any(|it| it.by == principal.actor)
            }),
        };
        approval::MACHINE.resolve(case.state, verb, principal, |g| case.holds(g, &asked))
    }

    fn case(&self, number: u32) -> Result<&ApprovalCase, Refusal> {
        self.revision
            .approvals
            .iter()
            .find(|case| case.number == number)
            .ok_or_else(|| Refusal::NotFound {
                what: "approval case",
                id: number.to_string(),
            })
    }

    /// The named case, or the first open one that asks for the role, or the first open one.
    fn case_for(&self, number: Option<u32>, role: &str) -> Result<&ApprovalCase, Refusal> {
        if let Some(number) = number {
            return self.case(number);
        }
        let open = || self.revision.approvals.iter().filter(|case| case.is_open());
        open()
            .find(|case| case.missing_roles().contains(&role))
            .or_else(|| open().next())
            .ok_or_else(|| Refusal::NotFound {
                what: "open approval case",
                id: role.to_owned(),
            })
    }
}
