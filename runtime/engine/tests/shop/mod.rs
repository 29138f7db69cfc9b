//! A small ruleset made by hand, so that the engine is tested without the compiler: a suite of a platform and add-ons,
//! three price books, a discount, a promotion, a discretion, a floor, an approval matrix and a fulfilment.
//!
//! The text of its rules is `SOURCE`; the model says the same as a compiler would. Both have to be read together.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "several tests share it, each in part"
)]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod catalog;
pub mod code;
pub mod maps;
pub mod rules;

use std::collections::BTreeMap;

use quo_model::{Model, Package, PackageStore, write_package};

/// The rules in words.
pub const SOURCE: &str = include_str!("rules.quo");
/// The prices of one book.
pub const PRICES: &str = "charge,currency,edition,seats,price\n\
    Platform.subscription,EUR,Standard,1 to 100,12.00\n\
    Platform.subscription,EUR,Standard,above 100,10.50\n\
    Platform.subscription,EUR,Pro,*,16.055\n\
    Platform.subscription,JPY,*,*,1333\n";

/// Numbers of strings, in both passes: first they are only collected.
pub struct Words {
    known: BTreeMap<String, u32>,
}

impl Words {
    /// The number of a string.
    pub fn s(&mut self, text: &str) -> u32 {
        if let Some(number) = self.known.get(text) {
            return *number;
        }
        self.known.insert(text.to_owned(), 0);
        0
    }
}

/// The model, with its strings numbered in their sorted order.
pub fn model() -> Model {
    let mut words = Words {
        known: BTreeMap::from([(String::new(), 0)]),
    };
    rules::model(&mut words);
    for (number, (_, word)) in (0_u32..).zip(words.known.iter_mut()) {
        *word = number;
    }
    let mut model = rules::model(&mut words);
    model.strings.offsets.push(0);
    for word in words.known.keys() {
        model.strings.blob.push_str(word);
        let end = u32::try_from(model.strings.blob.len()).unwrap();
        model.strings.offsets.push(end);
    }
    model
}

/// A model as an opened package.
pub fn open(model: &Model) -> Package {
    let folder = tempfile::tempdir().unwrap();
    let store = PackageStore::open(folder.path()).unwrap();
    let bytes = write_package(model, &maps::source_map(model)).unwrap();
    let digest = store.put(&bytes).unwrap();
    store.get(&digest).unwrap()
}

/// The shop.
pub fn shop() -> Package {
    open(&model())
}

/// A request of 500 seats that most tests begin with.
pub const REQUEST: &str = r#"{
  "ruleset": "test.shop",
  "facts": {
    "account": { "id": "A-1" },
    "quote": { "currency": "EUR", "region": "Europe", "term": "36 months", "date": "2026-07-15" }
  },
  "lines": [
    { "id": "1", "product": "Suite",
      "parts": {
        "platform": { "options": { "edition": "Pro", "seats": 500, "calls": 2500 } },
        "addons": [ { "product": "Sso" }, { "product": "Audit", "options": { "seats": "20" } } ]
      } }
  ],
  "asked": { "Discretion": "12.5" }
}"#;
