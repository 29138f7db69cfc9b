//! Places in the source map: the files that rules come from, without the tests.
//!
//! Tests say what rules do and are no part of them: a ruleset with other tests is the same package.

use std::collections::BTreeMap;

use quo_analysis::hir::Rules;
use quo_model::{IdPlace, Place, SourceText};
use quo_source::{FileId, SourceFile, Sources, Span};

use crate::strings::member_id;

/// The files of the package and their numbers in it.
#[derive(Debug)]
pub(crate) struct Places {
    files: Vec<SourceText>,
    numbers: BTreeMap<FileId, u32>,
}

impl Places {
    /// The rule files and tables among these sources, in the order of their paths.
    pub(crate) fn of(sources: &Sources) -> Self {
        let mut kept: Vec<_> = sources.iter().filter(|(_, file)| belongs(file)).collect();
        kept.sort_by_cached_key(|(_, file)| file.name().into_owned());
        let mut places = Self {
            files: Vec::new(),
            numbers: BTreeMap::new(),
        };
        for ((id, file), number) in kept.into_iter().zip(0_u32..) {
            places.numbers.insert(id, number);
            places.files.push(SourceText {
                path: file.name().into_owned(),
                text: file.text().to_string(),
            });
        }
        places
    }

    /// A span as a place of the source map. Nothing lowered comes from a file that is left out; if it did it would
    /// point at the beginning of the first file.
    pub(crate) fn place(&self, span: Span) -> Place {
        self.numbers
            .get(&span.file)
            .map_or_else(Place::default, |&file| Place {
                file,
                start: span.start,
                end: span.end,
            })
    }

    /// The files for the source map.
    pub(crate) fn into_files(self) -> Vec<SourceText> {
        self.files
    }
}

/// Whether a file is part of the rules: a rule file or a table that is not below `tests/`.
fn belongs(file: &SourceFile) -> bool {
    let kind = file.is_table() || file.path().ends_with(".quo");
    kind && !file.path().starts_with("tests/")
}

/// The places of everything that has a stable id, sorted by id.
///
/// Things of different kinds may share an id; it then leads to the one that decisions and traces speak about most: what
/// comes first below.
pub(crate) fn ids(rules: &Rules, places: &Places) -> Vec<IdPlace> {
    let mut found = BTreeMap::new();
    let mut add = |id: String, span: Span| {
        found.entry(id).or_insert_with(|| places.place(span));
    };
    let product = |index: usize| {
        rules
            .products
            .get(index)
            .map_or("", |product| &product.name)
    };
    rules
        .products
        .iter()
        .for_each(|it| add(it.name.clone(), it.span));
    for charge in &rules.charges {
        add(
            member_id(product(charge.product), &charge.name),
            charge.span,
        );
    }
    rules
        .rules
        .iter()
        .for_each(|rule| add(rule.id.clone(), rule.span));
    rules
        .adjustments
        .iter()
        .for_each(|it| add(it.name.clone(), it.span));
    rules
        .books
        .iter()
        .for_each(|book| add(book.name.clone(), book.span));
    rules
        .groups
        .iter()
        .for_each(|group| add(group.name.clone(), group.span));
    rules
        .approvals
        .iter()
        .for_each(|it| add(it.name.clone(), it.span));
    for floor in rules.charges.iter().flat_map(|charge| &charge.floors) {
        add(floor.id.clone(), floor.span);
    }
    for fulfilment in &rules.fulfilments {
        for task in &fulfilment.tasks {
            add(
                member_id(product(fulfilment.product), &task.name),
                task.span,
            );
        }
    }
    rules
        .qualifications
        .iter()
        .for_each(|found| add(found.id.clone(), found.span));
    rules
        .clauses
        .iter()
        .for_each(|clause| add(clause.name.clone(), clause.span));
    rules
        .amounts
        .iter()
        .for_each(|amount| add(amount.name.clone(), amount.span));
    for declared in &rules.products {
        for (_, option) in declared.own_options() {
            add(member_id(&declared.name, &option.name), option.span);
        }
    }
    for fact in rules
        .products
        .iter()
        .take(1)
        .flat_map(|product| &product.options)
    {
        if fact.of_line {
            add(member_id("line", &fact.name), fact.span);
        }
    }
    for fact in &rules.facts {
        if fact.name.is_empty() {
            add(fact.group.clone(), fact.span);
        } else {
            add(member_id(&fact.group, &fact.name), fact.span);
        }
    }
    rules
        .results
        .iter()
        .for_each(|result| add(result.name.clone(), result.span));
    found
        .into_iter()
        .map(|(id, place)| IdPlace { id, place })
        .collect()
}
