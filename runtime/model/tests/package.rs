//! The package file and the store: what is written is what is read, and always the same bytes.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use common::{sample, sample_package, sample_source_map};
use quo_model::*;

fn store() -> (tempfile::TempDir, PackageStore) {
    let folder = tempfile::tempdir().unwrap();
    let store = PackageStore::open(folder.path().join("packages")).unwrap();
    (folder, store)
}

fn path_of(folder: &tempfile::TempDir, digest: &Digest) -> std::path::PathBuf {
    folder
        .path()
        .join("packages")
        .join(format!("{digest}.quop"))
}

#[test]
fn a_package_is_read_as_it_was_written() {
    let (_folder, store) = store();
    let digest = store.put(&sample_package()).unwrap();
    let package = store.get(&digest).unwrap();
    assert_eq!(package.digest(), digest);
    assert_eq!(package.ruleset(), "Acme.Cloud");
    assert_eq!((package.version(), package.edition()), ([1, 2, 3], 1));
    let model = package.model();
    assert_eq!(model.str(model.products[1].name.to_native()), "Storage");
    assert_eq!(
        model.find_str("Platform.subscription"),
        Some(common::word("Platform.subscription"))
    );
    assert_eq!(model.find_str("Platform.subscriptions"), None);
    assert_eq!(model.str(u32::MAX), "");
    assert_eq!(model.charges_of(&model.products[0]).len(), 2);
    assert_eq!(model.amounts[0].values[1], 1_500_000);
    assert!(model.program.set_contains(0, 10) && !model.program.set_contains(0, 11));
    assert!(model.program.set(9).is_empty());
    assert_eq!(model.program.code_of(&model.program.routines[6]).len(), 8);
    let source_map = package.source_map().unwrap();
    assert_eq!(
        source_map.files[0].text.as_str(),
        "quote.term >= 24 months -- über\n"
    );
}

#[test]
fn tables_are_looked_up_in_place() {
    let (_folder, store) = store();
    let package = store.get(&store.put(&sample_package()).unwrap()).unwrap();
    let tables = &package.model().tables;
    let rows = [
        [0, 1, 100],
        [0, 1, 101],
        [1, 1, 1],
        [1, 1, 1001],
        [7, 0, ABSENT],
    ]
    .map(|args| tables[0].find(&args));
    assert_eq!(rows, [Some(0), Some(1), Some(1), Some(2), Some(2)]);
    assert_eq!(tables[0].find(&[0, 1]), None);
    let tiers: Vec<Tier> = tables[1].tiers(&[0]).collect();
    assert_eq!(
        tiers,
        [
            Tier {
                row: 1,
                low: 1,
                high: 100
            },
            Tier {
                row: 0,
                low: 101,
                high: i64::MAX
            }
        ]
    );
    assert_eq!(tables[1].tiers(&[2]).count(), 0);
    assert_eq!(tables[2].find(&[-1]), None);
}

/// The format promises that a package means the same for ever. If this test fails, the archive's layout has changed
/// (a type of the model, a feature or a version of rkyv): then raise `FORMAT_VERSION` and record the new digests.
#[test]
fn the_layout_of_the_archive_is_the_recorded_one() {
    let bytes = sample_package();
    assert_eq!(
        bytes,
        sample_package(),
        "the same model gives the same bytes"
    );
    assert_eq!(FORMAT_VERSION, 6);
    let model = rkyv::to_bytes::<rkyv::rancor::Error>(&sample()).unwrap();
    let source_map = rkyv::to_bytes::<rkyv::rancor::Error>(&sample_source_map()).unwrap();
    insta::assert_snapshot!(format!(
        "model      {} bytes {}\nsource map {} bytes {}\npackage    {} bytes {}",
        model.len(),
        Digest::of(&model),
        source_map.len(),
        Digest::of(&source_map),
        bytes.len(),
        Digest::of(&bytes),
    ));
}

/// The same promise from the other side: the file recorded with format version 6 opens, and is what is written today.
#[test]
fn a_package_written_long_ago_still_opens() {
    let (_folder, store) = store();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/sample-v6.quop");
    if std::env::var_os("QUO_BLESS").is_some() {
        fs::write(path, sample_package()).unwrap();
    }
    let recorded = fs::read(path).unwrap();
    let digest = store.put(&recorded).unwrap();
    assert_eq!(store.get(&digest).unwrap().ruleset(), "Acme.Cloud");
    assert!(
        recorded[..] == sample_package()[..],
        "the same model is written as other bytes"
    );
}

#[test]
fn the_header_is_laid_out_as_documented() {
    let bytes = sample_package();
    let number = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap()) as usize;
    assert_eq!(&bytes[..8], b"QUOPACK\0");
    assert_eq!(&bytes[8..12], &FORMAT_VERSION.to_le_bytes());
    assert_eq!(&bytes[12..16], &[0; 4]);
    assert_eq!(&bytes[36..46], b"Acme.Cloud");
    assert_eq!(number(168), bytes.len());
    let (offset, len) = (number(184), number(192));
    assert_eq!(offset, HEADER_LEN);
    assert_eq!(
        &bytes[200..232],
        &Digest::of(&bytes[offset..offset + len]).0
    );
    assert_eq!(
        number(240),
        (offset + len).next_multiple_of(SECTION_ALIGNMENT)
    );
    assert_eq!(&bytes[384..416], &Digest::of(&bytes[..384]).0);
    assert!(bytes[416..512].iter().all(|byte| *byte == 0));
}

#[test]
fn a_store_keeps_files_read_only_and_under_their_digest() {
    let (folder, store) = store();
    let bytes = sample_package();
    let digest = store.put(&bytes).unwrap();
    assert_eq!(store.put(&bytes).unwrap(), digest);
    assert_eq!(store.list().unwrap(), [digest]);
    let path = path_of(&folder, &digest);
    assert_eq!(fs::read(&path).unwrap(), bytes);
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o444
    );
    assert_eq!(
        fs::read_dir(path.parent().unwrap()).unwrap().count(),
        1,
        "no temporary file is left"
    );

    let copy = folder.path().join("copy.quop");
    fs::write(&copy, &bytes).unwrap();
    assert_eq!(store.put_file(&copy).unwrap(), digest);

    let package = store.get(&digest).unwrap();
    store.remove(&digest).unwrap();
    assert_eq!(
        package.model().products.len(),
        2,
        "a package that is open stays so"
    );
    assert!(package.source_map().is_ok());
    assert_eq!(store.list().unwrap(), []);
    assert!(matches!(store.get(&digest), Err(StoreError::Missing(_))));
    assert!(matches!(store.remove(&digest), Err(StoreError::Missing(_))));
}

#[test]
fn a_store_opens_nothing_but_its_own_files() {
    let (folder, store) = store();
    let bytes = sample_package();
    let digest = store.put(&bytes).unwrap();
    let path = path_of(&folder, &digest);
    let said = |digest: &Digest| {
        let text = store.get(digest).unwrap_err().to_string();
        text.replace(&folder.path().display().to_string(), "FOLDER")
    };
    let mut messages = Vec::new();

    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    messages.push(said(&digest));
    let elsewhere = folder.path().join("elsewhere");
    fs::rename(&path, &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &path).unwrap();
    messages.push(said(&digest));
    fs::remove_file(&path).unwrap();
    messages.push(said(&digest));
    fs::create_dir(&path).unwrap();
    messages.push(said(&digest));

    let other = Digest::of(b"another name");
    fs::write(path_of(&folder, &other), &bytes).unwrap();
    fs::set_permissions(path_of(&folder, &other), fs::Permissions::from_mode(0o444)).unwrap();
    messages.push(said(&other));
    let empty = Digest::of(b"empty");
    fs::write(path_of(&folder, &empty), b"").unwrap();
    fs::set_permissions(path_of(&folder, &empty), fs::Permissions::from_mode(0o444)).unwrap();
    messages.push(said(&empty));
    insta::assert_snapshot!(messages.join("\n").replace(&digest.to_string(), "DIGEST"));
}

#[test]
fn a_damaged_file_of_a_store_is_healed_by_putting_the_package_again() {
    let (folder, store) = store();
    let bytes = sample_package();
    let digest = store.put(&bytes).unwrap();
    let path = path_of(&folder, &digest);
    fs::remove_file(&path).unwrap();
    fs::write(&path, &bytes[..100]).unwrap();
    assert_eq!(store.put(&bytes).unwrap(), digest);
    assert!(store.get(&digest).is_ok());
}

#[test]
fn many_may_put_the_same_package_at_once() {
    let (_folder, store) = store();
    let bytes = sample_package();
    let digests: Vec<Digest> = std::thread::scope(|scope| {
        let putting: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| store.put(&bytes).unwrap()))
            .collect();
        putting.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert!(digests.iter().all(|digest| *digest == digests[0]));
    assert_eq!(store.list().unwrap(), [digests[0]]);
    let package = store.get(&digests[0]).unwrap();
    let names: Vec<String> = std::thread::scope(|scope| {
        let reading: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn({
                    let package = package.clone();
                    move || package.ruleset().to_owned()
                })
            })
            .collect();
        reading.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(names, ["Acme.Cloud"; 4]);
}

#[test]
fn a_name_that_does_not_fit_the_header_is_not_cut() {
    let mut table = StringTable::new();
    let mut model = sample();
    model.meta.ruleset = table.intern(&"x".repeat(NAME_LEN_MAX + 1));
    model.strings = table.finish().0;
    let error = write_package(&model, &SourceMap::default()).unwrap_err();
    assert!(
        error.to_string().ends_with("is longer than 128 bytes"),
        "{error}"
    );
}
