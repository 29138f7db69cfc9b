//! Lexer, grammar, lossless syntax tree and its typed views.
//!
//! [`parse`] is a pure function from any text to a tree and what is wrong with it. It never fails:
//! a text with mistakes gives a tree with holes, and every byte of the text is in the tree. What
//! the words mean, which names exist, whether types fit: none of that is known here.
//!
//! ```
//! use quo_source::FileId;
//! use quo_syntax::ast::{AstNode, Item};
//!
//! let text = "enum Region { Europe, Americas }\n";
//! let parse = quo_syntax::parse(FileId(0), text);
//! assert!(parse.diagnostics().is_empty());
//! assert_eq!(parse.syntax().text().to_string(), text);
//! let Some(Item::Enum(region)) = parse.tree().items().next() else { panic!() };
//! assert_eq!(region.values().map(|value| value.text()).collect::<Vec<_>>(), ["Europe", "Americas"]);
//! ```

pub mod ast;
mod cache;
pub mod cell;
mod dump;
mod grammar;
mod kind;
pub mod lexer;
pub mod literal;
mod parse;
mod parser;

pub use cache::ParseCache;
pub use dump::dump;
pub use kind::{Quo, SyntaxElement, SyntaxKind, SyntaxNode, SyntaxToken};
pub use parse::{Parse, parse, parse_within};
