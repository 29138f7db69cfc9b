//! The text of a cell: what its author meant by a binary number.
//!
//! A workbook holds numbers as IEEE 754 doubles, and spreadsheets show and keep 15 digits of them. So the shortest decimal
//! that reads back as the same double is what somebody typed, `0.1` and not `0.1000000000000000055`; and one of more
//! than 15 digits was not typed but calculated (`0.1+0.2` is `0.30000000000000004`).

use calamine::{DataRef, ExcelDateTime, Style};

/// The most digits of a number that a spreadsheet keeps.
const DIGITS_MAX: usize = 15;
/// The serial numbers of days: from the first one to 9999-12-31.
const DAYS: std::ops::RangeInclusive<f64> = 1.0..=2_958_465.0;

/// What a cell says, or why it says nothing that could be used; `None` for nothing.
pub(crate) fn text(value: &DataRef<'_>, percent: bool) -> Option<Result<String, String>> {
    Some(match value {
        DataRef::Empty => return None,
        DataRef::Int(number) => Ok(as_percent(number.to_string(), percent)),
        DataRef::Float(number) => decimal(*number).map(|text| as_percent(text, percent)),
        DataRef::String(text) => return said(text),
        DataRef::SharedString(text) => return said(text),
        DataRef::Bool(truth) => Ok(if *truth { "yes" } else { "no" }.to_owned()),
        DataRef::DateTime(moment) => day(moment),
        DataRef::DateTimeIso(text) => iso_day(text),
        DataRef::DurationIso(text) => Err(duration(text)),
        DataRef::Error(error) => Err(format!("the cell holds the error `{error}`")),
    })
}

/// Whether the numbers of a style are shown as percentages: its format has a `%` outside of quotes.
pub(crate) fn is_percent(style: &Style) -> bool {
    let Some(format) = &style.number_format else {
        return false;
    };
    let (mut quoted, mut escaped) = (false, false);
    for char in format.format_code.chars() {
        match char {
            _ if escaped => escaped = false,
            '"' => quoted = !quoted,
            '\\' | '_' | '*' => escaped = true,
            '%' if !quoted => return true,
            ';' if !quoted => return false,
            _ => {}
        }
    }
    false
}

/// A text, on one line and without the blanks around it; nothing where it is only blanks.
fn said(text: &str) -> Option<Result<String, String>> {
    let text = text.trim().replace(['\r', '\n'], " ");
    (!text.is_empty()).then_some(Ok(text))
}

/// The shortest decimal of a double, if it has no more digits than a spreadsheet keeps.
fn decimal(number: f64) -> Result<String, String> {
    if !number.is_finite() {
        return Err(format!("`{number}` is not a number"));
    }
    // The shortest text that reads back as the same double, never with an exponent.
    let text = format!("{number}");
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let whole = !text.contains('.');
    let significant = digits.trim_start_matches('0');
    let significant = if whole {
        significant.trim_end_matches('0')
    } else {
        significant
    };
    let count = significant.len();
    if count > DIGITS_MAX {
        return Err(format!(
            "`{text}` has {count} digits, of which a workbook keeps {DIGITS_MAX}; round it in its formula, or write it as text"
        ));
    }
    Ok(if text == "-0" { "0".to_owned() } else { text })
}

/// A decimal as a percentage where the cell is shown as one: the point moves two places, exactly.
fn as_percent(text: String, percent: bool) -> String {
    if !percent {
        return text;
    }
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.as_str()),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let moved = format!("{fraction:0<2}");
    let (up, rest) = moved.split_at_checked(2).unwrap_or((&moved, ""));
    let joined = format!("{whole}{up}");
    let whole = joined.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if rest.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{rest}%")
}

/// A number in a format of dates.
fn day(moment: &ExcelDateTime) -> Result<String, String> {
    let serial = moment.as_f64();
    if moment.is_duration() {
        return Err(duration(&serial.to_string()));
    }
    if !DAYS.contains(&serial) {
        return Err(format!("`{serial}` is shown as a date and is none"));
    }
    let (year, month, day, hours, minutes, seconds, millis) = moment.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hours, minutes, seconds, millis) == (0, 0, 0, 0) {
        return Ok(date);
    }
    let time = format!("{hours:02}:{minutes:02}:{seconds:02}");
    Err(format!(
        "`{date} {time}` has a time but no time zone; write a day, or an instant as text such as `{date}T{time}Z`"
    ))
}

fn iso_day(text: &str) -> Result<String, String> {
    let (date, time) = text.split_once('T').unwrap_or((text, ""));
    let midnight = time.chars().all(|char| matches!(char, '0' | ':' | '.'));
    if midnight {
        Ok(date.to_owned())
    } else {
        Err(format!(
            "`{text}` has a time but no time zone; write a day, or an instant as text"
        ))
    }
}

fn duration(text: &str) -> String {
    format!("`{text}` is shown as a length of time; write it as text, such as `30 days`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_what_was_typed() {
        let typed = |number: f64| decimal(number).unwrap();
        assert_eq!(
            [typed(0.1), typed(12.5), typed(1e-7)],
            ["0.1", "12.5", "0.0000001"]
        );
        assert_eq!([typed(1e21), typed(-0.0)], ["1000000000000000000000", "0"]);
        // What spreadsheets write into the file for 1.1.
        assert_eq!(typed("1.1000000000000001".parse().unwrap()), "1.1");
        assert_eq!(typed(123_456_789_012.345), "123456789012.345");
        let calculated = decimal("0.30000000000000004".parse().unwrap()).unwrap_err();
        assert!(calculated.contains("17 digits"), "{calculated}");
        assert!(decimal(f64::NAN).is_err());
    }

    #[test]
    fn percentages_move_the_point() {
        let percent = |text: &str| as_percent(text.to_owned(), true);
        assert_eq!(
            [
                percent("0.075"),
                percent("0.5"),
                percent("1"),
                percent("-0.1234")
            ],
            ["7.5%", "50%", "100%", "-12.34%"]
        );
        assert_eq!(
            [percent("0"), percent("0.001"), percent("12.5")],
            ["0%", "0.1%", "1250%"]
        );
    }
}
