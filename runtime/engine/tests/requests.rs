//! Reading requests: what is refused and in which words, and what nobody may break.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod shop;

use proptest::prelude::*;
use quo_engine::{Limits, evaluate, read_request};
use serde_json::{Value, json};

/// The problems of the usual request with a change, one a line.
fn problems(change: impl FnOnce(&mut Value)) -> String {
    let mut request: Value = serde_json::from_str(shop::REQUEST).unwrap();
    change(&mut request);
    problems_of(&request.to_string())
}

fn problems_of(json: &str) -> String {
    match read_request(&shop::shop(), json.as_bytes()) {
        Ok(_) => "accepted".to_owned(),
        Err(refused) => {
            let lines: Vec<String> = refused.problems.iter().map(ToString::to_string).collect();
            lines.join("\n")
        }
    }
}

#[test]
fn refusals_say_what_to_send_instead() {
    let mut page = String::new();
    let mut case = |title: &str, text: String| {
        page.push_str(&format!("# {title}\n{text}\n\n"));
    };
    case("not JSON", problems_of("{\"facts\": "));
    case("not an object", problems_of("[]"));
    case("everything missing", problems_of("{}"));
    case(
        "another ruleset",
        problems(|r| r["ruleset"] = json!("test.shup")),
    );
    case(
        "unknown names",
        problems(|r| {
            r["fact"] = json!({});
            r["facts"]["acount"] = json!({});
            r["facts"]["quote"]["regoin"] = json!("Europe");
            r["asked"]["Discretoin"] = json!("1");
            r["lines"][0]["parts"]["addon"] = json!([]);
            r["lines"][0]["parts"]["platform"]["options"]["seat"] = json!(1);
            r["lines"][0]["parts"]["addons"][0]["product"] = json!("Ssoo");
        }),
    );
    case(
        "missing values",
        problems(|r| {
            r["facts"] = json!({ "quote": {} });
            r["lines"] = json!([{ "product": "Suite" }, { "id": "", "options": {} }]);
        }),
    );
    case(
        "values of another type",
        problems(|r| {
            r["facts"]["account"]["id"] = json!(7);
            r["facts"]["quote"] = json!({ "currency": "EUP", "date": "2026-02-30", "region": "Europa", "term": "90 days" });
            r["lines"][0]["parts"]["platform"]["options"] =
                json!({ "edition": true, "seats": 12.5, "calls": "1e3" });
            r["asked"]["Discretion"] = json!(12.5);
        }),
    );
    case(
        "values out of range",
        problems(|r| {
            r["facts"]["quote"]["date"] = json!("2027-01-01");
            r["facts"]["quote"]["term"] = json!(0);
            r["lines"][0]["parts"]["platform"]["options"]["seats"] = json!(0);
            r["lines"][0]["parts"]["platform"]["options"]["calls"] = json!("99999999999999999999");
            r["asked"]["Discretion"] = json!("60.01%");
        }),
    );
    case(
        "too many decimals",
        problems(|r| r["asked"]["Discretion"] = json!("12.345")),
    );
    case(
        "asked for what applies by itself",
        problems(|r| r["asked"]["LongTerm"] = json!("1")),
    );
    case(
        "parts",
        problems(|r| {
            r["lines"][0]["parts"]["platform"] = json!([]);
            r["lines"][0]["parts"]["addons"] =
                json!([{ "product": "Sso" }, { "product": "Sso" }, { "options": {} }, 7]);
        }),
    );
    case(
        "keys twice",
        problems_of(
            r#"{"lines": [], "lines": [], "facts": {"quote": {"date": "2026-07-15", "date": "2026-07-16"}}}"#,
        ),
    );
    case(
        "ids twice",
        problems(|r| {
            let line = r["lines"][0].clone();
            r["lines"].as_array_mut().unwrap().push(line);
        }),
    );
    insta::assert_snapshot!(page);
}

#[test]
fn depth_size_and_counts_are_bounded() {
    assert!(problems_of(&"[".repeat(100_000)).contains("not JSON"));
    let long = format!("{{\"facts\": \"{}\"}}", "x".repeat(9 << 20));
    assert!(problems_of(&long).contains("longer than"));
    let many = problems(|r| {
        let line = json!({ "id": "1", "product": "Platform" });
        r["lines"] = json!(vec![line; 10_001]);
    });
    assert_eq!(
        many,
        "lines: has 10001 lines, and a quote has at most 10000"
    );
    let all_wrong = problems(|r| {
        let line = json!({ "id": "1", "product": "Nothing" });
        r["lines"] = json!(vec![line; 500]);
    });
    assert_eq!(all_wrong.lines().count(), 50);
}

/// What a random request says: text, seats, edition, add-ons with their own seats, months, discretion.
fn any_request() -> impl Strategy<Value = Value> {
    let seats = || proptest::option::of(1_i64..=100_000);
    (
        ("\\PC{0,8}", proptest::option::of("\\PC{1,8}")),
        (1_i64..=100_000, 0_usize..3, 0_i64..=1_000_000_000),
        (any::<bool>(), seats(), any::<bool>(), seats()),
        (1_i64..=120, 0_i64..=6_000, 1_usize..4),
    )
        .prop_map(
            |((id, contract), (own, edition, calls), (sso, a, audit, b), (term, asked, lines))| {
                let addon = |product: &str, seats: Option<i64>| match seats {
                    Some(seats) => {
                        json!({ "product": product, "options": { "seats": seats.to_string() } })
                    }
                    None => json!({ "product": product }),
                };
                let addons: Vec<Value> = [(audit, "Audit", b), (sso, "Sso", a)]
                    .into_iter()
                    .filter(|(taken, ..)| *taken)
                    .map(|(_, product, seats)| addon(product, seats))
                    .collect();
                let edition = ["Standard", "Pro", "Enterprise"][edition];
                let platform =
                    json!({ "options": { "edition": edition, "seats": own, "calls": calls } });
                let line = |n: usize| {
                    json!({
                        "id": format!("{id}{n}"), "product": "Suite",
                        "parts": { "platform": platform, "addons": addons }
                    })
                };
                json!({
                    "facts": {
                        "account": { "id": id, "contract": contract },
                        "quote": { "currency": "EUR", "term": term, "date": "2026-07-15" }
                    },
                    "asked": { "Discretion": format!("{}.{:02}", asked / 100, asked % 100) },
                    "lines": (0..lines).map(line).collect::<Vec<_>>()
                })
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_canonical_form_reads_as_the_same_request(request in any_request()) {
        let package = shop::shop();
        let read = read_request(&package, request.to_string().as_bytes()).map_err(|e| TestCaseError::fail(e.to_string()))?;
        let canonical = read.canonical(&package);
        let again = read_request(&package, canonical.to_string().as_bytes()).map_err(|e| TestCaseError::fail(e.to_string()))?;
        prop_assert_eq!(&again.canonical(&package), &canonical);
        prop_assert_eq!(again, read);
    }
}

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): a seeded stream that is the same everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(bound).unwrap()).unwrap()
    }
}

/// Pieces that requests are made of, wrong and right.
const PIECES: [&str; 16] = [
    "null",
    "0",
    "-1",
    "1e999",
    "9223372036854775807",
    "-9223372036854775808",
    "\"\"",
    "\"Sso\"",
    "{}",
    "[]",
    "true",
    "\"\\u0000\"",
    ",",
    "12.5",
    "\"99999999999999999999999999999999999999999\"",
    "\"2026-07-15\"",
];

/// 1,000 damaged requests: each is refused in words or decided, none panics, and equal bytes give equal answers.
#[test]
fn damaged_requests_are_refused_or_decided() {
    let package = shop::shop();
    let mut random = Random(2_026);
    let (mut refused, mut decided) = (0, 0);
    for _ in 0..1_000 {
        let mut bytes = shop::REQUEST.as_bytes().to_vec();
        for _ in 0..=random.below(3) {
            let at = random.below(bytes.len());
            match random.below(5) {
                0 => bytes[at] ^= 1 << random.below(8),
                1 => drop(bytes.remove(at)),
                2 => bytes.truncate(at.max(1)),
                3 => {
                    let digit = u8::try_from(random.below(10)).unwrap() + b'0';
                    let digits = bytes
                        .iter()
                        .enumerate()
                        .filter(|(_, byte)| byte.is_ascii_digit());
                    let digits: Vec<usize> = digits.map(|(at, _)| at).collect();
                    if !digits.is_empty() {
                        let at = digits[random.below(digits.len())];
                        bytes[at] = digit;
                    }
                }
                _ => {
                    let end = (at + random.below(12)).min(bytes.len());
                    let piece = PIECES[random.below(PIECES.len())];
                    bytes.splice(at..end, piece.bytes());
                }
            }
        }
        let once = evaluate(&package, &bytes, &Limits::default());
        let twice = evaluate(&package, &bytes, &Limits::default());
        match (once, twice) {
            (Ok(once), Ok(twice)) => {
                assert_eq!(once.answer, twice.answer);
                assert_eq!(once.answer_fingerprint, twice.answer_fingerprint);
                decided += 1;
            }
            (Err(once), Err(twice)) => {
                assert_eq!(once, twice);
                assert!(!once.to_string().is_empty());
                refused += 1;
            }
            _ => panic!(
                "two evaluations of {} differ",
                String::from_utf8_lossy(&bytes)
            ),
        }
    }
    assert!(
        refused > 500 && decided > 50,
        "{refused} refused, {decided} decided"
    );
}
