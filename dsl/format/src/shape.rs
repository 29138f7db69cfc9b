//! What a layout must not change: the tree without its white space, and the comments in their order.

use quo_syntax::{SyntaxElement, SyntaxKind, SyntaxNode};

/// The nodes and tokens of a tree in order, and its comments in order.
///
/// Two kinds of commas are left out, since a line end or nothing says the same: those between the entries of a test's
/// configuration, and the one before a closing bracket.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    tree: Vec<(SyntaxKind, String)>,
    comments: Vec<String>,
}

impl Shape {
    /// The shape of a tree.
    pub(crate) fn of(root: &SyntaxNode) -> Self {
        let mut shape = Self {
            tree: Vec::new(),
            comments: Vec::new(),
        };
        let mut stack: Vec<(usize, SyntaxElement)> = vec![(0, root.clone().into())];
        while let Some((at, element)) = stack.pop() {
            if let Some(node) = element.as_node() {
                // The depth makes the end of a node visible without a mark of its own.
                shape.tree.push((node.kind(), at.to_string()));
                let children: Vec<_> = node.children_with_tokens().collect();
                let below = at.saturating_add(1);
                stack.extend(children.into_iter().rev().map(|child| (below, child)));
            } else if let Some(token) = element.as_token() {
                match token.kind() {
                    SyntaxKind::WHITESPACE | SyntaxKind::NEWLINE => {}
                    SyntaxKind::COMMENT => {
                        shape.comments.push(token.text().trim_end().to_owned());
                    }
                    SyntaxKind::COMMA if is_free(&element) => {}
                    kind => shape.tree.push((kind, token.text().to_owned())),
                }
            }
        }
        shape
    }
}

/// Whether a comma may come and go with the layout.
fn is_free(comma: &SyntaxElement) -> bool {
    let in_config = comma
        .parent()
        .is_some_and(|parent| parent.kind() == SyntaxKind::CONFIG);
    let mut next = comma.next_sibling_or_token();
    while let Some(element) = next {
        if !element.kind().is_trivia() {
            let closes = |text: &str| matches!(text, "}" | ")" | "]");
            return in_config || element.as_token().is_some_and(|token| closes(token.text()));
        }
        next = element.next_sibling_or_token();
    }
    in_config
}
