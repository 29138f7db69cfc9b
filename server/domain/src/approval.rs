//! An approval case: who must approve, in which order, until when, and what they said.
//!
//! A case comes from one row of an approval matrix. Its steps follow one another; all roles of a
//! step must approve, in any order. A step that is not answered in time passes to the role the rule
//! names, or to the next step; the last step stays open and is marked overdue. One person decides once in a case, and never on
//! what they prepared themselves.

use crate::ids::RevisionNo;
use crate::machine::{Authority, Guard, Machine, Retry, SideEffect, Transition, names};
use crate::principal::Actor;
use crate::snapshot::ApprovalNeed;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

names! {
    /// The states of an approval case.
    pub enum CaseState {
        /// A step waits for its roles.
        Open = "open",
        /// The last step is late, and nobody is above it.
        Overdue = "overdue",
        /// Every step has approved or was passed over.
        Approved = "approved",
        /// A role refused.
        Refused = "refused",
        /// What was to be approved is gone.
        Withdrawn = "withdrawn",
    }
}

names! {
    /// The commands of an approval case.
    pub enum CaseVerb {
        /// One role approves.
        Grant = "approve",
        /// One role refuses.
        Refuse = "reject",
        /// One role hands its decision on to somebody else.
        Delegate = "delegate",
        /// The open step is late.
        Escalate = "escalate",
        /// What was to be approved is gone: withdrawn with its revision, or by another refusal.
        Withdraw = "withdraw",
    }
}

use CaseState::{Approved, Open, Overdue, Refused, Withdrawn};
use CaseVerb as C;

type Row = Transition<CaseState, C>;

const DECIDERS: &[Guard] = &[
    Guard::RoleIsAsked,
    Guard::SegregationOfDuties,
    Guard::DecidesOnce,
];

const fn grant(from: CaseState, to: CaseState) -> Row {
    Row::new(from, C::Grant, to, "quo.approval.granted")
        .by(Authority::Approver)
        .guarded(DECIDERS)
}

const fn refuse(from: CaseState) -> Row {
    Row::new(from, C::Refuse, Refused, "quo.approval.refused")
        .by(Authority::Approver)
        .guarded(DECIDERS)
}

const fn delegate(from: CaseState) -> Row {
    Row::new(from, C::Delegate, from, "quo.approval.delegated")
        .by(Authority::Approver)
        .guarded(&[
            Guard::DelegationAllowed,
            Guard::RoleIsAsked,
            Guard::SegregationOfDuties,
        ])
}

const fn withdraw(from: CaseState) -> Row {
    // Recorded by the event that ends the revision; the case has none of its own.
    Row::new(from, C::Withdraw, Withdrawn, "quo.quote.*")
        .by(Authority::Anyone)
        .effects(&[SideEffect::ClearsTimers])
}

/// The transition table of an approval case.
pub const TRANSITIONS: &[Row] = &[
    grant(Open, Open).when(Guard::StepContinues),
    grant(Open, Open)
        .when(Guard::AnotherStepFollows)
        .effects(&[SideEffect::SetsDeadline])
        .times_out_with(C::Escalate),
    grant(Open, Approved).effects(&[SideEffect::ClearsTimers]),
    refuse(Open),
    delegate(Open),
    Row::new(Open, C::Escalate, Open, "quo.approval.escalated")
        .when(Guard::RoleAbove)
        .by(Authority::System)
        .guarded(&[Guard::DeadlinePassed])
        .effects(&[SideEffect::SetsDeadline])
        .times_out_with(C::Escalate)
        .retried(Retry::Idempotent),
    Row::new(Open, C::Escalate, Open, "quo.approval.escalated")
        .when(Guard::AnotherStepFollows)
        .by(Authority::System)
        .guarded(&[Guard::DeadlinePassed])
        .effects(&[SideEffect::SetsDeadline])
        .times_out_with(C::Escalate)
        .retried(Retry::Idempotent),
    Row::new(Open, C::Escalate, Overdue, "quo.approval.escalated")
        .by(Authority::System)
        .guarded(&[Guard::DeadlinePassed])
        .effects(&[SideEffect::ClearsTimers]),
    withdraw(Open),
    grant(Overdue, Overdue).when(Guard::StepContinues),
    grant(Overdue, Approved),
    refuse(Overdue),
    delegate(Overdue),
    withdraw(Overdue),
];

/// The state machine of an approval case.
pub const MACHINE: Machine<CaseState, C> = Machine {
    name: "approval case",
    initial: Open,
    created_by: "quo.quote.submitted_for_approval",
    transitions: TRANSITIONS,
};

/// What one role said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RoleDecision {
    /// The step, counted from 1.
    pub step: u32,
    /// The role.
    pub role: String,
    /// Who held it.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// Whether the role approved.
    pub granted: bool,
}

/// A decision that was handed on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Delegation {
    /// The role.
    pub role: String,
    /// Who held it.
    pub by: Actor,
    /// Who decides in their place.
    pub to: Actor,
    /// When.
    pub at: Timestamp,
}

/// An approval case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApprovalCase {
    /// Its number within the revision, from 1.
    pub number: u32,
    /// What the matrix asked for; steps without roles are left out.
    pub need: ApprovalNeed,
    /// Its state.
    pub state: CaseState,
    /// The step that is open, counted from 1.
    pub step: u32,
    /// When the open step must be answered.
    pub deadline: Option<Timestamp>,
    /// Steps that were passed over because they did not answer.
    pub escalated: Vec<u32>,
    /// What was said, in order.
    pub decisions: Vec<RoleDecision>,
    /// Decisions that were handed on, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub delegations: Vec<Delegation>,
    /// The earlier revision whose approval still holds, where this was not asked for again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carried_from: Option<RevisionNo>,
}

impl ApprovalCase {
    /// A case as it is opened.
    #[must_use]
    pub fn open(number: u32, need: &ApprovalNeed, deadline: Option<Timestamp>) -> Self {
        let mut need = need.clone();
        need.steps.retain(|group| !group.is_empty());
        Self {
            number,
            need,
            state: Open,
            step: 1,
            deadline,
            escalated: Vec::new(),
            decisions: Vec::new(),
            delegations: Vec::new(),
            carried_from: None,
        }
    }

    /// A case that need not be asked for again: it was approved as `before` in an earlier revision.
    #[must_use]
    pub fn carried(number: u32, need: &ApprovalNeed, before: &Self, from: RevisionNo) -> Self {
        Self {
            state: Approved,
            step: before.step,
            decisions: before.decisions.clone(),
            delegations: before.delegations.clone(),
            carried_from: Some(before.carried_from.unwrap_or(from)),
            ..Self::open(number, need, None)
        }
    }

    /// The role that is asked in the place of the open step when that is late, where one is and is not asked already.
    #[must_use]
    pub fn role_above(&self) -> Option<&str> {
        let above = self.need.goes_up_to.as_deref()?;
        let step = usize::try_from(self.step.saturating_sub(1)).ok()?;
        let asked = self.need.steps.get(step)?;
        (asked.as_slice() != [above]).then_some(above)
    }

    /// Asks `role` in the place of the open step.
    pub(crate) fn go_up_to(&mut self, role: &str) {
        let step = usize::try_from(self.step.saturating_sub(1)).ok();
        if let Some(asked) = step.and_then(|step| self.need.steps.get_mut(step)) {
            *asked = vec![role.to_owned()];
        }
        self.need.any_of.retain(|step| *step != self.step);
        self.escalated.push(self.step);
    }

    /// Whether somebody who holds the role handed its decision on to the actor.
    #[must_use]
    pub fn is_delegate(&self, actor: &Actor, role: &str) -> bool {
        let mut delegations = self.delegations.iter();
        self.need.delegation && delegations.any(|it| it.role == role && it.to == *actor)
    }

    /// Roles of the open step that have not approved yet.
    #[must_use]
    pub fn missing_roles(&self) -> Vec<&str> {
        let step = usize::try_from(self.step.saturating_sub(1)).unwrap_or(usize::MAX);
        let group = self
            .need
            .steps
            .get(step)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let granted = |role: &str| {
            self.decisions
                .iter()
                .any(|d| d.step == self.step && d.role == role && d.granted)
        };
        if self.one_is_enough() && group.iter().any(|role| granted(role)) {
            return Vec::new();
        }
        group
            .iter()
            .map(String::as_str)
            .filter(|role| !granted(role))
            .collect()
    }

    /// Whether one of the roles of the open step is enough.
    #[must_use]
    pub fn one_is_enough(&self) -> bool {
        self.need.any_of.contains(&self.step)
    }

    /// Whether a step follows the open one.
    #[must_use]
    pub fn another_step_follows(&self) -> bool {
        usize::try_from(self.step).is_ok_and(|step| step < self.need.steps.len())
    }

    /// When a step opened at `now` must be answered.
    #[must_use]
    pub fn deadline_from(need: &ApprovalNeed, now: Timestamp) -> Option<Timestamp> {
        need.within_minutes
            .map(|minutes| now.plus_millis(i64::from(minutes) * crate::time::MINUTE_MS))
    }

    /// Notes what a role said and moves on: to the next step, which must answer by
    /// `next_deadline`, or to the end of the case.
    pub(crate) fn record(&mut self, decision: RoleDecision, next_deadline: Option<Timestamp>) {
        let granted = decision.granted;
        self.decisions.push(decision);
        if !granted {
            self.state = Refused;
            self.deadline = None;
        } else if self.missing_roles().is_empty() {
            if self.another_step_follows() {
                self.step = self.step.saturating_add(1);
                self.deadline = next_deadline;
            } else {
                self.state = Approved;
                self.deadline = None;
            }
        }
    }

    /// Whether somebody may still decide.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self.state, Open | Overdue)
    }

    /// What holds for a decision of `actor` in `role` at `now`, in the words of the table's guards.
    ///
    /// # Errors
    /// What the guard saw, in words.
    pub(crate) fn holds(&self, guard: Guard, asked: &Asked<'_>) -> Result<(), String> {
        let missing = self.missing_roles();
        let holds = |yes: bool, detail: String| if yes { Ok(()) } else { Err(detail) };
        match guard {
            Guard::RoleIsAsked => {
                let case = self.number;
                holds(
                    missing.contains(&asked.role),
                    format!(
                        "approval case {case} waits for {}, not for `{}`",
                        quoted(
                            &missing,
                            if self.one_is_enough() {
                                " or "
                            } else {
                                " and "
                            }
                        ),
                        asked.role
                    ),
                )?;
                holds(
                    asked.has_role || self.is_delegate(asked.actor, asked.role),
                    format!("`{}` does not hold the role `{}`", asked.actor, asked.role),
                )
            }
            Guard::SegregationOfDuties => holds(
                !(asked.prepared && self.need.never_requester),
                format!("`{}` prepared what is to be approved", asked.actor),
            ),
            Guard::DecidesOnce => {
                holds(
                    !self.decisions.iter().any(|d| d.by == *asked.actor),
                    format!(
                        "`{}` has already decided in this approval case",
                        asked.actor
                    ),
                )?;
                holds(
                    !(self.need.never_twice && asked.decided_elsewhere),
                    format!(
                        "`{}` has already decided in another case of `{}`",
                        asked.actor, self.need.rule
                    ),
                )
            }
            Guard::DelegationAllowed => holds(
                self.need.delegation,
                format!("`{}` lets nobody hand a decision on", self.need.rule),
            ),
            Guard::RoleAbove => holds(
                self.role_above().is_some(),
                "no other role is asked in its place".to_owned(),
            ),
            Guard::StepContinues => holds(
                missing.len() > 1 && !self.one_is_enough(),
                "no other role of the step is missing".to_owned(),
            ),
            Guard::AnotherStepFollows => holds(
                self.another_step_follows(),
                "it is the last step".to_owned(),
            ),
            Guard::DeadlinePassed => match self.deadline {
                Some(deadline) => holds(
                    asked.now >= deadline,
                    format!("the step has time until {deadline}"),
                ),
                None => Err("the step has no deadline".to_owned()),
            },
            other => Err(format!("an approval case knows nothing of `{other}`")),
        }
    }
}

/// Who decides what, when: what the guards of a case look at.
pub(crate) struct Asked<'a> {
    pub now: Timestamp,
    pub actor: &'a Actor,
    pub role: &'a str,
    pub has_role: bool,
    pub prepared: bool,
    /// Whether the actor has decided in another case of the same rule.
    pub decided_elsewhere: bool,
}

fn quoted(roles: &[&str], between: &str) -> String {
    let roles: Vec<String> = roles.iter().map(|role| format!("`{role}`")).collect();
    if roles.is_empty() {
        "nobody".to_owned()
    } else {
        roles.join(between)
    }
}
