//! The decision endpoints: what each of them says, and that it can be decided again.
#![expect(
    clippy::indexing_slicing,
    reason = "a JSON value indexed by a name it does not have is null; what is missing fails the assertion"
)]

mod common;

use axum::http::StatusCode;
use common::{REP, RULES, SELLING_DATE, Service, TENANT, compile, rules_folder, sample};
use quo_http::packages::Window;
use serde_json::{Value, json};

async fn service() -> (tempfile::TempDir, Service) {
    let folder = tempfile::tempdir().expect("a folder");
    let service = Service::with_rules(folder.path(), 1).await;
    (folder, service)
}

fn holds_what_every_decision_says(decision: &Value) {
    for name in ["inputFingerprint", "outputFingerprint"] {
        assert!(
            decision[name]
                .as_str()
                .unwrap_or_default()
                .starts_with("v1:sha256:"),
            "{name}"
        );
    }
    assert!(
        decision["replayToken"]
            .as_str()
            .unwrap_or_default()
            .starts_with("qr1.")
    );
    assert_eq!(decision["package"]["ruleset"], "acme.cloud");
    assert_eq!(decision["expiresOn"], "2026-12-31");
    let rules = decision["ruleVersions"].as_array().expect("rules");
    assert!(rules.iter().all(|rule| rule["version"] == "1.0.0") && !rules.is_empty());
    assert!(decision["warnings"].is_array() && decision["blockingErrors"].is_array());
}

#[tokio::test]
async fn a_price_is_calculated() {
    let (_folder, service) = service().await;
    let said = service
        .post(
            "/pricing/calculate",
            REP,
            &sample("enterprise-germany.json"),
        )
        .await;
    let decision = said.ok();
    holds_what_every_decision_says(&decision);
    assert_eq!(decision["valid"], true);
    assert!(decision.get("explanation").is_none());
    let result = &decision["result"];
    assert_eq!(result["totals"]["contract"]["net"], "584447.40");
    let charges = result["lines"][0]["charges"].as_array().unwrap();
    let subscription = charges
        .iter()
        .find(|c| c["path"] == "platform.subscription")
        .unwrap();
    assert_eq!(subscription["net"], "9226.88");
    assert_eq!(
        result["approvals"][0]["steps"][1]["roles"],
        json!(["DealDesk"])
    );
}

#[tokio::test]
async fn a_price_is_explained_when_asked() {
    let (_folder, service) = service().await;
    let request = sample("enterprise-germany.json");
    let decision = service
        .post("/pricing/calculate?explain=true", REP, &request)
        .await
        .ok();
    let text = decision["explanation"]["text"].as_str().unwrap();
    assert!(
        text.contains("platform.subscription") && text.contains(".quo:"),
        "{text}"
    );
    let why = "/pricing/calculate?whyNot=SpringStart";
    let decision = service.post(why, REP, &request).await.ok();
    assert!(!decision["explanation"]["data"]["why_not"].is_null());
    let unknown = "/pricing/calculate?whyNot=SpringStort";
    let (status, code, detail) = service.post(unknown, REP, &request).await.problem();
    assert_eq!((status, code.as_str()), (404, "not-found"));
    assert!(detail.contains("SpringStort"), "{detail}");
}

#[tokio::test]
async fn eligibility_and_configuration_are_apart() {
    let (_folder, service) = service().await;
    let brazil = sample("refused-appliance-in-brazil.json");
    let sso = sample("refused-sso-on-standard.json");
    let eligible = async |request: &Value| {
        service
            .post("/eligibility/evaluate", REP, request)
            .await
            .ok()["result"]
            .clone()
    };
    let valid = async |request: &Value| {
        service
            .post("/configuration/validate", REP, request)
            .await
            .ok()["result"]
            .clone()
    };
    let refused = eligible(&brazil).await;
    assert_eq!(refused["eligible"], false);
    let reason = &refused["lines"][0]["ineligible"][0]["message"];
    assert_eq!(
        reason,
        "the edge appliance is sold where its radio module is approved"
    );
    let configured = valid(&brazil).await;
    assert_eq!(configured["valid"], true, "{configured}");
    assert_eq!(eligible(&sso).await["eligible"], true);
    let refused = valid(&sso).await;
    assert_eq!(refused["valid"], false);
    assert_eq!(
        refused["lines"][0]["violations"][0]["message"],
        "SSO needs Pro or better"
    );
}

#[tokio::test]
async fn promotions_say_what_applied_and_why_others_did_not() {
    let (_folder, service) = service().await;
    let spring = sample("spring-netherlands.json");
    let decision = service
        .post("/promotions/evaluate", REP, &spring)
        .await
        .ok();
    assert!(decision.get("explanation").is_none(), "only when asked");
    let applied = |decision: &Value, name: &str| -> Vec<String> {
        let charges = decision["result"]["lines"][0]["charges"]
            .as_array()
            .unwrap()
            .clone();
        let lists = charges
            .iter()
            .flat_map(|charge| charge[name].as_array().unwrap().clone());
        lists
            .map(|entry| entry["rule"].as_str().unwrap().to_owned())
            .collect()
    };
    assert!(applied(&decision, "applied").contains(&"SpringStart".to_owned()));
    let july = service
        .post(
            "/promotions/evaluate",
            REP,
            &sample("enterprise-germany.json"),
        )
        .await
        .ok();
    assert!(!applied(&july, "applied").contains(&"SpringStart".to_owned()));
    assert!(applied(&july, "notApplied").contains(&"SpringStart".to_owned()));
    let text = july["result"].to_string();
    assert!(text.contains("2026-05-31"), "the reason names the last day");
}

#[tokio::test]
async fn what_the_rules_cannot_read_is_listed() {
    let (_folder, service) = service().await;
    let mut request = sample("enterprise-germany.json");
    request["lines"][0]["parts"]["platform"][0]["options"]["seats"] = json!(12.5);
    request["facts"]["account"]["segment"] = json!("Enterprize");
    let said = service.post("/pricing/calculate", REP, &request).await;
    let (status, code, detail) = said.problem();
    assert_eq!((status, code.as_str()), (422, "request-refused"));
    assert_eq!(detail, "2 things are wrong with it");
    let problems = said.json()["problems"].to_string();
    assert!(
        problems.contains("seats") && problems.contains("Enterprise"),
        "{problems}"
    );
}

#[tokio::test]
async fn a_request_needs_exactly_one_package() {
    let (_folder, service) = service().await;
    let mut request = sample("enterprise-germany.json");
    request["facts"]["quote"]["date"] = json!("2025-06-30");
    let (status, code, _) = service
        .post("/pricing/calculate", REP, &request)
        .await
        .problem();
    assert_eq!((status, code.as_str()), (422, "no-package"));
    request["facts"]["quote"]["date"] = json!("tomorrow");
    let (status, code, _) = service
        .post("/pricing/calculate", REP, &request)
        .await
        .problem();
    assert_eq!((status, code.as_str()), (400, "malformed"));
    let (status, code, detail) = service
        .post("/pricing/calculate", REP, &json!({"lines": []}))
        .await
        .problem();
    assert_eq!((status, code.as_str()), (400, "malformed"));
    assert!(detail.contains("facts.quote.date"), "{detail}");
}

/// The ruleset as it might be next: its version and one sentence are others.
fn next_rules() -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    copy(&rules_folder(), folder.path());
    let path = folder.path().join("ruleset.quo");
    let text = std::fs::read_to_string(&path).expect("the ruleset");
    let changed = text.replace("acme.cloud 1.0.0", "acme.cloud 1.1.0");
    assert_ne!(text, changed);
    std::fs::write(&path, changed).expect("a copy can be changed");
    compile(folder.path())
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            std::fs::create_dir_all(&target).expect("a folder");
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

#[tokio::test]
async fn a_decision_is_replayed_on_the_package_it_was_made_on() {
    let (_folder, service) = service().await;
    let request = sample("enterprise-germany.json");
    let first = service.post("/pricing/calculate", REP, &request).await.ok();

    // The first package ends with June; from July on there is another.
    let until = Window {
        from: None,
        to: Some("2026-06-30".to_owned()),
    };
    service.publish(TENANT, RULES.clone(), until).await;
    let from = Window {
        from: Some("2026-07-01".to_owned()),
        to: None,
    };
    service.publish(TENANT, next_rules(), from).await;
    let second = service.post("/pricing/calculate", REP, &request).await.ok();
    assert_eq!(second["package"]["version"], "1.1.0");
    assert_ne!(first["outputFingerprint"], second["outputFingerprint"]);
    assert_eq!(first["inputFingerprint"], second["inputFingerprint"]);

    let token = json!({ "token": first["replayToken"] });
    let replayed = service.post("/decisions/replay", REP, &token).await.ok();
    assert_eq!(replayed["same"], true);
    assert_eq!(
        replayed["decision"]["outputFingerprint"],
        first["outputFingerprint"]
    );
    assert_eq!(replayed["decision"]["package"], first["package"]);

    let (status, code, _) = service
        .post("/decisions/replay", REP, &json!({"token": "qr1.x"}))
        .await
        .problem();
    assert_eq!((status, code.as_str()), (400, "malformed"));
}

#[tokio::test]
async fn a_token_opens_no_package_of_another_tenant() {
    let (_folder, service) = service().await;
    let first = service
        .post("/pricing/calculate", REP, &sample("japan-pro.json"))
        .await
        .ok();
    let token = json!({ "token": first["replayToken"] });
    let mut request = Service::request("POST", "/decisions/replay", REP, Some(&token));
    request
        .headers_mut()
        .insert("X-Quo-Tenant", "globex".parse().unwrap());
    assert_eq!(service.send(request).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn packages_are_published_once_for_a_day() {
    let (_folder, service) = service().await;
    let publish = async |query: &str, bytes: Vec<u8>| {
        let path = format!("/packages{query}");
        let mut request = Service::request("POST", &path, REP, None);
        *request.body_mut() = bytes.into();
        service.send(request).await
    };
    let (status, code, detail) = publish("", next_rules()).await.problem();
    assert_eq!((status, code.as_str()), (409, "window-overlap"));
    assert!(detail.starts_with("version 1.0.0 (`"), "{detail}");
    assert_eq!(
        publish("?to=2026-06-30", RULES.clone()).await.status,
        StatusCode::CREATED
    );
    let published = publish("?from=2026-07-01", next_rules()).await.ok();
    assert_eq!(published["rulesetVersion"], "1.1.0");
    let (status, code, _) = publish("?from=2026-06-30", next_rules()).await.problem();
    assert_eq!((status, code.as_str()), (409, "window-overlap"));
    let listed = service.get("/packages").await.ok();
    assert_eq!(listed["routes"].as_array().unwrap().len(), 2);
    assert_eq!(listed["inUse"].as_array().unwrap().len(), 2);

    let mut damaged = RULES.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    let (status, code, detail) = publish("", damaged).await.problem();
    assert_eq!((status, code.as_str()), (422, "package-refused"));
    assert!(detail.contains("damaged"), "{detail}");
    assert_eq!(SELLING_DATE, "2026-07-15");
}
