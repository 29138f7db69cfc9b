//! Every value as text: what is written is read back the same, and what is refused is refused in
//! words.

use std::fmt::{Display, Write};
use std::str::FromStr;

use proptest::prelude::*;
use quo_value::{
    ArithmeticError, Currency, Date, Decimal, MAX_SCALE, Money, MoneyError, Percent, Period,
    Rounding,
};

fn any_decimal() -> impl Strategy<Value = Decimal> {
    (any::<i128>(), 0_u32..128, 0..=MAX_SCALE).prop_map(|(mantissa, shift, scale)| {
        Decimal::new(mantissa >> shift, scale).expect("the scale is in range")
    })
}

/// Text that is nearly a value, sometimes one, and sometimes nothing of the kind.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[-0-9.,YMDP%EUR mothsdayer_+éⅧ٣]{0,24}",
        "-?[0-9]{0,3}[.]?[0-9]{0,4}( EUR|%)?",
        "[0-9]{4}-[01][0-9]-[0-3][0-9]",
        "P?[0-9]{0,11}[YMD ]?(months|days)?",
    ]
}

fn any_currency() -> impl Strategy<Value = Currency> {
    prop::sample::select(Currency::all().collect::<Vec<_>>())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn decimals_come_back_with_their_scale(number in any_decimal()) {
        let read: Decimal = number.to_string().parse().unwrap();
        prop_assert_eq!((read.mantissa(), read.scale()), (number.mantissa(), number.scale()));
        let percent = Percent(number);
        prop_assert_eq!(percent.to_string().parse(), Ok(percent));
    }

    #[test]
    fn money_comes_back(amount in any_decimal(), currency in any_currency()) {
        let money = Money::new(amount, currency);
        prop_assert_eq!(money.to_string().parse(), Ok(money));
    }

    #[test]
    fn dates_and_periods_come_back(
        days in Date::MIN.days()..=Date::MAX.days(), months in any::<u32>(), rest in any::<u32>(),
    ) {
        let date = Date::from_days(days).unwrap();
        prop_assert_eq!(date.to_string().parse(), Ok(date));
        let mixed = Period { months, days: rest };
        for period in [mixed, Period::of_months(months), Period::of_days(rest)] {
            prop_assert_eq!(period.to_string().parse(), Ok(period));
            prop_assert_eq!(Period::parse_iso(&period.iso()), Ok(period));
        }
    }

    #[test]
    fn any_text_is_a_value_or_an_error(text in any_text()) {
        if let Ok(number) = text.parse::<Decimal>() {
            // One form for one number, but for the sign of zero.
            let unsigned = text.strip_prefix('-').filter(|_| number.is_zero());
            prop_assert_eq!(number.to_string(), unsigned.unwrap_or(&text));
        }
        let _ = text.parse::<Money>();
        let _ = text.parse::<Percent>();
        let _ = text.parse::<Period>();
        let _ = Period::parse_iso(&text);
        if let Ok(date) = text.parse::<Date>() {
            prop_assert_eq!(date.to_string(), text);
        }
    }

    #[test]
    fn the_edge_keeps_the_number_or_refuses(number in any_decimal()) {
        match rust_decimal::Decimal::try_from(number) {
            Ok(outside) => prop_assert_eq!(Decimal::try_from(outside), Ok(number)),
            Err(refused) => {
                prop_assert_eq!(refused, ArithmeticError::Inexact);
                let normal = number.normalized();
                let wide = normal.mantissa().unsigned_abs() >> 96 != 0;
                prop_assert!(wide || normal.scale() > 28);
            }
        }
    }
}

#[test]
fn numbers_are_shown_at_their_scale() {
    for (mantissa, scale, text) in [
        (1250, 2, "12.50"),
        (-5, 2, "-0.05"),
        (7, 0, "7"),
        (0, 2, "0.00"),
        (-1, 0, "-1"),
        (1, 38, "0.00000000000000000000000000000000000001"),
        (i128::MIN, 38, "-1.70141183460469231731687303715884105728"),
        (i128::MIN, 0, "-170141183460469231731687303715884105728"),
    ] {
        let number = Decimal::new(mantissa, scale).unwrap();
        assert_eq!(number.to_string(), text);
        let read: Decimal = text.parse().unwrap();
        assert_eq!((read.mantissa(), read.scale()), (mantissa, scale), "{text}");
    }
    let price = Decimal::new(-1250, 2).unwrap();
    assert_eq!(
        format!("{price:>8}|{price:<8}|{price:08}"),
        "  -12.50|-12.50  |-0012.50"
    );
}

#[test]
fn percentages_keep_their_digits() {
    for (percent, fraction) in [("7.5%", "0.075"), ("100%", "1.00"), ("-0.25%", "-0.0025")] {
        let percent: Percent = percent.parse().unwrap();
        let factor = percent.fraction().unwrap();
        assert_eq!(factor.to_string(), fraction);
        assert_eq!(
            Percent::from_fraction(factor).unwrap().to_string(),
            percent.to_string()
        );
    }
    let half = Percent::from_fraction("0.5".parse().unwrap()).unwrap();
    assert_eq!(half.to_string(), "50%");
    let fine = Percent(Decimal::new(1, 37).unwrap());
    assert_eq!(fine.fraction(), Err(ArithmeticError::ScaleTooLarge));
}

#[test]
fn periods_are_read_in_years_and_shown_in_months() {
    for (text, shown, iso) in [
        ("12 months", "12 months", "P12M"),
        ("1 month", "1 month", "P1M"),
        ("30 days", "30 days", "P30D"),
        ("1 day", "1 day", "P1D"),
        ("3 years", "36 months", "P36M"),
        ("1 year 6 months", "18 months", "P18M"),
        ("1 month 10 days", "1 month 10 days", "P1M10D"),
        ("0 months", "0 days", "P0D"),
    ] {
        let period: Period = text.parse().unwrap();
        assert_eq!(
            (period.to_string().as_str(), period.iso().as_str()),
            (shown, iso)
        );
    }
    assert_eq!(Period::parse_iso("P3Y"), Ok(Period::of_months(36)));
    assert_eq!(
        Period::parse_iso("P1Y2M3D"),
        Ok(Period {
            months: 14,
            days: 3
        })
    );
}

#[test]
fn currencies_do_not_mix() {
    let euros: Money = "10.00 EUR".parse().unwrap();
    let dollars: Money = "10.00 USD".parse().unwrap();
    let refused = MoneyError::CurrencyMismatch {
        left: euros.currency,
        right: dollars.currency,
    };
    assert_eq!(euros.checked_add(dollars), Err(refused));
    assert_eq!(euros.checked_sub(dollars), Err(refused));
    assert_eq!(euros.checked_cmp(dollars), Err(refused));
    assert_ne!(euros, dollars);
    assert_eq!(
        refused.to_string(),
        "`EUR` and `USD` are different currencies"
    );
    assert_eq!("10 EUR".parse(), Ok(euros));
}

/// One line for each text: the text, and what its reader says to it.
fn refusals<T: FromStr<Err: Display> + Display>(page: &mut String, what: &str, texts: &[&str]) {
    writeln!(page, "# {what}").expect("a string takes any text");
    for text in texts {
        let answer = match text.parse::<T>() {
            Ok(value) => format!("ACCEPTED as {value}"),
            Err(refused) => refused.to_string(),
        };
        writeln!(page, "{answer}").expect("a string takes any text");
    }
    page.push('\n');
}

#[test]
fn refusals_are_sentences() {
    let long = "9".repeat(200);
    let places = format!("0.{}", "1".repeat(39));
    let mut page = String::new();
    refusals::<Decimal>(
        &mut page,
        "decimal number",
        &[
            "",
            "-",
            "+5",
            ".5",
            "5.",
            "1,50",
            "1.5.0",
            "1.5 ",
            " 1",
            "007",
            "-00.1",
            "1e3",
            "100_000",
            "--1",
            "٣",
            "1.x",
            "170141183460469231731687303715884105728",
            &long,
            &places,
        ],
    );
    refusals::<Money>(
        &mut page,
        "money",
        &[
            "12.50",
            "12.50EUR",
            "12.50  EUR",
            "12.50 eur",
            "12,50 EUR",
            "1 XAU",
            "1 EUR ",
        ],
    );
    refusals::<Percent>(&mut page, "percentage", &["7.5", "7.5 %", "%", "7,5%"]);
    refusals::<Currency>(&mut page, "currency", &["eur", "EURO", "DM", ""]);
    refusals::<Date>(
        &mut page,
        "date",
        &[
            "2026-7-15",
            "2026-02-29",
            "0000-01-01",
            "20260715",
            "+026-07-15",
            "2026-07-15T00:00",
        ],
    );
    refusals::<Period>(
        &mut page,
        "period",
        &[
            "",
            "12",
            "months",
            "12 weeks",
            "12  months",
            "+1 month",
            "1 day 1 month",
            "1 month 1 month",
            "1 month ",
            "4294967296 days",
            "400000000 years",
            "P12M",
        ],
    );
    refusals::<Rounding>(
        &mut page,
        "rounding",
        &["half", "Half Up", "half  up", "nearest"],
    );
    writeln!(page, "# duration").unwrap();
    for text in [
        "P",
        "12M",
        "P1W",
        "PT1H",
        "P1D1M",
        "P1M1M",
        "P+1M",
        "PM",
        "P1",
        "P4294967296D",
    ] {
        writeln!(page, "{}", Period::parse_iso(text).unwrap_err()).unwrap();
    }
    insta::assert_snapshot!(page);
}
