//! Calls: of functions, decision tables, records and what the language brings along.

use quo_source::{Diagnostic, Span, codes};
use quo_syntax::ast::{self, AstNode};

use super::builtins::BUILTINS;
use super::ops::{rescaled, same_unit, unknown};
use super::{Reader, fit};
use crate::decl::functions;
use crate::hir::{Builtin, Expr, ExprKind};
use crate::show::nearest;
use crate::types::{Number, Type, Unit};

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
        // A table with several outcomes has a record of its name: arguments with names are fields of that.
        let named = node.arguments().any(|argument| argument.name().is_some());
        let world = self.world;
        let table = world.find_in(&world.tables, &name, self.file);
        let record = world.find_in(&world.records, &name, self.file);
        if let Some(record) = record.filter(|_| table.is_none() || named) {
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
        if let Some(define) = world.find_in(&world.defines, &name, self.file) {
            return self.function(define, node, span);
        }
        if let Some(table) = table {
            return self.decide(table, node, span);
        }
        if BUILTINS.contains(&name.as_str()) {
            return self.builtin(&name, node, expected, span);
        }
        let known = world
            .names_in(&world.defines, self.file)
            .chain(world.names_in(&world.tables, self.file))
            .chain(world.names_in(&world.records, self.file))
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
    pub(super) fn arguments(
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
        if !value.optional && !matches!(value.kind, ExprKind::Assured(_)) {
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
