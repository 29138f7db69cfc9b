//! Random expressions mean the same to the engine, which runs lowered code, and to a reference that walks the tree.
//!
//! Truth values are compared as such. Numbers are compared exactly: what the reference makes of one under random inputs
//! is put into a rule, `number is constant` (or `number is absent`), that the engine has to find true.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod support;

use std::collections::BTreeMap;

use proptest::prelude::*;
use quo_analysis::hir::{BinaryOp, Expr, ExprKind, Field, Record, Rules};
use quo_analysis::types::{Number, Type, Unit, Value};
use quo_engine::{Limits, evaluate};
use quo_model::PackageStore;
use quo_value::{ArithmeticError, Decimal, Percent};
use support::expr::*;
use support::random::{Choices, Grower};
use support::reference::{Inputs, Val};
use support::*;

/// Expressions in one package, and how deep they are.
const EXPRESSIONS: usize = 48;
const DEPTH: u64 = 4;

/// Facts of every kind, with ranges on both sides of what 64 bits hold once they are multiplied.
fn declared() -> Builder {
    let mut b = builder();
    let decimal = |scale, max: i128| number(Unit::Decimal, scale, -max, max);
    b.fact("few", int(0, 9), false);
    b.fact("few_or_none", int(-3, 9), true);
    b.fact("many", int(0, 1_000_000_000_000), false);
    b.fact("most", int(0, 9_000_000_000_000_000_000), true);
    b.fact("price", decimal(2, 1_000_000), false);
    b.fact("rate", decimal(5, 1_000_000_000), true);
    b.fact("share", number(Unit::Percent, 4, 0, 10_000), false);
    b.fact("share_or_none", number(Unit::Percent, 3, 0, 1000), true);
    b.fact("partner", Type::Bool, false);
    b.fact("partner_or_none", Type::Bool, true);
    b.fact("edition", Type::Enum(0), false);
    b.fact("edition_or_none", Type::Enum(0), true);
    b.product("Thing", &[]);
    let wide = number(Unit::Decimal, 9, -(10_i128.pow(36)), 10_i128.pow(36));
    b.rules.elements = vec![wide, int(-1_000_000, 1_000_000)];
    let field = |name: &str| Field {
        name: name.to_owned(),
        span: nowhere(),
        ty: wide,
        optional: true,
        default: None,
    };
    b.rules.records = vec![Record {
        name: "Pair".to_owned(),
        span: nowhere(),
        fields: vec![field("one"), field("other")],
    }];
    b
}

/// A value for a fact and how a request gives it.
fn input(
    choices: &mut Choices,
    rules: &Rules,
    ty: Type,
    optional: bool,
) -> (Val, Option<serde_json::Value>) {
    if optional && choices.below(3) == 0 {
        return (Val::Absent, None);
    }
    match ty {
        Type::Bool => {
            let value = choices.below(2) == 1;
            (Val::Bool(value), Some(value.into()))
        }
        Type::Enum(of) => {
            let value = choices.below(3) as usize;
            (
                Val::Other(value as i64),
                Some(rules.enums[of].values[value].as_str().into()),
            )
        }
        Type::Number(number) => {
            // Small ones and the ends are where something happens.
            let mantissa = match choices.below(4) {
                0 => number.min,
                1 => number.max,
                2 => choices.between(number.min.max(-3), number.max.min(3)),
                _ => choices.between(number.min, number.max),
            };
            let decimal = Decimal::new(mantissa, number.scale).unwrap();
            let text = match number.unit {
                Unit::Percent => Percent::from_fraction(decimal)
                    .unwrap()
                    .written()
                    .to_string(),
                _ => decimal.to_string(),
            };
            (Val::Number(decimal), Some(text.into()))
        }
        other => panic!("{other:?} is not given at random"),
    }
}

/// Whether no calculation inside can leave 128 bits, by the ranges of the types. Where one can, the reference, which
/// compares in 256 bits, may know an answer that the machine does not have.
fn is_proved(expr: &Expr) -> bool {
    let small = |number: Number| {
        // Comparisons bring both sides to a larger scale, quotients theirs to that of the result and the divisor.
        let reach = 10_i128.pow(38 - 9 - 2);
        number.min > -reach && number.max < reach
    };
    let itself = match expr.ty {
        Type::Number(number) if matches!(expr.kind, ExprKind::Amount(_)) => number.scale <= 9,
        Type::Number(Number {
            unit: Unit::Money, ..
        }) => false,
        Type::Number(number) => small(number),
        _ => true,
    };
    itself && expr.children().into_iter().all(is_proved)
}

/// A rule that holds exactly if the number has the value that the reference has for it; `None` where that value, which
/// the reference writes with as few decimals as it came with, does not fit with the decimals of its type.
fn is_exactly(expr: &Expr, expected: Val) -> Option<Expr> {
    let expr = expr.clone();
    let Val::Number(decimal) = expected else {
        return Some(present(expr, false));
    };
    let scale = num(expr.ty).scale;
    let mantissa = match decimal.rescale_exact(scale) {
        Ok(rescaled) => rescaled.mantissa(),
        Err(ArithmeticError::Overflow) => return None,
        Err(error) => panic!("{decimal} with {scale} decimals: {error}"),
    };
    let (min, max) = (mantissa, mantissa);
    let ty = Type::Number(Number {
        min,
        max,
        ..num(expr.ty)
    });
    let constant = value(Value::Number(mantissa), ty);
    Some(binary(BinaryOp::Eq, expr, constant))
}

/// What is expected of the rules of one package: by id whether it holds, `None` for an error of the decision.
struct Case {
    builder: Builder,
    request: serde_json::Value,
    expected: Vec<(String, Option<bool>, bool)>,
}

fn case(seed: u64) -> Case {
    let mut builder = declared();
    let mut choices = Choices(seed);
    for number in 0..3 {
        let rules = builder.rules.clone();
        let mut grower = Grower {
            rules: &rules,
            choices,
            locals: Vec::new(),
            next: 0,
        };
        let mut function = grower.function(format!("f{number}"));
        choices = grower.choices;
        function.body = builder.place(function.body);
        builder.rules.functions.push(function);
        builder.rules.functions_of_tests = builder.rules.functions.len();
    }
    let rules = builder.rules.clone();
    let currency = choices.below(2) as usize;
    let mut given = serde_json::json!({
        "currency": rules.currencies[currency].code(), "date": "2026-07-15", "term": "36 months",
    });
    let mut facts = vec![Val::Other(currency as i64), Val::Other(0), Val::Other(36)];
    for fact in rules.facts.iter().skip(facts.len()) {
        let (held, json) = input(&mut choices, &rules, fact.ty, fact.optional);
        facts.push(held);
        if let Some(json) = json {
            given[&fact.name] = json;
        }
    }
    let inputs = Inputs {
        rules: &rules,
        facts,
        currency,
        memory: Default::default(),
    };
    let mut grower = Grower {
        rules: &rules,
        choices,
        locals: Vec::new(),
        next: 0,
    };
    let mut expected = Vec::new();
    for number in 0..EXPRESSIONS {
        let id = format!("R{number:02}");
        let depth = 1 + grower.choices.below(DEPTH) as u32;
        let (rule, outcome) = if number % 2 == 0 {
            let rule = grower.truth(depth);
            let outcome = inputs.holds(&rule).ok();
            (rule, outcome)
        } else {
            let number = grower.number(depth);
            match inputs.eval(&number) {
                Ok(found) => {
                    let rule = is_exactly(&number, found);
                    (rule.unwrap_or_else(|| present(number, true)), Some(true))
                }
                Err(_) => (present(number, true), None),
            }
        };
        let proved = is_proved(&rule);
        builder.require(&id, rule);
        expected.push((id, outcome, proved));
    }
    let request = serde_json::json!({
        "ruleset": "acme.test",
        "facts": { "quote": given },
        "lines": [{ "id": "1", "product": "Thing" }],
    });
    Case {
        builder,
        request,
        expected,
    }
}

/// How often truth, untruth and an error were met and agreed upon.
#[derive(Debug, Default)]
struct Tally {
    holds: usize,
    fails: usize,
    errors: usize,
    beyond: usize,
}

fn check(seed: u64, store: &PackageStore, tally: &mut Tally) -> Result<(), TestCaseError> {
    let Case {
        builder,
        request,
        expected,
    } = case(seed);
    let bytes = builder.lower().to_package_bytes().unwrap();
    let package = store.get(&store.put(&bytes).unwrap()).unwrap();
    let json = serde_json::to_vec(&request).unwrap();
    let answer = evaluate(&package, &json, &Limits::default())
        .map_err(|error| TestCaseError::fail(format!("{error}: {request}")))?
        .answer;
    let found: BTreeMap<&str, &str> = answer
        .blocking
        .iter()
        .map(|finding| (finding.rule.as_str(), finding.message.as_str()))
        .collect();
    for (id, outcome, proved) in expected {
        let machine = match found.get(id.as_str()) {
            None => Some(true),
            Some(message) if *message == format!("{id} does not hold") => Some(false),
            Some(_) => None,
        };
        match (machine, outcome) {
            (Some(true), Some(true)) => tally.holds += 1,
            (Some(false), Some(false)) => tally.fails += 1,
            (None, None) => tally.errors += 1,
            (None, Some(_)) if !proved => tally.beyond += 1,
            _ => {
                let position = builder
                    .text
                    .lines()
                    .position(|line| line == format!("rule {id}"));
                let text = builder.text.lines().nth(position.unwrap() + 1).unwrap();
                return Err(TestCaseError::fail(format!(
                    "seed {seed}, {id}: machine {machine:?}, reference {outcome:?}\n{text}\n{request}\n{:?}",
                    found.get(id.as_str())
                )));
            }
        }
    }
    Ok(())
}

#[test]
fn the_machine_and_the_reference_agree() {
    let folder = tempfile::tempdir().unwrap();
    let store = PackageStore::open(folder.path()).unwrap();
    let mut tally = Tally::default();
    for seed in 0..150 {
        check(seed, &store, &mut tally).unwrap();
    }
    // A test that compares little must not pass: most expressions are within 128 bits, and both truth values are met.
    let all = 150 * EXPRESSIONS;
    assert!(tally.holds > all / 2 && tally.fails > all / 10, "{tally:?}");
    assert!(tally.beyond < all / 10, "{tally:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn they_agree_on_seeds_never_seen_before(seed in any::<u64>()) {
        let folder = tempfile::tempdir().unwrap();
        let store = PackageStore::open(folder.path()).unwrap();
        check(seed, &store, &mut Tally::default())?;
    }
}
