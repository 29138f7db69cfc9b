//! The writer: one thread that owns the writing connection and commits in groups.
//!
//! Commands that wait are taken together, up to [`GROUP_COMMIT_MAX`], into one transaction with a
//! savepoint each: a command that fails rolls back alone, and one flush to the disk pays for all.
//! No command is acknowledged before the commit.

use crate::error::StoreError;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

/// Most commands in one commit.
pub const GROUP_COMMIT_MAX: usize = 64;

/// Commands that may wait before senders have to.
const QUEUE_MAX: usize = 1_024;

/// What the commit did, told to each command that is waiting for it.
type Acknowledge = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// A command's work inside its savepoint: whether to keep what it did, and how to answer. When the
/// transaction has failed before its turn, it gets the reason instead of the connection.
type Work = Box<dyn FnOnce(Result<&Connection, &StoreError>) -> (bool, Acknowledge) + Send>;

/// The way to the writer's thread.
pub(super) struct Writer {
    queue: mpsc::Sender<Work>,
}

impl Writer {
    /// Starts the thread; it ends when the writer is dropped and the queue is empty.
    pub(super) fn start(
        connection: Connection,
    ) -> std::io::Result<(Self, std::thread::JoinHandle<()>)> {
        let (queue, waiting) = mpsc::channel(QUEUE_MAX);
        let thread = std::thread::Builder::new()
            .name("quo-store-writer".to_owned())
            .spawn(move || run(&connection, waiting))?;
        Ok((Self { queue }, thread))
    }

    /// Does the work in a savepoint of its own and answers after the commit.
    pub(super) async fn submit<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        let work: Work = Box::new(move |connection| {
            let result = connection.map_err(Clone::clone).and_then(work);
            let keep = result.is_ok();
            let acknowledge: Acknowledge = Box::new(move |committed| {
                // Nobody listens when the caller has gone away; what was stored stays stored.
                let _ = answer.send(match (result, committed) {
                    (Ok(value), Ok(())) => Ok(value),
                    (Ok(_), Err(error)) => Err(error),
                    (Err(error), _) => Err(error),
                });
            });
            (keep, acknowledge)
        });
        self.queue
            .send(work)
            .await
            .map_err(|_| StoreError::Closed)?;
        answered.await.unwrap_or(Err(StoreError::Closed))
    }
}

fn run(connection: &Connection, mut waiting: mpsc::Receiver<Work>) {
    while let Some(first) = waiting.blocking_recv() {
        let mut group = vec![first];
        while group.len() < GROUP_COMMIT_MAX
            && let Ok(next) = waiting.try_recv()
        {
            group.push(next);
        }
        let mut group = group.into_iter();
        let mut acknowledgements = Vec::with_capacity(group.len());
        let committed = commit(connection, &mut group, &mut acknowledgements);
        if let Err(error) = &committed {
            if !connection.is_autocommit() {
                // The error to report is the first one; a failed rollback leaves nothing to keep.
                let _ = connection.execute_batch("ROLLBACK");
            }
            acknowledgements.extend(group.map(|work| work(Err(error)).1));
        }
        for acknowledge in acknowledgements {
            acknowledge(committed.clone());
        }
    }
}

/// Runs a group in one transaction. On an error nothing of the group is stored, and what was not
/// reached is left in `group`.
fn commit(
    connection: &Connection,
    group: &mut impl Iterator<Item = Work>,
    acknowledgements: &mut Vec<Acknowledge>,
) -> Result<(), StoreError> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    for work in group {
        connection
            .prepare_cached("SAVEPOINT command")?
            .execute([])?;
        let (keep, acknowledge) = work(Ok(connection));
        acknowledgements.push(acknowledge);
        // A full disk or an I/O error may have rolled back the whole transaction.
        if connection.is_autocommit() {
            return Err(StoreError::Database(
                "the transaction was rolled back".to_owned(),
            ));
        }
        if !keep {
            connection
                .prepare_cached("ROLLBACK TO command")?
                .execute([])?;
        }
        connection.prepare_cached("RELEASE command")?.execute([])?;
    }
    connection.execute_batch("COMMIT")?;
    Ok(())
}
