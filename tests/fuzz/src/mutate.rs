//! Damage: what people, editors and transmissions do to a text.

use crate::random::Random;

/// Signs and words that mean something somewhere in the language, in a table or in JSON.
const INSERTED: &[&str] = &[
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "|",
    "||",
    "\"",
    "\n",
    "\r\n",
    "\r",
    "\t",
    ",",
    ":",
    ".",
    "?",
    "=",
    "-",
    "--",
    "*",
    "/",
    "%",
    "\\",
    "\\u0000",
    "é",
    "\u{a0}",
    "\u{feff}",
    "\u{0}",
    "😀",
    "0",
    "-1",
    "1_000",
    "99999999999999999999",
    "0.0000001",
    "9223372036854775807",
    "2026-02-30",
    "2026-12-31",
    "10000 years",
    "1e9",
    "null",
    "true",
    "[]",
    "{}",
    "not ",
    " and ",
    " or ",
    " implies ",
    " is ",
    " in ",
    " has ",
    " rounded half up to 2 places",
    " otherwise ",
    "if ",
    " then ",
    " else ",
    " to ",
    "up to ",
    "above ",
    "absent",
    "product ",
    "price book ",
    "when ",
    "test ",
    "expect ",
    "line ",
    "asked ",
    " of ",
    "EUR",
    "JPY",
    "100%",
    "-- comment\n",
    "every ",
    "sum of ",
    "for x in ",
];

/// The text cut where words, numbers and signs begin; put together again it is the same.
#[must_use]
pub fn pieces(text: &str) -> Vec<String> {
    let class = |letter: char| match letter {
        letter if letter.is_alphanumeric() || letter == '_' => 0,
        letter if letter.is_whitespace() => 1,
        _ => 2,
    };
    let mut found: Vec<String> = Vec::new();
    let mut last = None;
    for letter in text.chars() {
        let now = class(letter);
        match found.last_mut().filter(|_| last == Some(now) && now != 2) {
            Some(piece) => piece.push(letter),
            None => found.push(letter.to_string()),
        }
        last = Some(now);
    }
    found
}

/// Damages a text at one to four places; `other` is a text to steal from.
#[must_use]
pub fn damage(text: &str, other: &str, random: &mut Random) -> String {
    let mut text = text.to_owned();
    for _ in 0..=random.below(4) {
        text = once(&text, other, random);
    }
    text
}

fn once(text: &str, other: &str, random: &mut Random) -> String {
    match random.below(9) {
        0..=2 => shuffled(pieces(text), random),
        3 => shuffled(lines(text), random),
        4 => {
            let mut here = pieces(text);
            let there = pieces(other);
            if !here.is_empty() && !there.is_empty() {
                let at = random.below(here.len());
                let from = random.below(there.len());
                let stolen = there.into_iter().skip(from).take(random.below(12));
                here.splice(at..at, stolen);
            }
            here.concat()
        }
        5 => {
            let mut here = lines(text);
            let there = lines(other);
            if !there.is_empty() {
                let at = random.below(here.len().saturating_add(1));
                let from = random.below(there.len());
                let stolen = there.into_iter().skip(from).take(random.below(8));
                here.splice(at..at, stolen);
            }
            here.concat()
        }
        6 => {
            let mut here = pieces(text);
            let at = random.below(here.len().saturating_add(1));
            here.insert(at.min(here.len()), (*random.pick(INSERTED)).to_owned());
            here.concat()
        }
        7 => numbers(text, random),
        _ => {
            let letters = text.chars().count();
            text.chars().take(random.below(letters)).collect()
        }
    }
}

fn lines(text: &str) -> Vec<String> {
    text.split_inclusive('\n').map(str::to_owned).collect()
}

/// Deletes, doubles, swaps or overwrites one piece.
fn shuffled(mut pieces: Vec<String>, random: &mut Random) -> String {
    if pieces.is_empty() {
        return String::new();
    }
    let (at, other) = (random.below(pieces.len()), random.below(pieces.len()));
    match random.below(4) {
        0 => {
            pieces.remove(at);
        }
        1 => {
            let piece = pieces.get(at).cloned().unwrap_or_default();
            pieces.insert(at, piece);
        }
        2 => pieces.swap(at, other),
        _ => {
            let piece = pieces.get(other).cloned().unwrap_or_default();
            if let Some(slot) = pieces.get_mut(at) {
                *slot = piece;
            }
        }
    }
    pieces.concat()
}

/// Makes one number another: a neighbour, a bound, something much too large.
fn numbers(text: &str, random: &mut Random) -> String {
    let mut pieces = pieces(text);
    let places: Vec<usize> = pieces
        .iter()
        .enumerate()
        .filter(|(_, piece)| piece.starts_with(|letter: char| letter.is_ascii_digit()))
        .map(|(at, _)| at)
        .collect();
    if places.is_empty() {
        return pieces.concat();
    }
    let at = *random.pick(&places);
    if let Some(slot) = pieces.get_mut(at) {
        let value: i128 = slot.replace('_', "").parse().unwrap_or(0);
        *slot = match random.below(6) {
            0 => value.saturating_add(1).to_string(),
            1 => value.saturating_sub(1).to_string(),
            2 => value.saturating_mul(1_000_000_007).to_string(),
            3 => i64::MAX.to_string(),
            4 => "0".to_owned(),
            _ => format!("{value}{value}{value}"),
        };
    }
    pieces.concat()
}
