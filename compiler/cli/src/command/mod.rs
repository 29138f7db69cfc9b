//! The commands, one file each. A command gives whether the answer is yes.

mod build;
mod check;
mod error;
mod eval;
mod explain;
mod fmt;
mod new;
mod replay;
mod schema;
mod test;

use crate::args::{Args, Command};
use crate::failure::Failure;
use crate::output::Output;

/// Does what was asked.
pub fn run(args: Args, out: &mut Output) -> Result<bool, Failure> {
    let store = args.store.as_deref();
    match args.command {
        Command::Check { folder } => check::run(&folder, out),
        Command::Build { folder, output } => build::run(&folder, &output, out),
        Command::Eval {
            rules,
            request,
            viewer,
        } => eval::run(&rules, &request, &viewer, store, out),
        Command::Explain {
            rules,
            request,
            why_not,
            viewer,
        } => explain::run(&rules, &request, why_not, viewer, store, out),
        Command::Schema { rules } => schema::run(&rules, store, out),
        Command::Test { folder, only } => test::run(&folder, only.as_deref(), store, out),
        Command::Replay {
            token,
            package,
            explain,
        } => replay::run(&token, &package, explain, store, out),
        Command::Fmt {
            paths,
            check,
            stdin,
        } => fmt::run(&paths, fmt::Wanted { check, stdin }, out),
        Command::Error { code } => error::run(code.as_deref(), out),
        Command::New { name } => new::run(&name, out),
    }
}
