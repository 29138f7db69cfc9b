//! What charges count, and for how long they are paid.

use quo_source::{Diagnostic, FileId, codes};
use quo_syntax::ast::{self, AstNode};

use super::products::Node;
use crate::expr::{Reader, Scope};
use crate::hir::{ChargeKind, Expr, Pack, Prepaid, Quantity};
use crate::show::nearest;
use crate::types::{Number, Type, Unit};
use crate::world::World;

/// The longest period, in months.
const MONTHS_MAX: u32 = 1_200;

/// Reads what each charge of a product counts, when all products are known.
pub(super) fn read(
    world: &mut World,
    product: usize,
    node: &Node,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let range = world
        .products
        .get(product)
        .map_or(0..0, |product| product.charges.clone());
    for charge in &node.charges {
        let (Some(name), Some(quantity)) = (charge.name(), charge.quantity()) else {
            continue;
        };
        let found = range.clone().find(|index| {
            let charge = world.charges.get(*index);
            charge.is_some_and(|charge| charge.span == name.span(node.file))
        });
        let read = quantity_of(world, product, &quantity, node.file, diagnostics);
        if read.is_none() {
            world.wrong_charges.extend(found);
        }
        let charge = found.and_then(|index| world.charges.get_mut(index));
        if let (Some(charge), Some(read)) = (charge, read) {
            charge.quantity = read;
        }
    }
}

fn quantity_of(
    world: &World,
    product: usize,
    node: &ast::ChargeQuantity,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Quantity> {
    let counted = node.counted()?;
    let scope = Scope {
        product: Some(product),
        direct: true,
        ..Scope::default()
    };
    let mut reader = Reader::new(world, scope, file, diagnostics);
    reader.checked = true;
    let of = reader.read(&counted, None);
    if let (Type::Unknown, ast::Expr::Path(path)) = (of.ty, &counted) {
        suggest_option(world, product, path, file, diagnostics);
        return None;
    }
    if !reader.ops().present(&of, "a quantity") {
        return None;
    }
    let number = countable(world, node, &of, diagnostics)?;
    let pack = match node.pack() {
        None => None,
        Some(pack) => Some(Pack {
            size: pack_size(&node.pack_size()?, number, file, diagnostics)?,
            started: pack == ast::Pack::Started,
        }),
    };
    Some(Quantity { of: Some(of), pack })
}

/// Adds the option that is perhaps meant to what was said of an unknown name.
fn suggest_option(
    world: &World,
    product: usize,
    path: &ast::Path,
    file: FileId,
    diagnostics: &mut [Diagnostic],
) {
    let options = world.products.get(product);
    let options = options.map_or(&[][..], |product| product.options.as_slice());
    let names = options.iter().map(|option| option.name.as_str());
    let said = diagnostics
        .last_mut()
        .filter(|said| said.code == codes::UNKNOWN_NAME && said.suggestion.is_none());
    if let (Some(said), Some(near)) = (said, nearest(&path.text(), names)) {
        let (help, place) = (format!("did you mean `{near}`"), path.span(file));
        *said = said.clone().suggest(help, place, near);
    }
}

/// What is counted as a number: one from 0, or an amount where it is `of` one.
fn countable(
    world: &World,
    node: &ast::ChargeQuantity,
    of: &Expr,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Number> {
    let shown = match of.ty {
        Type::Unknown => return None,
        ty => world.show().ty(ty),
    };
    let (message, label, note) = match (of.ty, node.is_amount()) {
        (Type::Number(number), true) if number.unit == Unit::Money => return Some(number),
        (Type::Number(number), false)
            if matches!(number.unit, Unit::Int | Unit::Decimal | Unit::Measure(_))
                && number.max >= 0 =>
        {
            let is_option = matches!(of.kind, crate::hir::ExprKind::Option { .. });
            if !is_option || number.min >= 0 {
                return Some(number);
            }
            (
                "a charge counts from 0, and this option may be less".to_owned(),
                "cannot be counted",
                "write its type as `Int from 0 to …` or `Decimal from 0 to … with 2 decimals`",
            )
        }
        (Type::Number(number), false) if number.unit == Unit::Money => (
            format!("a charge is `per` a number, and this is {shown}"),
            "an amount",
            "a percentage is charged `of` an amount, as in `usage monthly of payments.volume`",
        ),
        (_, true) => (
            format!("a charge is `of` an amount of money, and this is {shown}"),
            "no amount",
            "what is counted stands behind `per`; `money(…)` makes an amount of a number",
        ),
        _ => (
            format!("a charge counts a number from 0, and this is {shown}"),
            "cannot be counted",
            "name an option, a fact or a calculation that is a number",
        ),
    };
    diagnostics.push(
        Diagnostic::error(codes::TYPE_MISMATCH, message)
            .at(of.span, label)
            .note(note),
    );
    None
}

/// The size of a pack at the scale of what is counted.
fn pack_size(
    literal: &ast::Literal,
    number: Number,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<i64> {
    let size = literal.integer().ok().and_then(|size| {
        let factor = quo_value::pow10_i128(number.scale)?;
        i64::try_from(i128::from(size).checked_mul(factor)?).ok()
    });
    let size = size.filter(|size| *size > 0);
    if size.is_none() {
        diagnostics.push(
            Diagnostic::error(codes::BAD_BOUNDS, "a pack holds at least 1")
                .at(literal.span(file), "a whole number from 1"),
        );
    }
    size
}

/// The length of a period: a number of months, times a number that is written.
pub fn months(
    (of, number): (u32, Option<ast::Literal>),
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<u32> {
    let Some(literal) = number else {
        return Some(of);
    };
    let count = literal.integer().ok();
    let count = count.and_then(|count| u32::try_from(count).ok());
    let months = count
        .and_then(|count| count.checked_mul(of))
        .filter(|months| (1..=MONTHS_MAX).contains(months));
    if months.is_none() {
        diagnostics.push(
            Diagnostic::error(
                codes::BAD_BOUNDS,
                "a period lasts at least 1 month and at most 100 years",
            )
            .at(literal.span(file), "not a length of a period"),
        );
    }
    months
}

/// For how long a charge is paid in advance.
pub fn prepaid(
    node: &ast::Charge,
    (kind, period): (ChargeKind, u32),
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Prepaid> {
    let clause = node.prepaid()?;
    let wrong = |message: String, note: &str| {
        Diagnostic::error(codes::BAD_BOUNDS, message)
            .at(clause.span(file), "paid in advance")
            .note(note)
    };
    if kind != ChargeKind::Recurring {
        diagnostics.push(wrong(
            "only what recurs is paid in advance for longer than its period".to_owned(),
            "what is charged once is paid once, and what is used is not known before",
        ));
        return None;
    }
    if clause.is_for_term() {
        return Some(Prepaid::Term);
    }
    let months = months(clause.months()?, file, diagnostics)?;
    let whole = months.checked_rem(period).unwrap_or(1) == 0 && months > period;
    if !whole {
        diagnostics.push(wrong(
            format!("{months} months in advance are not several periods of {period} months"),
            "what is paid in advance is several whole periods of the price",
        ));
        return None;
    }
    Some(Prepaid::Months(months))
}
