//! Decision tables.
//!
//! What a table decides on and what comes of it is declared first, so that definitions may ask it; what its rows say is read
//! after them, as a row may name what they define.

use quo_source::{Diagnostic, FileId, Span, Stopped, codes};
use quo_syntax::ast::{self, AstNode};

use super::calculations::{Body, Rows, rows};
use super::led_to::{LedTo, Places, calculated_rows, imported_rows};
use super::{Context, functions, types};
use crate::check::overlap;
use crate::expr::{Reader, Scope};
use crate::hir::{DecisionTable, Expr, ExprKind, Field, HitPolicy, Outcome, Parameter};
use crate::table::rows::{Picked, Selected, TableRows};
use crate::table::{self, Heading};
use crate::types::{Number, Type, Unit};
use crate::world::{Decision, World};

fn closed(
    declared: Vec<functions::Declared>,
    nodes: &ast::Parameters,
    world: &World,
    file: FileId,
) -> Vec<Parameter> {
    let mut silent = Vec::new();
    let types: Vec<Type> = nodes
        .parameters()
        .filter_map(|node| Some(types::input(world, &node.ty()?, file, &mut silent)))
        .collect();
    declared
        .into_iter()
        .zip(types)
        .map(|(one, ty)| Parameter {
            name: one.name,
            ty,
            optional: one.optional,
        })
        .collect()
}

/// Declares a table: what it decides on, what comes of it, and of which type that is.
pub fn declare(
    world: &mut World,
    node: &ast::DecisionTable,
    file: FileId,
    cx: &mut Context<'_>,
) -> Option<Decision> {
    let name = node.name()?;
    let mut lists = node.parameters();
    let inputs = lists.next()?;
    let declared = functions::parameters(world, &inputs, file, &mut cx.diagnostics);
    let parameters = closed(declared, &inputs, world, file);
    let policy = match node.policy() {
        Some(policy) => policy.policy()?,
        None => ast::HitPolicy::Unique,
    };
    let span = name.span(file);
    let (outcomes, single) = match lists.next() {
        Some(several) => {
            let declared = functions::parameters(world, &several, file, &mut cx.diagnostics);
            let outcomes = closed(declared, &several, world, file);
            let record = world.find_in(&world.records, &name.text(), file)?;
            let fields = outcomes.iter().map(|outcome| Field {
                name: outcome.name.clone(),
                span,
                ty: outcome.ty,
                optional: outcome.optional,
                default: None,
            });
            let fields = fields.collect();
            world.records.get_mut(record)?.fields = fields;
            (outcomes, Type::Record(record))
        }
        None => {
            let ty_node = node.ty()?;
            let ty = types::input(world, &ty_node, file, &mut cx.diagnostics);
            let outcome = Parameter {
                name: String::new(),
                ty,
                optional: ty_node.is_optional(),
            };
            (vec![outcome], ty)
        }
    };
    let (ty, optional) = decided(
        world,
        policy,
        single,
        (&name.text(), span),
        &mut cx.diagnostics,
    );
    Some(Decision {
        name: name.text(),
        span,
        file,
        node: node.clone(),
        parameters,
        optional,
        outcomes,
        policy,
        ty,
        otherwise: None,
    })
}

/// The type of what a table decides, and whether it may be absent.
fn decided(
    world: &World,
    policy: ast::HitPolicy,
    single: Type,
    (name, span): (&str, Span),
    diagnostics: &mut Vec<Diagnostic>,
) -> (Type, bool) {
    let number = matches!(single, Type::Number(_) | Type::Unknown);
    match policy {
        ast::HitPolicy::Unique | ast::HitPolicy::First | ast::HitPolicy::Priority => (single, true),
        ast::HitPolicy::Collect => (world.list_of(single), false),
        ast::HitPolicy::Count => {
            let count = Number {
                unit: Unit::Int,
                scale: 0,
                min: 0,
                max: 1_000_000,
            };
            (Type::Number(count), false)
        }
        ast::HitPolicy::Sum | ast::HitPolicy::Smallest | ast::HitPolicy::Largest if !number => {
            diagnostics.push(
                Diagnostic::error(
                    codes::TYPE_MISMATCH,
                    format!("the outcomes of `{name}` cannot be put together: they are no numbers"),
                )
                .at(span, "in this table")
                .note("`collect` alone gives the list of them"),
            );
            (Type::Unknown, true)
        }
        ast::HitPolicy::Sum => match single {
            Type::Number(one) => {
                let end = |value: i128| value.saturating_mul(1_000_000);
                let sum = Number {
                    min: end(one.min.min(0)),
                    max: end(one.max.max(0)),
                    ..one
                };
                (Type::Number(sum), false)
            }
            other => (other, false),
        },
        ast::HitPolicy::Smallest | ast::HitPolicy::Largest => (single, true),
    }
}

/// Whether a row of a table always holds, and what it gives is always there. What is wrong with a file is told when the rows
/// are read.
///
/// # Errors
/// When the work budget is used up or the work is cancelled.
pub fn is_complete(decision: &Decision, cx: &mut Context<'_>) -> Result<bool, Stopped> {
    let (node, parameters) = (&decision.node, &decision.parameters);
    // Outcomes with names are fields of a record, and that is there whatever its fields are.
    let mut outcomes = decision.outcomes.iter();
    if outcomes.any(|one| one.name.is_empty() && one.optional) {
        return Ok(false);
    }
    let told = cx.diagnostics.len();
    let read = rows(node.file(), node.table(), decision.file, cx)?;
    cx.diagnostics.truncate(told);
    let Some(read) = read else {
        return Ok(false);
    };
    let places: Vec<usize> = parameters
        .iter()
        .filter_map(|one| read.headings.iter().position(|(name, _)| *name == one.name))
        .collect();
    let rows = read.body.rows();
    let always = |row: usize| {
        let mut any = true;
        rows.cells(row, &mut |column, cell| {
            any &= !places.contains(&column) || cell.is_any();
        });
        any
    };
    Ok(places.len() == parameters.len() && (0..rows.count()).any(always))
}

/// Reads what follows `otherwise` in each table; definitions may be named there.
pub fn fallbacks(world: &mut World, diagnostics: &mut Vec<Diagnostic>) {
    for index in 0..world.tables.len() {
        let Some(table) = world.tables.get(index) else {
            continue;
        };
        let Some(node) = table.node.otherwise().and_then(|clause| clause.value()) else {
            continue;
        };
        let mut reader = Reader {
            checked: true,
            ..Reader::new(world, Scope::default(), table.file, diagnostics)
        };
        let value = reader.read(&node, Some(table.ty));
        let value = reader.coerced(
            value,
            table.ty,
            false,
            "what a table gives where no row holds",
        );
        if let Some(table) = world.tables.get_mut(index) {
            table.ty = if value.is_some() {
                table.ty
            } else {
                Type::Unknown
            };
            table.otherwise = value;
        }
    }
}

/// Reads the rows of every decision table.
///
/// # Errors
/// When the work budget is used up or the work is cancelled.
pub fn read(world: &World, cx: &mut Context<'_>) -> Result<Vec<DecisionTable>, Stopped> {
    let mut found = Vec::new();
    for decision in &world.tables {
        cx.work.spend(1)?;
        let Some(read) = rows(
            decision.node.file(),
            decision.node.table(),
            decision.file,
            cx,
        )?
        else {
            continue;
        };
        if let Some(table) = table_of(world, decision, read, cx)? {
            found.push(table);
        }
    }
    Ok(found)
}

fn table_of(
    world: &World,
    decision: &Decision,
    read: Rows,
    cx: &mut Context<'_>,
) -> Result<Option<DecisionTable>, Stopped> {
    let Some(places) = places_of(decision, &read.headings, &mut cx.diagnostics) else {
        return Ok(None);
    };
    let mut reader = Reader {
        checked: true,
        ..Reader::new(world, Scope::default(), decision.file, &mut cx.diagnostics)
    };
    for parameter in &decision.parameters {
        reader.declare(&parameter.name, parameter.ty, parameter.optional);
    }
    // What the rows lead to is read before what they ask, so that all that is wrong is told at once.
    let led_to = match &read.body {
        Body::Text(_, outputs) => calculated_rows(&mut reader, decision, &places, outputs),
        Body::File(rows) => imported_rows(&mut reader, decision, &places, rows),
    };
    let headings = decision
        .parameters
        .iter()
        .enumerate()
        .map(|(index, parameter)| Heading {
            name: parameter.name.clone(),
            expr: Expr {
                kind: ExprKind::Local(index),
                ty: parameter.ty,
                optional: parameter.optional,
                span: decision.span,
            },
        });
    let picked: &dyn TableRows = match &read.body {
        Body::Text(rows, _) => &Picked(rows, &places.inputs),
        Body::File(rows) => &Selected::all(rows, &places.inputs),
    };
    let table = table::build(
        &mut reader,
        &decision.name,
        headings.collect(),
        picked,
        None,
    );
    let (Some(mut table), Some(led_to)) = (table, led_to) else {
        return Ok(None);
    };
    if decision.ty == Type::Unknown {
        return Ok(None);
    }
    let LedTo {
        mut values,
        mut priorities,
    } = led_to;
    if decision.policy == ast::HitPolicy::Unique {
        overlap::check(world, &table, cx.work, &mut cx.diagnostics)?;
    }
    if places.priority.is_some() {
        priorities.sort();
        let order: Vec<usize> = priorities.into_iter().map(|(_, row)| row).collect();
        table.rows = order
            .iter()
            .filter_map(|row| table.rows.get(*row).cloned())
            .collect();
        for values in &mut values {
            *values = order
                .iter()
                .filter_map(|row| values.get(*row).cloned())
                .collect();
        }
    }
    let outcomes = decision
        .outcomes
        .iter()
        .zip(values)
        .map(|(outcome, values)| Outcome {
            name: outcome.name.clone(),
            ty: outcome.ty,
            optional: outcome.optional,
            values,
        });
    Ok(Some(DecisionTable {
        name: decision.name.clone(),
        span: decision.span,
        parameters: decision.parameters.clone(),
        table,
        policy: policy(decision.policy),
        ty: decision.ty,
        outcomes: outcomes.collect(),
    }))
}

fn policy(policy: ast::HitPolicy) -> HitPolicy {
    match policy {
        ast::HitPolicy::Unique => HitPolicy::Unique,
        ast::HitPolicy::First | ast::HitPolicy::Priority => HitPolicy::First,
        ast::HitPolicy::Collect => HitPolicy::Collect,
        ast::HitPolicy::Sum => HitPolicy::Sum,
        ast::HitPolicy::Smallest => HitPolicy::Smallest,
        ast::HitPolicy::Largest => HitPolicy::Largest,
        ast::HitPolicy::Count => HitPolicy::Count,
    }
}

fn places_of(
    decision: &Decision,
    headings: &[(String, Span)],
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Places> {
    let wants_priority = decision.policy == ast::HitPolicy::Priority;
    let mut known: Vec<&str> = decision
        .parameters
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    let only = matches!(decision.outcomes.as_slice(), [one] if one.name.is_empty());
    known.extend(decision.outcomes.iter().map(|one| one.name.as_str()));
    if wants_priority {
        known.push("priority");
    }
    let others: Vec<usize> = headings
        .iter()
        .enumerate()
        .filter(|(_, (name, _))| !known.contains(&name.as_str()))
        .map(|(index, _)| index)
        .collect();
    // The one outcome of a table has the heading that its author likes.
    let allowed = usize::from(only);
    for index in others.iter().skip(allowed) {
        if let Some((name, span)) = headings.get(*index) {
            let names = known.iter().copied().filter(|name| !name.is_empty());
            let mut diagnostic = crate::world::unknown_name("column called", name, *span, names);
            diagnostic.code = codes::UNKNOWN_COLUMN;
            diagnostics.push(diagnostic);
        }
    }
    let find = |wanted: &str| headings.iter().position(|(name, _)| name == wanted);
    let inputs: Vec<Option<usize>> = decision
        .parameters
        .iter()
        .map(|one| find(&one.name))
        .collect();
    let outcomes: Vec<Option<usize>> = if only {
        vec![others.first().copied()]
    } else {
        decision
            .outcomes
            .iter()
            .map(|one| find(&one.name))
            .collect()
    };
    let priority = wants_priority.then(|| find("priority"));
    let mut gone: Vec<String> = decision
        .parameters
        .iter()
        .zip(&inputs)
        .chain(decision.outcomes.iter().zip(&outcomes))
        .filter(|(_, place)| place.is_none())
        .map(|(one, _)| {
            if one.name.is_empty() {
                "the outcome".to_owned()
            } else {
                format!("`{}`", one.name)
            }
        })
        .collect();
    if priority == Some(None) {
        gone.push("`priority`".to_owned());
    }
    if !gone.is_empty() || others.len() > allowed {
        if !gone.is_empty() {
            let at = headings.first().map_or(decision.span, |(_, place)| *place);
            diagnostics.push(
                Diagnostic::error(
                    codes::BAD_HEADER,
                    format!("there is no column for {}", gone.join(", ")),
                )
                .at(at, "in this heading line")
                .also(decision.span, "declared here"),
            );
        }
        return None;
    }
    Some(Places {
        inputs: inputs.into_iter().flatten().collect(),
        outcomes: outcomes.into_iter().flatten().collect(),
        priority: priority.flatten(),
    })
}
