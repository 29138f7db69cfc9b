//! A service in a temporary folder with the rules of `rulesets/acme-cloud`, a clock that is told, and people.
#![expect(
    clippy::indexing_slicing,
    reason = "a JSON value indexed by a name it does not have is null; what is missing fails the assertion"
)]
#![allow(dead_code, reason = "each test file uses its part of it")]

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt;
use quo_domain::Timestamp;
use quo_domain::ids::TenantId;
use quo_domain::simulation::{SeededClock, SeededIds, SeededJitter};
use quo_http::packages::Window;
use quo_http::{AppState, Packages, Ports, app};
use quo_store::SqliteStore;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use tower::ServiceExt;

pub const TENANT: &str = "acme";
/// The selling date of the sample requests.
pub const SELLING_DATE: &str = "2026-07-15";

/// The compiled rules.
pub static RULES: LazyLock<Vec<u8>> = LazyLock::new(|| compile(&rules_folder()));

pub fn rules_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rulesets/acme-cloud")
}

pub fn compile(folder: &Path) -> Vec<u8> {
    let sources = quo_driver::load(folder).expect("the ruleset can be read");
    let built = quo_driver::build(sources).expect("nobody cancels it");
    built.package.expect("the ruleset has no error")
}

pub fn sample(name: &str) -> Value {
    let path = rules_folder().join("requests").join(name);
    let text = std::fs::read_to_string(path).expect("the sample request is there");
    serde_json::from_str(&text).expect("it is JSON")
}

/// Who sends something.
#[derive(Debug, Clone, Copy)]
pub struct Person(pub &'static str, pub &'static str);

pub const REP: Person = Person("user:rep", "SalesRep");
pub const MANAGER: Person = Person("user:manager", "SalesManager");
pub const DESK: Person = Person("user:desk", "DealDesk");

/// An answer.
#[derive(Debug, Clone)]
pub struct Said {
    pub status: StatusCode,
    pub headers: axum::http::HeaderMap,
    pub bytes: Vec<u8>,
}

impl Said {
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("not JSON: {}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The body of a success.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.text());
        self.json()
    }

    /// Status, code and detail of a problem document, which must be whole.
    #[track_caller]
    pub fn problem(&self) -> (u16, String, String) {
        assert_eq!(
            self.headers.get("content-type").map(|kind| kind.as_bytes()),
            Some(&b"application/problem+json"[..]),
            "{}",
            self.text()
        );
        let problem = self.json();
        assert_eq!(problem["status"], self.status.as_u16());
        let text = |name: &str| problem[name].as_str().expect(name).to_owned();
        assert_eq!(text("type"), format!("urn:quo:problem:{}", text("code")));
        assert!(!text("next").is_empty() && !text("title").is_empty());
        (self.status.as_u16(), text("code"), text("detail"))
    }
}

/// A service over a folder.
pub struct Service {
    pub state: AppState,
    pub clock: Arc<SeededClock>,
    app: Router,
    commands: AtomicU64,
}

impl Service {
    /// Opens the service in a folder, which may hold what an earlier one left.
    pub fn open(folder: &Path, seed: u64) -> Self {
        let start: Timestamp = "2026-07-15T09:00:00Z".parse().expect("a time");
        Self::open_at(folder, seed, start)
    }

    pub fn open_at(folder: &Path, seed: u64, start: Timestamp) -> Self {
        let clock = Arc::new(SeededClock::starting_at(start));
        let ports = Ports {
            clock: Arc::clone(&clock) as _,
            ids: Arc::new(SeededIds::new(seed)),
            jitter: Arc::new(SeededJitter::new(seed)),
        };
        let store = SqliteStore::open(&folder.join("quo.db")).expect("the store opens");
        let packages = Packages::open(&folder.join("packages")).expect("the packages open");
        let state = AppState::new(Arc::new(store), Arc::new(packages), ports);
        let app = app(state.clone());
        Self {
            state,
            clock,
            app,
            commands: AtomicU64::new(0),
        }
    }

    /// A service with the rules of Acme Cloud published for the tenant.
    pub async fn with_rules(folder: &Path, seed: u64) -> Self {
        let service = Self::open(folder, seed);
        service
            .publish(TENANT, RULES.clone(), Window::default())
            .await;
        service
    }

    pub async fn publish(&self, tenant: &str, package: Vec<u8>, window: Window) {
        let tenant = TenantId::parse(tenant).expect("a tenant");
        let published = self
            .state
            .packages
            .publish(&*self.state.store, &tenant, package, window)
            .await;
        published.expect("the package is published");
    }

    pub async fn send(&self, request: Request<Body>) -> Said {
        let response = self
            .app
            .clone()
            .oneshot(request)
            .await
            .expect("the router does not fail");
        let (parts, body) = response.into_parts();
        let bytes = body
            .collect()
            .await
            .expect("the body is in memory")
            .to_bytes()
            .to_vec();
        Said {
            status: parts.status,
            headers: parts.headers,
            bytes,
        }
    }

    pub fn request(
        method: &str,
        path: &str,
        person: Person,
        body: Option<&Value>,
    ) -> Request<Body> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("X-Quo-Tenant", TENANT)
            .header("X-Quo-Actor", person.0)
            .header("X-Quo-Roles", person.1)
            .header("content-type", "application/json");
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        request.body(body).expect("a request")
    }

    pub async fn get(&self, path: &str) -> Said {
        self.send(Self::request("GET", path, REP, None)).await
    }

    pub async fn post(&self, path: &str, person: Person, body: &Value) -> Said {
        self.send(Self::request("POST", path, person, Some(body)))
            .await
    }

    /// A command in its envelope under a key of its own.
    pub fn envelope(&self, expected_version: u64, payload: Value) -> Value {
        let number = self.commands.fetch_add(1, Ordering::Relaxed);
        json!({
            "commandId": format!("cmd-{number}"),
            "idempotencyKey": format!("key-{number}"),
            "expectedVersion": expected_version,
            "reason": "as agreed with the customer",
            "payload": payload,
        })
    }

    pub async fn command(&self, path: &str, person: Person, version: u64, payload: Value) -> Said {
        let envelope = self.envelope(version, payload);
        self.post(path, person, &envelope).await
    }

    /// A new quote with the header and lines of a sample request. Answers its id and version.
    pub async fn draft(&self, sample: &Value) -> (String, u64) {
        let header = json!({
            "account": sample["facts"]["account"]["id"],
            "ruleset": sample["ruleset"],
            "sellingDate": sample["facts"]["quote"]["date"],
            "facts": sample["facts"],
            "asked": sample["asked"],
        });
        let created = self.command("/quotes", REP, 0, header).await.ok();
        let id = created["quote"].as_str().expect("an id").to_owned();
        let mut version = 1;
        for line in sample["lines"].as_array().expect("lines") {
            let payload = json!({
                "line": line["id"],
                "product": line["product"],
                "configuration": { "options": line["options"], "parts": line["parts"] },
            });
            let path = format!("/quotes/{id}/lines");
            version = self.command(&path, REP, version, payload).await.ok()["version"]
                .as_u64()
                .expect("a version");
        }
        (id, version)
    }

    /// Sends a command to a quote; it must succeed. Answers what was said.
    #[track_caller]
    pub fn on<'a>(
        &'a self,
        id: &'a str,
        verb: &'a str,
        person: Person,
        version: &'a mut u64,
        payload: Value,
    ) -> impl Future<Output = Value> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            let path = format!("/quotes/{id}/{verb}");
            let said = self.command(&path, person, *version, payload).await;
            assert!(
                said.status.is_success(),
                "{verb} at {caller}: {}",
                said.text()
            );
            let answer = said.json();
            *version = answer["version"].as_u64().expect("a version");
            answer
        }
    }

    /// Takes a sample request from draft to acceptance. Answers the quote's id and version.
    pub async fn accepted(&self, sample: &Value) -> (String, u64) {
        let (id, mut version) = self.draft(sample).await;
        let priced = self.on(&id, "price", REP, &mut version, json!({})).await;
        self.on(&id, "validate", REP, &mut version, json!({})).await;
        let submitted = self
            .on(&id, "submit-for-approval", REP, &mut version, json!({}))
            .await;
        if submitted["state"] == "pending approval" {
            for step in priced["price"]["approvals"].as_array().expect("steps") {
                for role in step.as_array().expect("roles") {
                    let role = role.as_str().expect("a role");
                    let person = [MANAGER, DESK]
                        .into_iter()
                        .find(|p| p.1 == role)
                        .expect(role);
                    self.on(
                        &id,
                        "approve",
                        person,
                        &mut version,
                        json!({ "role": role }),
                    )
                    .await;
                }
            }
        }
        self.on(&id, "present", REP, &mut version, json!({})).await;
        let fingerprint = &priced["price"]["answerFingerprint"];
        let payload = json!({ "answerFingerprint": fingerprint });
        self.on(&id, "accept", REP, &mut version, payload).await;
        (id, version)
    }

    /// Makes an accepted quote an order and submits it. Answers the order's id.
    pub async fn ordered(&self, quote: &str, mut version: u64) -> String {
        let converted = self
            .on(quote, "convert-to-order", REP, &mut version, json!({}))
            .await;
        let order = converted["order"].as_str().expect("an order").to_owned();
        let path = format!("/orders/{order}/submit");
        self.command(&path, REP, 1, json!({})).await.ok();
        order
    }
}

/// Seconds from now to nine in the morning of the selling date of the sample requests.
pub fn shift_to_selling_date() -> i64 {
    use quo_domain::ports::Clock;
    let morning: Timestamp = format!("{SELLING_DATE}T09:00:00Z")
        .parse()
        .expect("an instant");
    (morning.millis() - quo_http::ports::SystemClock.now().millis()) / 1_000
}
