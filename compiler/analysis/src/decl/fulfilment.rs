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
        let Some(product) = resolve(
            world,
            &world.products,
            "product",
            &name,
            item.file,
            diagnostics,
        ) else {
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
    diagnostics.extend(waits_for_itself(&nodes, &waits, &order, file));
    let known: Vec<&str> = nodes.iter().map(|(name, _)| name.as_str()).collect();
    let mut tasks: Vec<Task> = Vec::new();
    for index in order {
        let Some((_, node)) = nodes.get(index) else {
            continue;
        };
        tasks.extend(task(
            world,
            product,
            node,
            (&tasks, &known),
            file,
            diagnostics,
        ));
    }
    tasks
}

/// The first circle among the tasks that wait for each other, told once.
fn waits_for_itself(
    nodes: &[(String, ast::Task)],
    waits: &[Vec<String>],
    order: &[usize],
    file: FileId,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut seen: Vec<usize> = Vec::new();
    for start in (0..nodes.len()).filter(|index| !order.contains(index)) {
        let mut path: Vec<usize> = Vec::new();
        let mut next = Some(start);
        while let Some(index) = next.filter(|index| !seen.contains(index)) {
            seen.push(index);
            path.push(index);
            // Each of these waits for another of them, else it would be in the order.
            next = waits.get(index).and_then(|waits| {
                waits.iter().find_map(|wait| {
                    let task = nodes.iter().position(|(name, _)| name == wait)?;
                    (!order.contains(&task)).then_some(task)
                })
            });
        }
        let Some(first) = next.and_then(|next| path.iter().position(|index| *index == next)) else {
            continue;
        };
        let circle: Vec<&(String, ast::Task)> = path
            .iter()
            .skip(first)
            .filter_map(|index| nodes.get(*index))
            .collect();
        let Some((name, task)) = circle.first() else {
            continue;
        };
        let mut names: Vec<&str> = circle.iter().map(|(name, _)| name.as_str()).collect();
        names.push(name);
        found.push(
            Diagnostic::error(codes::CYCLE, format!("the task `{name}` waits for itself"))
                .at(task.span(file), names.join(" after ")),
        );
    }
    found
}

fn task(
    world: &World,
    product: usize,
    node: &ast::Task,
    (earlier, known): (&[Task], &[&str]),
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
    let system = resolve(
        world,
        &world.systems,
        "system",
        &node.system()?,
        file,
        diagnostics,
    )?;
    let mut after: Vec<usize> = Vec::new();
    for wait in node.after().into_iter().flat_map(|after| after.tasks()) {
        match earlier.iter().position(|task| task.name == wait.text()) {
            Some(task) => after.push(task),
            // What is wrong with that task has been said.
            None if known.contains(&wait.text().as_str()) => {}
            None => diagnostics.push(crate::world::unknown_name(
                "task called",
                &wait.text(),
                wait.span(file),
                known.iter().copied(),
            )),
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
