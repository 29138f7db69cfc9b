//! Price books and the prices in them.

use std::collections::BTreeMap;

use quo_source::{Diagnostic, FileId, Span, Stopped, codes};
use quo_syntax::ast::{self, AstNode};
use quo_value::Rounding;

use super::{Context, Items, Placed, header, products};
use crate::expr::{Reader, Scope};
use crate::hir::{Book, Prices};
use crate::table::{file, prices};
use crate::world::{World, find, resolve};

/// The price books, sorted by name, and the prices of each charge.
pub struct Books {
    /// The books.
    pub books: Vec<Book>,
    /// Prices by charge.
    pub prices: Vec<(usize, Prices)>,
}

/// Reads the books.
///
/// # Errors
/// When the work budget is used up or the work is cancelled.
pub fn read(world: &World, items: &Items, cx: &mut Context<'_>) -> Result<Books, Stopped> {
    let mut found = Books {
        books: Vec::new(),
        prices: Vec::new(),
    };
    let mut nodes: Vec<&Placed<ast::PriceBook>> = items.books.iter().collect();
    nodes.sort_by_key(|item| {
        item.node
            .name()
            .and_then(|name| find(&world.books, &name.text()))
    });
    for item in nodes {
        let Some(name) = item.node.name() else {
            continue;
        };
        let Some(index) = find(&world.books, &name.text()) else {
            continue;
        };
        if world.books.get(index).map(|book| book.span) != Some(name.span(item.file)) {
            continue;
        }
        let book = book(world, item, &name, cx);
        let currencies = book.currencies.clone();
        found.books.push(book);
        read_prices(world, item, (index, &currencies), &mut found.prices, cx)?;
    }
    check_replaced(&found.books, &mut cx.diagnostics);
    Ok(found)
}

fn book(
    world: &World,
    item: &Placed<ast::PriceBook>,
    name: &ast::Name,
    cx: &mut Context<'_>,
) -> Book {
    let (node, file) = (&item.node, item.file);
    let span = name.span(file);
    let mut currencies: Vec<usize> = Vec::new();
    for code in node
        .currency()
        .into_iter()
        .flat_map(|clause| clause.names())
    {
        match world
            .currencies
            .iter()
            .position(|currency| currency.code() == code.text())
        {
            Some(currency) => currencies.push(currency),
            None => {
                cx.diagnostics
                    .extend(crate::world::not_sold(world, &code.text(), code.span(file)))
            }
        }
    }
    currencies.sort_unstable();
    currencies.dedup();
    let rounding = node
        .round()
        .and_then(|clause| clause.mode())
        .map(crate::expr::mode);
    let clauses = [
        ("currency", "currency EUR", node.currency().is_some()),
        (
            "round",
            "round half even to currency",
            node.round().is_some(),
        ),
    ];
    let missing = super::missing_clauses(node, &name.text(), span, codes::BOOK_CLAUSE, &clauses);
    cx.diagnostics.extend(missing.map(|found| {
        found.note("neither the currency nor the rounding of a price is ever implied")
    }));
    let when = node
        .when()
        .and_then(|when| when.condition())
        .map(|condition| {
            Reader::new(world, Scope::default(), file, &mut cx.diagnostics).condition(&condition)
        });
    Book {
        name: name.text(),
        title: node
            .title()
            .and_then(|title| title.text())
            .unwrap_or_else(|| name.text()),
        span,
        currencies,
        effective: node
            .effective()
            .and_then(|clause| clause.window())
            .map(|window| header::window(&window, file, &mut cx.diagnostics))
            .unwrap_or_default(),
        when,
        replaces: node.replaces().and_then(|name| {
            resolve(
                world,
                &world.books,
                "price book",
                &name,
                file,
                &mut cx.diagnostics,
            )
        }),
        rounding: rounding.unwrap_or(Rounding::HalfEven),
    }
}

fn read_prices(
    world: &World,
    item: &Placed<ast::PriceBook>,
    (book, currencies): (usize, &[usize]),
    found: &mut Vec<(usize, Prices)>,
    cx: &mut Context<'_>,
) -> Result<(), Stopped> {
    let (node, file) = (&item.node, item.file);
    let name = world.books.get(book).map_or("", |book| book.name.as_str());
    let mut placed: BTreeMap<usize, Span> = BTreeMap::new();
    for price in node.prices() {
        let Some(path) = price.charge() else { continue };
        let Some(charge) = products::charge_named(world, &path, file, &mut cx.diagnostics) else {
            continue;
        };
        let named = world.charges.get(charge).map(|charge| charge.span);
        world.found.borrow_mut().priced.extend(named);
        if !first(world, charge, path.span(file), &mut placed, cx) {
            continue;
        }
        let graduated = match price.graduated_by() {
            Some(by) => match tier_option(world, charge, &by, file, cx) {
                Some(option) => Some(option),
                None => continue,
            },
            None => None,
        };
        let priced = prices::Priced {
            book: (book, name),
            charge,
            graduated,
            file,
            span: path.span(file),
            currencies,
        };
        let read = match (price.table(), price.file()) {
            (Some(table), _) => prices::inline(world, priced, &table, cx)?,
            (None, Some(path)) => match imported(&path, file, cx)? {
                Some(imported) => prices::file(world, priced, &imported, cx)?,
                None => None,
            },
            (None, None) => None,
        };
        found.extend(read.map(|prices| (charge, prices)));
    }
    many(
        world,
        item,
        (book, name, currencies),
        &mut placed,
        found,
        cx,
    )
}

/// `prices from "…"` with the models of the charges in those files.
fn many(
    world: &World,
    item: &Placed<ast::PriceBook>,
    (book, name, currencies): (usize, &str, &[usize]),
    placed: &mut BTreeMap<usize, Span>,
    found: &mut Vec<(usize, Prices)>,
    cx: &mut Context<'_>,
) -> Result<(), Stopped> {
    let (node, file) = (&item.node, item.file);
    let mut models: BTreeMap<usize, (usize, Span)> = BTreeMap::new();
    for graduated in node.graduated() {
        let (Some(path), Some(by)) = (graduated.charge(), graduated.by()) else {
            continue;
        };
        let Some(charge) = products::charge_named(world, &path, file, &mut cx.diagnostics) else {
            continue;
        };
        let Some(option) = tier_option(world, charge, &by, file, cx) else {
            continue;
        };
        if let Some((_, before)) = models.get(&charge) {
            cx.diagnostics.push(
                Diagnostic::error(
                    codes::DUPLICATE_PRICES,
                    format!(
                        "the tiers of `{}` are stated twice in one book",
                        world.charge_id(charge)
                    ),
                )
                .at(path.span(file), "again here")
                .also(*before, "first here"),
            );
            continue;
        }
        models.insert(charge, option);
    }
    let mut in_files: Vec<usize> = Vec::new();
    for clause in node.prices_from() {
        let Some(path) = clause.file() else { continue };
        let Some(imported) = imported(&path, file, cx)? else {
            continue;
        };
        for (charge, rows) in prices::by_charge(world, &imported, &mut cx.diagnostics) {
            in_files.push(charge);
            if !first(world, charge, path.span(file), placed, cx) {
                continue;
            }
            let priced = prices::Priced {
                book: (book, name),
                charge,
                graduated: models.get(&charge).copied(),
                file,
                span: path.span(file),
                currencies,
            };
            found.extend(
                prices::of_many(world, priced, &imported, &rows, cx)?
                    .map(|prices| (charge, prices)),
            );
        }
    }
    for (charge, (_, span)) in models {
        if !in_files.contains(&charge) {
            let charge = world.charge_id(charge);
            let message = format!("no `prices from …` of this book has prices for `{charge}`");
            cx.diagnostics.push(
                Diagnostic::error(codes::NOTHING_CHOSEN, message)
                    .at(span, "these tiers are not used")
                    .note(format!(
                        "of a table of its own it is said there: `price {charge}, graduated by …`"
                    )),
            );
        }
    }
    Ok(())
}

fn imported(
    named: &ast::TableFile,
    at: FileId,
    cx: &mut Context<'_>,
) -> Result<Option<file::Rows>, Stopped> {
    file::read_named(named, at, cx.sources, cx.work, &mut cx.diagnostics)
}

/// Whether a charge is priced for the first time in this book.
fn first(
    world: &World,
    charge: usize,
    span: Span,
    placed: &mut BTreeMap<usize, Span>,
    cx: &mut Context<'_>,
) -> bool {
    if let Some(before) = placed.get(&charge) {
        cx.diagnostics.push(
            Diagnostic::error(
                codes::DUPLICATE_PRICES,
                format!("`{}` is priced twice in one book", world.charge_id(charge)),
            )
            .at(span, "again here")
            .also(*before, "first here"),
        );
        return false;
    }
    placed.insert(charge, span);
    true
}

fn tier_option(
    world: &World,
    charge: usize,
    by: &ast::NameRef,
    file: FileId,
    cx: &mut Context<'_>,
) -> Option<(usize, Span)> {
    let product = world
        .charges
        .get(charge)
        .and_then(|charge| world.products.get(charge.product))?;
    let name = by.text();
    let found = product
        .options
        .iter()
        .position(|option| option.name == name);
    if found.is_none() {
        let what = format!("option of `{}` called", product.name);
        cx.diagnostics.push(crate::world::unknown_name(
            &what,
            &name,
            by.span(file),
            product.options.iter().map(|option| option.name.as_str()),
        ));
    }
    found.map(|option| (option, by.span(file)))
}

/// A book that replaces another must replace a list book: a chain would leave open which price is the list price.
fn check_replaced(books: &[Book], diagnostics: &mut Vec<Diagnostic>) {
    for book in books {
        let Some(replaced) = book.replaces.and_then(|index| books.get(index)) else {
            continue;
        };
        if book.name == replaced.name {
            diagnostics.push(
                Diagnostic::error(codes::CYCLE, format!("`{}` replaces itself", book.name))
                    .at(book.span, "this book")
                    .note("a contract book replaces a list book"),
            );
        } else if replaced.replaces.is_some() {
            diagnostics.push(
                Diagnostic::error(
                    codes::CYCLE,
                    format!(
                        "`{}` replaces `{}`, which itself replaces a book",
                        book.name, replaced.name
                    ),
                )
                .at(book.span, "this book")
                .also(replaced.span, "replaces another")
                .note("a contract book replaces a list book, so that there is one list price"),
            );
        }
    }
}
