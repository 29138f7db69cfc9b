//! Expressions: operands are put into parentheses wherever the grammar could ask for them.

use super::Writer;
use crate::layout::Before;

/// How deeply expressions are nested.
const DEPTH: usize = 3;

const LITERALS: &[&[&str]] = &[
    &["7"],
    &["100_000"],
    &["12.50"],
    &["5", "EUR"],
    &["1_000.00", "JPY"],
    &["36", "months"],
    &["2", "hours"],
    &["12", "boxes"],
    &["0.5", "kg"],
    &["7.5%"],
    &["2026-07-15"],
    &["\"C-1009\""],
    &["yes"],
    &["no"],
];

const MODES: &[&str] = &[
    "half up",
    "half even",
    "half down",
    "up",
    "down",
    "ceiling",
    "floor",
];

impl Writer {
    /// Any expression.
    pub(super) fn expression(&mut self) {
        self.condition(DEPTH);
    }

    /// A literal, a path or something in parentheses, all on one line if `before` is.
    pub(super) fn operand(&mut self, before: Before) {
        if self.random.chance(60) {
            self.literal(before);
        } else {
            self.path(before);
        }
    }

    fn literal(&mut self, before: Before) {
        let literal = *self.random.pick(LITERALS);
        for (at, part) in literal.iter().enumerate() {
            self.put(if at == 0 { before } else { Before::SameLine }, part);
        }
    }

    fn condition(&mut self, depth: usize) {
        match self.random.below(10) {
            0 if depth > 0 => {
                self.any("if");
                self.condition(depth - 1);
                self.any("then");
                self.condition(depth - 1);
                self.any("else");
                self.condition(depth - 1);
            }
            1 => {
                self.comparison(depth);
                self.any("implies");
                self.comparison(depth);
            }
            2 | 3 => {
                for at in 0..=self.random.below(5) {
                    if at > 0 {
                        let word = *self.random.pick(&["and", "or"]);
                        self.any(word);
                    }
                    self.comparison(depth);
                }
            }
            _ => self.comparison(depth),
        }
    }

    fn comparison(&mut self, depth: usize) {
        if self.random.chance(8) {
            self.any("not");
        }
        match self.random.below(10) {
            0 => {
                self.path(Before::Any);
                let word = *self
                    .random
                    .pick(&["is absent", "is present", "is not absent"]);
                self.any(word);
            }
            1 => {
                self.path(Before::Any);
                let word = *self.random.pick(&["in", "not in"]);
                self.any(word);
                self.braces(12, |w| w.operand(Before::Any));
            }
            2 => {
                self.path(Before::Any);
                self.any("in");
                self.operand(Before::Any);
                self.any("to");
                self.operand(Before::Any);
            }
            3 => {
                self.path(Before::Any);
                self.any("has");
                self.any_name();
            }
            4..=6 => {
                self.sum(depth);
                let word = *self.random.pick(&["is", "is not", "<", "<=", ">", ">="]);
                self.any(word);
                self.sum(depth);
            }
            _ => self.sum(depth),
        }
    }

    fn sum(&mut self, depth: usize) {
        for at in 0..=self.random.below(4) {
            if at > 0 {
                let sign = *self.random.pick(&["+", "-", "*"]);
                self.any(sign);
            }
            self.atom(depth);
        }
    }

    fn atom(&mut self, depth: usize) {
        match self.random.below(12) {
            0 => {
                self.any("-");
                self.operand(Before::Any);
            }
            1 | 2 if depth > 0 => {
                self.any("(");
                self.condition(depth - 1);
                self.sign(")");
            }
            3 if depth > 0 => {
                self.any("(");
                self.operand(Before::Any);
                let word = *self.random.pick(&["/", "as percent of"]);
                self.any(word);
                self.operand(Before::Any);
                self.sign(",");
                self.rounded();
                self.sign(",");
                self.any("otherwise");
                self.operand(Before::Any);
                self.sign(")");
            }
            4 if depth > 0 => {
                self.any("(");
                self.sum(depth - 1);
                self.rounded();
                self.sign(")");
            }
            5 => {
                self.any("count of");
                self.path(Before::Any);
            }
            6 => {
                let words = *self.random.pick(&["total of list", "total of net"]);
                self.any(words);
            }
            _ => self.operand(Before::Any),
        }
    }

    fn rounded(&mut self) {
        let mode = *self.random.pick(MODES);
        self.any("rounded");
        self.any(mode);
        self.any("to");
        if self.random.chance(50) {
            self.same("currency");
        } else {
            self.any("2 places");
        }
    }

    /// The words of a rounding mode.
    pub(super) fn mode(&mut self) {
        let mode = *self.random.pick(MODES);
        self.same(mode);
    }
}
