//! Records, and the groups of facts that repeat, whose elements are records of the group's name.

use quo_source::{Diagnostic, FileId, codes};
use quo_syntax::ast::{self, AstNode};

use super::{Items, types};
use crate::expr::{CHARGE_RECORD, Reader, Scope, fit};
use crate::hir::{Field, Record};
use crate::types::{Number, Type, Unit};
use crate::world::{World, find, sort_scoped};

/// The names that are known in one file only.
pub fn private(items: &Items) -> Vec<(String, FileId)> {
    let mut found: Vec<(String, FileId)> = Vec::new();
    macro_rules! names {
        ($($list:ident),*) => {$(
            for item in &items.$list {
                if item.node.is_private() && let Some(name) = item.node.name() {
                    found.push((name.text(), item.file));
                }
            }
        )*};
    }
    names!(defines, records, data, tables);
    found.sort();
    found
}

/// Declares every record, then reads their fields, which may be of each other's types.
pub fn read(world: &mut World, items: &Items, diagnostics: &mut Vec<Diagnostic>) {
    let mut declared: Vec<Record> = Vec::new();
    let mut nodes: Vec<(String, FileId, Vec<ast::Fact>)> = Vec::new();
    let mut declare = |name: Option<ast::Name>, file: FileId, fields: Vec<ast::Fact>| {
        let Some(name) = name else { return };
        declared.push(Record {
            name: name.text(),
            span: name.span(file),
            fields: Vec::new(),
        });
        nodes.push((name.text(), file, fields));
    };
    for item in &items.records {
        declare(item.node.name(), item.file, item.node.fields().collect());
    }
    for item in items.facts.iter().filter(|item| item.node.is_many()) {
        declare(item.node.name(), item.file, item.node.facts().collect());
    }
    for item in &items.tables {
        let outcomes = item.node.parameters().nth(1);
        if outcomes.is_some() {
            declare(item.node.name(), item.file, Vec::new());
        }
    }
    world.records = sort_scoped(world, declared, "record", diagnostics);
    let facts = items.facts.first();
    // Last, so that it can be taken back where nobody asks for charges.
    world.records.extend(facts.map(|item| Record {
        name: CHARGE_RECORD.to_owned(),
        span: item.node.span(item.file),
        fields: Vec::new(),
    }));
    nodes.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    nodes.dedup_by(|again, first| (&again.0, again.1) == (&first.0, first.1));
    for (name, file, fields) in nodes {
        let fields = read_fields(world, &fields, file, diagnostics);
        let record = world.find_in(&world.records, &name, file);
        if let Some(record) = record.and_then(|at| world.records.get_mut(at)) {
            record.fields = fields;
        }
    }
    contained(world, diagnostics);
}

fn read_fields(
    world: &World,
    nodes: &[ast::Fact],
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    for node in nodes {
        let (Some(name), Some(ty_node)) = (node.name(), node.ty()) else {
            continue;
        };
        let span = name.span(file);
        if let Some(before) = fields.iter().find(|before| before.name == name.text()) {
            diagnostics.push(
                Diagnostic::error(
                    codes::DUPLICATE_NAME,
                    format!("the field `{}` is declared twice", name.text()),
                )
                .at(span, "declared again here")
                .also(before.span, "first declared here"),
            );
            continue;
        }
        let ty = types::input(world, &ty_node, file, diagnostics);
        let default = node.default().and_then(|default| {
            super::vocabulary::no_list(ty, default.span(file), diagnostics)?;
            let mut reader = Reader::new(world, Scope::default(), file, diagnostics);
            let value = reader.read(&default, Some(ty));
            fit::constant(&fit::adapted(value, ty), ty, world.show(), diagnostics)
        });
        fields.push(Field {
            name: name.text(),
            span,
            ty,
            optional: ty_node.is_optional() && default.is_none(),
            default,
        });
    }
    fields
}

/// Reports records that contain themselves.
fn contained(world: &mut World, diagnostics: &mut Vec<Diagnostic>) {
    let inside = |world: &World, record: usize| -> Vec<usize> {
        let fields = world
            .records
            .get(record)
            .map(|record| record.fields.as_slice());
        let mut found = Vec::new();
        for field in fields.unwrap_or_default() {
            let mut ty = field.ty;
            while let Type::List(element) = ty {
                ty = world.element(element);
            }
            if let Type::Record(inner) = ty {
                found.push(inner);
            }
        }
        found
    };
    let count = world.records.len();
    let mut wrong: Vec<usize> = Vec::new();
    for start in 0..count {
        let mut seen = vec![false; count];
        let mut open = inside(world, start);
        while let Some(record) = open.pop() {
            if record == start {
                wrong.push(start);
                break;
            }
            if let Some(seen) = seen.get_mut(record)
                && !*seen
            {
                *seen = true;
                open.extend(inside(world, record));
            }
        }
    }
    for record in wrong {
        if let Some(record) = world.records.get_mut(record) {
            diagnostics.push(
                Diagnostic::error(
                    codes::CYCLE,
                    format!("the record `{}` contains itself", record.name),
                )
                .at(record.span, "declared here")
                .note("refer to the other one by an id of it"),
            );
            record
                .fields
                .retain(|field| !matches!(field.ty, Type::Record(_) | Type::List(_)));
        }
    }
}

/// Gives the record of charges its fields, where charges are asked for.
pub fn charges(world: &mut World) {
    let money = Type::Number(Number {
        unit: Unit::Money,
        scale: world.money_scale(),
        min: -Number::MONEY_LIMIT,
        max: Number::MONEY_LIMIT,
    });
    let count = Type::Number(Number {
        unit: Unit::Int,
        scale: 0,
        min: 0,
        max: i128::from(i64::MAX),
    });
    let decimals = world.charges.iter();
    let decimals = decimals.map(|charge| match charge.quantity.number() {
        Some(Number {
            unit: Unit::Money,
            scale,
            ..
        }) => scale.max(world.money_scale()),
        _ => charge.quantity.unit_scale(),
    });
    let quantity = match decimals.max().unwrap_or(0) {
        0 => count,
        scale => Type::Number(Number {
            unit: Unit::Decimal,
            scale,
            min: 0,
            max: i128::from(i64::MAX),
        }),
    };
    let item = world.item_of((0..world.products.len()).collect());
    let fields = [
        ("line", Type::Text),
        ("charge", Type::Text),
        ("kind", Type::Text),
        ("item", item),
        ("product", Type::Product),
        ("quantity", quantity),
        ("periods", count),
        ("months", count),
        ("list", money),
        ("net", money),
        ("list_value", money),
        ("net_value", money),
    ];
    let record = find(&world.records, CHARGE_RECORD).and_then(|at| world.records.get_mut(at));
    if let Some(record) = record {
        let span = record.span;
        record.fields = fields
            .into_iter()
            .map(|(name, ty)| Field {
                name: name.to_owned(),
                span,
                ty,
                optional: false,
                default: None,
            })
            .collect();
    }
}
