//! Days between two price books that are otherwise the same: a price list of which one year ends before the next begins.

use std::collections::BTreeMap;

use quo_source::{Diagnostic, codes};

use super::scene::{Key, Names, Scene};
use super::selling::{days, header};
use super::set::Set;
use crate::hir::{Book, Rules};
use crate::show::ordinal_words;
use crate::types::Type;

/// Reports the days between consecutive books of one family.
pub fn check(rules: &Rules, found: &mut Vec<Diagnostic>) {
    let served = days(rules.effective);
    let lists = || rules.books.iter().filter(|book| book.replaces.is_none());
    // Days without any book are told with what is not priced then.
    let any = lists().fold(Set::default(), |any, book| any.or(&days(book.effective)));
    for family in families(rules) {
        let mut until: Option<&Book> = None;
        for book in family {
            if let Some(before) = until
                && let (Some(last), Some(first)) = (before.effective.to, book.effective.from)
            {
                let (low, high) = (
                    i128::from(last.days()).saturating_add(1),
                    i128::from(first.days()).saturating_sub(1),
                );
                let between = Set::interval(low, high).and(&served).and(&any);
                if let Some((low, high)) = between.intervals().first() {
                    found.push(gap(rules, before, book, (*low, *high)));
                }
            }
            let ends = |book: &Book| {
                days(book.effective)
                    .intervals()
                    .last()
                    .map(|(_, last)| *last)
            };
            if until.is_none_or(|before| ends(before) < ends(book)) {
                until = Some(book);
            }
        }
    }
}

/// Books of the same currencies and conditions, each family in the order of its windows.
fn families(rules: &Rules) -> Vec<Vec<&Book>> {
    let scene = Scene::new(Names::of(rules), None, None);
    let mut families: BTreeMap<String, Vec<&Book>> = BTreeMap::new();
    for book in &rules.books {
        let mut alternatives = header(rules, &scene, book);
        if alternatives.is_empty() || alternatives.iter().any(|alternative| !alternative.exact) {
            continue;
        }
        for alternative in &mut alternatives {
            alternative.admits.remove(&Key::Fact(rules.fact_date));
        }
        let key: Vec<String> = alternatives
            .iter()
            .map(|alternative| {
                let sets = alternative
                    .admits
                    .iter()
                    .map(|(key, (_, set))| format!("{key:?}{set:?}"));
                sets.collect::<Vec<_>>().join(";")
            })
            .collect();
        let key = format!("{:?}|{:?}|{}", book.replaces, book.level, key.join("|"));
        families.entry(key).or_default().push(book);
    }
    let mut families: Vec<Vec<&Book>> = families.into_values().collect();
    for family in &mut families {
        family.sort_by_key(|book| (book.effective.from, book.effective.to));
    }
    families
}

fn gap(rules: &Rules, before: &Book, after: &Book, (low, high): (i128, i128)) -> Diagnostic {
    let day = |day: i128| ordinal_words(Names::of(rules), Type::Date, day);
    let (first, last) = (day(low), day(high));
    let message = if low == high {
        format!(
            "between the price books `{}` and `{}`, {first} has no prices",
            before.name, after.name
        )
    } else {
        format!(
            "between the price books `{}` and `{}`, the days from {first} to {last} have no prices",
            before.name, after.name
        )
    };
    Diagnostic::warning(codes::WINDOW_GAP, message)
        .at(after.span, "this book begins later")
        .also(before.span, "than this one ends")
        .note(format!("for example on {first}"))
        .suggest_edits(
            format!("let one end the day before the other begins: `to {last}` or `from {first}`"),
            Vec::new(),
        )
}
