//! `quo eval`: a request to its answer.

use std::fmt::Write;
use std::path::Path;

use quo_engine::{Answer, Evaluation, Limits, evaluate};

use crate::failure::Failure;
use crate::output::Output;
use crate::subject;

/// Decides a request.
pub fn run(
    rules: &Path,
    request: &Path,
    store: Option<&Path>,
    out: &mut Output,
) -> Result<bool, Failure> {
    let store = subject::store(store)?;
    let package = subject::open(rules, &store, out)?;
    let json = subject::read(request)?;
    let evaluation = evaluate(&package, &json, &Limits::default())?;
    print(&evaluation, out);
    Ok(evaluation.answer.valid)
}

/// Prints an evaluation.
pub fn print(evaluation: &Evaluation, out: &mut Output) {
    out.json(&serde_json::json!({
        "answer": evaluation.answer,
        "request_fingerprint": evaluation.request_fingerprint,
        "answer_fingerprint": evaluation.answer_fingerprint,
        "replay_token": evaluation.replay_token,
    }));
    let mut text = summary(&evaluation.answer);
    let _ = write!(
        text,
        "\nrequest {}\nanswer  {}\nreplay  {}\n",
        evaluation.request_fingerprint, evaluation.answer_fingerprint, evaluation.replay_token
    );
    out.text(&text);
}

/// An answer in a few lines; `quo explain` says why.
fn summary(answer: &Answer) -> String {
    let mut text = String::new();
    let currency = &answer.totals.currency;
    let package = &answer.package;
    let _ = writeln!(
        text,
        "{} {}: {}",
        package.ruleset,
        package.version,
        if answer.valid { "valid" } else { "not valid" }
    );
    for (what, findings) in [
        ("blocking", &answer.blocking),
        ("warning", &answer.warnings),
    ] {
        for finding in findings {
            let line = finding
                .line
                .as_ref()
                .map(|line| format!("line {line}: "))
                .unwrap_or_default();
            let _ = writeln!(
                text,
                "  {what}: {line}{} ({})",
                finding.message, finding.rule
            );
        }
    }
    let charges: Vec<(String, String, String)> = answer
        .lines
        .iter()
        .flat_map(|line| {
            line.charges.iter().map(move |charge| {
                let before = charge.contract.as_ref().or(charge.list.as_ref());
                let every = match charge.period_months {
                    0 => "once".to_owned(),
                    1 => "a month".to_owned(),
                    3 => "a quarter".to_owned(),
                    12 => "a year".to_owned(),
                    months => format!("every {months} months"),
                };
                let amounts = match (before, charge.net.as_ref()) {
                    (Some(before), Some(net)) if before != net => {
                        format!("{net} {currency} {every}, before adjustments {before}")
                    }
                    (_, Some(net)) => format!("{net} {currency} {every}"),
                    _ => "no price".to_owned(),
                };
                (line.id.clone(), charge.path.clone(), amounts)
            })
        })
        .collect();
    let width = charges
        .iter()
        .map(|(_, path, _)| path.len())
        .max()
        .unwrap_or(0);
    let mut current = None;
    for (line, path, amounts) in &charges {
        if current != Some(line) {
            let product = answer
                .lines
                .iter()
                .find(|found| found.id == *line)
                .map_or("", |found| found.product.as_str());
            let _ = writeln!(text, "line {line}: {product}");
            current = Some(line);
        }
        let _ = writeln!(text, "  {path:width$}  {amounts}");
    }
    if let Some(contract) = &answer.totals.contract {
        let _ = writeln!(
            text,
            "contract value {} {currency}, before adjustments {}",
            contract.net, contract.list
        );
    }
    for approval in &answer.approvals {
        let step = |step: &quo_engine::ApprovalStepAnswer| {
            step.roles.join(if step.any { " or " } else { " and " })
        };
        let who = approval
            .steps
            .iter()
            .map(step)
            .collect::<Vec<_>>()
            .join(" then ");
        let who = if who.is_empty() {
            "nobody has to approve".to_owned()
        } else {
            who
        };
        let _ = writeln!(text, "{}: {who} (row {})", approval.title, approval.row);
    }
    if let Some(day) = &answer.expires_on {
        let _ = writeln!(text, "holds for selling dates up to {day}");
    }
    text
}
