//! Price tables: rows of a price book, inline or from a file, to the prices of a charge.

use std::collections::BTreeMap;

use quo_source::{Diagnostic, FileId, Span, Stopped, codes};
use quo_syntax::ast::{self, AstNode};

use super::file::Rows;
use super::models;
use super::outcomes::{self, Outcomes};
use super::rows::{Selected, TableRows};
use super::{Heading, RawRow, build, raw_cells};
use crate::check;
use crate::decl::Context;
use crate::decl::adjustments::told_once;
use crate::expr::{Reader, Scope};
use crate::hir::{
    Cell, Expr, ExprKind, PriceColumn, PriceColumnKind, PriceModel, PriceRows, Table,
};
use crate::types::{Type, Value};
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
    /// What is said of the prices besides.
    pub clauses: &'a Clauses,
    /// The file of the book.
    pub file: FileId,
    /// Where the prices are asked for.
    pub span: Span,
    /// The currencies of the book.
    pub currencies: &'a [usize],
}

/// What is said of prices besides their rows.
#[derive(Default, Clone)]
pub struct Clauses {
    /// `graduated by` this column, named here.
    pub graduated: Option<(String, Span)>,
    /// `volume by` this column, named here.
    pub volume: Option<(String, Span)>,
    /// `flat`
    pub flat: bool,
    /// `in packages`, and whether a begun one counts.
    pub packages: Option<bool>,
    /// `included …`
    pub included: Option<Expr>,
    /// `at least …`
    pub least: Option<Expr>,
    /// `at most …`
    pub most: Option<Expr>,
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
) -> Result<Option<PriceRows>, Stopped> {
    let name = |column: &ast::Column| {
        column
            .path()
            .map(|path| (path.text(), path.span(priced.file)))
    };
    let headings: Vec<(String, Span)> = table.inputs().iter().filter_map(name).collect();
    let outputs: Vec<(String, Span)> = table.outputs().iter().filter_map(name).collect();
    let Some(kinds) = outcomes::of_headings(&outputs, &mut cx.diagnostics) else {
        return Ok(None);
    };
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
    prices(world, priced, &headings, &kinds, &rows, cx)
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
) -> Result<Option<PriceRows>, Stopped> {
    let Some(outcomes) = outcome_columns(world, priced, rows, &mut cx.diagnostics) else {
        return Ok(None);
    };
    let mut columns: Vec<usize> = (0..rows.headings.len()).collect();
    columns.retain(|column| outcomes.iter().all(|(index, _)| index != column));
    let headings = headings_of(rows, &columns);
    columns.extend(outcomes.iter().map(|(index, _)| *index));
    let kinds: Vec<PriceColumnKind> = outcomes.into_iter().map(|(_, kind)| kind).collect();
    let selected = Selected::all(rows, &columns);
    prices(world, priced, &headings, &kinds, &selected, cx)
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
) -> Result<Option<PriceRows>, Stopped> {
    let Some(outcomes) = outcome_columns(world, priced, rows, &mut cx.diagnostics) else {
        return Ok(None);
    };
    let mut kept: Vec<usize> = Vec::new();
    let mut foreign: Vec<usize> = Vec::new();
    for (index, (heading, span)) in rows.headings.iter().enumerate() {
        if heading == "charge" || outcomes.iter().any(|(outcome, _)| *outcome == index) {
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
    kept.extend(outcomes.iter().map(|(index, _)| *index));
    let kinds: Vec<PriceColumnKind> = outcomes.into_iter().map(|(_, kind)| kind).collect();
    let selected = Selected::some(rows, numbers.into(), &kept);
    prices(world, priced, &headings, &kinds, &selected, cx)
}

fn headings_of(rows: &Rows, columns: &[usize]) -> Headings {
    let headings = columns.iter().filter_map(|index| rows.headings.get(*index));
    headings.cloned().collect()
}

/// The columns of a file that say what follows from its rows, in the order of their kinds: those with a heading of one,
/// unless the product has an option of that name.
fn outcome_columns(
    world: &World,
    priced: Priced<'_>,
    rows: &Rows,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Vec<(usize, PriceColumnKind)>> {
    let product = world
        .charges
        .get(priced.charge)
        .and_then(|charge| world.products.get(charge.product));
    let is_option = |name: &str| {
        let mut options = product.iter().flat_map(|product| &product.options);
        options.any(|option| option.name == name)
    };
    let of_kind = |kind: PriceColumnKind| {
        let asked_for = match kind {
            PriceColumnKind::Price => true,
            PriceColumnKind::Size => priced.clauses.packages.is_some(),
            other => !is_option(other.heading()),
        };
        let column = rows.column(kind.heading()).filter(|_| asked_for);
        column.map(|column| (column, kind))
    };
    let found: Vec<_> = PriceColumnKind::ALL
        .into_iter()
        .filter_map(of_kind)
        .collect();
    let any = found.iter().any(|(_, kind)| outcomes::is_price(*kind));
    if !any {
        let span = rows
            .headings
            .last()
            .map_or(rows.file.span(0, 0), |(_, span)| *span);
        let mistake =
            Diagnostic::error(codes::BAD_HEADER, "a table of prices has a column `price`");
        let mut names = rows.headings.iter();
        let same = names.find(|(name, _)| name.eq_ignore_ascii_case("price"));
        diagnostics.push(match same {
            Some((name, span)) => mistake
                .at(*span, format!("`{name}` is another word"))
                .suggest_edits(
                    "headings are written as they are declared: `price`",
                    Vec::new(),
                ),
            None => mistake
                .at(span, "this heading line has none")
                .note("or a column `flat`, or `percent`"),
        });
        return None;
    }
    Some(found)
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
    let has_option =
        |found: &crate::hir::Product| found.options.iter().any(|option| option.name == heading);
    if heading == "quantity" && !world.products.get(product).is_some_and(has_option) {
        return counted(world, priced.charge, span, diagnostics);
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
    let scalar = !matches!(
        expr.ty,
        Type::Unknown | Type::Record(_) | Type::List(_) | Type::Item(_)
    );
    if scalar && !matches!(expr.kind, ExprKind::Const(_) | ExprKind::Amount(_)) {
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

/// What a charge counts, named `quantity` in a column.
fn counted(
    world: &World,
    charge: usize,
    span: Span,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Expr> {
    let found = world.charges.get(charge)?;
    match &found.quantity.of {
        Some(of) => Some(Expr { span, ..of.clone() }),
        None => {
            let charge = world.charge_id(charge);
            diagnostics.push(
                Diagnostic::error(codes::UNKNOWN_COLUMN, format!("`{charge}` counts nothing"))
                    .at(span, "no quantity")
                    .also(found.span, "charged as such")
                    .note("what is counted stands behind `per` in the charge"),
            );
            None
        }
    }
}

fn prices(
    world: &World,
    priced: Priced<'_>,
    headings: &[(String, Span)],
    kinds: &[PriceColumnKind],
    rows: &(impl TableRows + ?Sized),
    cx: &mut Context<'_>,
) -> Result<Option<PriceRows>, Stopped> {
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
    if !outcomes::fit_model(world, priced, kinds, &mut cx.diagnostics) {
        return Ok(None);
    }
    let tier = match &priced.clauses.graduated {
        Some(by) => match models::tier_column(world, priced, by, &read, &mut cx.diagnostics) {
            Some(column) => Some(column),
            None => return Ok(None),
        },
        None => None,
    };
    if let Some(by) = &priced.clauses.volume
        && !models::volume_column(world, priced, by, &read, &mut cx.diagnostics)
    {
        return Ok(None);
    }
    let scope = Scope {
        product: world
            .charges
            .get(priced.charge)
            .map(|charge| charge.product),
        ..Scope::default()
    };
    let id = format!("{}/{}", priced.book.1, world.charge_id(priced.charge));
    let before = cx.diagnostics.len();
    let mut reader = Reader::new(world, scope, priced.file, &mut cx.diagnostics);
    reader.currency = match priced.currencies {
        [only] => world.currencies.get(*only).copied(),
        _ => None,
    };
    let table = build(&mut reader, &id, read, rows, tier);
    // Every price is read, so that all that are wrong are told at once.
    let place = Outcomes {
        behind: headings.len(),
        kinds,
        file: priced.file,
    };
    let amounts = outcomes::read(rows, place, &mut cx.diagnostics);
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
    let counted = world.charges.get(priced.charge);
    let counted = counted.map_or(0, |charge| charge.quantity.scale());
    let columns: Option<Vec<PriceColumn>> = kinds
        .iter()
        .zip(amounts)
        .map(|(kind, values)| outcomes::column(*kind, values, counted))
        .collect();
    let Some(mut columns) = columns else {
        cx.diagnostics.push(
            Diagnostic::error(
                codes::BAD_PRICE,
                format!("the prices of `{id}` have too many digits for one table"),
            )
            .at(priced.span, "at most 18 digits in all")
            .note("the most decimals of a price count for every price of the table; what is included and the size of a package have no more than what is counted"),
        );
        return Ok(None);
    };
    columns.sort_by_key(|column| column.kind);
    let clauses = priced.clauses.clone();
    Ok(Some(PriceRows {
        table,
        model: PriceModel {
            graduated: tier.is_some(),
            flat: clauses.flat,
            packages: clauses.packages,
        },
        columns,
        formula: None,
        included: clauses.included,
        least: clauses.least,
        most: clauses.most,
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
