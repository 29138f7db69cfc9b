//! Decision tables, data and results.
//!
//! What a table decides on and what comes of it is declared first, so that definitions may ask it; what its rows say is read
//! after them, as a row may name what they define.

use quo_source::{Diagnostic, FileId, Span, Stopped, codes};
use quo_syntax::ast::{self, AstNode};

use super::{Context, Items, functions, types};
use crate::check::overlap;
use crate::expr::{Reader, Scope};
use crate::hir::{
    Data, DecisionTable, Expr, ExprKind, Field, HitPolicy, Outcome, Parameter, ResultOf,
};
use crate::table::{self, Heading, RawRow};
use crate::types::{Number, Type, Unit, Value};
use crate::world::{Decision, World, find, sort_unique};

/// Headings and rows of a table, from the text or from a file.
struct Rows {
    headings: Vec<(String, Span)>,
    rows: Vec<RawRow>,
    /// For each row the cells right of `||`, of a table in the text.
    outputs: Vec<Vec<ast::Cell>>,
}

/// Declares data and decision tables.
///
/// # Errors
/// When the work budget is used up or the work is cancelled.
pub fn declare(world: &mut World, items: &Items, cx: &mut Context<'_>) -> Result<(), Stopped> {
    let mut data = Vec::new();
    for item in &items.data {
        data.extend(read_data(world, &item.node, item.file, cx)?);
    }
    world.data = sort_unique(data, "list of constants", &mut cx.diagnostics);
    let mut tables = Vec::new();
    for item in &items.tables {
        tables.extend(declare_table(world, &item.node, item.file, cx));
    }
    world.tables = sort_unique(tables, "decision table", &mut cx.diagnostics);
    clashes(world, &mut cx.diagnostics);
    Ok(())
}

/// Reports names that would hide each other.
fn clashes(world: &World, diagnostics: &mut Vec<Diagnostic>) {
    let mut names: Vec<(&str, Span, &str)> = Vec::new();
    names.extend(
        world
            .defines
            .iter()
            .map(|one| (one.name.as_str(), one.span, "a definition")),
    );
    names.extend(
        world
            .data
            .iter()
            .map(|one| (one.name.as_str(), one.span, "a list of constants")),
    );
    names.extend(
        world
            .tables
            .iter()
            .map(|one| (one.name.as_str(), one.span, "a decision table")),
    );
    names.extend(
        world
            .enums
            .iter()
            .map(|one| (one.name.as_str(), one.span, "an enum")),
    );
    let outcome = |name: &str| world.tables.iter().any(|table| table.name == name);
    let records = world.records.iter().filter(|record| !outcome(&record.name));
    names.extend(records.map(|one| (one.name.as_str(), one.span, "a record")));
    names.sort();
    for (before, again) in names.iter().zip(names.iter().skip(1)) {
        if before.0 == again.0 {
            diagnostics.push(
                Diagnostic::error(
                    codes::DUPLICATE_NAME,
                    format!("`{}` is both {} and {}", again.0, before.2, again.2),
                )
                .at(again.1, "declared again here")
                .also(before.1, "first declared here"),
            );
        }
    }
}

fn rows(
    named: Option<ast::TableFile>,
    table: Option<ast::Table>,
    file: FileId,
    cx: &mut Context<'_>,
) -> Result<Option<Rows>, Stopped> {
    if let Some(named) = named {
        let read = table::file::read_named(&named, file, cx.sources, cx.work, &mut cx.diagnostics)?;
        return Ok(read.map(|read| Rows {
            rows: read.iter().collect(),
            headings: read.headings,
            outputs: Vec::new(),
        }));
    }
    let Some(table) = table else {
        return Ok(None);
    };
    let heading = |column: &ast::Column| {
        let path = column.path()?;
        Some((path.text(), path.span(file)))
    };
    let inputs = table.inputs();
    let results = table.outputs();
    let headings = inputs.iter().chain(&results).filter_map(heading).collect();
    let mut found = Rows {
        headings,
        rows: Vec::new(),
        outputs: Vec::new(),
    };
    for row in table.rows() {
        found.rows.push(RawRow {
            span: row.span(file),
            cells: table::raw_cells(&row.inputs(), file),
        });
        found.outputs.push(row.outputs());
    }
    Ok(Some(found))
}

fn read_data(
    world: &World,
    node: &ast::Data,
    file: FileId,
    cx: &mut Context<'_>,
) -> Result<Option<Data>, Stopped> {
    let (Some(name), Some(ty_node)) = (node.name(), node.ty()) else {
        return Ok(None);
    };
    let span = name.span(file);
    let ty = types::input(world, &ty_node, file, &mut cx.diagnostics);
    let mut found = Data {
        name: name.text(),
        span,
        element: Type::Unknown,
        values: Vec::new(),
        rows: Vec::new(),
    };
    let Type::List(element) = ty else {
        if ty != Type::Unknown {
            cx.diagnostics.push(
                Diagnostic::error(codes::UNKNOWN_TYPE, "data is a list")
                    .at(ty_node.span(file), "one value")
                    .note("write `list of` and a record or a type of one value"),
            );
        }
        return Ok(Some(found));
    };
    let element = world.element(element);
    found.element = element;
    let Some(read) = rows(node.file(), node.table(), file, cx)? else {
        return Ok(Some(found));
    };
    let columns: Vec<Field> = match element {
        Type::Record(of) => match world.records.get(of) {
            Some(record) => record.fields.clone(),
            None => Vec::new(),
        },
        ty => vec![Field {
            name: read
                .headings
                .first()
                .map_or(String::new(), |(name, _)| name.clone()),
            span,
            ty,
            optional: false,
            default: None,
        }],
    };
    let Some(places) = columns_of(&columns, &read.headings, span, &mut cx.diagnostics) else {
        return Ok(Some(found));
    };
    for row in &read.rows {
        cx.work.spend(1)?;
        let mut reader = Reader::new(world, Scope::default(), file, &mut cx.diagnostics);
        for (column, place) in columns.iter().zip(&places) {
            let cell = place.and_then(|place| row.cells.get(place));
            let value = match cell {
                Some(cell) => {
                    table::constant(&mut reader, cell, &column.name, column.ty, column.optional)
                }
                None => Some(None),
            };
            found
                .values
                .push(value.flatten().or_else(|| column.default.clone()));
        }
        found.rows.push(row.span);
    }
    Ok(Some(found))
}

/// For each field the column it stands in; `None` in it for one that is left out and need not be there.
fn columns_of(
    fields: &[Field],
    headings: &[(String, Span)],
    span: Span,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Vec<Option<usize>>> {
    let mut right = true;
    for (name, place) in headings {
        if !fields.iter().any(|field| field.name == *name) {
            let names = fields.iter().map(|field| field.name.as_str());
            let mut diagnostic = crate::world::unknown_name("field called", name, *place, names);
            diagnostic.code = codes::UNKNOWN_COLUMN;
            diagnostics.push(diagnostic);
            right = false;
        }
    }
    let mut places = Vec::new();
    for field in fields {
        let place = headings.iter().position(|(name, _)| *name == field.name);
        if place.is_none() && !field.optional && field.default.is_none() {
            let at = headings.first().map_or(span, |(_, place)| *place);
            diagnostics.push(
                Diagnostic::error(
                    codes::BAD_HEADER,
                    format!("there is no column `{}`", field.name),
                )
                .at(at, "in this heading line")
                .also(field.span, "declared here"),
            );
            right = false;
        }
        places.push(place);
    }
    right.then_some(places)
}

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

fn declare_table(
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
            let record = find(&world.records, &name.text())?;
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
        optional: optional && !(is_complete(node) && outcomes.iter().all(|one| !one.optional)),
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

/// Whether a table in the text has a row that always holds.
fn is_complete(node: &ast::DecisionTable) -> bool {
    let rows = node
        .table()
        .into_iter()
        .flat_map(|table| table.rows().collect::<Vec<_>>());
    rows.into_iter().any(|row| {
        let inputs = row.inputs();
        inputs
            .iter()
            .all(|cell| cell.content() == ast::CellContent::Any)
    })
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
pub fn tables(world: &World, cx: &mut Context<'_>) -> Result<Vec<DecisionTable>, Stopped> {
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
    let mut raw: Vec<RawRow> = Vec::new();
    let mut values: Vec<Vec<Expr>> = vec![Vec::new(); decision.outcomes.len()];
    let mut priorities: Vec<(i128, usize)> = Vec::new();
    let mut right = true;
    let inputs = places.inputs.len();
    for (number, row) in read.rows.iter().enumerate() {
        let cells = places
            .inputs
            .iter()
            .filter_map(|place| row.cells.get(*place).cloned());
        raw.push(RawRow {
            span: row.span,
            cells: cells.collect(),
        });
        for ((outcome, place), values) in decision
            .outcomes
            .iter()
            .zip(&places.outcomes)
            .zip(&mut values)
        {
            let name = read
                .headings
                .get(*place)
                .map_or("", |(name, _)| name.as_str());
            let value = match read.outputs.get(number) {
                Some(cells) => {
                    let cell = place.checked_sub(inputs).and_then(|at| cells.get(at));
                    calculated(&mut reader, cell, outcome)
                }
                None => imported(&mut reader, row, *place, name, outcome),
            };
            right &= value.is_some();
            values.extend(value);
        }
        if let Some(place) = places.priority {
            let priority = priority_of(&mut reader, &read, number, place, inputs);
            right &= priority.is_some();
            priorities.extend(priority.map(|priority| (priority, number)));
        }
    }
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
    let Some(mut table) = table::build(&mut reader, &decision.name, headings.collect(), &raw, None)
    else {
        return Ok(None);
    };
    if !right || decision.ty == Type::Unknown {
        return Ok(None);
    }
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

/// Which column holds what.
struct Places {
    inputs: Vec<usize>,
    outcomes: Vec<usize>,
    priority: Option<usize>,
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

/// The outcome in a cell of a table in the text: an expression, or `-` for none.
fn calculated(
    reader: &mut Reader<'_>,
    cell: Option<&ast::Cell>,
    outcome: &Parameter,
) -> Option<Expr> {
    let cell = cell?;
    match cell.content() {
        ast::CellContent::Nothing if outcome.optional => {
            Some(crate::expr::absent(outcome.ty, cell.span(reader.file)))
        }
        ast::CellContent::Items(items) => match items.as_slice() {
            [ast::CellItem::Value(value)] => {
                let value = reader.read(value, Some(outcome.ty));
                reader.coerced(
                    value,
                    outcome.ty,
                    outcome.optional,
                    "an outcome whose type has no `?`",
                )
            }
            _ => None,
        },
        _ => {
            reader.diagnostics.push(
                Diagnostic::error(codes::BAD_CELL, "an outcome is one value")
                    .at(cell.span(reader.file), "not a value")
                    .note("`-` is for an outcome that may be absent: its type ends with `?`"),
            );
            None
        }
    }
}

fn imported(
    reader: &mut Reader<'_>,
    row: &RawRow,
    place: usize,
    name: &str,
    outcome: &Parameter,
) -> Option<Expr> {
    let cell = row.cells.get(place)?;
    let value = table::constant(reader, cell, name, outcome.ty, outcome.optional)?;
    Some(match value {
        Some(value) => Expr {
            kind: ExprKind::Const(value),
            ty: outcome.ty,
            optional: false,
            span: cell.span,
        },
        None => crate::expr::absent(outcome.ty, cell.span),
    })
}

fn priority_of(
    reader: &mut Reader<'_>,
    read: &Rows,
    number: usize,
    place: usize,
    inputs: usize,
) -> Option<i128> {
    let whole = Type::Number(Number {
        unit: Unit::Int,
        scale: 0,
        min: i128::from(i32::MIN),
        max: i128::from(i32::MAX),
    });
    let outcome = Parameter {
        name: "priority".to_owned(),
        ty: whole,
        optional: false,
    };
    let value = match read.outputs.get(number) {
        Some(cells) => calculated(
            reader,
            place.checked_sub(inputs).and_then(|at| cells.get(at)),
            &outcome,
        ),
        None => imported(reader, read.rows.get(number)?, place, "priority", &outcome),
    }?;
    match value.kind {
        ExprKind::Const(Value::Number(priority)) => Some(priority),
        _ => {
            reader.diagnostics.push(
                Diagnostic::error(codes::BAD_CELL, "a priority is a fixed number")
                    .at(value.span, "this is worked out"),
            );
            None
        }
    }
}

/// Reads the results.
pub fn results(world: &World, items: &Items, diagnostics: &mut Vec<Diagnostic>) -> Vec<ResultOf> {
    let mut found = Vec::new();
    for item in &items.results {
        let (Some(name), Some(value)) = (item.node.name(), item.node.value()) else {
            continue;
        };
        let scope = Scope {
            totals: true,
            ..Scope::default()
        };
        let ty_node = item.node.ty();
        let ty = ty_node
            .as_ref()
            .map(|node| types::input(world, node, item.file, diagnostics));
        let mut reader = Reader {
            checked: true,
            ..Reader::new(world, scope, item.file, diagnostics)
        };
        let value = reader.read(&value, ty);
        let value = match (ty, ty_node) {
            (Some(ty), Some(node)) => functions::fitted(&mut reader, value, ty, &node),
            _ => (value.ty != Type::Unknown).then_some(value),
        };
        let Some(value) = value else { continue };
        let title = item.node.title().and_then(|title| title.text());
        found.push(ResultOf {
            title: title.unwrap_or_else(|| name.text()),
            name: name.text(),
            span: name.span(item.file),
            value,
        });
    }
    sort_unique(found, "result", diagnostics)
}
