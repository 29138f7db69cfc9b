//! What is wrong with a request, in sentences that say what to send instead.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A request that was refused, with everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// What is wrong, in the order of the request; at most [`Refused::MOST`].
    pub problems: Vec<Problem>,
}

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Where, such as `lines[0].parts.platform[0].options.seats`; empty for the request as a whole.
    pub path: String,
    /// One lowercase sentence without a period.
    pub message: String,
}

impl Refused {
    /// How many problems are collected before reading stops.
    pub const MOST: usize = 50;
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.path, self.message)
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the request cannot be read")?;
        for (index, problem) in self.problems.iter().enumerate() {
            f.write_str(if index == 0 { ": " } else { "; " })?;
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Refused {}
