//! Approval matrices.

use quo_source::{Diagnostic, FileId, codes};
use quo_syntax::ast::{self, AstNode};
use quo_syntax::literal::{PeriodUnit, Value as Literal};

use super::{Items, Placed};
use crate::expr::ops::unknown;
use crate::expr::{Reader, Scope, size};
use crate::hir::{Approval, ApprovalRow, ApprovalStep, Expr, GoesUp, RowPolicy, Table, Worse};
use crate::table::{Heading, RawRow, build, raw_cells};
use crate::types::Type;
use crate::world::{World, find, resolve};

/// Reads the approval matrices, sorted by name.
pub fn read(world: &World, items: &Items, diagnostics: &mut Vec<Diagnostic>) -> Vec<Approval> {
    let mut nodes: Vec<&Placed<ast::Approval>> = items.approvals.iter().collect();
    nodes.sort_by_key(|item| {
        item.node
            .name()
            .and_then(|name| find(&world.approvals, &name.text()))
    });
    nodes
        .into_iter()
        .filter(|item| {
            let name = item.node.name();
            let declared = name
                .as_ref()
                .and_then(|name| find(&world.approvals, &name.text()))
                .and_then(|index| world.approvals.get(index));
            declared.map(|declared| declared.span) == name.map(|name| name.span(item.file))
        })
        .filter_map(|item| approval(world, &item.node, item.file, diagnostics))
        .collect()
}

fn approval(
    world: &World,
    node: &ast::Approval,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Approval> {
    let name = node.name()?;
    let span = name.span(file);
    let scope = Scope {
        totals: true,
        ..Scope::default()
    };
    let mut lets: Vec<(String, Expr)> = Vec::new();
    for binding in node.lets() {
        let (Some(let_name), Some(value)) = (binding.name(), binding.value()) else {
            continue;
        };
        let mut reader = Reader {
            lets: &lets,
            ..Reader::new(world, scope, file, diagnostics)
        };
        let expr = reader.read(&value, None);
        if lets.iter().any(|(before, _)| *before == let_name.text()) {
            diagnostics.push(
                Diagnostic::error(
                    codes::DUPLICATE_NAME,
                    format!("the value `{}` is named twice", let_name.text()),
                )
                .at(let_name.span(file), "again here"),
            );
            continue;
        }
        let small = size::check(&expr, &let_name.text(), let_name.span(file), diagnostics);
        let expr = if small { expr } else { unknown(expr.span) };
        lets.push((let_name.text(), expr));
    }
    if !node.is_first_match() && !node.is_every_match() {
        diagnostics.push(
            Diagnostic::error(
                codes::MISSING_PIECE,
                format!(
                    "the matrix `{}` does not say how a row is chosen",
                    name.text()
                ),
            )
            .at(span, "in this matrix")
            .note(
                "write `first match` above the table: the first row whose cells all match decides; or `every match`: all of them ask",
            ),
        );
    }
    let table = node.table()?;
    let mut reader = Reader {
        lets: &lets,
        ..Reader::new(world, scope, file, diagnostics)
    };
    let headings: Vec<Heading> = table
        .inputs()
        .iter()
        .filter_map(|column| {
            let path = column.path()?;
            Some(Heading {
                name: path.text(),
                expr: reader.read(&ast::Expr::Path(path.clone()), None),
            })
        })
        .collect();
    let outputs: Vec<String> = table
        .outputs()
        .iter()
        .filter_map(|column| column.path())
        .map(|path| path.text())
        .collect();
    let (Some(approver), Some(within), 2) = (
        outputs.iter().position(|name| name == "approver"),
        outputs.iter().position(|name| name == "within"),
        outputs.len(),
    ) else {
        reader.diagnostics.push(
            Diagnostic::error(
                codes::BAD_HEADER,
                "an approval matrix has two columns right of `||`: `approver` and `within`",
            )
            .at(table.span(file), "in this table"),
        );
        return None;
    };
    let mut raw: Vec<RawRow> = Vec::new();
    let mut rows: Vec<ApprovalRow> = Vec::new();
    for row in table.rows() {
        raw.push(RawRow {
            span: row.span(file),
            cells: raw_cells(&row.inputs(), file),
        });
        let cells = row.outputs();
        let steps = cells
            .get(approver)
            .and_then(|cell| steps(world, cell, file, reader.diagnostics));
        let minutes = cells
            .get(within)
            .and_then(|cell| minutes(cell, file, reader.diagnostics));
        rows.push(ApprovalRow {
            steps: steps.unwrap_or_default(),
            within_minutes: minutes.unwrap_or(0),
        });
    }
    if raw.is_empty() {
        reader.diagnostics.push(
            Diagnostic::error(codes::EMPTY_TABLE, "this table decides nothing")
                .at(table.span(file), "a row is expected"),
        );
        return None;
    }
    let table = build(&mut reader, &name.text(), headings, &raw, None)?;
    let policy = if node.is_every_match() {
        RowPolicy::Every
    } else {
        RowPolicy::First
    };
    let goes_up = match node.goes_up().and_then(|clause| clause.role()) {
        None => GoesUp::ToNext,
        Some(role) => resolve(world, &world.roles, "role", &role, file, diagnostics)
            .map_or(GoesUp::ToNext, GoesUp::To),
    };
    let worse = worsenings(node, &table, world, file, diagnostics);
    Some(Approval {
        name: name.text(),
        title: node
            .title()
            .and_then(|title| title.text())
            .unwrap_or_else(|| name.text()),
        span,
        table,
        rows,
        never_requester: node.never_the_requester(),
        never_twice: node.never_twice(),
        delegation: node.delegation_allowed(),
        goes_up,
        policy,
        worse,
    })
}

/// The columns that make an approval be asked for again, by their place in the table.
fn worsenings(
    node: &ast::Approval,
    table: &Table,
    world: &World,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<(usize, Worse)> {
    let mut found: Vec<(usize, Worse)> = Vec::new();
    let clauses = node.ask_again();
    for worsening in clauses.iter().flat_map(ast::AskAgain::worsenings) {
        let (Some(path), Some(worse)) = (worsening.column(), worsening.worse()) else {
            continue;
        };
        let name = path.text();
        let Some(index) = table.columns.iter().position(|column| column.name == name) else {
            diagnostics.push(crate::world::unknown_name(
                "column of this matrix called",
                &name,
                path.span(file),
                table.columns.iter().map(|column| column.name.as_str()),
            ));
            continue;
        };
        let worse = match worse {
            ast::Worse::Rises => Worse::Rises,
            ast::Worse::Falls => Worse::Falls,
            ast::Worse::Changes => Worse::Changes,
        };
        let ty = table.columns.get(index).map(|column| column.expr.ty);
        let ordered = match ty {
            Some(Type::Enum(of)) => world.show().enum_is_ordered(of),
            Some(Type::Number(_) | Type::Date | Type::Months | Type::Days) => true,
            _ => false,
        };
        if worse != Worse::Changes && !ordered {
            diagnostics.push(
                Diagnostic::error(
                    codes::NO_ORDER,
                    format!("the values of `{name}` have no order, so none is worse"),
                )
                .at(worsening.span(file), "neither rises nor falls")
                .note(format!("write `{name} changes`")),
            );
            continue;
        }
        if found.iter().any(|(before, _)| *before == index) {
            diagnostics.push(
                Diagnostic::error(
                    codes::DUPLICATE_NAME,
                    format!("the column `{name}` is named twice"),
                )
                .at(worsening.span(file), "again here"),
            );
            continue;
        }
        found.push((index, worse));
    }
    found
}

fn steps(
    world: &World,
    cell: &ast::Cell,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Vec<ApprovalStep>> {
    let ast::CellContent::Approvers(approvers) = cell.content() else {
        diagnostics.push(
            Diagnostic::error(codes::BAD_CELL, "approvers are expected").at(
                cell.span(file),
                "a role, `A then B`, `A and B`, `A or B` or `none`",
            ),
        );
        return None;
    };
    if approvers.is_none() {
        return Some(Vec::new());
    }
    approvers
        .steps()
        .map(|step| {
            let roles: Option<Vec<usize>> = step
                .roles()
                .map(|role| resolve(world, &world.roles, "role", &role, file, diagnostics))
                .collect();
            Some(ApprovalStep {
                roles: roles?,
                any: step.join() == ast::ApproverJoin::Any,
            })
        })
        .collect()
}

fn minutes(cell: &ast::Cell, file: FileId, diagnostics: &mut Vec<Diagnostic>) -> Option<u32> {
    if cell.content() == ast::CellContent::Nothing {
        return Some(0);
    }
    let found = match cell.value() {
        Some(ast::Expr::Literal(literal)) => minutes_of(&literal).filter(|minutes| *minutes > 0),
        _ => None,
    };
    if found.is_none() {
        diagnostics.push(
            Diagnostic::error(codes::BAD_UNIT, "a time to answer is expected").at(
                cell.span(file),
                "such as `8 hours`, `2 days`, or `-` for none",
            ),
        );
    }
    found
}

/// The minutes of a time limit in minutes, hours or days.
#[must_use]
pub fn minutes_of(literal: &ast::Literal) -> Option<u32> {
    match literal.value().ok()? {
        Literal::Period {
            count,
            unit: PeriodUnit::Minutes,
        } => Some(count),
        Literal::Period {
            count,
            unit: PeriodUnit::Hours,
        } => count.checked_mul(60),
        Literal::Period {
            count,
            unit: PeriodUnit::Days,
        } => count.checked_mul(24 * 60),
        _ => None,
    }
}
