//! Fulfilment: which tasks each line and its parts become, and what they wait for once some are left out.

use std::collections::{BTreeMap, BTreeSet};

use quo_model::{ArchivedFulfilment, ArchivedModel, some};

use super::plan::{Plan, get};
use super::{TaskOutcome, Verdict};
use crate::frame::{Input, at, index};
use crate::limits::Stopped;
use crate::record::{Recorder, Subject};

impl<R: Recorder> Plan<'_, R> {
    /// Decides for every item of every line which of its product's tasks take place.
    pub fn fulfilment(&mut self) -> Result<(), Stopped> {
        for item in 0..index(self.input.items.len()) {
            let found = get(self.input.items, item)?;
            let product = get(&self.model.products, found.product)?;
            let Some(fulfilment) = some(product.fulfilment.to_native()) else {
                continue;
            };
            let tasks = &get(&self.model.fulfilments, fulfilment)?.tasks;
            let frame = self.frame().on(item);
            for (task, def) in (0_u32..).zip(tasks.iter()) {
                let verdict = match some(def.when.to_native()) {
                    None => Verdict::Holds,
                    Some(when) => match self.narrow(Subject::Task { item, task }, when, &frame)? {
                        None => Verdict::Fault,
                        Some(1) => Verdict::Holds,
                        Some(_) => Verdict::Fails,
                    },
                };
                self.decision.tasks.push(TaskOutcome {
                    line: found.line,
                    item,
                    task,
                    verdict,
                });
            }
        }
        Ok(())
    }
}

/// The plan of an item's product.
pub(crate) fn plan_of<'a>(
    model: &'a ArchivedModel,
    input: Input<'_>,
    item: u32,
) -> Option<&'a ArchivedFulfilment> {
    let product = model.products.get(at(input.items.get(at(item))?.product))?;
    model
        .fulfilments
        .get(at(some(product.fulfilment.to_native())?))
}

/// The tasks of a line that take place, every one after those it waits for: each with the tasks it waits for, as
/// positions in `tasks`, sorted. What waited for a task that is left out waits for what that one waited for.
pub(crate) fn ordered(
    model: &ArchivedModel,
    input: Input<'_>,
    tasks: &[TaskOutcome],
) -> Vec<(usize, Vec<usize>)> {
    let waits = waits(model, input, tasks);
    let mut open: Vec<usize> = waits.iter().map(Vec::len).collect();
    let mut followers: Vec<Vec<usize>> = vec![Vec::new(); tasks.len()];
    for (task, waits) in waits.iter().enumerate() {
        for wait in waits {
            if let Some(followers) = followers.get_mut(*wait) {
                followers.push(task);
            }
        }
    }
    let free = open.iter().enumerate().filter(|(_, open)| **open == 0);
    let mut ready: BTreeSet<usize> = free.map(|(task, _)| task).collect();
    let mut resolved: Vec<Vec<usize>> = vec![Vec::new(); tasks.len()];
    let mut found = Vec::new();
    while let Some(task) = ready.pop_first() {
        let mut after: Vec<usize> = Vec::new();
        for wait in waits.get(task).into_iter().flatten() {
            if takes_place(tasks, *wait) {
                after.push(*wait);
            } else {
                // Every task comes after those it waits for, so that these are known.
                after.extend(resolved.get(*wait).into_iter().flatten());
            }
        }
        after.sort_unstable();
        after.dedup();
        if takes_place(tasks, task) {
            found.push((task, after.clone()));
        }
        if let Some(resolved) = resolved.get_mut(task) {
            *resolved = after;
        }
        for follower in followers.get(task).into_iter().flatten() {
            if let Some(open) = open.get_mut(*follower) {
                *open = open.saturating_sub(1);
                if *open == 0 {
                    ready.insert(*follower);
                }
            }
        }
    }
    found
}

fn takes_place(tasks: &[TaskOutcome], task: usize) -> bool {
    tasks
        .get(task)
        .is_some_and(|task| task.verdict == Verdict::Holds)
}

/// What each task of a line waits for, those that are left out too: tasks of its own plan, tasks of its parts, and what
/// the bundles it is in say their parts wait for.
fn waits(model: &ArchivedModel, input: Input<'_>, tasks: &[TaskOutcome]) -> Vec<Vec<usize>> {
    let mut first: BTreeMap<u32, usize> = BTreeMap::new();
    for (position, task) in tasks.iter().enumerate() {
        first.entry(task.item).or_insert(position);
    }
    let at_task = |item: u32, task: u32| Some(first.get(&item)?.saturating_add(at(task)));
    let mut waits: Vec<Vec<usize>> = Vec::with_capacity(tasks.len());
    for outcome in tasks {
        let mut found: Vec<usize> = Vec::new();
        let plan = plan_of(model, input, outcome.item);
        let task = plan.and_then(|plan| plan.tasks.get(at(outcome.task)));
        if let Some(task) = task {
            let own = task.after.iter().map(|after| after.to_native());
            found.extend(own.filter_map(|after| at_task(outcome.item, after)));
            for wait in task.after_parts.iter() {
                let children = input.children(outcome.item);
                for (child, _) in children.filter(|(_, child)| wait.part == child.part) {
                    let named = plan_of(model, input, child)
                        .and_then(|plan| plan.tasks.iter().position(|it| it.name == wait.task));
                    found.extend(named.and_then(|task| at_task(child, index(task))));
                }
            }
        }
        found.extend(above(model, input, outcome.item, &at_task));
        found.sort_unstable();
        found.dedup();
        waits.push(found);
    }
    waits
}

/// The tasks of the bundles above an item that their parts wait for.
fn above(
    model: &ArchivedModel,
    input: Input<'_>,
    item: u32,
    at_task: &impl Fn(u32, u32) -> Option<usize>,
) -> Vec<usize> {
    let mut found = Vec::new();
    let mut next = input.items.get(at(item));
    while let Some(item) = next {
        let parent = input.items.get(at(item.parent));
        if parent.is_some()
            && let Some(plan) = plan_of(model, input, item.parent)
        {
            let afters = plan.part_afters.iter().filter(|it| it.part == item.part);
            let tasks = afters.flat_map(|it| it.after.iter());
            found.extend(tasks.filter_map(|task| at_task(item.parent, task.to_native())));
        }
        next = parent;
    }
    found
}
