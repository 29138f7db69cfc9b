//! Random typed expressions over the facts of a quote, from a seed.

use quo_analysis::hir::{
    BinaryOp, Builtin, Each, Expr, ExprKind, Function, Parameter, Rules, SortKey, What,
};
use quo_analysis::types::{Type, Unit, Value};
use quo_value::Rounding;

use super::expr::*;
use super::int;

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

/// A value that may be absent: what is made of lists and names mostly may.
fn made(kind: ExprKind, ty: Type) -> Expr {
    Expr {
        kind,
        ty,
        optional: true,
        span: super::nowhere(),
    }
}

fn number_type(scale: u8, max: i128) -> Type {
    super::number(Unit::Decimal, scale, -max, max)
}

/// A value in the type of the elements of a list, which has the most decimals.
fn convert(value: Expr, ty: Type) -> Expr {
    let kind = ExprKind::Round {
        value: Box::new(value),
        rounding: Rounding::HalfUp,
        currency: false,
    };
    made(kind, ty)
}

/// Makes expressions.
pub struct Grower<'a> {
    pub rules: &'a Rules,
    pub choices: Choices,
    /// Numbers that have names where the next expression stands.
    pub locals: Vec<(usize, Type)>,
    /// The number of the next name.
    pub next: usize,
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
        if let Some((local, ty)) = self.locals.last().copied()
            && self.choices.below(2) == 0
        {
            let of = self.choices.below(3);
            let (local, ty) = match of {
                0 => self.locals[0],
                _ => (local, ty),
            };
            return made(ExprKind::Local(local), ty);
        }
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
        match self.choices.below(13) {
            9..=12 => self.calculation(depth),
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

    fn local(&mut self) -> usize {
        self.next += 1;
        self.next - 1
    }

    /// A list of plain numbers, whose elements have the wide type or, as whole numbers, the narrow one.
    fn list(&mut self, depth: u32) -> (Expr, Type) {
        let (wide, narrow) = (self.rules.elements[0], self.rules.elements[1]);
        match self.choices.below(4) {
            0 => {
                let to = self.fact_named("few_or_none");
                let from = whole(self.choices.between(-2, 3));
                let kind = ExprKind::Numbers {
                    from: Box::new(from),
                    to: Box::new(to),
                };
                (made(kind, Type::List(1)), narrow)
            }
            1 if depth > 0 => {
                let (a, b) = (self.listed(depth - 1), self.listed(depth - 1));
                let kind = ExprKind::Joined(Box::new(a), Box::new(b));
                (made(kind, Type::List(0)), wide)
            }
            2 if depth > 0 => {
                let (list, of) = self.list(depth - 1);
                let each = self.over(list, of, depth - 1, |this| {
                    What::List(this.number(depth - 1))
                });
                (made(ExprKind::Each(Box::new(each)), Type::List(0)), wide)
            }
            _ => (self.listed(depth), wide),
        }
    }

    fn listed(&mut self, depth: u32) -> Expr {
        let values = (0..self.choices.below(4)).map(|_| self.number(depth.min(1)));
        let values = values.collect();
        made(ExprKind::Listed(values), Type::List(0))
    }

    fn fact_named(&mut self, name: &str) -> Expr {
        fact(self.rules, name)
    }

    /// Something over a list, perhaps only over some of its elements.
    fn over(
        &mut self,
        list: Expr,
        of: Type,
        depth: u32,
        what: impl FnOnce(&mut Self) -> What,
    ) -> Each {
        let element = self.local();
        let position = (self.choices.below(2) == 0).then(|| self.local());
        let known = self.locals.len();
        self.locals.extend(position.map(|it| (it, int(1, 100))));
        self.locals.push((element, of));
        let filtered = self.choices.below(3) == 0;
        let condition = filtered.then(|| self.truth(depth.min(2)));
        let what = what(self);
        self.locals.truncate(known);
        Each {
            list,
            element,
            position,
            condition,
            what,
        }
    }

    /// A number by way of names, lists, records and functions.
    fn calculation(&mut self, depth: u32) -> Expr {
        let wide = self.rules.elements[0];
        match self.choices.below(8) {
            0 => {
                let value = self.number(depth);
                let local = self.local();
                self.locals.push((local, value.ty));
                let body = self.number(depth);
                self.locals.pop();
                let ty = body.ty;
                let kind = ExprKind::Let {
                    local,
                    name: super::nowhere(),
                    value: Box::new(value),
                    body: Box::new(body),
                };
                made(kind, ty)
            }
            1 if !self.rules.functions.is_empty() => {
                let function = self.choices.below(self.rules.functions.len() as u64) as usize;
                let rules = self.rules;
                let parameters = rules.functions[function].parameters.iter();
                let arguments = parameters.map(|it| convert(self.number(depth), it.ty));
                let arguments = arguments.collect();
                let ty = rules.functions[function].body.ty;
                made(
                    ExprKind::Call {
                        function,
                        arguments,
                    },
                    ty,
                )
            }
            2 => {
                let fields: Vec<Expr> = (0..2).map(|_| self.number(depth)).collect();
                let record = made(ExprKind::Record { of: 0, fields }, Type::Record(0));
                let field = self.choices.below(2) as usize;
                let kind = ExprKind::Field {
                    record: Box::new(record),
                    field,
                };
                made(kind, wide)
            }
            3 => {
                let (list, of) = self.list(depth);
                let position = self.fact_named("few");
                let kind = ExprKind::ItemAt {
                    list: Box::new(list),
                    position: Box::new(position),
                };
                made(kind, of)
            }
            4 => {
                let (first, second) = (self.number(depth), self.number(depth));
                let ty = choose(self.truth(0), first.clone(), second.clone()).ty;
                made(ExprKind::Otherwise(Box::new(first), Box::new(second)), ty)
            }
            5 => {
                let (a, b) = (self.number(depth), self.number(depth));
                let ty = choose(self.truth(0), a.clone(), b.clone()).ty;
                let function = self.choices.one_of(&[Builtin::Larger, Builtin::Smaller]);
                let arguments = vec![a, b];
                made(
                    ExprKind::Builtin {
                        function,
                        arguments,
                    },
                    ty,
                )
            }
            _ => self.folded(depth),
        }
    }

    /// A number made of the elements of a list.
    fn folded(&mut self, depth: u32) -> Expr {
        let (list, of) = self.list(depth);
        let wide = self.rules.elements[0];
        let kind = self.choices.below(7);
        let descending = self.choices.below(2) == 0;
        let (list, kind) = match kind {
            6 => {
                let ty = list.ty;
                let sorted = self.over(list, of, depth, |this| {
                    let key = this.number(depth);
                    What::Sorted(vec![SortKey { key, descending }])
                });
                (made(ExprKind::Each(Box::new(sorted)), ty), 4)
            }
            kind => (list, kind),
        };
        let carried = self.local();
        let start = convert(self.number(0), wide);
        let each = self.over(list, of, depth, |this| match kind {
            0 => What::Sum(this.number(depth)),
            1 => What::Count,
            2 => What::Largest(this.number(depth)),
            3 => What::Smallest(this.number(depth)),
            4 => What::First,
            _ => {
                this.locals.push((carried, wide));
                let step = convert(this.number(depth), wide);
                this.locals.pop();
                What::Running {
                    carried,
                    start,
                    step,
                    list: false,
                }
            }
        });
        let ty = match kind {
            0 | 2 | 3 => wide,
            1 => int(0, 1_000_000),
            4 => of,
            _ => wide,
        };
        made(ExprKind::Each(Box::new(each)), ty)
    }

    /// A function of two numbers that may call those before it.
    pub fn function(&mut self, name: String) -> Function {
        let wide = self.rules.elements[0];
        let ty = [number_type(2, 10_i128.pow(36)), wide];
        self.locals = ty.into_iter().enumerate().collect();
        self.next = 2;
        let body = convert(self.number(2), wide);
        self.locals.clear();
        let optional = self.choices.below(2) == 0;
        Function {
            name,
            span: super::nowhere(),
            parameters: ty
                .into_iter()
                .map(|ty| Parameter {
                    name: "x".to_owned(),
                    ty,
                    optional,
                })
                .collect(),
            body,
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
