//! Constraints of bundles and of the quote, and eligibility rules.

use quo_source::{Diagnostic, FileId, codes};
use quo_syntax::ast::{self, AstNode};

use super::adjustments::told_once;
use super::{Items, retirement};
use crate::expr::{Reader, Scope};
use crate::hir::{Overridable, Rule, RuleBody, RuleKind, Severity, Window};
use crate::table::{Heading, RawRow, build, raw_cells};
use crate::world::{World, find, resolve};

/// Reads all constraints and eligibility rules, sorted by id.
pub fn read(world: &World, items: &Items, diagnostics: &mut Vec<Diagnostic>) -> Vec<Rule> {
    let mut rules: Vec<Rule> = Vec::new();
    for bundle in &items.bundles {
        let Some(product) = bundle
            .node
            .name()
            .and_then(|name| find(&world.products, &name.text()))
        else {
            continue;
        };
        // A second bundle of the same name has been reported; only the first one counts.
        if world.products.get(product).map(|product| product.span)
            != bundle.node.name().map(|name| name.span(bundle.file))
        {
            continue;
        }
        rules.extend(
            bundle.node.constraints().filter_map(|node| {
                constraint(world, Some(product), &node, bundle.file, diagnostics)
            }),
        );
    }
    for item in &items.constraints {
        rules.extend(constraint(world, None, &item.node, item.file, diagnostics));
    }
    rules.extend(retirement::rules(world));
    for item in &items.eligibles {
        rules.extend(eligible(world, &item.node, item.file, diagnostics));
    }
    rules.sort_by(|a, b| (&a.id, a.span).cmp(&(&b.id, b.span)));
    for (before, after) in rules.iter().zip(rules.iter().skip(1)) {
        if before.id == after.id {
            diagnostics.push(
                Diagnostic::error(
                    codes::DUPLICATE_NAME,
                    format!("two rules have the id `{}`", after.id),
                )
                .at(after.span, "this one")
                .also(before.span, "and this one")
                .note("give one of them a name: `require NAME \"…\": …`"),
            );
        }
    }
    rules
}

fn constraint(
    world: &World,
    product: Option<usize>,
    node: &ast::Constraint,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Rule> {
    let message = node.message()?.text()?;
    let kind = match node.kind()? {
        ast::ConstraintKind::Require => RuleKind::Require,
        ast::ConstraintKind::Exclude => RuleKind::Exclude,
        ast::ConstraintKind::Warn => RuleKind::Warn,
        ast::ConstraintKind::Allow => RuleKind::Allow,
    };
    let owner = product
        .and_then(|product| world.products.get(product))
        .map(|product| product.name.as_str());
    let id = match node.name() {
        Some(name) => name.text(),
        None => made_id(owner, &message),
    };
    let span = node.name().map_or_else(
        || {
            node.message()
                .map_or(node.span(file), |title| title.span(file))
        },
        |name| name.span(file),
    );
    let scope = Scope {
        product,
        direct: true,
        // What is asked of the quote as such may be about what it comes to.
        totals: product.is_none(),
        ..Scope::default()
    };
    let overridable = overridable(world, node, file, diagnostics);
    let mut reader = Reader::new(world, scope, file, diagnostics);
    let when = node
        .when()
        .and_then(|when| when.condition())
        .map(|when| reader.condition(&when));
    let body = if kind == RuleKind::Allow {
        let table = node.table()?;
        let headings = |reader: &mut Reader<'_>, columns: Vec<ast::Column>| {
            columns
                .iter()
                .filter_map(|column| {
                    let path = column.path()?;
                    let expr = reader.read(&ast::Expr::Path(path.clone()), None);
                    let expr = reader.one_value(expr);
                    Some(Heading {
                        name: path.text(),
                        expr,
                    })
                })
                .collect::<Vec<_>>()
        };
        let inputs = headings(&mut reader, table.inputs());
        let outputs = headings(&mut reader, table.outputs());
        let rows: Vec<RawRow> = table
            .rows()
            .map(|row| RawRow {
                span: row.span(file),
                cells: raw_cells(&row.inputs(), file)
                    .into_iter()
                    .chain(raw_cells(&row.outputs(), file))
                    .collect(),
            })
            .collect();
        if rows.is_empty() {
            reader.diagnostics.push(
                Diagnostic::error(codes::EMPTY_TABLE, "this table permits nothing")
                    .at(table.span(file), "a row is expected"),
            );
            return None;
        }
        RuleBody::Table(build(
            &mut reader,
            &id,
            inputs.into_iter().chain(outputs).collect(),
            &rows,
            None,
        )?)
    } else {
        RuleBody::Expr(reader.condition(&node.condition()?))
    };
    Some(Rule {
        id,
        span,
        kind,
        message,
        product,
        severity: severity(node, kind),
        overridable,
        window: Window::default(),
        when,
        body,
    })
}

/// What a constraint says about its severity, else what its word means.
fn severity(node: &ast::Constraint, kind: RuleKind) -> Severity {
    match node.severity().and_then(|clause| clause.severity()) {
        Some(ast::Severity::Error) => Severity::Error,
        Some(ast::Severity::Warning) => Severity::Warning,
        Some(ast::Severity::Information) => Severity::Information,
        None if kind == RuleKind::Warn => Severity::Warning,
        None => Severity::Error,
    }
}

/// The roles that may override a constraint.
fn overridable(
    world: &World,
    node: &ast::Constraint,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Overridable {
    let Some(clause) = node.overridable() else {
        return Overridable::default();
    };
    let mut roles: Vec<usize> = clause
        .roles()
        .filter_map(|role| resolve(world, &world.roles, "role", &role, file, diagnostics))
        .collect();
    roles.sort_unstable();
    roles.dedup();
    Overridable {
        roles,
        with_reason: clause.with_reason(),
    }
}

fn eligible(
    world: &World,
    node: &ast::Eligible,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Rule> {
    let (Some(target), Some(message), Some(condition)) = (
        node.target(),
        node.message().and_then(|title| title.text()),
        node.when().and_then(|when| when.condition()),
    ) else {
        return Vec::new();
    };
    let products: Vec<usize> = if node.is_category() {
        let Some(category) = resolve(
            world,
            &world.categories,
            "category",
            &target,
            file,
            diagnostics,
        ) else {
            return Vec::new();
        };
        (0..world.products.len())
            .filter(|&product| {
                world
                    .products
                    .get(product)
                    .is_some_and(|product| product.category == Some(category))
            })
            .collect()
    } else {
        resolve(
            world,
            &world.products,
            "product",
            &target,
            file,
            diagnostics,
        )
        .into_iter()
        .collect()
    };
    let span = target.span(file);
    if products.is_empty()
        && node.is_category()
        && find(&world.categories, &target.text()).is_some()
    {
        diagnostics.push(
            Diagnostic::warning(
                codes::NOTHING_CHOSEN,
                format!("no product is in the category `{}`", target.text()),
            )
            .at(span, "this rule speaks about nothing"),
        );
    }
    let mut rules = Vec::new();
    for product in products {
        let scope = Scope {
            product: Some(product),
            ..Scope::default()
        };
        let mut own = Vec::new();
        let body = RuleBody::Expr(Reader::new(world, scope, file, &mut own).condition(&condition));
        // The same mistake in every product of a category is told once.
        told_once(diagnostics, own);
        let name = world
            .products
            .get(product)
            .map_or("", |product| product.name.as_str());
        rules.push(Rule {
            id: made_id(Some(name), &message),
            span,
            kind: RuleKind::Eligible,
            message: message.clone(),
            product: Some(product),
            severity: Severity::Error,
            overridable: Overridable::default(),
            window: Window::default(),
            when: None,
            body,
        });
    }
    rules
}

/// The stable id of a rule without a name: its product and the words of its message.
fn made_id(owner: Option<&str>, message: &str) -> String {
    let words: Vec<String> = message
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let slug = words.join("-");
    match owner {
        Some(owner) => format!("{owner}/{slug}"),
        None => format!("quote/{slug}"),
    }
}
