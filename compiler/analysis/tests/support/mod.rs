//! The harness: a case is text, a small ruleset that changes a valid one; what comes out is text, too.
//!
//! A case holds sections: `// file: path` and the file that is added to the valid ruleset or takes the place of one of its
//! files (`path sheet NAME` for a sheet of a workbook, as comma-separated text), `// without: path` for a file that is left out, `// alone`
//! for all of them but the header. A small case leaves most of what the valid ruleset declares unused, and prices
//! only what it is about; such findings ([`INCOMPLETE`]) are left out where it does not ask for them with `// with: Q1020`. Text before the first section explains the case to its reader.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use quo_analysis::{Checked, check};
use quo_source::{
    Code, Diagnostic, FileError, SourceFile, Sources, Work, Worksheet, codes, render,
};

/// Enough for every case; one that needs more hangs.
const WORK_LIMIT: u64 = 2_000_000;

/// Findings that every small case would have.
pub const INCOMPLETE: &[Code] = &[codes::UNUSED, codes::PRICE_GAP, codes::MISSING_PRICE];

/// The files of a ruleset by path.
pub type Files = BTreeMap<String, String>;

/// A checked case.
pub struct Case {
    /// The files.
    pub sources: Sources,
    /// What checking gave, without what the parser said.
    pub checked: Checked,
    /// Everything that was said.
    pub diagnostics: Vec<Diagnostic>,
}

impl Case {
    /// What a person reads in a terminal.
    pub fn report(&self) -> String {
        render::terminal(&self.sources, &self.diagnostics, false)
    }
}

/// The folder of fixtures.
fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../analysis/tests/fixtures")
        .join(name)
}

/// Every case of a folder with its name, in the order of the names.
pub fn cases(name: &str) -> Vec<(String, String)> {
    let mut found: Vec<_> = std::fs::read_dir(folder(name))
        .expect("a folder of cases")
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let case = path
                .file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            (case, std::fs::read_to_string(path).expect("UTF-8"))
        })
        .collect();
    found.sort();
    found
}

/// The valid ruleset that cases change.
pub fn base() -> Files {
    let entries = std::fs::read_dir(folder("base")).expect("the base ruleset");
    entries
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy();
            let name = name.replacen("prices_", "prices/", 1);
            (name, std::fs::read_to_string(path).expect("UTF-8"))
        })
        .collect()
}

/// The files of a case.
pub fn files(case: &str) -> Files {
    let mut files = base();
    let mut current: Option<String> = None;
    for line in case.lines() {
        if line == "// alone" {
            files.retain(|path, _| path == "ruleset.quo");
        } else if let Some(path) = line.strip_prefix("// without: ") {
            assert!(
                files.remove(path.trim()).is_some(),
                "{path} is in no ruleset"
            );
            current = None;
        } else if let Some(path) = line.strip_prefix("// file: ") {
            files.insert(path.trim().to_owned(), String::new());
            current = Some(path.trim().to_owned());
        } else if let Some(text) = current.as_ref().and_then(|path| files.get_mut(path)) {
            text.push_str(line);
            text.push('\n');
        }
    }
    files
}

/// A file, or a sheet of a workbook. In sheets `#` is a cell without a value.
fn source(number: u32, path: &str, text: &str) -> Result<SourceFile, FileError> {
    let Some((path, sheet)) = path.split_once(" sheet ") else {
        return SourceFile::new(path, text);
    };
    let flaws = text.match_indices('#').map(|(at, _)| {
        let at = u32::try_from(at).expect("short");
        (at, "the cell holds the error `#N/A`".to_owned())
    });
    SourceFile::worksheet(
        path,
        Worksheet::new(sheet, number, 1, flaws.collect()),
        text,
    )
}

/// The files of a ruleset as sources.
pub fn sources(files: &Files) -> Sources {
    let files = (0..).zip(files);
    let files = files.map(|(number, (path, text))| source(number, path, text).expect("a path"));
    Sources::new(files).expect("one file of each path")
}

/// Checks the files of a ruleset, as the pipeline does.
pub fn check_files(files: &Files) -> Case {
    let mut sources = sources(files);
    let (parses, trees) = loop {
        let rules = sources.iter().filter(|(_, file)| !file.is_table());
        let parses: Vec<_> = rules
            .map(|(id, file)| (id, quo_syntax::parse(id, file.text())))
            .collect();
        let trees: Vec<_> = parses
            .iter()
            .map(|(id, parse)| (*id, parse.tree()))
            .collect();
        let modules = quo_analysis::modules::missing(&sources, &trees);
        if modules.is_empty() {
            break (parses, trees);
        }
        let files = sources.iter().map(|(_, file)| file.clone());
        sources = Sources::new(files.chain(modules)).expect("a path that was free");
    };
    let mut diagnostics: Vec<Diagnostic> = parses
        .iter()
        .flat_map(|(_, parse)| parse.diagnostics().to_vec())
        .collect();
    let checked = check(&sources, &trees, &Work::limited(WORK_LIMIT)).expect("within the budget");
    diagnostics.extend(checked.diagnostics.clone());
    Diagnostic::sort(&mut diagnostics);
    Case {
        sources,
        checked,
        diagnostics,
    }
}

/// Checks a case.
pub fn check_case(case: &str) -> Case {
    let mut checked = check_files(&files(case));
    let wanted = |code: &str| {
        let mut asked = case
            .lines()
            .filter_map(|line| line.strip_prefix("// with: "));
        asked.any(|codes| codes.contains(code))
    };
    let left_out = |code: Code| INCOMPLETE.contains(&code) && !wanted(code.id());
    checked.diagnostics.retain(|found| !left_out(found.code));
    checked
}
