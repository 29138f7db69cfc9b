//! The commands of `quo-server`.

pub mod demo;
pub mod serve;
pub mod simulate;

use std::error::Error;
use std::fmt;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// What a command that failed says.
pub type Failure = Box<dyn Error + Send + Sync>;

/// Sends the log to standard error; `RUST_LOG` says how much of it, `info` when it is not set.
pub fn log() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}

/// Says why a command failed.
pub fn fail(error: &(dyn Error + 'static)) -> ExitCode {
    eprintln!("quo-server: {error}");
    ExitCode::FAILURE
}

/// A name with an address: `Billing=http://127.0.0.1:9000/Billing`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SystemAddress {
    /// The system, as the rules name it.
    pub name: String,
    /// Its base address.
    pub url: String,
}

impl std::str::FromStr for SystemAddress {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        match text.split_once('=') {
            Some((name, url)) if !name.is_empty() && !url.is_empty() => Ok(Self {
                name: name.to_owned(),
                url: url.to_owned(),
            }),
            _ => Err(NotAnAddress),
        }
    }
}

/// The text is not a name with an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnAddress;

impl fmt::Display for NotAnAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a system is given as NAME=http://HOST:PORT/PATH")
    }
}

impl Error for NotAnAddress {}

/// Waits until the process is asked to end.
pub async fn asked_to_end() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
