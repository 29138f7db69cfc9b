//! Values: what each expression leaves in which register, and how a register changes its scale and bank.
//!
//! An absent value is a narrow register that holds [`ABSENT`], or a wide one beside a narrow flag that says so. Where a
//! calculation meets an operand that may be absent it is jumped around, so that "absent" never enters arithmetic.

use std::collections::BTreeMap;

use quo_analysis::hir::{Expr, ExprKind, Rules};
use quo_analysis::types::{Number, Value};
use quo_model::{ABSENT, Bank, Op};
use quo_source::{Diagnostic, Span};
use quo_value::MAX_SCALE;

use super::emit::Emitter;
use super::points::NewPoint;
use super::routine::{Purpose, Routines};
use crate::calculations::LoweredDecision;
use crate::constants::{encode, number_of, raise};
use crate::limits;
use crate::places::Places;
use crate::strings::StringIds;

/// Digits that a narrow register can gain or lose: ten to the power of 18 is the largest that it holds.
pub(super) const NARROW_PLACES: u8 = 18;

/// Whether a value is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    /// It always is.
    Always,
    /// It is unless the narrow register holds [`ABSENT`].
    Encoded,
    /// It is where this narrow register holds 1.
    Flag(u8),
}

/// A value in a register.
#[derive(Debug, Clone, Copy)]
pub(super) struct Operand {
    /// The register.
    pub(super) register: u8,
    /// Its bank.
    pub(super) bank: Bank,
    /// Whether it holds a value.
    pub(super) presence: Presence,
    /// Scale and range of the value; of whole things for what is not a number.
    pub(super) number: Number,
}

/// What code looks at beyond the quote.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Uses {
    /// An item.
    pub(super) item: bool,
    /// A charge of an item.
    pub(super) charge: bool,
    /// The priced quote.
    pub(super) totals: bool,
}

/// Generates the code of one routine.
pub(super) struct Gen<'a, 'p> {
    pub(super) rules: &'a Rules,
    pub(super) strings: &'a StringIds<'a>,
    pub(super) places: &'a Places,
    pub(super) decisions: &'a [LoweredDecision],
    pub(super) routines: &'p mut Routines,
    /// What the routine, or the one whose loop it belongs to, is for.
    pub(super) purpose: Purpose,
    /// What it looks at, the routines it runs included.
    pub(super) uses: Uses,
    /// The values that have names.
    pub(super) locals: BTreeMap<usize, Operand>,
    pub(super) emit: Emitter,
    pub(super) points: Vec<NewPoint>,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Whether the code looks at the bundle the item is a part of.
    pub(super) looks_up: bool,
}

/// The bank that every value of this number fits.
pub(super) fn bank_of(number: &Number) -> Bank {
    if number.is_narrow() {
        Bank::Narrow
    } else {
        Bank::Wide
    }
}

/// The number with more decimals; `None` if its range then leaves 128 bits.
pub(super) fn raised(number: Number, scale: u8) -> Option<Number> {
    Some(Number {
        scale,
        min: raise(number.min, number.scale, scale)?,
        max: raise(number.max, number.scale, scale)?,
        ..number
    })
}

/// Whether a number at this scale is calculated with in narrow registers.
pub(super) fn is_narrow_at(number: Number, scale: u8) -> bool {
    let places = scale.saturating_sub(number.scale);
    places <= NARROW_PLACES && raised(number, scale).is_some_and(|number| number.is_narrow())
}

impl Gen<'_, '_> {
    /// Code that leaves the value of an expression in a register.
    pub(super) fn value(&mut self, expr: &Expr) -> Operand {
        match &expr.kind {
            ExprKind::Const(value) => self.constant(expr, value),
            ExprKind::Fact(fact) => self.load(expr, Op::Fact, 0, None, *fact),
            ExprKind::Option { up, option } => self.load(expr, Op::Option, *up, None, *option),
            ExprKind::PartOption { up, part, option } => {
                self.load(expr, Op::PartOption, *up, Some(*part), *option)
            }
            ExprKind::PartKind { up, part } => self.load(expr, Op::PartKind, *up, Some(*part), 0),
            ExprKind::CountPart { up, part } => self.load(expr, Op::CountPart, *up, Some(*part), 0),
            ExprKind::Asked(adjustment) => self.load(expr, Op::Asked, 0, None, *adjustment),
            ExprKind::List => self.amount(expr, Op::List, 0),
            ExprKind::Left => self.amount(expr, Op::Left, 0),
            ExprKind::TotalList => self.amount(expr, Op::TotalList, 0),
            ExprKind::TotalNet => self.amount(expr, Op::TotalNet, 0),
            ExprKind::TotalKept => self.amount(expr, Op::TotalKept, 0),
            ExprKind::Quantity => {
                self.uses.charge = true;
                self.load(expr, Op::Quantity, 0, None, 0)
            }
            ExprKind::TotalOf { net, charges } => {
                let op = if *net {
                    Op::TotalNetOf
                } else {
                    Op::TotalListOf
                };
                self.of_charges(expr, op, charges)
            }
            ExprKind::QuantityOf(charges) => self.of_charges(expr, Op::QuantityOf, charges),
            ExprKind::ClauseCount { added: false } => {
                self.load(expr, Op::ClausesRemoved, 0, None, 0)
            }
            ExprKind::ClauseCount { added: true } => self.load(expr, Op::ClausesAdded, 0, None, 0),
            ExprKind::ClauseChanged {
                clause,
                added: false,
            } => self.load(expr, Op::ClauseRemoved, 0, None, *clause),
            ExprKind::ClauseChanged {
                clause,
                added: true,
            } => self.load(expr, Op::ClauseAdded, 0, None, *clause),
            ExprKind::Amount(amount) => self.amount(expr, Op::Amount, *amount),
            ExprKind::HasKind { .. }
            | ExprKind::Not(_)
            | ExprKind::InSet(..)
            | ExprKind::InRange(..)
            | ExprKind::Present(..) => self.truth_operand(expr),
            ExprKind::Binary(op, left, right) => match super::arithmetic::op_of(*op) {
                Some(op) => self.calculate(expr, op, left, right),
                None => self.truth_operand(expr),
            },
            ExprKind::Negate(value) => self.negate(expr, value),
            ExprKind::Divide {
                dividend,
                divisor,
                rounding,
                otherwise,
            } => self.divide(expr, [dividend, divisor, otherwise], *rounding),
            ExprKind::Round {
                value,
                rounding,
                currency,
            } => self.round(expr, value, *rounding, *currency),
            // What is known to be there is still treated as what may be absent: nothing rests on the order of evaluation.
            ExprKind::Assured(value) => self.value(value),
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => self.choose(expr, condition, then, otherwise),
            _ => self.calculation(expr),
        }
    }

    fn truth_operand(&mut self, expr: &Expr) -> Operand {
        let register = self.truth(expr);
        self.narrow_operand(expr, register, Presence::Always)
    }

    pub(super) fn narrow_operand(&self, expr: &Expr, register: u8, presence: Presence) -> Operand {
        let number = number_of(expr.ty);
        Operand {
            register,
            bank: Bank::Narrow,
            presence,
            number,
        }
    }

    pub(super) fn constant(&mut self, expr: &Expr, value: &Value) -> Operand {
        let number = number_of(expr.ty);
        if let (Value::Number(mantissa), Bank::Wide) = (value, bank_of(&number)) {
            let register = self.emit.wide_constant(&mut self.routines.pools, *mantissa);
            return Operand {
                register,
                bank: Bank::Wide,
                presence: Presence::Always,
                number,
            };
        }
        let encoded = encode(value, self.strings).unwrap_or_else(|| {
            self.report(limits::number_too_large(expr.span));
            0
        });
        let register = self.emit.constant(&mut self.routines.pools, encoded);
        self.narrow_operand(expr, register, Presence::Always)
    }

    /// Loads a narrow input. An option of a part may be absent whatever its type says: constraints are judged on
    /// incomplete bundles too.
    fn load(&mut self, expr: &Expr, op: Op, up: u8, part: Option<usize>, index: usize) -> Operand {
        self.looks_up |= up > 0;
        self.uses.item |= !matches!(op, Op::Fact | Op::Asked);
        let part = self.part(expr, part);
        let imm = self.index(expr.span, index);
        let register = self.emit.fresh(Bank::Narrow, op, up, part, imm);
        let in_part = matches!(op, Op::PartOption | Op::PartKind);
        let optional = expr.optional || in_part;
        let presence = if optional {
            Presence::Encoded
        } else {
            Presence::Always
        };
        self.narrow_operand(expr, register, presence)
    }

    pub(super) fn part(&mut self, expr: &Expr, part: Option<usize>) -> u8 {
        u8::try_from(part.unwrap_or(0)).unwrap_or_else(|_| {
            self.report(limits::too_many_parts(expr.span));
            0
        })
    }

    pub(super) fn index(&mut self, span: Span, index: usize) -> u32 {
        u32::try_from(index).unwrap_or_else(|_| {
            self.report(limits::broken_rules(span, "an index leaves 32 bits"));
            0
        })
    }

    fn amount(&mut self, expr: &Expr, op: Op, index: usize) -> Operand {
        self.uses.charge |= matches!(op, Op::List | Op::Left);
        self.uses.totals |= matches!(op, Op::TotalList | Op::TotalNet);
        let imm = self.index(expr.span, index);
        let register = self.emit.fresh(Bank::Wide, op, 0, 0, imm);
        let number = number_of(expr.ty);
        Operand {
            register,
            bank: Bank::Wide,
            presence: Presence::Always,
            number,
        }
    }

    /// A sum over these charges of the quote as it stands.
    fn of_charges(&mut self, expr: &Expr, op: Op, charges: &[usize]) -> Operand {
        self.uses.totals = true;
        let members = charges
            .iter()
            .filter_map(|charge| i64::try_from(*charge).ok());
        let set = self.routines.pools.sets.intern(members.collect());
        let bank = if op == Op::QuantityOf {
            Bank::Narrow
        } else {
            Bank::Wide
        };
        Operand {
            register: self.emit.fresh(bank, op, 0, 0, set),
            bank,
            presence: Presence::Always,
            number: number_of(expr.ty),
        }
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// A truth value that says whether this operand is there; `None` if it always is.
    pub(super) fn presence_of(&mut self, operand: &Operand) -> Option<u8> {
        match operand.presence {
            Presence::Always => None,
            Presence::Encoded => {
                let register = operand.register;
                Some(self.emit.fresh(Bank::Narrow, Op::Present, register, 0, 0))
            }
            Presence::Flag(flag) => Some(flag),
        }
    }

    /// A truth value that says whether all of these are there; `None` if they always are.
    pub(super) fn all_present(&mut self, operands: &[Operand]) -> Option<u8> {
        let mut all = None;
        for operand in operands {
            let Some(flag) = self.presence_of(operand) else {
                continue;
            };
            all = Some(match all {
                None => flag,
                Some(before) => self.emit.fresh(Bank::Narrow, Op::And, before, flag, 0),
            });
        }
        all
    }

    /// A value calculated from these operands by `body` into the register it is given; absent where one of them is.
    pub(super) fn guarded(
        &mut self,
        operands: &[Operand],
        number: Number,
        bank: Bank,
        body: impl FnOnce(&mut Self, u8),
    ) -> Operand {
        let all = self.all_present(operands);
        let register = self.emit.register(bank);
        let Some(all) = all else {
            body(self, register);
            return Operand {
                register,
                bank,
                presence: Presence::Always,
                number,
            };
        };
        let presence = self.set_absent(register, bank, all);
        let jump = self.emit.jump_if_not(all);
        body(self, register);
        self.emit.land(jump);
        Operand {
            register,
            bank,
            presence,
            number,
        }
    }

    /// Writes "absent" into a register; a wide one is 0 and leaves it to the flag to say so.
    pub(super) fn set_absent(&mut self, register: u8, bank: Bank, flag: u8) -> Presence {
        match bank {
            Bank::Narrow => {
                self.emit
                    .set_constant(&mut self.routines.pools, register, ABSENT);
                Presence::Encoded
            }
            Bank::Wide => {
                self.emit
                    .set_wide_constant(&mut self.routines.pools, register, 0);
                Presence::Flag(flag)
            }
        }
    }

    /// The operand's value at a scale that is not smaller, in a bank that holds it there. It must be there.
    pub(super) fn raise(&mut self, operand: &Operand, scale: u8, bank: Bank, span: Span) -> u8 {
        let Some(places) = scale.checked_sub(operand.number.scale) else {
            self.report(limits::broken_rules(
                span,
                "a value has more decimals than its type",
            ));
            return operand.register;
        };
        let mut register = operand.register;
        if operand.bank == Bank::Narrow && bank == Bank::Wide {
            register = self.emit.fresh(Bank::Wide, Op::Widen, register, 0, 0);
        }
        if places > MAX_SCALE {
            self.report(limits::number_too_large(span));
        }
        if places > 0 {
            let op = match bank {
                Bank::Narrow => Op::ScaleN,
                Bank::Wide => Op::ScaleW,
            };
            register = self.emit.fresh(bank, op, register, 0, u32::from(places));
        }
        if operand.bank == Bank::Wide && bank == Bank::Narrow {
            self.report(limits::broken_rules(span, "a wide value has a narrow type"));
        }
        register
    }

    /// The value of an expression at `scale` in `bank`; a wide value that goes to a narrow register is clamped.
    pub(super) fn converted(&mut self, expr: &Expr, scale: u8, bank: Bank) -> Operand {
        let operand = self.value(expr);
        self.convert(operand, scale, bank, expr.span)
    }

    /// The same for a value that has been calculated.
    pub(super) fn convert(
        &mut self,
        operand: Operand,
        scale: u8,
        bank: Bank,
        span: Span,
    ) -> Operand {
        if operand.number.scale == scale && operand.bank == bank {
            return operand;
        }
        let narrow = bank == Bank::Narrow
            && operand.bank == Bank::Narrow
            && is_narrow_at(operand.number, scale);
        let through = if narrow { Bank::Narrow } else { Bank::Wide };
        let number = raised(operand.number, scale).unwrap_or(Number {
            scale,
            ..operand.number
        });
        self.guarded(&[operand], number, bank, |this, dst| {
            let register = this.raise(&operand, scale, through, span);
            this.moved(register, through, dst, bank);
        })
    }

    /// Copies a register into another, which may be of the other bank.
    pub(super) fn moved(&mut self, from: u8, from_bank: Bank, dst: u8, bank: Bank) {
        let op = match (from_bank, bank) {
            (Bank::Narrow, Bank::Narrow) => Op::MoveN,
            (Bank::Narrow, Bank::Wide) => Op::Widen,
            (Bank::Wide, Bank::Narrow) => Op::Clamp,
            (Bank::Wide, Bank::Wide) => Op::MoveW,
        };
        self.emit.push(op, dst, from, 0, 0);
    }
}
