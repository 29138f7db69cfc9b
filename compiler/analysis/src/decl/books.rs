//! Price books: when they apply, their levels, and which books are made of which.

use quo_source::{Diagnostic, FileId, Stopped, codes};
use quo_syntax::ast::{self, AstNode};
use quo_value::Rounding;

use super::{Context, Items, Placed, book_prices, derived, header};
use crate::expr::{Reader, Scope};
use crate::hir::{Book, Named, Prices};
use crate::world::{World, find, resolve};

/// The price books, sorted by name, and the prices of each charge.
pub struct Books {
    /// The levels, the one that is asked first first.
    pub levels: Vec<String>,
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
    let levels = levels(items, &mut cx.diagnostics);
    let mut nodes: Vec<&Placed<ast::PriceBook>> = items.books.iter().collect();
    nodes.sort_by_key(|item| {
        item.node
            .name()
            .and_then(|name| find(&world.books, &name.text()))
    });
    let mut books: Vec<Book> = Vec::new();
    let mut kept: Vec<&Placed<ast::PriceBook>> = Vec::new();
    for item in nodes {
        let Some(name) = item.node.name() else {
            continue;
        };
        let index = find(&world.books, &name.text());
        let span = index.and_then(|index| world.books.get(index));
        if span.map(|book| book.span) != Some(name.span(item.file)) {
            continue;
        }
        books.push(book(world, item, &name, &levels, cx));
        kept.push(item);
    }
    derived::inherit(&mut books, &kept, &mut cx.diagnostics);
    check_replaced(&books, &mut cx.diagnostics);
    let mut prices = Vec::new();
    for (index, item) in kept.iter().enumerate() {
        if let Some(book) = books.get(index) {
            book_prices::read(world, item, (index, book), &mut prices, cx)?;
        }
    }
    derived::read(world, &books, &kept, &mut prices, cx);
    Ok(Books {
        levels: levels.into_iter().map(|level| level.name).collect(),
        books,
        prices,
    })
}

/// The levels of `choose price by …`.
fn levels(items: &Items, diagnostics: &mut Vec<Diagnostic>) -> Vec<Named> {
    let mut levels: Vec<Named> = Vec::new();
    let mut stated: Option<quo_source::Span> = None;
    for item in &items.choices {
        let span = item.node.span(item.file);
        if let Some(before) = stated {
            diagnostics.push(
                Diagnostic::error(
                    codes::DUPLICATE_NAME,
                    "the levels of price books are stated twice",
                )
                .at(span, "again here")
                .also(before, "first here"),
            );
            continue;
        }
        stated = Some(span);
        for name in item.node.levels() {
            let level = Named {
                name: name.text(),
                span: name.span(item.file),
            };
            match levels.iter().find(|known| known.name == level.name) {
                Some(before) => diagnostics.push(super::products::twice(
                    "level",
                    &level.name,
                    level.span,
                    before.span,
                )),
                None => levels.push(level),
            }
        }
    }
    levels
}

fn book(
    world: &World,
    item: &Placed<ast::PriceBook>,
    name: &ast::Name,
    levels: &[Named],
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
    let inherits = node.extends().is_some();
    let first = levels.first().map(|level| format!("level {}", level.name));
    let level = first.unwrap_or_default();
    let clauses = [
        (
            "currency",
            "currency EUR",
            inherits || node.currency().is_some(),
        ),
        (
            "round",
            "round half even to currency",
            inherits || node.round().is_some(),
        ),
        (
            "level",
            level.as_str(),
            levels.is_empty() || node.level().is_some(),
        ),
    ];
    let missing = super::missing_clauses(node, &name.text(), span, codes::BOOK_CLAUSE, &clauses);
    cx.diagnostics.extend(missing.map(|found| {
        found.note("neither the currency nor the rounding of a price is ever implied, nor its level where `choose price by` has some")
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
        level: level_of(node, file, levels, &mut cx.diagnostics),
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
        extends: node
            .extends()
            .and_then(|clause| clause.book())
            .and_then(|name| {
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

/// The level of a book.
fn level_of(
    node: &ast::PriceBook,
    file: FileId,
    levels: &[Named],
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<usize> {
    let name = node.level()?.level()?;
    let found = find(levels, &name.text());
    if found.is_none() {
        let unknown = crate::world::unknown_name(
            "level",
            &name.text(),
            name.span(file),
            levels.iter().map(|level| level.name.as_str()),
        );
        diagnostics.push(unknown.note("levels are declared by `choose price by Customer, List`"));
    }
    found
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
