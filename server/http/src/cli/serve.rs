//! `quo-server serve`.

use super::{Failure, SystemAddress, asked_to_end};
use clap::Args;
use quo_connect::simulate::{Behaviour, Running, Simulation, Simulators};
use quo_connect::{HttpConnector, Timeouts};
use quo_domain::ids::TenantId;
use quo_http::packages::Window;
use quo_http::ports::ShiftedClock;
use quo_http::{AppState, Orchestrator, Packages, Ports, Settings, app};
use quo_store::SqliteStore;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// Milliseconds that a late answer of a simulated system is later than anybody waits.
const LATER_MS: u64 = 500;
/// Milliseconds the orchestrator waits longer than the connector.
const MARGIN_MS: u64 = 2_000;

/// Arguments of `quo-server serve`.
#[derive(Debug, Args)]
pub struct Serve {
    /// Folder for everything the service keeps: the event log, the packages.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Packages to publish for the tenant, for the selling dates they say themselves.
    #[arg(long, value_name = "FILE.quop", num_args = 1..)]
    packages: Vec<PathBuf>,
    /// The tenant that `--packages` are published for.
    #[arg(long, default_value = "demo")]
    tenant: String,
    /// Where to listen. There is no authentication yet: whoever reaches this address can do everything.
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT")]
    listen: SocketAddr,
    /// A downstream system and its address; may be given several times.
    #[arg(long = "system", value_name = "NAME=URL")]
    systems: Vec<SystemAddress>,
    /// Simulate these systems inside the service instead; may be given several times.
    #[arg(long = "simulate", value_name = "NAME", value_delimiter = ',')]
    simulated: Vec<String>,
    /// Let the simulated systems have a bad day that follows from this seed.
    #[arg(long, value_name = "SEED")]
    storm: Option<u64>,
    /// Milliseconds a call to a downstream system may take.
    #[arg(long, default_value_t = Timeouts::default().call_ms, value_name = "MS")]
    call_timeout_ms: u64,
    /// Rehearse another day: seconds added to the real time, negative ones go back. Keep it the same over restarts.
    #[arg(
        long,
        default_value_t = 0,
        allow_negative_numbers = true,
        value_name = "SECONDS"
    )]
    clock_shift_s: i64,
}

impl Serve {
    /// Serves until the process is asked to end.
    ///
    /// # Errors
    /// What keeps it from serving, in words.
    pub async fn run(self) -> Result<(), Failure> {
        std::fs::create_dir_all(&self.data)?;
        let store = Arc::new(SqliteStore::open(&self.data.join("quo.db"))?);
        let packages = Arc::new(Packages::open(&self.data.join("packages"))?);
        let state = AppState::new(store, packages, self.ports());
        self.publish(&state).await?;

        let simulators = self.simulators().await?;
        let connector = HttpConnector::new(
            &self.addresses(simulators.as_ref()),
            Timeouts {
                call_ms: self.call_timeout_ms,
                ..Timeouts::default()
            },
        )?;
        let answer_ms = self.call_timeout_ms.saturating_add(MARGIN_MS);
        let settings = Settings {
            answer_ms: u32::try_from(answer_ms).unwrap_or(u32::MAX),
            ..Settings::default()
        };
        let (stop, stopped) = watch::channel(false);
        let orchestrator = Orchestrator::new(state.clone(), Arc::new(connector), settings);
        let driving = tokio::spawn(orchestrator.run(stopped));

        let listener = TcpListener::bind(self.listen)
            .await
            .map_err(|error| format!("cannot listen on {}: {error}", self.listen))?;
        let address = listener.local_addr()?;
        if !address.ip().is_loopback() {
            tracing::warn!(
                %address,
                "there is no authentication yet: everybody who reaches this address can act as anybody"
            );
        }
        // Whoever started the service reads this line to know that it is up, and where.
        println!("listening on http://{address}");
        axum::serve(listener, app(state))
            .with_graceful_shutdown(asked_to_end())
            .await?;
        // The orchestrator finishes its tick; calls under way are found out about after the next start.
        stop.send_replace(true);
        driving.await?;
        Ok(())
    }

    fn ports(&self) -> Ports {
        if self.clock_shift_s == 0 {
            return Ports::default();
        }
        tracing::warn!(
            seconds = self.clock_shift_s,
            "the clock is shifted: a rehearsal, not business"
        );
        Ports {
            clock: Arc::new(ShiftedClock {
                shift_s: self.clock_shift_s,
            }),
            ..Ports::default()
        }
    }

    async fn publish(&self, state: &AppState) -> Result<(), Failure> {
        let tenant = TenantId::parse(self.tenant.as_str())?;
        for path in &self.packages {
            let refused = |error: &dyn std::fmt::Display| format!("`{}`: {error}", path.display());
            let bytes = std::fs::read(path).map_err(|error| refused(&error))?;
            let route = state
                .packages
                .publish(&*state.store, &tenant, bytes, Window::default())
                .await
                .map_err(|error| {
                    let problem = error.problem();
                    refused(&format!("{}; {}", problem.detail, problem.next))
                })?;
            tracing::info!(
                %tenant,
                ruleset = route.ruleset,
                version = route.ruleset_version,
                from = route.effective_from,
                to = route.effective_to.as_deref().unwrap_or("further notice"),
                "package published"
            );
        }
        Ok(())
    }

    async fn simulators(&self) -> Result<Option<Running>, Failure> {
        if self.simulated.is_empty() {
            return Ok(None);
        }
        let behaviour = match self.storm {
            Some(seed) => Behaviour::stormy(seed, self.call_timeout_ms.saturating_add(LATER_MS)),
            None => Behaviour {
                work_ms: 20,
                ..Behaviour::calm()
            },
        };
        let simulation = Simulation {
            systems: self.simulated.clone(),
            data: self.data.join("simulated"),
            behaviour,
        };
        let running = Simulators::open(&simulation)?
            .serve(([127, 0, 0, 1], 0).into())
            .await?;
        tracing::info!(systems = self.simulated.join(", "), address = %running.address(), "simulating");
        Ok(Some(running))
    }

    fn addresses(&self, simulators: Option<&Running>) -> BTreeMap<String, String> {
        let mut addresses = simulators.map(Running::bases).unwrap_or_default();
        addresses.extend(
            self.systems
                .iter()
                .map(|system| (system.name.clone(), system.url.clone())),
        );
        addresses
    }
}
