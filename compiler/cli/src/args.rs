//! The arguments, with their help.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// Commercial rules as data: check, build, evaluate, explain, test and replay them.
#[derive(Debug, Parser)]
#[command(
    name = "quo",
    version,
    after_help = "Exit codes: 0 yes; 1 the rules, the request or a test say no; 2 wrong usage or something that cannot be read.\n\nExamples:\n  quo new my-offer && quo test my-offer\n  quo explain rulesets/acme-cloud --request rulesets/acme-cloud/requests/japan-pro.json\n  quo build rulesets/acme-cloud -o acme.quop && quo eval acme.quop --request quote.json --json"
)]
pub struct Args {
    /// Print JSON for machines instead of text for people.
    #[arg(long, global = true)]
    pub json: bool,
    /// Folder in which packages are kept, by digest [default: $QUO_STORE, else quo/packages in the user's cache folder].
    #[arg(long, global = true, value_name = "DIR")]
    pub store: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Say what is wrong with a ruleset.
    #[command(after_help = "Example:\n  quo check rulesets/acme-cloud")]
    Check {
        /// Folder of the ruleset.
        #[arg(default_value = ".")]
        folder: PathBuf,
    },
    /// Compile a ruleset to one package file.
    #[command(after_help = "Example:\n  quo build rulesets/acme-cloud -o acme-cloud.quop")]
    Build {
        /// Folder of the ruleset.
        #[arg(default_value = ".")]
        folder: PathBuf,
        /// The file to write.
        #[arg(short, long, value_name = "FILE.quop")]
        output: PathBuf,
    },
    /// Decide a request.
    #[command(
        after_help = "Examples:\n  quo eval rulesets/acme-cloud --request quote.json\n  quo eval acme-cloud.quop --request - --json < quote.json\n\nExit codes: 0 the quote is valid; 1 it is not valid, or the request is refused; 2 anything else."
    )]
    Eval {
        /// A package file or the folder of a ruleset.
        rules: PathBuf,
        /// The request as JSON; `-` for standard input.
        #[arg(short, long, value_name = "FILE")]
        request: PathBuf,
        /// Show what somebody with this role may see; several roles by giving it several times.
        #[arg(long = "as", value_name = "ROLE")]
        viewer: Vec<String>,
    },
    /// Decide a request and say why, with the places in the rules.
    #[command(
        after_help = "Examples:\n  quo explain rulesets/acme-cloud --request quote.json\n  quo explain rulesets/acme-cloud --request quote.json --why-not SpringStart\n  quo explain rulesets/acme-cloud --request quote.json --why-not Suite.ship\n\nExit codes: 0 the quote is valid; 1 it is not valid, or the request is refused; 2 anything else, such as a rule that is not there. With --why-not, too, the code speaks of the quote and not of the rule."
    )]
    Explain {
        /// A package file or the folder of a ruleset.
        rules: PathBuf,
        /// The request as JSON; `-` for standard input.
        #[arg(short, long, value_name = "FILE")]
        request: PathBuf,
        /// Say what kept this rule from applying, by its id: a discount, promotion, floor, constraint, price book, charge
        /// (`Platform.onboarding`), approval matrix or one of its rows, or task (`Suite.ship`).
        #[arg(long, value_name = "RULE")]
        why_not: Option<String>,
        /// Show what somebody with this role may see; several roles by giving it several times.
        #[arg(long = "as", value_name = "ROLE")]
        viewer: Vec<String>,
    },
    /// Print what a request may hold, as a JSON Schema.
    #[command(
        after_help = "Examples:\n  quo schema rulesets/acme-cloud > request.schema.json\n  quo schema acme-cloud.quop"
    )]
    Schema {
        /// A package file or the folder of a ruleset.
        #[arg(default_value = ".")]
        rules: PathBuf,
    },
    /// Run the golden tests of a ruleset.
    #[command(
        after_help = "Examples:\n  quo test rulesets/acme-cloud\n  quo test rulesets/acme-cloud --only approval"
    )]
    Test {
        /// Folder of the ruleset.
        #[arg(default_value = ".")]
        folder: PathBuf,
        /// Run only tests whose name contains this.
        #[arg(long, value_name = "TEXT")]
        only: Option<String>,
    },
    /// Repeat a decision from its replay token, on the package it was made with.
    #[command(
        after_help = "Example:\n  quo replay qr1.… --package acme-cloud.quop\n\nExit codes: 0 the same answer as then, valid or not; 1 another answer, or none; 2 anything else, such as a package that is not there."
    )]
    Replay {
        /// The token, as an answer gives it.
        token: String,
        /// Package files to look in besides the store.
        #[arg(long, value_name = "FILE.quop")]
        package: Vec<PathBuf>,
        /// Explain the decision, too.
        #[arg(long)]
        explain: bool,
    },
    /// Bring rules into their one layout.
    #[command(
        after_help = "Examples:\n  quo fmt rulesets/acme-cloud\n  quo fmt --check .\n  quo fmt --stdin < offer.quo\n\nA file with syntax errors is left as it is.\n\nExit codes: 0 done; 1 a file has errors or, with --check, would change; 2 anything else."
    )]
    Fmt {
        /// Files, or folders with everything `.quo` below them.
        #[arg(default_value = ".")]
        paths: Vec<PathBuf>,
        /// Change nothing; show what would change.
        #[arg(long)]
        check: bool,
        /// Format standard input to standard output, for editors.
        #[arg(long, conflicts_with = "paths")]
        stdin: bool,
    },
    /// Explain a code such as Q4001: what it means, why it is refused, and how to mend it.
    #[command(after_help = "Examples:\n  quo error Q4001\n  quo error")]
    Error {
        /// The code; without it, all codes are listed.
        code: Option<String>,
    },
    /// Make a small ruleset that checks, tests and evaluates.
    #[command(after_help = "Example:\n  quo new my-offer")]
    New {
        /// The folder to make; its last part becomes the name of the ruleset.
        name: PathBuf,
    },
}
