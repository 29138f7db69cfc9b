//! From a tree to a document: which tokens stand together, and where a line may end.
//!
//! Whoever places an element first calls [`Layout::lead`] for what stands before it, then [`Layout::element`] for the
//! element itself: so a comment between two tokens is written at one place only, whatever the form around it is.

mod brackets;
mod expressions;
mod tables;

use quo_syntax::ast::{AstNode as _, Expr};
use quo_syntax::{SyntaxElement, SyntaxKind, SyntaxNode, SyntaxToken};

use crate::doc::{Break, Doc, all, fill, group, nest};
use crate::gaps::{Comment, Gaps};
use crate::spacing;

/// Who decides where lines end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Breaks {
    /// The layout.
    Chosen,
    /// The author: every line ends where it ended.
    AsWritten,
}

/// What stands between an element and the one before, where no comment does.
#[derive(Clone, Copy, Debug)]
enum Lead {
    /// A blank, or nothing, as the two tokens want it.
    Same,
    /// The same, or an end of line.
    Line { continued: bool, blank: bool },
    /// An end of line.
    Hard { continued: bool, blank: bool },
}

/// A place that may be broken, one level further in.
const CONTINUED: Lead = Lead::Line {
    continued: true,
    blank: false,
};

/// The layout of one item.
pub(crate) struct Layout<'g> {
    gaps: &'g Gaps,
    breaks: Breaks,
    /// The token written last.
    last: Option<SyntaxToken>,
    /// Comments before a token that is not written.
    carried: Vec<Comment>,
    /// Columns of the names of the tasks of the plan that is open.
    task_columns: usize,
}

impl<'g> Layout<'g> {
    /// A layout of one item.
    pub(crate) const fn new(gaps: &'g Gaps, breaks: Breaks) -> Self {
        Self {
            gaps,
            breaks,
            last: None,
            carried: Vec::new(),
            task_columns: 0,
        }
    }

    /// The document of an item.
    pub(crate) fn item(mut self, item: &SyntaxNode) -> Doc {
        self.node(item)
    }

    /// What stands before an element: comments, and where there are none what is asked for.
    fn lead(&mut self, out: &mut Vec<Doc>, element: &SyntaxElement, lead: Lead) {
        let Some(token) = first_token(element) else {
            return;
        };
        let gap = self.gaps.before(&token);
        let comments = self.with_carried(gap.comments.clone());
        let space = self
            .last
            .as_ref()
            .is_some_and(|last| spacing::between(last, &token));
        let (continued, may_be_blank) = match lead {
            Lead::Same => (true, false),
            Lead::Line { continued, blank } | Lead::Hard { continued, blank } => (continued, blank),
        };
        let place = Break {
            space,
            continued,
            blank: may_be_blank && gap.blank,
        };
        if !comments.is_empty() {
            comments_of(out, &comments, place, may_be_blank);
            out.push(Doc::Hard(place));
            return;
        }
        match lead {
            _ if self.breaks == Breaks::AsWritten && gap.newline => out.push(Doc::Hard(place)),
            Lead::Hard { .. } => out.push(Doc::Hard(place)),
            Lead::Line { .. } if self.breaks == Breaks::Chosen => out.push(Doc::Line(place)),
            Lead::Line { .. } | Lead::Same if space => out.push(Doc::Text(" ".to_owned())),
            Lead::Line { .. } | Lead::Same => {}
        }
    }

    /// The comments before a token, behind those before tokens that were not written.
    fn with_carried(&mut self, own: Vec<Comment>) -> Vec<Comment> {
        let mut comments = std::mem::take(&mut self.carried);
        // Behind a comment no other one can stand on the same line.
        let after_another = !comments.is_empty();
        comments.extend(own.into_iter().map(|comment| Comment {
            own_line: comment.own_line || after_another,
            ..comment
        }));
        comments
    }

    /// An element without what stands before it.
    fn element(&mut self, element: &SyntaxElement) -> Doc {
        if let Some(node) = element.as_node() {
            return self.node(node);
        }
        let Some(token) = element.as_token() else {
            return all(Vec::new());
        };
        self.last = Some(token.clone());
        Doc::Text(token.text().to_owned())
    }

    /// An element behind another.
    fn follow(&mut self, out: &mut Vec<Doc>, element: &SyntaxElement, lead: Lead) {
        self.lead(out, element, lead);
        let doc = self.element(element);
        out.push(doc);
    }

    fn node(&mut self, node: &SyntaxNode) -> Doc {
        let kids = kids(node);
        match node.kind() {
            _ if self.breaks == Breaks::AsWritten => self.as_written(&kids),
            SyntaxKind::TABLE => self.table(&kids),
            SyntaxKind::IF_EXPR => self.conditional(&kids),
            _ if Expr::cast(node.clone()).is_some() => self.expression(node, &kids),
            _ => self.form(node, &kids),
        }
    }

    /// Every line ends where it ended; brackets indent.
    fn as_written(&mut self, kids: &[SyntaxElement]) -> Doc {
        let mut out = Vec::new();
        let mut at = 0;
        while let Some(kid) = kids.get(at) {
            if at > 0 {
                self.lead(&mut out, kid, Lead::Same);
            }
            let close = brackets::matching(kids, at);
            out.push(self.element(kid));
            at = at.saturating_add(1);
            let Some(close) = close else { continue };
            let mut inner = Vec::new();
            let unindented = Lead::Line {
                continued: false,
                blank: true,
            };
            for kid in kids.get(at..close).unwrap_or_default() {
                self.follow(&mut inner, kid, unindented);
            }
            out.push(nest(inner));
            if let Some(kid) = kids.get(close) {
                self.follow(&mut out, kid, unindented);
            }
            at = close.saturating_add(1);
        }
        all(out)
    }

    /// Any form that is no expression: words, nodes, brackets, commas, and `=` before what something is.
    fn form(&mut self, node: &SyntaxNode, kids: &[SyntaxElement]) -> Doc {
        let mut out = Vec::new();
        let equals = outside_brackets(kids).find(|at| is(kids, *at, "="));
        let Some(equals) = equals else {
            self.chunks(node, kids, &mut out);
            return all(out);
        };
        let (head, tail) = kids.split_at(equals.saturating_add(1).min(kids.len()));
        self.chunks(node, head, &mut out);
        let Some(first) = tail.first() else {
            return all(out);
        };
        if brackets::matching(tail, 0).is_some() {
            self.lead(&mut out, first, Lead::Same);
            self.chunks(node, tail, &mut out);
        } else {
            let mut right = Vec::new();
            self.lead(&mut right, first, CONTINUED);
            self.chunks(node, tail, &mut right);
            out.push(group(right));
        }
        all(out)
    }

    /// Elements with commas between: a line may end behind each.
    fn chunks(&mut self, node: &SyntaxNode, kids: &[SyntaxElement], out: &mut Vec<Doc>) {
        let mut rest = kids;
        let mut first = true;
        while !rest.is_empty() {
            let comma = outside_brackets(rest).find(|at| is(rest, *at, ","));
            let length = comma.map_or(rest.len(), |at| at.saturating_add(1));
            let (chunk, others) = rest.split_at(length.min(rest.len()));
            if first {
                self.stretch(node, chunk, out);
            } else if let Some(kid) = chunk.first() {
                let mut parts = Vec::new();
                self.lead(&mut parts, kid, CONTINUED);
                self.stretch(node, chunk, &mut parts);
                out.push(fill(parts));
            }
            (rest, first) = (others, false);
        }
    }

    /// Elements one behind the other.
    fn stretch(&mut self, node: &SyntaxNode, kids: &[SyntaxElement], out: &mut Vec<Doc>) {
        let mut at = 0;
        while let Some(kid) = kids.get(at) {
            // A row of a table is a line, so that what follows a table stands below it.
            let behind_table = at
                .checked_sub(1)
                .and_then(|before| kids.get(before))
                .is_some_and(|before| before.kind() == SyntaxKind::TABLE);
            if behind_table || kid.kind() == SyntaxKind::TABLE && at > 0 {
                let mut table = Vec::new();
                let below = Lead::Hard {
                    continued: false,
                    blank: false,
                };
                self.follow(&mut table, kid, below);
                out.push(nest(table));
            } else if let Some(close) = brackets::matching(kids, at) {
                if at > 0 {
                    self.lead(out, kid, Lead::Same);
                }
                let inside = kids.get(at..=close).unwrap_or_default();
                let doc = self.brackets(node, inside);
                out.push(doc);
                at = close;
            } else if at > 0 && is_clause(node, kid) {
                let mut clause = Vec::new();
                self.follow(&mut clause, kid, lead_of(node, kids, at));
                out.push(fill(clause));
            } else {
                if at > 0 {
                    self.lead(out, kid, lead_of(node, kids, at));
                }
                let doc = self.element(kid);
                out.push(doc);
                if kid.kind() == SyntaxKind::NAME && node.kind() == SyntaxKind::TASK {
                    out.push(Doc::Text(self.padding(kid)));
                }
            }
            at = at.saturating_add(1);
        }
    }

    /// Blanks that put what follows the names of a plan's tasks into one column.
    fn padding(&self, name: &SyntaxElement) -> String {
        let columns = u32::from(name.text_range().len()) as usize;
        " ".repeat(self.task_columns.saturating_sub(columns))
    }
}

/// What stands before an element by the form it is in.
fn lead_of(node: &SyntaxNode, kids: &[SyntaxElement], at: usize) -> Lead {
    let below = Lead::Hard {
        continued: true,
        blank: false,
    };
    let kind = kids.get(at).map(SyntaxElement::kind);
    let before = at
        .checked_sub(1)
        .is_some_and(|before| is(kids, before, ":"));
    match node.kind() {
        // The message, then what it is about.
        SyntaxKind::CONSTRAINT if before => below,
        SyntaxKind::ELIGIBLE_ITEM if kind == Some(SyntaxKind::WHEN) => below,
        _ if kind == Some(SyntaxKind::WHEN) => CONTINUED,
        _ => Lead::Same,
    }
}

/// Whether an element is a condition at the end of its statement.
fn is_clause(node: &SyntaxNode, kid: &SyntaxElement) -> bool {
    kid.kind() == SyntaxKind::WHEN && node.kind() != SyntaxKind::ELIGIBLE_ITEM
}

/// The elements of a node that mean something.
fn kids(node: &SyntaxNode) -> Vec<SyntaxElement> {
    let elements = node.children_with_tokens();
    elements.filter(|kid| first_token(kid).is_some()).collect()
}

/// The first token of an element that means something.
pub(crate) fn first_token(element: &SyntaxElement) -> Option<SyntaxToken> {
    let meant = |token: SyntaxToken| (!token.kind().is_trivia()).then_some(token);
    match element.as_node() {
        // White space goes before a node, never to its beginning.
        Some(node) => node.first_token().and_then(meant),
        None => element.as_token().cloned().and_then(meant),
    }
}

/// Whether an element is a token with this text.
fn is(kids: &[SyntaxElement], at: usize, text: &str) -> bool {
    let token = kids.get(at).and_then(SyntaxElement::as_token);
    token.is_some_and(|token| token.text() == text)
}

/// The places of elements that stand in no brackets of this node.
fn outside_brackets(kids: &[SyntaxElement]) -> impl Iterator<Item = usize> + '_ {
    let mut inside_until = None;
    (0..kids.len()).filter(move |&at| {
        if inside_until.is_some_and(|close| at <= close) {
            return false;
        }
        inside_until = brackets::matching(kids, at);
        inside_until.is_none()
    })
}

/// Comments, each with an end of line before it unless it stands behind something.
fn comments_of(out: &mut Vec<Doc>, comments: &[Comment], place: Break, may_be_blank: bool) {
    for comment in comments {
        if comment.own_line {
            out.push(Doc::Hard(Break {
                blank: may_be_blank && comment.blank,
                ..place
            }));
            out.push(Doc::Text(comment.text.clone()));
        } else {
            out.push(Doc::Trailing(comment.text.clone()));
        }
    }
}
