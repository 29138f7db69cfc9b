//! The golden-test runner as a library.
