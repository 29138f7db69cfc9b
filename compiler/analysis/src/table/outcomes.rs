//! What follows from a row of a price table: its price, what is charged once, a percentage, bounds, what is free, the size
//! of a package.

use quo_source::{Diagnostic, FileId, Span, codes};
use quo_syntax::ast;
use quo_syntax::cell::CellValue;

use super::prices::Priced;
use super::rows::TableRows;
use super::{Content, Operand, RawCell, RawItem, mistakes_told, report_unread};
use crate::expr::literal;
use crate::hir::{PriceColumn, PriceColumnKind as Kind};
use crate::types::{Number, Type, Unit, Value};
use crate::world::World;

/// The value of a cell with its decimals; `None` where it says nothing.
type Amount = Option<(i128, u8)>;

/// Where what follows from rows stands.
#[derive(Clone, Copy)]
pub struct Outcomes<'a> {
    /// How many columns of conditions stand before.
    pub behind: usize,
    /// The columns.
    pub kinds: &'a [Kind],
    /// The file of the rules.
    pub file: FileId,
}

/// Whether a column is a price, and not only something about one.
#[must_use]
pub fn is_price(kind: Kind) -> bool {
    matches!(kind, Kind::Price | Kind::Flat | Kind::Percent)
}

/// What the headings right of `||` stand for.
pub fn of_headings(
    headings: &[(String, Span)],
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Vec<Kind>> {
    let mut kinds: Vec<Kind> = Vec::with_capacity(headings.len());
    for (name, span) in headings {
        let kind = Kind::ALL.into_iter().find(|kind| kind.heading() == name);
        let message = match kind {
            Some(kind) if !kinds.contains(&kind) => {
                kinds.push(kind);
                continue;
            }
            Some(_) => format!("the column `{name}` stands twice"),
            None => format!("`{name}` is nothing that follows from a row of prices"),
        };
        let known: Vec<&str> = Kind::ALL.iter().map(|kind| kind.heading()).collect();
        diagnostics.push(
            Diagnostic::error(codes::BAD_HEADER, message)
                .at(*span, "right of `||`")
                .note(format!("known there: {}", known.join(", "))),
        );
        return None;
    }
    if !kinds.iter().any(|kind| is_price(*kind)) {
        let (_, span) = headings.first()?;
        diagnostics.push(
            Diagnostic::error(
                codes::BAD_HEADER,
                "a price table has a column `price` right of `||`",
            )
            .at(*span, "in this table")
            .note("or a column `flat`, or `percent`"),
        );
        return None;
    }
    Some(kinds)
}

/// Whether the columns go together with the model, and with what the charge counts.
pub fn fit_model(
    world: &World,
    priced: Priced<'_>,
    kinds: &[Kind],
    diagnostics: &mut Vec<Diagnostic>,
) -> bool {
    let Some(charge) = world.charges.get(priced.charge) else {
        return false;
    };
    // What is wrong with the charge has been said at its declaration.
    if world.wrong_charges.contains(&priced.charge) {
        return false;
    }
    let clauses = priced.clauses;
    let has = |kind: Kind| kinds.contains(&kind);
    let counts = charge.quantity.of.is_some();
    let (graduated, packages) = (clauses.graduated.is_some(), clauses.packages.is_some());
    let of_whole = [Kind::AtLeast, Kind::AtMost, Kind::Included, Kind::Size];
    let problem = if has(Kind::Percent) && !charge.quantity.is_money() {
        Some((
            "a percentage is of an amount, and the charge counts none",
            "charge it `of` an amount, as in `usage monthly of payments.volume`",
        ))
    } else if has(Kind::Price) && charge.quantity.is_money() && !clauses.flat {
        Some((
            "an amount has no price for each unit",
            "write a column `percent`, or `flat`",
        ))
    } else if graduated && of_whole.into_iter().any(has) {
        Some((
            "a tier has a price, a percentage and an amount that is charged once, and nothing else",
            "bounds of the whole are written `, at least …`, what is free `, included …`",
        ))
    } else if packages != has(Kind::Size) {
        Some((
            "packages have a size",
            "write `, in packages started` or `whole`, and a column `size`",
        ))
    } else if packages && (graduated || clauses.flat || charge.quantity.pack.is_some()) {
        Some((
            "packages go together with no other model",
            "one price is for one package, and what is counted is not counted in packs already",
        ))
    } else if clauses.flat && (graduated || has(Kind::Included) || clauses.included.is_some()) {
        Some((
            "a price for the charge as such has no tiers and nothing that is free",
            "leave out `flat`, or the other",
        ))
    } else if !counts && (packages || has(Kind::Included) || clauses.included.is_some()) {
        Some((
            "the charge counts nothing",
            "what is counted stands behind `per` in the charge",
        ))
    } else if charge.quantity.is_money()
        && (packages || has(Kind::Included) || clauses.included.is_some())
    {
        Some((
            "an amount is not counted in units",
            "what is free of an amount is a tier of 0%, or a calculation: `price P.c = …`",
        ))
    } else if clauses.volume.is_some() && graduated {
        Some((
            "prices are graduated or by volume",
            "graduated: each unit in its tier; by volume: all at the price of one row",
        ))
    } else {
        None
    };
    let Some((message, note)) = problem else {
        return true;
    };
    diagnostics.push(
        Diagnostic::error(codes::BAD_HEADER, message)
            .at(priced.span, "of these prices")
            .also(charge.span, "charged here")
            .note(note),
    );
    false
}

/// The values of every column, each for all rows.
pub fn read(
    rows: &(impl TableRows + ?Sized),
    place: Outcomes<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Vec<Vec<Amount>>> {
    let before = diagnostics.len();
    let mut columns: Vec<Vec<Amount>> = Vec::with_capacity(place.kinds.len());
    columns.resize_with(place.kinds.len(), || Vec::with_capacity(rows.count()));
    let several = place.kinds.len() > 1;
    for row in 0..rows.count() {
        let mut priced = !several;
        rows.cells(row, &mut |column, cell| {
            let Some(index) = column.checked_sub(place.behind) else {
                return;
            };
            if let (Some(kind), Some(values)) = (place.kinds.get(index), columns.get_mut(index)) {
                let found = value(&cell.read(), *kind, several, place.file, diagnostics);
                priced |= is_price(*kind) && !matches!(found, Some(None));
                values.extend(found);
            }
        });
        if !priced {
            diagnostics.push(
                Diagnostic::error(codes::BAD_PRICE, "this row has no price")
                    .at(rows.span(row), "nothing is charged here")
                    .note("what costs nothing has the price 0"),
            );
        }
        if mistakes_told(before, diagnostics) {
            return None;
        }
    }
    let complete = columns.iter().all(|values| values.len() == rows.count());
    complete.then_some(columns)
}

/// A column at one scale; `None` where it needs too many digits.
#[must_use]
pub fn column(kind: Kind, values: Vec<Amount>, counted: u8) -> Option<PriceColumn> {
    let scales = values.iter().flatten().map(|(_, scale)| *scale);
    let scale = match kind {
        Kind::Included | Kind::Size => counted,
        _ => scales.max().unwrap_or(0),
    };
    let raised = |value: Amount| match value {
        None => Some(None),
        Some((mantissa, own)) => {
            let factor = quo_value::pow10_i128(scale.checked_sub(own)?)?;
            Some(Some(i64::try_from(mantissa.checked_mul(factor)?).ok()?))
        }
    };
    let values: Option<Vec<Option<i64>>> = values.into_iter().map(raised).collect();
    Some(PriceColumn {
        kind,
        scale,
        values: values?,
    })
}

/// The value of a cell: one number from 0, a percentage in a column of percentages; `None` where it is wrong.
fn value(
    cell: &RawCell,
    kind: Kind,
    may_be_nothing: bool,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Amount> {
    let value = match &cell.content {
        Content::Nothing if may_be_nothing && kind != Kind::Size => return Some(None),
        Content::Items(items) => match items.as_slice() {
            [RawItem::Value(Operand::Tree(ast::Expr::Literal(node)))] => {
                literal::literal(node, file, diagnostics)
            }
            [RawItem::Value(Operand::Imported(CellValue::Literal(value), span))] => {
                literal::constant(value.clone(), *span, diagnostics)
            }
            _ => None,
        },
        _ => None,
    };
    let of_kind = |unit: Unit| match kind {
        Kind::Percent => unit == Unit::Percent,
        _ => matches!(unit, Unit::Int | Unit::Decimal),
    };
    let least = i128::from(kind == Kind::Size);
    match value {
        Some((Value::Number(mantissa), Type::Number(Number { unit, scale, .. })))
            if mantissa >= least && of_kind(unit) =>
        {
            Some(Some((mantissa, scale)))
        }
        _ if matches!(cell.content, Content::Wrong) => None,
        _ if matches!(cell.content, Content::Unread { .. }) => {
            report_unread(cell, kind.heading(), diagnostics);
            None
        }
        _ => {
            diagnostics.push(no_value(cell, kind, file));
            None
        }
    }
}

fn no_value(cell: &RawCell, kind: Kind, file: FileId) -> Diagnostic {
    let (what, wanted, note) = match kind {
        Kind::Percent => (
            "percentage",
            "a percentage from 0% is expected",
            "a percentage is written `1.4%`",
        ),
        Kind::Included | Kind::Size => (
            "number of units",
            "a number is expected",
            "what is counted, such as `1_000`; the size of a package is more than 0",
        ),
        _ => (
            "price",
            "a number from 0 is expected",
            "a price is a number from 0, such as `12.50`, in the currency of its row or book",
        ),
    };
    let diagnostic =
        Diagnostic::error(codes::BAD_PRICE, format!("`{}` is not a {what}", cell.text)).note(note);
    if cell.span.file == file {
        diagnostic.at(cell.span, wanted)
    } else {
        diagnostic.at_cell(cell.span, kind.heading(), wanted)
    }
}
