//! `kill -9` of the server in the middle of sales.
//!
//! The server is a process of its own, killed at random moments and started again on the same folder; the simulated
//! downstream systems have a bad day and outlive it. Sellers send what got no answer again, as it was. In the end no
//! acknowledged command is lost, no order is doubled, every sale is complete, and every downstream effect happened once.
//! It shows crashes of the process; what a power cut leaves of the disk it does not show.
//!
//! 20 rounds, and more or other ones by `QUO_CRASH_ROUNDS` and `QUO_CRASH_SEED`; `.ci/crash 200` does that.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "all of this file is a test, its helpers too"
)]

mod common;

use quo_connect::simulate::{Behaviour, Running, Simulation, Simulators};
use quo_http::sale::{CallError, Client, Sale, Step, StepError};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;

const SYSTEMS: [&str; 5] = [
    "Billing",
    "Entitlements",
    "Provisioning",
    "Shipping",
    "ProServ",
];
const CALL_TIMEOUT_MS: u64 = 200;
/// Sales that are under way at the same time.
const SELLERS: usize = 4;
/// How long the last sales may take after the last crash.
const LONGEST: Duration = Duration::from_secs(120);

/// A stream of numbers from a seed (SplitMix64; Steele, Lea and Flood, OOPSLA 2014).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % limit
    }
}

struct Server {
    process: Child,
    address: String,
}

impl Server {
    fn start(
        data: &Path,
        package: Option<&Path>,
        systems: &BTreeMap<String, String>,
        shift_s: i64,
    ) -> Self {
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(data.join("server.log"))
            .unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_quo-server"));
        command.arg("serve").arg("--data").arg(data).args([
            "--listen",
            "127.0.0.1:0",
            "--tenant",
            common::TENANT,
        ]);
        if let Some(package) = package {
            command.arg("--packages").arg(package);
        }
        for (name, base) in systems {
            command.args(["--system", &format!("{name}={base}")]);
        }
        let mut process = command
            .args([
                "--call-timeout-ms",
                &CALL_TIMEOUT_MS.to_string(),
                "--clock-shift-s",
                &shift_s.to_string(),
            ])
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line
            .trim()
            .strip_prefix("listening on ")
            .unwrap_or_else(|| {
                let log = std::fs::read_to_string(data.join("server.log")).unwrap_or_default();
                panic!("the server did not start again: {log}");
            });
        Self {
            address: address.to_owned(),
            process,
        }
    }

    /// `SIGKILL`: the process gets no chance to finish anything.
    fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// The keys of the commands that the service acknowledged.
type Acknowledged = Arc<Mutex<Vec<String>>>;

/// Makes one sale after the other until told to stop; finishes the one under way.
async fn sell(
    seller: usize,
    request: Value,
    mut base: watch::Receiver<String>,
    stop: watch::Receiver<bool>,
    acknowledged: Acknowledged,
) -> Vec<Sale> {
    let mut sold = Vec::new();
    let mut number = 0;
    while !*stop.borrow() || number == 0 {
        let mut sale = Sale::new(format!("s{seller}-{number}"), request.clone());
        number += 1;
        while sale.step != Step::Done {
            let address = base.borrow_and_update().clone();
            let client = Client::new(address, common::TENANT).unwrap();
            let (step, key) = (sale.step.clone(), sale.key());
            match sale.advance(&client).await {
                Ok(_) if step == Step::Fulfil => {
                    tokio::time::sleep(Duration::from_millis(25)).await
                }
                Ok(_) => acknowledged.lock().unwrap().extend(key),
                // Nobody is there, or died while answering: the same again, wherever the service comes up next.
                Err(StepError::Call(CallError::NoAnswer(_))) => {
                    tokio::time::sleep(Duration::from_millis(10)).await
                }
                Err(error) => panic!("{} at {step:?}: {error}", sale.name),
            }
        }
        sold.push(sale);
    }
    sold
}

fn setting(name: &str, otherwise: u64) -> u64 {
    #[expect(
        clippy::disallowed_methods,
        reason = "how long the test is run is for whoever runs it"
    )]
    let value = std::env::var(name);
    value.ok().map_or(otherwise, |value| value.parse().unwrap())
}

async fn simulators(data: PathBuf, seed: u64) -> Running {
    let simulation = Simulation {
        systems: SYSTEMS.map(str::to_owned).to_vec(),
        data,
        behaviour: Behaviour::stormy(seed, CALL_TIMEOUT_MS + 100),
    };
    Simulators::open(&simulation)
        .unwrap()
        .serve(([127, 0, 0, 1], 0).into())
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_crash_loses_or_doubles_anything() {
    let (rounds, seed) = (
        setting("QUO_CRASH_ROUNDS", 20),
        setting("QUO_CRASH_SEED", 1),
    );
    let folder = tempfile::tempdir().unwrap();
    let (data, package) = (folder.path().join("data"), folder.path().join("acme.quop"));
    std::fs::create_dir_all(&data).unwrap();
    std::fs::write(&package, &*common::RULES).unwrap();
    let running = simulators(folder.path().join("simulated"), seed).await;
    let systems = running.bases();
    let request = common::sample("guided-sale.json");
    let shift_s = common::shift_to_selling_date();

    let mut server = Server::start(&data, Some(&package), &systems, shift_s);
    let (base, heard) = watch::channel(server.address.clone());
    let (stop, stopped) = watch::channel(false);
    let acknowledged = Acknowledged::default();
    let sellers: Vec<_> = (0..SELLERS)
        .map(|seller| {
            tokio::spawn(sell(
                seller,
                request.clone(),
                heard.clone(),
                stopped.clone(),
                acknowledged.clone(),
            ))
        })
        .collect();
    let mut numbers = Numbers(seed);
    for round in 1..=rounds {
        tokio::time::sleep(Duration::from_millis(20 + numbers.below(900))).await;
        server.kill();
        if rounds > 20 && round % 20 == 0 {
            eprintln!(
                "{round} of {rounds} crashes, {} commands acknowledged",
                acknowledged.lock().unwrap().len()
            );
        }
        server = Server::start(&data, None, &systems, shift_s);
        base.send_replace(server.address.clone());
    }
    stop.send_replace(true);
    let mut sales = Vec::new();
    for seller in sellers {
        sales.extend(
            tokio::time::timeout(LONGEST, seller)
                .await
                .expect("every sale ends")
                .unwrap(),
        );
    }

    let client = Client::new(server.address.clone(), common::TENANT).unwrap();
    let acknowledged = acknowledged.lock().unwrap().clone();
    judge(&client, &sales, &acknowledged).await;
    effects_happened_once(&running, &sales);
    eprintln!(
        "{rounds} crashes: {} sales complete, {} commands acknowledged",
        sales.len(),
        acknowledged.len()
    );
    server.kill();
}

/// Every sale is one quote with one order, and every acknowledged command caused events that are still there, once.
async fn judge(client: &Client, sales: &[Sale], acknowledged: &[String]) {
    assert!(
        sales.len() >= SELLERS && acknowledged.len() > sales.len() * 8,
        "too little happened to prove anything"
    );
    let seller = Sale::seller();
    let mut orders = BTreeSet::new();
    let mut causes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for sale in sales {
        let (quote, order) = (sale.quote.as_ref().unwrap(), sale.order.as_ref().unwrap());
        assert!(
            orders.insert(order.clone()),
            "two sales share the order {order}"
        );
        let evidence = client
            .read(&seller, &format!("/quotes/{quote}/evidence-package"))
            .await
            .unwrap();
        assert_eq!(evidence["evidence"]["state"], "converted");
        assert_eq!(evidence["evidence"]["order"].as_str(), Some(order.as_str()));
        let timeline = client
            .read(&seller, &format!("/orders/{order}/timeline"))
            .await
            .unwrap();
        assert_eq!(timeline["state"], "completed");
        for event in evidence["evidence"]["events"]
            .as_array()
            .unwrap()
            .iter()
            .chain(timeline["timeline"].as_array().unwrap())
        {
            let text = |name: &str| event[name].as_str().unwrap().to_owned();
            causes
                .entry(text("causationid"))
                .or_default()
                .push(text("type"));
        }
    }
    let listed = client.read(&seller, "/orders?limit=1000").await.unwrap();
    let listed: BTreeSet<String> = listed["orders"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        listed, orders,
        "an order that no sale knows of, or a sale whose order is gone"
    );
    for key in acknowledged {
        let kinds = causes
            .get(key)
            .unwrap_or_else(|| panic!("`{key}` was acknowledged and left no event"));
        let distinct: BTreeSet<&String> = kinds.iter().collect();
        assert_eq!(
            distinct.len(),
            kinds.len(),
            "`{key}` was carried out more than once: {kinds:?}"
        );
    }
}

fn effects_happened_once(running: &Running, sales: &[Sale]) {
    let orders: BTreeSet<&str> = sales
        .iter()
        .filter_map(|sale| sale.order.as_deref())
        .collect();
    let mut tasks = 0;
    for (system, effects) in running.effects() {
        for effect in effects {
            assert!(
                orders.contains(effect.order.as_str()),
                "{system} worked for the unknown order {}",
                effect.order
            );
            assert_eq!(
                effect.times, 1,
                "{system} did {} of {} more than once",
                effect.task, effect.order
            );
            tasks += 1;
        }
    }
    assert_eq!(
        tasks,
        sales.len() * SYSTEMS.len(),
        "each order has a task on each system"
    );
}
