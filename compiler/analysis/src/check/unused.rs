//! Declarations that nothing names.
//!
//! Looked at by words: what is named anywhere, in a rule or in a cell of a table, counts as used, also where that name is
//! somebody else's. So nothing that is used is ever told to be unused.

use std::collections::BTreeMap;

use quo_source::{Diagnostic, FileId, Sources, Span, codes};
use quo_syntax::SyntaxKind;
use quo_syntax::ast::{self, AstNode};

use crate::hir::Rules;
use crate::modules;

/// How often each word stands in rules and cells, and each `group.name` in tests.
#[derive(Default)]
struct Words {
    counted: BTreeMap<String, usize>,
    in_tests: BTreeMap<String, usize>,
}

/// Reports what is declared and never named.
pub fn check(
    rules: &Rules,
    trees: &[(FileId, ast::SourceFile)],
    sources: &Sources,
    found: &mut Vec<Diagnostic>,
) {
    let words = words(trees, sources);
    let mut tell = |what: &str, name: &str, declared: usize, span: Span| {
        let of_rules = words.counted.get(name).copied().unwrap_or(0);
        let of_module = modules::is_module(sources, span.file);
        if of_rules <= declared && !words.in_tests.contains_key(name) && !of_module {
            found.push(unused(what, name, span));
        }
    };
    for item in &rules.enums {
        tell("enum", &item.name, 1, item.span);
    }
    for item in &rules.roles {
        tell("role", &item.name, 1, item.span);
    }
    for item in &rules.systems {
        tell("system", &item.name, 1, item.span);
    }
    for item in &rules.categories {
        tell("category", &item.name, 1, item.span);
    }
    for item in &rules.amounts {
        tell("amount", &item.name, 1, item.span);
    }
    for item in &rules.decision_tables {
        tell("table", &item.name, 1, item.span);
    }
    for item in &rules.data {
        tell("data", &item.name, 1, item.span);
    }
    for (file, tree) in trees {
        for item in tree.items() {
            if let ast::Item::Define(define) = item
                && let Some(name) = define.name()
            {
                tell("definition", &name.text(), 1, name.span(*file));
            }
        }
    }
    for (index, fact) in rules.facts.iter().enumerate() {
        // What every decision needs, and what identifies somebody for those who read the answer.
        let needed = [rules.fact_currency, rules.fact_date, rules.fact_term].contains(&index);
        if needed || fact.name == "id" {
            continue;
        }
        // A group that repeats is one fact, called by the name of the group.
        let (name, path, same) = if fact.name.is_empty() {
            (&fact.group, fact.group.clone(), 1)
        } else {
            let same = rules.facts.iter().filter(|other| other.name == fact.name);
            let path = format!("{}.{}", fact.group, fact.name);
            (&fact.name, path, same.count())
        };
        let named = words.counted.get(name).copied().unwrap_or(0) > same;
        if !named && !words.in_tests.contains_key(&path) {
            found.push(unused("fact", &path, fact.span));
        }
    }
}

fn words(trees: &[(FileId, ast::SourceFile)], sources: &Sources) -> Words {
    let mut words = Words::default();
    for (file, tree) in trees {
        let in_tests = sources
            .get(*file)
            .is_some_and(|found| found.path().starts_with("tests/"));
        let tokens = tree.syntax().descendants_with_tokens();
        let tokens = tokens.filter_map(|element| element.into_token());
        let mut before: Vec<String> = Vec::new();
        for token in tokens.filter(|token| !token.kind().is_trivia()) {
            let text = token.text();
            if matches!(token.kind(), SyntaxKind::WORD | SyntaxKind::BAD_WORD) {
                if in_tests {
                    *words.in_tests.entry(text.to_owned()).or_default() += 1;
                    if let [.., group, dot] = before.as_slice()
                        && dot == "."
                    {
                        *words.in_tests.entry(format!("{group}.{text}")).or_default() += 1;
                    }
                } else {
                    *words.counted.entry(text.to_owned()).or_default() += 1;
                }
            }
            if in_tests {
                before.push(text.to_owned());
            }
        }
    }
    for (_, file) in sources.iter().filter(|(_, file)| file.is_table()) {
        for line in file.text().lines() {
            for word in line.split(|letter: char| !letter.is_alphanumeric() && letter != '_') {
                if let Some(count) = words.counted.get_mut(word) {
                    *count = count.saturating_add(1);
                }
            }
        }
    }
    words
}

fn unused(what: &str, name: &str, span: Span) -> Diagnostic {
    Diagnostic::warning(codes::UNUSED, format!("the {what} `{name}` is never used"))
        .at(span, "declared here")
        .suggest_edits("remove it, or use it", Vec::new())
}
