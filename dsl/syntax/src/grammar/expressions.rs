//! Expressions, by precedence climbing.
//!
//! Where people read a form in two ways the grammar asks for parentheses instead of choosing:
//! a comparison of a comparison, an implication of an implication, a division with its rounding
//! inside of a larger sum.

use quo_source::{Diagnostic, Span, codes};

use super::conversions::conversion;
use super::frame::{braced_list, name_ref};
use super::promotions;
use super::roundings::{continues, quotient_clauses, report_continued, rounding};
use super::{foreign, lists};
use crate::kind::SyntaxKind::{self, *};
use crate::literal;
use crate::parser::{Completed, DEPTH_MAX, Marker, Parser};

/// Binding powers, weakest first.
pub(super) mod power {
    pub(in crate::grammar) const OTHERWISE: u8 = 1;
    pub(in crate::grammar) const IMPLIES: u8 = 2;
    pub(super) const OR: u8 = 3;
    pub(super) const AND: u8 = 4;
    pub(super) const NOT: u8 = 5;
    pub(super) const COMPARISON: u8 = 6;
    pub(super) const LISTS: u8 = 7;
    pub(in crate::grammar) const ROUNDED: u8 = 8;
    pub(in crate::grammar) const PERCENT_OF: u8 = 9;
    pub(in crate::grammar) const SUM: u8 = 10;
    pub(super) const PRODUCT: u8 = 11;
    pub(in crate::grammar) const UNARY: u8 = 12;
}

/// A complete expression and the height of its tree.
#[derive(Clone, Copy)]
pub(super) struct Built {
    node: Completed,
    pub(super) height: u32,
    /// Whether an operator made it, so that words before it could be read as belonging to its left side only.
    pub(super) operation: bool,
}

/// Completes a node around parts of this height.
pub(super) fn built(p: &mut Parser<'_>, marker: Marker, kind: SyntaxKind, height: u32) -> Built {
    Built {
        node: p.complete(marker, kind),
        height: height + 1,
        operation: false,
    }
}

/// A whole expression; `what` says in words what should stand here.
pub(super) fn expression(p: &mut Parser<'_>, what: &str) -> bool {
    let before = p.position();
    climb(p, power::OTHERWISE, what);
    p.position() > before
}

/// A literal, a path, something in parentheses, or one of these with a sign.
pub(super) fn operand(p: &mut Parser<'_>, what: &str) -> bool {
    let before = p.position();
    climb(p, power::UNARY, what);
    p.position() > before
}

/// Whether the current token can begin an operand.
pub(super) fn starts_operand(p: &Parser<'_>) -> bool {
    matches!(
        p.current(),
        WORD | NUMBER | PERCENT | DATE | INSTANT | TEXT | MINUS | L_PAREN | L_BRACKET
    )
}

/// What to do with an operator.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Operator {
    /// Two operands; the right one binds with the second power.
    Binary {
        left: u8,
        right: u8,
    },
    Division,
    Is,
    In,
    Has,
    PercentOf,
    Rounded,
    Converted,
    /// Two words and a value: `followed by`, `begins with`.
    Words(u8),
    Sorted,
}

impl Operator {
    const fn left(self) -> u8 {
        match self {
            Operator::Binary { left, .. } | Operator::Words(left) => left,
            Operator::Sorted => power::LISTS,
            Operator::Division => power::PRODUCT,
            Operator::Is | Operator::In | Operator::Has => power::COMPARISON,
            Operator::PercentOf => power::PERCENT_OF,
            Operator::Rounded | Operator::Converted => power::ROUNDED,
        }
    }
}

fn operator(p: &Parser<'_>) -> Option<Operator> {
    let binary = |power| {
        Some(Operator::Binary {
            left: power,
            right: power + 1,
        })
    };
    match p.current() {
        PLUS | MINUS => binary(power::SUM),
        STAR => binary(power::PRODUCT),
        SLASH => Some(Operator::Division),
        LT | LT_EQ | GT | GT_EQ => binary(power::COMPARISON),
        EQ | EQ2 | BANG_EQ | LT_GT => binary(power::COMPARISON),
        AMP2 => binary(power::AND),
        PIPE2 if !p.on_new_line() => binary(power::OR),
        WORD if !p.at_boundary() => match p.nth_text(0) {
            "otherwise" => binary(power::OTHERWISE),
            "followed" if p.nth_word(1, "by") => Some(Operator::Words(power::LISTS)),
            "sorted" if p.nth_word(1, "by") => Some(Operator::Sorted),
            "begins" if p.nth_word(1, "with") => Some(Operator::Words(power::COMPARISON)),
            "implies" => binary(power::IMPLIES),
            "or" | "OR" => binary(power::OR),
            "and" | "AND" => binary(power::AND),
            "is" => Some(Operator::Is),
            "in" => Some(Operator::In),
            "not" if p.nth_word(1, "in") => Some(Operator::In),
            "has" => Some(Operator::Has),
            "as" if p.nth_word(1, "percent") => Some(Operator::PercentOf),
            "rounded" => Some(Operator::Rounded),
            "converted" if p.nth_word(1, "to") => Some(Operator::Converted),
            _ => None,
        },
        _ => None,
    }
}

pub(super) fn climb(p: &mut Parser<'_>, min: u8, what: &str) -> Built {
    let start = p.span();
    let mut left = prefix(p, what);
    let mut compared: Option<u8> = None;
    while let Some(operator) = operator(p) {
        let power = operator.left();
        if power < min {
            break;
        }
        if matches!(power, power::COMPARISON | power::IMPLIES) {
            if compared == Some(power) {
                report_chain(p);
            }
            compared = Some(power);
        }
        if left.height >= DEPTH_MAX {
            too_deep(p);
            break;
        }
        left = apply(p, left, operator, (min, start));
    }
    left
}

fn report_chain(p: &mut Parser<'_>) {
    let span = p.span();
    let operator = p.source(span);
    let message = format!("`{operator}` after another of its kind could be read in two ways");
    p.report(
        Diagnostic::error(codes::CHAINED_COMPARISON, message)
            .at(span, "the second one")
            .note(
                "put parentheses around what belongs together, or join two conditions with `and`",
            ),
    );
}

fn too_deep(p: &mut Parser<'_>) {
    let span = p.span();
    p.report(
        Diagnostic::error(codes::TOO_DEEP, "this expression is too large to be read")
            .at(span, "more than 200 operators lie around this")
            .note("name a part of it with `define`"),
    );
    p.skip(|_| false);
}

fn apply(p: &mut Parser<'_>, left: Built, operator: Operator, (min, start): (u8, Span)) -> Built {
    foreign::report(p);
    let marker = p.precede(left.node);
    let mut height = left.height;
    let mut right = |p: &mut Parser<'_>, power: u8| {
        let built = climb(p, power, "a value after the operator");
        height = height.max(built.height);
    };
    let kind = match operator {
        Operator::Binary { right: power, .. } => {
            if foreign::reversed_arrow(p).is_some() {
                p.bump();
            }
            p.bump();
            right(p, power);
            BINARY_EXPR
        }
        Operator::Division => {
            p.bump();
            right(p, power::UNARY);
            quotient_clauses(p, min, "a division", "0");
            BINARY_EXPR
        }
        Operator::Is => {
            p.bump();
            p.eat_word("not");
            if p.at_any(&["absent", "present"]) && p.nth(1) != DOT {
                p.bump();
                PRESENCE_EXPR
            } else {
                right(p, power::ROUNDED);
                BINARY_EXPR
            }
        }
        Operator::In => {
            p.eat_word("not");
            p.bump();
            height = height.max(collection(p));
            IN_EXPR
        }
        Operator::Has => {
            p.bump();
            right(p, power::UNARY);
            HAS_EXPR
        }
        Operator::PercentOf => {
            p.expect_words(&["as", "percent", "of"]);
            right(p, power::SUM);
            quotient_clauses(p, min, "`as percent of`", "0%");
            PERCENT_OF_EXPR
        }
        Operator::Rounded => {
            let word = p.span();
            p.bump();
            rounding(p);
            if continues(p) {
                report_continued(p, start, word);
            }
            ROUNDED_EXPR
        }
        Operator::Converted => {
            conversion(p, min);
            CONVERTED_EXPR
        }
        Operator::Words(power) => {
            p.bump();
            p.bump();
            right(p, power + 1);
            BINARY_EXPR
        }
        Operator::Sorted => {
            p.bump();
            height = height.max(lists::sort_keys(p));
            SORTED_EXPR
        }
    };
    Built {
        operation: true,
        ..built(p, marker, kind, height)
    }
}

/// What stands after `in`: a set, a range, or a path; its height.
fn collection(p: &mut Parser<'_>) -> u32 {
    if p.at(L_BRACE) {
        let marker = p.start();
        let mut height = 0;
        braced_list(p, "list", |p| {
            let before = p.position();
            height = height.max(climb(p, power::ROUNDED, "a value").height);
            p.position() > before
        });
        p.complete(marker, SET_EXPR);
        return height + 1;
    }
    let from = climb(
        p,
        power::ROUNDED,
        "`{` and values, or a range such as `1 to 100`",
    );
    if !p.at_word("to") {
        return from.height;
    }
    let marker = p.precede(from.node);
    p.bump();
    let to = climb(p, power::ROUNDED, "the end of the range");
    p.complete(marker, RANGE_EXPR);
    from.height.max(to.height) + 1
}

/// What begins an expression: a sign, `not`, `if`, or an atom.
fn prefix(p: &mut Parser<'_>, what: &str) -> Built {
    if p.depth >= DEPTH_MAX {
        let marker = p.start();
        too_deep(p);
        return leaf(p.complete(marker, MISSING_EXPR));
    }
    p.depth += 1;
    let built = prefix_at_depth(p, what);
    p.depth -= 1;
    built
}

fn prefix_at_depth(p: &mut Parser<'_>, what: &str) -> Built {
    if p.at_boundary() {
        return missing(p, what);
    }
    let not = p.at_any(&["not", "NOT"]) && p.nth(1) != DOT;
    let marker = p.start();
    let (kind, height) = match p.current() {
        MINUS => {
            p.bump();
            (
                UNARY_EXPR,
                climb(p, power::UNARY, "a value after the `-`").height,
            )
        }
        BANG | WORD if not || p.at(BANG) => {
            if !p.at_word("not") {
                foreign_not(p);
            }
            p.bump();
            (
                UNARY_EXPR,
                climb(p, power::NOT, "a condition after `not`").height,
            )
        }
        L_PAREN => (PAREN_EXPR, parentheses(p)),
        WORD if p.at_word("if") => (IF_EXPR, conditional(p)),
        _ => {
            p.abandon(marker);
            return atom(p, what);
        }
    };
    let operation = kind != PAREN_EXPR;
    let value = Built {
        operation,
        ..built(p, marker, kind, height)
    };
    if operation { value } else { behind(p, value) }
}

/// `.field` behind parentheses or a call, and the unit of a period whose number is worked out: `(n + 1) months`.
fn behind(p: &mut Parser<'_>, value: Built) -> Built {
    let mut value = value;
    while p.at(DOT) && p.nth(1) == WORD && !p.nth_on_new_line(1) {
        let marker = p.precede(value.node);
        p.bump();
        name_ref(p, "the name of a field");
        value = built(p, marker, FIELD_EXPR, value.height);
    }
    let unit = p.at_any(&["day", "days", "month", "months", "year", "years"]);
    if unit && !p.on_new_line() && !p.nth_word(1, "from") && !p.nth_word(1, "of") {
        let marker = p.precede(value.node);
        p.bump();
        value = built(p, marker, PERIOD_EXPR, value.height);
    }
    value
}

fn foreign_not(p: &mut Parser<'_>) {
    let span = p.span();
    let written = p.source(span);
    let message = format!("`{written}` is not an operator here");
    p.report(
        Diagnostic::error(codes::FOREIGN_OPERATOR, message)
            .at(span, "this")
            .suggest("write `not`", span, "not "),
    );
}

fn parentheses(p: &mut Parser<'_>) -> u32 {
    let open = p.span();
    p.bump();
    let height = climb(p, power::OTHERWISE, "an expression").height;
    if !p.eat(R_PAREN) {
        let diagnostic = p.expectation(codes::UNEXPECTED_TOKEN, "`)`");
        p.report(diagnostic.also(open, "the parenthesis opens here"));
    }
    height
}

fn conditional(p: &mut Parser<'_>) -> u32 {
    p.bump();
    let mut height = climb(p, power::IMPLIES, "a condition").height;
    for (word, what) in [
        ("then", "the value where it holds"),
        ("else", "the value where it does not"),
    ] {
        if !p.expect_word(word) {
            break;
        }
        let start = p.span();
        let mut branch = climb(p, power::IMPLIES, what);
        if word == "then" && p.at_word("otherwise") {
            branch = alternative(p, start, branch);
        }
        height = height.max(branch.height);
    }
    height
}

/// `then A otherwise B`, which has to stand in parentheses: behind `else` it would speak of the whole.
fn alternative(p: &mut Parser<'_>, start: Span, left: Built) -> Built {
    let marker = p.precede(left.node);
    p.bump();
    let right = climb(p, power::IMPLIES, "the value where it is absent");
    let span = start.to(p.previous());
    let grouped = format!("({})", p.source(span));
    p.report(
        Diagnostic::error(
            codes::UNCLEAR_REACH,
            "`otherwise` within `if` stands in parentheses",
        )
        .at(span, "this value with its `otherwise`")
        .suggest("put parentheses around it", span, grouped),
    );
    built(p, marker, BINARY_EXPR, left.height.max(right.height))
}

fn leaf(node: Completed) -> Built {
    Built {
        node,
        height: 1,
        operation: false,
    }
}

fn missing(p: &mut Parser<'_>, what: &str) -> Built {
    p.expected(what);
    let marker = p.start();
    leaf(p.complete(marker, MISSING_EXPR))
}

fn atom(p: &mut Parser<'_>, what: &str) -> Built {
    if matches!(p.current(), L_BRACKET | WORD)
        && let Some(form) = lists::form(p)
    {
        return behind(p, form);
    }
    let marker = p.start();
    let kind: SyntaxKind = match p.current() {
        NUMBER => {
            p.bump();
            unit(p);
            LITERAL
        }
        PERCENT | DATE | INSTANT | TEXT => {
            p.bump();
            LITERAL
        }
        WORD if p.at_any(&["yes", "no"]) && p.nth(1) != DOT => {
            p.bump();
            LITERAL
        }
        WORD if p.at_word("total") && p.nth_word(1, "of") => {
            p.expect_words(&["total", "of"]);
            if p.at_any(&["list", "net"]) {
                p.bump();
            } else if p.at_word("what") {
                p.expect_words(&["what", "is", "left"]);
            } else {
                p.expected("`list`, `net` or `what is left`");
            }
            if !p.on_new_line() && p.eat_word("of") {
                promotions::charges(p);
            }
            TOTAL_EXPR
        }
        WORD if p.at_word("quantity") && p.nth_word(1, "of") && !p.nth_on_new_line(1) => {
            p.expect_words(&["quantity", "of"]);
            promotions::charges(p);
            QUANTITY_EXPR
        }
        WORD => {
            p.abandon(marker);
            let path = word(p, what);
            return behind(p, path);
        }
        _ => {
            p.abandon(marker);
            return missing(p, what);
        }
    };
    leaf(p.complete(marker, kind))
}

fn word(p: &mut Parser<'_>, what: &str) -> Built {
    let marker = p.start();
    // The path is the node itself: it is begun here so that its end is known.
    p.bump();
    while p.at(DOT) {
        p.bump();
        if !p.at(WORD) || p.on_new_line() {
            p.expected(&format!("a name after the `.` of {what}"));
            break;
        }
        p.bump();
    }
    leaf(p.complete(marker, PATH))
}

/// The currency or the unit of time behind a number, on its line.
fn unit(p: &mut Parser<'_>) {
    if !p.at(WORD) || p.on_new_line() {
        return;
    }
    let word = p.nth_text(0);
    let operator = matches!(word, "AND" | "NOT");
    if literal::is_currency(word) && !operator || literal::PeriodUnit::of(word).is_some() {
        p.bump();
        return;
    }
    let lower = word.to_ascii_lowercase();
    let span = p.span();
    if matches!(lower.as_str(), "week" | "weeks") {
        let number = p.previous();
        let days = p.source(number).parse::<u32>().ok();
        let days = days.and_then(|weeks| weeks.checked_mul(7));
        let diagnostic =
            Diagnostic::error(codes::BAD_UNIT, format!("`{word}` is not a unit of time"))
                .at(span, "a week is 7 days");
        p.report(match days {
            Some(days) => {
                let instead = format!("{days} days");
                diagnostic.suggest(format!("write `{instead}`"), number.to(span), instead)
            }
            None => diagnostic,
        });
        p.bump();
    } else if literal::PeriodUnit::of(&lower).is_some() {
        p.report(
            Diagnostic::error(codes::BAD_UNIT, format!("`{word}` is not a unit of time"))
                .at(span, "units are written in small letters")
                .suggest(format!("write `{lower}`"), span, lower),
        );
        p.bump();
    } else if literal::is_unit(word) {
        p.bump();
    }
}
