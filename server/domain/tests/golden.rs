//! The golden file of every event version ever written.
//!
//! `tests/golden/<type>.v<version>.json` holds the exact bytes that were stored. Each is read
//! through the upcasters; the current version of each type is also written again, to the same
//! bytes. A golden file is never changed: a new version of a payload gets a new file. To add the
//! file of a new event or version, run this test once with `QUO_BLESS=1`; it writes only files that
//! do not exist.
#![expect(
    clippy::unwrap_used,
    reason = "a broken fixture must stop the test where it breaks"
)]

mod common;

use common::{Sale, Shape, rep, system, task_id};
use quo_domain::cloudevents;
use quo_domain::command::Command;
use quo_domain::event::{EventBody, NewEvent, RecordedEvent};
use quo_domain::fingerprint::canonical;
use quo_domain::ids::{CommandId, CorrelationId, IdempotencyKey, StreamId, TenantId};
use quo_domain::order::{OrderCommand, OrderEvent, OrderState};
use quo_domain::quote::{QuoteAction, QuoteEvent, QuoteState};
use quo_domain::simulation::SeededIds;
use quo_domain::task::Finding;
use quo_domain::upcast::Upcasters;
use std::collections::BTreeMap;
use std::path::PathBuf;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// One event of each type that quotes write, from sales that meet them all.
fn quote_events() -> Vec<QuoteEvent> {
    use QuoteState as S;
    let mut blocked = Sale::in_state(
        S::Priced,
        Shape {
            blocking: vec!["not sold"],
            ..Shape::default()
        },
    );
    blocked.quote(&rep(), QuoteAction::Validate).unwrap();
    let mut repriced = Sale::in_state(S::Validated, Shape::default());
    let QuoteAction::Price {
        content_version,
        snapshot,
    } = repriced.price_action()
    else {
        panic!()
    };
    repriced
        .quote(
            &rep(),
            QuoteAction::Reprice {
                content_version,
                snapshot,
            },
        )
        .unwrap();
    let mut changed = Sale::in_state(S::Draft, Shape::default());
    changed
        .quote(
            &rep(),
            QuoteAction::ChangeHeader {
                header: common::header(),
            },
        )
        .unwrap();
    let line = common::line("1").id;
    changed
        .quote(&rep(), QuoteAction::RemoveLine { line })
        .unwrap();
    let two_steps = Shape {
        approvals: vec![vec![vec!["DealDesk"], vec!["CFO"]]],
        ..Shape::default()
    };
    let mut late = Sale::in_state(S::PendingApproval, two_steps);
    late.now = late.now.plus_millis(8 * 3_600_000);
    late.quote(&system(), QuoteAction::Escalate { case: 1 })
        .unwrap();
    let handed_on = Shape {
        delegation: true,
        ..Shape::default()
    };
    let mut deputy = Sale::in_state(S::PendingApproval, handed_on);
    deputy
        .quote(
            &common::approver("SalesManager"),
            QuoteAction::Delegate {
                case: Some(1),
                role: "SalesManager".to_owned(),
                to: common::approver("Legal").actor,
            },
        )
        .unwrap();
    let ended = [
        S::Converted,
        S::Rejected,
        S::Expired,
        S::Cancelled,
        S::Superseded,
    ];
    let ended = ended.map(|state| Sale::in_state(state, Shape::default()));
    let sales = ended
        .into_iter()
        .chain([blocked, repriced, changed, late, deputy]);
    sales.flat_map(|sale| sale.quote_events).collect()
}

/// One event of each type that orders write.
fn order_events() -> Vec<OrderEvent> {
    let mut busy = Sale::with_order_in(OrderState::InProgress, Shape::default());
    busy.start_task("billing");
    let (attempt, detail) = (1, "busy".to_owned());
    let task = task_id("billing");
    let fail = OrderCommand::FailTask {
        task,
        attempt,
        may_pass: true,
        detail,
    };
    busy.order_command(&system(), fail).unwrap();
    busy.now = busy.now.plus_millis(1_000);
    busy.lose("billing");
    busy.look_up("billing");
    busy.reconcile(
        "billing",
        Finding::Done {
            reference: Some("ref-7".to_owned()),
        },
    );
    busy.fail_for_good("provision");
    busy.order_command(
        &rep(),
        OrderCommand::RetryTask {
            task: task_id("provision"),
        },
    )
    .unwrap();
    busy.complete("provision");
    let mut skipped = Sale::with_order_in(OrderState::InProgress, Shape::default());
    skipped
        .order_command(
            &rep(),
            OrderCommand::SkipTask {
                task: task_id("billing"),
            },
        )
        .unwrap();
    let cancelled = Sale::with_order_in(OrderState::Cancelled, Shape::default());
    let mut wrong = Sale::with_order_in(OrderState::Submitted, Shape::default());
    wrong.order.as_mut().unwrap().commitment.snapshot.answer = serde_json::json!({});
    wrong.order_command(&rep(), OrderCommand::Validate).unwrap();
    let mut back = Sale::undoing(quo_domain::task::TaskState::UndoReconciling);
    back.reconcile("billing", Finding::NotDone);
    back.now = back.now.plus_millis(1_000);
    back.fail_for_good("billing");
    for task in ["billing", "other"] {
        let task = task_id(task);
        back.order_command(&rep(), OrderCommand::RetryTask { task })
            .unwrap();
    }
    back.complete("billing");
    back.fail_for_good("other");
    let task = task_id("other");
    back.order_command(&rep(), OrderCommand::SkipTask { task })
        .unwrap();
    let mut passing = Sale::undoing(quo_domain::task::TaskState::Undoing);
    let fail = OrderCommand::FailTask {
        task: task_id("billing"),
        attempt: 1,
        may_pass: true,
        detail: "busy".to_owned(),
    };
    passing.order_command(&system(), fail).unwrap();
    [busy, skipped, cancelled, wrong, back, passing]
        .into_iter()
        .flat_map(|sale| sale.order_events)
        .collect()
}

/// Checks the golden files of an aggregate's events against one sample of each type.
fn check<E: EventBody + PartialEq + std::fmt::Debug>(samples: Vec<E>) {
    let mut by_type: BTreeMap<&str, E> = BTreeMap::new();
    for event in samples {
        by_type.entry(event.event_type()).or_insert(event);
    }
    for (event_type, version) in E::TYPES {
        let sample = by_type
            .get(event_type)
            .unwrap_or_else(|| panic!("no sample of {event_type}"));
        let path = folder().join(format!("{event_type}.v{version}.json"));
        if std::env::var_os("QUO_BLESS").is_some() && !path.exists() {
            std::fs::create_dir_all(folder()).unwrap();
            std::fs::write(&path, canonical(&sample.to_payload().unwrap()).unwrap()).unwrap();
        }
        // Every version from the first on has a file and can be read as the current one.
        for version in 1..=*version {
            let path = folder().join(format!("{event_type}.v{version}.json"));
            let bytes = std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            let recorded = recorded(event_type, version, bytes.clone());
            let body: E = recorded.body(&Upcasters::current()).unwrap();
            if version == body.schema_version() {
                assert_eq!(
                    canonical(&body.to_payload().unwrap()).unwrap(),
                    bytes,
                    "{event_type}"
                );
                assert_eq!(&body, sample, "{event_type} is written differently now");
            }
        }
    }
}

fn recorded(event_type: &str, schema_version: u16, payload: Vec<u8>) -> RecordedEvent {
    let event = NewEvent {
        id: quo_domain::ids::EventId::parse("E-1").unwrap(),
        event_type: event_type.to_owned(),
        schema_version,
        time: common::start(),
        actor: rep().actor,
        correlation: CorrelationId::parse("corr-1").unwrap(),
        causation: CommandId::parse("cmd-1").unwrap(),
        reason: None,
        payload,
    };
    let stream = StreamId::parse("quote/Q-1").unwrap();
    event.recorded(TenantId::parse("acme").unwrap(), stream, 1, 1)
}

#[test]
fn every_event_has_its_golden_file_and_writes_it() {
    check(quote_events());
    check(order_events());
}

#[test]
fn every_golden_file_belongs_to_an_event() {
    let known: Vec<String> = QuoteEvent::TYPES
        .iter()
        .chain(OrderEvent::TYPES)
        .flat_map(|(name, current)| (1..=*current).map(move |v| format!("{name}.v{v}.json")))
        .collect();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(known.contains(&name), "{name} is no event's");
    }
}

#[test]
fn a_type_that_is_not_known_is_refused() {
    let future = recorded("quo.quote.created", 2, b"{}".to_vec());
    assert_eq!(
        future
            .body::<QuoteEvent>(&Upcasters::current())
            .unwrap_err()
            .to_string(),
        "an event `quo.quote.created` has schema version 2, this software reads up to 1"
    );
    let foreign = recorded("quo.order.captured", 1, b"{}".to_vec());
    assert_eq!(
        foreign
            .body::<QuoteEvent>(&Upcasters::current())
            .unwrap_err()
            .to_string(),
        "the event type `quo.order.captured` is not known here"
    );
}

/// A command that carries nothing, for its envelope.
fn command() -> Command<()> {
    Command {
        command_id: CommandId::parse("cmd-1").unwrap(),
        idempotency_key: IdempotencyKey::parse("account-1:quote-1:v3").unwrap(),
        expected_version: 0,
        principal: rep(),
        correlation: CorrelationId::parse("corr-1").unwrap(),
        causation: None,
        reason: Some("because".to_owned()),
        payload: (),
    }
}

#[test]
fn every_event_is_published_as_a_conformant_cloud_event() {
    let ids = SeededIds::new(1);
    let tenant = TenantId::parse("acme").unwrap();
    let stream = StreamId::parse("quote/Q-1").unwrap();
    let mut published =
        NewEvent::from_decision(&command(), &quote_events(), common::start(), &ids).unwrap();
    published.extend(
        NewEvent::from_decision(&command(), &order_events(), common::start(), &ids).unwrap(),
    );
    let mut seen = std::collections::BTreeSet::new();
    for event in published {
        let envelope = cloudevents::envelope(&tenant, &stream, &event).unwrap();
        assert_eq!(cloudevents::validate(&envelope), Ok(()), "{envelope}");
        assert!(seen.insert(event.id.clone()), "ids are unique");
    }
}

#[test]
fn an_envelope_says_what_happened_to_what_and_why() {
    let sale = Sale::in_state(QuoteState::Cancelled, Shape::default());
    let last = &sale.quote_events[sale.quote_events.len() - 1..];
    let ids = SeededIds::new(1);
    let event = &NewEvent::from_decision(&command(), last, common::start(), &ids).unwrap()[0];
    let tenant = TenantId::parse("acme").unwrap();
    let stream = StreamId::parse("quote/Q-1").unwrap();
    let mut envelope = cloudevents::envelope(&tenant, &stream, event).unwrap();
    envelope["id"] = "E-1".into();
    assert_eq!(
        envelope,
        serde_json::json!({
            "specversion": "1.0",
            "type": "quo.quote.cancelled.v1",
            "source": "/quo",
            "id": "E-1",
            "time": "2026-07-02T10:00:00.000Z",
            "subject": "quote/Q-1",
            "datacontenttype": "application/json",
            "dataschema": "urn:quo:event-schema:quo.quote.cancelled.v1",
            "correlationid": "corr-1",
            "causationid": "cmd-1",
            "tenantid": "acme",
            "actorid": "user:rep",
            "data": {"quote": "Q-1", "revision": 1, "from": "priced"},
        })
    );
}
