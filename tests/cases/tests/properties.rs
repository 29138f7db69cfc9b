//! What every decision must be, whatever the ruleset and the request: sums that add up, nothing below zero, nothing that
//! depends on the order of the lines, the same bytes again.
//!
//! The requests are random, for every ruleset of the repository; a failure names the ruleset and the seed.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking, as tests do"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use quo_analysis::hir::Rules;
use quo_cases::generate::{Random, request};
use quo_cases::{compiled, folder, rulesets};
use quo_engine::{Answer, Ask, EvaluateError, Evaluation, Limits, Package, evaluate, explain};
use quo_value::Decimal;
use serde_json::Value;

/// Requests of each ruleset.
const SEEDS: u64 = 150;

/// What a judge objects to.
type Judged = Result<(), String>;

/// Evaluates random requests of every ruleset; gives how many were decided and how many of those had an amount.
fn judge(judge: impl Fn(&Package, &Value, &Evaluation) -> Judged) -> (usize, usize) {
    let (mut decided, mut priced) = (0, 0);
    for path in all() {
        let (package, rules) = compiled(&path).unwrap();
        for seed in 0..SEEDS {
            let json = request(&rules, &mut Random::new(seed));
            let Some(evaluation) = decision(&package, &json, &path, seed) else {
                continue;
            };
            decided += 1;
            priced += usize::from(evaluation.answer.totals.contract.is_some());
            if let Err(objection) = judge(&package, &json, &evaluation) {
                let answer = serde_json::to_string_pretty(&evaluation.answer).unwrap();
                panic!(
                    "{}, seed {seed}: {objection}\n{json:#}\n{answer}",
                    path.display()
                );
            }
        }
    }
    (decided, priced)
}

fn all() -> Vec<PathBuf> {
    let mut found = rulesets(&folder().join("../../rulesets"));
    found.extend(rulesets(&folder().join("../../compiler/golden/tests")));
    found
}

/// The decision on a request; `None` where the door refuses it, for reasons that it gives.
fn decision(package: &Package, json: &Value, path: &Path, seed: u64) -> Option<Evaluation> {
    match evaluate(package, json.to_string().as_bytes(), &Limits::default()) {
        Ok(evaluation) => Some(evaluation),
        Err(EvaluateError::Refused(refused)) => {
            assert!(
                !refused.problems.is_empty(),
                "{}, seed {seed}",
                path.display()
            );
            None
        }
        Err(EvaluateError::Stopped(stopped)) => {
            panic!("{}, seed {seed}: {stopped}\n{json:#}", path.display())
        }
    }
}

fn number(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn sum<'a>(amounts: impl Iterator<Item = &'a str>) -> Decimal {
    amounts.fold(number("0"), |sum, amount| {
        sum.checked_add(number(amount)).unwrap()
    })
}

fn equal(what: &str, left: Decimal, right: Decimal) -> Judged {
    if left == right {
        Ok(())
    } else {
        Err(format!("{what}: {left} is not {right}"))
    }
}

#[test]
fn a_waterfall_ends_at_the_net_amount() {
    let (decided, priced) = judge(|_, _, evaluation| {
        for charge in evaluation
            .answer
            .lines
            .iter()
            .flat_map(|line| &line.charges)
        {
            let (Some(list), Some(net)) = (&charge.list, &charge.net) else {
                continue;
            };
            let from = charge.contract.as_ref().unwrap_or(list);
            let saved = sum(charge.steps.iter().map(|step| step.saving.as_str()));
            let left = number(from).checked_sub(saved).unwrap();
            equal(&charge.path, left, number(net))?;
            if let Some(last) = charge.steps.last() {
                equal(&charge.path, number(&last.left), number(net))?;
            }
        }
        Ok(())
    });
    assert!(
        decided > 500 && priced > 250,
        "{decided} decided, {priced} priced"
    );
}

#[test]
fn nothing_is_below_zero() {
    judge(|_, _, evaluation| {
        let charges = evaluation
            .answer
            .lines
            .iter()
            .flat_map(|line| &line.charges);
        for charge in charges {
            let amounts = [&charge.list, &charge.contract, &charge.net];
            for amount in amounts.into_iter().flatten() {
                if amount.starts_with('-') {
                    return Err(format!("{} is {amount}", charge.path));
                }
            }
        }
        Ok(())
    });
}

#[test]
fn totals_are_the_sums_of_their_charges() {
    judge(|_, _, evaluation| {
        let answer = &evaluation.answer;
        let charges = || answer.lines.iter().flat_map(|line| &line.charges);
        let Some(contract) = &answer.totals.contract else {
            return Ok(());
        };
        let values = || charges().filter_map(|charge| charge.contract_value.as_ref());
        equal(
            "list",
            sum(values().map(|value| value.list.as_str())),
            number(&contract.list),
        )?;
        equal(
            "net",
            sum(values().map(|value| value.net.as_str())),
            number(&contract.net),
        )?;
        for period in &answer.totals.by_period {
            let of = charges().filter(|charge| charge.period_months == period.months);
            let net = sum(of.filter_map(|charge| charge.net.as_deref()));
            equal("net of a period", net, number(&period.net))?;
        }
        Ok(())
    });
}

/// A request with its lines in another order.
fn shuffled(json: &Value) -> Value {
    let mut json = json.clone();
    if let Some(Value::Array(lines)) = json.get_mut("lines") {
        lines.reverse();
    }
    json
}

fn by_line(answer: &Answer) -> BTreeMap<&str, String> {
    let lines = answer.lines.iter();
    lines
        .map(|line| (line.id.as_str(), serde_json::to_string(line).unwrap()))
        .collect()
}

#[test]
fn the_order_of_lines_changes_nothing() {
    judge(|package, json, evaluation| {
        let other = decision(package, &shuffled(json), Path::new("shuffled"), 0)
            .ok_or("refused in another order")?;
        let (one, other) = (&evaluation.answer, &other.answer);
        if by_line(one) != by_line(other) {
            return Err("a line is decided otherwise where it stands elsewhere".to_owned());
        }
        if one.totals != other.totals || one.approvals != other.approvals {
            return Err("totals or approvals depend on the order of the lines".to_owned());
        }
        Ok(())
    });
}

#[test]
fn a_decision_is_the_same_again_and_can_be_explained() {
    judge(|package, json, evaluation| {
        let again = decision(package, json, Path::new("again"), 0).ok_or("refused")?;
        if again.answer != evaluation.answer {
            return Err("another answer".to_owned());
        }
        let explanation = explain(
            package,
            &evaluation.request,
            &Limits::default(),
            &Ask::default(),
        );
        explanation.map(|_| ()).map_err(|error| error.to_string())
    });
}

/// So that a ruleset whose door refuses everything is noticed.
#[test]
fn generated_requests_are_mostly_let_in() {
    for path in all() {
        let (package, rules): (Package, Rules) = compiled(&path).unwrap();
        let let_in = (0..100)
            .filter(|&seed| {
                let json = request(&rules, &mut Random::new(seed));
                decision(&package, &json, &path, seed).is_some()
            })
            .count();
        assert!(let_in >= 25, "{}: {let_in} of 100", path.display());
    }
}
