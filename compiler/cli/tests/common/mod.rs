//! A desk to run the real program at: a folder of its own with a store of its own, and what came out of a run.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// 25 middle cars of a large fleet for three years, 10% agreed.
pub const DIESELS: &str = r#"{
  "facts": {
    "account": { "id": "C-1", "kind": "Company", "country": "DE", "fleet_size": 60 },
    "quote": { "currency": "EUR", "term": "36 months", "date": "2026-10-05" }
  },
  "lines": [{ "id": "1", "product": "FullService", "parts": {
    "car": [{ "product": "Car", "options": { "class": "Middle", "drive": "Diesel", "cars": 25 } }],
    "services": [{ "product": "Maintenance" }, { "product": "Insurance" }]
  } }],
  "asked": { "Haggled": "10" }
}"#;

/// An electric car with a fuel card and a wall box, for a rental firm: the rules object.
pub const OBJECTED: &str = r#"{
  "facts": {
    "account": { "id": "C-2", "kind": "RentalFirm", "country": "DE" },
    "quote": { "currency": "EUR", "term": "36 months", "date": "2026-06-05" }
  },
  "lines": [{ "id": "1", "product": "FullService", "parts": {
    "car": [{ "product": "Car", "options": { "class": "Compact", "drive": "Electric", "cars": 10 } }],
    "services": [{ "product": "FuelCard" }],
    "wallbox": [{ "product": "Wallbox", "options": { "boxes": 3 } }]
  } }]
}"#;

/// Three things that are wrong before any rule is asked.
pub const REFUSED: &str = r#"{
  "facts": {
    "account": { "id": "C-1", "kind": "Companny", "country": "DE" },
    "quote": { "currency": "EUR", "term": "36 months", "date": "2026-10-05" }
  },
  "lines": [{ "id": "1", "product": "FullService", "parts": {
    "car": [{ "product": "Car", "options": { "class": "Middle", "cars": 2001 } }]
  } }],
  "asked": { "Haggled": "10.25" }
}"#;

/// A folder to work in.
pub struct Desk {
    folder: TempDir,
}

/// What a run of the program gave.
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Desk {
    /// A desk with the ruleset `fleet` and the requests on it.
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("quo").tempdir().unwrap();
        let desk = Self { folder };
        let fleet = Path::new(env!("CARGO_MANIFEST_DIR")).join("../golden/tests/fleet");
        copy(&fleet, &desk.path("fleet"));
        desk.write("diesels.json", DIESELS);
        desk.write("objected.json", OBJECTED);
        desk.write("refused.json", REFUSED);
        desk
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    /// Replaces a text that must be there.
    pub fn edit(&self, name: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path(name)).unwrap();
        assert!(text.contains(from), "`{name}` does not contain `{from}`");
        self.write(name, &text.replace(from, to));
    }

    pub fn copy(&self, from: &str, to: &str) {
        copy(&self.path(from), &self.path(to));
    }

    /// The program, to be run at this desk, its output going to pipes.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quo"));
        command
            .args(args)
            .current_dir(self.folder.path())
            .env("QUO_STORE", self.path("store"))
            .env_remove("NO_COLOR")
            .env_remove("CLICOLOR_FORCE");
        command
    }

    /// Runs the program. Into a pipe no colours and nothing that moves a cursor go.
    pub fn quo(&self, args: &[&str]) -> Ran {
        let ran = self.ran(&self.command(args).output().unwrap());
        for stream in [&ran.stdout, &ran.stderr] {
            assert!(!stream.contains(['\u{1b}', '\r']), "{stream:?}");
        }
        ran
    }

    /// Runs the program with a text on its standard input.
    pub fn quo_reading(&self, args: &[&str], input: &str) -> Ran {
        let mut child = self
            .command(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(input.as_bytes())
            .unwrap();
        self.ran(&child.wait_with_output().unwrap())
    }

    /// Runs the program for a machine: one JSON document on standard output, nothing anywhere else.
    pub fn json(&self, args: &[&str]) -> (i32, Value) {
        let args: Vec<&str> = args.iter().copied().chain(["--json"]).collect();
        let ran = self.quo(&args);
        assert_eq!(ran.stderr, "", "quo {}", args.join(" "));
        let value = serde_json::from_str(&ran.stdout)
            .unwrap_or_else(|error| panic!("quo {}: {error}\n{}", args.join(" "), ran.stdout));
        (ran.code, value)
    }

    fn ran(&self, output: &Output) -> Ran {
        Ran {
            code: output.status.code().expect("it ends by itself"),
            stdout: String::from_utf8(output.stdout.clone()).unwrap(),
            stderr: String::from_utf8(output.stderr.clone()).unwrap(),
        }
    }

    /// A run as a page to read, without what differs between machines and versions: folders, digests, tokens.
    pub fn page(&self, ran: &Ran) -> String {
        let page = format!(
            "exit code {}\n--- stdout\n{}--- stderr\n{}",
            ran.code, ran.stdout, ran.stderr
        );
        self.steady(&page)
    }

    /// A text without folders, digests and tokens.
    pub fn steady(&self, text: &str) -> String {
        let text = text.replace(&self.folder.path().display().to_string(), "[desk]");
        let mut steady = String::new();
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let is_token = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            let word = rest.find(|c| !is_token(c)).unwrap_or(rest.len());
            let (head, tail) =
                rest.split_at(word.max(rest.chars().next().map_or(0, char::len_utf8)));
            if head.len() == 64 && head.chars().all(|c| c.is_ascii_hexdigit()) {
                steady.push_str("[digest]");
            } else if head.len() > 200 {
                steady.push_str("[token]");
            } else {
                steady.push_str(head);
            }
            rest = tail;
        }
        steady
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
