//! Definitions: each is read once, after those it needs, and its checked expression stands wherever it is used.
//!
//! Reading it again at every use would take time that doubles with every definition that uses another twice, so the size
//! of what is put in place is bounded, too.

use quo_source::{Diagnostic, FileId, codes};
use quo_syntax::ast::{self, AstNode};

use super::{functions, types};
use crate::expr::{Reader, Scope, fit, locals, size};
use crate::world::{Define, World};

/// Reads every definition of `world` into its checked form; reports those that need themselves.
pub fn read(world: &mut World, diagnostics: &mut Vec<Diagnostic>) {
    for index in 0..world.defines.len() {
        let parameters = world.defines.get(index).and_then(|define| {
            let node = define.node.parameters()?;
            Some(functions::parameters(
                world,
                &node,
                define.file,
                diagnostics,
            ))
        });
        if let Some(define) = world.defines.get_mut(index) {
            define.parameters = parameters;
        }
    }
    for index in order(world, diagnostics) {
        let checked = world
            .defines
            .get(index)
            .filter(|define| define.parameters.is_none() && !define.cyclic)
            .and_then(|define| value(world, index, define, diagnostics));
        if let Some(define) = world.defines.get_mut(index) {
            define.checked = checked;
        }
    }
}

/// The value of a definition without parameters. One that names values on the way, or goes through lists, is worked out
/// by a function of its own; a smaller one stands wherever its name does.
fn value(
    world: &World,
    index: usize,
    define: &Define,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<crate::hir::Expr> {
    let stated = define.node.ty().is_some_and(|ty| ty.element().is_none());
    if stated && !define.node.has_body() {
        let told = diagnostics.len();
        let checked = one(world, define, diagnostics);
        let large = checked
            .as_ref()
            .is_some_and(|expr| !locals::declared(expr).is_empty());
        if !large {
            return checked;
        }
        diagnostics.truncate(told);
    } else {
        let told = diagnostics.len();
        let body = functions::body(world, define, &[], diagnostics)?;
        let right = !diagnostics.iter().skip(told).any(Diagnostic::is_error);
        if !right || (locals::declared(&body).is_empty() && !define.node.has_body()) {
            let small = size::check(&body, &define.name, define.span, diagnostics);
            return (right && small).then_some(body);
        }
        diagnostics.truncate(told);
    }
    let mut reader = Reader::new(world, Scope::default(), define.file, diagnostics);
    let call = functions::call(&mut reader, index, Vec::new(), define.span);
    (call.ty != crate::types::Type::Unknown).then_some(call)
}

fn one(
    world: &World,
    define: &Define,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<crate::hir::Expr> {
    let node = define.node.ty()?;
    let ty = types::input(world, &node, define.file, diagnostics);
    let mut reader = Reader::new(world, Scope::default(), define.file, diagnostics);
    let value = reader.read(&define.node.value()?, Some(ty));
    let value = fit::adapted(value, ty);
    let present = node.is_optional()
        || reader
            .ops()
            .present(&value, "a definition whose type has no `?`");
    let fits = present && fit::always(&value, ty, world.show(), diagnostics);
    let small = size::check(&value, &define.name, define.span, diagnostics);
    (fits && small).then_some(value)
}

/// The definitions in an order in which each stands after those it needs. One that needs itself, through functions and
/// decision tables too, is told once, however many others it needs on the way.
fn order(world: &mut World, diagnostics: &mut Vec<Diagnostic>) -> Vec<usize> {
    let count = world.defines.len();
    let needs: Vec<Vec<usize>> = (0..count)
        .map(|at| {
            world
                .defines
                .get(at)
                .map(|define| needed(world, define.node.syntax(), define.file))
        })
        .chain((0..world.tables.len()).map(|at| {
            world
                .tables
                .get(at)
                .map(|table| needed(world, table.node.syntax(), table.file))
        }))
        .map(Option::unwrap_or_default)
        .collect();
    let mut order: Vec<usize> = Vec::new();
    let mut seen = vec![false; needs.len()];
    let mut cyclic: Vec<usize> = Vec::new();
    for start in 0..needs.len() {
        let mut path: Vec<(usize, usize)> = vec![(start, 0)];
        while let Some((index, next)) = path.pop() {
            if next == 0 {
                match seen.get_mut(index) {
                    Some(seen) if !*seen => *seen = true,
                    _ => continue,
                }
            }
            let Some(&need) = needs.get(index).and_then(|needs| needs.get(next)) else {
                order.push(index);
                continue;
            };
            path.push((index, next.saturating_add(1)));
            match path.iter().position(|(on_path, _)| *on_path == need) {
                Some(first) => {
                    let cycle: Vec<usize> =
                        path.iter().skip(first).map(|(index, _)| *index).collect();
                    diagnostics.extend(needs_itself(world, &cycle));
                    cyclic.extend(cycle);
                }
                None => path.push((need, 0)),
            }
        }
    }
    for index in cyclic {
        if let Some(define) = world.defines.get_mut(index) {
            define.cyclic = true;
        } else if let Some(table) = world.tables.get_mut(index.saturating_sub(count)) {
            table.ty = crate::types::Type::Unknown;
        }
    }
    order.retain(|index| *index < count);
    order
}

/// The definitions, and after them the decision tables, whose names stand in a declaration and are not names of its own.
fn needed(world: &World, declaration: &quo_syntax::SyntaxNode, file: FileId) -> Vec<usize> {
    let own: Vec<String> = declaration
        .descendants()
        .filter_map(ast::Name::cast)
        .skip(1)
        .map(|name| name.text())
        .collect();
    let paths = declaration.descendants().filter_map(ast::Path::cast);
    let paths = paths.filter(|path| {
        let parent = path.syntax().parent();
        parent.is_none_or(|parent| ast::Column::cast(parent).is_none())
    });
    let named = paths.filter_map(|path| Some(path.segments().first()?.0.clone()));
    let calls = declaration.descendants().filter_map(ast::CallExpr::cast);
    // With names for its arguments it makes a record.
    let calls = calls.filter(|call| call.arguments().all(|argument| argument.name().is_none()));
    let called = calls.filter_map(|call| Some(call.function()?.text()));
    let count = world.defines.len();
    let mut needed: Vec<usize> = named
        .filter(|name| !own.contains(name))
        .chain(called)
        .filter_map(|name| {
            let table = || world.find_in(&world.tables, &name, file);
            world
                .find_in(&world.defines, &name, file)
                .or_else(|| table().map(|at| at.saturating_add(count)))
        })
        .collect();
    needed.sort_unstable();
    needed.dedup();
    needed
}

fn needs_itself(world: &World, cycle: &[usize]) -> Option<Diagnostic> {
    let count = world.defines.len();
    let one = |index: usize| match world.defines.get(index) {
        Some(define) => Some((define.name.as_str(), define.span)),
        None => {
            let table = world.tables.get(index.saturating_sub(count))?;
            Some((table.name.as_str(), table.span))
        }
    };
    let (first, span) = one(*cycle.first()?)?;
    let mut names: Vec<&str> = cycle
        .iter()
        .filter_map(|index| one(*index))
        .map(|(name, _)| name)
        .collect();
    names.push(first);
    Some(
        Diagnostic::error(
            codes::CYCLE,
            format!("the definition of `{first}` needs itself"),
        )
        .at(span, names.join(" needs ")),
    )
}
