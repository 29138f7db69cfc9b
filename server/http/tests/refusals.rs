//! What is refused, and how it is said.

mod common;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use common::{DESK, MANAGER, Person, REP, Service, sample};
use serde_json::{Value, json};

async fn service() -> (tempfile::TempDir, Service) {
    let folder = tempfile::tempdir().expect("a folder");
    let service = Service::with_rules(folder.path(), 2).await;
    (folder, service)
}

fn header() -> Value {
    json!({ "account": "A-1", "ruleset": "acme.cloud", "sellingDate": "2026-07-15" })
}

#[tokio::test]
async fn nobody_acts_without_a_name() {
    let (_folder, service) = service().await;
    let envelope = service.envelope(0, header());
    let mut request = Service::request("POST", "/quotes", REP, Some(&envelope));
    request.headers_mut().remove("X-Quo-Actor");
    let (status, code, detail) = service.send(request).await.problem();
    assert_eq!((status, code.as_str()), (401, "principal-missing"));
    assert_eq!(detail, "the header `x-quo-actor` is missing");
}

#[tokio::test]
async fn the_body_cannot_name_another_actor() {
    let (_folder, service) = service().await;
    let mut envelope = service.envelope(0, header());
    envelope["actor"] = json!({ "type": "user", "id": "manager" });
    let (status, code, detail) = service.post("/quotes", REP, &envelope).await.problem();
    assert_eq!((status, code.as_str()), (403, "actor-mismatch"));
    assert_eq!(
        detail,
        "the command names `user:manager`, the request comes from `user:rep`"
    );
    envelope["actor"] = json!({ "type": "user", "id": "rep" });
    assert_eq!(
        service.post("/quotes", REP, &envelope).await.status,
        StatusCode::CREATED
    );
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_with_a_sentence() {
    let (_folder, service) = service().await;
    let mut unknown = service.envelope(0, header());
    unknown["payload"]["colour"] = json!("red");
    let mut no_key = service.envelope(0, header());
    no_key.as_object_mut().unwrap().remove("idempotencyKey");
    let mut wrong_key = service.envelope(0, header());
    wrong_key["idempotencyKey"] = json!("two words");
    for (body, part) in [
        (unknown, "unknown field `colour`"),
        (no_key, "missing field `idempotencyKey`"),
        (wrong_key, "visible ASCII characters"),
        (json!("x"), "expected struct"),
    ] {
        let (status, code, detail) = service.post("/quotes", REP, &body).await.problem();
        assert_eq!((status, code.as_str()), (400, "malformed"), "{detail}");
        assert!(detail.contains(part), "{detail}");
    }
}

#[tokio::test]
async fn a_header_that_contradicts_itself_is_refused() {
    let (_folder, service) = service().await;
    for (change, part) in [
        (
            json!({ "facts": { "quote": { "date": "2026-07-16" } } }),
            "the selling date is `2026-07-15`",
        ),
        (
            json!({ "facts": { "account": { "id": "A-2" } } }),
            "the quote is for the account `A-1`",
        ),
        (json!({ "facts": [] }), "`facts` must be an object"),
        (json!({ "asked": 5 }), "`asked` must be an object"),
    ] {
        let mut payload = header();
        payload
            .as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        let (status, code, detail) = service.command("/quotes", REP, 0, payload).await.problem();
        assert_eq!((status, code.as_str()), (422, "inconsistent"), "{detail}");
        assert!(detail.contains(part), "{detail}");
    }
    let mut payload = header();
    payload["ruleset"] = json!("acme.clod");
    let (status, code, _) = service.command("/quotes", REP, 0, payload).await.problem();
    assert_eq!((status, code.as_str()), (422, "no-package"));
}

#[tokio::test]
async fn a_repeated_command_gets_its_first_answer() {
    let (_folder, service) = service().await;
    let envelope = service.envelope(0, header());
    let first = service.post("/quotes", REP, &envelope).await;
    assert_eq!(first.status, StatusCode::CREATED);
    assert!(!first.headers.contains_key("idempotent-replay"));
    let mut renamed = envelope.clone();
    renamed["commandId"] = json!("cmd-again");
    for repeated in [&envelope, &renamed] {
        let again = service.post("/quotes", REP, repeated).await;
        assert_eq!((again.status, again.json()), (first.status, first.json()));
        assert_eq!(again.headers["idempotent-replay"], "true");
    }
    let mut other = envelope.clone();
    other["payload"]["account"] = json!("A-2");
    let (status, code, _) = service.post("/quotes", REP, &other).await.problem();
    assert_eq!((status, code.as_str()), (409, "idempotency-key-reused"));
    let (status, code, _) = service.post("/quotes", MANAGER, &envelope).await.problem();
    assert_eq!(
        (status, code.as_str()),
        (409, "idempotency-key-reused"),
        "another actor"
    );

    // The same payload sent to another route of one quote is another command.
    let id = first.json()["quote"].as_str().unwrap().to_owned();
    let mut cancel = service.envelope(1, json!({}));
    cancel["idempotencyKey"] = json!("one-key");
    assert!(
        service
            .post(&format!("/quotes/{id}/cancel"), REP, &cancel)
            .await
            .status
            .is_success()
    );
    let (_, code, _) = service
        .post(&format!("/quotes/{id}/revise"), REP, &cancel)
        .await
        .problem();
    assert_eq!(code, "idempotency-key-reused");
}

#[tokio::test]
async fn at_once_a_key_is_stored_once() {
    let (_folder, service) = service().await;
    let envelope = service.envelope(0, header());
    let said = tokio::join!(
        service.post("/quotes", REP, &envelope),
        service.post("/quotes", REP, &envelope),
        service.post("/quotes", REP, &envelope),
    );
    assert_eq!(said.0.ok(), said.1.ok());
    assert_eq!(said.0.ok(), said.2.ok());
    let tenant = quo_domain::ids::TenantId::parse(common::TENANT).unwrap();
    assert_eq!(service.state.store.head(&tenant).await.unwrap(), 1);
}

#[tokio::test]
async fn who_has_seen_an_old_version_is_told() {
    let (_folder, service) = service().await;
    let (id, version) = service.draft(&sample("japan-pro.json")).await;
    assert_eq!(version, 2);
    let path = format!("/quotes/{id}/price");
    let (status, code, detail) = service.command(&path, REP, 1, json!({})).await.problem();
    assert_eq!((status, code.as_str()), (409, "version-conflict"));
    assert_eq!(detail, format!("`quote/{id}` is at version 2, not 1"));
}

#[tokio::test]
async fn a_quote_goes_its_way_step_by_step() {
    let (_folder, service) = service().await;
    let (id, mut version) = service.draft(&sample("enterprise-germany.json")).await;
    let refused = async |verb: &str, person: Person, version: u64, payload: Value| {
        let path = format!("/quotes/{id}/{verb}");
        let (status, code, detail) = service
            .command(&path, person, version, payload)
            .await
            .problem();
        (status, code, detail)
    };
    let is = |said: (u16, String, String), status: u16, code: &str, part: &str| {
        assert_eq!((said.0, said.1.as_str()), (status, code), "{}", said.2);
        assert!(said.2.contains(part), "{}", said.2);
    };
    let unpriced = json!({ "answerFingerprint": "v1:sha256:00" });
    is(
        refused("accept", REP, version, unpriced.clone()).await,
        409,
        "not-allowed",
        "`price`",
    );
    is(
        refused("convert-to-order", REP, version, json!({})).await,
        409,
        "not-allowed",
        "`draft`",
    );
    let priced = service.on(&id, "price", REP, &mut version, json!({})).await;
    is(
        refused("present", REP, version, json!({})).await,
        409,
        "not-allowed",
        "`validate`",
    );
    service
        .on(&id, "validate", REP, &mut version, json!({}))
        .await;
    service
        .on(&id, "submit-for-approval", REP, &mut version, json!({}))
        .await;
    is(
        refused("present", REP, version, json!({})).await,
        409,
        "not-allowed",
        "`approve`",
    );

    let manager = json!({ "role": "SalesManager" });
    is(
        refused("approve", DESK, version, manager.clone()).await,
        422,
        "guarded",
        "does not hold the role",
    );
    let both = Person("user:rep", "SalesRep,SalesManager");
    is(
        refused("approve", both, version, manager.clone()).await,
        422,
        "guarded",
        "prepared what is to be approved",
    );
    let desk = json!({ "role": "DealDesk" });
    is(
        refused("approve", DESK, version, desk.clone()).await,
        422,
        "guarded",
        "waits for `SalesManager`",
    );
    service
        .on(&id, "approve", MANAGER, &mut version, manager)
        .await;
    service.on(&id, "approve", DESK, &mut version, desk).await;
    service
        .on(&id, "present", REP, &mut version, json!({}))
        .await;

    is(
        refused("accept", REP, version, unpriced).await,
        422,
        "guarded",
        "the acceptance names the price",
    );
    let named = json!({ "answerFingerprint": priced["price"]["answerFingerprint"] });
    service.on(&id, "accept", REP, &mut version, named).await;
    let order = service
        .on(&id, "convert-to-order", REP, &mut version, json!({}))
        .await;
    is(
        refused("convert-to-order", REP, version, json!({})).await,
        409,
        "not-allowed",
        "`converted`",
    );
    is(
        refused("revise", REP, version, json!({})).await,
        409,
        "not-allowed",
        "",
    );

    let path = format!("/orders/{}/cancel", order["order"].as_str().unwrap());
    let mut no_reason = service.envelope(1, json!({}));
    no_reason.as_object_mut().unwrap().remove("reason");
    let (status, code, detail) = service.post(&path, REP, &no_reason).await.problem();
    assert_eq!((status, code.as_str()), (422, "guarded"), "{detail}");
}

#[tokio::test]
async fn what_may_not_be_sold_stops_at_validation() {
    let (_folder, service) = service().await;
    let (id, mut version) = service.draft(&sample("refused-sso-on-standard.json")).await;
    let priced = service.on(&id, "price", REP, &mut version, json!({})).await;
    assert_eq!(priced["price"]["valid"], false);
    let validated = service
        .on(&id, "validate", REP, &mut version, json!({}))
        .await;
    assert_eq!(validated["state"], "priced");
    assert_eq!(
        validated["blocking"],
        json!(["line 1: SSO needs Pro or better"])
    );
    let results = service
        .get(&format!("/quotes/{id}/validation-results"))
        .await
        .ok();
    assert_eq!(results["valid"], false);
    assert_eq!(results["blocking"][0]["rule"], "SsoNeedsPro");
}

#[tokio::test]
async fn an_expired_quote_cannot_be_accepted() {
    let (_folder, service) = service().await;
    let (id, mut version) = service
        .draft(&sample("services-and-suite-canada.json"))
        .await;
    let priced = service.on(&id, "price", REP, &mut version, json!({})).await;
    for verb in ["validate", "submit-for-approval", "present"] {
        service.on(&id, verb, REP, &mut version, json!({})).await;
    }
    service.clock.advance_millis(200 * 24 * 60 * 60 * 1_000);
    let payload = json!({ "answerFingerprint": priced["price"]["answerFingerprint"] });
    let path = format!("/quotes/{id}/accept");
    let (status, code, detail) = service
        .command(&path, REP, version, payload)
        .await
        .problem();
    assert_eq!((status, code.as_str()), (422, "guarded"));
    assert!(detail.contains("expired at 2027-01-01"), "{detail}");
}

#[tokio::test]
async fn another_tenant_sees_nothing() {
    let (_folder, service) = service().await;
    let (id, _) = service.draft(&sample("japan-pro.json")).await;
    assert!(
        service
            .get(&format!("/quotes/{id}"))
            .await
            .status
            .is_success()
    );
    for path in [
        format!("/quotes/{id}"),
        format!("/quotes/{id}/evidence-package"),
        format!("/quotes/{id}/page"),
    ] {
        let mut request = Service::request("GET", &path, REP, None);
        request
            .headers_mut()
            .insert("X-Quo-Tenant", "globex".parse().unwrap());
        let (status, code, detail) = service.send(request).await.problem();
        assert_eq!((status, code.as_str()), (404, "not-found"));
        assert_eq!(detail, format!("there is no quote `{id}`"));
    }
}

#[tokio::test]
async fn routes_that_do_not_exist_say_so() {
    let (_folder, service) = service().await;
    for (method, path) in [
        (Method::GET, "/nothing"),
        (Method::DELETE, "/quotes"),
        (Method::POST, "/orders"),
    ] {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .body(Body::empty())
            .unwrap();
        assert_eq!(service.send(request).await.problem().1, "not-found");
    }
    let metrics = service.get("/metrics").await.text();
    assert!(
        metrics.contains("quo_refusals_total{code=\"not-found\"} 3"),
        "{metrics}"
    );
}
