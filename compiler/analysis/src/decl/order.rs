//! The order in which adjustments apply to a charge: by stage, then by priority; two in one place are refused.

use quo_source::{Diagnostic, codes};

use super::adjustments::Adjustments;
use crate::check;
use crate::hir::{Adjustment, Target, Turn, turn};
use crate::world::World;

/// Puts the targets of each charge in the order in which they apply; reports each pair in one place once.
///
/// `placed` says of which adjustments stage and priority are known; what is wrong with the others has been said.
pub fn order(
    world: &World,
    found: &mut Adjustments,
    placed: &[bool],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let (adjustments, groups) = (&found.adjustments, &found.groups);
    let place = |target: &Target| {
        let adjustment = adjustments.get(target.adjustment);
        adjustment.map(|adjustment| turn(adjustment, groups))
    };
    let in_one_place =
        |a: &Target, b: &Target| place(a).zip(place(b)).is_some_and(|(a, b)| same(a, b));
    let is_placed = |target: &Target| placed.get(target.adjustment) == Some(&true);
    let mut told: Vec<(usize, usize)> = Vec::new();
    for (charge, targets) in &mut found.targets {
        targets.sort_by_key(|target| (place(target), target.adjustment));
        for (index, second) in targets.iter().enumerate() {
            let before = targets.iter().take(index).rev();
            for first in before.take_while(|first| in_one_place(first, second)) {
                let pair = (first.adjustment, second.adjustment);
                if told.contains(&pair) || !is_placed(first) || !is_placed(second) {
                    continue;
                }
                let (Some(a), Some(b)) = (adjustments.get(pair.0), adjustments.get(pair.1)) else {
                    continue;
                };
                let product = world
                    .charges
                    .get(*charge)
                    .map_or(0, |charge| charge.product);
                if let Some(case) = check::apart(world, product, (first, a), (second, b)) {
                    told.push(pair);
                    diagnostics.push(same_place(world, *charge, a, b, &case));
                }
            }
        }
    }
}

/// Whether the order of two places is not stated: a group is one place among the others.
fn same(a: Turn, b: Turn) -> bool {
    let (stage, priority, group, inside) = a;
    (stage, priority) == (b.0, b.1) && (group != b.2 || inside == b.3)
}

fn same_place(
    world: &World,
    charge: usize,
    a: &Adjustment,
    b: &Adjustment,
    case: &str,
) -> Diagnostic {
    let stage = world.stages.get(b.stage).map_or("", String::as_str);
    Diagnostic::error(
        codes::SAME_PLACE,
        format!(
            "`{}` and `{}` can meet on `{}`, and nothing says which comes first",
            a.name,
            b.name,
            world.charge_id(charge)
        ),
    )
    .at(b.span, format!("stage {stage}, priority {}", b.priority))
    .also(a.span, "the same stage and priority")
    .note(format!("for example {case}"))
    .suggest_edits(
        "give one of them another priority; the lower one applies first",
        Vec::new(),
    )
}
