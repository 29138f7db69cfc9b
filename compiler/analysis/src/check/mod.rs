//! Static checks over checked rules, one file a check.

pub mod cover;
pub mod overlap;
pub mod tiers;
