//! Whatever the bytes: the tree is the text, parsing ends, and nothing panics or overflows.

use proptest::prelude::*;
use quo_source::{CancelFlag, FileId, SourceFile, Sources, Stopped, Work, render};
use quo_syntax::{ParseCache, SyntaxNode, lexer, parse, parse_within};
use rowan::WalkEvent;

const FILE: FileId = FileId(0);

/// All fixtures, with and without mistakes, in one text.
fn sample() -> String {
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");
    let mut paths = Vec::new();
    for folder in ["forms", "mistakes"] {
        let entries = std::fs::read_dir(format!("{fixtures}/{folder}")).expect("a folder");
        paths.extend(entries.map(|e| e.expect("an entry").path()));
    }
    paths.sort();
    let texts = paths
        .iter()
        .map(|path| std::fs::read_to_string(path).expect("UTF-8"));
    texts.collect()
}

fn lossless(text: &str) {
    let tokens = lexer::lex(text);
    let mut end = 0;
    for token in &tokens {
        assert_eq!(token.range.start, end, "a gap in {text:?}");
        assert!(token.range.end > end, "an empty token in {text:?}");
        end = token.range.end;
    }
    assert_eq!(end as usize, text.len(), "{text:?}");
    let parsed = parse(FILE, text);
    assert_eq!(parsed.syntax().text().to_string(), text);
    for diagnostic in parsed.diagnostics() {
        for label in &diagnostic.labels {
            let range = label.span.start as usize..label.span.end as usize;
            assert!(text.get(range).is_some(), "{diagnostic:?} of {text:?}");
        }
        assert!(!diagnostic.message.ends_with('.'));
    }
}

/// The diagnostics of a text can be told.
fn tellable(text: &str) {
    let file = SourceFile::new("a.quo", text).expect("valid");
    let sources = Sources::new([file]).expect("one file");
    let parsed = parse(FILE, text);
    let rendered = render::terminal(&sources, parsed.diagnostics(), false);
    assert_eq!(rendered.is_empty(), parsed.diagnostics().is_empty());
}

/// The number of nodes from the root to the deepest leaf.
fn depth(root: &SyntaxNode) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for event in root.preorder() {
        match event {
            WalkEvent::Enter(_) => depth += 1,
            WalkEvent::Leave(_) => depth -= 1,
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// A small seeded generator (SplitMix64), so that a failure can be repeated.
struct Seeded(u64);

impl Seeded {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % below.max(1) as u64).expect("it fits")
    }
}

const INSERTED: &[&str] = &[
    "{",
    "}",
    "(",
    ")",
    "|",
    "||",
    "\"",
    "\n",
    ",",
    ":",
    "product",
    "not ",
    "1",
    "%",
    "--",
    "\\",
    "é",
    "\u{a0}",
    "in ",
    " of ",
    "=",
    "\r",
    "\0",
    "price book ",
    "- ",
    ".",
];

#[test]
fn a_thousand_mutations_of_a_large_sample() {
    let sample = sample();
    assert!(sample.len() > 4_000);
    for seed in 0..1_000 {
        let mut random = Seeded(seed);
        let mut tokens: Vec<String> = lexer::lex(&sample)
            .iter()
            .map(|t| sample[t.range.start as usize..t.range.end as usize].to_owned())
            .collect();
        for _ in 0..=random.next(6) {
            let at = random.next(tokens.len());
            match random.next(4) {
                0 if tokens.len() > 1 => drop(tokens.remove(at)),
                1 => tokens.insert(at, INSERTED[random.next(INSERTED.len())].to_owned()),
                2 => {
                    let other = random.next(tokens.len());
                    tokens.swap(at, other);
                }
                _ => tokens.truncate(at.max(1)),
            }
        }
        lossless(&tokens.concat());
        if seed % 20 == 0 {
            tellable(&tokens.concat());
        }
    }
}

#[test]
fn every_prefix_of_the_sample() {
    let sample = sample();
    for (at, _) in sample.char_indices().step_by(7) {
        lossless(&sample[..at]);
    }
}

#[test]
fn nesting_without_end_does_not_overflow_the_stack() {
    let deep = |open: &str, close: &str| {
        format!(
            "define a: Bool = {}x{}\n",
            open.repeat(20_000),
            close.repeat(20_000)
        )
    };
    let texts = [
        deep("(", ")"),
        deep("(", ""),
        deep("not ", ""),
        deep("-", ""),
        deep("! ", ""),
        deep("if a then ", " else b"),
        deep("x in {", "}"),
        deep("", " + x"),
        deep("", " and x"),
        deep("x / ", ""),
        deep("", " rounded up to currency"),
        deep("(x + ", ")"),
        deep("(", " + x)"),
        deep("x + (not x is -(", " * x + x))"),
        deep("x in { if x then (y as percent of ", " + 1) else 2 }"),
        format!("test \"t\" {{ line 1: S {{ {} ", "a { ".repeat(20_000)),
        "{".repeat(50_000),
        "}".repeat(50_000),
        "product A {\n".repeat(20_000),
        "| ".repeat(50_000),
    ];
    for text in texts {
        let parsed = parse(FILE, &text);
        assert_eq!(parsed.syntax().text().to_string(), text);
        let kind = text.get(..40).unwrap_or("");
        let depth = depth(&parsed.syntax());
        assert!(depth <= 1_300, "{depth} levels of {kind}");
        assert!(!parsed.diagnostics().is_empty(), "{kind}");
    }
}

#[test]
fn two_hundred_operators_are_enough_and_more_are_refused_with_a_sentence() {
    let sum = |terms: usize| format!("define a: Int = 1{}\n", " + 1".repeat(terms));
    assert!(parse(FILE, &sum(150)).diagnostics().is_empty());
    let refused = parse(FILE, &sum(250));
    let codes: Vec<_> = refused.diagnostics().iter().map(|d| d.code.id()).collect();
    assert_eq!(codes, ["Q0020"]);
}

#[test]
fn a_budget_and_a_cancellation_stop_it() {
    let sample = sample();
    let stopped = |work: &Work| parse_within(FILE, &sample, work).map(|_| ());
    assert_eq!(stopped(&Work::limited(10)), Err(Stopped::OverBudget));
    assert_eq!(stopped(&Work::limited(1_000_000)), Ok(()));
    let flag = CancelFlag::new();
    flag.cancel();
    let work = Work::unlimited().watching(flag);
    assert_eq!(stopped(&work), Err(Stopped::Cancelled));
}

#[test]
fn the_cache_remembers_content_not_paths_and_forgets_the_oldest() {
    let file = |path, text| SourceFile::new(path, text).expect("valid");
    let (a, b) = (file("a.quo", "role\n"), file("b.quo", "role\n"));
    let cache = ParseCache::new(2);
    let work = Work::unlimited();
    let first = cache.parse(FileId(0), &a, &work).expect("no limit");
    let spent = work.spent();
    let second = cache.parse(FileId(1), &b, &work).expect("no limit");
    assert_eq!(
        (cache.len(), work.spent()),
        (1, spent + 1),
        "not parsed again"
    );
    assert_eq!(first.diagnostics()[0].labels[0].span.file, FileId(0));
    assert_eq!(second.diagnostics()[0].labels[0].span.file, FileId(1));
    assert_eq!(first.green(), second.green());
    for text in ["x", "y"] {
        cache
            .parse(FileId(2), &file("c.quo", text), &work)
            .expect("no limit");
    }
    assert_eq!(cache.len(), 2);
    let before = work.spent();
    cache.parse(FileId(0), &a, &work).expect("no limit");
    assert!(work.spent() > before + 1, "it had been forgotten");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in "\\PC{0,200}") {
        lossless(&text);
        tellable(&text);
    }

    #[test]
    fn any_text_of_the_language_s_own_signs(text in "([a-z]{1,3}|[0-9.%_-]{1,4}|[{}(),:.=<>|+*/!&\"\\\\\n\r -]|product|price book|when|test|expect|line|not|in|is){0,80}") {
        lossless(&text);
        tellable(&text);
    }

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        lossless(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_cell(text in "[ -~€ä\n]{0,30}") {
        if let Err(error) = quo_syntax::cell::parse_cell(&text) {
            prop_assert!(error.offset() <= text.len());
        }
    }
}
