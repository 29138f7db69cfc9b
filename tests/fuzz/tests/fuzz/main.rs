//! Every stage against inputs that nobody would write: no panic, no endless work, and what always holds still holds.
//!
//! Each target runs for some seconds (`QUO_FUZZ_SECONDS`) from a seed (`QUO_FUZZ_SEED`), which is printed. Where one fails,
//! the input is made smaller and its file named; it becomes a fixture of the stage before the stage is repaired.

mod corpus;
mod layout;
mod stages;

use std::path::Path;

/// The root of the repository.
fn root() -> &'static Path {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).expect("two folders down")
}
