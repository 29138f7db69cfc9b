//! Names that stand for nothing where they are: why, and what was perhaps meant.

use quo_source::{Diagnostic, Span, codes};
use quo_syntax::ast::{self, AstNode};

use super::Reader;
use super::ops::unknown;
use super::paths::option_of;
use crate::hir::Expr;
use crate::show::nearest;
use crate::types::Type;
use crate::world::find;

/// What truth values of other languages are called here.
fn truth(name: &str) -> Option<&'static str> {
    match name.to_ascii_lowercase().as_str() {
        "true" => Some("yes"),
        "false" => Some("no"),
        _ => None,
    }
}

impl Reader<'_> {
    /// Says that a path names no part here.
    pub(super) fn no_such_part(&mut self, path: &ast::Path) {
        let span = path.span(self.file);
        let bundles = [
            self.scope.product.filter(|_| self.scope.direct),
            self.scope.within,
        ];
        let names: Vec<&str> = bundles
            .into_iter()
            .flatten()
            .filter_map(|bundle| self.product(bundle))
            .flat_map(|bundle| bundle.parts.iter().map(|part| part.name.as_str()))
            .collect();
        self.diagnostics.push(if names.is_empty() {
            Diagnostic::error(codes::NOT_HERE, "there are no parts here")
                .at(span, "a part of which bundle?")
                .note("parts are known inside their bundle, to its tasks, and to adjustments `on … in BUNDLE`")
        } else {
            crate::world::unknown_name("part", &path.text(), span, names.iter().copied())
        });
    }

    /// Why a name that means something elsewhere means nothing here.
    pub(super) fn not_here(&self, name: &str, span: Span) -> Option<Diagnostic> {
        if let Some((_, part, bundle)) = self.find_part(name) {
            let kinds = self.product(bundle)?.parts.get(part)?.kinds.as_slice();
            let first = kinds.first().and_then(|kind| self.product(*kind));
            let example = first.map_or("Kind", |kind| kind.name.as_str());
            return Some(
                Diagnostic::error(
                    codes::NOT_HERE,
                    format!("the part `{name}` may hold several products, so it is none of them"),
                )
                .at(span, "which of them?")
                .note(format!("ask `{name} has {example}` or `count of {name}`")),
            );
        }
        match name {
            "asked" => Some(
                Diagnostic::error(codes::NOT_HERE, "nothing is asked for here")
                    .at(span, "no request holds such a value")
                    .note("an adjustment says `asked for by ROLE as Percent from 0% to 20% with 2 decimals`"),
            ),
            "list" => Some(
                Diagnostic::error(codes::NOT_HERE, "there is a list price only where a charge is adjusted, and in a price book that extends or replaces another")
                    .at(span, "not known here")
                    .note("the total of a quote is `total of list`, in approval matrices"),
            ),
            _ => None,
        }
    }

    pub(super) fn unknown_single(
        &mut self,
        name: &str,
        expected: Option<Type>,
        span: Span,
    ) -> Expr {
        if let Some(Type::Enum(of)) = expected {
            let values: Vec<&str> = self
                .world
                .enums
                .get(of)
                .map(|found| found.values.iter().map(String::as_str).collect())
                .unwrap_or_default();
            let what = format!("value of `{}` called", self.world.show().enum_name(of));
            self.diagnostics.push(crate::world::unknown_name(
                &what,
                name,
                span,
                values.into_iter(),
            ));
            return unknown(span);
        }
        if expected == Some(Type::Currency) {
            let diagnostic = crate::world::not_sold(self.world, name, span);
            self.diagnostics.extend(diagnostic);
            return unknown(span);
        }
        // What it is compared with is wrong already; then nobody can tell what this means.
        if expected == Some(Type::Unknown) {
            return unknown(span);
        }
        if let Some(diagnostic) = self.not_here(name, span) {
            self.diagnostics.push(diagnostic);
            return unknown(span);
        }
        if matches!(expected, Some(Type::Text)) {
            self.diagnostics.push(
                Diagnostic::error(
                    codes::UNKNOWN_NAME,
                    format!("nothing is called `{name}` here"),
                )
                .at(span, "unknown name")
                .suggest("a text stands in quotes", span, format!("{name:?}")),
            );
            return unknown(span);
        }
        if let Some(truth) = truth(name) {
            let diagnostic = Diagnostic::error(
                codes::UNKNOWN_NAME,
                format!("nothing is called `{name}` here"),
            );
            self.diagnostics.push(
                diagnostic
                    .at(span, "a truth value of other languages")
                    .suggest(format!("write `{truth}`"), span, truth),
            );
            return unknown(span);
        }
        let diagnostic = Diagnostic::error(
            codes::UNKNOWN_NAME,
            format!("nothing is called `{name}` here"),
        )
        .at(span, "unknown name");
        let facts: Vec<String> = self
            .world
            .facts
            .iter()
            .map(|fact| format!("{}.{}", fact.group, fact.name))
            .collect();
        let same = facts
            .iter()
            .find(|fact| fact.rsplit('.').next() == Some(name));
        let in_enum = self
            .world
            .enums
            .iter()
            .find(|found| found.values.iter().any(|value| value == name));
        let options = self
            .scope
            .product
            .and_then(|product| self.product(product))
            .is_some_and(|product| {
                option_of(product, name).is_some()
                    || self.world.line_facts.iter().any(|fact| fact.name == name)
            });
        let parts_later = self.scope.parts_before.is_some()
            && self
                .scope
                .product
                .and_then(|product| self.product(product))
                .is_some_and(|product| product.parts.iter().any(|part| part.name == name));
        let diagnostic = if options {
            diagnostic.suggest(
                "options of what is charged and facts of its line are named after `line.`",
                span,
                format!("line.{name}"),
            )
        } else if parts_later {
            diagnostic.note("only parts written before this one are known here")
        } else if let Some(fact) = same {
            diagnostic.suggest(
                format!("did you mean the fact `{fact}`"),
                span,
                fact.clone(),
            )
        } else if find(&self.world.products, name).is_some() {
            diagnostic.note(format!(
                "`{name}` is a product; ask a part for it, as `part is {name}` or `part has {name}`"
            ))
        } else if let Some(found) = in_enum {
            diagnostic.note(format!(
                "`{name}` is a value of `{}`; it stands where such a value is compared",
                found.name
            ))
        } else {
            let known = self
                .world
                .amounts
                .iter()
                .map(|amount| amount.name.as_str())
                .chain(self.world.defines.iter().map(|define| define.name.as_str()))
                .chain(self.world.results.iter().map(|result| result.name.as_str()));
            match nearest(name, known) {
                Some(near) => diagnostic.suggest(format!("did you mean `{near}`"), span, near),
                None => diagnostic,
            }
        };
        self.diagnostics.push(diagnostic);
        unknown(span)
    }

    pub(super) fn unknown_pair(&mut self, first: &str, second: &str, span: Span) -> Expr {
        let text = format!("{first}.{second}");
        if self.world.has_group(first) {
            let names: Vec<&str> = self
                .world
                .facts
                .iter()
                .filter(|fact| fact.group == first)
                .map(|fact| fact.name.as_str())
                .collect();
            let diagnostic =
                Diagnostic::error(codes::UNKNOWN_NAME, format!("there is no fact `{text}`"))
                    .at(span, format!("no fact of `{first}` has this name"));
            let diagnostic = match nearest(second, names.iter().copied()) {
                Some(near) => diagnostic.suggest(
                    format!("did you mean `{first}.{near}`"),
                    span,
                    format!("{first}.{near}"),
                ),
                None => diagnostic.note(format!("facts of `{first}`: {}", names.join(", "))),
            };
            self.diagnostics.push(diagnostic);
            return unknown(span);
        }
        let diagnostic = Diagnostic::error(
            codes::UNKNOWN_NAME,
            format!("nothing is called `{text}` here"),
        )
        .at(span, "unknown name");
        // A group without that fact is no help.
        let has = self.world.facts.iter().filter(|fact| fact.name == second);
        let groups: Vec<&str> = has.map(|fact| fact.group.as_str()).collect();
        let diagnostic = match nearest(first, groups) {
            Some(near) => diagnostic.suggest(format!("did you mean `{near}.{second}`"), span, format!("{near}.{second}")),
            None => diagnostic.note("a fact is `group.name`, an option of a part is `part.option`, an option of what is charged is `line.option`"),
        };
        self.diagnostics.push(diagnostic);
        unknown(span)
    }
}
