//! What a request on a package may hold, as a JSON Schema (draft 2020-12), for whoever writes requests: editors, clients,
//! generators of code.
//!
//! It says what the door says as far as a schema can. What it cannot say stays with the door: that names stand once, that
//! a kind is in a part once, that the selling date is one of the ruleset's, that an overridden line is there.

use std::collections::BTreeMap;

use quo_model::{ABSENT, ArchivedModel, ArchivedPart, ArchivedProduct, Package, ValueType, some};
use quo_value::Currency;
use serde_json::{Map, Value, json};

use super::read::{ITEMS_MAX, LINES_MAX};
use super::terms::{CODE_BYTES_MAX, CODES_MAX};
use super::value::TEXT_BYTES_MAX;
use crate::frame::at;
use crate::show::{Names, type_of};

/// The schema of the requests on a package.
#[must_use]
pub fn request_schema(package: &Package) -> Value {
    let model = package.model();
    let schema = Schema { model };
    let name = model.str(model.meta.ruleset.to_native());
    let [major, minor, patch] = model.meta.version.map(|part| part.to_native());
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": format!("Request on {name} {major}.{minor}.{patch}"),
        "type": "object",
        "required": ["facts", "lines"],
        "additionalProperties": false,
        "properties": {
            "ruleset": { "description": "The ruleset that the request is for.", "const": name },
            "facts": schema.facts(),
            "lines": {
                "description": "What is sold, in the order of the quote.",
                "type": "array",
                "maxItems": LINES_MAX,
                "items": schema.lines(),
            },
            "asked": schema.asked(),
            "overrides": schema.overrides(),
            "clauses": schema.clauses(),
            "codes": schema.codes(),
        },
        "$defs": schema.definitions(),
    })
}

/// The package that is described.
struct Schema<'a> {
    model: &'a ArchivedModel,
}

impl Schema<'_> {
    fn facts(&self) -> Value {
        let model = self.model;
        let mut groups: BTreeMap<&str, Object> = BTreeMap::new();
        let mut lists: Vec<(&str, Value)> = Vec::new();
        for fact in model.facts.iter() {
            let group = model.str(fact.group.to_native());
            let name = model.str(fact.name.to_native());
            let ty = type_of(&fact.ty);
            let mut value = self.value(ty);
            self.default(&mut value, ty, fact.default.to_native());
            // A group that repeats is one fact without a name.
            if name.is_empty() {
                lists.push((group, value));
                continue;
            }
            let required =
                !fact.optional && fact.default == ABSENT && !matches!(ty, ValueType::List(_));
            let value = if fact.optional { or_null(value) } else { value };
            groups.entry(group).or_default().add(name, value, required);
        }
        let mut facts = Object::default();
        for (name, group) in groups {
            let required = !group.required.is_empty();
            facts.add(name, group.schema(), required);
        }
        for (name, list) in lists {
            facts.add(name, list, false);
        }
        facts.schema()
    }

    fn lines(&self) -> Value {
        let names = self.model.products.iter();
        let names = names.map(|product| self.model.str(product.name.to_native()));
        let lines = names.map(|name| json!({ "$ref": format!("#/$defs/line.{name}") }));
        any_of(lines.collect())
    }

    /// Records, and products as lines and as parts.
    fn definitions(&self) -> Value {
        let mut definitions = Map::new();
        for record in self.model.records.iter() {
            let mut object = Object::default();
            for field in record.fields.iter() {
                let ty = type_of(&field.ty);
                // Records of what is worked out are no inputs.
                let mut value = self.value(ty);
                self.default(&mut value, ty, field.default.to_native());
                let required =
                    !field.optional && field.default == ABSENT && !matches!(ty, ValueType::List(_));
                let value = if field.optional {
                    or_null(value)
                } else {
                    value
                };
                object.add(self.model.str(field.name.to_native()), value, required);
            }
            let name = self.model.str(record.name.to_native());
            definitions.insert(format!("record.{name}"), object.schema());
        }
        let only = self.model.products.len() == 1;
        for product in self.model.products.iter() {
            let name = self.model.str(product.name.to_native());
            let mut line = self.item(product, &[], !only);
            let id = json!({ "description": "What the line is called in the answer, once in a request.", "type": "string", "minLength": 1, "maxLength": 200 });
            line.add("id", id, true);
            self.line_facts(product, &mut line);
            definitions.insert(format!("line.{name}"), line.schema());
            if !product.parts.is_empty() {
                definitions.insert(format!("parts.{name}"), self.parts(product));
            }
        }
        Value::Object(definitions)
    }

    /// The facts of a line, which every product has before its own options.
    fn line_facts(&self, product: &ArchivedProduct, line: &mut Object) {
        let mut facts = Object::default();
        for fact in product.options.iter().filter(|option| option.of_line) {
            let ty = type_of(&fact.ty);
            let mut value = self.value(ty);
            self.default(&mut value, ty, fact.default.to_native());
            let required =
                !fact.optional && fact.default == ABSENT && !matches!(ty, ValueType::List(_));
            let value = if fact.optional { or_null(value) } else { value };
            facts.add(self.model.str(fact.name.to_native()), value, required);
        }
        let required = !facts.required.is_empty();
        let facts = facts.schema();
        let facts = if required { facts } else { or_null(facts) };
        line.add("facts", facts, required);
    }

    /// An item; the options at `worked_out` need not be given, as its bundle works them out.
    fn item(&self, product: &ArchivedProduct, worked_out: &[u32], named: bool) -> Object {
        let model = self.model;
        let mut object = Object {
            description: Some(model.str(product.title.to_native()).to_owned()),
            ..Object::default()
        };
        let name = model.str(product.name.to_native());
        object.add("product", json!({ "const": name }), named);
        let mut options = Object::default();
        let options_of = (0_u32..).zip(product.options.iter());
        for (number, option) in options_of.filter(|(_, option)| !option.of_line) {
            let ty = type_of(&option.ty);
            let default = option.default.to_native();
            let mut value = self.value(ty);
            if !option.domain.is_empty() {
                value = self.domain(ty, option.domain.iter().map(|value| value.to_native()));
            }
            self.default(&mut value, ty, default);
            let required = default == ABSENT && !worked_out.contains(&number);
            options.add(model.str(option.name.to_native()), value, required);
        }
        let required = !options.required.is_empty();
        let options = options.schema();
        let options = if required { options } else { or_null(options) };
        object.add("options", options, required);
        if product.parts.is_empty() {
            let none = json!({ "type": ["object", "null"], "additionalProperties": false });
            object.add("parts", none, false);
        } else {
            let required = product.parts.iter().any(|part| part.min > 0);
            let parts = json!({ "$ref": format!("#/$defs/parts.{name}") });
            let parts = if required { parts } else { or_null(parts) };
            object.add("parts", parts, required);
        }
        object
    }

    fn parts(&self, product: &ArchivedProduct) -> Value {
        let mut parts = Object::default();
        for part in product.parts.iter() {
            let name = self.model.str(part.name.to_native());
            parts.add(name, self.part(part), part.min > 0);
        }
        parts.schema()
    }

    /// A part: a list of items, or the only one.
    fn part(&self, part: &ArchivedPart) -> Value {
        let kinds = part.kinds.iter().filter_map(|kind| {
            let product = self.model.products.get(at(kind.to_native()))?;
            let defaults = part.defaults.iter();
            let own = defaults.filter(|default| default.product == *kind);
            let worked_out: Vec<u32> = own.map(|default| default.option.to_native()).collect();
            let named = part.kinds.len() > 1;
            Some(self.item(product, &worked_out, named).schema())
        });
        let item = any_of(kinds.collect());
        let (min, max) = (part.min.to_native(), part.max.to_native());
        let max = at(max).min(ITEMS_MAX);
        let list = json!({ "type": "array", "minItems": min, "maxItems": max, "items": item });
        let mut forms = vec![list];
        if min <= 1 && max >= 1 {
            forms.push(item);
        }
        if min == 0 {
            forms.push(json!({ "type": "null" }));
        }
        any_of(forms)
    }

    fn asked(&self) -> Value {
        let model = self.model;
        let mut asked = Object {
            description: Some("What is asked for, by the name of the discount.".to_owned()),
            ..Object::default()
        };
        for adjustment in model.adjustments.iter() {
            if some(adjustment.asked_by.to_native()).is_some() {
                let name = model.str(adjustment.name.to_native());
                asked.add(name, or_null(self.value(type_of(&adjustment.asked))), false);
            }
        }
        asked.schema()
    }

    fn overrides(&self) -> Value {
        let model = self.model;
        let rules = model
            .rules
            .iter()
            .filter(|rule| !rule.overridable.is_empty());
        let rules = rules.map(|rule| {
            let roles = rule.overridable.iter().filter_map(|role| {
                let role = model.roles.get(at(role.to_native()))?;
                Some(model.str(role.to_native()))
            });
            let roles: Vec<&str> = roles.collect();
            let mut object = Object {
                description: Some(model.str(rule.message.to_native()).to_owned()),
                ..Object::default()
            };
            object.add("rule", json!({ "const": model.str(rule.id.to_native()) }), true);
            object.add("role", json!({ "enum": roles }), true);
            let reason = json!({ "type": "string" });
            let reason = if rule.with_reason { reason } else { or_null(reason) };
            object.add("reason", reason, rule.with_reason);
            let line = json!({ "description": "The id of the line; without it everywhere.", "type": ["string", "null"] });
            object.add("line", line, false);
            object.schema()
        });
        let rules: Vec<Value> = rules.collect();
        let mut list = json!({ "description": "The constraints that somebody lets pass.", "type": ["array", "null"] });
        if let Some(list) = list.as_object_mut() {
            if rules.is_empty() {
                list.insert("maxItems".to_owned(), Value::from(0));
            } else {
                list.insert("items".to_owned(), any_of(rules));
            }
        }
        list
    }

    fn clauses(&self) -> Value {
        let model = self.model;
        let mut clauses = Object {
            description: Some("The clauses that are removed or added, by name.".to_owned()),
            ..Object::default()
        };
        for clause in model.clauses.iter() {
            let change = if clause.on_request {
                "added"
            } else {
                "removed"
            };
            let value = json!({ "description": model.str(clause.title.to_native()), "enum": [change, null] });
            clauses.add(model.str(clause.name.to_native()), value, false);
        }
        or_null(clauses.schema())
    }

    fn codes(&self) -> Value {
        let adjustments = self.model.adjustments.iter();
        let known = adjustments.flat_map(|adjustment| adjustment.codes.iter());
        let known: Vec<String> = known
            .map(|code| format!("`{}`", self.model.str(code.to_native())))
            .collect();
        let mut codes = json!({
            "description": "Codes of promotions; one that no promotion has is told with the answer.",
            "type": "array",
            "maxItems": CODES_MAX,
            "uniqueItems": true,
            "items": { "type": "string", "minLength": 1, "maxLength": CODE_BYTES_MAX },
        });
        if !known.is_empty() {
            describe(&mut codes, format!("such as {}", known.join(", ")));
        }
        or_null(codes)
    }

    /// The values an option lists, in every way that the door reads them.
    fn domain(&self, ty: ValueType, values: impl Iterator<Item = i64>) -> Value {
        let mut forms: Vec<Value> = Vec::new();
        for value in values {
            match ty {
                ValueType::Bool => forms.extend([Value::from(value != 0), self.plain(ty, value)]),
                ValueType::Int { .. } => forms.extend([Value::from(value), self.plain(ty, value)]),
                _ => forms.push(self.plain(ty, value)),
            }
        }
        // A decimal of a list may be written with more or fewer zeros.
        match ty {
            ValueType::Decimal { .. } | ValueType::Percent { .. } => {
                let shown: Vec<String> = forms
                    .iter()
                    .filter_map(Value::as_str)
                    .map(str::to_owned)
                    .collect();
                let mut value = self.value(ty);
                describe(&mut value, format!("one of {}", shown.join(", ")));
                value
            }
            _ => json!({ "enum": forms }),
        }
    }

    fn plain(&self, ty: ValueType, value: i64) -> Value {
        let names = Names {
            model: self.model,
            texts: &[],
            minor_units: 0,
        };
        Value::from(names.plain(ty, value.into()))
    }

    fn default(&self, schema: &mut Value, ty: ValueType, default: i64) {
        if default == ABSENT || matches!(ty, ValueType::List(_) | ValueType::Record(_)) {
            return;
        }
        let value = match ty {
            ValueType::Bool => Value::from(default != 0),
            ValueType::Int { .. } => Value::from(default),
            _ => self.plain(ty, default),
        };
        if let Some(schema) = schema.as_object_mut() {
            schema.insert("default".to_owned(), value);
        }
    }

    /// A value of a type, in every way that the door reads it.
    fn value(&self, ty: ValueType) -> Value {
        let model = self.model;
        let names = Names {
            model,
            texts: &[],
            minor_units: 0,
        };
        let bounds = |min: i64, max: i64| {
            format!(
                "from {} to {}",
                names.shown(ty, min.into()),
                names.shown(ty, max.into())
            )
        };
        match ty {
            ValueType::Bool => json!({ "enum": [true, false, "yes", "no"] }),
            ValueType::Int { min, max } => json!({
                "description": format!("a whole number {}", bounds(min, max)),
                "anyOf": [
                    { "type": "integer", "minimum": min, "maximum": max },
                    { "type": "string", "pattern": "^-?[0-9]+$" },
                ],
            }),
            ValueType::Decimal {
                min,
                max,
                scale,
                unit,
            } => match model.units.get(at(unit)) {
                Some(def) => {
                    let names = [def.one, def.many].map(|name| model.str(name.to_native()));
                    let description = format!("a quantity {}, as a string", bounds(min, max));
                    counted(scale, &names.join("|"), description)
                }
                None => number(
                    scale,
                    "",
                    format!("a number {}, as a string", bounds(min, max)),
                ),
            },
            ValueType::Percent { min, max, scale } => {
                let scale = scale.saturating_sub(2);
                number(
                    scale,
                    " ?%?",
                    format!(
                        "a percentage {}, such as \"7.5\", as a string",
                        bounds(min, max)
                    ),
                )
            }
            ValueType::Money { scale, currency } => match Currency::from_numeric(currency) {
                Some(currency) => {
                    let code = currency.code();
                    let description = format!("an amount in {code}, such as \"19.99 {code}\"");
                    counted(scale, code, description)
                }
                None => number(
                    scale,
                    "( [A-Z]{3})?",
                    "an amount in the currency of the quote, as a string".to_owned(),
                ),
            },
            ValueType::Date => json!({
                "description": "a day",
                "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
            }),
            ValueType::Instant => json!({
                "description": "a point in time",
                "type": "string", "format": "date-time",
            }),
            ValueType::Months => json!({
                "description": "a period of months or years, such as \"36 months\"",
                "type": "string", "pattern": "^([0-9]+ years?)?( ?[0-9]+ months?)?$", "minLength": 6,
            }),
            ValueType::Days => json!({
                "description": "a number of days, such as \"30 days\"",
                "type": "string", "pattern": "^[0-9]+ days?$",
            }),
            ValueType::Text => json!({ "type": "string", "maxLength": TEXT_BYTES_MAX }),
            ValueType::Currency => {
                let codes = model.currencies.iter();
                let codes = codes.map(|currency| model.str(currency.code.to_native()));
                json!({ "enum": codes.collect::<Vec<_>>() })
            }
            ValueType::Enum(number) => {
                let values = model.enums.get(at(number)).map(|def| {
                    let values = def.values.iter();
                    values
                        .map(|value| model.str(value.to_native()))
                        .collect::<Vec<_>>()
                });
                json!({ "enum": values.unwrap_or_default() })
            }
            ValueType::Record(record) => {
                let def = model.records.get(at(record));
                let name = def.map_or("", |def| model.str(def.name.to_native()));
                json!({ "$ref": format!("#/$defs/record.{name}") })
            }
            ValueType::List(element) => {
                let element = model.elements.get(at(element)).map(type_of);
                let items = element.map_or(Value::Bool(false), |ty| self.value(ty));
                json!({ "type": "array", "items": items })
            }
            ValueType::Product
            | ValueType::WideDecimal { .. }
            | ValueType::WidePercent { .. }
            | ValueType::Item => Value::Bool(false),
        }
    }
}

/// An object with known names only.
#[derive(Default)]
struct Object {
    description: Option<String>,
    properties: Map<String, Value>,
    required: Vec<String>,
}

impl Object {
    fn add(&mut self, name: &str, value: Value, required: bool) {
        self.properties.insert(name.to_owned(), value);
        if required {
            self.required.push(name.to_owned());
        }
    }

    fn schema(self) -> Value {
        let mut schema = Map::new();
        if let Some(description) = self.description.filter(|text| !text.is_empty()) {
            schema.insert("description".to_owned(), Value::from(description));
        }
        schema.insert("type".to_owned(), Value::from("object"));
        schema.insert("properties".to_owned(), Value::Object(self.properties));
        if !self.required.is_empty() {
            schema.insert("required".to_owned(), Value::from(self.required));
        }
        schema.insert("additionalProperties".to_owned(), Value::Bool(false));
        Value::Object(schema)
    }
}

/// A number with at most so many decimals, and zeros behind them.
fn number(scale: u8, sign: &str, description: String) -> Value {
    let decimals = match scale {
        0 => r"(\.0+)?".to_owned(),
        scale => format!(r"(\.[0-9]{{1,{scale}}}0*)?"),
    };
    json!({
        "description": description,
        "anyOf": [
            { "type": "integer" },
            { "type": "string", "pattern": format!("^-?[0-9]+{decimals}{sign}$") },
        ],
    })
}

/// A number with what it counts behind it.
fn counted(scale: u8, units: &str, description: String) -> Value {
    let decimals = match scale {
        0 => r"(\.0+)?".to_owned(),
        scale => format!(r"(\.[0-9]{{1,{scale}}}0*)?"),
    };
    json!({
        "description": description,
        "type": "string", "pattern": format!("^-?[0-9]+{decimals} ({units})$"),
    })
}

fn describe(schema: &mut Value, description: String) {
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("description".to_owned(), Value::from(description));
    }
}

fn any_of(mut forms: Vec<Value>) -> Value {
    match forms.len() {
        0 => Value::Bool(false),
        1 => forms.remove(0),
        _ => json!({ "anyOf": forms }),
    }
}

fn or_null(schema: Value) -> Value {
    any_of(vec![schema, json!({ "type": "null" })])
}
