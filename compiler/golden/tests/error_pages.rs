//! A page for every code: what it means, why it is refused, what it looks like, how to mend it.
//!
//! The pages below `docs/errors/` are made of three things: the registry of codes, the words of `errors/meaning.txt`, and the
//! shortest report that some fixture provokes. `QUO_BLESS=1` writes them; otherwise this test fails where a page is not what
//! it would write, where a code lacks its words, or where nothing provokes it.

#[path = "../../analysis/tests/support/mod.rs"]
#[expect(
    dead_code,
    reason = "these tests build what the tests of the analysis check"
)]
mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use quo_model::PackageStore;
use quo_source::{Code, Diagnostic, SourceFile, Sources, codes, render};

/// Codes about the compiler and not about a text: nothing that is written provokes them.
const WITHOUT_EXAMPLE: &[Code] = &[codes::CANCELLED, codes::OVER_BUDGET, codes::BROKEN_RULES];

/// What a page says.
struct Words {
    means: String,
    why: String,
    mend: String,
}

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The words of every code.
fn words() -> BTreeMap<String, Words> {
    let text = std::fs::read_to_string(here("tests/errors/meaning.txt")).expect("UTF-8");
    let mut found = BTreeMap::new();
    for block in text.split("\n\n").skip(1) {
        let mut lines = block.lines();
        let code = lines.next().expect("a code").to_owned();
        let mut line = |begin: &str| {
            let line = lines
                .next()
                .unwrap_or_else(|| panic!("{code} says `{begin}`"));
            let said = line.strip_prefix(begin);
            said.unwrap_or_else(|| panic!("{code} says `{begin}`: {line}"))
                .to_owned()
        };
        let words = Words {
            means: line("means: "),
            why: line("why: "),
            mend: line("mend: "),
        };
        found.insert(code, words);
    }
    found
}

/// The shortest report of each code among all fixtures.
fn examples() -> BTreeMap<&'static str, String> {
    let mut found: BTreeMap<&'static str, String> = BTreeMap::new();
    let mut keep = |sources: &Sources, diagnostics: &[Diagnostic]| {
        for one in diagnostics {
            let report = render::terminal(sources, std::slice::from_ref(one), false);
            let best = found.entry(one.code.id()).or_insert_with(|| report.clone());
            // Of two reports of one length the one that comes first in the alphabet: whatever the order of the files.
            if (report.len(), &report) < (best.len(), best) {
                *best = report;
            }
        }
    };
    for (_, text) in support::cases("refused") {
        let case = support::check_case(&text);
        keep(&case.sources, &case.diagnostics);
    }
    for entry in
        std::fs::read_dir(here("../../dsl/syntax/tests/fixtures/mistakes")).expect("fixtures")
    {
        let text = std::fs::read_to_string(entry.expect("an entry").path()).expect("UTF-8");
        let file = SourceFile::new("rules.quo", text.as_str()).expect("a relative path");
        let sources = Sources::new([file]).expect("one file");
        let id = sources.find("rules.quo").expect("just added");
        keep(&sources, quo_syntax::parse(id, &text).diagnostics());
    }
    for text in own_cases() {
        let files = support::files(&text);
        let files = files.iter().map(|(path, text)| {
            SourceFile::new(path.as_str(), text.as_str()).expect("a relative path")
        });
        let built = quo_driver::build(Sources::new(files).expect("one file of each path"));
        let built = built.expect("nobody cancels it");
        keep(&built.sources, &built.diagnostics);
        let (Some(package), Some(rules)) = (built.package, built.rules) else {
            continue;
        };
        let folder = tempfile::tempdir().expect("a folder");
        let store = PackageStore::open(folder.path()).expect("a store");
        let digest = store.put(&package).expect("a package");
        for outcome in quo_golden::run(&store.get(&digest).expect("the package"), &rules.tests) {
            keep(&built.sources, &outcome.failures);
        }
    }
    found
}

/// Cases of codes that neither parsing nor checking gives: `errors/Q5003.txt`.
fn own_cases() -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(here("tests/errors")).expect("a folder of cases") {
        let path = entry.expect("an entry").path();
        let name = path
            .file_stem()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        if name.starts_with('Q') {
            found.push(std::fs::read_to_string(path).expect("UTF-8"));
        }
    }
    found
}

fn page(code: Code, words: &Words, example: Option<&String>) -> String {
    let mut page = format!("# {code}: {}\n\n{}\n\n", code.title(), words.means);
    let _ = write!(page, "## Why\n\n{}\n\n", words.why);
    if let Some(example) = example {
        let _ = write!(
            page,
            "## Example\n\n```text\n{}\n```\n\n",
            example.trim_end()
        );
    }
    let _ = writeln!(page, "## How to mend it\n\n{}", words.mend);
    page
}

fn index() -> String {
    let mut index = String::from(
        "# Errors, warnings and notes\n\nWhat the compiler says has a code that never changes its meaning. `quo error CODE` prints its page in the terminal.\n",
    );
    let about = |first: Option<char>| match first {
        Some('0') => "Text and syntax",
        Some('1') => "Names",
        Some('2') => "Types and numbers",
        Some('3') => "Tables and prices",
        Some('4') => "Rules",
        Some('5') => "Tests",
        _ => "Limits of the compiler",
    };
    let mut before = "";
    for code in codes::ALL {
        let heading = about(code.id().chars().nth(1));
        if heading != before {
            let _ = write!(index, "\n## {heading}\n\n");
            before = heading;
        }
        let _ = writeln!(index, "- [{code}]({code}.md): {}", code.title());
    }
    index
}

/// The pages as a table in Rust, so that `quo error` has them without any file.
fn embedded() -> String {
    let mut text = String::from(
        "//! The pages of `docs/errors/`, for `quo error`. Written by the test that writes the pages.\n\n/// Every page by its code, sorted.\npub const PAGES: &[(&str, &str)] = &[\n",
    );
    for code in codes::ALL {
        let _ = writeln!(
            text,
            "    (\"{code}\", include_str!(\"../../../docs/errors/{code}.md\")),"
        );
    }
    text.push_str("];\n");
    text
}

#[test]
fn every_code_has_its_page() {
    let (words, examples) = (words(), examples());
    let folder = here("../../docs/errors");
    let mut wanted: BTreeMap<PathBuf, String> = BTreeMap::new();
    let mut lacking = Vec::new();
    for code in codes::ALL {
        let Some(words) = words.get(code.id()) else {
            lacking.push(format!("{code} has no words in errors/meaning.txt"));
            continue;
        };
        let example = examples.get(code.id());
        if example.is_none() && !WITHOUT_EXAMPLE.contains(code) {
            lacking.push(format!("no fixture provokes {code}"));
        }
        wanted.insert(
            folder.join(format!("{code}.md")),
            page(*code, words, example),
        );
    }
    assert!(lacking.is_empty(), "{lacking:#?}");
    for code in words.keys() {
        assert!(codes::find(code).is_some(), "{code} is not in the registry");
    }
    wanted.insert(folder.join("README.md"), index());
    wanted.insert(here("../cli/src/pages.rs"), embedded());
    if std::env::var_os("QUO_BLESS").is_some() {
        std::fs::create_dir_all(&folder).expect("the folder of the pages");
        for (path, text) in &wanted {
            std::fs::write(path, text).expect("a page can be written");
        }
    }
    for (path, text) in &wanted {
        let there = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            there == *text,
            "{} is not what it would be now; run this test with QUO_BLESS=1 and read the difference",
            path.display()
        );
    }
    let pages = std::fs::read_dir(&folder).expect("the folder of the pages");
    for page in pages {
        let path = page.expect("an entry").path();
        let known = wanted
            .keys()
            .any(|wanted| wanted.file_name() == path.file_name());
        assert!(known, "{} is the page of no code", path.display());
    }
}
