//! The one door: text in, tree and diagnostics out.

use std::sync::Arc;

use quo_source::{Diagnostic, FileId, Stopped, Work};
use rowan::GreenNode;

use crate::ast::{AstNode as _, SourceFile};
use crate::kind::SyntaxNode;
use crate::{grammar, lexer, parser};

/// The result of parsing one file. It can be shared between threads; the tree it gives cannot.
#[derive(Clone, Debug)]
pub struct Parse {
    file: FileId,
    green: GreenNode,
    diagnostics: Arc<[Diagnostic]>,
}

impl Parse {
    /// The root of the tree. Its text is the text that was parsed, byte for byte.
    #[must_use]
    pub fn syntax(&self) -> SyntaxNode {
        SyntaxNode::new_root(self.green.clone())
    }

    /// The typed view of the root.
    #[must_use]
    pub fn tree(&self) -> SourceFile {
        SourceFile::cast(self.syntax()).expect("the grammar's root is always a source file")
    }

    /// The tree in its immutable form, without places.
    #[must_use]
    pub fn green(&self) -> &GreenNode {
        &self.green
    }

    /// What is wrong with the text, in its order.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// The file that the diagnostics speak about.
    #[must_use]
    pub const fn file(&self) -> FileId {
        self.file
    }

    /// The same result for the same text under another id.
    #[must_use]
    pub(crate) fn for_file(&self, file: FileId) -> Self {
        let mut diagnostics = self.diagnostics.to_vec();
        for diagnostic in &mut diagnostics {
            for label in &mut diagnostic.labels {
                label.span.file = file;
            }
            let edits = diagnostic.suggestion.iter_mut().flat_map(|s| &mut s.edits);
            for (span, _) in edits {
                span.file = file;
            }
        }
        Self {
            file,
            green: self.green.clone(),
            diagnostics: diagnostics.into(),
        }
    }
}

/// Parses a text.
#[must_use]
pub fn parse(file: FileId, text: &str) -> Parse {
    parse_within(file, text, &Work::unlimited())
        .expect("work without a limit and without a flag is never stopped")
}

/// Parses a text within a budget; a step is about a token.
///
/// # Errors
/// [`Stopped`] when the budget is used up or the work is cancelled.
pub fn parse_within(file: FileId, text: &str, work: &Work) -> Result<Parse, Stopped> {
    let tokens = lexer::lex(text);
    work.spend(tokens.len() as u64)?;
    let output = parser::Parser::run(file, text, &tokens, work, grammar::source_file)?;
    let green = parser::build(text, &tokens, output.events);
    let mut diagnostics = output.diagnostics;
    Diagnostic::sort(&mut diagnostics);
    Ok(Parse {
        file,
        green,
        diagnostics: diagnostics.into(),
    })
}
