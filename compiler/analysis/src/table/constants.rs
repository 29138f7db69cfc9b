//! Cells that hold one value: of data, and what the rows of a decision table in a file lead to.
//!
//! In a large table few texts of a column are different: a text is read once.

use std::collections::HashMap;

use quo_source::{Diagnostic, codes};
use quo_syntax::cell::CellValue;

use super::rows::{AnyCell, REMEMBERED_MAX};
use super::{
    Content, Heading, Operand, RawCell, RawItem, Unread, in_column, operand_expr, report_unread,
};
use crate::expr::{Reader, fit, ops};
use crate::hir::Expr;
use crate::types::{Type, Value};

/// A column of constants while its cells are read.
pub struct Constants {
    /// Its heading.
    name: String,
    /// Its type.
    ty: Type,
    /// Whether a cell may be `-`.
    optional: bool,
    /// What has been read without a mistake, by its text.
    known: HashMap<Box<str>, Option<Value>>,
}

impl Constants {
    /// A column of this type; `optional` if a cell may say nothing.
    #[must_use]
    pub fn new(name: &str, ty: Type, optional: bool) -> Self {
        Self {
            name: name.to_owned(),
            ty,
            optional,
            known: HashMap::new(),
        }
    }

    /// The constant that a cell holds: `None` where it is none, which has been said, absent for `-`.
    ///
    /// A text needs no quotes in a file: there it is the whole cell.
    pub fn read(&mut self, reader: &mut Reader<'_>, cell: &AnyCell<'_>) -> Option<Option<Value>> {
        let text = cell.repeatable();
        if let Some(known) = text.and_then(|text| self.known.get(text)) {
            return Some(known.clone());
        }
        let read = constant(reader, &cell.read(), &self.name, self.ty, self.optional)?;
        if let Some(text) = text {
            if self.known.len() >= REMEMBERED_MAX {
                self.known.clear();
            }
            self.known.insert(text.into(), read.clone());
        }
        Some(read)
    }
}

/// The constant that a cell holds for a type: `None` where it is none, which has been said, absent for `-`.
pub fn constant(
    reader: &mut Reader<'_>,
    cell: &RawCell,
    name: &str,
    ty: Type,
    optional: bool,
) -> Option<Option<Value>> {
    let before = reader.diagnostics.len();
    let heading = Heading {
        name: name.to_owned(),
        expr: Expr {
            ty,
            ..ops::unknown(cell.span)
        },
    };
    let imported = cell.span.file != reader.file;
    let value = match &cell.content {
        Content::Nothing if optional => Some(None),
        Content::Items(items) => match items.as_slice() {
            [RawItem::Value(Operand::Imported(CellValue::Literal(literal), _))]
                if ty == Type::Text =>
            {
                Some(Some(Value::Text(match literal {
                    quo_syntax::literal::Value::Text(text) => text.clone(),
                    _ => cell.text.clone(),
                })))
            }
            _ if ty == Type::Text && imported => Some(Some(Value::Text(cell.text.clone()))),
            [RawItem::Value(operand)] => {
                let expr = operand_expr(reader, operand, cell, &heading);
                let expr = fit::adapted(expr, ty);
                fit::constant(&expr, ty, reader.world.show(), reader.diagnostics).map(Some)
            }
            _ => not_one(reader, cell),
        },
        Content::Unread {
            why: Unread::NoCell,
            ..
        } if ty == Type::Text => Some(Some(Value::Text(cell.text.clone()))),
        Content::Unread { .. } => {
            report_unread(cell, name, reader.diagnostics);
            None
        }
        Content::Wrong => None,
        Content::Nothing | Content::Any => not_one(reader, cell),
    };
    in_column(reader, before, &heading, cell.span.file);
    value
}

fn not_one(reader: &mut Reader<'_>, cell: &RawCell) -> Option<Option<Value>> {
    reader.diagnostics.push(
        Diagnostic::error(codes::BAD_CELL, "a cell of data holds one value")
            .at(cell.span, "not one value")
            .note("`-` leaves out a value that may be absent"),
    );
    None
}
