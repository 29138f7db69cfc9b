//! Approvers that stand twice in a row: the second time they would approve what they have just approved.

use quo_source::{Diagnostic, codes};

use crate::hir::{Approval, Rules};

/// Reports rows of approval matrices that ask the same role twice, next to each other.
pub fn check(rules: &Rules, found: &mut Vec<Diagnostic>) {
    // Where one person decides only once, they are two persons.
    let once = |approval: &&Approval| !approval.never_twice;
    for approval in rules.approvals.iter().filter(once) {
        for (row, asks) in approval.table.rows.iter().zip(&approval.rows) {
            let next = asks.steps.windows(2).find_map(|pair| match pair {
                [one, other] => other.roles.iter().find(|role| {
                    // One of several may be another person.
                    let alone = one.roles.len() == 1 || (!one.any && !other.any);
                    alone && one.roles.contains(role)
                }),
                _ => None,
            });
            let within = asks.steps.iter().find_map(|step| {
                let mut roles = step.roles.clone();
                roles.sort_unstable();
                let twice = roles.windows(2).find(|pair| pair.first() == pair.last());
                twice.and_then(|pair| step.roles.iter().find(|role| pair.first() == Some(role)))
            });
            let Some(role) = next.or(within).and_then(|role| rules.roles.get(*role)) else {
                continue;
            };
            found.push(
                Diagnostic::warning(
                    codes::SAME_APPROVER,
                    format!("`{}` is asked twice in a row", role.name),
                )
                .at(row.span, "once would do")
                .note(
                    "where two persons must approve, give them two roles, or say `never the same person twice`",
                ),
            );
        }
    }
}
