//! `quo`: check, build, evaluate, explain, test and replay rules from the command line.
//!
//! The edge of the compiler: it reads arguments, files and the environment, calls one function of the libraries for each
//! command, and prints what comes back, for people or as JSON. Nothing is decided here.

mod args;
mod command;
mod failure;
mod output;
mod subject;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let args = args::Args::parse();
    let mut out = output::Output::new(args.json);
    match command::run(args, &mut out) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(failure) => {
            out.failure(&failure);
            ExitCode::from(failure.exit_code())
        }
    }
}
