//! The archived model of a ruleset, the package file around it, and its checked opening.
//!
//! A package is a header, an rkyv archive of [`Model`] that is memory-mapped and used in place, and an archive of
//! [`SourceMap`]. It knows nothing of the compiler that wrote it.

mod access;
pub mod adjustments;
pub mod calc;
pub mod code;
mod digest;
mod header;
mod intern;
#[expect(
    missing_docs,
    reason = "rkyv's derive leaves the fields of its resolvers undocumented"
)]
mod kinds;
mod list_index;
mod lookup;
mod overlap;
mod package;
pub mod prices;
pub mod rules;
pub mod source_map;
mod store;
pub mod table;
mod table_build;
pub mod terms;
mod verify;

pub use access::some;
pub use adjustments::*;
pub use calc::*;
pub use code::{ABSENT, Bank, Instr, NONE, Op, Program, Routine, Scope};
pub use digest::{Digest, NotADigest};
pub use header::{FORMAT_VERSION, HEADER_LEN, NAME_LEN_MAX, SECTION_ALIGNMENT};
pub use intern::{SetTable, StringTable};
pub use list_index::{ArchivedListIndex, FoundRows, ListIndex};
pub use lookup::{Tier, Tiers};
pub use overlap::{Overlap, find_overlap};
pub use package::{OpenError, Package, WriteError, write_package};
pub use rules::*;
pub use source_map::*;
pub use store::{PackageStore, StoreError};
pub use table::{ArchivedTable, Mask, Slot, Table, hash_exact};
pub use table_build::{
    ENTRIES_MAX, ExactCell, Interval, Order, TableBuilder, TableError, TableRow, build_table,
};
pub use terms::*;
pub use verify::VerifyError;
