//! The end of a product's sale to new business: from when, for whom not, and what takes its place.

use quo_source::{Diagnostic, codes};
use quo_syntax::ast::AstNode;

use super::products::Node;
use crate::expr::literal::day;
use crate::expr::{Reader, Scope};
use crate::hir::{
    Expr, ExprKind, Overridable, Retirement, Rule, RuleBody, RuleKind, Severity, Window,
};
use crate::types::{Type, Value};
use crate::world::{World, resolve};

/// When and for whom a product is no longer sold.
pub(super) fn read(
    world: &World,
    product: usize,
    node: &Node,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Retirement> {
    let retired = node.retired.as_ref()?;
    let from = day(retired.from()?.date().ok()?)?;
    let scope = Scope {
        product: Some(product),
        direct: true,
        ..Scope::default()
    };
    let unless = retired
        .unless()
        .map(|unless| Reader::new(world, scope, node.file, diagnostics).condition(&unless));
    let successors = retired
        .successors()
        .filter_map(|name| {
            resolve(
                world,
                &world.products,
                "product",
                &name,
                node.file,
                diagnostics,
            )
        })
        .collect();
    Some(Retirement {
        span: retired.span(node.file),
        from,
        unless,
        successors,
    })
}

/// A migration must not lead back to where it began.
pub(super) fn check_paths(world: &World, diagnostics: &mut Vec<Diagnostic>) {
    let successors = |product: usize| -> Vec<usize> {
        let retired = world.products.get(product).map(|found| &found.retired);
        match retired {
            Some(Some(retired)) => retired.successors.clone(),
            _ => Vec::new(),
        }
    };
    for (start, product) in world.products.iter().enumerate() {
        let Some(retired) = &product.retired else {
            continue;
        };
        let mut seen: Vec<usize> = Vec::new();
        let mut open = successors(start);
        while let Some(next) = open.pop() {
            if next == start {
                diagnostics.push(
                    Diagnostic::error(
                        codes::CYCLE,
                        format!("the migration from `{}` leads back to it", product.name),
                    )
                    .at(retired.span, "what takes its place is replaced by it"),
                );
                break;
            }
            if !seen.contains(&next) {
                seen.push(next);
                open.extend(successors(next));
            }
        }
    }
}

/// What retirement means for a decision: from that day on the product is not eligible but for those it is still sold to,
/// who are told what takes its place.
pub(super) fn rules(world: &World) -> Vec<Rule> {
    let mut rules = Vec::new();
    for (index, product) in world.products.iter().enumerate() {
        let Some(retired) = &product.retired else {
            continue;
        };
        let names: Vec<&str> = retired
            .successors
            .iter()
            .filter_map(|successor| world.products.get(*successor))
            .map(|successor| successor.name.as_str())
            .collect();
        let migrate = match names.as_slice() {
            [] => String::new(),
            names => format!("; migrate to {}", names.join(" or ")),
        };
        let message = format!("{} is retired from {}{migrate}", product.name, retired.from);
        let window = Window {
            from: Some(retired.from),
            to: None,
        };
        let rule = |id: String, kind, severity, body| Rule {
            id,
            span: retired.span,
            kind,
            message: message.clone(),
            product: Some(index),
            severity,
            overridable: Overridable::default(),
            window,
            when: None,
            body: RuleBody::Expr(body),
        };
        let never = Expr {
            kind: ExprKind::Const(Value::Bool(false)),
            ty: Type::Bool,
            optional: false,
            span: retired.span,
        };
        let allowed = retired.unless.clone().unwrap_or(never);
        rules.push(rule(
            format!("{}/retired", product.name),
            RuleKind::Eligible,
            Severity::Error,
            allowed,
        ));
        if let Some(unless) = &retired.unless {
            let told = Expr {
                kind: ExprKind::Not(Box::new(unless.clone())),
                ..unless.clone()
            };
            rules.push(rule(
                format!("{}/retired-but-sold", product.name),
                RuleKind::Warn,
                Severity::Warning,
                told,
            ));
        }
    }
    rules
}
