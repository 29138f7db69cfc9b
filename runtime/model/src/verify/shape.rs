//! What the operands of each operation are: one table that the checks of code read.

use crate::{Bank, Op};

/// What an operand byte holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operand {
    /// Nothing; it is zero.
    Unused,
    /// A narrow register that is read.
    Narrow,
    /// A wide register that is read.
    Wide,
    /// How many levels up the item is.
    Level,
    /// A part of that item.
    Part,
    /// A rounding mode.
    Mode,
    /// The first of the narrow registers that hold the arguments of a table.
    Arguments,
    /// The first of the registers that hold the arguments of a routine: its own check looks at them.
    Passed,
}

/// What the `imm` field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Imm {
    /// Nothing; it is zero.
    Unused,
    NarrowConst,
    WideConst,
    Fact,
    /// An option of the item.
    Option,
    /// An option of the only kind of the part.
    PartOption,
    Product,
    Adjustment,
    Amount,
    Clause,
    Set,
    /// A string.
    Text,
    Table,
    /// A jump target.
    Target,
    /// A power of ten that fits a narrow register.
    NarrowScale,
    /// A power of ten that fits a wide register.
    WideScale,
    /// A power of ten and a rounding mode.
    ScaleAndMode,
    /// A rounding mode.
    RoundingMode,
    Routine,
    Loop,
    /// A column of a list, or how many columns it has.
    Column,
    Data,
    /// A function of the language.
    Function,
    /// How an amount is spread.
    Spread,
}

/// What must be there to be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    Nothing,
    Item,
    Charge,
    Totals,
}

/// The form of an operation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    /// The bank of the register that is written.
    pub(super) dst: Option<Bank>,
    pub(super) a: Operand,
    pub(super) b: Operand,
    pub(super) imm: Imm,
    pub(super) needs: Needs,
}

impl Shape {
    const fn of(dst: Option<Bank>, a: Operand, b: Operand, imm: Imm) -> Shape {
        let needs = Needs::Nothing;
        Shape {
            dst,
            a,
            b,
            imm,
            needs,
        }
    }

    const fn needing(self, needs: Needs) -> Shape {
        Shape { needs, ..self }
    }
}

/// The form of this operation.
pub(super) const fn shape(op: Op) -> Shape {
    use Operand::{Arguments, Level, Mode, Narrow, Part, Passed, Unused, Wide};
    const N: Option<Bank> = Some(Bank::Narrow);
    const W: Option<Bank> = Some(Bank::Wide);
    match op {
        Op::ConstN => Shape::of(N, Unused, Unused, Imm::NarrowConst),
        Op::ConstW => Shape::of(W, Unused, Unused, Imm::WideConst),
        Op::Fact => Shape::of(N, Unused, Unused, Imm::Fact),
        Op::Option => Shape::of(N, Level, Unused, Imm::Option).needing(Needs::Item),
        Op::PartOption => Shape::of(N, Level, Part, Imm::PartOption).needing(Needs::Item),
        Op::PartKind | Op::CountPart => Shape::of(N, Level, Part, Imm::Unused).needing(Needs::Item),
        Op::HasKind => Shape::of(N, Level, Part, Imm::Product).needing(Needs::Item),
        Op::Asked => Shape::of(N, Unused, Unused, Imm::Adjustment),
        Op::Quantity => Shape::of(N, Unused, Unused, Imm::Unused).needing(Needs::Charge),
        Op::TotalListOf | Op::TotalNetOf => {
            Shape::of(W, Unused, Unused, Imm::Set).needing(Needs::Totals)
        }
        Op::QuantityOf => Shape::of(N, Unused, Unused, Imm::Set).needing(Needs::Totals),
        Op::List | Op::Left => Shape::of(W, Unused, Unused, Imm::Unused).needing(Needs::Charge),
        Op::TotalList | Op::TotalNet | Op::TotalKept => {
            Shape::of(W, Unused, Unused, Imm::Unused).needing(Needs::Totals)
        }
        Op::ClausesRemoved | Op::ClausesAdded => {
            Shape::of(N, Unused, Unused, Imm::Unused).needing(Needs::Totals)
        }
        Op::ClauseRemoved | Op::ClauseAdded => {
            Shape::of(N, Unused, Unused, Imm::Clause).needing(Needs::Totals)
        }
        Op::Amount => Shape::of(W, Unused, Unused, Imm::Amount),
        Op::Currency => Shape::of(N, Unused, Unused, Imm::Unused),

        Op::AddN
        | Op::SubN
        | Op::MulN
        | Op::EqN
        | Op::NeN
        | Op::LtN
        | Op::LeN
        | Op::And
        | Op::Or => Shape::of(N, Narrow, Narrow, Imm::Unused),
        Op::NegN | Op::Present | Op::Not | Op::MoveN => Shape::of(N, Narrow, Unused, Imm::Unused),
        Op::AddW | Op::SubW | Op::MulW => Shape::of(W, Wide, Wide, Imm::Unused),
        Op::NegW | Op::MoveW => Shape::of(W, Wide, Unused, Imm::Unused),
        Op::Widen => Shape::of(W, Narrow, Unused, Imm::Unused),
        Op::Clamp => Shape::of(N, Wide, Unused, Imm::Unused),
        Op::ScaleN => Shape::of(N, Narrow, Unused, Imm::NarrowScale),
        Op::ScaleW => Shape::of(W, Wide, Unused, Imm::WideScale),
        Op::RoundN => Shape::of(N, Narrow, Mode, Imm::NarrowScale),
        Op::RoundW | Op::RoundCurrency => Shape::of(W, Wide, Mode, Imm::WideScale),
        Op::DivW => Shape::of(W, Wide, Wide, Imm::ScaleAndMode),
        Op::EqW | Op::NeW | Op::LtW | Op::LeW => Shape::of(N, Wide, Wide, Imm::Unused),
        Op::InSet => Shape::of(N, Narrow, Unused, Imm::Set),

        Op::Jump => Shape::of(None, Unused, Unused, Imm::Target),
        Op::JumpIfNot => Shape::of(None, Narrow, Unused, Imm::Target),
        Op::Match => Shape::of(N, Arguments, Unused, Imm::Table),
        Op::ReturnN => Shape::of(None, Narrow, Unused, Imm::Unused),
        Op::ReturnW => Shape::of(None, Wide, Unused, Imm::Unused),

        Op::PresentW => Shape::of(N, Wide, Unused, Imm::Unused),
        Op::RoundStep => Shape::of(W, Wide, Wide, Imm::RoundingMode),
        Op::CallN => Shape::of(N, Passed, Passed, Imm::Routine),
        Op::CallW => Shape::of(W, Passed, Passed, Imm::Routine),
        Op::LoopN => Shape::of(N, Narrow, Passed, Imm::Loop),
        Op::LoopW => Shape::of(W, Narrow, Passed, Imm::Loop),
        Op::LoopFromW => Shape::of(N, Narrow, Wide, Imm::Loop),
        Op::NewList => Shape::of(N, Unused, Unused, Imm::Column),
        Op::PushN | Op::PushRow => Shape::of(None, Narrow, Narrow, Imm::Unused),
        Op::PushW => Shape::of(None, Wide, Narrow, Imm::Unused),
        Op::RowAt | Op::Range | Op::Join => Shape::of(N, Narrow, Narrow, Imm::Unused),
        Op::CellN => Shape::of(N, Narrow, Unused, Imm::Column),
        Op::CellW => Shape::of(W, Narrow, Unused, Imm::Column),
        Op::DataRow => Shape::of(N, Narrow, Unused, Imm::Data),
        Op::MatchAll => Shape::of(N, Arguments, Unused, Imm::Table),
        Op::Spread => Shape::of(N, Narrow, Wide, Imm::Spread),
        Op::Builtin => Shape::of(N, Passed, Unused, Imm::Function),
        Op::Items => Shape::of(N, Unused, Unused, Imm::Set),
        Op::Lines => Shape::of(N, Unused, Unused, Imm::Unused),
        Op::PartItems => Shape::of(N, Level, Part, Imm::Unused).needing(Needs::Item),
        Op::ItemsInside => Shape::of(N, Level, Unused, Imm::Set).needing(Needs::Item),
        Op::PartOf => Shape::of(N, Narrow, Unused, Imm::Text),
        Op::OptionOf => Shape::of(N, Narrow, Unused, Imm::Column),
        Op::ProductOf => Shape::of(N, Narrow, Unused, Imm::Unused),
        Op::Charges => Shape::of(N, Unused, Unused, Imm::Unused).needing(Needs::Totals),
    }
}
