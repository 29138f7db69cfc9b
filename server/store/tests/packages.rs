//! Which package decides for which selling date, and which packages must be kept.

mod common;

use common::{Place, one, tenant};
use quo_store::{EventStore, PackageReference, Route};
use std::collections::BTreeSet;

fn route(package: &str, version: &str, from: &str, to: Option<&str>) -> Route {
    Route {
        tenant: tenant("acme"),
        ruleset: "acme.cloud".to_owned(),
        package: package.to_owned(),
        ruleset_version: version.to_owned(),
        effective_from: from.to_owned(),
        effective_to: to.map(str::to_owned),
    }
}

#[tokio::test]
async fn a_selling_date_has_exactly_one_package_or_an_error_that_names_the_candidates() {
    let place = Place::new();
    let store = place.open();
    let acme = tenant("acme");
    let routed = async |date: &str| match store.route(&acme, "acme.cloud", date).await {
        Ok(route) => route.ruleset_version,
        Err(error) => error.to_string(),
    };
    assert_eq!(
        routed("2026-07-02").await,
        "no package of ruleset `acme.cloud` is in effect on 2026-07-02; there are: none"
    );
    store
        .set_route(route("aaaa", "3.1.0", "2026-01-01", Some("2026-06-30")))
        .await
        .unwrap();
    store
        .set_route(route("bbbb", "3.2.0", "2026-07-01", None))
        .await
        .unwrap();
    assert_eq!(routed("2026-01-01").await, "3.1.0");
    assert_eq!(routed("2026-06-30").await, "3.1.0");
    assert_eq!(routed("2026-07-01").await, "3.2.0");
    assert_eq!(
        routed("2025-12-31").await,
        "no package of ruleset `acme.cloud` is in effect on 2025-12-31; there are: \
         3.1.0 (`aaaa`) from 2026-01-01 to 2026-06-30, 3.2.0 (`bbbb`) from 2026-07-01"
    );
    store
        .set_route(route("cccc", "3.3.0", "2026-09-01", None))
        .await
        .unwrap();
    assert_eq!(
        routed("2026-09-01").await,
        "more than one package of ruleset `acme.cloud` is in effect on 2026-09-01: \
         3.2.0 (`bbbb`) from 2026-07-01, 3.3.0 (`cccc`) from 2026-09-01"
    );
    // The older one is ended; what was sold before stays routed to it.
    store
        .set_route(route("bbbb", "3.2.0", "2026-07-01", Some("2026-08-31")))
        .await
        .unwrap();
    assert_eq!(routed("2026-09-01").await, "3.3.0");
    assert_eq!(routed("2026-08-31").await, "3.2.0");
    assert_eq!(
        routed("tomorrow").await,
        "`tomorrow` is not a date such as `2026-07-02`"
    );
    assert!(
        store
            .route(&tenant("other"), "acme.cloud", "2026-09-01")
            .await
            .is_err()
    );
    assert_eq!(store.routes(&acme).await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_route_has_a_span() {
    let place = Place::new();
    let store = place.open();
    let says = async |from, to| {
        store
            .set_route(route("aaaa", "1.0.0", from, to))
            .await
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        says("2026-02-01", Some("2026-01-31")).await,
        "a route from 2026-02-01 to 2026-01-31 is never in effect"
    );
    assert_eq!(
        says("2026-02-30", None).await,
        "`2026-02-30` is not a date such as `2026-07-02`"
    );
}

#[tokio::test]
async fn packages_are_kept_while_anything_names_them() {
    let place = Place::new();
    let store = place.open();
    let reference = |package: &str, kind: &str| PackageReference {
        package: package.to_owned(),
        kind: kind.to_owned(),
        id: "1".to_owned(),
    };
    let mut append = one("quote/1", 0, "a");
    append.packages = vec![reference("pinned", "quote"), reference("pinned", "quote")];
    store.append(append).await.unwrap();
    let mut failed = one("quote/1", 0, "b");
    failed.packages = vec![reference("never", "quote")];
    store.append(failed).await.unwrap_err();
    let acme = tenant("acme");
    store
        .reference_package(&acme, reference("replayed", "token"))
        .await
        .unwrap();
    store
        .set_route(route("routed", "1.0.0", "2026-01-01", None))
        .await
        .unwrap();
    let expected: BTreeSet<String> = ["pinned", "replayed", "routed"].map(str::to_owned).into();
    assert_eq!(store.packages_in_use(&acme).await, Ok(expected));
    assert_eq!(
        store.packages_in_use(&tenant("other")).await,
        Ok(BTreeSet::new())
    );
}
