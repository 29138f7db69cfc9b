//! Damage: whatever is done to a package's bytes, it is refused with a sentence, or, where somebody repaired the
//! digests after it, is either refused or a model that can be walked and run within its bounds.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use common::sample_package;
use quo_model::*;

const MUTATIONS: u64 = 1000;

/// A small seeded generator (splitmix64; Steele, Lea and Flood, 2014), so that a failure names its seed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }
}

fn number(bytes: &[u8], at: usize) -> usize {
    u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap()) as usize
}

/// Offset and length of the two sections, by the documented layout.
fn sections(bytes: &[u8]) -> [(usize, usize); 2] {
    [184, 240].map(|at| (number(bytes, at), number(bytes, at + 8)))
}

/// Makes the digests right again, by the documented layout.
fn reseal(bytes: &mut [u8]) {
    if bytes.len() < HEADER_LEN {
        return;
    }
    for ((start, len), at) in sections(bytes).into_iter().zip([200, 256]) {
        if let Some(section) = start.checked_add(len).and_then(|end| bytes.get(start..end)) {
            let digest = Digest::of(section);
            bytes[at..at + 32].copy_from_slice(&digest.0);
        }
    }
    let digest = Digest::of(&bytes[..384]);
    bytes[384..416].copy_from_slice(&digest.0);
}

/// One mutation of a whole file, and its name.
fn damage(random: &mut Random, original: &[u8]) -> (&'static str, Vec<u8>) {
    let mut bytes = original.to_vec();
    let kind = random.below(8);
    let name = match kind {
        0 => {
            bytes.truncate(random.below(original.len()));
            "truncated"
        }
        1 => {
            let count = 1 + random.below(200);
            let filler = random.next() as u8;
            bytes.extend((0..count).map(|_| filler));
            "extended"
        }
        2 | 3 => {
            for _ in 0..1 + random.below(4) {
                let at = random.below(bytes.len());
                bytes[at] ^= 1 << random.below(8);
            }
            "flipped"
        }
        4 => {
            let [(model, model_len), (map, map_len)] = sections(original);
            let len = 1 + random.below(model_len.min(map_len) - 1);
            for offset in 0..len {
                bytes.swap(model + offset, map + offset);
            }
            "swapped"
        }
        5 => {
            let start = random.below(bytes.len());
            let end = (start + 1 + random.below(64)).min(bytes.len());
            bytes[start..end].fill(0);
            "zeroed"
        }
        6 => {
            let start = random.below(bytes.len());
            let end = (start + 1 + random.below(64)).min(bytes.len());
            bytes.drain(start..end);
            "cut"
        }
        _ => {
            let from = random.below(bytes.len() - 64);
            let to = random.below(bytes.len() - 64);
            bytes.copy_within(from..from + 64, to);
            "copied"
        }
    };
    (name, bytes)
}

/// Damage inside the sections only, so that a resealed file gets past the header and the digests.
fn change_content(random: &mut Random, original: &[u8]) -> Vec<u8> {
    let mut bytes = original.to_vec();
    let sections = sections(original);
    // The model is what matters most.
    let (start, len) = sections[usize::from(random.below(4) == 0)];
    for _ in 0..1 + random.below(3) {
        let at = start + random.below(len);
        match random.below(5) {
            0 => bytes[at] ^= 1 << random.below(8),
            1 => bytes[at] = random.below(4) as u8,
            2 => bytes[at] = bytes[at].wrapping_add(1),
            3 => bytes[at] = random.next() as u8,
            _ => {
                let word = at & !3;
                let value = [0, 1, 2, u32::MAX, random.next() as u32][random.below(5)];
                let end = (word + 4).min(start + len);
                bytes[word..end].copy_from_slice(&value.to_le_bytes()[..end - word]);
            }
        }
    }
    bytes
}

fn named_file(folder: &std::path::Path, digest: &Digest, bytes: &[u8]) {
    let path = folder.join(format!("{digest}.quop"));
    let _ = fs::remove_file(&path);
    fs::write(&path, bytes).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
}

#[test]
fn no_damaged_package_is_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let store = PackageStore::open(folder.path()).unwrap();
    let original = sample_package();
    let digest = store.put(&original).unwrap();
    let mut random = Random(2);
    let mut kinds = std::collections::BTreeMap::new();
    let mut done = 0;
    while done < MUTATIONS {
        let (kind, bytes) = damage(&mut random, &original);
        if bytes == original {
            continue;
        }
        done += 1;
        let refusal = store
            .put(&bytes)
            .expect_err("a damaged package was accepted");
        let StoreError::Refused(reason) = refusal else {
            panic!("{refusal}")
        };
        *kinds.entry(sort_of(&reason)).or_insert(0) += 1;
        // What lies under the name of the original is never taken for it: not even if only the source map is damaged,
        // which is noticed when it is used first.
        named_file(folder.path(), &digest, &bytes);
        match store.get(&digest) {
            Ok(package) => {
                let reason = package
                    .source_map()
                    .expect_err("a damaged source map was accepted");
                assert!(
                    matches!(
                        reason,
                        OpenError::SectionDamaged {
                            section: "source map"
                        }
                    ),
                    "{kind}: {reason}"
                );
                let (start, len) = sections(&original)[0];
                assert_eq!(bytes[..start + len], original[..start + len], "{kind}");
            }
            Err(StoreError::Refused(_)) => {}
            Err(other) => panic!("{kind}: {other}"),
        }
    }
    for sort in [
        "Foreign",
        "Truncated",
        "TooLong",
        "HeaderDamaged",
        "SectionDamaged",
        "PaddingDamaged",
        "SignatureOnUnsigned",
    ] {
        assert!(
            kinds.contains_key(sort),
            "{sort} did not occur in {kinds:?}"
        );
    }
}

/// The name of the variant.
fn sort_of(reason: &OpenError) -> String {
    let text = format!("{reason:?}");
    text.split([' ', '{', '('])
        .next()
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn with_repaired_digests_nothing_panics_and_what_is_accepted_stays_in_bounds() {
    let folder = tempfile::tempdir().unwrap();
    let store = PackageStore::open(folder.path()).unwrap();
    let original = sample_package();
    let mut random = Random(3);
    let mut kinds = std::collections::BTreeMap::new();
    for _ in 0..4 * MUTATIONS {
        let mut bytes = change_content(&mut random, &original);
        reseal(&mut bytes);
        match store.put(&bytes) {
            Ok(digest) => {
                let package = store.get(&digest).unwrap();
                walk(&package, &mut random);
                *kinds.entry("accepted".to_owned()).or_insert(0) += 1;
            }
            Err(StoreError::Refused(reason)) => *kinds.entry(sort_of(&reason)).or_insert(0) += 1,
            Err(other) => panic!("{other}"),
        }
    }
    for sort in ["accepted", "NotAnArchive", "NotVerified", "HeaderDisagrees"] {
        assert!(
            kinds.contains_key(sort),
            "{sort} did not occur in {kinds:?}"
        );
    }
}

#[test]
fn headers_with_repaired_digests_are_refused_unless_they_say_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let store = PackageStore::open(folder.path()).unwrap();
    let original = sample_package();
    for at in 0..HEADER_LEN {
        for bit in 0..8 {
            let mut bytes = original.clone();
            bytes[at] ^= 1 << bit;
            if !(384..416).contains(&at) {
                let digest = Digest::of(&bytes[..384]);
                bytes[384..416].copy_from_slice(&digest.0);
            }
            assert!(store.put(&bytes).is_err(), "bit {bit} of byte {at}");
        }
    }
}

#[test]
fn each_refusal_says_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let store = PackageStore::open(folder.path()).unwrap();
    let original = sample_package();
    let [(model, model_len), (map, map_len)] = sections(&original);
    let refused = |edit: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = original.clone();
        edit(&mut bytes);
        store.put(&bytes).unwrap_err().to_string()
    };
    let header = |at: usize, value: u8| {
        move |bytes: &mut Vec<u8>| {
            bytes[at] = value;
            reseal(bytes);
        }
    };
    let messages = [
        refused(&|bytes| bytes.clear()),
        refused(&|bytes| bytes.truncate(10)),
        refused(&|bytes| bytes.truncate(511)),
        refused(&|bytes| bytes.truncate(model + 1)),
        refused(&|bytes| bytes[..4].copy_from_slice(b"%PDF")),
        refused(&|bytes| bytes.push(0)),
        refused(&header(8, u8::try_from(FORMAT_VERSION + 1).unwrap())),
        refused(&header(8, u8::try_from(FORMAT_VERSION - 1).unwrap())),
        refused(&header(12, 1)),
        refused(&header(12, 2)),
        refused(&header(20, 9)),
        refused(&header(37, b'C')),
        refused(&header(300, 1)),
        refused(&|bytes| bytes[20] = 9),
        refused(&|bytes| bytes[450] = 1),
        refused(&|bytes| bytes[model] ^= 1),
        refused(&|bytes| bytes[map] ^= 1),
        refused(&|bytes| bytes[model + model_len] = 1),
        refused(&|bytes| bytes[map + map_len] = 1),
        refused(&|bytes| {
            bytes[model + model_len - 4..model + model_len].fill(0x7f);
            reseal(bytes);
        }),
    ];
    insta::assert_snapshot!(messages.join("\n"));
}

/// Uses everything in a package as an engine would, and more.
fn walk(package: &Package, random: &mut Random) {
    let model = package.model();
    let text = format!("{model:?}{:?}", package.source_map().unwrap());
    assert!(!text.is_empty());
    for string in 0..model.strings.count() {
        assert!(model.strings.get(string).is_some());
    }
    for table in model.tables.iter() {
        for entry in 0..table.entry_row.len() {
            let exact = table.exact.to_native() as usize;
            let ranges = table.ranges.to_native() as usize;
            let mut args: Vec<i64> = (0..exact)
                .map(|at| table.entry_exact[entry * exact + at].to_native())
                .collect();
            args.extend((0..ranges).map(|at| table.entry_low[entry * ranges + at].to_native()));
            assert!(
                table
                    .find(&args)
                    .is_none_or(|row| (row as usize) < table.row_keys.len())
            );
            args.pop();
            assert!(
                table
                    .tiers(&args)
                    .all(|tier| (tier.row as usize) < table.row_keys.len())
            );
        }
    }
    for routine in 0..model.program.routines.len() {
        for _ in 0..8 {
            run(package.model(), routine, random);
        }
    }
}

/// Runs a routine with branches taken at random, and checks each access against its bounds, by the documentation of
/// the operations and not by the verifier's table of them.
fn run(model: &ArchivedModel, id: usize, random: &mut Random) {
    let routine = &model.program.routines[id];
    let code = model.program.code_of(routine);
    let mut narrow = vec![false; routine.narrow.to_native() as usize];
    let mut wide = vec![false; routine.wide.to_native() as usize];
    let mut at = 0;
    loop {
        let instr = &code[at];
        let op = Op::from_code(instr.op).unwrap();
        let (dst, a, b, imm) = (
            instr.dst as usize,
            instr.a as usize,
            instr.b as usize,
            instr.imm.to_native() as usize,
        );
        let name = format!("{op:?}");
        let item = |level: usize| {
            let product = if level == 0 {
                routine.product
            } else {
                routine.within
            };
            &model.products[product.to_native() as usize]
        };
        match op {
            Op::ConstN => assert!(imm < model.program.narrow_consts.len()),
            Op::ConstW => assert!(imm < model.program.wide_consts.len()),
            Op::Fact => assert!(imm < model.facts.len()),
            Op::Option => assert!(imm < item(a).options.len()),
            Op::PartOption => {
                let kind = item(a).parts[b].kinds[0].to_native() as usize;
                assert!(imm < model.products[kind].options.len());
            }
            Op::PartKind | Op::CountPart => assert!(b < item(a).parts.len()),
            Op::HasKind => assert!(b < item(a).parts.len() && imm < model.products.len()),
            Op::Asked => assert!(imm < model.adjustments.len()),
            Op::Amount => assert_eq!(model.amounts[imm].values.len(), model.currencies.len()),
            Op::List | Op::Left => {
                assert_eq!(routine.scope, code::ArchivedScope::Charge)
            }
            Op::TotalList | Op::TotalNet => {
                assert!(matches!(
                    routine.scope,
                    code::ArchivedScope::Charge | code::ArchivedScope::Total
                ));
            }
            Op::InSet => {
                assert!(narrow[a] && !model.program.set_contains(imm as u32, i64::MIN + 7))
            }
            Op::ScaleN | Op::RoundN => assert!(narrow[a] && imm <= 18),
            Op::ScaleW | Op::RoundW | Op::RoundCurrency => assert!(wide[a] && imm <= 38 && b <= 6),
            Op::DivW => assert!(wide[a] && wide[b] && imm >> 8 <= 38 && imm & 0xff <= 6),
            Op::Match => {
                let columns = model.tables[imm].columns() as usize;
                assert!(narrow[a..a + columns].iter().all(|written| *written));
                assert_eq!(model.tables[imm].find(&vec![0; columns + 1]), None);
            }
            Op::Widen | Op::JumpIfNot | Op::Present | Op::Not | Op::NegN | Op::MoveN => {
                assert!(narrow[a])
            }
            Op::Clamp | Op::NegW | Op::MoveW => assert!(wide[a]),
            Op::Currency | Op::Jump => {}
            Op::ReturnN => {
                return assert!(narrow[a] && routine.result == code::ArchivedBank::Narrow);
            }
            Op::ReturnW => {
                return assert!(wide[a] && routine.result == code::ArchivedBank::Wide);
            }
            _ if name.ends_with('W') => assert!(wide[a] && wide[b]),
            _ => assert!(narrow[a] && narrow[b]),
        }
        match op {
            Op::Jump | Op::JumpIfNot => {}
            Op::EqW | Op::NeW | Op::LtW | Op::LeW | Op::Clamp => narrow[dst] = true,
            Op::List
            | Op::Left
            | Op::TotalList
            | Op::TotalNet
            | Op::Amount
            | Op::Widen
            | Op::RoundCurrency => {
                wide[dst] = true;
            }
            _ if name.ends_with('W') => wide[dst] = true,
            _ => narrow[dst] = true,
        }
        let jumps = op == Op::Jump || (op == Op::JumpIfNot && random.below(2) == 0);
        assert!(!jumps || imm > at);
        at = if jumps { imm } else { at + 1 };
    }
}
