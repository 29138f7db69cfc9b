//! What the rows of a decision table lead to: their outcomes and priorities, calculated in the text or constants of a file.

use quo_source::{Diagnostic, codes};
use quo_syntax::ast::{self, AstNode};

use crate::expr::Reader;
use crate::hir::{Expr, ExprKind, Parameter};
use crate::table;
use crate::table::constants::Constants;
use crate::table::rows::AnyCell;
use crate::types::{Number, Type, Unit, Value};
use crate::world::Decision;

/// Which column holds what.
pub(super) struct Places {
    /// For each parameter.
    pub(super) inputs: Vec<usize>,
    /// For each outcome.
    pub(super) outcomes: Vec<usize>,
    /// The column of priorities.
    pub(super) priority: Option<usize>,
}

/// What the rows of a table lead to.
pub(super) struct LedTo {
    /// For each outcome its value in every row.
    pub(super) values: Vec<Vec<Expr>>,
    /// The priority of every row with its number, where the table has a column of them.
    pub(super) priorities: Vec<(i128, usize)>,
}

/// What rows of the text lead to; `None` if something is wrong with it.
pub(super) fn calculated_rows(
    reader: &mut Reader<'_>,
    decision: &Decision,
    places: &Places,
    outputs: &[Vec<ast::Cell>],
) -> Option<LedTo> {
    let mut found = LedTo {
        values: vec![Vec::new(); decision.outcomes.len()],
        priorities: Vec::new(),
    };
    let (inputs, priority) = (places.inputs.len(), priority_column());
    let mut right = true;
    for (number, cells) in outputs.iter().enumerate() {
        let cell = |place: usize| place.checked_sub(inputs).and_then(|at| cells.get(at));
        let outcomes = decision.outcomes.iter().zip(&places.outcomes);
        for ((outcome, place), values) in outcomes.zip(&mut found.values) {
            let value = calculated(reader, cell(*place), outcome);
            right &= value.is_some();
            values.extend(value);
        }
        if let Some(place) = places.priority {
            let value = calculated(reader, cell(place), &priority);
            let value = value.and_then(|value| fixed(reader, &value));
            right &= value.is_some();
            found.priorities.extend(value.map(|value| (value, number)));
        }
    }
    right.then_some(found)
}

/// What rows of a file lead to; `None` if something is wrong with it.
pub(super) fn imported_rows(
    reader: &mut Reader<'_>,
    decision: &Decision,
    places: &Places,
    rows: &table::file::Rows,
) -> Option<LedTo> {
    let mut found = LedTo {
        values: vec![Vec::with_capacity(rows.len()); decision.outcomes.len()],
        priorities: Vec::new(),
    };
    let named = |outcome: &Parameter, place: usize| {
        let name = rows.headings.get(place).map_or("", |(name, _)| name);
        Constants::new(name, outcome.ty, outcome.optional)
    };
    let columns = decision.outcomes.iter().zip(&places.outcomes);
    let mut columns: Vec<(usize, &Parameter, Constants)> = columns
        .map(|(outcome, place)| (*place, outcome, named(outcome, *place)))
        .collect();
    let priority = priority_column();
    let mut priorities = places
        .priority
        .map(|place| (place, named(&priority, place)));
    let (before, mut right) = (reader.diagnostics.len(), true);
    for row in 0..rows.len() {
        let cells: Vec<AnyCell<'_>> = rows.cells(row).map(AnyCell::File).collect();
        for ((place, outcome, constants), values) in columns.iter_mut().zip(&mut found.values) {
            let cell = cells.get(*place);
            let value = cell.and_then(|cell| imported(reader, constants, cell, outcome));
            right &= value.is_some();
            values.extend(value);
        }
        if let Some((place, constants)) = &mut priorities {
            let value = cells.get(*place);
            let value = value.and_then(|cell| imported(reader, constants, cell, &priority));
            let value = value.and_then(|value| fixed(reader, &value));
            right &= value.is_some();
            found.priorities.extend(value.map(|value| (value, row)));
        }
        if table::mistakes_told(before, reader.diagnostics) {
            return None;
        }
    }
    right.then_some(found)
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
    column: &mut Constants,
    cell: &AnyCell<'_>,
    outcome: &Parameter,
) -> Option<Expr> {
    Some(match column.read(reader, cell)? {
        Some(value) => Expr {
            kind: ExprKind::Const(value),
            ty: outcome.ty,
            optional: false,
            span: cell.span(),
        },
        None => crate::expr::absent(outcome.ty, cell.span()),
    })
}

/// What a column of priorities holds.
fn priority_column() -> Parameter {
    Parameter {
        name: "priority".to_owned(),
        ty: Type::Number(Number {
            unit: Unit::Int,
            scale: 0,
            min: i128::from(i32::MIN),
            max: i128::from(i32::MAX),
        }),
        optional: false,
    }
}

/// A priority.
fn fixed(reader: &mut Reader<'_>, value: &Expr) -> Option<i128> {
    if let ExprKind::Const(Value::Number(priority)) = value.kind {
        return Some(priority);
    }
    reader.diagnostics.push(
        Diagnostic::error(codes::BAD_CELL, "a priority is a fixed number")
            .at(value.span, "this is worked out"),
    );
    None
}
