//! The parts of an expression, to be changed in place.

use super::{Each, Expr, ExprKind, What};

impl Expr {
    /// The expressions that this one is made of, to be changed, in any order.
    #[must_use]
    pub fn children_mut(&mut self) -> Vec<&mut Expr> {
        match &mut self.kind {
            ExprKind::Const(_)
            | ExprKind::Absent
            | ExprKind::Fact(_)
            | ExprKind::Option { .. }
            | ExprKind::PartOption { .. }
            | ExprKind::PartKind { .. }
            | ExprKind::HasKind { .. }
            | ExprKind::CountPart { .. }
            | ExprKind::Asked(_)
            | ExprKind::List
            | ExprKind::Left
            | ExprKind::Quantity
            | ExprKind::TotalOf { .. }
            | ExprKind::QuantityOf(_)
            | ExprKind::TotalList
            | ExprKind::TotalNet
            | ExprKind::TotalKept
            | ExprKind::ClauseCount { .. }
            | ExprKind::ClauseChanged { .. }
            | ExprKind::Amount(_)
            | ExprKind::Local(_)
            | ExprKind::Data(_)
            | ExprKind::Items(_)
            | ExprKind::Charges => Vec::new(),
            ExprKind::Negate(value)
            | ExprKind::Not(value)
            | ExprKind::InSet(value, _)
            | ExprKind::Present(value, _)
            | ExprKind::Assured(value)
            | ExprKind::Round { value, .. }
            | ExprKind::ItemProduct(value)
            | ExprKind::Field { record: value, .. }
            | ExprKind::PartOf { item: value, .. }
            | ExprKind::ItemOption { item: value, .. } => vec![value],
            ExprKind::Binary(_, left, right)
            | ExprKind::Joined(left, right)
            | ExprKind::Otherwise(left, right)
            | ExprKind::Numbers {
                from: left,
                to: right,
            }
            | ExprKind::ItemAt {
                list: left,
                position: right,
            }
            | ExprKind::Let {
                value: left,
                body: right,
                ..
            }
            | ExprKind::RoundToStep {
                value: left,
                step: right,
                ..
            } => vec![left, right],
            ExprKind::InRange(value, low, high) => vec![value, low, high],
            ExprKind::Divide {
                dividend,
                divisor,
                otherwise,
                ..
            } => vec![dividend, divisor, otherwise],
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => vec![condition, then, otherwise],
            ExprKind::Call { arguments, .. }
            | ExprKind::Decide { arguments, .. }
            | ExprKind::Builtin { arguments, .. }
            | ExprKind::Listed(arguments)
            | ExprKind::Record {
                fields: arguments, ..
            } => arguments.iter_mut().collect(),
            ExprKind::Each(each) => each.children_mut(),
            ExprKind::Spread(spread) => [&mut spread.amount, &mut spread.list]
                .into_iter()
                .chain(&mut spread.weight)
                .collect(),
        }
    }
}

impl Each {
    /// The expressions that it is made of, to be changed, in any order.
    #[must_use]
    pub fn children_mut(&mut self) -> Vec<&mut Expr> {
        let mut children = vec![&mut self.list];
        children.extend(&mut self.condition);
        match &mut self.what {
            What::Sum(value)
            | What::All(value)
            | What::Largest(value)
            | What::Smallest(value)
            | What::List(value) => children.push(value),
            What::Sorted(keys) => children.extend(keys.iter_mut().map(|key| &mut key.key)),
            What::Running { start, step, .. } => children.extend([start, step]),
            What::Count | What::Any | What::First | What::Last => {}
        }
        children
    }
}
