//! What stands in brackets: statements of a block, values of a list, entries of a test's configuration.
//!
//! Which of them it is follows from what is there: a list has commas, a block has statements on lines of their own. An
//! author who breaks the line behind the opening bracket of a list wants it broken; else it is where it does not fit.

use quo_syntax::{SyntaxElement, SyntaxKind, SyntaxNode};

use super::{Layout, Lead, comments_of, first_token, is};
use crate::doc::{Break, Doc, all, columns, fill, list, nest};

/// A value of a list and the comma behind it.
struct Value<'k> {
    elements: &'k [SyntaxElement],
    comma: Option<&'k SyntaxElement>,
}

/// The place of the bracket that closes the one at `at`, among the same elements.
pub(super) fn matching(kids: &[SyntaxElement], at: usize) -> Option<usize> {
    let text = |kid: &SyntaxElement| kid.as_token().map(|token| token.text().to_owned());
    let open = text(kids.get(at)?)?;
    let close = match open.as_str() {
        "{" => "}",
        "(" => ")",
        "[" => "]",
        _ => return None,
    };
    let mut depth = 0_usize;
    for (place, kid) in kids.iter().enumerate().skip(at) {
        match text(kid) {
            Some(found) if found == open => depth = depth.saturating_add(1),
            Some(found) if found == close => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(place);
                }
            }
            _ => {}
        }
    }
    None
}

impl Layout<'_> {
    /// Brackets and what is in them.
    pub(super) fn brackets(&mut self, node: &SyntaxNode, kids: &[SyntaxElement]) -> Doc {
        let [open, inside @ .., close] = kids else {
            return all(Vec::new());
        };
        let opening = self.element(open);
        let braces = is(kids, 0, "{");
        let wanted = inside.first().is_some_and(|first| self.newline(first));
        let several = inside.iter().any(is_comma) || is_list(node.kind());
        let (inner, broken) = if inside.is_empty() {
            (Vec::new(), false)
        } else if node.kind() == SyntaxKind::CONFIG {
            (self.entries(inside, wanted), wanted)
        } else if several || !braces {
            (self.values(inside, wanted, braces), wanted)
        } else {
            let (statements, broken) = self.statements(node, inside, wanted);
            (statements, broken)
        };
        self.closed(opening, inner, close, broken)
    }

    fn newline(&self, element: &SyntaxElement) -> bool {
        first_token(element).is_some_and(|token| {
            self.gaps.newline(&token) || !self.gaps.before(&token).comments.is_empty()
        })
    }

    /// The closing bracket, and comments before it on the level of what is in the brackets.
    fn closed(
        &mut self,
        opening: Doc,
        mut inner: Vec<Doc>,
        close: &SyntaxElement,
        broken: bool,
    ) -> Doc {
        let own = first_token(close).map(|token| self.gaps.before(&token).comments);
        let mut comments = self.with_carried(own.unwrap_or_default());
        if inner.is_empty()
            && let Some(first) = comments.first_mut()
        {
            first.blank = false;
        }
        comments_of(&mut inner, &comments, Break::default(), true);
        let empty = inner.is_empty();
        let mut out = vec![opening, nest(inner)];
        let place = Break {
            space: is(std::slice::from_ref(close), 0, "}"),
            ..Break::default()
        };
        if broken || !comments.is_empty() {
            out.push(Doc::Hard(place));
        } else if !empty {
            out.push(Doc::Line(place));
        }
        out.push(self.element(close));
        list(out)
    }

    /// Statements, each on lines of its own; one alone may stand with its braces. And whether they are broken.
    fn statements(
        &mut self,
        node: &SyntaxNode,
        inside: &[SyntaxElement],
        wanted: bool,
    ) -> (Vec<Doc>, bool) {
        let mut starts: Vec<usize> = vec![0];
        starts.extend((1..inside.len()).filter(|&at| {
            let kid = inside.get(at);
            kid.is_some_and(|kid| kid.kind() == SyntaxKind::TABLE || self.newline(kid))
        }));
        let broken = wanted || starts.len() > 1;
        let outer = std::mem::replace(&mut self.task_columns, task_columns(inside));
        let mut out = Vec::new();
        for (nth, start) in starts.iter().enumerate() {
            let end = starts.get(nth.saturating_add(1)).copied();
            let statement = inside.get(*start..end.unwrap_or(inside.len()));
            let statement = statement.unwrap_or_default();
            let Some(first) = statement.first() else {
                continue;
            };
            let (continued, blank) = (false, nth > 0);
            let lead = if broken {
                Lead::Hard { continued, blank }
            } else {
                Lead::Line { continued, blank }
            };
            self.lead_inside(&mut out, first, lead, nth == 0);
            self.chunks(node, statement, &mut out);
        }
        self.task_columns = outer;
        (out, broken)
    }

    /// What stands before an element in brackets; no empty line follows the opening one.
    fn lead_inside(
        &mut self,
        out: &mut Vec<Doc>,
        element: &SyntaxElement,
        lead: Lead,
        first: bool,
    ) {
        let begin = out.len();
        self.lead(out, element, lead);
        if first
            && let Some(Doc::Hard(place)) = out
                .iter_mut()
                .skip(begin)
                .find(|doc| matches!(doc, Doc::Hard(_)))
        {
            place.blank = false;
        }
    }

    /// Values with commas between: short ones fill the lines, longer ones have a line each.
    fn values(&mut self, inside: &[SyntaxElement], wanted: bool, braces: bool) -> Vec<Doc> {
        let values = values_of(inside);
        let simple = values.iter().all(|value| is_simple(value.elements));
        let count = values.len();
        let mut out = Vec::new();
        for (nth, value) in values.iter().enumerate() {
            let last = nth.saturating_add(1) == count;
            let Some(first) = value.elements.first() else {
                continue;
            };
            let break_here = wanted && (nth == 0 || (simple && self.newline(first)));
            let (continued, blank) = (false, nth > 0 && wanted);
            let lead = if break_here {
                Lead::Hard { continued, blank }
            } else {
                Lead::Line { continued, blank }
            };
            let mut parts = Vec::new();
            if !braces && nth == 0 && !wanted {
                // Parentheses stand close to what they hold.
                self.lead_inside(&mut parts, first, lead, true);
            } else {
                self.lead_inside(&mut parts, first, lead, nth == 0);
            }
            self.value(value.elements, &mut parts);
            match value.comma {
                Some(comma) if !last => self.follow(&mut parts, comma, Lead::Same),
                Some(comma) => {
                    self.drop_token(comma);
                    parts.push(Doc::IfBroken(","));
                }
                None if braces => parts.push(Doc::IfBroken(",")),
                None => {}
            }
            if simple && nth > 0 {
                // A comma at the very end belongs to the brackets, not to this place.
                let trailing = last.then(|| parts.pop_if(|doc| matches!(doc, Doc::IfBroken(_))));
                out.push(fill(parts));
                out.extend(trailing.flatten());
            } else {
                out.extend(parts);
            }
        }
        out
    }

    fn value(&mut self, elements: &[SyntaxElement], out: &mut Vec<Doc>) {
        for (at, element) in elements.iter().enumerate() {
            if at == 0 {
                let doc = self.element(element);
                out.push(doc);
            } else {
                self.follow(out, element, Lead::Same);
            }
        }
    }

    /// The entries of a test's configuration: with commas on one line, without on lines of their own.
    fn entries(&mut self, inside: &[SyntaxElement], wanted: bool) -> Vec<Doc> {
        let mut out = Vec::new();
        let mut nth = 0_usize;
        for element in inside {
            if is_comma(element) {
                self.drop_token(element);
                continue;
            }
            if nth > 0 {
                out.push(Doc::IfFlat(","));
            }
            let (continued, blank) = (false, nth > 0);
            let lead = if wanted && nth == 0 {
                Lead::Hard { continued, blank }
            } else {
                Lead::Line { continued, blank }
            };
            self.lead_inside(&mut out, element, lead, nth == 0);
            let doc = self.element(element);
            out.push(doc);
            nth = nth.saturating_add(1);
        }
        out
    }

    /// Passes over a token that the layout writes where it wants; comments before it go before the next one.
    fn drop_token(&mut self, element: &SyntaxElement) {
        if let Some(token) = first_token(element) {
            let own = self.gaps.before(&token).comments;
            self.carried = self.with_carried(own);
        }
    }
}

fn is_comma(element: &SyntaxElement) -> bool {
    element.kind() == SyntaxKind::COMMA
}

/// Nodes whose braces hold a list even where there is one value and so no comma.
const fn is_list(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        SyntaxKind::ENUM_ITEM | SyntaxKind::FACTS_ITEM | SyntaxKind::PART | SyntaxKind::SET_EXPR
    )
}

fn values_of(inside: &[SyntaxElement]) -> Vec<Value<'_>> {
    let split = inside.split_inclusive(is_comma);
    let values = split.map(|elements| match elements {
        [before @ .., comma] if is_comma(comma) => Value {
            elements: before,
            comma: Some(comma),
        },
        _ => Value {
            elements,
            comma: None,
        },
    });
    values.collect()
}

/// Whether a value is one name or one literal.
fn is_simple(elements: &[SyntaxElement]) -> bool {
    let [element] = elements else {
        return false;
    };
    matches!(
        element.kind(),
        SyntaxKind::NAME | SyntaxKind::NAME_REF | SyntaxKind::LITERAL | SyntaxKind::PATH
    )
}

/// Columns of the longest name among tasks.
fn task_columns(inside: &[SyntaxElement]) -> usize {
    let names = inside
        .iter()
        .filter(|kid| kid.kind() == SyntaxKind::TASK)
        .filter_map(first_token);
    names.map(|name| columns(name.text())).max().unwrap_or(0)
}
