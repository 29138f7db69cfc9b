//! `quo eval`: a request to its answer.

use std::fmt::Write;
use std::path::Path;

use quo_engine::{Answer, ChargeAnswer, Evaluation, Finding, Limits, answer_for, evaluate};

use crate::failure::Failure;
use crate::output::Output;
use crate::subject;

/// Decides a request.
pub fn run(
    rules: &Path,
    request: &Path,
    viewer: &[String],
    store: Option<&Path>,
    out: &mut Output,
) -> Result<bool, Failure> {
    let store = subject::store(store)?;
    let package = subject::open(rules, &store, out)?;
    let json = subject::read(request)?;
    let evaluation = evaluate(&package, &json, &Limits::default())?;
    if let Some(answer) = answer_for(&package, &evaluation, &Limits::default(), viewer)? {
        // The token holds the request and a hash of few possible values is as good as the value.
        out.json(&serde_json::json!({ "answer": answer }));
        out.text(&answered(&answer));
        return Ok(answer.valid);
    }
    out.json(&for_machines(&evaluation));
    out.text(&for_people(&evaluation));
    Ok(evaluation.answer.valid)
}

/// An evaluation as JSON.
pub fn for_machines(evaluation: &Evaluation) -> serde_json::Value {
    serde_json::json!({
        "answer": evaluation.answer,
        "request_fingerprint": evaluation.request_fingerprint,
        "answer_fingerprint": evaluation.answer_fingerprint,
        "replay_token": evaluation.replay_token,
    })
}

/// An evaluation in a few lines; `quo explain` says why.
pub fn for_people(evaluation: &Evaluation) -> String {
    let mut text = answered(&evaluation.answer);
    // Writing into a string cannot fail, here and below.
    let _ = write!(
        text,
        "\nrequest {}\nanswer  {}\nreplay  {}\n",
        evaluation.request_fingerprint, evaluation.answer_fingerprint, evaluation.replay_token
    );
    text
}

fn answered(answer: &Answer) -> String {
    let mut text = String::new();
    let package = &answer.package;
    let verdict = if answer.valid { "valid" } else { "not valid" };
    let _ = writeln!(text, "{} {}: {verdict}", package.ruleset, package.version);
    findings(&mut text, "blocking", &answer.blocking);
    findings(&mut text, "warning", &answer.warnings);
    charges(&mut text, answer);
    approvals(&mut text, answer);
    for (name, value) in &answer.results {
        let _ = match value {
            serde_json::Value::Null => writeln!(text, "result {name}: absent"),
            serde_json::Value::String(value) => writeln!(text, "result {name}: {value}"),
            value => writeln!(text, "result {name}: {value}"),
        };
    }
    if let Some(day) = &answer.expires_on {
        let _ = writeln!(text, "the same up to the selling date {day}");
    }
    text
}

fn findings(text: &mut String, what: &str, findings: &[Finding]) {
    for finding in findings {
        let mut place = String::new();
        if let Some(line) = &finding.line {
            let _ = write!(place, "line {line}");
            if let Some(item) = &finding.item {
                let _ = write!(place, " {item}");
            }
            place.push_str(": ");
        }
        let _ = writeln!(
            text,
            "  {what}: {place}{} ({})",
            finding.message, finding.rule
        );
    }
}

fn charges(text: &mut String, answer: &Answer) {
    let currency = &answer.totals.currency;
    let paths = answer.lines.iter().flat_map(|line| &line.charges);
    let width = paths
        .map(|charge| charge.path.chars().count())
        .max()
        .unwrap_or(0);
    for line in &answer.lines {
        let _ = writeln!(text, "line {}: {}", line.id, line.product);
        for charge in &line.charges {
            let amounts = amounts(charge, currency);
            let _ = writeln!(text, "  {:width$}  {amounts}", charge.path);
        }
    }
    if let Some(contract) = &answer.totals.contract {
        let _ = write!(text, "contract value {} {currency}", contract.net);
        if contract.list != contract.net {
            let _ = write!(text, ", before adjustments {}", contract.list);
        }
        text.push('\n');
    }
}

/// What a charge costs; the amounts it comes from only where they are others.
fn amounts(charge: &ChargeAnswer, currency: &str) -> String {
    let Some(net) = &charge.net else {
        return "no price".to_owned();
    };
    let every = match charge.period_months {
        0 => "once".to_owned(),
        1 => "a month".to_owned(),
        3 => "a quarter".to_owned(),
        12 => "a year".to_owned(),
        months => format!("every {months} months"),
    };
    let mut text = format!("{net} {currency} {every}");
    let mut last = net;
    for (name, amount) in [("contract", &charge.contract), ("list", &charge.list)] {
        if let Some(amount) = amount.as_ref().filter(|amount| *amount != last) {
            let _ = write!(text, ", {name} {amount}");
            last = amount;
        }
    }
    text
}

fn approvals(text: &mut String, answer: &Answer) {
    for approval in &answer.approvals {
        let steps = approval
            .steps
            .iter()
            .map(|step| step.roles.join(if step.any { " or " } else { " and " }));
        let who = steps.collect::<Vec<_>>().join(" then ");
        let who = if who.is_empty() { "nobody" } else { &who };
        let _ = writeln!(
            text,
            "approval {}: {who}, by the row `{}`",
            approval.rule, approval.row
        );
    }
}
