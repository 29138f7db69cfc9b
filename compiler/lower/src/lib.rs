//! From checked rules to the decision program and the package.
