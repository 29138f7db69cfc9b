//! Judging expectations about adjustments over the whole quote: what they save, what comes on top, what is to be kept.

use quo_engine::Answer;
use quo_value::Decimal;

use crate::Judged;
use crate::expect::{Found, equal, or_none, require};

/// Digits and currency; `None` for that of the quote.
type Priced = (String, Option<String>);

fn is_quoted(answer: &Answer, currency: Option<&str>) -> bool {
    currency.is_none_or(|currency| currency == answer.totals.currency)
}

/// What an adjustment saves over the contract.
pub(crate) fn saves(
    judged: &Judged<'_>,
    rule: &str,
    (amount, currency): (&str, Option<&str>),
) -> Result<(), Found> {
    let quoted = &judged.evaluation.answer.totals.currency;
    let currency = currency.unwrap_or(quoted);
    let wanted = format!("`{rule}` to save {amount} {currency}");
    let told = judged
        .why_not(rule)
        .map_err(|error| Found::new(&wanted, error))?;
    let mut sum = Some(Decimal::ZERO);
    for charge in told.lines.iter().flat_map(|line| &line.charges) {
        for step in charge.steps.iter().filter(|step| step.step.rule == rule) {
            let saving = step.step.saving.parse::<Decimal>().ok();
            let periods = Decimal::new(i128::from(charge.periods), 0).ok();
            let saved = saving
                .zip(periods)
                .and_then(|(saving, periods)| saving.checked_mul(periods).ok());
            sum = sum
                .zip(saved)
                .and_then(|(sum, saved)| sum.checked_add(saved).ok());
        }
    }
    let found = sum.map_or("too much to be added up".to_owned(), |sum| sum.to_string());
    require(quoted == currency && equal(&found, amount), || Found {
        notes: told
            .why_not
            .into_iter()
            .flat_map(|why_not| why_not.subjects)
            .flat_map(|subject| subject.reasons)
            .collect(),
        ..Found::new(&wanted, format!("it saves {found} {quoted}"))
    })
}

/// Units that come on top.
pub(crate) fn extra(
    answer: &Answer,
    product: &str,
    count: Option<&str>,
    price: Option<&Priced>,
) -> Result<(), Found> {
    let own = || {
        answer
            .extra_items
            .iter()
            .filter(|extra| extra.product == product)
    };
    let right = match count {
        None => own().next().is_none(),
        Some(count) => own().any(|extra| {
            equal(&extra.quantity, count)
                && price.is_none_or(|(amount, currency)| {
                    equal(&extra.price, amount) && is_quoted(answer, currency.as_deref())
                })
        }),
    };
    require(right, || {
        let wanted = match (count, price) {
            (None, _) => format!("no `{product}` on top"),
            (Some(count), None) => format!("{count} `{product}` on top"),
            (Some(count), Some((amount, _))) => {
                format!("{count} `{product}` on top at {amount} each")
            }
        };
        let all: Vec<String> = answer
            .extra_items
            .iter()
            .map(|extra| format!("{} {} at {}", extra.quantity, extra.product, extra.price))
            .collect();
        Found::new(wanted, or_none("extra items", all.join(", ")))
    })
}

/// What is to be kept for an adjustment.
pub(crate) fn reserved(answer: &Answer, rule: &str, amount: Option<&Priced>) -> Result<(), Found> {
    let own = answer.reservations.iter().find(|kept| kept.rule == rule);
    let right = own.is_some_and(|kept| match amount {
        None => kept.uses > 0,
        Some((amount, currency)) => {
            kept.amount.as_ref().is_some_and(|kept| equal(kept, amount))
                && is_quoted(answer, currency.as_deref())
        }
    });
    require(right, || {
        let what = amount.map_or("a use".to_owned(), |(amount, _)| amount.clone());
        let found = own.map_or("nothing is kept for it".to_owned(), |kept| {
            let amount = kept.amount.as_deref().unwrap_or("no amount");
            format!("{amount} and {} uses are kept for it", kept.uses)
        });
        Found::new(format!("{what} of `{rule}` to be kept"), found)
    })
}
