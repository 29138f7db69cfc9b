//! The same rules give the same bytes, whatever else lies in their folder and whoever else is at work.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod support;

use quo_analysis::hir::BinaryOp;
use quo_analysis::types::*;
use quo_lower::lower;
use quo_source::{SourceFile, Sources};
use support::expr::*;
use support::*;

fn rules() -> Builder {
    let mut b = builder();
    b.fact("seats", int(1, 500), true);
    for (limit, id) in ["Z", "M", "A"].iter().enumerate() {
        let condition = binary(
            BinaryOp::Lt,
            fact(&b.rules, "seats"),
            whole(10 + limit as i128),
        );
        let text = value(Value::Text(format!("text {id}")), Type::Text);
        b.require(
            id,
            binary(
                BinaryOp::And,
                condition,
                binary(BinaryOp::Eq, text.clone(), text),
            ),
        );
    }
    b
}

#[test]
fn eight_threads_make_the_same_bytes() {
    let expected = rules().lower().to_package_bytes().unwrap();
    std::thread::scope(|scope| {
        let make = || rules().lower().to_package_bytes().unwrap();
        let made: Vec<_> = (0..8).map(|_| scope.spawn(make)).collect();
        for bytes in made {
            assert!(bytes.join().unwrap() == expected);
        }
    });
}

#[test]
fn tests_and_other_files_are_no_part_of_the_package() {
    let b = rules();
    let package = |more: &[(&str, &str)]| {
        let mut files = vec![SourceFile::new(FILE, b.text.clone()).unwrap()];
        files.extend(
            more.iter()
                .map(|(path, text)| SourceFile::new(*path, *text).unwrap()),
        );
        let sources = Sources::new(files).unwrap();
        let mut rules = b.rules.clone();
        let file = sources.find(FILE).unwrap();
        rules
            .rules
            .iter_mut()
            .for_each(|rule| rule.span.file = file);
        lower(&rules, &sources).unwrap().source_map.files
    };
    let alone = package(&[]);
    assert_eq!(alone.len(), 1);
    let others = [
        ("tests/a.quo", "test"),
        ("z/requests.json", "{}"),
        ("tests/b.csv", "a,b"),
    ];
    assert_eq!(package(&others), alone);
    let with_table = package(&[("prices/europe.csv", "charge")]);
    let paths: Vec<&str> = with_table.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["prices/europe.csv", FILE]);
}

#[test]
fn strings_are_sorted_and_each_is_there_once() {
    let strings = rules().lower().model.strings;
    let text = |range: &[u32]| strings.blob[range[0] as usize..range[1] as usize].to_owned();
    let all: Vec<String> = strings.offsets.windows(2).map(text).collect();
    assert!(all.is_sorted() && all.windows(2).all(|pair| pair[0] != pair[1]));
    for expected in ["", "EUR", "acme.test", "quote", "text A", "Z does not hold"] {
        assert!(all.iter().any(|text| text == expected), "{expected}");
    }
}
