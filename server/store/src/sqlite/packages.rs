//! Which package decides for which selling date, and which packages must be kept.

use crate::append::PackageReference;
use crate::error::{RouteError, StoreError};
use crate::rows::Route;
use quo_domain::ids::TenantId;
use quo_domain::time::Timestamp;
use rusqlite::{Connection, Row};
use std::collections::BTreeSet;

const COLUMNS: &str = "ruleset, package, ruleset_version, effective_from, effective_to";

fn check_date(date: &str) -> Result<(), StoreError> {
    match Timestamp::end_of_day(date) {
        Ok(_) => Ok(()),
        Err(_) => Err(RouteError::NotADate(date.to_owned()).into()),
    }
}

/// Puts a package into effect, or changes its span.
pub(super) fn set_route(connection: &Connection, route: &Route) -> Result<(), StoreError> {
    check_date(&route.effective_from)?;
    if let Some(to) = &route.effective_to {
        check_date(to)?;
        // Dates of this form compare as text.
        if *to < route.effective_from {
            let from = route.effective_from.clone();
            return Err(RouteError::Empty {
                from,
                to: to.clone(),
            }
            .into());
        }
    }
    connection
        .prepare_cached(
            "INSERT INTO routes VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET \
             effective_from = excluded.effective_from, effective_to = excluded.effective_to",
        )?
        .execute((
            route.tenant.as_str(),
            &route.ruleset,
            &route.package,
            &route.ruleset_version,
            &route.effective_from,
            &route.effective_to,
        ))?;
    Ok(())
}

fn read(tenant: &TenantId, row: &Row<'_>) -> rusqlite::Result<Route> {
    Ok(Route {
        tenant: tenant.clone(),
        ruleset: row.get(0)?,
        package: row.get(1)?,
        ruleset_version: row.get(2)?,
        effective_from: row.get(3)?,
        effective_to: row.get(4)?,
    })
}

/// The routes of a tenant.
pub(super) fn routes(connection: &Connection, tenant: &TenantId) -> Result<Vec<Route>, StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM routes WHERE tenant = ?1 ORDER BY ruleset, effective_from, package"
    ))?;
    let rows = statement.query_map([tenant.as_str()], |row| read(tenant, row))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The one route in effect.
pub(super) fn route(
    connection: &Connection,
    tenant: &TenantId,
    ruleset: &str,
    date: &str,
) -> Result<Route, StoreError> {
    check_date(date)?;
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM routes WHERE tenant = ?1 AND ruleset = ?2 \
         ORDER BY effective_from, package"
    ))?;
    let rows = statement.query_map((tenant.as_str(), ruleset), |row| read(tenant, row))?;
    let all: Vec<Route> = rows.collect::<Result<_, _>>()?;
    let in_effect = |route: &&Route| {
        route.effective_from.as_str() <= date
            && route.effective_to.as_deref().is_none_or(|to| date <= to)
    };
    let mut candidates: Vec<&Route> = all.iter().filter(in_effect).collect();
    let (ruleset, date) = (ruleset.to_owned(), date.to_owned());
    match (candidates.pop(), candidates.is_empty()) {
        (Some(only), true) => Ok(only.clone()),
        (Some(last), false) => {
            candidates.push(last);
            let candidates = candidates.into_iter().map(describe).collect();
            Err(RouteError::Several {
                ruleset,
                date,
                candidates,
            }
            .into())
        }
        (None, _) => {
            let candidates = all.iter().map(describe).collect();
            Err(RouteError::None {
                ruleset,
                date,
                candidates,
            }
            .into())
        }
    }
}

fn describe(route: &Route) -> String {
    let short: String = route.package.chars().take(12).collect();
    let (version, from) = (&route.ruleset_version, &route.effective_from);
    match &route.effective_to {
        Some(to) => format!("{version} (`{short}`) from {from} to {to}"),
        None => format!("{version} (`{short}`) from {from}"),
    }
}

/// Notes that something names a package.
pub(super) fn reference(
    connection: &Connection,
    tenant: &TenantId,
    reference: &PackageReference,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO package_references VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
        )?
        .execute((
            tenant.as_str(),
            &reference.package,
            &reference.kind,
            &reference.id,
        ))?;
    Ok(())
}

/// Every package that something names.
pub(super) fn in_use(
    connection: &Connection,
    tenant: &TenantId,
) -> Result<BTreeSet<String>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT package FROM package_references WHERE tenant = ?1 \
         UNION SELECT package FROM routes WHERE tenant = ?1",
    )?;
    let packages = statement.query_map([tenant.as_str()], |row| row.get(0))?;
    Ok(packages.collect::<Result<_, _>>()?)
}
