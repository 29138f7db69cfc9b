//! Expressions: from the tree to typed expressions, with every name resolved in its scope.
//!
//! A bare name may be an option, a part, a definition, an amount, or, where the other side of a comparison says what is
//! expected, a value of an enumeration, a currency or a product. So the side whose type does not depend on the other is
//! read first. Mistakes are reported once: what is wrong has the type [`Type::Unknown`], which agrees with everything.

mod builtins;
mod calendar;
mod calls;
mod charge_names;
mod coerce;
mod compare;
mod convert;
mod fields;
pub mod fit;
mod lists;
pub mod literal;
pub mod locals;
mod loops;
pub mod ops;
mod paths;
mod presence;
mod quotient;
mod rounding;
mod row;
pub mod size;
mod terms;
mod totals;
mod unknown;
pub use calls::absent;
pub use rounding::mode;

use quo_source::{Diagnostic, FileId, Span, codes};
use quo_syntax::ast::{self, AstNode, BinaryOp as Op};

use quo_value::Currency;

use crate::hir::{BinaryOp, Expr, ExprKind};
use crate::types::{Number, Type, Unit, Value};
use crate::world::World;
use ops::{Ops, unknown};

/// The name of the record of charges; no author can write it.
pub const CHARGE_RECORD: &str = "a charge";

/// The most expressions that are read for one ruleset, functions once for each kind of their arguments.
const READ_MAX: u64 = 5_000_000;

/// How deeply expressions may lie inside of each other, through the functions they call.
const DEPTH_MAX: u32 = 400;

/// What an expression may look at besides facts, amounts and definitions.
#[derive(Debug, Clone, Copy, Default)]
pub struct Scope {
    /// The product it runs on.
    pub product: Option<usize>,
    /// Whether that product's options and parts are named directly (inside a product or bundle); `line.x` works always.
    pub direct: bool,
    /// The bundle that product is a part of, whose parts are named directly.
    pub within: Option<usize>,
    /// Parts of `product` from this index on are not yet known (defaults of earlier parts).
    pub parts_before: Option<usize>,
    /// Whether there is a charge: `list`, `what is left`.
    pub charge: bool,
    /// The adjustment whose `asked` may be read, with its type.
    pub asked: Option<(usize, Type)>,
    /// Whether there are totals of the priced quote.
    pub totals: bool,
    /// Whether there are totals of the quote as it stands between two adjustments.
    pub standing: bool,
}

/// A reader of expressions in one scope.
pub struct Reader<'a> {
    /// What is declared.
    pub world: &'a World,
    /// The scope.
    pub scope: Scope,
    /// The file the expressions stand in.
    pub file: FileId,
    /// Names with a value of their own (`let`).
    pub lets: &'a [(String, Expr)],
    /// Values of the body around: parameters, `let`s, elements of loops; the innermost last.
    pub locals: Vec<Local>,
    /// The number of the next local.
    pub next_local: usize,
    /// Whether this is the body of a calculation, whose numbers are checked when they are worked out.
    pub checked: bool,
    /// The currency that amounts are in, where a test says so.
    pub currency: Option<Currency>,
    /// What is known to be there where the expression stands.
    pub known: Vec<Expr>,
    /// The cells of the row that a test is made for.
    pub row: Option<&'a [(String, crate::table::RawCell)]>,
    /// Where mistakes go.
    pub diagnostics: &'a mut Vec<Diagnostic>,
}

/// A value of a body.
#[derive(Debug, Clone)]
pub struct Local {
    /// Its name.
    pub name: String,
    /// Its number.
    pub index: usize,
    /// Its type.
    pub ty: Type,
    /// Whether it may be absent.
    pub optional: bool,
    /// Whether its fields are named without it, as in keys that lists are sorted by.
    pub open: bool,
    /// How much was known to be there when it was declared.
    pub known: usize,
}

impl<'a> Reader<'a> {
    /// A reader of expressions in `scope`.
    pub fn new(
        world: &'a World,
        scope: Scope,
        file: FileId,
        diagnostics: &'a mut Vec<Diagnostic>,
    ) -> Self {
        Reader {
            world,
            scope,
            file,
            lets: &[],
            locals: Vec::new(),
            next_local: 0,
            checked: false,
            currency: None,
            known: Vec::new(),
            row: None,
            diagnostics,
        }
    }

    /// A condition: a truth value.
    pub fn condition(&mut self, node: &ast::Expr) -> Expr {
        let expr = self.read(node, Some(Type::Bool));
        self.ops().truth(&expr);
        expr
    }

    /// An expression; `expected` helps to find out what a bare name means.
    pub fn read(&mut self, node: &ast::Expr, expected: Option<Type>) -> Expr {
        if !self.enter(node) {
            return unknown(node.span(self.file));
        }
        let expr = self.read_entered(node, expected);
        let mut found = self.world.found.borrow_mut();
        found.depth = found.depth.saturating_sub(1);
        expr
    }

    /// Counts an expression; says so where there are too many, so that functions that call each other twice and twice again
    /// do not take for ever.
    fn enter(&mut self, node: &ast::Expr) -> bool {
        let mut found = self.world.found.borrow_mut();
        found.read = found.read.saturating_add(1);
        if found.read <= READ_MAX && found.depth < DEPTH_MAX {
            found.depth = found.depth.saturating_add(1);
            return true;
        }
        let told = found.read > READ_MAX.saturating_add(1);
        drop(found);
        if !told {
            self.diagnostics.push(
                Diagnostic::error(codes::TOO_MANY_VALUES, "the calculations of this ruleset have too many parts")
                    .at(node.span(self.file), "when this is read")
                    .note("functions are read once for each kind of number they are called with; state the decimals of their parameters"),
            );
        }
        false
    }

    fn read_entered(&mut self, node: &ast::Expr, expected: Option<Type>) -> Expr {
        let span = node.span(self.file);
        match node {
            ast::Expr::Call(node) => self.call(node, expected, span),
            ast::Expr::Field(node) => {
                let read = self.field_of(node, span);
                self.assured(read)
            }
            ast::Expr::Period(node) => self.period(node, span),
            ast::Expr::Listed(node) => self.listed(node, expected, span),
            ast::Expr::Aggregate(node) => self.aggregate(node, expected, span),
            ast::Expr::Running(node) => self.running(node, expected, span),
            ast::Expr::Numbers(node) => self.numbers(node, span),
            ast::Expr::Span(node) => self.span_between(node, span),
            ast::Expr::Measure(node) => self.measure(node, span),
            ast::Expr::Items(node) => self.items_of(node, span),
            ast::Expr::Item(node) => self.item_at(node, expected, span),
            ast::Expr::Sorted(node) => self.sorted(node, span),
            ast::Expr::Spread(node) => self.spread(node, span),
            ast::Expr::Literal(node) => self.literal(node, span),
            ast::Expr::Path(node) => {
                let read = self.path(node, expected, span);
                self.assured(read)
            }
            ast::Expr::Paren(node) => match node.inner() {
                Some(inner) => Expr {
                    span,
                    ..self.read(&inner, expected)
                },
                None => unknown(span),
            },
            ast::Expr::Unary(node) => self.unary(node, expected, span),
            ast::Expr::Binary(node) => self.binary(node, expected, span),
            ast::Expr::In(node) => self.membership(node, span),
            ast::Expr::Has(node) => self.has(node, span),
            ast::Expr::Presence(node) => self.presence(node, span),
            ast::Expr::PercentOf(node) => self.percent_of(node, span),
            ast::Expr::Rounded(node) => self.rounded(node, expected, span),
            ast::Expr::Converted(node) => self.converted(node, span),
            ast::Expr::If(node) => self.choice(node, expected, span),
            ast::Expr::Count(node) => self.count(node, span),
            ast::Expr::Total(node) => self.total(node, span),
            ast::Expr::Quantity(node) => self.quantity_of(node, span),
            ast::Expr::Set(_) | ast::Expr::Range(_) => {
                self.diagnostics.push(
                    Diagnostic::error(
                        codes::NOT_HERE,
                        "a list or range of values stands only after `in`",
                    )
                    .at(span, "one value is expected here")
                    .note("write `X in { A, B }` or `X in 1 to 5`"),
                );
                unknown(span)
            }
            ast::Expr::Missing(_) => unknown(span),
        }
    }

    /// The rules of operations, with this reader's diagnostics.
    pub fn ops(&mut self) -> Ops<'_> {
        Ops {
            show: self.world.show(),
            diagnostics: self.diagnostics,
            checked: self.checked,
        }
    }

    fn literal(&mut self, node: &ast::Literal, span: Span) -> Expr {
        if let Ok(quo_syntax::literal::Value::Quantity { amount, unit }) = node.value() {
            return self.quantity(amount, &unit, span);
        }
        match literal::literal(node, self.file, self.diagnostics) {
            Some((value, ty)) => self.constant(value, ty, span),
            None => unknown(span),
        }
    }

    /// A constant; money in the only currency there is counts as money of the quote.
    pub(crate) fn constant(&mut self, value: Value, ty: Type, span: Span) -> Expr {
        let ty = match ty {
            Type::Number(
                number @ Number {
                    unit: Unit::MoneyIn(currency),
                    ..
                },
            ) if self.world.only_currency().or(self.currency) == Some(currency) => {
                Type::Number(Number {
                    unit: Unit::Money,
                    ..number
                })
            }
            other => other,
        };
        Expr {
            kind: ExprKind::Const(value),
            ty,
            optional: false,
            span,
        }
    }

    fn unary(&mut self, node: &ast::UnaryExpr, expected: Option<Type>, span: Span) -> Expr {
        let Some(operand) = node.operand() else {
            return unknown(span);
        };
        if node.op() == ast::UnaryOp::Not {
            let operand = self.condition(&operand);
            return Expr {
                kind: ExprKind::Not(Box::new(operand)),
                ty: Type::Bool,
                optional: false,
                span,
            };
        }
        let operand = self.read(&operand, expected);
        match operand.ty {
            Type::Number(number) => {
                if !self.ops().present(&operand, "a calculation") {
                    return unknown(span);
                }
                let range = number
                    .min
                    .checked_neg()
                    .zip(number.max.checked_neg())
                    .map(|(min, max)| (max, min));
                match self.ops().number(number.unit, number.scale, range, span) {
                    Some(number) => match operand.kind {
                        ExprKind::Const(Value::Number(value)) => Expr {
                            kind: ExprKind::Const(Value::Number(value.saturating_neg())),
                            ty: Type::Number(number),
                            optional: false,
                            span,
                        },
                        _ => Expr {
                            kind: ExprKind::Negate(Box::new(operand)),
                            ty: Type::Number(number),
                            optional: false,
                            span,
                        },
                    },
                    None => unknown(span),
                }
            }
            Type::Unknown => unknown(span),
            other => {
                let found = self.world.show().ty(other);
                self.diagnostics.push(
                    Diagnostic::error(codes::TYPE_MISMATCH, format!("{found} has no negative"))
                        .at(span, "a number is expected"),
                );
                unknown(span)
            }
        }
    }

    fn binary(&mut self, node: &ast::BinaryExpr, expected: Option<Type>, span: Span) -> Expr {
        let (Some(op), Some(left), Some(right)) = (node.op(), node.left(), node.right()) else {
            return unknown(span);
        };
        match op {
            Op::Implies | Op::Or | Op::And => {
                let op = match op {
                    Op::Implies => BinaryOp::Implies,
                    Op::Or => BinaryOp::Or,
                    _ => BinaryOp::And,
                };
                let left = self.read(&left, Some(Type::Bool));
                let holds = op != BinaryOp::Or;
                let right = self.read_where(&left, holds, &right, Some(Type::Bool));
                self.ops().logic(op, left, right, span)
            }
            Op::Is | Op::IsNot | Op::Less | Op::LessOrEqual | Op::Greater | Op::GreaterOrEqual => {
                self.comparison(op, &left, &right, span)
            }
            Op::Add | Op::Subtract | Op::Multiply => {
                let op = match op {
                    Op::Add => BinaryOp::Add,
                    Op::Subtract => BinaryOp::Sub,
                    _ => BinaryOp::Mul,
                };
                let expected = expected.filter(|_| op != BinaryOp::Mul);
                let (left, right) = (self.read(&left, expected), self.read(&right, expected));
                if let Some(moved) = self.moved(op, &left, &right, span) {
                    return moved;
                }
                let (left, right) = fit::zero_of(left, right);
                self.ops().arithmetic(op, left, right, span)
            }
            Op::Divide => self.quotient(node, &left, &right, span),
            Op::FollowedBy => self.followed(&left, &right, expected, span),
            Op::BeginsWith => self.begins_with(&left, &right, span),
            Op::Otherwise => self.otherwise(&left, &right, expected, span),
        }
    }

    fn choice(&mut self, node: &ast::IfExpr, expected: Option<Type>, span: Span) -> Expr {
        let (Some(condition), Some(then), Some(otherwise)) =
            (node.condition(), node.then(), node.otherwise())
        else {
            return unknown(span);
        };
        let condition = self.condition(&condition);
        let (then, otherwise) = if self.depends_on_expected(&then) {
            let otherwise = self.read_where(&condition, false, &otherwise, expected);
            let expected = expected.or(Some(otherwise.ty));
            (
                self.read_where(&condition, true, &then, expected),
                otherwise,
            )
        } else {
            let then = self.read_where(&condition, true, &then, expected);
            let expected = expected.or(Some(then.ty));
            let otherwise = self.read_where(&condition, false, &otherwise, expected);
            (then, otherwise)
        };
        let (then, otherwise) = fit::zero_of(then, otherwise);
        if then.ty == Type::Unknown || otherwise.ty == Type::Unknown {
            return unknown(span);
        }
        if !ops::of_one_kind(then.ty, otherwise.ty) {
            let show = self.world.show();
            let (a, b) = (show.ty(then.ty), show.ty(otherwise.ty));
            self.diagnostics.push(
                Diagnostic::error(
                    codes::TYPE_MISMATCH,
                    format!("one branch is {a}, the other {b}"),
                )
                .at(span, "both branches are of one kind")
                .also(then.span, a)
                .also(otherwise.span, b),
            );
            return unknown(span);
        }
        let ty = match (then.ty, otherwise.ty) {
            (Type::Number(a), Type::Number(b)) => {
                let scale = a.scale.max(b.scale);
                let range = ops::rescaled(a, scale)
                    .zip(ops::rescaled(b, scale))
                    .map(|((a, b), (c, d))| (a.min(c), b.max(d)));
                let unit = if a.unit == b.unit {
                    a.unit
                } else {
                    Unit::Decimal
                };
                match self.ops().number(unit, scale, range, span) {
                    Some(number) => Type::Number(number),
                    None => return unknown(span),
                }
            }
            (ty, _) => ty,
        };
        let optional = then.optional || otherwise.optional;
        let kind = ExprKind::If {
            condition: Box::new(condition),
            then: Box::new(then),
            otherwise: Box::new(otherwise),
        };
        Expr {
            kind,
            ty,
            optional,
            span,
        }
    }

    /// Money of the quote at the scale of money, within the limit of what a decision adds up.
    pub fn money(&self) -> Type {
        Type::Number(Number {
            unit: Unit::Money,
            scale: self.world.money_scale(),
            min: -Number::MONEY_LIMIT,
            max: Number::MONEY_LIMIT,
        })
    }
}
