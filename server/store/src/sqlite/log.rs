//! Reading the log.

use crate::error::StoreError;
use quo_domain::event::{NewEvent, RecordedEvent};
use quo_domain::ids::{ActorId, CommandId, CorrelationId, EventId, StreamId, TenantId};
use quo_domain::principal::{Actor, ActorKind};
use quo_domain::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row};

const COLUMNS: &str = "stream, version, position, id, type, schema_version, time, actor_kind, \
                       actor_id, correlation, causation, reason, payload";

/// A count or place as SQLite has it. No store ever comes near the limit of 63 bits.
pub(super) fn to_sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A count or place as it was stored, never negative.
pub(super) fn from_sql(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// A stored text that must have the form of an id.
pub(super) fn id<T>(text: String) -> Result<T, StoreError>
where
    T: TryFrom<String>,
    T::Error: std::fmt::Display,
{
    T::try_from(text).map_err(|e| StoreError::Corrupt(e.to_string()))
}

pub(super) fn actor_kind_name(kind: ActorKind) -> &'static str {
    match kind {
        ActorKind::User => "user",
        ActorKind::Service => "service",
        ActorKind::System => "system",
    }
}

fn actor_kind(name: &str) -> Result<ActorKind, StoreError> {
    match name {
        "user" => Ok(ActorKind::User),
        "service" => Ok(ActorKind::Service),
        "system" => Ok(ActorKind::System),
        other => Err(StoreError::Corrupt(format!(
            "`{other}` is no kind of actor"
        ))),
    }
}

fn recorded(tenant: &TenantId, row: &Row<'_>) -> Result<RecordedEvent, StoreError> {
    let kind: String = row.get(7)?;
    let event = NewEvent {
        id: id::<EventId>(row.get(3)?)?,
        event_type: row.get(4)?,
        schema_version: row.get(5)?,
        time: Timestamp::from_millis(row.get(6)?),
        actor: Actor {
            kind: actor_kind(&kind)?,
            id: id::<ActorId>(row.get(8)?)?,
        },
        correlation: id::<CorrelationId>(row.get(9)?)?,
        causation: id::<CommandId>(row.get(10)?)?,
        reason: row.get(11)?,
        payload: row.get(12)?,
    };
    let stream = id::<StreamId>(row.get(0)?)?;
    let (version, position) = (from_sql(row.get(1)?), from_sql(row.get(2)?));
    Ok(event.recorded(tenant.clone(), stream, version, position))
}

/// The events of a stream up to a version, in order.
pub(super) fn load(
    connection: &Connection,
    tenant: &TenantId,
    stream: &StreamId,
    up_to: u64,
) -> Result<Vec<RecordedEvent>, StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM events WHERE tenant = ?1 AND stream = ?2 AND version <= ?3 \
         ORDER BY version"
    ))?;
    let mut rows = statement.query((tenant.as_str(), stream.as_str(), to_sql(up_to)))?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        events.push(recorded(tenant, row)?);
    }
    Ok(events)
}

/// The events of a tenant after a position, in order.
pub(super) fn read_after(
    connection: &Connection,
    tenant: &TenantId,
    position: u64,
    limit: u32,
) -> Result<Vec<RecordedEvent>, StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM events INDEXED BY events_position \
         WHERE tenant = ?1 AND position > ?2 ORDER BY position LIMIT ?3"
    ))?;
    let mut rows = statement.query((tenant.as_str(), to_sql(position), limit))?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        events.push(recorded(tenant, row)?);
    }
    Ok(events)
}

/// The last position of a tenant's log.
pub(super) fn head(connection: &Connection, tenant: &TenantId) -> Result<u64, StoreError> {
    let head = connection
        .prepare_cached("SELECT head FROM tenants WHERE tenant = ?1")?
        .query_row([tenant.as_str()], |row| row.get(0))
        .optional()?;
    Ok(head.map_or(0, from_sql))
}

/// Every tenant that has stored something.
pub(super) fn tenants(connection: &Connection) -> Result<Vec<TenantId>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT tenant FROM tenants ORDER BY tenant")?;
    let names = statement.query_map([], |row| row.get(0))?;
    names.map(|name| id(name?)).collect()
}
