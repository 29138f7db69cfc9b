//! What a simulated system remembers: an append-only file of JSON lines, folded into memory when it is opened.
//!
//! A line is complete when it ends with a line feed; a process that dies while writing leaves at most one incomplete
//! line, which is cut off when the journal is next opened. An effect *is* its line: what is not in the file has not
//! happened. Lines that say that something happened are on the disk before anybody is told.

use crate::connector::WorkOrder;
use crate::protocol::{OperationReport, OperationStatus};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// A line of the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
enum Line {
    /// A call came in.
    Called { key: String },
    /// The work was taken on.
    TakenOn { key: String, work: WorkOrder },
    /// The work was done, this once.
    Effect { key: String, reference: String },
    /// The work was refused.
    Refused {
        key: String,
        work: WorkOrder,
        reason: String,
    },
    /// What was done was undone.
    Undone { key: String },
}

/// Why a journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file cannot be read or written.
    #[error("the journal {path} cannot be used: {source}", path = .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A complete line is not one of a journal.
    #[error("line {line} of the journal {path} cannot be read: {detail}", path = .path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong.
        detail: String,
    },
}

/// How often an effect happened: to be 1 for each piece of work.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EffectCount {
    /// On whose behalf.
    pub tenant: String,
    /// The order.
    pub order: String,
    /// The task of the order's plan.
    pub task: String,
    /// What was done.
    pub operation: String,
    /// How often it was done.
    pub times: u32,
}

/// What a call with a key means to the system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recognition {
    /// The key is new.
    New,
    /// The key is known, and so is the work.
    Known(OperationReport),
    /// The key is known with other work.
    OtherWork,
}

#[derive(Debug, Clone)]
struct Entry {
    work: WorkOrder,
    report: OperationReport,
    effects: u32,
}

/// The memory of one simulated system.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    calls: BTreeMap<String, u32>,
    entries: BTreeMap<String, Entry>,
}

impl Journal {
    /// Opens or creates the journal at a path; cuts off an incomplete last line.
    ///
    /// # Errors
    /// [`JournalError`] when the file cannot be used or a complete line cannot be read.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        let io = |source| JournalError::Io {
            path: path.to_owned(),
            source,
        };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(io)?;
        }
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .read(true)
            .open(path)
            .map_err(io)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(io)?;
        let complete = bytes
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        if complete < bytes.len() {
            file.set_len(u64::try_from(complete).unwrap_or(0))
                .map_err(io)?;
            bytes.truncate(complete);
        }
        let mut journal = Self {
            path: path.to_owned(),
            file,
            calls: BTreeMap::new(),
            entries: BTreeMap::new(),
        };
        let lines = bytes
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty());
        for (index, line) in lines.enumerate() {
            let line = serde_json::from_slice(line).map_err(|e| JournalError::Line {
                path: path.to_owned(),
                line: index + 1,
                detail: e.to_string(),
            })?;
            journal.fold(line);
        }
        Ok(journal)
    }

    /// Counts a call with a key; the answer is its number, from 1.
    ///
    /// # Errors
    /// [`JournalError::Io`] when the line cannot be written.
    pub fn called(&mut self, key: &str) -> Result<u32, JournalError> {
        // Not synced: a forgotten call changes which fault the next one meets, and nothing else.
        self.append(
            Line::Called {
                key: key.to_owned(),
            },
            false,
        )?;
        Ok(self.calls.get(key).copied().unwrap_or(1))
    }

    /// What the system knows of a key, and whether it is the same work.
    #[must_use]
    pub fn recognise(&self, key: &str, work: &WorkOrder) -> Recognition {
        match self.entries.get(key) {
            None => Recognition::New,
            // The correlation says who asks, not what for.
            Some(entry) if same_work(&entry.work, work) => Recognition::Known(entry.report.clone()),
            Some(_) => Recognition::OtherWork,
        }
    }

    /// What became of a key.
    #[must_use]
    pub fn report(&self, key: &str) -> Option<OperationReport> {
        self.entries.get(key).map(|entry| entry.report.clone())
    }

    /// Takes work on.
    ///
    /// # Errors
    /// [`JournalError::Io`] when the line cannot be written.
    pub fn take_on(&mut self, key: &str, work: &WorkOrder) -> Result<(), JournalError> {
        self.append(
            Line::TakenOn {
                key: key.to_owned(),
                work: work.clone(),
            },
            true,
        )
    }

    /// Refuses work for good.
    ///
    /// # Errors
    /// [`JournalError::Io`] when the line cannot be written.
    pub fn refuse(
        &mut self,
        key: &str,
        work: &WorkOrder,
        reason: &str,
    ) -> Result<(), JournalError> {
        let (key, work, reason) = (key.to_owned(), work.clone(), reason.to_owned());
        self.append(Line::Refused { key, work, reason }, true)
    }

    /// Does the work that was taken on under a key: the effect happens with this line.
    ///
    /// # Errors
    /// [`JournalError::Io`] when the line cannot be written.
    pub fn effect(&mut self, key: &str) -> Result<(), JournalError> {
        let done: u32 = self.entries.values().map(|entry| entry.effects).sum();
        let reference = format!("R-{:06}", done.saturating_add(1));
        self.append(
            Line::Effect {
                key: key.to_owned(),
                reference,
            },
            true,
        )
    }

    /// Undoes what was done under a key.
    ///
    /// # Errors
    /// [`JournalError::Io`] when the line cannot be written.
    pub fn undo(&mut self, key: &str) -> Result<(), JournalError> {
        self.append(
            Line::Undone {
                key: key.to_owned(),
            },
            true,
        )
    }

    /// Keys of work that was taken on and not done.
    #[must_use]
    pub fn unfinished(&self) -> Vec<String> {
        let unfinished = |entry: &&Entry| entry.report.status == OperationStatus::InProgress;
        self.entries
            .iter()
            .filter(|(_, entry)| unfinished(entry))
            .map(|(key, _)| key.clone())
            .collect()
    }

    /// How often each effect happened. Counted by what was done and not by key: an effect repeated under another key
    /// is a repeated effect.
    #[must_use]
    pub fn effects(&self) -> Vec<EffectCount> {
        let mut counts: BTreeMap<[&str; 4], u32> = BTreeMap::new();
        for entry in self.entries.values().filter(|entry| entry.effects > 0) {
            let work = &entry.work;
            let identity = [
                work.tenant.as_str(),
                work.order.as_str(),
                work.task.as_str(),
                work.operation.as_str(),
            ];
            let count = counts.entry(identity).or_default();
            *count = count.saturating_add(entry.effects);
        }
        let named = |([tenant, order, task, operation], times): ([&str; 4], u32)| EffectCount {
            tenant: tenant.to_owned(),
            order: order.to_owned(),
            task: task.to_owned(),
            operation: operation.to_owned(),
            times,
        };
        counts.into_iter().map(named).collect()
    }

    fn append(&mut self, line: Line, sync: bool) -> Result<(), JournalError> {
        let path = self.path.clone();
        let io = |source| JournalError::Io { path, source };
        let mut bytes = serde_json::to_vec(&line)
            .map_err(std::io::Error::other)
            .map_err(io.clone())?;
        bytes.push(b'\n');
        self.file.write_all(&bytes).map_err(io.clone())?;
        if sync {
            self.file.sync_data().map_err(io)?;
        }
        self.fold(line);
        Ok(())
    }

    fn fold(&mut self, line: Line) {
        match line {
            Line::Called { key } => {
                let calls = self.calls.entry(key).or_default();
                *calls = calls.saturating_add(1);
            }
            Line::TakenOn { key, work } => {
                let report = OperationReport::of(OperationStatus::InProgress);
                // A system that does not recognise keys takes the same work on again.
                let effects = self.entries.get(&key).map_or(0, |entry| entry.effects);
                self.entries.insert(
                    key,
                    Entry {
                        work,
                        report,
                        effects,
                    },
                );
            }
            Line::Refused { key, work, reason } => {
                let report = OperationReport {
                    reason: Some(reason),
                    ..OperationReport::of(OperationStatus::Failed)
                };
                self.entries.insert(
                    key,
                    Entry {
                        work,
                        report,
                        effects: 0,
                    },
                );
            }
            Line::Effect { key, reference } => {
                if let Some(entry) = self.entries.get_mut(&key) {
                    entry.effects = entry.effects.saturating_add(1);
                    entry.report = OperationReport {
                        reference: Some(reference),
                        ..OperationReport::of(OperationStatus::Completed)
                    };
                }
            }
            Line::Undone { key } => {
                if let Some(entry) = self.entries.get_mut(&key) {
                    entry.report = OperationReport::of(OperationStatus::Undone);
                }
            }
        }
    }
}

fn same_work(one: &WorkOrder, other: &WorkOrder) -> bool {
    // Canonical bytes: a number written `1.0` or `1` is the same payload.
    let canonical = |work: &WorkOrder| {
        let document = WorkOrder {
            correlationid: String::new(),
            ..work.clone()
        };
        serde_json_canonicalizer::to_vec(&document).ok()
    };
    canonical(one) == canonical(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn work(task: &str) -> WorkOrder {
        WorkOrder {
            operation: "Suite.billing".to_owned(),
            order: "O-1".to_owned(),
            line: "1".to_owned(),
            task: task.to_owned(),
            payload: json!({"seats": 5}),
            tenant: "acme".to_owned(),
            correlationid: "c-1".to_owned(),
        }
    }

    #[test]
    fn it_survives_its_process_and_a_torn_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/Billing.jsonl");
        let mut journal = Journal::open(&path).unwrap();
        assert_eq!(journal.called("a").unwrap(), 1);
        journal.take_on("a", &work("billing")).unwrap();
        journal.effect("a").unwrap();
        journal.take_on("b", &work("other")).unwrap();
        drop(journal);
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(br#"{"event":"effect","key":"b","#).unwrap();

        let mut journal = Journal::open(&path).unwrap();
        assert_eq!(journal.called("a").unwrap(), 2);
        assert_eq!(
            journal.report("a").unwrap().status,
            OperationStatus::Completed
        );
        assert_eq!(journal.unfinished(), ["b"]);
        journal.effect("b").unwrap();
        drop(journal);
        let journal = Journal::open(&path).unwrap();
        assert_eq!(journal.unfinished(), [""; 0]);
        assert_eq!(
            journal
                .effects()
                .iter()
                .map(|e| e.times)
                .collect::<Vec<_>>(),
            [1, 1]
        );
    }

    #[test]
    fn a_repeated_effect_is_counted_under_whatever_key() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::open(&folder.path().join("B.jsonl")).unwrap();
        for key in ["a", "a", "b"] {
            journal.take_on(key, &work("billing")).unwrap();
            journal.effect(key).unwrap();
        }
        assert_eq!(
            journal
                .effects()
                .iter()
                .map(|e| e.times)
                .collect::<Vec<_>>(),
            [3]
        );
    }

    #[test]
    fn a_key_stands_for_one_piece_of_work() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::open(&folder.path().join("B.jsonl")).unwrap();
        assert_eq!(journal.recognise("a", &work("x")), Recognition::New);
        journal.take_on("a", &work("x")).unwrap();
        let again = WorkOrder {
            correlationid: "c-2".to_owned(),
            ..work("x")
        };
        assert!(matches!(
            journal.recognise("a", &again),
            Recognition::Known(_)
        ));
        assert_eq!(journal.recognise("a", &work("y")), Recognition::OtherWork);
    }

    #[test]
    fn a_line_of_something_else_is_refused_with_its_number() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("B.jsonl");
        std::fs::write(&path, "{\"event\":\"called\",\"key\":\"a\"}\nhello\n").unwrap();
        let error = Journal::open(&path).unwrap_err().to_string();
        assert!(error.starts_with("line 2 of the journal "), "{error}");
    }
}
