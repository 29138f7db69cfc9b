//! Names, types and static checks: from syntax trees to checked rules.
//!
//! [`check`] is a pure function of the files of a ruleset and their trees. It always gives its diagnostics, and the
//! checked rules if there is no error among them. Nothing here knows how rules will run.

mod check;
mod decl;
mod expr;
pub mod hir;
pub mod modules;
mod print;
mod show;
mod table;
pub mod tests_hir;
pub mod types;
mod world;

use quo_source::{Diagnostic, FileId, Sources, Stopped, Work, codes};
use quo_syntax::ast::{self, AstNode};

use decl::{Context, Items};
use hir::{Named, Rules};
pub use print::print;
use world::World;

/// What checking a ruleset gives.
#[derive(Debug)]
pub struct Checked {
    /// The rules, if there was no error.
    pub rules: Option<Rules>,
    /// Everything that was found, in the order of the files.
    pub diagnostics: Vec<Diagnostic>,
}

/// Checks a ruleset: `trees` holds the tree of every `.quo` file of `sources`.
///
/// # Errors
/// When the work budget is used up or the work is cancelled.
pub fn check(
    sources: &Sources,
    trees: &[(FileId, ast::SourceFile)],
    work: &Work,
) -> Result<Checked, Stopped> {
    let mut cx = Context {
        sources,
        work,
        diagnostics: Vec::new(),
    };
    check::clauses::check(trees, &mut cx.diagnostics);
    let items = collect(sources, trees, &mut cx.diagnostics);
    modules::unknown(sources, &items.uses, &mut cx.diagnostics);
    let header = decl::header::read(&items, sources, &mut cx.diagnostics);
    let files = trees.iter().map(|(file, _)| *file);
    let mut world = World {
        library: files
            .filter(|file| modules::is_module(sources, *file))
            .collect(),
        ..World::default()
    };
    decl::vocabulary::read(&mut world, &items, &mut cx.diagnostics);
    decl::terms::declare(&mut world, &items, &mut cx.diagnostics);
    // Definitions may name products, and products definitions: products are declared before, and read after them.
    decl::products::read(&mut world, &items, &mut Vec::new());
    decl::calculations::declare(&mut world, &items, &mut cx)?;
    decl::defines::read(&mut world, &mut cx.diagnostics);
    decl::tables::fallbacks(&mut world, &mut cx.diagnostics);
    world.products = Vec::new();
    world.charges = Vec::new();
    world.wrong_charges = Vec::new();
    decl::products::read(&mut world, &items, &mut cx.diagnostics);
    decl::skus::read(&mut world, &items, &mut cx)?;
    decl::records::charges(&mut world);
    declare_rules(&mut world, &items, &mut cx.diagnostics);
    work.spend(1)?;
    decl::calculations::results(&mut world, &items, &mut cx.diagnostics);
    let rules = decl::constraints::read(&world, &items, &mut cx.diagnostics);
    let books = decl::books::read(&world, &items, &mut cx)?;
    let adjustments = decl::adjustments::read(&world, &items, &mut cx.diagnostics);
    let approvals = decl::approvals::read(&world, &items, &mut cx.diagnostics);
    let fulfilments = decl::fulfilment::read(&world, &items, &mut cx.diagnostics);
    let qualifications = decl::terms::qualifications(&world, &items, &mut cx.diagnostics);
    let validities = decl::terms::validities(&world, &items, &mut cx.diagnostics);
    let clauses = decl::terms::clauses(&world, &items, &mut cx.diagnostics);
    let decision_tables = decl::tables::read(&world, &mut cx)?;
    let functions_of_tests = world.found.borrow().functions.len();
    let tests = decl::tests::read(&world, &items, &mut cx)?;
    decl::functions::uncalled(&world, &mut cx.diagnostics);
    work.spend(1)?;

    let broken = cx.diagnostics.iter().any(Diagnostic::is_error);
    let mut charges = world.charges;
    for (charge, prices) in books.prices {
        if let Some(charge) = charges.get_mut(charge) {
            charge.prices.push(prices);
        }
    }
    let replaces = |book: usize| {
        books
            .books
            .get(book)
            .is_some_and(|book| book.replaces.is_some())
    };
    for charge in &mut charges {
        charge
            .prices
            .sort_by_key(|prices| (!replaces(prices.book), prices.book, prices.target));
        // Where a book names it, what is wrong has been said there.
        let named = world.found.borrow().priced.contains(&charge.span);
        if charge.prices.is_empty() && !broken && !named {
            cx.diagnostics.push(unpriced(&world.products, charge));
        }
    }
    for (charge, targets) in adjustments.targets {
        if let Some(charge) = charges.get_mut(charge) {
            charge.adjustments = targets;
        }
    }
    for (charge, floors) in adjustments.floors {
        if let Some(charge) = charges.get_mut(charge) {
            charge.floors = floors;
        }
    }
    let mut products = world.products;
    let mut quote_rules = Vec::new();
    for (index, rule) in rules.iter().enumerate() {
        match rule.product.and_then(|product| products.get_mut(product)) {
            Some(product) if rule.kind == hir::RuleKind::Eligible => {
                product.eligibility.push(index)
            }
            Some(product) => product.constraints.push(index),
            None => quote_rules.push(index),
        }
    }
    let found = world.found.into_inner();
    let charge_record = world.records.len().checked_sub(1).filter(|_| found.charges);
    if charge_record.is_none()
        && world
            .records
            .last()
            .is_some_and(|last| last.name == expr::CHARGE_RECORD)
    {
        world.records.pop();
    }
    let mut diagnostics = cx.diagnostics;
    let facts = ["currency", "date", "term"].map(|name| {
        world
            .facts
            .iter()
            .position(|fact| fact.group == "quote" && fact.name == name)
    });
    let rules = match (header, facts) {
        (Some(header), [Some(fact_currency), Some(fact_date), Some(fact_term)])
            if !diagnostics.iter().any(Diagnostic::is_error) =>
        {
            Some(Rules {
                name: header.name,
                version: header.version,
                edition: header.edition,
                effective: header.effective,
                currencies: world.currencies,
                enums: world.enums,
                units: world.units,
                facts: world.facts,
                fact_currency,
                fact_date,
                fact_term,
                roles: world.roles,
                systems: world.systems,
                categories: world.categories,
                amounts: world.amounts,
                products,
                charges,
                rules,
                quote_rules,
                levels: books.levels,
                books: books.books,
                stages: world.stages,
                adjustments: adjustments.adjustments,
                groups: adjustments.groups,
                approvals,
                fulfilments,
                qualifications,
                validities,
                clauses,
                records: world.records,
                elements: found.elements,
                item_kinds: found.item_kinds,
                charge_record,
                data: world.data,
                functions: found.functions,
                functions_of_tests,
                decision_tables,
                results: world.results,
                tests,
            })
        }
        _ => None,
    };
    if let Some(rules) = &rules {
        diagnostics.extend(check::rules(rules, &items, trees, sources, work)?);
    }
    Diagnostic::sort(&mut diagnostics);
    diagnostics.dedup();
    let rules = rules.filter(|_| !diagnostics.iter().any(Diagnostic::is_error));
    Ok(Checked { rules, diagnostics })
}

/// The items of all files by kind; those that stand in the wrong file are reported.
fn collect(
    sources: &Sources,
    trees: &[(FileId, ast::SourceFile)],
    diagnostics: &mut Vec<Diagnostic>,
) -> Items {
    let mut items = Items::default();
    for (file, tree) in trees {
        let in_tests = sources
            .get(*file)
            .is_some_and(|found| found.path().starts_with("tests/"));
        for item in tree.items() {
            let is_test = matches!(item, ast::Item::Test(_));
            if in_tests && !is_test {
                diagnostics.push(
                    Diagnostic::error(
                        codes::MISPLACED_ITEM,
                        "files below `tests/` hold tests only",
                    )
                    .at(item.span(*file), "this changes what is decided")
                    .note("move it to a file outside `tests/`"),
                );
                continue;
            }
            if is_test && !in_tests {
                diagnostics.push(
                    Diagnostic::error(
                        codes::MISPLACED_ITEM,
                        "a test stands in a file below `tests/`",
                    )
                    .at(item.span(*file), "not here"),
                );
                continue;
            }
            items.add(*file, item);
        }
    }
    items.sort();
    items
}

/// The names of books, adjustments and approval matrices, so that rules may name each other.
fn declare_rules(world: &mut World, items: &Items, diagnostics: &mut Vec<Diagnostic>) {
    let named = |name: Option<ast::Name>, file: FileId| {
        name.map(|name| Named {
            name: name.text(),
            span: name.span(file),
        })
    };
    world.books = world::sort_unique(
        items
            .books
            .iter()
            .filter_map(|item| named(item.node.name(), item.file))
            .collect(),
        "price book",
        diagnostics,
    );
    world.adjustments = world::sort_unique(
        items
            .adjustments
            .iter()
            .filter_map(|item| named(item.node.name(), item.file))
            .collect(),
        "adjustment",
        diagnostics,
    );
    world.approvals = world::sort_unique(
        items
            .approvals
            .iter()
            .filter_map(|item| named(item.node.name(), item.file))
            .collect(),
        "approval matrix",
        diagnostics,
    );
    world.stages = decl::adjustments::stages(items, diagnostics);
}

fn unpriced(products: &[hir::Product], charge: &hir::Charge) -> Diagnostic {
    let product = products
        .get(charge.product)
        .map_or("", |product| product.name.as_str());
    Diagnostic::error(
        codes::UNPRICED_CHARGE,
        format!("no price book has a price for `{product}.{}`", charge.name),
    )
    .at(charge.span, "declared here")
    .note("every charge needs a price, if only 0, in some book")
}
