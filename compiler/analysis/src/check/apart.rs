//! Whether two adjustments can apply together: their bundles, their days and their conditions.

use super::condition::{Alternative, all, alternatives};
use super::scene::{Dimension, Key, Names, Scene, fact_name};
use super::selling::days;
use super::set::{Ordinal, Set};
use crate::hir::{Adjustment, Target};
use crate::types::Type;
use crate::world::World;
use quo_value::Date;

/// A case in which both apply to a charge of `product`, in a person's words; `None` if there is none.
#[must_use]
pub fn conditions(
    world: &World,
    product: usize,
    a: (&Target, &Adjustment),
    b: (&Target, &Adjustment),
) -> Option<String> {
    if a.0.within.is_some() && b.0.within.is_some() && a.0.within != b.0.within {
        return None;
    }
    let both = days(a.1.effective).and(&days(b.1.effective));
    let within = a.0.within.or(b.0.within);
    let scene = Scene::new(Names::declared(world), Some(product), within);
    let when = |target: &Target| match &target.when {
        Some(when) => alternatives(&scene, when, true),
        None => vec![Alternative::anything()],
    };
    let frame = match date(world) {
        Some(date) => Alternative::anything()
            .only(&date, &both)
            .into_iter()
            .collect(),
        None => vec![Alternative::anything()],
    };
    let cases = all(&[when(a.0), when(b.0), frame]);
    // One that is understood in full is the better example.
    let case = cases
        .iter()
        .find(|case| case.exact)
        .or_else(|| cases.first());
    case.map(|case| case.words(&scene))
}

/// The selling date.
fn date(world: &World) -> Option<Dimension> {
    let index = world.fact("quote", "date")?;
    let day = |date: Date| Ordinal::from(date.days());
    Some(Dimension {
        key: Key::Fact(index),
        name: fact_name(world.facts.get(index)?),
        ty: Type::Date,
        domain: Set::interval(day(Date::MIN), day(Date::MAX)),
    })
}
