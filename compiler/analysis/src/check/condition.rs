//! What a condition says about the things that vary: a list of alternatives, each with the values it admits.
//!
//! What cannot be said that way (sums, calls, comparisons of two facts) is left out of an alternative, which then admits too
//! much and says so. So an empty list means that the condition never holds, whatever was left out.

use std::collections::BTreeMap;

use super::scene::{Dimension, Key, Scene};
use super::set::{ABSENT, Ordinal, Set};
use crate::hir::{BinaryOp, Expr, ExprKind};
use crate::types::{Type, Unit, Value};

/// An alternative.
#[derive(Debug, Clone)]
pub struct Alternative {
    /// What it admits, by what varies.
    pub admits: BTreeMap<Key, (Dimension, Set)>,
    /// Whether it says all: otherwise what it admits may still be refused.
    pub exact: bool,
}

/// More alternatives than this are not told apart.
const ALTERNATIVES_MAX: usize = 256;

impl Alternative {
    /// The one that admits everything.
    #[must_use]
    pub fn anything() -> Self {
        Self {
            admits: BTreeMap::new(),
            exact: true,
        }
    }

    /// Both; `None` if they admit nothing in common.
    #[must_use]
    pub fn and(&self, other: &Self) -> Option<Self> {
        let mut both = self.clone();
        both.exact &= other.exact;
        for (dimension, set) in other.admits.values() {
            both = both.only(dimension, set)?;
        }
        Some(both)
    }

    /// What it admits of what has these values; `None` if that is nothing.
    #[must_use]
    pub fn only(mut self, dimension: &Dimension, set: &Set) -> Option<Self> {
        let entry = self.admits.entry(dimension.key);
        let (_, admitted) = entry.or_insert_with(|| (dimension.clone(), dimension.domain.clone()));
        *admitted = admitted.and(set);
        if admitted.is_empty() {
            return None;
        }
        Some(self)
    }

    /// A case of it in a person's words.
    #[must_use]
    pub fn words(&self, scene: &Scene<'_>) -> String {
        let said = self.admits.values().filter(|(of, set)| *set != of.domain);
        let words: Vec<String> = said
            .filter_map(|(of, set)| Some(scene.words(of, set.any()?)))
            .collect();
        if words.is_empty() {
            "any case at all".to_owned()
        } else {
            words.join(", ")
        }
    }
}

/// Every combination of one alternative of each list, without those that admit nothing.
#[must_use]
pub fn all(lists: &[Vec<Alternative>]) -> Vec<Alternative> {
    let mut found = vec![Alternative::anything()];
    for list in lists {
        if found.len().saturating_mul(list.len()) > ALTERNATIVES_MAX {
            for alternative in &mut found {
                alternative.exact = false;
            }
            continue;
        }
        found = found
            .iter()
            .flat_map(|one| list.iter().filter_map(|other| one.and(other)))
            .collect();
    }
    found
}

/// The alternatives under which a condition holds, or (`wanted` false) does not.
#[must_use]
pub fn alternatives(scene: &Scene<'_>, expr: &Expr, wanted: bool) -> Vec<Alternative> {
    match &expr.kind {
        ExprKind::Const(Value::Bool(truth)) if *truth == wanted => vec![Alternative::anything()],
        ExprKind::Const(Value::Bool(_)) => Vec::new(),
        ExprKind::Not(inner) => alternatives(scene, inner, !wanted),
        ExprKind::Binary(op @ (BinaryOp::And | BinaryOp::Or | BinaryOp::Implies), left, right) => {
            // `a implies b` is `not a or b`.
            let left = alternatives(scene, left, wanted != (*op == BinaryOp::Implies));
            let right = alternatives(scene, right, wanted);
            if (*op == BinaryOp::And) == wanted {
                all(&[left, right])
            } else if left.len().saturating_add(right.len()) > ALTERNATIVES_MAX {
                vec![unclear()]
            } else {
                left.into_iter().chain(right).collect()
            }
        }
        _ => match admitted(scene, expr) {
            Some((dimension, holds)) => {
                let set = if wanted {
                    holds.and(&dimension.domain)
                } else {
                    dimension.domain.minus(&holds)
                };
                Alternative::anything()
                    .only(&dimension, &set)
                    .into_iter()
                    .collect()
            }
            None => vec![unclear()],
        },
    }
}

fn unclear() -> Alternative {
    Alternative {
        exact: false,
        ..Alternative::anything()
    }
}

/// The values of one thing for which a condition holds, if it is about one thing.
fn admitted(scene: &Scene<'_>, expr: &Expr) -> Option<(Dimension, Set)> {
    match &expr.kind {
        ExprKind::Binary(op, left, right) => {
            if let Some(value) = constant(right) {
                compared(scene, *op, left, right, value)
            } else {
                let value = constant(left)?;
                compared(scene, mirrored(*op)?, right, left, value)
            }
        }
        ExprKind::InSet(element, values) => {
            let dimension = scene.dimension(element)?;
            let one = |value: &Value| (scene.ordinal(value), scene.ordinal(value));
            Some((
                dimension,
                Set::from_intervals(values.iter().map(one).collect()),
            ))
        }
        ExprKind::InRange(element, from, to) => {
            let (of, above) = compared(scene, BinaryOp::Ge, element, from, constant(from)?)?;
            let (_, below) = compared(scene, BinaryOp::Le, element, to, constant(to)?)?;
            Some((of, above.and(&below)))
        }
        ExprKind::Present(of, present) => {
            let dimension = scene.dimension(of)?;
            let absent = Set::one(ABSENT);
            let set = if *present {
                dimension.domain.minus(&absent)
            } else {
                absent
            };
            Some((dimension, set))
        }
        _ if expr.ty == Type::Bool => Some((scene.dimension(expr)?, Set::one(1))),
        _ => None,
    }
}

fn constant(expr: &Expr) -> Option<&Value> {
    match &expr.kind {
        ExprKind::Const(value) => Some(value),
        _ => None,
    }
}

fn mirrored(op: BinaryOp) -> Option<BinaryOp> {
    Some(match op {
        BinaryOp::Eq | BinaryOp::Ne => op,
        BinaryOp::Lt => BinaryOp::Gt,
        BinaryOp::Le => BinaryOp::Ge,
        BinaryOp::Gt => BinaryOp::Lt,
        BinaryOp::Ge => BinaryOp::Le,
        _ => return None,
    })
}

/// `element op constant` as values of the element. A comparison with something absent never holds.
fn compared(
    scene: &Scene<'_>,
    op: BinaryOp,
    element: &Expr,
    constant: &Expr,
    value: &Value,
) -> Option<(Dimension, Set)> {
    let dimension = scene.dimension(element)?;
    // The greatest value of the element that is not greater than the constant, and whether it is the constant.
    let (floor, exact) = match (element.ty, constant.ty, value) {
        (Type::Number(of), Type::Number(from), Value::Number(mantissa)) => {
            if matches!(of.unit, Unit::Money | Unit::MoneyIn(_)) && of.unit != from.unit {
                return None;
            }
            match of.scale.checked_sub(from.scale) {
                Some(more) => (mantissa.checked_mul(quo_value::pow10_i128(more)?)?, true),
                None => {
                    let unit = quo_value::pow10_i128(from.scale.saturating_sub(of.scale))?;
                    (mantissa.div_euclid(unit), mantissa.rem_euclid(unit) == 0)
                }
            }
        }
        _ => (scene.ordinal(value), true),
    };
    let least = ABSENT.saturating_add(1);
    let above = |low: Ordinal| Set::interval(low, Ordinal::MAX);
    let below = |high: Ordinal| Set::interval(least, high);
    let next = floor.saturating_add(1);
    let set = match op {
        BinaryOp::Eq if exact => Set::one(floor),
        BinaryOp::Eq => Set::default(),
        BinaryOp::Ne if exact => above(least).minus(&Set::one(floor)),
        BinaryOp::Ne => above(least),
        BinaryOp::Lt if exact => below(floor.saturating_sub(1)),
        BinaryOp::Lt | BinaryOp::Le => below(floor),
        BinaryOp::Ge if exact => above(floor),
        BinaryOp::Ge | BinaryOp::Gt => above(next),
        _ => return None,
    };
    Some((dimension, set))
}
