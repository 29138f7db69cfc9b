//! The requests of golden tests, against what is declared: misspelt names, values that no input may have, inputs that are
//! missing.
//!
//! The door of the engine would refuse such a request, and nothing that the test expects could be judged. So it is said where
//! the word stands, before anything is run. Not of a test that expects a refusal: that one is about the door.

use std::collections::{BTreeMap, BTreeSet};

use quo_source::{Diagnostic, FileId, Span, codes};

use quo_value::Currency;

use super::request_value::{Wrong, judge};
use crate::hir::{Part, Product, Rules};
use crate::show::nearest;
use crate::tests_hir::{
    Expected, Given, GivenFacts, GivenKind, GivenPart, Input, Item, Line, Override, TestCase,
};
use crate::types::{Type, Value};

/// Reports what is wrong with the requests of tests.
pub fn check(rules: &Rules, found: &mut Vec<Diagnostic>) {
    for test in &rules.tests {
        let refusal = |kind: &Expected| matches!(kind, Expected::Error(_));
        if test.expectations.iter().any(|it| refusal(&it.kind)) {
            continue;
        }
        let mut request = Request {
            rules,
            found,
            file: test.span.file,
            currency: currency(rules, test),
            missing: Vec::new(),
        };
        request.facts(test);
        for line in &test.lines {
            request.line(line);
        }
        for asked in &test.asked {
            request.asked(asked);
        }
        for overriding in &test.overrides {
            request.overriding(test, overriding);
        }
    }
}

/// The request of one test while it is checked.
struct Request<'a> {
    rules: &'a Rules,
    found: &'a mut Vec<Diagnostic>,
    /// The file of the test.
    file: FileId,
    /// The currency of the quote.
    currency: Option<Currency>,
    /// The facts that it lacks.
    missing: Vec<String>,
}

impl Request<'_> {
    fn facts(&mut self, test: &TestCase) {
        let rules = self.rules;
        let mut given: BTreeMap<(&str, &str), &Given> = BTreeMap::new();
        for facts in &test.given {
            let group = facts.group.as_str();
            let names: Vec<&str> = names_of(rules, group).collect();
            if names.is_empty() {
                let groups = rules.facts.iter().map(|fact| fact.group.as_str());
                let groups: BTreeSet<&str> = groups.collect();
                self.unknown("group of facts", group, facts.span, groups.iter().copied());
                continue;
            }
            for input in &facts.inputs {
                if !names.contains(&input.name.as_str()) {
                    self.misplaced(facts, input, &names);
                } else if let Some(before) = given.insert((group, &input.name), &input.value) {
                    self.twice(&input.name, input.value.span, before.span);
                }
            }
        }
        for fact in &rules.facts {
            let name = full_name(&fact.group, &fact.name);
            let required = !fact.optional && fact.default.is_none();
            match given.get(&(fact.group.as_str(), fact.name.as_str())) {
                Some(given) => self.value(&name, fact.ty, !required, given),
                None if required && !matches!(fact.ty, Type::List(_)) => self.missing.push(name),
                None => {}
            }
        }
        self.term_and_date(&given);
        if !self.missing.is_empty() {
            let missing = listed(&self.missing);
            self.found.push(
                Diagnostic::error(
                    codes::MISSING_INPUT,
                    format!("the test does not give {missing}"),
                )
                .at(test.span, "every decision needs it")
                .note("a fact without a default and without `?` must be given"),
            );
        }
    }

    /// What is there for a name that is no fact of its group.
    fn misplaced(&mut self, facts: &GivenFacts, input: &Input, names: &[&str]) {
        match (names, input.name.as_str()) {
            ([""], _) => self.bad(
                facts.span,
                format!("`{}` repeats, and one record of it is given", facts.group),
                "a list is expected",
                Some(format!(
                    "write `given {} [ {{ … }}, {{ … }} ]`",
                    facts.group
                )),
            ),
            (_, "") => self.bad(
                facts.span,
                format!("`{}` does not repeat, and a list is given", facts.group),
                "facts are expected",
                Some(format!("write `given {} {{ … }}`", facts.group)),
            ),
            (names, name) => {
                let what = format!("fact of `{}` called", facts.group);
                self.unknown(&what, name, input.span, names.iter().copied());
            }
        }
    }

    /// The contract has a length, and the ruleset serves the day.
    fn term_and_date(&mut self, given: &BTreeMap<(&str, &str), &Given>) {
        let text = |name| match given.get(&("quote", name)).map(|given| &given.kind) {
            Some(GivenKind::Text(text)) => Some((given.get(&("quote", name))?.span, text.as_str())),
            _ => None,
        };
        if let Some((span, "0 months")) = text("term") {
            let message = "a term has at least 1 month".to_owned();
            self.bad(span, message, "a contract of no length", None);
        }
        let Some((span, day)) = text("date") else {
            return;
        };
        let (window, Ok(date)) = (self.rules.effective, day.parse::<quo_value::Date>()) else {
            return;
        };
        let before = window.from.is_some_and(|from| date < from);
        let after = window.to.is_some_and(|to| to < date);
        if before || after {
            let name = |day: Option<quo_value::Date>| day.map(|day| day.to_string());
            let dates = match (name(window.from), name(window.to)) {
                (Some(from), Some(to)) => format!("from {from} to {to}"),
                (Some(from), None) => format!("from {from}"),
                (None, to) => format!("until {}", to.unwrap_or_default()),
            };
            self.bad(
                span,
                format!("{day} is outside of the selling dates of the ruleset, {dates}"),
                "not a day on which it is used",
                None,
            );
        }
    }

    fn line(&mut self, line: &Line) {
        let products = &self.rules.products;
        let all: Vec<&Product> = products.iter().collect();
        self.item(&line.item, &all, None);
        let product = products
            .iter()
            .find(|product| line.item.product.as_ref() == Some(&product.name));
        if let Some(product) = product {
            self.line_facts(line, product);
        }
    }

    /// The facts of a line, which every product has before its own options.
    fn line_facts(&mut self, line: &Line, product: &Product) {
        let facts = product.options.iter().filter(|option| option.of_line);
        let mut given: BTreeMap<&str, &Given> = BTreeMap::new();
        let names = facts.clone().map(|fact| fact.name.as_str());
        for input in &line.facts {
            if !names.clone().any(|name| name == input.name) {
                let what = "fact of lines called";
                self.unknown(what, &input.name, input.span, names.clone());
            } else if let Some(before) = given.insert(&input.name, &input.value) {
                self.twice(&input.name, input.value.span, before.span);
            }
        }
        let mut missing = Vec::new();
        for fact in facts {
            let name = full_name("line", &fact.name);
            let required = !fact.optional && fact.default.is_none();
            match given.get(fact.name.as_str()) {
                Some(given) => self.value(&name, fact.ty, !required, given),
                None if required && !matches!(fact.ty, Type::List(_)) => missing.push(name),
                None => {}
            }
        }
        if !missing.is_empty() {
            let missing = listed(&missing);
            self.found.push(
                Diagnostic::error(
                    codes::MISSING_INPUT,
                    format!("the test does not give {missing}"),
                )
                .at(line.item.span, "every line needs it")
                .note(format!("write `given line {} {{ … }}`", line.id)),
            );
        }
    }

    /// An item, one of these products; in this part of a bundle, where it is in one.
    fn item(&mut self, item: &Item, kinds: &[&Product], part: Option<&Part>) {
        let Some(name) = &item.product else {
            let names: Vec<String> = kinds.iter().map(|kind| kind.name.clone()).collect();
            let message = format!("it is not said which of {} it is", names.join(", "));
            let note = part.map(|part| format!("write `{} {}`", part.name, names.join(" or ")));
            return self.bad(item.span, message, "several products may be here", note);
        };
        let Some(product) = kinds.iter().copied().find(|kind| kind.name == *name) else {
            let what = match part {
                Some(part) => format!("product for the part `{}` called", part.name),
                None => "product".to_owned(),
            };
            let names = kinds.iter().map(|kind| kind.name.as_str());
            return self.unknown(&what, name, item.span, names);
        };
        self.options(item, product, part);
        self.parts(item, product);
    }

    fn options(&mut self, item: &Item, product: &Product, part: Option<&Part>) {
        let mut given: BTreeMap<&str, &Given> = BTreeMap::new();
        let options = || {
            product
                .own_options()
                .map(|(_, option)| option.name.as_str())
        };
        let parts = || product.parts.iter().map(|part| part.name.as_str());
        for input in &item.options {
            if !options().any(|name| name == input.name) {
                let what = match product.parts.is_empty() {
                    true => format!("option of `{}` called", product.name),
                    false => format!("option or part of `{}` called", product.name),
                };
                let names: Vec<&str> = options().chain(parts()).collect();
                self.unknown(&what, &input.name, input.span, names.into_iter());
            } else if let Some(before) = given.insert(&input.name, &input.value) {
                self.twice(&input.name, input.value.span, before.span);
            }
        }
        let mut missing = Vec::new();
        for (index, option) in product.own_options() {
            let worked_out = part.is_some_and(|part| {
                let mut defaults = part.defaults.iter();
                defaults.any(|default| self.is(default.product, product) && default.option == index)
            });
            let has_default = option.default.is_some() || worked_out;
            match given.get(option.name.as_str()) {
                Some(given) => {
                    let before = self.found.len();
                    self.value(&option.name, option.ty, has_default, given);
                    if self.found.len() == before {
                        self.domain(&option.name, &option.domain, option.ty, given);
                    }
                }
                None if has_default => {}
                None => missing.push(option.name.clone()),
            }
        }
        if !missing.is_empty() {
            let missing = listed(&missing);
            self.found.push(
                Diagnostic::error(
                    codes::MISSING_INPUT,
                    format!("the test does not give {missing} of `{}`", product.name),
                )
                .at(item.span, "this needs it")
                .note("an option without a default must be given"),
            );
        }
    }

    fn is(&self, index: usize, product: &Product) -> bool {
        let named = self.rules.products.get(index);
        named.is_some_and(|named| named.name == product.name)
    }

    /// Whether an option that lists its values has this one.
    fn domain(&mut self, name: &str, domain: &[Value], ty: Type, given: &Given) {
        let GivenKind::Text(text) = &given.kind else {
            return;
        };
        let world = super::scene::Names::of(self.rules);
        let shown = |value: &Value| match value {
            Value::Text(text) => text.clone(),
            other => crate::show::value_words(world, ty, other),
        };
        let same = |value: &Value| match (value, ty) {
            (Value::Number(mantissa), Type::Number(number)) => {
                let digits = text.strip_suffix('%').unwrap_or(text).trim_end();
                let scale = match number.unit {
                    crate::types::Unit::Percent => number.scale.saturating_sub(2),
                    _ => number.scale,
                };
                let exact = digits.parse::<quo_value::Decimal>().ok();
                let exact = exact.and_then(|found| found.rescale_exact(scale).ok());
                exact.is_some_and(|found| found.mantissa() == *mantissa)
            }
            (Value::Months(_) | Value::Days(_), _) => {
                text.parse::<quo_value::Period>().ok()
                    == shown(value).parse::<quo_value::Period>().ok()
            }
            _ => shown(value) == *text,
        };
        if domain.is_empty() || domain.iter().any(same) {
            return;
        }
        let names: Vec<String> = domain.iter().map(shown).collect();
        let wrong = Wrong {
            message: format!("`{text}` is not among the values of `{name}`"),
            instead: match ty {
                Type::Enum(_) => nearest(text, names.iter().map(String::as_str)).map(str::to_owned),
                _ => None,
            },
            note: Some(format!("there are {}", names.join(", "))),
        };
        self.wrong(name, given.span, wrong);
    }

    fn parts(&mut self, item: &Item, product: &Product) {
        let mut given: BTreeMap<&str, &GivenPart> = BTreeMap::new();
        for part in &item.parts {
            if let Some(before) = given.insert(&part.name, part) {
                self.twice(&part.name, part.span, before.span);
            }
        }
        for part in &product.parts {
            let kinds: Vec<&Product> = part
                .kinds
                .iter()
                .filter_map(|kind| self.rules.products.get(*kind))
                .collect();
            let found = given.get(part.name.as_str());
            let items = found.map_or(&[][..], |found| found.items.as_slice());
            let span = found.map_or(item.span, |found| found.span);
            self.count(span, part, &kinds, items.len());
            let mut taken: BTreeMap<&str, Span> = BTreeMap::new();
            for item in items {
                self.item(item, &kinds, Some(part));
                let Some(name) = item.product.as_deref().filter(|_| !part.many) else {
                    continue;
                };
                if let Some(before) = taken.insert(name, item.span) {
                    self.twice(name, item.span, before);
                }
            }
        }
    }

    fn count(&mut self, span: Span, part: &Part, kinds: &[&Product], count: usize) {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        if (part.min..=part.max).contains(&count) {
            return;
        }
        let names: Vec<&str> = kinds.iter().map(|kind| kind.name.as_str()).collect();
        let (name, of) = (&part.name, names.join(", "));
        let holds = match (part.min, part.max) {
            (1, 1) if kinds.len() == 1 => of,
            (1, 1) => format!("one of {of}"),
            (min, max) if min == max => format!("{min} of {of}"),
            (min, max) => format!("{min} to {max} of {of}"),
        };
        if count == 0 {
            self.found.push(
                Diagnostic::error(
                    codes::MISSING_INPUT,
                    format!("the part `{name}` is not given"),
                )
                .at(span, format!("it holds {holds}")),
            );
        } else {
            let message = format!("the part `{name}` holds {holds}, and {count} are given");
            self.bad(span, message, "not so many", None);
        }
    }

    fn asked(&mut self, asked: &Input) {
        let adjustments = &self.rules.adjustments;
        let found = adjustments.iter().find(|found| found.name == asked.name);
        match found.map(|found| (&found.asked, &found.name)) {
            None => {
                let names = adjustments.iter().filter(|found| found.asked.is_some());
                let names = names.map(|found| found.name.as_str());
                self.unknown(
                    "discount that is asked for,",
                    &asked.name,
                    asked.span,
                    names,
                );
            }
            Some((None, name)) => self.bad(
                asked.span,
                format!("`{name}` applies by itself and cannot be asked for"),
                "it has no `asked for by`",
                None,
            ),
            Some((Some(declared), name)) => self.value(name, declared.ty, true, &asked.value),
        }
    }

    fn overriding(&mut self, test: &TestCase, overriding: &Override) {
        let rules = self.rules;
        let Some(rule) = rules.rules.iter().find(|rule| rule.id == overriding.rule) else {
            let may = rules.rules.iter();
            let may = may.filter(|rule| !rule.overridable.roles.is_empty());
            let ids = may.map(|rule| rule.id.as_str());
            return self.unknown("constraint", &overriding.rule, overriding.span, ids);
        };
        let role = |role: &usize| rules.roles.get(*role).map(|role| role.name.as_str());
        let may: Vec<&str> = rule.overridable.roles.iter().filter_map(role).collect();
        let by = &overriding.role;
        if !may.contains(&by.as_str()) {
            let who = match may.as_slice() {
                [] => "nobody may".to_owned(),
                may => format!("{} may", may.join(" or ")),
            };
            self.bad(
                overriding.span,
                format!("`{by}` may not override `{}`", rule.id),
                &who,
                None,
            );
        }
        let reason = overriding.reason.as_deref().unwrap_or_default().trim();
        if rule.overridable.with_reason && reason.is_empty() {
            let message = format!("`{}` is overridden only with a reason", rule.id);
            let note = "write it behind `because`".to_owned();
            self.bad(overriding.span, message, "no reason is given", Some(note));
        }
        let line = overriding.line.as_ref();
        if let Some(line) = line.filter(|line| test.lines.iter().all(|it| it.id != **line)) {
            let message = format!("the test has no line {line}");
            self.bad(overriding.span, message, "it is overridden there", None);
        }
    }

    /// A value of any type that an input may have.
    fn value(&mut self, name: &str, ty: Type, may_be_left_out: bool, given: &Given) {
        match (&given.kind, ty) {
            (GivenKind::LeftOut, _) if may_be_left_out || matches!(ty, Type::List(_)) => {}
            (GivenKind::LeftOut, _) => self.found.push(
                Diagnostic::error(codes::MISSING_INPUT, format!("`{name}` is left out"))
                    .at(given.span, "a value is expected")
                    .note("only what has a default or `?` may be left out"),
            ),
            (GivenKind::List(elements), Type::List(element)) => {
                let ty = self.rules.elements.get(element).copied();
                for element in elements {
                    self.value(name, ty.unwrap_or(Type::Unknown), true, element);
                }
            }
            (GivenKind::Record(fields), Type::Record(record)) => {
                self.record(name, record, fields, given.span);
            }
            (_, Type::Unknown) => {}
            (_, Type::List(_)) => self.not(name, given, "a list is expected, such as `[ … ]`"),
            (_, Type::Record(_)) => self.not(name, given, "a record is expected, such as `{ … }`"),
            (GivenKind::List(_) | GivenKind::Record(_), _) => {
                self.not(name, given, "a single value is expected");
            }
            (GivenKind::Text(text), ty) => {
                if let Err(wrong) = judge(self.rules, self.currency, ty, text) {
                    self.wrong(name, given.span, wrong);
                }
            }
        }
    }

    fn record(&mut self, name: &str, record: usize, inputs: &[Input], span: Span) {
        let Some(record) = self.rules.records.get(record) else {
            return;
        };
        let mut given: BTreeMap<&str, &Given> = BTreeMap::new();
        let names = || record.fields.iter().map(|field| field.name.as_str());
        for input in inputs {
            if !names().any(|name| name == input.name) {
                let what = format!("field of `{name}` called");
                self.unknown(&what, &input.name, input.span, names());
            } else if let Some(before) = given.insert(&input.name, &input.value) {
                self.twice(&input.name, input.value.span, before.span);
            }
        }
        let mut missing = Vec::new();
        for field in &record.fields {
            let path = full_name(name, &field.name);
            let required = !field.optional && field.default.is_none();
            match given.get(field.name.as_str()) {
                Some(given) => self.value(&path, field.ty, !required, given),
                None if required && !matches!(field.ty, Type::List(_)) => missing.push(path),
                None => {}
            }
        }
        if !missing.is_empty() {
            let missing = listed(&missing);
            self.found.push(
                Diagnostic::error(
                    codes::MISSING_INPUT,
                    format!("the test does not give {missing}"),
                )
                .at(span, "in this record")
                .note("a field without a default and without `?` must be given"),
            );
        }
    }

    fn wrong(&mut self, name: &str, span: Span, wrong: Wrong) {
        let mut diagnostic = Diagnostic::error(codes::BAD_INPUT, wrong.message)
            .at(span, format!("given for `{name}`"));
        if let Some(note) = wrong.note {
            diagnostic = diagnostic.note(note);
        }
        if let Some(instead) = wrong.instead {
            // Only the text of rules is edited, not a cell of a table.
            let message = format!("write `{instead}`");
            let mut edits = vec![(span, instead)];
            edits.retain(|(span, _)| span.file == self.file);
            diagnostic = diagnostic.suggest_edits(message, edits);
        }
        self.found.push(diagnostic);
    }

    fn not(&mut self, name: &str, given: &Given, expected: &str) {
        let message = format!("`{name}` is given as something else than it is");
        self.bad(given.span, message, expected, None);
    }

    fn bad(&mut self, span: Span, message: String, label: &str, note: Option<String>) {
        let diagnostic = Diagnostic::error(codes::BAD_INPUT, message).at(span, label);
        self.found.push(match note {
            Some(note) => diagnostic.note(note),
            None => diagnostic,
        });
    }

    fn twice(&mut self, name: &str, span: Span, before: Span) {
        self.found.push(
            Diagnostic::error(codes::BAD_INPUT, format!("`{name}` is given twice"))
                .at(span, "once more")
                .also(before, "first here"),
        );
    }

    fn unknown<'n>(
        &mut self,
        what: &str,
        name: &str,
        span: Span,
        names: impl Iterator<Item = &'n str> + Clone,
    ) {
        let mut diagnostic = crate::world::unknown_name(what, name, span, names);
        diagnostic.code = codes::UNKNOWN_IN_TEST;
        self.found.push(diagnostic);
    }
}

/// The currency that the test gives its quote, or that it has where none is given.
fn currency(rules: &Rules, test: &TestCase) -> Option<Currency> {
    let quotes = test.given.iter().filter(|given| given.group == "quote");
    let mut inputs = quotes.flat_map(|given| &given.inputs);
    match inputs.find(|input| input.name == "currency") {
        Some(input) => match &input.value.kind {
            GivenKind::Text(code) => {
                let mut sold = rules.currencies.iter();
                sold.find(|currency| currency.code() == code).copied()
            }
            _ => None,
        },
        None => match rules.facts.get(rules.fact_currency)?.default {
            Some(Value::Currency(index)) => rules.currencies.get(index).copied(),
            _ => None,
        },
    }
}

fn names_of<'r>(rules: &'r Rules, group: &str) -> impl Iterator<Item = &'r str> {
    let facts = rules.facts.iter().filter(move |fact| fact.group == group);
    facts.map(|fact| fact.name.as_str())
}

fn full_name(group: &str, name: &str) -> String {
    match name {
        "" => group.to_owned(),
        name => format!("{group}.{name}"),
    }
}

fn listed(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
