//! What a price book states: prices of a charge, of charges of many products, calculations, and files of many charges.

use std::collections::BTreeMap;
use std::sync::Arc;

use quo_source::{Diagnostic, FileId, Span, Stopped, codes};
use quo_syntax::ast::{self, AstNode};

use super::adjustments::told_once;
use super::{Context, Placed, products};
use crate::expr::{Reader, Scope, fit};
use crate::hir::{Book, Expr, ExprKind, PriceModel, PriceRows, PriceTarget, Prices, Row, Table};
use crate::table::file;
use crate::table::prices::{self, Clauses};
use crate::types::{Number, Type, Unit};
use crate::world::{World, resolve};

/// What is priced already in a book, and where.
type Placement = BTreeMap<(usize, PriceTarget), Span>;

/// A book being read.
#[derive(Clone, Copy)]
struct InBook<'a> {
    index: usize,
    book: &'a Book,
    file: FileId,
}

/// Reads the prices that a book states itself.
///
/// # Errors
/// When the work budget is used up or the work is cancelled.
pub fn read(
    world: &World,
    item: &Placed<ast::PriceBook>,
    (index, book): (usize, &Book),
    found: &mut Vec<(usize, Prices)>,
    cx: &mut Context<'_>,
) -> Result<(), Stopped> {
    let here = InBook {
        index,
        book,
        file: item.file,
    };
    let mut placed = Placement::new();
    for price in item.node.prices() {
        let Some((target, charges)) = targets(world, &price, here, cx) else {
            continue;
        };
        let named = charges
            .iter()
            .filter_map(|charge| world.charges.get(*charge));
        let named = named.map(|charge| charge.span);
        world.found.borrow_mut().priced.extend(named);
        let mut told = std::mem::take(&mut cx.diagnostics);
        for charge in charges {
            let read = statement(world, &price, here, (charge, target), &mut placed, cx);
            // A mistake of prices of many charges is told once.
            told_once(&mut told, std::mem::take(&mut cx.diagnostics));
            if read.is_err() {
                cx.diagnostics = told;
                return read.map(|_| ());
            }
            found.extend(read?.map(|prices| (charge, prices)));
        }
        cx.diagnostics = told;
    }
    many(world, item, here, &mut placed, found, cx)
}

/// The charges that a statement prices.
fn targets(
    world: &World,
    price: &ast::Price,
    here: InBook<'_>,
    cx: &mut Context<'_>,
) -> Option<(PriceTarget, Vec<usize>)> {
    let path = price.charge()?;
    let Some(target) = price.target() else {
        let charge = products::charge_named(world, &path, here.file, &mut cx.diagnostics)?;
        return Some((PriceTarget::Charge, vec![charge]));
    };
    let category = match target.category() {
        None => None,
        Some(name) => Some(resolve(
            world,
            &world.categories,
            "category",
            &name,
            here.file,
            &mut cx.diagnostics,
        )?),
    };
    let name = path.text();
    let meant = |charge: &crate::hir::Charge| {
        let product = world.products.get(charge.product);
        let of = product.and_then(|product| product.category);
        charge.name == name && (category.is_none() || of == category)
    };
    let charges: Vec<usize> = (0..world.charges.len())
        .filter(|index| world.charges.get(*index).is_some_and(meant))
        .collect();
    if charges.is_empty() {
        let names = world.charges.iter().map(|charge| charge.name.as_str());
        cx.diagnostics.push(crate::world::unknown_name(
            "charge of these products called",
            &name,
            path.span(here.file),
            names,
        ));
        return None;
    }
    let target = if category.is_some() {
        PriceTarget::Category
    } else {
        PriceTarget::All
    };
    Some((target, charges))
}

/// One charge of a statement.
fn statement(
    world: &World,
    price: &ast::Price,
    here: InBook<'_>,
    (charge, target): (usize, PriceTarget),
    placed: &mut Placement,
    cx: &mut Context<'_>,
) -> Result<Option<Prices>, Stopped> {
    let Some(path) = price.charge() else {
        return Ok(None);
    };
    let span = path.span(here.file);
    if !first(world, (charge, target), span, placed, cx) {
        return Ok(None);
    }
    let Some(clauses) = clauses(world, price, here, charge, cx) else {
        return Ok(None);
    };
    let priced = prices::Priced {
        book: (here.index, here.book.name.as_str()),
        charge,
        clauses: &clauses,
        file: here.file,
        span,
        currencies: &here.book.currencies,
    };
    let rows = match (price.formula(), price.table(), price.file()) {
        (Some(node), ..) => formula(world, &node, here, charge, &clauses, cx),
        (_, Some(table), _) => prices::inline(world, priced, &table, cx)?,
        (_, None, Some(path)) => match imported(&path, here.file, cx)? {
            Some(imported) => prices::file(world, priced, &imported, cx)?,
            None => None,
        },
        (_, None, None) => None,
    };
    Ok(rows.map(|rows| Prices {
        book: here.index,
        target,
        from: start(here.book).filter(|_| rows.formula.as_ref().is_some_and(names_list)),
        rows: Arc::new(rows),
    }))
}

/// Whether a calculation starts from a list price.
fn names_list(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::List) || expr.children().into_iter().any(names_list)
}

/// The book whose price is `list` in the calculations of a book.
fn start(book: &Book) -> Option<usize> {
    book.extends.or(book.replaces)
}

/// A reader of what stands beside the prices of a charge.
fn reader<'a>(
    world: &'a World,
    here: InBook<'_>,
    charge: usize,
    lets: &'a [(String, Expr)],
    diagnostics: &'a mut Vec<Diagnostic>,
) -> Reader<'a> {
    let scope = Scope {
        product: world.charges.get(charge).map(|charge| charge.product),
        direct: true,
        charge: start(here.book).is_some(),
        ..Scope::default()
    };
    let mut reader = Reader::new(world, scope, here.file, diagnostics);
    reader.checked = true;
    reader.lets = lets;
    // An amount in the only currency of the book is one in the currency of the quote.
    reader.currency = match here.book.currencies.as_slice() {
        [only] => world.currencies.get(*only).copied(),
        _ => None,
    };
    reader
}

/// What the charge counts, by the name `quantity`, where the product has no option of that name.
fn quantity(world: &World, charge: usize) -> Vec<(String, Expr)> {
    let Some(found) = world.charges.get(charge) else {
        return Vec::new();
    };
    let product = world.products.get(found.product);
    let mut options = product.iter().flat_map(|product| &product.options);
    let hidden = options.any(|option| option.name == "quantity");
    let of = found.quantity.of.clone().filter(|_| !hidden);
    of.map(|of| ("quantity".to_owned(), of))
        .into_iter()
        .collect()
}

/// The models and bounds of a statement; `None` where one is wrong.
fn clauses(
    world: &World,
    price: &ast::Price,
    here: InBook<'_>,
    charge: usize,
    cx: &mut Context<'_>,
) -> Option<Clauses> {
    let mut clauses = Clauses::default();
    let mut twice: Vec<Span> = Vec::new();
    for model in price.models() {
        let by = model.by().map(|by| (by.text(), by.span(here.file)));
        let before = match model.kind()? {
            ast::ModelKind::Graduated => clauses.graduated.replace(by?).is_some(),
            ast::ModelKind::Volume => clauses.volume.replace(by?).is_some(),
            ast::ModelKind::Flat => std::mem::replace(&mut clauses.flat, true),
            ast::ModelKind::PackagesStarted => clauses.packages.replace(true).is_some(),
            ast::ModelKind::PackagesWhole => clauses.packages.replace(false).is_some(),
        };
        twice.extend(before.then(|| model.span(here.file)));
    }
    let lets = quantity(world, charge);
    for bound in price.bounds() {
        let node = bound.value()?;
        let before = match bound.kind()? {
            ast::BoundKind::AtLeast => {
                let least = money(world, &node, here, charge, &lets, cx)?;
                clauses.least.replace(least).is_some()
            }
            ast::BoundKind::AtMost => {
                let most = money(world, &node, here, charge, &lets, cx)?;
                clauses.most.replace(most).is_some()
            }
            ast::BoundKind::Included => {
                let units = included(world, &node, here, charge, cx)?;
                clauses.included.replace(units).is_some()
            }
        };
        twice.extend(before.then(|| bound.span(here.file)));
    }
    let any = twice.first().copied();
    cx.diagnostics.extend(any.map(|span| {
        Diagnostic::error(codes::DUPLICATE_CLAUSE, "this is said twice of one price")
            .at(span, "again here")
    }));
    any.is_none().then_some(clauses)
}

/// An amount: of a bound, or of a calculation.
fn money(
    world: &World,
    node: &ast::Expr,
    here: InBook<'_>,
    charge: usize,
    lets: &[(String, Expr)],
    cx: &mut Context<'_>,
) -> Option<Expr> {
    let wanted = Type::Number(Number {
        unit: Unit::Money,
        scale: world.money_scale(),
        min: -Number::MONEY_LIMIT,
        max: Number::MONEY_LIMIT,
    });
    let mut reader = reader(world, here, charge, lets, &mut cx.diagnostics);
    let found = fit::adapted(reader.read(node, Some(wanted)), wanted);
    if !reader.ops().present(&found, "a price") {
        return None;
    }
    match found.ty {
        Type::Number(Number {
            unit: Unit::Money, ..
        }) => Some(found),
        Type::Unknown => None,
        other => {
            let shown = world.show().ty(other);
            let message = format!("an amount of money is expected, and this is {shown}");
            let problem = Diagnostic::error(codes::TYPE_MISMATCH, message);
            let problem = problem.at(found.span, "no amount in the currency of the quote");
            cx.diagnostics.push(problem.note(
                "amounts of several currencies are named once: `amount minimum = 100 EUR, 110 USD`; `money(…)` makes an amount of a number",
            ));
            None
        }
    }
}

/// How many units are free.
fn included(
    world: &World,
    node: &ast::Expr,
    here: InBook<'_>,
    charge: usize,
    cx: &mut Context<'_>,
) -> Option<Expr> {
    let counted = world.charges.get(charge)?.quantity.number();
    let mut reader = reader(world, here, charge, &[], &mut cx.diagnostics);
    reader.scope.charge = false;
    let found = reader.read(node, counted.map(Type::Number));
    if !reader.ops().present(&found, "what is included") {
        return None;
    }
    let decimals = counted.map_or(0, |counted| counted.scale);
    let message = match found.ty {
        Type::Unknown => return None,
        Type::Number(Number {
            unit: Unit::Int | Unit::Decimal,
            scale,
            ..
        }) if counted.is_some_and(|counted| counted.unit != Unit::Money) => {
            if scale <= decimals {
                return Some(found);
            }
            let problem = fit::too_many_decimals(found.span, decimals);
            cx.diagnostics
                .push(problem.note("as many as what is counted"));
            return None;
        }
        _ => "what is included is a number of what the charge counts",
    };
    cx.diagnostics
        .push(Diagnostic::error(codes::TYPE_MISMATCH, message).at(found.span, "not such a number"));
    None
}

/// `= …`: one row that always holds, with an amount that is worked out.
fn formula(
    world: &World,
    node: &ast::PriceFormula,
    here: InBook<'_>,
    charge: usize,
    clauses: &Clauses,
    cx: &mut Context<'_>,
) -> Option<PriceRows> {
    let value = node.value()?;
    let span = value.span(here.file);
    let modelled = clauses.graduated.is_some()
        || clauses.volume.is_some()
        || clauses.flat
        || clauses.packages.is_some()
        || clauses.included.is_some();
    if modelled {
        cx.diagnostics.push(
            Diagnostic::error(
                codes::BAD_HEADER,
                "a calculation is the amount of the charge, and has no model",
            )
            .at(span, "worked out here")
            .note("`quantity` is what the charge counts; bounds may be said of a calculation"),
        );
        return None;
    }
    let lets = quantity(world, charge);
    let amount = money(world, &value, here, charge, &lets, cx)?;
    let id = format!("{}/{}", here.book.name, world.charge_id(charge));
    let text: Vec<String> = value
        .source()
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    let mut rows = calculated(id, text.join(" "), span, amount);
    rows.least.clone_from(&clauses.least);
    rows.most.clone_from(&clauses.most);
    Some(rows)
}

/// A calculation as one row that always holds.
pub fn calculated(id: String, key: String, span: Span, amount: Expr) -> PriceRows {
    PriceRows {
        table: Table {
            id,
            columns: Vec::new(),
            rows: vec![Row {
                key,
                span,
                cells: Vec::new(),
            }],
        },
        model: PriceModel::default(),
        columns: Vec::new(),
        formula: Some(amount),
        included: None,
        least: None,
        most: None,
    }
}

/// `prices from "…"` with the models of the charges in those files.
fn many(
    world: &World,
    item: &Placed<ast::PriceBook>,
    here: InBook<'_>,
    placed: &mut Placement,
    found: &mut Vec<(usize, Prices)>,
    cx: &mut Context<'_>,
) -> Result<(), Stopped> {
    let (node, file) = (&item.node, item.file);
    let mut models: BTreeMap<usize, Clauses> = BTreeMap::new();
    for graduated in node.graduated() {
        let (Some(path), Some(by)) = (graduated.charge(), graduated.by()) else {
            continue;
        };
        let Some(charge) = products::charge_named(world, &path, file, &mut cx.diagnostics) else {
            continue;
        };
        let tiers = (by.text(), by.span(file));
        let before = models
            .get(&charge)
            .and_then(|models| models.graduated.as_ref());
        if let Some((_, before)) = before {
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
        let model = Clauses {
            graduated: Some(tiers),
            ..Clauses::default()
        };
        models.insert(charge, model);
    }
    let mut in_files: Vec<usize> = Vec::new();
    for clause in node.prices_from() {
        let Some(path) = clause.file() else { continue };
        let Some(imported) = imported(&path, file, cx)? else {
            continue;
        };
        for (charge, rows) in prices::by_charge(world, &imported, &mut cx.diagnostics) {
            in_files.push(charge);
            let target = (charge, PriceTarget::Charge);
            if !first(world, target, path.span(file), placed, cx) {
                continue;
            }
            let plain = Clauses::default();
            let priced = prices::Priced {
                book: (here.index, here.book.name.as_str()),
                charge,
                clauses: models.get(&charge).unwrap_or(&plain),
                file,
                span: path.span(file),
                currencies: &here.book.currencies,
            };
            let read = prices::of_many(world, priced, &imported, &rows, cx)?;
            found.extend(read.map(|rows| {
                let prices = Prices {
                    book: here.index,
                    target: PriceTarget::Charge,
                    from: None,
                    rows: Arc::new(rows),
                };
                (charge, prices)
            }));
        }
    }
    for (charge, models) in models {
        if let Some((_, span)) = models.graduated.filter(|_| !in_files.contains(&charge)) {
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
    (charge, target): (usize, PriceTarget),
    span: Span,
    placed: &mut Placement,
    cx: &mut Context<'_>,
) -> bool {
    if let Some(before) = placed.get(&(charge, target)) {
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
    placed.insert((charge, target), span);
    true
}
