//! A second meaning of expressions, to hold the machine against: dynamic, with exact decimals that know their scale, and
//! with a value of its own for "absent". It shares nothing with code generation.

use std::cmp::Ordering;

use quo_analysis::hir::{BinaryOp, Expr, ExprKind, Rules};
use quo_analysis::types::{Type, Value};
use quo_value::{ArithmeticError, Decimal};

use super::expr::num;

/// A value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Val {
    Absent,
    Bool(bool),
    Number(Decimal),
    /// Anything else, as the machine counts it: an ordinal, an index, a day.
    Other(i64),
}

/// What expressions may look at.
pub struct Inputs<'a> {
    pub rules: &'a Rules,
    pub facts: Vec<Val>,
    pub currency: usize,
}

type Result<T> = std::result::Result<T, ArithmeticError>;

impl Inputs<'_> {
    pub fn eval(&self, expr: &Expr) -> Result<Val> {
        Ok(match &expr.kind {
            ExprKind::Const(value) => constant(value, expr.ty),
            ExprKind::Fact(fact) => self.facts[*fact],
            ExprKind::Amount(amount) => {
                let mantissa = self.rules.amounts[*amount].values[self.currency];
                Val::Number(Decimal::new(mantissa, self.rules.money_scale())?)
            }
            ExprKind::Not(value) => Val::Bool(!self.holds(value)?),
            ExprKind::Binary(op, left, right) => self.binary(*op, left, right)?,
            ExprKind::InSet(value, values) => {
                let found = self.eval(value)?;
                let is = |member: &Value| {
                    ordered(found, constant(member, value.ty)) == Some(Ordering::Equal)
                };
                Val::Bool(values.iter().any(is))
            }
            ExprKind::InRange(value, low, high) => {
                let [value, low, high] = [self.eval(value)?, self.eval(low)?, self.eval(high)?];
                // A range with an absent end holds nothing.
                let above = ordered(low, value).is_some_and(Ordering::is_le);
                let below = ordered(value, high).is_some_and(Ordering::is_le);
                Val::Bool(above && below)
            }
            ExprKind::Present(value, wanted) => {
                Val::Bool((self.eval(value)? != Val::Absent) == *wanted)
            }
            ExprKind::Negate(value) => match self.eval(value)? {
                Val::Number(number) => Val::Number(number.checked_neg()?),
                other => other,
            },
            ExprKind::Round {
                value,
                rounding,
                currency,
            } => match self.eval(value)? {
                Val::Number(number) if *currency => {
                    let minor = self.rules.currencies[self.currency].minor_units();
                    Val::Number(number.round(minor, *rounding)?)
                }
                Val::Number(number) => Val::Number(number.round(num(expr.ty).scale, *rounding)?),
                other => other,
            },
            ExprKind::Divide {
                dividend,
                divisor,
                rounding,
                otherwise,
            } => match (self.eval(dividend)?, self.eval(divisor)?) {
                (Val::Number(_), Val::Number(zero)) if zero.is_zero() => self.eval(otherwise)?,
                (Val::Number(a), Val::Number(b)) => {
                    Val::Number(a.checked_div(b, num(expr.ty).scale, *rounding)?)
                }
                _ => Val::Absent,
            },
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => {
                if self.holds(condition)? {
                    self.eval(then)?
                } else {
                    self.eval(otherwise)?
                }
            }
            other => panic!("{other:?} is not a value of the quote"),
        })
    }

    /// Whether a truth value is there and true.
    pub fn holds(&self, expr: &Expr) -> Result<bool> {
        Ok(self.eval(expr)? == Val::Bool(true))
    }

    fn binary(&self, op: BinaryOp, left: &Expr, right: &Expr) -> Result<Val> {
        match op {
            BinaryOp::And => return Ok(Val::Bool(self.holds(left)? && self.holds(right)?)),
            BinaryOp::Or => return Ok(Val::Bool(self.holds(left)? || self.holds(right)?)),
            BinaryOp::Implies => return Ok(Val::Bool(!self.holds(left)? || self.holds(right)?)),
            _ => {}
        }
        let (a, b) = (self.eval(left)?, self.eval(right)?);
        if let BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul = op {
            let (Val::Number(a), Val::Number(b)) = (a, b) else {
                return Ok(Val::Absent);
            };
            return Ok(Val::Number(match op {
                BinaryOp::Add => a.checked_add(b)?,
                BinaryOp::Sub => a.checked_sub(b)?,
                _ => a.checked_mul(b)?,
            }));
        }
        let holds = |order: Ordering| match op {
            BinaryOp::Eq => order.is_eq(),
            BinaryOp::Ne => order.is_ne(),
            BinaryOp::Lt => order.is_lt(),
            BinaryOp::Le => order.is_le(),
            BinaryOp::Gt => order.is_gt(),
            _ => order.is_ge(),
        };
        Ok(Val::Bool(ordered(a, b).is_some_and(holds)))
    }
}

/// How two values compare; `None` if one of them is absent.
fn ordered(a: Val, b: Val) -> Option<Ordering> {
    match (a, b) {
        (Val::Absent, _) | (_, Val::Absent) => None,
        (Val::Bool(a), Val::Bool(b)) => Some(a.cmp(&b)),
        (Val::Number(a), Val::Number(b)) => Some(a.cmp(&b)),
        (Val::Other(a), Val::Other(b)) => Some(a.cmp(&b)),
        mixed => panic!("{mixed:?} do not compare"),
    }
}

fn constant(value: &Value, ty: Type) -> Val {
    match value {
        Value::Bool(value) => Val::Bool(*value),
        Value::Number(mantissa) => Val::Number(Decimal::new(*mantissa, num(ty).scale).unwrap()),
        Value::Date(date) => Val::Other(i64::from(date.days())),
        Value::Months(count) | Value::Days(count) => Val::Other(i64::from(*count)),
        Value::Currency(index) | Value::Enum { value: index, .. } | Value::Product(index) => {
            Val::Other(*index as i64)
        }
        Value::Instant(seconds) => Val::Other(*seconds),
        Value::Text(_) => panic!("texts are not compared by the reference"),
    }
}
