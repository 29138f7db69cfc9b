//! A seeded simulation: several desks send commands at the domain and the store, in order and out
//! of it, twice, with stale versions, with keys used before, at the same time, and across restarts.
//! Whatever they do, the invariants of a sale hold.
//!
//! The commands of a round are all decided on the same state before the first of them is sent, in
//! the order of the seed, so that each seed is one run that can be repeated; a failure names it.
#![expect(
    clippy::unwrap_used,
    reason = "a broken fixture must stop the test where it breaks"
)]

#[path = "../../domain/tests/common/mod.rs"]
mod sale;
mod simulation_desk;

use quo_domain::event::RecordedEvent;
use quo_domain::ids::{RevisionNo, TenantId};
use quo_domain::machine::Name;
use quo_domain::order::{Order, OrderEvent, OrderState};
use quo_domain::quote::{QuoteFamily, QuoteState};
use quo_domain::upcast::Upcasters;
use quo_store::{Appended, EventStore, ListFilter, SqliteStore, StoreError};
use simulation_desk::{Answer, Desk, Failure, send};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tempfile::TempDir;

/// Runs of the simulation.
const SEEDS: u64 = 6;
/// Rounds of a run; each sends one to four commands at once.
const ROUNDS: usize = 260;
/// A restart every so many rounds.
const RESTART_EVERY: usize = 65;

/// What one run acknowledged, to be found again in the end.
#[derive(Default)]
struct Ledger {
    /// Event ids of acknowledged appends.
    events: BTreeSet<String>,
    /// First answers by key.
    answers: BTreeMap<String, Vec<u8>>,
    conflicts: usize,
    reused: usize,
    replays: usize,
    refusals: usize,
}

impl Ledger {
    fn note(&mut self, seed: u64, answer: Result<Answer, Failure>) {
        match answer {
            Ok(Answer {
                key,
                events,
                response,
                appended: Appended::Stored { .. },
            }) => {
                for id in events {
                    assert!(
                        self.events.insert(id),
                        "seed {seed}: an event id was used twice"
                    );
                }
                let before = self.answers.insert(key, response);
                assert_eq!(before, None, "seed {seed}: a key stored two answers");
            }
            Ok(Answer {
                key,
                appended: Appended::Replayed { response },
                ..
            }) => {
                self.replays += 1;
                assert_eq!(
                    self.answers.get(&key),
                    Some(&response),
                    "seed {seed}: `{key}`"
                );
            }
            Ok(Answer {
                appended: Appended::Consumed,
                ..
            }) => panic!("nothing has an inbox mark"),
            Err(Failure::Refused) => self.refusals += 1,
            Err(Failure::Store(StoreError::VersionConflict { .. })) => self.conflicts += 1,
            Err(Failure::Store(StoreError::KeyReused { .. })) => self.reused += 1,
            Err(Failure::Store(StoreError::Claimed { .. })) => self.conflicts += 1,
            Err(Failure::Store(error)) => panic!("seed {seed}: {error}"),
        }
    }
}

/// What a run left behind.
struct Run {
    log: Vec<RecordedEvent>,
    orders: usize,
    completed: usize,
}

async fn run(seed: u64) -> Run {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("quo.db");
    let desk = Desk::new(seed);
    let mut ledger = Ledger::default();
    let mut store = Arc::new(SqliteStore::open(&file).unwrap());
    for round in 1..=ROUNDS {
        let commands = desk.commands_of_a_round(&*store).await;
        let mut prepared = Vec::new();
        for command in &commands {
            prepared.push(desk.prepare(&*store, command).await);
        }
        let sent = prepared.into_iter().map(|prepared| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { send(&*store, prepared?).await })
        });
        let sent: Vec<_> = sent.collect();
        for answer in sent {
            ledger.note(seed, answer.await.unwrap());
        }
        if round % 7 == 0 {
            store.project(desk.tenant(), 50).await.unwrap();
        }
        if round % RESTART_EVERY == 0 {
            drop(store);
            store = Arc::new(SqliteStore::open(&file).unwrap());
        }
    }
    let (orders, completed) = check(seed, &*store, desk.tenant(), &ledger).await;
    let Ledger {
        conflicts,
        reused,
        replays,
        refusals,
        ..
    } = ledger;
    let provoked = [conflicts, reused, replays, refusals];
    assert!(
        provoked.iter().all(|times| *times >= 3),
        "seed {seed}: too tame, {provoked:?}"
    );
    let log = store.read_after(desk.tenant(), 0, u32::MAX).await.unwrap();
    Run {
        log,
        orders,
        completed,
    }
}

// One thread: what is spawned is sent in the order it was spawned.
#[tokio::test(flavor = "current_thread")]
async fn no_schedule_breaks_a_sale() {
    let (mut orders, mut completed) = (0, 0);
    for seed in 1..=SEEDS {
        let run = run(seed).await;
        orders += run.orders;
        completed += run.completed;
    }
    assert!(
        completed >= 20,
        "{orders} orders, {completed} completed: too tame"
    );
}

#[tokio::test(flavor = "current_thread")]
async fn a_seed_is_one_run() {
    let (one, other) = (run(7).await, run(7).await);
    assert!(
        one.log == other.log,
        "the log of seed 7 is another the second time"
    );
    assert!(one.log.len() > 100, "only {} events", one.log.len());
}

/// Checks every invariant over the whole log; gives the number of orders and of completed ones.
async fn check(
    seed: u64,
    store: &dyn EventStore,
    tenant: &TenantId,
    ledger: &Ledger,
) -> (usize, usize) {
    let log = store.read_after(tenant, 0, u32::MAX).await.unwrap();
    check_places(seed, &log);
    let stored: BTreeSet<String> = log.iter().map(|e| e.event.id.to_string()).collect();
    assert_eq!(
        stored, ledger.events,
        "seed {seed}: acknowledged and stored are the same"
    );
    assert_eq!(stored.len(), log.len(), "seed {seed}: no event twice");

    let mut streams: BTreeMap<_, Vec<RecordedEvent>> = BTreeMap::new();
    for event in log {
        streams.entry(event.stream.clone()).or_default().push(event);
    }
    let upcasters = Upcasters::current();
    let mut quotes = BTreeMap::new();
    let mut orders = BTreeMap::new();
    for (stream, events) in &streams {
        if stream.quote().is_some() {
            let family = QuoteFamily::load(events, &upcasters).unwrap().unwrap();
            quotes.insert(family.id.to_string(), family);
        } else {
            let order = Order::load(events, &upcasters).unwrap().unwrap();
            check_tasks(seed, events, &upcasters);
            orders.insert(order.id.to_string(), order);
        }
    }
    check_sales(seed, &quotes, &orders);
    check_lists(seed, store, tenant, &quotes, &orders).await;
    let completed = orders
        .values()
        .filter(|order| order.state == OrderState::Completed)
        .count();
    (orders.len(), completed)
}

/// Places have no gaps, in the log and in each stream.
fn check_places(seed: u64, log: &[RecordedEvent]) {
    let mut versions: BTreeMap<&str, u64> = BTreeMap::new();
    for (position, event) in (1..).zip(log) {
        assert_eq!(event.position, position, "seed {seed}");
        let version = versions.entry(event.stream.as_str()).or_default();
        *version += 1;
        assert_eq!(event.version, *version, "seed {seed}: `{}`", event.stream);
    }
}

/// One order per accepted revision, carrying what was accepted; at most one convertible revision.
fn check_sales(
    seed: u64,
    quotes: &BTreeMap<String, QuoteFamily>,
    orders: &BTreeMap<String, Order>,
) {
    let mut of_revision: BTreeSet<(String, RevisionNo)> = BTreeSet::new();
    for order in orders.values() {
        let promised = &order.commitment;
        let fresh = of_revision.insert((promised.quote.to_string(), promised.revision));
        assert!(
            fresh,
            "seed {seed}: revision {} has two orders",
            promised.revision
        );
        let revision = quotes[promised.quote.as_str()]
            .revision(Some(promised.revision))
            .unwrap();
        assert_eq!(revision.state, QuoteState::Converted, "seed {seed}");
        assert_eq!(revision.order.as_ref(), Some(&order.id), "seed {seed}");
        let accepted = &revision.acceptance.as_ref().unwrap().commitment_fingerprint;
        assert_eq!(
            &promised.fingerprint().unwrap(),
            accepted,
            "seed {seed}: the promise drifted"
        );
    }
    for family in quotes.values() {
        let convertible = family
            .revisions
            .iter()
            .filter(|r| matches!(r.state, QuoteState::Accepted | QuoteState::Converted));
        assert!(
            convertible.count() <= 1,
            "seed {seed}: two convertible revisions"
        );
        for revision in family
            .revisions
            .iter()
            .filter(|r| r.state == QuoteState::Converted)
        {
            let order = revision.order.as_ref().unwrap().as_str();
            assert!(
                orders.contains_key(order),
                "seed {seed}: converted without an order"
            );
        }
    }
}

/// No task is started again while its outcome is unknown.
fn check_tasks(seed: u64, events: &[RecordedEvent], upcasters: &Upcasters) {
    let mut unresolved: BTreeSet<String> = BTreeSet::new();
    for event in events {
        match event.body::<OrderEvent>(upcasters).unwrap() {
            OrderEvent::TaskStarted(e) => {
                assert!(
                    unresolved.insert(e.task.to_string()),
                    "seed {seed}: blindly retried"
                );
            }
            OrderEvent::TaskCompleted(e) => drop(unresolved.remove(e.task.as_str())),
            OrderEvent::TaskRetryScheduled(e) => drop(unresolved.remove(e.task.as_str())),
            OrderEvent::TaskFailed(e) => drop(unresolved.remove(e.task.as_str())),
            OrderEvent::TaskReconciled(e) if e.finding != quo_domain::task::Finding::Unknown => {
                unresolved.remove(e.task.as_str());
            }
            _ => {}
        }
    }
}

/// The read models, brought up to date in small steps, say what the fold says.
async fn check_lists(
    seed: u64,
    store: &dyn EventStore,
    tenant: &TenantId,
    quotes: &BTreeMap<String, QuoteFamily>,
    orders: &BTreeMap<String, Order>,
) {
    while !store.project(tenant, 17).await.unwrap().is_current() {}
    let all = || ListFilter {
        limit: u32::MAX,
        ..ListFilter::default()
    };
    let rows = store.quotes(tenant, all()).await.unwrap();
    assert!(rows.freshness.is_current());
    let listed: BTreeMap<_, _> = rows
        .value
        .into_iter()
        .map(|r| (r.id.to_string(), (r.state, r.revision, r.version)))
        .collect();
    let folded: BTreeMap<_, _> = quotes
        .iter()
        .map(|(id, family)| {
            let latest = family.revision(None).unwrap();
            (
                id.clone(),
                (
                    latest.state.name().to_owned(),
                    latest.number,
                    family.version,
                ),
            )
        })
        .collect();
    assert_eq!(listed, folded, "seed {seed}");
    let rows = store.orders(tenant, all()).await.unwrap().value;
    let listed: BTreeMap<_, _> = rows
        .into_iter()
        .map(|r| (r.id.to_string(), (r.state, r.version)))
        .collect();
    let folded: BTreeMap<_, _> = orders
        .iter()
        .map(|(id, order)| (id.clone(), (order.state.name().to_owned(), order.version)))
        .collect();
    assert_eq!(listed, folded, "seed {seed}");
}
