//! Replay tokens: the same answer from the same package, and what happens to a token that is not one.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod shop;

use quo_engine::{Digest, Limits, Package, ReplayError, ReplayToken, TokenError, evaluate, replay};

fn limits() -> Limits<'static> {
    Limits::default()
}

fn token() -> String {
    evaluate(&shop::shop(), shop::REQUEST.as_bytes(), &limits())
        .unwrap()
        .replay_token
}

#[test]
fn a_token_gives_the_same_answer_again() {
    let package = shop::shop();
    let evaluation = evaluate(&package, shop::REQUEST.as_bytes(), &limits()).unwrap();
    let find = |digest: Digest| {
        assert_eq!(digest, package.digest());
        Ok::<_, std::io::Error>(package.clone())
    };
    let replay = replay(&evaluation.replay_token, find, &limits()).unwrap();
    assert!(replay.same);
    assert_eq!(replay.evaluation.answer, evaluation.answer);
    assert_eq!(replay.evaluation.decision, evaluation.decision);
    assert_eq!(replay.evaluation.replay_token, evaluation.replay_token);
}

/// The old package is found by its digest after the rules have changed; the new one is not taken for it.
#[test]
fn changed_rules_do_not_change_an_old_answer() {
    let old = shop::shop();
    let mut model = shop::model();
    model.charges[3].prices[0].columns[0].values[0] = 101;
    let new = shop::open(&model);
    let token = token();
    let stored = [&old, &new];
    let find = |digest: Digest| -> Result<Package, String> {
        let found = stored.iter().find(|package| package.digest() == digest);
        found
            .map(|package| (*package).clone())
            .ok_or("not in the store".to_owned())
    };
    assert!(replay(&token, find, &limits()).unwrap().same);
    let wrong = replay(&token, |_| Ok::<_, String>(new.clone()), &limits());
    assert!(matches!(wrong, Err(ReplayError::WrongPackage { .. })));
    let missing = replay(&token, |_| Err::<Package, _>("not in the store"), &limits());
    assert!(
        missing
            .unwrap_err()
            .to_string()
            .ends_with("cannot be opened: not in the store")
    );
}

#[test]
fn a_token_survives_mail_and_no_other_change() {
    let token = token();
    let parsed = ReplayToken::parse(&format!(" {token}\r\n")).unwrap();
    assert_eq!(parsed.to_string(), token);
    assert_eq!(ReplayToken::parse("x"), Err(TokenError::Prefix));
    assert_eq!(ReplayToken::parse("qr1."), Err(TokenError::Encoding));
    assert_eq!(ReplayToken::parse("qr1.***"), Err(TokenError::Encoding));
    assert_eq!(
        ReplayToken::parse(&format!("qr1.{}", "A".repeat(20 << 20))),
        Err(TokenError::TooLong)
    );
    for at in 4..token.len() {
        let mut changed = token.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert!(ReplayToken::parse(&changed).is_err(), "changed at {at}");
        assert!(ReplayToken::parse(&token[..at]).is_err(), "cut at {at}");
    }
}
