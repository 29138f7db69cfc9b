//! The standard library: modules written in the language itself, which the compiler brings along.
//!
//! `use std.NAME` adds the file `std/NAME.quo` to those of the ruleset; from there on it is a file like the others: spans
//! point into it, and the package carries its text, so that a package says by itself what was decided with. A file of
//! that path which is already there is taken as it is: that is how rules are built again from the sources of a package,
//! whatever the compiler of the day brings. Nothing here reads a file: the texts are part of the compiler.

use quo_source::{Diagnostic, FileId, SourceFile, Sources, codes};
use quo_syntax::ast::{self, AstNode};

use crate::decl::Placed;
use crate::show::nearest;

/// The folder of the modules among the files of a ruleset.
const FOLDER: &str = "std/";

/// The modules, sorted by name.
const MODULES: [(&str, &str); 6] = [
    ("calendar", include_str!("../../../stdlib/calendar.quo")),
    ("changes", include_str!("../../../stdlib/changes.quo")),
    ("proration", include_str!("../../../stdlib/proration.quo")),
    ("rounding", include_str!("../../../stdlib/rounding.quo")),
    ("tax", include_str!("../../../stdlib/tax.quo")),
    ("usage", include_str!("../../../stdlib/usage.quo")),
];

/// The files of the modules that these files use and that are not among the sources. A module may use others: whoever adds
/// the files asks again with their trees, until nothing is missing.
#[must_use]
pub fn missing(sources: &Sources, trees: &[(FileId, ast::SourceFile)]) -> Vec<SourceFile> {
    let items = trees.iter().flat_map(|(_, tree)| tree.items());
    let mut used: Vec<String> = items
        .filter_map(|item| match item {
            ast::Item::Use(node) => named(&node.module()?),
            _ => None,
        })
        .collect();
    used.sort();
    used.dedup();
    MODULES
        .iter()
        .filter(|(name, _)| used.iter().any(|used| used == name))
        .map(|(name, text)| (format!("{FOLDER}{name}.quo"), *text))
        .filter(|(path, _)| sources.find(path).is_none())
        .filter_map(|(path, text)| SourceFile::new(path, text).ok())
        .collect()
}

/// Whether a file is one of a module: what it declares need not be used.
#[must_use]
pub fn is_module(sources: &Sources, file: FileId) -> bool {
    sources
        .get(file)
        .is_some_and(|found| found.path().starts_with(FOLDER))
}

/// The name of the module in `std.NAME`.
fn named(module: &ast::Path) -> Option<String> {
    match module.segments().as_slice() {
        [(library, _), (name, _)] if library == "std" => Some(name.clone()),
        _ => None,
    }
}

/// Reports the modules that there are not.
pub fn unknown(sources: &Sources, uses: &[Placed<ast::Use>], diagnostics: &mut Vec<Diagnostic>) {
    for item in uses {
        let Some(module) = item.node.module() else {
            continue;
        };
        let known = named(&module)
            .is_some_and(|name| sources.find(&format!("{FOLDER}{name}.quo")).is_some());
        if known {
            continue;
        }
        let text = module.text();
        let place = module.span(item.file);
        let diagnostic =
            Diagnostic::error(codes::UNKNOWN_NAME, format!("there is no module `{text}`"))
                .at(place, "unknown module");
        let name = text.strip_prefix("std.").unwrap_or(&text);
        let names = MODULES.iter().map(|(name, _)| *name);
        diagnostics.push(match nearest(name, names.clone()) {
            Some(near) => {
                let near = format!("std.{near}");
                diagnostic.suggest(format!("did you mean `{near}`"), place, near)
            }
            None => {
                let all: Vec<String> = names.map(|name| format!("`std.{name}`")).collect();
                diagnostic.note(format!("modules: {}", all.join(", ")))
            }
        });
    }
}
