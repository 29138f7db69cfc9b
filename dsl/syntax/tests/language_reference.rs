//! Every example of the language reference parses, and comes out of the tree as it went in.

use std::path::Path;

use quo_source::{SourceFile, Sources, render};

/// The code blocks of a Markdown text that are marked as Quo.
fn blocks(markdown: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut open: Option<String> = None;
    for line in markdown.lines() {
        match (&mut open, line.trim_end()) {
            (None, "```quo") => open = Some(String::new()),
            (Some(_), "```") => blocks.extend(open.take()),
            (Some(block), line) => {
                block.push_str(line);
                block.push('\n');
            }
            (None, _) => {}
        }
    }
    blocks
}

/// Diagnostics as an analyst would see them; empty where all is well.
fn complaints(path: &str, text: &str) -> String {
    let file = SourceFile::new(path, text).expect("a relative path");
    let sources = Sources::new([file]).expect("one file");
    let id = sources.find(path).expect("just added");
    let parse = quo_syntax::parse(id, text);
    assert_eq!(parse.syntax().text().to_string(), text, "{path}");
    render::terminal(&sources, parse.diagnostics(), false)
}

fn root() -> &'static Path {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).expect("two folders down")
}

#[test]
fn every_example_parses() {
    let path = root().join("docs/language.md");
    let markdown = std::fs::read_to_string(path).expect("the reference is there");
    let blocks = blocks(&markdown);
    assert!(blocks.len() >= 12, "only {} examples found", blocks.len());
    let all: String = blocks
        .iter()
        .enumerate()
        .map(|(at, block)| complaints(&format!("example-{}.quo", at + 1), block))
        .collect();
    assert!(all.is_empty(), "{all}");
}

#[test]
fn the_ruleset_that_is_shipped_parses() {
    let mut folders = vec![root().join("rulesets")];
    let mut all = String::new();
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ext| ext == "quo") {
                files += 1;
                let text = std::fs::read_to_string(&path).expect("UTF-8");
                let name = path.strip_prefix(root()).expect("below").to_string_lossy();
                all += &complaints(&name, &text);
            }
        }
    }
    assert!(files > 5, "only {files} files found");
    assert!(all.is_empty(), "{all}");
}
