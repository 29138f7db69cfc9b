//! Expressions: on one line where they fit, else a line for each operand of the weakest operator.

use quo_syntax::{SyntaxElement, SyntaxKind, SyntaxNode};

use super::{CONTINUED, Layout, Lead, is, kids, outside_brackets};
use crate::doc::{Doc, all, fill, group, nest};

/// What stands between two operands that are written below each other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Operator {
    Implies,
    Or,
    And,
    Sum,
    Product,
}

impl Layout<'_> {
    /// Any expression but `if`.
    pub(super) fn expression(&mut self, node: &SyntaxNode, kids: &[SyntaxElement]) -> Doc {
        match node.kind() {
            SyntaxKind::PAREN_EXPR => return self.parentheses(kids),
            SyntaxKind::BINARY_EXPR => {
                if let Some(operator) = operator_of(kids) {
                    return self.operands(kids, operator);
                }
            }
            _ => {}
        }
        let comma = outside_brackets(kids).find(|at| is(kids, *at, ","));
        let length = comma.map_or(kids.len(), |at| at.saturating_add(1));
        let (head, clauses) = kids.split_at(length.min(kids.len()));
        let mut core = Vec::new();
        self.words(node, head, &mut core);
        let mut out = vec![group(core)];
        self.clauses(node, clauses, &mut out);
        all(out)
    }

    /// `( … )` around one expression.
    fn parentheses(&mut self, kids: &[SyntaxElement]) -> Doc {
        let mut out = Vec::new();
        let last = kids.len().saturating_sub(1);
        let mut inner = Vec::new();
        for (at, kid) in kids.iter().enumerate() {
            if at == 0 {
                out.push(self.element(kid));
            } else if at < last {
                self.follow(&mut inner, kid, Lead::Same);
            } else {
                out.push(nest(std::mem::take(&mut inner)));
                self.follow(&mut out, kid, Lead::Same);
            }
        }
        all(out)
    }

    /// Operands of operators of one strength, below each other where one line is not enough, the operator first.
    fn operands(&mut self, kids: &[SyntaxElement], operator: Operator) -> Doc {
        let mut out = Vec::new();
        let mut clauses = Vec::new();
        self.chain(kids, operator, &mut out, &mut clauses);
        let mut all_of_it = vec![group(out)];
        all_of_it.extend(clauses);
        all(all_of_it)
    }

    fn chain(
        &mut self,
        operands: &[SyntaxElement],
        operator: Operator,
        out: &mut Vec<Doc>,
        clauses: &mut Vec<Doc>,
    ) {
        let comma = operands.iter().position(|kid| kid.to_string() == ",");
        let (core, rest) = operands.split_at(comma.map_or(operands.len(), |at| {
            at.saturating_add(1).min(operands.len())
        }));
        for (at, kid) in core.iter().enumerate() {
            if at == 0 {
                let inner = kid.as_node().map(kids).unwrap_or_default();
                let binary = kid.kind() == SyntaxKind::BINARY_EXPR;
                let whole = !inner.iter().any(|kid| kid.to_string() == ",");
                if binary && whole && operator_of(&inner) == Some(operator) {
                    self.chain(&inner, operator, out, clauses);
                } else {
                    out.push(self.element(kid));
                }
            } else if at == 1 {
                self.follow(out, kid, CONTINUED);
            } else {
                self.follow(out, kid, Lead::Same);
            }
        }
        self.tail(rest, clauses);
    }

    /// What an operator's commas begin: `, rounded …`, `, otherwise …`.
    fn tail(&mut self, rest: &[SyntaxElement], out: &mut Vec<Doc>) {
        for chunk in rest.split_inclusive(|kid| kid.to_string() == ",") {
            let mut parts = Vec::new();
            for (at, kid) in chunk.iter().enumerate() {
                let lead = if at == 0 { CONTINUED } else { Lead::Same };
                self.follow(&mut parts, kid, lead);
            }
            out.push(fill(parts));
        }
    }

    fn clauses(&mut self, node: &SyntaxNode, rest: &[SyntaxElement], out: &mut Vec<Doc>) {
        let mut rest = rest;
        while let Some(first) = rest.first() {
            let comma = outside_brackets(rest).find(|at| is(rest, *at, ","));
            let length = comma.map_or(rest.len(), |at| at.saturating_add(1));
            let (chunk, others) = rest.split_at(length.min(rest.len()));
            let mut parts = Vec::new();
            self.lead(&mut parts, first, CONTINUED);
            self.words(node, chunk, &mut parts);
            out.push(fill(parts));
            rest = others;
        }
    }

    /// Words, operands and brackets; a line may end before a word that follows an operand.
    fn words(&mut self, node: &SyntaxNode, kids: &[SyntaxElement], out: &mut Vec<Doc>) {
        let mut at = 0;
        while let Some(kid) = kids.get(at) {
            if at > 0 {
                let before = at.checked_sub(1).and_then(|before| kids.get(before));
                let breaks = may_break(node, before, kid);
                self.lead(out, kid, if breaks { CONTINUED } else { Lead::Same });
            }
            if let Some(close) = super::brackets::matching(kids, at) {
                let inside = kids.get(at..=close).unwrap_or_default();
                let doc = self.brackets(node, inside);
                out.push(doc);
                at = close;
            } else {
                let doc = self.element(kid);
                out.push(doc);
            }
            at = at.saturating_add(1);
        }
    }

    /// `if c then a else b`: a line for each case where one line is not enough.
    pub(super) fn conditional(&mut self, kids: &[SyntaxElement]) -> Doc {
        let mut out = Vec::new();
        self.cases(kids, &mut out);
        group(out)
    }

    fn cases(&mut self, branches: &[SyntaxElement], out: &mut Vec<Doc>) {
        let mut case = Vec::new();
        let mut otherwise = false;
        for (at, kid) in branches.iter().enumerate() {
            if is(branches, at, "else") {
                out.push(all(std::mem::take(&mut case)));
                self.follow(out, kid, CONTINUED);
                otherwise = true;
            } else if otherwise && kid.kind() == SyntaxKind::IF_EXPR {
                self.lead(out, kid, Lead::Same);
                let inner = kid.as_node().map(kids).unwrap_or_default();
                self.cases(&inner, out);
            } else if otherwise {
                self.follow(out, kid, Lead::Same);
            } else if is(branches, at, "then") {
                let mut then = Vec::new();
                self.follow(&mut then, kid, CONTINUED);
                case.push(group(then));
            } else if at == 0 {
                case.push(self.element(kid));
            } else {
                self.follow(&mut case, kid, Lead::Same);
            }
        }
        out.push(all(case));
    }
}

/// The operator of `a OPERATOR b`, if operands of it are written below each other.
fn operator_of(kids: &[SyntaxElement]) -> Option<Operator> {
    let token = kids.get(1)?.as_token()?;
    Some(match token.text() {
        "implies" => Operator::Implies,
        "or" => Operator::Or,
        "and" => Operator::And,
        "+" | "-" => Operator::Sum,
        "*" | "/" => Operator::Product,
        _ => return None,
    })
}

/// Whether a line may end before a word of an expression: it begins a clause behind an operand.
fn may_break(node: &SyntaxNode, before: Option<&SyntaxElement>, word: &SyntaxElement) -> bool {
    let close = matches!(
        node.kind(),
        SyntaxKind::LITERAL
            | SyntaxKind::PATH
            | SyntaxKind::BINARY_EXPR
            | SyntaxKind::UNARY_EXPR
            | SyntaxKind::IN_EXPR
            | SyntaxKind::HAS_EXPR
            | SyntaxKind::RANGE_EXPR
            | SyntaxKind::PRESENCE_EXPR
    );
    let behind_operand = before.is_some_and(|before| {
        let name = matches!(before.kind(), SyntaxKind::NAME | SyntaxKind::NAME_REF);
        before.as_node().is_some() && !name
    });
    !close && behind_operand && word.kind() == SyntaxKind::WORD
}
