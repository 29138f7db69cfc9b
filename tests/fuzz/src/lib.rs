//! Inputs nobody would think of: generators, mutations, and the loop that tries them.
//!
//! Three sources of inputs. [`grammar`] writes files of the language from its forms; [`ruleset`] writes small rulesets that
//! compile, with requests for them; [`mutate`] damages what is there already. [`hunt`] tries them on a target until its
//! time is over, keeps what reached new code where the build counts that ([`coverage`]), and makes a failure smaller before it
//! reports it with its seed.
//!
//! Nothing here knows the crates under test: the targets are tests of this crate (`tests/fuzz`), so that everything below
//! may be used by any of them and depends on none. `.ci/fuzz TARGET MINUTES` runs one for long.

pub mod coverage;
pub mod grammar;
pub mod hunt;
pub mod layout;
pub mod mutate;
pub mod random;
pub mod ruleset;
