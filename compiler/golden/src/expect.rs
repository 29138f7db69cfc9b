//! Judging one expectation against an answer. Amounts are compared exactly.

use std::fmt::Display;

use quo_analysis::tests_hir::{AmountOf, Expected};
use quo_engine::{
    Answer, ApprovalAnswer, ApprovalStepAnswer, ChargeAnswer, Finding, LineAnswer, WhyNotSubject,
};
use quo_value::Decimal;

use crate::{Judged, expect_adjustments, expect_terms};

/// What was expected, and what was found instead.
pub struct Found {
    /// What the test wants, in words.
    pub expected: String,
    /// What it got.
    pub found: String,
    /// More of it.
    pub notes: Vec<String>,
}

impl Found {
    /// A failure without more to say.
    pub fn new(expected: impl Display, found: impl Display) -> Self {
        Self {
            expected: expected.to_string(),
            found: found.to_string(),
            notes: Vec::new(),
        }
    }
}

/// Judges an expectation.
///
/// # Errors
/// What was found instead.
pub fn judge(judged: &Judged<'_>, expected: &Expected) -> Result<(), Found> {
    let answer = &judged.evaluation.answer;
    match expected {
        Expected::Amount {
            line,
            charge,
            of,
            amount,
            currency,
        } => charge_amount(answer, (line, charge), of, amount, currency.as_deref()),
        Expected::Total {
            net,
            amount,
            currency,
        } => total(answer, *net, amount, currency.as_deref()),
        Expected::Applied {
            rule,
            applied,
            on,
            because,
        } => applied_as(judged, rule, *applied, on.as_ref(), because.as_deref()),
        Expected::Approval { approval, steps } => approved(answer, approval, steps),
        Expected::Valid { valid, because } => validity(answer, *valid, because.as_deref()),
        Expected::Eligible {
            product,
            eligible,
            because,
        } => eligibility(judged, product, *eligible, because.as_deref()),
        Expected::Value { .. } => Err(Found::new(
            "a value".to_owned(),
            "values are judged apart from the answer".to_owned(),
        )),
        Expected::Warning(text) => {
            let found = answer
                .warnings
                .iter()
                .any(|found| found.message.contains(text));
            require(found, || {
                Found::new(
                    format!("a warning that says {text:?}"),
                    or_none("warnings", messages(&answer.warnings)),
                )
            })
        }
        Expected::Clause { clause, there } => expect_terms::clause(answer, clause, *there),
        Expected::Saves {
            rule,
            amount,
            currency,
        } => expect_adjustments::saves(judged, rule, (amount, currency.as_deref())),
        Expected::Extra {
            product,
            count,
            price,
        } => expect_adjustments::extra(answer, product, count.as_deref(), price.as_ref()),
        Expected::Reserved { rule, amount } => {
            expect_adjustments::reserved(answer, rule, amount.as_ref())
        }
        Expected::Sku { line, item, sku } => expect_terms::sku(answer, line, item, sku),
        Expected::Expires { day, because } => {
            expect_terms::expires(answer, day, because.as_deref())
        }
        Expected::Overridden(text) => expect_terms::overridden(answer, text),
        Expected::Information(text) => expect_terms::information(answer, text),
        Expected::Tasks { line, tasks } => line_tasks(answer, line, tasks),
        Expected::Error(text) => Err(Found::new(
            format!("a refusal that says {text:?}"),
            "the request is read and decided",
        )),
    }
}

pub(crate) fn require(held: bool, found: impl FnOnce() -> Found) -> Result<(), Found> {
    if held { Ok(()) } else { Err(found()) }
}

pub(crate) fn find_line<'a>(
    answer: &'a Answer,
    line: &str,
    wanted: &str,
) -> Result<&'a LineAnswer, Found> {
    let found = answer.lines.iter().find(|found| found.id == line);
    found.ok_or_else(|| {
        let ids: Vec<&str> = answer.lines.iter().map(|line| line.id.as_str()).collect();
        let has = match ids.as_slice() {
            [] => "the quote has no lines".to_owned(),
            [only] => format!("the quote has only line {only}"),
            ids => format!("the quote has the lines {}", ids.join(", ")),
        };
        Found::new(wanted, format!("there is no line {line}; {has}"))
    })
}

fn find_charge<'a>(answer: &'a Answer, line: &str, path: &str) -> Result<&'a ChargeAnswer, Found> {
    let wanted = format!("a charge `{path}` on line {line}");
    let found = find_line(answer, line, &wanted)?;
    let charge = found.charges.iter().find(|charge| charge.path == path);
    charge.ok_or_else(|| {
        let paths = found.charges.iter().map(|charge| charge.path.clone());
        let paths = paths.collect::<Vec<_>>().join(", ");
        let has = if paths.is_empty() {
            "the line has no charges".to_owned()
        } else {
            format!("the line has {paths}")
        };
        Found::new(&wanted, has)
    })
}

fn charge_amount(
    answer: &Answer,
    (line, path): (&str, &str),
    of: &AmountOf,
    amount: &str,
    currency: Option<&str>,
) -> Result<(), Found> {
    let charge = find_charge(answer, line, path)?;
    let quoted = &answer.totals.currency;
    let currency = currency.unwrap_or(quoted);
    let found = find_amount(charge, of);
    let right = currency == quoted && found.as_ref().is_ok_and(|found| equal(found, amount));
    require(right, || Found {
        expected: format!("{amount} {currency}"),
        found: found.map_or_else(|nothing| nothing, |found| format!("{found} {quoted}")),
        notes: if charge.prices.is_empty() {
            objections(answer, line, &charge.charge)
        } else {
            waterfall(charge, quoted)
        },
    })
}

/// An amount of a charge, or why there is none.
fn find_amount(charge: &ChargeAnswer, of: &AmountOf) -> Result<String, String> {
    let no_price = || "the charge has no price".to_owned();
    match of {
        AmountOf::List => charge.list.clone().ok_or_else(no_price),
        AmountOf::Net => charge.net.clone().ok_or_else(no_price),
        AmountOf::Contract => {
            let contract = charge.contract.clone();
            contract.ok_or_else(|| "the charge has no contract price".to_owned())
        }
        AmountOf::Unit => match charge.prices.as_slice() {
            [] => Err(no_price()),
            [only] => Ok(only.price.clone()),
            tiers => Err(format!(
                "the units are in {} tiers, each with a price of its own",
                tiers.len()
            )),
        },
        AmountOf::Step(rule) => {
            let step = charge.steps.iter().find(|step| step.rule == *rule);
            let step = step.ok_or_else(|| format!("`{rule}` does not apply to it"))?;
            Ok(step.saving.clone())
        }
    }
}

/// What the decision says about a charge without a price.
fn objections(answer: &Answer, line: &str, charge: &str) -> Vec<String> {
    let about = |found: &&Finding| found.rule == charge && found.line.as_deref() == Some(line);
    let found = answer.blocking.iter().filter(about);
    found.map(|found| found.message.clone()).collect()
}

/// The waterfall of a charge, so that a wrong amount shows where it went wrong.
fn waterfall(charge: &ChargeAnswer, currency: &str) -> Vec<String> {
    let mut notes = Vec::new();
    for price in &charge.prices {
        notes.push(format!(
            "{} [{}]: {} × {} = {}",
            price.book, price.row, price.price, price.quantity, price.amount
        ));
    }
    for (name, amount) in [("list", &charge.list), ("contract", &charge.contract)] {
        if let Some(amount) = amount {
            notes.push(format!("{name}: {amount} {currency}"));
        }
    }
    for step in &charge.steps {
        notes.push(format!(
            "{}: −{}, leaves {}",
            step.rule, step.saving, step.left
        ));
    }
    notes
}

pub(crate) fn equal(found: &str, wanted: &str) -> bool {
    match (found.parse::<Decimal>(), wanted.parse::<Decimal>()) {
        (Ok(found), Ok(wanted)) => found == wanted,
        _ => false,
    }
}

fn total(answer: &Answer, net: bool, amount: &str, currency: Option<&str>) -> Result<(), Found> {
    let currency = currency.unwrap_or(&answer.totals.currency);
    let found = answer
        .totals
        .contract
        .as_ref()
        .map(|total| if net { &total.net } else { &total.list });
    let right =
        found.is_some_and(|found| equal(found, amount)) && answer.totals.currency == currency;
    require(right, || {
        let found = found.map_or("there is no total".to_owned(), |found| {
            format!("{found} {}", answer.totals.currency)
        });
        Found::new(format!("{amount} {currency}"), found)
    })
}

fn applied_as(
    judged: &Judged<'_>,
    rule: &str,
    applied: bool,
    on: Option<&(String, String)>,
    because: Option<&str>,
) -> Result<(), Found> {
    let answer = &judged.evaluation.answer;
    if let Some((line, path)) = on {
        find_charge(answer, line, path)?;
    }
    let here = |line: &LineAnswer, charge: &ChargeAnswer| {
        on.is_none_or(|(on_line, on_path)| line.id == *on_line && charge.path == *on_path)
    };
    let did: Vec<String> = answer
        .lines
        .iter()
        .flat_map(|line| line.charges.iter().map(move |charge| (line, charge)))
        .filter(|(line, charge)| {
            here(line, charge) && charge.steps.iter().any(|step| step.rule == rule)
        })
        .map(|(line, charge)| format!("line {} {}", line.id, charge.path))
        .collect();
    if !applied {
        require(did.is_empty(), || {
            Found::new(
                format!("`{rule}` not to apply"),
                format!("it applied on {}", did.join(", ")),
            )
        })?;
    } else if !did.is_empty() {
        return Ok(());
    }
    let wanted = match (applied, because) {
        (true, _) => format!("`{rule}` to apply"),
        (false, None) => return Ok(()),
        (false, Some(because)) => format!("`{rule}` not to apply because of {because:?}"),
    };
    let mut reasons = reasons(judged, rule, on).map_err(|error| Found::new(&wanted, error))?;
    let because = because.unwrap_or_default();
    if !applied && reasons.iter().any(|reason| reason.contains(because)) {
        return Ok(());
    }
    if reasons.is_empty() {
        reasons.push(if on.is_some() {
            "it is not about this charge".to_owned()
        } else {
            "the quote has no charge that it is about".to_owned()
        });
    }
    Err(Found {
        notes: reasons,
        ..Found::new(wanted, "it did not apply")
    })
}

/// Why a rule did not apply, on everything it could have applied to.
fn reasons(
    judged: &Judged<'_>,
    rule: &str,
    on: Option<&(String, String)>,
) -> Result<Vec<String>, String> {
    let why_not = judged.why_not(rule)?.why_not;
    let subjects = why_not.map(|why_not| why_not.subjects).unwrap_or_default();
    let here = |subject: &WhyNotSubject| {
        on.is_none_or(|(line, path)| {
            subject.line.as_deref() == Some(line.as_str()) && subject.address == *path
        })
    };
    Ok(subjects
        .into_iter()
        .filter(|subject| !subject.applied && here(subject))
        .flat_map(|subject| subject.reasons)
        .collect())
}

fn approved(answer: &Answer, name: &str, steps: &[(Vec<String>, bool)]) -> Result<(), Found> {
    let asked: Vec<&ApprovalAnswer> = answer
        .approvals
        .iter()
        .filter(|found| found.rule == name)
        .collect();
    let asks = |approval: &ApprovalAnswer| -> Vec<(Vec<String>, bool)> {
        let step =
            |step: &ApprovalStepAnswer| (step.roles.clone(), step.any && step.roles.len() > 1);
        approval.steps.iter().map(step).collect()
    };
    let all: Vec<_> = asked.iter().map(|approval| asks(approval)).collect();
    // Of a matrix of which every row asks, the one named is among them; nobody is asked where no row asks.
    let right = if steps.is_empty() {
        all.iter().all(Vec::is_empty)
    } else {
        all.iter().any(|found| found == steps)
    };
    require(right, || {
        let mut notes = Vec::new();
        for approval in &asked {
            let values = approval.values.iter();
            let values: Vec<String> = values
                .map(|(name, value)| format!("{name} is {value}"))
                .collect();
            notes.push(format!("row: {}", approval.row));
            notes.push(values.join(", "));
        }
        let found: Vec<String> = all.iter().map(|steps| approvers(steps)).collect();
        Found {
            expected: format!("`{name}` to ask {}", approvers(steps)),
            found: if found.is_empty() {
                "it asks nobody".to_owned()
            } else {
                format!("it asks {}", found.join("; and "))
            },
            notes,
        }
    })
}

fn approvers(steps: &[(Vec<String>, bool)]) -> String {
    if steps.is_empty() {
        return "nobody".to_owned();
    }
    let step = |(roles, any): &(Vec<String>, bool)| roles.join(if *any { " or " } else { " and " });
    steps.iter().map(step).collect::<Vec<_>>().join(" then ")
}

fn validity(answer: &Answer, valid: bool, because: Option<&str>) -> Result<(), Found> {
    let wanted = if valid {
        "a valid quote"
    } else {
        "an invalid quote"
    };
    let blocking = || or_none("objections", messages(&answer.blocking));
    require(answer.valid == valid, || Found::new(wanted, blocking()))?;
    let Some(because) = because else {
        return Ok(());
    };
    let said = answer
        .blocking
        .iter()
        .any(|found| found.message.contains(because));
    require(said, || {
        Found::new(format!("{wanted} because of {because:?}"), blocking())
    })
}

/// Whether a product may be sold. An answer only has what speaks against products, so one that nobody asks for would be
/// eligible in every test: it has to be in the request.
fn eligibility(
    judged: &Judged<'_>,
    product: &str,
    eligible: bool,
    because: Option<&str>,
) -> Result<(), Found> {
    let wanted = || {
        let wanted = if eligible { "eligible" } else { "not eligible" };
        let reason = because.map(|because| format!(" because of {because:?}"));
        let reason = reason.unwrap_or_default();
        format!("`{product}` to be {wanted}{reason}")
    };
    let requested = judged.products();
    require(requested.contains(product), || {
        let requested = requested.iter().cloned().collect::<Vec<_>>().join(", ");
        let has = if requested.is_empty() {
            "which has no lines".to_owned()
        } else {
            format!("which has {requested}")
        };
        Found::new(wanted(), format!("it is not in the request, {has}"))
    })?;
    let against: Vec<Finding> = judged
        .evaluation
        .answer
        .lines
        .iter()
        .flat_map(|line| &line.ineligible)
        .filter(|found| found.product.as_deref() == Some(product))
        .cloned()
        .collect();
    let right = if eligible {
        against.is_empty()
    } else {
        let because = because.unwrap_or_default();
        against.iter().any(|found| found.message.contains(because))
    };
    require(right, || {
        Found::new(wanted(), or_none("objections to it", messages(&against)))
    })
}

fn line_tasks(answer: &Answer, line: &str, tasks: &[String]) -> Result<(), Found> {
    let wanted = format!("line {line} to have the tasks {}", tasks.join(", "));
    find_line(answer, line, &wanted)?;
    let found: Vec<String> = answer
        .fulfilment
        .iter()
        .filter(|fulfilment| fulfilment.line == line)
        .flat_map(|fulfilment| fulfilment.tasks.iter().map(|task| task.name.clone()))
        .collect();
    let sorted = |names: &[String]| {
        let mut names = names.to_vec();
        names.sort();
        names
    };
    require(sorted(&found) == sorted(tasks), || {
        Found::new(wanted, or_none("tasks", found.join(", ")))
    })
}

pub(crate) fn messages(findings: &[Finding]) -> String {
    findings
        .iter()
        .map(|found| found.message.as_str())
        .collect::<Vec<_>>()
        .join("; ")
}

pub(crate) fn or_none(what: &str, text: String) -> String {
    if text.is_empty() {
        format!("there are no {what}")
    } else {
        text
    }
}
