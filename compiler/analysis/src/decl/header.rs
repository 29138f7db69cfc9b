//! The header of a ruleset: its name, version, edition and the selling dates it serves.

use quo_source::{Diagnostic, FileId, Sources, Span, codes};
use quo_syntax::ast::{self, AstNode};

use super::Items;
use crate::expr::literal::day;
use crate::hir::Window;

/// The header.
pub struct Header {
    /// Dotted name.
    pub name: String,
    /// Semantic version.
    pub version: [u32; 3],
    /// Edition of the language.
    pub edition: u32,
    /// Selling dates.
    pub effective: Window,
}

/// The newest edition of the language this compiler knows.
pub const EDITION: u32 = 1;

/// Reads the header.
pub fn read(items: &Items, sources: &Sources, diagnostics: &mut Vec<Diagnostic>) -> Option<Header> {
    let root = |file: FileId| {
        sources
            .get(file)
            .is_some_and(|found| found.path() == "ruleset.quo")
    };
    for item in &items.rulesets {
        if !root(item.file) {
            diagnostics.push(
                Diagnostic::error(
                    codes::STRAY_HEADER,
                    "only the file `ruleset.quo` begins with the header of the ruleset",
                )
                .at(item.node.span(item.file), "not here"),
            );
        }
    }
    let mut headers = items.rulesets.iter().filter(|item| root(item.file));
    let Some(item) = headers.next() else {
        diagnostics.push(
            Diagnostic::error(codes::MISSING_HEADER, "there is no file `ruleset.quo` with the header of the ruleset")
                .note("it begins with `ruleset company.product 1.0.0` and `language 1`; `quo new NAME` makes one"),
        );
        return None;
    };
    if let Some(again) = headers.next() {
        diagnostics.push(
            Diagnostic::error(codes::STRAY_HEADER, "the header stands twice")
                .at(again.node.span(again.file), "again here"),
        );
    }
    let edition = match items.languages.as_slice() {
        [only] => only.node.edition().and_then(|edition| {
            let number = edition
                .integer()
                .ok()
                .and_then(|number| u32::try_from(number).ok())
                .filter(|number| (1..=EDITION).contains(number));
            if number.is_none() {
                diagnostics.push(
                    Diagnostic::error(
                        codes::UNKNOWN_EDITION,
                        format!(
                            "this compiler does not know edition `{}` of the language",
                            edition.source().trim()
                        ),
                    )
                    .at(
                        edition.span(only.file),
                        format!("it knows editions 1 to {EDITION}"),
                    ),
                );
            }
            number
        }),
        [] => {
            let span = item.node.span(item.file);
            diagnostics.push(
                Diagnostic::error(
                    codes::MISSING_HEADER,
                    "the edition of the language is not stated",
                )
                .at(span, "after this line")
                .suggest("state it", span.after(), "\nlanguage 1"),
            );
            None
        }
        [_, again, ..] => {
            diagnostics.push(
                Diagnostic::error(
                    codes::STRAY_HEADER,
                    "the edition of the language stands twice",
                )
                .at(again.node.span(again.file), "again here"),
            );
            None
        }
    };
    let effective = match items.effectives.as_slice() {
        [] => Window::default(),
        [only] => only
            .node
            .window()
            .map(|node| window(&node, only.file, diagnostics))
            .unwrap_or_default(),
        [_, again, ..] => {
            diagnostics.push(
                Diagnostic::error(
                    codes::STRAY_HEADER,
                    "the selling dates of the ruleset stand twice",
                )
                .at(again.node.span(again.file), "again here"),
            );
            Window::default()
        }
    };
    let version = item.node.version().and_then(|text| version(&text));
    if version.is_none() {
        diagnostics.push(
            Diagnostic::error(
                codes::MISSING_HEADER,
                "the version of the ruleset is missing",
            )
            .at(item.node.span(item.file), "three numbers, such as `1.0.0`"),
        );
    }
    Some(Header {
        name: item.node.name()?.text(),
        version: version?,
        edition: edition?,
        effective,
    })
}

fn version(text: &str) -> Option<[u32; 3]> {
    let mut parts = text.split('.').map(|part| part.parse::<u32>().ok());
    let version = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(version)
}

/// A window of days; one that ends before it begins is reported.
pub fn window(node: &ast::Window, file: FileId, diagnostics: &mut Vec<Diagnostic>) -> Window {
    let read = |end: Option<Result<quo_syntax::literal::Date, _>>| {
        end.and_then(|end: Result<_, quo_syntax::literal::LiteralError>| end.ok())
            .and_then(day)
    };
    let window = Window {
        from: read(node.first_day()),
        to: read(node.last_day()),
    };
    if let Window {
        from: Some(from),
        to: Some(to),
    } = window
        && from > to
    {
        let span: Span = node.span(file);
        diagnostics.push(
            Diagnostic::error(codes::EMPTY_WINDOW, "this window ends before it begins")
                .at(span, format!("{from} is after {to}")),
        );
    }
    window
}
