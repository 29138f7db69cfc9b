//! Whole sales: from a draft to fulfilled orders, with downstream systems that answer as badly as real ones, and with
//! services that vanish in the middle.
#![expect(
    clippy::indexing_slicing,
    reason = "a JSON value indexed by a name it does not have is null; what is missing fails the assertion"
)]

mod common;

use common::{REP, SELLING_DATE, Service, sample};
use quo_connect::simulate::{Behaviour, EffectCount, Fault, Running, Simulation, Simulators};
use quo_connect::{HttpConnector, Timeouts};
use quo_domain::cloudevents;
use quo_http::{Orchestrator, Settings};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

const CALL_MS: u64 = 150;
const LATE_MS: u64 = 400;
/// How much faster than real time the service's clock goes, so that waits between tries are short.
const HASTE: i64 = 40;

async fn simulate(folder: &Path, behaviour: Behaviour) -> Running {
    let systems = [
        "Billing",
        "Entitlements",
        "Provisioning",
        "Shipping",
        "ProServ",
    ];
    let simulation = Simulation {
        systems: systems.map(str::to_owned).to_vec(),
        data: folder.join("simulated"),
        behaviour,
    };
    let opened = Simulators::open(&simulation).expect("the journals open");
    opened
        .serve(([127, 0, 0, 1], 0).into())
        .await
        .expect("loopback has free ports")
}

fn orchestrator(service: &Service, bases: &BTreeMap<String, String>) -> Arc<Orchestrator> {
    let timeouts = Timeouts {
        connect_ms: 100,
        call_ms: CALL_MS,
    };
    let connector = HttpConnector::new(bases, timeouts).expect("the addresses are ours");
    let settings = Settings {
        answer_ms: 60_000,
        ..Settings::default()
    };
    Orchestrator::new(service.state.clone(), Arc::new(connector), settings)
}

/// Drives the service until every order has come to rest; panics after half a minute.
async fn drive(
    service: &Service,
    orchestrator: &Arc<Orchestrator>,
    orders: &[String],
) -> Vec<Value> {
    for _ in 0..3_000 {
        orchestrator.tick().await;
        let mut found = Vec::new();
        for order in orders {
            found.push(service.get(&format!("/orders/{order}")).await.ok()["order"].clone());
        }
        let at_rest = |order: &Value| {
            let busy = |task: &Value| {
                !["completed", "failed", "skipped", "pending"]
                    .contains(&task["state"].as_str().unwrap_or_default())
            };
            match order["state"].as_str() {
                Some("completed" | "cancelled") => true,
                Some("held") => !order["tasks"]
                    .as_array()
                    .is_some_and(|tasks| tasks.iter().any(busy)),
                _ => false,
            }
        };
        if found.iter().all(at_rest) {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
        service.clock.advance_millis(10 * HASTE);
    }
    panic!("the orders do not come to rest");
}

fn counts(running: &Running) -> Vec<EffectCount> {
    running.effects().into_values().flatten().collect()
}

/// Every effect happened once, and there are as many as tasks that are completed.
fn each_effect_once(running: &Running, orders: &[Value]) {
    let counts = counts(running);
    assert!(counts.iter().all(|effect| effect.times == 1), "{counts:#?}");
    let done = orders
        .iter()
        .flat_map(|order| order["tasks"].as_array().expect("tasks"));
    let done = done.filter(|task| task["state"] == "completed").count();
    assert_eq!(counts.len(), done);
}

#[tokio::test]
async fn a_sale_from_draft_to_completion() {
    let folder = tempfile::tempdir().expect("a folder");
    let service = Service::with_rules(folder.path(), 3).await;
    let running = simulate(folder.path(), Behaviour::calm()).await;
    let orchestrator = orchestrator(&service, &running.bases());

    let request = sample("enterprise-germany.json");
    let (quote, version) = service.accepted(&request).await;
    let order = service.ordered(&quote, version).await;
    let orders = drive(&service, &orchestrator, std::slice::from_ref(&order)).await;
    assert_eq!(orders[0]["state"], "completed");
    each_effect_once(&running, &orders);

    // The order carries what was accepted, and billing was told the exact terms.
    let accepted = service
        .get(&format!("/quotes/{quote}/evidence-package"))
        .await
        .ok();
    let promised = &accepted["evidence"]["commitment"];
    assert_eq!(&orders[0]["commitment"], promised);
    assert_eq!(
        orders[0]["acceptance"]["commitmentFingerprint"],
        accepted["evidence"]["commitmentFingerprint"]
    );
    let billing = &promised["snapshot"]["tasks"][0];
    assert_eq!(billing["id"], "1.billing");
    let charges = billing["payload"]["charges"].as_array().expect("charges");
    assert!(
        charges
            .iter()
            .any(|c| c["path"] == "platform.subscription" && c["net"] == "9226.88")
    );
    assert_eq!(promised["snapshot"]["sellingDate"], SELLING_DATE);

    let plan = service
        .get(&format!("/orders/{order}/fulfillment-plan"))
        .await
        .ok();
    assert_eq!(
        (plan["done"].as_u64(), plan["of"].as_u64()),
        (Some(5), Some(5))
    );
    let fallout = service.get(&format!("/orders/{order}/fallout")).await.ok();
    assert_eq!(
        (&fallout["failed"], &fallout["unknown"]),
        (&json!([]), &json!([]))
    );

    let trace = service
        .get(&format!("/quotes/{quote}/pricing-trace"))
        .await
        .ok();
    assert_eq!(trace["same"], true);
    assert!(
        trace["explanation"]["text"]
            .as_str()
            .expect("text")
            .contains("platform.subscription")
    );
    let approvals = service
        .get(&format!("/quotes/{quote}/approval-history"))
        .await
        .ok();
    let decisions = approvals["revisions"][0]["cases"][0]["decisions"]
        .as_array()
        .expect("decisions")
        .clone();
    let who: Vec<_> = decisions
        .iter()
        .map(|d| (d["role"].as_str(), d["by"]["id"].as_str()))
        .collect();
    assert_eq!(
        who,
        [
            (Some("SalesManager"), Some("manager")),
            (Some("DealDesk"), Some("desk"))
        ]
    );
}

#[tokio::test]
async fn what_people_and_programs_look_at() {
    let folder = tempfile::tempdir().expect("a folder");
    let service = Service::with_rules(folder.path(), 4).await;
    let running = simulate(folder.path(), Behaviour::calm()).await;
    let orchestrator = orchestrator(&service, &running.bases());
    let (quote, version) = service.accepted(&sample("japan-pro.json")).await;
    let order = service.ordered(&quote, version).await;
    drive(&service, &orchestrator, std::slice::from_ref(&order)).await;
    orchestrator.tick().await;

    // The published log, page by page, is all events in order, each a conformant CloudEvent.
    let mut events = Vec::new();
    let mut next = "/events?limit=7".to_owned();
    loop {
        let said = service.get(&next).await;
        assert_eq!(
            said.headers["content-type"],
            "application/cloudevents-batch+json"
        );
        let page = said.ok().as_array().expect("a batch").clone();
        if page.is_empty() {
            break;
        }
        events.extend(page);
        let link = said.headers["link"].to_str().expect("a link");
        next = link
            .trim_start_matches('<')
            .split('>')
            .next()
            .expect("an address")
            .to_owned();
    }
    for event in &events {
        assert_eq!(cloudevents::validate(event), Ok(()), "{event}");
        assert_eq!(event["tenantid"], "acme");
        assert!(event["correlationid"].is_string() && event["causationid"].is_string());
    }
    let types: Vec<_> = events
        .iter()
        .map(|event| event["type"].as_str().expect("a type"))
        .collect();
    let at = |kind: &str| {
        types
            .iter()
            .position(|t| *t == kind)
            .unwrap_or_else(|| panic!("{kind} in {types:?}"))
    };
    let story = [
        "quo.quote.created.v1",
        "quo.quote.line_added.v1",
        "quo.quote.priced.v1",
        "quo.quote.validated.v1",
        "quo.quote.submitted_for_approval.v1",
        "quo.quote.approved.v1",
        "quo.quote.presented.v1",
        "quo.quote.accepted.v1",
        "quo.quote.converted.v1",
        "quo.order.captured.v1",
        "quo.order.submitted.v1",
        "quo.order.validated.v1",
        "quo.order.decomposed.v1",
        "quo.order.task_started.v1",
        "quo.order.completed.v1",
    ];
    assert!(
        story.windows(2).all(|pair| at(pair[0]) < at(pair[1])),
        "{types:?}"
    );
    let timeline = service.get(&format!("/orders/{order}/timeline")).await.ok();
    let of_order = events
        .iter()
        .filter(|e| e["subject"] == format!("order/{order}"))
        .count();
    assert_eq!(
        timeline["timeline"].as_array().expect("entries").len(),
        of_order
    );

    let quotes = service.get("/quotes?state=converted").await.ok();
    assert_eq!(quotes["quotes"][0]["id"], quote.as_str());
    assert_eq!(quotes["freshness"]["position"], quotes["freshness"]["head"]);
    let orders = service.get("/orders?account=A-4").await.ok();
    assert_eq!(orders["orders"][0]["state"], "completed");

    let metrics = service.get("/metrics").await.text();
    for line in [
        "quo_quotes_created_total{tenant=\"acme\"} 1",
        "quo_orders_completed_total{tenant=\"acme\"} 1",
        "quo_decision_seconds_count 1",
    ] {
        assert!(metrics.contains(line), "{line} in {metrics}");
    }
    let page = service.get(&format!("/orders/{order}/page")).await;
    assert!(
        page.text().contains("1.billing") && page.headers.contains_key("content-security-policy")
    );
    let page = service.get(&format!("/quotes/{quote}/page")).await.text();
    assert!(
        page.contains("platform.subscription") && page.contains("SalesManager"),
        "{page}"
    );
    assert!(
        service
            .get("/")
            .await
            .text()
            .contains(&format!("/orders/{order}/page?tenant=acme"))
    );
    assert_eq!(service.get("/healthz").await.ok()["status"], "ok");
    let document = service.get("/openapi.json").await.ok();
    let paths = document["paths"].as_object().expect("paths");
    assert!(paths["/quotes/{id}/accept"]["post"]["requestBody"].is_object());
    assert_eq!(paths.len(), 38, "{:?}", paths.keys());
}

#[tokio::test]
async fn systems_that_time_out_and_cut_connections_do_everything_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let service = Service::with_rules(folder.path(), 5).await;
    let running = simulate(folder.path(), Behaviour::stormy(20_260_715, LATE_MS)).await;
    let orchestrator = orchestrator(&service, &running.bases());
    let mut orders = Vec::new();
    for name in [
        "enterprise-germany.json",
        "japan-pro.json",
        "services-and-suite-canada.json",
    ] {
        let (quote, version) = service.accepted(&sample(name)).await;
        orders.push(service.ordered(&quote, version).await);
    }
    let found = drive(&service, &orchestrator, &orders).await;
    assert!(
        found.iter().all(|order| order["state"] == "completed"),
        "{found:#?}"
    );
    each_effect_once(&running, &found);
    let metrics = service.get("/metrics").await.text();
    let counted = |outcome: &str| metrics.contains(&format!("outcome=\"{outcome}\""));
    assert!(
        counted("unknown") && counted("reconciled"),
        "the storm was none: {metrics}"
    );
}

#[tokio::test]
async fn every_fault_alone_ends_well_or_with_a_person() {
    for (fault, state) in [
        (Fault::Accept, "completed"),
        (Fault::AnswerLate, "completed"),
        (Fault::CutBefore, "completed"),
        (Fault::CutAfter, "completed"),
        (Fault::Unavailable, "completed"),
        (Fault::Refuse, "held"),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let service = Service::with_rules(folder.path(), 6).await;
        let running = simulate(folder.path(), Behaviour::scripted(&[fault], LATE_MS)).await;
        let orchestrator = orchestrator(&service, &running.bases());
        let (quote, version) = service
            .accepted(&sample("services-and-suite-canada.json"))
            .await;
        let order = service.ordered(&quote, version).await;
        let found = drive(&service, &orchestrator, std::slice::from_ref(&order)).await;
        assert_eq!(found[0]["state"], state, "{fault:?}");
        each_effect_once(&running, &found);
        if state == "held" {
            let fallout = service.get(&format!("/orders/{order}/fallout")).await.ok();
            let detail = &fallout["failed"][0]["detail"];
            assert_eq!(detail, "this system does not serve this customer");
            let envelope =
                service.envelope(found[0]["version"].as_u64().expect("a version"), json!({}));
            let said = service
                .post(&format!("/orders/{order}/cancel"), REP, &envelope)
                .await;
            // Nothing was done, so there is nothing to undo.
            assert_eq!(said.ok()["state"], "cancelled");
        }
    }
}

/// Cancels an order. What is under way may be recorded meanwhile; then it is asked again, while nothing new is begun.
async fn cancel(service: &Service, order: &str) -> Value {
    for _ in 0..100 {
        let found = service.get(&format!("/orders/{order}")).await.ok();
        let version = found["order"]["version"].as_u64().expect("a version");
        let envelope = service.envelope(version, json!({}));
        let path = format!("/orders/{order}/cancel");
        let said = service.post(&path, REP, &envelope).await;
        if said.status.is_success() {
            return said.ok();
        }
        assert_eq!(said.status, 409, "{}", said.text());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the order never stands still");
}

/// Drives an order until a task of it is done, and cancels it then.
async fn cancel_after(
    service: &Service,
    orchestrator: &Arc<Orchestrator>,
    order: &str,
    task: &str,
) -> Value {
    for _ in 0..3_000 {
        orchestrator.tick().await;
        let found = service.get(&format!("/orders/{order}")).await.ok()["order"].clone();
        assert_ne!(found["state"], "completed", "it was too quick");
        let named = |it: &Value| it["id"].as_str().is_some_and(|id| id.ends_with(task));
        let done = |it: &Value| named(it) && it["state"] == "completed";
        if found["tasks"]
            .as_array()
            .is_some_and(|tasks| tasks.iter().any(done))
        {
            return cancel(service, order).await;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
        service.clock.advance_millis(10 * HASTE);
    }
    panic!("`{task}` is never done");
}

#[tokio::test]
async fn an_order_in_progress_is_cancelled_and_what_was_done_is_undone_once() {
    for (behaviour, seed) in [
        (Behaviour::calm(), 11),
        (Behaviour::stormy(20_261_128, LATE_MS), 12),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let service = Service::with_rules(folder.path(), seed).await;
        let running = simulate(folder.path(), behaviour).await;
        let orchestrator = orchestrator(&service, &running.bases());
        let (quote, version) = service.accepted(&sample("enterprise-germany.json")).await;
        let order = service.ordered(&quote, version).await;
        let said = cancel_after(&service, &orchestrator, &order, "billing").await;
        assert_eq!(said["state"], "cancelling", "{said}");
        let found = drive(&service, &orchestrator, std::slice::from_ref(&order)).await;
        assert_eq!(found[0]["state"], "cancelled");
        let tasks = found[0]["tasks"].as_array().expect("tasks");
        for task in tasks {
            let undo = task["plan"]["undo"].is_string();
            let state = task["state"].as_str().expect("a state");
            let ended = ["undone", "withdrawn", "failed"].contains(&state);
            assert!(ended || !undo && state == "completed", "{task}");
        }
        assert!(tasks.iter().any(|task| task["state"] == "undone"));
        assert!(tasks.iter().any(|task| task["state"] == "withdrawn"));
        let counts = counts(&running);
        assert!(counts.iter().all(|effect| effect.times == 1), "{counts:#?}");
        // What was stored last is published by the next round.
        orchestrator.tick().await;
        let events = service.get("/events?limit=500").await.json();
        let events = events.as_array().expect("a batch");
        let at = |kind: &str| events.iter().position(|event| event["type"] == kind);
        let begun = at("quo.order.cancellation_begun.v1").expect("it was begun");
        let ended = at("quo.order.cancelled.v1").expect("it ended");
        let undone = at("quo.order.task_compensation_completed.v1")
            .or_else(|| at("quo.order.task_compensation_reconciled.v1"))
            .expect("something was undone");
        assert!(begun < undone && undone < ended);
    }
}

/// The service vanishes, with whatever it was doing, and another one opens what it left.
#[test]
fn a_service_that_vanishes_leaves_nothing_undone_or_done_twice() {
    let folder = tempfile::tempdir().expect("a folder");
    let outside = tokio::runtime::Runtime::new().expect("a runtime");
    // Slow enough that calls are under way when the service vanishes.
    let behaviour = Behaviour {
        work_ms: 60,
        ..Behaviour::stormy(99, LATE_MS)
    };
    let running = outside.block_on(simulate(folder.path(), behaviour));
    let bases = running.bases();

    let mut start = "2026-07-15T09:00:00Z".parse().expect("a time");
    let mut orders = Vec::new();
    let begun = tokio::runtime::Runtime::new().expect("a runtime");
    begun.block_on(async {
        let service = Service::with_rules(folder.path(), 7).await;
        for name in ["enterprise-germany.json", "japan-pro.json"] {
            let (quote, version) = service.accepted(&sample(name)).await;
            orders.push(service.ordered(&quote, version).await);
        }
    });
    drop(begun);

    let mut lives = 0;
    let found = loop {
        lives += 1;
        assert!(lives < 500, "the orders do not come to rest");
        let life = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        let found = life.block_on(async {
            let service = Service::open_at(folder.path(), 100 + lives, start);
            let orchestrator = orchestrator(&service, &bases);
            // Each life has another length, so that the end comes at other moments.
            for _ in 0..(1 + lives * 7 % 5) {
                orchestrator.tick().await;
                tokio::time::sleep(Duration::from_millis(10)).await;
                service.clock.advance_millis(10 * HASTE);
            }
            let mut found = Vec::new();
            for order in &orders {
                found.push(service.get(&format!("/orders/{order}")).await.ok()["order"].clone());
            }
            start = service.state.now();
            found
        });
        // Everything it was doing ends here, between any two of its steps.
        life.shutdown_timeout(Duration::from_millis(200));
        if found.iter().all(|order| order["state"] == "completed") {
            break found;
        }
    };
    assert!(lives > 3, "it never vanished in the middle: {lives}");
    each_effect_once(&running, &found);
    let history = found
        .iter()
        .map(|order| order.to_string())
        .collect::<String>();
    assert!(history.contains("reference"), "{history}");
}

#[tokio::test]
async fn approvals_escalate_and_quotes_expire_by_themselves() {
    let folder = tempfile::tempdir().expect("a folder");
    let service = Service::with_rules(folder.path(), 8).await;
    let orchestrator = orchestrator(&service, &BTreeMap::new());
    let (id, mut version) = service.draft(&sample("enterprise-germany.json")).await;
    for verb in ["price", "validate", "submit-for-approval"] {
        service.on(&id, verb, REP, &mut version, json!({})).await;
    }
    orchestrator.tick().await;
    let revision =
        async || service.get(&format!("/quotes/{id}")).await.ok()["quote"]["revisions"][0].clone();
    assert_eq!(revision().await["approvals"][0]["step"], 1);
    // The matrix gives a day to answer; then the next step is asked.
    service.clock.advance_millis(25 * 60 * 60 * 1_000);
    orchestrator.tick().await;
    let now = revision().await;
    assert_eq!(
        (
            &now["approvals"][0]["step"],
            &now["approvals"][0]["escalated"]
        ),
        (&json!(2), &json!([1]))
    );
    service.clock.advance_millis(200 * 24 * 60 * 60 * 1_000);
    orchestrator.tick().await;
    orchestrator.tick().await;
    assert_eq!(revision().await["state"], "expired");
    let head = service
        .state
        .store
        .head(&quo_domain::ids::TenantId::parse("acme").expect("a tenant"))
        .await;
    orchestrator.tick().await;
    let later = service
        .state
        .store
        .head(&quo_domain::ids::TenantId::parse("acme").expect("a tenant"))
        .await;
    assert_eq!(head, later, "nothing fires twice");
}
