//! Books that are made of others: what a book has from the one that it extends, and prices that start from another book's.

use std::collections::BTreeMap;
use std::sync::Arc;

use quo_source::{Diagnostic, Span, codes};
use quo_syntax::ast::{self, AstNode};

use super::book_prices::calculated;
use super::{Context, Placed};
use crate::expr::{Reader, Scope, literal};
use crate::hir::{BinaryOp, Book, Expr, ExprKind, PriceTarget, Prices};
use crate::types::{Number, Type, Unit, Value};
use crate::world::{World, find, resolve};

/// More books than this are not made of each other.
const CHAIN_MAX: usize = 32;

/// A book of the text.
type Node = Placed<ast::PriceBook>;

/// Gives books the currencies and the rounding of those they extend, where they state none.
pub fn inherit(books: &mut [Book], nodes: &[&Node], diagnostics: &mut Vec<Diagnostic>) {
    for index in 0..books.len() {
        let Some(node) = nodes.get(index).map(|item| &item.node) else {
            continue;
        };
        let (currency, round) = (node.currency().is_some(), node.round().is_some());
        let mut at = books.get(index).and_then(|book| book.extends);
        let (mut currencies, mut rounding) = (None, None);
        // A cycle is told where prices are taken over.
        for _ in 0..books.len() {
            let Some(base) = at else { break };
            let (Some(book), Some(node)) = (books.get(base), nodes.get(base)) else {
                break;
            };
            if currencies.is_none() && node.node.currency().is_some() {
                currencies = Some(book.currencies.clone());
            }
            if rounding.is_none() && node.node.round().is_some() {
                rounding = Some(book.rounding);
            }
            at = book.extends;
        }
        if let Some(book) = books.get_mut(index).filter(|book| book.extends.is_some()) {
            if let Some(currencies) = currencies.filter(|_| !currency) {
                book.currencies = currencies;
            }
            if let Some(rounding) = rounding.filter(|_| !round) {
                book.rounding = rounding;
            }
        }
    }
    for book in books.iter() {
        if let Some(base) = book.extends.and_then(|base| books.get(base)) {
            diagnostics.extend(currencies_of(book, base, book.span));
        }
    }
}

/// Says so where a book has prices in a currency that the book they are made of has none in.
fn currencies_of(book: &Book, base: &Book, span: Span) -> Option<Diagnostic> {
    let all = book
        .currencies
        .iter()
        .all(|currency| base.currencies.contains(currency));
    (!all).then(|| {
        Diagnostic::error(
            codes::UNKNOWN_CURRENCY,
            format!(
                "`{}` has prices in a currency that `{}` has none in",
                book.name, base.name
            ),
        )
        .at(span, format!("made of the prices of `{}`", base.name))
        .also(base.span, "this book")
        .note("a price in one currency does not become one in another by itself")
    })
}

/// Adds the prices that books have of others to those they state.
pub fn read(
    world: &World,
    books: &[Book],
    nodes: &[&Node],
    found: &mut Vec<(usize, Prices)>,
    cx: &mut Context<'_>,
) {
    let edges = edges(world, books, nodes, found);
    let Some(order) = order(books, &edges, &mut cx.diagnostics) else {
        return;
    };
    for index in order {
        let (Some(book), Some(item)) = (books.get(index), nodes.get(index)) else {
            continue;
        };
        let stated = |found: &[(usize, Prices)], charge: usize| {
            found
                .iter()
                .any(|(of, prices)| *of == charge && prices.book == index)
        };
        let mut made: Vec<(usize, Prices)> = Vec::new();
        for node in item.node.prices_of() {
            for (charge, prices) in of_book(world, books, (index, book), item, &node, found, cx) {
                if stated(found, charge) {
                    continue;
                }
                if made.iter().any(|(of, _)| *of == charge) {
                    let message =
                        format!("`{}` is priced twice in one book", world.charge_id(charge));
                    cx.diagnostics.push(
                        Diagnostic::error(codes::DUPLICATE_PRICES, message)
                            .at(node.span(item.file), "again here"),
                    );
                    continue;
                }
                made.push((charge, prices));
            }
        }
        if let Some(base) = book.extends {
            let taken: Vec<(usize, Prices)> = found
                .iter()
                .filter(|(charge, prices)| {
                    prices.book == base
                        && !stated(found, *charge)
                        && !made.iter().any(|(of, _)| of == charge)
                })
                .map(|(charge, prices)| {
                    let prices = Prices {
                        book: index,
                        ..prices.clone()
                    };
                    (*charge, prices)
                })
                .collect();
            made.extend(taken);
        }
        found.extend(made);
    }
}

/// For each book those that its prices are made of.
fn edges(
    world: &World,
    books: &[Book],
    nodes: &[&Node],
    found: &[(usize, Prices)],
) -> Vec<Vec<usize>> {
    let mut edges: Vec<Vec<usize>> = vec![Vec::new(); books.len()];
    for (index, (book, item)) in books.iter().zip(nodes).enumerate() {
        if let Some(of) = edges.get_mut(index) {
            of.extend(book.extends);
            let named = item.node.prices_of();
            of.extend(named.filter_map(|node| find(&world.books, &node.book()?.text())));
        }
    }
    for (_, prices) in found {
        if let (Some(from), Some(of)) = (prices.from, edges.get_mut(prices.book)) {
            of.push(from);
        }
    }
    for of in &mut edges {
        of.sort_unstable();
        of.dedup();
    }
    edges
}

/// The books, each after those that it is made of; `None` where one is made of itself, which is told.
fn order(
    books: &[Book],
    edges: &[Vec<usize>],
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Vec<usize>> {
    let mut depth: BTreeMap<usize, usize> = BTreeMap::new();
    let mut order = Vec::with_capacity(books.len());
    while order.len() < books.len() {
        let before = order.len();
        for (index, of) in edges.iter().enumerate() {
            if depth.contains_key(&index) {
                continue;
            }
            let depths: Option<Vec<usize>> =
                of.iter().map(|base| depth.get(base).copied()).collect();
            let Some(depths) = depths else { continue };
            let own = depths
                .into_iter()
                .max()
                .map_or(0, |most| most.saturating_add(1));
            depth.insert(index, own);
            order.push(index);
            if let Some(book) = books.get(index).filter(|_| own == CHAIN_MAX) {
                let message = format!(
                    "`{}` is made of more than {CHAIN_MAX} books in a row",
                    book.name
                );
                diagnostics.push(
                    Diagnostic::error(codes::LONG_CHAIN, message).at(book.span, "the last of them"),
                );
            }
        }
        if order.len() == before {
            diagnostics.extend(cycle(books, edges, &depth));
            return None;
        }
    }
    Some(order)
}

/// A book that is made of itself, with those on the way.
fn cycle(
    books: &[Book],
    edges: &[Vec<usize>],
    done: &BTreeMap<usize, usize>,
) -> Option<Diagnostic> {
    let open = |index: &usize| !done.contains_key(index);
    let next = |index: usize| edges.get(index)?.iter().copied().find(open);
    let mut path: Vec<usize> = vec![(0..books.len()).find(open)?];
    loop {
        let last = next(*path.last()?)?;
        if let Some(start) = path.iter().position(|index| *index == last) {
            path.drain(..start);
            break;
        }
        path.push(last);
    }
    let names: Vec<String> = path
        .iter()
        .chain(path.first())
        .filter_map(|index| Some(format!("`{}`", books.get(*index)?.name)))
        .collect();
    let first = books.get(*path.first()?)?;
    let message = format!("the prices of `{}` are made of themselves", first.name);
    let mut found = Diagnostic::error(codes::CYCLE, message)
        .at(first.span, "this book")
        .note(format!("on the way: {}", names.join(", then ")));
    for index in path.iter().skip(1) {
        let book = books.get(*index)?;
        found = found.also(book.span, "of this one");
    }
    Some(found)
}

/// `prices of B of category C less 30%`: prices of every charge that the other book has prices of.
fn of_book(
    world: &World,
    books: &[Book],
    (index, book): (usize, &Book),
    item: &Node,
    node: &ast::PricesOf,
    found: &[(usize, Prices)],
    cx: &mut Context<'_>,
) -> Vec<(usize, Prices)> {
    let (file, diagnostics) = (item.file, &mut cx.diagnostics);
    let span = node.span(file);
    let Some(name) = node.book() else {
        return Vec::new();
    };
    let base = resolve(world, &world.books, "price book", &name, file, diagnostics);
    let Some((base, of)) = base.and_then(|base| Some((base, books.get(base)?))) else {
        return Vec::new();
    };
    diagnostics.extend(currencies_of(book, of, span));
    let category = match node.category() {
        None => None,
        Some(name) => {
            match resolve(
                world,
                &world.categories,
                "category",
                &name,
                file,
                diagnostics,
            ) {
                Some(category) => Some(category),
                None => return Vec::new(),
            }
        }
    };
    let Some(share) = share(world, item, node, diagnostics) else {
        return Vec::new();
    };
    let mut charges: Vec<usize> = found
        .iter()
        .filter(|(_, prices)| prices.book == base)
        .map(|(charge, _)| *charge)
        .filter(|charge| {
            let product = world.charges.get(*charge).map(|charge| charge.product);
            let product = product.and_then(|product| world.products.get(product));
            category.is_none() || product.is_some_and(|product| product.category == category)
        })
        .collect();
    charges.sort_unstable();
    charges.dedup();
    if charges.is_empty() {
        let message = format!(
            "the price book `{}` has no prices that could be taken over here",
            of.name
        );
        diagnostics.push(
            Diagnostic::error(codes::NOTHING_CHOSEN, message).at(span, "nothing is priced here"),
        );
    }
    let text: Vec<String> = node
        .source()
        .split_whitespace()
        .skip(2)
        .map(str::to_owned)
        .collect();
    let made = |charge: usize| {
        let id = format!("{}/{}", book.name, world.charge_id(charge));
        let amount = taken_times(world, &share, span);
        let rows = calculated(id, text.join(" "), span, amount);
        let prices = Prices {
            book: index,
            target: PriceTarget::Charge,
            from: Some(base),
            rows: Arc::new(rows),
        };
        (charge, prices)
    };
    charges.into_iter().map(made).collect()
}

/// The share of the other book's price: 1 where nothing is taken off or put on.
fn share(
    world: &World,
    item: &Node,
    node: &ast::PricesOf,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<(i128, u8)> {
    let Some(percent) = node.percent() else {
        return Some((1, 0));
    };
    let value = match &percent {
        ast::Expr::Literal(literal) => literal::literal(literal, item.file, diagnostics),
        other => {
            let mut reader = Reader::new(world, Scope::default(), item.file, diagnostics);
            let read = reader.read(other, None);
            match (read.kind, read.ty) {
                (ExprKind::Const(value), ty) => Some((value, ty)),
                (_, Type::Unknown) => return None,
                _ => None,
            }
        }
    };
    if let Some((Value::Number(mantissa), Type::Number(number))) = value
        && number.unit == Unit::Percent
    {
        let whole = quo_value::pow10_i128(number.scale)?;
        let share = if node.is_less() {
            whole.checked_sub(mantissa)
        } else {
            whole.checked_add(mantissa)
        };
        let share = share.filter(|share| mantissa >= 0 && *share >= 0);
        if let Some(share) = share {
            return Some((share, number.scale));
        }
    }
    diagnostics.push(
        Diagnostic::error(codes::BAD_PRICE, "a percentage from 0% is expected, and to take off at most 100%")
            .at(percent.span(item.file), "not such a percentage")
            .note("write `less 30%` or `plus 8%`; anything else is written for the charge: `price P.c = list …`"),
    );
    None
}

/// The price of the other book times a share.
fn taken_times(world: &World, (share, scale): &(i128, u8), span: Span) -> Expr {
    let money = |scale: u8| {
        Type::Number(Number {
            unit: Unit::Money,
            scale,
            min: -Number::MONEY_LIMIT,
            max: Number::MONEY_LIMIT,
        })
    };
    let list = Expr {
        kind: ExprKind::List,
        ty: money(world.money_scale()),
        optional: false,
        span,
    };
    if *scale == 0 {
        return list;
    }
    let share = Expr {
        kind: ExprKind::Const(Value::Number(*share)),
        ty: Type::Number(Number {
            unit: Unit::Percent,
            scale: *scale,
            min: *share,
            max: *share,
        }),
        optional: false,
        span,
    };
    Expr {
        kind: ExprKind::Binary(BinaryOp::Mul, Box::new(list), Box::new(share)),
        ty: money(world.money_scale().saturating_add(*scale)),
        optional: false,
        span,
    }
}
