//! Approvals and fulfilments.

use super::vocabulary::{distinct, value_type};
use super::{Need, Verified, are_strings, ensure, fits, in_range, in_range_or_none, terms};
use crate::access::{at, index, some};
use crate::rules::{ArchivedApproval, ArchivedFulfilment, ArchivedModel};
use crate::{NONE, Scope};

/// Verifies approval matrices, fulfilments and which product has which.
pub(super) fn verify(model: &ArchivedModel) -> Verified {
    for (id, matrix) in model.approvals.iter().enumerate() {
        approval(model, id, matrix)?;
    }
    for (id, plan) in model.fulfilments.iter().enumerate() {
        fulfilment(model, id, plan)?;
    }
    for (id, product) in model.products.iter().enumerate() {
        let place = format!("product `{}`", model.str(product.name.to_native()));
        let plan = product.fulfilment.to_native();
        in_range_or_none(plan, model.fulfilments.len(), &place, "fulfilment")?;
        let own = match model.fulfilments.get(at(plan)) {
            Some(plan) => plan.product == index(id),
            None => plan == NONE,
        };
        ensure!(own, place, "has the fulfilment of another product");
    }
    Ok(())
}

fn approval(model: &ArchivedModel, id: usize, matrix: &ArchivedApproval) -> Verified {
    are_strings(
        model,
        format!("approval {id}"),
        &[matrix.name.to_native(), matrix.title.to_native()],
    )?;
    let place = format!("approval `{}`", model.str(matrix.name.to_native()));
    in_range(
        matrix.table.to_native(),
        model.tables.len(),
        &place,
        "table",
    )?;
    let Some(table) = model.tables.get(at(matrix.table.to_native())) else {
        return Ok(());
    };
    let columns = at(table.columns());
    ensure!(
        matrix.args.len() == columns && matrix.columns.len() == columns,
        place,
        "gives {} arguments and {} headings to a table with {columns} columns",
        matrix.args.len(),
        matrix.columns.len()
    );
    let need = Need {
        scope: Scope::Total,
        ..Need::QUOTE
    };
    for arg in matrix.args.iter() {
        fits(model, arg.to_native(), need, &place, "an argument")?;
    }
    terms::approval(model, matrix, &place)?;
    for column in matrix.columns.iter() {
        are_strings(model, &place, &[column.name.to_native()])?;
        value_type(model, &column.ty, &place)?;
    }
    ensure!(
        matrix.rows.len() == table.row_keys.len(),
        place,
        "has {} rows of steps for {} rows of its table",
        matrix.rows.len(),
        table.row_keys.len()
    );
    for step in matrix.rows.iter().flat_map(|row| row.steps.iter()) {
        ensure!(!step.roles.is_empty(), place, "has a step that asks nobody");
        for role in step.roles.iter() {
            in_range(role.to_native(), model.roles.len(), &place, "role")?;
        }
    }
    Ok(())
}

fn fulfilment(model: &ArchivedModel, id: usize, plan: &ArchivedFulfilment) -> Verified {
    let place = format!("fulfilment {id}");
    let product = plan.product.to_native();
    in_range(product, model.products.len(), &place, "product")?;
    for (number, task) in plan.tasks.iter().enumerate() {
        let strings = [&task.name, &task.id, &task.undo].map(|string| string.to_native());
        are_strings(model, &place, &strings)?;
        let place = format!("task `{}`", model.str(task.id.to_native()));
        in_range(
            task.system.to_native(),
            model.systems.len(),
            &place,
            "system",
        )?;
        ensure!(
            task.after
                .iter()
                .all(|earlier| at(earlier.to_native()) < number),
            place,
            "waits for a task that does not come before it"
        );
        if let Some(when) = some(task.when.to_native()) {
            fits(model, when, Need::item(product), &place, "the condition")?;
        }
        ensure!(task.tries >= 1, place, "is never tried");
        terms::part_tasks(model, product, task, &place)?;
    }
    terms::part_afters(model, plan, &place)?;
    distinct(
        model,
        &place,
        plan.tasks
            .iter()
            .map(|task| task.name.to_native())
            .collect(),
    )
}
