//! Reading a request: what it may contain, slot by slot in the order of the package.
//!
//! The order is that of the package and not that of the text, so that equal requests become equal numbers. Reading goes on
//! after a problem, to find the others; what could not be read counts as absent meanwhile.

use std::collections::BTreeSet;

use quo_model::{ABSENT, ArchivedModel, Package, ValueType, some};

use super::intern::Texts;
use super::json::Json;
use super::problem::{Problem, Refused};
use super::value::{excerpt, read_value};
use super::{Item, Line, Override, REQUEST_BYTES_MAX, Request};
use crate::frame::{QuoteCurrency, at, index};
use crate::interpret::{GivenLists, Machine};
use crate::limits::Tank;
use crate::nearest::{did_you_mean, nearest};
use crate::show::{date, type_of, window};

/// Most lines of a request.
pub(crate) const LINES_MAX: usize = 10_000;
/// Most items of a request: its lines and all their parts.
pub(crate) const ITEMS_MAX: usize = 100_000;

/// The keys and values of an object, as written.
pub(super) type Entries<'j> = &'j [(String, Json)];

/// Reads a request strictly: every name known, every value of its type and in its range, nothing lost.
///
/// # Errors
/// [`Refused`] with everything that is wrong with it.
pub fn read_request(package: &Package, json: &[u8]) -> Result<Request, Refused> {
    let mut reader = Reader::new(package.model());
    if json.len() > REQUEST_BYTES_MAX {
        reader.problem(
            "",
            format!("the request is longer than {REQUEST_BYTES_MAX} bytes"),
        );
    } else {
        match serde_json::from_slice::<Json>(json) {
            Ok(tree) => reader.request(&tree),
            Err(error) => reader.problem("", format!("the request is not JSON: {error}")),
        }
    }
    reader.finish()
}

/// What has been read so far.
pub(super) struct Reader<'a> {
    pub model: &'a ArchivedModel,
    pub problems: Vec<Problem>,
    pub texts: Texts,
    pub facts: Vec<i64>,
    pub lines: Vec<Line>,
    pub items: Vec<Item>,
    pub options: Vec<i64>,
    pub asked: Vec<i64>,
    pub lists: GivenLists,
    pub overrides: Vec<Override>,
    pub clauses: Vec<u8>,
    pub codes: Vec<String>,
    /// `None` while it is not known, or never if it could not be read.
    pub currency: Option<QuoteCurrency>,
    /// Runs the code of part defaults, which is short: it has no loops and is paid for by the bound on items.
    pub machine: Machine<'static>,
}

impl<'a> Reader<'a> {
    fn new(model: &'a ArchivedModel) -> Self {
        Self {
            model,
            problems: Vec::new(),
            texts: Texts::default(),
            facts: vec![ABSENT; model.facts.len()],
            lines: Vec::new(),
            items: Vec::new(),
            options: Vec::new(),
            asked: vec![ABSENT; model.adjustments.len()],
            lists: GivenLists::default(),
            overrides: Vec::new(),
            clauses: vec![0; model.clauses.len()],
            codes: Vec::new(),
            currency: None,
            machine: Machine::new(Tank::endless()),
        }
    }

    fn finish(mut self) -> Result<Request, Refused> {
        if !self.problems.is_empty() {
            return Err(Refused {
                problems: self.problems,
            });
        }
        let mut line_texts = Vec::new();
        if some(self.model.charge_record.to_native()).is_some() {
            for line in &self.lines {
                line_texts.push(self.texts.intern(self.model, &line.id));
            }
        }
        Ok(Request {
            lists: self.lists,
            line_texts,
            facts: self.facts,
            lines: self.lines,
            items: self.items,
            options: self.options,
            asked: self.asked,
            overrides: self.overrides,
            clauses: self.clauses,
            codes: self.codes,
            texts: self.texts.finish(),
        })
    }

    /// Notes a problem.
    pub fn problem(&mut self, path: &str, message: String) {
        if !self.full() {
            self.problems.push(Problem {
                path: path.to_owned(),
                message,
            });
        }
    }

    /// Whether enough problems have been found.
    pub fn full(&self) -> bool {
        self.problems.len() >= Refused::MOST
    }

    /// The entries of an object, each key once and one of `known`.
    pub fn object<'j>(
        &mut self,
        path: &str,
        json: &'j Json,
        what: &str,
        known: &[&str],
    ) -> Option<Entries<'j>> {
        let Json::Object(entries) = json else {
            self.problem(path, format!("must be an object and is {}", json.kind()));
            return None;
        };
        let mut seen = BTreeSet::new();
        for (key, _) in entries {
            if !seen.insert(key) {
                self.problem(path, format!("`{}` is given twice", excerpt(key)));
            } else if !known.contains(&key.as_str()) {
                let hint = did_you_mean(&nearest(key, known.iter().copied()));
                self.problem(path, format!("there is no {what} `{}`{hint}", excerpt(key)));
            }
        }
        Some(entries)
    }

    fn request(&mut self, tree: &Json) {
        let known = [
            "ruleset",
            "facts",
            "lines",
            "asked",
            "overrides",
            "clauses",
            "codes",
        ];
        let Some(entries) = self.object("", tree, "field", &known) else {
            return;
        };
        self.ruleset(entries);
        match find(entries, "facts") {
            Some(facts) => self.facts(facts),
            None => self.problem("facts", "is missing".to_owned()),
        }
        if let Some(asked) = find(entries, "asked") {
            self.asked(asked);
        }
        match find(entries, "lines") {
            Some(Json::List(lines)) => self.lines(lines),
            Some(other) => {
                self.problem("lines", format!("must be a list and is {}", other.kind()));
            }
            None => self.problem("lines", "is missing".to_owned()),
        }
        if let Some(overrides) = find(entries, "overrides") {
            self.overrides(overrides);
        }
        if let Some(clauses) = find(entries, "clauses") {
            self.clauses(clauses);
        }
        if let Some(codes) = find(entries, "codes") {
            self.codes(codes);
        }
    }

    fn ruleset(&mut self, entries: Entries<'_>) {
        let own = self.model.str(self.model.meta.ruleset.to_native());
        match find(entries, "ruleset") {
            None => {}
            Some(Json::Text(name)) if name == own => {}
            Some(Json::Text(name)) => {
                let name = excerpt(name);
                self.problem(
                    "ruleset",
                    format!("the request is for `{name}` and the package is `{own}`"),
                );
            }
            Some(other) => {
                self.problem("ruleset", format!("must be a text and is {}", other.kind()));
            }
        }
    }

    fn facts(&mut self, json: &Json) {
        let model = self.model;
        let groups: BTreeSet<&str> = model
            .facts
            .iter()
            .map(|fact| model.str(fact.group.to_native()))
            .collect();
        let groups: Vec<&str> = groups.into_iter().collect();
        let Some(entries) = self.object("facts", json, "group of facts", &groups) else {
            return;
        };
        for group in &groups {
            if let Some(given) = find(entries, group) {
                let names: Vec<&str> = model
                    .facts
                    .iter()
                    .filter(|fact| model.str(fact.group.to_native()) == *group)
                    .map(|fact| model.str(fact.name.to_native()))
                    .collect();
                // A group that repeats is one fact without a name.
                if names == [""] {
                    continue;
                }
                self.object(&format!("facts.{group}"), given, "fact", &names);
            }
        }
        self.currency = self.quote_currency(entries);
        for slot in 0..index(model.facts.len()) {
            self.fact(slot, entries);
        }
        self.selling_date();
    }

    /// The currency of the quote, looked at first: it says how fine amounts may be.
    fn quote_currency(&mut self, groups: Entries<'_>) -> Option<QuoteCurrency> {
        let model = self.model;
        let def = model.facts.get(at(model.fact_currency.to_native()))?;
        let given = match find(groups, model.str(def.group.to_native())) {
            Some(Json::Object(entries)) => find(entries, model.str(def.name.to_native())),
            _ => None,
        };
        let currency = match given {
            Some(json) => read_value(model, &mut self.texts, None, type_of(&def.ty), json).ok()?,
            None => def.default.to_native(),
        };
        QuoteCurrency::new(model, currency)
    }

    fn fact(&mut self, slot: u32, groups: Entries<'_>) {
        let model = self.model;
        let Some(def) = model.facts.get(at(slot)) else {
            return;
        };
        let (group, name) = (
            model.str(def.group.to_native()),
            model.str(def.name.to_native()),
        );
        let (path, given) = match find(groups, group) {
            given if name.is_empty() => (format!("facts.{group}"), given),
            Some(Json::Object(entries)) => (format!("facts.{group}.{name}"), find(entries, name)),
            _ => (format!("facts.{group}.{name}"), None),
        };
        let ty = type_of(&def.ty);
        let value = self.input(&path, ty, def.optional, def.default.to_native(), given);
        match value {
            // A contract of no length has no value, and no price per period.
            Some(0) if slot == model.fact_term.to_native() => {
                self.problem(&path, "must be at least 1 month".to_owned());
            }
            Some(value) => {
                if let Some(fact) = self.facts.get_mut(at(slot)) {
                    *fact = value;
                }
            }
            None => {}
        }
    }

    /// The value of a fact, given or not. Problems are noted; `None` after one.
    pub fn input(
        &mut self,
        path: &str,
        ty: ValueType,
        optional: bool,
        default: i64,
        given: Option<&Json>,
    ) -> Option<i64> {
        match given {
            Some(Json::Null) if optional => Some(ABSENT),
            Some(json) => self.value(path, ty, json),
            None => {
                let found = self.not_given(ty, optional, default);
                if found.is_none() {
                    self.problem(path, "is missing".to_owned());
                }
                found.and_then(|value| self.default(path, ty, value))
            }
        }
    }

    /// The ruleset serves a window of selling dates; another one may serve this date with other rules.
    fn selling_date(&mut self) {
        let model = self.model;
        let slot = model.fact_date.to_native();
        let Some(given) = self
            .facts
            .get(at(slot))
            .copied()
            .filter(|date| *date != ABSENT)
        else {
            return;
        };
        let (from, to) = (
            model.meta.effective_from.to_native(),
            model.meta.effective_to.to_native(),
        );
        if given < i64::from(from) || i64::from(to) < given {
            let day = i32::try_from(given).map_or_else(|_| given.to_string(), date);
            let message = format!(
                "{day} is outside of the selling dates of this ruleset, {}",
                window(from, to)
            );
            self.problem("facts.quote.date", message);
        }
    }

    fn asked(&mut self, json: &Json) {
        let model = self.model;
        let names: Vec<&str> = model
            .adjustments
            .iter()
            .map(|adjustment| model.str(adjustment.name.to_native()))
            .collect();
        let Some(entries) = self.object("asked", json, "adjustment", &names) else {
            return;
        };
        for (number, adjustment) in model.adjustments.iter().enumerate() {
            let name = model.str(adjustment.name.to_native());
            let Some(given) = find(entries, name).filter(|given| **given != Json::Null) else {
                continue;
            };
            let path = format!("asked.{name}");
            if some(adjustment.asked_by.to_native()).is_none() {
                self.problem(
                    &path,
                    format!("`{name}` applies by itself and cannot be asked for"),
                );
                continue;
            }
            match self.one(type_of(&adjustment.asked), given) {
                Ok(value) => {
                    if let Some(asked) = self.asked.get_mut(number) {
                        *asked = value;
                    }
                }
                Err(message) => self.problem(&path, message),
            }
        }
    }

    fn lines(&mut self, lines: &[Json]) {
        if lines.len() > LINES_MAX {
            let message = format!(
                "has {} lines, and a quote has at most {LINES_MAX}",
                lines.len()
            );
            return self.problem("lines", message);
        }
        let mut ids = BTreeSet::new();
        for (position, json) in lines.iter().enumerate() {
            if self.full() || self.items.len() > ITEMS_MAX {
                break;
            }
            let path = format!("lines[{position}]");
            let Some(entries) = self.object(
                &path,
                json,
                "field",
                &["id", "product", "facts", "options", "parts"],
            ) else {
                continue;
            };
            let id = self.line_id(&path, entries);
            if let Some(id) = id
                && !ids.insert(id)
            {
                self.problem(
                    &path,
                    format!("the id `{}` is taken by a line before", excerpt(id)),
                );
            }
            let line = index(self.lines.len());
            if let Some(item) = self.line_item(&path, entries, line) {
                self.lines.push(Line {
                    id: id.unwrap_or_default().to_owned(),
                    item,
                });
            }
        }
        if self.items.len() > ITEMS_MAX {
            let message = format!("the lines and their parts are more than {ITEMS_MAX} items");
            self.problem("lines", message);
        }
    }

    fn line_id<'j>(&mut self, path: &str, entries: Entries<'j>) -> Option<&'j str> {
        let path = format!("{path}.id");
        match find(entries, "id") {
            Some(Json::Text(id)) if id.is_empty() => self.problem(&path, "is empty".to_owned()),
            Some(Json::Text(id)) if id.len() > 200 => {
                self.problem(&path, "is longer than 200 bytes".to_owned());
            }
            Some(Json::Text(id)) => return Some(id),
            Some(other) => {
                self.problem(&path, format!("must be a text and is {}", other.kind()));
            }
            None => self.problem(&path, "is missing".to_owned()),
        }
        None
    }
}

/// The value of a key, the first one.
pub(super) fn find<'j>(entries: Entries<'j>, key: &str) -> Option<&'j Json> {
    entries
        .iter()
        .find(|(name, _)| name == key)
        .map(|(_, value)| value)
}
