//! State machines as data: transition tables, how a command finds its row, and their diagrams.
//!
//! A table says, for each state and command, where it leads, which event records it, who may send
//! it, what must hold, what else happens, how it times out, whether it may be repeated and how it
//! is undone. Several rows for one state and command are alternatives, told apart by their `when`;
//! the first that holds is taken. The machine must not know what a guard means: whoever resolves a
//! command answers that.

use crate::principal::{ActorKind, Principal};
use crate::refusal::Refusal;
use std::fmt;
use std::fmt::Write as _;

/// A state or command of a machine: a closed set of names.
pub trait Name: Copy + Eq + fmt::Debug + 'static {
    /// All members, in the order of the documentation.
    const ALL: &'static [Self];

    /// The member's name as it is written in messages, events and diagrams.
    fn name(self) -> &'static str;
}

/// Declares a closed set of names: an enum, its [`Name`], and its JSON form.
macro_rules! names {
    ($(#[$doc:meta])* $vis:vis enum $type:ident { $($(#[$member_doc:meta])* $member:ident = $name:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        $vis enum $type { $($(#[$member_doc])* #[serde(rename = $name)] $member,)* }

        impl $crate::machine::Name for $type {
            const ALL: &'static [Self] = &[$(Self::$member,)*];
            fn name(self) -> &'static str {
                match self { $(Self::$member => $name,)* }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str($crate::machine::Name::name(*self))
            }
        }
    };
}
pub(crate) use names;

names! {
    /// What must hold for a transition, or which of several alternatives is taken.
    pub enum Guard {
        /// The revision has at least one line.
        HasLines = "has lines",
        /// The line id is not in use.
        LineIsNew = "line is new",
        /// The named line exists.
        LineExists = "line exists",
        /// The snapshot was priced from the draft as it stands.
        PricedFromThisContent = "priced from this content",
        /// The snapshot comes from the package the revision is pinned to.
        PackageIsPinned = "package is pinned",
        /// Dates, plan and approvals of the snapshot are well-formed.
        SnapshotIsWellFormed = "snapshot is well-formed",
        /// The snapshot is valid and nothing blocks the sale.
        NothingBlocks = "nothing blocks",
        /// The draft has not changed since it was priced.
        PriceIsCurrent = "price is current",
        /// The last day of the price has not passed.
        NotExpired = "not expired",
        /// The last day of the price has passed.
        ExpiryPassed = "expiry passed",
        /// At least one approval is needed.
        ApprovalNeeded = "approval needed",
        /// Every needed approval has been given.
        FullyApproved = "fully approved",
        /// After this approval others are still missing.
        MoreApprovalsMissing = "more approvals missing",
        /// The approver did not prepare what is to be approved.
        SegregationOfDuties = "segregation of duties",
        /// The approver holds the role the open step asks for, and the step still misses it.
        RoleIsAsked = "role is asked",
        /// The approver has not yet decided in this approval case.
        DecidesOnce = "decides once",
        /// After this role the same step still misses others.
        StepContinues = "step continues",
        /// A role is named that is asked in the place of the open step, and it is not the one asked already.
        RoleAbove = "role above",
        /// The rule lets an approver hand a decision on.
        DelegationAllowed = "delegation allowed",
        /// After this step another follows.
        AnotherStepFollows = "another step follows",
        /// The step's deadline has passed.
        DeadlinePassed = "deadline passed",
        /// The acceptance names the fingerprint of the presented price.
        FingerprintNamed = "fingerprint named",
        /// No other revision of the family is accepted or converted.
        OnlyConvertible = "only convertible revision",
        /// A reason was given.
        ReasonGiven = "reason given",
        /// The order's snapshot is the accepted one, and it was accepted in time.
        SnapshotIsIntact = "snapshot is intact",
        /// The plan has at least one task.
        HasTasks = "has tasks",
        /// No task has been started.
        NoTaskStarted = "no task started",
        /// No task has been started after whose start the order is no longer cancelled.
        BeforeCutOff = "before cut-off",
        /// Nothing is under way, and nothing that was done is still to be undone.
        NothingToUndo = "nothing to undo",
        /// After this an undo has failed for good.
        UndoFailed = "undo failed",
        /// After this no undo is failed any more.
        NoUndoFailed = "no undo failed",
        /// The order is not being cancelled.
        OrderGoesOn = "order goes on",
        /// The order is being cancelled, and the task has an undo.
        IsToBeUndone = "is to be undone",
        /// Every task that waited for it is at rest: undone, or never done.
        SuccessorsUndone = "successors undone",
        /// The downstream system says it undid the task.
        FoundUndone = "found undone",
        /// After this every task is completed or skipped.
        LastTask = "last task",
        /// After this a task has failed for good.
        TaskFailed = "task failed",
        /// After this no task is failed any more.
        NoTaskFailed = "no task failed",
        /// Every task it waits for is completed or skipped.
        PredecessorsDone = "predecessors done",
        /// The wait before the next try is over.
        BackoffOver = "backoff over",
        /// The named try is the one under way.
        CurrentTry = "current try",
        /// The failure may pass, a try is left and its window is open.
        MayTryAgain = "may try again",
        /// The downstream system says it did the task.
        FoundDone = "found done",
        /// The downstream system says it never did the task.
        FoundNotDone = "found not done",
        /// The downstream system cannot say yet.
        StillUnknown = "still unknown",
    }
}

names! {
    /// Who may send a command.
    pub enum Authority {
        /// A person or a service.
        Business = "a person or a service",
        /// A person who holds the asked role.
        Approver = "an approver",
        /// The platform itself.
        System = "the platform",
        /// The platform, a service or a person.
        Anyone = "anyone",
    }
}

impl Authority {
    /// Whether the principal is of the kind that may act.
    #[must_use]
    pub fn admits(self, principal: &Principal) -> bool {
        match (self, principal.actor.kind) {
            (Self::Anyone, _) | (Self::System, ActorKind::System) => true,
            (Self::Business, kind) => kind != ActorKind::System,
            (Self::Approver, kind) => kind == ActorKind::User,
            (Self::System, _) => false,
        }
    }
}

names! {
    /// What else happens with a transition, besides its event.
    pub enum SideEffect {
        /// The price and everything that rests on it is dropped.
        DropsPrice = "drops price",
        /// The revision is pinned to the package.
        PinsPackage = "pins package",
        /// The timer of the quote's expiry is set.
        SetsExpiryTimer = "sets expiry timer",
        /// The timers of the revision are cleared.
        ClearsTimers = "clears timers",
        /// Approval cases are opened with their deadlines.
        OpensApprovalCases = "opens approval cases",
        /// Approval cases that are still open are withdrawn.
        WithdrawsApprovalCases = "withdraws approval cases",
        /// A new revision with the same lines is created.
        CreatesRevision = "creates revision",
        /// An order is captured in the same transaction.
        CapturesOrder = "captures order",
        /// Tasks are created from the accepted plan.
        CreatesTasks = "creates tasks",
        /// Tasks that were not begun never will be.
        WithdrawsTasks = "withdraws tasks",
        /// Tasks that waited for this one become ready.
        ReleasesSuccessors = "releases successors",
        /// The deadline of this step or try is set.
        SetsDeadline = "sets deadline",
        /// The wait before the next try is set.
        SetsBackoff = "sets backoff",
        /// The downstream system will be asked what became of the task.
        SchedulesReconciliation = "schedules reconciliation",
    }
}

names! {
    /// Whether the effect of a transition may be tried again.
    pub enum Retry {
        /// Repeating the command with its idempotency key gives the first answer.
        Idempotent = "idempotent",
        /// A further try is safe, since this one is known not to have happened.
        Safe = "safe",
        /// Only after the outcome has been looked up.
        AfterReconciliation = "after reconciliation",
        /// Only by a person's decision.
        ByRepair = "by repair",
    }
}

/// One row of a transition table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition<S: 'static, C: 'static> {
    /// The state before.
    pub from: S,
    /// The command.
    pub command: C,
    /// Tells alternatives apart; `None` holds always.
    pub when: Option<Guard>,
    /// The state after.
    pub to: S,
    /// Type of the event that records it.
    pub event: &'static str,
    /// What must hold, else the command is refused.
    pub guards: &'static [Guard],
    /// Who may send it.
    pub authority: Authority,
    /// What else happens.
    pub side_effects: &'static [SideEffect],
    /// The command that a timer sends when the new state lasts too long.
    pub times_out_with: Option<C>,
    /// The command that undoes it, as far as it can be undone.
    pub compensated_by: Option<C>,
    /// Whether it may be tried again.
    pub retry: Retry,
}

impl<S: Copy, C: Copy> Transition<S, C> {
    /// A row for people and services, without guards or side effects.
    pub const fn new(from: S, command: C, to: S, event: &'static str) -> Self {
        Self {
            from,
            command,
            when: None,
            to,
            event,
            guards: &[],
            authority: Authority::Business,
            side_effects: &[],
            times_out_with: None,
            compensated_by: None,
            retry: Retry::Idempotent,
        }
    }

    /// The row as one of several alternatives.
    #[must_use]
    pub const fn when(mut self, condition: Guard) -> Self {
        self.when = Some(condition);
        self
    }

    /// The row with what must hold.
    #[must_use]
    pub const fn guarded(mut self, guards: &'static [Guard]) -> Self {
        self.guards = guards;
        self
    }

    /// The row with who may send the command.
    #[must_use]
    pub const fn by(mut self, authority: Authority) -> Self {
        self.authority = authority;
        self
    }

    /// The row with what else happens.
    #[must_use]
    pub const fn effects(mut self, side_effects: &'static [SideEffect]) -> Self {
        self.side_effects = side_effects;
        self
    }

    /// The row with the command its timer sends.
    #[must_use]
    pub const fn times_out_with(mut self, command: C) -> Self {
        self.times_out_with = Some(command);
        self
    }

    /// The row with the command that undoes it.
    #[must_use]
    pub const fn compensated_by(mut self, command: C) -> Self {
        self.compensated_by = Some(command);
        self
    }

    /// The row with whether it may be tried again.
    #[must_use]
    pub const fn retried(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }
}

/// A state machine: a name, where it begins, and its table.
#[derive(Debug, Clone, Copy)]
pub struct Machine<S: 'static, C: 'static> {
    /// Name in messages and diagrams.
    pub name: &'static str,
    /// The state after creation.
    pub initial: S,
    /// The event that creates it.
    pub created_by: &'static str,
    /// The table.
    pub transitions: &'static [Transition<S, C>],
}

impl<S: Name, C: Name> Machine<S, C> {
    /// The rows for a command in a state, in order.
    pub fn rows(&self, state: S, command: C) -> impl Iterator<Item = &'static Transition<S, C>> {
        self.transitions
            .iter()
            .filter(move |row| row.from == state && row.command == command)
    }

    /// The commands that have a row in a state, in the order of [`Name::ALL`].
    #[must_use]
    pub fn allowed(&self, state: S) -> Vec<C> {
        C::ALL
            .iter()
            .copied()
            .filter(|c| self.rows(state, *c).next().is_some())
            .collect()
    }

    /// Whether nothing leads out of the state.
    #[must_use]
    pub fn is_final(&self, state: S) -> bool {
        !self
            .transitions
            .iter()
            .any(|row| row.from == state && row.to != state)
    }

    /// Finds the row a command takes: there must be one, the actor must be of its kind, its `when`
    /// must hold, and then every guard. `holds` answers a guard with what it saw when it does not.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`], [`Refusal::NotAuthorised`] or [`Refusal::Guarded`].
    pub fn resolve(
        &self,
        state: S,
        command: C,
        principal: &Principal,
        holds: impl Fn(Guard) -> Result<(), String>,
    ) -> Result<&'static Transition<S, C>, Refusal> {
        let mut alternatives = self.rows(state, command).peekable();
        let Some(first) = alternatives.peek().copied() else {
            return Err(self.not_allowed(state, command));
        };
        if !first.authority.admits(principal) {
            return Err(Refusal::NotAuthorised {
                command: command.name(),
                authority: first.authority,
                actor: principal.actor.to_string(),
            });
        }
        let guarded = |guard, detail| Refusal::Guarded {
            command: command.name(),
            guard,
            detail,
        };
        let mut missed = None;
        for row in alternatives {
            if let Some(condition) = row.when
                && let Err(detail) = holds(condition)
            {
                missed = missed.or(Some(guarded(condition, detail)));
                continue;
            }
            for guard in row.guards {
                holds(*guard).map_err(|detail| guarded(*guard, detail))?;
            }
            return Ok(row);
        }
        Err(missed.unwrap_or_else(|| self.not_allowed(state, command)))
    }

    fn not_allowed(&self, state: S, command: C) -> Refusal {
        Refusal::NotAllowed {
            machine: self.name,
            command: command.name(),
            state: state.name(),
            allowed: self.allowed(state).into_iter().map(Name::name).collect(),
        }
    }

    /// The machine as a Mermaid state diagram.
    #[must_use]
    pub fn mermaid(&self) -> String {
        let id = |state: S| state.name().replace(' ', "_");
        let mut text = String::from("stateDiagram-v2\n");
        // Writing to a string cannot fail.
        let _ = writeln!(text, "    [*] --> {}", id(self.initial));
        for row in self.transitions {
            let condition = row.when.map(|g| format!(" [{g}]")).unwrap_or_default();
            let (from, to, command) = (id(row.from), id(row.to), row.command.name());
            let _ = writeln!(text, "    {from} --> {to}: {command}{condition}");
        }
        for state in S::ALL.iter().filter(|state| self.is_final(**state)) {
            let _ = writeln!(text, "    {} --> [*]", id(*state));
        }
        text
    }

    /// The machine's table in Markdown: one row a transition, with all that it says.
    #[must_use]
    pub fn markdown(&self) -> String {
        let join = |names: Vec<&'static str>| {
            if names.is_empty() {
                "—".to_owned()
            } else {
                names.join(", ")
            }
        };
        let mut text = String::from(
            "| from | command | when | to | event | must hold | by | also | times out with | undone by | repeat |\n\
             | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n",
        );
        for row in self.transitions {
            let cells = [
                row.from.name().to_owned(),
                row.command.name().to_owned(),
                join(row.when.iter().map(|g| g.name()).collect()),
                row.to.name().to_owned(),
                format!("`{}`", row.event),
                join(row.guards.iter().map(|g| g.name()).collect()),
                row.authority.name().to_owned(),
                join(row.side_effects.iter().map(|e| e.name()).collect()),
                join(row.times_out_with.iter().map(|c| c.name()).collect()),
                join(row.compensated_by.iter().map(|c| c.name()).collect()),
                row.retry.name().to_owned(),
            ];
            let _ = writeln!(text, "| {} |", cells.join(" | "));
        }
        text
    }
}
