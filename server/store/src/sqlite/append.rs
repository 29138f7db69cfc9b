//! One append inside its savepoint.

use super::log::{actor_kind_name, from_sql, head, to_sql};
use super::{packages, queues};
use crate::append::{Append, Appended, Claim, Idempotency, InboxMark, OutboxRow, StreamAppend};
use crate::error::StoreError;
use quo_domain::event::NewEvent;
use quo_domain::ids::{EventId, IdempotencyKey, StreamId, TenantId};
use rusqlite::{Connection, OptionalExtension};
use std::collections::{BTreeMap, BTreeSet};

/// Stores everything of an append, or nothing when it fails.
pub(super) fn append(connection: &Connection, append: &Append) -> Result<Appended, StoreError> {
    let tenant = &append.tenant;
    // The key comes first: a repetition is answered even though its expected version is long past.
    if let Some(Idempotency {
        key, request_hash, ..
    }) = &append.idempotency
        && let Some(response) = first_answer(connection, tenant, key, request_hash)?
    {
        return Ok(Appended::Replayed { response });
    }
    if let Some(mark) = &append.inbox
        && !consume(connection, tenant, mark)?
    {
        return Ok(Appended::Consumed);
    }
    check_form(append)?;

    let mut position = head(connection, tenant)?;
    let mut positions = BTreeMap::new();
    let mut versions = Vec::with_capacity(append.streams.len());
    for stream in &append.streams {
        versions.push(append_stream(
            connection,
            tenant,
            stream,
            &mut position,
            &mut positions,
        )?);
    }
    set_head(connection, tenant, position)?;
    insert_outbox(connection, tenant, &append.outbox, &positions)?;
    for intent in &append.timers {
        queues::set_or_clear(connection, tenant, intent)?;
    }
    for claim in &append.claims {
        insert_claim(connection, tenant, claim)?;
    }
    for reference in &append.packages {
        packages::reference(connection, tenant, reference)?;
    }
    if let Some(idempotency) = &append.idempotency {
        insert_answer(connection, tenant, idempotency)?;
    }
    Ok(Appended::Stored { position, versions })
}

/// The answer first given under a key.
pub(super) fn first_answer(
    connection: &Connection,
    tenant: &TenantId,
    key: &IdempotencyKey,
    request_hash: &str,
) -> Result<Option<Vec<u8>>, StoreError> {
    let found: Option<(String, Vec<u8>)> = connection
        .prepare_cached(
            "SELECT request_hash, response FROM idempotency WHERE tenant = ?1 AND key = ?2",
        )?
        .query_row((tenant.as_str(), key.as_str()), |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    match found {
        Some((hash, response)) if hash == request_hash => Ok(Some(response)),
        Some(_) => Err(StoreError::KeyReused { key: key.clone() }),
        None => Ok(None),
    }
}

/// Notes that an event was consumed; `false` when it had been.
fn consume(
    connection: &Connection,
    tenant: &TenantId,
    mark: &InboxMark,
) -> Result<bool, StoreError> {
    let changed = connection
        .prepare_cached("INSERT INTO inbox VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING")?
        .execute((
            tenant.as_str(),
            &mark.consumer,
            &mark.event,
            mark.at.millis(),
        ))?;
    Ok(changed == 1)
}

/// Checks what no database constraint would report in words.
fn check_form(append: &Append) -> Result<(), StoreError> {
    let mut seen: BTreeSet<&StreamId> = BTreeSet::new();
    for stream in &append.streams {
        if stream.events.is_empty() {
            return Err(StoreError::Malformed(format!(
                "`{}` gets no event",
                stream.stream
            )));
        }
        if !seen.insert(&stream.stream) {
            return Err(StoreError::Malformed(format!(
                "`{}` occurs twice",
                stream.stream
            )));
        }
    }
    Ok(())
}

/// Appends to one stream; gives its new version.
fn append_stream<'a>(
    connection: &Connection,
    tenant: &TenantId,
    append: &'a StreamAppend,
    position: &mut u64,
    positions: &mut BTreeMap<&'a EventId, u64>,
) -> Result<u64, StoreError> {
    let actual: Option<i64> = connection
        .prepare_cached("SELECT max(version) FROM events WHERE tenant = ?1 AND stream = ?2")?
        .query_row((tenant.as_str(), append.stream.as_str()), |row| row.get(0))?;
    let mut version = actual.map_or(0, from_sql);
    if version != append.expected_version {
        return Err(StoreError::VersionConflict {
            stream: append.stream.clone(),
            expected: append.expected_version,
            actual: version,
        });
    }
    for event in &append.events {
        version = version.saturating_add(1);
        *position = position.saturating_add(1);
        if positions.insert(&event.id, *position).is_some() {
            return Err(StoreError::Malformed(format!(
                "the event id `{}` occurs twice",
                event.id
            )));
        }
        insert_event(
            connection,
            tenant,
            &append.stream,
            version,
            *position,
            event,
        )?;
    }
    Ok(version)
}

fn insert_event(
    connection: &Connection,
    tenant: &TenantId,
    stream: &StreamId,
    version: u64,
    position: u64,
    event: &NewEvent,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO events VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        )?
        .execute((
            tenant.as_str(),
            stream.as_str(),
            to_sql(version),
            to_sql(position),
            event.id.as_str(),
            &event.event_type,
            event.schema_version,
            event.time.millis(),
            actor_kind_name(event.actor.kind),
            event.actor.id.as_str(),
            event.correlation.as_str(),
            event.causation.as_str(),
            &event.reason,
            &event.payload,
        ))?;
    Ok(())
}

fn set_head(connection: &Connection, tenant: &TenantId, head: u64) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO tenants VALUES (?1, ?2) ON CONFLICT DO UPDATE SET head = excluded.head",
        )?
        .execute((tenant.as_str(), to_sql(head)))?;
    Ok(())
}

fn insert_outbox(
    connection: &Connection,
    tenant: &TenantId,
    rows: &[OutboxRow],
    positions: &BTreeMap<&EventId, u64>,
) -> Result<(), StoreError> {
    let mut statement =
        connection.prepare_cached("INSERT INTO outbox VALUES (?1, ?2, ?3, ?4, NULL)")?;
    for row in rows {
        let position = positions.get(&row.event).ok_or_else(|| {
            StoreError::Malformed(format!("the event `{}` to publish is not in it", row.event))
        })?;
        let key = (tenant.as_str(), to_sql(*position));
        statement.execute((key.0, key.1, row.event.as_str(), &row.envelope))?;
    }
    Ok(())
}

fn insert_claim(
    connection: &Connection,
    tenant: &TenantId,
    claim: &Claim,
) -> Result<(), StoreError> {
    let stored = connection
        .prepare_cached("INSERT INTO claims VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING")?
        .execute((tenant.as_str(), &claim.kind, &claim.value, &claim.owner))?;
    if stored == 1 {
        return Ok(());
    }
    let owner = connection
        .prepare_cached("SELECT owner FROM claims WHERE tenant = ?1 AND kind = ?2 AND value = ?3")?
        .query_row((tenant.as_str(), &claim.kind, &claim.value), |row| {
            row.get(0)
        })?;
    Err(StoreError::Claimed {
        kind: claim.kind.clone(),
        value: claim.value.clone(),
        owner,
    })
}

fn insert_answer(
    connection: &Connection,
    tenant: &TenantId,
    idempotency: &Idempotency,
) -> Result<(), StoreError> {
    let Idempotency {
        key,
        request_hash,
        response,
    } = idempotency;
    connection
        .prepare_cached("INSERT INTO idempotency VALUES (?1, ?2, ?3, ?4)")?
        .execute((tenant.as_str(), key.as_str(), request_hash, response))?;
    Ok(())
}
