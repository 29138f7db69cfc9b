//! Units of measure: what they are called, and how many of their base unit they are.

use quo_source::{Diagnostic, FileId, Span, codes};
use quo_syntax::ast::{self, AstNode};
use quo_syntax::literal::{self, Number};

use super::{Items, Placed};
use crate::hir::MeasureUnit;
use crate::world::{World, unit_named, unknown_name};

/// How many of another unit one is, as written.
type Said = (Number, String, Span);

/// A unit and what it is said to be.
struct Read {
    unit: MeasureUnit,
    file: FileId,
    /// How many of another unit, as written.
    is: Option<Said>,
}

/// Reads the units, sorted by name; reports names that are taken, what does not exist, and units that rest on themselves.
pub fn read(world: &mut World, items: &Items, diagnostics: &mut Vec<Diagnostic>) {
    let read: Vec<Read> = items
        .units
        .iter()
        .filter_map(|item| unit(item, diagnostics))
        .collect();
    let said: Vec<(String, FileId, Option<Said>)> = read
        .iter()
        .map(|read| (read.unit.name.clone(), read.file, read.is.clone()))
        .collect();
    let units = read.into_iter().map(|read| read.unit).collect();
    world.units = crate::world::sort_unique(units, "unit", diagnostics);
    plurals(world, diagnostics);
    let rests: Vec<Option<(usize, Number, Span)>> = world
        .units
        .iter()
        .map(|unit| {
            let (_, _, is) = said
                .iter()
                .find(|(name, file, _)| *name == unit.name && *file == unit.span.file)?;
            let (number, word, span) = is.as_ref()?;
            let Some(other) = unit_named(&world.units, word) else {
                diagnostics.push(no_unit(world, word, *span));
                return None;
            };
            Some((other, *number, *span))
        })
        .collect();
    for index in 0..world.units.len() {
        let factor = factor(index, &rests, world.units.len());
        let Some(unit) = world.units.get_mut(index) else {
            continue;
        };
        match factor {
            Ok((base, numerator, denominator)) => {
                (unit.base, unit.numerator, unit.denominator) = (base, numerator, denominator);
            }
            Err(Wrong::Cycle) => diagnostics.push(
                Diagnostic::error(
                    codes::CYCLE,
                    format!("the unit `{}` rests on itself", unit.name),
                )
                .at(unit.span, "declared here")
                .note("one unit of a dimension rests on none: `unit piece, pieces`"),
            ),
            Err(Wrong::TooLarge) => diagnostics.push(
                Diagnostic::error(
                    codes::OUT_OF_RANGE,
                    format!("the unit `{}` has too many digits", unit.name),
                )
                .at(unit.span, "as many as its base unit"),
            ),
        }
    }
}

/// The diagnostic for a word that is no unit.
pub fn no_unit(world: &World, word: &str, span: Span) -> Diagnostic {
    let names = world.units.iter().map(|unit| unit.plural.as_str());
    unknown_name("unit", word, span, names)
}

fn unit(item: &Placed<ast::Unit>, diagnostics: &mut Vec<Diagnostic>) -> Option<Read> {
    let name = item.node.name()?;
    let span = name.span(item.file);
    let plural = item.node.plural();
    for word in [Some(&name), plural.as_ref()].into_iter().flatten() {
        if !literal::is_unit(&word.text()) {
            diagnostics.push(
                Diagnostic::error(
                    codes::DUPLICATE_NAME,
                    format!("`{}` behind a number already means something", word.text()),
                )
                .at(word.span(item.file), "a unit needs another name"),
            );
            return None;
        }
    }
    let is = item.node.value().and_then(|value| {
        let span = value.span(item.file);
        let written = match &value {
            ast::Expr::Literal(literal) => literal.value().ok(),
            _ => None,
        };
        match written {
            Some(literal::Value::Quantity { amount, unit }) if amount.mantissa > 0 => {
                Some((amount, unit, span))
            }
            _ => {
                diagnostics.push(
                    Diagnostic::error(
                        codes::TYPE_MISMATCH,
                        "a unit is so many of another one, more than none",
                    )
                    .at(span, "such as `10 pieces`"),
                );
                None
            }
        }
    });
    Some(Read {
        unit: MeasureUnit {
            plural: plural.map_or_else(|| name.text(), |plural| plural.text()),
            name: name.text(),
            span,
            base: 0,
            numerator: 1,
            denominator: 1,
        },
        file: item.file,
        is,
    })
}

/// Reports a word for several that is a word of another unit.
fn plurals(world: &World, diagnostics: &mut Vec<Diagnostic>) {
    for (index, unit) in world.units.iter().enumerate() {
        let other = world
            .units
            .iter()
            .enumerate()
            .find(|(other, found)| *other != index && found.is_called(&unit.plural));
        if let Some((_, other)) =
            other.filter(|(other, found)| *other < index || found.name == unit.plural)
        {
            diagnostics.push(
                Diagnostic::error(
                    codes::DUPLICATE_NAME,
                    format!("`{}` is a word of two units", unit.plural),
                )
                .at(unit.span, "declared again here")
                .also(other.span, "first declared here"),
            );
        }
    }
}

enum Wrong {
    Cycle,
    TooLarge,
}

/// The base unit, and how many of it a unit is: a number and the power of ten it is divided by.
fn factor(
    unit: usize,
    rests: &[Option<(usize, Number, Span)>],
    count: usize,
) -> Result<(usize, i128, i128), Wrong> {
    let (mut at, mut numerator, mut denominator) = (unit, 1_i128, 1_i128);
    for _ in 0..=count {
        let Some((other, number, _)) = rests.get(at).copied().flatten() else {
            return Ok((at, numerator, denominator));
        };
        let power = quo_value::pow10_i128(number.scale).ok_or(Wrong::TooLarge)?;
        numerator = numerator
            .checked_mul(number.mantissa)
            .ok_or(Wrong::TooLarge)?;
        denominator = denominator.checked_mul(power).ok_or(Wrong::TooLarge)?;
        at = other;
    }
    Err(Wrong::Cycle)
}
