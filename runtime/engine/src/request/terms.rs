//! Reading which constraints are overridden by whom, which clauses are to be removed or added, and the codes of promotions.

use quo_model::{ArchivedRule, NONE};

use super::Override;
use super::json::Json;
use super::read::{Entries, Reader, find};
use super::value::excerpt;
use crate::frame::{CLAUSE_ADDED, CLAUSE_REMOVED, at, index};
use crate::nearest::{did_you_mean, nearest};

/// Most overrides of a request.
const OVERRIDES_MAX: usize = 10_000;
/// Most codes of a request.
pub(super) const CODES_MAX: usize = 100;
/// Longest code in bytes.
pub(super) const CODE_BYTES_MAX: usize = 200;
/// Longest reason in bytes.
const REASON_BYTES_MAX: usize = 4_000;

impl Reader<'_> {
    /// Reads `overrides`: a list of `{"rule", "role", "reason"?, "line"?}`. Lines have been read.
    pub(super) fn overrides(&mut self, json: &Json) {
        let list = match json {
            Json::Null => return,
            Json::List(list) if list.len() <= OVERRIDES_MAX => list,
            Json::List(list) => {
                let message = format!(
                    "has {} entries, and at most {OVERRIDES_MAX} are read",
                    list.len()
                );
                return self.problem("overrides", message);
            }
            other => {
                return self.problem(
                    "overrides",
                    format!("must be a list and is {}", other.kind()),
                );
            }
        };
        for (position, json) in list.iter().enumerate() {
            if self.full() {
                return;
            }
            let path = format!("overrides[{position}]");
            let known = ["rule", "role", "reason", "line"];
            let Some(entries) = self.object(&path, json, "field", &known) else {
                continue;
            };
            if let Some(found) = self.overriding(&path, entries) {
                self.overrides.push(found);
            }
        }
        self.overrides.sort();
        let twice = self.overrides.windows(2).any(|pair| match pair {
            [one, other] => one.rule == other.rule && one.line == other.line,
            _ => false,
        });
        if twice {
            self.problem(
                "overrides",
                "override one rule twice on one line".to_owned(),
            );
        }
    }

    fn overriding(&mut self, path: &str, entries: Entries<'_>) -> Option<Override> {
        let model = self.model;
        let id = self.text_field(path, entries, "rule")?;
        let rule = model
            .rules
            .iter()
            .position(|rule| model.str(rule.id.to_native()) == id);
        let found = rule.and_then(|rule| model.rules.get(rule));
        let (Some(rule), Some(def)) = (rule, found) else {
            let ids = model
                .rules
                .iter()
                .map(|rule| model.str(rule.id.to_native()));
            let hint = did_you_mean(&nearest(id, ids));
            let message = format!("there is no rule `{}`{hint}", excerpt(id));
            self.problem(&format!("{path}.rule"), message);
            return None;
        };
        let role = self.overriding_role(path, entries, def, id)?;
        let reason = match find(entries, "reason") {
            None | Some(Json::Null) => "",
            Some(_) => self.text_field(path, entries, "reason")?.trim(),
        };
        if reason.is_empty() && def.with_reason {
            let message = format!("`{}` is overridden only with a reason", excerpt(id));
            self.problem(&format!("{path}.reason"), message);
            return None;
        }
        if reason.len() > REASON_BYTES_MAX {
            let message = format!("is longer than {REASON_BYTES_MAX} bytes");
            self.problem(&format!("{path}.reason"), message);
            return None;
        }
        let line = match find(entries, "line") {
            None | Some(Json::Null) => NONE,
            Some(_) => self.overridden_line(path, entries)?,
        };
        Some(Override {
            rule: index(rule),
            line,
            role,
            reason: reason.to_owned(),
        })
    }

    fn overriding_role(
        &mut self,
        path: &str,
        entries: Entries<'_>,
        def: &ArchivedRule,
        id: &str,
    ) -> Option<u32> {
        let model = self.model;
        let name = |role: u32| {
            let role = model.roles.get(at(role));
            role.map_or("", |role| model.str(role.to_native()))
        };
        let role = self.text_field(path, entries, "role")?;
        let may: Vec<u32> = def
            .overridable
            .iter()
            .map(|role| role.to_native())
            .collect();
        let found = may.iter().copied().find(|may| name(*may) == role);
        if found.is_none() {
            let who = match may.as_slice() {
                [] => "nobody may".to_owned(),
                may => {
                    let names: Vec<&str> = may.iter().map(|role| name(*role)).collect();
                    format!("{} may", names.join(" or "))
                }
            };
            let message = format!(
                "`{}` may not override `{}`: {who}",
                excerpt(role),
                excerpt(id)
            );
            self.problem(&format!("{path}.role"), message);
        }
        found
    }

    fn overridden_line(&mut self, path: &str, entries: Entries<'_>) -> Option<u32> {
        let id = self.text_field(path, entries, "line")?;
        let line = self.lines.iter().position(|line| line.id == id);
        if line.is_none() {
            let message = format!("there is no line `{}`", excerpt(id));
            self.problem(&format!("{path}.line"), message);
        }
        line.map(index)
    }

    fn text_field<'j>(&mut self, path: &str, entries: Entries<'j>, key: &str) -> Option<&'j str> {
        let path = format!("{path}.{key}");
        match find(entries, key) {
            Some(Json::Text(text)) => return Some(text),
            Some(other) => {
                self.problem(&path, format!("must be a text and is {}", other.kind()));
            }
            None => self.problem(&path, "is missing".to_owned()),
        }
        None
    }

    /// Reads `codes`: a list of texts, each once. Those that no adjustment has are told with the answer.
    pub(super) fn codes(&mut self, json: &Json) {
        let list = match json {
            Json::Null => return,
            Json::List(list) if list.len() <= CODES_MAX => list,
            Json::List(list) => {
                let message = format!("has {} codes, and at most {CODES_MAX} are read", list.len());
                return self.problem("codes", message);
            }
            other => {
                return self.problem("codes", format!("must be a list and is {}", other.kind()));
            }
        };
        for (position, json) in list.iter().enumerate() {
            let path = format!("codes[{position}]");
            match json {
                Json::Text(code) if code.is_empty() => self.problem(&path, "is empty".to_owned()),
                Json::Text(code) if code.len() > CODE_BYTES_MAX => {
                    self.problem(&path, format!("is longer than {CODE_BYTES_MAX} bytes"));
                }
                Json::Text(code) => match self.codes.binary_search(code) {
                    Ok(_) => self.problem(&path, "is given twice".to_owned()),
                    Err(place) => self.codes.insert(place, code.clone()),
                },
                other => self.problem(&path, format!("must be a text and is {}", other.kind())),
            }
        }
    }

    /// Reads `clauses`: `"removed"` or `"added"` by the name of the clause.
    pub(super) fn clauses(&mut self, json: &Json) {
        let model = self.model;
        let names: Vec<&str> = model
            .clauses
            .iter()
            .map(|clause| model.str(clause.name.to_native()))
            .collect();
        if *json == Json::Null {
            return;
        }
        let Some(entries) = self.object("clauses", json, "clause", &names) else {
            return;
        };
        for (number, (def, name)) in model.clauses.iter().zip(&names).enumerate() {
            let path = format!("clauses.{name}");
            let wanted = match find(entries, name) {
                None | Some(Json::Null) => continue,
                Some(Json::Text(word)) if word == "removed" && !def.on_request => CLAUSE_REMOVED,
                Some(Json::Text(word)) if word == "added" && def.on_request => CLAUSE_ADDED,
                Some(Json::Text(word)) if word == "removed" => {
                    let message = "is there only on request and cannot be removed".to_owned();
                    self.problem(&path, message);
                    continue;
                }
                Some(Json::Text(word)) if word == "added" => {
                    let message = "is there where it is required and cannot be added".to_owned();
                    self.problem(&path, message);
                    continue;
                }
                Some(_) => {
                    self.problem(&path, "must be \"removed\" or \"added\"".to_owned());
                    continue;
                }
            };
            if let Some(state) = self.clauses.get_mut(number) {
                *state = wanted;
            }
        }
    }
}
