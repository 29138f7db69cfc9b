//! From a quote to the engine's request, and from its evaluation to the snapshot that a quote keeps.

use crate::error::AppError;
use quo_domain::machine::{Guard, Name};
use quo_domain::principal::Principal;
use quo_domain::quote::{Header, QuoteVerb, Revision};
use quo_domain::refusal::Refusal;
use quo_domain::snapshot::{ApprovalNeed, PricedSnapshot, TaskPlan, Worse, Worsening};
use quo_engine::{
    Answer, ApprovalAnswer, Evaluation, Finding, FulfilmentAnswer, Package, TaskAnswer,
    WorseningAnswer,
};
use serde_json::{Map, Value, json};

/// The engine's request for a revision.
///
/// # Errors
/// [`AppError`] when header or lines contradict themselves.
pub(crate) fn request(revision: &Revision) -> Result<Value, AppError> {
    let header = &revision.header;
    let mut request = Map::new();
    request.insert("ruleset".to_owned(), Value::String(header.ruleset.clone()));
    request.insert("facts".to_owned(), facts(header)?);
    let lines: Result<Vec<Value>, AppError> = revision
        .lines
        .iter()
        .map(|line| {
            let mut fields = configuration(&line.configuration)?.clone();
            fields.insert("id".to_owned(), Value::String(line.id.to_string()));
            fields.insert("product".to_owned(), Value::String(line.offering.clone()));
            Ok(Value::Object(fields))
        })
        .collect();
    request.insert("lines".to_owned(), Value::Array(lines?));
    if !header.asked.is_null() {
        request.insert("asked".to_owned(), header.asked.clone());
    }
    for (name, wanted) in [
        ("overrides", &header.overrides),
        ("clauses", &header.clauses),
        ("codes", &header.codes),
    ] {
        if !wanted.is_null() {
            request.insert(name.to_owned(), wanted.clone());
        }
    }
    Ok(Value::Object(request))
}

/// Checks that a header can become a request.
///
/// # Errors
/// [`AppError`] that says what contradicts what.
pub(crate) fn check_header(header: &Header) -> Result<(), AppError> {
    facts(header)?;
    if !matches!(header.asked, Value::Null | Value::Object(_)) {
        return Err(AppError::inconsistent(
            "`asked` must be an object: percentages by the name of the adjustment",
        ));
    }
    if !matches!(header.clauses, Value::Null | Value::Object(_)) {
        return Err(AppError::inconsistent(
            "`clauses` must be an object: `removed` or `added` by the name of the clause",
        ));
    }
    if !matches!(header.codes, Value::Null | Value::Array(_)) {
        return Err(AppError::inconsistent("`codes` must be a list of texts"));
    }
    if !matches!(header.overrides, Value::Null | Value::Array(_)) {
        return Err(AppError::inconsistent(
            "`overrides` must be a list of rules with the role that overrides them",
        ));
    }
    Ok(())
}

/// Checks that the actor holds the role of every override that the header did not have before.
///
/// # Errors
/// [`AppError`] that says which role the actor does not hold.
pub(crate) fn check_overrides(
    header: &Header,
    before: Option<&Header>,
    principal: &Principal,
) -> Result<(), AppError> {
    let list = |header: &Header| header.overrides.as_array().cloned().unwrap_or_default();
    let known = before.map(list).unwrap_or_default();
    for wanted in list(header).iter().filter(|it| !known.contains(it)) {
        let role = wanted.get("role").and_then(Value::as_str);
        let role = role.unwrap_or_default();
        if !principal.has_role(role) {
            return Err(AppError::from(Refusal::Guarded {
                command: QuoteVerb::ChangeHeader.name(),
                guard: Guard::RoleIsAsked,
                detail: format!("`{}` does not hold the role `{role}`", principal.actor),
            }));
        }
    }
    Ok(())
}

/// Reads the configuration of a line: an object with the members of the engine's lines but id and product.
///
/// # Errors
/// [`AppError`] that says what is wrong.
pub(crate) fn configuration(configuration: &Value) -> Result<&Map<String, Value>, AppError> {
    let fields = configuration.as_object().ok_or_else(|| {
        AppError::inconsistent("a configuration must be an object with `options` and `parts`")
    })?;
    match ["id", "product"]
        .into_iter()
        .find(|name| fields.contains_key(*name))
    {
        Some(name) => Err(AppError::inconsistent(format!(
            "a configuration has no `{name}`; the line itself says it"
        ))),
        None => Ok(fields),
    }
}

/// The facts of a header with the selling date where the rules look for it.
fn facts(header: &Header) -> Result<Value, AppError> {
    let mut facts = match &header.facts {
        Value::Null => Map::new(),
        Value::Object(facts) => facts.clone(),
        _ => {
            return Err(AppError::inconsistent(
                "`facts` must be an object of groups, `account` and `quote` among them",
            ));
        }
    };
    if let Some(named) = facts.get("account").and_then(|account| account.get("id"))
        && named.as_str() != Some(header.account.as_str())
    {
        return Err(AppError::inconsistent(format!(
            "the quote is for the account `{}`, `facts.account.id` says {named}",
            header.account
        )));
    }
    let quote = facts
        .entry("quote")
        .or_insert_with(|| Value::Object(Map::new()));
    let quote = quote
        .as_object_mut()
        .ok_or_else(|| AppError::inconsistent("`facts.quote` must be an object"))?;
    let date = quote
        .entry("date")
        .or_insert_with(|| Value::String(header.selling_date.clone()));
    if date.as_str() != Some(header.selling_date.as_str()) {
        return Err(AppError::inconsistent(format!(
            "the selling date is `{}`, `facts.quote.date` says {date}",
            header.selling_date
        )));
    }
    Ok(Value::Object(facts))
}

/// What a quote keeps of an evaluation.
///
/// # Errors
/// [`AppError`] when the answer has no JSON form, which is a bug.
pub(crate) fn snapshot(
    package: &Package,
    header: &Header,
    evaluation: &Evaluation,
) -> Result<PricedSnapshot, AppError> {
    let answer = &evaluation.answer;
    let request = evaluation.request.canonical(package);
    Ok(PricedSnapshot {
        package: answer.package.digest.clone(),
        ruleset: answer.package.ruleset.clone(),
        ruleset_version: answer.package.version.clone(),
        selling_date: header.selling_date.clone(),
        tasks: tasks(header, &request, answer)?,
        request,
        request_fingerprint: evaluation.request_fingerprint.clone(),
        answer_fingerprint: evaluation.answer_fingerprint.clone(),
        replay_token: evaluation.replay_token.clone(),
        valid: answer.valid,
        blocking: answer.blocking.iter().map(sentence).collect(),
        warnings: answer.warnings.iter().map(sentence).collect(),
        approvals: answer.approvals.iter().map(approval).collect(),
        expires_on: answer.expires_on.clone(),
        answer: serde_json::to_value(answer)?,
    })
}

fn sentence(finding: &Finding) -> String {
    match (&finding.line, &finding.item) {
        (Some(line), Some(item)) => format!("line {line}, {item}: {}", finding.message),
        (Some(line), None) => format!("line {line}: {}", finding.message),
        _ => finding.message.clone(),
    }
}

fn approval(answer: &ApprovalAnswer) -> ApprovalNeed {
    let steps: Vec<_> = answer
        .steps
        .iter()
        .filter(|step| !step.roles.is_empty())
        .collect();
    let numbered = (1_u32..).zip(&steps);
    ApprovalNeed {
        rule: answer.rule.clone(),
        row: answer.row.clone(),
        any_of: numbered
            .filter(|(_, step)| step.any)
            .map(|(number, _)| number)
            .collect(),
        steps: steps.iter().map(|step| step.roles.clone()).collect(),
        within_minutes: (answer.within_minutes > 0).then_some(answer.within_minutes),
        never_requester: answer.never_requester,
        never_twice: answer.never_twice,
        delegation: answer.delegation,
        goes_up_to: answer.goes_up_to.clone(),
        ask_again: answer.ask_again.iter().filter_map(worsening).collect(),
    }
}

/// What was approved and what counts as worse; `None` for what no answer of the engine says.
fn worsening(answer: &WorseningAnswer) -> Option<Worsening> {
    Some(Worsening {
        column: answer.column.clone(),
        worse: match answer.worse.as_str() {
            "rises" => Worse::Rises,
            "falls" => Worse::Falls,
            "changes" => Worse::Changes,
            _ => return None,
        },
        ordinal: answer.ordinal.parse().ok()?,
    })
}

fn tasks(header: &Header, request: &Value, answer: &Answer) -> Result<Vec<TaskPlan>, AppError> {
    let mut plan = Vec::new();
    for fulfilment in &answer.fulfilment {
        let payload = payload(header, request, answer, &fulfilment.line)?;
        plan.extend(
            fulfilment
                .tasks
                .iter()
                .map(|task| task_plan(fulfilment, task, &payload)),
        );
    }
    Ok(plan)
}

fn task_plan(fulfilment: &FulfilmentAnswer, task: &TaskAnswer, payload: &Value) -> TaskPlan {
    let id = |name: &str| format!("{}.{name}", fulfilment.line);
    TaskPlan {
        id: id(&task.name),
        line: fulfilment.line.clone(),
        task: task.id.clone(),
        system: task.system.clone(),
        after: task.after.iter().map(|name| id(name)).collect(),
        tries: task.tries,
        within_minutes: (task.within_minutes > 0).then_some(task.within_minutes),
        waiting_minutes: task.waiting_minutes,
        doubling: task.doubling,
        cut_off: task.cut_off,
        undo: task.undo.clone(),
        payload: payload.clone(),
    }
}

/// What a downstream system is told of a line: who it is for, what was sold, and the exact commercial terms.
fn payload(
    header: &Header,
    request: &Value,
    answer: &Answer,
    line: &str,
) -> Result<Value, AppError> {
    let sold = request
        .get("lines")
        .and_then(Value::as_array)
        .and_then(|lines| {
            lines
                .iter()
                .find(|sold| sold.get("id").and_then(Value::as_str) == Some(line))
        });
    let priced = answer.lines.iter().find(|priced| priced.id == line);
    Ok(json!({
        "account": header.account,
        "currency": answer.totals.currency,
        "facts": request.get("facts"),
        "line": sold,
        "charges": serde_json::to_value(priced.map(|priced| &priced.charges))?,
    }))
}
