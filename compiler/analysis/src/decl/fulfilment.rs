//! Fulfilment: what an accepted line becomes.

use quo_source::{Diagnostic, FileId, Span, codes};
use quo_syntax::ast::{self, AstNode};

use super::{Items, approvals};
use crate::expr::{Reader, Scope};
use crate::hir::{Fulfilment, PartAfter, PartTask, Task};
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
        let mut tasks = tasks(world, product, &item.node, item.file, diagnostics);
        cut_offs(&mut tasks, &item.node, item.file, diagnostics);
        let part_afters = part_afters(world, product, &tasks, &item.node, item.file, diagnostics);
        found.push(Fulfilment {
            product,
            span,
            tasks,
            part_afters,
        });
    }
    found.sort_by_key(|fulfilment| fulfilment.product);
    check_part_tasks(world, &found, diagnostics);
    found
}

/// Marks the tasks after whose start nothing can be cancelled.
fn cut_offs(
    tasks: &mut [Task],
    node: &ast::Fulfil,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) {
    for clause in node.cut_offs() {
        let Some(name) = clause.task() else { continue };
        let found = tasks.iter().position(|task| task.name == name.text());
        match found.and_then(|found| tasks.get_mut(found)) {
            Some(task) => task.cut_off = true,
            None => diagnostics.push(crate::world::unknown_name(
                "task called",
                &name.text(),
                name.span(file),
                tasks.iter().map(|task| task.name.as_str()),
            )),
        }
    }
}

/// What the tasks of parts wait for.
fn part_afters(
    world: &World,
    product: usize,
    tasks: &[Task],
    node: &ast::Fulfil,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<PartAfter> {
    let mut found: Vec<PartAfter> = Vec::new();
    for clause in node.part_afters() {
        let (Some(name), Some(after)) = (clause.part(), clause.after()) else {
            continue;
        };
        let Some(part) = part_named(world, product, &name.text(), name.span(file), diagnostics)
        else {
            continue;
        };
        let mut waits = Vec::new();
        for wait in after.tasks() {
            match tasks.iter().position(|task| task.name == wait.text()) {
                Some(task) => waits.push(task),
                None => diagnostics.push(crate::world::unknown_name(
                    "task called",
                    &wait.text(),
                    wait.span(file),
                    tasks.iter().map(|task| task.name.as_str()),
                )),
            }
        }
        waits.sort_unstable();
        waits.dedup();
        found.push(PartAfter { part, after: waits });
    }
    found.sort_by_key(|after| after.part);
    for (before, after) in found.iter().zip(found.iter().skip(1)) {
        if before.part == after.part {
            diagnostics.push(
                Diagnostic::error(
                    codes::DUPLICATE_CLAUSE,
                    "it is said twice what a part waits for",
                )
                .at(node.span(file), "in this plan")
                .note("name all tasks once, with commas between"),
            );
        }
    }
    found.dedup_by_key(|after| after.part);
    for after in &found {
        if waits_for_itself_through(after, tasks, &found) {
            let parts = world.products.get(product).map(|product| &product.parts);
            let name = parts
                .and_then(|parts| parts.get(after.part))
                .map_or("", |part| part.name.as_str());
            diagnostics.push(
                Diagnostic::error(codes::CYCLE, format!("the part `{name}` waits for itself")).at(
                    node.span(file),
                    "a task it waits for waits for a task of it",
                ),
            );
            break;
        }
    }
    found
}

/// Whether what a part waits for waits, over tasks and other parts, for a task of that part.
fn waits_for_itself_through(start: &PartAfter, tasks: &[Task], all: &[PartAfter]) -> bool {
    let mut seen: Vec<usize> = Vec::new();
    let mut open = start.after.clone();
    while let Some(number) = open.pop() {
        let Some(task) = tasks.get(number).filter(|_| !seen.contains(&number)) else {
            continue;
        };
        seen.push(number);
        open.extend(task.after.iter().copied());
        for wait in &task.after_parts {
            if wait.part == start.part {
                return true;
            }
            let waits = all.iter().filter(|after| after.part == wait.part);
            open.extend(waits.flat_map(|after| after.after.iter().copied()));
        }
    }
    false
}

fn part_named(
    world: &World,
    product: usize,
    name: &str,
    span: Span,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<usize> {
    let parts = world
        .products
        .get(product)
        .map(|product| product.parts.as_slice())
        .unwrap_or_default();
    let found = parts.iter().position(|part| part.name == name);
    if found.is_none() {
        let names = parts.iter().map(|part| part.name.as_str());
        diagnostics.push(crate::world::unknown_name("part", name, span, names));
    }
    found
}

/// A task of a part that is waited for must be in the plan of some product that may be in the part.
fn check_part_tasks(world: &World, plans: &[Fulfilment], diagnostics: &mut Vec<Diagnostic>) {
    for plan in plans {
        for task in &plan.tasks {
            for wait in &task.after_parts {
                let part = world
                    .products
                    .get(plan.product)
                    .and_then(|product| product.parts.get(wait.part));
                let Some(part) = part else { continue };
                let has = plans
                    .iter()
                    .filter(|other| part.kinds.contains(&other.product))
                    .flat_map(|other| &other.tasks)
                    .any(|other| other.name == wait.task);
                if !has {
                    diagnostics.push(
                        Diagnostic::error(
                            codes::BAD_TASK,
                            format!(
                                "no product of the part `{}` has a task `{}`",
                                part.name, wait.task
                            ),
                        )
                        .at(task.span, "this task would wait for nothing"),
                    );
                }
            }
        }
    }
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
    let after_parts = after_parts(world, product, node, file, diagnostics);
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
        after_parts,
        when,
        tries,
        waiting_minutes: waiting_minutes(node, file, diagnostics),
        doubling: node.waiting().is_some_and(|clause| clause.is_doubling()),
        within_minutes,
        undo: node
            .undo()
            .and_then(|undo| undo.task())
            .map(|name| name.text()),
        cut_off: false,
    })
}

/// The wait after the first try that failed; 0 where the platform chooses it.
fn waiting_minutes(node: &ast::Task, file: FileId, diagnostics: &mut Vec<Diagnostic>) -> u32 {
    let Some(literal) = node.waiting().and_then(|clause| clause.period()) else {
        return 0;
    };
    let found = approvals::minutes_of(&literal).filter(|minutes| *minutes > 0);
    if found.is_none() {
        diagnostics.push(
            Diagnostic::error(codes::BAD_UNIT, "a time to wait is expected")
                .at(literal.span(file), "such as `5 minutes` or `1 hour`"),
        );
    }
    found.unwrap_or(0)
}

/// The tasks of parts that a task waits for, `part.task` each.
fn after_parts(
    world: &World,
    product: usize,
    node: &ast::Task,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<PartTask> {
    let mut found: Vec<PartTask> = Vec::new();
    for path in node
        .after()
        .into_iter()
        .flat_map(|after| after.part_tasks())
    {
        let segments: Vec<String> = path.segments().into_iter().map(|(name, _)| name).collect();
        let [part, task] = segments.as_slice() else {
            diagnostics.push(
                Diagnostic::error(codes::BAD_TASK, "a task of a part is named `part.task`")
                    .at(path.span(file), "two names are expected"),
            );
            continue;
        };
        let Some(part) = part_named(world, product, part, path.span(file), diagnostics) else {
            continue;
        };
        let wait = PartTask {
            part,
            task: task.clone(),
        };
        if !found.contains(&wait) {
            found.push(wait);
        }
    }
    found
}
