//! The archived model of a ruleset, the package file around it, and its checked opening.
