//! Damaged rulesets: whatever is done to the text of one, there is an answer, in time, and what builds can be opened.

#![expect(
    clippy::indexing_slicing,
    reason = "every index is drawn below the length of what it looks into"
)]

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use quo_driver::{Pipeline, load};
use quo_model::PackageStore;
use quo_source::{Diagnostic, SourceFile, Sources, Work, codes};
use rayon::prelude::*;

/// Steps of a build; a clean one takes less than a tenth.
const WORK_LIMIT: u64 = 4_000_000;
const SEEDS: u64 = 1_000;
const SEEDS_OF_A_BATCH: u64 = 50;

type Files = BTreeMap<String, String>;

/// A small generator (SplitMix64), so that a seed means the same for ever.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}

/// The text cut where words, numbers and signs begin; put together again it is the same.
fn tokens(text: &str) -> Vec<String> {
    let class = |letter: char| match letter {
        letter if letter.is_alphanumeric() || letter == '_' => 0,
        letter if letter.is_whitespace() => 1,
        _ => 2,
    };
    let mut found: Vec<String> = Vec::new();
    let mut last = None;
    for letter in text.chars() {
        let now = class(letter);
        match found.last_mut().filter(|_| last == Some(now) && now != 2) {
            Some(token) => token.push(letter),
            None => found.push(letter.to_string()),
        }
        last = Some(now);
    }
    found
}

/// Deletes, doubles or swaps one piece.
fn shuffle(pieces: &mut Vec<String>, random: &mut Random) {
    if pieces.is_empty() {
        return;
    }
    let at = random.below(pieces.len());
    let other = random.below(pieces.len());
    match random.below(4) {
        0 => {
            pieces.remove(at);
        }
        1 => pieces.insert(at, pieces[at].clone()),
        2 => pieces.swap(at, other),
        _ => pieces[at] = pieces[other].clone(),
    }
}

fn damage(text: &str, random: &mut Random) -> String {
    match random.below(6) {
        0 | 1 => {
            let mut pieces = tokens(text);
            shuffle(&mut pieces, random);
            pieces.concat()
        }
        2 => {
            let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
            shuffle(&mut lines, random);
            lines.concat()
        }
        // Two words of one length of thought: most of what is left is still well formed.
        3 => {
            let mut pieces = tokens(text);
            let words: Vec<usize> = (0..pieces.len())
                .filter(|&at| pieces[at].starts_with(char::is_alphanumeric))
                .collect();
            if !words.is_empty() {
                let (from, to) = (random.below(words.len()), random.below(words.len()));
                pieces[words[to]] = pieces[words[from]].clone();
            }
            pieces.concat()
        }
        4 => {
            let mut letters: Vec<char> = text.chars().collect();
            if !letters.is_empty() {
                let at = random.below(letters.len());
                letters[at] = [
                    '"', '{', '}', '|', ',', '0', '9', '*', '-', '\u{0}', 'é', '\n',
                ][random.below(12)];
            }
            letters.into_iter().collect()
        }
        _ => {
            let letters: Vec<char> = text.chars().collect();
            letters[..random.below(letters.len())].iter().collect()
        }
    }
}

fn read(folder: &str) -> Files {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../rulesets")
        .join(folder);
    let sources = load(&folder).expect("the ruleset is there");
    sources
        .iter()
        .map(|(_, file)| (file.path().to_owned(), file.text().to_string()))
        .collect()
}

fn sources(files: &Files) -> Sources {
    let files = files.iter().map(|(path, text)| {
        SourceFile::new(path.as_str(), text.as_str()).expect("a relative path")
    });
    Sources::new(files).expect("one file of each path")
}

/// What became of damaged rulesets.
#[derive(Clone, Copy)]
struct Counts {
    refused: u64,
    built: u64,
}

/// Builds the rulesets of some seeds, one after the other, so that files that were not damaged are parsed once.
fn build(files: &Files, store: &PackageStore, seeds: Range<u64>) -> Counts {
    let paths: Vec<&String> = files.keys().collect();
    let work = Work::limited(WORK_LIMIT * (seeds.end - seeds.start));
    let pipeline = Pipeline::new(work);
    let mut counts = Counts {
        refused: 0,
        built: 0,
    };
    for seed in seeds {
        let mut random = Random(seed);
        let mut damaged = files.clone();
        for _ in 0..=random.below(3) {
            let path = paths[random.below(paths.len())];
            let text = damaged.get_mut(path).expect("a file of the ruleset");
            *text = damage(text, &mut random);
        }
        let result = pipeline
            .build(sources(&damaged))
            .unwrap_or_else(|_| panic!("seed {seed} needs too much work"));
        let report = quo_source::render::terminal(&result.sources, &result.diagnostics, false);
        let broken = |found: &Diagnostic| found.code == codes::BROKEN_RULES;
        assert!(
            !result.diagnostics.iter().any(broken),
            "seed {seed}: what was checked contradicts itself\n{report}"
        );
        let Some(bytes) = result.package else {
            let said = result.diagnostics.iter().any(Diagnostic::is_error);
            assert!(said, "seed {seed} builds nothing and says nothing");
            counts.refused += 1;
            continue;
        };
        let opened = store.put(&bytes).and_then(|digest| store.get(&digest));
        opened.unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        counts.built += 1;
    }
    counts
}

#[test]
fn a_damaged_ruleset_gets_an_answer() {
    let files = read("acme-cloud");
    let folder = tempfile::tempdir().unwrap();
    let store = PackageStore::open(folder.path()).unwrap();
    let batches = SEEDS / SEEDS_OF_A_BATCH;
    let counts: Vec<Counts> = (0..batches)
        .into_par_iter()
        .map(|batch| {
            let first = batch * SEEDS_OF_A_BATCH;
            build(&files, &store, first..first + SEEDS_OF_A_BATCH)
        })
        .collect();
    let refused: u64 = counts.iter().map(|counts| counts.refused).sum();
    let built: u64 = counts.iter().map(|counts| counts.built).sum();
    assert_eq!(refused + built, SEEDS);
    // Both ends are reached, else the damage is of the wrong kind.
    assert!(
        refused > SEEDS / 2 && built > SEEDS / 50,
        "{refused} refused, {built} built"
    );
}
