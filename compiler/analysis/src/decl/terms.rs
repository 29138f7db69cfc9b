//! Qualification, the validity of a quote, and clauses.

use quo_source::{Diagnostic, FileId, codes};
use quo_syntax::ast::{self, AstNode};
use quo_syntax::literal::{PeriodUnit, Value as Literal};

use super::Items;
use super::adjustments::told_once;
use crate::expr::{Reader, Scope};
use crate::hir::{Clause, Expr, Lasting, Named, Qualification, Validity};
use crate::types::Type;
use crate::world::{World, find, resolve, sort_unique};

/// Declares the names of clauses, so that rules may name them.
pub fn declare(world: &mut World, items: &Items, diagnostics: &mut Vec<Diagnostic>) {
    let named = items.clauses.iter().filter_map(|item| {
        let name = item.node.name()?;
        Some(Named {
            name: name.text(),
            span: name.span(item.file),
        })
    });
    world.clauses = sort_unique(named.collect(), "clause", diagnostics);
}

/// Reads the qualifications, sorted by id.
pub fn qualifications(
    world: &World,
    items: &Items,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Qualification> {
    let mut found: Vec<Qualification> = Vec::new();
    for item in &items.qualifies {
        found.extend(qualification(world, &item.node, item.file, diagnostics));
    }
    found.sort_by(|a, b| (&a.id, a.span).cmp(&(&b.id, b.span)));
    for (before, after) in found.iter().zip(found.iter().skip(1)) {
        if before.id == after.id {
            diagnostics.push(
                Diagnostic::error(
                    codes::DUPLICATE_NAME,
                    format!("two qualifications have the id `{}`", after.id),
                )
                .at(after.span, "this one")
                .also(before.span, "and this one"),
            );
        }
    }
    found
}

fn qualification(
    world: &World,
    node: &ast::Qualify,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Qualification> {
    let (Some(target), Some(path), Some(period)) = (node.target(), node.fact(), node.period())
    else {
        return Vec::new();
    };
    let products = targets(world, &target, node.is_category(), file, diagnostics);
    let Some(valid) = lasting(&period, file, diagnostics) else {
        return Vec::new();
    };
    let message = node.message().and_then(|title| title.text());
    products
        .into_iter()
        .filter_map(|product| {
            let scope = Scope {
                product: Some(product),
                direct: true,
                ..Scope::default()
            };
            let mut own = Vec::new();
            let day = day_of_answer(world, scope, &path, file, &mut own);
            let when = node.when().and_then(|when| when.condition());
            let when = when.map(|when| Reader::new(world, scope, file, &mut own).condition(&when));
            told_once(diagnostics, own);
            let name = world
                .products
                .get(product)
                .map_or("", |product| product.name.as_str());
            Some(Qualification {
                id: format!("{name}/{}", path.text()),
                span: target.span(file),
                product,
                message: message
                    .clone()
                    .unwrap_or_else(|| format!("{name} needs an answer of {}", path.text())),
                day: day?,
                named: path.text(),
                valid,
                when,
            })
        })
        .collect()
}

fn targets(
    world: &World,
    target: &ast::NameRef,
    is_category: bool,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<usize> {
    if !is_category {
        let found = resolve(world, &world.products, "product", target, file, diagnostics);
        return found.into_iter().collect();
    }
    let found = resolve(
        world,
        &world.categories,
        "category",
        target,
        file,
        diagnostics,
    );
    let Some(category) = found else {
        return Vec::new();
    };
    let members = world.products.iter().enumerate();
    members
        .filter(|(_, product)| product.category == Some(category))
        .map(|(index, _)| index)
        .collect()
}

/// The day of an answer; what is not a day is reported.
fn day_of_answer(
    world: &World,
    scope: Scope,
    path: &ast::Path,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Expr> {
    let mut reader = Reader::new(world, scope, file, diagnostics);
    let expr = reader.read(&ast::Expr::Path(path.clone()), None);
    match expr.ty {
        Type::Unknown => None,
        Type::Date => Some(expr),
        found => {
            let found = world.show().ty(found);
            diagnostics.push(
                Diagnostic::error(
                    codes::TYPE_MISMATCH,
                    format!("the fact with the day of the answer is expected, but this is {found}"),
                )
                .at(path.span(file), format!("{found}, not a day"))
                .note("declare it as `checked_on: Date?` among the facts of the answer"),
            );
            None
        }
    }
}

fn lasting(
    literal: &ast::Literal,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Lasting> {
    let found = match literal.value() {
        Ok(Literal::Period {
            count,
            unit: PeriodUnit::Days,
        }) => Some(Lasting::Days(count)),
        Ok(Literal::Period {
            count,
            unit: PeriodUnit::Months,
        }) => Some(Lasting::Months(count)),
        Ok(Literal::Period {
            count,
            unit: PeriodUnit::Years,
        }) => count.checked_mul(12).map(Lasting::Months),
        _ => None,
    };
    // Longer than the calendar would say nothing.
    let found = found.filter(|lasting| match lasting {
        Lasting::Days(days) => *days <= 1_000_000,
        Lasting::Months(months) => *months <= 12_000,
    });
    if found.is_none() {
        diagnostics.push(
            Diagnostic::error(
                codes::BAD_UNIT,
                "a number of days, months or years is expected",
            )
            .at(literal.span(file), "such as `30 days`"),
        );
    }
    found
}

/// Reads the days until which quotes are valid at most, in the order they are named.
pub fn validities(
    world: &World,
    items: &Items,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Validity> {
    if let Some(again) = items.quote_valids.get(1) {
        diagnostics.push(
            Diagnostic::error(
                codes::DUPLICATE_CLAUSE,
                "it is said twice until when a quote is valid",
            )
            .at(again.node.span(again.file), "again here")
            .note("one `quote valid until earliest of { … }` names all days"),
        );
    }
    let mut found = Vec::new();
    for item in &items.quote_valids {
        for entry in item.node.entries() {
            let (Some(day), Some(title)) = (entry.day(), entry.title()) else {
                continue;
            };
            let after = match entry.period() {
                Some(period) => match lasting(&period, item.file, diagnostics) {
                    Some(after) => Some(after),
                    None => continue,
                },
                None => None,
            };
            let mut reader = Reader::new(world, Scope::default(), item.file, diagnostics);
            let expr = reader.read(&day, Some(Type::Date));
            if expr.ty != Type::Date {
                if expr.ty != Type::Unknown {
                    let wrong =
                        crate::expr::fit::mismatch(expr.span, Type::Date, expr.ty, world.show());
                    diagnostics.push(wrong);
                }
                continue;
            }
            found.push(Validity {
                span: entry.span(item.file),
                title: title.text().unwrap_or_default(),
                day: expr,
                after,
            });
        }
    }
    found
}

/// Reads the clauses, sorted by name.
pub fn clauses(world: &World, items: &Items, diagnostics: &mut Vec<Diagnostic>) -> Vec<Clause> {
    let mut nodes: Vec<_> = items.clauses.iter().collect();
    nodes.sort_by_key(|item| {
        let name = item.node.name();
        name.and_then(|name| find(&world.clauses, &name.text()))
    });
    nodes
        .into_iter()
        .filter_map(|item| {
            let name = item.node.name()?;
            let declared = world.clauses.get(find(&world.clauses, &name.text())?)?;
            // A second clause of the same name has been reported.
            (declared.span == name.span(item.file))
                .then(|| clause(world, &item.node, item.file, diagnostics))?
        })
        .collect()
}

fn clause(
    world: &World,
    node: &ast::Clause,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Clause> {
    let name = node.name()?;
    let number = node.version()?.number()?;
    let version = number
        .integer()
        .ok()
        .and_then(|version| u32::try_from(version).ok())
        .filter(|version| *version > 0);
    if version.is_none() {
        diagnostics.push(
            Diagnostic::error(codes::BAD_BOUNDS, "a version of a clause is counted from 1")
                .at(number.span(file), "a whole number from 1"),
        );
    }
    let need = node.need()?;
    let mut products: Vec<usize> = need
        .products()
        .filter_map(|name| resolve(world, &world.products, "product", &name, file, diagnostics))
        .collect();
    products.sort_unstable();
    products.dedup();
    let when = node.when().and_then(|when| when.condition());
    let when =
        when.map(|when| Reader::new(world, Scope::default(), file, diagnostics).condition(&when));
    Some(Clause {
        name: name.text(),
        title: node.title()?.text()?,
        span: name.span(file),
        version: version?,
        text: node
            .text()
            .and_then(|text| text.title())
            .and_then(|title| title.text())
            .unwrap_or_default(),
        on_request: need.on_request(),
        products,
        when,
    })
}
