//! The source map: from stable ids, table rows and instructions back to the text they came from.
//!
//! It is a section of its own, read only when somebody wants an explanation; no decision depends on it.

use rkyv::{Archive, Serialize};

use crate::rules::ValueType;

/// Where everything came from, and the sources themselves.
#[derive(Archive, Serialize, Debug, Clone, Default, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct SourceMap {
    /// The files, sorted by path.
    pub files: Vec<SourceText>,
    /// Stable ids with the place of their declaration, sorted by id.
    pub ids: Vec<IdPlace>,
    /// For each table of the model the place of each of its rows.
    pub rows: Vec<Vec<Place>>,
    /// What an instruction tests, sorted by routine and instruction.
    pub points: Vec<Point>,
}

/// A file as it was compiled.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct SourceText {
    /// Path relative to the ruleset's folder, with `/`; of a sheet of a workbook `prices.xlsx, sheet EU`.
    pub path: String,
    /// Its text; of a sheet its cells with commas between them, a line for each row.
    pub text: String,
}

/// A range of bytes in a file.
#[derive(Archive, Serialize, Debug, Clone, Copy, Default, PartialEq, Eq)]
#[rkyv(derive(Debug, Clone, Copy))]
pub struct Place {
    /// Index of the file.
    pub file: u32,
    /// First byte.
    pub start: u32,
    /// One beyond the last byte.
    pub end: u32,
}

/// A stable id and where it was declared.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct IdPlace {
    /// The id.
    pub id: String,
    /// Its declaration.
    pub place: Place,
}

/// A comparison (or another test) that an explanation can show.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct Point {
    /// The routine.
    pub routine: u32,
    /// The instruction in it, counted from its beginning; its result is a truth value, unless a value is shown.
    pub at: u32,
    /// The text of the test, such as `quote.term >= 24 months`.
    pub place: Place,
    /// The values worth showing: registers that still hold them when the test has run.
    pub operands: Vec<PointOperand>,
    /// Whether it tests nothing: its only operand is a value that was worked out, called by the text of the point.
    pub value: bool,
}

/// A value that a test looked at.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct PointOperand {
    /// Its text, such as `quote.term`.
    pub place: Place,
    /// Its register.
    pub register: u8,
    /// Whether the register is a wide one.
    pub wide: bool,
    /// Its type.
    pub ty: ValueType,
}
