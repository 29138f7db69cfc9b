//! Stock-keeping units, qualification, validity, clauses, overriding, and the clauses of approvals and fulfilment.

use super::vocabulary::{default_value, distinct};
use super::{
    Need, Verified, are_strings, ensure, fits, in_range, in_range_or_none, is_window,
    strictly_ascending,
};
use crate::access::{at, index, some};
use crate::rules::{
    ArchivedApproval, ArchivedArg, ArchivedFulfilment, ArchivedModel, ArchivedOptionDef,
    ArchivedProduct, ArchivedRule, ArchivedTask,
};

/// Verifies what stands on its own.
pub(super) fn verify(model: &ArchivedModel) -> Verified {
    for product in model.products.iter() {
        skus(model, product)?;
    }
    for found in model.qualifications.iter() {
        let strings = [&found.id, &found.message, &found.named].map(|it| it.to_native());
        are_strings(model, "the qualifications", &strings)?;
        let place = format!("qualification `{}`", model.str(found.id.to_native()));
        let product = found.product.to_native();
        in_range(product, model.products.len(), &place, "product")?;
        let day = found.day.to_native();
        fits(model, day, Need::item(product), &place, "the day")?;
        if let Some(when) = some(found.when.to_native()) {
            fits(model, when, Need::item(product), &place, "the condition")?;
        }
    }
    for found in model.validities.iter() {
        are_strings(model, "the validity", &[found.title.to_native()])?;
        fits(
            model,
            found.day.to_native(),
            Need::QUOTE,
            "the validity",
            "the day",
        )?;
    }
    for clause in model.clauses.iter() {
        let strings = [&clause.name, &clause.title, &clause.text].map(|it| it.to_native());
        are_strings(model, "the clauses", &strings)?;
        let place = format!("clause `{}`", model.str(clause.name.to_native()));
        for product in clause.products.iter() {
            in_range(product.to_native(), model.products.len(), &place, "product")?;
        }
        let ascending = strictly_ascending(clause.products.iter().map(|it| it.to_native()));
        ensure!(ascending, place, "has products that are not sorted");
        if let Some(when) = some(clause.when.to_native()) {
            fits(model, when, Need::QUOTE, &place, "the condition")?;
        }
    }
    let names = model.clauses.iter().map(|clause| clause.name.to_native());
    distinct(model, "the clauses", names.collect())
}

fn skus(model: &ArchivedModel, product: &ArchivedProduct) -> Verified {
    let Some(skus) = product.skus.as_ref() else {
        return Ok(());
    };
    let place = format!("product `{}`", model.str(product.name.to_native()));
    in_range(skus.table.to_native(), model.tables.len(), &place, "table")?;
    let Some(table) = model.tables.get(at(skus.table.to_native())) else {
        return Ok(());
    };
    ensure!(
        skus.args.len() == at(table.columns()) && skus.skus.len() == table.row_keys.len(),
        place,
        "has stock-keeping units that do not fit their table"
    );
    for arg in skus.args.iter() {
        match arg {
            ArchivedArg::Fact(fact) => {
                in_range(fact.to_native(), model.facts.len(), &place, "fact")?;
            }
            ArchivedArg::Option(option) => {
                in_range(option.to_native(), product.options.len(), &place, "option")?;
            }
            ArchivedArg::Quantity | ArchivedArg::Routine(_) => {
                ensure!(false, place, "has stock-keeping units by what is no option");
            }
        }
    }
    let names: Vec<u32> = skus.skus.iter().map(|sku| sku.to_native()).collect();
    are_strings(model, &place, &names)
}

/// Checks the values an option may have: values of its type, ascending, its default among them.
pub(super) fn domain(model: &ArchivedModel, option: &ArchivedOptionDef, place: &str) -> Verified {
    if option.domain.is_empty() {
        return Ok(());
    }
    for value in option.domain.iter() {
        ensure!(*value != crate::ABSENT, place, "may be absent");
        default_value(model, &option.ty, value.to_native(), place)?;
    }
    let ascending = strictly_ascending(option.domain.iter().map(|value| value.to_native()));
    ensure!(ascending, place, "has values that are not sorted");
    let default = option.default.to_native();
    ensure!(
        default == crate::ABSENT || option.domain.contains(&option.default),
        place,
        "has the default {default}, which is not among its values"
    );
    Ok(())
}

/// Checks when a rule is judged and who may override it.
pub(super) fn rule(model: &ArchivedModel, rule: &ArchivedRule, place: &str) -> Verified {
    is_window(rule.from.to_native(), rule.to.to_native(), place)?;
    in_range_or_none(
        rule.when.to_native(),
        model.program.routines.len(),
        place,
        "routine",
    )?;
    roles(model, &rule.overridable, place)
}

fn roles(model: &ArchivedModel, roles: &[rkyv::rend::u32_le], place: &str) -> Verified {
    for role in roles {
        in_range(role.to_native(), model.roles.len(), place, "role")?;
    }
    let ascending = strictly_ascending(roles.iter().map(|role| role.to_native()));
    ensure!(ascending, place, "has roles that are not sorted");
    Ok(())
}

/// Checks what an approval matrix says besides its table.
pub(super) fn approval(model: &ArchivedModel, matrix: &ArchivedApproval, place: &str) -> Verified {
    in_range_or_none(
        matrix.goes_up_to.to_native(),
        model.roles.len(),
        place,
        "role",
    )?;
    for worse in matrix.worse.iter() {
        in_range(worse.column.to_native(), matrix.args.len(), place, "column")?;
    }
    Ok(())
}

/// Checks the tasks of parts that a task waits for.
pub(super) fn part_tasks(
    model: &ArchivedModel,
    product: u32,
    task: &ArchivedTask,
    place: &str,
) -> Verified {
    let parts = model.products.get(at(product));
    let parts = parts.map_or(0, |product| product.parts.len());
    for wait in task.after_parts.iter() {
        in_range(wait.part.to_native(), parts, place, "part")?;
        are_strings(model, place, &[wait.task.to_native()])?;
    }
    Ok(())
}

/// Checks what the tasks of parts wait for.
pub(super) fn part_afters(
    model: &ArchivedModel,
    plan: &ArchivedFulfilment,
    place: &str,
) -> Verified {
    let parts = model.products.get(at(plan.product.to_native()));
    let parts = parts.map_or(0, |product| product.parts.len());
    let by_part = plan.part_afters.iter().map(|after| after.part.to_native());
    ensure!(
        strictly_ascending(by_part),
        place,
        "has parts that are not sorted"
    );
    for after in plan.part_afters.iter() {
        in_range(after.part.to_native(), parts, place, "part")?;
        for task in after.after.iter() {
            in_range(task.to_native(), plan.tasks.len(), place, "task")?;
        }
    }
    waits_end(plan, place)
}

/// A part waits for tasks of the plan, and tasks of the plan for those of a part: together they must not go round.
fn waits_end(plan: &ArchivedFulfilment, place: &str) -> Verified {
    let tasks = plan.tasks.len();
    let parts = plan.part_afters.len();
    let node_of_part = |part: u32| {
        let found = plan
            .part_afters
            .iter()
            .position(|after| after.part.to_native() == part);
        found.map(|found| index(tasks.saturating_add(found)))
    };
    let mut edges = Vec::new();
    for (number, task) in plan.tasks.iter().enumerate() {
        let from = index(number);
        edges.extend(task.after.iter().map(|after| (from, after.to_native())));
        let waits = task.after_parts.iter();
        edges.extend(waits.filter_map(|it| Some((from, node_of_part(it.part.to_native())?))));
    }
    for (number, after) in plan.part_afters.iter().enumerate() {
        let from = index(tasks.saturating_add(number));
        edges.extend(after.after.iter().map(|task| (from, task.to_native())));
    }
    ensure!(
        super::acyclic(tasks.saturating_add(parts), &edges),
        place,
        "has tasks and parts that wait for each other"
    );
    Ok(())
}
