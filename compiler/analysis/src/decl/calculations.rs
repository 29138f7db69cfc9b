//! What decision tables and data have in common, and results.
//!
//! Both are declared before definitions, which may name them, and both have headings and rows from the text or from a file.

use quo_source::{Diagnostic, FileId, Span, Stopped, codes};
use quo_syntax::ast::{self, AstNode};

use super::{Context, Items, Placed, data, functions, tables, types};
use crate::expr::{Reader, Scope};
use crate::hir::ResultOf;
use crate::table::{self, RawRow, rows::TableRows};
use crate::types::Type;
use crate::world::{HasName, World, sort_scoped, sort_unique};

/// Headings and rows of a table, from the text or from a file.
pub struct Rows {
    /// Headings with their places.
    pub headings: Vec<(String, Span)>,
    /// The rows.
    pub body: Body,
}

/// The rows of a table.
pub enum Body {
    /// Of the text: the cells left of `||`, and those right of it.
    Text(Vec<RawRow>, Vec<Vec<ast::Cell>>),
    /// Of a file, which may have millions.
    File(table::file::Rows),
}

impl Body {
    /// The rows with what can be matched: in a file all their cells.
    #[must_use]
    pub fn rows(&self) -> &dyn TableRows {
        match self {
            Body::Text(rows, _) => rows,
            Body::File(rows) => rows,
        }
    }
}

/// Declares data and decision tables.
///
/// # Errors
/// When the work budget is used up or the work is cancelled.
pub fn declare(world: &mut World, items: &Items, cx: &mut Context<'_>) -> Result<(), Stopped> {
    let mut lists = Vec::new();
    for item in &items.data {
        lists.extend(data::read(world, &item.node, item.file, cx)?);
    }
    world.data = sort_scoped(world, lists, "list of constants", &mut cx.diagnostics);
    let mut decisions = Vec::new();
    for item in &items.tables {
        let Some(mut decision) = tables::declare(world, &item.node, item.file, cx) else {
            continue;
        };
        decision.optional &= !tables::is_complete(&decision, cx)?;
        decisions.push(decision);
    }
    world.tables = sort_scoped(world, decisions, "decision table", &mut cx.diagnostics);
    clashes(world, &mut cx.diagnostics);
    Ok(())
}

/// Reports names that would hide each other.
fn clashes(world: &World, diagnostics: &mut Vec<Diagnostic>) {
    /// A name, where it was declared, what it is, and whether it is private.
    type Declared<'w> = (&'w str, Span, &'static str, bool);
    fn of<'w, T: HasName>(
        world: &'w World,
        items: &'w [T],
        what: &'static str,
    ) -> impl Iterator<Item = Declared<'w>> {
        items
            .iter()
            .map(move |item| (item.name(), item.span(), what, world.is_private(item)))
    }
    let outcome = |span: Span| world.tables.iter().any(|table| table.span == span);
    let mut names: Vec<Declared<'_>> = of(world, &world.defines, "a definition")
        .chain(of(world, &world.data, "a list of constants"))
        .chain(of(world, &world.tables, "a decision table"))
        .chain(of(world, &world.enums, "an enum"))
        .chain(of(world, &world.records, "a record").filter(|(_, span, ..)| !outcome(*span)))
        .collect();
    let own = |span: Span| !world.library.contains(&span.file);
    names.sort_unstable_by_key(|found| (found.0, own(found.1), *found));
    for (index, again) in names.iter().enumerate() {
        let before = names.iter().take(index).rev();
        let mut before = before.take_while(|before| before.0 == again.0);
        let hidden = before.find(|before| before.1.file == again.1.file || !(before.3 || again.3));
        if let Some(before) = hidden {
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

/// The headings and rows of a table in a file or in the text.
///
/// # Errors
/// When the work budget is used up or the work is cancelled.
pub fn rows(
    named: Option<ast::TableFile>,
    table: Option<ast::Table>,
    file: FileId,
    cx: &mut Context<'_>,
) -> Result<Option<Rows>, Stopped> {
    if let Some(named) = named {
        let read = table::file::read_named(&named, file, cx.sources, cx.work, &mut cx.diagnostics)?;
        return Ok(read.map(|read| Rows {
            headings: read.headings.clone(),
            body: Body::File(read),
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
    let (mut rows, mut outputs) = (Vec::new(), Vec::new());
    for row in table.rows() {
        rows.push(RawRow {
            span: row.span(file),
            cells: table::raw_cells(&row.inputs(), file),
        });
        outputs.push(row.outputs());
    }
    Ok(Some(Rows {
        headings,
        body: Body::Text(rows, outputs),
    }))
}

/// Reads the results into `world`, each after those that it names.
pub fn results(world: &mut World, items: &Items, diagnostics: &mut Vec<Diagnostic>) {
    let mut open: Vec<&Placed<ast::ResultItem>> = items.results.iter().collect();
    open.sort_by_key(|item| {
        item.node
            .name()
            .map(|name| (name.text(), name.span(item.file)))
    });
    while !open.is_empty() {
        let waits = |item: &&Placed<ast::ResultItem>| {
            let own = item.node.name().map(|name| name.text());
            let mut others = open.iter().filter_map(|other| other.node.name());
            others.any(|other| own.as_ref() != Some(&other.text()) && names(item, &other.text()))
                || own.is_some_and(|own| names(item, &own))
        };
        let (later, ready): (Vec<_>, Vec<_>) = open.iter().copied().partition(waits);
        if ready.is_empty() {
            diagnostics.extend(later.first().and_then(|item| circle(item)));
            return;
        }
        let found: Vec<ResultOf> = ready
            .into_iter()
            .filter_map(|item| result(world, item, diagnostics))
            .collect();
        world.results.extend(found);
        world.results = sort_unique(std::mem::take(&mut world.results), "result", diagnostics);
        open = later;
    }
    for result in &world.results {
        let hidden = world.defines.iter().find(|it| it.name == result.name);
        diagnostics.extend(hidden.map(|define| {
            let message = format!("`{}` is both a definition and a result", result.name);
            Diagnostic::error(codes::DUPLICATE_NAME, message)
                .at(result.span, "declared again here")
                .also(define.span, "first declared here")
        }));
    }
}

/// Whether the value of a result names something by itself; the field of something else is not meant.
fn names(item: &Placed<ast::ResultItem>, name: &str) -> bool {
    let value = item.node.value();
    let nodes = value
        .into_iter()
        .flat_map(|value| value.syntax().descendants());
    let mut paths = nodes.filter_map(ast::Path::cast);
    paths.any(|path| {
        path.segments()
            .first()
            .is_some_and(|(first, _)| first == name)
    })
}

fn circle(item: &Placed<ast::ResultItem>) -> Option<Diagnostic> {
    let name = item.node.name()?;
    let message = format!(
        "the result `{}` needs itself, directly or through others",
        name.text()
    );
    let found = Diagnostic::error(codes::CYCLE, message);
    Some(found.at(name.span(item.file), "its value would need its value"))
}

fn result(
    world: &World,
    item: &Placed<ast::ResultItem>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<ResultOf> {
    let (name, value) = (item.node.name()?, item.node.value()?);
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
    }?;
    let title = item.node.title().and_then(|title| title.text());
    Some(ResultOf {
        title: title.unwrap_or_else(|| name.text()),
        name: name.text(),
        span: name.span(item.file),
        value,
    })
}
