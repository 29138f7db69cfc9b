//! What is worked out over the elements of a list: sums, counts, the largest, values carried along.

use quo_source::{Diagnostic, Span, codes};
use quo_syntax::ast::{self, Aggregate, AstNode};

use super::fields::present_only;
use super::ops::{rescaled, unknown};
use super::{Reader, fit};
use crate::hir::{Each, Expr, ExprKind, What};
use crate::types::{Number, Type, Unit};

/// The most elements that a list can have, for the ranges of sums and counts.
const ELEMENTS_MAX: i128 = 1_000_000;

/// An opened loop: what its elements are called, and which count.
pub(super) struct Opened {
    pub(super) list: Expr,
    pub(super) element: usize,
    position: Option<usize>,
    condition: Option<Expr>,
    /// How many locals there were before it.
    before: usize,
}

impl Reader<'_> {
    /// `sum of …`, `count of …`, `any x in …`, `list of …`
    pub(super) fn aggregate(
        &mut self,
        node: &ast::AggregateExpr,
        expected: Option<Type>,
        span: Span,
    ) -> Expr {
        let Some(what) = node.what() else {
            return unknown(span);
        };
        let before = self.locals.len();
        let (opened, value) = match (node.elements(), node.value()) {
            (Some(elements), value) => (self.opened_loop(&elements), value),
            (None, Some(list)) => {
                // `sum of L` is the sum of its elements themselves.
                let opened = self.over(&list, before);
                let value = opened.as_ref().map(|opened| self.element_of(opened));
                let result = self.worked_out(what, opened, value, span);
                self.forget(before);
                return result;
            }
            (None, None) => (None, None),
        };
        let value = match (what, value) {
            (Aggregate::Every, Some(value)) => Some(self.condition(&value)),
            (_, Some(value)) => {
                let wanted = match (what, expected) {
                    (Aggregate::List, Some(Type::List(element))) => {
                        Some(self.world.element(element))
                    }
                    (_, expected) => expected,
                };
                Some(self.read(&value, wanted))
            }
            (_, None) => None,
        };
        let result = self.worked_out(what, opened, value, span);
        self.forget(before);
        result
    }

    /// `x [at i] in L [where C]`; the locals stay declared.
    pub(super) fn opened_loop(&mut self, node: &ast::Loop) -> Option<Opened> {
        let before = self.locals.len();
        let list = self.read(&node.list()?, None);
        let element = self.element_type(&list)?;
        let name = node.element()?.text();
        let index = self.declare(&name, element, false);
        let position = node
            .position()
            .map(|position| self.declare(&position.text(), whole(1, ELEMENTS_MAX), false));
        let filter = node.filter().and_then(|filter| filter.condition());
        let condition = filter.map(|condition| self.condition(&condition));
        if let Some(condition) = &condition {
            self.assume(condition, true);
        }
        Some(Opened {
            list,
            element: index,
            position,
            condition,
            before,
        })
    }

    /// `count of L`
    pub(super) fn count_of_list(&mut self, of: &ast::Expr, span: Span) -> Expr {
        if let ast::Expr::Path(path) = of
            && self.depends_on_expected(of)
            && path.segments().len() == 1
        {
            self.no_such_part(path);
            return unknown(span);
        }
        let before = self.locals.len();
        let opened = self.over(of, before);
        let result = self.worked_out(Aggregate::Count, opened, None, span);
        self.forget(before);
        result
    }

    fn over(&mut self, list: &ast::Expr, before: usize) -> Option<Opened> {
        let list = self.read(list, None);
        let element = self.element_type(&list)?;
        let index = self.declare("", element, false);
        Some(Opened {
            list,
            element: index,
            position: None,
            condition: None,
            before,
        })
    }

    pub(super) fn element_of(&self, opened: &Opened) -> Expr {
        let ty = match opened.list.ty {
            Type::List(element) => self.world.element(element),
            _ => Type::Unknown,
        };
        Expr {
            kind: ExprKind::Local(opened.element),
            ty,
            optional: false,
            span: opened.list.span,
        }
    }

    /// The type of the elements of what must be a list that is there.
    pub(super) fn element_type(&mut self, list: &Expr) -> Option<Type> {
        match list.ty {
            Type::Unknown => None,
            Type::List(element) => self
                .ops()
                .present(list, "a calculation over a list")
                .then(|| self.world.element(element)),
            other => {
                let found = self.world.show().ty(other);
                self.diagnostics.push(
                    Diagnostic::error(
                        codes::TYPE_MISMATCH,
                        format!("a list is expected, but this is {found}"),
                    )
                    .at(list.span, found)
                    .note("lists are facts that repeat, `data`, parts, `lines`, and what `list of` gives"),
                );
                None
            }
        }
    }

    fn worked_out(
        &mut self,
        what: Aggregate,
        opened: Option<Opened>,
        value: Option<Expr>,
        span: Span,
    ) -> Expr {
        let Some(opened) = opened else {
            return unknown(span);
        };
        let element = self.element_of(&opened).ty;
        let needs_value = !matches!(
            what,
            Aggregate::Count | Aggregate::Any | Aggregate::First | Aggregate::Last
        );
        let value = match value {
            Some(value) if value.ty == Type::Unknown => return unknown(span),
            Some(value) => value,
            None if needs_value => return unknown(span),
            None => self.element_of(&opened),
        };
        let mut condition = opened.condition.clone();
        let (what, ty, optional) = match what {
            Aggregate::Sum => match self.summed(&value, span) {
                Some(ty) => (What::Sum(value), ty, false),
                None => return unknown(span),
            },
            Aggregate::Count => (What::Count, whole(0, ELEMENTS_MAX), false),
            Aggregate::Any => (What::Any, Type::Bool, false),
            Aggregate::Every => (What::All(value), Type::Bool, false),
            Aggregate::First => (What::First, element, true),
            Aggregate::Last => (What::Last, element, true),
            Aggregate::Largest | Aggregate::Smallest => {
                if !self.ordered(&value) {
                    return unknown(span);
                }
                let ty = value.ty;
                let largest = what == Aggregate::Largest;
                let what = if largest {
                    What::Largest(value)
                } else {
                    What::Smallest(value)
                };
                (what, ty, true)
            }
            Aggregate::List => {
                if let Some(there) = present_only(&value) {
                    condition = Some(match condition {
                        Some(condition) => both(condition, there),
                        None => there,
                    });
                }
                let ty = self.world.list_of(value.ty);
                (What::List(value), ty, false)
            }
        };
        each(opened, condition, what, ty, optional, span)
    }

    fn summed(&mut self, value: &Expr, span: Span) -> Option<Type> {
        let Type::Number(number) = value.ty else {
            let found = self.world.show().ty(value.ty);
            self.diagnostics.push(
                Diagnostic::error(codes::TYPE_MISMATCH, format!("{found} cannot be added up"))
                    .at(value.span, "a number is expected")
                    .note("name the number: `sum of x.quantity for x in usage`"),
            );
            return None;
        };
        let bound = |end: i128| end.checked_mul(ELEMENTS_MAX);
        let range = bound(number.min.min(0)).zip(bound(number.max.max(0)));
        // What so many elements could come to is checked when it is added up.
        let (min, max) = range.unwrap_or((-i128::MAX, i128::MAX));
        let number = self
            .ops()
            .number(number.unit, number.scale, Some((min, max)), span)?;
        Some(Type::Number(number))
    }

    /// Whether values of this kind have an order; says so if not.
    pub(super) fn ordered(&mut self, value: &Expr) -> bool {
        let before = self.diagnostics.len();
        self.ops().comparison(
            crate::hir::BinaryOp::Lt,
            value.clone(),
            value.clone(),
            value.span,
        );
        self.diagnostics.len() == before
    }

    /// `[list of] running v = START for x in L: STEP`
    pub(super) fn running(
        &mut self,
        node: &ast::RunningExpr,
        expected: Option<Type>,
        span: Span,
    ) -> Expr {
        let (Some(name), Some(start), Some(step), Some(elements)) =
            (node.name(), node.start(), node.step(), node.elements())
        else {
            return unknown(span);
        };
        let expected = match expected {
            Some(Type::List(element)) if node.is_list() => Some(self.world.element(element)),
            other => other,
        };
        let start = self.read(&start, expected);
        let start = fit::adapted(start, expected.unwrap_or(Type::Unknown));
        if start.ty == Type::Unknown {
            return unknown(span);
        }
        let before = self.locals.len();
        let Some(opened) = self.opened_loop(&elements) else {
            self.forget(before);
            return unknown(span);
        };
        let mut carried = start.ty;
        for attempt in 0..4 {
            let told = self.diagnostics.len();
            let local = self.declare(&name.text(), carried, start.optional);
            let read = self.read(&step, Some(carried));
            self.locals.pop();
            let read = fit::adapted(read, carried);
            let (found, same) = self.settled(carried, read.ty, attempt);
            if read.ty == Type::Unknown || (same && found != Type::Unknown) {
                self.forget(opened.before);
                return self.carried(node, opened, (local, start, read), carried, span);
            }
            if found == Type::Unknown {
                self.forget(opened.before);
                self.not_of(&read, carried);
                return unknown(span);
            }
            self.diagnostics.truncate(told);
            carried = found;
        }
        self.forget(opened.before);
        self.diagnostics.push(
            Diagnostic::error(
                codes::OUT_OF_RANGE,
                "what is carried along gets more decimals at every element",
            )
            .at(step.span(self.file), "this step")
            .note("round it: `(…) rounded half up to 9 places`"),
        );
        unknown(span)
    }

    /// The type that holds what is carried and what it becomes, and whether that is what it was read with.
    fn settled(&mut self, carried: Type, step: Type, attempt: usize) -> (Type, bool) {
        match (carried, step) {
            (Type::Number(old), Type::Number(new)) if super::ops::of_one_kind(carried, step) => {
                let scale = old.scale.max(new.scale);
                let inside = rescaled(new, scale).is_some_and(|(min, max)| {
                    old.scale == scale && min >= old.min && max <= old.max
                });
                let unit = if old.unit == new.unit {
                    old.unit
                } else {
                    Unit::Decimal
                };
                if inside && unit == old.unit {
                    return (carried, true);
                }
                // At first as wide as 64 bits allow, then without a limit but that of the decision's own checks.
                let most = if attempt == 0 {
                    i128::from(i64::MAX)
                } else {
                    i128::MAX
                };
                let least = if old.min >= 0 && new.min >= 0 {
                    0
                } else {
                    -most
                };
                let wide = Number {
                    unit,
                    scale,
                    min: least,
                    max: most,
                };
                let same = attempt > 0 && carried == Type::Number(wide);
                (Type::Number(wide), same)
            }
            (Type::Unknown, _) | (_, Type::Unknown) => (Type::Unknown, true),
            (a, b) if a == b => (a, true),
            _ => (Type::Unknown, false),
        }
    }

    fn carried(
        &mut self,
        node: &ast::RunningExpr,
        opened: Opened,
        (local, start, step): (usize, Expr, Expr),
        ty: Type,
        span: Span,
    ) -> Expr {
        let optional = start.optional;
        let place = "a value carried along";
        let (Some(start), Some(step)) = (
            self.coerced(start, ty, true, place),
            self.coerced(step, ty, optional, place),
        ) else {
            return unknown(span);
        };
        let list = node.is_list();
        let what = What::Running {
            carried: local,
            start,
            step,
            list,
        };
        let result = if list { self.world.list_of(ty) } else { ty };
        let condition = opened.condition.clone();
        each(opened, condition, what, result, optional && !list, span)
    }
}

/// Both conditions.
fn both(a: Expr, b: Expr) -> Expr {
    Expr {
        span: a.span,
        kind: ExprKind::Binary(crate::hir::BinaryOp::And, Box::new(a), Box::new(b)),
        ty: Type::Bool,
        optional: false,
    }
}

/// A whole number of this range.
pub(super) fn whole(min: i128, max: i128) -> Type {
    Type::Number(Number {
        unit: Unit::Int,
        scale: 0,
        min,
        max,
    })
}

fn each(
    opened: Opened,
    condition: Option<Expr>,
    what: What,
    ty: Type,
    optional: bool,
    span: Span,
) -> Expr {
    Expr {
        kind: ExprKind::Each(Box::new(Each {
            list: opened.list,
            element: opened.element,
            position: opened.position,
            condition,
            what,
        })),
        ty,
        optional,
        span,
    }
}
