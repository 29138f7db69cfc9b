//! Tries of a task that do not fit into its time: the last ones would never be made.

use quo_source::{Diagnostic, codes};

use crate::hir::{Rules, Task};

/// Reports tasks whose waits between tries are longer than their time limit.
pub fn check(rules: &Rules, found: &mut Vec<Diagnostic>) {
    for task in rules.fulfilments.iter().flat_map(|plan| &plan.tasks) {
        let waits = waits_minutes(task);
        if waits <= u64::from(task.within_minutes) {
            continue;
        }
        found.push(
            Diagnostic::warning(
                codes::TRIES_DO_NOT_FIT,
                format!(
                    "the {} tries of `{}` do not fit into its time",
                    task.tries, task.name
                ),
            )
            .at(
                task.span,
                format!(
                    "the waits between them are {waits} minutes, and it has {}",
                    task.within_minutes
                ),
            )
            .note("fewer tries, shorter waits, or a longer `within`"),
        );
    }
}

/// The minutes between the first try and the last one, if each fails at once.
fn waits_minutes(task: &Task) -> u64 {
    let mut wait = u64::from(task.waiting_minutes);
    let mut all = 0_u64;
    for _ in 1..task.tries {
        all = all.saturating_add(wait);
        if task.doubling {
            wait = wait.saturating_mul(2);
        }
        // Longer than any limit.
        if wait == 0 || all > u64::from(u32::MAX) {
            break;
        }
    }
    all
}
