//! A request in its one spelling.
//!
//! Every default is written out, numbers have their declared decimals, the products of a part are sorted by name, lines
//! keep their order (which an answer shows). What is absent is left out. Fingerprints and replay tokens are made from it.

use quo_model::{ABSENT, ArchivedModel, Package, ValueType, some};
use serde_json::{Map, Value};

use super::Request;
use crate::frame::{CLAUSE_ADDED, CLAUSE_REMOVED, Input, at};
use crate::show::{Names, type_of};

/// Beyond this a JSON number is not exact everywhere (RFC 8785, I-JSON).
const JSON_INT_MAX: i64 = (1 << 53) - 1;

impl Request {
    /// The request with all defaults written out, in its one spelling; reading it again gives an equal request.
    ///
    /// The package is the one it was read for.
    #[must_use]
    pub fn canonical(&self, package: &Package) -> Value {
        let model = package.model();
        let writer = Writer {
            request: self,
            model,
            names: Names {
                model,
                texts: &self.texts,
                minor_units: 0,
            },
        };
        let mut request = Map::new();
        let ruleset = model.str(model.meta.ruleset.to_native());
        request.insert("ruleset".to_owned(), ruleset.into());
        request.insert("facts".to_owned(), writer.facts());
        request.insert("asked".to_owned(), writer.asked());
        request.insert("lines".to_owned(), writer.lines());
        if !self.overrides.is_empty() {
            request.insert("overrides".to_owned(), writer.overrides());
        }
        if self.clauses.iter().any(|wanted| *wanted != 0) {
            request.insert("clauses".to_owned(), writer.clauses());
        }
        if !self.codes.is_empty() {
            request.insert("codes".to_owned(), self.codes.clone().into());
        }
        Value::Object(request)
    }

    /// What routines may look at.
    pub(crate) fn input(&self) -> Input<'_> {
        Input {
            facts: &self.facts,
            items: &self.items,
            options: &self.options,
            asked: &self.asked,
            lists: &self.lists,
            line_texts: &self.line_texts,
            texts: &self.texts,
            clauses: &self.clauses,
            codes: &self.codes,
        }
    }
}

struct Writer<'a> {
    request: &'a Request,
    model: &'a ArchivedModel,
    names: Names<'a>,
}

impl Writer<'_> {
    fn value(&self, ty: ValueType, value: i64) -> Value {
        match ty {
            ValueType::List(element) => {
                let Some(element) = self.model.elements.get(at(element)).map(type_of) else {
                    return Value::Null;
                };
                let rows = self.request.lists.rows(self.model, value);
                let rows = rows.map(|row| match (element, row) {
                    (ValueType::Record(record), row) => self.record(record, row),
                    (element, [only]) => self.value(element, *only),
                    _ => Value::Null,
                });
                Value::Array(rows.collect())
            }
            ValueType::Record(record) => {
                let row = self.request.lists.row(self.model, value);
                self.record(record, row.unwrap_or_default())
            }
            ValueType::Bool => (value != 0).into(),
            ValueType::Int { .. } if (-JSON_INT_MAX..=JSON_INT_MAX).contains(&value) => {
                value.into()
            }
            _ => self.names.plain(ty, value.into()).into(),
        }
    }

    fn record(&self, record: u32, cells: &[i64]) -> Value {
        let mut object = Map::new();
        let fields = self.model.records.get(at(record)).map(|def| &def.fields);
        for (field, cell) in fields
            .into_iter()
            .flat_map(|fields| fields.iter())
            .zip(cells)
        {
            if *cell != ABSENT {
                let name = self.model.str(field.name.to_native()).to_owned();
                object.insert(name, self.value(type_of(&field.ty), *cell));
            }
        }
        Value::Object(object)
    }

    fn facts(&self) -> Value {
        let mut groups = Map::new();
        for (def, value) in self.model.facts.iter().zip(&self.request.facts) {
            let group = groups
                .entry(self.model.str(def.group.to_native()))
                .or_insert_with(|| Value::Object(Map::new()));
            let name = self.model.str(def.name.to_native());
            if *value == ABSENT {
                continue;
            }
            if name.is_empty() {
                *group = self.value(type_of(&def.ty), *value);
            } else if let Value::Object(group) = group {
                let name = self.model.str(def.name.to_native()).to_owned();
                group.insert(name, self.value(type_of(&def.ty), *value));
            }
        }
        Value::Object(groups)
    }

    fn asked(&self) -> Value {
        let mut asked = Map::new();
        for (def, value) in self.model.adjustments.iter().zip(&self.request.asked) {
            if *value != ABSENT {
                let name = self.model.str(def.name.to_native()).to_owned();
                asked.insert(name, self.value(type_of(&def.asked), *value));
            }
        }
        Value::Object(asked)
    }

    fn overrides(&self) -> Value {
        let model = self.model;
        let overrides = self.request.overrides.iter().map(|found| {
            let rule = model.rules.get(at(found.rule));
            let role = model.roles.get(at(found.role));
            let line = self.request.lines.get(at(found.line));
            let mut object = Map::new();
            let text = |number: Option<u32>| number.map_or("", |number| model.str(number));
            let rule = text(rule.map(|rule| rule.id.to_native()));
            object.insert("rule".to_owned(), rule.into());
            object.insert(
                "role".to_owned(),
                text(role.map(|role| role.to_native())).into(),
            );
            if !found.reason.is_empty() {
                object.insert("reason".to_owned(), found.reason.clone().into());
            }
            if let Some(line) = line {
                object.insert("line".to_owned(), line.id.clone().into());
            }
            Value::Object(object)
        });
        Value::Array(overrides.collect())
    }

    fn clauses(&self) -> Value {
        let mut clauses = Map::new();
        for (def, wanted) in self.model.clauses.iter().zip(&self.request.clauses) {
            let name = self.model.str(def.name.to_native()).to_owned();
            match *wanted {
                CLAUSE_REMOVED => clauses.insert(name, "removed".into()),
                CLAUSE_ADDED => clauses.insert(name, "added".into()),
                _ => None,
            };
        }
        Value::Object(clauses)
    }

    fn lines(&self) -> Value {
        let lines = self.request.lines.iter().map(|line| {
            let mut object = self.item(line.item);
            object.insert("id".to_owned(), line.id.clone().into());
            Value::Object(object)
        });
        Value::Array(lines.collect())
    }

    fn item(&self, number: u32) -> Map<String, Value> {
        let mut object = Map::new();
        let Some(item) = self.request.items.get(at(number)) else {
            return object;
        };
        let Some(product) = self.model.products.get(at(item.product)) else {
            return object;
        };
        let input = self.request.input();
        let (mut facts, mut options) = (Map::new(), Map::new());
        for (option, def) in (0_u32..).zip(product.options.iter()) {
            let value = input.option(item, option).unwrap_or(ABSENT);
            if value == ABSENT {
                continue;
            }
            let inputs = if def.of_line {
                &mut facts
            } else {
                &mut options
            };
            let name = self.model.str(def.name.to_native()).to_owned();
            inputs.insert(name, self.value(type_of(&def.ty), value));
        }
        let mut parts = Map::new();
        for (part, def) in (0_u32..).zip(product.parts.iter()) {
            let inside = input
                .children(number)
                .filter(|(_, child)| child.part == part)
                .map(|(child, _)| Value::Object(self.item(child)));
            let name = self.model.str(def.name.to_native()).to_owned();
            parts.insert(name, Value::Array(inside.collect()));
        }
        let name = self.model.str(product.name.to_native());
        object.insert("product".to_owned(), name.into());
        if some(item.parent).is_none() && product.options.iter().any(|option| option.of_line) {
            object.insert("facts".to_owned(), Value::Object(facts));
        }
        object.insert("options".to_owned(), Value::Object(options));
        object.insert("parts".to_owned(), Value::Object(parts));
        object
    }
}
