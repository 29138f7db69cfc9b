//! The desk of the simulation: chooses commands, mostly sensible ones, and handles them the way a
//! service does: look the key up, load, decide, append.
#![expect(
    clippy::indexing_slicing,
    reason = "the choices are indexes into lists that are not empty"
)]

use crate::sale::{Shape, approver, header, line, rep, snapshot, start, system};
use quo_domain::cloudevents;
use quo_domain::command::Command;
use quo_domain::conversion;
use quo_domain::event::{EventBody, NewEvent};
use quo_domain::ids::{
    CommandId, CorrelationId, IdempotencyKey, OrderId, QuoteId, StreamId, TenantId,
};
use quo_domain::order::{self, Order, OrderCommand, OrderState};
use quo_domain::ports::{Clock, IdSource};
use quo_domain::quote::{self, QuoteAction, QuoteCommand, QuoteFamily, QuoteState};
use quo_domain::simulation::{SeededClock, SeededIds, SeededRandom};
use quo_domain::task::{Finding, TaskState};
use quo_domain::timer::TimerIntent;
use quo_domain::upcast::Upcasters;
use quo_domain::{Principal, Refusal};
use quo_store::{
    Append, Appended, Claim, EventStore, Idempotency, OutboxRow, StoreError, StreamAppend,
};
use serde::Serialize;
use std::sync::Mutex;

/// Quotes that are worked on at the same time.
const QUOTES: u64 = 4;

/// What a command of the simulation is about.
#[derive(Debug, Clone, Serialize)]
pub enum Work {
    Quote(QuoteId, QuoteCommand),
    Convert(QuoteId, OrderId),
    Order(OrderId, OrderCommand),
}

/// What became of a command.
pub struct Answer {
    pub key: String,
    pub events: Vec<String>,
    pub response: Vec<u8>,
    pub appended: Appended,
}

impl Answer {
    fn of(key: String, appended: Appended) -> Self {
        Self {
            key,
            events: vec![],
            response: vec![],
            appended,
        }
    }
}

/// A command that was decided.
pub enum Prepared {
    /// It had been answered before.
    Known(Answer),
    /// It is still to be stored.
    ToSend(Box<Append>),
}

/// Sends what was decided.
pub async fn send(store: &dyn EventStore, prepared: Prepared) -> Result<Answer, Failure> {
    let append = match prepared {
        Prepared::Known(answer) => return Ok(answer),
        Prepared::ToSend(append) => *append,
    };
    let Idempotency { key, response, .. } = append.idempotency.clone().unwrap();
    let events = append.streams.iter().flat_map(|s| &s.events);
    let events = events.map(|event| event.id.to_string()).collect();
    let appended = store.append(append).await?;
    Ok(Answer {
        key: key.to_string(),
        events,
        response,
        appended,
    })
}

/// Why a command changed nothing.
#[derive(Debug)]
pub enum Failure {
    Refused,
    Store(StoreError),
}

impl From<Refusal> for Failure {
    fn from(_: Refusal) -> Self {
        Self::Refused
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

pub struct Desk {
    random: SeededRandom,
    clock: SeededClock,
    ids: SeededIds,
    tenant: TenantId,
    /// Quotes worked on now, by number; an ended one makes place for a new one.
    open: Mutex<Vec<u64>>,
    /// Commands sent before, to be repeated.
    sent: Mutex<Vec<Command<Work>>>,
}

impl Desk {
    pub fn new(seed: u64) -> Self {
        Self {
            random: SeededRandom::new(seed),
            clock: SeededClock::starting_at(start()),
            ids: SeededIds::new(seed ^ 0xA5A5),
            tenant: rep().tenant,
            open: Mutex::new((0..QUOTES).collect()),
            sent: Mutex::new(Vec::new()),
        }
    }

    pub fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    fn one_in(&self, n: u64) -> bool {
        self.random.below(n) == 0
    }

    fn pick<'a, T>(&self, from: &'a [T]) -> &'a T {
        &from[usize::try_from(self.random.below(from.len() as u64)).unwrap()]
    }

    /// One to four commands to be sent at once, often about the same quote.
    pub async fn commands_of_a_round(&self, store: &dyn EventStore) -> Vec<Command<Work>> {
        self.clock
            .advance_millis(i64::try_from(self.random.below(90_000)).unwrap());
        let quote = self.open_quote(store).await;
        let mut commands = Vec::new();
        for _ in 0..=self.random.below(4) {
            commands.push(self.command(store, &quote).await);
        }
        self.sent.lock().unwrap().extend(commands.iter().cloned());
        commands
    }

    /// A quote that is worked on; one that has ended is replaced after a while.
    async fn open_quote(&self, store: &dyn EventStore) -> QuoteId {
        let slot = usize::try_from(self.random.below(QUOTES)).unwrap();
        let id = |number: u64| QuoteId::parse(format!("Q-{number}")).unwrap();
        let number = self.open.lock().unwrap()[slot];
        let family = self.family(store, &id(number)).await;
        let cancelled = family
            .as_ref()
            .and_then(|family| family.revision(None))
            .is_some_and(|revision| revision.state == QuoteState::Cancelled);
        let done = self
            .order_of(store, family.as_ref())
            .await
            .is_some_and(|order| {
                matches!(order.state, OrderState::Completed | OrderState::Cancelled)
            });
        if (cancelled || done) && self.one_in(4) {
            self.open.lock().unwrap()[slot] = number + QUOTES;
            return id(number + QUOTES);
        }
        id(number)
    }

    async fn command(&self, store: &dyn EventStore, quote: &QuoteId) -> Command<Work> {
        let repeated = {
            let sent = self.sent.lock().unwrap();
            (!sent.is_empty() && self.one_in(6)).then(|| self.pick(&sent).clone())
        };
        if let Some(mut command) = repeated {
            if self.one_in(3) {
                // The same key for something else.
                command.reason = Some(format!("another reason {}", self.random.next_u64()));
            }
            return command;
        }
        let family = self.family(store, quote).await;
        let (work, version, by) = match self.order_of(store, family.as_ref()).await {
            Some(order) if !self.one_in(5) => {
                let (command, by) = self.order_work(&order);
                (Work::Order(order.id.clone(), command), order.version, by)
            }
            _ => {
                let version = family.as_ref().map_or(0, |family| family.version);
                let (work, by) = self.quote_work(quote, family.as_ref());
                (work, version, by)
            }
        };
        let stale = if self.one_in(8) {
            self.random.below(3)
        } else {
            0
        };
        let id = self.ids.next(self.clock.now());
        Command {
            command_id: CommandId::parse(id.clone()).unwrap(),
            idempotency_key: IdempotencyKey::parse(id).unwrap(),
            expected_version: version.saturating_sub(stale),
            principal: by,
            correlation: CorrelationId::parse("run").unwrap(),
            causation: None,
            reason: Some("because".to_owned()),
            payload: work,
        }
    }

    async fn family(&self, store: &dyn EventStore, quote: &QuoteId) -> Option<QuoteFamily> {
        let events = store
            .load(&self.tenant, &StreamId::of_quote(quote))
            .await
            .unwrap();
        QuoteFamily::load(&events, &Upcasters::current()).unwrap()
    }

    async fn order(&self, store: &dyn EventStore, order: &OrderId) -> Option<Order> {
        let events = store
            .load(&self.tenant, &StreamId::of_order(order))
            .await
            .unwrap();
        Order::load(&events, &Upcasters::current()).unwrap()
    }

    async fn order_of(
        &self,
        store: &dyn EventStore,
        family: Option<&QuoteFamily>,
    ) -> Option<Order> {
        let order = family?
            .revisions
            .iter()
            .rev()
            .find_map(|r| r.order.clone())?;
        self.order(store, &order).await
    }

    /// Mostly the next step of the straight path, sometimes anything.
    fn quote_work(&self, quote: &QuoteId, family: Option<&QuoteFamily>) -> (Work, Principal) {
        let create = QuoteAction::Create {
            quote: quote.clone(),
            header: header(),
        };
        let Some(revision) = family.and_then(|family| family.revision(None)) else {
            let command = QuoteCommand {
                revision: None,
                action: create,
            };
            return (Work::Quote(quote.clone(), command), rep());
        };
        let priced = || {
            (
                revision.content_version,
                Box::new(snapshot(&Shape::default())),
            )
        };
        let price = || {
            let (content_version, snapshot) = priced();
            QuoteAction::Price {
                content_version,
                snapshot,
            }
        };
        let answer_fingerprint = "v1:answer".to_owned();
        let accept = || QuoteAction::Accept {
            answer_fingerprint: answer_fingerprint.clone(),
        };
        let role = "SalesManager".to_owned();
        let approve = QuoteAction::Approve {
            case: None,
            role: role.clone(),
        };
        let add = || QuoteAction::AddLine {
            line: line(&format!("{}", self.random.below(5))),
        };
        let order = OrderId::parse(format!("O-{}", self.ids.next(self.clock.now()))).unwrap();
        if self.one_in(5) {
            let any = [
                create,
                add(),
                price(),
                QuoteAction::Revise,
                QuoteAction::Cancel,
                QuoteAction::Expire,
                QuoteAction::Reject { case: None, role },
                accept(),
                QuoteAction::Present,
            ];
            let by = [rep(), system(), approver("SalesManager")];
            let command = QuoteCommand {
                revision: None,
                action: self.pick(&any).clone(),
            };
            return (Work::Quote(quote.clone(), command), self.pick(&by).clone());
        }
        let (action, by) = match revision.state {
            QuoteState::Draft | QuoteState::Configured if revision.lines.is_empty() => {
                (add(), rep())
            }
            QuoteState::Draft | QuoteState::Configured => (price(), rep()),
            QuoteState::Priced => (QuoteAction::Validate, rep()),
            QuoteState::Validated => (QuoteAction::SubmitForApproval, rep()),
            QuoteState::PendingApproval => (approve, approver("SalesManager")),
            QuoteState::Approved => (QuoteAction::Present, rep()),
            QuoteState::Presented => (accept(), rep()),
            QuoteState::Accepted => return (Work::Convert(quote.clone(), order), rep()),
            _ => (QuoteAction::Revise, rep()),
        };
        (
            Work::Quote(
                quote.clone(),
                QuoteCommand {
                    revision: None,
                    action,
                },
            ),
            by,
        )
    }

    /// Mostly what the first unfinished task needs, sometimes anything.
    fn order_work(&self, order: &Order) -> (OrderCommand, Principal) {
        let opening = [
            OrderCommand::Submit,
            OrderCommand::Validate,
            OrderCommand::Decompose,
        ];
        let unfinished: Vec<_> = order.tasks.iter().filter(|task| !task.is_done()).collect();
        if unfinished.is_empty() || self.one_in(12) {
            let cancel = [OrderCommand::Cancel];
            let from = if self.one_in(40) {
                &cancel[..]
            } else {
                &opening[..]
            };
            return (self.pick(from).clone(), rep());
        }
        let task = *self.pick(&unfinished);
        let (id, attempt, detail) = (task.id.clone(), task.tries, "as it happens".to_owned());
        let command = match (task.state, self.random.below(6)) {
            (TaskState::Started, 0) => OrderCommand::FailTask {
                task: id,
                attempt,
                may_pass: true,
                detail,
            },
            (TaskState::Started, 1 | 2) => OrderCommand::TaskOutcomeUnknown {
                task: id,
                attempt,
                interrupted: false,
                detail,
            },
            (TaskState::Started, _) => OrderCommand::CompleteTask {
                task: id,
                attempt,
                reference: None,
            },
            (TaskState::Unknown, _) => OrderCommand::BeginReconciliation { task: id },
            (TaskState::Reconciling, 0) => OrderCommand::ReconcileTask {
                task: id,
                finding: Finding::Unknown,
            },
            (TaskState::Reconciling, 1) => OrderCommand::ReconcileTask {
                task: id,
                finding: Finding::NotDone,
            },
            (TaskState::Reconciling, _) => OrderCommand::ReconcileTask {
                task: id,
                finding: Finding::Done { reference: None },
            },
            (TaskState::Failed, _) => return (OrderCommand::RetryTask { task: id }, rep()),
            _ => OrderCommand::StartTask {
                task: id,
                timeout_ms: 30_000,
            },
        };
        (command, system())
    }

    /// Decides a command as a service does, up to the append, which is sent later: meanwhile others
    /// may have sent theirs.
    pub async fn prepare(
        &self,
        store: &dyn EventStore,
        command: &Command<Work>,
    ) -> Result<Prepared, Failure> {
        let key = command.idempotency_key.to_string();
        let hash = command.request_hash("simulation").unwrap();
        let first = store
            .first_answer(&self.tenant, &command.idempotency_key, &hash)
            .await?;
        if let Some(response) = first {
            return Ok(Prepared::Known(Answer::of(
                key,
                Appended::Replayed { response },
            )));
        }
        let mut append = Append::of(self.tenant.clone());
        self.decide(store, command, &mut append).await?;
        let events = append.streams.iter().flat_map(|s| &s.events);
        let events: Vec<String> = events.map(|event| event.id.to_string()).collect();
        let response = format!("{key}: {}", events.join(", ")).into_bytes();
        append.idempotency = Some(Idempotency {
            key: command.idempotency_key.clone(),
            request_hash: hash,
            response,
        });
        Ok(Prepared::ToSend(Box::new(append)))
    }

    async fn decide(
        &self,
        store: &dyn EventStore,
        command: &Command<Work>,
        append: &mut Append,
    ) -> Result<(), Failure> {
        let context = command.context(self.clock.now(), 0);
        let expected = command.expected_version;
        match &command.payload {
            Work::Quote(id, work) => {
                let family = self.family(store, id).await;
                let decision = quote::decide(family.as_ref(), work, &context)?;
                let stream = StreamId::of_quote(id);
                self.add(
                    command,
                    stream,
                    expected,
                    &decision.events,
                    decision.timers,
                    append,
                );
            }
            Work::Order(id, work) => {
                let order = self.order(store, id).await.unwrap();
                let decision = order::decide(&order, work, &context)?;
                let stream = StreamId::of_order(id);
                self.add(
                    command,
                    stream,
                    expected,
                    &decision.events,
                    decision.timers,
                    append,
                );
            }
            Work::Convert(id, order) => {
                let family = self.family(store, id).await.unwrap();
                let both = conversion::convert(&family, None, order, &context)?;
                let stream = StreamId::of_quote(id);
                self.add(
                    command,
                    stream,
                    expected,
                    &both.quote.events,
                    both.quote.timers,
                    append,
                );
                let stream = StreamId::of_order(order);
                self.add(
                    command,
                    stream,
                    0,
                    &both.order.events,
                    both.order.timers,
                    append,
                );
                append.claims.push(Claim {
                    kind: conversion::ORDER_OF_REVISION.to_owned(),
                    value: both.claim,
                    owner: order.to_string(),
                });
            }
        }
        Ok(())
    }

    fn add<E: EventBody>(
        &self,
        command: &Command<Work>,
        stream: StreamId,
        expected_version: u64,
        bodies: &[E],
        timers: Vec<TimerIntent>,
        append: &mut Append,
    ) {
        let events = NewEvent::from_decision(command, bodies, self.clock.now(), &self.ids).unwrap();
        for event in &events {
            let envelope = cloudevents::envelope(&self.tenant, &stream, event).unwrap();
            assert_eq!(cloudevents::validate(&envelope), Ok(()));
            let envelope = envelope.to_string().into_bytes();
            append.outbox.push(OutboxRow {
                event: event.id.clone(),
                envelope,
            });
        }
        append.timers.extend(timers);
        append.streams.push(StreamAppend {
            stream,
            expected_version,
            events,
        });
    }
}
