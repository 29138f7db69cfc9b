//! Judging expectations about what a quote stands on besides its products: clauses, stock-keeping units, its last day,
//! overrides.

use quo_engine::Answer;

use crate::expect::{Found, find_line, messages, or_none, require};

/// Whether a clause is part of the contract.
pub(crate) fn clause(answer: &Answer, clause: &str, there: bool) -> Result<(), Found> {
    let found = answer.clauses.iter().find(|found| found.clause == clause);
    let is_there = found.is_some_and(|found| found.state != "removed");
    require(is_there == there, || {
        let wanted = if there {
            "to be part of the contract"
        } else {
            "not to be part of the contract"
        };
        let state = found.map_or("it is not", |found| found.state.as_str());
        Found::new(format!("`{clause}` {wanted}"), state)
    })
}

/// The stock-keeping unit of an item.
pub(crate) fn sku(answer: &Answer, line: &str, item: &str, sku: &str) -> Result<(), Found> {
    let wanted = format!("{sku:?} on line {line} {item}");
    let found = find_line(answer, line, wanted.trim_end())?;
    let own = found
        .items
        .iter()
        .find(|found| found.item.as_deref().unwrap_or_default() == item);
    require(own.is_some_and(|own| own.sku == sku), || {
        let all: Vec<String> = found
            .items
            .iter()
            .map(|own| match &own.item {
                Some(item) => format!("{item} {:?}", own.sku),
                None => format!("{:?}", own.sku),
            })
            .collect();
        Found::new(
            wanted.trim_end(),
            or_none("stock-keeping units", all.join(", ")),
        )
    })
}

/// The last day of the quote.
pub(crate) fn expires(answer: &Answer, day: &str, because: Option<&str>) -> Result<(), Found> {
    let last = answer.expires_on.as_deref();
    let why = answer.expires_because.as_deref().unwrap_or_default();
    let right = last == Some(day) && because.is_none_or(|because| why.contains(because));
    require(right, || {
        let because = because.map_or(String::new(), |because| format!(" because {because:?}"));
        let found = last.map_or("it does not end".to_owned(), |last| {
            format!("{last}: {why}")
        });
        Found::new(format!("the quote to end on {day}{because}"), found)
    })
}

/// A violation that somebody let pass.
pub(crate) fn overridden(answer: &Answer, text: &str) -> Result<(), Found> {
    let said: Vec<&str> = answer
        .overridden
        .iter()
        .map(|found| found.finding.message.as_str())
        .collect();
    require(said.iter().any(|said| said.contains(text)), || {
        Found::new(
            format!("an overridden violation that says {text:?}"),
            or_none("overridden violations", said.join("; ")),
        )
    })
}

/// A piece of information.
pub(crate) fn information(answer: &Answer, text: &str) -> Result<(), Found> {
    let said = answer.information.iter();
    let held = said.clone().any(|found| found.message.contains(text));
    require(held, || {
        Found::new(
            format!("a piece of information that says {text:?}"),
            or_none("pieces of information", messages(&answer.information)),
        )
    })
}
