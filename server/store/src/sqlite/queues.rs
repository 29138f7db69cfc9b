//! Timers and outbox: what waits to be done.

use super::log::{from_sql, id, to_sql};
use crate::error::StoreError;
use crate::rows::PendingEnvelope;
use quo_domain::ids::{TenantId, TimerId};
use quo_domain::time::Timestamp;
use quo_domain::timer::{Timer, TimerIntent};
use rusqlite::Connection;

/// Carries out a timer intent.
pub(super) fn set_or_clear(
    connection: &Connection,
    tenant: &TenantId,
    intent: &TimerIntent,
) -> Result<(), StoreError> {
    let (TimerIntent::Set { id, .. } | TimerIntent::Clear { id }) = intent;
    connection
        .prepare_cached("DELETE FROM timers WHERE tenant = ?1 AND id = ?2")?
        .execute((tenant.as_str(), id.as_str()))?;
    if let TimerIntent::Set {
        id,
        due,
        stream,
        kind,
    } = intent
    {
        let kind = serde_json::to_string(kind).map_err(|e| StoreError::Malformed(e.to_string()))?;
        connection
            .prepare_cached("INSERT INTO timers VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute((
                tenant.as_str(),
                due.millis(),
                id.as_str(),
                stream.as_str(),
                kind,
            ))?;
    }
    Ok(())
}

/// The timers that are due, the longest due first.
pub(super) fn due_timers(
    connection: &Connection,
    tenant: &TenantId,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<Timer>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT due, id, stream, kind FROM timers WHERE tenant = ?1 AND due <= ?2 \
         ORDER BY due, id LIMIT ?3",
    )?;
    let mut rows = statement.query((tenant.as_str(), now.millis(), limit))?;
    let mut timers = Vec::new();
    while let Some(row) = rows.next()? {
        let kind: String = row.get(3)?;
        timers.push(Timer {
            id: id(row.get(1)?)?,
            due: Timestamp::from_millis(row.get(0)?),
            stream: id(row.get(2)?)?,
            kind: serde_json::from_str(&kind).map_err(|e| StoreError::Corrupt(e.to_string()))?,
        });
    }
    Ok(timers)
}

/// When the next timer is due.
pub(super) fn next_timer(
    connection: &Connection,
    tenant: &TenantId,
) -> Result<Option<Timestamp>, StoreError> {
    let due: Option<i64> = connection
        .prepare_cached("SELECT min(due) FROM timers WHERE tenant = ?1")?
        .query_row([tenant.as_str()], |row| row.get(0))?;
    Ok(due.map(Timestamp::from_millis))
}

/// Clears a timer that is still set for `due`.
pub(super) fn clear_timer(
    connection: &Connection,
    tenant: &TenantId,
    id: &TimerId,
    due: Timestamp,
) -> Result<bool, StoreError> {
    let cleared = connection
        .prepare_cached("DELETE FROM timers WHERE tenant = ?1 AND due = ?2 AND id = ?3")?
        .execute((tenant.as_str(), due.millis(), id.as_str()))?;
    Ok(cleared == 1)
}

/// The envelopes that wait to be published, in order.
pub(super) fn outbox_pending(
    connection: &Connection,
    tenant: &TenantId,
    limit: u32,
) -> Result<Vec<PendingEnvelope>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT position, event, envelope FROM outbox \
         WHERE tenant = ?1 AND published IS NULL ORDER BY position LIMIT ?2",
    )?;
    let mut rows = statement.query((tenant.as_str(), limit))?;
    let mut envelopes = Vec::new();
    while let Some(row) = rows.next()? {
        envelopes.push(PendingEnvelope {
            position: from_sql(row.get(0)?),
            event: id(row.get(1)?)?,
            envelope: row.get(2)?,
        });
    }
    Ok(envelopes)
}

/// Marks envelopes as published; the first time counts.
pub(super) fn mark_published(
    connection: &Connection,
    tenant: &TenantId,
    positions: &[u64],
    at: Timestamp,
) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(
        "UPDATE outbox SET published = ?3 WHERE tenant = ?1 AND position = ?2 AND published IS NULL",
    )?;
    for position in positions {
        statement.execute((tenant.as_str(), to_sql(*position), at.millis()))?;
    }
    Ok(())
}
