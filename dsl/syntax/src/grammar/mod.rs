//! The grammar: recursive descent, one file per family of forms.
//!
//! Every function consumes what belongs to its form and reports what does not; none of them fails.
//! What cannot be understood is skipped up to the next statement, closing brace or item, so that
//! one mistake costs one statement. Keywords are words compared by text where the grammar expects
//! them: a name may be spelled like a keyword everywhere else.

mod adjustments;
mod approvals;
mod bundles;
mod calculations;
mod conversions;
mod expressions;
mod foreign;
mod frame;
mod fulfilment;
mod golden;
mod items;
mod lists;
mod prices;
mod products;
mod promotions;
mod roundings;
mod tables;
mod terms;

use quo_source::{Diagnostic, codes};

use crate::kind::SyntaxKind::*;
use crate::parser::{Parser, nearest};

/// The words that begin an item, in the first column.
const ITEM_WORDS: &[&str] = &[
    "ruleset",
    "language",
    "effective",
    "owner",
    "ordered",
    "enum",
    "facts",
    "currencies",
    "unit",
    "role",
    "system",
    "amount",
    "use",
    "record",
    "define",
    "constant",
    "private",
    "table",
    "data",
    "result",
    "category",
    "product",
    "bundle",
    "require",
    "exclude",
    "warn",
    "allow",
    "eligible",
    "qualify",
    "quote",
    "clause",
    "price",
    "choose",
    "discount",
    "promotion",
    "adjust",
    "group",
    "floor",
    "approval",
    "fulfil",
    "test",
];

/// A whole file.
pub(crate) fn source_file(p: &mut Parser<'_>) {
    p.begins_item = begins_item;
    let marker = p.start();
    while !p.at_end() {
        item(p);
    }
    p.complete(marker, SOURCE_FILE);
}

/// Whether the current token begins an item: a word for it in the first column, unless the open
/// block knows a statement by that word.
fn begins_item(p: &Parser<'_>) -> bool {
    if !p.in_first_column() || !p.at_any(ITEM_WORDS) || p.nth(1) == DOT {
        return false;
    }
    let book = p.at_word("price") && p.nth_word(1, "book");
    book || !p.at_any(p.statement_words)
}

fn item(p: &mut Parser<'_>) {
    let before = p.position();
    if !p.at(WORD) {
        stray(p);
        return;
    }
    let word = p.nth_text(0);
    if !known_item(p, word) {
        let slip = nearest(word, ITEM_WORDS).filter(|meant| *meant != word);
        report_unknown(p, word, slip, "begins no item", ITEM_WORDS);
        let understood = slip.is_some_and(|meant| known_item(p, meant));
        if !understood {
            p.skip(|p| p.in_first_column() && p.at(WORD));
        }
    }
    if p.position() == before {
        p.skip(|_| false);
    } else if !p.on_new_line() {
        p.expected("the end of the line");
        p.skip(|p| p.in_first_column() && p.at(WORD));
    }
}

/// Parses the item that `word` begins, if there is one.
fn known_item(p: &mut Parser<'_>, word: &str) -> bool {
    match word {
        "ruleset" => items::ruleset(p),
        "language" => items::language(p),
        "effective" => frame::effective(p),
        "owner" => items::owner(p),
        "ordered" | "enum" => items::enumeration(p),
        "facts" => items::facts(p),
        "currencies" => items::names(p, CURRENCIES_ITEM, "a currency such as `EUR`"),
        "unit" => items::unit(p),
        "role" => items::names(p, ROLE_ITEM, "the name of a role"),
        "system" => items::names(p, SYSTEM_ITEM, "the name of a system"),
        "category" => items::names(p, CATEGORY_ITEM, "the name of a category"),
        "amount" => items::amount(p),
        "use" => calculations::uses(p),
        "record" => calculations::record(p),
        "define" | "constant" => calculations::define(p),
        "table" => calculations::table(p),
        "data" => calculations::data(p),
        "result" => calculations::result(p),
        "private" => match p.nth_text(1) {
            "record" => calculations::record(p),
            "define" | "constant" => calculations::define(p),
            "table" => calculations::table(p),
            "data" => calculations::data(p),
            _ => {
                p.bump();
                p.expected("`define`, `constant`, `record`, `table` or `data`");
            }
        },
        "product" => products::product(p),
        "bundle" => bundles::bundle(p),
        "require" | "exclude" | "warn" | "allow" => bundles::constraint(p),
        "eligible" => prices::eligible(p),
        "qualify" => terms::qualify(p),
        "quote" => terms::quote_valid(p),
        "clause" => terms::clause(p),
        "price" => prices::book(p),
        "choose" => prices::choose(p),
        "discount" => adjustments::adjustment(p, DISCOUNT_ITEM),
        "promotion" => adjustments::adjustment(p, PROMOTION_ITEM),
        "adjust" => adjustments::stages(p),
        "group" => promotions::group(p),
        "floor" => adjustments::floor(p),
        "approval" => approvals::approval(p),
        "fulfil" => fulfilment::fulfil(p),
        "test" => golden::test(p),
        _ => return false,
    }
    true
}

fn stray(p: &mut Parser<'_>) {
    if p.at(R_BRACE) {
        let span = p.span();
        p.report(
            Diagnostic::error(codes::STRAY_BRACE, "this `}` closes nothing")
                .at(span, "no block is open here")
                .suggest("leave it out", span, ""),
        );
    } else {
        p.expected("an item such as `product`, `price book` or `discount`");
    }
    p.skip(|p| p.in_first_column() && p.at(WORD));
}

/// Reports a word that begins nothing where one of `words` should stand.
fn report_unknown(
    p: &mut Parser<'_>,
    word: &str,
    slip: Option<&str>,
    problem: &str,
    words: &[&str],
) {
    let span = p.span();
    let message = format!("`{word}` {problem}");
    let diagnostic = Diagnostic::error(codes::UNKNOWN_KEYWORD, message).at(span, "unknown word");
    p.report(match slip {
        Some(meant) => diagnostic.suggest(format!("did you mean `{meant}`?"), span, meant),
        None => diagnostic.note(format!("known here: {}", words.join(", "))),
    });
}

/// What a block may hold.
struct Block {
    /// The thing whose block it is, as in "the block of this product".
    of: &'static str,
    /// The words that begin its statements.
    words: &'static [&'static str],
    /// Parses the statement that a word begins; `false` if there is none.
    statement: fn(&mut Parser<'_>, &str) -> bool,
}

/// `{ … }` with a statement a line.
fn block(p: &mut Parser<'_>, block: &Block) {
    let open = p.span();
    if !p.eat(L_BRACE) {
        let diagnostic = p.expectation(codes::UNEXPECTED_TOKEN, "`{`");
        let place = p.previous().after();
        p.report(diagnostic.suggest(
            format!("open the block of this {} with `{{`", block.of),
            place,
            " {",
        ));
        if p.in_first_column() || p.at_end() {
            return;
        }
        if !p.on_new_line() {
            p.skip(|p| p.on_new_line() || p.at(L_BRACE));
            p.eat(L_BRACE);
        }
    }
    let outer = std::mem::replace(&mut p.statement_words, block.words);
    while !p.at(R_BRACE) && !p.at_end() && !begins_item(p) {
        statement(p, block);
    }
    p.statement_words = outer;
    close(p, open, block.of);
}

/// The `}` of a block that opened at `open`.
fn close(p: &mut Parser<'_>, open: quo_source::Span, of: &str) {
    if p.eat(R_BRACE) {
        return;
    }
    let place = p.previous().after();
    p.report(
        Diagnostic::error(
            codes::UNCLOSED_BLOCK,
            format!("the block of this {of} is not closed"),
        )
        .at(place, "`}` is missing here")
        .also(open, "the block begins here")
        .suggest("close it with `}`", place, "\n}"),
    );
}

fn statement(p: &mut Parser<'_>, block: &Block) {
    let before = p.position();
    let word = p.nth_text(0);
    let known = p.at(WORD) && (block.statement)(p, word);
    if !known {
        if p.at(WORD) && !block.words.is_empty() {
            let slip = nearest(word, block.words);
            let problem = format!("begins nothing in this {}", block.of);
            report_unknown(p, word, slip, &problem, block.words);
            let understood = slip.is_some_and(|meant| (block.statement)(p, meant));
            if !understood {
                p.skip(|p| p.at_statement());
                return;
            }
        } else {
            p.expected(&format!("a statement of this {} or `}}`", block.of));
            p.skip(|p| p.on_new_line());
            return;
        }
    }
    if p.position() == before {
        p.skip(|p| p.at_statement());
    } else if !p.on_new_line() && !p.at(R_BRACE) {
        p.expected("the end of the line");
        p.skip(|p| p.on_new_line());
    }
}
