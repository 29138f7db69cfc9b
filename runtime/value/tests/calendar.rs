//! Dates and periods: known days, short months, and the laws of counting.

use proptest::prelude::*;
use quo_value::{ArithmeticError, Date, Period};

fn day(text: &str) -> Date {
    text.parse().expect(text)
}

fn any_date() -> impl Strategy<Value = Date> {
    (Date::MIN.days()..=Date::MAX.days())
        .prop_map(|days| Date::from_days(days).expect("the day is in the calendar"))
}

#[test]
fn known_days() {
    for (text, days, ymd) in [
        ("0001-01-01", -719_162, (1, 1, 1)),
        ("1899-12-31", -25_568, (1899, 12, 31)),
        ("1969-12-31", -1, (1969, 12, 31)),
        ("1970-01-01", 0, (1970, 1, 1)),
        ("2000-02-29", 11_016, (2000, 2, 29)),
        ("2026-07-15", 20_649, (2026, 7, 15)),
        ("9999-12-31", 2_932_896, (9999, 12, 31)),
    ] {
        let date = day(text);
        assert_eq!(date.days(), days, "{text}");
        assert_eq!(date.ymd(), ymd);
        assert_eq!(date.to_string(), text);
        assert_eq!(Date::from_ymd(ymd.0, ymd.1, ymd.2), Some(date));
    }
    assert_eq!(day("0001-01-01"), Date::MIN);
    assert_eq!(day("9999-12-31"), Date::MAX);
    assert_eq!(Date::from_days(Date::MIN.days() - 1), None);
    assert_eq!(Date::from_days(Date::MAX.days() + 1), None);
    for (year, month, day) in [
        (0, 1, 1),
        (-1, 1, 1),
        (2026, 0, 1),
        (2026, 13, 1),
        (2026, 2, 29),
        (2026, 1, 0),
        (2026, 1, 200),
        (10_000, 1, 1),
    ] {
        assert_eq!(Date::from_ymd(year, month, day), None);
    }
}

#[test]
fn months_clamp_to_short_months() {
    for (from, months, to) in [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-01-31", 2, "2026-03-31"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-07-15", 0, "2026-07-15"),
        ("2026-01-15", -1, "2025-12-15"),
    ] {
        let reached = day(from).add_months(months);
        assert_eq!(reached, Ok(day(to)), "{from} and {months} months");
    }
    let beyond = Err(ArithmeticError::DateOutOfRange);
    assert_eq!(Date::MAX.add_months(1), beyond);
    assert_eq!(Date::MIN.add_months(-1), beyond);
    assert_eq!(Date::MIN.add_months(i32::MAX), beyond);
    assert_eq!(Date::MIN.add_months(i32::MIN), beyond);
    assert_eq!(Date::MAX.add_days(1), beyond);
    assert_eq!(Date::MAX.add_days(i32::MAX), beyond);
    assert_eq!(Date::MIN.add_days(-1), beyond);
    assert_eq!(Date::MIN.add_period(Period::of_months(u32::MAX)), beyond);
    assert_eq!(Date::MIN.add_period(Period::of_days(u32::MAX)), beyond);
}

#[test]
fn periods_add_months_before_days() {
    let period = Period { months: 1, days: 1 };
    assert_eq!(day("2026-01-31").add_period(period), Ok(day("2026-03-01")));
    let term = Period::of_months(36);
    assert_eq!(day("2026-07-15").add_period(term), Ok(day("2029-07-15")));
}

#[test]
fn whole_months_between() {
    for (from, to, months) in [
        ("2026-01-31", "2026-02-27", 0),
        ("2026-01-31", "2026-02-28", 1),
        ("2026-01-15", "2026-02-14", 0),
        ("2026-01-15", "2026-02-15", 1),
        ("2026-01-15", "2029-01-14", 35),
        ("2026-07-15", "2026-07-15", 0),
        ("2026-02-28", "2026-01-31", -1),
        ("2026-02-15", "2026-01-16", 0),
        ("2024-02-29", "2025-02-28", 12),
        ("0001-01-01", "9999-12-31", 119_987),
    ] {
        assert_eq!(day(from).months_until(day(to)), months, "{from} to {to}");
    }
}

#[test]
fn periods_compare_where_every_calendar_agrees() {
    let period = |text: &str| text.parse::<Period>().expect(text);
    for (left, sign, right) in [
        ("12 months", "=", "1 year"),
        ("24 months", ">", "12 months"),
        ("29 days", "<", "30 days"),
        ("0 days", "<", "1 month"),
        ("1 month", "<", "1 month 10 days"),
        ("2 months 10 days", ">", "1 month 9 days"),
        ("1 month", "?", "30 days"),
        ("12 months", "?", "1 day"),
        ("2 months 1 day", "?", "1 month 2 days"),
    ] {
        let found = match period(left).checked_cmp(period(right)) {
            Ok(std::cmp::Ordering::Less) => "<",
            Ok(std::cmp::Ordering::Equal) => "=",
            Ok(std::cmp::Ordering::Greater) => ">",
            Err(_) => "?",
        };
        assert_eq!(found, sign, "{left} against {right}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn days_count_and_count_back(from in any_date(), to in any_date()) {
        let days = from.days_until(to);
        prop_assert_eq!(from.add_days(days), Ok(to));
        prop_assert_eq!(to.days_until(from), -days);
        prop_assert_eq!(from < to, days > 0);
    }

    #[test]
    fn months_until_is_the_most_that_does_not_pass(from in any_date(), to in any_date()) {
        let (from, to) = (from.min(to), from.max(to));
        let months = from.months_until(to);
        prop_assert!(from.add_months(months).unwrap() <= to);
        if let Ok(next) = from.add_months(months + 1) {
            prop_assert!(next > to);
        }
        prop_assert_eq!(to.months_until(from), -months);
    }

    #[test]
    fn added_months_are_counted_again(from in any_date(), months in 0..2_000_i32) {
        if let Ok(to) = from.add_months(months) {
            prop_assert_eq!(from.months_until(to), months);
            let (_, _, start) = from.ymd();
            let (_, _, end) = to.ymd();
            prop_assert!(end == start || (end < start && to.add_days(1).unwrap().ymd().2 == 1));
        }
    }
}
