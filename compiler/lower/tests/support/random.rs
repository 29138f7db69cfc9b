//! Random typed expressions over the facts of a quote, from a seed.

use quo_analysis::hir::{BinaryOp, Expr, ExprKind, Rules};
use quo_analysis::types::{Type, Unit, Value};
use quo_value::Rounding;

use super::expr::*;

/// Decimals beyond which a random number is rounded before it goes on.
const SCALE_MAX: u8 = 9;

/// A source of choices: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
pub struct Choices(pub u64);

impl Choices {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, count: u64) -> u64 {
        self.next() % count
    }

    pub fn one_of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u64) as usize].clone()
    }

    pub fn between(&mut self, min: i128, max: i128) -> i128 {
        min + (self.next() as i128) % (max - min + 1)
    }
}

/// Makes expressions.
pub struct Grower<'a> {
    pub rules: &'a Rules,
    pub choices: Choices,
}

impl Grower<'_> {
    fn fact_of(&mut self, suits: impl Fn(Type) -> bool) -> Expr {
        let facts = self.rules.facts.iter().filter(|fact| suits(fact.ty));
        let names: Vec<&str> = facts.map(|fact| fact.name.as_str()).collect();
        fact(self.rules, self.choices.one_of(&names))
    }

    fn rounding(&mut self) -> Rounding {
        self.choices.one_of(&Rounding::ALL)
    }

    pub fn number(&mut self, depth: u32) -> Expr {
        let grown = if depth == 0 {
            self.leaf()
        } else {
            self.branch(depth - 1)
        };
        if num(grown.ty).scale <= SCALE_MAX {
            return grown;
        }
        let (scale, mode) = (self.choices.below(5) as u8, self.rounding());
        round(grown, scale, mode)
    }

    fn leaf(&mut self) -> Expr {
        match self.choices.below(5) {
            0 => {
                let scale = self.choices.below(4) as u8;
                let unit = if scale == 0 { Unit::Int } else { Unit::Decimal };
                constant(unit, scale, self.choices.between(-50, 5000))
            }
            1 => amount_of(ExprKind::Amount(0)),
            _ => self.fact_of(|ty| matches!(ty, Type::Number(_))),
        }
    }

    fn branch(&mut self, depth: u32) -> Expr {
        match self.choices.below(9) {
            0 => negate(self.number(depth)),
            1 => {
                let (value, mode) = (self.number(depth), self.rounding());
                round(value, self.choices.below(6) as u8, mode)
            }
            2 => {
                let (value, mode) = (self.number(depth), self.rounding());
                round_to_currency(value, mode)
            }
            3 => {
                let (a, b, mode) = (self.number(depth), self.number(depth), self.rounding());
                // `otherwise` has no more decimals than the result.
                let other = constant(Unit::Decimal, 1, self.choices.between(-9, 9));
                divide(a, b, 1 + self.choices.below(5) as u8, mode, other)
            }
            4 => {
                let (a, b) = (self.number(depth), self.number(depth));
                choose(self.truth(depth), a, b)
            }
            5 => self.leaf(),
            _ => {
                let op = self
                    .choices
                    .one_of(&[BinaryOp::Add, BinaryOp::Sub, BinaryOp::Mul]);
                binary(op, self.number(depth), self.number(depth))
            }
        }
    }

    pub fn truth(&mut self, depth: u32) -> Expr {
        if depth == 0 {
            return self.fact_of(|ty| ty == Type::Bool);
        }
        let depth = depth - 1;
        match self.choices.below(10) {
            0 => not(self.truth(depth)),
            1..=3 => {
                let op = self
                    .choices
                    .one_of(&[BinaryOp::And, BinaryOp::Or, BinaryOp::Implies]);
                binary(op, self.truth(depth), self.truth(depth))
            }
            4 => {
                let op = self.comparison();
                let is_edition = |ty| matches!(ty, Type::Enum(_));
                let a = self.fact_of(is_edition);
                // Two that may both be absent are the case worth most.
                let b = match self.choices.below(2) {
                    0 => self.fact_of(is_edition),
                    _ => edition(self.choices.below(3) as usize),
                };
                binary(op, a, b)
            }
            5 => in_range(self.number(depth), self.number(depth), self.number(depth)),
            6 => {
                let value = self.number(depth);
                let members = (0..4)
                    .map(|_| Value::Number(self.choices.between(-5, 500)))
                    .collect();
                in_set(value, members)
            }
            7 => {
                let value = self.number(depth);
                present(value, self.choices.below(2) == 0)
            }
            8 => choose(self.truth(depth), self.truth(depth), self.truth(depth)),
            _ => {
                let op = self.comparison();
                binary(op, self.number(depth), self.number(depth))
            }
        }
    }

    fn comparison(&mut self) -> BinaryOp {
        use BinaryOp::{Eq, Ge, Gt, Le, Lt, Ne};
        self.choices.one_of(&[Eq, Ne, Lt, Le, Gt, Ge])
    }
}
