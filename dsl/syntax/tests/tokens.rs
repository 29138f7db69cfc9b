//! Every kind of token, cells of imported tables, and literals as data.

use quo_syntax::cell::parse_cell;
use quo_syntax::{SyntaxKind, lexer, literal};

fn kinds(text: &str) -> Vec<SyntaxKind> {
    let tokens = lexer::lex(text).into_iter().map(|token| token.kind);
    tokens
        .filter(|kind| *kind != SyntaxKind::WHITESPACE)
        .collect()
}

#[test]
fn every_kind_of_token() {
    use SyntaxKind::*;
    let cases: &[(&str, &[SyntaxKind])] = &[
        ("\u{feff} \t", &[]),
        ("\n \r\n", &[NEWLINE, NEWLINE]),
        ("a-- b\nc", &[WORD, COMMENT, NEWLINE, WORD]),
        ("product _x a1", &[WORD, WORD, WORD]),
        ("7 100_000 12.50", &[NUMBER, NUMBER, NUMBER]),
        ("7.5% 100%", &[PERCENT, PERCENT]),
        ("2026-07-15", &[DATE]),
        ("2026-7-15", &[NUMBER, MINUS, NUMBER, MINUS, NUMBER]),
        ("1.0.0", &[VERSION]),
        (r#""a \" b \\""#, &[TEXT]),
        (
            "{}(),:.?",
            &[
                L_BRACE, R_BRACE, L_PAREN, R_PAREN, COMMA, COLON, DOT, QUESTION,
            ],
        ),
        ("= < <= > >=", &[EQ, LT, LT_EQ, GT, GT_EQ]),
        ("+ - * / | ||", &[PLUS, MINUS, STAR, SLASH, PIPE, PIPE2]),
        ("|||", &[PIPE2, PIPE]),
        ("== != <> ! &&", &[EQ2, BANG_EQ, LT_GT, BANG, AMP2]),
        ("Größe é", &[BAD_WORD, BAD_WORD]),
        (
            "1.5e3 8hours 1__0 1_",
            &[BAD_NUMBER, BAD_NUMBER, BAD_NUMBER, BAD_NUMBER],
        ),
        ("\"a\nb", &[BAD_TEXT, NEWLINE, WORD]),
        ("§§ &", &[UNKNOWN, UNKNOWN]),
        ("7.", &[NUMBER, DOT]),
        ("a.b", &[WORD, DOT, WORD]),
    ];
    for (text, expected) in cases {
        assert_eq!(kinds(text), *expected, "{text:?}");
    }
}

#[test]
fn cells_of_imported_tables() {
    let cells = [
        "*",
        "-",
        " 12.50 ",
        "-5",
        "Standard",
        "Silver, Gold",
        "1 to 100",
        "above 100",
        "from 5",
        "below 2.5",
        "up to 10%",
        "> 1",
        ">= 1",
        "< 1",
        "<=1",
        "Platform.subscription",
        "yes",
        "2026-07-15",
        "\"C-1009, \\\"x\\\"\"",
        "5 EUR",
        "12 months",
        "1 to 5, above 10",
        "above",
        "",
        "  ",
        "12,50",
        "1,000",
        "1 to",
        "to 5",
        "1 2",
        "12.",
        "1e5",
        "5 weeks",
        "2026-02-30",
        "\"open",
        "Größe",
        "above above",
        "*, 5",
        "5;6",
        "1_000",
        "1'000",
        "5 eur",
        ".5",
    ];
    let lines = cells.iter().map(|cell| match parse_cell(cell) {
        Ok(read) => format!("{cell:?}\n    {read:?}\n"),
        Err(error) => format!("{cell:?}\n    error at {}: {error}\n", error.offset()),
    });
    insta::assert_snapshot!(lines.collect::<String>());
}

#[test]
fn numbers_keep_every_digit_and_refuse_what_does_not_fit() {
    let number = |text: &str| literal::number(text).map(|n| (n.mantissa, n.scale));
    assert_eq!(number("100_000"), Ok((100_000, 0)));
    assert_eq!(number("12.50"), Ok((1250, 2)));
    assert_eq!(number(&i128::MAX.to_string()), Ok((i128::MAX, 0)));
    let too_long = [
        "170141183460469231731687303715884105728".to_owned(),
        format!("0.{}", "0".repeat(29)),
        format!("0.{}", "0".repeat(300)),
    ];
    for text in too_long {
        let error = literal::LiteralError::TooManyDigits(text.clone());
        assert_eq!(number(&text), Err(error));
    }
    for text in [
        "", ".", "1.", ".5", "1_", "_1", "1__0", "1.0_0", "1e5", "-1", "1.2.3",
    ] {
        let error = literal::LiteralError::NotANumber(text.to_owned());
        assert_eq!(number(text), Err(error), "{text}");
    }
}

#[test]
fn dates_are_days_of_the_calendar() {
    for day in ["2024-02-29", "2000-02-29", "2026-12-31", "0001-01-01"] {
        assert!(literal::date(day).is_ok(), "{day}");
    }
    let none = [
        "2026-02-29",
        "1900-02-29",
        "2026-13-01",
        "2026-04-31",
        "2026-00-10",
        "2026-01-00",
        "0000-01-01",
        "2026-1-1",
        "+026-01-01",
    ];
    for day in none {
        assert!(literal::date(day).is_err(), "{day}");
    }
}
