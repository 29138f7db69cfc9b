//! Totals and quantities: of the priced quote, or of the quote as it stands between two adjustments.

use quo_source::{Diagnostic, Span, codes};
use quo_syntax::ast::{self, AstNode};

use super::Reader;
use super::ops::unknown;
use crate::decl::selection;
use crate::hir::{Expr, ExprKind};
use crate::types::{Number, Type, Unit};

/// The largest quantity that the static proof assumes.
const QUANTITY_LIMIT: i128 = 1_000_000_000_000;

impl Reader<'_> {
    /// The type of the quantity of a charge.
    #[expect(clippy::unused_self, reason = "types come from readers")]
    pub fn quantity_type(&self) -> Type {
        quantity()
    }

    /// `total of list`, `total of net`, `total of what is left of P`
    pub(super) fn total(&mut self, node: &ast::TotalExpr, span: Span) -> Expr {
        let Some(of) = node.of() else {
            return unknown(span);
        };
        if !self.has_totals("the total of a quote", span) {
            return unknown(span);
        }
        if of != ast::TotalOf::List && (of == ast::TotalOf::Left) != self.scope.standing {
            let (written, meant, why) = if self.scope.standing {
                (
                    "total of net",
                    "total of what is left",
                    "other adjustments may follow, so that the net is not known yet",
                )
            } else {
                (
                    "total of what is left",
                    "total of net",
                    "all adjustments were made, so that what is left is the net",
                )
            };
            let whole = self.source_of_total(node, span);
            self.diagnostics.push(
                Diagnostic::error(codes::NOT_HERE, format!("`{written}` does not exist here"))
                    .at(span, why)
                    .suggest(format!("write `{meant}`"), whole, meant),
            );
            return unknown(span);
        }
        let net = of != ast::TotalOf::List;
        let kind = match node.charges() {
            None if net => ExprKind::TotalNet,
            None => ExprKind::TotalList,
            Some(charges) => {
                let chosen = selection::charges(self.world, &charges, self.file, self.diagnostics);
                match chosen {
                    Some(charges) => ExprKind::TotalOf { net, charges },
                    None => return unknown(span),
                }
            }
        };
        Expr {
            kind,
            ty: self.money(),
            optional: false,
            span,
        }
    }

    /// The place of `total of …` without its charges.
    fn source_of_total(&self, node: &ast::TotalExpr, span: Span) -> Span {
        match node.charges() {
            None => span,
            Some(charges) => {
                let behind = charges.span(self.file).start;
                self.file
                    .span(span.start, behind.saturating_sub(4).max(span.start))
            }
        }
    }

    /// `quantity of P.c`
    pub(super) fn quantity_of(&mut self, node: &ast::QuantityExpr, span: Span) -> Expr {
        if !self.has_totals("the quantity of charges of a quote", span) {
            return unknown(span);
        }
        let charges = node.charges();
        let chosen = charges.and_then(|charges| {
            selection::charges(self.world, &charges, self.file, self.diagnostics)
        });
        match chosen {
            Some(charges) => Expr {
                kind: ExprKind::QuantityOf(charges),
                ty: quantity(),
                optional: false,
                span,
            },
            None => unknown(span),
        }
    }

    fn has_totals(&mut self, what: &str, span: Span) -> bool {
        if self.scope.totals || self.scope.standing {
            return true;
        }
        self.diagnostics.push(
            Diagnostic::error(
                codes::NOT_HERE,
                format!("{what} is known only after it is priced"),
            )
            .at(span, "not known here")
            .note("totals are for approval matrices, results, discounts and promotions, and constraints outside of bundles"),
        );
        false
    }
}

/// The type of a quantity of charges.
pub(super) fn quantity() -> Type {
    Type::Number(Number {
        unit: Unit::Int,
        scale: 0,
        min: 0,
        max: QUANTITY_LIMIT,
    })
}
