//! The loop: make an input, try it, keep what is new, make what fails smaller.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::coverage::Coverage;
use crate::mutate::damage;
use crate::random::Random;

/// How many inputs are kept besides those of the beginning.
const KEPT_MAX: usize = 4_000;
/// How often a smaller version of a failing input is tried.
const SHRINK_TRIES_MAX: usize = 3_000;
/// Inputs larger than this are cut: what is found in them is found in smaller ones, too, and sooner.
const INPUT_LEN_MAX: usize = 200_000;

/// How a target is hunted.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// The first number of chance.
    pub seed: u64,
    /// How long.
    pub duration: Duration,
}

impl Plan {
    /// What the environment says: `QUO_FUZZ_SECONDS` for each target, else `seconds`; `QUO_FUZZ_SEED`, else 1.
    #[must_use]
    pub fn from_environment(seconds: u64) -> Self {
        let number = |name: &str| {
            #[expect(
                clippy::disallowed_methods,
                reason = "a program of tests is where the environment is read"
            )]
            let value = std::env::var(name).ok();
            value.and_then(|value| value.parse().ok())
        };
        Self {
            seed: number("QUO_FUZZ_SEED").unwrap_or(1),
            duration: Duration::from_secs(number("QUO_FUZZ_SECONDS").unwrap_or(seconds)),
        }
    }
}

/// What a hunt came to, if nothing failed.
#[derive(Clone, Copy, Debug)]
pub struct Hunted {
    /// Inputs that were tried.
    pub inputs: u64,
    /// Inputs of which the target said that it got beyond its door.
    pub accepted: u64,
}

/// Tries inputs on a target until the time is over: those of `corpus` first, then made ones, then damaged ones.
/// The target says whether it got beyond its door with the input; it fails by panicking.
///
/// # Panics
/// Where the target did, with the input made as small as it was possible, its file, and the seed.
pub fn hunt(
    name: &str,
    plan: Plan,
    corpus: &[String],
    make: &dyn Fn(&mut Random) -> String,
    target: &dyn Fn(&str) -> bool,
) -> Hunted {
    let begun = now();
    let mut random = Random::new(plan.seed);
    let mut coverage = Coverage::default();
    let mut kept: Vec<String> = corpus.to_vec();
    let mut hunted = Hunted {
        inputs: 0,
        accepted: 0,
    };
    let mut given = corpus.iter();
    while now().duration_since(begun) < plan.duration {
        let input = match given.next() {
            Some(input) => input.clone(),
            None => next(&kept, make, &mut random),
        };
        coverage.forget();
        let outcome = catch_unwind(AssertUnwindSafe(|| target(&input)));
        hunted.inputs = hunted.inputs.saturating_add(1);
        match outcome {
            Ok(accepted) => hunted.accepted = hunted.accepted.saturating_add(u64::from(accepted)),
            Err(_) => fail(name, plan, hunted.inputs, &input, target),
        }
        if coverage.is_new() && kept.len() < KEPT_MAX {
            kept.push(input);
        }
    }
    let places = if Coverage::is_counted() {
        format!(
            ", {} places reached, {} inputs kept",
            coverage.places(),
            kept.len()
        )
    } else {
        String::new()
    };
    println!(
        "fuzz {name}: seed {}, {} inputs in {} s, {} beyond the door{places}",
        plan.seed,
        hunted.inputs,
        plan.duration.as_secs(),
        hunted.accepted,
    );
    hunted
}

#[expect(
    clippy::disallowed_methods,
    reason = "the time that a hunt takes is no input of what is hunted"
)]
fn now() -> Instant {
    Instant::now()
}

fn next(kept: &[String], make: &dyn Fn(&mut Random) -> String, random: &mut Random) -> String {
    if kept.is_empty() || random.chance(20) {
        let made = make(random);
        if random.chance(50) {
            return made;
        }
        return cut(damage(&made, &made, random));
    }
    let other = random.below(kept.len());
    let input = random.pick(kept);
    cut(damage(
        input,
        kept.get(other).map_or("", String::as_str),
        random,
    ))
}

fn cut(mut text: String) -> String {
    if text.len() > INPUT_LEN_MAX {
        let end = (0..=INPUT_LEN_MAX)
            .rev()
            .find(|at| text.is_char_boundary(*at));
        text.truncate(end.unwrap_or(0));
    }
    text
}

/// Reports an input that failed, made as small as it was possible.
fn fail(name: &str, plan: Plan, nth: u64, input: &str, target: &dyn Fn(&str) -> bool) -> ! {
    // The target fails hundreds of times now; how it does is said once, at the end.
    let told = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let small = smaller(input, &|text| {
        catch_unwind(AssertUnwindSafe(|| target(text))).is_err()
    });
    std::panic::set_hook(told);
    let file: PathBuf =
        std::env::temp_dir().join(format!("quo-fuzz-{name}-{}-{nth}.txt", plan.seed));
    let place = match std::fs::write(&file, &small) {
        Ok(()) => file.display().to_string(),
        Err(error) => format!("no file ({error})"),
    };
    eprintln!(
        "fuzz {name}: seed {}, input {nth} fails; made smaller it is in {place}:\n{small}",
        plan.seed
    );
    // Fails once more, now with the small input and its own message.
    target(&small);
    panic!(
        "fuzz {name}: seed {}, input {nth} failed, but not a second time",
        plan.seed
    );
}

/// A smaller input that still fails: without lines, then without pieces.
fn smaller(input: &str, fails: &dyn Fn(&str) -> bool) -> String {
    let mut tries = 0;
    let lines: Vec<String> = input.split_inclusive('\n').map(str::to_owned).collect();
    let lines = without(lines, fails, &mut tries);
    let pieces = crate::mutate::pieces(&lines.concat());
    without(pieces, fails, &mut tries).concat()
}

/// Leaves out as many pieces as possible, in runs that get shorter.
fn without(
    mut pieces: Vec<String>,
    fails: &dyn Fn(&str) -> bool,
    tries: &mut usize,
) -> Vec<String> {
    let mut run = pieces.len() / 2;
    while run > 0 {
        let mut at = 0;
        while at < pieces.len() && *tries < SHRINK_TRIES_MAX {
            *tries = tries.saturating_add(1);
            let end = at.saturating_add(run).min(pieces.len());
            let fewer: Vec<String> = pieces
                .iter()
                .take(at)
                .chain(pieces.iter().skip(end))
                .cloned()
                .collect();
            if fails(&fewer.concat()) {
                pieces = fewer;
            } else {
                at = end;
            }
        }
        run /= 2;
    }
    pieces
}
