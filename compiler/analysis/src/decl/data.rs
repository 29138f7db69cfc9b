//! Lists of constants, written out in the text or in a file.
//!
//! The headings are the fields of the record; what is read are values, never expressions.

use quo_source::{Diagnostic, FileId, Span, Stopped, codes};
use quo_syntax::ast::{self, AstNode};

use super::calculations::rows;
use super::{Context, types};
use crate::expr::{Reader, Scope};
use crate::hir::{Data, Field};
use crate::table::{self, constants::Constants, rows::AnyCell};
use crate::types::Type;
use crate::world::World;

/// The rows of a list of constants, each cell as a value of its field.
///
/// # Errors
/// When the work budget is used up or the work is cancelled.
pub fn read(
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
    let mut cells: Vec<Constants> = columns
        .iter()
        .map(|column| Constants::new(&column.name, column.ty, column.optional))
        .collect();
    let rows = read.body.rows();
    let before = cx.diagnostics.len();
    found
        .values
        .reserve(rows.count().saturating_mul(columns.len()));
    found.rows.reserve(rows.count());
    let mut seen: Vec<AnyCell<'_>> = Vec::new();
    for row in 0..rows.count() {
        cx.work.spend(1)?;
        seen.clear();
        rows.cells(row, &mut |_, cell| seen.push(cell));
        let mut reader = Reader::new(world, Scope::default(), file, &mut cx.diagnostics);
        for ((column, place), constants) in columns.iter().zip(&places).zip(&mut cells) {
            let cell = place.and_then(|place| seen.get(place));
            let value = cell.and_then(|cell| constants.read(&mut reader, cell));
            found
                .values
                .push(value.flatten().or_else(|| column.default.clone()));
        }
        found.rows.push(rows.span(row));
        if table::mistakes_told(before, &mut cx.diagnostics) {
            break;
        }
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
