//! The connector against simulated systems, over real sockets: every fault, what the caller sees of it, and what the
//! system says really happened.

use quo_connect::simulate::{Behaviour, Fault, Faults, Running, Simulation, Simulators};
use quo_connect::{Connector, Found, HttpConnector, Outcome, ReversalOrder, Timeouts, WorkOrder};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

const TIMEOUTS: Timeouts = Timeouts {
    connect_ms: 200,
    call_ms: 200,
};
const LATE_MS: u64 = 600;
const KEY: &str = "acme/O-1/1.billing";

fn work() -> WorkOrder {
    WorkOrder {
        operation: "Suite.billing".to_owned(),
        order: "O-1".to_owned(),
        line: "1".to_owned(),
        task: "1.billing".to_owned(),
        payload: json!({"customer": "A-1"}),
        tenant: "acme".to_owned(),
        correlationid: "c-1".to_owned(),
    }
}

async fn start(data: &Path, behaviour: Behaviour) -> (Running, HttpConnector) {
    let simulation = Simulation {
        systems: vec!["Billing".to_owned()],
        data: data.to_owned(),
        behaviour,
    };
    let running = Simulators::open(&simulation)
        .expect("a fresh folder can be written")
        .serve(([127, 0, 0, 1], 0).into())
        .await
        .expect("loopback has free ports");
    let connector = HttpConnector::new(&running.bases(), TIMEOUTS).expect("the addresses are ours");
    (running, connector)
}

fn times(running: &Running) -> Vec<u32> {
    running
        .effects()
        .into_values()
        .flatten()
        .map(|effect| effect.times)
        .collect()
}

/// One line a step: what was asked and what came of it.
async fn story(faults: &[Fault]) -> String {
    let folder = tempfile::tempdir().expect("there is room for temporary files");
    let (running, connector) = start(folder.path(), Behaviour::scripted(faults, LATE_MS)).await;
    let mut lines = Vec::new();
    for _ in 0..2 {
        lines.push(format!(
            "request: {:?}",
            connector.request("Billing", KEY, &work()).await
        ));
        tokio::time::sleep(Duration::from_millis(30)).await;
        lines.push(format!(
            "look up: {:?}",
            connector.look_up("Billing", KEY).await
        ));
    }
    lines.push(format!("effects: {:?}", times(&running)));
    lines.join("\n")
}

#[tokio::test]
async fn nothing_goes_wrong() {
    assert_eq!(
        story(&[]).await,
        "request: Completed { reference: Some(\"R-000001\") }\n\
         look up: Completed { reference: Some(\"R-000001\") }\n\
         request: Completed { reference: Some(\"R-000001\") }\n\
         look up: Completed { reference: Some(\"R-000001\") }\n\
         effects: [1]"
    );
}

#[tokio::test]
async fn accepted_now_done_later() {
    assert_eq!(
        story(&[Fault::Accept]).await,
        "request: Accepted\n\
         look up: Completed { reference: Some(\"R-000001\") }\n\
         request: Completed { reference: Some(\"R-000001\") }\n\
         look up: Completed { reference: Some(\"R-000001\") }\n\
         effects: [1]"
    );
}

#[tokio::test]
async fn done_but_answered_too_late() {
    assert_eq!(
        story(&[Fault::AnswerLate]).await,
        "request: Unknown { why: \"no answer came in time\" }\n\
         look up: Completed { reference: Some(\"R-000001\") }\n\
         request: Completed { reference: Some(\"R-000001\") }\n\
         look up: Completed { reference: Some(\"R-000001\") }\n\
         effects: [1]"
    );
}

#[tokio::test]
async fn cut_before_anything_was_done() {
    let story = story(&[Fault::CutBefore]).await;
    assert!(
        story.starts_with("request: Unknown { why: \"no answer came: "),
        "{story}"
    );
    assert!(
        story.contains("\nlook up: NeverSeen\nrequest: Completed"),
        "{story}"
    );
    assert!(story.ends_with("effects: [1]"), "{story}");
}

#[tokio::test]
async fn cut_after_it_was_done() {
    let story = story(&[Fault::CutAfter]).await;
    assert!(
        story.starts_with("request: Unknown { why: \"no answer came: "),
        "{story}"
    );
    assert!(story.contains("\nlook up: Completed"), "{story}");
    assert!(story.ends_with("effects: [1]"), "{story}");
}

#[tokio::test]
async fn unavailable_is_unknown_too() {
    assert_eq!(
        story(&[Fault::Unavailable]).await,
        "request: Unknown { why: \"it answered 503 Service Unavailable\" }\n\
         look up: NeverSeen\n\
         request: Completed { reference: Some(\"R-000001\") }\n\
         look up: Completed { reference: Some(\"R-000001\") }\n\
         effects: [1]"
    );
}

#[tokio::test]
async fn refused_for_good() {
    assert_eq!(
        story(&[Fault::Refuse]).await,
        "request: Refused { reason: \"this system does not serve this customer\" }\n\
         look up: Failed { reason: \"this system does not serve this customer\" }\n\
         request: Refused { reason: \"this system does not serve this customer\" }\n\
         look up: Failed { reason: \"this system does not serve this customer\" }\n\
         effects: []"
    );
}

#[tokio::test]
async fn nobody_listens() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/billing", listener.local_addr().unwrap());
    drop(listener);
    let bases = BTreeMap::from([("Billing".to_owned(), url)]);
    let connector = HttpConnector::new(&bases, TIMEOUTS).unwrap();
    assert!(matches!(
        connector.request("Billing", KEY, &work()).await,
        Outcome::Unknown { .. }
    ));
    assert!(matches!(
        connector.look_up("Billing", KEY).await,
        Found::Unknown { .. }
    ));
    assert_eq!(
        connector.request("Shipping", KEY, &work()).await,
        Outcome::Refused {
            reason: "no address is configured for the downstream system `Shipping`".to_owned()
        }
    );
}

#[tokio::test]
async fn a_key_is_for_one_piece_of_work_whatever_characters_it_has() {
    let folder = tempfile::tempdir().unwrap();
    let (_running, connector) = start(folder.path(), Behaviour::calm()).await;
    let strange = "a/b?c#d%2F";
    connector.request("Billing", strange, &work()).await;
    assert!(matches!(
        connector.look_up("Billing", strange).await,
        Found::Completed { .. }
    ));
    let other = WorkOrder {
        payload: json!({"customer": "A-2"}),
        ..work()
    };
    assert_eq!(
        connector.request("Billing", strange, &other).await,
        Outcome::Refused {
            reason: "the key `a/b?c#d%2F` was used for other work".to_owned()
        }
    );
}

#[tokio::test]
async fn what_was_done_can_be_undone_once() {
    let folder = tempfile::tempdir().unwrap();
    let (_running, connector) = start(folder.path(), Behaviour::calm()).await;
    let reversal = ReversalOrder {
        operation: "cancel_billing".to_owned(),
        tenant: "acme".to_owned(),
        correlationid: "c-1".to_owned(),
    };
    let undone = || connector.undo("Billing", KEY, &reversal);
    assert_eq!(
        undone().await,
        Outcome::Refused {
            reason: format!("`{KEY}` was never seen")
        }
    );
    connector.request("Billing", KEY, &work()).await;
    for _ in 0..2 {
        assert_eq!(undone().await, Outcome::Completed { reference: None });
        assert_eq!(connector.look_up("Billing", KEY).await, Found::Undone);
    }
}

#[tokio::test]
async fn work_goes_on_and_is_remembered_when_the_system_is_restarted() {
    let folder = tempfile::tempdir().unwrap();
    let slow = Behaviour {
        work_ms: 100,
        ..Behaviour::scripted(&[Fault::Accept], LATE_MS)
    };
    let (running, connector) = start(folder.path(), slow.clone()).await;
    assert_eq!(
        connector.request("Billing", KEY, &work()).await,
        Outcome::Accepted
    );
    assert_eq!(connector.look_up("Billing", KEY).await, Found::InProgress);
    drop(running);
    tokio::time::sleep(Duration::from_millis(200)).await;
    let (running, connector) = start(folder.path(), slow).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(matches!(
        connector.look_up("Billing", KEY).await,
        Found::Completed { .. }
    ));
    assert_eq!(times(&running), [1]);
}

#[tokio::test]
async fn the_count_would_show_a_doubled_effect() {
    let folder = tempfile::tempdir().unwrap();
    let careless = Behaviour {
        deduplicates: false,
        ..Behaviour::calm()
    };
    let (running, connector) = start(folder.path(), careless).await;
    connector.request("Billing", KEY, &work()).await;
    connector.request("Billing", KEY, &work()).await;
    assert_eq!(times(&running), [2]);
}

#[tokio::test]
async fn a_stormy_day_ends_with_each_effect_once() {
    let folder = tempfile::tempdir().unwrap();
    let (running, connector) = start(folder.path(), Behaviour::stormy(11, LATE_MS)).await;
    for order in 0..12 {
        let key = format!("acme/O-{order}/1.billing");
        let work = WorkOrder {
            order: format!("O-{order}"),
            ..work()
        };
        let mut asked = connector.request("Billing", &key, &work).await;
        while !matches!(asked, Outcome::Completed { .. }) {
            assert!(!matches!(asked, Outcome::Refused { .. }));
            match connector.look_up("Billing", &key).await {
                Found::Completed { .. } => break,
                Found::NeverSeen => asked = connector.request("Billing", &key, &work).await,
                _ => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
    }
    assert_eq!(times(&running), [1; 12]);
}

#[test]
fn addresses_are_checked() {
    let says = |url: &str| {
        let bases = BTreeMap::from([("Billing".to_owned(), url.to_owned())]);
        HttpConnector::new(&bases, TIMEOUTS)
            .err()
            .map(|error| error.to_string())
    };
    assert_eq!(says("http://127.0.0.1:9/billing"), None);
    let wrong = |url: &str, what: &str| {
        let start = format!(
            "the address `{url}` of the downstream system `Billing` is not an http URL with a host: "
        );
        assert_eq!(says(url), Some(start + what));
    };
    wrong("billing", "relative URL without a base");
    wrong("ftp://a/b", "the scheme is `ftp`");
    wrong("http://a/b?c", "it has a query or a fragment");
}

#[test]
fn names_of_systems_are_file_names() {
    let folder = tempfile::tempdir().unwrap();
    let simulation = Simulation {
        systems: vec!["../Billing".to_owned()],
        data: folder.path().to_owned(),
        behaviour: Behaviour {
            faults: Faults::Script(Vec::new()),
            ..Behaviour::calm()
        },
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let _guard = runtime.enter();
    assert_eq!(
        Simulators::open(&simulation).unwrap_err().to_string(),
        "`../Billing` cannot be the name of a simulated system; letters, digits, `-` and `_` can"
    );
}
