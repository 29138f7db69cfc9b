//! The tables, as numbered migrations, and the checks on opening a file.
//!
//! Every key and index begins with the tenant. A migration, once released, is never changed; a
//! change is a further one.

use crate::error::StoreError;
use rusqlite::{Connection, OpenFlags, OptionalExtension};
use std::path::Path;

/// Marks the file as ours: the bytes of `Quo!`.
const APPLICATION_ID: i32 = 0x5175_6F21;

/// How long a connection waits for another process's lock, in milliseconds.
const BUSY_TIMEOUT_MS: u64 = 5_000;

/// Prepared statements kept per connection.
const STATEMENTS_MAX: usize = 64;

/// The migrations in order; the version of the schema is their number.
const MIGRATIONS: &[(&str, &str)] = &[("first tables", include_str!("schema/0001.sql"))];

/// Opens the file for the writer: creates it, checks it, and brings its schema up to date.
pub(super) fn open_writer(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    configure(&connection)?;
    identify(&connection, path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // Every commit reaches the disk before it is acknowledged, in WAL mode too.
    connection.pragma_update(None, "synchronous", "FULL")?;
    check(&connection)?;
    migrate(&mut connection)?;
    Ok(connection)
}

/// Opens the file for a reader; the writer has prepared it.
pub(super) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    configure(&connection)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

fn configure(connection: &Connection) -> Result<(), StoreError> {
    connection.busy_timeout(std::time::Duration::from_millis(BUSY_TIMEOUT_MS))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    connection.pragma_update(None, "cell_size_check", true)?;
    Ok(())
}

/// Refuses a file of another program; marks a new one as ours.
fn identify(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let not_ours = || StoreError::NotAStore {
        path: path.display().to_string(),
    };
    let id: i32 = connection
        .pragma_query_value(None, "application_id", |row| row.get(0))
        .map_err(|error| match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::NotADatabase) => not_ours(),
            _ => error.into(),
        })?;
    if id == APPLICATION_ID {
        return Ok(());
    }
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if id != 0 || tables != 0 {
        return Err(not_ours());
    }
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    Ok(())
}

/// Walks all pages once, so that a damaged file is refused now and not in the middle of a sale.
fn check(connection: &Connection) -> Result<(), StoreError> {
    let found: String = connection
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(|error| match StoreError::from(error) {
            StoreError::Database(detail) => StoreError::Corrupt(detail),
            other => other,
        })?;
    if found == "ok" {
        Ok(())
    } else {
        Err(StoreError::Corrupt(found))
    }
}

fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let transaction = connection.transaction()?;
    transaction.execute_batch(
        "CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL)",
    )?;
    let found: Option<u32> = transaction
        .query_row("SELECT max(version) FROM migrations", [], |row| row.get(0))
        .optional()?
        .flatten();
    let known = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
    let found = found.unwrap_or(0);
    if found > known {
        return Err(StoreError::FutureSchema { found, known });
    }
    for (version, (name, sql)) in (1_u32..).zip(MIGRATIONS) {
        if version > found {
            transaction.execute_batch(sql)?;
            transaction.execute("INSERT INTO migrations VALUES (?1, ?2)", (version, name))?;
        }
    }
    transaction.commit()?;
    Ok(())
}
