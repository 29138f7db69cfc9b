//! Lexer, grammar, lossless syntax tree and its typed views.
