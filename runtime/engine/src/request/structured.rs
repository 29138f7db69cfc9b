//! Lists and records among the facts, read field by field with the path of each problem.

use quo_model::{ABSENT, ArchivedModel, ValueType, record_ref};

use super::json::Json;
use super::read::{Reader, find};
use super::value::{in_minor_units, read_value};
use crate::frame::at;
use crate::show::type_of;

/// Most elements of a list.
const ELEMENTS_MAX: usize = 100_000;
/// Most cells of all lists.
const CELLS_MAX: usize = 2_000_000;

impl Reader<'_> {
    /// Reads a value of any type an input may have. Problems are noted where they are; `None` after one.
    pub fn value(&mut self, path: &str, ty: ValueType, json: &Json) -> Option<i64> {
        match ty {
            ValueType::List(element) => self.list(path, element, json),
            ValueType::Record(record) => {
                let cells = self.record(path, record, json)?;
                let list = self.lists.add(self.model, cells.len(), &cells);
                Some(record_ref(u32::try_from(list).ok()?, 0))
            }
            _ => match self.one(ty, json) {
                Ok(value) => Some(value),
                Err(message) => {
                    self.problem(path, message);
                    None
                }
            },
        }
    }

    /// Reads one value; the error is a sentence for people.
    pub fn one(&mut self, ty: ValueType, json: &Json) -> Result<i64, String> {
        let model = self.model;
        let quoted = self
            .currency
            .and_then(|currency| model.currencies.get(at(currency.index)))
            .map(|currency| model.str(currency.code.to_native()));
        let value = read_value(model, &mut self.texts, quoted, ty, json)?;
        in_minor_units(self.model, self.currency, ty, value)?;
        Ok(value)
    }

    /// The default of an input, which is an amount in the currency of the quote too.
    pub fn default(&mut self, path: &str, ty: ValueType, value: i64) -> Option<i64> {
        match in_minor_units(self.model, self.currency, ty, value) {
            Ok(()) => Some(value),
            Err(message) => {
                self.problem(path, format!("is not given, and its default {message}"));
                None
            }
        }
    }

    /// What an input of this type is when it is not given: a list is empty. `None` if it must be given.
    pub fn not_given(&mut self, ty: ValueType, optional: bool, default: i64) -> Option<i64> {
        match ty {
            _ if default != ABSENT => Some(default),
            _ if optional => Some(ABSENT),
            ValueType::List(element) => {
                let columns = columns(self.model, element);
                Some(self.lists.add(self.model, columns, &[]))
            }
            _ => None,
        }
    }

    fn list(&mut self, path: &str, element: u32, json: &Json) -> Option<i64> {
        let Json::List(elements) = json else {
            self.problem(path, format!("must be a list and is {}", json.kind()));
            return None;
        };
        if elements.len() > ELEMENTS_MAX || self.lists.cells.len() > CELLS_MAX {
            let message =
                format!("has more than {ELEMENTS_MAX} elements, or is one of too many lists");
            self.problem(path, message);
            return None;
        }
        let ty = self.model.elements.get(at(element)).map(type_of)?;
        let mut cells = Vec::new();
        let mut whole = true;
        for (position, json) in elements.iter().enumerate() {
            if self.full() {
                return None;
            }
            let path = format!("{path}[{position}]");
            match ty {
                ValueType::Record(record) => match self.record(&path, record, json) {
                    Some(row) => cells.extend(row),
                    None => whole = false,
                },
                _ => match self.value(&path, ty, json) {
                    Some(value) => cells.push(value),
                    None => whole = false,
                },
            }
        }
        let columns = columns(self.model, element);
        whole.then(|| self.lists.add(self.model, columns, &cells))
    }

    /// The cells of a record, in the order of its fields.
    fn record(&mut self, path: &str, record: u32, json: &Json) -> Option<Vec<i64>> {
        let model = self.model;
        let def = model.records.get(at(record))?;
        let name = |field: &quo_model::ArchivedFieldDef| model.str(field.name.to_native());
        let names: Vec<&str> = def.fields.iter().map(name).collect();
        let entries = self.object(path, json, "field", &names)?;
        let mut cells = Vec::with_capacity(def.fields.len());
        let mut whole = true;
        for field in def.fields.iter() {
            let path = format!("{path}.{}", name(field));
            let ty = type_of(&field.ty);
            let given = find(entries, name(field));
            let read = match given {
                None => {
                    let found = self.not_given(ty, field.optional, field.default.to_native());
                    if found.is_none() {
                        self.problem(&path, "is missing".to_owned());
                    }
                    found.and_then(|value| self.default(&path, ty, value))
                }
                Some(Json::Null) if field.optional => Some(ABSENT),
                Some(json) => self.value(&path, ty, json),
            };
            match read {
                Some(value) => cells.push(value),
                None => whole = false,
            }
        }
        whole.then_some(cells)
    }
}

/// How many columns a list of such elements has.
fn columns(model: &ArchivedModel, element: u32) -> usize {
    match model.elements.get(at(element)).map(type_of) {
        Some(ValueType::Record(record)) => {
            let def = model.records.get(at(record));
            def.map_or(1, |def| def.fields.len())
        }
        _ => 1,
    }
}
