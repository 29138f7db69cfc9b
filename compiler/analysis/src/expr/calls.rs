//! Calls: of functions, decision tables, records and what the language brings along.

use quo_source::{Diagnostic, Span, codes};
use quo_syntax::ast::{self, AstNode};

use super::ops::{rescaled, same_unit, unknown};
use super::{Reader, fit};
use crate::decl::functions;
use crate::hir::{BinaryOp, Builtin, Each, Expr, ExprKind, What};
use crate::show::nearest;
use crate::types::{Number, Type, Unit, Value};
use crate::world::find;

/// Functions of the language that are called by name.
const BUILTINS: [&str; 7] = [
    "larger",
    "smaller",
    "magnitude",
    "whole",
    "date",
    "money",
    "number",
];

impl Reader<'_> {
    /// `f(a, b)`, `R(x: a)`
    pub(super) fn call(
        &mut self,
        node: &ast::CallExpr,
        expected: Option<Type>,
        span: Span,
    ) -> Expr {
        let Some(function) = node.function() else {
            return unknown(span);
        };
        let name = function.text();
        let visible = self.world.visible(&name, self.file);
        // A table with several outcomes has a record of its name: arguments with names are fields of that.
        let named = node.arguments().any(|argument| argument.name().is_some());
        let decides = find(&self.world.tables, &name).is_some() && !named;
        if let Some(record) = find(&self.world.records, &name).filter(|_| visible && !decides) {
            return self.construct(record, node, span);
        }
        if let Some(argument) = node.arguments().find(|argument| argument.name().is_some()) {
            self.diagnostics.push(
                Diagnostic::error(
                    codes::WRONG_ARGUMENTS,
                    format!("`{name}` is not a record, so its arguments have no names"),
                )
                .at(argument.span(self.file), "named here")
                .note("arguments stand in the order of the parameters"),
            );
            return unknown(span);
        }
        if let Some(define) = find(&self.world.defines, &name).filter(|_| visible) {
            return self.function(define, node, span);
        }
        if let Some(table) = find(&self.world.tables, &name).filter(|_| visible) {
            return self.decide(table, node, span);
        }
        if BUILTINS.contains(&name.as_str()) {
            return self.builtin(&name, node, expected, span);
        }
        let known = self.world.defines.iter().map(|define| define.name.as_str());
        let known = known
            .chain(self.world.tables.iter().map(|table| table.name.as_str()))
            .chain(self.world.records.iter().map(|record| record.name.as_str()))
            .filter(|name| self.world.visible(name, self.file))
            .chain(BUILTINS);
        let place = function.span(self.file);
        let diagnostic = Diagnostic::error(
            codes::UNKNOWN_NAME,
            format!("there is no function `{name}`"),
        )
        .at(place, "unknown function");
        self.diagnostics.push(match nearest(&name, known) {
            Some(near) => diagnostic.suggest(format!("did you mean `{near}`"), place, near),
            None => diagnostic.note("declare it: `define NAME(parameter: TYPE) = …`"),
        });
        unknown(span)
    }

    /// The values of the arguments; says so where there are more or fewer than `wanted`.
    fn arguments(
        &mut self,
        node: &ast::CallExpr,
        name: &str,
        wanted: &[&str],
    ) -> Option<Vec<ast::Expr>> {
        let values: Vec<ast::Expr> = node.arguments().filter_map(|found| found.value()).collect();
        if values.len() == wanted.len() {
            return Some(values);
        }
        let (found, count) = (values.len(), wanted.len());
        let plural = if count == 1 { "" } else { "s" };
        self.diagnostics.push(
            Diagnostic::error(
                codes::WRONG_ARGUMENTS,
                format!("`{name}` takes {count} argument{plural}, and {found} are given"),
            )
            .at(node.span(self.file), "in this call")
            .note(format!("write `{name}({})`", wanted.join(", "))),
        );
        None
    }

    /// The expression as a value of exactly a type; says why it is none.
    pub fn coerced(&mut self, expr: Expr, ty: Type, optional: bool, place: &str) -> Option<Expr> {
        if expr.ty == Type::Unknown || ty == Type::Unknown {
            return None;
        }
        if !optional && !self.ops().present(&expr, place) {
            return None;
        }
        let expr = fit::adapted(expr, ty);
        match (ty, expr.ty) {
            (Type::Number(wanted), Type::Number(found)) if same_unit(wanted.unit, found.unit) => {
                self.coerced_number(expr, wanted, found)
            }
            (Type::List(wanted), Type::List(found)) if wanted != found => {
                self.coerced_list(expr, wanted, found)
            }
            (Type::Item(wanted), Type::Item(found)) if wanted != found => {
                let (wanted_kinds, kinds) = (self.world.kinds(wanted), self.world.kinds(found));
                if kinds.iter().all(|kind| wanted_kinds.contains(kind)) {
                    return Some(Expr { ty, ..expr });
                }
                self.not_of(&expr, ty);
                None
            }
            (wanted, found) if wanted == found => Some(expr),
            _ => {
                self.not_of(&expr, ty);
                None
            }
        }
    }

    fn coerced_number(&mut self, expr: Expr, wanted: Number, found: Number) -> Option<Expr> {
        if found.unit == Unit::Decimal && wanted.unit == Unit::Int {
            self.not_of(&expr, Type::Number(wanted));
            return None;
        }
        if found.scale > wanted.scale {
            self.diagnostics.push(fit::too_many_decimals(
                expr.span,
                fit::shown_decimals(wanted),
            ));
            return None;
        }
        let inside = rescaled(found, wanted.scale)
            .is_some_and(|(min, max)| min >= wanted.min && max <= wanted.max);
        // Where no bounds are stated, all that the width holds is allowed, and checked when it is worked out.
        let open = wanted.max >= i128::from(i64::MAX);
        if !inside && (!open || matches!(expr.kind, ExprKind::Const(_))) {
            fit::always(
                &expr,
                Type::Number(wanted),
                self.world.show(),
                self.diagnostics,
            );
            return None;
        }
        Some(fit::retyped(expr, wanted))
    }

    fn coerced_list(&mut self, list: Expr, wanted: usize, found: usize) -> Option<Expr> {
        let (wanted_element, element) = (self.world.element(wanted), self.world.element(found));
        if let ExprKind::Listed(values) = list.kind {
            let values: Option<Vec<Expr>> = values
                .into_iter()
                .map(|value| self.coerced(value, wanted_element, false, "a list"))
                .collect();
            return Some(Expr {
                kind: ExprKind::Listed(values?),
                ty: Type::List(wanted),
                optional: false,
                span: list.span,
            });
        }
        let local = self.next_local;
        self.next_local = local.saturating_add(1);
        let value = Expr {
            kind: ExprKind::Local(local),
            ty: element,
            optional: false,
            span: list.span,
        };
        let value = self.coerced(value, wanted_element, false, "a list")?;
        Some(Expr {
            ty: Type::List(wanted),
            optional: list.optional,
            span: list.span,
            kind: ExprKind::Each(Box::new(Each {
                list,
                element: local,
                position: None,
                condition: None,
                what: What::List(value),
            })),
        })
    }

    /// Says that a value is of another type.
    pub(super) fn not_of(&mut self, expr: &Expr, wanted: Type) {
        let show = self.world.show();
        let one = |ty| match ty {
            Type::List(element) => self.world.element(element),
            other => other,
        };
        let diagnostic = fit::mismatch(expr.span, wanted, expr.ty, show);
        let list_of_it = matches!(expr.ty, Type::List(_)) && !matches!(wanted, Type::List(_));
        self.diagnostics.push(
            if list_of_it && super::ops::of_one_kind(one(expr.ty), wanted) {
                diagnostic
                    .note("take one of it, such as `sum of …`, `largest of …` or `item 1 of …`")
            } else {
                diagnostic
            },
        );
    }

    fn construct(&mut self, of: usize, node: &ast::CallExpr, span: Span) -> Expr {
        let Some(record) = self.world.records.get(of) else {
            return unknown(span);
        };
        let mut given: Vec<(String, Span, ast::Expr)> = Vec::new();
        let mut right = true;
        for argument in node.arguments() {
            let place = argument.span(self.file);
            let (Some(name), Some(value)) = (argument.name(), argument.value()) else {
                self.diagnostics.push(
                    Diagnostic::error(
                        codes::WRONG_ARGUMENTS,
                        format!("the fields of `{}` are given by name", record.name),
                    )
                    .at(place, "for which field?")
                    .note(format!(
                        "write `{}({}: …)`",
                        record.name,
                        record
                            .fields
                            .first()
                            .map_or("field", |field| field.name.as_str())
                    )),
                );
                right = false;
                continue;
            };
            let text = name.text();
            if !record.fields.iter().any(|field| field.name == text) {
                let what = format!("field of `{}` called", record.name);
                let names = record.fields.iter().map(|field| field.name.as_str());
                let diagnostic =
                    crate::world::unknown_name(&what, &text, name.span(self.file), names);
                self.diagnostics.push(diagnostic);
                right = false;
            } else if let Some((_, before, _)) = given.iter().find(|(before, ..)| *before == text) {
                self.diagnostics.push(
                    Diagnostic::error(
                        codes::DUPLICATE_NAME,
                        format!("the field `{text}` is given twice"),
                    )
                    .at(place, "again here")
                    .also(*before, "first here"),
                );
                right = false;
            } else {
                given.push((text, place, value));
            }
        }
        let mut fields = Vec::new();
        let mut missing: Vec<String> = Vec::new();
        for field in &record.fields {
            let value = match given.iter().find(|(name, ..)| *name == field.name) {
                Some((_, _, value)) => {
                    let value = self.read(value, Some(field.ty));
                    self.coerced(value, field.ty, field.optional, "a field without `?`")
                }
                None => match (&field.default, field.optional) {
                    (Some(default), _) => Some(Expr {
                        kind: ExprKind::Const(default.clone()),
                        ty: field.ty,
                        optional: false,
                        span,
                    }),
                    (None, true) => Some(absent(field.ty, span)),
                    (None, false) => {
                        missing.push(format!("`{}`", field.name));
                        None
                    }
                },
            };
            fields.extend(value);
        }
        if !missing.is_empty() {
            self.diagnostics.push(
                Diagnostic::error(
                    codes::WRONG_ARGUMENTS,
                    format!("a record `{}` needs {}", record.name, missing.join(", ")),
                )
                .at(span, "not given here")
                .also(record.span, "declared here"),
            );
        }
        if !right || fields.len() < record.fields.len() {
            return unknown(span);
        }
        Expr {
            kind: ExprKind::Record { of, fields },
            ty: Type::Record(of),
            optional: false,
            span,
        }
    }

    fn function(&mut self, define: usize, node: &ast::CallExpr, span: Span) -> Expr {
        let Some(declared) = self.world.defines.get(define) else {
            return unknown(span);
        };
        let Some(parameters) = &declared.parameters else {
            self.diagnostics.push(
                Diagnostic::error(
                    codes::WRONG_ARGUMENTS,
                    format!("`{}` is a value, not a function", declared.name),
                )
                .at(span, "called here")
                .also(declared.span, "declared here")
                .suggest("leave the parentheses out", span, declared.name.clone()),
            );
            return unknown(span);
        };
        let names: Vec<&str> = parameters.iter().map(|found| found.name.as_str()).collect();
        let Some(values) = self.arguments(node, &declared.name, &names) else {
            return unknown(span);
        };
        let mut arguments = Vec::new();
        for (value, parameter) in values.iter().zip(parameters) {
            let value = self.read(value, Some(parameter.ty));
            let value = if parameter.open {
                self.opened(value, parameter)
            } else {
                self.coerced(value, parameter.ty, parameter.optional, "an argument")
            };
            arguments.extend(value);
        }
        if arguments.len() < parameters.len() {
            return unknown(span);
        }
        functions::call(self, define, arguments, span)
    }

    /// An argument of a parameter whose decimals and range are those of the argument.
    fn opened(&mut self, value: Expr, parameter: &functions::Declared) -> Option<Expr> {
        let Type::Number(wanted) = parameter.ty else {
            return None;
        };
        if value.ty == Type::Unknown {
            return None;
        }
        if !parameter.optional && !self.ops().present(&value, "an argument") {
            return None;
        }
        let value = fit::adapted(value, parameter.ty);
        match value.ty {
            Type::Number(found)
                if same_unit(found.unit, wanted.unit)
                    && (wanted.unit != Unit::Int || found.unit == Unit::Int) =>
            {
                Some(fit::retyped(value, functions::widened(found, wanted.unit)))
            }
            _ => {
                self.not_of(&value, parameter.ty);
                None
            }
        }
    }

    fn decide(&mut self, table: usize, node: &ast::CallExpr, span: Span) -> Expr {
        let Some(found) = self.world.tables.get(table) else {
            return unknown(span);
        };
        let names: Vec<&str> = found
            .parameters
            .iter()
            .map(|one| one.name.as_str())
            .collect();
        let Some(values) = self.arguments(node, &found.name, &names) else {
            return unknown(span);
        };
        let mut arguments = Vec::new();
        for (value, parameter) in values.iter().zip(&found.parameters) {
            let value = self.read(value, Some(parameter.ty));
            arguments.extend(self.coerced(value, parameter.ty, parameter.optional, "an argument"));
        }
        if arguments.len() < found.parameters.len() || found.ty == Type::Unknown {
            return unknown(span);
        }
        let decided = Expr {
            kind: ExprKind::Decide { table, arguments },
            ty: found.ty,
            optional: found.optional || found.otherwise.is_some(),
            span,
        };
        match &found.otherwise {
            Some(otherwise) => {
                let otherwise = self.renumbered(otherwise.clone());
                Expr {
                    ty: found.ty,
                    optional: otherwise.optional,
                    span,
                    kind: ExprKind::Otherwise(Box::new(decided), Box::new(otherwise)),
                }
            }
            None => decided,
        }
    }

    fn builtin(
        &mut self,
        name: &str,
        node: &ast::CallExpr,
        expected: Option<Type>,
        span: Span,
    ) -> Expr {
        let wanted: &[&str] = match name {
            "larger" | "smaller" => &["a", "b"],
            "date" => &["year", "month", "day"],
            _ => &["value"],
        };
        let Some(values) = self.arguments(node, name, wanted) else {
            return unknown(span);
        };
        let expected = expected.filter(|_| matches!(name, "larger" | "smaller" | "magnitude"));
        let mut read: Vec<Expr> = Vec::new();
        for value in &values {
            let like = expected.or(read.first().map(|first| first.ty));
            read.push(self.read(value, like));
        }
        if read.iter().any(|value| value.ty == Type::Unknown) {
            return unknown(span);
        }
        for value in &read {
            if !self.ops().present(value, "a calculation") {
                return unknown(span);
            }
        }
        match (name, read.as_slice()) {
            ("larger" | "smaller", [a, b]) => self.of_two(name, a.clone(), b.clone(), span),
            ("date", _) => self.date_of(read, span),
            (_, [value]) => self.of_one(name, value.clone(), span),
            _ => unknown(span),
        }
    }

    fn of_two(&mut self, name: &str, a: Expr, b: Expr, span: Span) -> Expr {
        let (a, b) = fit::zero_of(a, b);
        let before = self.diagnostics.len();
        self.ops()
            .comparison(BinaryOp::Lt, a.clone(), b.clone(), span);
        if self.diagnostics.len() > before {
            return unknown(span);
        }
        let larger = name == "larger";
        let ty = match (a.ty, b.ty) {
            (Type::Number(x), Type::Number(y)) => {
                let scale = x.scale.max(y.scale);
                let range = rescaled(x, scale).zip(rescaled(y, scale)).map(|(x, y)| {
                    if larger {
                        (x.0.max(y.0), x.1.max(y.1))
                    } else {
                        (x.0.min(y.0), x.1.min(y.1))
                    }
                });
                let unit = if x.unit == y.unit {
                    x.unit
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
        let function = if larger {
            Builtin::Larger
        } else {
            Builtin::Smaller
        };
        let arguments = match ty {
            Type::Number(number) => vec![fit::retyped(a, number), fit::retyped(b, number)],
            _ => vec![a, b],
        };
        builtin(function, arguments, ty, span)
    }

    fn of_one(&mut self, name: &str, value: Expr, span: Span) -> Expr {
        let Type::Number(number) = value.ty else {
            let found = self.world.show().ty(value.ty);
            self.diagnostics.push(
                Diagnostic::error(
                    codes::TYPE_MISMATCH,
                    format!("`{name}` is of a number, but this is {found}"),
                )
                .at(value.span, found),
            );
            return unknown(span);
        };
        match name {
            "magnitude" => {
                let most = number.min.saturating_neg().max(number.max);
                let ty = Type::Number(Number {
                    min: 0,
                    max: most,
                    ..number
                });
                builtin(Builtin::Magnitude, vec![value], ty, span)
            }
            "whole" => {
                let factor = quo_value::pow10_i128(number.scale).unwrap_or(1);
                let ty = Type::Number(Number {
                    unit: Unit::Int,
                    scale: 0,
                    min: number.min.div_euclid(factor),
                    max: number.max.div_euclid(factor),
                });
                builtin(Builtin::Floor, vec![value], ty, span)
            }
            "money" if matches!(number.unit, Unit::Int | Unit::Decimal) => {
                let one = Expr {
                    kind: ExprKind::Const(Value::Number(1)),
                    ty: Type::Number(Number {
                        unit: Unit::Money,
                        scale: 0,
                        min: 1,
                        max: 1,
                    }),
                    optional: false,
                    span,
                };
                self.ops().arithmetic(BinaryOp::Mul, value, one, span)
            }
            "number" if matches!(number.unit, Unit::Money | Unit::Percent) => {
                let ty = Type::Number(Number {
                    unit: Unit::Decimal,
                    ..number
                });
                Expr {
                    kind: ExprKind::Round {
                        value: Box::new(value),
                        rounding: quo_value::Rounding::HalfUp,
                        currency: false,
                    },
                    ty,
                    optional: false,
                    span,
                }
            }
            _ => {
                let found = self.world.show().ty(value.ty);
                let takes = if name == "money" {
                    "a number without a unit"
                } else {
                    "an amount or a percentage"
                };
                self.diagnostics.push(
                    Diagnostic::error(
                        codes::TYPE_MISMATCH,
                        format!("`{name}` takes {takes}, but this is {found}"),
                    )
                    .at(value.span, found),
                );
                unknown(span)
            }
        }
    }

    /// `A otherwise B`
    pub(super) fn otherwise(
        &mut self,
        left: &ast::Expr,
        right: &ast::Expr,
        expected: Option<Type>,
        span: Span,
    ) -> Expr {
        let value = self.read(left, expected);
        let fallback = self.read(right, expected.or(Some(value.ty)));
        if value.ty == Type::Unknown || fallback.ty == Type::Unknown {
            return unknown(span);
        }
        if !value.optional {
            self.diagnostics.push(
                Diagnostic::warning(
                    codes::MAY_BE_ABSENT,
                    "this is never absent, so what stands after `otherwise` is never used",
                )
                .at(value.span, "always present"),
            );
        }
        let (value, fallback) = (
            value,
            fit::adapted(fallback, expected.unwrap_or(Type::Bool)),
        );
        let (value, fallback) = fit::zero_of(value, fallback);
        let ty = match (value.ty, fallback.ty) {
            (Type::Number(a), Type::Number(b)) if same_unit(a.unit, b.unit) => {
                match self.joined(a, b, span) {
                    Some(number) => Type::Number(number),
                    None => return unknown(span),
                }
            }
            (ty, _) => ty,
        };
        let (Some(value), Some(fallback)) = (
            self.coerced(value, ty, true, "a value"),
            self.coerced(fallback, ty, true, "a value"),
        ) else {
            return unknown(span);
        };
        Expr {
            ty,
            optional: fallback.optional,
            span,
            kind: ExprKind::Otherwise(Box::new(value), Box::new(fallback)),
        }
    }

    /// The number that holds both.
    pub(super) fn joined(&mut self, a: Number, b: Number, span: Span) -> Option<Number> {
        let scale = a.scale.max(b.scale);
        let range = rescaled(a, scale)
            .zip(rescaled(b, scale))
            .map(|(a, b)| (a.0.min(b.0), a.1.max(b.1)));
        let unit = if a.unit == b.unit {
            a.unit
        } else {
            Unit::Decimal
        };
        self.ops().number(unit, scale, range, span)
    }
}

/// The absent value of a type.
pub fn absent(ty: Type, span: Span) -> Expr {
    Expr {
        kind: ExprKind::Absent,
        ty,
        optional: true,
        span,
    }
}

/// A function of the language with its arguments.
pub(super) fn builtin(function: Builtin, arguments: Vec<Expr>, ty: Type, span: Span) -> Expr {
    Expr {
        optional: arguments.iter().any(|argument| argument.optional),
        kind: ExprKind::Builtin {
            function,
            arguments,
        },
        ty,
        span,
    }
}
