//! Careless white space: a text whose words stand where they may, with comments where they may be.

use crate::random::Random;

/// What may stand before a piece of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// Anything: blanks, ends of lines, comments; at least something.
    Any,
    /// Anything, and also nothing.
    Loose,
    /// Blanks, at least one.
    SameLine,
    /// Nothing.
    Nothing,
    /// An end of line and at least one blank.
    NewLine,
    /// An end of line and nothing more.
    FirstColumn,
}

/// A piece of text and what may stand before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// What stands before it.
    pub before: Before,
    /// The text of a token.
    pub text: String,
}

/// Writes pieces with white space and comments as chance has it.
#[must_use]
pub fn write(pieces: &[Piece], random: &mut Random) -> String {
    let mut text = String::new();
    for piece in pieces {
        match piece.before {
            Before::Nothing => {}
            Before::SameLine => blanks(&mut text, random, 1),
            Before::Loose if random.chance(40) => {}
            Before::Loose | Before::Any => match random.below(20) {
                0 | 1 => line_ends(&mut text, random, 1),
                2 => {
                    comment(&mut text, random);
                    line_ends(&mut text, random, 1);
                }
                _ => blanks(&mut text, random, 1),
            },
            Before::NewLine | Before::FirstColumn => {
                let indented = piece.before == Before::NewLine;
                if text.is_empty() {
                    if indented {
                        blanks(&mut text, random, 1);
                    }
                } else {
                    while random.chance(12) {
                        comment(&mut text, random);
                        line_ends(&mut text, random, 0);
                    }
                    line_ends(&mut text, random, usize::from(indented));
                }
            }
        }
        text.push_str(&piece.text);
    }
    if random.chance(50) {
        comment(&mut text, random);
    }
    line_ends(&mut text, random, 0);
    text
}

fn blanks(text: &mut String, random: &mut Random, at_least: usize) {
    let count = if random.chance(70) {
        at_least
    } else {
        random.below(5).max(at_least)
    };
    for _ in 0..count {
        text.push(if random.chance(95) { ' ' } else { '\t' });
    }
}

/// One to four ends of lines, then the indentation: none, where none is asked for.
fn line_ends(text: &mut String, random: &mut Random, indentation: usize) {
    let count = if random.chance(70) {
        1
    } else {
        random.below(4).max(1)
    };
    for _ in 0..count {
        if random.chance(15) {
            blanks(text, random, 1);
        }
        text.push_str(if random.chance(95) { "\n" } else { "\r\n" });
    }
    if indentation > 0 {
        blanks(text, random, indentation);
    }
}

fn comment(text: &mut String, random: &mut Random) {
    let words = [
        "--",
        "-- a reason",
        "--- and | more",
        "-- \"quoted\" { [ (",
        "-- é, ü -- and again",
        "--\ttabs  ",
    ];
    if !text.is_empty() {
        // Directly behind a `-` the comment would begin one sign too early.
        text.push(' ');
    }
    text.push_str(random.pick::<&str>(&words));
}
