//! What stands between the tokens that mean something: comments, ends of lines, empty lines.
//!
//! White space is read here once and then forgotten: the layout makes its own.

use std::collections::BTreeMap;

use quo_syntax::{SyntaxKind, SyntaxNode, SyntaxToken};

/// A comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Comment {
    /// With its `--`, without blanks at its end.
    pub(crate) text: String,
    /// Alone on its line, not behind something.
    pub(crate) own_line: bool,
    /// Behind an empty line.
    pub(crate) blank: bool,
}

/// What stands before a token.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gap {
    /// The comments, in order.
    pub(crate) comments: Vec<Comment>,
    /// Whether the token is the first on its line.
    pub(crate) newline: bool,
    /// Whether an empty line stands directly before the token.
    pub(crate) blank: bool,
}

impl Gap {
    /// Whether the author left an empty line anywhere in it.
    pub(crate) fn has_blank(&self) -> bool {
        self.blank || self.comments.iter().any(|comment| comment.blank)
    }
}

/// The gaps of a tree, by the place of the token behind each.
#[derive(Debug)]
pub(crate) struct Gaps {
    before: BTreeMap<u32, Gap>,
    /// Behind the last token.
    pub(crate) end: Gap,
}

/// Where a token begins.
pub(crate) fn place(token: &SyntaxToken) -> u32 {
    token.text_range().start().into()
}

impl Gaps {
    /// Reads the gaps of a whole tree.
    pub(crate) fn of(root: &SyntaxNode) -> Self {
        let mut before = BTreeMap::new();
        let mut gap = Gap::default();
        let (mut ends, mut begun) = (0_usize, false);
        for element in root.descendants_with_tokens() {
            let Some(token) = element.into_token() else {
                continue;
            };
            match token.kind() {
                SyntaxKind::NEWLINE => ends = ends.saturating_add(1),
                SyntaxKind::WHITESPACE => {}
                SyntaxKind::COMMENT => {
                    gap.comments.push(Comment {
                        text: token.text().trim_end().to_owned(),
                        own_line: ends > 0 || !begun,
                        blank: ends > 1,
                    });
                    (ends, begun) = (0, true);
                }
                _ => {
                    gap.newline = ends > 0 || !begun;
                    gap.blank = ends > 1;
                    before.insert(place(&token), std::mem::take(&mut gap));
                    (ends, begun) = (0, true);
                }
            }
        }
        Self { before, end: gap }
    }

    /// What stands before a token.
    pub(crate) fn before(&self, token: &SyntaxToken) -> Gap {
        self.before.get(&place(token)).cloned().unwrap_or_default()
    }

    /// Whether a token is the first on its line.
    pub(crate) fn newline(&self, token: &SyntaxToken) -> bool {
        let gap = self.before.get(&place(token));
        gap.is_some_and(|gap| gap.newline)
    }
}
