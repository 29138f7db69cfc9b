//! The table of currencies: known rows of ISO 4217's list one, and what holds for all.

use std::collections::BTreeSet;

use quo_value::{Currency, Money, Rounding};

#[test]
fn known_rows() {
    for (code, numeric, minor_units) in [
        ("EUR", 978, 2),
        ("USD", 840, 2),
        ("GBP", 826, 2),
        ("CHF", 756, 2),
        ("SEK", 752, 2),
        ("PLN", 985, 2),
        ("INR", 356, 2),
        ("BRL", 986, 2),
        ("ALL", 8, 2),
        ("JPY", 392, 0),
        ("KRW", 410, 0),
        ("ISK", 352, 0),
        ("CLP", 152, 0),
        ("VND", 704, 0),
        ("XOF", 952, 0),
        ("KWD", 414, 3),
        ("BHD", 48, 3),
        ("JOD", 400, 3),
        ("OMR", 512, 3),
        ("TND", 788, 3),
        ("IQD", 368, 3),
        ("LYD", 434, 3),
        ("CLF", 990, 4),
        ("UYW", 927, 4),
        ("XCG", 532, 2),
        ("ZWG", 924, 2),
    ] {
        let currency = Currency::from_code(code).expect(code);
        assert_eq!(currency.code(), code);
        assert_eq!(currency.numeric(), numeric, "{code}");
        assert_eq!(currency.minor_units(), minor_units, "{code}");
        assert_eq!(Currency::from_numeric(numeric), Some(currency), "{code}");
    }
}

#[test]
fn withdrawn_codes_and_metals_are_none() {
    for code in [
        "DEM", "HRK", "BGN", "ANG", "ZWL", "XAU", "XDR", "XTS", "XXX", "eur", "EU", "",
    ] {
        assert_eq!(Currency::from_code(code), None, "{code}");
    }
    assert_eq!(Currency::from_numeric(0), None);
    assert_eq!(Currency::from_numeric(999), None);
}

#[test]
fn the_table_is_ordered_and_unique() {
    let all: Vec<Currency> = Currency::all().collect();
    assert_eq!(all.len(), 165);
    assert!(all.is_sorted_by(|left, right| left < right && left.code() < right.code()));
    let numerics: BTreeSet<u16> = all.iter().map(|currency| currency.numeric()).collect();
    assert_eq!(numerics.len(), all.len());
    for currency in all {
        let code = currency.code();
        assert!(code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase()));
        assert!((1..=999).contains(&currency.numeric()), "{code}");
        assert!(currency.minor_units() <= 4, "{code}");
        assert_eq!(Currency::from_code(code), Some(currency));
    }
    assert_eq!(size_of::<Currency>(), 1);
}

#[test]
fn amounts_round_to_the_currencys_minor_unit() {
    for (exact, rounded) in [
        ("1234.565 EUR", "1234.56 EUR"),
        ("1234.5 JPY", "1234 JPY"),
        ("1235.5 JPY", "1236 JPY"),
        ("1.2345 KWD", "1.234 KWD"),
        ("7 EUR", "7.00 EUR"),
        ("-0.005 USD", "0.00 USD"),
        ("0.00005 CLF", "0.0000 CLF"),
    ] {
        let exact: Money = exact.parse().unwrap();
        let shown = exact.round_to_currency(Rounding::HalfEven).unwrap();
        assert_eq!(shown.to_string(), rounded);
    }
}
