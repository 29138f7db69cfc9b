//! Definitions: each is read once, after those it needs, and its checked expression stands wherever it is used.
//!
//! Reading it again at every use would take time that doubles with every definition that uses another twice, so the size
//! of what is put in place is bounded, too.

use quo_source::{Diagnostic, codes};
use quo_syntax::ast::{self, AstNode};

use super::types;
use crate::expr::{Reader, Scope, fit, size};
use crate::world::{Define, World, find};

/// Reads every definition of `world` into its checked form; reports those that need themselves.
pub fn read(world: &mut World, diagnostics: &mut Vec<Diagnostic>) {
    for index in order(&world.defines, diagnostics) {
        let checked = world
            .defines
            .get(index)
            .and_then(|define| one(world, define, diagnostics));
        if let Some(define) = world.defines.get_mut(index) {
            define.checked = checked;
        }
    }
}

fn one(
    world: &World,
    define: &Define,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<crate::hir::Expr> {
    let node = define.node.ty()?;
    let ty = types::read(world, &node, define.file, diagnostics);
    let mut reader = Reader::new(world, Scope::default(), define.file, diagnostics);
    let value = reader.read(&define.node.value()?, Some(ty));
    let present = node.is_optional()
        || reader
            .ops()
            .present(&value, "a definition whose type has no `?`");
    let fits = present && fit::always(&value, ty, world.show(), diagnostics);
    let small = size::check(&value, &define.name, define.span, diagnostics);
    (fits && small).then_some(value)
}

/// The definitions in an order in which each stands after those it needs. One that needs itself is told once, however
/// many others it needs on the way.
fn order(defines: &[Define], diagnostics: &mut Vec<Diagnostic>) -> Vec<usize> {
    let needs: Vec<Vec<usize>> = defines
        .iter()
        .map(|define| needed(define, defines))
        .collect();
    let mut order: Vec<usize> = Vec::new();
    let mut seen = vec![false; defines.len()];
    for start in 0..defines.len() {
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
                    diagnostics.extend(needs_itself(defines, &cycle));
                }
                None => path.push((need, 0)),
            }
        }
    }
    order
}

/// The definitions whose names stand in a definition's value.
fn needed(define: &Define, defines: &[Define]) -> Vec<usize> {
    let Some(value) = define.node.value() else {
        return Vec::new();
    };
    let paths = value.syntax().descendants().filter_map(ast::Path::cast);
    let mut needed: Vec<usize> = paths
        .filter_map(|path| match path.segments().as_slice() {
            [(name, _)] => find(defines, name),
            _ => None,
        })
        .collect();
    needed.sort_unstable();
    needed.dedup();
    needed
}

fn needs_itself(defines: &[Define], cycle: &[usize]) -> Option<Diagnostic> {
    let first = defines.get(*cycle.first()?)?;
    let mut names: Vec<&str> = cycle
        .iter()
        .filter_map(|index| defines.get(*index))
        .map(|define| define.name.as_str())
        .collect();
    names.push(&first.name);
    Some(
        Diagnostic::error(
            codes::CYCLE,
            format!("the definition of `{}` needs itself", first.name),
        )
        .at(first.span, names.join(" needs ")),
    )
}
