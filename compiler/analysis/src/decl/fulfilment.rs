//! Fulfilment: what an accepted line becomes.

use quo_source::{Diagnostic, FileId, codes};
use quo_syntax::ast::{self, AstNode};

use super::{Items, approvals};
use crate::expr::{Reader, Scope};
use crate::hir::{Fulfilment, Task};
use crate::world::{World, resolve};

/// How often a task is tried where it does not say.
const TRIES: u32 = 3;
/// The time limit of a task in minutes where it does not say: one day.
const WITHIN_MINUTES: u32 = 24 * 60;

/// Reads the fulfilments, sorted by product.
pub fn read(world: &World, items: &Items, diagnostics: &mut Vec<Diagnostic>) -> Vec<Fulfilment> {
    let mut found: Vec<Fulfilment> = Vec::new();
    for item in &items.fulfils {
        let Some(name) = item.node.product() else {
            continue;
        };
        let Some(product) = resolve(&world.products, "product", &name, item.file, diagnostics)
        else {
            continue;
        };
        let span = name.span(item.file);
        if let Some(before) = found.iter().find(|before| before.product == product) {
            diagnostics.push(
                Diagnostic::error(
                    codes::DUPLICATE_NAME,
                    format!("the fulfilment of `{}` is declared twice", name.text()),
                )
                .at(span, "again here")
                .also(before.span, "first here"),
            );
            continue;
        }
        let tasks = tasks(world, product, &item.node, item.file, diagnostics);
        found.push(Fulfilment {
            product,
            span,
            tasks,
        });
    }
    found.sort_by_key(|fulfilment| fulfilment.product);
    found
}

fn tasks(
    world: &World,
    product: usize,
    node: &ast::Fulfil,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Task> {
    let nodes: Vec<(String, ast::Task)> = node
        .tasks()
        .filter_map(|task| Some((task.name()?.text(), task)))
        .collect();
    let waits: Vec<Vec<String>> = nodes
        .iter()
        .map(|(_, task)| {
            task.after()
                .map(|after| after.tasks().map(|name| name.text()).collect())
                .unwrap_or_default()
        })
        .collect();
    let mut order: Vec<usize> = Vec::new();
    loop {
        let ready = (0..nodes.len()).find(|index| {
            !order.contains(index)
                && waits.get(*index).is_some_and(|waits| {
                    waits.iter().all(|wait| {
                        let known = nodes.iter().position(|(name, _)| name == wait);
                        known.is_none_or(|known| order.contains(&known))
                    })
                })
        });
        match ready {
            Some(ready) => order.push(ready),
            None => break,
        }
    }
    for (index, (name, task)) in nodes.iter().enumerate() {
        if !order.contains(&index) {
            diagnostics.push(
                Diagnostic::error(codes::CYCLE, format!("the task `{name}` waits for itself")).at(
                    task.span(file),
                    "directly or through the tasks it waits for",
                ),
            );
        }
    }
    let mut tasks: Vec<Task> = Vec::new();
    for index in order {
        let Some((_, node)) = nodes.get(index) else {
            continue;
        };
        tasks.extend(task(world, product, node, &tasks, file, diagnostics));
    }
    tasks
}

fn task(
    world: &World,
    product: usize,
    node: &ast::Task,
    earlier: &[Task],
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Task> {
    let name = node.name()?;
    let span = name.span(file);
    if let Some(before) = earlier.iter().find(|before| before.name == name.text()) {
        diagnostics.push(
            Diagnostic::error(
                codes::DUPLICATE_NAME,
                format!("the task `{}` is declared twice", name.text()),
            )
            .at(span, "again here")
            .also(before.span, "first here"),
        );
        return None;
    }
    let system = resolve(&world.systems, "system", &node.system()?, file, diagnostics)?;
    let mut after: Vec<usize> = Vec::new();
    for wait in node.after().into_iter().flat_map(|after| after.tasks()) {
        match earlier.iter().position(|task| task.name == wait.text()) {
            Some(task) => after.push(task),
            None => {
                let names = earlier.iter().map(|task| task.name.as_str());
                diagnostics.push(crate::world::unknown_name(
                    "task before this one called",
                    &wait.text(),
                    wait.span(file),
                    names,
                ));
            }
        }
    }
    after.sort_unstable();
    after.dedup();
    let scope = Scope {
        product: Some(product),
        direct: true,
        ..Scope::default()
    };
    let when = node
        .when()
        .and_then(|when| when.condition())
        .map(|condition| Reader::new(world, scope, file, diagnostics).condition(&condition));
    let tries = match node.tries().and_then(|clause| clause.times()) {
        None => TRIES,
        Some(literal) => match literal
            .integer()
            .ok()
            .and_then(|times| u32::try_from(times).ok())
            .filter(|times| (1..=1_000).contains(times))
        {
            Some(times) => times,
            None => {
                diagnostics.push(
                    Diagnostic::error(codes::BAD_TASK, "a task is tried from 1 to 1_000 times")
                        .at(literal.span(file), "a whole number from 1"),
                );
                TRIES
            }
        },
    };
    let within_minutes = match node.within().and_then(|clause| clause.period()) {
        None => WITHIN_MINUTES,
        Some(literal) => match approvals::minutes_of(&literal).filter(|minutes| *minutes > 0) {
            Some(minutes) => minutes,
            None => {
                diagnostics.push(
                    Diagnostic::error(codes::BAD_UNIT, "a time limit is expected").at(
                        literal.span(file),
                        "such as `30 minutes`, `2 hours` or `1 day`",
                    ),
                );
                WITHIN_MINUTES
            }
        },
    };
    Some(Task {
        name: name.text(),
        span,
        system,
        after,
        when,
        tries,
        within_minutes,
        undo: node
            .undo()
            .and_then(|undo| undo.task())
            .map(|name| name.text()),
    })
}
