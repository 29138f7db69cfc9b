//! The known names nearest to one that is not known.

/// The names that look like `wanted`, nearest first, at most three: those that become it by changing, adding, leaving out
/// (Levenshtein 1966) at most one character in three, whatever their case. Of a name such as `Suite.billing` the last part
/// may also stand alone.
pub(crate) fn nearest<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let wanted = folded(wanted);
    let allowed = (wanted.len() / 3).max(1);
    let mut found: Vec<(usize, &str)> = names
        .into_iter()
        .filter_map(|name| {
            let last = name.rsplit('.').next().unwrap_or(name);
            let distance = distance(&wanted, &folded(name)).min(distance(&wanted, &folded(last)));
            (distance <= allowed).then_some((distance, name))
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found
        .into_iter()
        .take(3)
        .map(|(_, name)| name.to_owned())
        .collect()
}

/// `; did you mean …?`, or nothing.
pub(crate) fn did_you_mean(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [name] => format!("; did you mean `{name}`?"),
        names => format!("; did you mean one of `{}`?", names.join("`, `")),
    }
}

/// The first characters of a name in lower case: longer names are not compared further.
fn folded(name: &str) -> Vec<char> {
    name.chars().flat_map(char::to_lowercase).take(64).collect()
}

fn distance(from: &[char], to: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (removed, a) in (1_usize..).zip(from) {
        let mut left = removed;
        let mut diagonal = removed.saturating_sub(1);
        let Some((first, rest)) = row.split_first_mut() else {
            return removed;
        };
        *first = removed;
        for (cell, b) in rest.iter_mut().zip(to) {
            let changed = diagonal.saturating_add(usize::from(a != b));
            diagonal = *cell;
            left = changed.min(left.min(*cell).saturating_add(1));
            *cell = left;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_single_character_changes() {
        let of = |a: &str, b: &str| distance(&folded(a), &folded(b));
        assert_eq!(of("", "seats"), 5);
        assert_eq!(of("kitten", "sitting"), 3);
        assert_eq!(of("Seats", "seat"), 1);
    }

    #[test]
    fn the_nearest_comes_first_and_strangers_not_at_all() {
        assert_eq!(
            nearest("seat", ["heat", "seats", "edition", "Seat"]),
            ["Seat", "heat", "seats"]
        );
        assert_eq!(nearest("q", ["seats"]), Vec::<String>::new());
        assert_eq!(
            nearest("biling", ["Billing2", "Suite.billing", "billing.Suite"]),
            ["Suite.billing", "Billing2"]
        );
        assert_eq!(
            did_you_mean(&nearest("Sso2", ["Sso"])),
            "; did you mean `Sso`?"
        );
    }
}
