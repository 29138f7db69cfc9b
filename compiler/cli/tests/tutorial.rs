//! The tutorial and the page about requests are run as they stand: their files are written, their commands are run, and what
//! those print is what the pages show.
//!
//! A block that is marked with a file's name is that file. A block of the kind `console` holds commands after `$ ` and what
//! each prints. With `QUO_BLESS=1` the outputs in the document are written anew; read the difference then.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "helpers of tests fail by panicking, as tests do; the path of programs is the environment's"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A piece of the document.
enum Piece {
    /// Text and blocks that are only read.
    Prose(String),
    /// The file of this name, with the lines of its block.
    File(String, String),
    /// Commands.
    Console(Vec<String>),
}

fn document(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs")
        .join(name)
}

/// The pieces of a document in their order.
fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(mark) = line.strip_prefix("```") else {
            pieces.push(Piece::Prose(format!("{line}\n")));
            continue;
        };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        match mark.split_once(' ') {
            Some((_, name)) => {
                pieces.push(Piece::Prose(format!("{line}\n")));
                let content = block.iter().map(|line| format!("{line}\n")).collect();
                pieces.push(Piece::File(name.to_owned(), content));
                pieces.push(Piece::Prose("```\n".to_owned()));
            }
            None if mark == "console" => {
                let commands = block.iter().filter_map(|line| line.strip_prefix("$ "));
                pieces.push(Piece::Console(commands.map(str::to_owned).collect()));
            }
            None => panic!("a block without the name of its file: {line}"),
        }
    }
    pieces
}

/// Runs a command where the reader would be by now; gives what both streams print.
fn run(command: &str, folder: &Path, home: &Path) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_quo"));
    let path = std::env::var("PATH").unwrap_or_default();
    let output = Command::new("sh")
        .args(["-c", &format!("{{ {command}; }} 2>&1")])
        .current_dir(folder)
        .env(
            "PATH",
            format!("{}:{path}", program.parent().unwrap().display()),
        )
        .env("QUO_STORE", home.join("store"))
        .env_remove("CLICOLOR_FORCE")
        .output()
        .unwrap();
    shown(&String::from_utf8(output.stdout).unwrap())
}

/// An output as the document shows it: what changes with every version of the file format is left open.
fn shown(output: &str) -> String {
    let word = |word: &str| {
        let bare = word.trim_matches(['"', ',']);
        let digest = bare.rsplit(':').next().unwrap_or(bare);
        if digest.len() == 64 && digest.chars().all(|digit| digit.is_ascii_hexdigit()) {
            word.replace(digest, "…")
        } else if bare.starts_with("qr1.") {
            word.replace(bare, "qr1.…")
        } else {
            word.to_owned()
        }
    };
    let line = |line: &str| {
        let line = line.split(' ').map(word).collect::<Vec<_>>().join(" ");
        match line.split_once(" bytes in ") {
            Some((before, file)) => {
                let name = before.rsplit_once(' ').map_or("", |(name, _)| name);
                format!("{name} … bytes in {file}\n")
            }
            None => format!("{line}\n"),
        }
    };
    output.lines().map(line).collect()
}

/// The document with what its commands print now.
fn carried_out(text: &str) -> String {
    let home = tempfile::Builder::new().prefix("quo").tempdir().unwrap();
    let mut folder = home.path().to_owned();
    let mut made = String::new();
    for piece in pieces(text) {
        match piece {
            Piece::Prose(prose) => made.push_str(&prose),
            Piece::File(name, content) => {
                let file = folder.join(name);
                fs::create_dir_all(file.parent().unwrap()).unwrap();
                fs::write(file, &content).unwrap();
                made.push_str(&content);
            }
            Piece::Console(commands) => {
                made.push_str("```console\n");
                for command in commands {
                    made.push_str(&format!("$ {command}\n"));
                    match command.strip_prefix("cd ") {
                        Some(name) => folder.push(name),
                        None => made.push_str(&run(&command, &folder, home.path())),
                    }
                }
                made.push_str("```\n");
            }
        }
    }
    made
}

#[test]
fn the_tutorial_does_what_it_says() {
    does_what_it_says("tutorial.md");
}

#[test]
fn requests_and_answers_are_what_their_page_says() {
    let made = does_what_it_says("requests.md");
    // Every field of an answer has its place in the tables.
    for field in fields_of(&made) {
        assert!(
            made.contains(&format!("`{field}`")),
            "the page does not say what `{field}` is"
        );
    }
}

/// The names of all fields that JSON on the page has.
fn fields_of(page: &str) -> BTreeSet<String> {
    let field = |line: &str| {
        let (name, _) = line.trim().strip_prefix('"')?.split_once("\":")?;
        Some(name.to_owned())
    };
    let (_, answer) = page.split_once("$ quo eval").unwrap();
    let (answer, _) = answer.split_once("\n```").unwrap();
    let fields: BTreeSet<String> = answer.lines().filter_map(field).collect();
    assert!(fields.len() > 40, "{fields:?}");
    fields
}

/// Carries a document out; it must be what it would be now.
fn does_what_it_says(name: &str) -> String {
    let text = fs::read_to_string(document(name)).unwrap();
    let made = carried_out(&text);
    if std::env::var_os("QUO_BLESS").is_some() {
        fs::write(document(name), &made).unwrap();
    } else {
        assert!(
            made == text,
            "{name} shows something else than is printed; run this test with QUO_BLESS=1 and read the difference\n{}",
            first_difference(&text, &made)
        );
    }
    assert!(
        !made.contains("panicked") && !made.contains("not found"),
        "a command of {name} did not run"
    );
    made
}

/// The first line in which two texts differ, of both.
fn first_difference(shown: &str, printed: &str) -> String {
    let differing = shown.lines().zip(printed.lines()).find(|(a, b)| a != b);
    differing.map_or_else(String::new, |(shown, printed)| {
        format!("shown:   {shown}\nprinted: {printed}")
    })
}
