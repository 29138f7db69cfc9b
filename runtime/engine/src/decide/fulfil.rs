//! Fulfilment: which tasks each line becomes, and what they wait for once some are left out.

use quo_model::{ArchivedFulfilment, some};

use super::plan::{Plan, get};
use super::{TaskOutcome, Verdict};
use crate::frame::{at, index};
use crate::limits::Stopped;
use crate::record::{Recorder, Subject};

impl<R: Recorder> Plan<'_, R> {
    /// Decides for every line which of its product's tasks take place.
    pub fn fulfilment(&mut self) -> Result<(), Stopped> {
        for line in 0..index(self.decision.request.lines.len()) {
            let item = get(&self.decision.request.lines, line)?.item;
            let product = get(&self.model.products, get(self.input.items, item)?.product)?;
            let Some(fulfilment) = some(product.fulfilment.to_native()) else {
                continue;
            };
            let tasks = &get(&self.model.fulfilments, fulfilment)?.tasks;
            let frame = self.frame().on(item);
            for (task, def) in (0_u32..).zip(tasks.iter()) {
                let verdict = match some(def.when.to_native()) {
                    None => Verdict::Holds,
                    Some(when) => match self.narrow(Subject::Task { line, task }, when, &frame)? {
                        None => Verdict::Fault,
                        Some(1) => Verdict::Holds,
                        Some(_) => Verdict::Fails,
                    },
                };
                self.decision.tasks.push(TaskOutcome {
                    line,
                    task,
                    verdict,
                });
            }
        }
        Ok(())
    }
}

/// For each task the tasks it waits for: where one of them is left out, those that one waits for. Sorted.
pub(crate) fn waits(fulfilment: &ArchivedFulfilment, takes_place: &[bool]) -> Vec<Vec<u32>> {
    let mut waits: Vec<Vec<u32>> = Vec::with_capacity(fulfilment.tasks.len());
    for task in fulfilment.tasks.iter() {
        let mut after = Vec::new();
        for earlier in task.after.iter().map(|earlier| earlier.to_native()) {
            if takes_place.get(at(earlier)).copied().unwrap_or(false) {
                after.push(earlier);
            } else {
                // Tasks stand after those they wait for, so that these are known.
                after.extend(waits.get(at(earlier)).into_iter().flatten());
            }
        }
        after.sort_unstable();
        after.dedup();
        waits.push(after);
    }
    waits
}
