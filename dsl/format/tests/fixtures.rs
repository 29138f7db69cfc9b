//! Text in, text out: the style, form by form, as a person can read it.
//!
//! `fixtures/*.quo` are written carelessly; the snapshot is how they look afterwards.

use std::path::Path;

/// Every fixture with its name, in the order of the names.
fn fixtures() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let entries = std::fs::read_dir(folder).expect("a folder of fixtures");
    let mut fixtures: Vec<_> = entries
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let name = path.file_stem().expect("a name").to_string_lossy();
            let text = std::fs::read_to_string(&path).expect("UTF-8");
            (name.into_owned(), text)
        })
        .collect();
    fixtures.sort();
    fixtures
}

#[test]
fn careless_texts_and_how_they_look_afterwards() {
    let fixtures = fixtures();
    assert!(fixtures.len() >= 5);
    for (name, text) in fixtures {
        let formatted =
            quo_format::format(&text).unwrap_or_else(|errors| panic!("{name}: {errors:#?}"));
        assert!(formatted.kept.is_empty(), "{name}: {:?}", formatted.kept);
        assert!(quo_format::same_meaning(&text, &formatted.text), "{name}");
        let again = quo_format::format(&formatted.text).expect("it had no errors before");
        assert_eq!(again.text, formatted.text, "{name} is not at rest");
        insta::assert_snapshot!(name, formatted.text);
    }
}

#[test]
fn a_text_with_errors_is_not_touched() {
    let errors = quo_format::format("product   Platform {\n  option\n}\n")
        .expect_err("an option without a name");
    assert!(errors.iter().all(quo_source::Diagnostic::is_error));
    assert!(!errors.is_empty());
}

#[test]
fn meaning_is_what_white_space_does_not_change() {
    let same = quo_format::same_meaning;
    assert!(same("enum E { A, B }", "enum E {\n  A,\n  B,\n}\n"));
    assert!(!same("enum E { A, B }", "enum E { B, A }"));
    assert!(!same("role A -- one\n", "role A -- two\n"));
    assert!(!same("role A -- one\n", "role A\n"));
    assert!(!same("amount a = 5 EUR, 6 USD", "amount a = 5 EUR 6 USD"));
    let (with, without) = ("given a { x 1, y 2 }", "given a {\n x 1\n y 2 }");
    let test = |body: &str| format!("test \"t\" {{\n{body}\n}}\n");
    assert!(same(&test(with), &test(without)));
    assert!(!same(
        "define a: Int = (1 + 2) * 3",
        "define a: Int = 1 + (2 * 3)"
    ));
}

#[test]
fn nesting_as_deep_as_the_grammar_allows_is_laid_out() {
    for (open, close) in [
        ("(", ")"),
        ("not (", ")"),
        ("(x + ", ")"),
        ("if a then (", ") else b"),
    ] {
        let text = format!(
            "define a: Bool = {}x{}\n",
            open.repeat(90),
            close.repeat(90)
        );
        let formatted = quo_format::format(&text).expect("not too deep");
        assert!(quo_format::same_meaning(&text, &formatted.text));
    }
}
