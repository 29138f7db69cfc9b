//! The binary `quo-server`: serves quotes and orders, or simulates the systems that carry orders out.

mod cli;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Quotes and orders that live by rules.
#[derive(Debug, Parser)]
#[command(name = "quo-server", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve quotes, orders and decisions over HTTP.
    Serve(cli::serve::Serve),
    /// Make one sale through a real service, told as it happens.
    Demo(cli::demo::Demo),
    /// Simulate downstream systems, with faults that follow from a seed.
    Simulate(cli::simulate::Simulate),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    cli::log();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return cli::fail(&error),
    };
    let ended = runtime.block_on(async {
        match arguments.command {
            Command::Serve(serve) => serve.run().await,
            Command::Demo(demo) => demo.run().await,
            Command::Simulate(simulate) => simulate.run().await,
        }
    });
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => cli::fail(&*error),
    }
}
