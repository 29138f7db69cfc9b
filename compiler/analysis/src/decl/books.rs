//! Price books and the prices in them.

use std::collections::BTreeMap;

use quo_source::{Diagnostic, FileId, Span, Stopped, codes};
use quo_syntax::ast::{self, AstNode};
use quo_value::Rounding;

use super::{Context, Items, Placed, header, products};
use crate::expr::{Reader, Scope};
use crate::hir::{Book, Prices};
use crate::table::{csv, prices};
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
        found.books.push(book);
        read_prices(world, item, index, &mut found.prices, cx)?;
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
                let names: Vec<&str> = world
                    .currencies
                    .iter()
                    .map(|currency| currency.code())
                    .collect();
                cx.diagnostics.push(crate::world::unknown_name(
                    "currency sold in called",
                    &code.text(),
                    code.span(file),
                    names.into_iter(),
                ));
            }
        }
    }
    currencies.sort_unstable();
    currencies.dedup();
    if node.currency().is_none() {
        missing(&name.text(), span, "currency", "currency EUR", cx);
    }
    let rounding = node
        .round()
        .and_then(|clause| clause.mode())
        .map(crate::expr::mode);
    if rounding.is_none() && node.round().is_none() {
        missing(
            &name.text(),
            span,
            "round",
            "round half even to currency",
            cx,
        );
    }
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
        replaces: node
            .replaces()
            .and_then(|name| resolve(&world.books, "price book", &name, file, &mut cx.diagnostics)),
        rounding: rounding.unwrap_or(Rounding::HalfEven),
    }
}

fn missing(book: &str, span: Span, clause: &str, example: &str, cx: &mut Context<'_>) {
    cx.diagnostics.push(
        Diagnostic::error(
            codes::BOOK_CLAUSE,
            format!("the price book `{book}` does not say `{clause} …`"),
        )
        .at(span, "in this book")
        .note(format!(
            "such as `{example}`; neither the currency nor the rounding of a price is ever implied"
        )),
    );
}

fn read_prices(
    world: &World,
    item: &Placed<ast::PriceBook>,
    book: usize,
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
    many(world, item, (book, name), &mut placed, found, cx)
}

/// `prices from "…"` with the models of the charges in those files.
fn many(
    world: &World,
    item: &Placed<ast::PriceBook>,
    book: (usize, &str),
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
        if let Some(option) = tier_option(world, charge, &by, file, cx) {
            models.insert(charge, option);
        }
    }
    for clause in node.prices_from() {
        let Some(path) = clause.file() else { continue };
        let Some(imported) = imported(&path, file, cx)? else {
            continue;
        };
        for (charge, rows) in prices::by_charge(world, &imported, &mut cx.diagnostics) {
            if !first(world, charge, path.span(file), placed, cx) {
                continue;
            }
            let priced = prices::Priced {
                book,
                charge,
                graduated: models.get(&charge).copied(),
                file,
                span: path.span(file),
            };
            found.extend(
                prices::of_many(world, priced, &imported, &rows, cx)?
                    .map(|prices| (charge, prices)),
            );
        }
    }
    for (charge, (_, span)) in models {
        if !placed.contains_key(&charge) {
            cx.diagnostics.push(
                Diagnostic::warning(
                    codes::NOTHING_CHOSEN,
                    format!(
                        "no file of this book has prices for `{}`",
                        world.charge_id(charge)
                    ),
                )
                .at(span, "this model is not used"),
            );
        }
    }
    Ok(())
}

fn imported(
    path: &ast::Title,
    file: FileId,
    cx: &mut Context<'_>,
) -> Result<Option<csv::Imported>, Stopped> {
    let Some(text) = path.text() else {
        return Ok(None);
    };
    csv::read(
        cx.sources,
        &text,
        path.span(file),
        cx.work,
        &mut cx.diagnostics,
    )
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
        if replaced.replaces.is_some() {
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
