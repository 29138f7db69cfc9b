//! The cells of imported tables: a string from outside to plain data.
//!
//! Cells of inline tables are part of the tree; those of CSV files never were. Both end in the same
//! alternatives: anything, nothing, or a list of values, ranges and comparisons.

use pest::Parser as _;
use pest::error::{ErrorVariant, InputLocation};
use pest::iterators::Pair;
use thiserror::Error;

use crate::kind::SyntaxKind;
use crate::literal::{self, LiteralError, Number, PeriodUnit, Value};
use generated::{CellParser, Rule};

mod generated {
    #![allow(
        missing_docs,
        reason = "pest derives an enum of the grammar's own rule names"
    )]

    #[derive(pest_derive::Parser)]
    #[grammar = "cell.pest"]
    pub(super) struct CellParser;
}

/// On which side of a bound a value must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Comparison {
    /// `above 100`, `> 100`
    Above,
    /// `from 100`, `>= 100`
    From,
    /// `below 100`, `< 100`
    Below,
    /// `up to 100`, `<= 100`
    UpTo,
}

/// A cell of an imported table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportedCell {
    /// `*`: anything.
    Any,
    /// `-`: nothing.
    Nothing,
    /// One or several of these.
    Items(Vec<ImportedItem>),
}

/// One of the alternatives of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportedItem {
    /// A value.
    Value(CellValue),
    /// `1 to 100`, both included.
    Range(CellValue, CellValue),
    /// `above 100`
    Comparison(Comparison, CellValue),
}

/// A value in a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CellValue {
    /// A literal.
    Literal(Value),
    /// A name, with dots between its words where it has several.
    Name(Vec<String>),
}

/// Why a string is no cell. Offsets are bytes from the start of the string.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CellError {
    /// Nothing but white space.
    #[error("the cell is blank; write `*` for any value or `-` for none")]
    Blank,
    /// `1,000` or `12,50`.
    #[error(
        "a number in a table has no comma; write `12.50`, `1000`, or a blank after the comma of a list"
    )]
    CommaInNumber {
        /// The comma.
        offset: usize,
    },
    /// Something else than what may stand here.
    #[error("expected {expected}")]
    Unexpected {
        /// What may stand here, in words.
        expected: String,
        /// Where it should stand.
        offset: usize,
    },
    /// A value that has the form of one but is none.
    #[error("{error}")]
    Literal {
        /// What is wrong with it.
        error: LiteralError,
        /// Where it begins.
        offset: usize,
    },
}

impl CellError {
    /// Where in the cell it is, in bytes.
    #[must_use]
    pub const fn offset(&self) -> usize {
        match self {
            CellError::Blank => 0,
            CellError::CommaInNumber { offset }
            | CellError::Unexpected { offset, .. }
            | CellError::Literal { offset, .. } => *offset,
        }
    }
}

/// Reads a cell.
///
/// # Errors
/// [`CellError`], with the place in the cell and what was expected there.
pub fn parse_cell(text: &str) -> Result<ImportedCell, CellError> {
    if text.trim().is_empty() {
        return Err(CellError::Blank);
    }
    match plain(text) {
        Some(value) => Ok(ImportedCell::Items(vec![ImportedItem::Value(value)])),
        None => by_grammar(text),
    }
}

/// A number or a word alone, as nearly all cells of large tables are: read without the grammar, as it would read them.
fn plain(text: &str) -> Option<CellValue> {
    let text = text.trim_matches([' ', '\t', '\r', '\n', '\u{A0}']);
    let mut bytes = text.bytes();
    let begins = bytes.next()?;
    if begins.is_ascii_digit() {
        if !bytes.all(|byte| byte.is_ascii_digit() || byte == b'.') {
            return None;
        }
        let number = literal::number(text).ok()?;
        return Some(CellValue::Literal(Value::Number(number)));
    }
    let word = begins.is_ascii_alphabetic() || begins == b'_';
    if !word || !bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return None;
    }
    Some(match text {
        "yes" => CellValue::Literal(Value::Bool(true)),
        "no" => CellValue::Literal(Value::Bool(false)),
        name => CellValue::Name(vec![name.to_owned()]),
    })
}

fn by_grammar(text: &str) -> Result<ImportedCell, CellError> {
    let mut pairs = CellParser::parse(Rule::cell, text).map_err(|error| explain(text, &error))?;
    let cell = pairs.next().into_iter().flat_map(Pair::into_inner);
    let mut items = Vec::new();
    for part in cell {
        match part.as_rule() {
            Rule::any => return Ok(ImportedCell::Any),
            Rule::nothing => return Ok(ImportedCell::Nothing),
            Rule::item => items.push(item(part)?),
            _ => {}
        }
    }
    Ok(ImportedCell::Items(items))
}

fn item(pair: Pair<'_, Rule>) -> Result<ImportedItem, CellError> {
    let offset = pair.as_span().start();
    let form = pair.into_inner().next();
    let rule = form.as_ref().map(Pair::as_rule);
    let mut comparison = None;
    let mut values = Vec::new();
    match (rule, form) {
        (Some(Rule::value), Some(only)) => values.push(value(only)?),
        (_, form) => {
            for part in form.into_iter().flat_map(Pair::into_inner) {
                match part.as_rule() {
                    Rule::value => values.push(value(part)?),
                    Rule::bound => comparison = Some(bound(part.as_str())),
                    _ => {}
                }
            }
        }
    }
    let mut values = values.into_iter();
    match (comparison, values.next(), values.next()) {
        (Some(comparison), Some(bound), None) => Ok(ImportedItem::Comparison(comparison, bound)),
        (None, Some(value), None) => Ok(ImportedItem::Value(value)),
        (None, Some(from), Some(to)) => Ok(ImportedItem::Range(from, to)),
        _ => Err(unexpected("a value", offset)),
    }
}

fn bound(sign: &str) -> Comparison {
    match sign {
        ">" | "above" => Comparison::Above,
        ">=" | "from" => Comparison::From,
        "<" | "below" => Comparison::Below,
        _ => Comparison::UpTo,
    }
}

fn value(pair: Pair<'_, Rule>) -> Result<CellValue, CellError> {
    let offset = pair.as_span().start();
    let Some(inner) = pair.into_inner().next() else {
        return Err(unexpected("a value", offset));
    };
    let text = inner.as_str();
    let value = match inner.as_rule() {
        Rule::name => match text {
            "yes" => Ok(Value::Bool(true)),
            "no" => Ok(Value::Bool(false)),
            name => {
                return Ok(CellValue::Name(
                    name.split('.').map(str::to_owned).collect(),
                ));
            }
        },
        Rule::number => signed(text, literal::number).map(Value::Number),
        Rule::percent => signed(text, literal::percent).map(Value::Percent),
        Rule::instant => literal::instant(text).map(Value::Instant),
        Rule::date => literal::date(text).map(Value::Date),
        Rule::text => literal::text(text).map(Value::Text),
        _ => amount(inner),
    };
    value
        .map(CellValue::Literal)
        .map_err(|error| CellError::Literal { error, offset })
}

fn amount(pair: Pair<'_, Rule>) -> Result<Value, LiteralError> {
    let source = pair.as_str().to_owned();
    let mut parts = pair.into_inner().map(|part| part.as_str());
    let (Some(count), Some(unit)) = (parts.next(), parts.next()) else {
        return Err(LiteralError::NotAValue(source));
    };
    if literal::is_currency(unit) {
        return Ok(Value::Money {
            amount: signed(count, literal::number)?,
            currency: unit.to_owned(),
        });
    }
    if PeriodUnit::of(unit).is_none() {
        return Ok(Value::Quantity {
            amount: signed(count, literal::number)?,
            unit: unit.to_owned(),
        });
    }
    literal::value(&[(SyntaxKind::NUMBER, count), (SyntaxKind::WORD, unit)])
}

fn signed(
    text: &str,
    read: fn(&str) -> Result<Number, LiteralError>,
) -> Result<Number, LiteralError> {
    match text.strip_prefix('-') {
        // The mantissa of a literal is never negative, so its negation exists.
        Some(rest) => read(rest).map(|number| Number {
            mantissa: number.mantissa.saturating_neg(),
            ..number
        }),
        None => read(text),
    }
}

fn unexpected(expected: &str, offset: usize) -> CellError {
    CellError::Unexpected {
        expected: expected.to_owned(),
        offset,
    }
}

fn explain(text: &str, error: &pest::error::Error<Rule>) -> CellError {
    if let Some(offset) = decimal_comma(text) {
        return CellError::CommaInNumber { offset };
    }
    let offset = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    let rules: &[Rule] = match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => positives,
        ErrorVariant::CustomError { .. } => &[],
    };
    let mut words: Vec<&str> = rules.iter().filter_map(|rule| describe(*rule)).collect();
    words.sort_unstable();
    words.dedup();
    let expected = match words.as_slice() {
        [] => "a value, a range such as `1 to 100`, or `*`".to_owned(),
        [only] => (*only).to_owned(),
        [init @ .., last] => format!("{} or {last}", init.join(", ")),
    };
    CellError::Unexpected { expected, offset }
}

const fn describe(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::EOI => "the end of the cell",
        Rule::any | Rule::nothing => return None,
        Rule::to => "`to`",
        Rule::unit => "a unit",
        Rule::bound | Rule::comparison => "a comparison such as `above 100`",
        Rule::item | Rule::value | Rule::name | Rule::text => "a value",
        Rule::number | Rule::percent | Rule::amount | Rule::digits => "a number",
        Rule::date | Rule::instant => "a date",
        _ => return None,
    })
}

/// The first comma between two digits outside quotes: `1,000`, `12,50`.
fn decimal_comma(text: &str) -> Option<usize> {
    let mut in_text = false;
    let mut before = None;
    let mut chars = text.char_indices().peekable();
    while let Some((at, char)) = chars.next() {
        in_text ^= char == '"';
        let next = chars.peek().map(|&(_, next)| next);
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        if !in_text && char == ',' && digit(before) && digit(next) {
            return Some(at);
        }
        before = Some(char);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is read without the grammar is what the grammar reads, for every cell of up to five pieces.
    #[test]
    fn plain_cells_mean_what_the_grammar_says() {
        let pieces = [
            "", " ", "\u{A0}", "7", "0", "12", ".", "-", "%", "_", "a", "Z9", "yes", "no", "to",
            "from", "EUR", "*", ",", "\"", "é",
        ];
        let mut seed: usize = 7;
        let mut plainly = 0;
        for _ in 0..50_000 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let mut rest = seed >> 16;
            let mut text = String::new();
            for _ in 0..5 {
                text.push_str(pieces[rest % pieces.len()]);
                rest /= pieces.len();
            }
            if let Some(value) = plain(&text) {
                plainly += 1;
                let read = by_grammar(&text);
                assert_eq!(
                    read,
                    Ok(ImportedCell::Items(vec![ImportedItem::Value(value)])),
                    "{text:?}"
                );
            }
        }
        assert!(plainly > 1_000, "{plainly} cells were plain");
    }
}
