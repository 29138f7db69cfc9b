//! Parse results remembered by the content of their text.
//!
//! A text that has not changed is not parsed again, whatever its path and id are now. The cache is
//! bounded; what was used longest ago goes first.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use quo_source::{FileId, SourceFile, Stopped, Work};

use crate::parse::{Parse, parse_within};

/// A bounded memory of parse results, keyed by the digest of the text.
#[derive(Debug)]
pub struct ParseCache {
    capacity: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    clock: u64,
    entries: BTreeMap<[u8; 32], Entry>,
}

#[derive(Debug)]
struct Entry {
    used: u64,
    parse: Parse,
}

impl ParseCache {
    /// A cache of at most `capacity` results.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity,
            state: Mutex::default(),
        }
    }

    /// The result for a file: remembered, or parsed now.
    ///
    /// # Errors
    /// [`Stopped`] where it had to be parsed and the budget did not suffice; nothing is remembered
    /// then.
    pub fn parse(&self, id: FileId, file: &SourceFile, work: &Work) -> Result<Parse, Stopped> {
        if let Some(found) = self.lock().find(&file.hash()) {
            work.spend(1)?;
            return Ok(if found.file() == id {
                found
            } else {
                found.for_file(id)
            });
        }
        let parse = parse_within(id, file.text(), work)?;
        self.lock()
            .remember(file.hash(), parse.clone(), self.capacity);
        Ok(parse)
    }

    /// How many results are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lock().entries.len()
    }

    /// Whether nothing is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Every change of the state is complete before anything that could panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn find(&mut self, hash: &[u8; 32]) -> Option<Parse> {
        self.clock += 1;
        let entry = self.entries.get_mut(hash)?;
        entry.used = self.clock;
        Some(entry.parse.clone())
    }

    fn remember(&mut self, hash: [u8; 32], parse: Parse, capacity: usize) {
        self.clock += 1;
        let used = self.clock;
        self.entries.insert(hash, Entry { used, parse });
        while self.entries.len() > capacity {
            let oldest = self.entries.iter().min_by_key(|(_, entry)| entry.used);
            let Some(hash) = oldest.map(|(hash, _)| *hash) else {
                return;
            };
            self.entries.remove(&hash);
        }
    }
}
