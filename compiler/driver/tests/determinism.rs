//! The same rules give the same package: whatever the folder is called, in whatever order its files were made, on however
//! many threads they are read.

use std::fs;
use std::path::{Path, PathBuf};

use quo_driver::{build, load};
use quo_model::PackageStore;
use quo_source::{SourceFile, Sources};

fn ruleset() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rulesets/acme-cloud")
}

/// The files of the ruleset with their text.
fn files() -> Vec<(String, String)> {
    let sources = load(&ruleset()).expect("the ruleset is there");
    sources
        .iter()
        .map(|(_, file)| (file.path().to_owned(), file.text().to_string()))
        .collect()
}

fn package(sources: Sources) -> Vec<u8> {
    let built = build(sources).expect("nobody cancels it");
    let report = quo_source::render::terminal(&built.sources, &built.diagnostics, false);
    built.package.unwrap_or_else(|| panic!("{report}"))
}

fn package_of(files: &[(String, String)]) -> Vec<u8> {
    let files = files.iter().map(|(path, text)| {
        SourceFile::new(path.as_str(), text.as_str()).expect("a relative path")
    });
    package(Sources::new(files).expect("one file of each path"))
}

fn copy<'f>(folder: &Path, files: impl Iterator<Item = &'f (String, String)>) {
    for (path, text) in files {
        let at = folder.join(path);
        fs::create_dir_all(at.parent().expect("a folder")).expect("can be made");
        fs::write(at, text).expect("can be written");
    }
}

#[test]
fn folders_and_the_order_in_which_files_are_made_do_not_matter() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (
        folder.path().join("a"),
        folder.path().join("some where/else"),
    );
    copy(&one, files().iter());
    copy(&other, files().iter().rev());
    let expected = package(load(&ruleset()).expect("the ruleset is there"));
    assert!(package(load(&one).unwrap()) == expected);
    assert!(package(load(&other).unwrap()) == expected);
}

#[test]
fn the_number_of_threads_does_not_matter() {
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| package_of(&files()))
    };
    let expected = on(1);
    for _ in 0..4 {
        assert!(on(8) == expected);
    }
}

#[test]
fn tests_and_comments_do_not_change_what_is_decided() {
    let expected = package_of(&files());
    let mut without = files();
    without.retain(|(path, _)| !path.starts_with("tests/"));
    assert!(without.len() < files().len());
    assert!(package_of(&without) == expected, "tests are in the package");

    let mut more = files();
    more.push((
        "tests/more.quo".to_owned(),
        "test \"refused\" {\n  expect error \"currency\"\n}\n".to_owned(),
    ));
    assert!(package_of(&more) == expected, "tests are in the package");
}

/// The items of a file: an item begins in the first column.
fn items(text: &str) -> Vec<String> {
    let mut items: Vec<String> = vec![String::new()];
    for line in text.split_inclusive('\n') {
        let begins = line.starts_with(char::is_alphabetic);
        if begins {
            items.push(String::new());
        }
        items.last_mut().expect("begins with one").push_str(line);
    }
    items
}

#[test]
fn the_place_of_an_item_is_known_to_the_source_map_only() {
    let mut moved: Vec<(String, String)> = Vec::new();
    let mut all: Vec<String> = Vec::new();
    for (path, text) in files() {
        let is_rules =
            path.ends_with(".quo") && path != "ruleset.quo" && !path.starts_with("tests/");
        if is_rules {
            all.extend(items(&text));
        } else {
            moved.push((path, text));
        }
    }
    let (even, odd): (Vec<_>, Vec<_>) = all
        .into_iter()
        .rev()
        .enumerate()
        .partition(|(at, _)| at % 2 == 0);
    let text = |items: Vec<(usize, String)>| items.into_iter().map(|(_, item)| item).collect();
    moved.push(("z/even.quo".to_owned(), text(even)));
    moved.push(("a/odd.quo".to_owned(), text(odd)));

    let folder = tempfile::tempdir().unwrap();
    let store = PackageStore::open(folder.path()).unwrap();
    let model = |bytes: &[u8]| {
        let package = store.get(&store.put(bytes).unwrap()).unwrap();
        (package.digest(), format!("{:?}", package.model()))
    };
    let (before, expected) = model(&package_of(&files()));
    let (after, found) = model(&package_of(&moved));
    assert!(found == expected, "the model knows where an item stands");
    assert_ne!(
        before, after,
        "the source map does not know where an item stands"
    );
}
