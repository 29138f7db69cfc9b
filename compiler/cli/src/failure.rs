//! What keeps a command from doing its work.

use std::path::PathBuf;

use quo_driver::{LoadError, ScaffoldError};
use quo_engine::{Digest, EvaluateError, ExplainError, Refused, ReplayError};
use quo_model::{OpenError, StoreError};
use quo_source::Stopped;
use thiserror::Error;

use crate::output::Checked;

/// Why a command could not do its work.
#[derive(Debug, Error)]
pub enum Failure {
    /// The folder of a ruleset.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The ruleset has errors. People have been shown them already; machines get them with the failure.
    #[error("the ruleset has errors, so there is no package")]
    Rules(Box<Checked>),
    /// The store of packages.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file that is no package, or a damaged or foreign one.
    #[error("`{path}` cannot be opened: {error}")]
    Package {
        /// Which.
        path: PathBuf,
        /// Why not.
        error: OpenError,
    },
    /// A file.
    #[error("`{path}` cannot be {done}: {error}")]
    Io {
        /// Which.
        path: PathBuf,
        /// What was to be done with it.
        done: &'static str,
        /// Why not.
        error: std::io::Error,
    },
    /// No folder for packages.
    #[error(
        "there is no folder for packages: name one with `--store DIR` or in the variable `QUO_STORE`"
    )]
    NoStore,
    /// The request.
    #[error(transparent)]
    Evaluate(#[from] EvaluateError),
    /// The explanation.
    #[error(transparent)]
    Explain(#[from] ExplainError),
    /// The token.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// The store does not have the package of a token.
    #[error(
        "there is no package `{0}` in the store; give its file with `--package FILE.quop`, or the store it is in with `--store DIR`"
    )]
    UnknownPackage(Digest),
    /// A new ruleset.
    #[error(transparent)]
    Scaffold(#[from] ScaffoldError),
    /// The work was stopped.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// No test has that in its name.
    #[error("no test has {0:?} in its name")]
    NoSuchTest(String),
    /// No diagnostic has this code.
    #[error(
        "there is no code `{0}`; a code is `Q` and four digits, and `quo error` lists them all"
    )]
    NoSuchCode(String),
    /// There are no tests.
    #[error("there are no tests; they stand in files below `tests/`")]
    NoTests,
}

impl Failure {
    /// 1 where rules or the request say no, 2 where the command could not be done.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Failure::Rules(_)
            | Failure::Evaluate(_)
            | Failure::Replay(ReplayError::Evaluate(_)) => 1,
            _ => 2,
        }
    }

    /// What is wrong with the request, where the door refused it.
    #[must_use]
    pub fn refused(&self) -> Option<&Refused> {
        match self {
            Failure::Evaluate(EvaluateError::Refused(refused))
            | Failure::Replay(ReplayError::Evaluate(EvaluateError::Refused(refused))) => {
                Some(refused)
            }
            _ => None,
        }
    }
}
