//! The packages that decide: kept in a content-addressed folder, put into effect for a tenant by a route.
//!
//! A package is never chosen by "the latest": tenant, ruleset and selling date lead to exactly one, or to a refusal. It
//! is kept while a quote, an order, a token or a route names it, which the store knows.

use crate::error::AppError;
use quo_domain::Timestamp;
use quo_domain::ids::TenantId;
use quo_model::{Digest, Package, PackageStore, StoreError as PackageStoreError};
use quo_store::{EventStore, PackageReference, Route};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// Milliseconds in a calendar day of UTC.
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// First selling date of a package without one.
const FROM_EVER: &str = "0000-01-01";

/// The opened packages and the folder they come from.
#[derive(Debug)]
pub struct Packages {
    folder: PackageStore,
    open: Mutex<BTreeMap<Digest, Package>>,
    /// Packages for which a tenant was given replay tokens, and the store knows.
    tokens: Mutex<BTreeSet<(TenantId, Digest)>>,
    /// Held while a window is compared and set, so that two cannot overlap by being published at once.
    publishing: tokio::sync::Mutex<()>,
}

/// The span of selling dates a package is to decide for; what is not given comes from the package.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Window {
    /// First selling date, `2026-01-01`.
    pub from: Option<String>,
    /// Last selling date, included.
    pub to: Option<String>,
}

impl Packages {
    /// Opens the folder of packages, creating it when there is none.
    ///
    /// # Errors
    /// When it cannot be created.
    pub fn open(folder: &Path) -> Result<Self, PackageStoreError> {
        Ok(Self {
            folder: PackageStore::open(folder)?,
            open: Mutex::default(),
            tokens: Mutex::default(),
            publishing: tokio::sync::Mutex::default(),
        })
    }

    /// The package with a digest, opened and checked once.
    ///
    /// # Errors
    /// [`AppError`] when there is none or it is damaged.
    pub async fn get(self: &Arc<Self>, digest: Digest) -> Result<Package, AppError> {
        if let Some(package) = self.opened(&digest) {
            return Ok(package);
        }
        let this = Arc::clone(self);
        // Checking reads the whole file.
        blocking(move || match this.folder.get(&digest) {
            Ok(package) => {
                let mut open = this.open.lock().unwrap_or_else(PoisonError::into_inner);
                open.insert(digest, package.clone());
                Ok(package)
            }
            Err(PackageStoreError::Missing(digest)) => {
                Err(AppError::not_found("package", &digest.to_string()))
            }
            Err(error) => Err(AppError::internal(error)),
        })
        .await?
    }

    fn opened(&self, digest: &Digest) -> Option<Package> {
        self.open
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(digest)
            .cloned()
    }

    /// The one package that decides for a ruleset on a selling date.
    ///
    /// # Errors
    /// [`AppError`] when there is none or more than one.
    pub async fn route(
        self: &Arc<Self>,
        store: &dyn EventStore,
        tenant: &TenantId,
        ruleset: &str,
        selling_date: &str,
    ) -> Result<Package, AppError> {
        let route = store.route(tenant, ruleset, selling_date).await?;
        self.named(&route.package).await
    }

    /// The package with a digest as text.
    ///
    /// # Errors
    /// [`AppError`] when the text is no digest, or as for [`get`](Self::get).
    pub async fn named(self: &Arc<Self>, digest: &str) -> Result<Package, AppError> {
        let digest = digest
            .parse()
            .map_err(|_| AppError::not_found("package", digest))?;
        self.get(digest).await
    }

    /// Keeps a package and puts it into effect for a tenant. Publishing it again changes its window.
    ///
    /// # Errors
    /// [`AppError`] when the bytes are no package, or its window overlaps that of another package of the ruleset.
    pub async fn publish(
        self: &Arc<Self>,
        store: &dyn EventStore,
        tenant: &TenantId,
        bytes: Vec<u8>,
        window: Window,
    ) -> Result<Route, AppError> {
        let this = Arc::clone(self);
        let digest = blocking(move || {
            this.folder.put(&bytes).map_err(|error| match error {
                PackageStoreError::Refused(refused) => AppError::package_refused(refused),
                other => AppError::internal(other),
            })
        })
        .await??;
        let package = self.get(digest).await?;
        let route = route_of(tenant, &package, window);
        let _publishing = self.publishing.lock().await;
        let routes = store.routes(tenant).await?;
        if let Some(other) = routes.iter().find(|other| overlaps(other, &route)) {
            return Err(AppError::window_overlap(format!(
                "version {} (`{}`) of `{}` is in effect from {} {}",
                other.ruleset_version,
                other.package,
                other.ruleset,
                other.effective_from,
                other
                    .effective_to
                    .as_deref()
                    .map_or_else(|| "on".to_owned(), |to| format!("to {to}")),
            )));
        }
        store.set_route(route.clone()).await?;
        Ok(route)
    }

    /// Remembers that a tenant holds replay tokens that name a package. Asked of the store once a process.
    ///
    /// # Errors
    /// [`AppError`] when the store fails.
    pub async fn note_token(
        &self,
        store: &dyn EventStore,
        tenant: &TenantId,
        digest: Digest,
    ) -> Result<(), AppError> {
        let noted = (tenant.clone(), digest);
        let known = || self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        if known().contains(&noted) {
            return Ok(());
        }
        let reference = PackageReference {
            package: digest.to_string(),
            kind: "token".to_owned(),
            // Tokens are not counted: once one is out, nobody knows whether it is still kept somewhere.
            id: "any".to_owned(),
        };
        store.reference_package(tenant, reference).await?;
        known().insert(noted);
        Ok(())
    }
}

fn route_of(tenant: &TenantId, package: &Package, window: Window) -> Route {
    let meta = &package.model().meta;
    let [major, minor, patch] = package.version();
    Route {
        tenant: tenant.clone(),
        ruleset: package.ruleset().to_owned(),
        package: package.digest().to_string(),
        ruleset_version: format!("{major}.{minor}.{patch}"),
        effective_from: window
            .from
            .or_else(|| date(meta.effective_from.to_native()))
            .unwrap_or_else(|| FROM_EVER.to_owned()),
        effective_to: window.to.or_else(|| date(meta.effective_to.to_native())),
    }
}

/// A day counted from 1970-01-01 as text; nothing for an open end.
fn date(days: i32) -> Option<String> {
    if days == i32::MIN || days == i32::MAX {
        return None;
    }
    let instant = Timestamp::from_millis(i64::from(days).saturating_mul(DAY_MS)).to_string();
    instant.split_once('T').map(|(day, _)| day.to_owned())
}

/// Whether both would decide for some selling date. Dates of this form compare as text.
fn overlaps(one: &Route, other: &Route) -> bool {
    let begins_in_time = |route: &Route, end: &Option<String>| {
        end.as_ref().is_none_or(|end| route.effective_from <= *end)
    };
    one.ruleset == other.ruleset
        && one.package != other.package
        && begins_in_time(one, &other.effective_to)
        && begins_in_time(other, &one.effective_to)
}

/// Runs work that takes the processor or the disk for longer than a task of the runtime should.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, AppError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(AppError::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(package: &str, from: &str, to: Option<&str>) -> Route {
        Route {
            tenant: TenantId::parse("acme").unwrap(),
            ruleset: "acme.cloud".to_owned(),
            package: package.to_owned(),
            ruleset_version: "1.0.0".to_owned(),
            effective_from: from.to_owned(),
            effective_to: to.map(str::to_owned),
        }
    }

    #[test]
    fn windows_overlap_where_a_day_has_two_packages() {
        let year = route("a", "2026-01-01", Some("2026-12-31"));
        let other = |from, to| overlaps(&route("b", from, to), &year);
        assert!(other("2026-12-31", None));
        assert!(other("2025-01-01", Some("2026-01-01")));
        assert!(!other("2027-01-01", None));
        assert!(!other("2025-01-01", Some("2025-12-31")));
        assert!(
            !overlaps(&year, &year),
            "the same package only changes its window"
        );
        let elsewhere = Route {
            ruleset: "other".to_owned(),
            ..route("b", "2026-01-01", None)
        };
        assert!(!overlaps(&elsewhere, &year));
    }

    #[test]
    fn days_are_dates() {
        assert_eq!(date(0).as_deref(), Some("1970-01-01"));
        assert_eq!(date(20_454).as_deref(), Some("2026-01-01"));
        assert_eq!((date(i32::MIN), date(i32::MAX)), (None, None));
    }
}
