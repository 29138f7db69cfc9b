//! Tables in the text of a rule.

use super::approvals::Approvers;
use super::expressions::{Expr, Path};
use super::support::{self, AstNode, accessors, nodes};
use crate::cell::Comparison;
use crate::kind::{SyntaxKind, SyntaxNode};

nodes! {
    /// A header and rows.
    Table = TABLE;
    /// The header.
    TableHeader = TABLE_HEADER;
    /// A heading.
    Column = COLUMN;
    /// A row after the header.
    TableRow = TABLE_ROW;
    /// A cell.
    Cell = CELL;
    /// `1 to 100`, both included.
    CellRange = CELL_RANGE;
    /// `above 100`, `<= 10%`
    CellComparison = CELL_COMPARISON;
}

accessors!(Table {
    /// The rows after the header.
    many rows: TableRow;
});

impl Table {
    /// The headings left of `||`.
    #[must_use]
    pub fn inputs(&self) -> Vec<Column> {
        self.split().0
    }

    /// The headings right of `||`.
    #[must_use]
    pub fn outputs(&self) -> Vec<Column> {
        self.split().1
    }

    fn split(&self) -> (Vec<Column>, Vec<Column>) {
        let header: Option<TableHeader> = support::child(&self.0);
        header.map_or_else(Default::default, |header| split(header.syntax()))
    }
}

/// The children left and right of `||`.
fn split<N: AstNode>(node: &SyntaxNode) -> (Vec<N>, Vec<N>) {
    let bar = support::token(node, SyntaxKind::PIPE2).map(|token| token.text_range().start());
    support::children::<N>(node)
        .partition(|child| bar.is_none_or(|bar| child.syntax().text_range().start() < bar))
}

accessors!(Column {
    /// The heading: an option, a fact, `currency`, `price`, ….
    one path: Path;
});

impl TableRow {
    /// The cells left of `||`. The parser has reported a row with other numbers of cells than the
    /// header.
    #[must_use]
    pub fn inputs(&self) -> Vec<Cell> {
        split(&self.0).0
    }

    /// The cells right of `||`.
    #[must_use]
    pub fn outputs(&self) -> Vec<Cell> {
        split(&self.0).1
    }
}

/// What a cell says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CellContent {
    /// `*`: anything.
    Any,
    /// `-`: nothing.
    Nothing,
    /// One or several of these.
    Items(Vec<CellItem>),
    /// Who approves: in the column `approver` of an approval.
    Approvers(Approvers),
    /// Blank, which the parser has reported.
    Blank,
}

/// One of the alternatives of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CellItem {
    /// A value: a literal, a path, or a negated literal.
    Value(Expr),
    /// `1 to 100`
    Range(CellRange),
    /// `above 100`
    Comparison(CellComparison),
}

impl Cell {
    /// What it says.
    #[must_use]
    pub fn content(&self) -> CellContent {
        if support::token(&self.0, SyntaxKind::STAR).is_some() {
            return CellContent::Any;
        }
        if support::token(&self.0, SyntaxKind::MINUS).is_some() {
            return CellContent::Nothing;
        }
        if let Some(approvers) = support::child(&self.0) {
            return CellContent::Approvers(approvers);
        }
        let items: Vec<_> = self.0.children().filter_map(item).collect();
        if items.is_empty() {
            CellContent::Blank
        } else {
            CellContent::Items(items)
        }
    }

    /// The one value of a cell that holds just one.
    #[must_use]
    pub fn value(&self) -> Option<Expr> {
        match self.content() {
            CellContent::Items(items) => match items.as_slice() {
                [CellItem::Value(value)] => Some(value.clone()),
                _ => None,
            },
            _ => None,
        }
    }
}

fn item(node: SyntaxNode) -> Option<CellItem> {
    let range = CellRange::cast(node.clone()).map(CellItem::Range);
    let comparison = || CellComparison::cast(node.clone()).map(CellItem::Comparison);
    let value = || Expr::cast(node.clone()).map(CellItem::Value);
    range.or_else(comparison).or_else(value)
}

accessors!(CellRange {
    /// The lowest value.
    nth(0) from: Expr;
    /// The highest value.
    nth(1) to: Expr;
});

accessors!(CellComparison {
    /// The bound.
    one bound: Expr;
});

impl CellComparison {
    /// On which side of the bound a value must be.
    #[must_use]
    pub fn comparison(&self) -> Option<Comparison> {
        let first = support::tokens(&self.0).next()?;
        Some(match (first.kind(), first.text()) {
            (SyntaxKind::GT, _) | (_, "above") => Comparison::Above,
            (SyntaxKind::GT_EQ, _) | (_, "from") => Comparison::From,
            (SyntaxKind::LT, _) | (_, "below") => Comparison::Below,
            (SyntaxKind::LT_EQ, _) | (_, "up") => Comparison::UpTo,
            _ => return None,
        })
    }
}
