//! Clauses that stand twice in one declaration, where only one can count.
//!
//! Looked at in the trees, for every declaration alike: what reads a declaration takes its first clause of a kind, so that a
//! second one would be passed over in silence.

use quo_source::{Diagnostic, FileId, codes};
use quo_syntax::ast::{self, AstNode};
use quo_syntax::{SyntaxKind, SyntaxNode};

/// Clauses of which a declaration has one at most.
const ONCE: &[SyntaxKind] = &[
    SyntaxKind::EFFECTIVE,
    SyntaxKind::SKU,
    SyntaxKind::SOLD,
    SyntaxKind::CURRENCY_CLAUSE,
    SyntaxKind::WHEN,
    SyntaxKind::ROUND_CLAUSE,
    SyntaxKind::ON,
    SyntaxKind::ASKED_FOR,
    SyntaxKind::TAKE,
    SyntaxKind::STAGE,
    SyntaxKind::PRIORITY,
    SyntaxKind::FOR_EVERY,
    SyntaxKind::GIFT,
    SyntaxKind::CODE,
    SyntaxKind::ALONE,
    SyntaxKind::BUDGET,
    SyntaxKind::IN_GROUP,
    SyntaxKind::SPREAD_BY,
    SyntaxKind::REMAINDER,
    SyntaxKind::HIT_POLICY,
    SyntaxKind::NEVER_REQUESTER,
    SyntaxKind::TASK_AFTER,
    SyntaxKind::TASK_TRY,
    SyntaxKind::TASK_WITHIN,
    SyntaxKind::TASK_UNDO,
];

/// Reports every clause that stands again.
pub fn check(trees: &[(FileId, ast::SourceFile)], found: &mut Vec<Diagnostic>) {
    for (file, tree) in trees {
        for item in tree.syntax().children() {
            for node in item.descendants() {
                twice(*file, &node, found);
            }
        }
    }
}

fn twice(file: FileId, node: &SyntaxNode, found: &mut Vec<Diagnostic>) {
    let mut seen: Vec<SyntaxNode> = Vec::new();
    for clause in node.children().filter(|child| ONCE.contains(&child.kind())) {
        let span = |node: &SyntaxNode| {
            let range = node.text_range();
            let text = node.text().to_string();
            let blank = text.len().saturating_sub(text.trim_start().len());
            let start = u32::from(range.start()).saturating_add(u32::try_from(blank).unwrap_or(0));
            file.span(start, u32::from(range.end()))
        };
        let before = seen.iter().find(|before| before.kind() == clause.kind());
        if let Some(before) = before {
            let word = clause.text().to_string();
            let word = word
                .split_whitespace()
                .next()
                .unwrap_or_default()
                .to_owned();
            found.push(
                Diagnostic::error(
                    codes::DUPLICATE_CLAUSE,
                    format!("`{word} …` stands twice in one declaration"),
                )
                .at(span(&clause), "again here")
                .also(span(before), "first here")
                .suggest_edits("keep one of them", Vec::new()),
            );
        }
        seen.push(clause);
    }
}
