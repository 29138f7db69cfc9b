//! The pipeline from files to a package: the compiler's only facade.
