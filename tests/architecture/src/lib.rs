//! The house rules: dependency arrows, licences, top level.
