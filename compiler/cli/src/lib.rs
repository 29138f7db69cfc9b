//! The command line `quo`.
