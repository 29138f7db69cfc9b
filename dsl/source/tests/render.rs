//! The renderers, as a person and a program see them.

use quo_source::{Diagnostic, FileId, SourceFile, Sources, Worksheet, codes, render};

fn sources() -> Sources {
    let rules = "discount Größe \"Größe\" {\n\ttake 12,50 EUR\n}\n";
    let table = "charge,edition,price\nPlatform.subscription,Pro,\"1,5\"\n";
    let sheet = Worksheet::new("EU", 0, 0, Default::default());
    let cells = "\ncharge,price\n\"Platform.subscription\",free\n";
    Sources::new([
        SourceFile::new("prices/europe.csv", table).expect("valid"),
        SourceFile::new("rules.quo", rules).expect("valid"),
        SourceFile::worksheet("workbook.xlsx", sheet, cells).expect("valid"),
    ])
    .expect("three paths")
}

fn diagnostics() -> Vec<Diagnostic> {
    let (table, rules) = (FileId(0), FileId(1));
    vec![
        Diagnostic::error(codes::BAD_NAME, "`Größe` is not a name")
            .at(rules.span(9, 16), "this has letters other than a to z")
            .also(rules.span(17, 26), "a title may have them"),
        Diagnostic::error(codes::DECIMAL_COMMA, "a number has no comma")
            .at(rules.span(35, 40), "")
            .note("a decimal point stands before the cents")
            .suggest("write", rules.span(35, 40), "12.50"),
        Diagnostic::warning(codes::BAD_CELL, "`1,5` is not a price").at_cell(
            table.span(47, 52),
            "price",
            "expected a number",
        ),
        Diagnostic::error(codes::BAD_PRICE, "`free` is not a price")
            .at_cell(FileId(2).span(38, 42), "price", "a number is expected")
            .also(FileId(2).span(14, 42), "of this row"),
        Diagnostic::remark(codes::OVER_BUDGET, "nothing more was checked"),
    ]
}

#[test]
fn terminal() {
    insta::assert_snapshot!(render::terminal(&sources(), &diagnostics(), false));
}

#[test]
fn terminal_in_colour_says_the_same() {
    let colored = render::terminal(&sources(), &diagnostics(), true);
    assert!(colored.contains('\u{1b}'));
    let mut plain = String::new();
    let mut parts = colored.split('\u{1b}');
    plain.push_str(parts.next().unwrap_or(""));
    for part in parts {
        plain.push_str(part.split_once('m').map_or("", |(_, rest)| rest));
    }
    assert_eq!(plain, render::terminal(&sources(), &diagnostics(), false));
}

#[test]
fn json() {
    let shape = render::json(&sources(), &diagnostics());
    insta::assert_snapshot!(serde_json::to_string_pretty(&shape).expect("plain data"));
}

#[test]
fn spans_outside_their_file_are_brought_back_into_it() {
    let id = FileId(1);
    for span in [
        id.span(u32::MAX, u32::MAX),
        id.span(20, 10),
        id.span(12, 13),
        FileId(9).span(0, 1),
    ] {
        let bad = [Diagnostic::error(codes::BAD_NAME, "no such place").at(span, "here")];
        assert!(render::terminal(&sources(), &bad, false).contains("no such place"));
        assert!(render::terminal(&sources(), &bad, true).contains("no such place"));
        assert_eq!(render::json(&sources(), &bad).len(), 1);
    }
}
