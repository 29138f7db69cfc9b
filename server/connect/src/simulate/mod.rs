//! Simulated downstream systems: the protocol of `docs/downstream.md`, served with faults that follow from a seed.
//!
//! Each system keeps a [`journal`] of its own on disk, apart from everything the platform stores, and counts there how
//! often each effect really happened. So a test that kills the platform at any moment can ask the other side of the
//! wire whether anything was done twice or never. Which fault a call meets is a function of seed, system, key and
//! number of the try ([`behaviour`]), not of the order in which calls arrive. A simulator must not know the platform.

pub mod behaviour;
pub mod journal;
mod routes;
mod wire;

pub use behaviour::{Behaviour, Fault, Faults};
pub use journal::{EffectCount, JournalError};

use axum::Router;
use journal::Journal;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What to simulate.
#[derive(Debug, Clone)]
pub struct Simulation {
    /// Names of the systems, as the rules name them.
    pub systems: Vec<String>,
    /// Folder for the journals, one file a system; created when it is missing.
    pub data: PathBuf,
    /// How they behave.
    pub behaviour: Behaviour,
}

/// Why simulators cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum SimulationError {
    /// A journal cannot be read or written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A name is not one that can be a file name and a path segment.
    #[error("`{0}` cannot be the name of a simulated system; letters, digits, `-` and `_` can")]
    Name(String),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
}

/// One system: its name, its memory, its behaviour.
#[derive(Debug)]
pub(crate) struct System {
    pub(crate) name: String,
    pub(crate) behaviour: Behaviour,
    journal: Mutex<Journal>,
}

impl System {
    /// The journal. A panic elsewhere leaves it whole: each change is one appended line.
    pub(crate) fn journal(&self) -> MutexGuard<'_, Journal> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Opened simulators, not yet served.
#[derive(Debug, Clone)]
pub struct Simulators {
    systems: Arc<BTreeMap<String, Arc<System>>>,
}

impl Simulators {
    /// Opens the journals, and goes on with the work that was under way when they were last used. Must be called
    /// inside a tokio runtime.
    ///
    /// # Errors
    /// [`SimulationError`] when a name cannot be used or a journal cannot be read.
    pub fn open(simulation: &Simulation) -> Result<Self, SimulationError> {
        let mut systems = BTreeMap::new();
        for name in &simulation.systems {
            let journal = Journal::open(&journal_path(&simulation.data, name)?)?;
            let system = Arc::new(System {
                name: name.clone(),
                behaviour: simulation.behaviour.clone(),
                journal: Mutex::new(journal),
            });
            let unfinished = system.journal().unfinished();
            for key in unfinished {
                tokio::spawn(routes::work(Arc::clone(&system), key));
            }
            systems.insert(name.clone(), system);
        }
        Ok(Self {
            systems: Arc::new(systems),
        })
    }

    /// The routes of all systems, each below `/{system}`. Cut connections need [`Simulators::serve`]: without it such
    /// a call is answered with status 500.
    pub fn router(&self) -> Router {
        routes::router(Arc::clone(&self.systems))
    }

    /// How often each effect really happened, by system.
    #[must_use]
    pub fn effects(&self) -> BTreeMap<String, Vec<EffectCount>> {
        self.systems
            .iter()
            .map(|(name, s)| (name.clone(), s.journal().effects()))
            .collect()
    }

    /// Serves the systems on an address until the answer is dropped or the runtime ends.
    ///
    /// # Errors
    /// [`SimulationError::Listen`] when the address cannot be listened on.
    pub async fn serve(self, address: SocketAddr) -> Result<Running, SimulationError> {
        let listen = |source| SimulationError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let service = self
            .router()
            .into_make_service_with_connect_info::<wire::Scissors>();
        let task =
            tokio::spawn(
                async move { axum::serve(wire::CuttableListener(listener), service).await },
            );
        Ok(Running {
            address,
            simulators: self,
            task,
        })
    }
}

/// Simulators that are being served; dropping it stops them at once.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    simulators: Simulators,
    task: JoinHandle<std::io::Result<()>>,
}

impl Running {
    /// Where they listen.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base address of each system, as a connector wants it.
    #[must_use]
    pub fn bases(&self) -> BTreeMap<String, String> {
        let names = self.simulators.systems.keys();
        names
            .map(|name| (name.clone(), format!("http://{}/{name}", self.address)))
            .collect()
    }

    /// How often each effect really happened, by system.
    #[must_use]
    pub fn effects(&self) -> BTreeMap<String, Vec<EffectCount>> {
        self.simulators.effects()
    }

    /// Waits until serving ends, which it does only when the listener fails.
    ///
    /// # Errors
    /// What the listener says.
    pub async fn wait(mut self) -> std::io::Result<()> {
        match (&mut self.task).await {
            Ok(ended) => ended,
            Err(error) => Err(std::io::Error::other(error)),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn journal_path(data: &Path, name: &str) -> Result<PathBuf, SimulationError> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if name.is_empty() || !name.chars().all(fits) {
        return Err(SimulationError::Name(name.to_owned()));
    }
    Ok(data.join(format!("{name}.jsonl")))
}
