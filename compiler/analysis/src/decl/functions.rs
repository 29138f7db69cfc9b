//! Functions: checked once for every list of types that they are called with.
//!
//! A parameter that leaves decimals and range open takes those of its argument, so the body is read again for each kind of
//! number. Ranges are widened to a few steps before, so that calls that differ in a constant only share one body.

use quo_source::{Diagnostic, FileId, Span, codes};
use quo_syntax::ast::{self, AstNode};

use super::types;
use crate::expr::ops::unknown;
use crate::expr::{Reader, Scope};
use crate::hir::{Expr, ExprKind, Function, Parameter};
use crate::types::{Number, Type, Unit};
use crate::world::{Define, World};

/// The most kinds of numbers that one function may be called with.
const SIGNATURES_MAX: usize = 64;

/// A declared parameter.
#[derive(Debug, Clone)]
pub struct Declared {
    /// Its name.
    pub name: String,
    /// Its type; where it is open, the type that a function nobody calls is checked with.
    pub ty: Type,
    /// Whether it may be absent.
    pub optional: bool,
    /// Whether it takes the decimals and the range of its argument.
    pub open: bool,
}

/// The parameters of a list; reports what is wrong with them.
pub fn parameters(
    world: &World,
    node: &ast::Parameters,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Declared> {
    let mut found: Vec<Declared> = Vec::new();
    for parameter in node.parameters() {
        let (Some(name), Some(ty_node)) = (parameter.name(), parameter.ty()) else {
            continue;
        };
        if found.iter().any(|before| before.name == name.text()) {
            diagnostics.push(
                Diagnostic::error(
                    codes::DUPLICATE_NAME,
                    format!("the parameter `{}` stands twice", name.text()),
                )
                .at(name.span(file), "again here"),
            );
            continue;
        }
        let ty = types::input(world, &ty_node, file, diagnostics);
        let open = types::is_open(&ty_node) && matches!(ty, Type::Number(_));
        found.push(Declared {
            name: name.text(),
            ty: if open { generous(ty) } else { ty },
            optional: ty_node.is_optional(),
            open,
        });
    }
    found
}

/// What a parameter that nobody calls is checked with: nine decimals, up to a billion.
fn generous(ty: Type) -> Type {
    let Type::Number(number) = ty else {
        return ty;
    };
    let scale = if number.unit == Unit::Int { 0 } else { 9 };
    let most = quo_value::pow10_i128(scale + 9).unwrap_or(i128::from(i64::MAX));
    Type::Number(Number {
        scale,
        min: -most,
        max: most,
        ..number
    })
}

/// The number at the next of a few widths.
#[must_use]
pub fn widened(number: Number, unit: Unit) -> Number {
    let wide = |value: i128| {
        let steps = [
            1_000_000,
            1_000_000_000_000,
            i128::from(i64::MAX),
            Number::MONEY_LIMIT,
            1_000_000_000_000_000_000_000_000_000_000_000,
        ];
        steps
            .into_iter()
            .find(|step| value <= *step)
            .unwrap_or(i128::MAX)
    };
    Number {
        unit,
        scale: number.scale,
        min: if number.min >= 0 {
            0
        } else {
            -wide(number.min.saturating_neg())
        },
        max: if number.max <= 0 { 0 } else { wide(number.max) },
    }
}

/// The call of a definition with arguments of these types.
pub fn call(reader: &mut Reader<'_>, define: usize, arguments: Vec<Expr>, span: Span) -> Expr {
    let world = reader.world;
    let Some(declared) = world.defines.get(define) else {
        return unknown(span);
    };
    // One body serves arguments that may be absent and those that are there.
    let declared_as = declared.parameters.iter().flatten();
    let signature: Vec<(Type, bool)> = arguments
        .iter()
        .zip(declared_as)
        .map(|(argument, parameter)| (argument.ty, parameter.optional))
        .collect();
    let known = {
        let found = world.found.borrow();
        if declared.cyclic || found.wrong.contains(&define) {
            return unknown(span);
        }
        let of_it = || found.calls.iter().filter(|(of, ..)| *of == define);
        let known = of_it().find(|(_, types, _)| *types == signature);
        match known {
            Some((_, _, function)) => Some(*function),
            None if of_it().count() >= SIGNATURES_MAX => {
                drop(found);
                reader.diagnostics.push(too_many(declared, span));
                return unknown(span);
            }
            None => None,
        }
    };
    let function = match known {
        Some(function) => function,
        None => specialised(reader, define, declared, &signature, span),
    };
    let found = world.found.borrow();
    match function.and_then(|index| Some((index, found.functions.get(index)?))) {
        Some((index, function)) => Expr {
            kind: ExprKind::Call {
                function: index,
                arguments,
            },
            ty: function.body.ty,
            optional: function.body.optional,
            span,
        },
        None => unknown(span),
    }
}

fn too_many(declared: &Define, span: Span) -> Diagnostic {
    Diagnostic::error(
        codes::TOO_MANY_VALUES,
        format!(
            "`{}` is called with too many kinds of numbers",
            declared.name
        ),
    )
    .at(span, format!("at most {SIGNATURES_MAX}"))
    .also(declared.span, "declared here")
    .note("state the decimals of its parameters, such as `Decimal with 9 decimals`")
}

/// Reads the body for these types, and remembers what came of it.
fn specialised(
    reader: &mut Reader<'_>,
    define: usize,
    declared: &Define,
    signature: &[(Type, bool)],
    span: Span,
) -> Option<usize> {
    let world = reader.world;
    let mut own: Vec<Diagnostic> = Vec::new();
    let body = body(world, declared, signature, &mut own);
    let wrong = own.iter().any(Diagnostic::is_error);
    let open = declared.parameters.iter().flatten().any(|found| found.open);
    reader.diagnostics.extend(own.into_iter().map(|diagnostic| {
        if open && diagnostic.is_error() {
            diagnostic.also(span, "called here")
        } else {
            diagnostic
        }
    }));
    let mut found = world.found.borrow_mut();
    let function = body.filter(|_| !wrong).map(|body| {
        let named = declared.parameters.iter().flatten();
        let parameters = named
            .zip(signature)
            .map(|(parameter, (ty, optional))| Parameter {
                name: parameter.name.clone(),
                ty: *ty,
                optional: *optional,
            });
        found.functions.push(Function {
            name: declared.name.clone(),
            span: declared.span,
            parameters: parameters.collect(),
            body,
        });
        found.functions.len().saturating_sub(1)
    });
    if function.is_none() {
        found.wrong.push(define);
    }
    found.calls.push((define, signature.to_vec(), function));
    function
}

/// The body of a definition for these types of its parameters.
pub fn body(
    world: &World,
    declared: &Define,
    signature: &[(Type, bool)],
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Expr> {
    let file = declared.file;
    let stated = declared.node.ty();
    let wanted = stated
        .as_ref()
        .map(|node| (types::input(world, node, file, diagnostics), node));
    let mut reader = Reader {
        checked: true,
        ..Reader::new(world, Scope::default(), file, diagnostics)
    };
    for (parameter, (ty, optional)) in declared.parameters.iter().flatten().zip(signature) {
        reader.declare(&parameter.name, *ty, *optional);
    }
    let mut lets: Vec<(usize, Span, Expr)> = Vec::new();
    for node in declared.node.lets() {
        let (Some(name), Some(value)) = (node.name(), node.value()) else {
            continue;
        };
        let value = reader.read(&value, None);
        let (ty, optional) = (value.ty, value.optional);
        let local = reader.declare(&name.text(), ty, optional);
        lets.push((local, name.span(file), value));
    }
    let Some(value) = declared.node.value() else {
        reader.diagnostics.push(
            Diagnostic::error(
                codes::MISSING_PIECE,
                format!("`{}` does not say what it gives", declared.name),
            )
            .at(declared.span, "declared here")
            .note("the last statement is `give` and an expression"),
        );
        return None;
    };
    let value = reader.read(&value, wanted.as_ref().map(|(ty, _)| *ty));
    let value = match wanted {
        Some((ty, node)) => fitted(&mut reader, value, ty, node)?,
        None => value,
    };
    if value.ty == Type::Unknown || lets.iter().any(|(.., value)| value.ty == Type::Unknown) {
        return None;
    }
    Some(
        lets.into_iter()
            .rev()
            .fold(value, |body, (local, name, value)| Expr {
                ty: body.ty,
                optional: body.optional,
                span: body.span,
                kind: ExprKind::Let {
                    local,
                    name,
                    value: Box::new(value),
                    body: Box::new(body),
                },
            }),
    )
}

/// The value as one of the stated type; a type without decimals says only of which kind it is.
pub fn fitted(reader: &mut Reader<'_>, value: Expr, ty: Type, node: &ast::Type) -> Option<Expr> {
    let place = "the value of a definition whose type has no `?`";
    let open = types::is_open(node);
    if let (Type::Number(wanted), true) = (ty, open) {
        if value.ty == Type::Unknown {
            return None;
        }
        if !node.is_optional() && !reader.ops().present(&value, place) {
            return None;
        }
        let value = crate::expr::fit::adapted(value, ty);
        return match value.ty {
            Type::Number(found)
                if crate::expr::ops::same_unit(found.unit, wanted.unit)
                    && (wanted.unit != Unit::Int || found.unit == Unit::Int) =>
            {
                let unit = wanted.unit;
                Some(crate::expr::fit::retyped(value, Number { unit, ..found }))
            }
            _ => {
                let show = reader.world.show();
                let told = crate::expr::fit::mismatch(value.span, ty, value.ty, show);
                reader.diagnostics.push(told);
                None
            }
        };
    }
    reader.coerced(value, ty, node.is_optional(), place)
}

/// Checks the functions that nobody calls, as they would be with nine decimals; what comes of it is not kept.
pub fn uncalled(world: &World, diagnostics: &mut Vec<Diagnostic>) {
    for (index, define) in world.defines.iter().enumerate() {
        let Some(parameters) = define.parameters.as_ref().filter(|_| !define.cyclic) else {
            continue;
        };
        let called = world
            .found
            .borrow()
            .calls
            .iter()
            .any(|(of, ..)| *of == index);
        if called || parameters.iter().any(|found| found.ty == Type::Unknown) {
            continue;
        }
        let signature: Vec<(Type, bool)> = parameters
            .iter()
            .map(|parameter| (parameter.ty, parameter.optional))
            .collect();
        let mut own = Vec::new();
        body(world, define, &signature, &mut own);
        // How many digits are needed depends on the arguments of a call.
        own.retain(|found| found.code != codes::OUT_OF_RANGE);
        diagnostics.extend(own);
    }
}
