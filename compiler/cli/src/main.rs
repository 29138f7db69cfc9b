//! `quo`: check, build, evaluate, explain, test and replay rules from the command line.
//!
//! The edge of the compiler: it reads arguments, files and the environment, calls one function of the libraries for each
//! command, and prints what comes back, for people or as JSON. Nothing is decided here.

mod args;
mod command;
mod failure;
mod output;
mod pages;
mod subject;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

/// Exit code of wrong usage, and of what cannot be read or written.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let given: Vec<OsString> = std::env::args_os().collect();
    let args = match args::Args::try_parse_from(&given) {
        Ok(args) => args,
        Err(error) => return usage(&error, &given),
    };
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

/// Help, the version, or what is wrong with the arguments; machines that asked for JSON get that as JSON, too.
fn usage(error: &clap::Error, given: &[OsString]) -> ExitCode {
    let wrong = error.use_stderr();
    if wrong && given.iter().any(|argument| argument == "--json") {
        let text = error.render().to_string();
        let first = text.lines().next().unwrap_or_default();
        let error = first.trim_start_matches("error: ");
        output::Output::new(true).json(&serde_json::json!({ "ok": false, "error": error }));
    } else {
        // Whoever closed the pipe has read enough.
        let _ = error.print();
    }
    ExitCode::from(if wrong { USAGE } else { 0 })
}
