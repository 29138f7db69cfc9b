//! Price tables: rows of a price book, inline or from a file, to the prices of a charge.

use std::collections::BTreeMap;

use quo_source::{Diagnostic, FileId, Span, Stopped, codes};
use quo_syntax::ast::{self, AstNode};

use super::file::Rows;
use super::rows::{Selected, TableRows};
use super::{
    Content, Heading, Operand, RawCell, RawItem, RawRow, build, mistakes_told, raw_cells,
    report_unread,
};
use crate::check;
use crate::decl::Context;
use crate::decl::adjustments::told_once;
use crate::expr::{Reader, Scope, literal};
use crate::hir::{Cell, Expr, ExprKind, Prices, Quantity, Table};
use crate::types::{Number, Type, Unit, Value};
use crate::world::World;

/// Headings with their places.
type Headings = Vec<(String, Span)>;

/// A charge priced in a book.
#[derive(Clone, Copy)]
pub struct Priced<'a> {
    /// The book, with its name.
    pub book: (usize, &'a str),
    /// The charge.
    pub charge: usize,
    /// `graduated by` this option, named here.
    pub graduated: Option<(usize, Span)>,
    /// The file of the book.
    pub file: FileId,
    /// Where the prices are asked for.
    pub span: Span,
    /// The currencies of the book.
    pub currencies: &'a [usize],
}

/// The prices of an inline table.
///
/// # Errors
/// When the work budget is used up or the work is cancelled.
pub fn inline(
    world: &World,
    priced: Priced<'_>,
    table: &ast::Table,
    cx: &mut Context<'_>,
) -> Result<Option<Prices>, Stopped> {
    let name = |column: &ast::Column| {
        column
            .path()
            .map(|path| (path.text(), path.span(priced.file)))
    };
    let headings: Vec<(String, Span)> = table.inputs().iter().filter_map(name).collect();
    let outputs: Vec<(String, Span)> = table.outputs().iter().filter_map(name).collect();
    match outputs.as_slice() {
        [(output, _)] if output == "price" => {}
        // That there is no `||` has been said.
        [] if !headings.is_empty() => return Ok(None),
        _ => {
            cx.diagnostics.push(
                Diagnostic::error(
                    codes::BAD_HEADER,
                    "a price table has one column `price` right of `||`",
                )
                .at(table.span(priced.file), "in this table"),
            );
            return Ok(None);
        }
    }
    let rows: Vec<RawRow> = table
        .rows()
        .map(|row| RawRow {
            span: row.span(priced.file),
            cells: raw_cells(&row.inputs(), priced.file)
                .into_iter()
                .chain(raw_cells(&row.outputs(), priced.file))
                .collect(),
        })
        .collect();
    if rows.is_empty() {
        cx.diagnostics.push(
            Diagnostic::error(codes::EMPTY_TABLE, "this table has no rows")
                .at(table.span(priced.file), "a price is expected"),
        );
        return Ok(None);
    }
    prices(world, priced, &headings, &rows, cx)
}

/// The prices of one charge in a file.
///
/// # Errors
/// When the work budget is used up or the work is cancelled.
pub fn file(
    world: &World,
    priced: Priced<'_>,
    rows: &Rows,
    cx: &mut Context<'_>,
) -> Result<Option<Prices>, Stopped> {
    let Some(price) = price_column(rows, &mut cx.diagnostics) else {
        return Ok(None);
    };
    let mut columns: Vec<usize> = (0..rows.headings.len()).collect();
    columns.retain(|column| *column != price);
    let headings = headings_of(rows, &columns);
    columns.push(price);
    prices(world, priced, &headings, &Selected::all(rows, &columns), cx)
}

/// The rows of a file of many charges, by charge.
pub fn by_charge(
    world: &World,
    rows: &Rows,
    diagnostics: &mut Vec<Diagnostic>,
) -> BTreeMap<usize, Vec<u32>> {
    let mut found: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
    let Some(column) = rows.column("charge") else {
        let span = rows
            .headings
            .first()
            .map_or(rows.file.span(0, 0), |(_, span)| *span);
        diagnostics.push(
            Diagnostic::error(
                codes::BAD_HEADER,
                "a table of many charges has a column `charge`",
            )
            .at(span, "this heading line has none")
            .note("its cells name charges, such as `Platform.subscription`"),
        );
        return found;
    };
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for (row, number) in (0..rows.len()).zip(0_u32..) {
        let Some(cell) = rows.cells(row).nth(column) else {
            continue;
        };
        let name: &str = &cell.text;
        let charge = known.get(name).copied().or_else(|| {
            let (product, charge) = name.split_once('.')?;
            world.charge(crate::world::find(&world.products, product)?, charge)
        });
        match charge {
            Some(charge) => {
                if !known.contains_key(name) {
                    known.insert(name.to_owned(), charge);
                }
                found.entry(charge).or_default().push(number);
            }
            None => {
                let all: Vec<String> = (0..world.charges.len())
                    .map(|charge| world.charge_id(charge))
                    .collect();
                let mut diagnostic = crate::world::unknown_name(
                    "charge",
                    name,
                    cell.span,
                    all.iter().map(String::as_str),
                );
                for label in &mut diagnostic.labels {
                    label.cell = Some("charge".to_owned());
                }
                diagnostics.push(diagnostic);
            }
        }
    }
    found
}

/// The prices of one charge among many of a file: columns that the charge does not have must say `*`.
///
/// # Errors
/// When the work budget is used up or the work is cancelled.
pub fn of_many(
    world: &World,
    priced: Priced<'_>,
    rows: &Rows,
    numbers: &[u32],
    cx: &mut Context<'_>,
) -> Result<Option<Prices>, Stopped> {
    let Some(price) = price_column(rows, &mut cx.diagnostics) else {
        return Ok(None);
    };
    let mut kept: Vec<usize> = Vec::new();
    let mut foreign: Vec<usize> = Vec::new();
    for (index, (heading, span)) in rows.headings.iter().enumerate() {
        if heading == "charge" || index == price {
            continue;
        }
        let known = heading_expr(world, priced, heading, *span, &mut Vec::new()).is_some();
        if known { &mut kept } else { &mut foreign }.push(index);
    }
    let must_be_any = Selected::some(rows, numbers.into(), &foreign);
    for row in 0..must_be_any.count() {
        must_be_any.cells(row, &mut |column, cell| {
            let heading = foreign.get(column).and_then(|it| rows.headings.get(*it));
            let Some((heading, _)) = heading else { return };
            if cell.text() != "*" {
                let message = format!("`{}` has no `{heading}`", world.charge_id(priced.charge));
                cx.diagnostics
                    .push(Diagnostic::error(codes::UNKNOWN_COLUMN, message).at_cell(
                        cell.span(),
                        heading,
                        "this cell must be `*`",
                    ));
            }
        });
    }
    let headings = headings_of(rows, &kept);
    kept.push(price);
    let selected = Selected::some(rows, numbers.into(), &kept);
    prices(world, priced, &headings, &selected, cx)
}

fn headings_of(rows: &Rows, columns: &[usize]) -> Headings {
    let headings = columns.iter().filter_map(|index| rows.headings.get(*index));
    headings.cloned().collect()
}

/// The column of the prices.
fn price_column(rows: &Rows, diagnostics: &mut Vec<Diagnostic>) -> Option<usize> {
    let column = rows.column("price");
    if column.is_none() {
        let span = rows
            .headings
            .last()
            .map_or(rows.file.span(0, 0), |(_, span)| *span);
        let mistake =
            Diagnostic::error(codes::BAD_HEADER, "a table of prices has a column `price`");
        let names = rows.headings.iter();
        let same = names
            .clone()
            .find(|(name, _)| name.eq_ignore_ascii_case("price"));
        diagnostics.push(match same {
            Some((name, span)) => mistake
                .at(*span, format!("`{name}` is another word"))
                .suggest_edits(
                    "headings are written as they are declared: `price`",
                    Vec::new(),
                ),
            None => mistake.at(span, "this heading line has none"),
        });
    }
    column
}

/// What a column of a price table is matched with: an option of the charge's product or a fact.
fn heading_expr(
    world: &World,
    priced: Priced<'_>,
    heading: &str,
    span: Span,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Expr> {
    let product = world.charges.get(priced.charge)?.product;
    if heading == "currency" {
        let index = world.fact("quote", "currency")?;
        return Some(Expr {
            kind: ExprKind::Fact(index),
            ty: Type::Currency,
            optional: false,
            span,
        });
    }
    let scope = Scope {
        product: Some(product),
        direct: true,
        ..Scope::default()
    };
    let words: Vec<String> = heading.split('.').map(str::to_owned).collect();
    let mut found = Vec::new();
    let mut reader = Reader::new(world, scope, priced.file, &mut found);
    let expr = reader.named(&words, None, span);
    if matches!(
        expr.kind,
        ExprKind::Option { up: 0, .. } | ExprKind::Fact(_)
    ) {
        return Some(expr);
    }
    let known: Vec<&str> = world
        .products
        .get(product)
        .map(|product| {
            product
                .options
                .iter()
                .map(|option| option.name.as_str())
                .collect()
        })
        .unwrap_or_default();
    let mut diagnostic = Diagnostic::error(
        codes::UNKNOWN_COLUMN,
        format!("the column `{heading}` is neither an option of what is priced nor a fact"),
    )
    .at(span, "unknown column");
    if span.file != priced.file {
        for label in &mut diagnostic.labels {
            label.cell = Some(heading.to_owned());
        }
    }
    diagnostics.push(
        match crate::show::nearest(heading, known.iter().copied().chain(["currency"])) {
            Some(near) if span.file == priced.file => {
                diagnostic.suggest(format!("did you mean `{near}`"), span, near)
            }
            Some(near) => diagnostic.note(format!("did you mean `{near}`")),
            None if known.is_empty() => diagnostic.note(
                "columns may be `currency` or a fact such as `quote.channel`; it has no options",
            ),
            None => diagnostic.note(format!(
                "columns may be `currency`, a fact such as `quote.channel`, or an option: {}",
                known.join(", ")
            )),
        },
    );
    None
}

fn prices(
    world: &World,
    priced: Priced<'_>,
    headings: &[(String, Span)],
    rows: &(impl TableRows + ?Sized),
    cx: &mut Context<'_>,
) -> Result<Option<Prices>, Stopped> {
    let mut read = Vec::new();
    for (name, span) in headings {
        match heading_expr(world, priced, name, *span, &mut cx.diagnostics) {
            Some(expr) => read.push(Heading {
                name: name.clone(),
                expr,
            }),
            None => return Ok(None),
        }
    }
    let tier = match priced.graduated {
        Some((option, span)) => {
            match tier_column(world, priced, option, span, &read, &mut cx.diagnostics) {
                Some(column) => Some(column),
                None => return Ok(None),
            }
        }
        None => None,
    };
    let scope = Scope {
        product: world
            .charges
            .get(priced.charge)
            .map(|charge| charge.product),
        ..Scope::default()
    };
    let id = format!("{}/{}", priced.book.1, world.charge_id(priced.charge));
    let before = cx.diagnostics.len();
    let table = build(
        &mut Reader::new(world, scope, priced.file, &mut cx.diagnostics),
        &id,
        read,
        rows,
        tier,
    );
    // Every price is read, so that all that are wrong are told at once.
    let amounts = amounts(rows, headings.len(), priced.file, &mut cx.diagnostics);
    let (Some(table), Some(amounts)) = (table, amounts) else {
        return Ok(None);
    };
    if cx.diagnostics.len() > before {
        return Ok(None);
    }
    if !currencies_stated(world, priced, &table, &mut cx.diagnostics) {
        return Ok(None);
    }
    check::overlap::check(world, &table, cx.work, &mut cx.diagnostics)?;
    if tier.is_some() {
        check::tiers::check(&table, &mut cx.diagnostics);
    }
    let scale = amounts.iter().map(|(_, scale)| *scale).max().unwrap_or(0);
    let prices: Option<Vec<i64>> = amounts
        .iter()
        .map(|(mantissa, own)| {
            i64::try_from(mantissa.checked_mul(quo_value::pow10_i128(scale.saturating_sub(*own))?)?)
                .ok()
        })
        .collect();
    let Some(prices) = prices else {
        cx.diagnostics.push(
            Diagnostic::error(
                codes::BAD_PRICE,
                format!("the prices of `{id}` have too many digits for one table"),
            )
            .at(priced.span, "at most 18 digits in all")
            .note("the most decimals of a price count for every price of the table"),
        );
        return Ok(None);
    };
    Ok(Some(Prices {
        book: priced.book.0,
        table,
        graduated: tier.is_some(),
        scale,
        prices,
    }))
}

/// Whether each price says in which of the book's currencies it is, and in no other.
fn currencies_stated(
    world: &World,
    priced: Priced<'_>,
    table: &Table,
    diagnostics: &mut Vec<Diagnostic>,
) -> bool {
    let of_quote = world.fact("quote", "currency");
    let is_currency =
        |expr: &Expr| matches!(expr.kind, ExprKind::Fact(fact) if Some(fact) == of_quote);
    let column = table
        .columns
        .iter()
        .position(|column| is_currency(&column.expr));
    let code = |currency: &usize| world.currencies.get(*currency).map(|found| found.code());
    let codes: Vec<&str> = priced.currencies.iter().filter_map(code).collect();
    let charge = world.charge_id(priced.charge);
    let Some(column) = column else {
        if codes.len() > 1 {
            let message = format!("the prices of `{charge}` do not say in which currency they are");
            // Of a file of many charges it is told for the first one.
            let mistake = Diagnostic::error(codes::BAD_HEADER, message)
                .at(priced.span, "its table has no column `currency`")
                .note(format!("the book has several: {}", codes.join(", ")));
            told_once(diagnostics, vec![mistake]);
        }
        return codes.len() <= 1;
    };
    let before = diagnostics.len();
    for row in &table.rows {
        let Some(Cell::Values(values)) = row.cells.get(column) else {
            continue;
        };
        for value in values.iter() {
            let Value::Currency(currency) = value else {
                continue;
            };
            // A book without currencies has been told so.
            if priced.currencies.contains(currency) || priced.currencies.is_empty() {
                continue;
            }
            let named = code(currency).unwrap_or_default();
            diagnostics.push(
                Diagnostic::error(
                    codes::UNKNOWN_CURRENCY,
                    format!(
                        "the price book `{}` has no prices in {named}",
                        priced.book.1
                    ),
                )
                .at(row.span, "this row could never hold")
                .note(format!("the book says `currency {}`", codes.join(", "))),
            );
        }
    }
    diagnostics.len() == before
}

/// The column of the tiers: the option that the charge is counted by.
fn tier_column(
    world: &World,
    priced: Priced<'_>,
    option: usize,
    span: Span,
    headings: &[Heading],
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<usize> {
    let charge = world.charges.get(priced.charge)?;
    let name = world
        .products
        .get(charge.product)
        .and_then(|product| product.options.get(option))
        .map_or("", |option| option.name.as_str());
    let counted = matches!(charge.quantity, Quantity::Option(counted) | Quantity::Packs { option: counted, .. } if counted == option);
    if !counted {
        if world.wrong_charges.contains(&priced.charge) {
            return None;
        }
        diagnostics.push(
            Diagnostic::error(
                codes::BAD_HEADER,
                format!(
                    "`{}` is not charged per `{name}`",
                    world.charge_id(priced.charge)
                ),
            )
            .at(span, "tiers count what the charge counts")
            .also(charge.span, "charged here"),
        );
        return None;
    }
    let found = headings.iter().position(|heading| matches!(heading.expr.kind, ExprKind::Option { option: column, .. } if column == option));
    if found.is_none() {
        diagnostics.push(
            Diagnostic::error(
                codes::BAD_HEADER,
                format!("graduated prices need a column `{name}` with the tiers"),
            )
            .at(priced.span, "its table has none"),
        );
    }
    found
}

/// The price of every row, which stands behind the cells of the headings.
fn amounts(
    rows: &(impl TableRows + ?Sized),
    behind: usize,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Vec<(i128, u8)>> {
    let before = diagnostics.len();
    let mut amounts = Vec::with_capacity(rows.count());
    for row in 0..rows.count() {
        rows.cells(row, &mut |column, cell| {
            if column == behind {
                amounts.extend(price(&cell.read(), file, diagnostics));
            }
        });
        if mistakes_told(before, diagnostics) {
            return None;
        }
    }
    (amounts.len() == rows.count()).then_some(amounts)
}

/// The price of a row: one number from zero.
fn price(cell: &RawCell, file: FileId, diagnostics: &mut Vec<Diagnostic>) -> Option<(i128, u8)> {
    let value = match &cell.content {
        Content::Items(items) => match items.as_slice() {
            [RawItem::Value(Operand::Tree(ast::Expr::Literal(node)))] => {
                literal::literal(node, file, diagnostics)
            }
            [
                RawItem::Value(Operand::Imported(
                    quo_syntax::cell::CellValue::Literal(value),
                    span,
                )),
            ] => literal::constant(value.clone(), *span, diagnostics),
            _ => None,
        },
        _ => None,
    };
    match value {
        Some((
            Value::Number(mantissa),
            Type::Number(Number {
                unit: Unit::Int | Unit::Decimal,
                scale,
                ..
            }),
        )) if mantissa >= 0 => Some((mantissa, scale)),
        _ if matches!(cell.content, Content::Wrong) => None,
        _ if matches!(cell.content, Content::Unread { .. }) => {
            report_unread(cell, "price", diagnostics);
            None
        }
        _ => {
            let diagnostic = Diagnostic::error(
                codes::BAD_PRICE,
                format!("`{}` is not a price", cell.text),
            )
            .note(
                "a price is a number from 0, such as `12.50`, in the currency of its row or book",
            );
            diagnostics.push(if cell.span.file == file {
                diagnostic.at(cell.span, "a number from 0 is expected")
            } else {
                diagnostic.at_cell(cell.span, "price", "a number from 0 is expected")
            });
            None
        }
    }
}
