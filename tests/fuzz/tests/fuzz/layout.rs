//! The formatter on every file of the repository and on ten thousand made ones: nothing is lost, nothing changes its
//! meaning, and what is formatted is at rest.

use std::collections::BTreeMap;

use quo_driver::{Files, Pipeline, load};
use quo_format::{format, same_meaning};
use quo_fuzz::layout::{Before, Piece, write};
use quo_fuzz::random::Random;
use quo_fuzz::{grammar, ruleset};
use quo_source::{FileId, SourceFile, Sources, Work};
use quo_syntax::{SyntaxKind, lexer, parse};

use crate::corpus;

/// Made files that are formatted.
const MADE: u64 = 10_000;
/// Made rulesets that are compiled before and after.
const COMPILED: u64 = 150;

/// The words, numbers, texts, signs and comments of a text, without commas.
fn tokens(text: &str) -> Vec<(SyntaxKind, &str)> {
    lexer::lex(text)
        .into_iter()
        .map(|token| {
            (
                token.kind,
                &text[token.range.start as usize..token.range.end as usize],
            )
        })
        .filter(|(kind, _)| {
            !matches!(
                kind,
                SyntaxKind::WHITESPACE | SyntaxKind::NEWLINE | SyntaxKind::COMMA
            )
        })
        .map(|(kind, text)| (kind, text.trim_end()))
        .collect()
}

/// Formats a text without errors and checks what is promised of every text; `None` where it has errors.
fn formatted(name: &str, text: &str) -> Option<String> {
    let formatted = format(text).ok()?;
    let once = formatted.text;
    assert_eq!(
        tokens(text),
        tokens(&once),
        "{name} lost something:\n{text}\n=>\n{once}"
    );
    assert!(
        same_meaning(text, &once),
        "{name} means something else:\n{text}\n=>\n{once}"
    );
    assert!(
        formatted.kept.is_empty(),
        "{name} has lines that were kept:\n{text}\n=>\n{once}"
    );
    let twice =
        format(&once).unwrap_or_else(|errors| panic!("{name} has errors now: {errors:?}\n{once}"));
    assert_eq!(twice.text, once, "{name} is not at rest:\n{text}");
    for line in once.lines() {
        assert_eq!(
            line.trim_end(),
            line,
            "{name} has blanks at the end of a line"
        );
    }
    Some(once)
}

#[test]
fn every_file_of_the_repository() {
    let files = corpus::files();
    let count = files
        .iter()
        .filter(|(path, text)| formatted(&path.display().to_string(), text).is_some())
        .count();
    assert!(
        count >= 40,
        "only {count} of {} files have no errors",
        files.len()
    );
}

#[test]
fn ten_thousand_made_files() {
    let mut long = 0;
    for seed in 0..MADE / 2 {
        let text = grammar::file(&mut Random::new(seed));
        let errors = parse(FileId(0), &text);
        assert!(
            errors.diagnostics().is_empty(),
            "seed {seed} is not valid: {:#?}\n{text}",
            errors.diagnostics()
        );
        let formatted = formatted(&format!("seed {seed}"), &text).expect("it is valid");
        long += usize::from(formatted.lines().any(|line| line.len() > 100));
    }
    // Some of them are wide enough for the layout to have something to decide.
    assert!(long > 100, "{long} files are wide");
}

/// A text with other white space: its lines end where they ended, since that may mean something.
fn careless(text: &str, random: &mut Random) -> String {
    let mut pieces = Vec::new();
    let (mut line_ends, mut blank, mut any) = (false, false, false);
    for token in lexer::lex(text) {
        let word = &text[token.range.start as usize..token.range.end as usize];
        match token.kind {
            SyntaxKind::NEWLINE => (line_ends, blank) = (true, false),
            SyntaxKind::WHITESPACE => blank = true,
            kind => {
                let before = match (any, line_ends, blank) {
                    (false, _, _) | (_, true, false) => Before::FirstColumn,
                    (_, true, true) => Before::NewLine,
                    (_, false, true) => Before::SameLine,
                    (_, false, false) => Before::Nothing,
                };
                // A comment ends its line: nothing may be put behind it.
                let text = word.trim_end().to_owned();
                pieces.push(Piece { before, text });
                (line_ends, blank, any) = (false, false, true);
                let _ = kind;
            }
        }
    }
    write(&pieces, random)
}

#[test]
fn five_thousand_careless_versions_of_the_files_of_the_repository() {
    let files: Vec<String> = corpus::texts()
        .into_iter()
        .filter(|text| format(text).is_ok() && text.len() < 3_000)
        .collect();
    assert!(files.len() >= 30);
    let mut formatted_files = 0;
    for seed in 0..MADE / 2 {
        let mut random = Random::new(seed);
        let original: &String = random.pick(&files);
        let text = careless(original, &mut random);
        formatted_files += u64::from(formatted(&format!("seed {seed}"), &text).is_some());
    }
    assert_eq!(formatted_files, MADE / 2, "a careless version has errors");
}

/// The decision model of a ruleset as text, without places; `None` where it does not compile.
fn model(files: &BTreeMap<String, String>) -> Option<String> {
    let files = files.iter().map(|(path, text)| {
        SourceFile::new(path.as_str(), text.as_str()).expect("a relative path")
    });
    let sources = Sources::new(files).expect("one file of each path");
    let pipeline = Pipeline::new(Work::unlimited());
    let parsed = pipeline
        .parse(Files { sources })
        .expect("nobody cancels it");
    let checked = pipeline.check(parsed).expect("nobody cancels it");
    let lowered = pipeline.lower(checked).lowered?;
    Some(format!("{:?}", lowered.model))
}

/// The same files, formatted.
fn tidy(files: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let tidied = files.iter().map(|(path, text)| {
        let tidy = if path.ends_with(".quo") {
            formatted(path, text).expect("it compiles")
        } else {
            text.clone()
        };
        (path.clone(), tidy)
    });
    tidied.collect()
}

/// The same files, carelessly written.
fn untidy(files: &BTreeMap<String, String>, seed: u64) -> BTreeMap<String, String> {
    let mut random = Random::new(seed);
    let untidied = files.iter().map(|(path, text)| {
        let untidy = if path.ends_with(".quo") {
            careless(text, &mut random)
        } else {
            text.clone()
        };
        (path.clone(), untidy)
    });
    untidied.collect()
}

#[test]
fn a_formatted_ruleset_is_the_same_model() {
    let mut compiled = 0;
    for folder in corpus::ruleset_folders() {
        let Ok(sources) = load(&folder) else { continue };
        let files: BTreeMap<_, _> = sources
            .iter()
            .map(|(_, file)| (file.path().to_owned(), file.text().to_string()))
            .collect();
        let Some(expected) = model(&files) else {
            continue;
        };
        compiled += 1;
        let name = folder.display();
        let untidy = untidy(&files, 7);
        assert!(
            model(&untidy).as_ref() == Some(&expected),
            "{name}: white space means something"
        );
        assert!(
            model(&tidy(&untidy)).as_ref() == Some(&expected),
            "{name}: its layout means something"
        );
    }
    assert!(compiled >= 3, "only {compiled} rulesets compile");
    let mut made = 0;
    for seed in 0..COMPILED {
        let bundle = ruleset::ruleset(&mut Random::new(seed));
        let mut files: BTreeMap<_, _> = ruleset::files(&bundle).into_iter().collect();
        files.remove(ruleset::REQUEST);
        let Some(expected) = model(&files) else {
            continue;
        };
        made += 1;
        let untidy = untidy(&files, seed);
        assert!(
            model(&tidy(&untidy)) == Some(expected),
            "seed {seed}: its layout means something\n{bundle}"
        );
    }
    assert!(
        made > COMPILED * 3 / 4,
        "only {made} of {COMPILED} made rulesets compile"
    );
}
