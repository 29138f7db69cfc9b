//! A store killed in the middle of its work: what it acknowledged is there, once.
//!
//! The parent runs this test program again as a child, which appends and prints what was
//! acknowledged, and kills it (`kill -9`) at a seeded moment. This shows process crashes, not the
//! loss of power: pages that the operating system holds survive a killed process.
#![expect(
    clippy::unwrap_used,
    reason = "a broken fixture must stop the test where it breaks"
)]

mod common;

use common::{Place, event, keyed, tenant};
use quo_domain::simulation::SeededRandom;
use quo_store::{Append, Appended, EventStore, SqliteStore, StoreError, StreamAppend};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

/// Kills of one run.
const ROUNDS: u64 = 10;
/// Clients that append at the same time.
const CLIENTS: u64 = 8;

/// Two events on two streams under one key: they must come together.
fn pair(client: u64, n: u64) -> Append {
    let mut append = Append::of(tenant("acme"));
    for side in ["left", "right"] {
        append.streams.push(StreamAppend {
            stream: common::stream(&format!("{side}/{client}")),
            expected_version: n,
            events: vec![event(&format!("{side}-{client}-{n}"))],
        });
    }
    keyed(append, &format!("key-{client}-{n}"), "hash")
}

/// The child: appends until it is killed, from where the last one got.
#[test]
#[ignore = "run by `what_was_acknowledged_survives_a_kill` as a child process"]
fn child() {
    let mut file = String::new();
    std::io::stdin().read_line(&mut file).unwrap();
    let store = Arc::new(SqliteStore::open(file.trim().as_ref()).unwrap());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut clients = Vec::new();
        for client in 0..CLIENTS {
            let store = Arc::clone(&store);
            clients.push(tokio::spawn(
                async move { append_forever(&store, client).await },
            ));
        }
        for client in clients {
            client.await.unwrap();
        }
    });
}

async fn append_forever(store: &SqliteStore, client: u64) {
    let left = common::stream(&format!("left/{client}"));
    let mut n = store.load(&tenant("acme"), &left).await.unwrap().len() as u64;
    // The one before may have been stored without an answer: it is sent again, with its key.
    n = n.saturating_sub(1);
    loop {
        match store.append(pair(client, n)).await {
            Ok(Appended::Stored { .. } | Appended::Replayed { .. }) => {
                let line = format!("acknowledged {client} {n}\n");
                std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
                n += 1;
            }
            Err(StoreError::Closed) => return,
            other => panic!("{other:?}"),
        }
    }
}

/// Runs the child for so long, kills it, and gives the pairs it acknowledged.
fn run_and_kill(place: &Place, alive: Duration) -> Vec<(u64, u64)> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--ignored", "--nocapture"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    writeln!(stdin, "{}", place.file().display()).unwrap();
    let stdout = BufReader::new(child.stdout.take().unwrap());
    let reader = std::thread::spawn(move || {
        let mut acknowledged = Vec::new();
        for line in stdout.lines().map_while(Result::ok) {
            // A line that was cut off by the kill is no acknowledgement.
            let words: Vec<&str> = line.split_whitespace().collect();
            if let ["acknowledged", client, n] = words[..] {
                acknowledged.push((client.parse().unwrap(), n.parse().unwrap()));
            }
        }
        acknowledged
    });
    std::thread::sleep(alive);
    // On Unix this is SIGKILL.
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap()
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    let place = Place::new();
    let random = SeededRandom::new(20_260_702);
    let mut acknowledged = BTreeSet::new();
    for round in 0..ROUNDS {
        let alive = Duration::from_millis(150 + random.below(450));
        acknowledged.extend(run_and_kill(&place, alive));

        let store = place.open();
        let log = store
            .read_after(&tenant("acme"), 0, u32::MAX)
            .await
            .unwrap();
        assert!(
            log.iter().map(|e| e.position).eq(1..=log.len() as u64),
            "round {round}: gaps"
        );
        let stored: BTreeSet<&str> = log.iter().map(|e| e.event.id.as_str()).collect();
        assert_eq!(
            stored.len(),
            log.len(),
            "round {round}: an event is there twice"
        );
        for (client, n) in &acknowledged {
            for side in ["left", "right"] {
                let id = format!("{side}-{client}-{n}");
                assert!(
                    stored.contains(id.as_str()),
                    "round {round}: `{id}` was acknowledged"
                );
            }
        }
        for id in &stored {
            let other = match id.strip_prefix("left") {
                Some(rest) => format!("right{rest}"),
                None => id.replacen("right", "left", 1),
            };
            assert!(
                stored.contains(other.as_str()),
                "round {round}: `{id}` is there alone"
            );
        }
    }
    assert!(
        acknowledged.len() > 100,
        "only {} were acknowledged",
        acknowledged.len()
    );
}
