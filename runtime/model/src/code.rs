//! The instruction set of the decision program: a small register machine, verified when a package is opened.
//!
//! A routine is straight-line code with forward jumps only, so that it always ends. Registers come in two banks:
//! *narrow* ones hold 64-bit values (truth values, whole numbers, mantissas, days, months, enum ordinals, ids), *wide*
//! ones hold checked 128-bit mantissas (amounts of money). The scale of a number is static: it is known to the compiler
//! and never stored beside a value. This module knows the code's shape only; what it means is the interpreter's.

use rkyv::{Archive, Serialize};

use crate::calc::Loop;

/// A narrow register that holds "absent": an optional fact that was not given, an option of a part that is not there.
///
/// No value of any type is encoded as `i64::MIN`, which the door and the compiler both ensure.
pub const ABSENT: i64 = i64::MIN;

/// "No such index" wherever the model refers to something optional by a `u32`.
pub const NONE: u32 = u32::MAX;

/// One instruction: eight bytes, the meaning of the operands depends on the operation.
#[derive(Archive, Serialize, Debug, Clone, Copy, PartialEq, Eq)]
#[rkyv(derive(Debug, Clone, Copy))]
pub struct Instr {
    /// The operation, one of [`Op`] as its number.
    pub op: u8,
    /// The register written; for returns and jumps unused and zero.
    pub dst: u8,
    /// First operand.
    pub a: u8,
    /// Second operand.
    pub b: u8,
    /// An index, a jump target or a packed constant.
    pub imm: u32,
}

/// The operations. The numbers are part of the package format: they are never reused.
///
/// `n[x]` is narrow register x, `w[x]` wide register x.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Op {
    /// `n[dst] = narrow_consts[imm]`
    ConstN = 1,
    /// `w[dst] = wide_consts[imm]`
    ConstW = 2,
    /// `n[dst] = fact imm` (may be absent)
    Fact = 3,
    /// `n[dst] = option imm` of the item `a` levels up (0: this item, 1: the bundle it is a part of)
    Option = 4,
    /// `n[dst] = option imm` of the one child in part `b` of the item `a` levels up; absent where there is none
    PartOption = 5,
    /// `n[dst] =` product of the one child in part `b` of the item `a` levels up; absent where there is none
    PartKind = 6,
    /// `n[dst] = 1` if part `b` of the item `a` levels up holds product `imm`, else 0
    HasKind = 7,
    /// `n[dst] =` number of children in part `b` of the item `a` levels up
    CountPart = 8,
    /// `n[dst] =` the input asked for adjustment `imm`; absent when not asked
    Asked = 9,
    /// `w[dst] =` price of this charge before adjustments, at money scale
    List = 10,
    /// `w[dst] =` what is left of this charge, at money scale
    Left = 11,
    /// `w[dst] =` contract value of the quote before adjustments, at money scale
    TotalList = 12,
    /// `w[dst] =` contract value of the quote after adjustments, at money scale
    TotalNet = 13,
    /// `w[dst] = amounts[imm]` in the currency of the quote, at money scale
    Amount = 14,
    /// `n[dst] =` index of the quote's currency
    Currency = 15,

    /// `n[dst] = n[a] + n[b]`, checked
    AddN = 20,
    /// `n[dst] = n[a] - n[b]`, checked
    SubN = 21,
    /// `n[dst] = n[a] * n[b]`, checked
    MulN = 22,
    /// `n[dst] = -n[a]`, checked
    NegN = 23,
    /// `w[dst] = w[a] + w[b]`, checked
    AddW = 24,
    /// `w[dst] = w[a] - w[b]`, checked
    SubW = 25,
    /// `w[dst] = w[a] * w[b]`, checked
    MulW = 26,
    /// `w[dst] = -w[a]`, checked
    NegW = 27,
    /// `w[dst] = n[a]`
    Widen = 28,
    /// `n[dst] = w[a]` clamped to `i64::MIN + 1 ..= i64::MAX`; for comparing with constants that lie inside
    Clamp = 29,
    /// `n[dst] = n[a] * 10^imm`, checked
    ScaleN = 30,
    /// `w[dst] = w[a] * 10^imm`, checked
    ScaleW = 31,
    /// `n[dst] = n[a] / 10^imm` rounded by mode `b`
    RoundN = 32,
    /// `w[dst] = w[a] / 10^imm` rounded by mode `b`
    RoundW = 33,
    /// `w[dst] = w[a]`, at scale `imm`, rounded by mode `b` to the minor unit of the quote's currency, at money scale
    RoundCurrency = 34,
    /// `w[dst] = w[a] * 10^(imm >> 8) / w[b]` rounded by mode `imm & 0xff`; a zero divisor is an error
    DivW = 35,

    /// `n[dst] = (n[a] == n[b])`
    EqN = 40,
    /// `n[dst] = (n[a] != n[b])`
    NeN = 41,
    /// `n[dst] = (n[a] < n[b])`
    LtN = 42,
    /// `n[dst] = (n[a] <= n[b])`
    LeN = 43,
    /// `n[dst] = (w[a] == w[b])`
    EqW = 44,
    /// `n[dst] = (w[a] != w[b])`
    NeW = 45,
    /// `n[dst] = (w[a] < w[b])`
    LtW = 46,
    /// `n[dst] = (w[a] <= w[b])`
    LeW = 47,
    /// `n[dst] = (n[a] is not absent)`
    Present = 48,
    /// `n[dst] = (n[a] is in sets[imm])`
    InSet = 49,

    /// `n[dst] = n[a] & n[b]`, both truth values
    And = 60,
    /// `n[dst] = n[a] | n[b]`, both truth values
    Or = 61,
    /// `n[dst] = 1 - n[a]`, a truth value
    Not = 62,
    /// `n[dst] = n[a]`
    MoveN = 63,
    /// `w[dst] = w[a]`
    MoveW = 64,

    /// continue at instruction `imm` of the routine, which lies ahead
    Jump = 80,
    /// if `n[a]` is 0 continue at instruction `imm` of the routine, which lies ahead
    JumpIfNot = 81,
    /// `n[dst] =` the row of table `imm` that matches the arguments `n[a] ..`, as many as the table has columns; absent if none
    Match = 82,
    /// the result is `n[a]`
    ReturnN = 83,
    /// the result is `w[a]`
    ReturnW = 84,

    /// `n[dst] = (w[a] is not absent)`
    PresentW = 50,
    /// `w[dst] = w[a]` rounded by mode `imm` to a multiple of `w[b]`, both at one scale; a step that is not positive is an error
    RoundStep = 36,
    /// `n[dst] =` the result of routine `imm`, its arguments `n[a] ..` and `w[b] ..`
    CallN = 90,
    /// `w[dst] =` the result of routine `imm`, its arguments `n[a] ..` and `w[b] ..`
    CallW = 91,
    /// `n[dst] =` what loop `imm` makes of the list `n[a]`; a running value starts at `n[b]`
    LoopN = 92,
    /// `w[dst] =` what loop `imm` makes of the list `n[a]`; a running value starts at `w[b]`
    LoopW = 93,
    /// `n[dst] =` what loop `imm` makes of the list `n[a]`; a running value, of which it makes a list, starts at `w[b]`
    LoopFromW = 94,
    /// `n[dst] =` a new list of `imm` columns
    NewList = 95,
    /// appends the cell `n[a]` to the list `n[b]`, the one made last
    PushN = 96,
    /// appends the cell `w[a]` to the list `n[b]`, the one made last
    PushW = 97,
    /// `n[dst] =` the record in row `n[b]`, counted from 1, of the list `n[a]`; absent outside
    RowAt = 98,
    /// `n[dst] =` column `imm` of the record `n[a]`; absent where one of them is
    CellN = 99,
    /// `w[dst] =` column `imm` of the record `n[a]`; absent where one of them is
    CellW = 100,
    /// `n[dst] =` the list of the whole numbers from `n[a]` to `n[b]`
    Range = 101,
    /// `n[dst] =` the list of the rows of `n[a]` and then those of `n[b]`
    Join = 102,
    /// `n[dst] =` the record in row `n[a]`, counted from 0, of the constant list `imm`; absent where the row is
    DataRow = 103,
    /// `n[dst] =` the list of the rows of table `imm` that match the arguments `n[a] ..`
    MatchAll = 104,
    /// `n[dst] =` the amount `w[b]` spread over the weights in the list `n[a]` as `imm` says, see [`crate::spread_bits`]
    Spread = 105,
    /// `n[dst] =` function `imm` of the language, its arguments `n[a] ..`; see [`crate::Function`]
    Builtin = 106,
    /// `n[dst] =` the list of the items whose products are in set `imm`, in the order of the quote
    Items = 107,
    /// `n[dst] =` the list of the items of the lines
    Lines = 108,
    /// `n[dst] =` the list of the items in part `b` of the item `a` levels up
    PartItems = 109,
    /// `n[dst] =` option `imm` of the item `n[a]`
    OptionOf = 110,
    /// `n[dst] =` the product of the item `n[a]`
    ProductOf = 111,
    /// `n[dst] =` the list of the charges of the priced quote
    Charges = 112,
    /// appends the row of the record `n[a]` to the list `n[b]`, the one made last
    PushRow = 113,
    /// `n[dst] =` the list of the items, inside of the item `a` levels up at any depth, whose products are in set `imm`
    ItemsInside = 150,
    /// `n[dst] =` the list of the items in the part that has the name `imm` of the item `n[a]`; empty where its product has none
    PartOf = 151,
    /// `n[dst] =` how many clauses are removed
    ClausesRemoved = 190,
    /// `n[dst] =` how many clauses are added
    ClausesAdded = 191,
    /// `n[dst] = 1` if clause `imm` is removed, else 0
    ClauseRemoved = 192,
    /// `n[dst] = 1` if clause `imm` is added, else 0
    ClauseAdded = 193,
    /// `w[dst] =` what floors kept back over the contract, at money scale
    TotalKept = 194,
    /// `n[dst] =` by what the unit price of this charge is multiplied
    Quantity = 200,
    /// `w[dst] =` contract value of the charges in set `imm` before adjustments, at money scale
    TotalListOf = 201,
    /// `w[dst] =` contract value of the charges in set `imm` after adjustments (or those so far), at money scale
    TotalNetOf = 202,
    /// `n[dst] =` the quantities of the charges in set `imm` together
    QuantityOf = 203,
}

impl Op {
    /// Every operation, in the order of its number.
    pub const ALL: [Op; 88] = [
        Op::ConstN,
        Op::ConstW,
        Op::Fact,
        Op::Option,
        Op::PartOption,
        Op::PartKind,
        Op::HasKind,
        Op::CountPart,
        Op::Asked,
        Op::List,
        Op::Left,
        Op::TotalList,
        Op::TotalNet,
        Op::Amount,
        Op::Currency,
        Op::AddN,
        Op::SubN,
        Op::MulN,
        Op::NegN,
        Op::AddW,
        Op::SubW,
        Op::MulW,
        Op::NegW,
        Op::Widen,
        Op::Clamp,
        Op::ScaleN,
        Op::ScaleW,
        Op::RoundN,
        Op::RoundW,
        Op::RoundCurrency,
        Op::DivW,
        Op::EqN,
        Op::NeN,
        Op::LtN,
        Op::LeN,
        Op::EqW,
        Op::NeW,
        Op::LtW,
        Op::LeW,
        Op::Present,
        Op::InSet,
        Op::And,
        Op::Or,
        Op::Not,
        Op::MoveN,
        Op::MoveW,
        Op::Jump,
        Op::JumpIfNot,
        Op::Match,
        Op::ReturnN,
        Op::ReturnW,
        Op::PresentW,
        Op::RoundStep,
        Op::CallN,
        Op::CallW,
        Op::LoopN,
        Op::LoopW,
        Op::LoopFromW,
        Op::NewList,
        Op::PushN,
        Op::PushW,
        Op::RowAt,
        Op::CellN,
        Op::CellW,
        Op::Range,
        Op::Join,
        Op::DataRow,
        Op::MatchAll,
        Op::Spread,
        Op::Builtin,
        Op::Items,
        Op::Lines,
        Op::PartItems,
        Op::OptionOf,
        Op::ProductOf,
        Op::Charges,
        Op::PushRow,
        Op::ItemsInside,
        Op::PartOf,
        Op::ClausesRemoved,
        Op::ClausesAdded,
        Op::ClauseRemoved,
        Op::ClauseAdded,
        Op::TotalKept,
        Op::Quantity,
        Op::TotalListOf,
        Op::TotalNetOf,
        Op::QuantityOf,
    ];

    /// The operation with this number.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Op> {
        Op::ALL.iter().copied().find(|op| *op as u8 == code)
    }
}

/// What a routine may look at.
#[derive(Archive, Serialize, Debug, Clone, Copy, PartialEq, Eq)]
#[rkyv(derive(Debug, Clone, Copy, PartialEq, Eq))]
#[repr(u8)]
pub enum Scope {
    /// Facts, amounts and what was asked.
    Quote,
    /// The same, and an item with the bundle it is a part of.
    Item,
    /// The same, and a charge of that item: its list price, what is left of it, and the totals as they were before the
    /// adjustment it belongs to.
    Charge,
    /// Facts, amounts, what was asked, and the totals of the priced quote, or of what is left so far.
    Total,
}

/// Which bank a routine's result is in.
#[derive(Archive, Serialize, Debug, Clone, Copy, PartialEq, Eq)]
#[rkyv(derive(Debug, Clone, Copy, PartialEq, Eq))]
#[repr(u8)]
pub enum Bank {
    /// A 64-bit value.
    Narrow,
    /// A 128-bit mantissa.
    Wide,
}

/// A piece of code with one result.
#[derive(Archive, Serialize, Debug, Clone, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct Routine {
    /// What it may look at.
    pub scope: Scope,
    /// The product of the item it runs on, for [`Scope::Item`] and [`Scope::Charge`]; else [`NONE`].
    pub product: u32,
    /// The bundle whose part that item is, where the code looks one level up; else [`NONE`].
    pub within: u32,
    /// The bank of the result.
    pub result: Bank,
    /// Where its code begins in [`super::Program::code`].
    pub at: u32,
    /// How many instructions it has; the last one returns.
    pub len: u32,
    /// How many narrow arguments it takes, in its first narrow registers.
    pub narrow_args: u8,
    /// How many wide arguments it takes, in its first wide registers.
    pub wide_args: u8,
    /// How many narrow registers it uses, at most 256.
    pub narrow: u16,
    /// How many wide registers it uses, at most 256.
    pub wide: u16,
}

/// All code of a package with its constants.
#[derive(Archive, Serialize, Debug, Clone, Default, PartialEq, Eq)]
#[rkyv(derive(Debug))]
pub struct Program {
    /// The instructions of all routines, one after the other.
    pub code: Vec<Instr>,
    /// The routines, by id.
    pub routines: Vec<Routine>,
    /// Narrow constants.
    pub narrow_consts: Vec<i64>,
    /// Wide constants.
    pub wide_consts: Vec<i128>,
    /// Where each set begins in `set_values`, and one end beyond the last.
    pub set_at: Vec<u32>,
    /// The members of the sets, each set sorted.
    pub set_values: Vec<i64>,
    /// The loops.
    pub loops: Vec<Loop>,
}
