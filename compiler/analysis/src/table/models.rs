//! The column that a model of prices speaks about: the tiers, or the volume.

use quo_source::{Diagnostic, Span, codes};

use super::Heading;
use super::prices::Priced;
use crate::types::Type;
use crate::world::World;

/// The column of the tiers: what the charge counts.
pub fn tier_column(
    world: &World,
    priced: Priced<'_>,
    (name, span): &(String, Span),
    headings: &[Heading],
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<usize> {
    let charge = world.charges.get(priced.charge)?;
    let Some(column) = headings.iter().position(|heading| heading.name == *name) else {
        let message = format!("graduated prices need a column `{name}` with the tiers");
        diagnostics.push(
            no_column(message, name, *span, headings).also(priced.span, "its table has none"),
        );
        return None;
    };
    let heading = headings.get(column)?;
    let of = charge.quantity.of.as_ref();
    if !of.is_some_and(|of| of.is_same(&heading.expr)) {
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
            .at(*span, "tiers count what the charge counts")
            .also(charge.span, "charged here")
            .note("where something else chooses one price for all units, write `volume by`"),
        );
        return None;
    }
    Some(column)
}

/// Whether the column that chooses the price of all units is there, and is one of numbers.
pub fn volume_column(
    world: &World,
    priced: Priced<'_>,
    (name, span): &(String, Span),
    headings: &[Heading],
    diagnostics: &mut Vec<Diagnostic>,
) -> bool {
    let found = headings.iter().find(|heading| heading.name == *name);
    let problem = match found.map(|heading| heading.expr.ty) {
        Some(Type::Number(_)) => return true,
        Some(other) => {
            let shown = world.show().ty(other);
            let message = format!("`{name}` is {shown}, and a volume is a number");
            Diagnostic::error(codes::BAD_HEADER, message).at(*span, "chooses the price")
        }
        None => {
            let message = format!("the prices by `{name}` need a column `{name}`");
            no_column(message, name, *span, headings)
        }
    };
    diagnostics.push(problem.also(priced.span, "of these prices"));
    false
}

/// A column that is named and not there, with the one that is perhaps meant.
fn no_column(message: String, name: &str, span: Span, headings: &[Heading]) -> Diagnostic {
    let problem = Diagnostic::error(codes::BAD_HEADER, message).at(span, "no such column");
    let names = headings.iter().map(|heading| heading.name.as_str());
    match crate::show::nearest(name, names) {
        Some(near) => problem.suggest(format!("did you mean `{near}`"), span, near),
        None => problem,
    }
}
