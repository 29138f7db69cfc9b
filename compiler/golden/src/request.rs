//! From a test to the JSON of a request, as a service would send it; and what such a request holds.

use std::collections::BTreeSet;

use quo_analysis::tests_hir::{Given, GivenKind, Input, Item, TestCase};
use serde_json::{Map, Value};

/// The request of a test. Every input is a string, so that the door reads exactly what was written.
#[must_use]
pub fn request_json(test: &TestCase) -> Value {
    let mut facts: Map<String, Value> = Map::new();
    for given in &test.given {
        let group = facts
            .entry(given.group.clone())
            .or_insert_with(|| Value::Object(Map::new()));
        match (group, given.inputs.as_slice()) {
            (group, [only]) if only.name.is_empty() => {
                *group = value(&only.value).unwrap_or_default();
            }
            (Value::Object(group), given) => group.extend(inputs(given)),
            _ => {}
        }
    }
    let lines = test.lines.iter().map(|line| {
        let mut json = item(&line.item);
        json.insert("id".to_owned(), Value::from(line.id.clone()));
        if !line.facts.is_empty() {
            json.insert("facts".to_owned(), Value::Object(inputs(&line.facts)));
        }
        Value::Object(json)
    });
    let mut request = Map::new();
    request.insert("facts".to_owned(), Value::Object(facts));
    request.insert("lines".to_owned(), lines.collect());
    if !test.asked.is_empty() {
        request.insert("asked".to_owned(), Value::Object(inputs(&test.asked)));
    }
    if !test.overrides.is_empty() {
        let overrides = test.overrides.iter().map(|found| {
            let mut object = Map::new();
            object.insert("rule".to_owned(), Value::from(found.rule.clone()));
            object.insert("role".to_owned(), Value::from(found.role.clone()));
            let named = [("reason", &found.reason), ("line", &found.line)];
            for (name, value) in named {
                if let Some(value) = value {
                    object.insert(name.to_owned(), Value::from(value.clone()));
                }
            }
            Value::Object(object)
        });
        request.insert("overrides".to_owned(), overrides.collect());
    }
    if !test.clauses.is_empty() {
        let clauses = test.clauses.iter().map(|(clause, added)| {
            let wanted = if *added { "added" } else { "removed" };
            (clause.clone(), Value::from(wanted))
        });
        request.insert("clauses".to_owned(), Value::Object(clauses.collect()));
    }
    if !test.codes.is_empty() {
        request.insert("codes".to_owned(), test.codes.clone().into());
    }
    Value::Object(request)
}

fn item(item: &Item) -> Map<String, Value> {
    let mut json = Map::new();
    if let Some(product) = &item.product {
        json.insert("product".to_owned(), Value::from(product.clone()));
    }
    if !item.options.is_empty() {
        json.insert("options".to_owned(), Value::Object(inputs(&item.options)));
    }
    if !item.parts.is_empty() {
        let parts = item.parts.iter().map(|part| {
            let items = part.items.iter();
            let items = items.map(|item| Value::Object(self::item(item)));
            (part.name.clone(), items.collect())
        });
        json.insert("parts".to_owned(), Value::Object(parts.collect()));
    }
    json
}

fn inputs(inputs: &[Input]) -> Map<String, Value> {
    let values = inputs
        .iter()
        .filter_map(|input| Some((input.name.clone(), value(&input.value)?)));
    values.collect()
}

/// `None` for what is left out.
fn value(given: &Given) -> Option<Value> {
    Some(match &given.kind {
        GivenKind::Text(text) => Value::from(text.clone()),
        GivenKind::List(elements) => elements.iter().filter_map(value).collect(),
        GivenKind::Record(fields) => Value::Object(inputs(fields)),
        GivenKind::LeftOut => return None,
    })
}

/// The names of all products of a request, at any depth.
pub(crate) fn products(request: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&Value> = list(request.get("lines")).collect();
    while let Some(item) = open.pop() {
        let name = item.get("product").and_then(Value::as_str);
        found.extend(name.map(str::to_owned));
        let parts = item.get("parts").and_then(Value::as_object);
        let parts = parts.into_iter().flat_map(Map::values);
        open.extend(parts.flat_map(|part| list(Some(part))));
    }
    found
}

fn list(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_array).into_iter().flatten()
}
