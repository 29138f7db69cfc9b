//! What the compiler says about the request of a test and what the door of the engine says about it: the same, of every value.
//!
//! The compiler judges a request without a package, the door on one. Each line of a file of tests is a test with one thing
//! that may be wrong; whatever the door refuses must be an error of the compiler on that line, and nothing else.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;

use quo_driver::{Built, build};
use quo_engine::{Package, read_request};
use quo_golden::request_json;
use quo_model::PackageStore;
use quo_source::{SourceFile, Sources, codes, render};

const RULES: &str = r#"facts quote { currency: Currency, date: Date, term: Period }
enum Colour { Red, Green }
record Part { number: Text, weight: Decimal with 2 decimals?, count: Int = 1 }
facts given {
  truth: Bool?, whole: Int from -5 to 1_000?, tenth: Decimal from 0 to 10 with 1 decimal?,
  share: Percent from 0% to 40% with 2 decimals?, money: Money?, day: Date?, at: Instant?, months: Period?,
  text: Text?, currency: Currency?, colour: Colour?, part: Part?, parts: list of Part, numbers: list of Int
}
facts usage many { quantity: Int from 0 to 9 }
facts line { action: Colour = Red, was: Part?, times: Int from 0 to 9 = 0 }
currencies EUR, JPY
role Seller
product Thing "Thing" {
  option size: Int in { 1, 2, 4 } = 1
  option ratio: Decimal with 2 decimals in { 0.5, 1.25 } = 0.5
  option colour: Colour in { Red } = Red
  option name: Text in { "a", "b" } = "a"
  option count: Int from 1 to 9
  charge fee "Fee": one time
}
product Extra "Extra" { charge fee "Fee": one time }
product Other "Other" { charge fee "Fee": one time }
bundle Box "Box" {
  part thing: optional Thing
  part extras: 0 to 2 kinds of { Extra, Other }
  part many: 0 to 3 of Extra
  part one: optional one of { Extra, Other }
  require Small "small", overridable by Seller with reason: count of many <= 2
}
price book List {
  currency EUR
  round half even to currency
  price Thing.fee
    || price |
    || 1.00  |
  price Extra.fee
    || price |
    || 1.00  |
  price Other.fee
    || price |
    || 1.00  |
}
discount Asked "Asked" {
  on all charges
  asked for by Seller as Percent from 0% to 20% with 1 decimals
  take asked of list
  stage item
  priority 1
}
discount Own "Own" {
  on all charges
  take 1% of list
  stage item
  priority 2
}
adjust in stages: item
"#;

/// The lines of a test in its file.
const LINES: usize = 9;

/// Values of every kind, some of them nearly right.
const VALUES: &[&str] = &[
    "yes",
    "no",
    "true",
    "Red",
    "red",
    "Blue",
    "0",
    "1",
    "-5",
    "-6",
    "1_000",
    "1_001",
    "9",
    "10",
    "0.5",
    "0.50",
    "1.25",
    "9.95",
    "10.1",
    "-0.1",
    "40%",
    "40.01%",
    "12.345%",
    "0%",
    "20%",
    "20.5%",
    "20.05%",
    "5 EUR",
    "5 JPY",
    "12 months",
    "0 months",
    "1 month",
    "3 years",
    "101 years",
    "1201 months",
    "30 days",
    "2026-03-01",
    "0001-01-01",
    "2026-03-01T10:00:00Z",
    "2026-03-01T10:00:00+02:00",
    "\"text\"",
    "\"\"",
    "\"a\"",
    "\"Red\"",
    "\"5\"",
    "EUR",
    "JPY",
    "USD",
    "eur",
    "[ ]",
    "[ 1, 2 ]",
    "[ 1, \"x\" ]",
    "[ { number \"1\" } ]",
    "[ { number \"1\", weight 0.123 } ]",
    "{ number \"1\" }",
    "{ number \"1\", count 2, weight 1.5 }",
    "{ count 2 }",
    "{ numbr \"1\" }",
    "9_223_372_036_854_775_807",
    "99_999_999_999_999_999_999",
    "0.0000000000000000000000000001",
];

/// The bodies of tests: each value at each place, and whatever else may be wrong.
fn bodies() -> Vec<String> {
    let quote = "given quote { currency EUR, date 2026-03-01, term 12 months }";
    let mut bodies = vec![
        format!("{quote} line 1: Thing"),
        "given quote { currency JPY, date 2026-03-01, term 12 months } given given { money 9.95 }"
            .to_owned(),
        "given quote { currency JPY, date 2026-03-01, term 12 months } given given { money 9.00 }"
            .to_owned(),
        format!("{quote} given line 1 {{ times 1, action Green }} line 1: Extra"),
        format!("{quote} given line 1 {{ times 10 }} line 1: Extra"),
        format!("{quote} given line 1 {{ tims 1 }} line 1: Extra"),
        format!("{quote} given line 1 {{ action Blue }} line 1: Extra"),
        format!("{quote} given line 1 {{ was {{ count 2 }} }} line 1: Extra"),
        format!("{quote} given line 1 {{ was {{ number \"1\" }} }} line 1: Extra"),
        format!("{quote} line 1: Thing {{ count 3 }} line 2: Box"),
        format!("{quote} line 1: Thing {{ count 3, cuont 3 }}"),
        format!("{quote} line 1: Nothing"),
        format!(
            "{quote} line 1: Box {{ thing {{ count 2 }}, extras {{ Extra, Other }}, many {{ Extra, Extra, Extra }}, one Other }}"
        ),
        format!("{quote} line 1: Box {{ thing, one {{ Extra, Other }} }}"),
        format!("{quote} line 1: Box {{ extras {{ Extra, Extra }} }}"),
        format!("{quote} line 1: Box {{ extras {{ Thing }} }}"),
        format!("{quote} line 1: Box {{ many {{ Extra, Extra, Extra, Extra }} }}"),
        format!("{quote} line 1: Box {{ one }}"),
        format!("{quote} line 1: Box override Small by Seller on line 1 because \"so\""),
        format!("{quote} line 1: Box override Small by Seller on line 2 because \"so\""),
        format!("{quote} line 1: Box override Small by Seller because \"so\""),
        format!("{quote} line 1: Box override Smal by Seller because \"so\""),
        format!("{quote} line 1: Box override Small by Seller on line 1"),
        format!("{quote} given usage [ {{ quantity 1 }}, {{ quantity 9 }} ]"),
        format!("{quote} given usage [ {{ quantity 1 }}, {{ quantity 10 }} ]"),
        format!("{quote} given usage [ {{ }} ]"),
        format!("{quote} given usage {{ quantity 1 }}"),
        format!("{quote} given given [ {{ truth yes }} ]"),
        format!("{quote} given nothing {{ truth yes }}"),
        format!("{quote} given given {{ turth yes }}"),
        format!("{quote} asked Own 1%"),
        format!("{quote} asked Askd 1%"),
        "given quote { currency EUR, date 2026-03-01 }".to_owned(),
        "given quote { currency EUR, term 12 months }".to_owned(),
        "given quote { currency EUR, date 2025-12-31, term 12 months }".to_owned(),
        "given quote { currency EUR, date 2026-12-31, term 12 months }".to_owned(),
        "given quote { currency EUR, date 2027-01-01, term 12 months }".to_owned(),
        String::new(),
    ];
    let facts = [
        "truth", "whole", "tenth", "share", "money", "day", "at", "months", "text", "currency",
        "colour", "part", "parts", "numbers",
    ];
    for value in VALUES {
        bodies.extend(facts.map(|fact| format!("{quote} given given {{ {fact} {value} }}")));
        let single = !value.starts_with(['[', '{']);
        if single {
            let options = ["size", "ratio", "colour", "name"];
            bodies.extend(
                options.map(|it| format!("{quote} line 1: Thing {{ count 3, {it} {value} }}")),
            );
            bodies.push(format!("{quote} asked Asked {value}"));
            bodies.push(format!(
                "given quote {{ currency {value}, date 2026-03-01, term 12 months }}"
            ));
            bodies.push(format!(
                "given quote {{ currency EUR, date {value}, term 12 months }}"
            ));
            bodies.push(format!(
                "given quote {{ currency EUR, date 2026-03-01, term {value} }}"
            ));
        }
    }
    bodies
}

fn built(bodies: &[String], expectation: &str) -> Built {
    let tests: String = bodies
        .iter()
        .map(|body| format!("test \"one\" {{ {body} expect {expectation} }}\n"))
        .map(|test| one_statement_a_line(&test))
        .collect();
    let files = [
        (
            "ruleset.quo",
            "ruleset door 1.0.0\nlanguage 1\neffective from 2026-01-01 to 2026-12-31, last day included\n",
        ),
        ("offer.quo", RULES),
        ("tests/all.quo", &tests),
    ];
    let files = files.map(|(path, text)| SourceFile::new(path, text).unwrap());
    build(Sources::new(files).unwrap()).unwrap()
}

/// A statement begins on a line of its own. A test has as many lines as any other.
fn one_statement_a_line(test: &str) -> String {
    let mut text = test.trim_end().to_owned();
    for word in ["given", "line", "asked", "override", "expect"] {
        text = text.replace(&format!(" {word} "), &format!("\n{word} "));
    }
    // Not what is behind `on`, and not the group of that name.
    text = text
        .replace(" on\nline ", " on line ")
        .replace("given\nline ", "given line ")
        .replace("given\ngiven ", "given given ");
    text = text.strip_suffix('}').expect("it ends").to_owned() + "\n}";
    let lines = text.lines().count();
    assert!(lines <= LINES, "{text}");
    text + &"\n".repeat(LINES + 1 - lines)
}

fn package(built: &Built) -> Package {
    let folder = tempfile::tempdir().unwrap();
    let store = PackageStore::open(folder.path()).unwrap();
    let report = render::terminal(&built.sources, &built.diagnostics, false);
    let bytes = built.package.as_ref().unwrap_or_else(|| panic!("{report}"));
    store.get(&store.put(bytes).unwrap()).unwrap()
}

#[test]
fn the_compiler_and_the_door_refuse_the_same_requests() {
    let bodies = bodies();
    // Whoever expects a refusal is not judged by the compiler, so that there is a package to ask.
    let judged = built(&bodies, "error \"\"");
    let package = package(&judged);
    let tests = &judged.rules.as_ref().unwrap().tests;
    assert_eq!(tests.len(), bodies.len());
    let refused: BTreeSet<usize> = tests
        .iter()
        .enumerate()
        .filter(|(_, test)| {
            read_request(&package, request_json(test).to_string().as_bytes()).is_err()
        })
        .map(|(number, _)| number)
        .collect();
    let checked = built(&bodies, "valid");
    let file = checked.sources.find("tests/all.quo").unwrap();
    let said: BTreeSet<usize> = checked
        .diagnostics
        .iter()
        .filter(|found| {
            [
                codes::UNKNOWN_IN_TEST,
                codes::BAD_INPUT,
                codes::MISSING_INPUT,
            ]
            .contains(&found.code)
        })
        .map(|found| {
            let span = found.place().expect("a place").span;
            assert_eq!(span.file, file);
            let position = checked.sources.get(file).unwrap().position(span.start);
            (position.line as usize - 1) / LINES
        })
        .collect();
    let tell = |numbers: Vec<&usize>| -> Vec<&str> {
        numbers
            .into_iter()
            .take(20)
            .map(|number| bodies[*number].as_str())
            .collect()
    };
    assert!(
        refused.len() > 500 && bodies.len() - refused.len() > 100,
        "{} of {}",
        refused.len(),
        bodies.len()
    );
    assert_eq!(
        tell(refused.difference(&said).collect()),
        Vec::<&str>::new(),
        "the door refuses it"
    );
    assert_eq!(
        tell(said.difference(&refused).collect()),
        Vec::<&str>::new(),
        "the door takes it"
    );
}
