//! Files of the language, made from its forms by chance: valid for the grammar, without any meaning.
//!
//! Every word says what may stand before it, so that [`crate::layout`] can write the file as carelessly as the grammar
//! allows. Names are never words that begin a statement: a line may begin with any of them.

mod expressions;
mod items;

use crate::layout::{Before, Piece, write};
use crate::random::Random;

/// A valid file, written carelessly.
#[must_use]
pub fn file(random: &mut Random) -> String {
    let mut writer = Writer {
        random: random.clone(),
        pieces: Vec::new(),
    };
    for _ in 0..=writer.random.below(6) {
        writer.item();
    }
    *random = writer.random;
    write(&writer.pieces, random)
}

/// Names that begin no statement and are no operator.
const NAMES: &[&str] = &[
    "alpha",
    "beta",
    "x",
    "Platform",
    "Suite",
    "Enterprise",
    "DE",
    "_under",
    "gamma_value",
    "quote",
    "account",
    "Sso",
    "a_rather_long_name_of_an_option",
    "AnEvenLongerNameOfAProductThatNobodyWouldUse",
    "value9",
];

/// Pieces so far, and chance.
struct Writer {
    random: Random,
    pieces: Vec<Piece>,
}

impl Writer {
    fn put(&mut self, before: Before, text: &str) {
        self.pieces.push(Piece {
            before,
            text: text.to_owned(),
        });
    }

    /// Words, each after any white space.
    fn any(&mut self, words: &str) {
        for word in words.split(' ') {
            self.put(Before::Any, word);
        }
    }

    /// Words on the line of what stands before them.
    fn same(&mut self, words: &str) {
        for word in words.split(' ') {
            self.put(Before::SameLine, word);
        }
    }

    /// A sign that may stand close to what is before it.
    fn sign(&mut self, sign: &str) {
        self.put(Before::Loose, sign);
    }

    /// The first word of a statement.
    fn line(&mut self, word: &str) {
        self.put(Before::NewLine, word);
    }

    /// The first word of an item.
    fn first(&mut self, word: &str) {
        self.put(Before::FirstColumn, word);
    }

    fn name(&mut self) -> &'static str {
        self.random.pick::<&str>(NAMES)
    }

    fn any_name(&mut self) {
        let name = self.name();
        self.any(name);
    }

    fn same_name(&mut self) {
        let name = self.name();
        self.same(name);
    }

    /// Names with dots between.
    fn path(&mut self, before: Before) {
        let name = self.name();
        self.put(before, name);
        for _ in 0..self.random.below(3) {
            let name = self.name();
            self.put(Before::Nothing, ".");
            self.put(Before::Nothing, name);
        }
    }

    fn text(&mut self, before: Before) {
        let texts = [
            "\"\"",
            "\"a title\"",
            "\"with \\\"quotes\\\" and -- no comment\"",
            "\"{ | ] ü\"",
        ];
        let text = *self.random.pick(&texts);
        self.put(before, text);
    }

    /// One to `most` elements with commas between.
    fn commas(&mut self, most: usize, mut element: impl FnMut(&mut Self)) {
        let count = self.random.below(most);
        element(self);
        for _ in 0..count {
            self.sign(",");
            element(self);
        }
    }

    /// The same in braces, where a comma may end it.
    fn braces(&mut self, most: usize, element: impl FnMut(&mut Self)) {
        self.sign("{");
        self.commas(most, element);
        if self.random.chance(20) {
            self.sign(",");
        }
        self.sign("}");
    }

    /// `{ … }` with a statement a line.
    fn block(&mut self, most: usize, mut statement: impl FnMut(&mut Self)) {
        self.sign("{");
        for _ in 0..self.random.below(most) {
            statement(self);
        }
        self.close();
    }

    /// The `}` of a block; a row of a table ends with its line.
    fn close(&mut self) {
        let behind_row = self.pieces.last().is_some_and(|piece| piece.text == "|");
        self.put(
            if behind_row {
                Before::NewLine
            } else {
                Before::Loose
            },
            "}",
        );
    }
}
