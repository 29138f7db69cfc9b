//! Discounts and promotions that take more than everything: what is beyond 100% is never taken, so that it is most often a
//! slip of the keyboard.

use quo_source::{Diagnostic, codes};

use crate::hir::{BinaryOp, Effect, Expr, ExprKind, Rules};
use crate::types::{Number, Type, Unit};

/// Reports percentages above 100%, taken or allowed to be asked for.
pub fn check(rules: &Rules, found: &mut Vec<Diagnostic>) {
    let targets = rules.charges.iter().flat_map(|charge| &charge.adjustments);
    for target in targets {
        let Some(adjustment) = rules.adjustments.get(target.adjustment) else {
            continue;
        };
        if adjustment.effect != Effect::Take {
            continue;
        }
        let Some((share, number)) = share(&target.saving) else {
            continue;
        };
        let Some(whole) = quo_value::pow10_i128(number.scale) else {
            continue;
        };
        let shown = |value| crate::show::number_text(value, number);
        let diagnostic = if number.min > whole {
            Diagnostic::warning(
                codes::TAKES_TOO_MUCH,
                format!("`{}` takes more than everything", adjustment.name),
            )
            .at(share.span, format!("{} of it", shown(number.min)))
        } else if matches!(share.kind, ExprKind::Asked(_)) && number.max > whole {
            Diagnostic::warning(
                codes::TAKES_TOO_MUCH,
                format!(
                    "more than everything may be asked for as `{}`",
                    adjustment.name
                ),
            )
            .at(adjustment.span, format!("up to {}", shown(number.max)))
        } else {
            continue;
        };
        let diagnostic = diagnostic.note("a discount takes no more than what is left");
        // It is the same on every charge.
        if !found.contains(&diagnostic) {
            found.push(diagnostic);
        }
    }
}

/// The share of a price that is taken.
fn share(saving: &Expr) -> Option<(&Expr, Number)> {
    let ExprKind::Binary(BinaryOp::Mul, base, share) = &saving.kind else {
        return None;
    };
    if !matches!(base.kind, ExprKind::List | ExprKind::Left) {
        return None;
    }
    match share.ty {
        Type::Number(number) if number.unit == Unit::Percent => Some((share, number)),
        _ => None,
    }
}
