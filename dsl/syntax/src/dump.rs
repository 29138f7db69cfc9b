//! The tree as text that a person can read and a snapshot can keep.

use std::fmt::Write as _;

use rowan::{NodeOrToken, WalkEvent};

use crate::kind::{SyntaxKind, SyntaxNode};

/// One line a node or token, indented by depth, with byte ranges; white space and line ends are
/// left out, since the ranges tell them.
#[must_use]
pub fn dump(root: &SyntaxNode) -> String {
    let mut out = String::new();
    let mut depth: usize = 0;
    for event in root.preorder_with_tokens() {
        match event {
            WalkEvent::Enter(element) => {
                if !matches!(element.kind(), SyntaxKind::WHITESPACE | SyntaxKind::NEWLINE) {
                    let (indent, range) = (depth * 2, element.text_range());
                    // Writing to a string cannot fail.
                    let _ = write!(out, "{:indent$}{:?}@{range:?}", "", element.kind());
                    if let NodeOrToken::Token(token) = &element {
                        let _ = write!(out, " {:?}", token.text());
                    }
                    out.push('\n');
                }
                depth += 1;
            }
            WalkEvent::Leave(_) => depth = depth.saturating_sub(1),
        }
    }
    out
}
