//! What every view is made of.

use quo_source::{FileId, Span};
use rowan::TextRange;

use crate::kind::{SyntaxKind, SyntaxNode, SyntaxToken};

/// A typed view of a node.
pub trait AstNode: Sized {
    /// The view, if the node is of its kind.
    fn cast(node: SyntaxNode) -> Option<Self>;

    /// The node.
    fn syntax(&self) -> &SyntaxNode;

    /// The place of the node's text, without white space around it.
    fn span(&self, file: FileId) -> Span {
        span_of(self.syntax().text_range(), file)
    }

    /// The node's text as written.
    fn source(&self) -> String {
        self.syntax().text().to_string()
    }
}

/// The place of a range of a tree in its file.
pub(crate) fn span_of(range: TextRange, file: FileId) -> Span {
    file.span(range.start().into(), range.end().into())
}

/// Declares views of one kind each.
macro_rules! nodes {
    ($($(#[$doc:meta])* $name:ident = $kind:ident;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, PartialEq, Eq, Hash)]
            pub struct $name($crate::kind::SyntaxNode);

            impl $crate::ast::AstNode for $name {
                fn cast(node: $crate::kind::SyntaxNode) -> Option<Self> {
                    (node.kind() == $crate::kind::SyntaxKind::$kind).then_some(Self(node))
                }

                fn syntax(&self) -> &$crate::kind::SyntaxNode {
                    &self.0
                }
            }
        )*
    };
}

/// Declares accessors: `one name: View` for the first such child, `many name: View` for all,
/// `nth(N) name: View` for one of several, `text name` for the content of a [`super::Title`].
macro_rules! accessors {
    ($node:ident { $($(#[$doc:meta])* $how:ident $(($nth:literal))? $name:ident: $view:ident;)* }) => {
        impl $node {
            $(accessors!(@ $(#[$doc])* $how $(($nth))? $name: $view);)*
        }
    };
    (@ $(#[$doc:meta])* one $name:ident: $view:ident) => {
        $(#[$doc])*
        #[must_use]
        pub fn $name(&self) -> Option<$view> {
            $crate::ast::support::child(&self.0)
        }
    };
    (@ $(#[$doc:meta])* nth($nth:literal) $name:ident: $view:ident) => {
        $(#[$doc])*
        #[must_use]
        pub fn $name(&self) -> Option<$view> {
            $crate::ast::support::children(&self.0).nth($nth)
        }
    };
    (@ $(#[$doc:meta])* many $name:ident: $view:ident) => {
        $(#[$doc])*
        pub fn $name(&self) -> impl Iterator<Item = $view> + use<> {
            $crate::ast::support::children(&self.0)
        }
    };
}

pub(crate) use {accessors, nodes};

/// The first child of a view's kind.
pub(crate) fn child<N: AstNode>(node: &SyntaxNode) -> Option<N> {
    node.children().find_map(N::cast)
}

/// Every child of a view's kind.
pub(crate) fn children<N: AstNode>(node: &SyntaxNode) -> impl Iterator<Item = N> + use<N> {
    node.children().filter_map(N::cast)
}

/// The node's own tokens that the grammar sees.
pub(crate) fn tokens(node: &SyntaxNode) -> impl Iterator<Item = SyntaxToken> + use<> {
    node.children_with_tokens()
        .filter_map(rowan::NodeOrToken::into_token)
        .filter(|token| !token.kind().is_trivia())
}

/// The first own token of a kind.
pub(crate) fn token(node: &SyntaxNode, kind: SyntaxKind) -> Option<SyntaxToken> {
    tokens(node).find(|token| token.kind() == kind)
}

/// The texts of the node's own words, which are its keywords.
pub(crate) fn words(node: &SyntaxNode) -> Vec<String> {
    tokens(node)
        .filter(|token| token.kind() == SyntaxKind::WORD)
        .map(|token| token.text().to_owned())
        .collect()
}

/// Whether a keyword is among the node's own words.
pub(crate) fn has_word(node: &SyntaxNode, word: &str) -> bool {
    tokens(node).any(|token| token.kind() == SyntaxKind::WORD && token.text() == word)
}
