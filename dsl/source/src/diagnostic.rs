//! What is wrong, where, why, and what to write instead: as plain data.
//!
//! A diagnostic is made by a fluent builder next to the check that finds it and is rendered
//! elsewhere. Its message is one lowercase sentence without a final period, with what the user
//! wrote in backticks; its first primary label is the place it is about.

use crate::codes::Code;
use crate::file::Span;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nothing is built.
    Error,
    /// It is built; somebody should look.
    Warning,
    /// Worth knowing.
    Note,
}

impl Severity {
    /// The word for it, as written in every output.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

/// A place that a diagnostic speaks about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What to say at it; may be empty.
    pub message: String,
    /// Whether the problem is here, rather than something that explains it.
    pub primary: bool,
    /// The heading of the column, where the place is a cell of an imported table.
    pub cell: Option<String>,
}

/// What to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The advice in words.
    pub message: String,
    /// Replacements that together follow the advice; they do not overlap.
    pub edits: Vec<(Span, String)>,
}

/// One problem or remark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its kind, stable for ever.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// One sentence.
    pub message: String,
    /// The places; the first primary one is where it is.
    pub labels: Vec<Label>,
    /// More sentences.
    pub notes: Vec<String>,
    /// What to write instead.
    pub suggestion: Option<Suggestion>,
}

impl Diagnostic {
    /// An error.
    #[must_use]
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message)
    }

    /// A warning.
    #[must_use]
    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message)
    }

    /// A remark.
    #[must_use]
    pub fn remark(code: Code, message: impl Into<String>) -> Self {
        Self::new(Severity::Note, code, message)
    }

    fn new(severity: Severity, code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            severity,
            message: message.into(),
            labels: Vec::new(),
            notes: Vec::new(),
            suggestion: None,
        }
    }

    /// Says that it is here.
    #[must_use]
    pub fn at(self, span: Span, label: impl Into<String>) -> Self {
        self.label(span, label, true, None)
    }

    /// Says that this place explains it.
    #[must_use]
    pub fn also(self, span: Span, label: impl Into<String>) -> Self {
        self.label(span, label, false, None)
    }

    /// Says that it is in this cell of an imported table, below the heading `column`.
    #[must_use]
    pub fn at_cell(self, span: Span, column: &str, label: impl Into<String>) -> Self {
        self.label(span, label, true, Some(column.to_owned()))
    }

    /// Says that this cell of an imported table, below the heading `column`, explains it.
    #[must_use]
    pub fn also_cell(self, span: Span, column: &str, label: impl Into<String>) -> Self {
        self.label(span, label, false, Some(column.to_owned()))
    }

    /// Adds a sentence.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Advises to put `replacement` in place of `span`.
    #[must_use]
    pub fn suggest(
        self,
        message: impl Into<String>,
        span: Span,
        replacement: impl Into<String>,
    ) -> Self {
        self.suggest_edits(message, vec![(span, replacement.into())])
    }

    /// Advises several replacements that belong together; none are advice in words only.
    #[must_use]
    pub fn suggest_edits(mut self, message: impl Into<String>, edits: Vec<(Span, String)>) -> Self {
        self.suggestion = Some(Suggestion {
            message: message.into(),
            edits,
        });
        self
    }

    /// Where it is: the first primary label, else the first label.
    #[must_use]
    pub fn place(&self) -> Option<&Label> {
        let primary = self.labels.iter().find(|label| label.primary);
        primary.or_else(|| self.labels.first())
    }

    /// Whether it keeps the rules from being built.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// Puts diagnostics in the order in which a reader meets them: by file, place and code.
    pub fn sort(diagnostics: &mut [Diagnostic]) {
        diagnostics.sort_by(|a, b| {
            let key = |d: &Diagnostic| (d.place().map(|label| label.span), d.code);
            key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message))
        });
    }

    fn label(
        mut self,
        span: Span,
        message: impl Into<String>,
        primary: bool,
        cell: Option<String>,
    ) -> Self {
        self.labels.push(Label {
            span,
            message: message.into(),
            primary,
            cell,
        });
        self
    }
}
