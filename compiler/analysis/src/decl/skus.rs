//! Stock-keeping units: one for a product, or one for each combination of its options; none twice.

use quo_source::{Diagnostic, Span, Stopped, codes};
use quo_syntax::ast::{self, AstNode};
use quo_syntax::literal::Value as Literal;

use super::products::{Node, nodes};
use super::{Context, Items};
use crate::check;
use crate::expr::{Reader, Scope};
use crate::hir::{ExprKind, SkuTable};
use crate::table::{Heading, RawRow, build, raw_cells};
use crate::world::World;

/// Reads the tables of stock-keeping units and refuses one that stands twice anywhere.
///
/// # Errors
/// When the work budget is used up or the work is cancelled.
pub fn read(world: &mut World, items: &Items, cx: &mut Context<'_>) -> Result<(), Stopped> {
    for node in nodes(items) {
        let Some(index) = world
            .products
            .iter()
            .position(|product| product.span == node.span)
        else {
            continue;
        };
        let skus = table(world, index, &node, cx)?;
        if let Some(product) = world.products.get_mut(index) {
            product.skus = skus;
        }
    }
    check_twice(world, &mut cx.diagnostics);
    Ok(())
}

fn table(
    world: &World,
    product: usize,
    node: &Node,
    cx: &mut Context<'_>,
) -> Result<Option<SkuTable>, Stopped> {
    let Some(table) = node.sku.as_ref().and_then(ast::Sku::table) else {
        return Ok(None);
    };
    let file = node.file;
    let scope = Scope {
        product: Some(product),
        direct: true,
        ..Scope::default()
    };
    let mut reader = Reader::new(world, scope, file, &mut cx.diagnostics);
    let outputs: Vec<String> = table
        .outputs()
        .iter()
        .filter_map(|column| Some(column.path()?.text()))
        .collect();
    if outputs != ["sku"] {
        reader.diagnostics.push(
            Diagnostic::error(
                codes::BAD_HEADER,
                "a table of stock-keeping units has one column right of `||`: `sku`",
            )
            .at(table.span(file), "in this table"),
        );
        return Ok(None);
    }
    let mut headings = Vec::new();
    for column in table.inputs() {
        let Some(path) = column.path() else { continue };
        let expr = reader.read(&ast::Expr::Path(path.clone()), None);
        let known = matches!(
            expr.kind,
            ExprKind::Option { up: 0, .. } | ExprKind::Fact(_)
        );
        if !known && expr.ty != crate::types::Type::Unknown {
            reader.diagnostics.push(
                Diagnostic::error(
                    codes::UNKNOWN_COLUMN,
                    format!(
                        "`{}` is neither an option of this product nor a fact",
                        path.text()
                    ),
                )
                .at(
                    path.span(file),
                    "a stock-keeping unit depends on options and facts",
                ),
            );
            return Ok(None);
        }
        headings.push(Heading {
            name: path.text(),
            expr,
        });
    }
    let mut raw = Vec::new();
    let mut skus = Vec::new();
    for row in table.rows() {
        raw.push(RawRow {
            span: row.span(file),
            cells: raw_cells(&row.inputs(), file),
        });
        let text = row.outputs().first().and_then(|cell| match cell.value() {
            Some(ast::Expr::Literal(literal)) => match literal.value() {
                Ok(Literal::Text(text)) => Some(text),
                _ => None,
            },
            _ => None,
        });
        if text.is_none() {
            reader.diagnostics.push(
                Diagnostic::error(
                    codes::BAD_CELL,
                    "a stock-keeping unit in quotes is expected",
                )
                .at(row.span(file), "such as `\"PLT-100\"`"),
            );
        }
        skus.extend(text);
    }
    if raw.is_empty() {
        reader.diagnostics.push(
            Diagnostic::error(codes::EMPTY_TABLE, "this table names no stock-keeping unit")
                .at(table.span(file), "a row is expected"),
        );
        return Ok(None);
    }
    let complete = skus.len() == raw.len();
    let id = format!("{}.sku", node.text);
    let Some(table) = build(&mut reader, &id, headings, &raw, None).filter(|_| complete) else {
        return Ok(None);
    };
    check::overlap::check(world, &table, cx.work, &mut cx.diagnostics)?;
    Ok(Some(SkuTable { table, skus }))
}

/// Every stock-keeping unit of the ruleset belongs to one product, and in a table to one row.
fn check_twice(world: &World, diagnostics: &mut Vec<Diagnostic>) {
    let mut all: Vec<(&str, Span, &str)> = Vec::new();
    for product in &world.products {
        if let Some(sku) = &product.sku {
            all.push((sku, product.span, &product.name));
        }
        if let Some(skus) = &product.skus {
            let rows = skus.table.rows.iter().zip(&skus.skus);
            all.extend(rows.map(|(row, sku)| (sku.as_str(), row.span, product.name.as_str())));
        }
    }
    all.sort();
    for (before, after) in all.iter().zip(all.iter().skip(1)) {
        if before.0 != after.0 {
            continue;
        }
        let (sku, first, second) = (before.0, before.2, after.2);
        let message = if first == second {
            format!("the stock-keeping unit {sku:?} stands in two rows")
        } else {
            format!("the stock-keeping unit {sku:?} belongs to two products")
        };
        diagnostics.push(
            Diagnostic::error(codes::DUPLICATE_SKU, message)
                .at(after.1, format!("`{second}` has it"))
                .also(before.1, format!("`{first}` has it, too")),
        );
    }
}
