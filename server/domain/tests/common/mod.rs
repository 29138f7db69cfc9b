//! A sale to test with: people, a priced snapshot of any shape, and a driver that decides and folds.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a broken fixture must stop the test where it breaks"
)]
#![allow(dead_code, reason = "each test file uses its part of it")]

use quo_domain::context::{Context, Decision};
use quo_domain::conversion;
use quo_domain::ids::{ActorId, LineId, OrderId, QuoteId, TaskId, TenantId};
use quo_domain::order::{self, Order, OrderCommand, OrderEvent, OrderState};
use quo_domain::quote::{
    self, Header, QuoteAction, QuoteCommand, QuoteEvent, QuoteFamily, QuoteLine, QuoteState,
};
use quo_domain::snapshot::{ApprovalNeed, PricedSnapshot, TaskPlan, Worsening};
use quo_domain::task::{Finding, TaskState};
use quo_domain::timer::TimerIntent;
use quo_domain::{Actor, ActorKind, Principal, Refusal, Timestamp};
use serde_json::json;

/// The moment the sale begins.
pub fn start() -> Timestamp {
    "2026-07-02T10:00:00Z".parse().unwrap()
}

/// A principal of the tenant `acme`; `roles` are separated by blanks.
pub fn principal(kind: ActorKind, id: &str, roles: &str) -> Principal {
    Principal {
        tenant: TenantId::parse("acme").unwrap(),
        actor: Actor {
            kind,
            id: ActorId::parse(id).unwrap(),
        },
        roles: roles.split_whitespace().map(str::to_owned).collect(),
    }
}

/// The sales representative.
pub fn rep() -> Principal {
    principal(ActorKind::User, "rep", "")
}

/// The platform itself.
pub fn system() -> Principal {
    principal(ActorKind::System, "quo", "")
}

/// Somebody who holds one role and has prepared nothing.
pub fn approver(role: &str) -> Principal {
    principal(ActorKind::User, &format!("holder-of-{role}"), role)
}

/// Circumstances with a reason.
pub fn context(principal: &Principal, now: Timestamp) -> Context {
    Context {
        now,
        principal: principal.clone(),
        reason: Some("because".to_owned()),
        jitter_permille: 0,
    }
}

/// The shape of what the engine answers.
#[derive(Debug, Clone)]
pub struct Shape {
    /// Approval cases, each with its steps of roles.
    pub approvals: Vec<Vec<Vec<&'static str>>>,
    /// The steps of each case for which one role is enough.
    pub any_of: Vec<u32>,
    /// Whether whoever prepared the offer may approve it.
    pub requester_may: bool,
    /// Whether one person may decide only once in all cases.
    pub never_twice: bool,
    /// Whether a decision may be handed on.
    pub delegation: bool,
    /// Who is asked in the place of whoever does not answer in time.
    pub goes_up_to: Option<&'static str>,
    /// What was judged, and what counts as worse.
    pub ask_again: Vec<Worsening>,
    /// What blocks the sale.
    pub blocking: Vec<&'static str>,
    /// Tasks with their predecessors.
    pub tasks: Vec<(&'static str, Vec<&'static str>)>,
    /// Tasks that can be undone.
    pub undo: Vec<&'static str>,
    /// The task after whose start the order is no longer cancelled.
    pub cut_off: Option<&'static str>,
    /// Tries of each task.
    pub tries: u32,
    /// Last day.
    pub expires_on: Option<&'static str>,
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            approvals: vec![vec![vec!["SalesManager"]]],
            any_of: vec![],
            requester_may: false,
            never_twice: false,
            delegation: false,
            goes_up_to: None,
            ask_again: vec![],
            blocking: vec![],
            tasks: vec![("billing", vec![]), ("provision", vec!["billing"])],
            undo: vec![],
            cut_off: None,
            tries: 2,
            expires_on: Some("2026-07-31"),
        }
    }
}

/// A header with a ruleset and a selling date.
pub fn header() -> Header {
    Header {
        account: "acct-1".to_owned(),
        ruleset: "acme.cloud".to_owned(),
        selling_date: "2026-07-02".to_owned(),
        facts: json!({"quote": {"currency": "EUR", "term": "12 months"}}),
        asked: json!({"Discretion": "5"}),
        overrides: serde_json::Value::Null,
        clauses: serde_json::Value::Null,
        codes: serde_json::Value::Null,
    }
}

/// A line.
pub fn line(id: &str) -> QuoteLine {
    QuoteLine {
        id: LineId::parse(id).unwrap(),
        offering: "Suite".to_owned(),
        configuration: json!({"seats": 500}),
    }
}

/// A snapshot of a shape.
pub fn snapshot(shape: &Shape) -> PricedSnapshot {
    PricedSnapshot {
        package: "p1".to_owned(),
        ruleset: "acme.cloud".to_owned(),
        ruleset_version: "3.2.0".to_owned(),
        selling_date: "2026-07-02".to_owned(),
        request: json!({"lines": [{"id": "1", "offering": "Suite"}]}),
        answer: json!({"net": "10175.00", "currency": "EUR"}),
        request_fingerprint: "v1:request".to_owned(),
        answer_fingerprint: "v1:answer".to_owned(),
        replay_token: "token".to_owned(),
        valid: shape.blocking.is_empty(),
        blocking: shape.blocking.iter().map(|b| (*b).to_owned()).collect(),
        warnings: vec!["enterprise usually takes audit".to_owned()],
        approvals: shape
            .approvals
            .iter()
            .enumerate()
            .map(|(row, steps)| ApprovalNeed {
                rule: "Commercial".to_owned(),
                row: format!("row-{}", row + 1),
                steps: steps
                    .iter()
                    .map(|group| group.iter().map(|role| (*role).to_owned()).collect())
                    .collect(),
                any_of: shape.any_of.clone(),
                within_minutes: Some(8 * 60),
                never_requester: !shape.requester_may,
                never_twice: shape.never_twice,
                delegation: shape.delegation,
                goes_up_to: shape.goes_up_to.map(str::to_owned),
                ask_again: shape.ask_again.clone(),
            })
            .collect(),
        tasks: shape
            .tasks
            .iter()
            .map(|(id, after)| TaskPlan {
                id: (*id).to_owned(),
                line: "1".to_owned(),
                task: format!("Suite.{id}"),
                system: "Billing".to_owned(),
                after: after.iter().map(|a| (*a).to_owned()).collect(),
                tries: shape.tries,
                within_minutes: Some(120),
                waiting_minutes: None,
                doubling: false,
                cut_off: shape.cut_off == Some(id),
                undo: shape.undo.contains(id).then(|| format!("undo_{id}")),
                payload: json!({"seats": 500}),
            })
            .collect(),
        expires_on: shape.expires_on.map(str::to_owned),
    }
}

/// A sale: decides commands, folds their events, and remembers everything that was decided.
#[derive(Debug, Clone)]
pub struct Sale {
    pub shape: Shape,
    pub now: Timestamp,
    pub family: Option<QuoteFamily>,
    pub order: Option<Order>,
    pub quote_events: Vec<QuoteEvent>,
    pub order_events: Vec<OrderEvent>,
    pub timers: Vec<TimerIntent>,
}

impl Sale {
    pub fn new(shape: Shape) -> Self {
        Self {
            shape,
            now: start(),
            family: None,
            order: None,
            quote_events: vec![],
            order_events: vec![],
            timers: vec![],
        }
    }

    pub fn family(&self) -> &QuoteFamily {
        self.family.as_ref().unwrap()
    }

    pub fn order(&self) -> &Order {
        self.order.as_ref().unwrap()
    }

    pub fn state(&self) -> QuoteState {
        self.family().revision(None).unwrap().state
    }

    /// Sends a command to the latest revision of the quote.
    pub fn quote(&mut self, by: &Principal, action: QuoteAction) -> Result<(), Refusal> {
        let command = QuoteCommand {
            revision: None,
            action,
        };
        let decision = quote::decide(self.family.as_ref(), &command, &context(by, self.now))?;
        self.fold_quote(decision);
        Ok(())
    }

    fn fold_quote(&mut self, decision: Decision<QuoteEvent>) {
        for event in decision.events {
            QuoteFamily::apply(&mut self.family, &event).unwrap();
            self.quote_events.push(event);
        }
        self.timers.extend(decision.timers);
    }

    /// Sends a command to the order.
    pub fn order_command(&mut self, by: &Principal, command: OrderCommand) -> Result<(), Refusal> {
        let decision = order::decide(self.order(), &command, &context(by, self.now))?;
        self.fold_order(decision);
        Ok(())
    }

    fn fold_order(&mut self, decision: Decision<OrderEvent>) {
        for event in decision.events {
            Order::apply(&mut self.order, &event).unwrap();
            self.order_events.push(event);
        }
        self.timers.extend(decision.timers);
    }

    /// Converts the accepted revision.
    pub fn convert(&mut self) -> Result<(), Refusal> {
        let order = OrderId::parse("O-1").unwrap();
        let context = context(&rep(), self.now);
        let conversion = conversion::convert(self.family(), None, &order, &context)?;
        self.fold_quote(conversion.quote);
        self.fold_order(conversion.order);
        Ok(())
    }

    pub fn price_action(&self) -> QuoteAction {
        QuoteAction::Price {
            content_version: self.family().revision(None).unwrap().content_version,
            snapshot: Box::new(snapshot(&self.shape)),
        }
    }

    /// Has everybody approve who is asked.
    pub fn approve_all(&mut self) {
        while self.state() == QuoteState::PendingApproval {
            let revision = self.family().revision(None).unwrap();
            let case = revision
                .approvals
                .iter()
                .find(|case| case.is_open())
                .unwrap();
            let (case, role) = (Some(case.number), case.missing_roles()[0].to_owned());
            self.quote(&approver(&role), QuoteAction::Approve { case, role })
                .unwrap();
        }
    }

    /// A sale of the shape whose latest revision, or for `superseded` its first, is in the state.
    pub fn in_state(state: QuoteState, shape: Shape) -> Self {
        use QuoteState as S;
        let mut sale = Self::new(shape);
        let quote = QuoteId::parse("Q-1").unwrap();
        let send = |sale: &mut Self, action| sale.quote(&rep(), action).unwrap();
        send(
            &mut sale,
            QuoteAction::Create {
                quote,
                header: header(),
            },
        );
        send(&mut sale, QuoteAction::AddLine { line: line("1") });
        if state == S::Draft {
            return sale;
        }
        let configuration = json!({"seats": 600});
        let first = LineId::parse("1").unwrap();
        send(
            &mut sale,
            QuoteAction::ConfigureLine {
                line: first,
                configuration,
            },
        );
        if state == S::Configured {
            return sale;
        }
        let price = sale.price_action();
        send(&mut sale, price);
        match state {
            S::Priced => return sale,
            S::Cancelled => send(&mut sale, QuoteAction::Cancel),
            S::Superseded => send(&mut sale, QuoteAction::Revise),
            S::Expired => {
                sale.now = "2026-08-01T00:00:00Z".parse().unwrap();
                sale.quote(&system(), QuoteAction::Expire).unwrap();
            }
            _ => {
                send(&mut sale, QuoteAction::Validate);
                sale.past_validation(state);
            }
        }
        sale
    }

    fn past_validation(&mut self, state: QuoteState) {
        use QuoteState as S;
        if state == S::Validated {
            return;
        }
        self.quote(&rep(), QuoteAction::SubmitForApproval).unwrap();
        if state == S::PendingApproval {
            return;
        }
        if state == S::Rejected {
            let role = "SalesManager".to_owned();
            self.quote(&approver(&role), QuoteAction::Reject { case: None, role })
                .unwrap();
            return;
        }
        self.approve_all();
        if state == S::Approved {
            return;
        }
        self.quote(&rep(), QuoteAction::Present).unwrap();
        if state == S::Presented {
            return;
        }
        let answer_fingerprint = "v1:answer".to_owned();
        self.quote(&rep(), QuoteAction::Accept { answer_fingerprint })
            .unwrap();
        if state == S::Accepted {
            return;
        }
        self.convert().unwrap();
    }

    /// A sale of the shape whose order is in the state.
    pub fn with_order_in(state: OrderState, shape: Shape) -> Self {
        use OrderState as S;
        let mut shape = shape;
        if matches!(state, S::Cancelling | S::CancellationHeld) && shape.undo.is_empty() {
            shape.undo = vec!["billing"];
        }
        let mut sale = Self::in_state(QuoteState::Converted, shape);
        let mut send = |command| sale.order_command(&rep(), command).unwrap();
        let path: &[OrderCommand] = match state {
            S::Captured => &[],
            S::Cancelled => &[OrderCommand::Cancel],
            S::Submitted => &[OrderCommand::Submit],
            S::Validated => &[OrderCommand::Submit, OrderCommand::Validate],
            _ => &[
                OrderCommand::Submit,
                OrderCommand::Validate,
                OrderCommand::Decompose,
            ],
        };
        path.iter().for_each(|command| send(command.clone()));
        match state {
            S::Held => sale.fail_for_good("billing"),
            S::Cancelling | S::CancellationHeld => {
                for task in sale.shape.undo.clone() {
                    sale.complete(task);
                }
                sale.order_command(&rep(), OrderCommand::Cancel).unwrap();
                if state == S::CancellationHeld {
                    sale.fail_for_good("billing");
                }
            }
            S::Completed => {
                for task in sale.shape.tasks.clone() {
                    sale.complete(task.0);
                }
            }
            _ => {}
        }
        sale
    }

    pub fn start_task(&mut self, task: &str) {
        let command = OrderCommand::StartTask {
            task: task_id(task),
            timeout_ms: 30_000,
        };
        self.order_command(&system(), command).unwrap();
    }

    pub fn attempt(&self, task: &str) -> u32 {
        self.order().task(&task_id(task)).unwrap().tries_now()
    }

    pub fn complete(&mut self, task: &str) {
        self.start_task(task);
        let (attempt, reference) = (self.attempt(task), Some("ref-1".to_owned()));
        let task = task_id(task);
        let command = OrderCommand::CompleteTask {
            task,
            attempt,
            reference,
        };
        self.order_command(&system(), command).unwrap();
    }

    pub fn fail_for_good(&mut self, task: &str) {
        self.start_task(task);
        let (attempt, detail) = (self.attempt(task), "account is closed".to_owned());
        let task = task_id(task);
        let command = OrderCommand::FailTask {
            task,
            attempt,
            may_pass: false,
            detail,
        };
        self.order_command(&system(), command).unwrap();
    }

    pub fn lose(&mut self, task: &str) {
        self.start_task(task);
        let (attempt, detail) = (self.attempt(task), "no answer in 30 s".to_owned());
        let task = task_id(task);
        let command = OrderCommand::TaskOutcomeUnknown {
            task,
            attempt,
            interrupted: false,
            detail,
        };
        self.order_command(&system(), command).unwrap();
    }

    pub fn look_up(&mut self, task: &str) {
        let command = OrderCommand::BeginReconciliation {
            task: task_id(task),
        };
        self.order_command(&system(), command).unwrap();
    }

    pub fn reconcile(&mut self, task: &str, finding: Finding) {
        let command = OrderCommand::ReconcileTask {
            task: task_id(task),
            finding,
        };
        self.order_command(&system(), command).unwrap();
    }

    /// A sale of the shape whose order is being worked on and whose first task is in the state;
    /// for `pending` it is the second that is.
    pub fn with_task_in(state: TaskState, shape: Shape) -> (Self, TaskId) {
        use TaskState as S;
        let mut sale = Self::with_order_in(OrderState::InProgress, shape);
        match state {
            S::Pending => return (sale, task_id("provision")),
            S::Ready => {}
            S::Started => sale.start_task("billing"),
            S::Unknown => sale.lose("billing"),
            S::Reconciling => {
                sale.lose("billing");
                sale.look_up("billing");
            }
            S::Completed => sale.complete("billing"),
            S::Withdrawn
            | S::Undoing
            | S::UndoUnknown
            | S::UndoReconciling
            | S::Undone
            | S::UndoFailed
            | S::Kept => return (Self::undoing(state), task_id("billing")),
            S::Failed => sale.fail_for_good("billing"),
            S::Skipped => {
                let command = OrderCommand::SkipTask {
                    task: task_id("billing"),
                };
                sale.order_command(&rep(), command).unwrap();
            }
        }
        (sale, task_id("billing"))
    }
}

impl Sale {
    /// A sale whose order is on its way back and held there by one task, so that anything may be asked; another one,
    /// `billing`, is in the state.
    pub fn undoing(state: TaskState) -> Self {
        use TaskState as S;
        let shape = Shape {
            // The last one is never begun, so that the order is not completed.
            tasks: vec![
                ("billing", vec![]),
                ("other", vec![]),
                ("later", vec!["billing", "other"]),
            ],
            undo: vec!["billing", "other"],
            ..Shape::default()
        };
        let mut sale = Self::with_order_in(OrderState::InProgress, shape);
        sale.complete("other");
        if state != S::Withdrawn {
            sale.complete("billing");
        }
        sale.order_command(&rep(), OrderCommand::Cancel).unwrap();
        sale.fail_for_good("other");
        match state {
            S::Undoing => sale.start_task("billing"),
            S::UndoUnknown => sale.lose("billing"),
            S::UndoReconciling => {
                sale.lose("billing");
                sale.look_up("billing");
            }
            S::Undone => sale.complete("billing"),
            S::UndoFailed | S::Kept => sale.fail_for_good("billing"),
            _ => {}
        }
        if state == S::Kept {
            let task = task_id("billing");
            sale.order_command(&rep(), OrderCommand::SkipTask { task })
                .unwrap();
        }
        sale
    }
}

pub fn task_id(id: &str) -> TaskId {
    TaskId::parse(id).unwrap()
}
