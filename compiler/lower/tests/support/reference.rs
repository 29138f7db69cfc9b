//! A second meaning of expressions, to hold the machine against: dynamic, with exact decimals that know their scale, and
//! with a value of its own for "absent". It shares nothing with code generation.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::BTreeMap;

use quo_analysis::hir::{BinaryOp, Builtin, Each, Expr, ExprKind, Rules, What};
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
    /// A list, by its number among all that were made.
    List(usize),
    /// A record, likewise.
    Record(usize),
}

/// What expressions may look at.
pub struct Inputs<'a> {
    pub rules: &'a Rules,
    pub facts: Vec<Val>,
    pub currency: usize,
    /// Values with names, and the elements of all lists and records so far.
    pub memory: RefCell<Memory>,
}

/// What evaluation leaves behind.
#[derive(Debug, Default)]
pub struct Memory {
    locals: BTreeMap<usize, Val>,
    parts: Vec<Vec<Val>>,
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
            ExprKind::Absent => Val::Absent,
            ExprKind::Local(local) => self.memory.borrow().locals[local],
            ExprKind::Let {
                local, value, body, ..
            } => {
                let value = self.eval(value)?;
                self.name(*local, value);
                self.eval(body)?
            }
            ExprKind::Call {
                function,
                arguments,
            } => {
                let declared = &self.rules.functions[*function];
                let values: Vec<Val> = arguments
                    .iter()
                    .map(|argument| self.eval(argument))
                    .collect::<Result<_>>()?;
                let parameters = declared.parameters.iter().zip(&values);
                let mut parameters =
                    parameters.map(|(it, value)| !it.optional && *value == Val::Absent);
                if parameters.any(|missing| missing) {
                    return Ok(Val::Absent);
                }
                let own = values.into_iter().enumerate().collect();
                let outer = std::mem::replace(&mut self.memory.borrow_mut().locals, own);
                let result = self.eval(&declared.body);
                self.memory.borrow_mut().locals = outer;
                result?
            }
            ExprKind::Record { fields, .. } => {
                let fields: Vec<Val> = fields
                    .iter()
                    .map(|field| self.eval(field))
                    .collect::<Result<_>>()?;
                Val::Record(self.keep(fields))
            }
            ExprKind::Field { record, field } => match self.eval(record)? {
                Val::Record(number) => self.memory.borrow().parts[number][*field],
                _ => Val::Absent,
            },
            ExprKind::Listed(values) => {
                let values: Vec<Val> = values
                    .iter()
                    .map(|value| self.eval(value))
                    .collect::<Result<_>>()?;
                Val::List(self.keep(values))
            }
            ExprKind::Numbers { from, to } => match (self.eval(from)?, self.eval(to)?) {
                (Val::Number(from), Val::Number(to)) => {
                    let numbers = from.mantissa()..=to.mantissa();
                    let numbers = numbers.map(|it| Val::Number(Decimal::new(it, 0).unwrap()));
                    Val::List(self.keep(numbers.collect()))
                }
                _ => Val::Absent,
            },
            ExprKind::Joined(left, right) => {
                let (left, right) = (self.eval(left)?, self.eval(right)?);
                let (Some(mut all), Some(more)) = (self.elements(left), self.elements(right))
                else {
                    return Ok(Val::Absent);
                };
                all.extend(more);
                Val::List(self.keep(all))
            }
            ExprKind::ItemAt { list, position } => {
                let (list, position) = (self.eval(list)?, self.eval(position)?);
                let (Some(list), Val::Number(position)) = (self.elements(list), position) else {
                    return Ok(Val::Absent);
                };
                let at = usize::try_from(position.mantissa())
                    .ok()
                    .and_then(|at| at.checked_sub(1));
                at.and_then(|at| list.get(at).copied())
                    .unwrap_or(Val::Absent)
            }
            ExprKind::Otherwise(first, second) => match self.eval(first)? {
                Val::Absent => self.eval(second)?,
                value => value,
            },
            ExprKind::Builtin {
                function,
                arguments,
            } => {
                let values: Vec<Val> = arguments
                    .iter()
                    .map(|argument| self.eval(argument))
                    .collect::<Result<_>>()?;
                match (function, values.as_slice()) {
                    (_, values) if values.contains(&Val::Absent) => Val::Absent,
                    (Builtin::Larger, [Val::Number(a), Val::Number(b)]) => Val::Number(*a.max(b)),
                    (Builtin::Smaller, [Val::Number(a), Val::Number(b)]) => Val::Number(*a.min(b)),
                    (Builtin::Magnitude, [Val::Number(a)]) if a.mantissa() < 0 => {
                        Val::Number(a.checked_neg()?)
                    }
                    (Builtin::Magnitude, [value]) => *value,
                    other => panic!("{other:?} is not among the functions here"),
                }
            }
            ExprKind::Each(each) => self.each(each)?,
            other => panic!("{other:?} is not a value of the quote"),
        })
    }

    fn name(&self, local: usize, value: Val) {
        self.memory.borrow_mut().locals.insert(local, value);
    }

    fn keep(&self, parts: Vec<Val>) -> usize {
        let mut memory = self.memory.borrow_mut();
        memory.parts.push(parts);
        memory.parts.len() - 1
    }

    fn elements(&self, list: Val) -> Option<Vec<Val>> {
        match list {
            Val::List(number) => Some(self.memory.borrow().parts[number].clone()),
            _ => None,
        }
    }

    fn each(&self, each: &Each) -> Result<Val> {
        let list = self.eval(&each.list)?;
        let mut carried = match &each.what {
            What::Running { start, .. } => self.eval(start)?,
            _ => Val::Absent,
        };
        let Some(elements) = self.elements(list) else {
            return Ok(Val::Absent);
        };
        let zero = Val::Number(Decimal::new(0, 0)?);
        let mut found = match &each.what {
            What::Sum(_) | What::Count => zero,
            What::Any => Val::Bool(false),
            What::All(_) => Val::Bool(true),
            _ => Val::Absent,
        };
        let mut made: Vec<(Vec<Val>, Val)> = Vec::new();
        for (position, element) in (1..).zip(elements) {
            self.name(each.element, element);
            if let Some(local) = each.position {
                self.name(local, Val::Number(Decimal::new(position, 0)?));
            }
            if let Some(condition) = &each.condition
                && !self.holds(condition)?
            {
                continue;
            }
            let one = Val::Number(Decimal::new(1, 0)?);
            match &each.what {
                What::Sum(value) => found = sum(found, self.eval(value)?)?,
                What::Count => found = sum(found, one)?,
                What::Any => return Ok(Val::Bool(true)),
                What::All(value) if !self.holds(value)? => return Ok(Val::Bool(false)),
                What::All(_) => {}
                What::Largest(value) => {
                    found = extreme(found, self.eval(value)?, Ordering::Greater)
                }
                What::Smallest(value) => found = extreme(found, self.eval(value)?, Ordering::Less),
                What::First => return Ok(element),
                What::Last => found = element,
                What::List(value) => made.push((Vec::new(), self.eval(value)?)),
                What::Sorted(keys) => {
                    let keys: Vec<Val> = keys
                        .iter()
                        .map(|key| self.eval(&key.key))
                        .collect::<Result<_>>()?;
                    made.push((keys, element));
                }
                What::Running {
                    carried: local,
                    step,
                    ..
                } => {
                    self.name(*local, carried);
                    carried = self.eval(step)?;
                    made.push((Vec::new(), carried));
                }
            }
        }
        Ok(match &each.what {
            What::Sorted(keys) => {
                made.sort_by(|(a, _), (b, _)| {
                    let pairs = a.iter().zip(b).zip(keys);
                    pairs.fold(Ordering::Equal, |order, ((a, b), key)| {
                        order.then_with(|| match (*a == Val::Absent, *b == Val::Absent) {
                            (false, false) if key.descending => ordered(*b, *a).unwrap(),
                            (false, false) => ordered(*a, *b).unwrap(),
                            (a, b) => a.cmp(&b),
                        })
                    })
                });
                let elements = made.into_iter().map(|(_, element)| element);
                Val::List(self.keep(elements.collect()))
            }
            What::List(_) | What::Running { list: true, .. } => {
                let elements = made.into_iter().map(|(_, element)| element);
                Val::List(self.keep(elements.collect()))
            }
            What::Running { list: false, .. } => carried,
            _ => found,
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

fn sum(found: Val, value: Val) -> Result<Val> {
    match (found, value) {
        (Val::Number(a), Val::Number(b)) => Ok(Val::Number(a.checked_add(b)?)),
        _ => Ok(found),
    }
}

fn extreme(found: Val, value: Val, wanted: Ordering) -> Val {
    match ordered(value, found) {
        Some(order) if order == wanted => value,
        Some(_) => found,
        None if found == Val::Absent => value,
        None => found,
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
