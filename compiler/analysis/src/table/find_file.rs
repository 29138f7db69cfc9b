//! From the name of a file in a rule to the file: by its path, and in a workbook by the sheet.

use quo_source::{Diagnostic, FileId, SourceFile, Sources, codes};

use super::file::Named;
use crate::show::nearest;

/// The file, or the sheet of it; else what to tell.
pub(super) fn find<'s>(
    sources: &'s Sources,
    named: Named<'_>,
) -> Result<(FileId, &'s SourceFile), Box<Diagnostic>> {
    let files: Vec<(FileId, &SourceFile)> = sources.all_of(named.path).collect();
    let first = files.first().ok_or_else(|| missing(sources, named))?;
    if let Some(reason) = first.1.why_unreadable() {
        let message = format!("`{}` cannot be read as a table: {reason}", named.path);
        return Err(problem(codes::BAD_CSV, message, named));
    }
    let sheets = || files.iter().filter_map(|(_, file)| file.sheet());
    let tabs: Vec<&str> = sheets().map(|sheet| sheet.name()).collect();
    match (named.sheet, files.as_slice()) {
        (Some(wanted), _) => {
            let is_it = |file: &SourceFile| file.sheet().is_some_and(|it| it.name() == wanted);
            let found = files.iter().find(|(_, file)| is_it(file)).copied();
            found.ok_or_else(|| no_sheet(named, wanted, &tabs))
        }
        (None, [only]) => Ok(*only),
        (None, _) => {
            let message = format!("the workbook `{}` has several sheets", named.path);
            let found = problem(codes::MISSING_SHEET, message, named);
            let example = format!("{:?} sheet {:?}", named.path, tabs.first().unwrap_or(&""));
            Err(Box::new(found.note(format!(
                "write one of {}: `from {example}`",
                quoted(&tabs)
            ))))
        }
    }
}

fn missing(sources: &Sources, named: Named<'_>) -> Box<Diagnostic> {
    let path = named.path;
    let message = format!("there is no file `{path}` in the folder of the ruleset");
    let found = *problem(codes::MISSING_FILE, message, named);
    let tables = sources.iter().filter(|(_, file)| file.is_table());
    Box::new(match nearest(path, tables.map(|(_, file)| file.path())) {
        Some(near) => {
            let (message, replacement) = (format!("did you mean `{near:?}`"), format!("{near:?}"));
            found.suggest(message, named.span, replacement)
        }
        None => found.note("paths are relative to the folder of `ruleset.quo`, with `/`"),
    })
}

fn no_sheet(named: Named<'_>, wanted: &str, tabs: &[&str]) -> Box<Diagnostic> {
    if tabs.is_empty() {
        let message = format!("`{}` is no workbook and has no sheets", named.path);
        return problem(codes::MISSING_SHEET, message, named);
    }
    let message = format!("the workbook `{}` has no sheet `{wanted}`", named.path);
    let found = *problem(codes::MISSING_SHEET, message, named);
    Box::new(match nearest(wanted, tabs.iter().copied()) {
        Some(near) => found.note(format!("did you mean `sheet {near:?}`")),
        None => found.note(format!("it has {}", quoted(tabs))),
    })
}

fn problem(code: quo_source::Code, message: String, named: Named<'_>) -> Box<Diagnostic> {
    Box::new(Diagnostic::error(code, message).at(named.span, "named here"))
}

fn quoted(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
