//! The golden rulesets that need the service: a fingerprint that went stale, and an order that keeps what was promised.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests fail by panicking, as tests do; a name that is missing in JSON is null"
)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{REP, SELLING_DATE, Service, TENANT, compile};
use quo_http::packages::Window;
use serde_json::{Value, json};

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../rulesets/golden")
        .join(name)
}

async fn service(ruleset: &str) -> (tempfile::TempDir, Service) {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::open(folder.path(), 3);
    let package = compile(&golden(ruleset));
    service.publish(TENANT, package, Window::default()).await;
    (folder, service)
}

/// A request for one line of a product.
fn sale(ruleset: &str, term: &str, product: &str, options: &Value) -> Value {
    json!({
        "ruleset": ruleset,
        "facts": {
            "account": { "id": "A-1" },
            "quote": { "currency": "EUR", "date": SELLING_DATE, "term": term }
        },
        "lines": [{ "id": "1", "product": product, "options": options, "parts": {} }],
        "asked": {}
    })
}

fn fingerprint(said: &Value) -> Value {
    json!({ "answerFingerprint": said["price"]["answerFingerprint"] })
}

/// Prices, validates and presents; gives what pricing said.
async fn presented(service: &Service, id: &str, version: &mut u64) -> Value {
    let priced = service.on(id, "price", REP, version, json!({})).await;
    for verb in ["validate", "submit-for-approval", "present"] {
        service.on(id, verb, REP, version, json!({})).await;
    }
    priced
}

#[tokio::test]
async fn a_stale_fingerprint_is_refused_and_the_new_one_accepted() {
    let (_folder, service) = service("stale-fingerprint").await;
    let request = sale(
        "golden.stale_fingerprint",
        "12 months",
        "Licence",
        &json!({ "users": 20 }),
    );
    let (id, mut version) = service.draft(&request).await;
    let shown = presented(&service, &id, &mut version).await;
    assert_eq!(
        shown["price"]["totals"]["contract"]["net"], "2160.00",
        "{shown}"
    );

    service
        .on(&id, "revise", REP, &mut version, json!({}))
        .await;
    let change =
        json!({ "line": "1", "configuration": { "options": { "users": 21 }, "parts": {} } });
    service
        .on(&id, "configure", REP, &mut version, change)
        .await;
    let path = format!("/quotes/{id}/accept");
    let said = service
        .command(&path, REP, version, fingerprint(&shown))
        .await;
    assert_eq!(said.status.as_u16(), 409, "{}", said.text());

    let priced = presented(&service, &id, &mut version).await;
    assert_eq!(
        priced["price"]["totals"]["contract"]["net"], "2142.00",
        "{priced}"
    );
    let (status, code, detail) = service
        .command(&path, REP, version, fingerprint(&shown))
        .await
        .problem();
    assert_eq!((status, code.as_str()), (422, "guarded"), "{detail}");
    assert!(
        detail.contains("the acceptance names the price"),
        "{detail}"
    );
    let accepted = service
        .on(&id, "accept", REP, &mut version, fingerprint(&priced))
        .await;
    assert_eq!(accepted["state"], "accepted");
}

/// The same rules with dearer machines, under another version.
fn dearer() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    for name in ["ruleset.quo", "rules.quo"] {
        let text = fs::read_to_string(golden("quote-to-order").join(name)).unwrap();
        let changed = text
            .replace("1.0.0", "1.1.0")
            .replace("1_250.00", "1_400.00");
        assert_ne!(changed, text);
        fs::write(folder.path().join(name), changed).unwrap();
    }
    compile(folder.path())
}

#[tokio::test]
async fn an_order_carries_what_was_promised() {
    let (_folder, service) = service("quote-to-order").await;
    let request = sale(
        "golden.quote_to_order",
        "36 months",
        "Machine",
        &json!({ "machines": 4 }),
    );
    let (id, mut version) = service.draft(&request).await;
    let priced = presented(&service, &id, &mut version).await;
    service
        .on(&id, "accept", REP, &mut version, fingerprint(&priced))
        .await;
    let until = |from: Option<&str>, to: Option<&str>| Window {
        from: from.map(str::to_owned),
        to: to.map(str::to_owned),
    };
    let old = compile(&golden("quote-to-order"));
    let last_day = until(Some("2026-01-01"), Some("2026-07-15"));
    service.publish(TENANT, old, last_day).await;
    let first_day = until(Some("2026-07-16"), None);
    service.publish(TENANT, dearer(), first_day).await;
    let converted = service
        .on(&id, "convert-to-order", REP, &mut version, json!({}))
        .await;
    let order = converted["order"].as_str().unwrap();
    let read = service.get(&format!("/orders/{order}")).await.ok();
    let text = read.to_string();
    assert!(text.contains("6152.00"), "{read:#}");
    assert!(!text.contains("5600.00"), "{read:#}");
    let path = format!("/quotes/{id}/convert-to-order");
    let (status, code, _) = service
        .command(&path, REP, version, json!({}))
        .await
        .problem();
    assert_eq!((status, code.as_str()), (409, "not-allowed"));
}
