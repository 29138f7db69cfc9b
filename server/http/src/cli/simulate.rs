//! `quo-server simulate`.

use super::{Failure, asked_to_end};
use clap::Args;
use quo_connect::simulate::{Behaviour, Simulation, Simulators};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Arguments of `quo-server simulate`.
#[derive(Debug, Args)]
pub struct Simulate {
    /// Folder for the journals of the systems.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Port on loopback; a free one when it is 0.
    #[arg(long, default_value_t = 9_000)]
    port: u16,
    /// A system, by the name the rules give it; may be given several times.
    #[arg(
        long = "system",
        value_name = "NAME",
        value_delimiter = ',',
        required = true
    )]
    systems: Vec<String>,
    /// Let the systems have a bad day that follows from this seed; without it everything works.
    #[arg(long, value_name = "SEED")]
    seed: Option<u64>,
    /// Milliseconds that late answers are late.
    #[arg(long, default_value_t = 6_000, value_name = "MS")]
    late_ms: u64,
}

impl Simulate {
    /// Serves until the process is asked to end.
    ///
    /// # Errors
    /// What keeps it from serving, in words.
    pub async fn run(self) -> Result<(), Failure> {
        let behaviour = match self.seed {
            Some(seed) => Behaviour::stormy(seed, self.late_ms),
            None => Behaviour::calm(),
        };
        let simulation = Simulation {
            systems: self.systems,
            data: self.data,
            behaviour,
        };
        let address: SocketAddr = ([127, 0, 0, 1], self.port).into();
        let running = Simulators::open(&simulation)?.serve(address).await?;
        for (name, base) in running.bases() {
            println!("{name}={base}");
        }
        tokio::select! {
            ended = running.wait() => Ok(ended?),
            () = asked_to_end() => Ok(()),
        }
    }
}
