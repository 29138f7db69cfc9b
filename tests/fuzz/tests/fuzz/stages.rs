//! The targets, a test each.

use quo_driver::{Built, Pipeline};
use quo_engine::{EvaluateError, Limits, Package, evaluate, read_request, replay};
use quo_fuzz::hunt::{Hunted, Plan, hunt};
use quo_fuzz::random::Random;
use quo_fuzz::ruleset::{REQUEST, files};
use quo_fuzz::{grammar, ruleset};
use quo_model::PackageStore;
use quo_source::{Diagnostic, FileId, SourceFile, Sources, Work, codes, render};
use quo_syntax::{cell, lexer, parse};

use crate::corpus;

/// Seconds of each target where nobody says otherwise.
const SECONDS: u64 = 15;
/// Rulesets larger than this are not damaged: small ones are tried a hundred times as often.
const RULESET_LEN_MAX: usize = 12_000;
/// Steps of the compiler for one input; the largest ruleset of the repository takes less.
const WORK_LIMIT: u64 = 20_000_000;

fn run(
    name: &str,
    corpus: &[String],
    make: &dyn Fn(&mut Random) -> String,
    target: &dyn Fn(&str) -> bool,
) -> Hunted {
    let hunted = hunt(name, Plan::from_environment(SECONDS), corpus, make, target);
    assert!(hunted.inputs > 0, "not one input was tried");
    hunted
}

#[test]
fn lexer_covers_every_byte() {
    run("lexer", &corpus::texts(), &grammar::file, &|text| {
        let mut end = 0;
        for token in lexer::lex(text) {
            assert_eq!(token.range.start, end, "a gap");
            assert!(token.range.end > end, "an empty token");
            end = token.range.end;
        }
        assert_eq!(end as usize, text.len());
        true
    });
}

#[test]
fn parser_loses_nothing() {
    let hunted = run("parser", &corpus::texts(), &grammar::file, &|text| {
        let parsed = parse(FileId(0), text);
        assert_eq!(parsed.syntax().text().to_string(), text);
        for label in parsed.diagnostics().iter().flat_map(|found| &found.labels) {
            let range = label.span.start as usize..label.span.end as usize;
            assert!(
                text.get(range).is_some(),
                "{label:?} is no place of the text"
            );
        }
        let file = SourceFile::new("a.quo", text).expect("a relative path");
        let sources = Sources::new([file]).expect("one file");
        let told = render::terminal(&sources, parsed.diagnostics(), false);
        assert_eq!(told.is_empty(), parsed.diagnostics().is_empty());
        parsed.diagnostics().is_empty()
    });
    assert!(hunted.accepted > 0, "not one text was valid");
}

#[test]
fn formatter_is_at_rest_and_changes_no_meaning() {
    let hunted = run("formatter", &corpus::texts(), &grammar::file, &|text| {
        let Ok(once) = quo_format::format(text) else {
            return false;
        };
        assert!(
            quo_format::same_meaning(text, &once.text),
            "another meaning:\n{}",
            once.text
        );
        let twice = quo_format::format(&once.text).expect("it had no errors");
        assert_eq!(twice.text, once.text, "not at rest");
        true
    });
    assert!(hunted.accepted > 0, "not one text was valid");
}

#[test]
fn cells_of_imported_tables_are_read() {
    let cells = [
        "*",
        "-",
        "1 to 100",
        "above 7.5%",
        "up to 10 EUR",
        "A, B",
        "\"a, b\"",
        "2026-01-01 to 2026-12-31",
        "8 hours",
        "<= 5",
    ];
    let corpus: Vec<String> = cells.iter().map(|cell| (*cell).to_owned()).collect();
    let made = |random: &mut Random| (*random.pick(&cells)).to_owned();
    run(
        "cells",
        &corpus,
        &made,
        &|text| match cell::parse_cell(text) {
            Ok(_) => true,
            Err(error) => {
                assert!(error.offset() <= text.len(), "{error} lies outside");
                false
            }
        },
    );
}

/// Builds the files of a bundle; `None` where they cannot be files of a ruleset.
fn build(bundle: &str) -> Option<Built> {
    let files = files(bundle)
        .into_iter()
        .filter(|(path, _)| path != REQUEST);
    let files: Result<Vec<_>, _> = files
        .map(|(path, text)| SourceFile::new(path, text))
        .collect();
    let sources = Sources::new(files.ok()?).ok()?;
    let built = Pipeline::new(Work::limited(WORK_LIMIT))
        .build(sources)
        .expect("it ends within its budget");
    let report = render::terminal(&built.sources, &built.diagnostics, false);
    let broken = |found: &Diagnostic| found.code == codes::BROKEN_RULES;
    assert!(
        !built.diagnostics.iter().any(broken),
        "what was checked contradicts itself\n{report}"
    );
    if built.package.is_none() {
        assert!(
            built.diagnostics.iter().any(Diagnostic::is_error),
            "builds nothing and says nothing"
        );
    }
    Some(built)
}

fn request(bundle: &str) -> Option<String> {
    let found = files(bundle).into_iter().find(|(path, _)| path == REQUEST);
    found.map(|(_, text)| text)
}

/// Decides a request: refused, or decided and repeatable, never damaged.
fn decide(package: &Package, json: &str) -> bool {
    match evaluate(package, json.as_bytes(), &Limits::default()) {
        Ok(evaluation) => {
            let canonical = evaluation.request.canonical(package);
            let again = read_request(package, canonical.to_string().as_bytes());
            again.unwrap_or_else(|refused| {
                panic!("its own canonical form is refused: {refused}\n{canonical}")
            });
            let found = |_| Ok::<_, std::convert::Infallible>(package.clone());
            let replayed = replay(&evaluation.replay_token, found, &Limits::default())
                .expect("what was decided can be decided again");
            assert!(replayed.same, "another answer the second time");
            true
        }
        Err(EvaluateError::Refused(refused)) => {
            assert!(!refused.problems.is_empty(), "refused for no reason");
            false
        }
        Err(EvaluateError::Stopped(stopped)) => {
            panic!("a verified package and a request that was read: {stopped}")
        }
    }
}

/// A store in a folder that goes away, emptied after each input.
struct Shelf {
    store: PackageStore,
    _folder: tempfile::TempDir,
}

impl Shelf {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = PackageStore::open(folder.path()).expect("a store");
        Self {
            store,
            _folder: folder,
        }
    }

    fn open(&self, bytes: &[u8]) -> Package {
        let digest = self
            .store
            .put(bytes)
            .expect("what was written can be opened");
        let package = self.store.get(&digest).expect("it was just put there");
        self.store.remove(&digest).expect("it is there");
        package
    }
}

#[test]
fn compiler_answers_and_what_it_builds_decides() {
    let shelf = Shelf::new();
    let hunted = run(
        "compiler",
        &corpus::bundles(RULESET_LEN_MAX),
        &ruleset::ruleset,
        &|bundle| {
            let Some(bytes) = build(bundle).and_then(|built| built.package) else {
                return false;
            };
            let package = shelf.open(&bytes);
            decide(&package, &request(bundle).unwrap_or_default());
            true
        },
    );
    assert!(hunted.accepted > 0, "not one ruleset was built");
}

#[test]
fn table_imports_are_read_or_refused() {
    let made = |random: &mut Random| {
        let bundle = ruleset::ruleset(random);
        let table = files(&bundle)
            .into_iter()
            .find(|(path, _)| path.ends_with(".csv"));
        table.expect("a made ruleset has a table").1
    };
    let frame = files(&ruleset::ruleset(&mut Random::new(0)));
    let hunted = run("tables", &[], &made, &|table| {
        let files = frame.iter().map(|(path, text)| {
            let text = if path.ends_with(".csv") { table } else { text };
            (path.as_str(), text)
        });
        let built = build(&ruleset::bundle(files));
        built.is_some_and(|built| built.package.is_some())
    });
    assert!(hunted.accepted > 0, "not one table was imported");
}

#[test]
fn evaluator_decides_or_refuses_every_request() {
    let shelf = Shelf::new();
    let mut packages = Vec::new();
    let mut requests = Vec::new();
    for bundle in corpus::bundles(usize::MAX)
        .into_iter()
        .chain((0..6).map(|seed| ruleset::ruleset(&mut Random::new(seed))))
    {
        if let Some(bytes) = build(&bundle).and_then(|built| built.package) {
            packages.push(shelf.open(&bytes));
            requests.push(request(&bundle).unwrap_or_default());
        }
    }
    assert!(packages.len() >= 4, "only {} packages", packages.len());
    let made = |random: &mut Random| random.pick(&requests).clone();
    let hunted = run("evaluator", &requests, &made, &|json| {
        // Its own package, and all those that know nothing of it.
        packages
            .iter()
            .filter(|package| decide(package, json))
            .count()
            > 0
    });
    assert!(hunted.accepted > 0, "not one request was decided");
}

#[test]
fn packages_are_opened_or_refused_and_decide_if_opened() {
    let shelf = Shelf::new();
    let bundle = ruleset::ruleset(&mut Random::new(3));
    let lowered = |bundle: &str| {
        let files = files(bundle)
            .into_iter()
            .filter(|(path, _)| path != REQUEST);
        let files = files.map(|(path, text)| SourceFile::new(path, text).expect("a relative path"));
        let sources = Sources::new(files).expect("one file of each path");
        let pipeline = Pipeline::new(Work::unlimited());
        let parsed = pipeline
            .parse(quo_driver::Files { sources })
            .expect("nobody cancels it");
        let checked = pipeline.check(parsed).expect("nobody cancels it");
        pipeline
            .lower(checked)
            .lowered
            .expect("a made ruleset compiles")
    };
    let lowered = lowered(&bundle);
    let json = request(&bundle).expect("a made ruleset has a request");
    // The input is a list of numbers: where the program is damaged, and how.
    let made = |random: &mut Random| {
        let numbers: Vec<String> = (0..=random.below(9))
            .map(|_| random.below(1 << 30).to_string())
            .collect();
        numbers.join(" ")
    };
    let hunted = run("packages", &[], &made, &|numbers| {
        let mut damaged = lowered.clone();
        for number in numbers
            .split_whitespace()
            .filter_map(|word| word.parse::<u64>().ok())
        {
            damage_program(&mut damaged, &mut Random::new(number));
        }
        let Ok(bytes) = damaged.to_package_bytes() else {
            return false;
        };
        let package = shelf.open(&bytes);
        // What was verified may decide nonsense; it must not decide to panic or never to end.
        let _ = evaluate(&package, json.as_bytes(), &Limits::default());
        true
    });
    assert!(hunted.accepted > 0, "not one damaged package was opened");
}

/// Overwrites one number of the program.
fn damage_program(lowered: &mut quo_lower::Lowered, random: &mut Random) {
    let program = &mut lowered.model.program;
    let small = |random: &mut Random| u8::try_from(random.below(256)).unwrap_or(0);
    let near = |value: u32, random: &mut Random| match random.below(4) {
        0 => value.wrapping_add(1),
        1 => value.wrapping_sub(1),
        2 => u32::try_from(random.below(1 << 16)).unwrap_or(0),
        _ => u32::try_from(random.any() & 0xFFFF_FFFF).unwrap_or(0),
    };
    let at = random.below(program.code.len());
    let routine = random.below(program.routines.len());
    if let (Some(instr), Some(routine)) =
        (program.code.get_mut(at), program.routines.get_mut(routine))
    {
        match random.below(10) {
            0 => instr.op = small(random),
            1 => instr.dst = small(random) % 16,
            2 => instr.a = small(random) % 16,
            3 => instr.b = small(random) % 16,
            4 | 5 => instr.imm = near(instr.imm, random),
            6 => routine.at = near(routine.at, random),
            7 => routine.len = near(routine.len, random),
            8 => routine.narrow = u16::from(small(random)),
            _ => routine.wide = u16::from(small(random)),
        }
    }
    let constant = random.below(program.narrow_consts.len());
    if random.chance(10)
        && let Some(constant) = program.narrow_consts.get_mut(constant)
    {
        *constant = i64::from_ne_bytes(random.any().to_ne_bytes());
    }
}
