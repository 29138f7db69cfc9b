//! Declared types: `Int from 1 to 100`, `Percent from 0% to 40% with 2 decimals`, `Text?`, `Region`.

use quo_source::{Diagnostic, FileId, Span, codes};
use quo_syntax::ast::{self, AstNode};
use quo_value::Currency;

use crate::expr::ops::{MAX_SCALE, rescaled, same_unit};
use crate::expr::{Reader, Scope};
use crate::hir::ExprKind;
use crate::show::nearest;
use crate::types::{Number, Type, Unit, Value};
use crate::world::{World, find, unit_named};

/// The most an input may count where a type states no bounds: 10^15, so that products with prices still fit.
pub const UNSTATED_LIMIT: i128 = 1_000_000_000_000_000;

/// The type of a fact, a field or a parameter: records and lists too, and numbers as wide as 64 bits hold.
pub fn input(
    world: &World,
    node: &ast::Type,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Type {
    if let Some(element) = node.element() {
        if element.is_optional() {
            diagnostics.push(
                Diagnostic::error(codes::UNKNOWN_TYPE, "an element of a list is never absent")
                    .at(element.span(file), "without `?`")
                    .note("what is absent is left out of the list"),
            );
        }
        return world.list_of(input(world, &element, file, diagnostics));
    }
    let record = node
        .name()
        .and_then(|name| world.find_in(&world.records, &name.text(), file));
    match record {
        Some(record) => Type::Record(record),
        None => written(world, node, true, file, diagnostics),
    }
}

/// The type a node declares for one value; reports what is wrong with it.
pub fn read(
    world: &World,
    node: &ast::Type,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Type {
    written(world, node, false, file, diagnostics)
}

fn written(
    world: &World,
    node: &ast::Type,
    wide: bool,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Type {
    if node.element().is_some() {
        diagnostics.push(
            Diagnostic::error(codes::UNKNOWN_TYPE, "a list is not a type of one value")
                .at(node.span(file), "one value is expected"),
        );
        return Type::Unknown;
    }
    let Some(name) = node.name() else {
        return Type::Unknown;
    };
    let text = name.text();
    if let Some(counted) = node.unit() {
        return counted_in(world, node, (&text, &counted), wide, file, diagnostics);
    }
    let unit = match text.as_str() {
        "Int" => Unit::Int,
        "Decimal" => Unit::Decimal,
        "Percent" => Unit::Percent,
        "Money" if wide && node.bounds().is_none() && node.decimals().is_some() => Unit::Money,
        _ => {
            let ty = plain(world, &text, &name, file, diagnostics);
            if ty != Type::Unknown && (node.bounds().is_some() || node.decimals().is_some()) {
                diagnostics.push(
                    Diagnostic::error(
                        codes::BAD_BOUNDS,
                        format!("`{text}` has neither bounds nor decimals"),
                    )
                    .at(node.span(file), "only `Int`, `Decimal` and `Percent` have"),
                );
            }
            return ty;
        }
    };
    number(world, node, unit, wide, file, diagnostics)
}

/// What a type of other languages is called here.
fn elsewhere(name: &str) -> Option<&'static str> {
    Some(match name.to_ascii_lowercase().as_str() {
        "integer" | "long" => "Int",
        "boolean" => "Bool",
        "string" => "Text",
        "number" | "float" | "double" => "Decimal",
        "percentage" => "Percent",
        "amount" | "price" => "Money",
        "timestamp" | "datetime" => "Instant",
        "duration" => "Period",
        _ => return None,
    })
}

/// Whether a type of a number takes its decimals and bounds from the values it is for.
#[must_use]
pub fn is_open(node: &ast::Type) -> bool {
    let whole = node.name().is_some_and(|name| name.text() == "Int") && node.unit().is_some();
    node.bounds().is_none() && node.decimals().is_none() && node.element().is_none() && !whole
}

/// `Decimal in kilograms`, `Int in pieces`, `Money in USD`.
fn counted_in(
    world: &World,
    node: &ast::Type,
    (text, counted): (&str, &ast::NameRef),
    wide: bool,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Type {
    let (word, span) = (counted.text(), counted.span(file));
    match text {
        "Int" | "Decimal" => {
            let Some(unit) = unit_named(&world.units, &word) else {
                diagnostics.push(super::units::no_unit(world, &word, span));
                return Type::Unknown;
            };
            let whole = text == "Int";
            number_of(
                world,
                node,
                (Unit::Measure(unit), whole),
                wide,
                file,
                diagnostics,
            )
        }
        "Money" => {
            let Some(currency) = Currency::from_code(&word) else {
                diagnostics.push(crate::expr::literal::unknown_currency(&word, span));
                return Type::Unknown;
            };
            let unit = Unit::MoneyIn(currency);
            if node.bounds().is_none() && node.decimals().is_some() {
                return number_of(world, node, (unit, false), wide, file, diagnostics);
            }
            if node.bounds().is_some() {
                diagnostics.push(
                    Diagnostic::error(codes::BAD_BOUNDS, "an amount of money has no bounds")
                        .at(node.span(file), "only `Int`, `Decimal` and `Percent` have"),
                );
            }
            Type::Number(Number {
                unit,
                scale: currency.minor_units(),
                min: -Number::MONEY_LIMIT,
                max: Number::MONEY_LIMIT,
            })
        }
        _ => {
            diagnostics.push(
                Diagnostic::error(codes::UNKNOWN_TYPE, format!("`{text}` has no unit"))
                    .at(span, "not counted in anything")
                    .note("`Int` and `Decimal` may be counted in a unit, as in `Decimal in kilograms`"),
            );
            Type::Unknown
        }
    }
}

fn plain(
    world: &World,
    text: &str,
    name: &ast::NameRef,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Type {
    let known = match text {
        "Bool" => Some(Type::Bool),
        "Date" => Some(Type::Date),
        "Period" => Some(Type::Months),
        "Text" => Some(Type::Text),
        "Currency" => Some(Type::Currency),
        "Instant" => Some(Type::Instant),
        "Product" => Some(Type::Product),
        "Money" => Some(Type::Number(Number {
            unit: Unit::Money,
            scale: world.money_scale(),
            min: -Number::MONEY_LIMIT,
            max: Number::MONEY_LIMIT,
        })),
        _ => find(&world.enums, text).map(Type::Enum),
    };
    known.unwrap_or_else(|| {
        let names = ["Bool", "Int", "Decimal", "Percent", "Money", "Date", "Instant", "Period", "Text", "Currency", "Product"];
        let records = world.records.iter().map(|found| found.name.as_str());
        let all = names.into_iter().chain(world.enums.iter().map(|found| found.name.as_str())).chain(records);
        let diagnostic = Diagnostic::error(codes::UNKNOWN_TYPE, format!("there is no type `{text}`")).at(name.span(file), "unknown type");
        diagnostics.push(match elsewhere(text).or_else(|| nearest(text, all)) {
            Some(near) => diagnostic.suggest(format!("did you mean `{near}`"), name.span(file), near),
            None => diagnostic.note("types are `Bool`, `Int`, `Decimal`, `Percent`, `Money`, `Date`, `Instant`, `Period`, `Text`, `Currency`, `Product`, the enums and records of the ruleset, and `list of` one of these"),
        });
        Type::Unknown
    })
}

fn number(
    world: &World,
    node: &ast::Type,
    unit: Unit,
    wide: bool,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Type {
    number_of(
        world,
        node,
        (unit, unit == Unit::Int),
        wide,
        file,
        diagnostics,
    )
}

/// A number of a unit, `whole` or with decimals.
fn number_of(
    world: &World,
    node: &ast::Type,
    (unit, whole): (Unit, bool),
    wide: bool,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Type {
    let extra = if unit == Unit::Percent { 2 } else { 0 };
    let decimals = match node.decimals() {
        Some(_) if whole => {
            diagnostics.push(
                Diagnostic::error(codes::BAD_BOUNDS, "a whole number has no decimals")
                    .at(node.span(file), "write `Decimal` for one with decimals"),
            );
            0
        }
        Some(literal) => match literal
            .integer()
            .ok()
            .and_then(|count| u8::try_from(count).ok())
            .filter(|count| *count <= 18)
        {
            Some(count) => count,
            None => {
                diagnostics.push(
                    Diagnostic::error(codes::BAD_BOUNDS, "an input has at most 18 decimals")
                        .at(literal.span(file), "a whole number from 0 to 18"),
                );
                return Type::Unknown;
            }
        },
        None if whole => 0,
        None if wide => {
            if unit == Unit::Percent {
                4
            } else {
                6
            }
        }
        None => {
            diagnostics.push(
                Diagnostic::error(codes::BAD_BOUNDS, "the number of decimals is not stated")
                    .at(node.span(file), "how many decimals may it have?")
                    .suggest(
                        "say how many; an input with more is refused",
                        node.span(file).after(),
                        " with 2 decimals",
                    ),
            );
            return Type::Unknown;
        }
    };
    let scale = u8::saturating_add(decimals, extra);
    let limit = quo_value::pow10_i128(scale.min(MAX_SCALE)).map_or(UNSTATED_LIMIT, |factor| {
        if matches!(unit, Unit::Money | Unit::MoneyIn(_)) {
            Number::MONEY_LIMIT
        } else if wide {
            i128::from(i64::MAX)
        } else if whole {
            UNSTATED_LIMIT
        } else {
            factor
                .saturating_mul(if unit == Unit::Percent {
                    1_000
                } else {
                    1_000_000_000
                })
                .min(i128::from(i64::MAX))
        }
    });
    let mut result = Number {
        unit,
        scale,
        min: -limit,
        max: limit,
    };
    let Some(bounds) = node.bounds() else {
        return Type::Number(result);
    };
    let mut reader = Reader::new(world, Scope::default(), file, diagnostics);
    let ends: Vec<Option<i128>> = [bounds.from(), bounds.to()]
        .into_iter()
        .map(|end| {
            let expr = reader.read(&end?, Some(Type::Number(result)));
            let expr = crate::expr::fit::adapted(expr, Type::Number(result));
            match (expr.kind, expr.ty) {
                (ExprKind::Const(Value::Number(_)), Type::Number(found))
                    if same_unit(found.unit, unit) =>
                {
                    if found.scale > scale {
                        reader
                            .diagnostics
                            .push(crate::expr::fit::too_many_decimals(expr.span, decimals));
                        return None;
                    }
                    let end = rescaled(found, scale);
                    if end.is_none() {
                        reader.diagnostics.push(too_wide(expr.span));
                    }
                    end.map(|(value, _)| value)
                }
                (_, Type::Unknown) => None,
                (_, found) => {
                    let found = world.show().ty(found);
                    let wanted = world.show().ty(Type::Number(result));
                    reader.diagnostics.push(
                        Diagnostic::error(
                            codes::BAD_BOUNDS,
                            format!("a bound must be {wanted}, but this is {found}"),
                        )
                        .at(expr.span, found),
                    );
                    None
                }
            }
        })
        .collect();
    let [Some(min), Some(max)] = ends.as_slice() else {
        return Type::Unknown;
    };
    (result.min, result.max) = (*min, *max);
    if min > max {
        diagnostics.push(
            Diagnostic::error(codes::BAD_BOUNDS, "no value lies between these bounds")
                .at(bounds.span(file), "lowest first, both included"),
        );
        return Type::Unknown;
    }
    if *min <= i128::from(i64::MIN) || *max > i128::from(i64::MAX) {
        diagnostics.push(too_wide(bounds.span(file)));
        return Type::Unknown;
    }
    Type::Number(result)
}

fn too_wide(span: Span) -> Diagnostic {
    Diagnostic::error(
        codes::BAD_BOUNDS,
        "these bounds are wider than an input can be",
    )
    .at(span, "at most 18 digits with all decimals")
}
