//! Names, types and static checks: from syntax trees to checked rules.

pub mod hir;
pub mod tests_hir;
pub mod types;
