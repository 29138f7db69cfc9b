//! What a cell was meant to be that says nothing: the marks that spreadsheets and habits leave behind.

/// Advice for a cell that is not understood, as it stands in its file.
#[must_use]
pub fn advice(text: &str) -> Option<String> {
    let text = text.trim();
    if text.starts_with('#') && text.len() > 1 {
        return Some("the spreadsheet could not work this cell out: mend its formula".to_owned());
    }
    let write = |what: &str| Some(format!("write `{what}`"));
    match text.to_ascii_lowercase().as_str() {
        "true" => return write("yes"),
        "false" => return write("no"),
        _ => {}
    }
    if let Some(number) = without_sign(text) {
        return Some(format!(
            "write `{number}`: the currency is that of the row or of the book"
        ));
    }
    if let Some(number) = number_meant(text) {
        return write(&number);
    }
    if is_exponent(text) {
        return Some(
            "write all digits: show the column as numbers before it is exported".to_owned(),
        );
    }
    if let Some((from, to)) = range_meant(text) {
        return write(&format!("{from} to {to}"));
    }
    looks_like_a_day(text).then(|| {
        "a spreadsheet took it for a day: show the column as text, and write a range as `1 to 50`"
            .to_owned()
    })
}

/// A number whose comma stands before its decimals or between its thousands, written as numbers are.
#[must_use]
pub fn number_meant(text: &str) -> Option<String> {
    let comma = text.rfind(',')?;
    let (mut whole, decimals) = (text.get(..comma)?, text.get(comma.checked_add(1)?..)?);
    let mut decimals = decimals.to_owned();
    let groups = |whole: &str, mark: char| {
        let mut groups = whole.split(mark);
        let first = groups.next().is_some_and(|it| digits(it) && it.len() <= 3);
        first && groups.all(|group| digits(group) && group.len() == 3)
    };
    let joined;
    if digits(&decimals) && (digits(whole) || groups(whole, '.')) {
        // `15,00` and `1.490,50`; `1,490` with three digits may be either, and thousands are more likely.
        joined = whole.replace('.', "");
        if decimals.len() == 3 && whole == joined {
            return Some(format!("{joined}{decimals}"));
        }
        whole = &joined;
    } else if let Some((last, rest)) = decimals.clone().split_once('.')
        && digits(rest)
        && last.len() == 3
        && groups(&format!("{whole},{last}"), ',')
    {
        // `1,490.50`.
        joined = format!("{}{last}", whole.replace(',', ""));
        decimals = rest.to_owned();
        whole = &joined;
    } else {
        return None;
    }
    Some(format!("{whole}.{decimals}"))
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_number(text: &str) -> bool {
    match text.split_once('.') {
        Some((whole, decimals)) => digits(whole) && digits(decimals),
        None => digits(text),
    }
}

/// `€10.00`, `10.00 €`.
fn without_sign(text: &str) -> Option<String> {
    let sign = |char: char| matches!(char, '€' | '$' | '£' | '¥');
    let inner = text
        .strip_prefix(sign)
        .or_else(|| text.strip_suffix(sign))?;
    let inner = inner.trim();
    number_meant(inner).or_else(|| is_number(inner).then(|| inner.to_owned()))
}

fn is_exponent(text: &str) -> bool {
    let Some((number, power)) = text.split_once(['e', 'E']) else {
        return false;
    };
    let power = power.strip_prefix(['+', '-']).unwrap_or(power);
    is_number(&number.replace(',', ".")) && digits(power)
}

/// `1-50`, `1–50`, `1 - 50`.
fn range_meant(text: &str) -> Option<(&str, &str)> {
    let (from, to) = text.split_once(['-', '–', '—'])?;
    let (from, to) = (from.trim(), to.trim());
    (is_number(from) && is_number(to)).then_some((from, to))
}

/// `01. Jan`, `1-Feb`, `Jan 50`.
fn looks_like_a_day(text: &str) -> bool {
    const MONTHS: &[&str] = &[
        "jan", "feb", "mar", "mär", "apr", "may", "mai", "jun", "jul", "aug", "sep", "oct", "okt",
        "nov", "dec", "dez",
    ];
    let words: Vec<String> = text
        .split(|char: char| !char.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let [one, other] = words.as_slice() else {
        return false;
    };
    let month = |word: &str| MONTHS.iter().any(|month| word.starts_with(month));
    (digits(one) && month(other)) || (month(one) && digits(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_other_habits_are_recognised() {
        for (written, meant) in [
            ("15,00", Some("15.00")),
            ("1.490,50", Some("1490.50")),
            ("1,490.50", Some("1490.50")),
            ("1,490", Some("1490")),
            ("12,5", Some("12.5")),
            ("1.234.567,8", Some("1234567.8")),
            ("1,2,3", None),
            ("Basic", None),
            (",", None),
        ] {
            assert_eq!(number_meant(written).as_deref(), meant, "{written}");
        }
    }

    #[test]
    fn what_is_nothing_known_gets_no_advice() {
        for text in ["", "Pro Plus", "-", "1 to", "#", "a-b", "1-", "may be", "€"] {
            assert_eq!(advice(text), None, "{text}");
        }
        assert_eq!(advice("1–50").as_deref(), Some("write `1 to 50`"));
        assert!(advice("01. Jan").is_some() && advice("1-Feb").is_some());
    }
}
