//! `quo schema`: what the door takes fits the schema, and what the schema refuses the door does, too.
//!
//! The requests are those of every ruleset there is: its golden tests and its samples. The schema is judged by a reader of
//! JSON Schema (draft 2020-12) that knows the keywords the schema uses and stops at any other.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    dead_code,
    reason = "helpers of tests fail by panicking, as tests do; each file of tests uses some of them"
)]

mod common;

use std::path::{Path, PathBuf};

use common::{DIESELS, Desk, OBJECTED, REFUSED};
use quo_engine::{Package, read_request, request_schema};
use quo_golden::request_json;
use quo_model::PackageStore;
use regex_automata::nfa::thompson::pikevm::PikeVM;
use serde_json::{Value, json};

/// Why a value does not fit a schema, with the path to it.
fn misfit(root: &Value, schema: &Value, value: &Value, path: &str) -> Option<String> {
    let no = |why: &str| Some(format!("{path} {why}"));
    let Value::Object(keywords) = schema else {
        return if schema == &Value::Bool(true) {
            None
        } else {
            no("may not be there")
        };
    };
    for (keyword, wanted) in keywords {
        let found = match keyword.as_str() {
            "$schema" | "$defs" | "title" | "description" | "default" | "format" => None,
            "$ref" => {
                let name = wanted.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                misfit(root, &root["$defs"][name], value, path)
            }
            "anyOf" => {
                let forms = wanted.as_array().unwrap();
                let misfits: Vec<_> = forms
                    .iter()
                    .map(|form| misfit(root, form, value, path))
                    .collect();
                match misfits.iter().all(Option::is_some) {
                    true => no(&format!("fits no form: {misfits:?}")),
                    false => None,
                }
            }
            "type" => {
                let types = match wanted {
                    Value::Array(types) => types.clone(),
                    one => vec![one.clone()],
                };
                match types.iter().any(|ty| is_of(ty.as_str().unwrap(), value)) {
                    true => None,
                    false => no(&format!("is no {wanted}")),
                }
            }
            "enum" if !wanted.as_array().unwrap().contains(value) => {
                no(&format!("is none of {wanted}"))
            }
            "const" if wanted != value => no(&format!("is not {wanted}")),
            "minimum"
                if value
                    .as_i64()
                    .is_some_and(|it| it < wanted.as_i64().unwrap()) =>
            {
                no("is too small")
            }
            "maximum"
                if value
                    .as_i64()
                    .is_some_and(|it| it > wanted.as_i64().unwrap()) =>
            {
                no("is too large")
            }
            "minLength" if length(value).is_some_and(|it| it < wanted.as_u64().unwrap()) => {
                no("is too short")
            }
            "maxLength" if length(value).is_some_and(|it| it > wanted.as_u64().unwrap()) => {
                no("is too long")
            }
            "minItems" if count(value).is_some_and(|it| it < wanted.as_u64().unwrap()) => {
                no("has too few")
            }
            "maxItems" if count(value).is_some_and(|it| it > wanted.as_u64().unwrap()) => {
                no("has too many")
            }
            "pattern" => match value.as_str() {
                Some(text) if !matches(wanted.as_str().unwrap(), text) => {
                    no(&format!("is not like {wanted}"))
                }
                _ => None,
            },
            "uniqueItems" => {
                assert_eq!(wanted, &Value::Bool(true));
                let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
                let mut rest = list.iter().enumerate();
                let again = rest.find(|(at, item)| list.iter().take(*at).any(|it| it == *item));
                again.and_then(|(at, _)| no(&format!("has {at} twice")))
            }
            "items" => value
                .as_array()
                .into_iter()
                .flatten()
                .enumerate()
                .find_map(|(at, item)| misfit(root, wanted, item, &format!("{path}[{at}]"))),
            "properties" => value
                .as_object()
                .into_iter()
                .flatten()
                .find_map(|(name, item)| {
                    misfit(root, wanted.get(name)?, item, &format!("{path}.{name}"))
                }),
            "required" => {
                let lacks = |name: &&Value| value.get(name.as_str().unwrap()).is_none();
                let missing = wanted
                    .as_array()
                    .unwrap()
                    .iter()
                    .find(lacks)
                    .filter(|_| value.is_object());
                missing.and_then(|name| no(&format!("lacks {name}")))
            }
            "additionalProperties" => {
                assert_eq!(wanted, &Value::Bool(false));
                let known = keywords.get("properties");
                let names = value
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(|(name, _)| name);
                let strange = names
                    .into_iter()
                    .find(|name| known.and_then(|it| it.get(name)).is_none());
                strange.and_then(|name| no(&format!("has no {name}")))
            }
            "enum" | "const" | "minimum" | "maximum" | "minLength" | "maxLength" | "minItems"
            | "maxItems" => None,
            other => panic!("the keyword {other} is not read here"),
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

fn is_of(ty: &str, value: &Value) -> bool {
    match ty {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "null" => value.is_null(),
        other => panic!("the type {other} is not read here"),
    }
}

fn length(value: &Value) -> Option<u64> {
    value.as_str().map(|text| text.chars().count() as u64)
}

fn count(value: &Value) -> Option<u64> {
    value.as_array().map(|list| list.len() as u64)
}

fn matches(pattern: &str, text: &str) -> bool {
    let machine = PikeVM::new(pattern).unwrap();
    machine.is_match(&mut machine.create_cache(), text)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The folders of all rulesets.
fn rulesets() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![
        root().join("rulesets"),
        root().join("compiler/golden/tests"),
        root().join("tests/cases"),
    ];
    while let Some(folder) = open.pop() {
        // Those that the compiler refuses have no requests.
        if folder.ends_with("refused") {
            continue;
        }
        if folder.join("ruleset.quo").is_file() {
            found.push(folder);
            continue;
        }
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            open.extend(path.is_dir().then_some(path));
        }
    }
    found.sort();
    found
}

/// The package of a ruleset and the requests of its golden tests.
fn opened(folder: &Path, store: &PackageStore) -> (Package, Vec<Value>) {
    let built = quo_driver::build(quo_driver::load(folder).unwrap()).unwrap();
    let bytes = built
        .package
        .as_ref()
        .unwrap_or_else(|| panic!("{folder:?} has errors"));
    let package = store.get(&store.put(bytes).unwrap()).unwrap();
    let tests = built.rules.unwrap().tests;
    (package, tests.iter().map(request_json).collect())
}

#[test]
fn whatever_the_door_takes_fits_the_schema() {
    let folder = tempfile::tempdir().unwrap();
    let store = PackageStore::open(folder.path()).unwrap();
    let (mut taken, mut refused) = (0, 0);
    for ruleset in rulesets() {
        let (package, mut requests) = opened(&ruleset, &store);
        let schema = request_schema(&package);
        for entry in std::fs::read_dir(ruleset.join("requests"))
            .into_iter()
            .flatten()
        {
            let text = std::fs::read(entry.unwrap().path()).unwrap();
            requests.push(serde_json::from_slice(&text).unwrap());
        }
        if ruleset.ends_with("fleet") {
            requests.extend(
                [DIESELS, OBJECTED, REFUSED].map(|text| serde_json::from_str(text).unwrap()),
            );
        }
        for request in requests {
            let door = read_request(&package, request.to_string().as_bytes());
            match (door, misfit(&schema, &schema, &request, "")) {
                (Ok(_), None) => taken += 1,
                (Ok(_), Some(why)) => panic!("{ruleset:?}: {why}\n{request:#}"),
                // What the schema cannot say stays with the door.
                (Err(_), _) => refused += 1,
            }
        }
    }
    assert!(
        taken > 500 && refused > 5,
        "{taken} taken, {refused} refused"
    );
}

/// Every mistake in a request that fits.
#[test]
fn what_the_schema_refuses_the_door_refuses() {
    let desk = Desk::new();
    let folder = tempfile::tempdir().unwrap();
    let store = PackageStore::open(folder.path()).unwrap();
    let (package, _) = opened(&desk.path("fleet"), &store);
    let printed = desk.quo(&["schema", "fleet"]);
    let schema: Value = serde_json::from_str(&printed.stdout).unwrap();
    assert_eq!((printed.code, &schema), (0, &request_schema(&package)));
    assert_eq!(desk.json(&["schema", "fleet"]), (0, schema.clone()));
    insta::assert_snapshot!("schema_fleet", printed.stdout);

    let right: Value = serde_json::from_str(DIESELS).unwrap();
    assert_eq!(misfit(&schema, &schema, &right, ""), None);
    let line = "/lines/0";
    let car = "/lines/0/parts/car/0";
    let mistakes: Vec<(String, &str, Value)> = vec![
        (String::new(), "line", json!([])),
        (String::new(), "ruleset", json!("other")),
        ("/facts".into(), "acount", json!({})),
        ("/facts/account".into(), "kind", json!("Companny")),
        ("/facts/account".into(), "kin", json!("Company")),
        ("/facts/account".into(), "fleet_size", json!("many")),
        ("/facts/account".into(), "fleet_size", json!(1.5)),
        ("/facts/quote".into(), "term", json!("36 weeks")),
        ("/facts/quote".into(), "date", json!("01.10.2026")),
        ("/facts/quote".into(), "currency", json!("USD")),
        (line.into(), "id", json!("")),
        (line.into(), "product", json!("FullServic")),
        (line.into(), "parts", Value::Null),
        (
            format!("{line}/parts"),
            "services",
            json!([{ "product": "Car" }]),
        ),
        (format!("{car}/options"), "cars", json!(2001)),
        (format!("{car}/options"), "class", json!("Midle")),
        (format!("{car}/options"), "clas", json!("Middle")),
        (car.into(), "parts", json!({ "x": [] })),
        ("/asked".into(), "Haggled", json!("10.25")),
        ("/asked".into(), "Hagled", json!("10")),
        (String::new(), "overrides", json!([{ "rule": "x" }])),
        (String::new(), "clauses", json!({ "x": "removed" })),
    ];
    for (place, name, value) in mistakes {
        let mut wrong = right.clone();
        let object = wrong.pointer_mut(&place).unwrap().as_object_mut().unwrap();
        object.insert(name.to_owned(), value.clone());
        assert!(
            misfit(&schema, &schema, &wrong, "").is_some(),
            "{place}/{name}: {value} fits the schema"
        );
        assert!(
            read_request(&package, wrong.to_string().as_bytes()).is_err(),
            "{place}/{name}: {value} is taken"
        );
    }
    for (place, name) in [
        ("", "facts"),
        ("", "lines"),
        ("/facts/account", "id"),
        (line, "product"),
        (line, "id"),
        (line, "parts"),
    ] {
        let mut wrong = right.clone();
        wrong
            .pointer_mut(place)
            .unwrap()
            .as_object_mut()
            .unwrap()
            .remove(name)
            .unwrap();
        assert!(
            misfit(&schema, &schema, &wrong, "").is_some(),
            "without {place}/{name} it fits"
        );
        assert!(
            read_request(&package, wrong.to_string().as_bytes()).is_err(),
            "{place}/{name}"
        );
    }
}
