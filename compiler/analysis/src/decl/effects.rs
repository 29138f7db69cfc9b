//! What a discount or promotion does to a charge: the amount that its effect is about, bounds, units and weights of it.

use quo_source::{Diagnostic, FileId, Span, codes};
use quo_syntax::ast::{self, AstNode};

use crate::expr::Reader;
use crate::hir::{BinaryOp, Effect, Expr, ExprKind};
use crate::types::{Number, Type, Unit, Value};

/// What an effect is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// A percentage of something.
    Percent,
    /// An amount.
    Amount,
}

/// What an effect does.
pub fn effect(take: &ast::Take) -> Effect {
    match take.way() {
        ast::TakeWay::Take => Effect::Take,
        ast::TakeWay::Add => Effect::Add,
        ast::TakeWay::PriceAt => Effect::PriceAt,
        ast::TakeWay::PriceAtMost => Effect::PriceAtMost,
    }
}

/// What an effect on a charge is about; says why that is not known.
pub fn about(reader: &mut Reader<'_>, take: &ast::Take) -> Option<About> {
    let value = reader.read(&take.value()?, Some(percentage()));
    match value.ty {
        Type::Number(Number {
            unit: Unit::Percent,
            ..
        }) => Some(About::Percent),
        Type::Number(_) => Some(About::Amount),
        _ => {
            not_taken(reader, &value, "");
            None
        }
    }
}

fn percentage() -> Type {
    Type::Number(Number {
        unit: Unit::Percent,
        scale: 4,
        min: 0,
        max: 0,
    })
}

/// The amount an effect on a charge is about, exact: a percentage of its base, or an amount, for each unit or as such.
pub fn amount(reader: &mut Reader<'_>, take: &ast::Take) -> Option<Expr> {
    let span = take.span(reader.file);
    let value = reader.read(&take.value()?, Some(percentage()));
    let Type::Number(number) = value.ty else {
        not_taken(reader, &value, "");
        return None;
    };
    let price = matches!(effect(take), Effect::PriceAt | Effect::PriceAtMost);
    match (number.unit, take.base()) {
        (Unit::Percent, _) if price => {
            reader.diagnostics.push(
                Diagnostic::error(
                    codes::TYPE_MISMATCH,
                    "a price is an amount, but this is a percentage",
                )
                .at(value.span, "not an amount")
                .note("a share of the price is taken: `take 30% of list`"),
            );
            None
        }
        (Unit::Percent, Some(base)) => {
            if is_below_zero(reader, take, &value, number) {
                return None;
            }
            let kind = if base == ast::TakeBase::List {
                ExprKind::List
            } else {
                ExprKind::Left
            };
            let base = Expr {
                kind,
                ty: reader.money(),
                optional: false,
                span,
            };
            multiplied(reader, base, value, span)
        }
        (Unit::Percent, None) => {
            reader.diagnostics.push(without_base(&value));
            None
        }
        (Unit::Money | Unit::MoneyIn(_), None) => {
            let value = money(reader, value, take)?;
            if take.each_unit() {
                return each_unit(reader, value, span);
            }
            Some(value)
        }
        (_, Some(_)) => {
            let found = reader.world.show().ty(value.ty);
            reader.diagnostics.push(
                Diagnostic::error(
                    codes::TYPE_MISMATCH,
                    format!("a percentage is taken of a base, but this is {found}"),
                )
                .at(value.span, found),
            );
            None
        }
        (_, None) => {
            let note = "such as `take 5% of list`, or `take gift` with an `amount` of this name";
            not_taken(reader, &value, note);
            None
        }
    }
}

/// An amount of the quote as it stands that an effect is about.
pub fn whole_amount(reader: &mut Reader<'_>, take: &ast::Take) -> Option<Expr> {
    let value = reader.read(&take.value()?, None);
    money(reader, value, take)
}

/// Money that is there and not below zero.
fn money(reader: &mut Reader<'_>, value: Expr, take: &ast::Take) -> Option<Expr> {
    let Type::Number(number) = value.ty else {
        not_taken(reader, &value, "");
        return None;
    };
    match number.unit {
        Unit::Money => {}
        Unit::MoneyIn(currency) => {
            reader.diagnostics.push(needs_name(currency, value.span));
            return None;
        }
        _ => {
            not_taken(reader, &value, "");
            return None;
        }
    }
    if !reader.ops().present(&value, "an adjustment") || is_below_zero(reader, take, &value, number)
    {
        return None;
    }
    Some(value)
}

/// Any amount of the quote.
pub fn any_money(reader: &mut Reader<'_>, node: &ast::Expr, place: &str) -> Option<Expr> {
    let value = reader.read(node, None);
    let value = crate::expr::fit::adapted(value, reader.money());
    match value.ty {
        Type::Unknown => None,
        Type::Number(Number {
            unit: Unit::Money, ..
        }) => reader.ops().present(&value, place).then_some(value),
        Type::Number(Number {
            unit: Unit::MoneyIn(currency),
            ..
        }) => {
            reader.diagnostics.push(needs_name(currency, value.span));
            None
        }
        other => {
            let found = reader.world.show().ty(other);
            reader.diagnostics.push(
                Diagnostic::error(
                    codes::TYPE_MISMATCH,
                    format!("an amount is expected, but this is {found}"),
                )
                .at(value.span, found),
            );
            None
        }
    }
}

/// A whole number of units or times.
pub fn count(reader: &mut Reader<'_>, node: &ast::Expr) -> Option<Expr> {
    let value = reader.read(node, None);
    let number = reader.whole_number(&value)?;
    if let ExprKind::Const(Value::Number(constant)) = value.kind
        && (constant < 1 || number.max < 1)
    {
        reader.diagnostics.push(
            Diagnostic::error(codes::OUTSIDE_BOUNDS, "this is no number of units or times")
                .at(value.span, "from 1"),
        );
        return None;
    }
    Some(value)
}

/// An amount for each unit of the charge.
pub fn each_unit(reader: &mut Reader<'_>, value: Expr, span: Span) -> Option<Expr> {
    let quantity = Expr {
        kind: ExprKind::Quantity,
        ty: reader.quantity_type(),
        optional: false,
        span,
    };
    multiplied(reader, value, quantity, span)
}

pub fn multiplied(reader: &mut Reader<'_>, left: Expr, right: Expr, span: Span) -> Option<Expr> {
    let product = reader.ops().arithmetic(BinaryOp::Mul, left, right, span);
    (product.ty != Type::Unknown).then_some(product)
}

/// No amount at all.
pub fn nothing(reader: &Reader<'_>, span: Span) -> Expr {
    Expr {
        kind: ExprKind::Const(Value::Number(0)),
        ty: reader.money(),
        optional: false,
        span,
    }
}

/// A bound of an effect on a charge or on all of them.
pub fn bound(reader: &mut Reader<'_>, take: &ast::Take, of: ast::BoundOf) -> Option<Expr> {
    let bound = take.bounds().find(|bound| bound.of() == of)?;
    any_money(reader, &bound.value()?, "a bound")
}

/// The weight of a charge.
pub fn weight(reader: &mut Reader<'_>, node: &ast::Expr) -> Option<Expr> {
    let weight = reader.read(node, None);
    reader.is_weight(&weight).then_some(weight)
}

pub fn without_base(value: &Expr) -> Diagnostic {
    Diagnostic::error(codes::MISSING_PIECE, "a percentage needs its base")
        .at(value.span, "of what?")
        .suggest("say of what", value.span.after(), " of list")
        .note("`of list` is the price before adjustments, `of what is left` what the adjustments before have left")
}

fn needs_name(currency: quo_value::Currency, span: Span) -> Diagnostic {
    let code = currency.code();
    Diagnostic::error(
        codes::MONEY_NEEDS_NAME,
        format!("an amount in {code} means nothing to a quote in another currency"),
    )
    .at(span, "only one of the currencies that are sold in")
    .note("name it with a value for every currency: `amount gift = 5 EUR, 6 USD`, and `take gift`")
}

fn not_taken(reader: &mut Reader<'_>, value: &Expr, note: &str) {
    if value.ty == Type::Unknown {
        return;
    }
    let found = reader.world.show().ty(value.ty);
    let diagnostic = Diagnostic::error(
        codes::TYPE_MISMATCH,
        format!("a percentage or an amount is taken, but this is {found}"),
    )
    .at(value.span, found);
    reader.diagnostics.push(if note.is_empty() {
        diagnostic
    } else {
        diagnostic.note(note)
    });
}

/// Reports what could only turn an effect around.
fn is_below_zero(reader: &mut Reader<'_>, take: &ast::Take, value: &Expr, number: Number) -> bool {
    let below = match (&value.kind, number.unit) {
        // Where no bounds are stated, what is below nothing is taken for nothing when it is worked out.
        (_, Unit::Percent) => number.min < 0 && number.max < i128::from(i64::MAX),
        (ExprKind::Negate(of), _) => matches!(of.kind, ExprKind::Amount(_)),
        (ExprKind::Const(_), _) => number.max < 0,
        _ => false,
    };
    if below {
        let what = if number.unit == Unit::Percent {
            "percentage"
        } else {
            "amount"
        };
        let does = match effect(take) {
            Effect::Add => "take off the price",
            Effect::Take => "add to the price",
            Effect::PriceAt | Effect::PriceAtMost => "be no price",
        };
        let bound = if number.unit == Unit::Percent {
            "from 0%"
        } else {
            "from 0"
        };
        reader.diagnostics.push(
            Diagnostic::error(
                codes::OUTSIDE_BOUNDS,
                format!("a negative {what} would {does}"),
            )
            .at(value.span, bound),
        );
    }
    below
}

/// Reports that something a rule needs is not said.
pub fn missing(
    diagnostics: &mut Vec<Diagnostic>,
    (node, file): (&impl AstNode, FileId),
    message: &str,
    text: &str,
) {
    let span = node.span(file);
    diagnostics.push(
        Diagnostic::error(codes::MISSING_PIECE, message)
            .at(span, "not said here")
            .suggest("say it", span.after(), text),
    );
}
