//! What an append stores, what makes it fail, and that it then stores nothing.
#![expect(
    clippy::unwrap_used,
    reason = "a broken fixture must stop the test where it breaks"
)]

mod common;

use common::{Place, at, event, keyed, one, stream, tenant};
use quo_domain::ids::{EventId, IdempotencyKey, RevisionNo, StreamId, TimerId};
use quo_domain::timer::{TimerIntent, TimerKind};
use quo_store::{
    Append, Appended, Claim, EventStore, InboxMark, OutboxRow, SqliteStore, StoreError,
    StreamAppend,
};
use std::sync::Arc;

fn claim(value: &str, owner: &str) -> Claim {
    let [kind, value, owner] = ["order-of-revision", value, owner].map(str::to_owned);
    Claim { kind, value, owner }
}

async fn ids(store: &SqliteStore, name: &str) -> Vec<String> {
    let events = store.load(&tenant("acme"), &stream(name)).await.unwrap();
    events.into_iter().map(|e| e.event.id.to_string()).collect()
}

#[tokio::test]
async fn events_come_back_as_they_were_with_their_places() {
    let place = Place::new();
    {
        let store = place.open();
        store.append(one("quote/1", 0, "a")).await.unwrap();
        store.append(one("quote/2", 0, "b")).await.unwrap();
        let mut other = one("quote/1", 0, "a");
        other.tenant = tenant("other");
        let stored = store.append(other).await.unwrap();
        assert_eq!(
            stored,
            Appended::Stored {
                position: 1,
                versions: vec![1]
            }
        );
        let stored = store.append(one("quote/1", 1, "c")).await.unwrap();
        assert_eq!(
            stored,
            Appended::Stored {
                position: 3,
                versions: vec![2]
            }
        );
    }
    // Reopened: nothing is kept in memory only.
    let store = place.open();
    let events = store
        .load(&tenant("acme"), &stream("quote/1"))
        .await
        .unwrap();
    let expected = [("a", 1, 1), ("c", 2, 3)].map(|(id, version, position)| {
        event(id).recorded(tenant("acme"), stream("quote/1"), version, position)
    });
    assert_eq!(events, expected);
    let log = store.read_after(&tenant("acme"), 1, 10).await.unwrap();
    assert_eq!(log.iter().map(|e| e.position).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(store.head(&tenant("acme")).await, Ok(3));
    assert_eq!(
        store.tenants().await,
        Ok(vec![tenant("acme"), tenant("other")])
    );
}

#[tokio::test]
async fn a_stale_version_is_a_conflict_that_names_the_actual_one() {
    let store = Place::new();
    let store = store.open();
    store.append(one("quote/1", 0, "a")).await.unwrap();
    for expected in [0, 2] {
        let error = store
            .append(one("quote/1", expected, "b"))
            .await
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("`quote/1` is at version 1, not {expected}")
        );
    }
    assert_eq!(ids(&store, "quote/1").await, ["a"]);
}

#[tokio::test]
async fn a_repeated_key_gives_the_first_answer_and_another_request_is_a_conflict() {
    let place = Place::new();
    let store = place.open();
    let first = keyed(one("quote/1", 0, "a"), "key", "hash-1");
    assert!(matches!(
        store.append(first.clone()).await,
        Ok(Appended::Stored { .. })
    ));
    // Its version is long past, and it is answered all the same.
    let mut again = keyed(one("quote/1", 0, "b"), "key", "hash-1");
    again.idempotency.as_mut().unwrap().response = b"a later answer".to_vec();
    let response = b"answer to key".to_vec();
    assert_eq!(
        store.append(again).await,
        Ok(Appended::Replayed {
            response: response.clone()
        })
    );
    let other = keyed(one("quote/1", 1, "c"), "key", "hash-2");
    let error = store.append(other).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the idempotency key `key` was used for another request"
    );
    assert_eq!(ids(&store, "quote/1").await, ["a"]);

    let key = IdempotencyKey::parse("key").unwrap();
    let acme = tenant("acme");
    assert_eq!(
        store.first_answer(&acme, &key, "hash-1").await,
        Ok(Some(response))
    );
    assert!(store.first_answer(&acme, &key, "hash-2").await.is_err());
    assert_eq!(
        store.first_answer(&tenant("other"), &key, "hash-2").await,
        Ok(None)
    );
}

#[tokio::test]
async fn an_append_that_failed_does_not_use_up_its_key() {
    let place = Place::new();
    let store = place.open();
    store
        .append(keyed(one("quote/1", 7, "a"), "key", "hash"))
        .await
        .unwrap_err();
    let stored = store
        .append(keyed(one("quote/1", 0, "a"), "key", "hash"))
        .await;
    assert!(matches!(stored, Ok(Appended::Stored { .. })));
}

#[tokio::test]
async fn streams_are_appended_together_or_not_at_all() {
    let place = Place::new();
    let store = place.open();
    store.append(one("quote/1", 0, "a")).await.unwrap();
    let both = |order: &str, a: &str, b: &str| {
        let mut append = one("quote/1", 1, a);
        let events = vec![event(b)];
        append.streams.push(StreamAppend {
            stream: stream(order),
            expected_version: 0,
            events,
        });
        append.claims.push(claim("1/1", order));
        append
    };
    let stored = store.append(both("order/1", "b", "c")).await.unwrap();
    assert_eq!(
        stored,
        Appended::Stored {
            position: 3,
            versions: vec![2, 1]
        }
    );

    // A second order of the revision, from a sender that even knows the right version.
    let mut second = both("order/2", "d", "e");
    second.streams[0].expected_version = 2;
    let error = store.append(second).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the order-of-revision `1/1` is already claimed by `order/1`"
    );
    assert_eq!(ids(&store, "quote/1").await, ["a", "b"]);
    assert_eq!(ids(&store, "order/2").await, Vec::<String>::new());
    assert_eq!(store.head(&tenant("acme")).await, Ok(3));
}

#[tokio::test]
async fn claims_are_unique_per_tenant() {
    let place = Place::new();
    let store = place.open();
    for (name, tenant_name) in [("a", "acme"), ("b", "other")] {
        let mut append = one("order/1", 0, name);
        append.tenant = tenant(tenant_name);
        append.claims.push(claim("1/1", "order/1"));
        store.append(append).await.unwrap();
    }
}

#[tokio::test]
async fn an_append_that_contradicts_itself_is_refused() {
    let place = Place::new();
    let store = place.open();
    let says = async |append: Append| store.append(append).await.unwrap_err().to_string();
    let mut twice = one("quote/1", 0, "a");
    twice.streams.push(twice.streams[0].clone());
    assert_eq!(
        says(twice).await,
        "the append is not well-formed: `quote/1` occurs twice"
    );
    let mut nothing = one("quote/1", 0, "a");
    nothing.streams[0].events.clear();
    assert_eq!(
        says(nothing).await,
        "the append is not well-formed: `quote/1` gets no event"
    );
    let mut foreign = one("quote/1", 0, "a");
    foreign.outbox.push(OutboxRow {
        event: EventId::parse("x").unwrap(),
        envelope: vec![],
    });
    assert_eq!(
        says(foreign).await,
        "the append is not well-formed: the event `x` to publish is not in it"
    );
    assert_eq!(store.head(&tenant("acme")).await, Ok(0));
}

#[tokio::test]
async fn what_is_to_be_published_waits_in_order_until_it_was() {
    let place = Place::new();
    let store = place.open();
    for (version, id) in [(0, "a"), (1, "b"), (2, "c")] {
        let mut append = one("quote/1", version, id);
        let event = EventId::parse(id).unwrap();
        append.outbox.push(OutboxRow {
            event,
            envelope: id.as_bytes().to_vec(),
        });
        store.append(append).await.unwrap();
    }
    let acme = tenant("acme");
    let pending = async |limit| {
        let rows = store.outbox_pending(&acme, limit).await.unwrap();
        rows.into_iter()
            .map(|row| (row.position, row.envelope))
            .collect::<Vec<_>>()
    };
    assert_eq!(pending(2).await, [(1, b"a".to_vec()), (2, b"b".to_vec())]);
    store.mark_published(&acme, &[1, 2], at(5)).await.unwrap();
    assert_eq!(pending(9).await, [(3, b"c".to_vec())]);
    assert_eq!(store.outbox_pending(&tenant("other"), 9).await, Ok(vec![]));
}

#[tokio::test]
async fn timers_are_set_moved_and_cleared_with_their_events() {
    let place = Place::new();
    let store = place.open();
    let acme = tenant("acme");
    let id = |name: &str| TimerId::parse(name).unwrap();
    let set = |name: &str, seconds| TimerIntent::Set {
        id: id(name),
        due: at(seconds),
        stream: stream("quote/1"),
        kind: TimerKind::QuoteExpiry {
            revision: RevisionNo(1),
        },
    };
    let mut append = one("quote/1", 0, "a");
    append.timers = vec![
        set("t/1", 10),
        set("t/2", 20),
        set("t/3", 30),
        set("t/1", 25),
    ];
    store.append(append).await.unwrap();
    // An append that fails sets no timer.
    let mut failed = one("quote/1", 0, "b");
    failed.timers = vec![set("t/4", 1)];
    store.append(failed).await.unwrap_err();

    let due = async |seconds| {
        let timers = store.due_timers(&acme, at(seconds), 10).await.unwrap();
        timers
            .into_iter()
            .map(|timer| timer.id.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(store.next_timer(&acme).await, Ok(Some(at(20))));
    assert_eq!(due(19).await, Vec::<String>::new());
    assert_eq!(due(25).await, ["t/2", "t/1"]);
    let mut cleared = one("quote/1", 1, "c");
    cleared.timers = vec![TimerIntent::Clear { id: id("t/2") }];
    store.append(cleared).await.unwrap();
    assert_eq!(due(99).await, ["t/1", "t/3"]);
    // A timer that was moved meanwhile is not cleared by who saw the old one.
    assert_eq!(
        store.clear_timer(&acme, &id("t/1"), at(10)).await,
        Ok(false)
    );
    assert_eq!(store.clear_timer(&acme, &id("t/1"), at(25)).await, Ok(true));
    assert_eq!(due(99).await, ["t/3"]);
    assert_eq!(
        store.due_timers(&tenant("other"), at(99), 10).await,
        Ok(vec![])
    );
}

#[tokio::test]
async fn what_another_system_sent_is_consumed_once() {
    let place = Place::new();
    let store = place.open();
    let consuming = |version, id: &str| {
        let mut append = one("order/1", version, id);
        let (consumer, event) = ("billing".to_owned(), "callback-1".to_owned());
        append.inbox = Some(InboxMark {
            consumer,
            event,
            at: at(0),
        });
        append
    };
    // A first try that fails leaves it unconsumed.
    store.append(consuming(5, "a")).await.unwrap_err();
    assert!(matches!(
        store.append(consuming(0, "a")).await,
        Ok(Appended::Stored { .. })
    ));
    assert_eq!(
        store.append(consuming(1, "b")).await,
        Ok(Appended::Consumed)
    );
    assert_eq!(ids(&store, "order/1").await, ["a"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_fails_in_a_group_fails_alone() {
    let place = Place::new();
    let store = Arc::new(place.open());
    // Far more than a group: each stream gets one good command, one stale one and a second first.
    let mut waiting = Vec::new();
    for n in 0..200_u64 {
        for (expected, kind) in [(0, "first"), (7, "stale"), (0, "second")] {
            let append = one(&format!("quote/{n}"), expected, &format!("{kind}-{n}"));
            let store = Arc::clone(&store);
            waiting.push(tokio::spawn(async move { store.append(append).await }));
        }
    }
    let mut stored = 0_u64;
    for answer in waiting {
        match answer.await.unwrap() {
            Ok(Appended::Stored { .. }) => stored += 1,
            Err(StoreError::VersionConflict { .. }) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(stored, 200);
    let log = store.read_after(&tenant("acme"), 0, 1_000).await.unwrap();
    assert!(
        log.iter().map(|e| e.position).eq(1..=200),
        "no gap where a command failed"
    );
    assert!(
        log.iter()
            .all(|e| e.version == 1 && !e.event.id.as_str().starts_with("stale"))
    );
    let streams: std::collections::BTreeSet<&StreamId> = log.iter().map(|e| &e.stream).collect();
    assert_eq!(streams.len(), 200);
}
