//! The store on SQLite: one writing thread, a few reading ones, handles for asynchronous callers.
//!
//! Write-ahead logging lets readers go on while the writer commits; `synchronous = FULL` makes a
//! commit durable before it is acknowledged. Nothing outside this folder knows SQL.

mod append;
mod log;
mod packages;
mod projection;
mod queues;
mod schema;
mod writer;

pub use writer::GROUP_COMMIT_MAX;

use crate::append::{Append, Appended, PackageReference};
use crate::error::StoreError;
use crate::event_store::{EventStore, Pending};
use crate::rows::{Fresh, Freshness, ListFilter, OrderRow, PendingEnvelope, QuoteRow, Route};
use quo_domain::event::RecordedEvent;
use quo_domain::ids::{IdempotencyKey, StreamId, TenantId, TimerId};
use quo_domain::time::Timestamp;
use quo_domain::timer::Timer;
use rusqlite::Connection;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;
use tokio::sync::{mpsc, oneshot};
use writer::Writer;

/// Reading threads, each with a connection of its own.
const READERS: usize = 2;

/// Reads that may wait before senders have to.
const READ_QUEUE_MAX: usize = 1_024;

type Read = Box<dyn FnOnce(&Connection) + Send>;

/// The store on a SQLite file.
pub struct SqliteStore {
    /// `None` only while the store is being dropped.
    writer: Option<Writer>,
    readers: Vec<mpsc::Sender<Read>>,
    next_reader: AtomicUsize,
    threads: Vec<JoinHandle<()>>,
}

impl std::fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqliteStore").finish_non_exhaustive()
    }
}

impl SqliteStore {
    /// Opens the store in a file, creating it when there is none. Blocks while it checks the file.
    ///
    /// # Errors
    /// [`StoreError::NotAStore`], [`StoreError::FutureSchema`] or [`StoreError::Corrupt`] when the
    /// file is not one this software can trust; [`StoreError::Database`] when it cannot be opened.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let no_thread = |e: std::io::Error| StoreError::Database(e.to_string());
        let (writer, thread) = Writer::start(schema::open_writer(path)?).map_err(no_thread)?;
        let mut store = Self {
            writer: Some(writer),
            readers: Vec::with_capacity(READERS),
            next_reader: AtomicUsize::new(0),
            threads: vec![thread],
        };
        for number in 0..READERS {
            let connection = schema::open_reader(path)?;
            let (queue, mut waiting) = mpsc::channel::<Read>(READ_QUEUE_MAX);
            let thread = std::thread::Builder::new()
                .name(format!("quo-store-reader-{number}"))
                .spawn(move || {
                    while let Some(read) = waiting.blocking_recv() {
                        read(&connection);
                    }
                })
                .map_err(no_thread)?;
            store.readers.push(queue);
            store.threads.push(thread);
        }
        Ok(store)
    }

    /// Reads in one snapshot of the database.
    fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Pending<'_, T> {
        let (answer, answered) = oneshot::channel();
        let read: Read = Box::new(move |connection| {
            let result = connection
                .unchecked_transaction()
                .map_err(StoreError::from)
                .and_then(|snapshot| read(&snapshot));
            // Nobody listens when the caller has gone away.
            let _ = answer.send(result);
        });
        let turn = self.next_reader.fetch_add(1, Ordering::Relaxed);
        let queue = turn
            .checked_rem(self.readers.len())
            .and_then(|n| self.readers.get(n));
        Box::pin(async move {
            queue
                .ok_or(StoreError::Closed)?
                .send(read)
                .await
                .map_err(|_| StoreError::Closed)?;
            answered.await.unwrap_or(Err(StoreError::Closed))
        })
    }

    /// Writes in a savepoint of its own; answered after the commit.
    fn write<T: Send + 'static>(
        &self,
        write: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Pending<'_, T> {
        Box::pin(async move {
            self.writer
                .as_ref()
                .ok_or(StoreError::Closed)?
                .submit(write)
                .await
        })
    }
}

impl Drop for SqliteStore {
    /// Waits until what was asked is stored and the threads have closed their connections.
    fn drop(&mut self) {
        self.writer = None;
        self.readers.clear();
        for thread in self.threads.drain(..) {
            // A thread that panicked has nothing left to close.
            let _ = thread.join();
        }
    }
}

impl EventStore for SqliteStore {
    fn append(&self, append: Append) -> Pending<'_, Appended> {
        self.write(move |connection| append::append(connection, &append))
    }

    fn first_answer(
        &self,
        tenant: &TenantId,
        key: &IdempotencyKey,
        request_hash: &str,
    ) -> Pending<'_, Option<Vec<u8>>> {
        let (tenant, key, hash) = (tenant.clone(), key.clone(), request_hash.to_owned());
        self.read(move |connection| append::first_answer(connection, &tenant, &key, &hash))
    }

    fn load(&self, tenant: &TenantId, stream: &StreamId) -> Pending<'_, Vec<RecordedEvent>> {
        let (tenant, stream) = (tenant.clone(), stream.clone());
        self.read(move |connection| log::load(connection, &tenant, &stream, u64::MAX))
    }

    fn read_after(
        &self,
        tenant: &TenantId,
        position: u64,
        limit: u32,
    ) -> Pending<'_, Vec<RecordedEvent>> {
        let tenant = tenant.clone();
        self.read(move |connection| log::read_after(connection, &tenant, position, limit))
    }

    fn head(&self, tenant: &TenantId) -> Pending<'_, u64> {
        let tenant = tenant.clone();
        self.read(move |connection| log::head(connection, &tenant))
    }

    fn tenants(&self) -> Pending<'_, Vec<TenantId>> {
        self.read(log::tenants)
    }

    fn due_timers(&self, tenant: &TenantId, now: Timestamp, limit: u32) -> Pending<'_, Vec<Timer>> {
        let tenant = tenant.clone();
        self.read(move |connection| queues::due_timers(connection, &tenant, now, limit))
    }

    fn next_timer(&self, tenant: &TenantId) -> Pending<'_, Option<Timestamp>> {
        let tenant = tenant.clone();
        self.read(move |connection| queues::next_timer(connection, &tenant))
    }

    fn clear_timer(&self, tenant: &TenantId, id: &TimerId, due: Timestamp) -> Pending<'_, bool> {
        let (tenant, id) = (tenant.clone(), id.clone());
        self.write(move |connection| queues::clear_timer(connection, &tenant, &id, due))
    }

    fn outbox_pending(&self, tenant: &TenantId, limit: u32) -> Pending<'_, Vec<PendingEnvelope>> {
        let tenant = tenant.clone();
        self.read(move |connection| queues::outbox_pending(connection, &tenant, limit))
    }

    fn mark_published(
        &self,
        tenant: &TenantId,
        positions: &[u64],
        at: Timestamp,
    ) -> Pending<'_, ()> {
        let (tenant, positions) = (tenant.clone(), positions.to_vec());
        self.write(move |connection| queues::mark_published(connection, &tenant, &positions, at))
    }

    fn project(&self, tenant: &TenantId, limit: u32) -> Pending<'_, Freshness> {
        let tenant = tenant.clone();
        self.write(move |connection| projection::project(connection, &tenant, limit))
    }

    fn quotes(&self, tenant: &TenantId, filter: ListFilter) -> Pending<'_, Fresh<Vec<QuoteRow>>> {
        let tenant = tenant.clone();
        self.read(move |connection| projection::quotes(connection, &tenant, &filter))
    }

    fn orders(&self, tenant: &TenantId, filter: ListFilter) -> Pending<'_, Fresh<Vec<OrderRow>>> {
        let tenant = tenant.clone();
        self.read(move |connection| projection::orders(connection, &tenant, &filter))
    }

    fn set_route(&self, route: Route) -> Pending<'_, ()> {
        self.write(move |connection| packages::set_route(connection, &route))
    }

    fn routes(&self, tenant: &TenantId) -> Pending<'_, Vec<Route>> {
        let tenant = tenant.clone();
        self.read(move |connection| packages::routes(connection, &tenant))
    }

    fn route(&self, tenant: &TenantId, ruleset: &str, selling_date: &str) -> Pending<'_, Route> {
        let (tenant, ruleset, date) = (tenant.clone(), ruleset.to_owned(), selling_date.to_owned());
        self.read(move |connection| packages::route(connection, &tenant, &ruleset, &date))
    }

    fn reference_package(&self, tenant: &TenantId, reference: PackageReference) -> Pending<'_, ()> {
        let tenant = tenant.clone();
        self.write(move |connection| packages::reference(connection, &tenant, &reference))
    }

    fn packages_in_use(&self, tenant: &TenantId) -> Pending<'_, BTreeSet<String>> {
        let tenant = tenant.clone();
        self.read(move |connection| packages::in_use(connection, &tenant))
    }
}
