//! Read models: the lists of quotes and orders, folded from the log, and how fresh they are.
//!
//! A projection reads the log from its checkpoint, folds every stream it meets up to there, and
//! moves its checkpoint in the same transaction: it can be thrown away and built again at any time.
//! It decides nothing and is never the source of truth.

use super::log::{from_sql, head, id, load, read_after, to_sql};
use crate::error::StoreError;
use crate::rows::{Fresh, Freshness, ListFilter, OrderRow, QuoteRow};
use quo_domain::event::RecordedEvent;
use quo_domain::ids::{RevisionNo, StreamId, TenantId};
use quo_domain::machine::Name;
use quo_domain::order::Order;
use quo_domain::quote::QuoteFamily;
use quo_domain::time::Timestamp;
use quo_domain::upcast::Upcasters;
use rusqlite::types::ToSql;
use rusqlite::{Connection, OptionalExtension, Row};
use std::collections::BTreeMap;

/// The one projection there is: quotes and orders move together.
const LISTS: &str = "lists";

/// Rows of a list when the caller names no limit.
const LIMIT_DEFAULT: u32 = 100;

/// Brings the lists up to date by up to `limit` events.
pub(super) fn project(
    connection: &Connection,
    tenant: &TenantId,
    limit: u32,
) -> Result<Freshness, StoreError> {
    let before = freshness(connection, tenant)?;
    let events = read_after(connection, tenant, before.position, limit)?;
    let Some(last) = events.last() else {
        return Ok(before);
    };
    let (position, as_of) = (last.position, last.event.time);

    let mut touched: BTreeMap<&StreamId, &RecordedEvent> = BTreeMap::new();
    for event in &events {
        touched.insert(&event.stream, event);
    }
    let upcasters = Upcasters::current();
    for (stream, last) in touched {
        let history = load(connection, tenant, stream, last.version)?;
        let unreadable = |detail| StoreError::Unreadable {
            position: last.position,
            detail,
        };
        if stream.quote().is_some() {
            let family = QuoteFamily::load(&history, &upcasters).map_err(unreadable)?;
            upsert_quote(connection, tenant, family.as_ref(), last)?;
        } else if stream.order().is_some() {
            let order = Order::load(&history, &upcasters).map_err(unreadable)?;
            upsert_order(connection, tenant, order.as_ref(), last)?;
        }
    }
    connection
        .prepare_cached(
            "INSERT INTO checkpoints VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET \
             position = excluded.position, as_of = excluded.as_of",
        )?
        .execute((tenant.as_str(), LISTS, to_sql(position), as_of.millis()))?;
    Ok(Freshness {
        position,
        head: before.head,
        as_of: Some(as_of),
    })
}

fn freshness(connection: &Connection, tenant: &TenantId) -> Result<Freshness, StoreError> {
    let checkpoint: Option<(i64, Option<i64>)> = connection
        .prepare_cached(
            "SELECT position, as_of FROM checkpoints WHERE tenant = ?1 AND projection = ?2",
        )?
        .query_row((tenant.as_str(), LISTS), |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let (position, as_of) = checkpoint.unwrap_or((0, None));
    Ok(Freshness {
        position: from_sql(position),
        head: head(connection, tenant)?,
        as_of: as_of.map(Timestamp::from_millis),
    })
}

fn upsert_quote(
    connection: &Connection,
    tenant: &TenantId,
    family: Option<&QuoteFamily>,
    last: &RecordedEvent,
) -> Result<(), StoreError> {
    let Some((family, latest)) = family.and_then(|f| Some((f, f.revision(None)?))) else {
        return Ok(());
    };
    connection
        .prepare_cached("INSERT OR REPLACE INTO quotes VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?
        .execute((
            tenant.as_str(),
            family.id.as_str(),
            latest.number.0,
            latest.state.name(),
            &latest.header.account,
            to_sql(family.version),
            last.event.time.millis(),
        ))?;
    Ok(())
}

fn upsert_order(
    connection: &Connection,
    tenant: &TenantId,
    order: Option<&Order>,
    last: &RecordedEvent,
) -> Result<(), StoreError> {
    let Some(order) = order else { return Ok(()) };
    connection
        .prepare_cached("INSERT OR REPLACE INTO orders VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?
        .execute((
            tenant.as_str(),
            order.id.as_str(),
            order.commitment.quote.as_str(),
            order.commitment.revision.0,
            order.state.name(),
            &order.commitment.header.account,
            to_sql(order.version),
            last.event.time.millis(),
        ))?;
    Ok(())
}

/// The list of quotes, the last updated first.
pub(super) fn quotes(
    connection: &Connection,
    tenant: &TenantId,
    filter: &ListFilter,
) -> Result<Fresh<Vec<QuoteRow>>, StoreError> {
    let columns = "id, revision, state, account, version, updated";
    list(connection, tenant, filter, columns, "quotes", |row| {
        Ok(QuoteRow {
            id: id(row.get(0)?)?,
            revision: RevisionNo(row.get(1)?),
            state: row.get(2)?,
            account: row.get(3)?,
            version: from_sql(row.get(4)?),
            updated: Timestamp::from_millis(row.get(5)?),
        })
    })
}

/// The list of orders, the last updated first.
pub(super) fn orders(
    connection: &Connection,
    tenant: &TenantId,
    filter: &ListFilter,
) -> Result<Fresh<Vec<OrderRow>>, StoreError> {
    let columns = "id, quote, revision, state, account, version, updated";
    list(connection, tenant, filter, columns, "orders", |row| {
        Ok(OrderRow {
            id: id(row.get(0)?)?,
            quote: id(row.get(1)?)?,
            revision: RevisionNo(row.get(2)?),
            state: row.get(3)?,
            account: row.get(4)?,
            version: from_sql(row.get(5)?),
            updated: Timestamp::from_millis(row.get(6)?),
        })
    })
}

fn list<T>(
    connection: &Connection,
    tenant: &TenantId,
    filter: &ListFilter,
    columns: &str,
    table: &str,
    read: impl Fn(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Fresh<Vec<T>>, StoreError> {
    let limit = if filter.limit == 0 {
        LIMIT_DEFAULT
    } else {
        filter.limit
    };
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {columns} FROM {table} WHERE tenant = ?1 \
         AND (?2 IS NULL OR state = ?2) AND (?3 IS NULL OR account = ?3) \
         ORDER BY updated DESC, id LIMIT ?4 OFFSET ?5"
    ))?;
    let tenant_name = tenant.as_str();
    let parameters: [&dyn ToSql; 5] = [
        &tenant_name,
        &filter.state,
        &filter.account,
        &limit,
        &filter.offset,
    ];
    let mut rows = statement.query(&parameters[..])?;
    let mut value = Vec::new();
    while let Some(row) = rows.next()? {
        value.push(read(row)?);
    }
    Ok(Fresh {
        value,
        freshness: freshness(connection, tenant)?,
    })
}
